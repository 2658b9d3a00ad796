//! Where the key and the anchor are, and what happens when an installation is opened with them.

use std::path::{Path, PathBuf};

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{BigInt, Text},
};

use super::{
    Key, anchor,
    seal::{self, Rows},
    verify::{READING, ReadingRow},
};
use crate::{
    Database, Db, Fault,
    sql::{self, typed},
};

/// `meta`: which key the seals of this database are made with.
const KEY: &str = "audit_key";
/// Rows under one seal of those that were there before the first one.
const OLD: i64 = 5_000;

/// The files of the audit chain, both outside the database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Files {
    pub key: PathBuf,
    pub anchor: PathBuf,
}

impl Files {
    /// In a data directory, where nothing else is said.
    pub fn within(data: &Path) -> Files {
        Files { key: data.join("audit.key"), anchor: data.join("audit.anchor") }
    }
}

/// What opening did that somebody has to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Opened {
    /// A key was made: a copy has to be kept elsewhere.
    pub made_key: bool,
    /// Rows that were there before the first seal. What was done to them before cannot be known.
    pub old_rows: u64,
}

/// Gives a database its key: from now on everything that is written is sealed. The first time, a key is made and what is
/// there already is sealed as it stands.
///
/// # Errors
/// If the key is not there although seals are, if it is another one, or if seals are gone that the anchor knows.
pub fn open(database: &Database, files: &Files) -> Result<(Database, Opened), Fault> {
    let sealed_with = database.read_all(fingerprint)?;
    let here = Key::read(&files.key)?;
    let made_key = here.is_none();
    let key = match (here, &sealed_with) {
        (Some(key), _) => key,
        (None, None) => Key::create(&files.key)?,
        (None, Some(wanted)) => {
            return Err(missing(&files.key, wanted));
        }
    };
    let mine = key.fingerprint();
    if let Some(wanted) = sealed_with {
        same(&mine, &wanted, &files.key)?;
        return Ok((database.clone().sealed_with(key), Opened::default()));
    }
    if !anchor::read(&files.anchor, &mine)?.is_empty() {
        return Err(Fault::new(format!(
            "the anchor {} knows seals of key {mine}, and this database has none: it is another one, or its seals were \
             removed. Name the right database or anchor (--audit-anchor)",
            files.anchor.display()
        )));
    }
    let old = database.write_all(|db| begin(db, &key))?;
    let Some(old_rows) = old else {
        // Another process was first.
        same(&mine, &database.read_all(fingerprint)?.unwrap_or_default(), &files.key)?;
        return Ok((database.clone().sealed_with(key), Opened { made_key, old_rows: 0 }));
    };
    let database = database.clone().sealed_with(key);
    anchor::write(&database, &files.anchor)?;
    Ok((database, Opened { made_key, old_rows }))
}

/// As [`open`], for whoever reads and begins nothing: without a seal nothing is sealed.
///
/// # Errors
/// If there are seals and their key is not in that file.
pub fn attach(database: Database, key: &Path) -> Result<Database, Fault> {
    let Some(wanted) = database.read_all(fingerprint)? else { return Ok(database) };
    let here = Key::read(key)?.ok_or_else(|| missing(key, &wanted))?;
    same(&here.fingerprint(), &wanted, key)?;
    Ok(database.sealed_with(here))
}

/// After the key was lost: another one is made, and everything is sealed anew as it stands. What was done to the rows
/// until now cannot be known any more.
///
/// # Errors
/// If the files or the database cannot be written.
pub fn renew(database: &Database, files: &Files) -> Result<Opened, Fault> {
    let key = Key::create(&files.key)?;
    let old = database.write_all(|db| {
        for table in ["seal", "seal_head"] {
            sql::sql(&format!("delete from {table}")).execute(db)?;
        }
        sql::sql("delete from meta where name = $1").with(KEY).execute(db)?;
        begin(db, &key)
    })?;
    anchor::write(&database.clone().sealed_with(key), &files.anchor)?;
    Ok(Opened { made_key: true, old_rows: old.unwrap_or(0) })
}

fn missing(key: &Path, wanted: &str) -> Fault {
    Fault::new(format!(
        "the audit key is missing: this database is sealed with key {wanted}, and there is no file {}. Put the copy that \
         was kept there, or name it with --audit-key. If it is lost for good: tsumugi audit new-key",
        key.display()
    ))
}

fn same(mine: &str, wanted: &str, key: &Path) -> Result<(), Fault> {
    if mine == wanted {
        return Ok(());
    }
    let path = key.display();
    Err(Fault::new(format!(
        "the audit key in {path} is {mine}, and this database is sealed with key {wanted}: nothing was written. Put the \
         right key there, or name it with --audit-key"
    )))
}

/// Which key the seals were made with; `None`: nothing was ever sealed.
///
/// # Errors
/// If the database fails.
pub fn fingerprint(db: &mut Db) -> Result<Option<String>, Fault> {
    Ok(typed::<Text>("select value from meta where name = $1").with(KEY).get_result(db).optional()?)
}

/// Seals what was there before the first seal; `None`: another process is the first.
fn begin(db: &mut Db, key: &Key) -> Result<Option<u64>, Fault> {
    let claimed = sql::sql("insert into meta (name, value) values ($1, $2) on conflict (name) do nothing")
        .with(KEY)
        .with(&key.fingerprint())
        .execute(db)?;
    if claimed == 0 {
        return Ok(None);
    }
    let (mut count, mut after) = (0, 0);
    loop {
        let text = "select keeper, id, link from event where id > $1 order by id limit $2";
        let rows: Vec<(i64, i64, String)> = typed::<(BigInt, BigInt, Text)>(text).with(after).with(OLD).load(db)?;
        let Some((_, last, _)) = rows.last() else { break };
        after = *last;
        count += rows.len();
        keep(db, key, rows, |rows, id, link| rows.events.insert(id, link))?;
    }
    after = 0;
    loop {
        let text = format!("select {READING} from reading where id > $1 order by id limit $2");
        let rows: Vec<ReadingRow> = sql::sql(&text).with(after).with(OLD).load(db)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        count += rows.len();
        let rows = rows.iter().map(|r| (r.keeper, r.id, r.row().digest(r.id))).collect();
        keep(db, key, rows, |rows, id, digest| rows.readings.insert(id, digest))?;
    }
    Ok(Some(u64::try_from(count).unwrap_or(0)))
}

fn keep(
    db: &mut Db,
    key: &Key,
    rows: Vec<(i64, i64, String)>,
    mut put: impl FnMut(&mut Rows, i64, String) -> Option<String>,
) -> Result<(), Fault> {
    let mut of: std::collections::BTreeMap<i64, Rows> = std::collections::BTreeMap::new();
    for (keeper, id, said) in rows {
        put(of.entry(keeper).or_default(), id, said);
    }
    of.iter().try_for_each(|(keeper, rows)| seal::seal(db, key, *keeper, rows))
}
