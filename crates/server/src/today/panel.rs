//! The form opened inside a line: each feature draws its own, here they are chosen.

use super::view::Panel;
use crate::{
    checkups, closures, contacts,
    platform::{Problem, web::Ask},
    visits,
};

/// The panel an address asks for; `None` if the act is not one of them.
pub fn of(ask: &mut Ask, file: i64, duty: &str, act: &str, return_to: &str) -> Result<Option<Panel>, Problem> {
    Ok(match act {
        "call" => Some(Panel::Contact(Box::new(contacts::form::panel(ask, file, duty, return_to)?))),
        "visit" => Some(Panel::Visit(Box::new(visits::form::panel(ask, file, duty, return_to)?))),
        "done" => Some(Panel::Checkup(Box::new(checkups::form::panel(ask, file, duty, return_to)?))),
        "close" => Some(Panel::Closure(Box::new(closures::form::panel(ask, file, duty, return_to)?))),
        _ => None,
    })
}
