//! `tsumugi import …`: files of other systems, by the same steps as on screen.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::place::Place;
use crate::platform::Fault;

#[derive(Clone, Debug, Subcommand)]
pub enum Import {
    /// 住民記録: residents as the city hall exports them (CSV, CP932 or UTF-8)
    Residents(ResidentsArgs),
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
    /// Read and report only; write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(what: Import) -> Result<(), Fault> {
    match what {
        Import::Residents(args) => residents(args),
    }
}

fn residents(_args: ResidentsArgs) -> Result<(), Fault> {
    Err(Fault::new("importing residents is not part of this build yet"))
}
