//! The lock of a screen nobody sits at: put on by hand or by itself, taken off with the own password.

use axum::http::StatusCode;

use super::{kept, own_password::own, sign_in::done, view::LockPage};
use crate::platform::session::{attempts, drafts, password};
use crate::platform::web::ask::{field_errors, is_local};
use crate::platform::web::{Ask, Reply};
use crate::platform::{Problem, Refusal};

/// `GET /session/lock?next=…&draft=…`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    if !ask.session.as_ref().is_some_and(|s| s.locked) {
        return Ok(Reply::see(&next(ask)));
    }
    Reply::page(&draw(ask)?)
}

/// `POST /session/lock`: by a button, a key, or the page's own clock.
pub fn lock(ask: &mut Ask) -> Result<Reply, Problem> {
    let (wall, from) = (ask.clock().wall(), ask.came_from());
    let session = ask.session.as_ref().ok_or(Problem::NotFound)?;
    ask.doors().database().write(|db| session.lock(db, wall))?;
    let next = crate::platform::web::reply::percent(&from, false);
    let draft = ask.form("kept").parse::<i64>().map(|id| format!("&draft={id}")).unwrap_or_default();
    Ok(Reply::see(&format!("/session/lock?next={next}{draft}")))
}

/// `POST /session/unlock`
pub fn unlock(ask: &mut Ask) -> Result<Reply, Problem> {
    let staff = ask.actor()?.staff;
    let typed = ask.form("password").to_owned();
    if typed.is_empty() {
        let missing = Refusal::at("password", "パスワードを入れてください。");
        return refuse(ask, &[missing], StatusCode::UNPROCESSABLE_ENTITY);
    }
    let database = ask.doors().database();
    let account = database.read(|db| own(db, staff))?;
    let wall = ask.clock().wall();
    if let Err(wait) = database.write(|db| attempts::take(db, &account.login, &ask.sent.origin, wall))? {
        let message = format!("続けて失敗したため、いまは受け付けていません。あと約{}分お待ちください。", wait.0);
        return refuse(ask, &[Refusal::new(message)], StatusCode::TOO_MANY_REQUESTS);
    }
    if typed.len() > password::LONGEST || !password::verify(&typed, Some(&account.password))? {
        let wrong = Refusal::at("password", "パスワードが違います。");
        return refuse(ask, &[wrong], StatusCode::UNPROCESSABLE_ENTITY);
    }
    let session = ask.session.as_ref().ok_or(Problem::NotFound)?;
    database.write(|db| {
        attempts::succeeded(db, &account.login, &ask.sent.origin)?;
        session.unlock(db, wall)
    })?;
    let Some(id) = draft(ask) else { return Ok(Reply::see(&next(ask))) };
    let Some(draft) = database.read(|db| drafts::find(db, staff, id, wall))? else { return Ok(Reply::see(&next(ask))) };
    // Back to the form with what was typed in it; where it has no page of its own, to what was kept.
    Ok(match kept::page_of(&draft) {
        Some(page) => Reply::see_told(&page, done("入力していた内容を戻しました。まだ記録していません。")),
        None => Reply::see(&format!("/session/drafts/{id}")),
    })
}

/// `POST /session/here`: somebody sits there, typing or reading. The gate has noted it.
pub fn here(_: &mut Ask) -> Result<Reply, Problem> {
    Ok(Reply::text("").status(StatusCode::NO_CONTENT))
}

fn draft(ask: &Ask) -> Option<i64> {
    let named = if ask.form("kept").is_empty() { ask.query("draft") } else { ask.form("kept") };
    named.parse().ok()
}

fn next(ask: &Ask) -> String {
    let asked = ask.query("next");
    let next = if is_local(asked) { asked.to_owned() } else { ask.return_to("/") };
    if next.starts_with("/session/lock") || next.starts_with("/session/unlock") { String::from("/") } else { next }
}

fn refuse(ask: &mut Ask, refusals: &[Refusal], status: StatusCode) -> Result<Reply, Problem> {
    let mut page = draw(ask)?;
    page.form.errors = field_errors(refusals, &[("password", "パスワード")]);
    Ok(Reply::page(&page)?.status(status))
}

fn draw(ask: &mut Ask) -> Result<LockPage, Problem> {
    let next = next(ask);
    let mut form = ask.draw_form("/session/unlock", &next)?;
    form.return_to = next;
    form.values.clear();
    let frame = ask.frame("画面のロック", "")?;
    Ok(LockPage { name: frame.user_name.clone(), frame, form, draft: draft(ask), csrf: ask.csrf()? })
}
