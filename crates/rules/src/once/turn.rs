//! Whose turn it is: a rule that comes after another opens when that one is done.

use crate::{
    Day,
    compiled::{Once, Rule},
};

/// The rule that must be done first, and the day on which it was.
#[derive(Clone, Copy)]
pub(crate) struct Prior<'p> {
    pub rule: &'p Rule,
    pub done: Option<Day>,
}

/// Whether a rule that comes after another may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It waits for none.
    Free,
    /// The other was done: not before this day.
    From(Day),
    Waits,
}

impl Turn {
    pub fn of(once: &Once, prior: Option<Prior<'_>>) -> Turn {
        match (&once.after, prior.and_then(|p| p.done)) {
            (None, _) => Turn::Free,
            (Some(after), Some(done)) => Turn::From(done.plus(after.days)),
            (Some(_), None) => Turn::Waits,
        }
    }

    /// A first day, once its turn has come.
    pub fn not_before(self, day: Day) -> Day {
        match self {
            Turn::From(turn) => day.max(turn),
            Turn::Free | Turn::Waits => day,
        }
    }
}
