//! From the last injection given to the next one that is still given: injections that were missed or came late drop out.

use alloc::vec::Vec;

use super::{
    Frame, Given, Next, standard,
    text::{self, Drop},
};
use crate::{
    Day, Phase,
    bound::{self, Bound, Origin},
    compiled::{Dose, Rule, Start},
};

/// Walks along a schedule from the last injection given.
pub(super) struct Walk<'w> {
    pub rule: &'w Rule,
    pub start: &'w Start,
    pub origin: Origin<'w>,
    pub given: &'w [Given<'w>],
    pub explain: bool,
    pub lenient: bool,
    /// Whether the age is the normal one, so that standard periods by age hold.
    pub normal: bool,
}

impl Walk<'_> {
    /// From the last injection given to the first one that cannot be dropped. An injection is dropped when its last day
    /// passes (the next phase begins), at once when its first day would come after its last one, and when an earlier one
    /// was so late that the law leaves it out.
    pub fn follow(&self, frame: Frame<'_>) -> Vec<Next> {
        let to = frame.to;
        let doses = &self.start.doses;
        let after = self.given.last().map_or(0, |g| g.slot + 1);
        let mut out = Vec::new();
        let mut drop = (after > self.given.len()).then_some(Drop::Earlier);
        let mut previous_end: Option<Day> = None;
        for (slot, dose) in doses.iter().enumerate().skip(after) {
            if !self.needed(dose) {
                continue;
            }
            if let Some(because) = self.late_before(dose) {
                drop = Some(Drop::Late(because));
                continue;
            }
            let end = dose.dropped_after.as_ref().and_then(|b| b.day(&self.origin));
            let from = self.from(dose, drop.is_some());
            if let (Some(bound), Some(end)) = (&dose.dropped_after, end)
                && (from > Some(end) || previous_end >= Some(end))
            {
                drop = Some(Drop::Missed(bound));
                continue;
            }
            let window = (from, [end, to].into_iter().flatten().min());
            self.emit(&mut out, slot, window, end, drop);
            let (Some(bound), Some(end)) = (&dose.dropped_after, end) else { break };
            drop = Some(Drop::Missed(bound));
            previous_end = Some(end);
        }
        out
    }

    /// First day of an injection: the latest of its intervals.
    fn from(&self, dose: &Dose, dropped: bool) -> Option<Day> {
        bound::latest(self.intervals(dose, dropped), &self.origin)
    }

    /// The intervals that hold: shorter ones after a dropped injection, the physician's when acts are judged.
    fn intervals<'d>(&self, dose: &'d Dose, dropped: bool) -> &'d [Bound] {
        let (plain, physician) = if dropped && !dose.from_after_drop.is_empty() {
            (&dose.from_after_drop, &dose.physician_after_drop)
        } else {
            (&dose.from, &dose.physician_from)
        };
        if self.lenient && !physician.is_empty() { physician } else { plain }
    }

    /// Whether an injection is asked for: some are only if an earlier one came too soon.
    fn needed(&self, dose: &Dose) -> bool {
        let Some((slot, before)) = dose.needed_if.as_ref() else { return true };
        let given = self.given.iter().find(|g| g.slot == *slot);
        given.is_some_and(|g| before.day(&self.origin).is_some_and(|limit| g.day < limit))
    }

    /// The limit that an earlier injection exceeded, so that this one is not given.
    fn late_before<'d>(&self, dose: &'d Dose) -> Option<&'d Bound> {
        let (slot, limit) = dose.dropped_if.as_ref()?;
        let day = self.given.iter().find(|g| g.slot == *slot)?.day;
        limit.day(&self.origin).is_some_and(|limit| limit < day).then_some(limit)
    }

    /// Adds the phase of one injection, in two parts if giving it later than some day drops an injection after it.
    fn emit(
        &self,
        out: &mut Vec<Next>,
        slot: usize,
        window: (Option<Day>, Option<Day>),
        until: Option<Day>,
        drop: Option<Drop<'_>>,
    ) {
        let rest = self.start.doses.iter().skip(slot + 1);
        let later = rest.clone().filter(|d| self.needed(d) && self.late_before(d).is_none()).count();
        let total = self.given.len() + 1 + later;
        let splitting = |d: &&Dose| d.dropped_if.as_ref().is_some_and(|(s, _)| *s == slot);
        let split = rest.clone().find(splitting).and_then(|d| d.dropped_if.as_ref()).map(|(_, b)| b);
        let Some((bound, day)) = split.and_then(|b| Some((b, b.day(&self.origin)?))) else {
            out.push(self.phase(slot, window, until, total, drop));
            return;
        };
        if window.0 <= Some(day) {
            out.push(self.phase(slot, window, Some(day), total, drop));
        }
        let fewer = rest.filter(splitting).count();
        let late = Some(Drop::WillBeLate(bound));
        out.push(self.phase(slot, window, until, total - fewer, late));
    }

    /// One injection as a phase, with its standard period (none after a drop, where the sources are silent).
    fn phase(
        &self,
        slot: usize,
        window: (Option<Day>, Option<Day>),
        until: Option<Day>,
        total: usize,
        drop: Option<Drop<'_>>,
    ) -> Next {
        let mut phase = Phase {
            applies_until: until,
            legal_from: window.0,
            legal_to: window.1,
            total: u8::try_from(total).ok(),
            ..Phase::default()
        };
        if let Some(dose) = self.start.doses.get(slot) {
            phase.kind.clone_from(&dose.kind);
            let dropped = drop.is_some_and(|d| !matches!(d, Drop::WillBeLate(..)));
            let intervals = self.intervals(dose, dropped);
            phase.interval_days = intervals.iter().filter_map(Bound::clear_days).max();
            let by_age =
                [&dose.standard_from, &dose.standard_to].into_iter().flatten().any(|b| b.date_name().is_some());
            if !(dropped && dose.no_standard_after_drop) && (self.normal || !by_age) {
                standard(&mut phase, dose.standard_from.as_ref(), dose.standard_to.as_ref(), &self.origin);
            }
            if self.explain {
                phase.because =
                    text::next(self.rule, (dose, intervals), &phase, &self.origin, self.given.len() + 1, drop);
            }
        }
        Next { phase, slot }
    }
}
