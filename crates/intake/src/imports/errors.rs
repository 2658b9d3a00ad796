//! What is wrong with rows of an import, kept with their lines.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use paperwork::RowError;
use serde::{Deserialize, Serialize};

use super::{Batch, Import};
use platform::{Db, Door, Fault};

/// Errors that are kept with their line; the rest is counted.
pub const KEPT_ERRORS: i64 = 1_000;

/// A broken row, or one that a person has to look at.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Said {
    pub column: String,
    pub read: String,
    pub expected: String,
}

/// Keeps what is wrong in a line, as far as there is room.
///
/// # Errors
/// If the database fails.
pub fn keep_error<I: Import>(
    db: &mut Db,
    batch: &mut Batch<I>,
    line: i32,
    position: i32,
    said: &Said,
) -> Result<(), Fault> {
    batch.errors = batch.errors.saturating_add(1);
    if i64::from(batch.errors) > KEPT_ERRORS {
        return Ok(());
    }
    sql_query(
        "insert into staged_error (keeper, batch, line, position, said) values ($1, $2, $3, $4, $5) \
         on conflict (keeper, batch, line, position) do nothing",
    )
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<Integer, _>(line)
    .bind::<Integer, _>(position)
    .bind::<Text, _>(serde_json::to_string(said)?)
    .execute(db)?;
    Ok(())
}

/// The first errors in the order of the file: (line, what).
///
/// # Errors
/// If the database fails.
pub fn errors<I: Import>(door: &mut Door<'_>, batch: &Batch<I>, limit: i64) -> Result<Vec<(i32, Said)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        line: i32,
        #[diesel(sql_type = Text)]
        said: String,
    }
    let rows: Vec<Row> = sql_query(
        "select line, said from staged_error where keeper = $1 and batch = $2 order by line, position limit $3",
    )
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(limit)
    .load(door.db)?;
    rows.into_iter().map(|r| Ok((r.line, serde_json::from_str(&r.said)?))).collect()
}

/// Keeps everything that is wrong in a row.
///
/// # Errors
/// If the database fails.
pub fn keep_all<I: Import>(db: &mut Db, batch: &mut Batch<I>, errors: &[RowError]) -> Result<(), Fault> {
    for (position, error) in (0..).zip(errors) {
        let (column, read, expected) = (error.column.clone(), error.read.clone(), error.expected.clone());
        keep_error(db, batch, super::line_number(error.line), position, &Said { column, read, expected })?;
    }
    Ok(())
}
