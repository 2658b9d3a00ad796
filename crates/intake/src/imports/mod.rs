//! What every import does alike: a file is staged and looked at, ordered, applied chunk by chunk with its cursor in the
//! transaction of its events, and taken back whole by one event.
//!
//! A feature ([`Import`]) says what a chunk does and what it counts; everything else is here.

pub mod apply;
pub mod batch;
pub mod cli;
pub mod errors;
pub mod layout;
pub mod pages;
pub mod run;
pub mod staging;
pub mod summary;
pub mod view;
pub mod withdraw;

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use self::apply::Hand;
pub use self::batch::Batch;
use platform::Problem;

/// One kind of import: what is its own of it.
pub trait Import: Copy + Debug + PartialEq + 'static {
    /// The kind of batch it makes.
    const KIND: &'static str;
    /// What one is called.
    const WORD: &'static str = "取込";
    /// Where its pages are.
    const PLACE: &'static str;
    /// What a file holds and would do, before anything is written.
    type Summary: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned;
    /// Where it stands and what it did, beside what every import keeps.
    type Progress: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned;

    /// One chunk of about so many rows, inside one transaction. When nothing is left it sets the state to applied.
    ///
    /// # Errors
    /// If the database fails; nothing of the chunk is kept.
    fn chunk(hand: &mut Hand<'_, '_, Self>, rows: i64) -> Result<(), Problem>;
}

/// Lines beyond two thousand million are not told apart.
pub fn line_number(line: u64) -> i32 {
    i32::try_from(line).unwrap_or(i32::MAX)
}
