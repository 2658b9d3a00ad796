//! Random decisions in and out, in any order.

use casework::Role;
use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use server::settlings::group::{By, Group, Mode, Part};
use server::settlings::{count, stage::order};

use super::office::{asked, assert_sound, cities, operate_since, settle, someone, undo};
use crate::support::city::{Hall, today};

/// A group that holds something, if there is one.
fn group(hall: &Hall, rng: &mut SmallRng, actor: &server::platform::Actor) -> Group {
    let mode = if rng.random() { Mode::Start } else { Mode::Month };
    let mut group = Group { mode, ..Group::default() };
    for _ in 0..rng.random_range(0..3) {
        let by = *By::ALL.choose(rng).unwrap();
        let rows = hall.doors.read(actor, |door| count::by(door, &group, by)).unwrap();
        let Some(row) = rows.choose(rng) else { return group };
        let code = row.code.clone().unwrap_or_default();
        group = group.with(by, if code.is_empty() && by == By::District { "-" } else { &code });
    }
    group
}

#[test]
fn random_settlings_and_undos_in_any_order_are_as_if_never_decided() {
    for hall in cities() {
        // In the middle of the history: both rooms have lines.
        operate_since(&hall, today().plus(-700));
        let head = someone(&hall, Role::Head);
        let before = hall.tables();
        let rounds = if hall.name == "SQLite" { 8 } else { 3 };
        let mut decided = 0;
        for seed in 0..rounds {
            let mut rng = SmallRng::seed_from_u64(seed);
            let mut stand: Vec<i64> = Vec::new();
            for n in 0..rng.random_range(3..7) {
                let group = group(&hall, &mut rng, &head);
                let part = Part::ALL[rng.random_range(0..3)];
                let mut wish = asked(&hall, &head, &group, part, &format!("{seed}-{n}"));
                if part == Part::Named {
                    wish.lines.retain(|_| rng.random_bool(0.7));
                }
                if wish.seen == 0 || part == Part::Named && wish.lines.is_empty() {
                    assert!(order(&hall.doors, &head, &hall.books, &wish).is_err(), "nothing to decide");
                    continue;
                }
                let done = settle(&hall, &head, &wish);
                let staged = if part == Part::Named { wish.lines.len() as u64 } else { wish.seen.unsigned_abs() };
                assert_eq!((done.progress.closed, done.progress.changed), (staged, 0), "{} {group:?}", hall.name);
                decided += 1;
                stand.push(done.id);
                if rng.random_bool(0.3) {
                    undo(&hall, stand.remove(rng.random_range(0..stand.len())));
                }
            }
            assert_sound(&hall);
            while !stand.is_empty() {
                undo(&hall, stand.remove(rng.random_range(0..stand.len())));
            }
            assert_eq!(hall.tables(), before, "{} seed {seed}", hall.name);
            assert_eq!(hall.one("select content as t from staged_row"), "", "nothing waits any more");
        }
        assert!(decided > 6, "{}: only {decided} decisions", hall.name);
        assert_sound(&hall);
    }
}
