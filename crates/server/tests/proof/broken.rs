//! `check` names the promise that was broken: each is broken by hand in a copy of a small database that was worked with.

use crate::support::{
    city::{Hall, halls, today},
    lived::{Lived, lived},
};
use diesel::connection::SimpleConnection;
use server::platform::{
    Fault,
    check::{self, Finding, Promise},
};

fn findings(hall: &Hall) -> Vec<Finding> {
    check::check(hall.doors.database(), &hall.books, today(), |_| {}).unwrap().findings
}

/// How each promise is broken past the program; several ways for some.
fn breaks(l: &Lived, other: i64) -> Vec<(Promise, String)> {
    let (mother, shielded, withdrawn) = (l.mother, l.shielded, l.withdrawn);
    let duty = format!("select min(key) from duty where file = {mother} and settled_how is null");
    vec![
        (Promise::NextStep, format!("update file set standing = 'outside', covered_by = null where id = {mother}")),
        (Promise::NextStep, format!("update file set rederive_on = rederive_on + 400 where id = {mother}")),
        (Promise::NextStep, format!("delete from duty where file = {mother} and key = ({duty})")),
        (
            Promise::NothingClosesSilently,
            format!(
                "update duty set settled_how = 'closed', settled_on = 20000, settled_by = 1 \
                 where file = {mother} and key = ({duty})"
            ),
        ),
        (Promise::OneWritePath, format!("update file set version = version + 1 where id = {mother}")),
        (Promise::OneWritePath, format!("update event set body = replace(body, '試験', '別人') where file = {mother}")),
        (Promise::OneWritePath, format!("update event set body = '{{' where file = {mother} and seq = 1")),
        (
            Promise::OneWritePath,
            format!("update event set body = replace(body, '\"name\"', '\"nom\"') where file = {mother} and seq = 1"),
        ),
        (Promise::OneWritePath, format!("update event set actor = 77 where file = {mother}")),
        (Promise::OneWritePath, format!("delete from event where file = {shielded} and seq = 1")),
        (Promise::OneWritePath, format!("update batch set withdrawn_at = null where id = {withdrawn}")),
        (
            Promise::OneWritePath,
            String::from("update command set result = '' where id = (select min(id) from command)"),
        ),
        (Promise::OneWritePath, format!("update batch set withdrawn_at = 1 where id = {}", l.batch)),
        (Promise::OneWritePath, String::from("update setting set value = '2000-01-01'")),
        (Promise::OneWritePath, String::from("update assignment set staff = 99")),
        (Promise::OneWritePath, String::from("update arrival set through = through + 90")),
        (Promise::OneWritePath, String::from("delete from office_period")),
        (
            Promise::EveryLineCanSayWhy,
            format!("update duty set rule = 'nobody' where file = {mother} and key = ({duty})"),
        ),
        (Promise::EveryLineCanSayWhy, format!("update duty set legal_to = 1 where file = {mother} and key = ({duty})")),
        (Promise::ThePastByItsRules, String::from("update rulebook set content = replace(content, '[', '[ ')")),
        (
            Promise::ScoreIsNotDecision,
            format!(
                "update event set kind = 'closure', actor = 0 where file = {mother} and kind = 'note' and body is not null; \
                 update event set kind = 'released', actor = 0 where file = {shielded} and kind = 'note'"
            ),
        ),
        (Promise::TwoDataPlanes, format!("update person set keeper = {other} where file = {mother}")),
        (Promise::TwoDataPlanes, format!("update event set keeper = {other} where file = {shielded}")),
        (Promise::TwoDataPlanes, format!("update duty set keeper = {other} where file = {mother}")),
        (
            Promise::TwoDataPlanes,
            format!(
                "insert into relation (keeper, file, other, role, from_day, event) \
                 select keeper, file, {shielded}, 'mother', 0, 1 from person where file = {mother}"
            ),
        ),
        (Promise::ProtectedEverywhere, format!("update person set protected = 0 where file = {shielded}")),
        (Promise::ProtectedEverywhere, format!("update person set address = 'みなと市' where file = {mother}")),
        (Promise::CivilDates, format!("update event set day_hi = day_lo - 1 where file = {mother}")),
        (
            Promise::LimitsAreNamed,
            format!(
                "update batch set progress = replace(progress, '\"events\":', '\"events\":1') where id = {}",
                l.batch
            ),
        ),
        (Promise::WhatMustGoCanGo, String::from("update event set code = 'x' where erased_by is not null")),
        (Promise::WhatMustGoCanGo, format!("update event set body = null, salt = null where file = {shielded}")),
        (
            Promise::WhatMustGoCanGo,
            format!("update event set body = null, salt = null, erased_by = id where file = {shielded} and seq = 1"),
        ),
        (Promise::WhatMustGoCanGo, format!("update search_key set key = 'x' || key where file = {mother}")),
    ]
}

#[test]
fn check_names_the_promise_that_was_broken() {
    let all: Vec<Promise> = {
        let hall = halls().swap_remove(0);
        let lived = lived(&hall);
        breaks(&lived, hall.keepers[1]).into_iter().map(|(promise, _)| promise).collect()
    };
    for promise in Promise::ALL {
        assert!(all.contains(&promise), "{promise:?} is never broken");
    }
    let mut missed = Vec::new();
    for (n, promise) in all.into_iter().enumerate() {
        for hall in halls() {
            let lived = lived(&hall);
            if n == 0 {
                assert_eq!(findings(&hall), [], "{}: nothing is broken yet", hall.name);
            }
            let (_, sql) = breaks(&lived, hall.keepers[1]).swap_remove(n);
            let done: Result<(), Fault> = hall.doors.database().write_all(|db| Ok(db.batch_execute(&sql)?));
            done.unwrap_or_else(|e| panic!("{}: {sql}: {e}", hall.name));
            let found = findings(&hall);
            let named = format!("promise {} ({})", promise as u8, promise.name());
            if !found.iter().any(|f| f.promise == promise && f.to_string().starts_with(&named)) {
                missed.push(format!("{}: {promise:?}: {sql}: {found:?}", hall.name));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// A record nobody can read is named with its file and its number, and hides nothing else.
#[test]
fn what_cannot_be_read_is_named_and_everything_else_is_still_examined() {
    for hall in halls() {
        let l = lived(&hall);
        let broken = hall.one(&format!("select cast(min(id) as text) as t from event where file = {}", l.mother));
        let sql = format!(
            "update event set body = '{{' where id = {broken}; update person set protected = 0 where file = {}; \
             delete from reading where id = (select min(id) from reading)",
            l.shielded
        );
        let done: Result<(), Fault> = hall.doors.database().write_all(|db| Ok(db.batch_execute(&sql)?));
        done.unwrap();
        let (_, found) = server::cli::check::verified(hall.doors.database(), today()).unwrap();
        let all = found.join("\n");
        let named = format!("promise 3 (One write path): file {}: event {broken}: it cannot be read", l.mother);
        assert!(all.contains(&named), "{}: {all}", hall.name);
        assert!(all.contains("Protected is protected everywhere"), "{}: {all}", hall.name);
        let anchor = crate::support::sqlite::fresh();
        let audit = server::platform::audit::verify(hall.doors.database(), &anchor).unwrap();
        assert!(!audit.findings.is_empty(), "{}: the audit chain is verified all the same", hall.name);
    }
}

/// The promises are those of the paper, in its words.
#[test]
fn the_promises_are_those_of_the_paper() {
    let paper = include_str!("../../../../ARCHITECTURE.md");
    for promise in Promise::ALL {
        let words = format!("{}. **{}", promise as u8, promise.name());
        assert!(paper.contains(&words), "ARCHITECTURE.md does not say: {words}");
    }
}
