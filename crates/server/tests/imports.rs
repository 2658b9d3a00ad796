//! The import of residents on both databases: what it writes, that it can be stopped anywhere, and taken back whole.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use casework::{Act, Body, Command, Sensitivity, body::Pregnancy};
use rules::{Day, Span};
use server::intake::imports::{batch, batch::State, withdraw};
use server::intake::residents::{Residents, apply, plan::Effect, stage::NotStaged};
use server::platform::{
    Actor, Clock, Database, Doors, Problem, check,
    store::{Desk, apply as write},
};
use support::city::{Hall, Line, file, halls, today};

fn family() -> Vec<Line<'static>> {
    vec![
        Line { number: "0001", ..Line::default() },
        Line {
            number: "0002", name: "試験 太郎", birth: "S63.3.4", sex: "男", relation: "夫", ..Line::default()
        },
        Line {
            number: "0003", name: "試験 湊", birth: "2024-10-01", sex: "男", relation: "子", ..Line::default()
        },
        Line {
            number: "0004", household: "12", name: "髙﨑 𠮷乃", address: "みなと市二丁目", ..Line::default()
        },
    ]
}

fn assert_sound(hall: &Hall) {
    let report = check::check(hall.doors.database(), &hall.books, today(), |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{}: {:#?}", hall.name, report.findings);
}

fn events(hall: &Hall) -> i64 {
    hall.one("select cast(count(*) as text) as t from event").parse().unwrap()
}

fn file_of(hall: &Hall, number: &str) -> i64 {
    let found = hall.one(&format!(
        "select cast(file as text) as t from person where number = '{number}' and keeper = {}",
        hall.keepers[0]
    ));
    found.parse().unwrap_or_else(|_| panic!("{}: {number} is on file once, not {found:?}", hall.name))
}

/// Somebody at the office records something.
fn record(hall: &Hall, id: &str, act: Act) {
    let keepers = [hall.keepers[0]];
    hall.write(|door| {
        let desk = Desk {
            keeper: keepers[0],
            keepers: &keepers,
            actor: 1,
            today: today(),
            now: door.now(),
            batch: None,
            books: &hall.books,
        };
        write(door.db, &desk, &Command { id: id.into(), act, seen: Vec::new() }).map_err(Problem::from)
    });
}

fn notify(hall: &Hall, number: &str, edd: Day) {
    let pregnancy = Pregnancy {
        edd,
        fetuses: 1,
        birth_order: None,
        satogaeri: None,
        clinic: String::new(),
        note: String::new(),
        next: None,
    };
    let act = Act::NotifyPregnancy { file: file_of(hall, number), day: edd.plus(-200), pregnancy };
    record(hall, &format!("pregnancy-{number}"), act);
}

fn note(hall: &Hall, id: &str, file: i64) {
    let body = Body::Note { text: "窓口で話した".into() };
    let (day, source) = (Span::on(today()), "own".into());
    record(hall, id, Act::Record { file, episode: None, day, source, sensitivity: Sensitivity::Ordinary, body });
}

#[test]
fn the_same_file_again_writes_nothing() {
    for hall in halls() {
        let text = file(&family());
        let staged = hall.stage(&text).unwrap();
        assert_eq!((staged.rows_total, staged.summary.of(Effect::New), staged.summary.households), (4, 4, 2));
        assert_eq!(hall.one("select name as t from person"), "", "{}: nobody before applying", hall.name);
        let first = hall.import(&text);
        assert_eq!((first.state, first.progress.of(Effect::New)), (State::Applied, 4));
        assert_eq!(first.summary.before.as_ref().map(|(id, _)| *id), Some(staged.id), "the same file is named");
        assert_eq!(first.progress.relations, 1, "the son of the head of the household");
        let (tables, count) = (hall.tables(), events(&hall));
        let second = hall.import(&text);
        assert_eq!((second.run.events, second.progress.of(Effect::Unchanged)), (0, 4), "{}", hall.name);
        assert_eq!((hall.tables(), events(&hall)), (tables, count));
        assert_eq!(hall.one("select content as t from staged_row where batch <> 1"), "", "staging is emptied");
        assert_eq!(hall.one("select name as t from person where number = '0004'"), "髙﨑 𠮷乃");
        assert_sound(&hall);
    }
}

#[test]
fn stopped_at_every_chunk_it_goes_on_and_ends_the_same() {
    let mut lines = family();
    lines.push(Line {
        number: "0005",
        name: "試験 凪",
        birth: "2026-06-10",
        change: "出生",
        on: "2026-06-10",
        relation: "子",
        ..Line::default()
    });
    let text = file(&lines);
    let (straight, stopped) = (halls(), halls());
    for (straight, stopped) in straight.iter().zip(&stopped) {
        for hall in [straight, stopped] {
            hall.import(&file(&family()[..1]));
            notify(hall, "0001", today());
        }
        let whole = straight.import(&text);
        let staged = stopped.stage(&text).unwrap();
        apply::order::<Residents>(&stopped.doors, &stopped.actor, staged.id).unwrap();
        let mut steps = 0;
        loop {
            // Another process each time, and somebody else at the wheel.
            let doors = Doors::new(stopped.doors.database().clone(), Clock::pinned(today()));
            let actor = Actor { staff: 7, ..stopped.actor.clone() };
            let work = apply::Work { doors: &doors, actor: &actor, books: &stopped.books };
            steps += 1;
            let batch = apply::step::<Residents>(work, staged.id, 1).unwrap();
            if batch.state == State::Applied {
                assert_eq!(batch.progress.effects, whole.progress.effects);
                assert_eq!(batch.progress.births, 1);
                break;
            }
        }
        assert!(steps > 7, "every row was its own transaction");
        assert_eq!(stopped.tables(), straight.tables(), "{}", stopped.name);
        assert_eq!(events(stopped), events(straight));
        let strangers = stopped.one("select cast(count(*) as text) as t from event where actor = 7");
        assert_eq!(strangers, "0", "events carry the name of whoever ordered the import");
        assert_sound(stopped);
    }
}

#[test]
fn taking_back_restores_and_keeps_what_people_recorded() {
    for hall in halls() {
        hall.import(&file(&family()[..2]));
        notify(&hall, "0001", today().plus(10));
        let before = hall.tables();
        let mut lines = family();
        lines[1].address = "みなと市九丁目";
        lines[0].protected = "1";
        lines.push(Line {
            number: "0005",
            name: "試験 凪",
            birth: "2026-06-10",
            change: "出生",
            on: "2026-06-10",
            relation: "子",
            ..Line::default()
        });
        let batch = hall.import(&file(&lines));
        assert_ne!(hall.tables(), before);
        let back = hall.withdraw(batch.id);
        assert_eq!((back.state, back.run.touched_total), (State::Withdrawn, 0));
        assert_eq!(hall.tables(), before, "{}", hall.name);
        assert_sound(&hall);

        let again = hall.import(&file(&lines));
        let child = file_of(&hall, "0003");
        note(&hall, "talked", child);
        // Half way through, another process carries on.
        withdraw::order::<Residents>(hall.work(), again.id, "取り違え").unwrap();
        while withdraw::step::<Residents>(hall.work(), again.id, 1).unwrap().state == State::Withdrawing {}
        let done = hall.write(|door| batch::find::<Residents>(door, again.id));
        assert_eq!((done.run.touched_total, done.run.touched), (1, vec![child]), "{}", hall.name);
        let left = hall.one(&format!("select kind as t from event where file = {child} and batch is null"));
        assert_eq!(left, "note", "what people recorded stays");
        assert_sound(&hall);
        assert!(
            apply::order::<Residents>(&hall.doors, &hall.actor, again.id).is_err(),
            "what was taken back is not applied again"
        );
    }
}

#[test]
fn a_birth_closes_the_pregnancy_also_of_twins() {
    for hall in halls() {
        hall.import(&file(&family()));
        notify(&hall, "0001", today().plus(5));
        notify(&hall, "0004", today().plus(20));
        let born = |number, name, household| Line {
            number,
            household,
            name,
            birth: "2026-06-10",
            change: "出生",
            on: "2026-06-10",
            relation: "子",
            ..Line::default()
        };
        let mut lines = vec![born("0010", "試験 凪", "11"), born("0011", "試験 澪", "11")];
        // Nobody in this household is known to expect a child.
        lines.push(Line { household: "77", ..born("0012", "試験 迷", "77") });
        let batch = hall.import(&file(&lines));
        assert_eq!((batch.progress.births, batch.progress.births_alone), (2, 1), "{}", hall.name);
        assert_eq!(hall.one("select subjects as t from person where number = '0001'"), "postpartum");
        assert_eq!(hall.one("select subjects as t from person where number = '0004'"), "pregnancy");
        let mother = file_of(&hall, "0001");
        for number in ["0010", "0011"] {
            let twin = file_of(&hall, number);
            let roles = hall.texts(&format!("select role as t from relation where file = {twin} and other = {mother}"));
            assert_eq!(roles, ["mother"], "{}", hall.name);
        }
        let delivered = hall.one("select body as t from event where kind = 'delivered'");
        assert!(delivered.contains(&format!("[{},{}]", file_of(&hall, "0010"), file_of(&hall, "0011"))), "{delivered}");
        assert_sound(&hall);
    }
}

#[test]
fn a_birth_with_two_possible_mothers_is_left_to_people() {
    for hall in halls() {
        let mut lines = family();
        lines[3].household = "11";
        hall.import(&file(&lines));
        notify(&hall, "0001", today());
        notify(&hall, "0004", today());
        let born = Line {
            number: "0010",
            name: "試験 凪",
            birth: "2026-06-10",
            change: "出生",
            on: "2026-06-10",
            relation: "子",
            ..Line::default()
        };
        let batch = hall.import(&file(&[born]));
        assert_eq!((batch.progress.births, batch.progress.births_unclear), (0, 1), "{}", hall.name);
        assert_eq!(hall.one("select kind as t from event where kind = 'delivered'"), "");
    }
}

#[test]
fn a_child_recorded_at_birth_becomes_registered() {
    for hall in halls() {
        hall.import(&file(&family()));
        notify(&hall, "0001", today());
        let (mother, day) = (file_of(&hall, "0001"), today().plus(-5));
        let child = casework::birth::Child { sex: "M".into(), weight: Some(2980), ..Default::default() };
        record(
            &hall,
            "birth",
            Act::Birth(casework::birth::Birth {
                mother,
                episode: 1,
                day,
                weeks: Some(39),
                place: "病院".into(),
                source: "own".into(),
                home_from: None,
                children: vec![child],
            }),
        );
        let before: i64 = hall.one("select cast(max(file) as text) as t from person").parse().unwrap();
        let born = Line {
            number: "0010",
            name: "試験 凪",
            birth: "2026-06-10",
            sex: "男",
            change: "出生",
            on: "2026-06-10",
            relation: "子",
            ..Line::default()
        };
        let batch = hall.import(&file(&[born]));
        assert_eq!((batch.progress.of(Effect::Matched), batch.progress.of(Effect::New)), (1, 0), "{}", hall.name);
        assert_eq!(file_of(&hall, "0010"), before, "no second file for the same child");
        assert_eq!((batch.progress.births, batch.progress.births_alone), (0, 0));
        assert_sound(&hall);
    }
}

#[test]
fn moving_out_opens_a_decision_and_closes_nothing() {
    for hall in halls() {
        hall.import(&file(&family()));
        let open = |hall: &Hall, file: i64| {
            hall.texts(&format!("select key as t from duty where file = {file} and settled_how is null"))
        };
        let child = file_of(&hall, "0003");
        let before = open(&hall, child);
        assert!(!before.is_empty(), "a child of one year has duties");
        let mut gone = Line { to: "となり市", change: "転出", on: "2026-06-12", ..family()[2] };
        let batch = hall.import(&file(&[gone]));
        assert_eq!(batch.progress.of(Effect::MovedOut), 1);
        assert_eq!(hall.one("select gone as t from person where number = '0003'"), "moved_out", "{}", hall.name);
        assert_eq!(hall.one("select kind as t from event where kind in ('released', 'closure')"), "");
        // The same again is nothing; another day is a correction; cancelled, the child is back.
        assert_eq!(hall.import(&file(&[gone])).run.events, 0);
        gone.on = "2026-06-14";
        assert_eq!(hall.import(&file(&[gone])).run.events, 1);
        let day = hall.one("select cast(gone_on as text) as t from person where number = '0003'");
        assert_eq!(day, Day::from_ymd(2026, 6, 14).unwrap().0.to_string());
        hall.import(&file(&[Line { change: "転出取消", on: "2026-06-14", ..family()[2] }]));
        assert_eq!(hall.one("select gone as t from person where number = '0003'"), "");
        assert_eq!(open(&hall, child), before);
        // A stranger who left is nobody's business here.
        let stranger = Line { number: "0999", change: "転出", on: "2026-06-01", ..Line::default() };
        assert_eq!(hall.import(&file(&[stranger])).progress.of(Effect::Passed), 1);
        assert_eq!(hall.one("select name as t from person where number = '0999'"), "");
        assert_sound(&hall);
    }
}

#[test]
fn death_and_return_are_recorded_once() {
    for hall in halls() {
        hall.import(&file(&family()));
        let died = file(&[Line { change: "死亡", on: "2026-06-01", ..family()[3] }]);
        assert_eq!(hall.import(&died).progress.of(Effect::Died), 1);
        assert_eq!(hall.import(&died).run.events, 0, "{}", hall.name);
        let out = file(&[Line { change: "転出", on: "2026-06-02", to: "となり市", ..family()[2] }]);
        hall.import(&out);
        let still = hall.import(&file(&[family()[2]]));
        assert_eq!(still.progress.of(Effect::Left), 1, "gone, and yet listed: a person has to look");
        let back = file(&[Line { change: "転入", on: "2026-06-10", ..family()[2] }]);
        assert_eq!(hall.import(&back).progress.of(Effect::MovedIn), 1);
        assert_eq!(hall.one("select gone as t from person where number = '0003'"), "");
        assert_eq!(hall.import(&back).run.events, 0);
        assert_sound(&hall);
    }
}

#[test]
fn protection_comes_and_goes_with_the_register_and_a_nurses_own_stays() {
    for hall in halls() {
        let shielded = [Line { protected: "1", ..family()[0] }, family()[1], family()[2]];
        let batch = hall.import(&file(&shielded));
        let masked = |hall: &Hall, number: &str| {
            hall.one(&format!("select cast(protected as text) as t from person where number = '{number}'"))
        };
        assert_eq!((masked(&hall, "0001").as_str(), batch.progress.protected_on), ("1", 1), "{}", hall.name);
        assert_eq!(batch.progress.relations, 0, "no relations within a protected family");
        let own = Act::Record {
            file: file_of(&hall, "0002"),
            episode: None,
            day: Span::on(today()),
            source: "own".into(),
            sensitivity: Sensitivity::Ordinary,
            body: Body::Protection { on: true, note: String::new(), review: None },
        };
        record(&hall, "own-protection", own);
        let lifted = hall.import(&file(&family()[..3]));
        assert_eq!(lifted.progress.protected_off, 1);
        assert_eq!((masked(&hall, "0001").as_str(), masked(&hall, "0002").as_str()), ("0", "1"), "{}", hall.name);
        assert_sound(&hall);
    }
}

#[test]
fn broken_rows_are_named_and_good_ones_go_on() {
    for hall in halls() {
        let mut lines = family();
        lines[1].birth = "2024-02-31";
        lines[2].sex = "3";
        let batch = hall.import(&file(&lines));
        assert_eq!((batch.summary.broken, batch.progress.of(Effect::New)), (2, 2), "{}", hall.name);
        let named = hall.write(|door| Ok(server::intake::imports::errors::errors(door, &batch, 10)?));
        let shown: Vec<_> = named.iter().map(|(l, s)| (*l, s.column.as_str(), s.read.as_str())).collect();
        assert_eq!(shown, [(3, "生年月日", "2024-02-31"), (4, "性別", "3")]);
        assert!(named.iter().all(|(_, s)| !s.expected.is_empty()));
        // The mended file adds what was missing and repeats nothing.
        let mended = hall.import(&file(&family()));
        assert_eq!((mended.progress.of(Effect::New), mended.progress.of(Effect::Unchanged)), (2, 2));
    }
}

#[test]
fn a_file_that_is_no_residents_file_leaves_nothing() {
    for hall in halls() {
        for text in ["", "品名,単価\r\nりんご,100\r\n", "%PDF-1.7\n"] {
            assert!(matches!(hall.stage(text), Err(NotStaged::File(_))), "{text:?}");
        }
        assert_eq!(hall.one("select name as t from batch"), "", "{}", hall.name);
    }
}

#[test]
fn a_number_given_to_another_person_is_left_and_named() {
    for hall in halls() {
        hall.import(&file(&family()));
        let other = Line { number: "0001", name: "別人 次郎", birth: "1950-01-01", sex: "男", ..Line::default() };
        let batch = hall.import(&file(&[other]));
        assert_eq!((batch.progress.of(Effect::Left), batch.run.events), (1, 0), "{}", hall.name);
        let named = hall.write(|door| Ok(server::intake::imports::errors::errors(door, &batch, 10)?));
        assert!(named[0].1.expected.contains("別の方"), "{named:?}");
    }
}

#[test]
fn another_keeper_is_neither_touched_nor_told() {
    for hall in halls() {
        let batch = hall.import(&file(&family()));
        let stranger = Actor::program(vec![hall.keepers[1]]);
        let seen: Result<_, Problem> = hall.doors.read(&stranger, |door| batch::find::<Residents>(door, batch.id));
        assert!(matches!(seen, Err(Problem::NotFound)), "{}", hall.name);
        let work = apply::Work { doors: &hall.doors, actor: &stranger, books: &hall.books };
        assert!(matches!(withdraw::order::<Residents>(work, batch.id, "他所"), Err(Problem::NotFound)));
        // The same numbers at another office are other persons.
        let there = Hall {
            name: hall.name,
            doors: hall.doors.clone(),
            books: hall.books.clone(),
            keepers: vec![hall.keepers[1]],
            actor: stranger,
        };
        assert_eq!(there.import(&file(&family())).progress.of(Effect::New), 4);
        let count =
            |keeper: i64| hall.one(&format!("select cast(count(*) as text) as t from person where keeper = {keeper}"));
        assert_eq!((count(hall.keepers[0]), count(hall.keepers[1])), ("4".into(), "4".into()));
        assert_sound(&hall);
    }
}

#[test]
fn a_newer_extract_moves_the_arrival_and_an_older_one_does_not() {
    for hall in halls() {
        let through =
            |hall: &Hall| hall.one("select cast(through as text) || ' ' || cast(lag_days as text) as t from arrival");
        let at = |on: &'static str, change: &'static str| file(&[Line { change, on, ..family()[0] }]);
        hall.import(&at("2026-06-10", "転入"));
        let tenth = format!("{} 7", Day::from_ymd(2026, 6, 10).unwrap().0);
        assert_eq!(through(&hall), tenth, "{}", hall.name);
        hall.import(&at("2026-05-01", "転居"));
        assert_eq!(through(&hall), tenth);
    }
}

#[test]
fn a_database_opened_again_knows_what_is_half_done() {
    let path = support::sqlite::fresh();
    let open = || Database::open(path.to_str().unwrap()).unwrap();
    let database = open();
    database.migrate(&Clock::system()).unwrap();
    let hall = Hall::new("SQLite", database);
    let staged = hall.stage(&file(&family())).unwrap();
    apply::order::<Residents>(&hall.doors, &hall.actor, staged.id).unwrap();
    apply::step::<Residents>(hall.work(), staged.id, 2).unwrap();
    let found = open().read(batch::unfinished::<Residents>).unwrap();
    assert_eq!(found, [(staged.id, hall.keepers[0])]);
}
