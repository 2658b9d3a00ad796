//! The edges of every window of vaccination, read from the rule files: the day before the first, the first, the last and
//! the day after the last give the status that the conventions demand, for everybody and in every phase.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{day, files, national, root};
use rules::{
    DateFact, Day, Facts, Outcome, Period, Phase, RuleFile, Span, Standing, Status,
    bound::{Bound, Origin},
    phase_on,
    rule::Bounds,
    status_in_law,
};

/// Month ends, the leap day, both sides of 1 April, a birth with 31 days in the month of each limit.
const DAYS: [&str; 10] = [
    "2024-12-28",
    "2024-12-29",
    "2024-12-31",
    "2024-02-29",
    "2025-04-01",
    "2025-04-02",
    "2025-07-31",
    "2025-08-31",
    "2026-01-30",
    "2026-05-15",
];

fn facts(subject: &str, on: Day) -> Facts<'_> {
    let name = if subject == "pregnancy" { "edd" } else { "birth" };
    let female = Period { name: "female", from: on, to: None, event: 2 };
    let dates = vec![DateFact { name, day: Span::on(on), event: 1 }];
    Facts { subject, dates, periods: vec![female], ..Facts::default() }
}

fn vaccinations() -> Vec<RuleFile> {
    let read = |(path, text): (String, String)| toml::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
    files(&root().join("national/vaccination"), ".toml", ".cases.toml").into_iter().map(read).collect()
}

fn resolve(words: &[String], facts: &Facts<'_>) -> Vec<Day> {
    words.iter().filter_map(|w| Bound::parse(w).unwrap().day(&Origin::of(facts))).collect()
}

fn words(bounds: &Bounds) -> Vec<String> {
    match bounds {
        Bounds::One(text) => vec![text.clone()],
        Bounds::Many(texts) => texts.clone(),
    }
}

/// (first, last) day of the normal window as the file words it; `None` for windows of one cohort.
fn window(file: &RuleFile, facts: &Facts<'_>) -> Option<(Day, Option<Day>)> {
    if let Some(series) = &file.series {
        let from = resolve(std::slice::from_ref(&series.from), facts)[0];
        return Some((from, series.to.as_ref().map(|to| resolve(std::slice::from_ref(to), facts)[0])));
    }
    let plain = file.once.as_ref()?.window.iter().find(|w| w.born.is_none() && w.when_period.is_empty())?;
    let from = resolve(&words(&plain.from), facts).into_iter().max()?;
    Some((from, plain.to.as_ref().and_then(|to| resolve(&words(to), facts).into_iter().min())))
}

#[test]
fn the_four_edge_days_of_every_window() {
    let book = national();
    let mut checked = 0;
    for file in vaccinations().into_iter().filter(|f| f.valid_to.is_none()) {
        for birth in DAYS {
            let birth = day(birth);
            let facts = facts(&file.subject, birth.plus(if file.subject == "pregnancy" { 900 } else { 0 }));
            let Some((first, last)) = window(&file, &facts) else { continue };
            let outcome = book.evaluate(&file.id, &facts, false);
            if outcome.not_eligible {
                assert_eq!(file.id, "dpt_ipv", "{birth}");
                continue;
            }
            let at = |on: Day| status_in_law(&outcome, on);
            let open = [Status::Due, Status::Recommended, Status::Overdue];
            assert_eq!(at(first.plus(-1)), Status::NotYet, "{} {birth}", file.id);
            assert!(open.contains(&at(first)), "{} {birth} {first}", file.id);
            checked += 2;
            let Some(last) = last else { continue };
            assert!(open.contains(&at(last)), "{} {birth} {last}", file.id);
            assert_eq!(at(last.plus(1)), Status::Expired, "{} {birth}", file.id);
            checked += 2;
        }
    }
    assert!(checked > 500, "{checked}");
}

/// What the conventions demand of a phase on a day, read from its dates.
fn demanded(phase: &Phase, on: Day) -> Status {
    if phase.legal_to.is_some_and(|to| to < on || phase.legal_from > Some(to)) {
        return Status::Expired;
    }
    match (phase.standard_from, phase.standard_to) {
        _ if Some(on) < phase.legal_from => Status::NotYet,
        (_, Some(to)) if to < on => Status::Overdue,
        (Some(from), _) if from <= on => Status::Recommended,
        (None, Some(_)) => Status::Recommended,
        _ => Status::Due,
    }
}

fn edges(outcome: &Outcome) -> usize {
    let Some(Standing::Open(phases)) = outcome.steps.last().map(|s| &s.standing) else { return 0 };
    let mut checked = 0;
    for phase in phases {
        let dates = [phase.legal_from, phase.legal_to, phase.standard_from, phase.standard_to, phase.applies_until];
        for on in dates.into_iter().flatten().flat_map(|d| [d.plus(-1), d, d.plus(1)]) {
            let holds = phase_on(outcome, on).unwrap();
            assert!(holds.applies_from.is_none_or(|f| f <= on) && holds.applies_until.is_none_or(|u| on <= u), "{on}");
            assert_eq!(status_in_law(outcome, on), demanded(holds, on), "{on} {holds:?}");
            checked += 1;
        }
    }
    checked
}

#[test]
fn the_edges_of_every_phase() {
    let book = national();
    let mut checked = 0;
    for birth in DAYS {
        for subject in ["child", "pregnancy"] {
            let plain = facts(subject, day(birth));
            let mut ill = plain.clone();
            let (from, to) = (day(birth).plus(60), Some(day(birth).plus(900)));
            ill.periods.push(Period { name: "special_circumstance", from, to, event: 3 });
            for facts in [plain, ill] {
                let of_vaccines = book.rules_for(subject).filter(|r| r.programme == "immunisation");
                checked += of_vaccines.map(|r| edges(&book.evaluate(r, &facts, false))).sum::<usize>();
            }
        }
    }
    assert!(checked > 3000, "{checked}");
}
