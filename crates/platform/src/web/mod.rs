//! From the network to a handler and back, the frame around every page, and the pages shown when something is refused.

pub mod adapter;
pub mod ask;
pub mod assets;
mod body;
pub mod counter;
pub mod form;
mod gate;
mod headers;
pub mod menu;
pub mod problem;
pub mod reply;
pub mod route;
pub mod view;
pub mod words;

use std::path::PathBuf;

pub use adapter::router;
pub use ask::Ask;
pub use reply::{Cookie, Reply};

use crate::{Doors, Fault, rulebook::Books};

/// A sign-in shown on the sign-in page of the demo.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Sample {
    pub role: String,
    pub login: String,
    pub password: String,
}

/// What the operator chose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Minutes without activity after which a screen locks itself, where the office has no setting of its own.
    pub lock_minutes: i64,
    /// Served over TLS (by a proxy in front): cookies are `Secure`.
    pub tls: bool,
    /// The proxy in front may be believed about where a request comes from.
    pub trust_proxy: bool,
    /// Where uploads wait and files lie.
    pub data: PathBuf,
    /// 「架空のデータです」; empty outside the demo.
    pub demo_note: String,
    /// Sign-ins shown on the sign-in page of the demo.
    pub samples: Vec<Sample>,
}

impl Settings {
    pub fn new(data: PathBuf) -> Settings {
        Settings {
            idle_minutes: 30,
            lock_minutes: 10,
            tls: false,
            trust_proxy: false,
            data,
            demo_note: String::new(),
            samples: Vec::new(),
        }
    }
}

/// Everything the pages of one running server share. Nothing in it is state that a second server would need.
pub struct App {
    pub doors: Doors,
    pub books: Books,
    pub settings: Settings,
    pub asset_stamp: String,
    /// In order: an entry is drawn for whoever may open it.
    pub menu: &'static [route::Item],
}

impl App {
    /// Prepares serving; the directory for uploads is made and emptied.
    ///
    /// # Errors
    /// If the data directory cannot be written.
    pub fn new(doors: Doors, books: Books, settings: Settings, menu: &'static [route::Item]) -> Result<App, Fault> {
        body::prepare(&settings.data)?;
        crate::session::password::warm_up()?;
        Ok(App { doors, books, settings, asset_stamp: assets::stamp(), menu })
    }
}
