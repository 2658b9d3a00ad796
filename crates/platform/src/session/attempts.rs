//! How often somebody may try to sign in: counted by login and by origin, before the password is looked at.

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use crate::{Db, Fault, secret};

const MINUTE: i64 = 60_000_000;
/// Failures are counted over this long.
pub const WINDOW: i64 = 15 * MINUTE;
/// For one login from one origin; then it waits.
pub const PER_PLACE: i64 = 5;
/// For one login from anywhere, so that many machines do not add up.
pub const PER_LOGIN: i64 = 20;
/// For one origin whatever the login: a whole office may stand behind one address.
pub const PER_ORIGIN: i64 = 60;

/// Minutes to wait before the next try is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait(pub i64);

/// What was typed as login may be a password by mistake, so only its digest is kept.
fn folded(login: &str) -> String {
    secret::digest(&login.trim().to_lowercase())
}

#[derive(QueryableByName)]
struct Tally {
    #[diesel(sql_type = BigInt)]
    n: i64,
    /// The try whose ageing frees the next one.
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest: Option<i64>,
}

/// Takes a place for one try, or says how long to wait. The place counts as a failure until [`succeeded`], so that
/// tries sent at the same time cannot pass together.
///
/// # Errors
/// If the database fails.
pub fn take(db: &mut Db, login: &str, origin: &str, wall: i64) -> Result<Result<(), Wait>, Fault> {
    let login = folded(login);
    if let Db::Pg(pg) = db {
        // One at a time per login; SQLite's write transaction already is.
        sql_query("select pg_advisory_xact_lock(hashtext($1))").bind::<Text, _>(&login).execute(pg)?;
    }
    sql_query("delete from sign_in_attempt where at < $1").bind::<BigInt, _>(wall - WINDOW).execute(db)?;
    for (condition, limit) in
        [("login = $1 and origin = $2", PER_PLACE), ("login = $1", PER_LOGIN), ("origin = $1", PER_ORIGIN)]
    {
        let (first, second) = if condition.starts_with("login") { (&login, origin) } else { (&origin.to_owned(), "") };
        let sql = format!(
            "select count(*) as n, min(at) as oldest from
             (select at from sign_in_attempt where {condition} order by at desc limit {limit}) as last"
        );
        let query = sql_query(sql).bind::<Text, _>(first);
        let tally: Tally = if condition.contains("$2") {
            query.bind::<Text, _>(second).get_result(db)?
        } else {
            query.get_result(db)?
        };
        if tally.n >= limit {
            let free_at = tally.oldest.unwrap_or(wall) + WINDOW;
            return Ok(Err(Wait(((free_at - wall) / MINUTE + 1).clamp(1, WINDOW / MINUTE))));
        }
    }
    sql_query("insert into sign_in_attempt (login, origin, at) values ($1, $2, $3)")
        .bind::<Text, _>(login)
        .bind::<Text, _>(origin)
        .bind::<BigInt, _>(wall)
        .execute(db)?;
    Ok(Ok(()))
}

/// Forgets the failures of this login from this origin.
///
/// # Errors
/// If the database fails.
pub fn succeeded(db: &mut Db, login: &str, origin: &str) -> Result<(), Fault> {
    sql_query("delete from sign_in_attempt where login = $1 and origin = $2")
        .bind::<Text, _>(folded(login))
        .bind::<Text, _>(origin)
        .execute(db)?;
    Ok(())
}

/// Forgets every failure of this login: a new password was issued.
///
/// # Errors
/// If the database fails.
pub fn forgive(db: &mut Db, login: &str) -> Result<(), Fault> {
    sql_query("delete from sign_in_attempt where login = $1").bind::<Text, _>(folded(login)).execute(db)?;
    Ok(())
}
