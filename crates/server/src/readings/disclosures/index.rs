//! GET and POST /persons/{id}/disclosures: requests of a person, and a new one with its clock.

use axum::http::StatusCode;
use casework::{
    Body, Person,
    disclosure::{self, Case, REPLY_DAYS, Request, Requester, cases},
};
use rules::{Day, Span, wareki};

use super::view::{IndexPage, Row};
use crate::{
    persons::{
        sheet::{self, keep, put, recording},
        told::{self, role_word},
    },
    platform::{
        Door, Problem, Refusal,
        door::Looked,
        people,
        record::{self, Submitted},
        typed,
        web::{Ask, Reply, form::Choice, words::name},
    },
    subject::{Opened, preset},
    today::lines::setting,
};

const LABELS: &[(&str, &str)] = &[
    ("by", "請求した人"),
    ("requester_name", "請求した人の氏名"),
    ("day", "受け付けた日"),
    ("period_from", "期間のはじめ"),
    ("period_to", "期間のおわり"),
];

/// GET
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, None)
}

/// POST
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let (family, days) = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        Ok::<_, Problem>((family(door, &opened)?, reply_days(door)?))
    })?;
    let (day, body) = match read(ask, &family, days) {
        Ok(read) => read,
        Err(wrong) => return draw(ask, Some(Submitted::Refused(wrong))),
    };
    match record::submit(ask, recording(file, None, day, body))? {
        Submitted::Applied(applied) => {
            let event = applied.events.first().copied().unwrap_or_default();
            let back = format!("/persons/{file}/disclosures/{event}");
            Ok(Reply::see_told(&back, record::told("開示請求を受け付けました。", Some((file, event)), &back)))
        }
        why => draw(ask, Some(why)),
    }
}

fn read(ask: &Ask, family: &[Choice], days: i32) -> Result<(Span, Body), Vec<Refusal>> {
    let mut wrong = Vec::new();
    let by = Requester::from_code(ask.form("by"));
    if by.is_none() {
        wrong.push(Refusal::at("by", "だれからの請求かを選んでください。"));
    }
    let typed_name = ask.form("requester_name").trim();
    let chosen = family.iter().find(|c| !c.value.is_empty() && c.value == ask.form("requester_family"));
    let name = match chosen {
        Some(choice) if typed_name.is_empty() => choice.label.clone(),
        _ => typed_name.to_owned(),
    };
    if name.is_empty() && by != Some(Requester::Own) {
        wrong.push(Refusal::at("requester_name", "請求した人の氏名を入力するか、家族から選んでください。"));
    }
    let day = keep(&mut wrong, typed::span(ask, "day"));
    let from = keep(&mut wrong, typed::day(ask, "period_from")).flatten();
    let to = keep(&mut wrong, typed::day(ask, "period_to")).flatten();
    let (Some(by), Some(day), true) = (by, day, wrong.is_empty()) else { return Err(wrong) };
    let name = if name.is_empty() { String::from("本人") } else { name };
    Ok((day, Body::Disclosure(Request { by, name, from, to, due: day.hi.plus(days) })))
}

fn reply_days(door: &mut Door<'_>) -> Result<i32, Problem> {
    Ok(setting(door, "disclosure_days")?.and_then(|v| v.parse().ok()).unwrap_or(REPLY_DAYS))
}

/// 「母 架空 美穂」, as far as the actor may open them.
fn family(door: &mut Door<'_>, opened: &Opened) -> Result<Vec<Choice>, Problem> {
    let story = opened.story();
    let person = Person::read(&story);
    let found = people::many(door, &person.relations.iter().map(|r| r.to).collect::<Vec<_>>())?;
    let mut family: Vec<Choice> = Vec::new();
    for related in &person.relations {
        let value = related.to.to_string();
        let Some(row) = found.get(&related.to).filter(|_| !family.iter().any(|c| c.value == value)) else { continue };
        family.push(Choice::new(&value, &format!("{} {}", role_word(related.role), name(&row.name, "").text)));
    }
    if !family.is_empty() {
        family.insert(0, Choice::new("", "選ばない"));
    }
    Ok(family)
}

/// A request as its line stands.
pub fn row(file: i64, case: &Case<'_>, today: Day) -> Row {
    Row {
        url: format!("/persons/{file}/disclosures/{}", case.event),
        received: wareki::short(case.received),
        who: format!("{}（{}）", case.request.name, case.request.by.names().1),
        period: told::period(case.request.from, case.request.to),
        due: wareki::short(case.due),
        late: case.answered.is_none() && case.due < today,
        outcome: case.answered.map_or_else(String::new, |(_, day, answered)| {
            format!("{}（{}）", answered.outcome.names().1, wareki::short(day))
        }),
    }
}

fn draw(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let action = format!("/persons/{file}/disclosures");
    let mut form = ask.draw_form(&action, &format!("/persons/{file}"))?;
    let frame = ask.frame("開示請求", "/persons")?;
    let opened = ask.read(|door| Opened::of(door, file))?;
    preset(&mut form, "day", "きょう");
    let status: StatusCode = put(&mut form, why, LABELS, Some(&opened));
    sheet::echo(&mut form, ["day", "period_from", "period_to"].into_iter(), ask);
    let today = ask.today();
    let page = ask.read(|door| {
        door.log_reading(Looked::Person, "disclosures", &[opened.file]);
        let story = opened.story();
        let rows = cases(&story).iter().rev().map(|case| row(opened.file, case, today)).collect();
        let days = reply_days(door)?;
        Ok::<_, Problem>(IndexPage {
            frame,
            subject: opened.subject(today),
            protected: opened.protected,
            rows,
            form,
            requesters: disclosure::Requester::ALL.iter().map(|r| Choice::new(r.names().0, r.names().1)).collect(),
            family: family(door, &opened)?,
            days: format!("受け付けた日から{days}日"),
        })
    })?;
    Ok(Reply::page(&page)?.status(status))
}
