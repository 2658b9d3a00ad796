//! Staged rows of residents, in the order of the file.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};

use super::Batch;
use platform::{Db, Fault};

#[derive(QueryableByName, Clone, Debug)]
pub struct StagedRow {
    #[diesel(sql_type = Integer)]
    pub line: i32,
    #[diesel(sql_type = Text)]
    pub content: String,
    #[diesel(sql_type = Text)]
    pub number: String,
    #[diesel(sql_type = Text)]
    pub household: String,
    #[diesel(sql_type = Text)]
    pub mark: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub file: Option<i64>,
}

/// Staged rows after a line, in the order of the file.
///
/// # Errors
/// If the database fails.
pub fn rows_after(db: &mut Db, batch: &Batch, line: i32, limit: i64) -> Result<Vec<StagedRow>, Fault> {
    Ok(sql_query(
        "select line, content, number, household, mark, file from staged_row \
         where keeper = $1 and batch = $2 and line > $3 order by line limit $4",
    )
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<Integer, _>(line)
    .bind::<BigInt, _>(limit)
    .load(db)?)
}
