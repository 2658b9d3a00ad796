//! Re-derivation of one file: from its events to every read table, and the catch-up when the date turns.

use casework::{Person, View, derive, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, Rulebook};

use super::{load, load::FileEvents, tables};
use crate::{
    Database,
    db::{CountRow, Db},
    fault::Fault,
    rulebook::Books,
};

/// Re-derives a file from its events and writes its read tables.
pub fn file(
    db: &mut Db,
    keeper: i64,
    id: i64,
    subject: &str,
    events: &FileEvents,
    rulebook: &Rulebook,
    today: Day,
) -> Result<(), Fault> {
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    if subject == "office" {
        return tables::write_office(db, keeper, &story);
    }
    let person = Person::read(&story);
    let derived = derive(&story, &person, rulebook, today);
    tables::write_duties(db, keeper, id, &derived.duties)?;
    tables::write_person(db, keeper, id, &story, &person)?;
    sql_query(
        "update file set rederive_on = $1, derived_for = $2, standing = $3, covered_by = $4 \
         where id = $5 and keeper = $6",
    )
    .bind::<Nullable<Integer>, _>(derived.rederive_on.map(|d| d.0))
    .bind::<Integer, _>(today.0)
    .bind::<Text, _>(derived.standing.code())
    .bind::<Nullable<Integer>, _>(derived.covered_by.map(|d| d.0))
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(keeper)
    .execute(db)?;
    Ok(())
}

#[derive(QueryableByName)]
pub struct FileRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub keeper: i64,
    #[diesel(sql_type = Text)]
    pub subject: String,
}

/// Re-derives up to `limit` files that are due because the date turned. Returns how many it did: call until 0.
///
/// Idempotent, and needs no job to have run on any particular night: whoever asks first after the turn calls it.
pub fn catch_up(db: &mut Db, books: &Books, today: Day, limit: i64) -> Result<usize, Fault> {
    let due: Vec<FileRow> = sql_query(
        "select id, keeper, subject from file where rederive_on is not null and rederive_on <= $1 order by id limit $2",
    )
    .bind::<Integer, _>(today.0)
    .bind::<BigInt, _>(limit)
    .load(db)?;
    lock_all(db, &due)?;
    rederive(db, &due, books, today)?;
    Ok(due.len())
}

/// Catches up with the date for whoever looks first after it turned. Looks before it locks: on most requests nothing is
/// due.
///
/// # Errors
/// If the database fails.
pub fn catch_up_if_due(database: &Database, books: &Books, today: Day) -> Result<(), Fault> {
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

/// Files re-derived in one transaction: short enough that others hardly wait.
const CHUNK: i64 = 200;

/// Rebuilds the read tables and duties of every file, chunk by chunk. `progress` is told how many are done.
///
/// # Errors
/// If the database fails; what was rebuilt stays, and running again is harmless.
pub fn rebuild(database: &Database, books: &Books, today: Day, progress: impl FnMut(usize)) -> Result<usize, Fault> {
    rebuild_where(database, books, "", today, progress)
}

/// As [`rebuild`], the files of some keepers only.
///
/// # Errors
/// As [`rebuild`].
pub fn rebuild_of(
    database: &Database,
    books: &Books,
    keepers: &[i64],
    today: Day,
    progress: impl FnMut(usize),
) -> Result<usize, Fault> {
    rebuild_where(database, books, &format!("and keeper in {}", load::id_list(keepers)), today, progress)
}

fn rebuild_where(
    database: &Database,
    books: &Books,
    whose: &str,
    today: Day,
    mut progress: impl FnMut(usize),
) -> Result<usize, Fault> {
    let (mut after, mut done) = (0, 0);
    loop {
        let files = database.write(|db| -> Result<Vec<FileRow>, Fault> {
            let sql = format!("select id, keeper, subject from file where id > $1 {whose} order by id limit $2");
            let files: Vec<FileRow> = sql_query(sql).bind::<BigInt, _>(after).bind::<BigInt, _>(CHUNK).load(db)?;
            lock_all(db, &files)?;
            rederive(db, &files, books, today)?;
            Ok(files)
        })?;
        let Some(last) = files.last() else { return Ok(done) };
        after = last.id;
        done += files.len();
        progress(done);
    }
}

/// Re-derives the given files (already locked, or the caller is alone), each by its keeper's book.
pub fn rederive(db: &mut Db, files: &[FileRow], books: &Books, today: Day) -> Result<(), Fault> {
    let shelf = books.now(db)?;
    let ids: Vec<i64> = files.iter().map(|f| f.id).collect();
    let events = load::events_of_many(db, &ids)?;
    for row in files {
        if let Some(of) = events.get(&row.id) {
            file(db, row.keeper, row.id, &row.subject, of, shelf.of(row.keeper), today)?;
        }
    }
    Ok(())
}

/// Locks files in id order until the transaction ends: on PostgreSQL by touching their rows, on SQLite the transaction
/// itself locks.
pub fn lock_all(db: &mut Db, files: &[FileRow]) -> Result<(), Fault> {
    let mut ids: Vec<i64> = files.iter().map(|f| f.id).collect();
    ids.sort_unstable();
    for id in ids {
        sql_query("update file set version = version where id = $1").bind::<BigInt, _>(id).execute(db)?;
    }
    Ok(())
}
