//! Every book that was ever in force here, by its content, and for whom since when: an upgrade or a publication never
//! rewrites an old "why".

use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::{Books, Texts};
use crate::{Db, Fault};

/// In [`put_in_force`]: the rules as shipped, for every keeper without books of its own.
const EVERYBODY: i64 = 0;

/// A rulebook as it was published here.
#[derive(Clone, Debug)]
pub struct Kept {
    pub hash: String,
    /// Microseconds since the epoch.
    pub published_at: i64,
    pub texts: Texts,
}

#[derive(QueryableByName)]
struct KeptRow {
    #[diesel(sql_type = Text)]
    hash: String,
    #[diesel(sql_type = BigInt)]
    published_at: i64,
    #[diesel(sql_type = Text)]
    content: String,
}

impl From<KeptRow> for Kept {
    fn from(row: KeptRow) -> Kept {
        Kept { hash: row.hash, published_at: row.published_at, texts: Texts::of_content(&row.content) }
    }
}

/// When the program starts: keeps the rules as shipped, and what they make of each office that published something.
///
/// # Errors
/// If the database fails.
pub fn keep(db: &mut Db, books: &Books, now: i64) -> Result<(), Fault> {
    put_in_force(db, EVERYBODY, &Texts::shipped()?, now)?;
    let shelf = books.now(db)?;
    for (keeper, book) in shelf.keepers().filter(|(_, book)| !book.local.is_empty()) {
        put_in_force(db, keeper, &book.texts, now)?;
    }
    Ok(())
}

/// Keeps a book under its content hash, in force for a keeper from now on.
///
/// # Errors
/// If the database fails.
pub fn put_in_force(db: &mut Db, keeper: i64, texts: &Texts, now: i64) -> Result<(), Fault> {
    let hash = texts.hash();
    let last = in_force(db, keeper, i64::MAX)?;
    if last.as_ref().is_some_and(|last| last.hash == hash) {
        return Ok(());
    }
    // Instants of one keeper grow, also where the clock stands still.
    let since = last.map_or(now, |last| now.max(last.published_at + 1));
    keep_texts(db, texts, now)?;
    sql_query("insert into book_in_force (keeper, since, hash) values ($1, $2, $3)")
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(since)
        .bind::<Text, _>(&hash)
        .execute(db)?;
    Ok(())
}

/// Keeps a book under its content hash, in force for nobody by that.
///
/// # Errors
/// If the database fails.
pub fn keep_texts(db: &mut Db, texts: &Texts, now: i64) -> Result<(), Fault> {
    sql_query("insert into rulebook (hash, published_at, content) values ($1, $2, $3) on conflict (hash) do nothing")
        .bind::<Text, _>(texts.hash())
        .bind::<BigInt, _>(now)
        .bind::<Text, _>(texts.content())
        .execute(db)?;
    Ok(())
}

fn in_force(db: &mut Db, keeper: i64, instant: i64) -> Result<Option<Kept>, Fault> {
    let row: Option<KeptRow> = sql_query(
        "select f.hash, f.since as published_at, r.content from book_in_force f join rulebook r on r.hash = f.hash \
         where f.keeper = $1 and f.since <= $2 order by f.since desc limit 1",
    )
    .bind::<BigInt, _>(keeper)
    .bind::<BigInt, _>(instant)
    .get_result(db)
    .optional()?;
    Ok(row.map(Kept::from))
}

/// The rulebook that was in force for a keeper at an instant; `None`: none had been published here yet.
///
/// # Errors
/// If the database fails.
pub fn kept_at(db: &mut Db, keeper: i64, instant: i64) -> Result<Option<Kept>, Fault> {
    match in_force(db, keeper, instant)? {
        Some(own) => Ok(Some(own)),
        None => in_force(db, EVERYBODY, instant),
    }
}

/// The rulebook whose hash begins so.
///
/// # Errors
/// If the database fails, and in words if there is none or more than one.
pub fn kept(db: &mut Db, prefix: &str) -> Result<Kept, Fault> {
    let asked = prefix.to_ascii_lowercase();
    let mut rows: Vec<KeptRow> =
        sql_query("select hash, published_at, content from rulebook where substr(hash, 1, length($1)) = $1 limit 2")
            .bind::<Text, _>(&asked)
            .load(db)?;
    match (rows.len(), rows.pop()) {
        (1, Some(row)) => Ok(row.into()),
        (0, _) => Err(Fault::new(format!("ハッシュが {asked} で始まる規則集は、このデータベースにありません。"))),
        _ => Err(Fault::new(format!("ハッシュが {asked} で始まる規則集が複数あります。もう少し長く書いてください。"))),
    }
}
