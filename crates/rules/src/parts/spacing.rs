//! Days that must lie between other acts and this one.
//!
//! Until 2020-09-30 every live vaccine asked for 27 days and every other for 6; since then only injected live vaccines
//! among themselves. Which of these holds is decided by the day that is asked about, so a distance ends with its rule.

use alloc::{format, string::String};

use crate::{
    Act, Day, Facts, Phase,
    compiled::{Rule, Spacing},
    evaluate::counts,
    wareki,
};

/// The act that keeps a day closed, the first free day after it, and why.
#[derive(Clone, Copy)]
pub(crate) struct Closed<'r> {
    after: Day,
    free: Day,
    because: &'r str,
}

/// The days after an act on which the other is not given, as far as the rule is in force: (first, last).
fn closed(spacing: &Spacing, after: Day, until: Day) -> Option<(Day, Day)> {
    let first = spacing.from.map_or(after.plus(1), |from| from.max(after.plus(1)));
    let last = spacing.to.map_or(until, |to| to.min(until));
    (first <= last).then_some((first, last))
}

fn others<'f>(spacing: &'f Spacing, facts: &'f Facts<'f>) -> impl Iterator<Item = &'f Act<'f>> {
    facts.acts.iter().filter(|a| spacing.after.iter().any(|code| code == a.code) && counts(a))
}

/// What moves a proposed day: the latest first free day after `from`, if any act keeps that closed.
pub(crate) fn moves<'r>(rule: &'r Rule, facts: &'r Facts<'r>, from: Day) -> Option<Closed<'r>> {
    let mut found: Option<Closed<'r>> = None;
    let in_force = |s: &&Spacing| s.to.is_none_or(|to| from <= to);
    for spacing in rule.spacing.iter().filter(in_force) {
        for act in others(spacing, facts) {
            let until = act.day.hi.plus(spacing.clear_days);
            if until < found.map_or(from, |f| f.free) {
                continue;
            }
            if let Some((_, last)) = closed(spacing, act.day.hi, until)
                && last >= found.map_or(from, |f| f.free)
            {
                found = Some(Closed { after: act.day.hi, free: last.plus(1), because: &spacing.because });
            }
        }
    }
    found
}

/// Moves the beginning of a proposed phase, and tells it.
pub(crate) fn apply(rule: &Rule, facts: &Facts<'_>, phase: &mut Phase, explain: bool) {
    let (false, Some(from)) = (rule.spacing.is_empty(), phase.legal_from) else { return };
    let Some(closed) = moves(rule, facts, from) else { return };
    phase.legal_from = Some(closed.free);
    phase.standard_from =
        phase.standard_from.map(|s| s.max(closed.free)).filter(|s| phase.standard_to.is_none_or(|to| *s <= to));
    phase.target = phase.target.map(|t| t.max(closed.free));
    if explain {
        let (after, free) = (wareki::date(closed.after), wareki::date(closed.free));
        let at = 1.min(phase.because.len());
        phase.because.insert(at, format!("{}ため、{after}の接種のあとは{free}から。", closed.because));
    }
}

/// Why an act came too soon after another one. An imprecise day is too soon only if it must have been.
pub(crate) fn too_soon(rule: &Rule, facts: &Facts<'_>, act: &Act<'_>) -> Option<String> {
    let in_force = |s: &&Spacing| s.to.is_none_or(|to| act.day.lo <= to);
    for spacing in rule.spacing.iter().filter(in_force) {
        for other in others(spacing, facts) {
            let Some((first, last)) = closed(spacing, other.day.hi, other.day.lo.plus(spacing.clear_days)) else {
                continue;
            };
            if first <= act.day.lo && act.day.hi <= last {
                return Some(format!(
                    "{}の「{}」は、{}ため、{}の接種のあと{}より前のものは数えていません。扱いは医師・市町村が判断します。",
                    wareki::span(act.day),
                    rule.title,
                    spacing.because,
                    wareki::span(other.day),
                    wareki::date(last.plus(1))
                ));
            }
        }
    }
    None
}
