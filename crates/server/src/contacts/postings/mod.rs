//! 発送: one letter to many. Before it goes everybody is looked at by name ([`check`]); what was seen is looked at again in
//! the transaction that records it ([`decide`]) and once more when the labels are printed ([`print`]).
//!
//! A posting is a batch like an import's, so one undo takes it back whole; its letters are events in the files of the persons
//! they are about. It is written in one transaction, not in chunks: either what was seen goes, or nothing does.

pub mod check;
pub mod csv;
pub mod decide;
pub mod index;
pub mod new;
pub mod page;
pub mod print;
pub mod returned;
pub mod stop;
pub mod view;
pub mod whom;

#[cfg(test)]
pub mod example;

use rules::Day;
use serde::{Deserialize, Serialize};

use crate::intake::imports::{Import, apply::Hand, batch::State};
use crate::platform::Problem;

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Posting;

pub type Batch = crate::intake::imports::Batch<Posting>;

/// What was sent. Nothing about a person stands here.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    pub title: String,
    pub service: String,
    /// As in [`casework::contact::posting::KINDS`].
    pub kind: String,
    /// 発送日
    pub day: Option<Day>,
}

/// What came of it. Those who are held for a reason not everybody may know of are not counted.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    pub sent: u64,
    pub alone: u64,
    pub held: u64,
}

impl Import for Posting {
    const KIND: &'static str = "posting";
    const WORD: &'static str = "発送";
    const PLACE: &'static str = "/postings";
    type Summary = Summary;
    type Progress = Progress;

    /// Nothing is left for a chunk: a posting is written whole where it is decided.
    fn chunk(hand: &mut Hand<'_, '_, Self>, _rows: i64) -> Result<(), Problem> {
        hand.batch.state = State::Applied;
        Ok(())
    }
}
