//! 窓口モード: while a visitor may see the screen. Kept with the session, so it holds on every page until it is ended.

use super::sign_in::done;
use crate::platform::Problem;
use crate::platform::session::drafts;
use crate::platform::web::view::Link;
use crate::platform::web::{Ask, Reply};

/// `POST /session/counter`: `on` is 1 or 0. Leads back to the page the button was pressed on.
pub fn switch(ask: &mut Ask) -> Result<Reply, Problem> {
    let (on, back) = (ask.form("on") == "1", ask.came_from());
    let session = ask.session.as_ref().ok_or(Problem::NotFound)?;
    ask.doors().database().write(|db| session.set_counter(db, on))?;
    let mut notice = done(if on {
        "窓口モードにしました。電話・住所・区分・点数・記録の内容は表示しません。"
    } else {
        "窓口モードを終えました。"
    });
    if let Ok(id) = ask.form("kept").parse::<i64>() {
        notice.text.push_str("入力中の内容は預かっています。");
        notice.link = Some(Link { label: String::from("続きを開く"), url: format!("/session/drafts/{id}") });
    }
    Ok(Reply::see_told(&back, notice))
}

/// `POST /session/drafts`: keeps what is being typed before the page is covered; answers with the draft's number. The form
/// comes with its own address in `keep_path`.
pub fn keep(ask: &mut Ask) -> Result<Reply, Problem> {
    let staff = ask.actor()?.staff;
    let path = ask.form("keep_path").to_owned();
    if !crate::platform::web::ask::is_local(&path) || path.starts_with("/session") {
        return Err(Problem::NotFound);
    }
    let fields: Vec<(String, String)> = ask.sent.form.iter().filter(|(name, _)| name != "keep_path").cloned().collect();
    let wall = ask.clock().wall();
    let id = ask.doors().database().write(|db| drafts::keep(db, staff, &path, &fields, wall))?;
    Ok(Reply::text(id.to_string()))
}
