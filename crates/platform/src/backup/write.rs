//! Writing a backup.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, connection::DefaultLoadingMode, pg::PgRowByRowLoadingMode,
    sql_query, sql_types::Text,
};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::{END, FORMAT, Head, PREFIX, SUFFIX, TABLE, Tail, restore, tables};
use crate::{
    Database, Db, Fault,
    audit::open::fingerprint,
    clock::{day_in_japan, time_in_japan},
    migrate, rights,
    sql::typed,
    store::chain::hex,
};

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    pub path: PathBuf,
    pub bytes: u64,
    pub tail: Tail,
}

/// Writes a backup into a folder, while others work. It has its name only once it is whole and on the disk.
///
/// # Errors
/// If the database or the folder fails, or rights within PostgreSQL would leave rows out.
pub fn write(database: &Database, folder: &Path, now: i64) -> Result<Written, Fault> {
    let failed = |error: std::io::Error| Fault::new(format!("the backup in {} fails: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let path = folder.join(name(now));
    let part = path.with_extension("part");
    // What an earlier run of the same second left is no backup.
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).map_err(failed)?;
    let mut out = Out::new(file);
    database.read_all(|db| {
        rights::sees_all(db)?;
        if let Db::Pg(pg) = db {
            // Row rights that would leave something out all the same are an error then.
            sql_query("set local row_security = off").execute(pg)?;
        }
        dump(db, &mut out, now)
    })?;
    let tail = out.close().map_err(failed)?;
    std::fs::rename(&part, &path).map_err(failed)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    let bytes = std::fs::metadata(&path).map_err(failed)?.len();
    Ok(Written { path, bytes, tail })
}

fn name(now: i64) -> String {
    let (hour, minute) = time_in_japan(now);
    let second = now.div_euclid(1_000_000).rem_euclid(60);
    format!("{PREFIX}{}-{hour:02}{minute:02}{second:02}{SUFFIX}", day_in_japan(now))
}

/// The backups of a folder, the newest first.
///
/// # Errors
/// If the folder cannot be read.
pub fn there(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let entries = std::fs::read_dir(folder).map_err(Fault::at("the folder of backups cannot be read"))?;
    let ours = |path: &PathBuf| {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with(PREFIX) && name.ends_with(SUFFIX)
    };
    let mut found: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).filter(ours).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// Removes all but the newest backups of the installation that wrote this one, and what its killed runs left. Whatever is
/// of another installation stays, and whatever does not say of which it is. Returns how many backups went.
///
/// # Errors
/// If the one that was written is not whole (nothing is removed then), or one cannot be removed.
pub fn keep_newest(written: &Path, keep: usize) -> Result<usize, Fault> {
    let folder = written.parent().unwrap_or(Path::new("."));
    let mine = restore::whole(written)?.0;
    let ours = |path: &PathBuf| restore::head(path).is_ok_and(|head| head.is_of(&mine));
    let own: Vec<PathBuf> = there(folder)?.into_iter().filter(ours).collect();
    let entries = std::fs::read_dir(folder).map_err(Fault::at("the folder of backups cannot be read"))?;
    let left = entries.filter_map(|e| Some(e.ok()?.path())).filter(|path| {
        let is = |what: &str| path.extension().is_some_and(|extension| extension == what);
        // The copy of a drill that was killed is a folder with everybody's records in it, named as its backup.
        let own_drill = is("drill") && own.contains(&path.with_extension("backup"));
        name_of(path).starts_with(PREFIX) && (own_drill || (is("part") && (ours(path) || is_empty(path))))
    });
    let left: Vec<PathBuf> = left.collect();
    let old: Vec<&PathBuf> = own.iter().filter(|path| path.as_path() != written).skip(keep.max(1) - 1).collect();
    for path in left.iter().chain(old.iter().copied()) {
        let gone = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        gone.map_err(Fault::at("an old backup cannot be removed"))?;
    }
    Ok(old.len())
}

/// Killed before it said anything: it holds nothing of anybody.
fn is_empty(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == 0)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A line is counted into the digest as it is compressed.
struct Out {
    to: GzEncoder<BufWriter<File>>,
    digest: Sha256,
    tail: Tail,
}

impl Out {
    fn new(file: File) -> Out {
        let to = GzEncoder::new(BufWriter::with_capacity(1 << 18, file), Compression::new(3));
        Out { to, digest: Sha256::new(), tail: Tail::default() }
    }

    fn line(&mut self, line: &str) -> Result<(), Fault> {
        self.digest.update(line.as_bytes());
        self.digest.update(b"\n");
        let written = self.to.write_all(line.as_bytes()).and_then(|()| self.to.write_all(b"\n"));
        written.map_err(Fault::at("the backup cannot be written"))
    }

    fn close(mut self) -> std::io::Result<Tail> {
        self.tail.sha256 = hex(&self.digest.finalize());
        let tail = serde_json::to_string(&self.tail).map_err(std::io::Error::other)?;
        writeln!(self.to, "{END}{tail}")?;
        let file = self.to.finish()?.into_inner().map_err(|e| e.into_error())?;
        file.sync_all()?;
        Ok(self.tail)
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn dump(db: &mut Db, out: &mut Out, now: i64) -> Result<(), Fault> {
    let tables = tables::all(db)?;
    let head = Head {
        tsumugi_backup: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: now,
        steps: migrate::steps_done(db)?,
        audit_key: fingerprint(db)?.unwrap_or_default(),
        installation: installation(db)?,
        tables,
    };
    out.line(&serde_json::to_string(&head)?)?;
    // Whoever finds the rest of a killed run reads whose it is.
    out.to.flush().map_err(Fault::at("the backup cannot be written"))?;
    for (table, columns) in &head.tables {
        out.line(&format!("{TABLE}{table}"))?;
        let rows = rows(db, table, columns, out)?;
        out.tail.rows.insert(table.clone(), rows);
    }
    Ok(())
}

/// What no other installation has, and this one keeps whatever becomes of its key: the salted chain of its first record.
fn installation(db: &mut Db) -> Result<String, Fault> {
    let text = "select link from event order by id limit 1";
    Ok(typed::<Text>(text).once().get_result(db).optional()?.unwrap_or_default())
}

/// One by one, so that memory holds one row whatever the table.
fn rows(db: &mut Db, table: &str, columns: &[String], out: &mut Out) -> Result<u64, Fault> {
    let mut count = 0;
    match db {
        Db::Sqlite(sqlite) => {
            let pairs: Vec<String> = columns.iter().map(|c| format!("'{c}', \"{c}\"")).collect();
            let query = sql_query(format!("select json_object({}) as line from \"{table}\"", pairs.join(", ")));
            for line in query.load_iter::<Line, DefaultLoadingMode>(sqlite)? {
                out.line(&line?.line)?;
                count += 1;
            }
        }
        Db::Pg(pg) => {
            let query = sql_query(format!("select cast(row_to_json(t) as text) as line from \"{table}\" t"));
            for line in query.load_iter::<Line, PgRowByRowLoadingMode>(pg)? {
                out.line(&line?.line)?;
                count += 1;
            }
        }
    }
    Ok(count)
}
