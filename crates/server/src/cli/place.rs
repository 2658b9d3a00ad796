//! Where the records are and which day it is: the options every verb shares.

use std::path::{Path, PathBuf};

use clap::Args;
use rules::Day;

use crate::platform::{Clock, Database, Fault, audit::open as sealed, db::Target, migrate};

#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Directory for the database file, uploads and exports
    #[arg(long, value_name = "DIR", env = "TSUMUGI_DATA", default_value = "tsumugi-data")]
    pub data: PathBuf,
    /// SQLite file or postgres:// URL [default: tsumugi.db in the data directory]
    #[arg(long, value_name = "PATH_OR_URL", env = "TSUMUGI_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    #[command(flatten)]
    pub sealing: Sealing,
}

/// The files of the audit chain: outside the database, so that its password is not enough to alter records unseen.
#[derive(Clone, Debug, Default, Args)]
pub struct Sealing {
    /// The key of the audit chain [default: audit.key in the data directory]
    #[arg(long, value_name = "FILE", env = "TSUMUGI_AUDIT_KEY")]
    pub audit_key: Option<PathBuf>,
    /// The anchor of the audit chain, best on another machine or medium [default: audit.anchor in the data directory]
    #[arg(long, value_name = "FILE", env = "TSUMUGI_AUDIT_ANCHOR")]
    pub audit_anchor: Option<PathBuf>,
}

impl Place {
    /// What is opened: the option, or the file in the data directory.
    pub fn target(&self) -> String {
        self.database.clone().unwrap_or_else(|| self.data.join("tsumugi.db").to_string_lossy().into_owned())
    }

    /// The key and the anchor of the audit chain.
    pub fn sealing(&self) -> sealed::Files {
        let within = sealed::Files::within(&self.data);
        sealed::Files {
            key: self.sealing.audit_key.clone().unwrap_or(within.key),
            anchor: self.sealing.audit_anchor.clone().unwrap_or(within.anchor),
        }
    }

    /// As [`open`](Self::open), for every verb that works on an installation: one that is not there is not begun by a
    /// mistyped name, which would then read as all well.
    ///
    /// # Errors
    /// If nothing was founded here: nothing is made then. And as [`open`](Self::open).
    pub fn there(&self, clock: &Clock) -> Result<Database, Fault> {
        self.founded()?;
        self.open(clock)
    }

    /// Looks whether an installation was begun here, and changes nothing.
    ///
    /// # Errors
    /// If there is none, or the database cannot be reached.
    pub fn founded(&self) -> Result<(), Fault> {
        let target = self.target();
        let none = |why: &str| {
            Fault::new(format!(
                "{why}。何も作らず、何もしていません。--data と --database を確かめてください（新しく始めるときは tsumugi setup）。"
            ))
        };
        if let Target::Sqlite(file) = Target::parse(&target)
            && !std::fs::metadata(Path::new(&file)).is_ok_and(|found| found.is_file() && found.len() > 0)
        {
            return Err(none(&format!("データベース {file} がありません")));
        }
        let begun = migrate::founded(&Database::open(&target)?)?;
        if begun { Ok(()) } else { Err(none("このデータベースでは、まだ何も始まっていません")) }
    }

    /// Makes the data directory (for its owner only), opens the database, brings its schema up to this program and seals
    /// what is written from now on.
    ///
    /// # Errors
    /// If the directory cannot be made or the database not be opened, or its audit key is not there.
    pub fn open(&self, clock: &Clock) -> Result<Database, Fault> {
        let database = self.unsealed(clock)?;
        let files = self.sealing();
        let (database, opened) = sealed::open(&database, &files)?;
        tell(&files, opened);
        Ok(database)
    }

    /// As [`open`](Self::open) without the key: for whoever is going to make one.
    ///
    /// # Errors
    /// If the directory cannot be made or the database not be opened.
    pub fn unsealed(&self, clock: &Clock) -> Result<Database, Fault> {
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

/// Says what was made, on standard error: a verb's output is for programs too.
pub fn tell(files: &sealed::Files, opened: sealed::Opened) {
    if opened.made_key {
        eprintln!(
            "監査用の鍵を作りました：{}\n写しを、このサーバーとバックアップ以外の場所（金庫など）に保管してください。鍵はバックアップに含まれず、\
             失うと、それまでの記録が改ざんされていないことを確かめられません。",
            files.key.display()
        );
    }
    if opened.old_rows > 0 {
        eprintln!(
            "すでにあった記録 {}件を、今の内容で封印しました（これより前の変更は検出できません）。",
            opened.old_rows
        );
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
