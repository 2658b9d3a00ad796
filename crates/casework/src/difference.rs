//! What two rulebooks make of one story: duties that come, that go, and that change.
//!
//! Pure comparison of two derived lists; which day and which books is the caller's to choose.

use alloc::vec::Vec;

use rules::Day;

use crate::duties::Duty;

/// Duties of the old and of the new derivation, paired by key and phase, in that order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Difference {
    pub added: Vec<Duty>,
    pub removed: Vec<Duty>,
    /// (old, new) of what is in both and not the same.
    pub moved: Vec<(Duty, Duty)>,
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.moved.is_empty()
    }

    /// The list this difference makes of `old`.
    #[must_use]
    pub fn applied_to(&self, old: &[Duty]) -> Vec<Duty> {
        let gone = |duty: &&Duty| !self.removed.iter().any(|r| place(r) == place(duty));
        let mut new: Vec<Duty> = old.iter().filter(gone).cloned().collect();
        for duty in &mut new {
            if let Some((_, after)) = self.moved.iter().find(|(before, _)| place(before) == place(duty)) {
                *duty = after.clone();
            }
        }
        new.extend(self.added.iter().cloned());
        new.sort_by(|a, b| place(a).cmp(&place(b)));
        new
    }
}

/// What pairs two duties.
fn place(duty: &Duty) -> (&str, i32) {
    (&duty.key, duty.phase)
}

/// Compares two derivations of one file. Both are in order of `(key, phase)`, as [`crate::derive`] leaves them.
pub fn difference(old: &[Duty], new: &[Duty]) -> Difference {
    let mut found = Difference::default();
    let (mut olds, mut news) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (olds.peek(), news.peek()) {
            (Some(before), Some(after)) => place(before).cmp(&place(after)),
            (Some(_), None) => core::cmp::Ordering::Less,
            (None, Some(_)) => core::cmp::Ordering::Greater,
            (None, None) => return found,
        };
        // Equal takes one from each side, otherwise the smaller place stands alone.
        let before = if order.is_le() { olds.next() } else { None };
        let after = if order.is_ge() { news.next() } else { None };
        match (before, after) {
            (Some(before), Some(after)) if before != after => found.moved.push((before.clone(), after.clone())),
            (Some(before), None) => found.removed.push(before.clone()),
            (None, Some(after)) => found.added.push(after.clone()),
            _ => {}
        }
    }
}

/// What of a changed duty is not the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    AppliesFrom,
    AppliesUntil,
    LegalFrom,
    LegalTo,
    StandardFrom,
    StandardTo,
    /// The office's working deadline.
    Target,
    /// Settled by one of the two and not, or otherwise, by the other.
    Settled,
    /// 区分
    Tier,
    /// Anything else: the version of the rule, its programme, how doses are counted.
    Other,
}

/// One changed part of a duty, with its day by the old and by the new rules where it is a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    pub part: Part,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

/// The changed parts of a pair: days in order, then the rest. Never empty for two duties that differ.
pub fn changes(old: &Duty, new: &Duty) -> Vec<Change> {
    let (a, b) = (&old.window, &new.window);
    let days = [
        (Part::AppliesFrom, a.applies_from, b.applies_from),
        (Part::AppliesUntil, a.applies_until, b.applies_until),
        (Part::LegalFrom, a.legal_from, b.legal_from),
        (Part::LegalTo, a.legal_to, b.legal_to),
        (Part::StandardFrom, a.standard_from, b.standard_from),
        (Part::StandardTo, a.standard_to, b.standard_to),
        (Part::Target, a.target, b.target),
    ];
    let mut changes: Vec<Change> =
        days.into_iter().filter(|(_, from, to)| from != to).map(|(part, from, to)| Change { part, from, to }).collect();
    let mut mark = |differs: bool, part| {
        if differs {
            changes.push(Change { part, from: None, to: None });
        }
    };
    mark(old.settled != new.settled, Part::Settled);
    mark(old.tier != new.tier, Part::Tier);
    if changes.is_empty() && old != new {
        changes.push(Change { part: Part::Other, from: None, to: None });
    }
    changes
}
