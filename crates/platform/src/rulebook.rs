//! The rulebook of this installation: the files under `rulebook/`, built into the program, checked when it starts.

mod texts;

use std::fmt::{self, Write};

use casework::Body;
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Rulebook};
use sha2::{Digest, Sha256};

use super::{
    Database, Db, Fault,
    store::{chain, sync},
};
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
    Texts::shipped()?.build(code).map_err(|broken| {
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

/// The rules this installation works by, and the town whose they are (empty: the nation's, unchanged).
#[derive(Clone, Debug)]
pub struct Installed {
    pub book: Rulebook,
    pub municipality: String,
}

/// The rulebook of the one municipality whose records are kept here. Where there are several, the nation's rules hold for
/// all of them: duties of two towns are derived by one book, and that must not be one of theirs.
///
/// # Errors
/// If the database fails or the book is broken.
pub fn installed(database: &Database) -> Result<Installed, Fault> {
    let mut towns = database.read(towns)?;
    if towns.len() > 1 {
        tracing::warn!(
            towns = towns.join(" "),
            "several municipalities keep records here: what a town changes in the rules is left out, the nation's hold"
        );
        towns.clear();
    }
    let municipality = towns.pop().unwrap_or_default();
    Ok(Installed { book: for_municipality(&municipality)?, municipality })
}

/// 団体コード of every municipality among the offices.
fn towns(db: &mut Db) -> Result<Vec<String>, Fault> {
    let rows: Vec<Value> = sql_query(
        "select distinct code as value from office where code <> '' and kind not in ('prefecture', 'health_centre') \
         order by code",
    )
    .load(db)?;
    Ok(rows.into_iter().map(|r| r.value).collect())
}

/// Raise it when the program derives other duties from the same events and rules: then everybody is derived anew.
const DERIVATION: u32 = 2;

/// Keeps the rulebook in the database by its content hash, so that an upgrade never rewrites an old "why"; and if the
/// stored duties are those of another rulebook or program, derives everybody anew.
///
/// # Errors
/// If the database fails.
pub fn bring_up(database: &Database, book: &Rulebook, today: Day, now: i64) -> Result<(), Fault> {
    publish(database, now)?;
    let stamp = format!("{}/{DERIVATION}", fingerprint(book)?);
    let kept: Option<Value> = database.read(|db| -> Result<_, Fault> {
        Ok(sql_query("select value from meta where name = 'derived_by'").get_result(db).optional()?)
    })?;
    if kept.is_some_and(|kept| kept.value == stamp) {
        return Ok(());
    }
    sync::rebuild(database, book, today, |done| tracing::info!(done, "deriving by the new rulebook"))?;
    database.write(|db| -> Result<(), Fault> {
        sql_query(
            "insert into meta (name, value) values ('derived_by', $1) \
             on conflict (name) do update set value = excluded.value",
        )
        .bind::<Text, _>(&stamp)
        .execute(db)?;
        Ok(())
    })
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Names the very rules of a book, with whatever a town changed in them.
fn fingerprint(book: &Rulebook) -> Result<String, Fault> {
    struct Hashing(Sha256);
    impl Write for Hashing {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut hashing = Hashing(Sha256::new());
    write!(hashing, "{book:?}").map_err(Fault::at("the rulebook cannot be named"))?;
    Ok(chain::hex(&hashing.0.finalize()))
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
