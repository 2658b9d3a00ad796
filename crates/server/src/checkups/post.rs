//! Recording that a service was carried out, or is known not to have been.

use casework::{Act, Body, Sensitivity, body::Service};
use rules::Rulebook;

use super::{form, view::CheckupPage};
use crate::subject::Opened;
use crate::{
    contacts::post::put_reasons,
    platform::{
        Problem, Refusal, record,
        record::Submitted,
        rulebook, typed,
        web::{Ask, Reply},
    },
    today::{asked::Asked, page::draw, view::Panel},
};

/// GET /persons/{id}/checkups/new
pub fn new(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&page(ask)?)
}

fn page(ask: &mut Ask) -> Result<CheckupPage, Problem> {
    let file = ask.id("id")?;
    let duty = if ask.form("duty").is_empty() { ask.query("duty") } else { ask.form("duty") }.to_owned();
    let back = ask.return_to(&format!("/persons/{file}"));
    let checkup = form::panel(ask, file, &duty, &back)?;
    let subject = ask.read(|door| Ok(Opened::of(door, file)?.subject(door.today())))?;
    Ok(CheckupPage { frame: ask.frame("健診・接種などを記録", "/today")?, subject, checkup })
}

/// POST /persons/{id}/checkups
pub fn record(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let book = ask.book()?;
    let (read, scores) = (read(ask, &book), scores(ask));
    let ((day, service, title), scores) = match (read, scores) {
        (Ok(read), Ok(scores)) => (read, scores),
        (Err(refusal), _) | (_, Err(refusal)) => return again(ask, file, Submitted::Refused(vec![refusal])),
    };
    let told = if service.result == "absent" { format!("{title}（未受診）") } else { title };
    let episode = service.about.as_deref().and_then(Opened::episode_of);
    let act = Act::Record {
        file,
        episode,
        day,
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::Service(service),
    };
    match record::submit(ask, act)? {
        Submitted::Applied(applied) => {
            let mut told = told;
            for (code, label, points) in scores {
                let service = Service { code: code.to_owned(), number: Some(points), ..Service::default() };
                let service = Service { result: String::from("done"), place: ask.form("place").to_owned(), ..service };
                // 心理: her answers are not for helpers and clerks.
                let (source, sensitivity) = (String::from("own"), Sensitivity::Guarded);
                let act = Act::Record { file, episode, day, source, sensitivity, body: Body::Service(service) };
                record::submit_as(ask, &format!("{}-{code}", ask.form("command_id")), act, Vec::new())?;
                told.push_str(&format!("・{label}"));
            }
            let back = ask.return_to("/today");
            let undo = applied.events.first().map(|event| (file, *event));
            Ok(Reply::see_told(&back, record::told(format!("{told}を記録しました。"), undo, &back)))
        }
        other => again(ask, file, other),
    }
}

/// The scores that were typed: (code, label, points).
fn scores(ask: &Ask) -> Result<Vec<(&'static str, &'static str, f64)>, Refusal> {
    let mut scores = Vec::new();
    for &(code, label, most) in form::SCORES {
        let text = halfwidth(ask.form(code).trim());
        if text.is_empty() {
            continue;
        }
        let points = text.parse::<u8>().map(f64::from).ok().filter(|points| *points <= most);
        let wrong = || Refusal::at(code, format!("{label}は0から{most}までの点数で入力してください。"));
        scores.push((code, label, points.ok_or_else(wrong)?));
    }
    Ok(scores)
}

fn read(ask: &Ask, book: &Rulebook) -> Result<(rules::Span, Service, String), Refusal> {
    let day = typed::span(ask, "day")?;
    let about = Some(ask.form("duty").to_owned()).filter(|d| !d.is_empty());
    let service = match &about {
        Some(key) => form::service_of(key).to_owned(),
        None => ask.form("service").to_owned(),
    };
    if book.rule(&service).is_none() {
        return Err(Refusal::at("service", "健診・事業を選んでください。"));
    }
    let attended = ask.form("attended");
    let result = match attended {
        "done" if ask.form("result").is_empty() => "done",
        "done" => ask.form("result"),
        "absent" | "refused" => attended,
        _ => return Err(Refusal::at("attended", "受けたかどうかを選んでください。")),
    };
    let mut note = ask.form("note").trim().to_owned();
    for (name, label, unit) in [("weight", "体重", "g"), ("height", "身長", "cm")] {
        let text = ask.form(name).trim();
        if !text.is_empty() {
            let number: f64 = halfwidth(text).parse().map_err(|_| {
                Refusal::at(
                    if name == "weight" { "weight" } else { "height" },
                    format!("{label}は数字で入力してください（単位 {unit}）。"),
                )
            })?;
            note = format!("{label} {number}{unit} {note}").trim().to_owned();
        }
    }
    let mut next = typed::next(ask, None)?;
    if attended == "absent" && next.is_none() && about.is_some() {
        // Known not to have happened: the ladder begins, and it begins with a date.
        next = crate::contacts::post::ladder(&about, casework::body::Reached::Absent, ask);
    }
    let service = Service {
        code: form::act_code(&service).to_owned(),
        result: result.to_owned(),
        product: None,
        number: None,
        place: ask.form("place").to_owned(),
        seen: typed::seen(ask)?,
        next,
        about,
        note,
    };
    let title = rulebook::title(book, &service_title(&service));
    Ok((day, service, title))
}

fn service_title(service: &Service) -> String {
    service.about.as_deref().map_or_else(|| service.code.clone(), |key| form::service_of(key).to_owned())
}

/// Full-width digits as people's keyboards give them.
fn halfwidth(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            '．' => '.',
            other => other,
        })
        .collect()
}

fn again(ask: &mut Ask, file: i64, why: Submitted) -> Result<Reply, Problem> {
    let in_list = Asked::of_return(ask).filter(|_| !ask.form("duty").is_empty());
    if let Some(mut asked) = in_list {
        let duty = ask.form("duty").to_owned();
        let mut checkup = form::panel(ask, file, &duty, &asked.address())?;
        let conflict = put_reasons(&mut checkup.form, why, form::FIELDS);
        asked.open = Some((file, duty));
        asked.act = String::from("done");
        let page = draw(ask, &asked, Some(Panel::Checkup(Box::new(checkup))))?;
        return if conflict { Reply::conflict(&page) } else { Reply::refused(&page) };
    }
    let mut page = page(ask)?;
    let conflict = put_reasons(&mut page.checkup.form, why, form::FIELDS);
    if conflict { Reply::conflict(&page) } else { Reply::refused(&page) }
}
