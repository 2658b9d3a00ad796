//! 担当替え: charges go to others from a day on, by one recorded decision, and are handed over with a 引継書.
//!
//! The decision is one command in the office's file; persons of 要支援 and above are then handed over by name, each by an
//! event in their own file that makes a dated duty to read. Both carry the number of one batch, so that it is undone by
//! one event ([`crate::intake::imports`]).

pub mod apply;
pub mod decide;
pub mod moves;
pub mod new;
pub mod person;
pub mod plan;
pub mod read;
pub mod sheet;
pub mod undo;

use casework::office::handover::Move;
use rules::Day;
use serde::{Deserialize, Serialize};

use crate::intake::imports::{Import, apply::Hand};
use crate::platform::Problem;

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Handover;

pub type Batch = crate::intake::imports::Batch<Handover>;

/// A charge that moved, and from whom.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Moved {
    pub change: Move,
    /// Who had it; `None`: nobody by name.
    pub from: Option<i64>,
}

/// What was decided.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// The first day of the new workers, as a number of days.
    pub day: i32,
    /// The 引継書 is read until this day.
    pub by: i32,
    pub moves: Vec<Moved>,
    pub reason: String,
}

impl Summary {
    pub fn day(&self) -> Day {
        Day(self.day)
    }

    pub fn by(&self) -> Day {
        Day(self.by)
    }

    /// Everybody who takes something over, once each, in the order of the rows.
    pub fn receivers(&self) -> Vec<i64> {
        once(self.moves.iter().map(|m| m.change.to))
    }

    pub fn givers(&self) -> Vec<i64> {
        once(self.moves.iter().filter_map(|m| m.from))
    }
}

fn once(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut seen = Vec::new();
    for id in ids {
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen
}

/// What came of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Persons handed over by name.
    pub named: u64,
}

impl Import for Handover {
    const KIND: &'static str = "handover";
    const WORD: &'static str = "担当替え";
    const PLACE: &'static str = "/supervision/handovers";
    type Summary = Summary;
    type Progress = Progress;

    fn chunk(hand: &mut Hand<'_, '_, Self>, rows: i64) -> Result<(), Problem> {
        apply::chunk(hand, rows)
    }
}
