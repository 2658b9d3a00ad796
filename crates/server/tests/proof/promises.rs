//! The promises hold for thousands of random histories, on both databases.

use crate::support::history::{Family, Tally, offices};
use casework::{Act, Body, Command, Sensitivity};
use diesel::{RunQueryDsl, sql_query};
use rules::{Day, Span};
use server::platform::{
    Clock, Database, Db, Fault, check,
    db::CountRow,
    rulebook::{self, Books},
    store::{Desk, apply, sync, write::NotApplied},
};

/// An empty database of each engine with the schema: (name, database).
fn databases() -> Vec<(&'static str, Database)> {
    let sqlite = Database::open(crate::support::sqlite::fresh().to_str().unwrap()).unwrap();
    sqlite.migrate(&Clock::system()).unwrap();
    let (owner, app) = crate::support::pg::fresh();
    Database::open(&owner).unwrap().migrate(&Clock::system()).unwrap();
    vec![("SQLite", sqlite), ("PostgreSQL", Database::open(&app).unwrap())]
}

fn start() -> Day {
    Day::from_ymd(2025, 1, 15).unwrap()
}

fn catch_up(database: &Database, books: &Books, today: Day) {
    while database.write_all(|db| sync::catch_up(db, books, today, 200)).unwrap() > 0 {}
}

fn assert_sound(name: &str, database: &Database, books: &Books, today: Day) {
    let report = check::check(database, books, today, |_| {}).unwrap();
    let shown: Vec<_> = report.findings.iter().take(5).collect();
    assert!(report.findings.is_empty(), "{name} on {today}: {} findings, e.g. {shown:#?}", report.findings.len());
}

/// Promises 1–5, 9, 11: whatever was recorded, in whatever order, stored duties are those of the events; the turning of
/// the date and a derivation from scratch agree, also after a month off.
#[test]
fn stored_duties_are_always_those_of_the_events() {
    let books = Books::one(rulebook::shipped().unwrap());
    for (name, database) in databases() {
        let keepers = offices(&database);
        for keeper in keepers {
            crate::support::history::settling::begin(&database, &books, keeper, start().plus(60));
        }
        let mut tally = Tally::default();
        let mut last = start();
        let histories = if name == "SQLite" { 1500 } else { 700 };
        for seed in 0..histories {
            let mut family = Family::new(seed, keepers[usize::try_from(seed % 2).unwrap()], start());
            family.found(&database, &books, &mut tally);
            for _ in 0..12 {
                family.step(&database, &books, &mut tally);
            }
            last = last.max(family.today);
        }
        assert!(tally.applied > tally.refused && tally.refused > 100 && tally.repeated > 100, "{name}: {tally:?}");
        assert!(tally.settled > 200 && tally.undone > 10, "{name}: {tally:?}");
        // The histories are no proof for the family or for narrow records unless they hold some.
        for what in ["sensitivity > 0", "hidden_from is not null"] {
            let sql = format!("select count(*) as n from duty where {what}");
            let count = |db: &mut Db| Ok::<_, Fault>(sql_query(&sql).get_result::<CountRow>(db)?.n);
            let n = database.read_all(count).unwrap();
            assert!(n >= 3, "{name}: {n} duties with {what}");
        }
        for days in [0, 1, 31, 120] {
            catch_up(&database, &books, last.plus(days));
            assert_sound(name, &database, &books, last.plus(days));
        }
    }
}

/// Promise 3: two desks at once on one family lose nothing and tear nothing.
#[test]
fn two_writers_at_once_on_one_family() {
    let books = Books::one(rulebook::shipped().unwrap());
    for (name, database) in databases() {
        let keepers = offices(&database);
        let mut family = Family::new(1, keepers[0], start());
        family.found(&database, &books, &mut Tally::default());
        let file = family.files[0];
        let note = |n: u32, who: u32| Command {
            id: format!("w{who}-{n}"),
            act: Act::Record {
                file,
                episode: None,
                day: Span::on(start()),
                source: "own".into(),
                sensitivity: Sensitivity::Ordinary,
                body: Body::Note { text: format!("{who}の{n}") },
            },
            seen: vec![(file, 1)],
        };
        const EACH: u32 = 60;
        std::thread::scope(|scope| {
            for who in 0..4 {
                let (database, books, family) = (&database, &books, &family);
                scope.spawn(move || {
                    for n in 0..EACH {
                        let keepers = [family.keeper];
                        let desk = family.desk(books, &keepers);
                        database.write_all(|db| apply(db, &desk, &note(n, who))).unwrap();
                    }
                });
            }
        });
        let of = database.read_all(|db| server::platform::store::events_of(db, file)).unwrap();
        let notes = of.events.iter().filter(|e| matches!(e.body, Some(Body::Note { .. }))).count();
        assert_eq!(notes, usize::try_from(4 * EACH).unwrap(), "{name}");
        catch_up(&database, &books, start());
        assert_sound(name, &database, &books, start());
    }
}

/// A conflict is raised only if something the act depends on came meanwhile; and another keeper's file does not exist.
#[test]
fn conflicts_and_strangers() {
    let books = Books::one(rulebook::shipped().unwrap());
    for (name, database) in databases() {
        let keepers = offices(&database);
        let mut family = Family::new(2, keepers[0], start());
        family.found(&database, &books, &mut Tally::default());
        let file = family.files[0];
        let record = |id: &str, body: Body, seen: i32| Command {
            id: id.into(),
            act: Act::Record {
                file,
                episode: None,
                day: Span::on(start()),
                source: "own".into(),
                sensitivity: Sensitivity::Ordinary,
                body,
            },
            seen: vec![(file, seen)],
        };
        let version = |database: &Database| {
            let of = database.read_all(|db| server::platform::store::events_of(db, file)).unwrap();
            of.events.last().unwrap().seq
        };
        let own = [keepers[0]];
        let other = [keepers[1]];
        let desk = family.desk(&books, &own);
        let seen = version(&database);
        let note = || Body::Note { text: "メモ".into() };
        database.write_all(|db| apply(db, &desk, &record("a", note(), seen))).unwrap();
        // A note does not touch what a closure depends on: no conflict although the version moved.
        let closure = || {
            Body::Closure(casework::body::Closure {
                key: "mr1".into(),
                how: "not_applicable".into(),
                reason: "対象外".into(),
            })
        };
        database.write_all(|db| apply(db, &desk, &record("b", closure(), seen))).unwrap();
        let second = database.write_all(|db| apply(db, &desk, &record("c", closure(), seen)));
        assert!(matches!(second, Err(NotApplied::Conflict(_))), "{name}: {second:?}");
        let before = version(&database);
        let stranger = Desk { keeper: keepers[1], keepers: &other, ..desk };
        let foreign = database.write_all(|db| apply(db, &stranger, &record("d", note(), seen)));
        assert!(matches!(foreign, Err(NotApplied::NotFound)), "{name}: {foreign:?}");
        assert_eq!(version(&database), before, "{name}: a stranger wrote");
        // Nothing of a refused or conflicting command is kept, not even its id.
        database.write_all(|db| apply(db, &desk, &record("c", note(), seen))).unwrap();
    }
}

/// Promise 11: after 抹消 nothing of what was said is left in the database, and the chain still verifies.
#[test]
fn what_is_erased_is_gone() {
    use diesel::{QueryableByName, sql_types::BigInt};
    #[derive(QueryableByName)]
    struct Left {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let books = Books::one(rulebook::shipped().unwrap());
    for (name, database) in databases() {
        let keepers = offices(&database);
        let mut family = Family::new(3, keepers[0], start());
        family.found(&database, &books, &mut Tally::default());
        let file = family.files[0];
        let own = [keepers[0]];
        let desk = family.desk(&books, &own);
        let run = |id: &str, act: Act| {
            let command = Command { id: id.into(), act, seen: vec![] };
            database.write_all(|db| apply(db, &desk, &command)).unwrap()
        };
        let body = |text: &str| Body::Note { text: text.into() };
        let wrong = run(
            "e1",
            Act::Record {
                file,
                episode: None,
                day: Span::on(start()),
                source: "own".into(),
                sensitivity: Sensitivity::Ordinary,
                body: body("ひみつのことば"),
            },
        );
        let event = wrong.events[0];
        run("e2", Act::Correct { file, event, day: Span::on(start()), body: body("ひみつのことば 二") });
        run("e3", Act::Erase { file, event, reason: "別の家庭".into() });
        let left: Left = database
            .read_all(|db| -> Result<Left, Fault> {
                Ok(sql_query("select count(*) as n from event where body like '%ひみつ%'").get_result(db)?)
            })
            .unwrap();
        assert_eq!(left.n, 0, "{name}");
        assert_sound(name, &database, &books, start());
    }
}

/// A content changed behind the program's back is found.
#[test]
fn an_altered_record_is_found() {
    let books = Books::one(rulebook::shipped().unwrap());
    for (name, database) in databases() {
        let keepers = offices(&database);
        let mut family = Family::new(4, keepers[0], start());
        family.found(&database, &books, &mut Tally::default());
        database
            .write_all(|db| -> Result<(), Fault> {
                sql_query("update event set body = replace(body, '試験', '別人')").execute(db)?;
                Ok(())
            })
            .unwrap();
        let report = check::check(&database, &books, start(), |_| {}).unwrap();
        assert!(report.findings.iter().any(|f| f.what.contains("altered")), "{name}: {report:?}");
    }
}
