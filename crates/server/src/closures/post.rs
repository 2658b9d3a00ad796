//! Closing a duty by a named person's decision.

use casework::{Act, Body, Sensitivity, body::Closure};
use rules::Span;

use super::{form, view::ClosurePage};
use crate::subject::Opened;
use crate::{
    contacts::post::put_reasons,
    platform::{
        Problem, Refusal, record,
        record::Submitted,
        web::{Ask, Reply},
    },
    today::{asked::Asked, page::draw, view::Panel},
};

/// GET /persons/{id}/closures/new?duty=
pub fn new(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&page(ask)?)
}

fn page(ask: &mut Ask) -> Result<ClosurePage, Problem> {
    let file = ask.id("id")?;
    let duty = if ask.form("duty").is_empty() { ask.query("duty") } else { ask.form("duty") }.to_owned();
    let back = ask.return_to(&format!("/persons/{file}"));
    let closure = form::panel(ask, file, &duty, &back)?;
    let subject = ask.read(|door| Ok(Opened::of(door, file)?.subject(door.today())))?;
    Ok(ClosurePage { frame: ask.frame("終結・対象外", "/today")?, subject, closure })
}

/// POST /persons/{id}/closures
pub fn record(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let body = match read(ask) {
        Ok(body) => body,
        Err(refusal) => return again(ask, file, Submitted::Refused(vec![refusal])),
    };
    let act = Act::Record {
        file,
        episode: Opened::episode_of(ask.form("duty")),
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body,
    };
    match record::submit(ask, act)? {
        Submitted::Applied(applied) => {
            let back = ask.return_to("/today");
            let undo = applied.events.first().map(|event| (file, *event));
            Ok(Reply::see_told(&back, record::told("終結・対象外として記録しました。", undo, &back)))
        }
        other => again(ask, file, other),
    }
}

fn read(ask: &Ask) -> Result<Body, Refusal> {
    let duty = ask.form("duty");
    if duty.is_empty() {
        return Err(Refusal::new("どの対応についての判断か分かりません。画面を開きなおしてください。"));
    }
    let how = ask.form("reason");
    let Some((_, word)) = form::REASONS.iter().find(|(code, _)| *code == how) else {
        return Err(Refusal::at("reason", "理由を選んでください。"));
    };
    let note = ask.form("note").trim();
    if how == "decided" && note.is_empty() {
        return Err(Refusal::at("note", "「その他」のときは説明を書いてください。"));
    }
    casework::marks::check("note", note)?;
    let reason = if note.is_empty() { (*word).to_owned() } else { format!("{word}：{note}") };
    Ok(if form::is_release(duty) {
        Body::Released { reason }
    } else {
        Body::Closure(Closure { key: duty.to_owned(), how: how.to_owned(), reason })
    })
}

fn again(ask: &mut Ask, file: i64, why: Submitted) -> Result<Reply, Problem> {
    let in_list = Asked::of_return(ask).filter(|_| !ask.form("duty").is_empty());
    if let Some(mut asked) = in_list {
        let duty = ask.form("duty").to_owned();
        let mut closure = form::panel(ask, file, &duty, &asked.address())?;
        let conflict = put_reasons(&mut closure.form, why, form::FIELDS);
        asked.open = Some((file, duty));
        asked.act = String::from("close");
        let page = draw(ask, &asked, Some(Panel::Closure(Box::new(closure))))?;
        return if conflict { Reply::conflict(&page) } else { Reply::refused(&page) };
    }
    let mut page = page(ask)?;
    let conflict = put_reasons(&mut page.closure.form, why, form::FIELDS);
    if conflict { Reply::conflict(&page) } else { Reply::refused(&page) }
}
