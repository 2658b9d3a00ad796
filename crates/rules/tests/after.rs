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
