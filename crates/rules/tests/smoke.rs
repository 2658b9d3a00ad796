//! The national rulebook can be read as a whole.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rules::*;

#[test]
fn mr1_of_a_child() {
    let mut files = Vec::new();
    for area in std::fs::read_dir("../../rulebook/national").unwrap() {
        for entry in std::fs::read_dir(area.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().to_string();
            if name.ends_with(".cases.toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((name.clone(), toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))));
        }
    }
    let book = Rulebook::build(files, Vec::new()).unwrap_or_else(|f| panic!("{f:?}"));
    let birth = Day::parse_iso("2025-05-01").unwrap();
    let facts = Facts {
        subject: "child",
        dates: vec![DateFact { name: "birth", day: birth.into(), event: 1 }],
        ..Facts::default()
    };
    for rule in book.rules_for("child") {
        println!("{} {:#?}", rule.id, evaluate(rule, &facts, true));
    }
    let outcome = book.evaluate("mr1", &facts, false);
    assert_eq!(status(&outcome, Day::parse_iso("2026-04-29").unwrap()), Status::NotYet);
    assert_eq!(status(&outcome, Day::parse_iso("2026-04-30").unwrap()), Status::Due);
}
