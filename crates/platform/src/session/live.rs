//! Sessions as stored: only the digest of the cookie, a CSRF token, and the times they end.
//!
//! Guarded by real time, also in a demo whose day stands still.

use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl, sql_query};
use rules::Day;

use super::posts::{self, Post};
use crate::{Actor, Clock, Database, Db, Fault, secret};

const MINUTE: i64 = 60_000_000;
/// However busy, nobody stays signed in longer: a working day.
const LONGEST: i64 = 12 * 60 * MINUTE;
/// An ended session is still recognised this long, so that what was typed into it can be kept for its author.
const REMEMBERED: i64 = 24 * 60 * MINUTE;
/// A request writes the time it was seen only after this long, so that reading pages does not write.
const SEEN_EVERY: i64 = MINUTE;
/// Before the day's limit this long, every page says so and offers to go on.
const ENDS_SOON: i64 = 30 * MINUTE;

/// How long nobody may do anything before a session ends, and before its screen is locked: in minutes, as the operator chose.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub idle: i64,
    pub lock: i64,
}

/// Somebody signed in, for one request.
#[derive(Clone, Debug)]
pub struct Session {
    /// Digest of the cookie: the key of the row.
    pub key: String,
    pub actor: Actor,
    pub csrf: String,
    pub must_change: bool,
    /// Every post held today, the current one among them.
    pub posts: Vec<Post>,
    /// JSON of the notice to show once; empty if none.
    pub notice: String,
    /// The screen is locked: by hand, or because nobody did anything. Nothing is answered but the way to unlock it.
    pub locked: bool,
    /// After how many seconds without activity the browser covers the page.
    pub lock_after: i64,
    /// The instant of the day's limit.
    pub ends_at: i64,
    seen_at: i64,
}

/// What a cookie turns out to be.
pub enum Found {
    Nobody,
    /// Ended lately: enough to keep a draft for its author, and for nothing else.
    Ended {
        staff: i64,
        csrf: String,
    },
    Live(Box<Session>),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    staff: i64,
    #[diesel(sql_type = BigInt)]
    post: i64,
    #[diesel(sql_type = Text)]
    csrf: String,
    #[diesel(sql_type = Text)]
    notice: String,
    #[diesel(sql_type = BigInt)]
    seen_at: i64,
    #[diesel(sql_type = BigInt)]
    ends_at: i64,
    #[diesel(sql_type = Integer)]
    counter: i32,
    #[diesel(sql_type = Nullable<BigInt>)]
    locked_at: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    lock_minutes: Option<String>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Integer)]
    must_change: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    closed_on: Option<i32>,
}

/// Looks a cookie up.
///
/// # Errors
/// If the database fails.
pub fn find(db: &mut Db, cookie: &str, clock: &Clock, patience: Patience) -> Result<Found, Fault> {
    let key = secret::digest(cookie);
    let row: Option<Row> = sql_query(
        "select s.staff, s.post, s.csrf, s.notice, s.seen_at, s.ends_at, s.counter, s.locked_at, g.value as lock_minutes,
         p.name, p.must_change, p.closed_on
         from session s join staff p on p.id = s.staff join post o on o.id = s.post
         left join setting g on g.keeper = o.keeper and g.name = 'lock_minutes' where s.token = $1",
    )
    .bind::<Text, _>(&key)
    .get_result(db)
    .optional()?;
    let Some(row) = row else { return Ok(Found::Nobody) };
    let (today, wall) = (clock.today(), clock.wall());
    if is_closed(row.closed_on, today) || wall > row.ends_at + REMEMBERED {
        return Ok(Found::Nobody);
    }
    let ended = Found::Ended { staff: row.staff, csrf: row.csrf.clone() };
    if wall >= row.ends_at || wall >= row.seen_at + patience.idle * MINUTE {
        return Ok(ended);
    }
    let posts = posts::held_on(db, row.staff, today)?;
    let Some(post) = posts.iter().find(|p| p.id == row.post).cloned() else { return Ok(ended) };
    let actor = Actor {
        staff: row.staff,
        post: post.id,
        role: post.role,
        name: row.name,
        keeper: post.keeper,
        office_name: post.office_name,
        counter: row.counter != 0,
        keepers: posts::reach(db, post.keeper)?,
    };
    let own = row.lock_minutes.and_then(|text| text.trim().parse().ok()).filter(|minutes| (1..=720).contains(minutes));
    let lock_after = own.unwrap_or(patience.lock) * MINUTE;
    Ok(Found::Live(Box::new(Session {
        key,
        actor,
        csrf: row.csrf,
        must_change: row.must_change != 0,
        posts,
        notice: row.notice,
        // The time it was seen may be a minute old: a screen never locks earlier than it says.
        locked: row.locked_at.is_some() || wall >= row.seen_at + lock_after + SEEN_EVERY,
        lock_after: lock_after / 1_000_000,
        ends_at: row.ends_at,
        seen_at: row.seen_at,
    })))
}

/// An account closes with the beginning of its day.
pub fn is_closed(closed_on: Option<i32>, today: Day) -> bool {
    closed_on.is_some_and(|day| day <= today.0)
}

/// Starts a session and returns the cookie's value, which is stored nowhere.
///
/// # Errors
/// If the database fails.
pub fn start(db: &mut Db, staff: i64, post: i64, clock: &Clock) -> Result<String, Fault> {
    let (cookie, csrf, wall) = (secret::token()?, secret::token()?, clock.wall());
    sql_query("delete from session where ends_at < $1").bind::<BigInt, _>(wall - REMEMBERED).execute(db)?;
    sql_query(
        "insert into session (token, staff, post, csrf, created_at, seen_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<Text, _>(secret::digest(&cookie))
    .bind::<BigInt, _>(staff)
    .bind::<BigInt, _>(post)
    .bind::<Text, _>(csrf)
    .bind::<BigInt, _>(wall)
    .bind::<BigInt, _>(wall)
    .bind::<BigInt, _>(wall + LONGEST)
    .execute(db)?;
    Ok(cookie)
}

impl Session {
    /// Notes that it is in use.
    ///
    /// # Errors
    /// If the database fails.
    pub fn seen(&self, database: &Database, clock: &Clock) -> Result<(), Fault> {
        let wall = clock.wall();
        if wall < self.seen_at + SEEN_EVERY {
            return Ok(());
        }
        database.write(|db| {
            sql_query("update session set seen_at = $1 where token = $2")
                .bind::<BigInt, _>(wall)
                .bind::<Text, _>(&self.key)
                .execute(db)?;
            Ok(())
        })
    }

    /// Locks the screen until its own password is typed.
    ///
    /// # Errors
    /// If the database fails.
    pub fn lock(&self, db: &mut Db, wall: i64) -> Result<(), Fault> {
        sql_query("update session set locked_at = $1 where token = $2 and locked_at is null")
            .bind::<BigInt, _>(wall)
            .bind::<Text, _>(&self.key)
            .execute(db)?;
        Ok(())
    }

    /// The own password was typed: as good as signing in anew, so the day's limit begins anew as well.
    ///
    /// # Errors
    /// If the database fails.
    pub fn unlock(&self, db: &mut Db, wall: i64) -> Result<(), Fault> {
        sql_query("update session set locked_at = null, seen_at = $1, ends_at = $2 where token = $3")
            .bind::<BigInt, _>(wall)
            .bind::<BigInt, _>(wall + LONGEST)
            .bind::<Text, _>(&self.key)
            .execute(db)?;
        Ok(())
    }

    /// 窓口モード on or off.
    ///
    /// # Errors
    /// If the database fails.
    pub fn set_counter(&self, db: &mut Db, on: bool) -> Result<(), Fault> {
        sql_query("update session set counter = $1 where token = $2")
            .bind::<Integer, _>(i32::from(on))
            .bind::<Text, _>(&self.key)
            .execute(db)?;
        Ok(())
    }

    /// Whether the day's limit is near.
    pub fn ends_soon(&self, wall: i64) -> bool {
        wall >= self.ends_at - ENDS_SOON
    }

    /// Keeps what the next page is to say; empty takes it away.
    ///
    /// # Errors
    /// If the database fails.
    pub fn set_notice(&self, database: &Database, json: &str) -> Result<(), Fault> {
        database.write(|db| {
            sql_query("update session set notice = $1 where token = $2")
                .bind::<Text, _>(json)
                .bind::<Text, _>(&self.key)
                .execute(db)?;
            Ok(())
        })
    }

    /// Ends it at once, with nothing left to recognise.
    ///
    /// # Errors
    /// If the database fails.
    pub fn end(&self, db: &mut Db) -> Result<(), Fault> {
        sql_query("delete from session where token = $1").bind::<Text, _>(&self.key).execute(db)?;
        Ok(())
    }

    /// Goes on with another of the person's own posts. `false` if it is not one of them today.
    ///
    /// # Errors
    /// If the database fails.
    pub fn switch(&self, db: &mut Db, post: i64) -> Result<bool, Fault> {
        if !self.posts.iter().any(|own| own.id == post) {
            return Ok(false);
        }
        sql_query("update session set post = $1 where token = $2")
            .bind::<BigInt, _>(post)
            .bind::<Text, _>(&self.key)
            .execute(db)?;
        Ok(true)
    }
}
