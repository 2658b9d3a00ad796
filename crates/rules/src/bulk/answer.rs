//! One cell of a bulk evaluation, read back as ordinary evaluation would say it.

use super::{Columns, NONE, OPEN, Plan, Table, run, table::COLD};
use crate::{Day, Phase, Status};

/// What a rule says about a subject.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    pub status: Status,
    /// It waits for another rule; the window is the one written.
    pub waits: bool,
    pub done: Option<Day>,
    /// The window, also where it is done; without `because`.
    pub window: Phase,
}

impl Columns {
    /// The answer for the subject at `place` in the plan's lane `lane`; `None` if it is left to ordinary evaluation.
    pub fn answer(&self, plan: &Plan, table: &Table, place: usize, lane: usize) -> Option<Answer> {
        let at = place.checked_sub(self.first)?;
        let left = self.left.binary_search_by_key(&place, |(p, _)| *p as usize).ok().and_then(|i| self.left.get(i));
        let rule = plan.lanes.get(lane)?;
        if left.is_some_and(|(_, lanes)| lanes & (1 << lane) != 0) {
            return None;
        }
        let row = *self.rows.get(at)? as usize;
        let anchor = *table.anchors.get(row)?;
        let cell = at * self.width + lane;
        let (from, done) = (*self.from.get(cell)?, *self.done.get(cell)?);
        let hot = |column: usize| table.hot.get((row * super::table::HOT + column) * self.width + lane).copied();
        let cold = |column: usize| table.cold.get((row * COLD + column) * self.width + lane).copied();
        let moved = from - hot(0)?;
        let day = |days: i16| (days != NONE && days != OPEN).then(|| anchor.plus(i32::from(days)));
        let standard_to = day(cold(0)?.saturating_add(if rule.moves { moved } else { 0 }));
        let standard_from = day(hot(3)?).map(|d| d.max(anchor.plus(i32::from(from))));
        let (status, waits) = status(*self.status.get(cell)?);
        Some(Answer {
            status,
            waits,
            done: day(done),
            window: Phase {
                legal_from: day(from),
                legal_to: day(hot(1)?),
                standard_from: standard_from.filter(|d| standard_to.is_none_or(|to| *d <= to)),
                standard_to,
                target: day(cold(1)?),
                escalates_on: day(cold(2)?),
                kind: rule.window().map(|(_, w)| w.kind.clone()).unwrap_or_default(),
                ..Phase::default()
            },
        })
    }
}

/// A stored status, and whether it waits for another rule.
fn status(stored: u8) -> (Status, bool) {
    let status = match i16::from(stored) {
        run::COMPLETE => Status::Complete,
        run::EXPIRED => Status::Expired,
        run::OVERDUE => Status::Overdue,
        run::RECOMMENDED => Status::Recommended,
        run::DUE => Status::Due,
        _ => Status::NotYet,
    };
    (status, i16::from(stored) == run::WAITS)
}
