//! `tsumugi backup` and `tsumugi restore`: one file for either database, and the drill that proves it can be used.

use std::path::{Path, PathBuf};

use clap::Args;
use rules::Day;

use super::{
    check,
    place::{self, Place},
};
use crate::platform::{
    Clock, Database, Fault,
    audit::{self, Key, anchor, open::Files},
    backup::{self, Status},
    db::Target,
};

#[derive(Clone, Debug, Args)]
pub struct BackupArgs {
    #[command(flatten)]
    pub place: Place,
    /// The folder backups are kept in: best on another machine or medium. They hold everything but the audit key
    pub folder: PathBuf,
    /// How many backups are kept; older ones are removed
    #[arg(long, value_name = "N", default_value_t = 31, value_parser = clap::value_parser!(u16).range(1..))]
    pub keep: u16,
    /// Restore it somewhere else at once, and check what was restored
    #[arg(long)]
    pub drill: bool,
    /// Where the drill restores to: an empty database (SQLite file or postgres:// URL) [default: a file beside the backup, removed afterwards]
    #[arg(long, value_name = "PATH_OR_URL", requires = "drill")]
    pub scratch: Option<String>,
    /// The day the drill derives for (YYYY-MM-DD) [default: today, or the demo's day]
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
}

#[derive(Clone, Debug, Args)]
pub struct RestoreArgs {
    #[command(flatten)]
    pub place: Place,
    /// The backup
    pub backup: PathBuf,
    /// Put it in the place of the records that are there; a SQLite file is kept beside it
    #[arg(long)]
    pub replace: bool,
}

/// Takes a backup, and tells the anchor and the status.
///
/// # Errors
/// What the operator must act on; also if the drill found something.
pub fn backup(args: &BackupArgs) -> Result<(), Fault> {
    let (database, today) = check::opened_whole(&args.place, args.as_of)?;
    let clock = Clock::system();
    let begun = clock.wall();
    let written = backup::write(&database, &args.folder, begun).and_then(|written| {
        let removed = backup::keep_newest(&written.path, args.keep.into())?;
        Ok((written, removed))
    });
    let (written, removed) = match written {
        Ok(done) => done,
        Err(fault) => {
            Status::change(&database, |status| status.failed_at = begun)?;
            return Err(fault);
        }
    };
    Status::change(&database, |status| {
        status.backup_at = begun;
        status.rows = written.tail.total();
        status.bytes = written.bytes;
    })?;
    let files = args.place.sealing();
    anchor::write(&database, &files.anchor)?;
    println!(
        "バックアップ：{}（{}件、{} MB、{}秒）。監査用の鍵は含みません。",
        written.path.display(),
        written.tail.total(),
        written.bytes.div_ceil(1_000_000),
        seconds(clock.wall() - begun)
    );
    if removed > 0 {
        println!("古いバックアップ {removed}件を削除しました。");
    }
    if !args.drill {
        return Ok(());
    }
    let drilled = drill(&written.path, args.scratch.as_deref(), &files, database.key(), today);
    Status::change(&database, |status| {
        status.drill_at = clock.wall();
        if drilled.is_ok() {
            status.drill_ok_at = status.drill_at;
        }
    })?;
    drilled.map_err(|fault| Fault::new(format!("the drill failed: {fault}")))
}

/// Restores a backup elsewhere, checks it and its audit chain, and says how long that took.
///
/// # Errors
/// What failed.
pub fn drill(path: &Path, scratch: Option<&str>, files: &Files, key: Option<&Key>, today: Day) -> Result<(), Fault> {
    let folder = path.with_extension("drill");
    let own = folder.join("tsumugi.db").to_string_lossy().into_owned();
    let target = Target::parse(scratch.unwrap_or(&own));
    let clean = || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Fault::new(format!("the drill's copy in {} cannot be removed: {error}", folder.display())))
        }
        _ => Ok(()),
    };
    clean()?;
    let done = drilled(path, &target, files, key, today);
    // Also what failed holds everybody's records.
    clean()?;
    done
}

fn drilled(path: &Path, target: &Target, files: &Files, key: Option<&Key>, today: Day) -> Result<(), Fault> {
    let clock = Clock::system();
    let begun = clock.wall();
    if let Target::Sqlite(file) = target
        && let Some(folder) = Path::new(file).parent()
    {
        use std::os::unix::fs::DirBuilderExt;
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(Fault::at("no place for the drill"))?;
    }
    let restored = backup::restore(path, target, false, begun)?;
    let restored_at = clock.wall();
    let (Target::Sqlite(place) | Target::Postgres(place)) = target;
    let mut copy = Database::open(place)?;
    let mut findings = check::verified(&copy, today)?.1;
    if let Some(key) = key {
        copy = copy.sealed_with(key.clone());
        findings.extend(audit::verify_as_of(&copy, &files.anchor, restored.head.taken_at)?.findings);
    }
    println!(
        "復元訓練：{}件を{}秒で復元し、{}秒で確かめました。",
        restored.tail.total(),
        seconds(restored_at - begun),
        seconds(clock.wall() - restored_at)
    );
    check::told(&findings)
}

/// Puts a backup in place, and tells the anchor that the records go on from there.
///
/// # Errors
/// What the operator must act on; nothing was done then.
pub fn restore(args: &RestoreArgs) -> Result<(), Fault> {
    let clock = Clock::system();
    let begun = clock.wall();
    let place = &args.place;
    let restored = backup::restore(&args.backup, &Target::parse(&place.target()), args.replace, begun)?;
    println!(
        "{}に取られたバックアップから {}件を復元しました（{}秒）。",
        backup::status::moment(restored.head.taken_at),
        restored.tail.total(),
        seconds(clock.wall() - begun)
    );
    if let Some(before) = restored.before {
        println!("これまでのデータは {} に残してあります。確かめたら削除してください。", before.display());
    }
    let files = place.sealing();
    if restored.head.audit_key.is_empty() {
        return Ok(());
    }
    let database = audit::open::attach(Database::open(&place.target())?, &files.key)?;
    anchor::restored(&database, &files.anchor)?;
    println!("tsumugi check --audit で確かめてから、使い始めてください。");
    Ok(())
}

fn seconds(micros: i64) -> String {
    format!("{:.1}", micros as f64 / 1e6)
}
