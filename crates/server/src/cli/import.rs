//! `tsumugi import …`: files of other systems, by the same steps as on screen.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use rules::Day;

use super::{
    check,
    place::{self, Place},
};
use crate::intake::imports::cli::Asked;
use crate::intake::{events, residents};
use crate::platform::{
    Clock, Database, Fault,
    rulebook::{self, Books},
};

#[derive(Clone, Debug, Subcommand)]
pub enum Import {
    /// 住民記録: residents as the city hall exports them (CSV, CP932 or UTF-8)
    Residents(ResidentsArgs),
    /// 過去の記録: results of check-ups, vaccinations and visits, 妊娠届 and 受診票 (CSV, CP932 or UTF-8)
    Events(EventsArgs),
}

#[derive(Clone, Debug, Args)]
pub struct ResidentsArgs {
    #[command(flatten)]
    pub place: Place,
    /// The exported file
    pub file: PathBuf,
    /// 団体コード of the municipality: chooses the mapping of its columns
    #[arg(long, value_name = "CODE")]
    pub municipality: String,
    /// Read and report only; nothing about persons is written
    #[arg(long)]
    pub dry_run: bool,
    /// The day to import on (YYYY-MM-DD) [default: today, or the demo's day]
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
}

#[derive(Clone, Debug, Args)]
pub struct EventsArgs {
    #[command(flatten)]
    pub file: ResidentsArgs,
    /// What the file is about: vaccination, checkup, checkup_18m, visit, pregnancy … or the number of a standard data group
    #[arg(long, value_name = "KIND")]
    pub kind: String,
    /// How far the evidence reaches (YYYY-MM-DD) [default: the last day in the file]
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub through: Option<Day>,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(what: Import) -> Result<(), Fault> {
    match what {
        Import::Residents(args) => residents(&args),
        Import::Events(args) => events(&args),
    }
}

fn residents(args: &ResidentsArgs) -> Result<(), Fault> {
    let (database, clock, books) = opened(args)?;
    residents::cli::run(database, clock, &books, asked(args))
}

fn events(args: &EventsArgs) -> Result<(), Fault> {
    let (database, clock, books) = opened(&args.file)?;
    events::cli::run(database, clock, &books, asked(&args.file), (&args.kind, args.through))
}

fn asked(args: &ResidentsArgs) -> Asked<'_> {
    let ResidentsArgs { place, file, municipality, dry_run, .. } = args;
    Asked { file, code: municipality, data: &place.data, dry_run: *dry_run }
}

fn opened(args: &ResidentsArgs) -> Result<(Database, Clock, Books), Fault> {
    let (database, today) = check::opened(&args.place, args.as_of)?;
    // The demo stands on its day; everybody else follows the system's clock.
    let real = place::clock(args.as_of);
    let clock = if real.today() == today { real } else { Clock::pinned(today) };
    let books = Books::open(&database)?;
    rulebook::bring_up(&database, &books, clock.today(), clock.now())?;
    Ok((database, clock, books))
}
