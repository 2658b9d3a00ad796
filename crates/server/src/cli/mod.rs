//! The command line: one verb, one file.

pub mod audit;
pub mod backup;
pub mod bench;
pub mod certify;
pub mod check;
pub mod demo;
pub mod explain;
pub mod forecast;
mod forecast_text;
pub mod import;
pub mod place;
pub mod rebuild;
pub mod rulebook;
pub mod serve;
pub mod setup;
pub mod unfinished;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::platform::Fault;

/// つむぎ — 母子保健の記録と「今日の対応」
#[derive(Debug, Parser)]
#[command(name = "tsumugi", version, about, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Begin an installation: its first office and the first 管理者, with a password for one time
    Setup(setup::SetupArgs),
    /// Serve the pages from the database of this installation
    Serve(serve::ServeArgs),
    /// Create the demo (a fictional city) if it is not there yet, and serve it
    Demo(demo::DemoArgs),
    /// Read files other systems export
    #[command(subcommand)]
    Import(import::Import),
    /// Verify the promises: chains of events, duties against re-derivation, everybody covered, released or listed
    Check(check::CheckArgs),
    /// Print 未把握・未対応点検表 of a municipality as JSON: of today, of a past day, or as known at an instant
    Certify(certify::CertifyArgs),
    /// Keep everything in one file, from which either database can be restored, while the program serves
    Backup(backup::BackupArgs),
    /// Put a backup in place
    Restore(backup::RestoreArgs),
    /// The key of the audit chain
    #[command(subcommand)]
    Audit(audit::Audit),
    /// What the law says of histories: JSON lines in, JSON lines out
    Forecast(forecast::ForecastArgs),
    /// Say why something is due to a person or not: facts, dates, law, version, and what would change it
    Explain(explain::ExplainArgs),
    /// Check a rulebook, or say what another one would change
    #[command(subcommand)]
    Rulebook(rulebook::Verb),
    /// Rebuild read tables and duties from the events
    Rebuild(rebuild::RebuildArgs),
    /// Measure the engine on files whose answers are known
    #[command(subcommand)]
    Bench(bench::Bench),
}

impl Cli {
    /// Runs the verb. 2 = it ran, and some of what it was given could not be read.
    ///
    /// # Errors
    /// What the operator must act on.
    pub fn run(self) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Forecast(args) => return forecast::run(&args),
            Verb::Setup(args) => setup::run(&args),
            Verb::Serve(args) => serve::run(args),
            Verb::Demo(args) => demo::run(args),
            Verb::Import(what) => import::run(what),
            Verb::Check(args) => check::run(args),
            Verb::Certify(args) => certify::run(&args),
            Verb::Backup(args) => backup::backup(&args),
            Verb::Restore(args) => backup::restore(&args),
            Verb::Audit(what) => audit::run(what),
            Verb::Explain(args) => explain::run(args),
            Verb::Rulebook(verb) => rulebook::run(verb),
            Verb::Rebuild(args) => rebuild::run(args),
            Verb::Bench(what) => bench::run(what),
        }
        .map(|()| ExitCode::SUCCESS)
    }
}
