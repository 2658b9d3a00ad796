//! An import as stored: its row, its cursor and counts, its staged rows.

use std::collections::BTreeMap;

use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use serde::{Deserialize, Serialize};

use super::{plan::Effect, summary::Summary};
use crate::platform::{Db, Door, Fault, Problem};

/// The kind of batch this feature makes.
pub const KIND: &str = "residents";
/// Errors that are kept with their line; the rest is counted.
pub const KEPT_ERRORS: i64 = 1_000;

/// Where an import stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Being read; an interrupted reading is removed by the next one.
    Staging,
    Staged,
    Applying,
    Applied,
    Withdrawing,
    Withdrawn,
    /// Looked at and not taken.
    Discarded,
}

impl State {
    const ALL: [State; 7] = [
        State::Staging,
        State::Staged,
        State::Applying,
        State::Applied,
        State::Withdrawing,
        State::Withdrawn,
        State::Discarded,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            State::Staging => "staging",
            State::Staged => "staged",
            State::Applying => "applying",
            State::Applied => "applied",
            State::Withdrawing => "withdrawing",
            State::Withdrawn => "withdrawn",
            State::Discarded => "discarded",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            State::Staging => "読込中",
            State::Staged => "確認待ち",
            State::Applying => "取込中",
            State::Applied => "適用済み",
            State::Withdrawing => "取り消し中",
            State::Withdrawn => "取り消し済み",
            State::Discarded => "取り込まずに終了",
        }
    }

    fn from_code(code: &str) -> Result<State, Fault> {
        State::ALL
            .into_iter()
            .find(|s| s.code() == code)
            .ok_or_else(|| Fault::new(format!("an import is in the unknown state {code}")))
    }
}

/// What of an import comes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// Row after row.
    #[default]
    Rows,
    /// Household after household: births close pregnancies, children find their parents.
    Families,
    /// The arrival of the source, and the staged rows are removed.
    Closing,
    Done,
}

/// Cursor and counts; moved in the transaction of the events they count.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    pub pass: Pass,
    /// Last line done.
    pub line: i32,
    /// Last household done.
    pub household: String,
    /// Who ordered it: events carry this name, whoever's request drives them.
    pub actor: i64,
    pub effects: BTreeMap<Effect, u64>,
    pub events: u64,
    pub protected_on: u64,
    pub protected_off: u64,
    /// Births joined with a pregnancy on file; children without one; those where it cannot be told.
    pub births: u64,
    pub births_alone: u64,
    pub births_unclear: u64,
    pub relations: u64,
    /// The undo: who, when, why, how far, and the files people had written to since.
    pub withdrawn_by: i64,
    pub withdrawn_at: i64,
    pub reason: String,
    pub undone_file: i64,
    pub undone: u64,
    pub touched: Vec<i64>,
    pub touched_total: u64,
}

impl Progress {
    pub fn count(&mut self, effect: Effect) {
        *self.effects.entry(effect).or_default() += 1;
    }

    pub fn of(&self, effect: Effect) -> u64 {
        self.effects.get(&effect).copied().unwrap_or(0)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    pub id: i64,
    pub keeper: i64,
    pub name: String,
    pub digest: String,
    pub actor: i64,
    pub at: i64,
    pub state: State,
    pub rows_total: i32,
    pub rows_done: i32,
    pub errors: i32,
    pub summary: Summary,
    pub progress: Progress,
}

#[derive(QueryableByName)]
struct BatchRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    keeper: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    digest: String,
    #[diesel(sql_type = BigInt)]
    actor: i64,
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Integer)]
    rows_total: i32,
    #[diesel(sql_type = Integer)]
    rows_done: i32,
    #[diesel(sql_type = Integer)]
    errors: i32,
    #[diesel(sql_type = Text)]
    summary: String,
    #[diesel(sql_type = Text)]
    progress: String,
}

const COLUMNS: &str = "id, keeper, name, digest, actor, at, state, rows_total, rows_done, errors, summary, progress";

impl BatchRow {
    fn read(self) -> Result<Batch, Fault> {
        fn json<T: Default + serde::de::DeserializeOwned>(text: &str) -> Result<T, Fault> {
            if text.is_empty() { Ok(T::default()) } else { Ok(serde_json::from_str(text)?) }
        }
        Ok(Batch {
            id: self.id,
            keeper: self.keeper,
            name: self.name,
            digest: self.digest,
            actor: self.actor,
            at: self.at,
            state: State::from_code(&self.state)?,
            rows_total: self.rows_total,
            rows_done: self.rows_done,
            errors: self.errors,
            summary: json(&self.summary)?,
            progress: json(&self.progress)?,
        })
    }
}

/// An import within the door's scope.
///
/// # Errors
/// Not found, or if the database fails.
pub fn find(door: &mut Door<'_>, id: i64) -> Result<Batch, Problem> {
    let scope = door.scope();
    let row: Option<BatchRow> =
        sql_query(format!("select {COLUMNS} from batch where id = $1 and kind = $2 and keeper in {scope}"))
            .bind::<BigInt, _>(id)
            .bind::<Text, _>(KIND)
            .get_result(door.db)
            .optional()?;
    Ok(row.ok_or(Problem::NotFound)?.read()?)
}

/// As [`find`], and no other writer works on this keeper's imports until the transaction ends.
///
/// # Errors
/// As [`find`].
pub fn claim(door: &mut Door<'_>, id: i64) -> Result<Batch, Problem> {
    let keeper = find(door, id)?.keeper;
    exclusively(door.db, keeper)?;
    find(door, id)
}

/// One import of a keeper at a time, on PostgreSQL; SQLite has one writer anyway.
pub fn exclusively(db: &mut Db, keeper: i64) -> Result<(), Fault> {
    // Any number, the same for every server.
    const IMPORTS: i64 = 7_455_204_111;
    if let Db::Pg(pg) = db {
        sql_query("select pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>(IMPORTS.wrapping_add(keeper.wrapping_mul(1_000)))
            .execute(pg)?;
    }
    Ok(())
}

/// The latest imports, newest first.
///
/// # Errors
/// If the database fails.
pub fn latest(door: &mut Door<'_>, limit: i64) -> Result<Vec<Batch>, Fault> {
    let scope = door.scope();
    let rows: Vec<BatchRow> = sql_query(format!(
        "select {COLUMNS} from batch where keeper in {scope} and kind = $1 and state <> 'staging' \
         order by id desc limit $2"
    ))
    .bind::<Text, _>(KIND)
    .bind::<BigInt, _>(limit)
    .load(door.db)?;
    rows.into_iter().map(BatchRow::read).collect()
}

/// Imports left half done by a stop of the program, of every keeper.
///
/// # Errors
/// If the database fails.
pub fn unfinished(db: &mut Db) -> Result<Vec<(i64, i64)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = BigInt)]
        keeper: i64,
    }
    let rows: Vec<Row> =
        sql_query("select id, keeper from batch where kind = $1 and state in ('applying', 'withdrawing') order by id")
            .bind::<Text, _>(KIND)
            .load(db)?;
    Ok(rows.into_iter().map(|r| (r.id, r.keeper)).collect())
}

/// Keeps state, cursor and counts.
///
/// # Errors
/// If the database fails.
pub fn save(db: &mut Db, batch: &Batch) -> Result<(), Fault> {
    sql_query(
        "update batch set state = $1, rows_total = $2, rows_done = $3, errors = $4, summary = $5, progress = $6 \
         where id = $7 and keeper = $8",
    )
    .bind::<Text, _>(batch.state.code())
    .bind::<Integer, _>(batch.rows_total)
    .bind::<Integer, _>(batch.rows_done)
    .bind::<Integer, _>(batch.errors)
    .bind::<Text, _>(serde_json::to_string(&batch.summary)?)
    .bind::<Text, _>(serde_json::to_string(&batch.progress)?)
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(batch.keeper)
    .execute(db)?;
    Ok(())
}

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
pub fn keep_error(db: &mut Db, batch: &mut Batch, line: i32, position: i32, said: &Said) -> Result<(), Fault> {
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
pub fn errors(door: &mut Door<'_>, batch: &Batch, limit: i64) -> Result<Vec<(i32, Said)>, Fault> {
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

/// Removes up to `limit` staged rows and says how many there were: personal data is not kept twice.
///
/// # Errors
/// If the database fails.
pub fn purge(db: &mut Db, batch: &Batch, limit: i64) -> Result<usize, Fault> {
    Ok(sql_query(
        "delete from staged_row where keeper = $1 and batch = $2 and line in \
         (select line from staged_row where keeper = $1 and batch = $2 order by line limit $3)",
    )
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(limit)
    .execute(db)?)
}
