//! 一括整理: many lines closed by one recorded decision with a reason, and taken back as one.
//!
//! Two rooms of one machine. 初期整理 works through what was open before 稼働基準日 (practice.md §3); 月次一括 through what
//! tier 2 has gathered (§2). A line of tier 2 whose window the law has closed goes with its group; every other line (tier 1,
//! and whatever may still be done) only by name. A settling is an import of decisions: staged, applied in chunks with a
//! cursor, undone by one event ([`crate::intake::imports`]).

pub mod apply;
pub mod cohort;
pub mod count;
pub mod decide;
pub mod group;
pub mod index;
pub mod lines;
pub mod new;
pub mod next;
pub mod result;
pub mod since;
pub mod stage;
pub mod view;

#[cfg(test)]
pub mod example;

use rules::Day;
use serde::{Deserialize, Serialize};

use self::group::{Group, Part};
use crate::intake::imports::{Import, apply::Hand};
use crate::platform::Problem;

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settling;

pub type Batch = crate::intake::imports::Batch<Settling>;

/// What was decided.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    pub group: Group,
    pub part: Part,
    /// As in [`casework::body::Closure`]; `deferred` where nothing is closed.
    pub how: String,
    /// 持ち越し to one day for all; nothing: each person's next birthday.
    pub next_on: Option<Day>,
    pub reason: String,
    /// What whoever decided may know of, as [`casework::Sensitivity`]: nothing else is closed.
    pub level: i32,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    pub closed: u64,
    /// Lines that had been closed, moved or done by the time their turn came.
    pub changed: u64,
}

impl Import for Settling {
    const KIND: &'static str = "settling";
    const WORD: &'static str = "一括整理";
    const PLACE: &'static str = "/settlings";
    type Summary = Summary;
    type Progress = Progress;

    fn chunk(hand: &mut Hand<'_, '_, Self>, rows: i64) -> Result<(), Problem> {
        apply::chunk(hand, rows)
    }
}
