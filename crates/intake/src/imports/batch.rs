//! An import as stored: its row, its cursor and counts.

use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use serde::{Deserialize, Serialize};

use super::Import;
use platform::{Db, Door, Fault, Problem};

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

/// What every import keeps of its way: cursor, who ordered it, and its undo. Moved in the transaction of the events it
/// counts.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    /// Last line done.
    pub line: i32,
    /// Who ordered it: events carry this name, whoever's request drives them.
    pub actor: i64,
    pub events: u64,
    /// The undo: who, when, why, how far, and the files people had written to since.
    pub withdrawn_by: i64,
    pub withdrawn_at: i64,
    pub reason: String,
    pub undone_file: i64,
    pub undone: u64,
    pub touched: Vec<i64>,
    pub touched_total: u64,
}

/// What stands in the column `progress`: the common part and the feature's own, in one object.
#[derive(Serialize, Deserialize, Default)]
#[serde(default, bound = "P: Serialize + serde::de::DeserializeOwned + Default")]
struct Kept<P> {
    #[serde(flatten)]
    run: Run,
    #[serde(flatten)]
    own: P,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Batch<I: Import> {
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
    /// What the file holds and would do.
    pub summary: I::Summary,
    pub run: Run,
    /// What it did.
    pub progress: I::Progress,
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
    fn read<I: Import>(self) -> Result<Batch<I>, Fault> {
        fn json<T: Default + serde::de::DeserializeOwned>(text: &str) -> Result<T, Fault> {
            if text.is_empty() { Ok(T::default()) } else { Ok(serde_json::from_str(text)?) }
        }
        let Kept { run, own } = json(&self.progress)?;
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
            run,
            progress: own,
        })
    }
}

/// An import within the door's scope.
///
/// # Errors
/// Not found, or if the database fails.
pub fn find<I: Import>(door: &mut Door<'_>, id: i64) -> Result<Batch<I>, Problem> {
    let scope = door.scope();
    let row: Option<BatchRow> =
        sql_query(format!("select {COLUMNS} from batch where id = $1 and kind = $2 and keeper in {scope}"))
            .bind::<BigInt, _>(id)
            .bind::<Text, _>(I::KIND)
            .get_result(door.db)
            .optional()?;
    Ok(row.ok_or(Problem::NotFound)?.read()?)
}

/// As [`find`], and no other writer works on this keeper's imports until the transaction ends.
///
/// # Errors
/// As [`find`].
pub fn claim<I: Import>(door: &mut Door<'_>, id: i64) -> Result<Batch<I>, Problem> {
    let keeper = find::<I>(door, id)?.keeper;
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
pub fn latest<I: Import>(door: &mut Door<'_>, limit: i64) -> Result<Vec<Batch<I>>, Fault> {
    let scope = door.scope();
    let rows: Vec<BatchRow> = sql_query(format!(
        "select {COLUMNS} from batch where keeper in {scope} and kind = $1 and state <> 'staging' \
         order by id desc limit $2"
    ))
    .bind::<Text, _>(I::KIND)
    .bind::<BigInt, _>(limit)
    .load(door.db)?;
    rows.into_iter().map(BatchRow::read).collect()
}

/// Imports left half done by a stop of the program, of every keeper.
///
/// # Errors
/// If the database fails.
pub fn unfinished<I: Import>(db: &mut Db) -> Result<Vec<(i64, i64)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = BigInt)]
        keeper: i64,
    }
    let rows: Vec<Row> =
        sql_query("select id, keeper from batch where kind = $1 and state in ('applying', 'withdrawing') order by id")
            .bind::<Text, _>(I::KIND)
            .load(db)?;
    Ok(rows.into_iter().map(|r| (r.id, r.keeper)).collect())
}

/// Keeps state, cursor and counts.
///
/// # Errors
/// If the database fails.
pub fn save<I: Import>(db: &mut Db, batch: &Batch<I>) -> Result<(), Fault> {
    let kept = Kept { run: batch.run.clone(), own: batch.progress.clone() };
    sql_query(
        "update batch set state = $1, rows_total = $2, rows_done = $3, errors = $4, summary = $5, progress = $6 \
         where id = $7 and keeper = $8",
    )
    .bind::<Text, _>(batch.state.code())
    .bind::<Integer, _>(batch.rows_total)
    .bind::<Integer, _>(batch.rows_done)
    .bind::<Integer, _>(batch.errors)
    .bind::<Text, _>(serde_json::to_string(&batch.summary)?)
    .bind::<Text, _>(serde_json::to_string(&kept)?)
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(batch.keeper)
    .execute(db)?;
    Ok(())
}
