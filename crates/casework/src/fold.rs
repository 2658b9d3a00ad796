//! The fold: a file's events, as of a day and as known at an instant, become one effective story.
//!
//! Corrections replace, withdrawals remove, 抹消 leaves a named hole, a withdrawn batch is as if never imported. What
//! remains is ordered by the civil day it happened and, within a day, by the order of first recording; so the order in
//! which facts arrive does not matter, and a correction equals never having erred.

use alloc::{collections::BTreeMap, vec::Vec};

use rules::{Day, Span};

use crate::{
    body::Body,
    event::{Event, Sensitivity},
};

/// Which part of what is recorded to look at. The default is everything known now.
#[derive(Clone, Copy, Default, Debug)]
pub struct View<'v> {
    /// Only what happened on or before this day.
    pub as_of: Option<Day>,
    /// Only what was recorded at or before this instant.
    pub known_at: Option<i64>,
    /// Withdrawn batches with the instant they were withdrawn.
    pub withdrawn: &'v [(i64, i64)],
}

/// One effective fact of a file.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Id of the first recording: what duties and links refer to, stable across corrections.
    pub root: i64,
    /// The file it was recorded in: another than the one that is read, if that was joined to it.
    pub file: i64,
    /// Position of the first recording in the file.
    pub seq: i32,
    pub day: Span,
    pub episode: Option<i32>,
    pub source: &'a str,
    pub sensitivity: Sensitivity,
    /// Instant of the first recording.
    pub recorded_at: i64,
    pub body: &'a Body,
}

/// What became of a recorded event; for the log, which shows everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    Stands,
    /// Replaced by this later event.
    Corrected(i64),
    /// Taken back by this later event.
    Withdrawn(i64),
    /// Its import was taken back.
    BatchWithdrawn,
    /// Body removed by 抹消.
    Erased,
}

/// A file read through a [`View`].
#[derive(Clone, Debug, Default)]
pub struct Story<'a> {
    /// Effective facts in order of `(day.lo, seq)`.
    pub entries: Vec<Entry<'a>>,
    /// Every visible event with its fate, in the order of recording.
    pub log: Vec<(&'a Event, Fate)>,
}

/// Folds a file's events (in order of `seq`).
pub fn fold<'a>(events: &'a [Event], view: View<'_>) -> Story<'a> {
    let known = |e: &&Event| view.known_at.is_none_or(|t| e.recorded_at <= t);
    let batch_gone = |e: &Event| {
        e.batch.is_some_and(|b| view.withdrawn.iter().any(|&(id, at)| id == b && view.known_at.is_none_or(|t| at <= t)))
    };
    // What each root says last: a later version, or that it was taken back.
    let mut latest: BTreeMap<i64, &Event> = BTreeMap::new();
    for event in events.iter().filter(known).filter(|e| !batch_gone(e)) {
        if let Some(root) = event.corrects {
            latest.insert(root, event);
        }
    }
    let mut story = Story::default();
    for event in events.iter().filter(known) {
        let last = latest.get(&event.corrects.unwrap_or(event.id)).copied();
        let fate = match last {
            _ if batch_gone(event) => Fate::BatchWithdrawn,
            _ if event.body.is_none() => Fate::Erased,
            Some(by) if by.id != event.id && by.seq > event.seq => match by.body {
                Some(Body::Withdrawn { .. }) => Fate::Withdrawn(by.id),
                _ => Fate::Corrected(by.id),
            },
            _ => Fate::Stands,
        };
        story.log.push((event, fate));
        if event.corrects.is_some() || batch_gone(event) {
            continue;
        }
        let current = last.unwrap_or(event);
        let Some(body) = &current.body else { continue };
        if matches!(body, Body::Withdrawn { .. } | Body::Erased { .. }) {
            continue;
        }
        if view.as_of.is_some_and(|d| current.day.lo > d) {
            continue;
        }
        story.entries.push(Entry {
            root: event.id,
            file: event.file,
            seq: event.seq,
            day: current.day,
            episode: current.episode,
            source: &current.source,
            sensitivity: current.sensitivity,
            recorded_at: event.recorded_at,
            body,
        });
    }
    story.entries.sort_by_key(|e| (e.day.lo, e.seq));
    story
}
