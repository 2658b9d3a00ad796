//! 経過の記録: every recorded event, newest first; what was corrected or taken back stays, struck through.

use casework::{Body, Event, Story, fold::Fate, marks};
use rules::{Day, wareki};

use super::{
    told::{self, Words},
    view::Entry,
};
use crate::platform::{
    clock::{day_in_japan, time_in_japan},
    web::view::Link,
};

/// Entries on one page of the log.
pub const PAGE: usize = 20;

/// Who reads the log: which links an entry gets.
#[derive(Clone, Copy)]
pub struct Reader {
    pub file: i64,
    pub may_correct: bool,
    /// Looking at an earlier day or knowledge: nothing is changed from there.
    pub present: bool,
}

/// One page of the log, and how many entries there are in all.
pub fn page(story: &Story<'_>, words: &Words<'_>, reader: Reader, from: usize) -> (Vec<Entry>, usize) {
    let mut shown: Vec<(&Event, Fate)> = told(story).collect();
    shown.sort_by_key(|(e, _)| std::cmp::Reverse((day(e), e.seq)));
    let all = shown.len();
    let entries = shown.into_iter().skip(from).take(PAGE).map(|(e, fate)| entry(story, words, reader, e, fate));
    (entries.collect(), all)
}

/// What the log tells of, in the order of recording.
pub fn told<'a>(story: &Story<'a>) -> impl Iterator<Item = (&'a Event, Fate)> {
    story.log.iter().copied().filter(move |(e, _)| !is_mark(e) && !is_other_half(story, e))
}

/// An erased record has no day of its own left: it stands where it was recorded.
pub fn day(event: &Event) -> Day {
    if event.body.is_none() { day_in_japan(event.recorded_at) } else { event.day.lo }
}

/// Takings-back are told at what they took back, not as entries of their own.
fn is_mark(event: &Event) -> bool {
    matches!(event.body, Some(Body::Withdrawn { .. } | Body::Erased { .. } | Body::BatchWithdrawn { .. }))
}

/// While two files are read together, their join is told once: by the half that is taken back.
fn is_other_half(story: &Story<'_>, event: &Event) -> bool {
    let Some(Body::JoinedBy { other, .. }) = &event.body else { return false };
    story.log.iter().any(|(e, _)| e.file == *other && matches!(e.body, Some(Body::Joined(_))))
}

/// One record in words.
pub fn entry(story: &Story<'_>, words: &Words<'_>, reader: Reader, event: &Event, fate: Fate) -> Entry {
    let recorded = stamp(event.recorded_at);
    let source = source(event);
    // The program itself is nobody on the staff.
    let nobody = || if source.is_empty() { String::from("自動") } else { String::new() };
    let who = words.staff.get(&event.actor).cloned().unwrap_or_else(nobody);
    let struck = struck(story, words, event, fate);
    let Some(body) = &event.body else {
        return Entry {
            id: format!("e-{}", event.id),
            day: wareki::short(day_in_japan(event.recorded_at)),
            icon: "minus",
            title: String::from("抹消された記録"),
            who,
            recorded: format!("{recorded} 記録"),
            struck,
            ..Entry::default()
        };
    };
    let root = event.corrects.unwrap_or(event.id);
    let stands = matches!(fate, Fate::Stands) && reader.present;
    let link = |what: &str| format!("/persons/{}/events/{root}/{what}", reader.file);
    Entry {
        id: format!("e-{}", event.id),
        subject: String::new(),
        day: if event.day.is_exact() { wareki::short(event.day.lo) } else { wareki::span(event.day) },
        time: String::new(),
        icon: told::icon(body),
        title: words.title(body),
        text: words.facts(body).into_iter().map(line).collect(),
        sight: told::sight(body),
        who,
        recorded: format!("{recorded} 記録"),
        source,
        struck,
        corrects: event.corrects.and_then(|root| corrected(story, words, root, event)),
        correct_url: if stands && reader.may_correct && crate::corrections::fields::correctable(body) {
            link("correct")
        } else {
            String::new()
        },
        mark_url: if stands && reader.may_correct && crate::corrections::marks::markable(body) {
            link("mark")
        } else {
            String::new()
        },
        withdraw_url: if stands && reader.may_correct && crate::corrections::fields::withdrawable(body) {
            link("withdraw")
        } else {
            String::new()
        },
        third_party: marks::of_record(body).is_some_and(|m| m.what == marks::What::ThirdParty),
    }
}

fn line((label, text): (&'static str, String)) -> String {
    if label.is_empty() { text } else { format!("{label}：{text}") }
}

/// 「住民記録 R8.11.10 取込」, 「出生連絡票」; empty for what people typed from their own knowledge.
fn source(event: &Event) -> String {
    let word = told::source_word(&event.source);
    match (word.is_empty(), event.batch) {
        (true, _) => String::new(),
        (false, Some(_)) => format!("{word} {} 取込", wareki::short(day_in_japan(event.recorded_at))),
        (false, None) => word.to_owned(),
    }
}

/// 「R8.11.21 田村 が訂正」
fn struck(story: &Story<'_>, words: &Words<'_>, event: &Event, fate: Fate) -> String {
    let by = |id: i64| story.log.iter().find(|(e, _)| e.id == id).map(|(e, _)| *e);
    let told = |later: &Event, what: &str| {
        let who = words.staff.get(&later.actor).map(|n| format!(" {n} が")).unwrap_or_default();
        let reason = match &later.body {
            Some(Body::Withdrawn { reason } | Body::Erased { reason, .. }) if !reason.is_empty() => {
                format!("（{reason}）")
            }
            _ => String::new(),
        };
        format!("{}{who}{what}{reason}", wareki::short(day_in_japan(later.recorded_at)))
    };
    match fate {
        Fate::Stands => String::new(),
        Fate::Corrected(id) => by(id).map_or_else(|| String::from("訂正"), |later| told(later, mended(event, later))),
        Fate::Withdrawn(id) => by(id).map_or_else(|| String::from("取り消し"), |later| told(later, "取り消し")),
        Fate::BatchWithdrawn => String::from("取込ごと取り消し"),
        Fate::Erased => {
            let root = event.corrects.unwrap_or(event.id);
            let tombstone = story
                .log
                .iter()
                .map(|(e, _)| *e)
                .find(|e| matches!(e.body, Some(Body::Erased { target, .. }) if target == root));
            tombstone.map_or_else(|| String::from("抹消"), |later| told(later, "抹消"))
        }
    }
}

/// A correction that changed no word only marked passages.
fn mended(event: &Event, later: &Event) -> &'static str {
    let marked = |a: &Body, b: &Body| crate::corrections::marks::only_marked((event.day, a), (later.day, b));
    match (&event.body, &later.body) {
        (Some(a), Some(b)) if marked(a, b) => "開示のしるし",
        _ => "訂正",
    }
}

/// The version this one replaced: the one before it of the same record.
fn corrected(story: &Story<'_>, words: &Words<'_>, root: i64, event: &Event) -> Option<Link> {
    let before =
        story.log.iter().map(|(e, _)| *e).rfind(|e| (e.id == root || e.corrects == Some(root)) && e.seq < event.seq)?;
    let title = before.body.as_ref().map_or_else(|| String::from("抹消された記録"), |b| words.title(b));
    Some(Link { label: format!("{} {title}", wareki::short(before.day.lo)), url: format!("#e-{}", before.id) })
}

/// 「R8.11.20 10:41」
pub fn stamp(instant: i64) -> String {
    let (hour, minute) = time_in_japan(instant);
    format!("{} {hour}:{minute:02}", wareki::short(day_in_japan(instant)))
}
