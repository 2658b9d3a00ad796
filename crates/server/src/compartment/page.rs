//! GET and POST /persons/{id}/compartment: 要対協 periods, 通告, and links nobody may see.

use casework::{Act, Body, Person, Sensitivity, View, body::YOUTAIKYO, fold, marks};
use rules::{Span, wareki};

use super::view::{CompartmentPage, Kept};
use crate::persons::{ask_purpose, purpose, sheet::keep, told::role_word};
use crate::platform::{
    Door, Problem, Refusal,
    door::Looked,
    people,
    record::{self, Submitted},
    store::events_of,
    typed,
    web::{
        Ask, Reply,
        ask::field_errors,
        form::{Choice, Form},
        view::Frame,
        words,
    },
};
use crate::subject::{Opened, choices};

/// 児童福祉法6条の3第5項, 第8項.
pub const KINDS: &[(&str, &str)] =
    &[("特定妊婦", "特定妊婦"), ("要支援児童", "要支援児童"), ("要保護児童", "要保護児童")];
/// How a 通告 begins among the notes of the compartment.
const REPORT: &str = "【通告】";
const LABELS: &[(&str, &str)] = &[
    ("kind", "種別"),
    ("day", "決定の日"),
    ("note", "決定の経過"),
    ("end_day", "終わった日"),
    ("report_day", "いつ"),
    ("report_time", "時刻"),
    ("report_who", "だれから"),
    ("report_text", "内容"),
    ("to", "隠す続柄"),
];

/// GET
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, None)
}

/// POST
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let opened = ask.read(|door| Opened::of(door, file))?;
    let act = match ask.form("what") {
        "period" => period(ask, file),
        "end" => end(ask, &opened),
        "report" => report(ask, file),
        "hide" => hide(ask, &opened),
        "show" => return show(ask, file),
        _ => return Err(Problem::NotFound),
    };
    let act = match act {
        Ok(act) => act,
        Err(wrong) => return draw(ask, Some(Submitted::Refused(wrong))),
    };
    let posted = ask.form("what").to_owned();
    match record::submit(ask, act)? {
        Submitted::Applied(_) => Ok(done(file, "記録しました。")),
        // The day and the text of a 通告 have fields of their own.
        Submitted::Refused(mut wrong) if posted == "report" => {
            for refusal in &mut wrong {
                refusal.field = match refusal.field {
                    Some("day") => Some("report_day"),
                    Some("note") => Some("report_text"),
                    other => other,
                };
            }
            draw(ask, Some(Submitted::Refused(wrong)))
        }
        other => draw(ask, Some(other)),
    }
}

fn done(file: i64, told: &str) -> Reply {
    let back = format!("/persons/{file}/compartment");
    Reply::see_told(&back, record::told(told, None, &back))
}

fn narrow(file: i64, day: Span, body: Body) -> Act {
    let (source, sensitivity) = (String::from("own"), Sensitivity::Compartment);
    Act::Record { file, episode: None, day, source, sensitivity, body }
}

fn period(ask: &Ask, file: i64) -> Result<Act, Vec<Refusal>> {
    let mut wrong = Vec::new();
    let kind = KINDS.iter().find(|(code, _)| *code == ask.form("kind"));
    if kind.is_none() {
        wrong.push(Refusal::at("kind", "種別を選んでください。"));
    }
    let day = keep(&mut wrong, typed::span(ask, "day"));
    let (Some((kind, _)), Some(day)) = (kind, day) else { return Err(wrong) };
    let note = format!("{kind}（調整機関の決定）{}", ask.form("note").trim());
    Ok(narrow(file, day, Body::Period { name: String::from(YOUTAIKYO), until: None, note }))
}

/// The end is a correction of the period: the same record, with its last day.
fn end(ask: &Ask, opened: &Opened) -> Result<Act, Vec<Refusal>> {
    let day = typed::span(ask, "end_day").map_err(|wrong| vec![Refusal::at("end_day", wrong.message)])?;
    let event: i64 = ask.form("event").parse().unwrap_or(0);
    let story = opened.story();
    let found = story.entries.iter().find(|e| e.root == event).and_then(|e| match e.body {
        Body::Period { name, note, .. } if name == YOUTAIKYO => Some((e.day, note.clone())),
        _ => None,
    });
    let Some((from, note)) = found else { return Err(vec![Refusal::new("その期間はもうありません。")]) };
    if day.hi > ask.today() {
        let said = "終わった日が今日より後です。決まった日になってから記録してください。";
        return Err(vec![Refusal::at("end_day", said)]);
    }
    if day.hi < from.lo {
        return Err(vec![Refusal::at("end_day", "終わりが始まりより前になっています。")]);
    }
    let body = Body::Period { name: String::from(YOUTAIKYO), until: Some(day.hi), note };
    Ok(Act::Correct { file: opened.file, event, day: from, body })
}

fn report(ask: &Ask, file: i64) -> Result<Act, Vec<Refusal>> {
    let mut wrong = Vec::new();
    let day = keep(&mut wrong, typed::span(ask, "report_day").map_err(|w| Refusal::at("report_day", w.message)));
    let time = keep(&mut wrong, typed::time(ask, "report_time")).flatten();
    let text = |name: &str| ask.form(name).trim().to_owned();
    let (who, place, what) = (text("report_who"), text("report_place"), text("report_text"));
    if who.is_empty() {
        wrong.push(Refusal::at("report_who", "だれからの通告かを入力してください（名のらないときは「匿名」）。"));
    }
    if what.is_empty() {
        wrong.push(Refusal::at("report_text", "内容を入力してください。"));
    }
    for (field, text) in [("report_who", &who), ("report_place", &place), ("report_text", &what)] {
        wrong.extend(marks::check(field, text).err());
    }
    let Some(day) = day.filter(|_| wrong.is_empty()) else { return Err(wrong) };
    let place = if place.is_empty() { String::new() } else { format!("／どこで：{place}") };
    let time = time.map(|time| format!("{time} ")).unwrap_or_default();
    Ok(narrow(file, day, Body::Note { text: format!("{REPORT}{time}だれから：{who}{place}／{what}") }))
}

/// 特別養子縁組: both files lose the link, for everybody ([`crate::platform::mask`]).
fn hide(ask: &Ask, opened: &Opened) -> Result<Act, Vec<Refusal>> {
    let to: i64 = ask.form("to").parse().unwrap_or(0);
    let story = opened.story();
    let person = Person::read(&story);
    let Some(role) = person.relations.iter().find(|r| r.to == to).map(|r| r.role.to_owned()) else {
        return Err(vec![Refusal::at("to", "隠す続柄を選んでください。")]);
    };
    let body = Body::Relation { to, role, until: None, hidden: true };
    Ok(narrow(opened.file, Span::on(ask.today()), body))
}

/// Both halves are taken back; pressed twice, nothing happens twice.
fn show(ask: &mut Ask, file: i64) -> Result<Reply, Problem> {
    let event: i64 = ask.form("event").parse().unwrap_or(0);
    let halves = ask.read(|door| {
        let Some((_, other)) = hidden_links(door, file)?.into_iter().find(|(id, _)| *id == event) else {
            return Ok(Vec::new());
        };
        let back = hidden_links(door, other)?.into_iter().filter(|(_, to)| *to == file).map(|(id, _)| (other, id));
        Ok::<_, Problem>(back.chain([(file, event)]).collect())
    })?;
    for (file, event) in halves {
        let act = Act::Withdraw { file, event, reason: String::from("隠すのをやめた") };
        if let Submitted::Refused(wrong) = record::submit_as(ask, &format!("show-{event}"), act, Vec::new())? {
            return draw(ask, Some(Submitted::Refused(wrong)));
        }
    }
    Ok(done(file, "続柄を隠すのをやめました。"))
}

/// Standing hidden links of a file: (event, to whom). The one place that reads them; to whom is shown to nobody.
fn hidden_links(door: &mut Door<'_>, file: i64) -> Result<Vec<(i64, i64)>, Problem> {
    let of = events_of(door.db, file)?;
    let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
    let link = |e: &casework::fold::Entry<'_>| match e.body {
        Body::Relation { to, hidden: true, .. } => Some((e.root, *to)),
        _ => None,
    };
    Ok(story.entries.iter().filter_map(link).collect())
}

fn draw(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let action = format!("/persons/{file}/compartment");
    let mut form = ask.draw_form(&action, &action)?;
    let opened = ask.read(|door| Opened::of(door, file))?;
    let status = crate::persons::sheet::put(&mut form, None, LABELS, Some(&opened));
    let status = match why {
        Some(Submitted::Refused(wrong)) => {
            form.errors = field_errors(&wrong, LABELS);
            axum::http::StatusCode::UNPROCESSABLE_ENTITY
        }
        Some(other) => crate::persons::sheet::put(&mut form, Some(other), LABELS, Some(&opened)),
        None => status,
    };
    let frame = ask.frame("要対協・通告", "/persons")?;
    let drawn = ask.read(|door| {
        let Some(purpose) = purpose::derived(door, file)? else { return Ok(None) };
        door.log_reading(Looked::Person, &purpose, &[file]);
        drawn(door, frame, form, &opened).map(Some)
    })?;
    match drawn {
        Some(page) => Ok(Reply::page(&page)?.status(status)),
        None => ask_purpose::draw(ask, file, Vec::new()),
    }
}

fn drawn(door: &mut Door<'_>, frame: Frame, form: Form, opened: &Opened) -> Result<CompartmentPage, Problem> {
    let story = opened.story();
    let person = Person::read(&story);
    let staff: Vec<i64> = story.log.iter().map(|(e, _)| e.actor).filter(|id| *id > 0).collect();
    let names = people::staff_names(door.db, &staff)?;
    let who = |root: i64| {
        let actor = story.log.iter().find(|(e, _)| e.id == root).map_or(0, |(e, _)| e.actor);
        names.get(&actor).cloned().unwrap_or_default()
    };
    let (mut periods, mut reports) = (Vec::new(), Vec::new());
    for entry in story.entries.iter().rev() {
        let kept = |day: String, text: &str, open| Kept {
            event: entry.root,
            day,
            text: text.to_owned(),
            who: who(entry.root),
            open,
        };
        match entry.body {
            Body::Period { name, until, note } if name == YOUTAIKYO => {
                let day = format!("{}〜{}", wareki::short(entry.day.lo), until.map(wareki::short).unwrap_or_default());
                periods.push(kept(day, note, until.is_none()));
            }
            Body::Note { text } if entry.sensitivity == Sensitivity::Compartment => {
                reports.push(kept(wareki::short(entry.day.lo), text.trim_start_matches(REPORT), false));
            }
            _ => {}
        }
    }
    let hidden = hidden_links(door, opened.file)?;
    let found = people::many(door, &person.relations.iter().map(|r| r.to).collect::<Vec<_>>())?;
    let link = |r: &casework::person::Related<'_>| {
        let name = words::name(&found.get(&r.to)?.name, "").text;
        Some(Choice::new(&r.to.to_string(), &format!("{} {name}", role_word(r.role))))
    };
    let mut links: Vec<Choice> = person.relations.iter().filter_map(link).collect();
    if !links.is_empty() {
        links.insert(0, Choice::new("", "選んでください"));
    }
    let kept = |event: i64| Kept { event, text: String::from("続柄を1件隠しています"), ..Kept::default() };
    Ok(CompartmentPage {
        frame,
        subject: opened.subject(door.today()),
        form,
        periods,
        reports,
        hidden: hidden.into_iter().map(|(event, _)| kept(event)).collect(),
        kinds: choices(KINDS),
        links,
    })
}
