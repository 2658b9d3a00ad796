//! One person on a 引継書: what is next, what is open, of what to be careful, and the last contact.

use casework::{Body, Person, View, explain, fold, office::handover::reading_key};
use rules::{Day, Rulebook};

use super::super::view::{SheetLine, SheetPerson};
use crate::platform::{
    people::PersonRow,
    rulebook,
    store::FileEvents,
    web::words::{about, name, short},
};
use crate::subject::caution;
use crate::today::{
    lines::{LineRow, LineState},
    words,
};

/// What a note may take of the paper.
const NOTE_CHARS: usize = 120;

/// Whether a person stands on the sheet in full: something presses, or a next contact was promised.
pub fn in_full(lines: &[&LineRow]) -> bool {
    lines.iter().any(|line| {
        LineState::PRESSING.contains(&line.state())
            || line.next_on.is_some()
            || line.service == casework::duties::NEXT_CONTACT
    })
}

/// `events` are masked for the reader already.
pub fn person(row: &PersonRow, events: &FileEvents, lines: &[&LineRow], book: &Rulebook, today: Day) -> SheetPerson {
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    let person = Person::read(&story);
    let protected = row.protected == 1;
    let mut marks = Vec::new();
    if person.needs_support_since.is_some() {
        marks.push(String::from("要支援"));
    }
    let of_council = story.entries.iter().rev().find_map(|e| match e.body {
        Body::Period { name, until, .. } if name == "youtaikyo" => Some(until.is_none_or(|until| until >= today)),
        _ => None,
    });
    if of_council == Some(true) {
        marks.push(String::from("要対協"));
    }
    let kept = lines.iter().filter(|line| !line.key.starts_with(casework::office::handover::HANDOVER));
    SheetPerson {
        id: format!("p-{}", row.file),
        name: name(&row.name, &row.kana),
        url: format!("/persons/{}", row.file),
        about: about(row.birth(), row.edd(), today),
        marks,
        protected,
        district: row.district.clone(),
        caution: person.caution.map(caution),
        next: next(lines, book, today),
        last: last(&story, book, protected, today),
        lines: kept.map(|line| sheet_line(line, book, today)).collect(),
        reading: None,
    }
}

/// Since when somebody has read of this person.
pub fn read_of(events: &FileEvents, handover: i64) -> Option<(Day, i64)> {
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    let key = reading_key(handover);
    story.entries.iter().find_map(|e| match e.body {
        Body::HandoverRead(read) if read.about == key => Some((e.day.hi, read.staff)),
        _ => None,
    })
}

/// Whether this person was handed over by name.
pub fn handed_over(events: &FileEvents, handover: i64) -> bool {
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    story.entries.iter().any(|e| matches!(e.body, Body::HandedOver(h) if h.handover == handover))
}

fn next(lines: &[&LineRow], book: &Rulebook, today: Day) -> String {
    let on = |line: &&&LineRow| line.next_on.or(line.deadline);
    let kept = lines.iter().filter(|line| !line.key.starts_with(casework::office::handover::HANDOVER));
    let first = kept.filter(|line| on(line).is_some()).min_by_key(on);
    match first {
        Some(line) => {
            let day = line.next_on.or(line.deadline).map(|d| short(Day(d), today)).unwrap_or_default();
            format!("{day} {}", rulebook::title(book, &line.service))
        }
        None => String::from("日付の決まった次の対応はありません"),
    }
}

fn last(story: &casework::Story<'_>, book: &Rulebook, protected: bool, today: Day) -> String {
    let contact = story.entries.iter().rev().find_map(|e| match e.body {
        Body::Contact(c) | Body::Visit(c) => Some((e.day.hi, explain::title(e.body), c.note.as_str())),
        Body::Service(s) => Some((e.day.hi, rulebook::title(book, &s.code), s.note.as_str())),
        _ => None,
    });
    let Some((day, title, note)) = contact else { return String::from("接点の記録なし") };
    // On paper free text might tell where somebody is.
    let note = if protected { "" } else { note.trim() };
    let short_note: String = note.chars().take(NOTE_CHARS).collect();
    let cut = if note.chars().count() > NOTE_CHARS { "…" } else { "" };
    let note = if short_note.is_empty() { String::new() } else { format!("「{short_note}{cut}」") };
    format!("{} {title}{note}", short(day, today))
}

fn sheet_line(line: &LineRow, book: &Rulebook, today: Day) -> SheetLine {
    SheetLine {
        state: words::state(line.state()),
        service: rulebook::title(book, &line.service),
        due: line.deadline.map(|d| short(Day(d), today)).unwrap_or_default(),
        left: words::left(line, today),
        why: words::evidence(line),
    }
}
