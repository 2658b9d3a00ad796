//! What a killed process left behind.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Act, Command, Sensitivity, body::Pregnancy};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Span};
use server::cli::unfinished;
use server::intake::imports::batch::{self, State};
use server::intake::residents::{Batch, Residents};
use server::platform::{
    Clock, Database, Db, Doors, Fault, Problem, check,
    db::{CountRow, IdRow},
    rulebook::{self, Books},
    store::{Applied, Desk, apply, sync, write::NotApplied},
};

use crate::child::{APPLICATION, cursor};
use crate::support::city::{Hall, today};

/// A command the child said was done.
pub struct Told {
    command: String,
    applied: Applied,
}

impl Told {
    pub fn read(line: &str) -> Told {
        let (command, applied) = line.split_once(' ').unwrap_or_else(|| panic!("half a line: {line}"));
        Told { command: command.to_owned(), applied: serde_json::from_str(applied).expect("a whole line") }
    }
}

pub fn offices(database: &Database) -> Vec<i64> {
    let rows: Result<Vec<IdRow>, Fault> =
        database.read_all(|db| Ok(sql_query("select id from office order by id").load(db)?));
    rows.unwrap().into_iter().map(|row| row.id).collect()
}

/// Waits until PostgreSQL has noticed that the child is gone: what it was committing then is committed or gone.
pub fn settle(database: &Database) {
    let there = |db: &mut Db| -> Result<i64, Fault> {
        match db {
            Db::Sqlite(_) => Ok(0),
            Db::Pg(pg) => Ok(sql_query(format!(
                "select count(*) as n from pg_stat_activity \
                 where datname = current_database() and application_name = '{APPLICATION}'"
            ))
            .get_result::<CountRow>(pg)?
            .n),
        }
    };
    while database.read_all(there).unwrap() > 0 {
        std::thread::yield_now();
    }
}

#[derive(QueryableByName)]
struct CommandRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    result: String,
}

fn commands(db: &mut Db) -> Result<BTreeMap<String, Applied>, Fault> {
    let rows: Vec<CommandRow> = sql_query("select id, result from command").load(db)?;
    rows.into_iter()
        .map(|row| {
            let applied =
                serde_json::from_str(&row.result).map_err(|e| Fault::new(format!("command {}: {e}", row.id)))?;
            Ok((row.id, applied))
        })
        .collect()
}

/// Of every import: how many of its events are there, and how many it counted in the transaction of its events.
type Counted = Vec<(i64, i64)>;

/// Events that imports brought, and what the imports counted.
fn brought(db: &mut Db) -> Result<(BTreeSet<i64>, Counted), Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        progress: String,
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let ids: Vec<IdRow> = sql_query("select id from event where batch is not null").load(db)?;
    let rows: Vec<Row> = sql_query(
        "select progress, (select count(*) from event e where e.batch = b.id) as n from batch b where progress <> ''",
    )
    .load(db)?;
    let counted = |row: Row| -> Result<(i64, i64), Fault> {
        let progress: serde_json::Value = serde_json::from_str(&row.progress)?;
        Ok((row.n, progress["events"].as_i64().unwrap_or(0)))
    };
    Ok((ids.into_iter().map(|row| row.id).collect(), rows.into_iter().map(counted).collect::<Result<_, _>>()?))
}

fn events(db: &mut Db) -> Result<BTreeSet<i64>, Fault> {
    let rows: Vec<IdRow> = sql_query("select id from event").load(db)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Every command that was said to be done is there with its events.
pub fn assert_nothing_lost(name: &str, database: &Database, told: &[Told]) {
    let (commands, events) = database.read_all(|db| Ok::<_, Fault>((commands(db)?, events(db)?))).unwrap();
    for Told { command, applied } in told {
        assert_eq!(commands.get(command), Some(applied), "{name}: {command} was answered with success");
        for event in &applied.events {
            assert!(events.contains(event), "{name}: event {event} of {command} is lost");
        }
    }
}

/// Every event belongs to one command that is there whole, or to a chunk of an import whose count says so; every file has
/// its events, and the engine finds no damage.
pub fn assert_nothing_half(name: &str, database: &Database) {
    let (commands, events, empty, (brought, counts)) = database
        .read_all(|db| {
            let empty: Vec<IdRow> = sql_query(
                "select id from file where version <> (select count(*) from event e where e.file = file.id) \
                 or subject = 'person' and version = 0",
            )
            .load(db)?;
            if let Db::Sqlite(sqlite) = db {
                damage(sqlite)?;
            }
            Ok::<_, Fault>((commands(db)?, events(db)?, empty, brought(db)?))
        })
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(empty.is_empty(), "{name}: file {} is half there", empty[0].id);
    let mut claimed = BTreeSet::new();
    for (command, applied) in &commands {
        assert!(!applied.events.is_empty(), "{name}: {command} did nothing");
        for event in &applied.events {
            assert!(claimed.insert(*event), "{name}: event {event} was recorded by two commands");
        }
    }
    let by_chunks: BTreeSet<i64> = events.difference(&claimed).copied().collect();
    assert!(claimed.is_subset(&events), "{name}: a command without its events");
    assert!(by_chunks.is_subset(&brought), "{name}: events of no command and no import: {by_chunks:?}");
    for (there, counted) in counts {
        assert_eq!(there, counted, "{name}: an import's count and its events do not belong together");
    }
}

fn damage(sqlite: &mut diesel::SqliteConnection) -> Result<(), Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        quick_check: String,
    }
    let rows: Vec<Row> = sql_query("pragma quick_check").load(sqlite)?;
    let said: Vec<_> = rows.into_iter().map(|row| row.quick_check).collect();
    if said == ["ok"] { Ok(()) } else { Err(Fault::new(said.join("; "))) }
}

/// The latest day anything was derived for.
pub fn last_day(database: &Database) -> Day {
    let last: Result<CountRow, Fault> =
        database.read_all(|db| Ok(sql_query("select cast(max(derived_for) as bigint) as n from file").get_result(db)?));
    Day(i32::try_from(last.unwrap().n).unwrap())
}

pub fn assert_sound(name: &str, database: &Database) {
    let has_files: CountRow =
        database.read_all(|db| Ok::<_, Fault>(sql_query("select count(*) as n from file").get_result(db)?)).unwrap();
    if has_files.n > 0 {
        let day = last_day(database);
        // What was being taken back when the kill came goes on first, as when the program starts again.
        let doors = Doors::new(database.clone(), Clock::standing(day));
        unfinished::finish(&doors, &Books::one(rulebook::shipped().unwrap())).unwrap();
        assert_sound_on(name, database, day);
    }
}

pub fn assert_sound_on(name: &str, database: &Database, day: Day) {
    let books = Books::one(rulebook::shipped().unwrap());
    while database.write_all(|db| sync::catch_up(db, &books, day, 200)).unwrap() > 0 {}
    let report = check::check(database, &books, day, |_| {}).unwrap();
    let shown: Vec<_> = report.findings.iter().take(5).collect();
    assert!(shown.is_empty(), "{name}: {} findings, e.g. {shown:#?}", report.findings.len());
}

/// Their ids are taken: something else sent with one is refused and writes nothing. (The same sent again is tried where the
/// program itself is killed, and in every random history.)
pub fn assert_repeats_do_nothing(name: &str, database: &Database, told: &[Told]) {
    let books = Books::one(rulebook::shipped().unwrap());
    let keepers = offices(database);
    let before = database.read_all(events).unwrap();
    for Told { command, applied } in told.iter().rev().take(40) {
        let body = casework::Body::Note { text: "二度目".into() };
        let (file, day, source) = (applied.files[0], Span::on(Day(20_000)), "own".into());
        let act = Act::Record { file, episode: None, day, source, sensitivity: Sensitivity::Ordinary, body };
        let again = Command { id: command.clone(), act, seen: Vec::new() };
        let desk = Desk {
            keeper: keepers[0],
            keepers: &keepers,
            actor: 1,
            today: Day(20_001),
            now: 1,
            batch: None,
            books: &books,
        };
        match database.write_all(|db| apply(db, &desk, &again)) {
            Err(NotApplied::Refused(_)) => {}
            // Of what was erased nobody can say any more that it was something else.
            Ok(done) => {
                assert_eq!(&done, applied, "{name}: {command}");
                assert!(has_erased(database, applied), "{name}: {command}");
            }
            Err(other) => panic!("{name}: {command}: {other:?}"),
        }
    }
    assert_eq!(database.read_all(events).unwrap(), before, "{name}: a repeated command wrote");
}

fn has_erased(database: &Database, applied: &Applied) -> bool {
    let ids: Vec<String> = applied.events.iter().map(i64::to_string).collect();
    let text = format!("select count(*) as n from event where id in ({}) and body is null", ids.join(","));
    let found: Result<CountRow, Fault> = database.read_all(|db| Ok(sql_query(text).get_result(db)?));
    found.unwrap().n > 0
}

/// 妊娠届 of somebody whom the import brought.
pub fn expects_a_child(hall: &Hall, number: &str) {
    let file = hall.one(&format!("select cast(file as text) as t from person where number = '{number}'"));
    let pregnancy = Pregnancy {
        edd: today().plus(3),
        fetuses: 1,
        birth_order: None,
        satogaeri: None,
        clinic: String::new(),
        note: String::new(),
        next: None,
    };
    let act = Act::NotifyPregnancy { file: file.parse().unwrap(), day: today().plus(-180), pregnancy };
    let command = Command { id: format!("expects-{number}"), act, seen: Vec::new() };
    hall.write(|door| {
        let desk = Desk {
            keeper: hall.keepers[0],
            keepers: &hall.keepers,
            actor: 1,
            today: today(),
            now: door.now(),
            batch: None,
            books: &hall.books,
        };
        apply(door.db, &desk, &command).map_err(Problem::from)
    });
}

/// The import that was begun last.
pub fn newest(hall: &Hall) -> Option<Batch> {
    hall.write(|door| Ok(batch::latest::<Residents>(door, 1)?)).into_iter().next()
}

/// Cursor and counts of an import agree with its events, and are not behind what the child said.
pub fn import_is_whole(hall: &Hall, said: &[String]) -> Option<State> {
    let batch = newest(hall).filter(|b| b.digest == "whole")?;
    let recorded = hall.one(&format!("select cast(count(*) as text) as t from event where batch = {}", batch.id));
    assert_eq!(recorded, batch.run.events.to_string(), "{}: counted with its events", hall.name);
    if let Some(last) = said.last() {
        let numbers = |text: &str| -> Vec<u64> { text.split(' ').map(|n| n.parse().unwrap()).collect() };
        let (stored, said) = (numbers(&cursor(&batch)), numbers(last));
        let behind = stored.iter().zip(&said).any(|(stored, said)| stored < said);
        assert!(!behind, "{}: {said:?} was said, {stored:?} is stored", hall.name);
    }
    Some(batch.state)
}

/// What the read tables say, by 宛名番号: file numbers have holes where PostgreSQL undid a transaction.
pub fn by_number(hall: &Hall) -> Vec<String> {
    let mut all = Vec::new();
    for sql in [
        "select number || ' ' || household || ' ' || name || ' ' || address || ' ' || gone || ' ' || subjects || ' ' || \
         cast(protected as text) as t from person order by number",
        "select p.number || ' ' || d.key || ' ' || cast(d.phase as text) || ' ' || coalesce(d.settled_how, '') || ' ' || \
         coalesce(cast(d.legal_from as text), '') || ' ' || coalesce(cast(d.target as text), '') as t \
         from duty d join person p on p.file = d.file order by p.number, d.key, d.phase",
        "select p.number || ' ' || o.number || ' ' || r.role as t from relation r join person p on p.file = r.file \
         join person o on o.file = r.other order by p.number, o.number, r.role",
        "select source || ' ' || cast(through as text) as t from arrival order by source",
    ] {
        all.extend(hall.texts(sql));
    }
    all
}

/// Every event of persons by 宛名番号 with what it says, apart from numbers of other files.
pub fn recorded(hall: &Hall) -> Vec<String> {
    hall.texts(
        "select p.number || ' ' || cast(e.seq as text) || ' ' || e.kind || ' ' || cast(e.day_lo as text) || ' ' || \
         e.source || ' ' || case when e.kind in ('relation', 'delivered', 'born') then '' else e.body end as t \
         from event e join person p on p.file = e.file order by p.number, e.seq",
    )
}
