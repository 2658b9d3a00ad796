//! `tsumugi bench acts`: how long recording one call takes in a city's database (that of `bench today`): the person's file
//! locked and read, the command decided, the event appended and sealed, duties derived, read tables and reading log written,
//! committed to disk.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use serde::Serialize;

use super::{ActsArgs, rounded, today::fill};
use crate::{
    cli::place::{Place, Sealing},
    demo::dice::Dice,
    platform::{
        Actor, Clock, Database, Db, Doors, Fault,
        db::Target,
        door::Looked,
        rulebook::{self, Books},
        secret, sql,
        store::{Desk, apply},
    },
};
use casework::Command;
use diesel::sql_types::BigInt;

/// p50 and p99 asked for, in milliseconds.
const SQLITE: (f64, f64) = (1.0, 5.0);
const POSTGRES: (f64, f64) = (f64::INFINITY, 15.0);

#[derive(Serialize)]
struct Report {
    acts: usize,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    /// One row written and committed: what the disk asks of any act.
    commit_p50_ms: f64,
    commit_p99_ms: f64,
    /// Over what was asked for; below 1 it holds. p50 is asked of SQLite only.
    p50_of_target: Option<f64>,
    p99_of_target: f64,
    /// What the database promises at commit.
    durable: String,
}

/// # Errors
/// If the database is not one of `bench today`.
pub fn run(args: &ActsArgs) -> Result<(), Fault> {
    let clock = Clock::system();
    let place = Place { data: args.data.clone(), database: args.database.clone(), sealing: Sealing::default() };
    let database = place.open(&clock)?;
    let books = Books::open(&database)?;
    rulebook::bring_up(&database, &books, clock.today(), clock.now())?;
    let keeper = database
        .read_all(fill::there)?
        .ok_or_else(|| Fault::new("nobody is on file here: fill it with `tsumugi bench today`"))?
        .keeper;
    let actor = Actor::program(vec![keeper]);
    let doors = Doors::new(database.clone(), clock);
    let files: Vec<i64> = doors.read(&actor, |door| -> Result<Vec<i64>, Fault> {
        let text = format!("select file from person where keeper = {keeper} order by file limit 20000");
        Ok(sql::typed::<BigInt>(&text).once().load(door.db)?)
    })?;
    let mut dice = Dice::new(13, "acts", 0);
    let (mut acts, mut commits) = (Vec::new(), Vec::new());
    for _ in 0..args.runs.max(1) {
        let file = *dice.pick(&files);
        let act = fill::talked(file, clock.today().plus(dice.between(1, 90)), clock.today());
        let command = Command { id: secret::token()?, act, seen: Vec::new() };
        let desk = Desk {
            keeper,
            keepers: &[keeper],
            actor: 1,
            today: clock.today(),
            now: clock.now(),
            batch: None,
            books: &books,
        };
        let begun = clock.wall();
        let done = doors.write(&actor, |door| {
            door.log_reading(Looked::Person, "duty", &[file]);
            apply(door.db, &desk, &command)
        });
        done.map_err(fill::refused)?;
        acts.push(clock.wall() - begun);
        let begun = clock.wall();
        database.write_all(|db| touch(db, begun))?;
        commits.push(clock.wall() - begun);
    }
    let (acts, commits) = (Sorted::of(acts), Sorted::of(commits));
    let (p50, p99) = if is_postgres(&database) { POSTGRES } else { SQLITE };
    let report = Report {
        acts: acts.0.len(),
        p50_ms: acts.at(0.5),
        p99_ms: acts.at(0.99),
        max_ms: acts.at(1.0),
        commit_p50_ms: commits.at(0.5),
        commit_p99_ms: commits.at(0.99),
        p50_of_target: p50.is_finite().then(|| rounded(acts.at(0.5) / p50, 3)),
        p99_of_target: rounded(acts.at(0.99) / p99, 3),
        durable: durable(&database)?,
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

/// Writes one row of nobody's.
fn touch(db: &mut Db, value: i64) -> Result<(), Fault> {
    let text = "insert into meta (name, value) values ('bench_acts', $1) \
                on conflict (name) do update set value = excluded.value";
    sql_query(text).bind::<Text, _>(value.to_string()).execute(db)?;
    Ok(())
}

/// In microseconds, in order.
struct Sorted(Vec<i64>);

impl Sorted {
    fn of(mut took: Vec<i64>) -> Sorted {
        took.sort_unstable();
        Sorted(took)
    }

    /// Below which that share of all lies, in milliseconds.
    fn at(&self, share: f64) -> f64 {
        let place = (share * self.0.len().saturating_sub(1) as f64).round() as usize;
        self.0.get(place).map_or(0.0, |micros| rounded(*micros as f64 / 1000.0, 3))
    }
}

/// How the database writes to disk, in its own words.
fn durable(database: &Database) -> Result<String, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        said: String,
    }
    let text = if is_postgres(database) {
        "select 'fsync=' || current_setting('fsync') || ' synchronous_commit=' || current_setting('synchronous_commit') \
         || ' wal_sync_method=' || current_setting('wal_sync_method') as said"
    } else {
        "select 'journal_mode=' || j.journal_mode || ' synchronous=' || s.synchronous as said \
         from pragma_journal_mode j, pragma_synchronous s"
    };
    database.read(|db| Ok(sql_query(text).get_result::<Row>(db)?.said))
}

fn is_postgres(database: &Database) -> bool {
    matches!(database.target(), Target::Postgres(_))
}
