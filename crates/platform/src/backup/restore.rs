//! Restoring a backup: into a new file, or into a database of PostgreSQL in one transaction. Stopped at any moment it has
//! done nothing.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query,
    sql_types::Text,
};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::{END, FORMAT, Head, TABLE, Tail, tables};
use crate::{
    Db, Fault,
    db::{CountRow, Target},
    migrate,
    store::chain::hex,
};

/// What was restored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    pub head: Head,
    pub tail: Tail,
    /// Where the file that was replaced lies now.
    pub before: Option<PathBuf>,
}

/// Rows put in by one statement, and how long their text may become.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;

/// Restores a backup. What is there already is replaced only if that is said; a file of SQLite is kept beside.
///
/// # Errors
/// If the backup is not whole or of a newer program, or if the database is in use or not empty.
pub fn restore(backup: &Path, target: &Target, replace: bool, now: i64) -> Result<Restored, Fault> {
    match target {
        Target::Sqlite(path) => into_file(backup, Path::new(path), replace, now),
        Target::Postgres(url) => into_server(backup, url, replace, now),
    }
}

/// What a backup says of itself, read to its end.
///
/// # Errors
/// If it is not whole.
pub fn whole(backup: &Path) -> Result<(Head, Tail), Fault> {
    let mut reader = Reader::open(backup)?;
    let head = reader.head()?;
    while reader.row()?.is_some() {}
    Ok((head, reader.tail))
}

/// What a backup says of itself in its first line.
///
/// # Errors
/// If it cannot be read.
pub fn head(backup: &Path) -> Result<Head, Fault> {
    Reader::open(backup)?.head()
}

fn into_file(backup: &Path, path: &Path, replace: bool, now: i64) -> Result<Restored, Fault> {
    let failed = |error: std::io::Error| Fault::new(format!("{} cannot be restored to: {error}", path.display()));
    let there = path.exists();
    if there {
        let mut db = file(path)?;
        if !replace && !is_empty(&mut db)? {
            return Err(not_empty());
        }
        // Only who is alone with a file may change this; and it leaves nothing beside it.
        db.batch_execute("pragma busy_timeout = 0; pragma journal_mode = delete").map_err(|_| in_use())?;
        if mode(&mut db)? == "wal" {
            return Err(in_use());
        }
    }
    let new = beside(path, "restoring");
    for left in [new.clone(), beside(path, "restoring-journal")] {
        if left.exists() {
            std::fs::remove_file(left).map_err(failed)?;
        }
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let filled = fill(backup, &new, now);
    if filled.is_err() && new.exists() {
        // What was refused leaves nothing beside the database.
        std::fs::remove_file(&new).map_err(failed)?;
    }
    let (head, tail) = filled?;
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    File::open(&new).and_then(|file| file.sync_all()).map_err(failed)?;
    let before = there.then(|| beside(path, "before-restore"));
    if let Some(before) = &before {
        if before.exists() {
            std::fs::remove_file(before).map_err(failed)?;
        }
        std::fs::hard_link(path, before).map_err(failed)?;
    }
    // From here on it is the new one.
    std::fs::rename(&new, path).map_err(failed)?;
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(Restored { head, tail, before })
}

fn fill(backup: &Path, new: &Path, now: i64) -> Result<(Head, Tail), Fault> {
    let mut db = file(new)?;
    db.batch_execute("pragma synchronous = off; pragma journal_mode = memory; begin immediate")?;
    let filled = rows(backup, &mut db, now)?;
    db.batch_execute("commit")?;
    Ok(filled)
}

fn into_server(backup: &Path, url: &str, replace: bool, now: i64) -> Result<Restored, Fault> {
    let connection = PgConnection::establish(url).map_err(Fault::at("cannot reach PostgreSQL"))?;
    let mut db = Db::Pg(connection);
    db.batch_execute("begin")?;
    if !replace && !is_empty(&mut db)? {
        return Err(not_empty());
    }
    let others = "select count(*) as n from pg_stat_activity where datname = current_database() \
                  and pid <> pg_backend_pid() and backend_type = 'client backend'";
    if sql_query(others).get_result::<CountRow>(&mut db)?.n > 0 {
        return Err(in_use());
    }
    for table in tables::every(&mut db)? {
        let dropped = db.batch_execute(&format!("drop table \"{table}\" cascade"));
        dropped.map_err(|e| Fault::new(format!("only the owner of the tables can restore: {e}")))?;
    }
    let (head, tail) = rows(backup, &mut db, now)?;
    db.batch_execute("commit")?;
    Ok(Restored { head, tail, before: None })
}

fn not_empty() -> Fault {
    Fault::new("the database holds records already: nothing was done. To put the backup in their place: --replace")
}

fn in_use() -> Fault {
    Fault::new("the database is in use: stop the servers of this installation first. Nothing was done")
}

fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    PathBuf::from(name)
}

fn file(path: &Path) -> Result<Db, Fault> {
    let text = path.to_str().ok_or_else(|| Fault::new("the path is not text"))?;
    SqliteConnection::establish(text).map(Db::Sqlite).map_err(Fault::at("cannot open the file"))
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

fn mode(db: &mut Db) -> Result<String, Fault> {
    Ok(sql_query("pragma journal_mode").get_result::<Mode>(db)?.journal_mode)
}

/// Whether nobody has worked with it yet.
fn is_empty(db: &mut Db) -> Result<bool, Fault> {
    if !tables::every(db)?.iter().any(|table| table == "office") {
        return Ok(true);
    }
    let text =
        "select (select count(*) from office) + (select count(*) from staff) + (select count(*) from event) as n";
    Ok(sql_query(text).get_result::<CountRow>(db)?.n == 0)
}

/// Makes the tables as they were, puts the rows in, and brings the schema up to this program.
fn rows(backup: &Path, db: &mut Db, now: i64) -> Result<(Head, Tail), Fault> {
    let mut reader = Reader::open(backup)?;
    let head = reader.head()?;
    migrate::steps_of(db, now, &head.steps)?;
    let here = tables::all(db)?;
    let mut block = Block::default();
    while let Some((table, row)) = reader.row()? {
        if block.table != table || block.rows.len() >= ROWS || block.bytes >= BYTES {
            block.put(db, &here)?;
            table.clone_into(&mut block.table);
        }
        block.bytes += row.len();
        block.rows.push(row.to_owned());
    }
    block.put(db, &here)?;
    if let Db::Pg(_) = db {
        here.iter().try_for_each(|(table, _)| number_on(db, table))?;
    }
    migrate::steps_on(db, now)?;
    Ok((head, reader.tail))
}

/// PostgreSQL: new rows get numbers behind those that were put in.
fn number_on(db: &mut Db, table: &str) -> Result<(), Fault> {
    let text = "select count(*) as n from information_schema.columns where table_schema = current_schema() \
                and table_name = $1 and column_name = 'id' and is_identity = 'YES'";
    if sql_query(text).bind::<Text, _>(table).get_result::<CountRow>(db)?.n == 1 {
        db.batch_execute(&format!(
            "select setval(pg_get_serial_sequence('\"{table}\"', 'id'), \
             (select coalesce(max(id), 0) + 1 from \"{table}\"), false)"
        ))?;
    }
    Ok(())
}

/// Rows of one table that are put in together.
#[derive(Default)]
struct Block {
    table: String,
    rows: Vec<String>,
    bytes: usize,
}

impl Block {
    fn put(&mut self, db: &mut Db, here: &[(String, Vec<String>)]) -> Result<(), Fault> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let stranger = || Fault::new(format!("the backup has a table {} that its schema has not", self.table));
        let (table, columns) = here.iter().find(|(name, _)| *name == self.table).ok_or_else(stranger)?;
        let quoted = columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
        let text = match db {
            Db::Sqlite(_) => {
                let values: Vec<String> = columns.iter().map(|c| format!("json_extract(value, '$.{c}')")).collect();
                format!("insert into \"{table}\" ({quoted}) select {} from json_each($1)", values.join(", "))
            }
            Db::Pg(_) => format!(
                "insert into \"{table}\" ({quoted}) \
                 select {quoted} from json_populate_recordset(null::\"{table}\", cast($1 as json))"
            ),
        };
        let put = sql_query(text).bind::<Text, _>(format!("[{}]", self.rows.join(","))).execute(db)?;
        if put != self.rows.len() {
            return Err(Fault::new(format!("{} of {} rows of {table} were put in", put, self.rows.len())));
        }
        self.rows.clear();
        self.bytes = 0;
        Ok(())
    }
}

struct Reader {
    lines: BufReader<GzDecoder<BufReader<File>>>,
    line: String,
    digest: Sha256,
    table: String,
    counted: Tail,
    /// Once the end was reached.
    tail: Tail,
}

impl Reader {
    fn open(path: &Path) -> Result<Reader, Fault> {
        let file = File::open(path).map_err(|e| Fault::new(format!("the backup {}: {e}", path.display())))?;
        let lines = BufReader::with_capacity(1 << 18, GzDecoder::new(BufReader::new(file)));
        Ok(Reader {
            lines,
            line: String::new(),
            digest: Sha256::new(),
            table: String::new(),
            counted: Tail::default(),
            tail: Tail::default(),
        })
    }

    fn next(&mut self) -> Result<(), Fault> {
        self.line.clear();
        let read = self.lines.read_line(&mut self.line).map_err(Fault::at("the backup is not whole"))?;
        if read == 0 || !self.line.ends_with('\n') {
            return Err(Fault::new("the backup is not whole: its end is missing"));
        }
        if !self.line.starts_with(END) {
            self.digest.update(self.line.as_bytes());
        }
        self.line.pop();
        Ok(())
    }

    fn head(&mut self) -> Result<Head, Fault> {
        self.next()?;
        let head: Head = serde_json::from_str(&self.line).map_err(|_| Fault::new("this is no backup of Tsumugi"))?;
        if head.tsumugi_backup != FORMAT {
            return Err(Fault::new("the backup is of a newer version of the program"));
        }
        Ok(head)
    }

    /// The next row with its table; `None` at the end of a backup that is whole.
    fn row(&mut self) -> Result<Option<(&str, &str)>, Fault> {
        loop {
            self.next()?;
            if let Some(tail) = self.line.strip_prefix(END) {
                self.tail = serde_json::from_str(tail)?;
                self.counted.sha256 = hex(&std::mem::take(&mut self.digest).finalize());
                if self.counted != self.tail {
                    return Err(Fault::new("the backup was altered: it is not what its last line says"));
                }
                return Ok(None);
            }
            if let Some(table) = self.line.strip_prefix(TABLE) {
                table.clone_into(&mut self.table);
                self.counted.rows.insert(self.table.clone(), 0);
                continue;
            }
            if let Some(count) = self.counted.rows.get_mut(&self.table) {
                *count += 1;
            }
            return Ok(Some((&self.table, &self.line)));
        }
    }
}
