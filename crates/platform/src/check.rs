//! `tsumugi check`: proves on the stored data what the house promises, file by file in bounded memory.
//!
//! Chains verify; stored duties equal a derivation from the events; read tables equal what the events say; everybody on
//! the register is covered, released or listed; what is closed was closed by somebody.

mod finding;
mod rows;
mod unread;
mod whole;

use casework::{View, body::Columns, duties::Standing, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Double, Integer, Nullable, Text},
};
use rules::Day;

use super::{
    Database, Db, Fault, readings,
    rulebook::Books,
    store::{
        chain::{self, Content, Header},
        derived::{self, Owed},
        events_of_many, joined, keys, kin,
        rows::{DutyRow, Who},
        staff, tables,
    },
};

pub use finding::{Finding, Promise};
use unread::Unread;

/// What was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    pub files: u64,
    pub events: u64,
    pub duties: u64,
    /// People on the register neither covered nor released: no fault of the data, but somebody must look at them.
    pub listed: u64,
    /// Rows by which persons are found.
    pub keys: u64,
    pub findings: Vec<Finding>,
}

#[derive(QueryableByName)]
struct FileRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    keeper: i64,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    head: String,
    #[diesel(sql_type = Text)]
    standing: String,
    #[diesel(sql_type = Nullable<Integer>)]
    covered_by: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    rederive_on: Option<i32>,
}

/// Files read at a time.
const PAGE: i64 = 300;

/// Checks everything. `progress` is told how many files are done.
///
/// # Errors
/// If the database fails; what is wrong with the data is in the report.
pub fn check(database: &Database, books: &Books, today: Day, mut progress: impl FnMut(u64)) -> Result<Report, Fault> {
    let (mut report, mut unread) = (Report::default(), Unread::default());
    for found in [database.read_all(joined::check), readings::check(database), database.read_all(whole::check)] {
        match found {
            Ok(findings) => report.findings.extend(findings),
            Err(fault) => unread.excuse(database, fault)?,
        }
    }
    let mut after = 0;
    loop {
        let before = report.clone();
        let files = database.read_all(|db| page(db, after))?;
        if let Err(fault) = database.read_all(|db| examine(db, books, today, &files, &mut report)) {
            unread.excuse(database, fault)?;
            report = before;
            one_by_one(database, books, today, &files, &mut report, &unread)?;
        }
        progress(report.files);
        match files.last() {
            Some(last) => after = last.id,
            None => break,
        }
    }
    let there = database.read_all(keys::count)?;
    // What was not examined has keys too.
    if there > report.keys && unread.is_empty() {
        let what = format!("{} rows find somebody who should not be found so", there - report.keys);
        report.findings.push(Finding::new(Promise::WhatMustGoCanGo, 0, what));
    }
    report.findings.extend(unread.told());
    Ok(report)
}

/// Each file by itself, where together they cannot be read: of one that cannot, the chain at least.
fn one_by_one(
    database: &Database,
    books: &Books,
    today: Day,
    files: &[FileRow],
    report: &mut Report,
    unread: &Unread,
) -> Result<(), Fault> {
    for file in files {
        let before = report.clone();
        let alone = std::slice::from_ref(file);
        if database.read_all(|db| examine(db, books, today, alone, report)).is_err() {
            *report = before;
            report.files += 1;
            database.read_all(|db| chain_of(db, file, report))?;
            report.findings.extend(unread.beside(file.id));
        }
    }
    Ok(())
}

fn page(db: &mut Db, after: i64) -> Result<Vec<FileRow>, Fault> {
    let text = "select id, keeper, subject, version, head, standing, covered_by, rederive_on from file \
                where id > $1 order by id limit $2";
    Ok(sql_query(text).bind::<BigInt, _>(after).bind::<BigInt, _>(PAGE).load(db)?)
}

fn examine(db: &mut Db, books: &Books, today: Day, files: &[FileRow], report: &mut Report) -> Result<(), Fault> {
    let ids: Vec<i64> = files.iter().map(|f| f.id).collect();
    let events = events_of_many(db, &ids)?;
    let shelf = books.now(db)?;
    let persons: Vec<(i64, i64)> = files.iter().filter(|f| f.subject == "person").map(|f| (f.keeper, f.id)).collect();
    let relations = kin::of_all(db, &persons, &shelf)?;
    let people = rows::people(db, &ids)?;
    for file in files {
        report.files += 1;
        chain_of(db, file, report)?;
        let Some(of) = events.get(&file.id) else { continue };
        report.events += u64::try_from(of.events.len()).unwrap_or(0);
        if file.subject != "person" {
            let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
            let wrong = staff::compare(db, file.keeper, &story)?;
            report.findings.extend(wrong.into_iter().map(|what| Finding::new(Promise::OneWritePath, file.id, what)));
            report.findings.extend(rows::office(db, file.keeper, file.id, &story)?);
            continue;
        }
        let who = Who::of(of);
        let derived = derived::of(file.id, of, &relations, shelf.of(file.keeper), today).at_home(&who);
        let (keys, wrong) = keys::compare(db, file.keeper, file.id, &who)?;
        report.keys += u64::try_from(keys).unwrap_or(0);
        report.findings.extend(wrong.map(|what| Finding::new(Promise::WhatMustGoCanGo, file.id, what)));
        report.findings.extend(rows::who(db, file.keeper, file.id, &who, people.get(&file.id))?);
        let stored = tables::duties_of(db, file.id, file.keeper)?;
        report.duties += u64::try_from(stored.len()).unwrap_or(0);
        report.findings.extend(difference(file.id, &stored, &derived.duties));
        report.listed += u64::from(derived.standing == Standing::Listed);
        standing(file, &derived, today, report);
    }
    Ok(())
}

/// Everybody is covered, released or listed, as the events say today.
fn standing(file: &FileRow, derived: &Owed, today: Day, report: &mut Report) {
    let (standing, by, again) = (derived.standing.code(), derived.covered_by, derived.rederive_on);
    let mut find = |what: String| report.findings.push(Finding::new(Promise::NextStep, file.id, what));
    if file.standing != standing || file.covered_by != by.map(|d| d.0) {
        find(format!("standing {} is stored, {standing} is derived", file.standing));
    }
    if file.rederive_on.is_some_and(|d| d <= today.0) {
        find(String::from("the turning of the date was not caught up"));
    }
    if file.rederive_on != again.map(|d| d.0) {
        find(String::from("the next re-derivation day differs"));
    }
}

fn difference(file: i64, stored: &[DutyRow], wanted: &[DutyRow]) -> Option<Finding> {
    if stored == wanted {
        return None;
    }
    let lost = wanted.iter().find(|d| !stored.contains(d));
    let extra = stored.iter().find(|d| !wanted.contains(d));
    let open = |d: &DutyRow| wanted.iter().find(|w| w.key == d.key && w.phase == d.phase && w.settled_how.is_none());
    if let Some(closed) = stored.iter().find(|d| d.settled_how.is_some() && open(d).is_some()) {
        let what = format!("duty {}/{} is closed, and nobody closed it", closed.key, closed.phase);
        return Some(Finding::new(Promise::NothingClosesSilently, file, what));
    }
    let name = |d: Option<&DutyRow>| d.map_or_else(|| String::from("none"), |d| format!("{}/{}", d.key, d.phase));
    let what = format!("stored duties differ from the events: missing {}, too many {}", name(lost), name(extra));
    // A line nobody can derive has no reason; one that is not there has nobody who would notice.
    let promise = if extra.is_some() { Promise::EveryLineCanSayWhy } else { Promise::NextStep };
    Some(Finding::new(promise, file, what))
}

#[derive(QueryableByName)]
struct LinkRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Integer)]
    seq: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    episode: Option<i32>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    day_lo: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    day_hi: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    day2: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    product: Option<String>,
    #[diesel(sql_type = Nullable<Double>)]
    number: Option<f64>,
    #[diesel(sql_type = Text)]
    source: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    batch: Option<i64>,
    #[diesel(sql_type = Integer)]
    sensitivity: i32,
    #[diesel(sql_type = BigInt)]
    actor: i64,
    #[diesel(sql_type = BigInt)]
    recorded_at: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    corrects: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    erased_by: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    salt: Option<String>,
    #[diesel(sql_type = Text)]
    digest: String,
    #[diesel(sql_type = Text)]
    link: String,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
}

/// The chain of one file: no hole, no altered content, no altered order, and instants that grow.
fn chain_of(db: &mut Db, file: &FileRow, report: &mut Report) -> Result<(), Fault> {
    let rows: Vec<LinkRow> = sql_query(
        "select id, seq, episode, kind, version, day_lo, day_hi, day2, code, product, number, source, batch, \
         sensitivity, actor, recorded_at, corrects, erased_by, salt, digest, link, body from event \
         where file = $1 order by seq",
    )
    .bind::<BigInt, _>(file.id)
    .load(db)?;
    let mut finding = |what: String| report.findings.push(Finding::new(Promise::OneWritePath, file.id, what));
    let mut erased = Vec::new();
    let mut previous = String::new();
    let mut last_at = i64::MIN;
    for (expected, row) in (1..).zip(&rows) {
        if row.seq != expected {
            finding(format!("event {}: position {} where {expected} was due", row.id, row.seq));
        }
        if row.recorded_at <= last_at {
            finding(format!("event {}: recorded before the one ahead of it", row.id));
        }
        match (&row.body, &row.salt) {
            (Some(body), Some(salt)) => {
                if chain::digest(salt, &content(row, body)) != row.digest {
                    finding(format!("event {}: its content was altered", row.id));
                }
            }
            (None, None) if row.erased_by.is_some() => {}
            _ => {
                let what = format!("event {}: its body is missing without 抹消", row.id);
                erased.push(Finding::new(Promise::WhatMustGoCanGo, file.id, what));
            }
        }
        let link = chain::link(&previous, &header(file.id, row), &row.digest);
        if link != row.link {
            finding(format!("event {}: the chain is broken", row.id));
        }
        previous.clone_from(&row.link);
        last_at = row.recorded_at;
    }
    if i32::try_from(rows.len()).ok() != Some(file.version) || previous != file.head {
        finding(String::from("the file's version is not its last event"));
    }
    report.findings.extend(erased);
    Ok(())
}

fn content<'a>(row: &'a LinkRow, body: &'a str) -> Content<'a> {
    Content {
        day_lo: row.day_lo.unwrap_or(0),
        day_hi: row.day_hi.unwrap_or(0),
        columns: Columns {
            day2: row.day2.map(Day),
            code: row.code.as_deref(),
            product: row.product.as_deref(),
            number: row.number,
        },
        body,
    }
}

fn header(file: i64, row: &LinkRow) -> Header<'_> {
    Header {
        file,
        seq: row.seq,
        episode: row.episode,
        kind: &row.kind,
        version: row.version,
        source: &row.source,
        batch: row.batch,
        sensitivity: row.sensitivity,
        actor: row.actor,
        recorded_at: row.recorded_at,
        corrects: row.corrects,
    }
}
