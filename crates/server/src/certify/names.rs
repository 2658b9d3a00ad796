//! Who is listed: by name, with the reason why nothing is planned and the acts that close it.

use std::collections::BTreeMap;

use casework::{
    Body, Permission, Sensitivity, View,
    certify::{Nothing, nothing, subject},
    fold,
};
use rules::{Day, wareki};

use super::evaluate::{Desk, When};
use super::figures::ages;
use super::view::Listed;
use crate::platform::{
    Door, Problem,
    door::Looked,
    people, rulebook,
    store::{FileEvents, derived, kin, load::events_of_many_at},
    web::{view::Link, words},
};

/// Names on one page.
pub const PAGE: usize = 100;
/// Duties are derived this far ahead, to say when the next step opens.
const AHEAD_DAYS: i32 = 366 * 7;

/// These of the listed, noted as read.
///
/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>, desks: &[Desk], when: When, files: &[i64]) -> Result<Vec<Listed>, Problem> {
    door.log_reading(Looked::List, "certify", files);
    let found = people::many(door, files)?;
    let events = events_of_many_at(door.db, files, when.known_at)?;
    let mut listed: Vec<((&'static str, String, String), Listed)> = Vec::new();
    for desk in desks {
        let own: Vec<(i64, i64)> =
            found.values().filter(|p| p.keeper == desk.keeper).map(|p| (p.keeper, p.file)).collect();
        let relations = kin::of(door.db, &own, &desk.book)?;
        for (_, file) in &own {
            let (Some(of), Some(person)) = (events.get(file), found.get(file)) else { continue };
            let far = when.day.plus(AHEAD_DAYS);
            let (who, derived) = derived::seen(*file, of, &relations, &desk.book, when.view(), far);
            let Some((_, subjects, birth, _)) = who.counted() else { continue };
            let what = subject(subjects, ages(when.day).class(birth));
            let row = Listed {
                name: words::name(&person.name, &person.kana),
                url: format!("/persons/{file}"),
                about: words::about(person.birth(), person.edd(), when.day),
                protected: person.protected == 1,
                subject: what.word(),
                district: person.district.clone(),
                reason: reason(desk, &nothing(&derived.duties, when.day)),
                last: last(desk, of, when).unwrap_or_else(|| String::from("記録なし")),
                acts: acts(door, *file),
            };
            listed.push(((what.code(), person.district.clone(), person.kana.clone()), row));
        }
    }
    listed.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(listed.into_iter().map(|(_, row)| row).collect())
}

fn reason(desk: &Desk, nothing: &Nothing) -> String {
    match nothing {
        Nothing::Later(service, on) => format!(
            "次の「{}」は{}からで、12か月より先です。それまでの予定がありません。",
            rulebook::title(&desk.book, service),
            wareki::date(*on)
        ),
        Nothing::Lapsed(n) => {
            format!("月次一括の対応{n}件の期間が終わったままで、ほかに開いている対応も約束もありません。")
        }
        Nothing::Open => String::from("開いている対応も、約束した連絡もありません。"),
    }
}

/// The last thing that was done, as everybody may know of it.
fn last(desk: &Desk, of: &FileEvents, when: When) -> Option<String> {
    let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..when.view() });
    let done = |body: &Body| matches!(body, Body::Contact(_) | Body::Visit(_) | Body::Service(_));
    let mut ordinary = story.entries.iter().filter(|e| e.sensitivity == Sensitivity::Ordinary);
    let entry = ordinary.rfind(|e| done(e.body))?;
    let day = if entry.day.is_exact() { wareki::short(entry.day.lo) } else { wareki::span(entry.day) };
    Some(format!("{day} {}", rulebook::event_title(&desk.book, entry.body)))
}

fn acts(door: &Door<'_>, file: i64) -> Vec<Link> {
    let role = door.actor.role;
    let act = |label: &str, what: &str| Link {
        label: label.to_owned(),
        url: format!("/persons/{file}/{what}?return_to=/certify"),
    };
    let contact = role.may(Permission::RecordContact).then(|| act("連絡して次を約束", "contacts/new"));
    let release = role.may(Permission::CloseDuty).then(|| act("台帳から終結", "release"));
    contact.into_iter().chain(release).collect()
}

/// Names for the command line, which masks nothing of a name.
///
/// # Errors
/// If the database fails.
pub fn plain(door: &mut Door<'_>, files: &[i64]) -> Result<BTreeMap<i64, String>, Problem> {
    Ok(people::many(door, files)?.into_iter().map(|(file, person)| (file, person.name)).collect())
}

/// 「R8.11.24」
pub fn short(iso: Option<&String>) -> Option<String> {
    iso.and_then(|text| Day::parse_iso(text)).map(wareki::short)
}
