//! Where the records are and which day it is: the options every verb shares.

use std::path::PathBuf;

use clap::Args;
use rules::Day;

use crate::platform::{Clock, Database, Fault};

#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Directory for the database file, uploads and exports
    #[arg(long, value_name = "DIR", env = "TSUMUGI_DATA", default_value = "tsumugi-data")]
    pub data: PathBuf,
    /// SQLite file or postgres:// URL [default: tsumugi.db in the data directory]
    #[arg(long, value_name = "PATH_OR_URL", env = "TSUMUGI_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

impl Place {
    /// What is opened: the option, or the file in the data directory.
    pub fn target(&self) -> String {
        self.database.clone().unwrap_or_else(|| self.data.join("tsumugi.db").to_string_lossy().into_owned())
    }

    /// Makes the data directory (for its owner only), opens the database and brings its schema up to this program.
    ///
    /// # Errors
    /// If the directory cannot be made or the database not be opened.
    pub fn open(&self, clock: &Clock) -> Result<Database, Fault> {
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.data)
            .map_err(Fault::at("the data directory cannot be made"))?;
        let database = Database::open(&self.target())?;
        database.migrate(clock)?;
        Ok(database)
    }
}

/// A day on the command line.
///
/// # Errors
/// In words for the command line.
pub fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).ok_or_else(|| format!("「{text}」 is not a day; write it as 2026-11-24"))
}

/// The system's clock, or one that stands on a day.
pub fn clock(as_of: Option<Day>) -> Clock {
    as_of.map_or_else(Clock::system, Clock::pinned)
}
