//! Reading events back.

use std::collections::BTreeMap;

use casework::{Body, Event, Sensitivity};
use diesel::{
    Queryable, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, Span};

use super::joined::{self, Member};
use crate::{db::Db, fault::Fault, mask::home, sql};

/// The columns of an event, for every query that reads events; [`Row`] is their types in this order.
const COLUMNS: &str = "id, keeper, file, seq, episode, kind, version, day_lo, day_hi, source, batch, sensitivity, actor, \
                       recorded_at, corrects, body";

type Row = (
    BigInt,
    BigInt,
    BigInt,
    Integer,
    Nullable<Integer>,
    Text,
    Integer,
    Nullable<Integer>,
    Nullable<Integer>,
    Text,
    Nullable<BigInt>,
    Integer,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Nullable<Text>,
);

#[derive(Queryable)]
struct EventRow {
    id: i64,
    keeper: i64,
    file: i64,
    seq: i32,
    episode: Option<i32>,
    kind: String,
    version: i32,
    day_lo: Option<i32>,
    day_hi: Option<i32>,
    source: String,
    batch: Option<i64>,
    sensitivity: i32,
    actor: i64,
    recorded_at: i64,
    corrects: Option<i64>,
    body: Option<String>,
}

/// A file's events with the withdrawn batches among them.
#[derive(Clone, Debug, Default)]
pub struct FileEvents {
    pub events: Vec<Event>,
    /// (batch, instant of withdrawal)
    pub withdrawn: Vec<(i64, i64)>,
    /// Files that are read as part of this one; their events are among these ([`joined`]).
    pub joined: Vec<Member>,
    /// The file this one is read as part of: it has no events of its own then.
    pub led_to: Option<i64>,
    /// Lives with somebody whose place may not be told ([`crate::mask::home`]).
    pub sheltered: bool,
    /// The last record its reader may know of, once it is masked ([`crate::mask`]): what a form was drawn from.
    pub last: i64,
}

/// All events of one file in order. The caller has checked that the file is its keeper's.
///
/// # Errors
/// If the database fails or a stored body cannot be read by this program.
pub fn events_of(db: &mut Db, file: i64) -> Result<FileEvents, Fault> {
    events_of_at(db, file, None)
}

/// The same as files were joined at an instant; `None`: now.
///
/// # Errors
/// As [`events_of`].
pub fn events_of_at(db: &mut Db, file: i64, at: Option<i64>) -> Result<FileEvents, Fault> {
    let text = format!("select {COLUMNS} from event where file = $1 order by seq");
    let rows: Vec<EventRow> = sql::typed::<Row>(&text).with(file).load(db)?;
    let events = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    let mut found = BTreeMap::from([(file, FileEvents { events, ..FileEvents::default() })]);
    joined::together(db, &mut found, at)?;
    home::mark(db, &mut found)?;
    let mut found = found.remove(&file).unwrap_or_default();
    if found.events.iter().any(|e| e.batch.is_some()) {
        found.withdrawn = withdrawn_batches(db)?;
        found.withdrawn.retain(|(batch, _)| found.events.iter().any(|e| e.batch == Some(*batch)));
    }
    Ok(found)
}

/// Each file's own events, whatever it is joined with.
pub(super) fn raw_events(db: &mut Db, files: &[i64]) -> Result<BTreeMap<i64, Vec<Event>>, Fault> {
    let mut found: BTreeMap<i64, FileEvents> = files.iter().map(|f| (*f, FileEvents::default())).collect();
    for chunk in files.chunks(500) {
        let text = format!("select {COLUMNS} from event where file in {} order by file, seq", id_list(chunk));
        gather(&mut found, sql::typed::<Row>(&text).once().load(db)?)?;
    }
    Ok(found.into_iter().map(|(file, of)| (file, of.events)).collect())
}

/// The same for many files at once.
///
/// # Errors
/// As [`events_of`].
pub fn events_of_many(db: &mut Db, files: &[i64]) -> Result<BTreeMap<i64, FileEvents>, Fault> {
    events_of_many_at(db, files, None)
}

/// The same as files were joined at an instant; `None`: now.
///
/// # Errors
/// As [`events_of`].
pub fn events_of_many_at(db: &mut Db, files: &[i64], at: Option<i64>) -> Result<BTreeMap<i64, FileEvents>, Fault> {
    let own = |(file, events)| (file, FileEvents { events, ..FileEvents::default() });
    let mut found: BTreeMap<i64, FileEvents> = raw_events(db, files)?.into_iter().map(own).collect();
    joined::together(db, &mut found, at)?;
    home::mark(db, &mut found)?;
    withdraw(db, &mut found)?;
    Ok(found)
}

/// The same for all files from one to another; `whose` is more of a condition (`and keeper in (1)`).
///
/// # Errors
/// As [`events_of`].
pub fn events_between(db: &mut Db, first: i64, last: i64, whose: &str) -> Result<BTreeMap<i64, FileEvents>, Fault> {
    let text = format!("select {COLUMNS} from event where file >= $1 and file <= $2 {whose} order by file, seq");
    let mut found = BTreeMap::new();
    gather(&mut found, sql::typed::<Row>(&text).once().with(first).with(last).load(db)?)?;
    joined::together(db, &mut found, None)?;
    withdraw(db, &mut found)?;
    Ok(found)
}

/// Rows are in order of their files.
fn gather(found: &mut BTreeMap<i64, FileEvents>, rows: Vec<EventRow>) -> Result<(), Fault> {
    let mut rows = rows.into_iter().peekable();
    while let Some(file) = rows.peek().map(|r| r.file) {
        let of = found.entry(file).or_default();
        while let Some(row) = rows.next_if(|r| r.file == file) {
            of.events.push(read(row)?);
        }
    }
    Ok(())
}

fn withdraw(db: &mut Db, found: &mut BTreeMap<i64, FileEvents>) -> Result<(), Fault> {
    let withdrawn = withdrawn_batches(db)?;
    if !withdrawn.is_empty() {
        for entry in found.values_mut() {
            entry.withdrawn = withdrawn.clone();
        }
    }
    Ok(())
}

/// A person's version if their file lies within the actor's keepers (`scope`, as [`crate::Door::scope`] gives it) and
/// holds a record the actor may know of (`level`, as [`crate::mask::level`] gives it): the number of events recorded in it
/// and in those that are read as part of it. To whoever may know of none of its records the file is not there.
///
/// # Errors
/// If the database fails.
pub fn version_of(db: &mut Db, file: i64, scope: &str, level: Sensitivity) -> Result<Option<i32>, Fault> {
    let (list, level) = (id_list(&joined::whole(db, file)?), level.number());
    let text = format!(
        "select version from file where id in {list} and subject = 'person' and keeper in {scope} \
         and exists (select 1 from event e where e.file in {list} and e.sensitivity <= {level}) order by id"
    );
    let versions: Vec<i32> = sql::typed::<Integer>(&text).once().load(db)?;
    Ok((!versions.is_empty()).then(|| versions.iter().sum()))
}

/// `(1,2,3)` from numbers, for an `in` of either database. `(0)` when empty: no row has that id.
pub fn id_list(ids: &[i64]) -> String {
    if ids.is_empty() {
        return String::from("(0)");
    }
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("({})", ids.join(","))
}

fn withdrawn_batches(db: &mut Db) -> Result<Vec<(i64, i64)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = BigInt)]
        withdrawn_at: i64,
    }
    let rows: Vec<Row> =
        sql_query("select id, withdrawn_at from batch where withdrawn_at is not null order by id").load(db)?;
    Ok(rows.into_iter().map(|r| (r.id, r.withdrawn_at)).collect())
}

/// (file, event, why) of the records after an event that this program cannot read, and the last event that was looked at.
pub(crate) type Unread = (Vec<(i64, i64, String)>, Option<i64>);

/// Looks through some records for such as cannot be read. Of what stands in them nothing is told.
pub(crate) fn unread(db: &mut Db, after: i64, page: i64) -> Result<Unread, Fault> {
    let text =
        "select id, file, version, kind, body from event where id > $1 and body is not null order by id limit $2";
    let rows: Vec<(i64, i64, i32, String, String)> =
        sql::typed::<(BigInt, BigInt, Integer, Text, Text)>(text).with(after).with(page).load(db)?;
    let last = rows.last().map(|row| row.0);
    let wrong = rows.into_iter().filter_map(|(id, file, version, kind, body)| {
        let version = u16::try_from(version).unwrap_or(u16::MAX);
        Body::read(version, &kind, &body).err().map(|_| (file, id, format!("kind {kind}, version {version}")))
    });
    Ok((wrong.collect(), last))
}

fn read(row: EventRow) -> Result<Event, Fault> {
    let body = match row.body {
        Some(json) => Some(
            Body::read(u16::try_from(row.version).unwrap_or(u16::MAX), &row.kind, &json)
                .map_err(|why| Fault::new(format!("event {}: {why}", row.id)))?,
        ),
        None => None,
    };
    let lo = Day(row.day_lo.unwrap_or(0));
    Ok(Event {
        id: row.id,
        keeper: row.keeper,
        file: row.file,
        seq: row.seq,
        episode: row.episode,
        day: Span { lo, hi: row.day_hi.map_or(lo, Day) },
        source: row.source,
        batch: row.batch,
        sensitivity: Sensitivity::from_number(row.sensitivity),
        actor: row.actor,
        recorded_at: row.recorded_at,
        corrects: row.corrects,
        body,
    })
}
