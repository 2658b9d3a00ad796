//! The work of a change that takes longer than a page: computing what it would do, and carrying it out. One row each, with
//! its cursor and counts in the same transaction as the chunk; any server may go on with it.

use casework::publication::{Effects, Moves};
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::Day;
use serde::{Deserialize, Serialize};

use crate::platform::{Db, Door, Fault, db::CountRow};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// What it would do.
    Preview,
    /// Deriving everybody concerned.
    Publish,
}

impl Kind {
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Preview => "preview",
            Kind::Publish => "publish",
        }
    }

    pub fn from_code(code: &str) -> Kind {
        if code == "publish" { Kind::Publish } else { Kind::Preview }
    }
}

/// The sums so far.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub effects: Effects,
    /// By whoever answers for the duty; 0 if nobody does.
    pub by_owner: BTreeMap<i64, Moves>,
    /// Files whose stored duties changed (publishing only).
    pub rewritten: u64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Work {
    pub keeper: i64,
    pub proposal: i64,
    pub kind: Kind,
    pub running: bool,
    /// Under whose name it runs.
    pub actor: i64,
    /// The last file that is done.
    pub last_file: i64,
    pub done: i32,
    pub total: i32,
    /// The day the duties are derived for.
    pub day: Day,
    /// When it was ordered.
    pub at: i64,
    pub before_hash: String,
    pub after_hash: String,
    pub counts: Counts,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    keeper: i64,
    #[diesel(sql_type = BigInt)]
    proposal: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    actor: i64,
    #[diesel(sql_type = BigInt)]
    last_file: i64,
    #[diesel(sql_type = Integer)]
    done: i32,
    #[diesel(sql_type = Integer)]
    total: i32,
    #[diesel(sql_type = Integer)]
    day: i32,
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Text)]
    before_hash: String,
    #[diesel(sql_type = Text)]
    after_hash: String,
    #[diesel(sql_type = Text)]
    counts: String,
}

const COLUMNS: &str =
    "keeper, proposal, kind, state, actor, last_file, done, total, day, at, before_hash, after_hash, counts";

fn read(row: Row) -> Result<Work, Fault> {
    Ok(Work {
        keeper: row.keeper,
        proposal: row.proposal,
        kind: Kind::from_code(&row.kind),
        running: row.state == "running",
        actor: row.actor,
        last_file: row.last_file,
        done: row.done,
        total: row.total,
        day: Day(row.day),
        at: row.at,
        before_hash: row.before_hash,
        after_hash: row.after_hash,
        counts: serde_json::from_str(&row.counts)?,
    })
}

/// The work of a proposal, if it was ever ordered.
///
/// # Errors
/// If the database fails.
pub fn find(db: &mut Db, keeper: i64, proposal: i64, kind: Kind) -> Result<Option<Work>, Fault> {
    let sql = format!("select {COLUMNS} from rule_work where keeper = $1 and proposal = $2 and kind = $3");
    let row: Option<Row> = sql_query(sql)
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(proposal)
        .bind::<Text, _>(kind.code())
        .get_result(db)
        .optional()?;
    row.map(read).transpose()
}

/// The same, locked until the transaction ends, so that two processes never do the same chunk.
///
/// # Errors
/// If the database fails.
pub fn claim(db: &mut Db, keeper: i64, proposal: i64, kind: Kind) -> Result<Option<Work>, Fault> {
    let sql = format!(
        "update rule_work set state = state where keeper = $1 and proposal = $2 and kind = $3 returning {COLUMNS}"
    );
    let row: Option<Row> = sql_query(sql)
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(proposal)
        .bind::<Text, _>(kind.code())
        .get_result(db)
        .optional()?;
    row.map(read).transpose()
}

/// Orders a work, or orders it anew.
///
/// # Errors
/// If the database fails.
pub fn begin(door: &mut Door<'_>, proposal: i64, kind: Kind, before: &str, after: &str) -> Result<Work, Fault> {
    let keeper = door.actor.keeper;
    let total: CountRow = sql_query("select count(*) as n from file where subject = 'person' and keeper = $1")
        .bind::<BigInt, _>(keeper)
        .get_result(door.db)?;
    let work = Work {
        keeper,
        proposal,
        kind,
        running: true,
        actor: door.actor.staff,
        last_file: 0,
        done: 0,
        total: i32::try_from(total.n).unwrap_or(i32::MAX),
        day: door.today(),
        at: door.now(),
        before_hash: before.to_owned(),
        after_hash: after.to_owned(),
        counts: Counts::default(),
    };
    sql_query("delete from rule_effect where keeper = $1 and proposal = $2")
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(proposal)
        .execute(door.db)?;
    save(door.db, &work)?;
    Ok(work)
}

/// Keeps where a work stands.
///
/// # Errors
/// If the database fails.
pub fn save(db: &mut Db, work: &Work) -> Result<(), Fault> {
    sql_query(format!(
        "insert into rule_work ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         on conflict (keeper, proposal, kind) do update set state = excluded.state, actor = excluded.actor, \
         last_file = excluded.last_file, done = excluded.done, total = excluded.total, day = excluded.day, \
         at = excluded.at, before_hash = excluded.before_hash, after_hash = excluded.after_hash, \
         counts = excluded.counts"
    ))
    .bind::<BigInt, _>(work.keeper)
    .bind::<BigInt, _>(work.proposal)
    .bind::<Text, _>(work.kind.code())
    .bind::<Text, _>(if work.running { "running" } else { "done" })
    .bind::<BigInt, _>(work.actor)
    .bind::<BigInt, _>(work.last_file)
    .bind::<Integer, _>(work.done)
    .bind::<Integer, _>(work.total)
    .bind::<Integer, _>(work.day.0)
    .bind::<BigInt, _>(work.at)
    .bind::<Text, _>(&work.before_hash)
    .bind::<Text, _>(&work.after_hash)
    .bind::<Text, _>(serde_json::to_string(&work.counts)?)
    .execute(db)?;
    Ok(())
}

/// What an earlier stop left half done: (keeper, proposal, kind).
///
/// # Errors
/// If the database fails.
pub fn unfinished(db: &mut Db) -> Result<Vec<(i64, i64, Kind)>, Fault> {
    let sql = format!("select {COLUMNS} from rule_work where state = 'running' order by keeper, proposal, kind");
    let rows: Vec<Row> = sql_query(sql).load(db)?;
    Ok(rows.into_iter().map(|r| (r.keeper, r.proposal, Kind::from_code(&r.kind))).collect())
}
