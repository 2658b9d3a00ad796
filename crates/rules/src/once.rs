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
    parts::{
        details::Details,
        extension,
        spacing::{applied, too_soon},
    },
    timeline::{Part, join},
    wareki,
};

/// Done if any act settles it, the earliest being named; else open in its windows. An act is judged by the version of its
/// day; the windows of all versions are joined into one line of time.
pub(crate) fn evaluate(versions: &[Rule], facts: &Facts<'_>, explain: bool) -> Outcome {
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
        match place(rule, once, act, facts) {
            Place::Inside => match too_soon(rule, facts, act).or_else(|| details.refuses(rule, act)) {
                Some(sentence) => outcome.violations.push((act.event, sentence)),
                None if done.is_none_or(|d| (act.day.lo, act.event) < (d.day.lo, d.event)) => done = Some(act),
                None => {}
            },
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
            parts.push(Part { rule, phases: phases(rule, once, facts, explain) });
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
fn phases(rule: &Rule, once: &Once, facts: &Facts<'_>, explain: bool) -> Vec<Phase> {
    let mut out: Vec<Phase> = windows(once, facts).filter_map(|w| phase(rule, w, facts, explain)).collect();
    for longer in longer(rule, once, facts) {
        let Some(last) = out.last_mut() else { break };
        let Some(end) = last.legal_to.filter(|to| *to < longer.to) else { continue };
        last.applies_until = Some(end);
        if longer.from.is_none() {
            last.legal_to = Some(longer.to);
            longer.tell(&mut last.because);
        }
        let mut later = Phase {
            legal_from: longer.from.or(last.legal_from),
            legal_to: Some(longer.to),
            kind: last.kind.clone(),
            ..Phase::default()
        };
        if explain {
            later.because.push(longer_sentence(rule, longer.because, &later));
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

/// Where an act lies with respect to the windows.
enum Place {
    Inside,
    /// Before the first day, which is named, and to be shown.
    Early(Day),
    /// After the last day, which is named, and to be shown.
    Late(Day),
    /// After the last day, or between windows: another service's act (MR 第2期), or none of the programme.
    Outside,
}

/// Where an act lies. An imprecise day counts as inside if any day of its span could have been.
fn place(rule: &Rule, once: &Once, act: &Act<'_>, facts: &Facts<'_>) -> Place {
    if !once.only_within {
        return Place::Inside;
    }
    let mut origin = Origin::of(facts);
    let (mut first, mut end, mut flags) = (None, None, once.flag_early);
    for window in windows(once, facts) {
        if window.after_acts > 0 {
            let (count, last) = before(rule, facts, Some(act));
            origin.previous = last.map(|day| (day, count));
            if count < window.after_acts {
                continue;
            }
            flags = true;
        }
        let Some(from) = bound::latest(&window.from, &origin) else {
            continue;
        };
        let to = last_day(window, &origin);
        if from <= act.day.hi && to.is_none_or(|to| act.day.lo <= to) {
            return Place::Inside;
        }
        first = Some(first.map_or(from, |f: Day| f.min(from)));
        end = end.max(to);
    }
    let within = |l: &extension::Longer<'_>| l.from.or(first).is_none_or(|f| f <= act.day.hi) && act.day.lo <= l.to;
    match first {
        Some(from) if act.day.hi < from && flags => Place::Early(from),
        Some(from) if act.day.hi < from => Place::Outside,
        Some(_) if longer(rule, once, facts).iter().any(within) => Place::Inside,
        Some(_) if once.flag_late && end < Some(act.day.lo) => end.map_or(Place::Outside, Place::Late),
        _ => Place::Outside,
    }
}

/// How many acts of the rule lie before one (or in all), and the last of them. One day is one act, however often recorded.
fn before(rule: &Rule, facts: &Facts<'_>, act: Option<&Act<'_>>) -> (u8, Option<Day>) {
    let origin = Origin::of(facts);
    let earlier = |a: &&Act<'_>| act.is_none_or(|act| (a.day.lo, a.event) < (act.day.lo, act.event));
    let of_rule = facts.acts.iter().filter(|a| settles(rule, a, &origin)).filter(earlier);
    let mut days: Vec<Day> = of_rule.map(|a| a.day.hi).collect();
    days.sort_unstable();
    days.dedup();
    (u8::try_from(days.len()).unwrap_or(u8::MAX), days.last().copied())
}

/// The windows that count for this subject: those whose condition holds, or else those without one.
fn windows<'o>(once: &'o Once, facts: &'o Facts<'o>) -> impl Iterator<Item = &'o Window> {
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
fn phase(rule: &Rule, window: &Window, facts: &Facts<'_>, explain: bool) -> Option<Phase> {
    let mut origin = Origin::of(facts);
    if window.after_acts > 0 {
        let (count, last) = before(rule, facts, None);
        origin.previous = last.map(|day| (day, count));
    }
    let from = bound::latest(&window.from, &origin)?;
    let to = last_day(window, &origin);
    origin.opening = Some(from);
    origin.limit = to;
    let day = |b: &Option<bound::Bound>| b.as_ref().and_then(|b| b.day(&origin));
    let standard_to = day(&window.standard_to);
    let standard_from = day(&window.standard_from).map(|d| d.max(from));
    let standard_from = standard_from.filter(|s| standard_to.is_none_or(|to| *s <= to));
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
    let from = bound::deciding(&window.from, origin).and_then(|b| b.explain(origin)).unwrap_or_default();
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

/// Why the later window is open, and until when.
fn longer_sentence(rule: &Rule, because: &str, phase: &Phase) -> String {
    let day = |d: Option<Day>| d.map(wareki::date).unwrap_or_default();
    format!("{because}のため、{}から{}まで（{}）。", day(phase.legal_from), day(phase.legal_to), rule.basis)
}

/// After the last day: the family paid for it themselves.
fn late_sentence(rule: &Rule, act: &Act<'_>, to: Day) -> String {
    format!(
        "{}の「{}」は、{}の最後の日（{}）を過ぎているため数えていません。",
        wareki::span(act.day),
        rule.title,
        rule.basis,
        wareki::date(to)
    )
}
