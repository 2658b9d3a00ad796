//! `tsumugi bench search`: how long a search takes among very many people, by kinds of search.
//!
//! One search is what a page asks for: whom it finds, the first fifty, and who they are, masked. The row of the reading log
//! is not in it. CPU time is of the asking thread, so on PostgreSQL the server's is not in it.

mod mix;
mod people;

use serde::Serialize;

use super::{SearchArgs, rounded};
use crate::platform::meter;
use crate::platform::{
    Actor, Clock, Database, Doors, Fault, people as index,
    search::{self, Sought},
};

/// One kind of search, as a line of JSON.
#[derive(Serialize)]
struct Report {
    query: &'static str,
    runs: usize,
    /// Persons shown in the middle: 50 is a full page.
    shown: usize,
    p50_ms: f64,
    p95_ms: f64,
    cpu_p50_ms: f64,
    cpu_p95_ms: f64,
    /// What an n-gram table took for the like, and p95 as a share of it.
    floor_ms: f64,
    of_floor: f64,
}

/// Measured before this was built, on an n-gram table of as many: two characters, and one kana.
const FLOOR_MS: f64 = 26.0;
const FLOOR_ONE_KANA_MS: f64 = 126.0;

pub fn run(args: &SearchArgs) -> Result<(), Fault> {
    let clock = Clock::system();
    let database = Database::open(&args.database)?;
    database.migrate(&clock)?;
    people::fill(&database, args.persons)?;
    let doors = Doors::new(database, clock);
    let actor = Actor::program(vec![people::KEEPER]);
    for kind in mix::kinds(args.persons, args.runs)? {
        let (mut walls, mut cpus, mut shown) = (Vec::new(), Vec::new(), Vec::new());
        for term in &kind.terms {
            let (begun, spent) = (clock.wall(), meter::cpu());
            let found = doors.read(&actor, |door| -> Result<usize, Fault> {
                let sought = Sought::read(term, door.today());
                let found = search::find(door, &sought, 0, 50)?;
                let files: Vec<i64> = found.hits.iter().map(|hit| hit.file).collect();
                Ok(index::many(door, &files)?.len())
            })?;
            let cpu = meter::cpu().zip(spent).map_or(0, |(now, then)| now.saturating_sub(then));
            walls.push((clock.wall() - begun) as f64 / 1000.0);
            cpus.push(cpu as f64 / 1e6);
            shown.push(found);
        }
        let floor = if kind.one_kana { FLOOR_ONE_KANA_MS } else { FLOOR_MS };
        shown.sort_unstable();
        let report = Report {
            query: kind.name,
            runs: walls.len(),
            shown: shown.get(shown.len() / 2).copied().unwrap_or(0),
            p50_ms: at(&mut walls, 0.5),
            p95_ms: at(&mut walls, 0.95),
            cpu_p50_ms: at(&mut cpus, 0.5),
            cpu_p95_ms: at(&mut cpus, 0.95),
            floor_ms: floor,
            of_floor: rounded(at(&mut walls, 0.95) / floor, 3),
        };
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

/// The value below which that share of all lies.
fn at(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let place = (share * last as f64).round() as usize;
    values.get(place).map_or(0.0, |value| rounded(*value, 3))
}
