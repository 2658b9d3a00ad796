//! Dated rules as data: from facts (dates only) to what is owed, by when, and why.
//!
//! Pure and deterministic: no clock, no I/O, no nursing word. `today` is always an argument, and only
//! [`status`](outcome) asks for it; [`evaluate`] computes date ranges from facts alone.
#![no_std]
extern crate alloc;

pub mod day;
pub mod facts;
pub mod outcome;

pub use day::{Day, Span};
pub use facts::{Act, DateFact, Facts, Period};
pub use outcome::{Outcome, Phase, Standing, Step};
