//! `tsumugi rebuild`: rebuilds read tables and duties from the events.

use clap::Args;
use rules::Day;

use super::{
    check::opened_whole,
    place::{self, Place},
};
use crate::platform::{
    Fault, readings,
    rulebook::Books,
    store::sync::{self, Trust},
};

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
pub fn run(args: RebuildArgs) -> Result<(), Fault> {
    let (database, today) = opened_whole(&args.place, args.as_of)?;
    let books = Books::open(&database)?;
    readings::rebuild(&database)?;
    let done = sync::rebuild(&database, &books, today, Trust::Nothing, |done| println!("{done}件"))?;
    println!("ケース記録 {done}件から、読み取り用の表とやることを作りなおしました。");
    Ok(())
}
