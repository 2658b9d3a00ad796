//! Backup and restore, the same for both databases: one compressed file of text, written in one moment of the database,
//! that either of them can be restored from. The audit key is not in it.
//!
//! First line: what it is ([`Head`]). Then for each table a line `= name` and one JSON object a row. Last line: counts and
//! the SHA-256 of everything before ([`Tail`]); a file without it is not whole.

pub mod restore;
pub mod status;
mod tables;
pub mod write;

use std::collections::BTreeMap;

pub use restore::restore;
pub use status::Status;
pub use write::{keep_newest, write};

/// Raise it when the file is another one.
const FORMAT: u32 = 1;
/// What a backup is called: `tsumugi-2026-11-27-031500.backup`, in the time of Japan.
const PREFIX: &str = "tsumugi-";
const SUFFIX: &str = ".backup";
/// Before the name of a table, and before the last line.
const TABLE: &str = "= ";
const END: &str = ". ";

/// The first line.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Head {
    pub tsumugi_backup: u32,
    /// The program's version.
    pub program: String,
    /// Microseconds since the epoch, a moment before the one it shows.
    pub taken_at: i64,
    /// Steps of the schema it was taken with.
    pub steps: Vec<String>,
    /// Which key the audit chain in it is sealed with; empty: none.
    pub audit_key: String,
    /// Which installation it is of; empty: nothing was recorded yet, or an older version wrote it.
    #[serde(default)]
    pub installation: String,
    /// Tables and their columns.
    pub tables: Vec<(String, Vec<String>)>,
}

impl Head {
    /// Whether both are surely of the same installation.
    fn is_of(&self, other: &Head) -> bool {
        let same = |a: &str, b: &str| !a.is_empty() && a == b;
        if self.installation.is_empty() || other.installation.is_empty() {
            return same(&self.audit_key, &other.audit_key);
        }
        self.installation == other.installation
    }
}

/// The last line.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Tail {
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    pub sha256: String,
}

impl Tail {
    pub fn total(&self) -> u64 {
        self.rows.values().sum()
    }
}
