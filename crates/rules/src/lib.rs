//! Dated rules as data: from facts (dates only) to what is owed, by when, and why.
//!
//! Pure and deterministic: no clock, no I/O. `today` is always an argument, and only [`status`] (and what people type,
//! [`wareki::parse`]) asks for it; [`evaluate`] computes date ranges from facts alone. The words of nursing that rule
//! files may use stand in one place, [`words`].
//!
//! # The way of an answer
//!
//! 1. A file under `rulebook/` ([`RuleFile`]) holds one version of one rule: its law, whom it is for, what settles it,
//!    and its dates in the words of the law ([`bound`]).
//! 2. [`Rulebook::build`] lays prefecture and municipality over the nation, checks every name and window, and refuses the
//!    whole book with file, rule and reason if anything is wrong.
//! 3. [`Rulebook::evaluate`] reads the [`Facts`] of one subject and gives an [`Outcome`]: steps done, and at most one open
//!    step in *phases*, because law itself moves windows as time passes (a missed Hib primary is dropped when the child
//!    reaches 12 months and the booster takes its place).
//! 4. [`status`] compares the phase that holds on a day with that day.
//!
//! [`bulk`] gives the same answers for many subjects at once, without sentences, for the rules that hang on one date.
//!
//! # Three shapes
//!
//! | shape | example | what is particular |
//! |---|---|---|
//! | once | MR, 1歳6か月児健診, 全戸訪問 | a window, perhaps a standard period, a working deadline that may depend on facts |
//! | series | Hib, 小児肺炎球菌 | schedules by age at the first injection; injections that are dropped |
//! | rhythm | 妊婦健診, 年1回の状況確認 | counted from the last act; waits for several missed intervals; rests in pauses |
//!
//! Any shape may carry distances to other acts, later windows for some, products and cautions ([`rule`]).
//!
//! # Rules of counting
//!
//! Ages by 年齢計算ニ関スル法律 and the ministry's notice of 2014-03-11, intervals by 予防接種実施規則 ([`counting`]); eras by
//! 元号法 ([`wareki`]). All bounds of a window are days on which the thing may be done: inclusive at both ends.
#![no_std]
extern crate alloc;

pub mod bound;
pub mod bulk;
mod compile;
mod compiled;
pub mod counting;
pub mod day;
mod evaluate;
pub mod facts;
mod once;
pub mod outcome;
mod parts;
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
pub use facts::{Act, DateFact, Facts, Kin, Period};
pub use outcome::{NEVER, Outcome, Phase, Standing, Step};
pub use rule::{RuleFile, RuleOverride};
pub use rulebook::{RuleFault, Rulebook};
pub use status::{Status, phase_on, status, status_in_law};
