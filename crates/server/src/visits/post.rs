//! Recording a visit: whom one met, who saw the child, and what is next.

use casework::{
    Body,
    body::{Contact, Reached},
};

use super::{form, view::VisitPage};
use crate::subject::Opened;
use crate::{
    contacts::post::{ladder, put_reasons, reached, submit, whole},
    platform::{
        Problem, Refusal,
        record::Submitted,
        typed,
        web::{Ask, Reply},
    },
    today::{asked::Asked, page::draw, view::Panel},
};

/// GET /persons/{id}/visits/new
pub fn new(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&page(ask)?)
}

fn page(ask: &mut Ask) -> Result<VisitPage, Problem> {
    let file = ask.id("id")?;
    let duty = if ask.form("duty").is_empty() { ask.query("duty") } else { ask.form("duty") }.to_owned();
    let back = ask.return_to(&format!("/persons/{file}"));
    let visit = form::panel(ask, file, &duty, &back)?;
    let subject = ask.read(|door| Ok(Opened::of(door, file)?.subject(door.today())))?;
    Ok(VisitPage { frame: ask.frame("訪問を記録", "/today")?, subject, visit })
}

/// POST /persons/{id}/visits
pub fn record(ask: &mut Ask) -> Result<Reply, Problem> {
    let read = read(ask);
    submit(ask, read, Body::Visit, again)
}

fn read(ask: &Ask) -> Result<(rules::Span, Contact), Refusal> {
    let day = typed::span(ask, "day")?;
    let result = reached(ask.form("result")).ok_or_else(|| Refusal::at("result", "訪問の結果を選んでください。"))?;
    let about = Some(ask.form("duty").to_owned()).filter(|d| !d.is_empty());
    let of_duty = about.as_deref().is_some_and(|d| d.starts_with("home_visit"));
    let service = if of_duty { "home_visit_4m" } else { ask.form("kind") };
    let service = Some(service.to_owned()).filter(|s| !s.is_empty());
    let settles = of_duty && result == Reached::Reached;
    let ladder = if settles { None } else { ladder(&about, result, ask) };
    let next = typed::next(ask, ladder.as_ref().map(|n| n.on))?.or(ladder);
    let met: Vec<&str> = ask.form_all("met").collect();
    let contact = Contact {
        means: String::from("visit"),
        time: typed::time(ask, "time")?,
        with: met.iter().map(|m| met_word(m)).collect::<Vec<_>>().join("・"),
        result,
        seen: typed::seen(ask)?,
        next,
        about,
        service,
        note: note(ask),
    };
    Ok((day, contact))
}

fn note(ask: &Ask) -> String {
    let mut note = ask.form("note").trim().to_owned();
    if ask.form("absence_card") == "1" {
        note = if note.is_empty() {
            String::from("不在票を入れた。")
        } else {
            format!("{note}（不在票を入れた）")
        };
    }
    whole(ask, &note)
}

fn met_word(code: &str) -> &'static str {
    match code {
        "mother" => "母",
        "father" => "父",
        "child" => "子",
        _ => "そのほか",
    }
}

fn again(ask: &mut Ask, file: i64, why: Submitted) -> Result<Reply, Problem> {
    let in_list = Asked::of_return(ask).filter(|_| !ask.form("duty").is_empty());
    if let Some(mut asked) = in_list {
        let duty = ask.form("duty").to_owned();
        let mut visit = form::panel(ask, file, &duty, &asked.address())?;
        let conflict = put_reasons(&mut visit.form, why, form::FIELDS);
        asked.open = Some((file, duty));
        asked.act = String::from("visit");
        let page = draw(ask, &asked, Some(Panel::Visit(Box::new(visit))))?;
        return if conflict { Reply::conflict(&page) } else { Reply::refused(&page) };
    }
    let mut page = page(ask)?;
    let conflict = put_reasons(&mut page.visit.form, why, form::FIELDS);
    if conflict { Reply::conflict(&page) } else { Reply::refused(&page) }
}
