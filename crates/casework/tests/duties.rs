//! Which rules become やること.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use casework::{Body, Event, Person, Sensitivity, View, body::Resident, duties::derive, explain, fold};
use rules::{Day, RuleFile, Rulebook, Span};

/// A rule for every child, from birth for 27 days.
fn rule(id: &str, duty: &str) -> (String, RuleFile) {
    let text = format!(
        r#"{{"id": "{id}", "service": "{id}", "title": "{id}", "area": "乳児訪問", "law": "法", "source": "出典",
        "subject": "child", "programme": "infant_visit", "tier": 1, "evidence": "own", "counting": "calendar",
        "basis": "法定の訪問", "valid_from": "2000-04-01", {duty} "population": {{"needs": ["birth"]}},
        "settles": [{{"act": "home_visit_newborn"}}],
        "once": {{"window": [{{"from": "出生日", "to": "生後27日"}}]}}}}"#
    );
    (id.to_string(), serde_json::from_str(&text).unwrap())
}

#[test]
fn a_window_of_law_that_is_no_duty_is_neither_derived_nor_explained() {
    let book = Rulebook::build(vec![rule("asked", ""), rule("law_only", "\"duty\": false,")], Vec::new()).unwrap();
    let birth = Day::parse_iso("2026-06-15").unwrap();
    let body = Resident { birth: Some(Span::on(birth)), cause: "birth".into(), ..Resident::default() };
    let events = [Event {
        id: 1,
        keeper: 1,
        file: 1,
        seq: 1,
        episode: None,
        day: Span::on(birth),
        source: "residents".into(),
        batch: None,
        sensitivity: Sensitivity::Ordinary,
        actor: 1,
        recorded_at: i64::from(birth.0) * 86_400_000_000,
        corrects: None,
        body: Some(Body::Resident(body)),
    }];
    let story = fold(&events, View::default());
    let person = Person::read(&story);
    let on = birth.plus(3);
    let derived = derive(&story, &person, &[], &book, on);
    let rules: Vec<&str> = derived.duties.iter().map(|d| d.rule.as_str()).collect();
    assert_eq!(rules, ["asked"]);
    assert!(explain::why(&story, &person, &[], &book, "asked", on).rule.is_some());
    assert!(explain::why(&story, &person, &[], &book, "law_only", on).rule.is_none());
    // Other subjects' rules say why not; a window of law has nothing to say on a person's page.
    let silent = explain::why_not(&story, &person, &[], &book);
    assert!(silent.iter().all(|not| not.rule.id != "law_only"), "{silent:?}");
}
