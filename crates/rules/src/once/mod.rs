//! Rules for something done once within a window: a check-up, a single injection, a visit, a decision.

mod place;
mod text;
mod turn;

use alloc::{string::ToString, vec, vec::Vec};

pub(crate) use self::turn::Prior;
use self::{
    place::{Place, before, place},
    text::{because, early_sentence, late_sentence, longer_sentence, turn_reason, turn_sentence},
    turn::Turn,
};
use crate::{
    Act, Day, Facts, Outcome, Phase, Standing,
    bound::{self, Origin},
    compiled::{KinTest, Once, Rule, Shape, Target, Window},
    evaluate::{closing, done_sentence, settles, step, version_on},
    parts::{
        details::Details,
        extension,
        spacing::{applied, too_soon},
    },
    timeline::{Part, join},
};

/// Done if any act settles it, the earliest being named; else open in its windows. An act is judged by the version of its
/// day; the windows of all versions are joined into one line of time. A rule that waits for another opens with it.
pub(crate) fn evaluate(versions: &[Rule], facts: &Facts<'_>, prior: Option<Prior<'_>>, explain: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let origin = Origin::of(facts);
    let details = Details::none(facts);
    let mut done: Option<&Act<'_>> = None;
    for act in &facts.acts {
        let Some(rule) = version_on(versions, act.day.hi) else {
            continue;
        };
        let Shape::Once(once) = &rule.shape else {
            continue;
        };
        if !settles(rule, act, &origin) {
            continue;
        }
        match place(rule, once, act, facts, Turn::of(once, prior)) {
            Place::Inside => match too_soon(rule, facts, act).or_else(|| details.refuses(rule, act)) {
                Some(sentence) => outcome.violations.push((act.event, sentence)),
                None if done.is_none_or(|d| (act.day.lo, act.event) < (d.day.lo, d.event)) => done = Some(act),
                None => {}
            },
            Place::BeforeTurn => outcome.violations.push((act.event, turn_sentence(rule, act, prior))),
            Place::Early(from) => outcome.violations.push((act.event, early_sentence(rule, act, from))),
            Place::Late(to) => outcome.violations.push((act.event, late_sentence(rule, act, to))),
            Place::Outside => {}
        }
    }
    outcome.violations.sort();
    if let (Some(act), Some(rule)) = (done, versions.last()) {
        outcome.steps = vec![step(None, 0, Standing::Done { on: act.day.hi, event: act.event })];
        outcome.why_not = explain.then(|| done_sentence(&rule.title, act.day.hi));
        return outcome;
    }
    let mut parts = Vec::with_capacity(versions.len());
    for rule in versions {
        if let Shape::Once(once) = &rule.shape {
            parts.push(Part { rule, phases: phases(rule, once, facts, prior, explain) });
            if Turn::of(once, prior) == Turn::Waits {
                outcome.waits_for = once.after.as_ref().map(|a| a.rule.clone());
            }
        }
    }
    let phases = join(parts, &details);
    if phases.is_empty() {
        outcome.not_eligible = true;
        outcome.why_not = explain.then(|| "制度の実施期間と対象の期間が重なりません。".to_string());
    } else {
        outcome.steps = vec![step(None, 0, Standing::Open(phases))];
    }
    outcome
}

/// The normal windows, then the later ones that an extension opens for this subject; moved by other acts.
fn phases(rule: &Rule, once: &Once, facts: &Facts<'_>, prior: Option<Prior<'_>>, explain: bool) -> Vec<Phase> {
    let turn = Turn::of(once, prior);
    let mut out: Vec<Phase> =
        windows(once, facts).filter_map(|w| phase(rule, once, w, facts, prior, explain)).collect();
    for longer in longer(rule, once, facts) {
        let Some(last) = out.last_mut() else { break };
        let Some(end) = last.legal_to.filter(|to| *to < longer.to) else { continue };
        last.applies_until = Some(end);
        if longer.from.is_none() {
            last.legal_to = Some(longer.to);
            longer.tell(&mut last.because);
        }
        let mut later = Phase {
            legal_from: longer.from.map(|from| turn.not_before(from)).or(last.legal_from),
            legal_to: Some(longer.to),
            kind: last.kind.clone(),
            ..Phase::default()
        };
        if explain {
            later.because.push(longer_sentence(rule, longer.because, &later));
            later.because.extend(prior.filter(|_| turn != Turn::Free).map(|prior| turn_reason(once, prior)));
            closing(rule, &mut later.because);
        }
        out.push(later);
    }
    applied(rule, facts, out, explain)
}

/// The extensions of this subject, measured against its normal windows.
fn longer<'r>(rule: &'r Rule, once: &Once, facts: &Facts<'_>) -> Vec<extension::Longer<'r>> {
    if rule.extensions.is_empty() {
        return Vec::new();
    }
    let origin = Origin::of(facts);
    let from = windows(once, facts).filter_map(|w| bound::latest(&w.from, &origin)).min();
    let to = windows(once, facts).filter_map(|w| last_day(w, &origin)).max();
    extension::of(rule, facts, (from, to), |_, _| false)
}

/// The windows that count for this subject: those whose condition holds, or else those without one.
pub(crate) fn windows<'o>(once: &'o Once, facts: &'o Facts<'o>) -> impl Iterator<Item = &'o Window> {
    let holds = |w: &Window| {
        w.when_period.iter().any(|name| facts.periods_of(name).next().is_some())
            || w.born.is_some_and(|born| born.holds(facts))
    };
    let conditional = once.windows.iter().any(holds);
    let plain = |w: &Window| w.when_period.is_empty() && w.born.is_none();
    once.windows.iter().filter(move |w| if conditional { holds(w) } else { plain(w) })
}

/// The last day; an extension only ever moves it later. No last day stays none.
fn last_day(window: &Window, origin: &Origin<'_>) -> Option<Day> {
    let to = bound::earliest(&window.to, origin)?;
    let extended = window.extended_to.as_ref().and_then(|b| b.day(origin));
    Some(extended.map_or(to, |e| e.max(to)))
}

/// One window as a phase; `None` if what it counts from is not recorded.
pub(crate) fn phase(
    rule: &Rule,
    once: &Once,
    window: &Window,
    facts: &Facts<'_>,
    prior: Option<Prior<'_>>,
    explain: bool,
) -> Option<Phase> {
    let mut origin = Origin::of(facts);
    if window.after_acts > 0 {
        let (count, last) = before(rule, facts, None);
        origin.previous = last.map(|day| (day, count));
    }
    let turn = Turn::of(once, prior);
    let from = turn.not_before(bound::latest(&window.from, &origin)?);
    let to = last_day(window, &origin);
    origin.opening = Some(from);
    origin.limit = to;
    let day = |b: &Option<bound::Bound>| b.as_ref().and_then(|b| b.day(&origin));
    let standard_to = day(&window.standard_to);
    let standard_from = day(&window.standard_from).map(|d| d.max(from));
    let standard_from = standard_from.filter(|s| standard_to.is_none_or(|to| *s <= to));
    let target = deadline(rule, window, &origin);
    let mut phase = Phase {
        applies_from: None,
        applies_until: day(&window.until),
        legal_from: Some(from),
        legal_to: to,
        standard_from,
        standard_to,
        target: target.as_ref().map(|t| to.map_or(t.day, |to| t.day.min(to)).max(from)),
        escalates_on: day(&window.escalates),
        kind: window.kind.clone(),
        kin: target.iter().filter_map(|t| t.kin.map(|(_, _, event)| event)).collect(),
        ..Phase::default()
    };
    if explain {
        phase.because = because(rule, window, &origin, &phase, target.as_ref());
        if let Some(prior) = prior.filter(|_| turn != Turn::Free) {
            phase.because.insert(1, turn_reason(once, prior));
        }
    }
    Some(phase)
}

/// A working deadline, and the record of a related person that brought it (day, event).
struct Deadline<'w> {
    target: &'w Target,
    day: Day,
    kin: Option<(&'w KinTest, Day, i64)>,
}

/// The working deadline that holds: the first whose condition does. A record of a related person only ever brings it
/// forward.
fn deadline<'w>(rule: &Rule, window: &'w Window, origin: &Origin<'_>) -> Option<Deadline<'w>> {
    let own = window.targets.iter().filter(|t| t.when_kin.is_empty()).find_map(|t| target_day(rule, t, None, origin));
    let of_kin = window.targets.iter().filter(|t| !t.when_kin.is_empty()).filter_map(|target| {
        let found = target.when_kin.iter().filter_map(|test| Some((test, test.first(origin.facts)?)));
        let (test, (day, event)) = found.min_by_key(|(_, at)| *at)?;
        target_day(rule, target, Some((test, day, event)), origin)
    });
    own.into_iter().chain(of_kin).min_by_key(|d| d.day)
}

/// The day of a target whose condition holds.
fn target_day<'w>(
    rule: &Rule,
    target: &'w Target,
    kin: Option<(&'w KinTest, Day, i64)>,
    origin: &Origin<'_>,
) -> Option<Deadline<'w>> {
    let facts = origin.facts;
    if !target.when_period.is_empty() && !target.when_period.iter().any(|name| facts.periods_of(name).next().is_some())
    {
        return None;
    }
    let mut origin = *origin;
    origin.act = kin.map(|(_, day, _)| day);
    if let Some(date) = &target.when_date {
        origin.act = Some(facts.date(date)?.day.hi);
    }
    if let Some(code) = &target.when_act {
        let asked = facts.acts_of(code).filter(|a| a.product == Some(rule.service.as_str()));
        origin.act = Some(asked.map(|a| a.day.hi).min()?);
    }
    let day = bound::earliest(&target.at, &origin)?;
    let floor = target.no_earlier_than.as_ref().and_then(|b| b.day(&origin));
    Some(Deadline { target, day: floor.map_or(day, |f| f.max(day)), kin })
}
