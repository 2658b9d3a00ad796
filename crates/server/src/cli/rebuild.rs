//! `tsumugi rebuild`: rebuilds read tables and duties from the events.

use clap::Args;
use diesel::{RunQueryDsl, sql_query, sql_types::BigInt};
use rules::Day;

use super::{
    check::opened,
    place::{self, Place},
};
use crate::platform::{
    Fault, rulebook,
    store::sync::{self, FileRow},
};

/// Files rebuilt in one transaction: short enough that others hardly wait.
const CHUNK: i64 = 200;

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
    let (database, today) = opened(&args.place, args.as_of)?;
    let book = rulebook::shipped()?;
    let (mut after, mut done) = (0, 0);
    loop {
        let files = database.write(|db| -> Result<Vec<FileRow>, Fault> {
            let files: Vec<FileRow> =
                sql_query("select id, keeper, subject from file where id > $1 order by id limit $2")
                    .bind::<BigInt, _>(after)
                    .bind::<BigInt, _>(CHUNK)
                    .load(db)?;
            sync::lock_all(db, &files)?;
            sync::rederive(db, &files, &book, today)?;
            Ok(files)
        })?;
        let Some(last) = files.last() else { break };
        after = last.id;
        done += files.len();
        println!("{done}件");
    }
    println!("ケース記録 {done}件から、読み取り用の表とやることを作りなおしました。");
    Ok(())
}
