//! Rules for several injections whose number and kind depend on the age at the first one (Hib, 肺炎球菌), on a
//! product or on a cohort.
//!
//! 予防接種法施行令3条 gives the ages, 実施規則 and 実施要領 the numbers and intervals. The rules themselves are data
//! (`rulebook/national/vaccination/pcv.toml`, `hib.toml`); here is only how such a schedule is walked.
//!
//! A schedule is a list of injections. What was given is put on it in order of time; an injection that was not given by
//! its last day is dropped and the next one takes its place, which is why one duty has several phases.

use alloc::{format, vec::Vec};

mod text;
mod walk;

use walk::Walk;

use crate::{
    Act, Day, Facts, Outcome, Phase, Standing,
    bound::{Bound, Origin},
    compiled::{Rule, Series, Shape, Start},
    evaluate::{settles, step, version_on},
    parts::{
        details::Details,
        extension,
        spacing::{apply, too_soon},
    },
    timeline::{Part, join},
};

/// A counted injection and its place in the schedule.
#[derive(Clone, Copy, Debug)]
struct Given<'g> {
    day: Day,
    event: i64,
    slot: usize,
    product: Option<&'g str>,
}

/// A possible next injection.
struct Next {
    phase: Phase,
    slot: usize,
}

/// The days in which injections are looked for: the normal window, or a later one of an extension.
#[derive(Clone, Copy)]
struct Frame<'r> {
    /// No injection before this day.
    floor: Option<Day>,
    to: Option<Day>,
    /// Why it is open; `None` = the normal window.
    because: Option<&'r str>,
}

/// Puts the acts on the schedule one by one, each judged by what came before it, then asks for the next. What is not
/// counted is told with its reason; whether it is repeated is a physician's decision, so nothing is concluded from it.
pub(crate) fn evaluate(versions: &[Rule], facts: &Facts<'_>, explain: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let given = count(versions, facts, &mut outcome);
    let dose = |i: usize| u8::try_from(i + 1).ok();
    let done = |(i, g): (usize, &Given<'_>)| step(dose(i), 0, Standing::Done { on: g.day, event: g.event });
    outcome.steps = given.iter().enumerate().map(done).collect();
    let mut parts = Vec::with_capacity(versions.len());
    let mut complete = true;
    for rule in versions {
        let mut next = series_of(rule).map(|s| next(rule, s, facts, &given, explain, false)).unwrap_or_default();
        complete = complete && next.is_empty();
        for n in &mut next {
            apply(rule, facts, &mut n.phase, explain);
        }
        parts.push(Part { rule, phases: next.into_iter().map(|n| n.phase).collect() });
    }
    let phases = join(parts, &details(facts, &given));
    match (complete, phases.is_empty()) {
        (true, _) => {
            outcome.why_not = explain.then(|| format!("必要な回数（{}回）の接種が済んでいます。", given.len()))
        }
        (false, true) => {
            outcome.not_eligible = true;
            outcome.why_not = explain.then(|| "制度の実施期間と対象の期間が重なりません。".into());
        }
        (false, false) => outcome.steps.push(step(dose(given.len()), 0, Standing::Open(phases))),
    }
    outcome
}

/// The counted injections in order of time; the others go to the violations.
fn count<'f>(versions: &[Rule], facts: &'f Facts<'_>, outcome: &mut Outcome) -> Vec<Given<'f>> {
    let origin = Origin::of(facts);
    let settling = |a: &&Act<'_>| version_on(versions, a.day.hi).is_some_and(|rule| settles(rule, a, &origin));
    let mut acts: Vec<&Act<'_>> = facts.acts.iter().filter(settling).collect();
    acts.sort_by_key(|a| (a.day.lo, a.day.hi, a.event));
    let mut given: Vec<Given<'f>> = Vec::with_capacity(acts.len());
    for act in acts {
        let Some(rule) = version_on(versions, act.day.hi) else { continue };
        let refused = match judge(rule, facts, &given, act) {
            Ok(Some(slot)) => match too_soon(rule, facts, act).or_else(|| details(facts, &given).refuses(rule, act)) {
                None => {
                    given.push(Given { day: act.day.hi, event: act.event, slot, product: act.product });
                    continue;
                }
                Some(sentence) => sentence,
            },
            Ok(None) => continue,
            Err(sentence) => sentence,
        };
        outcome.violations.push((act.event, refused));
    }
    given
}

/// What products and cautions of the next injection depend on.
fn details<'d>(facts: &'d Facts<'d>, given: &[Given<'d>]) -> Details<'d> {
    let number = u8::try_from(given.len() + 1).unwrap_or(u8::MAX);
    Details { facts, number, last: given.iter().rev().find_map(|g| g.product) }
}

/// All versions of a rule have the same shape; the rulebook refuses others.
fn series_of(rule: &Rule) -> Option<&Series> {
    match &rule.shape {
        Shape::Series(series) => Some(series),
        _ => None,
    }
}

/// Where an act stands in the schedule, `None` if it belongs to another service, or why it is not counted. An imprecise
/// day counts if any day of its span could.
fn judge(
    rule: &Rule,
    facts: &Facts<'_>,
    given: &[Given<'_>],
    act: &Act<'_>,
) -> Result<Option<usize>, alloc::string::String> {
    let Some(series) = series_of(rule) else { return Ok(None) };
    // The schedule of the first injection depends on its own product.
    let candidates = next(rule, series, facts, given, false, true);
    let holds = |n: &&Next| n.phase.applies_until.is_none_or(|until| act.day.hi <= until);
    let Some(found) = candidates.iter().find(holds).or(candidates.last()) else {
        return if series.ignore_after_end { Ok(None) } else { Err(text::surplus(rule, act)) };
    };
    match (found.phase.legal_from, found.phase.legal_to) {
        (_, Some(to)) if to < act.day.lo && series.ignore_after_end => Ok(None),
        (Some(from), _) if act.day.hi < from => Err(text::early(rule, act, given.len() + 1, from)),
        (_, Some(to)) if to < act.day.lo => Err(text::late(rule, act, to)),
        _ => Ok(Some(found.slot)),
    }
}

/// The possible next injections, each in the days in which it is the next one. Empty: the schedule is complete.
/// `lenient` takes the shorter intervals a physician may choose; they are counted but never proposed.
fn next(
    rule: &Rule,
    series: &Series,
    facts: &Facts<'_>,
    given: &[Given<'_>],
    explain: bool,
    lenient: bool,
) -> Vec<Next> {
    let mut origin = Origin::of(facts);
    let Some(from) = series.from.day(&origin) else { return Vec::new() };
    let end = series.to.as_ref().map(|b| b.day(&origin));
    if end == Some(None) {
        return Vec::new();
    }
    (origin.opening, origin.limit) = (Some(from), end.flatten());
    let mut start = None;
    if let (Some(first), Some(last)) = (given.first(), given.last()) {
        origin.first = Some(first.day);
        origin.previous = u8::try_from(given.len()).ok().map(|n| (last.day, n));
        let Some(found) = start_of(series, &origin, first.product) else { return Vec::new() };
        let own = found.to.as_ref().and_then(|b| b.day(&origin));
        origin.limit = [origin.limit, own].into_iter().flatten().min();
        start = Some(found);
    }
    let open = |frame: Frame<'_>| match start {
        None => first(rule, series, &origin, explain, frame),
        Some(start) => {
            let walk = Walk { rule, start, origin, given, explain, lenient, normal: frame.because.is_none() };
            told(walk.follow(frame), rule, frame, explain)
        }
    };
    let mut out = open(Frame { floor: None, to: origin.limit, because: None });
    if let (false, Some(mut end)) = (rule.extensions.is_empty() || out.is_empty(), origin.limit) {
        let between = |lo: Day, hi: Day| given.iter().any(|g| lo <= g.day && g.day <= hi);
        for longer in extension::of(rule, facts, (Some(from), Some(end)), between) {
            if longer.to <= end {
                continue;
            }
            let later = open(Frame { floor: longer.from, to: Some(longer.to), because: Some(longer.because) });
            if longer.from.is_none() {
                for next in out.iter_mut().filter(|n| n.phase.legal_to == Some(end)) {
                    next.phase.legal_to = Some(longer.to);
                    if explain {
                        longer.tell(&mut next.phase.because);
                    }
                }
            }
            lengthen(&mut out, end, later);
            end = longer.to;
        }
    }
    out
}

/// Puts the phases of a later window after those of an earlier one that ends on `end`.
fn lengthen(out: &mut Vec<Next>, end: Day, later: Vec<Next>) {
    let last = out.iter().position(|n| n.phase.applies_until.is_none_or(|until| end <= until));
    if let Some(found) = last.and_then(|i| out.get_mut(i)) {
        found.phase.applies_until = Some(end);
    }
    out.truncate(last.map_or(out.len(), |i| i + 1));
    out.extend(later.into_iter().filter(|n| n.phase.applies_until.is_none_or(|until| end < until)));
}

/// Applies the floor of a frame and tells why it is open.
fn told(mut found: Vec<Next>, rule: &Rule, frame: Frame<'_>, explain: bool) -> Vec<Next> {
    for next in &mut found {
        let phase = &mut next.phase;
        if let Some(floor) = frame.floor {
            phase.legal_from = phase.legal_from.max(Some(floor));
            let standard = phase.standard_from.map(|s| s.max(floor));
            phase.standard_from = standard.filter(|s| phase.standard_to.is_none_or(|to| *s <= to));
        }
        if let (true, Some(because)) = (explain, frame.because) {
            phase.because.insert(0, text::longer(rule, because, phase));
        }
    }
    found
}

/// The schedule of the age and the product of the first injection.
fn start_of<'s>(series: &'s Series, origin: &Origin<'_>, product: Option<&str>) -> Option<&'s Start> {
    let first = origin.first?;
    let fits = |s: &&Start| {
        s.born.holds(origin.facts)
            && (s.products.is_empty() || s.products.iter().any(|p| Some(p.as_str()) == product))
            && s.first_until.as_ref().is_none_or(|b| b.day(origin).is_some_and(|until| first <= until))
    };
    series.starts.iter().find(fits).or(series.starts.last())
}

/// Nothing given yet: one phase for each schedule by age. Schedules of one product begin with its first injection.
fn first(rule: &Rule, series: &Series, origin: &Origin<'_>, explain: bool, frame: Frame<'_>) -> Vec<Next> {
    let mut out: Vec<Next> = Vec::with_capacity(series.starts.len());
    for start in series.starts.iter().filter(|s| s.products.is_empty() && s.born.holds(origin.facts)) {
        let Some(dose) = start.doses.first() else { continue };
        let sure = start.doses.iter().filter(|d| d.needed_if.is_none()).count();
        let mut phase = Phase {
            applies_until: start.first_until.as_ref().and_then(|b| b.day(origin)),
            legal_from: origin.opening,
            legal_to: frame.to,
            kind: dose.kind.clone(),
            total: u8::try_from(sure).ok().filter(|_| !series.total_after_first),
            ..Phase::default()
        };
        if frame.because.is_none() {
            standard(&mut phase, series.standard_from.as_ref(), series.standard_to.as_ref(), origin);
        }
        if explain {
            phase.because = text::first(rule, series, start, &phase, origin);
        }
        let last = phase.applies_until.is_none();
        out.push(Next { phase, slot: 0 });
        if last {
            break;
        }
    }
    told(out, rule, frame, explain)
}

/// The standard period, never before the first legal day; a period that is over by then leaves only its end.
fn standard(phase: &mut Phase, from: Option<&Bound>, to: Option<&Bound>, origin: &Origin<'_>) {
    phase.standard_to = to.and_then(|b| b.day(origin));
    let from = from.and_then(|b| b.day(origin)).map(|d| phase.legal_from.map_or(d, |l| l.max(d)));
    phase.standard_from = from.filter(|f| phase.standard_to.is_none_or(|to| *f <= to));
}
