//! Re-derivation of one file: from its events to every read table, and the catch-up when the date turns.

use std::collections::BTreeMap;

use casework::{Person, View, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, Rulebook};

use super::{derived, kin, load, load::FileEvents, tables};
use crate::{
    Database,
    db::{CountRow, Db},
    fault::Fault,
};

/// Re-derives files from their events and writes their read tables: first who everybody is and how they are related,
/// then what is owed, which may rest on what is recorded of a relative. Returns the files whose relations changed.
pub fn files(
    db: &mut Db,
    files: &[FileRow],
    events: &BTreeMap<i64, FileEvents>,
    rulebook: &Rulebook,
    today: Day,
) -> Result<Vec<i64>, Fault> {
    let (mut related, mut persons) = (Vec::new(), Vec::new());
    for row in files {
        let Some(of) = events.get(&row.id) else { continue };
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
        if row.subject == "office" {
            tables::write_office(db, row.keeper, &story)?;
            continue;
        }
        if tables::write_person(db, row.keeper, row.id, &story, &Person::read(&story))? {
            related.push(row.id);
        }
        persons.push((row.keeper, row.id));
    }
    let relations = kin::of(db, &persons, rulebook)?;
    for (keeper, id) in persons {
        if let Some(of) = events.get(&id) {
            write_derived(db, keeper, id, &derived::of(id, of, &relations, rulebook, today), today)?;
        }
    }
    Ok(related)
}

fn write_derived(db: &mut Db, keeper: i64, id: i64, rows: &derived::Rows, today: Day) -> Result<(), Fault> {
    tables::write_duties(db, keeper, id, &rows.duties)?;
    sql_query(
        "update file set rederive_on = $1, derived_for = $2, standing = $3, covered_by = $4 \
         where id = $5 and keeper = $6",
    )
    .bind::<Nullable<Integer>, _>(rows.rederive_on.map(|d| d.0))
    .bind::<Integer, _>(today.0)
    .bind::<Text, _>(rows.standing.code())
    .bind::<Nullable<Integer>, _>(rows.covered_by.map(|d| d.0))
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(keeper)
    .execute(db)?;
    Ok(())
}

#[derive(QueryableByName, Clone, Debug)]
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
pub fn catch_up(db: &mut Db, rulebook: &Rulebook, today: Day, limit: i64) -> Result<usize, Fault> {
    let due: Vec<FileRow> = sql_query(
        "select id, keeper, subject from file where rederive_on is not null and rederive_on <= $1 order by id limit $2",
    )
    .bind::<Integer, _>(today.0)
    .bind::<BigInt, _>(limit)
    .load(db)?;
    lock_all(db, &due)?;
    rederive(db, &due, rulebook, today)?;
    Ok(due.len())
}

/// Catches up with the date for whoever looks first after it turned. Looks before it locks: on most requests nothing is
/// due.
///
/// # Errors
/// If the database fails.
pub fn catch_up_if_due(database: &Database, rulebook: &Rulebook, today: Day) -> Result<(), Fault> {
    let due = || {
        database.read(|db| -> Result<i64, Fault> {
            let sql = "select count(*) as n from file where rederive_on is not null and rederive_on <= $1";
            Ok(sql_query(sql).bind::<Integer, _>(today.0).get_result::<CountRow>(db)?.n)
        })
    };
    if due()? > 0 {
        while database.write(|db| catch_up(db, rulebook, today, CHUNK))? > 0 {}
    }
    Ok(())
}

/// Files re-derived in one transaction: short enough that others hardly wait.
const CHUNK: i64 = 200;

/// Rebuilds the read tables and duties of every file, chunk by chunk. `progress` is told how many are done.
///
/// # Errors
/// If the database fails; what was rebuilt stays, and running again is harmless.
pub fn rebuild(
    database: &Database,
    rulebook: &Rulebook,
    today: Day,
    mut progress: impl FnMut(usize),
) -> Result<usize, Fault> {
    let (mut after, mut done) = (0, 0);
    let mut related = Vec::new();
    loop {
        let files = database.write(|db| -> Result<Vec<FileRow>, Fault> {
            let files: Vec<FileRow> =
                sql_query("select id, keeper, subject from file where id > $1 order by id limit $2")
                    .bind::<BigInt, _>(after)
                    .bind::<BigInt, _>(CHUNK)
                    .load(db)?;
            lock_all(db, &files)?;
            related.extend(rederived(db, &files, rulebook, today)?);
            Ok(files)
        })?;
        let Some(last) = files.last() else {
            relate(database, &related, rulebook, today)?;
            return Ok(done);
        };
        after = last.id;
        done += files.len();
        progress(done);
    }
}

/// Derives the relatives of files whose relations were written anew: they may have been derived before that.
fn relate(database: &Database, related: &[i64], rulebook: &Rulebook, today: Day) -> Result<(), Fault> {
    for chunk in related.chunks(usize::try_from(CHUNK).unwrap_or(1)) {
        database.write(|db| -> Result<(), Fault> {
            let mut files = kin::concerned(db, chunk, rulebook)?;
            if !files.is_empty() {
                files.extend(kin::rows_of(db, chunk)?);
            }
            lock_all(db, &files)?;
            rederive(db, &files, rulebook, today)
        })?;
    }
    Ok(())
}

/// Re-derives the given files (already locked, or the caller is alone).
pub fn rederive(db: &mut Db, rows: &[FileRow], rulebook: &Rulebook, today: Day) -> Result<(), Fault> {
    rederived(db, rows, rulebook, today).map(|_| ())
}

/// As [`rederive`]; returns the files whose relations changed.
fn rederived(db: &mut Db, rows: &[FileRow], rulebook: &Rulebook, today: Day) -> Result<Vec<i64>, Fault> {
    let ids: Vec<i64> = rows.iter().map(|f| f.id).collect();
    let events = load::events_of_many(db, &ids)?;
    files(db, rows, &events, rulebook, today)
}

/// Locks and re-derives files whose events changed all at once, and the relatives whom that concerns.
pub fn rederive_families(db: &mut Db, rows: &[FileRow], rulebook: &Rulebook, today: Day) -> Result<(), Fault> {
    let ids: Vec<i64> = rows.iter().map(|f| f.id).collect();
    let mut relatives = kin::concerned(db, &ids, rulebook)?;
    let all: Vec<FileRow> = rows.iter().chain(&relatives).cloned().collect();
    lock_all(db, &all)?;
    rederive(db, rows, rulebook, today)?;
    let new = kin::concerned(db, &ids, rulebook)?.into_iter().filter(|row| all.iter().all(|a| a.id != row.id));
    let new: Vec<FileRow> = new.collect();
    lock_all(db, &new)?;
    relatives.extend(new);
    rederive(db, &relatives, rulebook, today)?;
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
