//! 住民記録の取込: a city's register comes in, is looked at, applied chunk by chunk, and can be taken back whole.
//!
//! `stage` reads a file into staging tables and says what it would do; `apply` does it, row by row through the one
//! write path and household by household for births; `withdraw` takes it back. `plan` alone decides what a row means.

pub mod apply;
pub mod cli;
pub mod families;
pub mod layout;
pub mod on_file;
pub mod pages;
pub mod plan;
pub mod row;
pub mod stage;
pub mod staged;
pub mod summary;
pub mod upload;
pub mod view;

use crate::imports::Import;
use crate::imports::apply::Hand;
use platform::Problem;

/// The import of residents.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Residents;

pub type Batch = crate::imports::batch::Batch<Residents>;

impl Import for Residents {
    const KIND: &'static str = "residents";
    const PLACE: &'static str = "/residents";
    type Summary = summary::Summary;
    type Progress = summary::Progress;

    fn chunk(hand: &mut Hand<'_, '_, Self>, rows: i64) -> Result<(), Problem> {
        apply::chunk(hand, rows)
    }
}
