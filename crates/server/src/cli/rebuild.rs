//! `tsumugi rebuild`: rebuilds read tables and duties from the events.

use clap::Args;
use rules::Day;

use super::place::{self, Place};
use crate::platform::Fault;

#[derive(Clone, Debug, Args)]
pub struct RebuildArgs {
    #[command(flatten)]
    pub place: Place,
    /// The day to derive for (YYYY-MM-DD) [default: today, or the demo's day]
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(_args: RebuildArgs) -> Result<(), Fault> {
    Err(Fault::new("rebuild is not part of this build yet"))
}
