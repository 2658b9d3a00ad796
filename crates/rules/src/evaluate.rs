//! From a rule and the facts of one subject to its [`Outcome`]. There is no `today` here: the answer is date ranges, and
//! [`crate::status`] compares them with a day.
//!
//! The order of acts in the facts does not matter, and acts that a rule does not name change nothing. Sentences are
//! built only if `explain` is set; re-deriving a municipality needs the dates alone.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::slice;

use crate::{
    Act, Day, Facts, Outcome, Standing, Step,
    bound::Origin,
    compiled::{Condition, Rule, Shape, What},
    once::{self, Prior},
    parts::{invitation, kin},
    rhythm, series, wareki, words,
};

/// Evaluates one version of a rule by itself. Without `explain`, `because`, `why_not` stay empty. A rule that waits for
/// another one (`once.after`) goes on waiting here; only [`crate::Rulebook::evaluate`] knows the other.
pub fn evaluate(rule: &Rule, facts: &Facts<'_>, explain: bool) -> Outcome {
    evaluate_versions(slice::from_ref(rule), facts, None, explain)
}

/// Evaluates all versions of a rule, in order of `valid_from`: an act is judged by the version in force on its day, a
/// proposed date by the version in force on that date.
pub(crate) fn evaluate_versions(
    versions: &[Rule],
    facts: &Facts<'_>,
    prior: Option<Prior<'_>>,
    explain: bool,
) -> Outcome {
    let Some(rule) = versions.last() else {
        return Outcome::default();
    };
    if rule.subject != facts.subject {
        return never(explain.then(|| format!("「{}」の対象ではありません。", rule.title)));
    }
    let given = |name: &str| facts.date(name).is_some() || name == words::KIN_RECORD;
    if let Some(missing) = rule.needs.iter().find(|name| !given(name)) {
        let why_not = explain.then(|| format!("{}の記録がないため、判断できません。", words::date_word(missing)));
        return Outcome { why_not, ..Outcome::default() };
    }
    if !rule.needs_one_of.is_empty() && !rule.needs_one_of.iter().any(|n| facts.periods_of(n).next().is_some()) {
        let why_not = explain.then(|| String::from("必要な記録（性別など）がないため、判断できません。"));
        return Outcome { why_not, ..Outcome::default() };
    }
    // What is done stays done even outside the population; where nothing can be done, nothing has to be looked for.
    let untouched = || !versions.iter().any(|rule| facts.acts.iter().any(|act| names(rule, act)));
    if !explain && rule.after().is_none() && untouched() {
        let nothing = Outcome::default();
        if left(rule, facts, &nothing, false).or_else(|| outside(rule, facts, false)).is_some() {
            return Outcome { not_eligible: true, ..nothing };
        }
    }
    let mut outcome = match &rule.shape {
        Shape::Once(_) if !rule.kin.is_empty() => kin::evaluate(rule, versions, facts, explain),
        Shape::Once(_) => once::evaluate(versions, facts, prior, explain),
        Shape::Series(_) => series::evaluate(versions, facts, explain),
        Shape::Rhythm(_) => rhythm::evaluate(versions, facts, explain),
    };
    if let Some(reason) = left(rule, facts, &outcome, explain).or_else(|| outside(rule, facts, explain)) {
        outcome.steps.retain(|s| matches!(s.standing, Standing::Done { .. }));
        outcome.not_eligible = true;
        outcome.why_not = explain.then_some(reason);
    } else if let Some((event, from, reason)) = excused(rule, facts) {
        for step in &mut outcome.steps {
            if matches!(step.standing, Standing::Open(_)) {
                step.standing = Standing::Excused { from, event, reason: reason.to_string() };
            }
        }
        if outcome.why_not.is_none() && explain {
            outcome.why_not = Some(reason.to_string());
        }
    }
    invitation::apply(versions, facts, &mut outcome, explain);
    outcome
}

/// Outside the population for good.
fn never(why_not: Option<String>) -> Outcome {
    Outcome { why_not, not_eligible: true, ..Outcome::default() }
}

/// Death, delivery, loss and 転出 end what was owed; what was done stays, and what was finished stays finished. 転出 ends
/// nothing for a child: a person decides. The reason why the subject has left the population, empty if nobody asks.
fn left(rule: &Rule, facts: &Facts<'_>, outcome: &Outcome, explain: bool) -> Option<String> {
    if !outcome.steps.is_empty() && outcome.steps.iter().all(|s| matches!(s.standing, Standing::Done { .. })) {
        return None;
    }
    rule.ended_by.iter().find_map(|end| {
        let date = facts.date(&end.date)?;
        let later = end.after.as_ref().is_none_or(|a| facts.date(a).is_some_and(|d| d.day.hi <= date.day.lo));
        let reason = || format!("{}（{}）のため対象ではありません。", end.because, wareki::span(date.day));
        later.then(|| told(explain, reason))
    })
}

/// The reason why the subject never was in the population, or is out of it for good; empty if nobody asks.
fn outside(rule: &Rule, facts: &Facts<'_>, explain: bool) -> Option<String> {
    let has = |act: &Option<String>| act.as_ref().is_some_and(|code| facts.acts_of(code).any(counts));
    if let Some(cohort) = rule.cohort.as_ref().filter(|c| !c.born.holds(facts) && !has(&c.unless_act)) {
        return Some(told(explain, || format!("{}。", cohort.because)));
    }
    let (_, from, because) = first_condition(&rule.excluded_by, facts)?;
    Some(told(explain, || format!("{because}（{}）。", wareki::date(from))))
}

/// A sentence, made only if somebody asks for it.
fn told(explain: bool, sentence: impl FnOnce() -> String) -> String {
    if explain { sentence() } else { String::new() }
}

/// The first recorded fact that makes the duty moot: (event, day, reason).
fn excused<'r>(rule: &'r Rule, facts: &Facts<'_>) -> Option<(i64, Day, &'r str)> {
    first_condition(&rule.excuses, facts)
}

/// Conditions are tried in the order of the file; within one, the earliest act or period is named.
fn first_condition<'r>(conditions: &'r [Condition], facts: &Facts<'_>) -> Option<(i64, Day, &'r str)> {
    conditions.iter().find_map(|c| {
        if c.unless_act.as_ref().is_some_and(|code| facts.acts_of(code).any(counts)) {
            return None;
        }
        let found = match &c.what {
            What::Act(code) => {
                let from = match &c.from {
                    Some(bound) => Some(bound.day(&Origin::of(facts))?),
                    None => None,
                };
                facts
                    .acts_of(code)
                    .filter(|a| counts(a) && from.is_none_or(|f| f <= a.day.hi))
                    .map(|a| (a.day.hi, a.event))
                    .min()
            }
            What::Period(name) => facts.periods_of(name).map(|p| (p.from, p.event)).min(),
            What::Kin(test) => test.first(facts),
        };
        found.map(|(from, event)| (event, from, c.because.as_str()))
    })
}

/// An act that was really done.
pub(crate) fn counts(act: &Act<'_>) -> bool {
    act.result.is_none_or(|r| !words::NOT_DONE.contains(&r))
}

/// Whether a rule is settled by acts of this code, on whatever day.
pub(crate) fn names(rule: &Rule, act: &Act<'_>) -> bool {
    rule.settles.iter().any(|s| s.act == act.code)
}

/// Whether an act settles a rule by its code and by the days that the rule sets for that code.
pub(crate) fn settles(rule: &Rule, act: &Act<'_>, origin: &Origin<'_>) -> bool {
    counts(act)
        && rule.settles.iter().any(|s| {
            s.act == act.code
                && s.from.as_ref().is_none_or(|b| b.day(origin).is_some_and(|from| from <= act.day.hi))
                && s.to.as_ref().is_none_or(|b| b.day(origin).is_some_and(|to| act.day.lo <= to))
        })
}

/// The version that judges an act of this day: the last one begun by then, or the first (what was done before a rule
/// began counts as if under it: voluntary doses given before a vaccine became 定期).
pub(crate) fn version_on(versions: &[Rule], day: Day) -> Option<&Rule> {
    versions.iter().rev().find(|r| r.valid_from <= day).or_else(|| versions.first())
}

/// A step of the outcome.
pub(crate) fn step(dose: Option<u8>, occurrence: u16, standing: Standing) -> Step {
    Step { dose, occurrence, standing, kin: Vec::new() }
}

/// The sentence under a finished one-off duty.
pub(crate) fn done_sentence(title: &str, on: Day) -> String {
    format!("「{title}」は{}に済んでいます。", wareki::date(on))
}

/// Closing sentences of every open phase: what settles it, the office's notes, the law.
pub(crate) fn closing(rule: &Rule, out: &mut Vec<String>) {
    out.extend(rule.notes.iter().cloned());
    out.extend(rule.changed_because.iter().cloned());
    out.push(format!("根拠：{}。", rule.law));
}
