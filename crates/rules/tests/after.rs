//! Rules that wait for another one: 「先の規則が済んでから」.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Case, day};
use rules::{RuleFile, Rulebook, Standing, Status, phase_on, status};

fn rule(id: &str, act: &str, once: &str) -> (String, RuleFile) {
    let text = format!(
        r#"
id = "{id}"
service = "{id}"
title = "{id}回目"
area = "予防接種"
law = "法"
source = "出典"
subject = "child"
programme = "immunisation"
tier = 1
evidence = "own"
counting = "calendar"
basis = "試し"
valid_from = "2000-01-01"
population = {{ needs = ["birth"] }}
settles = [{{ act = "{act}" }}]
[once]
{once}
"#
    );
    (format!("rulebook/national/x/{id}.toml"), toml::from_str(&text).unwrap_or_else(|e| panic!("{e}")))
}

const FIRST: &str = r#"
only_within = true
window = [{ from = "生後42日", to = "出生日から8月後", standard_to = "開始日から28日後" }]
"#;
const SECOND: &str = r#"
only_within = true
flag_early = true
after = { rule = "first", days = 28 }
window = [{ from = "生後70日", to = "出生日から8月後", standard_to = "開始日から28日後" }]
"#;

fn pair() -> Rulebook {
    let second = rule("second", "hepb", SECOND);
    Rulebook::build(vec![rule("first", "rota", FIRST), second], vec![]).unwrap()
}

fn child(acts: &[&str]) -> Case {
    let acts: Vec<String> = acts.iter().map(|a| format!("\"{a}\"")).collect();
    let text = format!("name = \"a\"\ndates = {{ birth = \"2026-01-31\" }}\nacts = [{}]\non = []", acts.join(","));
    toml::from_str(&text).unwrap()
}

/// Born 2026-01-31: the first from 2026-03-14 (42 days), the second from 2026-04-11 (70 days), both to 2026-09-30.
#[test]
fn until_the_first_is_done_the_second_waits() {
    let case = child(&["2026-04-20 hepb"]);
    let outcome = pair().evaluate("second", &case.facts("child"), true);
    assert_eq!(outcome.waits_for.as_deref(), Some("first"));
    for (on, expected) in [
        ("2026-04-10", Status::NotYet),
        ("2026-04-11", Status::NotYet),
        ("2026-09-30", Status::NotYet),
        ("2026-10-01", Status::Expired),
    ] {
        assert_eq!(status(&outcome, day(on)), expected, "{on}");
    }
    let phase = phase_on(&outcome, day("2026-04-11")).unwrap();
    assert_eq!((phase.legal_from, phase.legal_to), (Some(day("2026-04-11")), Some(day("2026-09-30"))));
    assert!(phase.because[1].contains("まだ済んでいない"), "{:?}", phase.because);
    assert!(outcome.violations[0].1.contains("「first回目」が済んでいないため数えていません"), "{outcome:?}");
}

#[test]
fn then_not_before_the_interval_and_the_standard_period_moves_along() {
    let book = pair();
    // 2026-04-01 + 28 days = 2026-04-29, later than the 70 days; 28 more = 2026-05-27.
    let case = child(&["2026-04-01 rota", "2026-04-28 hepb"]);
    let outcome = book.evaluate("second", &case.facts("child"), true);
    assert_eq!(outcome.waits_for, None);
    assert_eq!(outcome.violations.len(), 1, "one day too early is flagged, not counted");
    for (on, expected) in [
        ("2026-04-28", Status::NotYet),
        ("2026-04-29", Status::Recommended),
        ("2026-05-27", Status::Recommended),
        ("2026-05-28", Status::Overdue),
        ("2026-10-01", Status::Expired),
    ] {
        assert_eq!(status(&outcome, day(on)), expected, "{on}");
    }
    let because = &phase_on(&outcome, day("2026-05-01")).unwrap().because;
    assert!(because[1].contains("令和8年4月1日から28日後の令和8年4月29日以降"), "{because:?}");
    // An early first leaves the age as the later of the two.
    let case = child(&["2026-03-13 rota", "2026-03-14 rota", "2026-04-11 hepb"]);
    let outcome = book.evaluate("second", &case.facts("child"), false);
    assert_eq!(outcome.steps[0].standing, Standing::Done { on: day("2026-04-11"), event: 4 });
}

#[test]
fn an_interval_that_ends_after_the_window_leaves_it_expired() {
    let case = child(&["2026-09-20 rota"]);
    let outcome = pair().evaluate("second", &case.facts("child"), false);
    assert_eq!(status(&outcome, day("2026-09-21")), Status::Expired);
}

#[test]
fn by_itself_a_rule_goes_on_waiting() {
    let case = child(&["2026-04-01 rota"]);
    let book = pair();
    let alone = rules::evaluate(book.rule("second").unwrap(), &case.facts("child"), true);
    assert_eq!(status(&alone, day("2026-05-01")), Status::NotYet);
}

#[test]
fn what_cannot_come_after_is_a_fault() {
    let faults = |files: Vec<(String, RuleFile)>| {
        let found = Rulebook::build(files, vec![]).unwrap_err();
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let second = || rule("second", "hepb", SECOND);
    let found = faults(vec![second()]);
    assert_eq!(found, "rulebook/national/x/second.toml（規則 second）：after の規則「first」がありません");
    let found = faults(vec![rule("first", "rota", &SECOND.replace("\"first\"", "\"second\"")), second()]);
    assert!(found.contains("after をたどると「first」自身に戻ります"), "{found}");
    let found =
        faults(vec![rule("first", "rota", FIRST), rule("second", "hepb", &SECOND.replace("only_within = true", ""))]);
    assert!(found.contains("only_within = true とともに"), "{found}");
    let mut other = rule("first", "rota", FIRST);
    other.1.subject = "resident".into();
    assert!(faults(vec![other, second()]).contains("対象（subject）が違います"));
}

#[test]
fn acts_of_another_vocabulary_are_named_by_the_caller() {
    let files = || vec![rule("first", "mmr1", FIRST)];
    assert!(Rulebook::build(files(), vec![]).is_err());
    assert!(Rulebook::build_naming(files(), vec![], &["mmr1"]).is_ok());
    assert!(Rulebook::build_naming(files(), vec![], &["mmr2"]).is_err());
}

/// The second also keeps its distance from BCG and stays open after a long illness.
const PARTS: &str = r#"
[[spacing]]
after = ["bcg"]
clear_days = 27
because = "注射生ワクチンどうしは27日以上あける"
[[extension]]
when_period = ["special_circumstance"]
when_ended = true
to = "事情がなくなった日から24月に至る日"
because = "長期療養の特例"
"#;

fn pair_with_parts() -> Rulebook {
    let mut second = rule("second", "mr", SECOND).1;
    let parts: toml::Table = toml::from_str(PARTS).unwrap();
    second.spacing = parts["spacing"].clone().try_into().unwrap();
    second.extension = parts["extension"].clone().try_into().unwrap();
    Rulebook::build(vec![rule("first", "rota", FIRST), ("second.toml".into(), second)], vec![]).unwrap()
}

/// Turn 2026-04-29; BCG on 20 April keeps 27 days closed, to 17 May; the standard period still ends 28 days after the turn.
#[test]
fn a_turn_and_a_distance_both_hold() {
    let book = pair_with_parts();
    let case = child(&["2026-04-01 rota", "2026-04-20 bcg", "2026-04-28 mr", "2026-05-17 mr"]);
    let outcome = book.evaluate("second", &case.facts("child"), true);
    let phase = phase_on(&outcome, day("2026-05-17")).unwrap();
    assert_eq!((phase.legal_from, phase.standard_to), (Some(day("2026-05-18")), Some(day("2026-05-27"))));
    assert_eq!(outcome.violations.len(), 2, "{:?}", outcome.violations);
    assert!(outcome.violations[0].1.contains("対象となる令和8年4月29日より前"), "{:?}", outcome.violations);
    assert!(outcome.violations[1].1.contains("27日以上あけるため"), "{:?}", outcome.violations);
    let told = |part: &str| phase.because.iter().any(|b| b.contains(part));
    assert!(told("28日後の令和8年4月29日以降") && told("令和8年5月18日から"), "{:?}", phase.because);
    let case = child(&["2026-04-01 rota", "2026-04-20 bcg", "2026-05-18 mr"]);
    let outcome = book.evaluate("second", &case.facts("child"), false);
    assert_eq!(status(&outcome, day("2026-05-18")), Status::Complete);
    // Without the first it waits, whatever BCG closes.
    let case = child(&["2026-04-20 bcg", "2026-05-18 mr"]);
    let outcome = book.evaluate("second", &case.facts("child"), false);
    assert_eq!((status(&outcome, day("2026-05-18")), outcome.waits_for.as_deref()), (Status::NotYet, Some("first")));
}

/// Ill from August to December 2026: open until 2028-12-30. The first on 20 September turns it on 18 October, after the
/// normal window.
#[test]
fn a_turn_holds_in_the_later_window_too() {
    let book = pair_with_parts();
    let ill = |acts: &[&str]| {
        let mut case = child(acts);
        case.periods.push("special_circumstance 2026-08-01 2026-12-31".into());
        case
    };
    let case = ill(&["2026-09-20 rota", "2026-10-17 mr"]);
    let outcome = book.evaluate("second", &case.facts("child"), true);
    assert_eq!(outcome.violations.len(), 1, "{:?}", outcome.violations);
    for (on, expected) in [
        ("2026-10-17", Status::NotYet),
        ("2026-10-18", Status::Due),
        ("2028-12-30", Status::Due),
        ("2028-12-31", Status::Expired),
    ] {
        assert_eq!(status(&outcome, day(on)), expected, "{on}");
    }
    let phase = phase_on(&outcome, day("2026-10-18")).unwrap();
    assert!(phase.because[1].contains("令和8年10月18日以降"), "{:?}", phase.because);
    let case = ill(&["2026-09-20 rota", "2026-10-18 mr"]);
    let outcome = book.evaluate("second", &case.facts("child"), false);
    assert_eq!(outcome.steps[0].standing, Standing::Done { on: day("2026-10-18"), event: 3 });
    // While the first is not done, the later window stands as written and waits.
    let outcome = book.evaluate("second", &ill(&[]).facts("child"), false);
    assert_eq!(status(&outcome, day("2027-01-01")), Status::NotYet);
    assert_eq!(status(&outcome, day("2028-12-31")), Status::Expired);
}
