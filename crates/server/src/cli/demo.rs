//! `tsumugi demo`: a fictional city, created through the write path and served.

use clap::Args;
use rules::Day;

use super::place::{self, Place};
use super::serve::Listen;
use crate::platform::Fault;

#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub listen: Listen,
    /// The day the demo stands on (YYYY-MM-DD); kept with its data
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
    /// Throw the demo's data away and create it anew
    #[arg(long)]
    pub fresh: bool,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(_args: DemoArgs) -> Result<(), Fault> {
    Err(Fault::new("the demo is not part of this build yet"))
}
