//! Settled duties that had stood on the list: open, their time begun, before they were settled and before the record of
//! it arrived. Asked of the file as it was known an instant before that record.

use casework::{Body, Person, View, derive, duties::opens, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::{Day, Rulebook};

use crate::platform::{
    Door, Fault,
    clock::day_in_japan,
    mask,
    store::{FileEvents, events_of_many, kin, tables::standing_for},
};

/// Settled duties looked at for one page, the newest.
pub const MOST: usize = 5_000;
/// Files read at a time.
const PAGE: usize = 300;

/// A duty that is settled.
#[derive(QueryableByName, Clone, Debug)]
pub struct Settled {
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Text)]
    rule: String,
    #[diesel(sql_type = BigInt)]
    settled_by: i64,
    #[diesel(sql_type = Integer)]
    settled_on: i32,
    #[diesel(sql_type = Text)]
    settled_how: String,
}

impl Settled {
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

/// A line that stood.
pub struct Line {
    pub rule: String,
    /// How it was closed, if it was closed and not done.
    pub closed: Option<String>,
}

/// Each settled duty since a day once, whatever its phases, newest first; one more than [`MOST`] if there are more. Tier 3
/// is never a line, a promise is no rule.
///
/// # Errors
/// If the database fails.
pub fn settled(door: &mut Door<'_>, since: Day, rule: Option<&str>) -> Result<Vec<Settled>, Fault> {
    let sql = format!(
        "select distinct d.file, d.key, d.rule, d.settled_by, d.settled_on, d.settled_how from duty d where d.keeper in {} and {} \
         and d.settled_how is not null and d.tier < 3 and d.rule <> 'promise' and d.settled_on >= $1 \
         and d.settled_on <= $2 and ($3 = '' or d.rule = $3) order by d.settled_by desc, d.key limit {}",
        door.scope(),
        standing_for(mask::level(door.actor)),
        MOST + 1
    );
    let query = sql_query(sql).bind::<Integer, _>(since.0).bind::<Integer, _>(door.today().0);
    Ok(query.bind::<Text, _>(rule.unwrap_or_default()).load(door.db)?)
}

/// Those of them that had stood on the list.
///
/// # Errors
/// If the database fails or a stored body cannot be read.
pub fn lines(door: &mut Door<'_>, book: &Rulebook, mut settled: Vec<Settled>) -> Result<Vec<Line>, Fault> {
    settled.truncate(MOST);
    settled.sort_by_key(|s| s.file);
    let mut found = Vec::new();
    let mut files: Vec<i64> = settled.iter().map(|s| s.file).collect();
    files.dedup();
    for chunk in files.chunks(PAGE) {
        let events = events_of_many(door.db, chunk)?;
        let kept = kin::kept(door.db, chunk)?;
        let relations = kin::of(door.db, &kept, book)?;
        for one in within(&settled, chunk) {
            let Some(of) = events.get(&one.file) else { continue };
            if stood(one, of, &relations, book) {
                found.push(Line { rule: one.rule.clone(), closed: closed(one, of) });
            }
        }
    }
    Ok(found)
}

/// Those of some files; both are in order of files.
fn within<'s>(settled: &'s [Settled], files: &[i64]) -> &'s [Settled] {
    let (Some(first), Some(last)) = (files.first(), files.last()) else { return &[] };
    let from = settled.partition_point(|s| s.file < *first);
    let to = settled.partition_point(|s| s.file <= *last);
    settled.get(from..to).unwrap_or_default()
}

/// The rule of each that was closed, and how: without asking whether it had stood, which takes a derivation each.
///
/// # Errors
/// If the database fails or a stored body cannot be read.
pub fn closures(door: &mut Door<'_>, settled: &[Settled]) -> Result<Vec<(String, String)>, Fault> {
    let mut said: Vec<Settled> = settled.iter().take(MOST).filter(|s| s.settled_how == "closed").cloned().collect();
    said.sort_by_key(|s| s.file);
    let mut files: Vec<i64> = said.iter().map(|s| s.file).collect();
    files.dedup();
    let mut found = Vec::new();
    for chunk in files.chunks(PAGE) {
        let events = events_of_many(door.db, chunk)?;
        let how = |one: &Settled| Some((one.rule.clone(), closed(one, events.get(&one.file)?)?));
        found.extend(within(&said, chunk).iter().filter_map(how));
    }
    Ok(found)
}

/// Whether it was open and its time had come, when it was settled and when that was recorded.
fn stood(one: &Settled, of: &FileEvents, relations: &kin::Relations, book: &Rulebook) -> bool {
    let Some(record) = of.events.iter().find(|e| e.id == one.settled_by) else { return false };
    let view = View { known_at: Some(record.recorded_at - 1), withdrawn: &of.withdrawn, ..View::default() };
    let day = day_in_japan(record.recorded_at).min(Day(one.settled_on));
    let story = fold(&of.events, view);
    let person = Person::read(&story);
    let derived = derive(&story, &person, &relations.of(one.file, view), book, day);
    derived.duties.iter().any(|d| d.key == one.key && d.settled.is_none() && opens(d).is_none_or(|o| o <= day))
}

/// What the closure says last.
fn closed(one: &Settled, of: &FileEvents) -> Option<String> {
    let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
    story.entries.iter().find(|e| e.root == one.settled_by).and_then(|e| match e.body {
        Body::Closure(closure) => Some(closure.how.clone()),
        _ => None,
    })
}
