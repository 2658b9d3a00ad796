//! Who stands at a route, and whether it opens: asked before the body of a request is read.

use casework::Permission;

use super::App;
use super::route::{Method, Route};
use crate::Fault;
use crate::session::live::{self, Found, Patience, Session};

/// The answer.
pub enum Gate {
    /// On to the handler.
    Open(Option<Box<Session>>),
    /// Nobody is signed in. If a session ended lately, its staff and CSRF token: enough to keep a draft.
    SignIn(Option<(i64, String)>),
    /// The password must be changed first.
    Password,
    /// Nobody sits at the screen: only its own password opens it, or somebody else signs in.
    Locked(Box<Session>),
    /// 窓口モード: what a visitor must not see is not opened.
    AtCounter(Box<Session>),
    /// Signed in without the right: the same page as for something that does not exist.
    NotFound(Box<Session>),
}

/// What a locked screen still answers; signing in as somebody else besides.
const OPEN_WHILE_LOCKED: [&str; 4] = ["/session/lock", "/session/unlock", "/session/end", "/healthz"];

pub fn ask(app: &App, route: &Route, cookie: &str) -> Result<Gate, Fault> {
    let found = if cookie.is_empty() {
        Found::Nobody
    } else {
        let clock = app.doors.clock();
        let patience = Patience { idle: app.settings.idle_minutes, lock: app.settings.lock_minutes };
        app.doors.database().read_all(|db| live::find(db, cookie, &clock, patience))?
    };
    let public = route.permission == Permission::Public;
    Ok(match found {
        Found::Live(session) if session.locked => {
            let sign_in = route.path == "/session" && route.method == Method::Post;
            let open = sign_in || OPEN_WHILE_LOCKED.contains(&route.path);
            if open { Gate::Open(Some(session)) } else { Gate::Locked(session) }
        }
        Found::Live(session) => {
            session.seen(app.doors.database(), &app.doors.clock())?;
            if public {
                Gate::Open(Some(session))
            } else if session.must_change && !route.path.starts_with("/session") {
                Gate::Password
            } else if session.actor.role.may(route.permission) {
                let shut = session.actor.counter && !route.permission.at_counter();
                if shut { Gate::AtCounter(session) } else { Gate::Open(Some(session)) }
            } else {
                Gate::NotFound(session)
            }
        }
        Found::Nobody | Found::Ended { .. } if public => Gate::Open(None),
        Found::Ended { staff, csrf } if route.method == Method::Post => Gate::SignIn(Some((staff, csrf))),
        Found::Nobody | Found::Ended { .. } => Gate::SignIn(None),
    })
}
