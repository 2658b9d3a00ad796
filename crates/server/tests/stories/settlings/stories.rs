//! What a centre meets on its first days.

use casework::{Body, Role, Sensitivity, body::Service};
use server::cli::check::verified;
use server::intake::imports::{apply, batch::State, withdraw};
use server::platform::{Actor, Clock, Doors, Problem, check};
use server::settlings::Settling;
use server::settlings::group::{By, Group, Mode, Part};
use server::settlings::stage::{Asked, order};
use server::settlings::{count, lines::Named};

use super::office::{
    act, asked, assert_sound, cities, counted, listed, of_state, operate_since, settle, someone, start, states, undo,
};
use crate::support::city::{Hall, today};

const RED: [&str; 3] = ["overdue", "judge", "unconfirmed"];

fn duties(hall: &Hall) -> Vec<String> {
    hall.texts(
        "select cast(file as text) || ' ' || key || ' ' || cast(phase as text) || ' ' || coalesce(settled_how, '') \
         as t from duty order by file, key, phase, sensitivity",
    )
}

/// Lines of the files that were closed by decision.
fn closed(hall: &Hall) -> Vec<String> {
    hall.texts(
        "select distinct cast(file as text) || ':' || key as t from duty where settled_how = 'closed' order by t",
    )
}

fn by_name(group: Group, lines: Vec<Named>) -> Asked {
    let (how, reason) = (String::from("before"), String::from("確かめた"));
    Asked { group, part: Part::Named, how, reason, lines, once: "by-name".into(), ..Asked::default() }
}

fn one(hall: &Hall, actor: &Actor, line: Named) -> i64 {
    settle(hall, actor, &by_name(start(), vec![line])).id
}

#[test]
fn the_first_morning_is_not_red_and_what_was_before_is_worked_off_to_zero() {
    for hall in cities() {
        let name = hall.name;
        let red: i64 = RED.iter().map(|state| of_state(&hall, state)).sum();
        assert!(red > 100, "{name}: without 稼働基準日 the history looks like neglect: {:?}", states(&hall));
        operate_since(&hall, today());
        let morning = states(&hall);
        for state in RED.iter().chain(&["monthly", "waiting"]) {
            assert_eq!(of_state(&hall, state), 0, "{name}: {morning:?}");
        }
        let (before, near, planned) = (of_state(&hall, "before"), of_state(&hall, "near"), of_state(&hall, "planned"));
        assert!(before >= red, "{name}: nothing is lost: {morning:?}");
        assert!(near + planned > 20, "{name}: what lies ahead stands: {morning:?}");

        let head = someone(&hall, Role::Head);
        let all = counted(&hall, &head, &start());
        assert_eq!(all.lines, before, "{name}: every line of 移行前 is in the room");
        assert!(all.closed() > 50 && all.named > 50, "{name}: {all:?}");
        let untouched = duties(&hall);

        // Tier 2 whose time is over goes in one decision, and what belongs to pregnancies of long ago.
        let whole = settle(&hall, &head, &asked(&hall, &head, &start(), Part::Closed, "a"));
        assert_eq!(
            (whole.state, whole.progress.closed, whole.progress.changed),
            (State::Applied, all.closed().unsigned_abs(), 0)
        );
        let crowd = "select cast(count(*) as text) as t from duty where settled_how = 'closed' and tier <> 2";
        let long_over = format!(
            "{crowd} and (episode is not null and coalesce(next_on, target, standard_to, legal_to) < {} \
             or episode is null and category = '' and legal_to < {})",
            today().0 - 366,
            today().0 - 180
        );
        assert_eq!(hall.one(crowd), hall.one(&long_over), "{name}: of tier 1 only what is long over");
        assert_ne!(hall.one(crowd), "0", "{name}: and there are some");
        let late = format!(
            "select cast(count(*) as text) as t from duty where settled_how = 'closed' and legal_to >= {}",
            today().0
        );
        assert_eq!(hall.one(&late), "0", "{name}: nobody who may still come was closed in a crowd");
        assert_eq!(of_state(&hall, "before"), all.named, "{name}");

        // The rest by name; one child is taken out.
        let mut by_name = asked(&hall, &head, &start(), Part::Named, "b");
        let kept = by_name.lines.pop().unwrap();
        let named = settle(&hall, &head, &by_name);
        assert_eq!(named.progress.closed, all.named.unsigned_abs() - 1, "{name}");
        assert_eq!(listed(&hall, &head, &start(), Part::Named), std::slice::from_ref(&kept), "{name}");
        let last = one(&hall, &head, kept);
        assert_eq!(of_state(&hall, "before"), 0, "{name}: zero is reached");
        assert_eq!(
            (of_state(&hall, "near"), of_state(&hall, "planned")),
            (near, planned),
            "{name}: the list is the same"
        );
        let settled = hall.doors.read(&head, |door| count::settled(door, Mode::Start)).unwrap();
        assert_eq!(settled, (all.lines.unsigned_abs(), 3), "{name}");
        assert_sound(&hall);

        for id in [named.id, last, whole.id] {
            undo(&hall, id);
            assert_sound(&hall);
        }
        assert_eq!(duties(&hall), untouched, "{name}: as if never decided");
        assert_eq!(counted(&hall, &head, &start()).lines, before, "{name}");
    }
}

#[test]
fn what_the_law_still_allows_is_carried_on_with_a_next_date_for_each() {
    for hall in cities() {
        operate_since(&hall, today());
        let (name, head) = (hall.name, someone(&hall, Role::Head));
        let all = counted(&hall, &head, &start());
        assert!(all.carried > 10 && all.carried < all.named, "{name}: {all:?}");
        let untouched = duties(&hall);
        let listed_before = of_state(&hall, "planned");

        let done = settle(&hall, &head, &asked(&hall, &head, &start(), Part::Carried, "c"));
        assert_eq!((done.progress.closed, done.progress.changed), (all.carried.unsigned_abs(), 0), "{name}");
        let left = counted(&hall, &head, &start());
        assert_eq!((left.lines, left.carried), (all.lines - all.carried, 0), "{name}");
        assert_eq!(closed(&hall), Vec::<String>::new(), "{name}: nothing was closed");
        let wrong = format!(
            "select cast(count(*) as text) as t from duty where next_on is not null and settled_how is null \
             and coalesce(applies_until, {0}) >= {0} and coalesce(applies_from, {0}) <= {0} and (next_on < {0} or next_on > {0} + 366 or next_on > coalesce(legal_to, next_on) or tier <> 2)",
            today().0
        );
        assert_eq!(hall.one(&wrong), "0", "{name}: within a year, and within the law");
        let days =
            "select distinct cast(next_on as text) as t from duty where next_on is not null and settled_how is null";
        assert!(hall.texts(days).len() > 5, "{name}: the year's work is spread over the year");
        assert!(of_state(&hall, "planned") > listed_before, "{name}");
        assert_sound(&hall);

        undo(&hall, done.id);
        assert_eq!(duties(&hall), untouched, "{name}: as if never decided");

        let day = today().plus(40);
        let wish = Asked { next_on: Some(day), ..asked(&hall, &head, &start(), Part::Carried, "d") };
        settle(&hall, &head, &wish);
        let later = format!("select cast(count(*) as text) as t from duty where next_on > {}", day.0);
        assert_eq!(hall.one(&later), "0", "{name}: all on one day, or before the law ends");
        assert_sound(&hall);
    }
}

#[test]
fn groups_add_up_and_a_protected_child_is_in_no_district() {
    for hall in cities() {
        operate_since(&hall, today());
        let head = someone(&hall, Role::Head);
        let all = counted(&hall, &head, &start());
        for by in By::ALL {
            let rows = hall.doors.read(&head, |door| count::by(door, &start(), by)).unwrap();
            assert!(rows.len() > 1, "{}: {by:?}", hall.name);
            assert_eq!(rows.iter().map(|r| r.lines).sum::<i64>(), all.lines, "{}: {by:?}", hall.name);
            assert_eq!(rows.iter().map(|r| r.named).sum::<i64>(), all.named, "{}: {by:?}", hall.name);
            for row in rows.iter().take(3) {
                let code = row.code.clone().unwrap_or_default();
                let code = if code.is_empty() && by == By::District { "-".into() } else { code };
                assert_eq!(counted(&hall, &head, &start().with(by, &code)).lines, row.lines, "{}: {code}", hall.name);
            }
        }
        let protected = "select cast(file as text) as t from person where protected = 1";
        let protected: Vec<i64> = hall.texts(protected).iter().map(|t| t.parse().unwrap()).collect();
        assert!(protected.len() >= 3);
        for district in ["北部", "中部", "南部"] {
            let group = start().with(By::District, district);
            for part in [Part::Closed, Part::Named] {
                let lines = listed(&hall, &head, &group, part);
                assert!(!lines.is_empty() && lines.iter().all(|l| !protected.contains(&l.file)), "{district}");
            }
        }
    }
}

#[test]
fn what_was_done_while_it_ran_is_not_closed_and_pressing_twice_decides_once() {
    for hall in cities() {
        operate_since(&hall, today());
        let head = someone(&hall, Role::Coordinator);
        let group = start().with(By::Service, "checkup_3y");
        let wish = asked(&hall, &head, &group, Part::Closed, "twice");
        let lines = listed(&hall, &head, &group, Part::Closed);
        let id = order(&hall.doors, &head, &hall.books, &wish).unwrap();
        assert_eq!(order(&hall.doors, &head, &hall.books, &wish).unwrap(), id, "{}", hall.name);
        let Named { file, key } = lines[1].clone();
        let service = Service { code: "checkup_3y".into(), result: "normal".into(), ..Service::default() };
        act(&hall, "came", file, Sensitivity::Ordinary, Body::Service(service));
        let done = apply::run::<Settling>(hall.work(), id, |_| {}).unwrap();
        assert_eq!((done.progress.changed, done.progress.closed), (1, lines.len() as u64 - 1), "{}", hall.name);
        assert!(!closed(&hall).contains(&format!("{file}:{key}")), "{}", hall.name);
        assert_sound(&hall);
    }
}

#[test]
fn more_lines_than_were_seen_are_not_decided() {
    for hall in cities() {
        operate_since(&hall, today());
        let head = someone(&hall, Role::Head);
        let mut wish = asked(&hall, &head, &start(), Part::Closed, "c");
        wish.seen -= 1;
        assert!(matches!(order(&hall.doors, &head, &hall.books, &wish), Err(Problem::Refused(_))));
        assert_eq!(hall.one("select cast(count(*) as text) as t from batch where kind = 'settling'"), "0");
        assert_eq!(hall.one("select cast(count(*) as text) as t from staged_row"), "0");
        // A line that is none, or another office's, closes nothing.
        let strange = vec![Named { file: 9_999_999, key: "mr1".into() }, Named { file: 1, key: "nothing".into() }];
        let done = settle(&hall, &head, &by_name(start(), strange));
        assert_eq!((done.progress.closed, done.progress.changed), (0, 2), "{}", hall.name);
    }
}

#[test]
fn what_rests_on_narrow_records_is_in_no_crowd_and_in_no_count_of_those_who_may_not_know() {
    for hall in cities() {
        operate_since(&hall, today().plus(-2000));
        let (nurse, head) = (someone(&hall, Role::Phn), someone(&hall, Role::Head));
        let month = Group::default();
        let before = counted(&hall, &nurse, &month);
        let files = hall.texts("select cast(file as text) as t from person where number like '1%' order by file");
        for (n, file) in files.iter().enumerate() {
            let body = Body::Service(Service { code: "bcg".into(), result: "done".into(), ..Service::default() });
            act(&hall, &format!("y{n}"), file.parse().unwrap(), Sensitivity::Compartment, body);
        }
        let narrow =
            hall.one("select cast(count(*) as text) as t from duty where sensitivity > 0 or hidden_from is not null");
        assert_ne!(narrow, "0", "{}: the records do change duties", hall.name);
        let after = counted(&hall, &nurse, &month);
        assert_eq!(
            (after.lines, after.named, after.persons),
            (before.lines, before.named, before.persons),
            "{}",
            hall.name
        );
        for part in [Part::Closed, Part::Named] {
            for line in listed(&hall, &head, &month, part) {
                let sql = format!(
                    "select cast(max(sensitivity) as text) || coalesce(cast(max(hidden_from) as text), '') as t from duty \
                     where file = {} and key = '{}' and settled_how is null and sensitivity = 0",
                    line.file, line.key
                );
                assert_eq!(hall.one(&sql), "0", "{}: {line:?}", hall.name);
            }
        }
    }
}

#[test]
fn stopped_at_every_chunk_it_goes_on_and_ends_the_same() {
    let (straight, stopped) = (cities(), cities());
    for (straight, stopped) in straight.iter().zip(&stopped) {
        operate_since(straight, today());
        operate_since(stopped, today());
        let head = someone(straight, Role::Head);
        let group = start().with(By::District, "北部");
        let whole = settle(straight, &head, &asked(straight, &head, &group, Part::Closed, "a"));
        let id =
            order(&stopped.doors, &head, &stopped.books, &asked(stopped, &head, &group, Part::Closed, "a")).unwrap();
        let mut steps = 0;
        let last = loop {
            // Another process each time, and the program itself at the wheel.
            let doors = Doors::new(stopped.doors.database().clone(), Clock::pinned(today()));
            let actor = Actor { staff: 7, ..stopped.actor.clone() };
            let work = apply::Work { doors: &doors, actor: &actor, books: &stopped.books };
            steps += 1;
            let batch = apply::step::<Settling>(work, id, 3).unwrap();
            if batch.state != State::Applying {
                break batch;
            }
        };
        assert!(steps > 5, "{steps}");
        assert_eq!((last.progress.clone(), last.run.events), (whole.progress.clone(), whole.run.events));
        assert_eq!(duties(stopped), duties(straight), "{}", stopped.name);
        assert_eq!(stopped.one("select cast(count(*) as text) as t from event where actor = 7"), "0");
        withdraw::order::<Settling>(stopped.work(), id, "取り違え").unwrap();
        while withdraw::step::<Settling>(stopped.work(), id, 1).unwrap().state == State::Withdrawing {}
        undo(straight, whole.id);
        assert_eq!(duties(stopped), duties(straight), "{}", stopped.name);
        assert_sound(stopped);
    }
}

#[test]
fn what_was_being_taken_back_when_the_program_stopped_is_finished_before_anything_is_compared() {
    for hall in cities() {
        operate_since(&hall, today());
        let head = someone(&hall, Role::Head);
        let before = duties(&hall);
        let done = settle(&hall, &head, &asked(&hall, &head, &start(), Part::Closed, "a"));
        withdraw::order::<Settling>(hall.work(), done.id, "取り違え").unwrap();
        // The stop came here: the decisions count no more, and their lines still stand closed.
        let half = check::check(hall.doors.database(), &hall.books, today(), |_| {}).unwrap();
        let silent = |f: &check::Finding| f.promise == check::Promise::NothingClosesSilently;
        assert!(half.findings.iter().any(silent), "{}: {:?}", hall.name, half.findings);
        let (_, findings) = verified(hall.doors.database(), today()).unwrap();
        assert_eq!((findings, duties(&hall)), (Vec::new(), before), "{}", hall.name);
    }
}
