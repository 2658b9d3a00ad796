//! The settings of an office: read from its own file, changed by a record in it, taken back like any record.

use std::collections::BTreeMap;

use casework::{
    Act, Body, Sensitivity,
    setting::{self, Kind, Meaning},
};
use rules::{Day, Span, wareki};
use unicode_normalization::UnicodeNormalization;

use super::view::{Row, SettingsPage};
use crate::intake::imports::pages::{moment, who};
use crate::persons::sheet::{self, Sheet, field, radios};
use crate::persons::view::SheetKind;
use crate::platform::record::{Submitted, submit};
use crate::platform::web::view::{Notice, NoticeTone, Undo};
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Problem, people, typed};
use crate::rulebook::changes::desk::{OfficeFile, office_file};

/// A value somebody decided.
struct Decided {
    value: String,
    at: i64,
    by: i64,
}

fn decided(door: &mut Door<'_>) -> Result<BTreeMap<String, Decided>, Problem> {
    let mut found = BTreeMap::new();
    let Some(office) = OfficeFile::of(door.db, door.actor.keeper)? else { return Ok(found) };
    let story = office.story();
    for entry in &story.entries {
        let Body::SettingChanged { name, value } = entry.body else { continue };
        let by = story.log.iter().find(|(event, _)| event.id == entry.root).map_or(0, |(event, _)| event.actor);
        found.insert(name.clone(), Decided { value: value.clone(), at: entry.recorded_at, by });
    }
    Ok(found)
}

/// GET /settings
///
/// # Errors
/// If the database fails.
pub fn index(ask: &mut Ask) -> Result<Reply, Problem> {
    let (decided, names) = ask.read(|door| {
        let decided = decided(door)?;
        let by: Vec<i64> = decided.values().map(|d| d.by).filter(|id| *id > 0).collect();
        let names = people::staff_names(door.db, &by)?;
        Ok((decided, names))
    })?;
    let row = |meaning: &Meaning| {
        let own = decided.get(meaning.name);
        let shipped = setting::shipped(meaning.name);
        // An empty value is the shipped one again.
        let now = own.map(|d| d.value.as_str()).filter(|value| !value.is_empty()).unwrap_or(shipped);
        Row {
            label: meaning.label.to_owned(),
            about: meaning.about.to_owned(),
            now: meaning.said(now),
            shipped: meaning.said(shipped),
            since: own.map(|d| format!("{}　{}", moment(d.at), who(&names, d.by))).unwrap_or_default(),
            url: format!("/settings/{}", meaning.name),
        }
    };
    Reply::page(&SettingsPage { frame: ask.frame("設定", "/settings")?, rows: setting::all().map(row).collect() })
}

fn named(ask: &Ask) -> Result<&'static Meaning, Problem> {
    setting::meaning(ask.param("name")).ok_or(Problem::NotFound)
}

fn draw(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let meaning = named(ask)?;
    let own = ask.read(|door| Ok(decided(door)?.remove(meaning.name)))?;
    let shipped = setting::shipped(meaning.name);
    let now = own.map(|d| d.value).filter(|value| !value.is_empty()).unwrap_or_else(|| shipped.to_owned());
    let (kind, value) = match meaning.kind {
        Kind::Day => (SheetKind::Day, Day::parse_iso(&now).map(wareki::short).unwrap_or_default()),
        Kind::Whole { unit, .. } => (SheetKind::Number(unit), now.clone()),
        Kind::Choice(of) => (radios(of), now.clone()),
    };
    let sheet = Sheet {
        title: "設定を変える",
        action: format!("/settings/{}", meaning.name),
        about: vec![meaning.about.to_owned()],
        original: vec![
            (String::from("いまの値"), meaning.said(&now)),
            (String::from("はじめの値"), meaning.said(shipped)),
        ],
        fields: vec![field("value", meaning.label, "必須", kind)],
        send: "変える",
        back: String::from("/settings"),
        preset: vec![("value", value)],
    };
    sheet::draw(ask, None, sheet, why)
}

/// GET /settings/{name}
///
/// # Errors
/// Not found; or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, None)
}

/// POST /settings/{name}
///
/// # Errors
/// Not found; or if the database fails.
pub fn change(ask: &mut Ask) -> Result<Reply, Problem> {
    let meaning = named(ask)?;
    let value = match meaning.kind {
        Kind::Day => match typed::span(ask, "value") {
            Ok(span) => span.lo.to_string(),
            Err(why) => return draw(ask, Some(Submitted::Refused(vec![why]))),
        },
        _ => ask.form("value").nfkc().collect::<String>().trim().to_owned(),
    };
    let said = meaning.said(&value);
    let act = Act::Record {
        file: ask.write(|door| Ok(office_file(door)?))?,
        episode: None,
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::SettingChanged { name: meaning.name.to_owned(), value },
    };
    match submit(ask, act)? {
        Submitted::Applied(applied) => {
            let undo = applied.events.first().map(|event| Undo {
                url: format!("/settings/events/{event}/withdraw"),
                command_id: format!("undo-{event}"),
                return_to: String::from("/settings"),
                what: String::new(),
            });
            let text = format!("{}を「{said}」にしました。", meaning.label);
            Ok(Reply::see_told("/settings", Notice { tone: NoticeTone::Done, text, link: None, undo }))
        }
        other => draw(ask, Some(other)),
    }
}

/// POST /settings/events/{event}/withdraw: the value of before holds again.
///
/// # Errors
/// Not found, if it is no setting of this office; or if the database fails.
pub fn take_back(ask: &mut Ask) -> Result<Reply, Problem> {
    let event = ask.id("event")?;
    let file = ask.read(|door| {
        let office = OfficeFile::of(door.db, door.actor.keeper)?.ok_or(Problem::NotFound)?;
        let is_it =
            office.story().log.iter().any(|(e, _)| {
                e.id == event && e.corrects.is_none() && matches!(e.body, Some(Body::SettingChanged { .. }))
            });
        if is_it { Ok(office.file) } else { Err(Problem::NotFound) }
    })?;
    match submit(ask, Act::Withdraw { file, event, reason: String::from("変えた直後に取り消し") })? {
        Submitted::Applied(_) => {
            let text = String::from("取り消しました。前の値に戻りました。");
            Ok(Reply::see_told("/settings", Notice { tone: NoticeTone::Done, text, link: None, undo: None }))
        }
        Submitted::Refused(why) => Err(Problem::Refused(why)),
        Submitted::Conflict(_) => Err(Problem::Conflict(Vec::new())),
    }
}
