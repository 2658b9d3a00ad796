//! `tsumugi bench …`: how fast the engine answers, on files whose right answers are known.

mod acts;
mod city;
mod family;
mod neutral;
mod rederive;
mod seals;
mod search;
mod today;

use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::platform::{Clock, Fault};

#[derive(Clone, Debug, Subcommand)]
pub enum Bench {
    /// The neutral care-pathway workload: persons.csv, events.csv and rules.json of a folder
    Neutral(NeutralArgs),
    /// Everybody of a database derived anew by the rulebook in force: read, evaluated, written
    Rederive(RederiveArgs),
    /// The page of a family with many records, drawn again and again; for a scratch database or a copy of a demo
    Family(FamilyArgs),
    /// The files of a fictional city's first day, with an office to bring them into
    City(CityArgs),
    /// A fixed mix of searches among so many fictional people, in a scratch database
    Search(SearchArgs),
    /// What the audit chain costs an act, an opened page and a chunk of an import, in a scratch database
    Seals(SealsArgs),
    /// 今日の対応 of a city, asked over the network by one person and by many at once, in a scratch database
    Today(TodayArgs),
    /// One call recorded, again and again, in the database that `bench today` filled
    Acts(ActsArgs),
}

#[derive(Clone, Debug, Args)]
pub struct ActsArgs {
    /// The scratch directory of `bench today`
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Its database [default: tsumugi.db in the directory]
    #[arg(long, value_name = "PATH_OR_URL")]
    pub database: Option<String>,
    /// So many calls
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub runs: usize,
}

#[derive(Clone, Debug, Args)]
pub struct TodayArgs {
    /// A scratch directory
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The scratch database that is filled first, unless it was [default: tsumugi.db in the directory]
    #[arg(long, value_name = "PATH_OR_URL")]
    pub database: Option<String>,
    /// So many people on the register
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub persons: usize,
    /// So many of them have a next step agreed; lines that rules make come on top
    #[arg(long, value_name = "N", default_value_t = 43_000)]
    pub open: usize,
    /// So many nurses ask at once
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub people: usize,
    /// Pages for each of them
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub runs: usize,
}

#[derive(Clone, Debug, Args)]
pub struct SealsArgs {
    /// A scratch database: SQLite file or postgres:// URL
    #[arg(long, value_name = "PATH_OR_URL")]
    pub database: String,
    /// Where its key is, or is to be made
    #[arg(long, value_name = "FILE")]
    pub key: String,
    /// Each of them so often, in turn with and without the key
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub runs: usize,
}

#[derive(Clone, Debug, Args)]
pub struct CityArgs {
    /// The folder the files are written to; the office is founded in the database inside it
    pub folder: PathBuf,
    /// People on the register; about fifteen past records for each
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub residents: usize,
}

#[derive(Clone, Debug, Args)]
pub struct SearchArgs {
    /// A scratch database that is filled first, unless it was: SQLite file or postgres:// URL
    #[arg(long, value_name = "PATH_OR_URL")]
    pub database: String,
    /// So many people
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub persons: usize,
    /// Searches of each kind
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub runs: usize,
}

#[derive(Clone, Debug, Args)]
pub struct RederiveArgs {
    /// SQLite file or postgres:// URL
    #[arg(long, value_name = "PATH_OR_URL")]
    pub database: String,
    /// Multiply the people of a demo first
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub times: i64,
}

#[derive(Clone, Debug, Args)]
pub struct FamilyArgs {
    /// SQLite file or postgres:// URL; the family stays in it
    #[arg(long, value_name = "PATH_OR_URL")]
    pub database: String,
    /// Records of the family
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub events: i64,
    /// Draw so often and tell the run in the middle
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub runs: usize,
}

#[derive(Clone, Debug, Args)]
pub struct NeutralArgs {
    /// The folder of the workload
    pub folder: PathBuf,
    /// Write the answers here (person_id,service,status,start,end)
    #[arg(long, value_name = "CSV")]
    pub out: Option<PathBuf>,
    /// Evaluate on so many threads
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub threads: usize,
    /// Evaluate so often and tell the run in the middle
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub runs: usize,
}

/// Runs the verb.
///
/// # Errors
/// What cannot be read or written.
pub fn run(what: Bench) -> Result<(), Fault> {
    match what {
        Bench::Neutral(args) => neutral(&args),
        Bench::Rederive(args) => rederive::run(&args),
        Bench::Family(args) => family::run(&args),
        Bench::City(args) => city::run(&args),
        Bench::Search(args) => search::run(&args),
        Bench::Seals(args) => seals::run(&args),
        Bench::Today(args) => today::run(&args),
        Bench::Acts(args) => acts::run(&args),
    }
}

/// What one evaluation took, in microseconds.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
}

/// The last line of the output: the evaluation alone, without reading and writing. The peak includes what was read.
#[derive(Serialize)]
struct Report {
    persons: usize,
    rules: usize,
    threads: usize,
    cpu_us_per_person: f64,
    wall_s: f64,
    peak_rss_mb: u64,
}

fn neutral(args: &NeutralArgs) -> Result<(), Fault> {
    let work = neutral::read(&args.folder).map_err(Fault::new)?;
    let clock = Clock::system();
    let mut costs = Vec::with_capacity(args.runs.max(1));
    let mut answers = None;
    for _ in 0..args.runs.max(1) {
        // The answers of the run before go first: at any time one set is held.
        drop(answers.take());
        let before = clock.wall();
        let found = neutral::evaluate(&work, args.threads);
        let wall = (clock.wall() - before) as f64;
        costs.push(Cost { cpu: found.cpu.map_or(wall, |nanos| nanos as f64 / 1000.0), wall });
        answers = Some(found);
    }
    let peak = crate::platform::meter::peak_mb().unwrap_or_default();
    if let (Some(path), Some(answers)) = (&args.out, &answers) {
        write(&work, answers, path)?;
    }
    let cost = middle(costs);
    let persons = work.persons.len();
    let report = Report {
        persons,
        rules: work.rules,
        threads: args.threads.max(1),
        cpu_us_per_person: rounded(cost.cpu / persons.max(1) as f64, 4),
        wall_s: rounded(cost.wall / 1e6, 6),
        peak_rss_mb: peak,
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

fn write(work: &neutral::Workload, answers: &neutral::Answers, path: &Path) -> Result<(), Fault> {
    let file = File::create(path).map_err(Fault::at("the answers cannot be written"))?;
    neutral::write(work, answers, &mut BufWriter::new(file)).map_err(Fault::at("the answers cannot be written"))
}

/// The run in the middle by CPU time.
fn middle(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
    costs.get(costs.len() / 2).copied().unwrap_or(Cost { cpu: 0.0, wall: 0.0 })
}

fn rounded(number: f64, digits: i32) -> f64 {
    let by = 10_f64.powi(digits);
    (number * by).round() / by
}
