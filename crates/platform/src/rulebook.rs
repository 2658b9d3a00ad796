//! The rulebooks of this installation: the files under `rulebook/`, built into the program, checked when it starts; one
//! book per municipality ([`Books`]).

mod books;
mod kept;
mod texts;

use casework::Body;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Rulebook};

use super::{
    Database, Db, Fault,
    store::sync::{self, Trust},
};
pub use books::{Book, Books, Shelf, Unfit};
pub use kept::{Kept, keep_texts, kept, kept_at, put_in_force};
pub use texts::{Broken, Texts, is_whole};

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
    texts.build(code).map_err(|broken| books::refused(&broken))
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

/// Raise it when the program derives other duties, or other read tables, from the same events and rules: then everybody is
/// derived anew.
const DERIVATION: u32 = 6;

/// Keeps the rulebook in the database by its content hash, so that an upgrade never rewrites an old "why"; and derives
/// everybody anew whose stored duties are those of another rulebook or program.
///
/// # Errors
/// If the database fails.
pub fn bring_up(database: &Database, books: &Books, today: Day, now: i64) -> Result<(), Fault> {
    database.write_all(|db| kept::keep(db, books, now))?;
    let (behind, all) = database.read_all(|db| behind(db, books))?;
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
    database.write_all(|db| {
        for (keeper, stamp) in &behind {
            set_stamp(db, *keeper, stamp)?;
        }
        Ok(())
    })
}

/// Notes that a keeper's stored duties are those of its book.
///
/// # Errors
/// If the database fails.
pub fn derived(db: &mut Db, keeper: i64, book: &Book) -> Result<(), Fault> {
    set_stamp(db, keeper, &format!("{}/{DERIVATION}", book.stamp))
}

fn set_stamp(db: &mut Db, keeper: i64, stamp: &str) -> Result<(), Fault> {
    sql_query("insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value")
        .bind::<Text, _>(format!("{DERIVED_BY}{keeper}"))
        .bind::<Text, _>(stamp)
        .execute(db)?;
    Ok(())
}

/// `meta` of a keeper: by which book and program its stored duties were derived.
const DERIVED_BY: &str = "derived_by/";

/// Keepers whose stored duties are not those of their book (apart from those that a publication is just deriving), with the book's stamp; and how many keepers there are.
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
         left join meta m on m.name = $1 || cast(o.id as text) where not exists (select 1 from rule_work w \
         where w.keeper = o.id and w.kind = 'publish' and w.state = 'running') order by o.id",
    )
    .bind::<Text, _>(DERIVED_BY)
    .load(db)?;
    let all = rows.len();
    let wanted = rows.into_iter().map(|r| (r.id, r.stamp, format!("{}/{DERIVATION}", shelf.of(r.id).stamp)));
    Ok((wanted.filter(|(_, stored, stamp)| stored != stamp).map(|(id, _, stamp)| (id, stamp)).collect(), all))
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

/// The title as it stands in lists, which are looked at over shoulders: a category is not named there.
pub fn open_title(rulebook: &Rulebook, service: &str) -> String {
    let narrow = rulebook.rule(service).is_some_and(|rule| rule.area == "要対協");
    let title = title(rulebook, service);
    if narrow || crate::web::counter::tells(&title) { String::from(OPEN_TO_SEE) } else { title }
}

/// Stands for what lists do not say.
pub const OPEN_TO_SEE: &str = "注意事項あり・開いて確認";

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
