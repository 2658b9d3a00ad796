//! GET and POST /persons/{id}/emergency: the reason, and what it opens until it ends by itself.

use casework::{
    Act, Body, Permission, Person, Sensitivity,
    emergency::{self, Emergency},
};
use rules::{Span, wareki};

use super::view::OpenedPage;
use crate::{
    persons::{
        bar::{self, link},
        log::{self, Reader},
        page::{caution, words},
        sheet::{self, Sheet, hinted},
        view::{Bar, SheetKind},
    },
    platform::{
        Door, Fault, Problem,
        clock::time_in_japan,
        door::Looked,
        mask,
        record::{self, Submitted},
        store::load,
        web::{Ask, Reply},
    },
    subject::Opened,
    today::lines::setting,
};

const MINUTE_US: i64 = 60_000_000;

/// How long it opens, by the office's setting.
///
/// # Errors
/// If the database fails.
pub fn minutes(door: &mut Door<'_>) -> Result<i64, Fault> {
    let set = setting(door, "emergency_minutes")?.and_then(|v| v.parse().ok());
    Ok(set.filter(|n| (5..=480).contains(n)).unwrap_or(60))
}

/// GET: what is open now, or the question why.
///
/// # Errors
/// Not found, for whoever may not know of the person; or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let frame = ask.frame("緊急閲覧", "/emergencies/new")?;
    let book = ask.book()?;
    let from = ask.query("from").parse().unwrap_or(0);
    let drawn = ask.read(|door| {
        let (opened, running) = match Opened::in_emergency(door, file) {
            Err(Problem::NotFound) => return Ok(None),
            other => other?,
        };
        door.log_reading(Looked::Emergency, "emergency", &[opened.file]);
        draw(door, &book, &opened, &running, from).map(Some)
    })?;
    match drawn {
        Some(page) => Reply::page(&OpenedPage { frame, ..page }),
        None => form(ask, file, None),
    }
}

fn draw(
    door: &mut Door<'_>,
    book: &rules::Rulebook,
    opened: &Opened,
    running: &Emergency,
    from: usize,
) -> Result<OpenedPage, Problem> {
    let today = door.today();
    let story = opened.story();
    let person = Person::read(&story);
    let words = words(door, book, opened, &person)?;
    let reader = Reader { file: opened.file, may_correct: false, present: false };
    let (entries, all) = log::page(&story, &words, reader, from);
    let bar = bar::bar(door, opened, &person, today);
    let (episode_title, episode) = bar::episode(&person, today);
    let (hour, minute) = time_in_japan(running.until);
    let left = (running.until - door.now()).max(0) / MINUTE_US + 1;
    let next = from + entries.len();
    let more = format!("/persons/{}/emergency?from={next}", opened.file);
    Ok(OpenedPage {
        // Nothing is recorded from here, and nobody else of the family is opened with it.
        bar: Bar { acts: Vec::new(), reveal: None, ..bar },
        caution: caution(&story, &person, &words),
        until: format!("{hour}:{minute:02}まで（あと{left}分）"),
        reason: running.reason.clone(),
        episode_title,
        episode,
        log_shown: if all == 0 { String::from("0件") } else { format!("{all}件のうち {}–{next}件", from + 1) },
        log_more: (next < all).then(|| link(&format!("続きの{}件", all - next), &more)),
        log: entries,
        ..OpenedPage::default()
    })
}

/// The question why, to whoever may know that the person is on file.
fn form(ask: &mut Ask, file: i64, why: Option<Submitted>) -> Result<Reply, Problem> {
    if !ask.actor()?.role.may(Permission::ReadPerson) {
        return Err(Problem::NotFound);
    }
    let (opened, minutes) = ask.read(|door| Ok((Opened::of(door, file)?, minutes(door)?)))?;
    let sheet = Sheet::of(opened.file, "emergency", "緊急閲覧", "理由を記録して開く", vec![reason()]);
    let sheet = told(minutes).into_iter().fold(sheet, |sheet, line| sheet.about(&line));
    sheet::draw(ask, Some(&opened), sheet, why)
}

/// The field of the reason.
pub fn reason() -> crate::persons::view::SheetField {
    let hint =
        "何が起きていて、何をすぐ確かめるのか。例 本人から自殺をほのめかす電話。相談の経過と対応方針を確かめる。";
    hinted("reason", "理由", "必須", hint, SheetKind::Area)
}

/// What it is, before it is done.
pub fn told(minutes: i64) -> Vec<String> {
    vec![
        format!("命や安全に関わり、担当者を待てないときだけ使います。この方お一人の記録を、{minutes}分だけ開きます。"),
        String::from("理由は経過の記録に残り、統括支援員かセンター長・係長があとで必ず確かめます。"),
        String::from("秘匿・支援措置の住所や電話は、緊急閲覧でも開きません。"),
    ]
}

/// POST
///
/// # Errors
/// Not found, for whoever may not know of the person; or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    if !ask.actor()?.role.may(Permission::ReadPerson) {
        return Err(Problem::NotFound);
    }
    match start(ask, file)? {
        Ok(reply) => Ok(reply),
        Err(why) => form(ask, file, Some(why)),
    }
}

/// Records it and leads to what is open. `Err`: draw the form again with this.
///
/// # Errors
/// Not found, or if the database fails.
pub fn start(ask: &Ask, file: i64) -> Result<Result<Reply, Submitted>, Problem> {
    if emergency::opens(ask.actor()?.role).is_none() {
        return Err(Problem::NotFound);
    }
    let minutes = ask.read(|door| {
        let scope = door.scope();
        load::version_of(door.db, file, &scope, mask::level(door.actor))?.ok_or(Problem::NotFound)?;
        Ok(minutes(door)?)
    })?;
    let act = Act::Record {
        file,
        episode: None,
        day: Span::on(ask.today()),
        source: String::from("own"),
        // Why somebody had to look tells what is in there.
        sensitivity: Sensitivity::Guarded,
        body: Body::Emergency(Emergency {
            reason: ask.form("reason").trim().to_owned(),
            until: ask.now() + minutes * MINUTE_US,
        }),
    };
    Ok(match record::submit(ask, act)? {
        Submitted::Applied(_) => {
            let told =
                format!("緊急閲覧を記録しました（{}）。{minutes}分で終わります。", wareki::month_day(ask.today()));
            Ok(Reply::see_told(&format!("/persons/{file}/emergency"), record::told(told, None, "")))
        }
        other => Err(other),
    })
}
