//! Services besides vaccination: the windows of law that are nobody's duty, what a town changes, and enough examples.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Case, Cases, day, files, national, national_files, root};
use rules::{RuleOverride, Rulebook, Status, phase_on, status, status_in_law};

fn case(text: &str) -> Case {
    toml::from_str(&format!("name = \"a\"\n{text}\non = []")).unwrap()
}

/// The nation's rules with the changes of one municipality; `residents.toml` is no rule.
fn of_town(code: &str) -> Rulebook {
    let read = |(path, text): (String, String)| {
        let change: RuleOverride = toml::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
        (path, change)
    };
    let changes = files(&root().join("municipalities").join(code), ".toml", "residents.toml");
    Rulebook::build(national_files(), changes.into_iter().map(read).collect()).unwrap_or_else(|f| panic!("{f:?}"))
}

/// Window and standard period of a rule for one subject, as `from to standard_from standard_to` (`-` = no such bound).
fn dates(book: &Rulebook, rule: &str, text: &str) -> String {
    let outcome = book.evaluate(rule, &case(text).facts(&book.rule(rule).unwrap().subject), false);
    let phase = phase_on(&outcome, day("2026-06-01")).unwrap();
    let all = [phase.legal_from, phase.legal_to, phase.standard_from, phase.standard_to];
    all.map(|d| d.map_or("-".to_string(), |d| d.to_string())).join(" ")
}

#[test]
fn two_duties_for_one_visit_do_not_arise() {
    let book = national();
    let visits = |duty: bool| {
        let mut ids: Vec<_> = book.rules_for("child").filter(|r| r.area == "乳児訪問" && r.duty == duty).collect();
        ids.sort_by(|a, b| a.id.cmp(&b.id));
        ids.iter().map(|r| r.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(visits(true), ["home_visit"]);
    assert_eq!(visits(false), ["home_visit_newborn"]);
    let keys: Vec<_> = book.rules().filter(|r| r.duty).map(|r| (&r.service, &r.subject)).collect();
    for (n, key) in keys.iter().enumerate() {
        assert!(!keys[n + 1..].contains(key), "two duties {key:?}");
    }
}

#[test]
fn a_rule_is_a_duty_unless_it_says_otherwise_and_an_office_may_say_so() {
    let book = national();
    assert!(book.rule("checkup_18m").unwrap().duty);
    assert!(!book.rule("shouman_continue").unwrap().duty);
    let change: RuleOverride =
        toml::from_str("id = \"shouman_continue\"\nbecause = \"保健所のケース記録\"\nduty = true").unwrap();
    let path = "rulebook/prefectures/99/shouman_continue.toml".to_string();
    let book = Rulebook::build(national_files(), vec![(path, change)]).unwrap();
    assert!(book.rule("shouman_continue").unwrap().duty);
}

/// What an office need not decide one by one stays off its first list.
#[test]
fn the_new_rules_are_quiet() {
    let book = national();
    let tier = |id: &str| book.rule(id).unwrap().tier;
    for id in ["checkup_1m", "checkup_5y", "postnatal_care", "hearing_screening", "maternity_benefit_2"] {
        assert_eq!(tier(id), 3, "{id}");
    }
    for id in ["checkup_9_11m", "postpartum_checkup_2w", "postpartum_checkup_1m"] {
        assert_eq!(tier(id), 2, "{id}");
    }
}

#[test]
fn a_town_has_its_own_days() {
    let (nation, town) = (national(), of_town("992011"));
    for (rule, subject, national, towns) in [
        // 28〜41日 → 27〜41日
        (
            "checkup_1m",
            "dates = { birth = \"2026-05-10\" }",
            "2026-06-07 - 2026-06-07 2026-06-20",
            "2026-06-06 - 2026-06-06 2026-06-20",
        ),
        // 3か月〜6月に至る日 → 4か月〜7月に至る日
        (
            "checkup_3_4m",
            "dates = { birth = \"2026-02-10\" }",
            "2026-05-10 2026-08-09 - -",
            "2026-06-10 2026-09-09 - -",
        ),
        (
            "checkup_9_11m",
            "dates = { birth = \"2025-08-10\" }",
            "2026-05-10 2026-08-09 - -",
            "2026-06-10 2026-08-09 - -",
        ),
        // 7〜21日 → 5〜21日
        (
            "postpartum_checkup_2w",
            "dates = { delivery = \"2026-06-01\" }",
            "2026-06-08 - 2026-06-08 2026-06-22",
            "2026-06-06 - 2026-06-06 2026-06-22",
        ),
        // 25〜45日 → 22〜56日
        (
            "postpartum_checkup_1m",
            "dates = { delivery = \"2026-06-01\" }",
            "2026-06-26 - 2026-06-26 2026-07-16",
            "2026-06-23 - 2026-06-23 2026-07-27",
        ),
    ] {
        assert_eq!(dates(&nation, rule, subject), national, "{rule}");
        assert_eq!(dates(&town, rule, subject), towns, "{rule}");
    }
    assert_eq!((nation.rule("checkup_1m").unwrap().tier, town.rule("checkup_1m").unwrap().tier), (3, 2));
    assert_eq!(dates(&nation, "checkup_18m", "dates = { birth = \"2024-12-01\" }"), "2026-06-01 2026-11-30 - -");
    assert_eq!(dates(&town, "checkup_18m", "dates = { birth = \"2024-12-01\" }"), "2026-06-01 2026-11-30 - -");
}

/// The working deadline of an office (here 30 days before the end) is none of the law's business.
#[test]
fn in_law_a_window_without_a_standard_period_is_due_to_its_last_day() {
    let book = national();
    let case = case("dates = { birth = \"2025-04-10\" }");
    let outcome = book.evaluate("checkup_9_11m", &case.facts("child"), false);
    for (on, office, law) in [
        ("2026-03-10", Status::Due, Status::Due),
        ("2026-03-11", Status::Overdue, Status::Due),
        ("2026-04-09", Status::Overdue, Status::Due),
        ("2026-04-10", Status::Expired, Status::Expired),
    ] {
        assert_eq!((status(&outcome, day(on)), status_in_law(&outcome, day(on))), (office, law), "{on}");
    }
}

#[test]
fn there_are_enough_examples() {
    let written: usize = files(&root().join("national"), ".cases.toml", "")
        .iter()
        .filter(|(path, _)| !path.contains("vaccination") && !path.contains("register"))
        .map(|(path, text)| {
            let cases: Cases = toml::from_str(text).unwrap_or_else(|e| panic!("{path}: {e}"));
            cases.case.iter().map(|c| c.on.len()).sum::<usize>()
        })
        .sum();
    assert!(written >= 220, "{written} expectations, 120 of them for what is new since the first hundred");
}
