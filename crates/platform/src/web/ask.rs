//! A request as handlers see it, already checked: who asks, what was sent, and the doors to the records.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;

use casework::{Permission, Role};
use rules::Day;

use super::App;
use super::form::{FieldError, Form};
use super::menu;
use super::reply::{Cookie, Reply};
use super::view::{Frame, Notice, RoleChoice, Watch};
use crate::backup;
use crate::rulebook::Book;
use crate::session::drafts::{self, Draft};
use crate::session::live::Session;
use crate::{Actor, Clock, Door, Doors, Fault, Problem, Refusal, secret};

/// A file sent with a form, on disk in the data directory until the request is answered.
#[derive(Debug)]
pub struct Upload {
    /// Name of the form field.
    pub field: String,
    /// As the browser named it; for display only, never a path.
    pub name: String,
    pub path: PathBuf,
    pub size: u64,
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Already moved away by the handler, or no longer of use.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// What was sent.
#[derive(Debug, Default)]
pub struct Sent {
    pub params: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    pub form: Vec<(String, String)>,
    pub uploads: Vec<Upload>,
    /// JSON lines, where the route takes them.
    pub lines: Vec<u8>,
    /// The path without its query.
    pub path: String,
    /// Where the request came from, for the sign-in limit.
    pub origin: String,
    /// The page a form was sent from: path and query.
    pub came_from: String,
    /// The token of the cookie that stands in for a session on the sign-in form.
    pub guest: String,
}

/// One request.
pub struct Ask {
    pub app: Arc<App>,
    pub sent: Sent,
    pub session: Option<Session>,
    notice_shown: Cell<bool>,
    guest_made: Option<String>,
}

impl Ask {
    pub(super) fn new(app: Arc<App>, sent: Sent, session: Option<Session>) -> Ask {
        Ask { app, sent, session, notice_shown: Cell::new(false), guest_made: None }
    }

    /// Who acts.
    ///
    /// # Errors
    /// On a public route, where nobody need be signed in.
    pub fn actor(&self) -> Result<&Actor, Problem> {
        self.session.as_ref().map(|s| &s.actor).ok_or(Problem::NotFound)
    }

    pub fn doors(&self) -> &Doors {
        &self.app.doors
    }

    /// The rules of the office of whoever asks.
    ///
    /// # Errors
    /// If nobody is signed in, or the database fails.
    pub fn book(&self) -> Result<Arc<Book>, Problem> {
        let keeper = self.actor()?.keeper;
        Ok(self.doors().database().read(|db| self.app.books.of(db, keeper))?)
    }

    pub fn clock(&self) -> Clock {
        self.app.doors.clock()
    }

    pub fn today(&self) -> Day {
        self.clock().today()
    }

    pub fn now(&self) -> i64 {
        self.clock().now()
    }

    /// Looks at what the actor may reach.
    ///
    /// # Errors
    /// The closure's, or if the database fails.
    pub fn read<T>(&self, work: impl FnOnce(&mut Door<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        self.app.doors.read(self.actor()?, work)
    }

    /// Changes what the actor may reach.
    ///
    /// # Errors
    /// The closure's, or if the database fails.
    pub fn write<T>(&self, work: impl FnOnce(&mut Door<'_>) -> Result<T, Problem>) -> Result<T, Problem> {
        self.app.doors.write(self.actor()?, work)
    }

    /// A part of the path, by the name it has in the route table.
    pub fn param(&self, name: &str) -> &str {
        value(&self.sent.params, name)
    }

    /// A part of the path that is an id; anything else names nothing.
    ///
    /// # Errors
    /// Not found.
    pub fn id(&self, name: &str) -> Result<i64, Problem> {
        self.param(name).parse().ok().filter(|id| *id > 0).ok_or(Problem::NotFound)
    }

    /// A value of the query; empty if it is not there.
    pub fn query(&self, name: &str) -> &str {
        value(&self.sent.query, name)
    }

    /// A field of the form as typed; empty if it is not there.
    pub fn form(&self, name: &str) -> &str {
        value(&self.sent.form, name)
    }

    /// Every value of a field (check boxes).
    pub fn form_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.sent.form.iter().filter(move |(key, _)| key == name).map(|(_, text)| text.as_str())
    }

    pub fn upload(&self, field: &str) -> Option<&Upload> {
        self.sent.uploads.iter().find(|u| u.field == field)
    }

    /// The field `return_to` (or the query's) if it is a place inside this program, else `otherwise`.
    pub fn return_to(&self, otherwise: &str) -> String {
        let typed = if self.form("return_to").is_empty() { self.query("return_to") } else { self.form("return_to") };
        if is_local(typed) { typed.to_owned() } else { otherwise.to_owned() }
    }

    /// The page a button of the frame was pressed on, else the start.
    pub fn came_from(&self) -> String {
        let from =
            if self.form("return_to").is_empty() { self.sent.came_from.as_str() } else { self.form("return_to") };
        if is_local(from) && !from.starts_with("/session/lock") { from.to_owned() } else { String::from("/") }
    }

    /// The token that this page's forms must send back.
    ///
    /// # Errors
    /// If the operating system gives no randomness.
    pub fn csrf(&mut self) -> Result<String, Fault> {
        if let Some(session) = &self.session {
            return Ok(session.csrf.clone());
        }
        if !self.sent.guest.is_empty() {
            return Ok(self.sent.guest.clone());
        }
        let token = secret::token()?;
        self.guest_made = Some(token.clone());
        self.sent.guest.clone_from(&token);
        Ok(token)
    }

    /// A form to draw: with token, a fresh command id, and what was typed (a refused post, or a draft).
    ///
    /// # Errors
    /// If the operating system gives no randomness or the database fails.
    pub fn draw_form(&mut self, action: &str, return_to: &str) -> Result<Form, Problem> {
        let mut values = self.sent.form.clone();
        if values.is_empty()
            && let Some(draft) = self.draft()?
        {
            values = draft.fields;
        }
        let posted = |name: &str| value(&values, name).to_owned();
        // The same submit drawn again keeps its id, so that pressing twice stays harmless.
        let command_id = Some(posted("command_id")).filter(|id| !id.is_empty() && id.len() <= 64);
        Ok(Form {
            action: action.to_owned(),
            csrf: self.csrf()?,
            command_id: command_id.map_or_else(secret::token, Ok)?,
            version: posted("version"),
            return_to: self.return_to(return_to),
            values,
            ..Form::default()
        })
    }

    /// The draft named by the query `draft`, if it is the actor's own.
    ///
    /// # Errors
    /// If the database fails.
    pub fn draft(&self) -> Result<Option<Draft>, Problem> {
        let (Ok(id), Some(session)) = (self.query("draft").parse(), &self.session) else { return Ok(None) };
        let wall = self.clock().wall();
        Ok(self.app.doors.database().read(|db| drafts::find(db, session.actor.staff, id, wall))?)
    }

    /// The frame of a page. `here` is the address of the menu entry the page belongs to. Takes the notice, if there is one.
    ///
    /// # Errors
    /// If the database fails: the open room's tabs say how many wait.
    pub fn frame(&mut self, title: &str, here: &str) -> Result<Frame, Fault> {
        let mut frame = Frame {
            title: title.to_owned(),
            today_long: rules::wareki::long(self.today()),
            csrf: self.session.as_ref().map(|s| s.csrf.clone()).unwrap_or_default(),
            asset_stamp: self.app.asset_stamp.clone(),
            demo_note: self.app.settings.demo_note.clone(),
            ..Frame::default()
        };
        let Some(session) = &self.session else { return Ok(frame) };
        frame.office.clone_from(&session.actor.office_name);
        frame.user_name.clone_from(&session.actor.name);
        frame.role_label = session.actor.role.label().to_owned();
        frame.roles = role_choices(session);
        frame.counter_mode = session.actor.counter;
        if session.locked {
            // The name of whose screen it is, and nothing else.
            frame.roles.clear();
            return Ok(frame);
        }
        let wall = self.clock().wall();
        let (hour, minute) = crate::clock::time_in_japan(session.ends_at);
        frame.watch = Some(Watch {
            lock_after: session.lock_after,
            ends_in: (session.ends_at - wall) / 1_000_000,
            ends_at: format!("{hour}:{minute:02}"),
            ends_soon: session.ends_soon(wall),
        });
        if !session.must_change {
            // Where nothing is to be seen the page is the same whatever was asked for.
            frame.help = if title.is_empty() { String::from("/manual") } else { help(&self.sent.path) };
            frame.search = session.actor.role.may(Permission::ReadLists);
            let open = menu::open_to(self.app.menu, &session.actor);
            frame.nav = menu::entries(&open, here);
            let tabs = menu::tabs(&open, here);
            if !tabs.is_empty() {
                frame.tabs = self.app.doors.read(&session.actor, |door| menu::counted(door, &tabs, here))?;
            }
        }
        // The demo has nothing to lose.
        if session.actor.role == Role::Admin && frame.demo_note.is_empty() {
            let status = self.app.doors.database().read(backup::Status::read)?;
            let told = status.told(self.app.doors.clock().wall());
            let open = self.app.doors.database().lock()?.told();
            frame.backup = open.into_iter().chain([told.text.as_str()]).collect();
            frame.backup_worry = told.worry || open.is_some();
        }
        if !session.notice.is_empty() {
            // A notice of an older program that cannot be read is dropped, not shown wrongly.
            frame.notice = serde_json::from_str::<Notice>(&session.notice).ok();
            self.notice_shown.set(true);
        }
        Ok(frame)
    }

    /// What the reply needs beside the handler's own words.
    pub(super) fn finish(&self, mut reply: Reply) -> Result<Reply, Fault> {
        if let Some(token) = &self.guest_made {
            reply = reply.cookie(Cookie::guest(token));
        }
        if let Some(session) = &self.session {
            let json = match reply.notice() {
                Some(notice) => Some(serde_json::to_string(notice)?),
                None if self.notice_shown.get() => Some(String::new()),
                None => None,
            };
            if let Some(json) = json {
                session.set_notice(self.app.doors.database(), &json)?;
            }
            if session.actor.counter {
                reply = reply.at_counter();
            }
            // What was kept when the session ended is now recorded.
            if let (303, Ok(draft)) = (reply.code(), self.form("draft").parse()) {
                self.app.doors.database().write(|db| drafts::forget(db, session.actor.staff, draft))?;
            }
        }
        Ok(reply)
    }
}

/// Refusals beside their fields. `labels` names the fields as the page does.
pub fn field_errors(refusals: &[Refusal], labels: &[(&str, &str)]) -> Vec<FieldError> {
    refusals
        .iter()
        .map(|refusal| {
            let field = refusal.field.unwrap_or_default();
            let label = labels.iter().find(|(name, _)| *name == field).map_or("", |(_, label)| label);
            // Without a label there is nothing to link to.
            let field = if label.is_empty() { "" } else { field };
            FieldError { field: field.to_owned(), label: label.to_owned(), message: refusal.message.clone() }
        })
        .collect()
}

/// A place inside this program: never another host, never `//host` or `/\host`.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && !path.chars().any(|c| c.is_control() || c == '\\')
        && path.len() <= 2_000
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, text)| text)
}

fn role_choices(session: &Session) -> Vec<RoleChoice> {
    let one_office = session.posts.iter().all(|p| p.keeper == session.actor.keeper);
    let choice = |post: &crate::session::posts::Post| RoleChoice {
        id: post.id.to_string(),
        label: if one_office {
            post.role.label().to_owned()
        } else {
            format!("{}（{}）", post.role.label(), post.office_name)
        },
        current: post.id == session.actor.post,
    };
    session.posts.iter().map(choice).collect()
}

/// Where the manual's section about a page is asked for; of the page's address only the words, never a number.
fn help(path: &str) -> String {
    let word = |part: &str| if part.chars().any(|c| c.is_ascii_digit()) { String::from("-") } else { part.to_owned() };
    let words: Vec<String> = path.split('/').map(word).collect();
    format!("/manual?from={}", super::reply::percent(&words.join("/"), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_inside_this_program_are_local() {
        for path in ["/", "/today?open=3", "/persons/12#log"] {
            assert!(is_local(path), "{path}");
        }
        for path in ["", "today", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: b"] {
            assert!(!is_local(path), "{path}");
        }
    }
}
