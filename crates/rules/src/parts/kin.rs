//! Across the family: what is recorded of a related person may ask for something, move a deadline, or excuse.
//!
//! Depth one and recorded facts only ([`crate::Facts::kin`] holds nothing else). Explanations say whose record it was by
//! role (「母の記録」), never by name.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use crate::{
    DateFact, Day, Facts, Outcome, Rule, Span, Standing,
    bound::{Bound, Origin},
    compiled::{KinFact, KinTest},
    evaluate::counts,
    once, wareki, words,
};

impl KinTest {
    /// Name of the act or period.
    pub fn name(&self) -> &str {
        match &self.fact {
            KinFact::Act(name) | KinFact::Period(name) => name,
        }
    }

    /// Days (of a period: its first) and events of the records that meet it, in no order. A bound that cannot be resolved
    /// meets nothing.
    pub fn found(&self, facts: &Facts<'_>) -> Vec<(Day, i64)> {
        let origin = Origin::of(facts);
        let day = |bound: &Option<Bound>| match bound {
            Some(bound) => bound.day(&origin).map(Some),
            None => Some(None),
        };
        let (Some(from), Some(to)) = (day(&self.from), day(&self.to)) else { return Vec::new() };
        let within = |first: Day, last: Option<Day>| {
            from.is_none_or(|from| last.is_none_or(|last| from <= last)) && to.is_none_or(|to| first <= to)
        };
        let scored =
            |number: Option<f64>| self.at_least.is_none_or(|least| number.is_some_and(|n| n >= f64::from(least)));
        let mut out = Vec::new();
        for kin in facts.kin.iter().filter(|k| k.role == self.of) {
            match &self.fact {
                KinFact::Act(code) => {
                    let acts = kin.acts.iter().filter(|a| a.code == code && counts(a) && scored(a.number));
                    out.extend(acts.filter(|a| within(a.day.lo, Some(a.day.hi))).map(|a| (a.day.hi, a.event)));
                }
                KinFact::Period(name) => {
                    let periods = kin.periods.iter().filter(|p| p.name == name && within(p.from, p.to));
                    out.extend(periods.map(|p| (p.from, p.event)));
                }
            }
        }
        out
    }

    /// The earliest record that meets it: (day, event).
    pub fn first(&self, facts: &Facts<'_>) -> Option<(Day, i64)> {
        self.found(facts).into_iter().min()
    }

    /// 「母の記録（令和8年7月1日）によります。」
    pub fn sentence(&self, day: Day) -> String {
        format!("{}の記録（{}）によります。", words::kin_word(&self.of), wareki::date(day))
    }
}

/// A rule that hangs on records of related persons: asked once for each day on which something was recorded, as if that
/// day were a date of the subject.
pub(crate) fn evaluate(rule: &Rule, versions: &[Rule], facts: &Facts<'_>, explain: bool) -> Outcome {
    let mut days: BTreeMap<Day, Vec<(i64, &KinTest)>> = BTreeMap::new();
    for test in &rule.kin {
        for (day, event) in test.found(facts) {
            days.entry(day).or_default().push((event, test));
        }
    }
    let mut outcome = Outcome::default();
    if days.is_empty() {
        outcome.not_eligible = true;
        outcome.why_not = explain.then(|| format!("「{}」の対象になる関係者の記録はありません。", rule.title));
        return outcome;
    }
    let mut open = Vec::new();
    for (occurrence, (day, mut causes)) in (1u16..).zip(days) {
        causes.sort_by_key(|(event, _)| *event);
        let mut asked = facts.clone();
        let event = causes.first().map_or(0, |(event, _)| *event);
        asked.dates.push(DateFact { name: words::KIN_RECORD, day: Span::on(day), event });
        let one = once::evaluate(versions, &asked, None, explain);
        outcome.violations.extend(one.violations);
        outcome.why_not = one.why_not;
        for mut step in one.steps {
            step.occurrence = occurrence;
            step.kin = causes.iter().map(|(event, _)| *event).collect();
            if let (Standing::Open(phases), true, Some((_, test))) = (&mut step.standing, explain, causes.first()) {
                phases.iter_mut().for_each(|phase| phase.because.insert(0, test.sentence(day)));
            }
            let place = if matches!(step.standing, Standing::Done { .. }) { &mut outcome.steps } else { &mut open };
            place.push(step);
        }
    }
    outcome.not_eligible = outcome.steps.is_empty() && open.is_empty();
    outcome.steps.append(&mut open);
    outcome.violations.sort();
    outcome.violations.dedup();
    outcome
}
