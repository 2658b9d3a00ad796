//! `tsumugi bench seals`: what sealing costs, in a scratch database: the same acts, the same openings of a person and the
//! same chunks of an import, in turn with and without the audit key.

use casework::{
    Act, Body, Command, Sensitivity,
    body::{Resident, Service},
};
use diesel::{RunQueryDsl, sql_query};
use rules::{Day, Span};
use serde::Serialize;

use super::{SealsArgs, rounded};
use crate::platform::{
    Actor, Clock, Database, Doors, Fault,
    audit::{self, open::Files},
    db::IdRow,
    door::Looked,
    rulebook::{self, Books},
    store::{Desk, apply, together::Together, write::NotApplied},
};

/// What sealing may add.
const BUDGET: f64 = 1.10;
/// Persons of a chunk, and acts for each of them.
const CHUNK: usize = 40;
const EACH: i32 = 8;

#[derive(Serialize)]
struct Report {
    runs: usize,
    act_ms: [f64; 2],
    opening_ms: [f64; 2],
    chunk_ms: [f64; 2],
    rows_of_a_chunk: i32,
    /// Sealed over unsealed; below the budget it holds.
    act: f64,
    opening: f64,
    chunk: f64,
    budget: f64,
    seals: u64,
    verified_ms: f64,
}

/// # Errors
/// If the database cannot be written.
pub fn run(args: &SealsArgs) -> Result<(), Fault> {
    let wall = Clock::system();
    let plain = Database::open(&args.database)?;
    plain.migrate(&wall)?;
    let folder = std::path::Path::new(&args.key);
    let files = Files { key: folder.to_owned(), anchor: folder.with_extension("anchor") };
    let (sealed, _) = audit::open::open(&plain, &files)?;
    let books = Books::open(&plain)?;
    rulebook::bring_up(&plain, &books, wall.today(), wall.now())?;
    let keeper = plain.write(|db| -> Result<i64, Fault> {
        let office = "insert into office (kind, code, name) values ('centre', '990001', '架空市') returning id";
        Ok(sql_query(office).get_result::<IdRow>(db)?.id)
    })?;
    let sides = [Side::new(plain, keeper, &books, wall), Side::new(sealed, keeper, &books, wall)];
    let mut took: [[Vec<i64>; 2]; 3] = Default::default();
    for run in 0..args.runs.max(1) {
        for (at, side) in sides.iter().enumerate() {
            // New ones each time: the more a file holds, the less the seals weigh.
            let persons = (0..CHUNK).map(|n| side.person(n)).collect::<Result<Vec<i64>, Fault>>()?;
            let file = persons.first().copied().unwrap_or_default();
            let kinds: [&dyn Fn() -> Result<(), Fault>; 3] =
                [&|| side.act(file, run), &|| side.opening(file), &|| side.chunk(&persons, run)];
            for (of, work) in took.iter_mut().zip(kinds) {
                let begun = wall.wall();
                work()?;
                if let Some(of) = of.get_mut(at) {
                    of.push(wall.wall() - begun);
                }
            }
        }
    }
    let [act, opening, chunk] = took.map(|sides| sides.map(middle));
    let ratio = |[plain, sealed]: [f64; 2]| rounded(sealed / plain.max(0.001), 3);
    let begun = wall.wall();
    let audit = audit::verify(&sides[1].database, &files.anchor)?;
    let report = Report {
        runs: args.runs,
        act_ms: act,
        opening_ms: opening,
        chunk_ms: chunk,
        rows_of_a_chunk: i32::try_from(CHUNK).unwrap_or(0) * EACH,
        act: ratio(act),
        opening: ratio(opening),
        chunk: ratio(chunk),
        budget: BUDGET,
        seals: audit.seals,
        verified_ms: rounded((wall.wall() - begun) as f64 / 1000.0, 1),
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

/// The run in the middle, in milliseconds.
fn middle(mut took: Vec<i64>) -> f64 {
    took.sort_unstable();
    rounded(took.get(took.len() / 2).copied().unwrap_or(0) as f64 / 1000.0, 3)
}

/// The same database, with or without a key.
struct Side<'s> {
    database: Database,
    doors: Doors,
    actor: Actor,
    books: &'s Books,
    clock: Clock,
}

impl<'s> Side<'s> {
    fn new(database: Database, keeper: i64, books: &'s Books, clock: Clock) -> Side<'s> {
        let doors = Doors::new(database.clone(), clock);
        Side { database, doors, actor: Actor::program(vec![keeper]), books, clock }
    }

    fn desk(&self) -> Desk<'_> {
        let (today, now) = (self.clock.today(), self.clock.now());
        let (keeper, keepers) = (self.actor.keeper, self.actor.keepers.as_slice());
        Desk { keeper, keepers, actor: 1, today, now, batch: None, books: self.books }
    }

    fn person(&self, n: usize) -> Result<i64, Fault> {
        let birth = Span::on(self.clock.today().plus(-400));
        let resident = Resident { name: format!("架空 {n}"), birth: Some(birth), ..Resident::default() };
        let act = Act::Open { day: birth, source: "own".into(), resident, protected: false };
        let command = Command { id: crate::platform::secret::token()?, act, seen: Vec::new() };
        let done = self.doors.write(&self.actor, |door| apply(door.db, &self.desk(), &command));
        Ok(done.map_err(refused)?.opened.first().copied().unwrap_or_default())
    }

    /// As a nurse records one thing: looked at and written in one transaction.
    fn act(&self, file: i64, n: usize) -> Result<(), Fault> {
        let act = given(file, self.clock.today(), i32::try_from(n % 200).unwrap_or(0));
        let command = Command { id: crate::platform::secret::token()?, act, seen: Vec::new() };
        let done = self.doors.write(&self.actor, |door| {
            door.log_reading(Looked::Person, "duty", &[file]);
            apply(door.db, &self.desk(), &command)
        });
        done.map(|_| ()).map_err(refused)
    }

    /// The reading log alone, as after opening a page.
    fn opening(&self, file: i64) -> Result<(), Fault> {
        self.doors.read(&self.actor, |door| {
            door.log_reading(Looked::Person, "duty", &[file]);
            Ok(())
        })
    }

    /// A chunk of past records, as an import writes it.
    fn chunk(&self, files: &[i64], run: usize) -> Result<(), Fault> {
        let done: Result<(), Fault> = self.doors.write(&self.actor, |door| {
            let mut together = Together::open(door.db, &self.desk(), files)?;
            for file in files {
                for n in 0..EACH {
                    let day = i32::try_from(run % 90).unwrap_or(0) + n;
                    together.apply(door.db, &self.desk(), &given(*file, self.clock.today(), day)).map_err(refused)?;
                }
            }
            together.close(door.db, &self.desk())
        });
        done
    }
}

fn given(file: i64, today: Day, ago: i32) -> Act {
    let body = Body::Service(Service { code: "other".into(), ..Service::default() });
    let day = Span::on(today.plus(-ago));
    Act::Record { file, episode: None, day, source: "own".into(), sensitivity: Sensitivity::Ordinary, body }
}

fn refused(why: NotApplied) -> Fault {
    Fault::new(format!("an act of the bench is refused: {why:?}"))
}
