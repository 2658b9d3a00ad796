//! The rulebooks of this installation: the files under `rulebook/`, built into the program, checked when it starts; one
//! book per municipality ([`Books`]).

mod books;
mod texts;

use casework::Body;
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Rulebook};

use super::{
    Database, Db, Fault,
    store::sync::{self, Trust},
};
pub use books::{Book, Books, Shelf};
pub use texts::{Broken, Texts};

/// Reads and checks the nation's rules as shipped. A broken book is refused whole, with file, rule and reason.
///
/// # Errors
/// Every fault of every file, one a line.
pub fn shipped() -> Result<Rulebook, Fault> {
    for_municipality("")
}

/// The shipped rules as a town (団体コード) and its prefecture change them; the nation's for a town that changes nothing.
///
/// # Errors
/// As [`shipped`].
pub fn for_municipality(code: &str) -> Result<Rulebook, Fault> {
    built(&Texts::shipped()?, code)
}

fn built(texts: &Texts, code: &str) -> Result<Rulebook, Fault> {
    texts.build(code).map_err(|broken| {
        let lines: Vec<String> = broken.iter().map(|b| format!("rulebook/{b}")).collect();
        Fault::new(lines.join("\n"))
    })
}

/// As [`for_municipality`], for who asks for a town by name: one that changes nothing is a mistake then.
///
/// # Errors
/// If nothing is shipped for that code, or the book is broken.
pub fn of_town(code: &str) -> Result<Rulebook, Fault> {
    if !Texts::shipped()?.municipalities().contains(code) {
        return Err(Fault::new(format!("rulebook/municipalities/{code}: nothing is shipped for this municipality")));
    }
    for_municipality(code)
}

/// Raise it when the program derives other duties from the same events and rules: then everybody is derived anew.
const DERIVATION: u32 = 2;

/// Keeps the rulebook in the database by its content hash, so that an upgrade never rewrites an old "why"; and derives
/// everybody anew whose stored duties are those of another rulebook or program.
///
/// # Errors
/// If the database fails.
pub fn bring_up(database: &Database, books: &Books, today: Day, now: i64) -> Result<(), Fault> {
    publish(database, now)?;
    let (behind, all) = database.read(|db| behind(db, books))?;
    if behind.is_empty() {
        return Ok(());
    }
    let told = |done| tracing::info!(done, "deriving by the new rulebook");
    if behind.len() == all {
        sync::rebuild(database, books, today, Trust::Marks, told)?;
    } else {
        let keepers: Vec<i64> = behind.iter().map(|(keeper, _)| *keeper).collect();
        sync::rebuild_of(database, books, &keepers, today, Trust::Marks, told)?;
    }
    database.write(|db| {
        for (keeper, stamp) in &behind {
            sql_query(
                "insert into meta (name, value) values ($1, $2) \
                 on conflict (name) do update set value = excluded.value",
            )
            .bind::<Text, _>(format!("{DERIVED_BY}{keeper}"))
            .bind::<Text, _>(stamp)
            .execute(db)?;
        }
        Ok(())
    })
}

/// `meta` of a keeper: by which book and program its stored duties were derived.
const DERIVED_BY: &str = "derived_by/";

/// Keepers whose stored duties are not those of their book, with the book's stamp; and how many keepers there are.
fn behind(db: &mut Db, books: &Books) -> Result<(Vec<(i64, String)>, usize), Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        stamp: String,
    }
    let shelf = books.now(db)?;
    let rows: Vec<Row> = sql_query(
        "select o.id, coalesce(m.value, '') as stamp from office o \
         left join meta m on m.name = $1 || cast(o.id as text) order by o.id",
    )
    .bind::<Text, _>(DERIVED_BY)
    .load(db)?;
    let all = rows.len();
    let wanted = rows.into_iter().map(|r| (r.id, r.stamp, format!("{}/{DERIVATION}", shelf.of(r.id).stamp)));
    Ok((wanted.filter(|(_, stored, stamp)| stored != stamp).map(|(id, _, stamp)| (id, stamp)).collect(), all))
}

/// Keeps the shipped rulebook under its content hash.
fn publish(database: &Database, now: i64) -> Result<(), Fault> {
    let texts = Texts::shipped()?;
    database.write(|db| -> Result<(), Fault> {
        sql_query(
            "insert into rulebook (hash, published_at, content) values ($1, $2, $3) on conflict (hash) do nothing",
        )
        .bind::<Text, _>(texts.hash())
        .bind::<BigInt, _>(now)
        .bind::<Text, _>(texts.content())
        .execute(db)?;
        Ok(())
    })
}

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

/// The rulebook that was the newest one at an instant; `None`: none had been published here yet.
///
/// # Errors
/// If the database fails.
pub fn kept_at(db: &mut Db, instant: i64) -> Result<Option<Kept>, Fault> {
    let row: Option<KeptRow> = sql_query(
        "select hash, published_at, content from rulebook where published_at <= $1 \
         order by published_at desc, hash limit 1",
    )
    .bind::<BigInt, _>(instant)
    .get_result(db)
    .optional()?;
    Ok(row.map(Kept::from))
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

/// The service's title as people say it.
pub fn title(rulebook: &Rulebook, service: &str) -> String {
    if service == casework::duties::NEXT_CONTACT {
        return String::from("次の連絡");
    }
    match (rulebook.rule(service), casework::explain::act_word(service)) {
        (Some(rule), _) => rule.title.clone(),
        (None, Some(word)) => word.to_owned(),
        (None, None) => service.to_owned(),
    }
}

/// What an event is called in the log: the word of its kind, or the service it records.
pub fn event_title(rulebook: &Rulebook, body: &Body) -> String {
    match body {
        Body::Service(s) => title(rulebook, &s.code),
        _ => casework::explain::title(body),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_town_changes_its_own_settings_and_no_other() {
        let setting = |book: &Rulebook, rule: &str, name: &str| {
            let settings = &book.rule(rule).expect("a rule").settings;
            settings.iter().find(|(n, _)| n == name).expect("a setting").1
        };
        let (nation, town) = (shipped().unwrap(), of_town("992011").unwrap());
        assert_eq!((setting(&nation, "checkup_1m", "from_day"), setting(&town, "checkup_1m", "from_day")), (28, 27));
        assert_eq!(setting(&nation, "checkup_18m", "before_limit"), setting(&town, "checkup_18m", "before_limit"));
        for unknown in ["132098", "", "..", "992011/checkup"] {
            assert!(of_town(unknown).is_err(), "{unknown}");
        }
    }
}
