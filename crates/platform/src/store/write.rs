//! The one write path (promise 3).
//!
//! [`apply`] locks every file to be re-derived in id order, takes the pure decision, appends the events, re-derives the
//! duties and writes the read tables, inside the caller's transaction. A command's id makes a second submit do nothing.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Command, Decision, FileRef, Known, Person, Refusal, View, act::Act, decide, fold};
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::Day;

use super::{
    append::{self, Appended, Locked},
    claim,
    joined::{self, Ways},
    kin::{self, Concern},
    load::{self, FileEvents},
    sync::{self, FileRow},
};
use crate::{db::Db, fault::Fault, rulebook::Books, sql};

/// At whose desk, when, and by which rules a command is applied.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The keeper new files are opened for.
    pub keeper: i64,
    /// The keepers whose files may be written.
    pub keepers: &'a [i64],
    /// Staff id; 0 is the program itself.
    pub actor: i64,
    pub today: Day,
    /// Microseconds since the epoch.
    pub now: i64,
    pub batch: Option<i64>,
    /// Each file is derived by the book of its keeper.
    pub books: &'a Books,
}

/// What a command did.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Applied {
    /// Files it wrote to, opened ones last.
    pub files: Vec<i64>,
    pub opened: Vec<i64>,
    /// Events it recorded, in order.
    pub events: Vec<i64>,
}

/// Why a command was not applied.
#[derive(Debug)]
pub enum NotApplied {
    /// Somebody may act on it.
    Refused(Refusal),
    /// Since the author looked, something was recorded that the act depends on: kinds of those events.
    Conflict(Vec<String>),
    /// No such file, or not theirs: the same answer.
    NotFound,
    Fault(Fault),
}

impl From<Fault> for NotApplied {
    fn from(fault: Fault) -> NotApplied {
        NotApplied::Fault(fault)
    }
}

impl From<diesel::result::Error> for NotApplied {
    fn from(error: diesel::result::Error) -> NotApplied {
        NotApplied::Fault(error.into())
    }
}

impl From<Refusal> for NotApplied {
    fn from(refusal: Refusal) -> NotApplied {
        NotApplied::Refused(refusal)
    }
}

/// Applies a command inside the caller's write transaction. After a refusal the caller may keep the rest of it: the
/// command's id is free again. On every other `Err` the caller rolls back.
pub fn apply(db: &mut Db, desk: &Desk<'_>, command: &Command) -> Result<Applied, NotApplied> {
    if let Some(before) = claim::claim(db, desk, command)? {
        return Ok(before);
    }
    match applied(db, desk, command) {
        Ok(applied) => {
            claim::done(db, command, &applied)?;
            Ok(applied)
        }
        Err(NotApplied::Fault(fault)) => Err(NotApplied::Fault(fault)),
        Err(why) => {
            claim::release(db, command)?;
            Err(why)
        }
    }
}

fn applied(db: &mut Db, desk: &Desk<'_>, command: &Command) -> Result<Applied, NotApplied> {
    let ways = Ways::of(db, &command.act.files())?;
    let act = &narrowed(db, &command.act, &ways)?;
    let book = desk.books.of(db, desk.keeper)?;
    let concern = kin::concern(db, act, &book)?;
    let joins = joined::is_about(db, act)?;
    let before = match concern {
        _ if joins => joined::relatives(db, &with_members(act, &ways))?,
        Concern::None => Vec::new(),
        _ => kin::around(db, &act.files())?,
    };
    let mut locked = lock(db, desk, act, &ways, &before)?;
    let mut events: BTreeMap<i64, FileEvents> = BTreeMap::new();
    for file in act.files() {
        let of = load::events_of(db, file)?;
        if of.led_to.is_some() {
            // Joined between looking and locking.
            return Err(NotApplied::Conflict(vec![String::from("joined")]));
        }
        same_time(&mut locked, file, &of);
        events.insert(file, of);
    }
    conflicts(command, &ways, &events)?;
    let decision = decided(act, &events, desk.today)?;
    let parted = joined::changed(&decision, &events);
    let applied = append_all(db, desk, decision, &mut locked, &mut events)?;
    if !parted.is_empty() {
        for file in parted {
            joined::write(db, desk.keeper, file)?;
        }
        events = load::events_of_many(db, &locked.keys().copied().collect::<Vec<_>>())?;
    }
    let shelf = desk.books.now(db)?;
    for file in locked.values() {
        save_head(db, file)?;
    }
    let row = |Locked { id, keeper, subject, version, marks, .. }| FileRow { id, keeper, subject, version, marks };
    sync::files(db, locked.into_values().map(row).collect(), &events, &shelf, desk.today)?;
    if joins {
        let all: BTreeSet<i64> = before.into_iter().chain(joined::relatives(db, &applied.files)?).collect();
        let others: Vec<i64> = all.into_iter().filter(|id| !applied.files.contains(id)).collect();
        sync::rederive(db, &others, desk.books, desk.today)?;
    } else if concern != Concern::None {
        relatives(db, desk, &applied.files, before)?;
    }
    Ok(applied)
}

/// The files of an act and those that are read as part of them.
fn with_members(act: &Act, ways: &Ways) -> Vec<i64> {
    act.files().into_iter().flat_map(|file| std::iter::once(file).chain(ways.members(file))).collect()
}

/// Files that are read together have one time: what is recorded in either comes after everything of both.
pub(super) fn same_time(locked: &mut BTreeMap<i64, Locked>, file: i64, of: &FileEvents) {
    let last = of.events.last().map_or(0, |e| e.recorded_at);
    for file in of.joined.iter().map(|m| m.file).chain([file]) {
        if let Some(file) = locked.get_mut(&file) {
            file.last_at = last;
        }
    }
}

/// The act as it is applied: on the files that stand for its persons. And what is recorded about a duty is as narrow as
/// the duty: the record may not tell of it to whoever may not know of it.
fn narrowed(db: &mut Db, act: &Act, ways: &Ways) -> Result<Act, Fault> {
    let mut act = act.clone();
    act.lead(|file| ways.lead(file));
    if let Act::Record { file, sensitivity, body, .. } = &mut act
        && let Some(key) = body.about()
    {
        *sensitivity = kin::level_of(db, *file, key)?.max(*sensitivity);
    }
    Ok(act)
}

/// Re-derives the relatives whom the act concerns: those of before (already locked) and those it made.
fn relatives(db: &mut Db, desk: &Desk<'_>, files: &[i64], before: Vec<i64>) -> Result<(), Fault> {
    let now = kin::around(db, files)?;
    let all: BTreeSet<i64> = before.into_iter().chain(now).collect();
    let book = desk.books.of(db, desk.keeper)?;
    if kin::tells(db, files.iter().chain(&all).copied(), &book)? {
        let others: Vec<i64> = all.into_iter().filter(|id| !files.contains(id)).collect();
        sync::rederive(db, &others, desk.books, desk.today)?;
    }
    Ok(())
}

/// Locks the act's files, and those of relatives that are derived anew with them, in id order. A file of another keeper
/// does not exist for this desk.
fn lock(
    db: &mut Db,
    desk: &Desk<'_>,
    act: &Act,
    ways: &Ways,
    relatives: &[i64],
) -> Result<BTreeMap<i64, Locked>, NotApplied> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        keeper: i64,
        #[diesel(sql_type = Text)]
        subject: String,
        #[diesel(sql_type = Integer)]
        version: i32,
        #[diesel(sql_type = Text)]
        head: String,
        #[diesel(sql_type = Text)]
        marks: String,
    }
    let own = with_members(act, ways);
    let mut files = own.clone();
    files.extend(relatives);
    files.sort_unstable();
    files.dedup();
    let scope = load::id_list(desk.keepers);
    let mut locked = BTreeMap::new();
    for id in files {
        // Touching the row locks it on PostgreSQL; on SQLite the immediate transaction already holds everything.
        let text = format!(
            "update file set version = version where id = $1 and keeper in {scope} \
             returning keeper, subject, version, head, marks"
        );
        let row: Option<Row> = sql::sql(&text).with(id).get_result(db).optional()?;
        if !own.contains(&id) {
            continue;
        }
        let Some(Row { keeper, subject, version, head, marks }) = row else { return Err(NotApplied::NotFound) };
        locked.insert(id, Locked { id, keeper, subject, version, head, marks, last_at: 0 });
    }
    Ok(locked)
}

/// A conflict is raised only if a kind of event the act reads has come since its author looked.
/// Files that were joined or parted meanwhile are a conflict for every act: who is meant may be another.
fn conflicts(command: &Command, ways: &Ways, events: &BTreeMap<i64, FileEvents>) -> Result<(), NotApplied> {
    let reads = command.act.reads();
    // What is narrower than the act itself never stops it: a conflict would tell whoever may not know of that record.
    let level = match &command.act {
        Act::Record { sensitivity, .. } => *sensitivity,
        _ => casework::Sensitivity::Ordinary,
    };
    let mut news: Vec<String> = Vec::new();
    for (file, seen) in &command.seen {
        let Some(of) = events.get(&ways.lead(*file)) else { continue };
        if usize::try_from(*seen).is_ok_and(|seen| seen > of.events.len()) {
            news.push(String::from("joined"));
        }
        for event in of.events.iter().filter(|e| e.seq > *seen && e.sensitivity <= level) {
            let kind = event.body.as_ref().map_or("erased", |b| b.kind());
            let wanted = reads.contains(&kind) || matches!(kind, "joined" | "joined_by");
            if wanted && !news.iter().any(|k| k == kind) {
                news.push(kind.to_owned());
            }
        }
    }
    if news.is_empty() { Ok(()) } else { Err(NotApplied::Conflict(news)) }
}

pub(super) fn decided(act: &Act, events: &BTreeMap<i64, FileEvents>, today: Day) -> Result<Decision, Refusal> {
    let known: BTreeMap<i64, Known<'_>> = events
        .iter()
        .map(|(id, of)| {
            let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
            let person = Person::read(&story);
            (*id, Known { events: &of.events, story, person })
        })
        .collect();
    decide(act, &known, today)
}

pub(super) fn append_all(
    db: &mut Db,
    desk: &Desk<'_>,
    decision: Decision,
    locked: &mut BTreeMap<i64, Locked>,
    events: &mut BTreeMap<i64, FileEvents>,
) -> Result<Applied, NotApplied> {
    let mut applied = Applied::default();
    for _ in 0..decision.opens {
        let file = append::open_file(db, desk.keeper, "person")?;
        applied.opened.push(file.id);
        events.insert(file.id, FileEvents::default());
        locked.insert(file.id, file);
    }
    let mut appended = Appended::default();
    for mut new in decision.events {
        let id = match new.file {
            FileRef::Known(id) => id,
            FileRef::Opened(n) => *applied.opened.get(n).ok_or(NotApplied::NotFound)?,
        };
        new.body.resolve(&applied.opened);
        let nothing = FileEvents::default();
        let id = joined::place(&mut new, id, events.get(&id).unwrap_or(&nothing));
        let file = locked.get_mut(&id).ok_or(NotApplied::NotFound)?;
        appended.append(file, new, desk.actor, desk.now, desk.batch)?;
    }
    for event in appended.write(db)? {
        applied.events.push(event.id);
        let stands = |of: &&mut FileEvents| of.joined.iter().any(|m| m.file == event.file);
        let (Some(file), Some(of)) = (
            locked.get(&event.file),
            if events.contains_key(&event.file) {
                events.get_mut(&event.file)
            } else {
                events.values_mut().find(stands)
            },
        ) else {
            return Err(NotApplied::NotFound);
        };
        for erased in of.events.iter_mut().filter(|e| decision.erases.contains(&e.id)) {
            append::erase(db, file, erased.id, event.id)?;
            erased.body = None;
        }
        of.events.push(event);
    }
    for (file, of) in events.iter_mut().filter(|(_, of)| !of.joined.is_empty()) {
        // Numbered and named anew, as whoever loads them finds them.
        *of = load::events_of(db, *file)?;
    }
    applied.files = events.keys().copied().collect();
    Ok(applied)
}

pub(super) fn save_head(db: &mut Db, file: &Locked) -> Result<(), Fault> {
    sql::sql("update file set version = $1, head = $2 where id = $3")
        .with(file.version)
        .with(&file.head)
        .with(file.id)
        .execute(db)?;
    Ok(())
}

/// Founds one office.
///
/// # Errors
/// If the database fails.
pub fn found_office(db: &mut Db, parent: Option<i64>, kind: &str, code: &str, name: &str) -> Result<i64, Fault> {
    let text = "insert into office (parent, kind, code, name) values ($1, $2, $3, $4) returning id";
    let office: append::Id = sql::sql(text).with(parent).with(kind).with(code).with(name).get_result(db)?;
    Ok(office.id)
}

/// Opens an office's own file and records its number with the office. Used when an office is founded.
pub fn open_office_file(db: &mut Db, office: i64) -> Result<i64, Fault> {
    let file = append::open_file(db, office, "office")?;
    sql_query("update office set file = $1 where id = $2")
        .bind::<BigInt, _>(file.id)
        .bind::<BigInt, _>(office)
        .execute(db)?;
    Ok(file.id)
}
