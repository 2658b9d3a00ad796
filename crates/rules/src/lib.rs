//! Dated rules as data: from facts (dates only) to what is owed, by when, and why.
//!
//! Pure and deterministic: no clock, no I/O. `today` is always an argument, and only [`status`] (and what people type,
//! [`wareki::parse`]) asks for it; [`evaluate`] computes date ranges from facts alone. The words of nursing that rule
//! files may use stand in one place, [`words`].
#![no_std]
extern crate alloc;

pub mod bound;
mod compile;
mod compiled;
pub mod counting;
pub mod day;
mod evaluate;
pub mod facts;
mod once;
pub mod outcome;
mod proof;
mod rhythm;
pub mod rule;
mod rulebook;
mod series;
pub mod status;
mod timeline;
pub mod wareki;
pub mod words;

pub use compiled::{Layer, Rule};
pub use day::{Day, Span};
pub use evaluate::evaluate;
pub use facts::{Act, DateFact, Facts, Period};
pub use outcome::{NEVER, Outcome, Phase, Standing, Step};
pub use rule::{RuleFile, RuleOverride};
pub use rulebook::{RuleFault, Rulebook};
pub use status::{Status, phase_on, status, status_in_law};
