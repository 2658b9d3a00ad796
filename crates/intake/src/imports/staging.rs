//! A file on its way in: the batch that is opened for it, and its removal without a trace.

use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use paperwork::FileError;

use super::Import;
use super::batch::{self, Batch, Run, State};
use platform::db::{CountRow, IdRow};
use platform::store::load::id_list;
use platform::{Db, Door, Fault, Problem, Refusal};

/// Why a file was not staged.
#[derive(Debug)]
pub enum NotStaged {
    /// In the user's words.
    File(FileError),
    Problem(Problem),
}

impl From<FileError> for NotStaged {
    fn from(error: FileError) -> NotStaged {
        NotStaged::File(error)
    }
}

impl From<Problem> for NotStaged {
    fn from(problem: Problem) -> NotStaged {
        NotStaged::Problem(problem)
    }
}

impl From<Fault> for NotStaged {
    fn from(fault: Fault) -> NotStaged {
        NotStaged::Problem(fault.into())
    }
}

/// Opens the batch. What an interrupted reading left behind is removed first.
pub fn begin<I: Import>(door: &mut Door<'_>, name: &str, digest: &str) -> Result<Batch<I>, Problem> {
    let keeper = door.actor.keeper;
    batch::exclusively(door.db, keeper)?;
    let closed: CountRow =
        sql_query("select count(*) as n from office_period where keeper = $1 and name = 'closed' and from_day <= $2")
            .bind::<BigInt, _>(keeper)
            .bind::<Integer, _>(door.today().0)
            .get_result(door.db)?;
    if closed.n > 0 {
        return Err(Refusal::new("このセンターは閉鎖されています。").into());
    }
    let now = door.now();
    // A reading takes minutes at most: an older one was interrupted.
    const STALE: i64 = 3_600 * 1_000_000;
    let stale: Vec<IdRow> =
        sql_query("select id from batch where keeper = $1 and kind = $2 and state = 'staging' and at < $3")
            .bind::<BigInt, _>(keeper)
            .bind::<Text, _>(I::KIND)
            .bind::<BigInt, _>(now - STALE)
            .load(door.db)?;
    let mut batch = Batch {
        id: 0,
        keeper,
        name: name.chars().take(200).collect(),
        digest: digest.to_owned(),
        actor: door.actor.staff,
        at: now,
        state: State::Staging,
        rows_total: 0,
        rows_done: 0,
        errors: 0,
        summary: I::Summary::default(),
        run: Run::default(),
        progress: I::Progress::default(),
    };
    for IdRow { id } in stale {
        remove(door.db, &Batch { id, ..batch.clone() })?;
    }
    let IdRow { id } = sql_query(
        "insert into batch (keeper, kind, name, digest, actor, at, state, rows_total, rows_done, errors, summary) \
         values ($1, $2, $3, $4, $5, $6, 'staging', 0, 0, 0, '') returning id",
    )
    .bind::<BigInt, _>(keeper)
    .bind::<Text, _>(I::KIND)
    .bind::<Text, _>(&batch.name)
    .bind::<Text, _>(&batch.digest)
    .bind::<BigInt, _>(batch.actor)
    .bind::<BigInt, _>(batch.at)
    .get_result(door.db)?;
    batch.id = id;
    Ok(batch)
}

/// Removes every trace of a file that was not taken.
pub fn remove<I: Import>(db: &mut Db, batch: &Batch<I>) -> Result<(), Problem> {
    forget(db, batch)?;
    sql_query("delete from batch where id = $1 and keeper = $2 and state in ('staging', 'staged')")
        .bind::<BigInt, _>(batch.id)
        .bind::<BigInt, _>(batch.keeper)
        .execute(db)?;
    Ok(())
}

/// The same bytes once before, unless that import was taken back or put aside.
pub fn before<I: Import>(db: &mut Db, batch: &Batch<I>) -> Result<Option<(i64, String)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        state: String,
    }
    let row: Option<Row> = sql_query(
        "select id, state from batch where keeper = $1 and kind = $2 and digest = $3 and id <> $4 \
         and state in ('staged', 'applying', 'applied') order by id desc limit 1",
    )
    .bind::<BigInt, _>(batch.keeper)
    .bind::<Text, _>(I::KIND)
    .bind::<Text, _>(&batch.digest)
    .bind::<BigInt, _>(batch.id)
    .get_result(db)
    .optional()?;
    Ok(row.map(|r| (r.id, r.state)))
}

/// Removes the staged rows and errors of an import.
///
/// # Errors
/// If the database fails.
pub fn forget<I: Import>(db: &mut Db, batch: &Batch<I>) -> Result<(), Fault> {
    forget_rows(db, batch)?;
    sql_query("delete from staged_error where keeper = $1 and batch = $2")
        .bind::<BigInt, _>(batch.keeper)
        .bind::<BigInt, _>(batch.id)
        .execute(db)?;
    Ok(())
}

/// Removes the staged rows; what was wrong with the file stays.
///
/// # Errors
/// If the database fails.
pub fn forget_rows<I: Import>(db: &mut Db, batch: &Batch<I>) -> Result<(), Fault> {
    sql_query("delete from staged_row where keeper = $1 and batch = $2")
        .bind::<BigInt, _>(batch.keeper)
        .bind::<BigInt, _>(batch.id)
        .execute(db)?;
    Ok(())
}

/// Removes up to `limit` staged rows and says how many there were: personal data is not kept twice. Rows that wait for
/// somebody's decision stay until it is taken.
///
/// # Errors
/// If the database fails.
pub fn purge<I: Import>(db: &mut Db, batch: &Batch<I>, limit: i64) -> Result<usize, Fault> {
    Ok(sql_query(
        "delete from staged_row where keeper = $1 and batch = $2 and line in \
         (select line from staged_row where keeper = $1 and batch = $2 and state <> 'waiting' order by line limit $3)",
    )
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(limit)
    .execute(db)?)
}

/// All locks of a chunk at its beginning and in id order (promise 3). SQLite's transaction holds everything already.
pub fn lock_in_order(db: &mut Db, files: &[i64]) -> Result<(), Fault> {
    if let (Db::Pg(pg), false) = (db, files.is_empty()) {
        sql_query(format!("select id from file where id in {} order by id for update", id_list(files))).execute(pg)?;
    }
    Ok(())
}
