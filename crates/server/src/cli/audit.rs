//! `tsumugi audit …`: what an operator does about the key of the audit chain.

use clap::{Args, Subcommand};

use super::place::{self, Place};
use crate::platform::{Fault, audit::open, rights};

#[derive(Clone, Debug, Subcommand)]
pub enum Audit {
    /// After the key was lost for good: make another one and seal everything anew as it stands
    NewKey(NewKeyArgs),
}

#[derive(Clone, Debug, Args)]
pub struct NewKeyArgs {
    #[command(flatten)]
    pub place: Place,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(what: Audit) -> Result<(), Fault> {
    let Audit::NewKey(NewKeyArgs { place }) = what;
    let files = place.sealing();
    if files.key.exists() {
        // A key that may still be the right one is not thrown away by mistake.
        return Err(Fault::new(format!("{} is there: move it away first", files.key.display())));
    }
    place.founded()?;
    let database = place.unsealed(&place::clock(None))?;
    database.read_all(rights::sees_all)?;
    place::tell(&files, open::renew(&database, &files)?);
    Ok(())
}
