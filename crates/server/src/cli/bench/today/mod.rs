//! `tsumugi bench today`: how long 今日の対応 takes in a city, asked over the network as browsers ask: by one person, by many
//! who each ask once a second, and by many who ask again as soon as they are answered.
//!
//! The people asking are nurses with a district each, then the same people looking at the whole centre. Every answer is the
//! whole first page, its row of the reading log written.

mod crowd;
pub(super) mod fill;

use std::{sync::Arc, time::Duration};

use serde::Serialize;

use super::{TodayArgs, rounded};
use crate::{
    cli::place::{Place, Sealing},
    platform::{
        Actor, Clock, Database, Doors, Fault, meter,
        rulebook::{self, Books},
        web::{App, Settings},
    },
    today::lines,
};

/// What was asked for, p95 of the first page in milliseconds.
const OWN_MS: f64 = 50.0;
const CENTRE_MS: f64 = 150.0;

/// One way of asking, as a line of JSON.
#[derive(Serialize)]
struct Report {
    page: &'static str,
    people: usize,
    /// Seconds between two pages of one person; 0 asks again at once.
    every_s: f64,
    pages: usize,
    p50_ms: f64,
    p95_ms: f64,
    max_ms: f64,
    pages_per_s: f64,
    /// CPU time of the whole process a page, its clients included; on PostgreSQL the server's is not in it.
    cpu_ms: f64,
    /// p95 over what was asked for; below 1 it holds.
    of_target: f64,
}

/// # Errors
/// If the database cannot be written, or holds something else.
pub fn run(args: &TodayArgs) -> Result<(), Fault> {
    let clock = Clock::system();
    let place = Place { data: args.data.clone(), database: args.database.clone(), sealing: Sealing::default() };
    let database = place.open(&clock)?;
    let books = Books::open(&database)?;
    rulebook::bring_up(&database, &books, clock.today(), clock.now())?;
    let city = fill::fill(&database, &books, clock, args)?;
    tell_open(&database, &books, clock, &city)?;
    let cookies = city.sign_in(&database, &clock, args.people)?;
    let app = App::new(Doors::new(database, clock), books, Settings::new(args.data.clone()), crate::routes::MENU)?;
    let served = crowd::Served::start(Arc::new(app))?;
    for (page, path, target) in [("own", "/today?scope=mine", OWN_MS), ("centre", "/today?scope=office", CENTRE_MS)] {
        let alone = cookies.get(..1).unwrap_or_default();
        let second = Duration::from_secs(1);
        for (who, every) in [(alone, Duration::ZERO), (&cookies, second), (&cookies, Duration::ZERO)] {
            let (begun, spent) = (clock.wall(), meter::cpu_of_all());
            // As many pages alone as together: of thirty, two on a fresh connection would be the p95.
            let runs = args.runs * (cookies.len() / who.len().max(1)).max(1);
            let mut took = served.ask(path, who, every, runs)?;
            let seconds = (clock.wall() - begun) as f64 / 1e6;
            let cpu = meter::cpu_of_all().zip(spent).map_or(0, |(now, then)| now.saturating_sub(then));
            took.sort_unstable();
            let at = |share: f64| {
                let place = (share * took.len().saturating_sub(1) as f64).round() as usize;
                took.get(place).map_or(0.0, |micros| rounded(*micros as f64 / 1000.0, 2))
            };
            let report = Report {
                page,
                people: who.len(),
                every_s: every.as_secs_f64(),
                pages: took.len(),
                p50_ms: at(0.5),
                p95_ms: at(0.95),
                max_ms: at(1.0),
                pages_per_s: rounded(took.len() as f64 / seconds.max(0.001), 1),
                cpu_ms: rounded(cpu as f64 / 1e6 / took.len().max(1) as f64, 2),
                of_target: rounded(at(0.95) / target, 3),
            };
            println!("{}", serde_json::to_string(&report)?);
        }
    }
    Ok(())
}

/// What stands open, by state, as the centre's head sees it.
fn tell_open(database: &Database, books: &Books, clock: Clock, city: &fill::City) -> Result<(), Fault> {
    crate::platform::store::sync::catch_up_if_due(database, books, clock.today())?;
    let actor = Actor::program(vec![city.keeper]);
    let counts =
        Doors::new(database.clone(), clock).read(&actor, |door| lines::count(door, &lines::Filter::default()))?;
    let told: Vec<String> = counts.iter().map(|c| format!("{} {}", c.state, c.lines)).collect();
    let open: i64 = counts.iter().filter(|c| c.state != "before").map(|c| c.lines).sum();
    println!("{open} lines open: {}", told.join(", "));
    Ok(())
}
