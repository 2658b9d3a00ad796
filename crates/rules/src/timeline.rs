//! Joins the phases of several versions of a rule into one line of time.
//!
//! A proposed day is judged by the version in force on that day, never by the version in force today: a law that changes
//! next April already moves the windows of next April, and a law repealed last year no longer proposes anything. So each
//! version's windows are cut to its own time, and what is left stands in one row.

use alloc::vec::Vec;

use crate::{Day, Phase, compiled::Rule};

/// Phases of one version, not yet cut to the time in which it is in force.
pub(crate) struct Part<'r> {
    pub rule: &'r Rule,
    pub phases: Vec<Phase>,
}

/// Cuts each version's windows to the days on which it is in force and puts them one after another: phases are in order,
/// do not overlap, leave no hole, and the first and last are open-ended. Empty if no window falls into the time of any
/// version (the programme began too late for this subject, or ended too early).
pub(crate) fn join(mut parts: Vec<Part<'_>>) -> Vec<Phase> {
    if let [only] = parts.as_mut_slice()
        && only.rule.valid_to.is_none()
        && only.phases.iter().all(|p| p.legal_from.is_some_and(|from| only.rule.valid_from <= from))
    {
        return tidy(core::mem::take(&mut only.phases));
    }
    let mut out: Vec<Phase> = Vec::new();
    let mut boundary: Option<Day> = None;
    for part in parts {
        let rule = part.rule;
        let mut first = true;
        for mut phase in part.phases {
            if !clip(&mut phase, rule) {
                continue;
            }
            // What closed under the older version and opens again under the newer one waits for it from that day on.
            if let (true, Some(last)) = (core::mem::take(&mut first), out.last_mut()) {
                last.applies_until = [last.applies_until, last.legal_to].into_iter().flatten().min();
            }
            let contiguous = boundary.is_some() && out.last().is_some_and(|p| p.legal_to == boundary);
            if let Some(last) = out.last_mut()
                && contiguous
                && phase.legal_from == boundary.map(|b| b.plus(1))
                && last.kind == phase.kind
            {
                last.legal_to = phase.legal_to;
                last.applies_until = boundary;
                phase.legal_from = last.legal_from;
            }
            out.push(phase);
        }
        boundary = rule.valid_to;
    }
    tidy(out)
}

/// Cuts a phase to the version's time; false if nothing is left of it. A window that was impossible from the beginning
/// (first day after last day) stays, as it is expired and not out of time.
fn clip(phase: &mut Phase, rule: &Rule) -> bool {
    let impossible = matches!((phase.legal_from, phase.legal_to), (Some(from), Some(to)) if from > to);
    phase.legal_from = Some(phase.legal_from.map_or(rule.valid_from, |d| d.max(rule.valid_from)));
    phase.applies_from = Some(phase.applies_from.map_or(rule.valid_from, |d| d.max(rule.valid_from)));
    if let Some(end) = rule.valid_to {
        phase.legal_to = Some(phase.legal_to.map_or(end, |d| d.min(end)));
        phase.applies_until = Some(phase.applies_until.map_or(end, |d| d.min(end)));
    }
    // A programme without a last day, whose usual time was over before it began, never was for this subject.
    if phase.legal_to.is_none() && phase.standard_to.is_some_and(|to| to < rule.valid_from) {
        return false;
    }
    let standard = phase.standard_from.map(|s| phase.legal_from.map_or(s, |from| from.max(s)));
    phase.standard_from = standard.filter(|s| phase.standard_to.is_none_or(|to| *s <= to));
    impossible || !matches!((phase.legal_from, phase.legal_to), (Some(from), Some(to)) if from > to)
}

/// Makes each phase begin the day after the one before ends, the ends open.
fn tidy(mut phases: Vec<Phase>) -> Vec<Phase> {
    let count = phases.len();
    let mut previous: Option<Day> = None;
    for (i, phase) in phases.iter_mut().enumerate() {
        phase.applies_from = if i == 0 { None } else { previous.map(|d| d.plus(1)) };
        if i + 1 == count {
            phase.applies_until = None;
        }
        previous = phase.applies_until;
    }
    phases.retain(|p| !matches!((p.applies_from, p.applies_until), (Some(from), Some(until)) if from > until));
    phases
}
