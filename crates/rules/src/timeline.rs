//! Joins the phases of several versions of a rule into one line of time.
//!
//! A proposed day is judged by the version in force on that day, never by the version in force today: a law that changes
//! next April already moves the windows of next April, and a law repealed last year no longer proposes anything. So each
//! version's windows are cut to its own time, and what is left stands in one row.

use alloc::vec::Vec;

use crate::{Day, Phase, compiled::Rule, parts::details::Details};

/// Phases of one version, not yet cut to the time in which it is in force.
pub(crate) struct Part<'r> {
    pub rule: &'r Rule,
    pub phases: Vec<Phase>,
}

/// Cuts each version's windows to the days on which it is in force and puts them one after another: phases are in order,
/// do not overlap, leave no hole, and the first and last are open-ended. Empty if no window falls into the time of any
/// version (the programme began too late for this subject, or ended too early).
pub(crate) fn join(mut parts: Vec<Part<'_>>, details: &Details<'_>) -> Vec<Phase> {
    if let [only] = parts.as_mut_slice()
        && only.rule.valid_to.is_none()
        && only.phases.iter().all(|p| p.legal_from.is_some_and(|from| only.rule.valid_from <= from))
        && details.settled(only.rule, only.phases.iter().filter_map(|p| p.legal_from).min())
    {
        for phase in &mut only.phases {
            details.fill(only.rule, None, phase);
        }
        return tidy(core::mem::take(&mut only.phases));
    }
    for part in &mut parts {
        let rule = part.rule;
        part.phases.retain_mut(|phase| clip(phase, rule));
    }
    parts.retain(|p| !p.phases.is_empty());
    weave(&parts, details)
}

/// One row of phases: between two days on which something changes, the window that is open or opens next.
fn weave(parts: &[Part<'_>], details: &Details<'_>) -> Vec<Phase> {
    let mut ends: Vec<Day> = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        ends.extend(part.phases.iter().filter_map(|p| p.applies_until));
        if i + 1 < parts.len() {
            ends.extend(part.phases.iter().filter_map(|p| p.legal_to));
        }
        details.ends(part.rule, &mut ends);
    }
    ends.sort_unstable();
    ends.dedup();
    let mut out: Vec<Phase> = Vec::with_capacity(parts.len());
    let mut start: Option<Day> = None;
    let mut source = None;
    for end in ends.into_iter().map(Some).chain([None]) {
        let Some((from, mut phase)) = window(parts, start) else { break };
        let Some(part) = parts.get(from.0) else { break };
        details.fill(part.rule, start, &mut phase);
        (phase.applies_from, phase.applies_until) = (start, end);
        match out.last_mut() {
            Some(last) if source == Some(from) && same(last, &phase) => last.applies_until = end,
            _ => out.push(phase),
        }
        source = Some(from);
        start = end.map(|d| d.plus(1));
    }
    out
}

/// Whether two phases of one window say the same, whenever they hold (sentences apart: they must move no date).
fn same(a: &Phase, b: &Phase) -> bool {
    let timeless = |p: &Phase| (p.legal_from, p.legal_to, p.standard_from, p.standard_to, p.target, p.escalates_on);
    timeless(a) == timeless(b)
        && (a.total, a.interval_days, &a.kind) == (b.total, b.interval_days, &b.kind)
        && (&a.allowed_products, &a.caution) == (&b.allowed_products, &b.caution)
}

/// The window that holds from a day on: the first that has not closed, or the last one; grown over a change of versions
/// where the next version's window goes on the day after. With its place: (version, phase).
fn window(parts: &[Part<'_>], start: Option<Day>) -> Option<((usize, usize), Phase)> {
    let at = |p: &Part<'_>| {
        let holds = |p: &&Phase| p.applies_until.is_none_or(|until| start.is_none_or(|s| s <= until));
        p.phases.iter().position(|p| holds(&p)).unwrap_or(p.phases.len().saturating_sub(1))
    };
    let phase_of = |i: usize| parts.get(i).and_then(|p| p.phases.get(at(p)));
    let open = |p: &Phase| {
        let last = p.legal_to;
        last.is_none_or(|to| start.is_none_or(|s| s <= to) && p.legal_from.is_none_or(|from| from <= to))
    };
    let chosen = (0..parts.len()).find(|i| phase_of(*i).is_some_and(open)).or(parts.len().checked_sub(1))?;
    let mut phase = phase_of(chosen)?.clone();
    let goes_on = |earlier: usize| {
        let (a, b) = (phase_of(earlier)?, phase_of(earlier + 1)?);
        let end = parts.get(earlier)?.rule.valid_to?;
        let possible = b.legal_to.is_none_or(|to| b.legal_from.is_none_or(|from| from <= to));
        (possible && a.legal_to == Some(end) && b.legal_from == Some(end.plus(1)) && a.kind == b.kind).then_some((a, b))
    };
    for later in chosen..parts.len() {
        let Some((_, next)) = goes_on(later) else { break };
        phase.legal_to = next.legal_to;
    }
    for earlier in (0..chosen).rev() {
        let Some((before, _)) = goes_on(earlier) else { break };
        phase.legal_from = before.legal_from;
    }
    let standard = phase.standard_from.map(|s| phase.legal_from.map_or(s, |from| from.max(s)));
    phase.standard_from = standard.filter(|s| phase.standard_to.is_none_or(|to| *s <= to));
    Some(((chosen, at(parts.get(chosen)?)), phase))
}

/// Cuts a phase to the version's time; false if nothing is left of it. A window that was impossible from the beginning
/// (first day after last day) stays, as it is expired and not out of time.
fn clip(phase: &mut Phase, rule: &Rule) -> bool {
    let impossible = matches!((phase.legal_from, phase.legal_to), (Some(from), Some(to)) if from > to);
    phase.legal_from = Some(phase.legal_from.map_or(rule.valid_from, |d| d.max(rule.valid_from)));
    if let Some(end) = rule.valid_to {
        phase.legal_to = Some(phase.legal_to.map_or(end, |d| d.min(end)));
    }
    // A programme without a last day, whose usual time was over before it began, never was for this subject.
    if phase.legal_to.is_none() && phase.standard_to.is_some_and(|to| to < rule.valid_from) {
        return false;
    }
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
