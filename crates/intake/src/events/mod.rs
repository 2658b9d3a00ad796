//! 過去の記録の取込: 健診・接種・訪問の結果, 妊娠届 and 受診票 of other systems come in, are looked at, brought in person by
//! person, and can be taken back whole.
//!
//! `stage` reads a file into staging tables, `find` says whom its rows are about, `plan` alone decides what a person's
//! rows come to, `apply` does it, `settle` is for rows that a person has to decide. What every import does alike is in
//! [`crate::imports`].

pub mod acts;
pub mod apply;
pub mod cli;
pub mod find;
pub mod layout;
pub mod look;
pub mod pages;
pub mod plan;
pub mod row;
pub mod settle;
pub mod stage;
pub mod staged;
pub mod summary;
pub mod upload;
pub mod view;
pub mod waiting;

use crate::imports::Import;
use crate::imports::apply::Hand;
use platform::Problem;

/// The import of past records.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Events;

pub type Batch = crate::imports::batch::Batch<Events>;

impl Import for Events {
    const KIND: &'static str = "events";
    const PLACE: &'static str = "/events";
    type Summary = summary::Summary;
    type Progress = summary::Progress;

    fn chunk(hand: &mut Hand<'_, '_, Self>, rows: i64) -> Result<(), Problem> {
        apply::chunk(hand, rows)
    }
}
