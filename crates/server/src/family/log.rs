//! The records of everybody together, newest first.

use casework::{Body, Event, fold::Fate};

use super::read::One;
use crate::persons::{
    log::{self, PAGE, Reader},
    told::Words,
    view::Entry,
};

/// One page of the log, and how many records there are in all.
pub fn page(all: &[One<'_>], words: &Words<'_>, may_correct: bool, from: usize) -> (Vec<Entry>, usize) {
    let shown = |event: &Event| match event.body {
        Some(Body::Relation { to, .. }) => words.people.contains_key(&to),
        _ => true,
    };
    let mut told: Vec<(&One<'_>, &Event, Fate)> = all
        .iter()
        .flat_map(|one| log::told(&one.story).map(move |(event, fate)| (one, event, fate)))
        .filter(|(_, event, _)| shown(event))
        .collect();
    told.sort_by_key(|(_, event, _)| std::cmp::Reverse((log::day(event), event.recorded_at, event.id)));
    let count = told.len();
    let entry = |(one, event, fate): (&One<'_>, &Event, Fate)| {
        let reader = Reader { file: one.opened.file, may_correct, present: true };
        let entry = log::entry(&one.story, words, reader, event, fate);
        Entry { subject: format!("{} {}", one.role(), one.name()), text: short(event, entry.text), ..entry }
    };
    (told.into_iter().skip(from).take(PAGE).map(entry).collect(), count)
}

/// On one line. What the register says in full stands on the person's own page.
fn short(event: &Event, text: Vec<String>) -> Vec<String> {
    match event.body {
        Some(Body::Resident(_) | Body::Born(_)) => Vec::new(),
        // Points are read on her own page, by whoever opens that.
        Some(Body::Service(_)) => joined(text.into_iter().filter(|line| !line.starts_with("値："))),
        _ => joined(text.into_iter()),
    }
}

fn joined(text: impl Iterator<Item = String>) -> Vec<String> {
    let line = text.collect::<Vec<_>>().join("　");
    if line.is_empty() { Vec::new() } else { vec![line] }
}
