//! Many subjects at once: the rules of one population laid out as a plan, for deriving a whole municipality.
//!
//! Ordinary evaluation ([`crate::Rulebook::evaluate`]) asks one rule about one subject and can say why. Most rules done
//! once have a window that depends on nothing but one date, the *anchor* (birth, 分娩予定日), so for them:
//!
//! 1. [`Plan::of`] gives every such rule a *lane*, every act that settles one a small number ([`Code`]), and says of every
//!    other rule why it is left to ordinary evaluation ([`Left`]): series, rhythms, several versions, and whatever looks at
//!    the acts of other rules, at related persons, at products, at cohorts or at how a period ended.
//! 2. [`Plan::tabulate`] computes the windows once per distinct anchor day, by the very functions ordinary evaluation uses.
//! 3. [`Plan::evaluate`] walks through each subject's acts in order of day and writes first day, day done and status of
//!    every lane into [`Columns`], without allocating per subject.
//!
//! The plan never answers differently from ordinary evaluation: `tests/bulk.rs` compares both on random histories. Where
//! it cannot answer (a lane of [`Answer`] `None`, or a subject that does not [`Plan::fits`]), ordinary evaluation does.
//! Sentences (`because`, `why_not`, `violations`) are always ordinary evaluation's.
//!
//! Days are kept as distances from the anchor in 16 bits; what lies more than 27 years from it is left.

mod answer;
mod columns;
mod plan;
mod run;
mod table;

pub use answer::Answer;
pub use columns::{Columns, Subjects};
pub use plan::{Code, Left, Plan, Reason};
pub use table::Table;

/// Lanes of a plan: one bit each of a machine word. The last cell of a row is never a rule's.
pub(crate) const LANES: usize = 63;
/// The farthest day from the anchor that is answered, and the longest interval of `after`: any sum of a few of them fits.
pub(crate) const FAR: i16 = 10_000;
pub(crate) const LONGEST: i32 = 2_000;
/// No such day: not done; no last day, no deadline, no standard period. Beyond every day that is answered.
pub(crate) const NONE: i16 = i16::MIN;
pub(crate) const OPEN: i16 = i16::MAX;

/// The distance of a day from the anchor, if it is near enough.
pub(crate) fn distance(day: crate::Day, anchor: crate::Day) -> Option<i16> {
    let days = i16::try_from(i64::from(day.0) - i64::from(anchor.0)).ok()?;
    (-FAR..=FAR).contains(&days).then_some(days)
}
