//! What was typed when the session ended: shown to its author, sent again or thrown away.

use super::sign_in::done;
use super::view::DraftPage;
use crate::platform::Problem;
use crate::platform::clock::time_in_japan;
use crate::platform::session::drafts::{self, Draft};
use crate::platform::web::{Ask, Reply};
use crate::routes::{Method, ROUTES};

/// `GET /session/drafts/{id}`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let (id, staff, wall) = (ask.id("id")?, ask.actor()?.staff, ask.clock().wall());
    let draft = ask.doors().database().read(|db| drafts::find(db, staff, id, wall))?.ok_or(Problem::NotFound)?;
    let (hour, minute) = time_in_japan(draft.at);
    let page = DraftPage {
        frame: ask.frame("預かっていた入力", "")?,
        csrf: ask.csrf()?,
        draft: id,
        kept_at: format!("{hour}:{minute:02}"),
        words: draft.fields.iter().filter(|(_, text)| is_prose(text)).map(|(_, text)| text.clone()).collect(),
        open_url: page_of(&draft).unwrap_or_default(),
        discard_url: format!("/session/drafts/{id}/discard"),
        action: draft.path,
        fields: draft.fields,
    };
    Reply::page(&page)
}

/// `POST /session/drafts/{id}/discard`
pub fn discard(ask: &mut Ask) -> Result<Reply, Problem> {
    let (id, staff) = (ask.id("id")?, ask.actor()?.staff);
    if !ask.doors().database().write(|db| drafts::forget(db, staff, id))? {
        return Err(Problem::NotFound);
    }
    Ok(Reply::see_told("/", done("預かっていた入力を破棄しました。")))
}

/// Words somebody wrote, by which they recognise it; codes of choices and ids say nothing.
fn is_prose(text: &str) -> bool {
    !text.is_ascii() && text.chars().count() >= 2
}

/// The page of the form a draft was typed into, drawn with the draft; of a form inside a list, the page of that form alone.
pub(super) fn page_of(draft: &Draft) -> Option<String> {
    let pages = [format!("{}/new", draft.path), draft.path.clone()];
    pages.into_iter().find(|page| has_page(page)).map(|page| format!("{page}?draft={}", draft.id))
}

/// Whether an address is one of the pages of the table.
fn has_page(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |pattern: &str| {
        let (mut left, mut right) = (pattern.split('/'), path.split('/'));
        loop {
            match (left.next(), right.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a == b || (a.starts_with('{') && !b.is_empty()) => {}
                _ => return false,
            }
        }
    };
    ROUTES.iter().any(|route| route.method == Method::Get && fits(route.path))
}
