//! The examples beside the rules (`*.cases.toml`), worked out by hand from the law, against the program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Cases, Expected, day, files, national, root};
use rules::{Day, Outcome, Standing, Status, Step, phase_on, status, status_in_law};

fn name(status: Status) -> &'static str {
    match status {
        Status::NotEligible => "not_eligible",
        Status::Complete => "complete",
        Status::Expired => "expired",
        Status::NotYet => "not_yet",
        Status::Overdue => "overdue",
        Status::Recommended => "recommended",
        Status::Due => "due",
    }
}

fn open(outcome: &Outcome) -> Option<&Step> {
    outcome.steps.iter().find(|s| matches!(s.standing, Standing::Open(_)))
}

/// What differs; empty means as expected. An expected date `""` means that there must be none.
fn differences(outcome: &Outcome, expected: &Expected) -> Vec<String> {
    let on = day(&expected.day);
    let mut out = Vec::new();
    let mut differ = |what: &str, is: String, should: String| {
        if is != should {
            out.push(format!("{what} {is}, expected {should}"));
        }
    };
    differ("status", name(status(outcome, on)).into(), expected.status.clone());
    let phase = phase_on(outcome, on).cloned().unwrap_or_default();
    let date = |d: Option<Day>| d.map(|d| d.to_string()).unwrap_or_default();
    let dates = [
        ("earliest", phase.legal_from, &expected.earliest),
        ("latest", phase.legal_to, &expected.latest),
        ("recommended_from", phase.standard_from, &expected.recommended_from),
        ("recommended_to", phase.standard_to, &expected.recommended_to),
        ("target", phase.target, &expected.target),
        ("escalates", phase.escalates_on, &expected.escalates),
    ];
    for (what, is, should) in dates {
        if let Some(should) = should {
            differ(what, date(is), should.clone());
        }
    }
    let step = open(outcome);
    if let Some(should) = expected.dose_no {
        differ("dose", format!("{:?}", step.and_then(|s| s.dose)), format!("{:?}", Some(should)));
    }
    if let Some(should) = expected.occurrence {
        differ("occurrence", format!("{:?}", step.map(|s| s.occurrence)), format!("{:?}", Some(should)));
    }
    if let Some(should) = expected.total {
        differ("total", format!("{:?}", phase.total), format!("{:?}", Some(should)));
    }
    if let Some(should) = expected.interval_days {
        differ("interval", format!("{:?}", phase.interval_days), format!("{:?}", Some(should)));
    }
    if let Some(should) = &expected.kind {
        differ("kind", phase.kind.clone(), should.clone());
    }
    if let Some(should) = expected.violations {
        differ("violations", outcome.violations.len().to_string(), should.to_string());
    }
    if let Some(should) = &expected.products {
        differ("products", format!("{:?}", phase.allowed_products), format!("{should:?}"));
    }
    if let Some(should) = expected.caution {
        differ("caution", phase.caution.is_some().to_string(), should.to_string());
    }
    if let Some(part) = &expected.why_not {
        let why = outcome.why_not.clone().unwrap_or_default();
        differ("why_not", why.clone(), if why.contains(part) { why } else { format!("…{part}…") });
    }
    if let Some(part) = &expected.because {
        let all = phase.because.join(" ");
        differ("because", all.clone(), if all.contains(part) { all } else { format!("…{part}…") });
    }
    out
}

#[test]
fn every_example_beside_a_rule_holds() {
    let book = national();
    let mut failures = Vec::new();
    let mut checked = std::collections::BTreeMap::new();
    for (path, text) in files(&root().join("national"), ".cases.toml", "") {
        let stem = path.rsplit(['/', '\\']).next().unwrap().trim_end_matches(".cases.toml").to_string();
        let cases: Cases = toml::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
        let stem = cases.rule.clone().unwrap_or(stem);
        let rule = book.rule(&stem).unwrap_or_else(|| panic!("{path}: no rule {stem}"));
        for case in &cases.case {
            let facts = case.facts(&rule.subject);
            let outcome = book.evaluate(rule, &facts, true);
            for expected in &case.on {
                *checked.entry(stem.clone()).or_insert(0) += 1;
                for difference in differences(&outcome, expected) {
                    failures.push(format!("{stem}「{}」 {}: {difference}", case.name, expected.day));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {checked:?}:\n{}", failures.len(), failures.join("\n"));
    let vaccines = book.rules().filter(|r| r.programme == "immunisation");
    let of_vaccines: i32 = vaccines.filter_map(|r| checked.get(&r.id)).sum();
    assert!(of_vaccines >= 600, "{checked:?}");
    for rule in book.rules() {
        assert!(checked.contains_key(&rule.id), "{} has no examples", rule.id);
    }
}

/// The office's working deadline is no part of the law: 1歳6か月児健診 has no standard period.
#[test]
fn the_law_alone_knows_no_working_deadline() {
    let book = national();
    let text = "case = [{ name = \"a\", dates = { birth = \"2024-05-10\" }, on = [] }]";
    let cases: Cases = toml::from_str(text).unwrap();
    let outcome = book.evaluate("checkup_18m", &cases.case[0].facts("child"), false);
    let late = day("2026-04-01");
    assert_eq!(status(&outcome, late), Status::Overdue);
    assert_eq!(status_in_law(&outcome, late), Status::Due);
}
