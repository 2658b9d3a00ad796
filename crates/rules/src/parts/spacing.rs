//! Days that must lie between other acts and this one.
//!
//! Until 2020-09-30 every live vaccine asked for 27 days and every other for 6; since then only injected live vaccines
//! among themselves. Which of these holds is decided by the day that is asked about, so a distance ends with its rule.

use alloc::{format, string::String, vec::Vec};

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

/// What moves a proposed day, seen from the days up to `until` (`None` = from now on). A distance in force then counts
/// from the act on, wherever the proposed day lies: nothing is given before a past act any more. One that has ended only
/// says which days were closed while it was in force.
fn moves<'r>(rule: &'r Rule, facts: &'r Facts<'r>, from: Day, until: Option<Day>) -> Option<Closed<'r>> {
    let mut found: Option<Closed<'r>> = None;
    loop {
        let start = found.map_or(from, |f| f.free);
        let further = rule.spacing.iter().flat_map(|s| others(s, facts).map(move |act| (s, act.day.hi)));
        let further = further.filter_map(|(spacing, after)| {
            let (first, last) = closed(spacing, after, after.plus(spacing.clear_days))?;
            let ended = spacing.to.is_some_and(|to| until.is_none_or(|until| to < until));
            let moved = start <= last && (!ended || first <= start);
            moved.then(|| Closed { after, free: last.plus(1), because: &spacing.because })
        });
        let Some(next) = further.max_by_key(|c| c.free) else { return found };
        found = Some(next);
    }
}

/// Moves the beginning of proposed phases, and tells it. A phase is parted where a distance ends that moves it.
pub(crate) fn applied(rule: &Rule, facts: &Facts<'_>, phases: Vec<Phase>, explain: bool) -> Vec<Phase> {
    if rule.spacing.is_empty() {
        return phases;
    }
    let mut out = Vec::with_capacity(phases.len());
    let mut before: Option<Day> = None;
    for phase in phases {
        let earlier = core::mem::replace(&mut before, phase.applies_until);
        let Some(from) = phase.legal_from else {
            out.push(phase);
            continue;
        };
        let lasts = |to: &Day| earlier < Some(*to) && phase.applies_until.is_none_or(|until| *to < until);
        let mut ends: Vec<Option<Day>> = rule.spacing.iter().filter_map(|s| s.to).filter(lasts).map(Some).collect();
        ends.sort_unstable();
        ends.push(phase.applies_until);
        let mut parts: Vec<_> = ends.into_iter().map(|until| (until, moves(rule, facts, from, until))).collect();
        parts.dedup_by(|later, kept| {
            let same = later.1.map(|c| c.free) == kept.1.map(|c| c.free);
            if same {
                *kept = *later;
            }
            same
        });
        for (until, closed) in parts {
            let mut part = Phase { applies_until: until, ..phase.clone() };
            if let Some(closed) = closed {
                shift(&mut part, closed, explain);
            }
            out.push(part);
        }
    }
    out
}

/// Lets a phase begin on the first free day.
fn shift(phase: &mut Phase, closed: Closed<'_>, explain: bool) {
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
