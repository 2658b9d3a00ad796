//! Two derivations compared: what comes, what goes, what moves; and nothing is lost on the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use casework::{
    Duty, difference,
    difference::{Change, Part, changes},
    duties::{Settled, SettledHow},
};
use proptest::prelude::*;
use rules::{Day, Phase};

fn duty(service: &str, phase: i32, legal_to: i32) -> Duty {
    Duty {
        key: service.to_owned(),
        phase,
        episode: None,
        service: service.to_owned(),
        dose: None,
        occurrence: 0,
        rule: service.to_owned(),
        rule_from: Some(Day(1000)),
        tier: 1,
        source: "own".into(),
        programme: "checkup".into(),
        category: String::new(),
        window: Phase { legal_to: Some(Day(legal_to)), ..Phase::default() },
        next_on: None,
        settled: None,
    }
}

#[test]
fn each_side_alone_comes_or_goes_and_a_pair_moves() {
    let old = [duty("bcg", 0, 100), duty("mr1", 0, 200), duty("mr1", 1, 300)];
    let new = [duty("mr1", 0, 200), duty("mr1", 1, 330), duty("rota", 0, 50)];
    let found = difference(&old, &new);
    assert_eq!(found.removed, [duty("bcg", 0, 100)]);
    assert_eq!(found.added, [duty("rota", 0, 50)]);
    assert_eq!(found.moved, [(duty("mr1", 1, 300), duty("mr1", 1, 330))]);
}

#[test]
fn a_pair_says_which_of_its_days_moved_and_what_else() {
    let old = duty("mr1", 0, 200);
    let mut new = duty("mr1", 0, 230);
    new.window.target = Some(Day(190));
    new.tier = 2;
    new.settled = Some(Settled { on: Day(120), by: 7, how: SettledHow::Done });
    let plain = |part| Change { part, from: None, to: None };
    let expected = [
        Change { part: Part::LegalTo, from: Some(Day(200)), to: Some(Day(230)) },
        Change { part: Part::Target, from: None, to: Some(Day(190)) },
        plain(Part::Settled),
        plain(Part::Tier),
    ];
    assert_eq!(changes(&old, &new), expected);
    // Another version with the same days is a change of its own kind.
    let version = Duty { rule_from: Some(Day(2000)), ..old.clone() };
    assert_eq!(changes(&old, &version), [plain(Part::Other)]);
    assert_eq!(changes(&old, &old), []);
}

fn list() -> impl Strategy<Value = Vec<Duty>> {
    let one = (0..6_u8, 0..3_i32, 0..3_i32).prop_map(|(s, phase, to)| duty(&format!("s{s}"), phase, to));
    prop::collection::vec(one, 0..14).prop_map(|mut duties| {
        duties.sort_by(|a, b| (&a.key, a.phase).cmp(&(&b.key, b.phase)));
        duties.dedup_by(|a, b| (&a.key, a.phase) == (&b.key, b.phase));
        duties
    })
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(a in list()) {
        prop_assert!(difference(&a, &a).is_empty());
    }

    #[test]
    fn the_difference_makes_the_new_of_the_old(a in list(), b in list()) {
        prop_assert_eq!(difference(&a, &b).applied_to(&a), b);
    }

    #[test]
    fn back_again_is_the_other_way_round(a in list(), b in list()) {
        let (there, back) = (difference(&a, &b), difference(&b, &a));
        prop_assert_eq!(there.added, back.removed);
        prop_assert_eq!(there.moved.len(), back.moved.len());
        prop_assert!(there.moved.iter().all(|(x, y)| !changes(x, y).is_empty()));
    }
}
