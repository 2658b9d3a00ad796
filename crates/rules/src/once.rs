//! Rules for something done once within a window: a check-up, a single injection, a visit, a decision.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use crate::{
    Act, Day, Facts, Outcome, Phase, Standing,
    bound::{self, Origin},
    compiled::{Once, Rule, Shape, Target, Window},
    evaluate::{closing, done_sentence, settles, step, version_on},
    timeline::{Part, join},
    wareki,
};

/// Done if any act settles it, the earliest being named; else open in its windows. An act is judged by the version of its
/// day; the windows of all versions are joined into one line of time. A rule that waits for another opens with it.
pub(crate) fn evaluate(versions: &[Rule], facts: &Facts<'_>, prior: Option<Prior<'_>>, explain: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let origin = Origin::of(facts);
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
        match place(once, act, &origin, turn(once, prior)) {
            Place::Inside if done.is_none_or(|d| (act.day.lo, act.event) < (d.day.lo, d.event)) => done = Some(act),
            Place::Early(from) if once.flag_early => {
                outcome.violations.push((act.event, early_sentence(rule, act, from)));
            }
            Place::BeforeTurn if once.flag_early => {
                outcome.violations.push((act.event, turn_sentence(rule, act, prior)));
            }
            _ => {}
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
            parts.push(Part {
                rule,
                phases: windows(once, facts).filter_map(|w| phase(rule, once, w, facts, prior, explain)).collect(),
            });
            if turn(once, prior) == Turn::Waits {
                outcome.waits_for = once.after.as_ref().map(|a| a.rule.clone());
            }
        }
    }
    let phases = join(parts);
    if phases.is_empty() {
        outcome.not_eligible = true;
        outcome.why_not = explain.then(|| "制度の実施期間と対象の期間が重なりません。".to_string());
    } else {
        outcome.steps = vec![step(None, 0, Standing::Open(phases))];
    }
    outcome
}

/// The rule that must be done first, and the day on which it was.
#[derive(Clone, Copy)]
pub(crate) struct Prior<'p> {
    pub rule: &'p Rule,
    pub done: Option<Day>,
}

/// Whether a rule that comes after another may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It waits for none.
    Free,
    /// The other was done: not before this day.
    From(Day),
    Waits,
}

fn turn(once: &Once, prior: Option<Prior<'_>>) -> Turn {
    match (&once.after, prior.and_then(|p| p.done)) {
        (None, _) => Turn::Free,
        (Some(after), Some(done)) => Turn::From(done.plus(after.days)),
        (Some(_), None) => Turn::Waits,
    }
}

/// The first day of a window, once its turn has come.
fn first_day(window: &Window, origin: &Origin<'_>, turn: Turn) -> Option<Day> {
    let from = bound::latest(&window.from, origin)?;
    Some(match turn {
        Turn::From(day) => from.max(day),
        Turn::Free | Turn::Waits => from,
    })
}

/// Where an act lies with respect to the windows.
enum Place {
    Inside,
    /// The rule before it is not done.
    BeforeTurn,
    /// Before the first day, which is named.
    Early(Day),
    /// After the last day, or between windows: another service's act (MR 第2期), or none of the programme.
    Outside,
}

/// Where an act lies. An imprecise day counts as inside if any day of its span could have been.
fn place(once: &Once, act: &Act<'_>, origin: &Origin<'_>, turn: Turn) -> Place {
    if !once.only_within {
        return Place::Inside;
    }
    if turn == Turn::Waits {
        return Place::BeforeTurn;
    }
    let mut first = None;
    for window in windows(once, origin.facts) {
        let Some(from) = first_day(window, origin, turn) else {
            continue;
        };
        let to = last_day(window, origin);
        if from <= act.day.hi && to.is_none_or(|to| act.day.lo <= to) {
            return Place::Inside;
        }
        first = Some(first.map_or(from, |f: Day| f.min(from)));
    }
    match first {
        Some(from) if act.day.hi < from => Place::Early(from),
        _ => Place::Outside,
    }
}

/// The windows that count for this subject: those whose condition holds, or else those without one.
pub(crate) fn windows<'o>(once: &'o Once, facts: &'o Facts<'o>) -> impl Iterator<Item = &'o Window> {
    let holds = |w: &Window| w.when_period.iter().any(|name| facts.periods_of(name).next().is_some());
    let conditional = once.windows.iter().any(holds);
    once.windows.iter().filter(move |w| if conditional { holds(w) } else { w.when_period.is_empty() })
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
    let turn = turn(once, prior);
    let from = first_day(window, &origin, turn)?;
    let to = last_day(window, &origin);
    origin.opening = Some(from);
    origin.limit = to;
    let day = |b: &Option<bound::Bound>| b.as_ref().and_then(|b| b.day(&origin));
    let standard_to = day(&window.standard_to);
    let standard_from = day(&window.standard_from).map(|d| d.max(from));
    let target = window.targets.iter().find_map(|t| target_day(rule, t, &origin).map(|d| (t, d)));
    let mut phase = Phase {
        applies_from: None,
        applies_until: day(&window.until),
        legal_from: Some(from),
        legal_to: to,
        standard_from,
        standard_to,
        target: target.map(|(_, d)| to.map_or(d, |to| d.min(to)).max(from)),
        escalates_on: day(&window.escalates),
        kind: window.kind.clone(),
        ..Phase::default()
    };
    if explain {
        phase.because = because(rule, window, &origin, &phase, target.map(|(t, _)| t));
        if let Some(prior) = prior.filter(|_| turn != Turn::Free) {
            phase.because.insert(1, turn_reason(once, prior));
        }
    }
    Some(phase)
}

/// The day of a target whose condition holds.
fn target_day(rule: &Rule, target: &Target, origin: &Origin<'_>) -> Option<Day> {
    let facts = origin.facts;
    if !target.when_period.is_empty() && !target.when_period.iter().any(|name| facts.periods_of(name).next().is_some())
    {
        return None;
    }
    let mut origin = *origin;
    if let Some(date) = &target.when_date {
        origin.act = Some(facts.date(date)?.day.hi);
    }
    if let Some(code) = &target.when_act {
        let asked = facts.acts_of(code).filter(|a| a.product == Some(rule.service.as_str()));
        origin.act = Some(asked.map(|a| a.day.hi).min()?);
    }
    let day = bound::earliest(&target.at, &origin)?;
    let floor = target.no_earlier_than.as_ref().and_then(|b| b.day(&origin));
    Some(floor.map_or(day, |f| f.max(day)))
}

/// The reason, most telling first: the window with its arithmetic, the standard period, the working deadline and why it
/// is that day, who is told when; then what settles it and the law.
fn because(rule: &Rule, window: &Window, origin: &Origin<'_>, phase: &Phase, target: Option<&Target>) -> Vec<String> {
    let mut out = Vec::new();
    let named = bound::deciding(&window.from, origin).filter(|b| b.day(origin) == phase.legal_from);
    let from = named.and_then(|b| b.explain(origin)).or(phase.legal_from.map(wareki::date)).unwrap_or_default();
    let to = match (phase.legal_to, window.to.iter().min_by_key(|b| b.day(origin).map_or(i32::MAX, |d| d.0))) {
        (Some(last), Some(b)) if b.day(origin) == Some(last) => b.explain(origin),
        (Some(last), _) => Some(wareki::date(last)),
        _ => None,
    };
    match to {
        Some(to) => out.push(format!("{from}から{to}まで（{}）。", rule.basis)),
        None => out.push(format!("{from}から（{}、終わりの定めはありません）。", rule.basis)),
    }
    match (phase.standard_from, phase.standard_to) {
        (Some(a), Some(b)) => out.push(format!("標準的な時期は{}から{}まで。", wareki::date(a), wareki::date(b))),
        (None, Some(b)) => out.push(format!("標準的な時期は{}まで。", wareki::date(b))),
        (Some(a), None) => out.push(format!("標準的な時期は{}から。", wareki::date(a))),
        (None, None) => {}
    }
    if let Some(day) = phase.target {
        let why = target.and_then(|t| t.because.as_deref()).map(|w| format!("（{w}）")).unwrap_or_default();
        out.push(format!("対応の期限は{}{why}。", wareki::date(day)));
    }
    if let Some(day) = phase.escalates_on {
        out.push(format!("{}までに済まなければ上司に知らせます。", wareki::date(day.plus(-1))));
    }
    closing(rule, &mut out);
    out
}

/// 予防接種 given too early: flagged, never silently counted, and not judged by the program.
fn early_sentence(rule: &Rule, act: &Act<'_>, from: Day) -> String {
    format!(
        "{}の「{}」は、対象となる{}より前のため数えていません。扱いは医師・市町村が判断します。",
        wareki::span(act.day),
        rule.title,
        wareki::date(from)
    )
}

/// Why the window begins when it does, where it comes after another rule.
fn turn_reason(once: &Once, prior: Prior<'_>) -> String {
    let (title, days) = (&prior.rule.title, once.after.as_ref().map_or(0, |a| a.days));
    match prior.done {
        Some(on) => {
            format!("「{title}」が済んだ{}から{days}日後の{}以降。", wareki::date(on), wareki::date(on.plus(days)))
        }
        None => format!("「{title}」が済んでから{days}日後以降。まだ済んでいないため始まりません。"),
    }
}

/// Done before its turn: flagged, never silently counted.
fn turn_sentence(rule: &Rule, act: &Act<'_>, prior: Option<Prior<'_>>) -> String {
    let title = prior.map_or("", |p| p.rule.title.as_str());
    format!(
        "{}の「{}」は、先の「{title}」が済んでいないため数えていません。扱いは医師・市町村が判断します。",
        wareki::span(act.day),
        rule.title,
    )
}
