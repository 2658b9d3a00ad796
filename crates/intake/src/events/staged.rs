//! Staged rows of past records: written in the order of the file, worked off person by person.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use serde::{Deserialize, Serialize};

use super::Batch;
use super::find::Found;
use super::row::Row;
use platform::store::load::id_list;
use platform::{Db, Fault};

/// Why a row waits, or how it was settled; JSON in the column `decision`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Decision {
    /// In words.
    pub why: String,
    /// The event on file it contradicts.
    pub event: Option<i64>,
    /// `person`, `take`, `replace`, `leave`; empty while it waits.
    pub how: String,
    pub reason: String,
    pub by: i64,
    pub at: i64,
}

#[derive(QueryableByName, Clone, Debug)]
pub struct StagedRow {
    #[diesel(sql_type = Integer)]
    pub line: i32,
    #[diesel(sql_type = Text)]
    pub content: String,
    /// How the person was found, or why not ([`Found::code`]); `contradicts`, `no_pregnancy`, `refused` later.
    #[diesel(sql_type = Text)]
    pub mark: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub file: Option<i64>,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Text)]
    pub decision: String,
}

impl StagedRow {
    /// # Errors
    /// If what is stored cannot be read.
    pub fn row(&self) -> Result<Row, Fault> {
        Ok(serde_json::from_str(&self.content)?)
    }

    pub fn decision(&self) -> Decision {
        serde_json::from_str(&self.decision).unwrap_or_default()
    }
}

/// The columns of [`StagedRow`].
pub const COLUMNS: &str = "line, content, mark, file, state, decision";

/// Many rows in one statement: a round trip to PostgreSQL costs more than the row.
///
/// # Errors
/// If the database fails.
pub fn insert(db: &mut Db, batch: &Batch, rows: &[(i32, Row, Found)]) -> Result<(), Fault> {
    for chunk in rows.chunks(80) {
        let values: Vec<String> = (0..chunk.len())
            .map(|n| {
                let at = 5 * n + 3;
                format!("($1, $2, ${at}, ${}, ${}, ${}, ${})", at + 1, at + 2, at + 3, at + 4)
            })
            .collect();
        let mut query = sql_query(format!(
            "insert into staged_row (keeper, batch, line, content, number, mark, file) values {}",
            values.join(", ")
        ))
        .into_boxed::<<Db as diesel::Connection>::Backend>()
        .bind::<BigInt, _>(batch.keeper)
        .bind::<BigInt, _>(batch.id);
        for (line, row, found) in chunk {
            query = query
                .bind::<Integer, _>(*line)
                .bind::<Text, _>(serde_json::to_string(row)?)
                .bind::<Text, _>(row.number.clone())
                .bind::<Text, _>(found.code())
                .bind::<Nullable<BigInt>, _>(found.file());
        }
        query.execute(db)?;
    }
    Ok(())
}

/// The rows of the next persons after a file, at most so many persons: (file, rows) in the order of files.
///
/// # Errors
/// If the database fails.
pub fn persons_after(db: &mut Db, batch: &Batch, file: i64, persons: i64) -> Result<Vec<(i64, Vec<StagedRow>)>, Fault> {
    #[derive(QueryableByName)]
    struct Next {
        #[diesel(sql_type = Nullable<BigInt>)]
        file: Option<i64>,
    }
    let next: Vec<Next> = sql_query(
        "select distinct file from staged_row where keeper = $1 and batch = $2 and file > $3 and state = '' \
         order by file limit $4",
    )
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(file)
    .bind::<BigInt, _>(persons)
    .load(db)?;
    let files: Vec<i64> = next.into_iter().filter_map(|n| n.file).collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<StagedRow> = sql_query(format!(
        "select {COLUMNS} from staged_row where keeper = $1 and batch = $2 and state = '' and file in {} \
         order by file, line",
        id_list(&files)
    ))
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .load(db)?;
    let mut found: Vec<(i64, Vec<StagedRow>)> = files.into_iter().map(|file| (file, Vec::new())).collect();
    for row in rows {
        if let Some(n) = row.file.and_then(|file| found.binary_search_by_key(&file, |(f, _)| *f).ok())
            && let Some((_, of)) = found.get_mut(n)
        {
            of.push(row);
        }
    }
    Ok(found)
}

/// Rows whose person was not found, after a line.
///
/// # Errors
/// If the database fails.
pub fn lost_after(db: &mut Db, batch: &Batch, line: i32, limit: i64) -> Result<Vec<StagedRow>, Fault> {
    Ok(sql_query(format!(
        "select {COLUMNS} from staged_row where keeper = $1 and batch = $2 and file is null and line > $3 \
         and state = '' order by line limit $4"
    ))
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<Integer, _>(line)
    .bind::<BigInt, _>(limit)
    .load(db)?)
}

/// Changes what is known of a row.
///
/// # Errors
/// If the database fails.
pub fn mark(
    db: &mut Db,
    batch: &Batch,
    line: i32,
    (mark, file, state): (&str, Option<i64>, &str),
    decision: &Decision,
) -> Result<(), Fault> {
    let decision = if *decision == Decision::default() { String::new() } else { serde_json::to_string(decision)? };
    sql_query(
        "update staged_row set mark = $1, file = $2, state = $3, decision = $4 \
         where keeper = $5 and batch = $6 and line = $7",
    )
    .bind::<Text, _>(mark)
    .bind::<Nullable<BigInt>, _>(file)
    .bind::<Text, _>(state)
    .bind::<Text, _>(decision)
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<Integer, _>(line)
    .execute(db)?;
    Ok(())
}
