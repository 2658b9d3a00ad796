//! Databases written by earlier versions open in this one and say what they said. See `fixtures/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use casework::body::{Assignment, Caution, Pregnancy, Resident};
use casework::{Act, Body, Command, Sensitivity};
use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::Text,
};
use rules::{Day, Span};
use server::platform::{
    Clock, Database, Db, Fault, check,
    db::{CountRow, IdRow},
    rulebook::{self, Books},
    store::{Desk, apply, events_of_many, sync},
};
use support::city::{Hall, Line, file, today};
use support::history::{Family, Tally};

/// What may stand in an event: every word this program writes has to be in the newest fixture.
const KINDS: [&str; 25] = [
    "assigned",
    "batch_withdrawn",
    "born",
    "caution",
    "closure",
    "contact",
    "delivered",
    "died",
    "erased",
    "joined",
    "joined_by",
    "moved_out",
    "note",
    "period",
    "pregnancy_ended",
    "pregnancy_notified",
    "protection",
    "relation",
    "released",
    "resident",
    "service",
    "setting_changed",
    "source_arrived",
    "visit",
    "withdrawn",
];
/// In the table `meta`: the day the fixture's duties were derived for.
const AS_OF: &str = "fixture_as_of";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    t: String,
}

fn words(db: &mut Db, sql: &str) -> Result<Vec<String>, Fault> {
    let rows: Vec<Word> = sql_query(sql).load(db)?;
    Ok(rows.into_iter().map(|row| row.t).collect())
}

/// Opens a copy as an installation would after an upgrade.
fn upgraded(fixture: &Path) -> Database {
    let copy = support::sqlite::fresh();
    std::fs::copy(fixture, &copy).unwrap();
    let database = Database::open(copy.to_str().unwrap()).unwrap();
    database.migrate(&Clock::system()).unwrap();
    database
}

fn as_of(database: &Database) -> Day {
    let day =
        database.read_all(|db| words(db, &format!("select value as t from meta where name = '{AS_OF}'"))).unwrap();
    Day::parse_iso(&day[0]).unwrap()
}

#[test]
fn a_database_of_every_earlier_version_opens_and_is_sound() {
    let mut fixtures: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    fixtures.retain(|path| path.extension().is_some_and(|ext| ext == "db"));
    fixtures.sort();
    assert!(!fixtures.is_empty());
    let books = Books::one(rulebook::shipped().unwrap());
    for fixture in &fixtures {
        let name = fixture.file_name().unwrap().display();
        let size = std::fs::metadata(fixture).unwrap().len();
        // More than half of it is the text of the rulebook it keeps.
        assert!(size < 600_000, "{name} has {size} bytes");
        let database = upgraded(fixture);
        let day = as_of(&database);
        let (files, stored, erased): (Vec<IdRow>, CountRow, CountRow) = database
            .read_all(|db| -> Result<_, Fault> {
                Ok((
                    sql_query("select id from file").load(db)?,
                    sql_query("select count(*) as n from event").get_result(db)?,
                    sql_query("select count(*) as n from event where erased_by is not null").get_result(db)?,
                ))
            })
            .unwrap();
        let ids: Vec<i64> = files.iter().map(|row| row.id).collect();
        let events = database.read_all(|db| events_of_many(db, &ids)).unwrap();
        let all: Vec<_> = events.values().flat_map(|of| &of.events).collect();
        assert_eq!(i64::try_from(all.len()).unwrap(), stored.n, "{name}: every event is read");
        let silent = all.iter().filter(|e| e.body.is_none()).count();
        assert_eq!(i64::try_from(silent).unwrap(), erased.n, "{name}: only what was erased says nothing");
        for event in &all {
            if let Some(body) = &event.body {
                let again = Body::read(Body::VERSION, body.kind(), &body.write().unwrap()).unwrap();
                assert_eq!(&again, body, "{name}: event {}", event.id);
            }
        }
        rulebook::bring_up(&database, &books, day, Clock::pinned(day).now()).unwrap();
        while database.write_all(|db| sync::catch_up(db, &books, day, 200)).unwrap() > 0 {}
        let report = check::check(&database, &books, day, |_| {}).unwrap();
        assert!(report.findings.is_empty(), "{name}: {:#?}", report.findings);
        assert!(report.files > 20 && report.duties > 100, "{name}: {report:?}");
        // And it can be written to.
        record(&database, &ids[ids.len() - 1..], "after-the-upgrade", Body::Note { text: "続き".into() }, day);
        while database.write_all(|db| sync::catch_up(db, &books, day.plus(400), 200)).unwrap() > 0 {}
        assert_eq!(check::check(&database, &books, day.plus(400), |_| {}).unwrap().findings, [], "{name}, later");
    }
    let newest = upgraded(fixtures.last().unwrap());
    let kinds = newest.read_all(|db| words(db, "select distinct kind as t from event order by kind")).unwrap();
    assert_eq!(kinds, KINDS, "the newest fixture holds every word; a new word needs a new fixture");
}

/// Records one thing at the desk of whoever keeps the first file.
fn record(database: &Database, files: &[i64], id: &str, body: Body, day: Day) {
    done(database, files[0], id, recorded(files[0], None, body, day), day);
}

fn recorded(file: i64, episode: Option<i32>, body: Body, day: Day) -> Act {
    let sensitivity = Sensitivity::Ordinary;
    Act::Record { file, episode, day: Span::on(day), source: "own".into(), sensitivity, body }
}

fn done(database: &Database, file: i64, id: &str, act: Act, day: Day) {
    let books = Books::one(rulebook::shipped().unwrap());
    let command = Command { id: id.into(), act, seen: Vec::new() };
    let done = database.write_all(|db| {
        let keeper = sql_query(format!("select keeper as n from file where id = {file}"));
        let keeper = keeper.get_result::<CountRow>(db)?.n;
        let now = i64::from(day.0) * support::history::DAY_US;
        let keepers = [keeper];
        let desk = Desk { keeper, keepers: &keepers, actor: 1, today: day, now, batch: None, books: &books };
        apply(db, &desk, &command)
    });
    done.unwrap_or_else(|e| panic!("{id}: {e:?}"));
}

/// Writes the fixture of this version when it is named; see `fixtures/README.md`. Does nothing in a run of the tests.
#[test]
fn write() {
    let Ok(name) = std::env::var("TSUMUGI_FIXTURE") else { return };
    let target = folder().join(name);
    assert!(!target.exists(), "{} is there; a fixture that has landed is never written again", target.display());
    let path = support::sqlite::fresh();
    let database = Database::open(path.to_str().unwrap()).unwrap();
    database.migrate(&Clock::pinned(today())).unwrap();
    let hall = Hall::new("fixture", database.clone());
    told(&hall);
    lived(&database, &hall);
    let day = database
        .read_all(|db| {
            Ok::<_, Fault>(sql_query("select max(derived_for) as n from file").get_result::<CountRow>(db)?.n)
        })
        .unwrap();
    let day = Day(i32::try_from(day).unwrap()).max(today());
    while database.write_all(|db| sync::catch_up(db, &hall.books, day, 200)).unwrap() > 0 {}
    rulebook::bring_up(&database, &hall.books, day, i64::from(day.0) * support::history::DAY_US).unwrap();
    let kept: Result<(), Fault> =
        database.write_all(|db| Ok(db.batch_execute(&format!("insert into meta values ('{AS_OF}', '{day}')"))?));
    kept.unwrap();
    drop((hall, database));
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute("pragma wal_checkpoint(truncate); pragma journal_mode = delete; vacuum;").unwrap();
    drop(connection);
    std::fs::copy(path, target).unwrap();
}

/// An import, one taken back, and one word of each kind that families do not bring.
fn told(hall: &Hall) {
    let mother = Line { number: "0001", ..Line::default() };
    let child = Line { number: "0002", name: "試験 湊", birth: "2024-10-01", sex: "男", relation: "子", ..mother };
    let shielded = Line { number: "0003", household: "12", name: "髙﨑 𠮷乃", protected: "1", ..mother };
    hall.import(&file(&[mother, child, shielded]));
    let wrong = hall.import(&file(&[Line { number: "0009", household: "19", name: "試験 違", ..mother }]));
    hall.withdraw(wrong.id);
    let one = |sql: &str| -> i64 { hall.one(sql).parse().unwrap() };
    let office = one("select cast(min(file) as text) as t from office");
    let known = one("select cast(file as text) as t from person where number = '0001'");
    let assigned =
        Assignment { district: "東".into(), programme: String::new(), category: String::new(), staff: 1, until: None };
    let caution = Caution { voicemail: Some(false), speak_to: "本人のみ".into(), ..Caution::default() };
    let setting = Body::SettingChanged { name: "operating_since".into(), value: "2026-04-01".into() };
    for (n, (file, body)) in [
        (office, Body::Assigned(assigned)),
        (office, setting),
        (known, Body::Caution(caution)),
        (known, Body::Protection { on: true, note: String::new(), review: None }),
        (known, Body::Protection { on: false, note: "解除".into(), review: None }),
        (known, Body::Resident(Resident { name: "試験 花子".into(), cause: "changed".into(), ..Resident::default() })),
    ]
    .into_iter()
    .enumerate()
    {
        record(hall.doors.database(), &[file], &format!("told-{n}"), body, today());
    }
    // Rare in random histories: a pregnancy that ended.
    let pregnancy = Pregnancy {
        edd: today().plus(150),
        fetuses: 1,
        birth_order: None,
        satogaeri: None,
        clinic: String::new(),
        note: String::new(),
        next: None,
    };
    let notify = Act::NotifyPregnancy { file: known, day: today().plus(-30), pregnancy };
    done(hall.doors.database(), known, "told-pregnancy", notify, today());
    let ended = Body::PregnancyEnded { weeks: Some(18), note: String::new() };
    done(hall.doors.database(), known, "told-end", recorded(known, Some(1), ended, today().plus(-1)), today());
}

/// Families as in the random histories, until every word was said.
fn lived(database: &Database, hall: &Hall) {
    let mut tally = Tally::default();
    for seed in 0..120 {
        let mut family = Family::new(seed, hall.keepers[1], today().plus(-300));
        family.found(database, &hall.books, &mut tally);
        for _ in 0..12 {
            family.step(database, &hall.books, &mut tally);
        }
        let kinds: BTreeSet<String> =
            database.read_all(|db| words(db, "select distinct kind as t from event")).unwrap().into_iter().collect();
        if seed >= 12 && KINDS.iter().all(|kind| kinds.contains(*kind)) {
            return;
        }
    }
    let kinds = database.read_all(|db| words(db, "select distinct kind as t from event order by kind")).unwrap();
    assert_eq!(kinds, KINDS);
}
