//! A row of the route table, and an entry of the menu. The tables themselves belong to the program.

use casework::Permission;

use super::{Ask, Reply};
use crate::{Door, Fault, Problem};

pub type Handler = fn(&mut Ask) -> Result<Reply, Problem>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Get,
    Post,
}

#[derive(Clone, Copy)]
pub struct Route {
    pub method: Method,
    /// `{name}` is read by `ask.param("name")`.
    pub path: &'static str,
    pub permission: Permission,
    pub handler: Handler,
    /// Takes a file with its form (300 MB); all others take text only (1 MB).
    pub takes_files: bool,
    /// Takes JSON lines (`application/x-ndjson`, 1 MB).
    pub takes_lines: bool,
    /// Answers a file, lines or a few words where all others answer pages. Any other route that does is refused, so that
    /// this table tells every way data leaves by ([`super::adapter`]).
    pub gives_data: bool,
}

impl Route {
    pub const fn new(method: Method, path: &'static str, permission: Permission, handler: Handler) -> Route {
        Route { method, path, permission, handler, takes_files: false, takes_lines: false, gives_data: false }
    }

    /// The same, answering what is no page.
    #[must_use]
    pub const fn data(self) -> Route {
        Route { gives_data: true, ..self }
    }
}

/// How many wait behind an entry.
pub type Waiting = fn(&mut Door<'_>) -> Result<i64, Fault>;

/// An entry of the menu, or a tab of a room.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub label: &'static str,
    pub url: &'static str,
    pub permission: Permission,
    /// Entries of one room are one entry of the menu, and tabs on their pages; of whom only one is open to, it is an
    /// entry by its own name. Empty for those that stand alone.
    pub room: &'static str,
    /// Counted where the tab is drawn, and nowhere else.
    pub waiting: Option<Waiting>,
}

/// An entry of the menu.
pub const fn item(label: &'static str, url: &'static str, permission: Permission) -> Item {
    Item { label, url, permission, room: "", waiting: None }
}

impl Item {
    /// The same in a room.
    #[must_use]
    pub const fn of(self, room: &'static str) -> Item {
        Item { room, ..self }
    }

    /// The same with a count of those who wait.
    #[must_use]
    pub const fn counting(self, waiting: Waiting) -> Item {
        Item { waiting: Some(waiting), ..self }
    }
}

/// A page.
pub const fn get(path: &'static str, permission: Permission, handler: Handler) -> Route {
    Route::new(Method::Get, path, permission, handler)
}

/// A form that is sent.
pub const fn post(path: &'static str, permission: Permission, handler: Handler) -> Route {
    Route::new(Method::Post, path, permission, handler)
}

/// A form with a file.
pub const fn upload(path: &'static str, permission: Permission, handler: Handler) -> Route {
    Route { takes_files: true, ..Route::new(Method::Post, path, permission, handler) }
}

/// JSON lines in, JSON lines out; the token comes in the header `x-csrf-token`.
pub const fn lines(path: &'static str, permission: Permission, handler: Handler) -> Route {
    Route { takes_lines: true, gives_data: true, ..Route::new(Method::Post, path, permission, handler) }
}
