//! Re-derivation: from a file's events to every read table, and the catch-up when the date turns.

use std::collections::{BTreeMap, BTreeSet};

use casework::{View, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::Day;

use super::{derived, joined, kin, load, load::FileEvents, rows::Who, sheet::Sheet, tables};
use crate::{
    Database,
    db::{CountRow, Db},
    fault::Fault,
    rulebook::{Books, Shelf},
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
    /// Digests of its rows: [`super::sheet::Marks`].
    #[diesel(sql_type = Text)]
    pub marks: String,
}

/// The columns of [`FileRow`].
pub(super) const FILE: &str = "id, keeper, subject, version, marks";

/// Re-derives locked files from their events and writes their read tables: first who everybody is and how they are
/// related, then what is owed, which may rest on what is recorded of a relative.
pub fn files(
    db: &mut Db,
    rows: Vec<FileRow>,
    events: &BTreeMap<i64, FileEvents>,
    shelf: &Shelf,
    today: Day,
) -> Result<(), Fault> {
    let nothing = FileEvents::default();
    let of = |row: &FileRow| events.get(&row.id).unwrap_or(&nothing);
    let (offices, persons): (Vec<FileRow>, Vec<FileRow>) = rows.into_iter().partition(|row| row.subject == "office");
    for office in offices {
        let of = of(&office);
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
        tables::write_office(db, office.keeper, &story)?;
    }
    let who: Vec<Who> = persons.iter().map(|row| Who::of(of(row))).collect();
    tables::write_who(db, persons.iter().zip(&who))?;
    let kept: Vec<(i64, i64)> = persons.iter().map(|row| (row.keeper, row.id)).collect();
    let relations = kin::of_all(db, &kept, shelf)?;
    let sheets: Vec<(FileRow, Sheet)> = persons
        .into_iter()
        .zip(who)
        .map(|(row, who)| {
            let owed = derived::of(row.id, of(&row), &relations, shelf.of(row.keeper), today);
            (row, Sheet::new(who, owed))
        })
        .collect();
    tables::write_owed(db, &sheets, today)
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
        database.read_all(|db| -> Result<i64, Fault> {
            let sql = "select count(*) as n from file where rederive_on is not null and rederive_on <= $1";
            Ok(sql_query(sql).bind::<Integer, _>(today.0).get_result::<CountRow>(db)?.n)
        })
    };
    if due()? > 0 {
        while database.write_all(|db| catch_up(db, books, today, CHUNK))? > 0 {}
    }
    Ok(())
}

/// Locks the given files in id order and re-derives them, each by its keeper's book.
pub fn rederive(db: &mut Db, ids: &[i64], books: &Books, today: Day) -> Result<(), Fault> {
    // Of files that were joined, the one that stands for the person is derived.
    let ids = &joined::lead_all(db, ids)?;
    let rows = lock(db, ids)?;
    let shelf = books.now(db)?;
    let events = load::events_of_many(db, ids)?;
    files(db, rows, &events, &shelf, today)
}

/// Locks and re-derives files whose events changed all at once, and the relatives whom that concerns.
pub fn rederive_families(db: &mut Db, ids: &[i64], books: &Books, today: Day) -> Result<(), Fault> {
    let mut relatives: BTreeSet<i64> = kin::concerned(db, ids, books)?.into_iter().collect();
    let all: Vec<i64> = ids.iter().chain(&relatives).copied().collect();
    lock(db, &all)?;
    rederive(db, ids, books, today)?;
    relatives.extend(kin::concerned(db, ids, books)?);
    rederive(db, &relatives.into_iter().collect::<Vec<_>>(), books, today)
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
