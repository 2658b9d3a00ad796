//! What was typed when a session ended: kept for its author for 24 hours.

use diesel::sql_types::{BigInt, Text};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl, sql_query};

use crate::{Db, Fault, db::IdRow};

const KEPT: i64 = 24 * 3_600 * 1_000_000;

/// A form as it was sent, and where to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    pub id: i64,
    pub path: String,
    pub fields: Vec<(String, String)>,
    pub at: i64,
}

/// Secrets and marks of the page it was sent from; they are issued anew.
const NOT_KEPT: &[&str] = &["csrf", "password", "new", "again", "old"];

/// Keeps a form and returns its id.
///
/// # Errors
/// If the database fails.
pub fn keep(db: &mut Db, staff: i64, path: &str, fields: &[(String, String)], wall: i64) -> Result<i64, Fault> {
    sql_query("delete from draft where at < $1").bind::<BigInt, _>(wall - KEPT).execute(db)?;
    let kept: Vec<_> = fields.iter().filter(|(name, _)| !NOT_KEPT.contains(&name.as_str())).collect();
    let row: IdRow = sql_query("insert into draft (staff, path, form, at) values ($1, $2, $3, $4) returning id")
        .bind::<BigInt, _>(staff)
        .bind::<Text, _>(path)
        .bind::<Text, _>(serde_json::to_string(&kept)?)
        .bind::<BigInt, _>(wall)
        .get_result(db)?;
    Ok(row.id)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Text)]
    form: String,
    #[diesel(sql_type = BigInt)]
    at: i64,
}

/// The author's own draft, if it is still kept.
///
/// # Errors
/// If the database fails.
pub fn find(db: &mut Db, staff: i64, id: i64, wall: i64) -> Result<Option<Draft>, Fault> {
    let row: Option<Row> = sql_query("select path, form, at from draft where id = $1 and staff = $2 and at >= $3")
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(staff)
        .bind::<BigInt, _>(wall - KEPT)
        .get_result(db)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Draft { id, path: row.path, fields: serde_json::from_str(&row.form)?, at: row.at }))
}

/// Forgets the author's own draft; `false` if there is none of theirs by that id.
///
/// # Errors
/// If the database fails.
pub fn forget(db: &mut Db, staff: i64, id: i64) -> Result<bool, Fault> {
    let gone = sql_query("delete from draft where id = $1 and staff = $2")
        .bind::<BigInt, _>(id)
        .bind::<BigInt, _>(staff)
        .execute(db)?;
    Ok(gone == 1)
}
