//! Where a duty stands on a day: comparisons of an [`Outcome`] with `as_of`, and nothing else.
//!
//! Dates are stored, statuses are not: a row written last month is right today without any nightly job.
//!
//! First match wins, in this order: not eligible, complete, expired, not yet, overdue, recommended, due.

use crate::{Day, Outcome, Phase, Standing};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// Outside the population for good.
    NotEligible,
    /// Nothing more is due.
    Complete,
    /// The last legal day has passed, or the first one would come after it.
    Expired,
    /// Before the first legal day, or waiting for another rule to be done.
    NotYet,
    /// Past the standard period or the working deadline; the law is still open.
    Overdue,
    /// In the standard period.
    Recommended,
    /// Open; the standard period has not begun or there is none.
    Due,
}

/// The status by law, standard period and the office's working deadline.
pub fn status(outcome: &Outcome, as_of: Day) -> Status {
    with_target(outcome, as_of, true)
}

/// The status by law and standard period alone, without the office's working deadline.
pub fn status_in_law(outcome: &Outcome, as_of: Day) -> Status {
    with_target(outcome, as_of, false)
}

fn with_target(outcome: &Outcome, as_of: Day, targets: bool) -> Status {
    if outcome.not_eligible {
        return Status::NotEligible;
    }
    match phase_on(outcome, as_of) {
        None => Status::Complete,
        Some(phase) => match of_phase(phase, as_of, targets) {
            Status::Expired => Status::Expired,
            _ if outcome.waits_for.is_some() => Status::NotYet,
            status => status,
        },
    }
}

/// A window whose first day comes after its last one was never possible: expired, not late.
fn of_phase(phase: &Phase, as_of: Day, targets: bool) -> Status {
    let after = |end: Option<Day>| end.is_some_and(|end| end < as_of);
    let before = |start: Option<Day>| start.is_some_and(|start| as_of < start);
    let impossible = matches!((phase.legal_from, phase.legal_to), (Some(from), Some(to)) if from > to);
    if impossible || after(phase.legal_to) {
        Status::Expired
    } else if before(phase.legal_from) {
        Status::NotYet
    } else if after(phase.standard_to) || (targets && after(phase.target)) {
        Status::Overdue
    } else if (phase.standard_from.is_some() || phase.standard_to.is_some()) && !before(phase.standard_from) {
        Status::Recommended
    } else {
        Status::Due
    }
}

/// The phase of the open step that holds on a day; `None` if nothing is open.
pub fn phase_on(outcome: &Outcome, as_of: Day) -> Option<&Phase> {
    let phases = outcome.steps.iter().find_map(|s| match &s.standing {
        Standing::Open(phases) => Some(phases),
        _ => None,
    })?;
    phases.iter().find(|p| p.applies_until.is_none_or(|until| as_of <= until)).or_else(|| phases.last())
}
