//! Re-derivation: from a file's events to every read table, and the catch-up when the date turns.

use casework::{View, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::{Day, Rulebook};

use super::{load, load::FileEvents, rows::Sheet, tables};
use crate::{
    Database,
    db::{CountRow, Db},
    fault::Fault,
    rulebook::Books,
};

pub use super::rebuild::{Trust, rebuild, rebuild_of};

/// A file and what is stored for it.
#[derive(QueryableByName, Clone, PartialEq, Eq, Debug)]
pub struct FileRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub keeper: i64,
    #[diesel(sql_type = Text)]
    pub subject: String,
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Digests of its rows: [`super::rows::Marks`].
    #[diesel(sql_type = Text)]
    pub marks: String,
}

/// The columns of [`FileRow`].
pub(super) const FILE: &str = "id, keeper, subject, version, marks";

/// Re-derives a locked file from its events and writes its read tables.
pub fn file(db: &mut Db, row: FileRow, events: &FileEvents, rulebook: &Rulebook, today: Day) -> Result<(), Fault> {
    if row.subject == "office" {
        let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
        return tables::write_office(db, row.keeper, &story);
    }
    let sheet = Sheet::of(events, rulebook, today);
    tables::write(db, &[(row, sheet)], today)
}

/// Re-derives up to `limit` files that are due because the date turned. Returns how many it did: call until 0.
///
/// Idempotent, and needs no job to have run on any particular night: whoever asks first after the turn calls it.
pub fn catch_up(db: &mut Db, books: &Books, today: Day, limit: i64) -> Result<usize, Fault> {
    let due: Vec<FileRow> = sql_query(format!(
        "select {FILE} from file where rederive_on is not null and rederive_on <= $1 order by id limit $2"
    ))
    .bind::<Integer, _>(today.0)
    .bind::<BigInt, _>(limit)
    .load(db)?;
    let ids: Vec<i64> = due.iter().map(|f| f.id).collect();
    rederive(db, &ids, books, today)?;
    Ok(due.len())
}

/// Catches up with the date for whoever looks first after it turned. Looks before it locks: on most requests nothing is
/// due.
///
/// # Errors
/// If the database fails.
pub fn catch_up_if_due(database: &Database, books: &Books, today: Day) -> Result<(), Fault> {
    /// Files in one transaction: short enough that others hardly wait.
    const CHUNK: i64 = 200;
    let due = || {
        database.read(|db| -> Result<i64, Fault> {
            let sql = "select count(*) as n from file where rederive_on is not null and rederive_on <= $1";
            Ok(sql_query(sql).bind::<Integer, _>(today.0).get_result::<CountRow>(db)?.n)
        })
    };
    if due()? > 0 {
        while database.write(|db| catch_up(db, books, today, CHUNK))? > 0 {}
    }
    Ok(())
}

/// Locks the given files in id order and re-derives them, each by its keeper's book.
pub fn rederive(db: &mut Db, files: &[i64], books: &Books, today: Day) -> Result<(), Fault> {
    let rows = lock(db, files)?;
    let shelf = books.now(db)?;
    let events = load::events_of_many(db, files)?;
    let mut sheets = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(of) = events.get(&row.id) else { continue };
        let rulebook = shelf.of(row.keeper);
        if row.subject == "office" {
            file(db, row, of, rulebook, today)?;
        } else {
            sheets.push((row, Sheet::of(of, rulebook, today)));
        }
    }
    tables::write(db, &sheets, today)
}

/// Locks files in id order until the transaction ends, and says how they stand. On SQLite the transaction itself locks.
pub fn lock(db: &mut Db, files: &[i64]) -> Result<Vec<FileRow>, Fault> {
    let held = if matches!(db, Db::Pg(_)) { " for update" } else { "" };
    let mut rows = Vec::with_capacity(files.len());
    let mut ids = files.to_vec();
    ids.sort_unstable();
    for some in ids.chunks(500) {
        let list = load::id_list(some);
        let text = format!("select {FILE} from file where id in {list} order by id{held}");
        rows.extend(sql_query(text).load::<FileRow>(db)?);
    }
    Ok(rows)
}
