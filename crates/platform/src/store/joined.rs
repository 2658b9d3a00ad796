//! Files that are read together (まとめる): which file leads to which, and one stream of events made of several.
//!
//! A join is recorded in the absorbed file and says nothing about the events of either: they stay where they are, each chain by
//! itself. Whoever loads the file that stands for the person gets the events of all, in the order of recording; whoever
//! loads an absorbed one gets none. Files that other persons' records name are led in the same way, so a relation to an
//! absorbed file is a relation to the one that stands for it.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Act, Body, Decision, Event, NewEvent};
use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Nullable, Text},
};

use super::{
    FileEvents, kin,
    load::{self, id_list},
};
use crate::{
    check::Finding,
    db::Db,
    fault::Fault,
    sql::{self, Table, Value},
};

/// A file that is read as part of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    pub file: i64,
    /// Its episodes and the number each is read under.
    pub episodes: Vec<(i32, i32)>,
}

/// Which file leads where: (file, the one it is read with, the event that says so).
type Link = (i64, i64, i64);

/// The links that start at one of `files` or end at one of `persons`; those that stood at an instant, or stand now.
fn links(db: &mut Db, files: &[i64], persons: &[i64], at: Option<i64>) -> Result<Vec<Link>, Fault> {
    let when = at.map_or_else(
        || String::from("ended is null"),
        |at| format!("since <= {at} and (ended is null or ended > {at})"),
    );
    let mut found = Vec::new();
    for (column, ids) in [("file", files), ("person", persons)] {
        for some in ids.chunks(500) {
            let text =
                format!("select file, person, event from person_link where {column} in {} and {when}", id_list(some));
            found.extend(sql::typed::<(BigInt, BigInt, BigInt)>(&text).once().load::<Link>(db)?);
        }
    }
    Ok(found)
}

/// What leads where, and what comes with it, as far as some files are concerned.
#[derive(Debug, Default)]
pub struct Ways {
    up: BTreeMap<i64, (i64, i64)>,
}

impl Ways {
    /// Follows every link from these files, and back to all that leads to them.
    ///
    /// # Errors
    /// If the database fails.
    pub fn of(db: &mut Db, files: &[i64]) -> Result<Ways, Fault> {
        let mut ways = Ways::default();
        let (mut above, mut below) = (files.to_vec(), files.to_vec());
        let mut asked: BTreeSet<i64> = files.iter().copied().collect();
        while !above.is_empty() || !below.is_empty() {
            let new: Vec<Link> = ways.take(links(db, &above, &below, None)?);
            let ends = new.iter().flat_map(|(file, person, _)| [*file, *person]);
            above = ends.filter(|id| asked.insert(*id)).collect();
            below.clone_from(&above);
        }
        Ok(ways)
    }

    fn take(&mut self, links: Vec<Link>) -> Vec<Link> {
        links.into_iter().filter(|(file, person, event)| self.up.insert(*file, (*person, *event)).is_none()).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.up.is_empty()
    }

    /// The file that stands for the person of this one.
    pub fn lead(&self, file: i64) -> i64 {
        let mut at = file;
        // Links never go in a circle: who is joined stands for nobody any more. The bound is for altered rows.
        for _ in 0..=self.up.len() {
            match self.up.get(&at) {
                Some((person, _)) => at = *person,
                None => break,
            }
        }
        at
    }

    /// The files that are read as part of this one.
    pub fn members(&self, file: i64) -> impl Iterator<Item = i64> {
        self.up.keys().copied().filter(move |member| self.lead(*member) == file)
    }
}

/// The file that stands for the person of this one: itself, nearly always.
///
/// # Errors
/// If the database fails.
pub fn lead(db: &mut Db, file: i64, at: Option<i64>) -> Result<i64, Fault> {
    let mut file = file;
    while let Some((_, person, _)) = links(db, &[file], &[], at)?.first() {
        file = *person;
    }
    Ok(file)
}

/// The file that stands for the person of this one, and every file that is read as part of it.
///
/// # Errors
/// If the database fails.
pub fn whole(db: &mut Db, file: i64) -> Result<Vec<i64>, Fault> {
    let ways = Ways::of(db, &[file])?;
    let lead = ways.lead(file);
    Ok(std::iter::once(lead).chain(ways.members(lead)).collect())
}

/// What stands for the persons of many files, without doubles and in order of id.
///
/// # Errors
/// If the database fails.
pub fn lead_all(db: &mut Db, files: &[i64]) -> Result<Vec<i64>, Fault> {
    let ways = Ways::of(db, files)?;
    let led: BTreeSet<i64> = files.iter().map(|file| ways.lead(*file)).collect();
    Ok(led.into_iter().collect())
}

/// Puts loaded files together: `found` holds each with its own events. `at`: as it was joined at an instant.
pub(super) fn together(db: &mut Db, found: &mut BTreeMap<i64, FileEvents>, at: Option<i64>) -> Result<(), Fault> {
    let own: Vec<i64> = found.keys().copied().collect();
    let mut ways = Ways::default();
    let mut loaded: BTreeMap<i64, Vec<Event>> = BTreeMap::new();
    let mut asked: BTreeSet<i64> = own.iter().copied().collect();
    let (mut above, mut below) = (own.clone(), own);
    above.extend(found.values().flat_map(|of| named(&of.events)).filter(|id| asked.insert(*id)));
    while !above.is_empty() || !below.is_empty() {
        let new = ways.take(links(db, &above, &below, at)?);
        above = new.iter().map(|(_, person, _)| *person).filter(|id| asked.insert(*id)).collect();
        below = new.iter().map(|(file, ..)| *file).filter(|id| !loaded.contains_key(id)).collect();
        let missing: Vec<i64> = below.iter().copied().filter(|id| !found.contains_key(id)).collect();
        for (file, events) in load::raw_events(db, &missing)? {
            above.extend(named(&events).filter(|id| asked.insert(*id)));
            loaded.insert(file, events);
        }
        for file in below.iter().filter(|id| found.contains_key(id)) {
            loaded.insert(*file, found.get(file).map(|of| of.events.clone()).unwrap_or_default());
        }
    }
    if ways.is_empty() {
        return Ok(());
    }
    for (file, of) in found.iter_mut() {
        if ways.up.contains_key(file) {
            *of = FileEvents { led_to: Some(ways.lead(*file)), ..FileEvents::default() };
            continue;
        }
        for member in ways.members(*file) {
            let episodes = composed(&ways, &loaded, member);
            let events = loaded.get(&member).cloned().unwrap_or_default();
            of.events.extend(events.into_iter().map(|event| shown(event, &episodes)));
            of.joined.push(Member { file: member, episodes });
        }
        if !of.joined.is_empty() {
            of.events.sort_by_key(|e| (e.recorded_at, e.id));
            (1..).zip(&mut of.events).for_each(|(seq, event)| event.seq = seq);
        }
        for body in of.events.iter_mut().filter_map(|e| e.body.as_mut()) {
            if !of.joined.is_empty() || body.names_files().iter().any(|id| ways.up.contains_key(id)) {
                body.rename_files(*file, |id| ways.lead(id));
            }
        }
    }
    Ok(())
}

fn named(events: &[Event]) -> impl Iterator<Item = i64> {
    events.iter().filter_map(|e| e.body.as_ref()).flat_map(|b| b.names_files()).copied()
}

/// An absorbed file's episodes and their numbers in the file that stands for it, over every join between.
fn composed(ways: &Ways, loaded: &BTreeMap<i64, Vec<Event>>, member: i64) -> Vec<(i32, i32)> {
    let mut episodes: Option<Vec<(i32, i32)>> = None;
    let mut at = member;
    while let Some((person, event)) = ways.up.get(&at) {
        let events = loaded.get(&at).map_or(&[][..], Vec::as_slice);
        let body = events.iter().find(|e| e.id == *event).and_then(|e| e.body.as_ref());
        let step = if let Some(Body::Joined(joined)) = body { joined.episodes.clone() } else { Vec::new() };
        episodes = Some(match episodes {
            None => step,
            Some(before) => before.into_iter().map(|(own, no)| (own, renumber(&step, no))).collect(),
        });
        at = *person;
    }
    episodes.unwrap_or_default()
}

fn renumber(episodes: &[(i32, i32)], no: i32) -> i32 {
    episodes.iter().find(|(own, _)| *own == no).map_or(no, |(_, shown)| *shown)
}

fn shown(mut event: Event, episodes: &[(i32, i32)]) -> Event {
    event.episode = event.episode.map(|no| renumber(episodes, no));
    if let Some(body) = event.body.as_mut() {
        body.rename_episode(|no| renumber(episodes, no));
    }
    event
}

/// Where a new event of a person is kept: a correction in the file of what it corrects, what belongs to an episode in the
/// file of that episode, everything else in the file that stands for the person. So each file is whole again when they
/// part. The event is put as that file says it.
pub(super) fn place(new: &mut NewEvent, file: i64, of: &FileEvents) -> i64 {
    if of.joined.is_empty() {
        return file;
    }
    let holds = |id: i64| of.events.iter().find(|e| e.id == id).map(|e| e.file);
    let target = if let Body::Erased { target, .. } = &new.body { Some(*target) } else { new.corrects };
    let place = match (target.and_then(holds), new.episode) {
        (Some(place), _) => place,
        (None, Some(no)) if !of.events.iter().any(|e| e.file == file && e.episode == Some(no)) => {
            let has = |m: &&Member| m.episodes.iter().any(|(_, shown)| *shown == no);
            of.joined.iter().find(has).map_or(file, |m| m.file)
        }
        _ => file,
    };
    if let Some(member) = of.joined.iter().find(|m| m.file == place) {
        let own = |no: i32| member.episodes.iter().find(|(_, shown)| *shown == no).map_or(no, |(own, _)| *own);
        new.episode = new.episode.map(own);
        new.body.rename_episode(own);
    }
    place
}

/// The absorbed files whose join a decision makes or takes back.
pub(super) fn changed(decision: &Decision, events: &BTreeMap<i64, FileEvents>) -> Vec<i64> {
    let all = || events.values().flat_map(|of| &of.events);
    let of = |new: &NewEvent| match (&new.body, new.file) {
        (Body::Joined(_), casework::FileRef::Known(file)) => Some(file),
        (Body::Withdrawn { .. }, _) => {
            let first = all().find(|e| Some(e.id) == new.corrects)?;
            matches!(first.body, Some(Body::Joined(_))).then_some(first.file)
        }
        (Body::Erased { target, .. }, _) => all().find(|e| e.id == *target).map(|e| e.file),
        _ => None,
    };
    decision.events.iter().filter_map(of).collect()
}

/// Whether an act joins files or parts them.
pub(super) fn is_about(db: &mut Db, act: &Act) -> Result<bool, Fault> {
    let event = match act {
        Act::Join { .. } => return Ok(true),
        Act::Withdraw { event, .. } => *event,
        _ => return Ok(false),
    };
    let kinds: Vec<String> = sql::typed::<Text>("select kind from event where id = $1").with(event).load(db)?;
    Ok(kinds.iter().any(|kind| kind == "joined" || kind == "joined_by"))
}

/// Everybody whose rows name one of these files, and whoever rules read them for.
pub(super) fn relatives(db: &mut Db, files: &[i64]) -> Result<Vec<i64>, Fault> {
    let mut found: BTreeSet<i64> = kin::around(db, files)?.into_iter().collect();
    let keepers: BTreeSet<i64> = kin::kept(db, files)?.into_iter().map(|(keeper, _)| keeper).collect();
    let (keepers, list) = (id_list(&keepers.into_iter().collect::<Vec<_>>()), id_list(files));
    let text =
        format!("select file, other from relation where keeper in {keepers} and (file in {list} or other in {list})");
    let pairs: Vec<(i64, i64)> = sql::typed::<(BigInt, BigInt)>(&text).once().load(db)?;
    found.extend(pairs.into_iter().flat_map(|(file, other)| [file, other]));
    Ok(found.into_iter().filter(|id| !files.contains(id)).collect())
}

const LINK: Table = Table {
    name: "person_link",
    columns: &["keeper", "file", "person", "event", "number", "since", "ended"],
    key: &[],
};

/// A row of the table: person, event, 宛名番号, since, ended.
type Row = (i64, i64, String, i64, Option<i64>);

/// What a file's own events say about where it is read.
fn rows(events: &[Event]) -> Vec<Row> {
    let ended = |id: i64| events.iter().find(|e| e.corrects == Some(id)).map(|e| e.recorded_at);
    let row = |e: &Event| match &e.body {
        Some(Body::Joined(j)) => Some((j.other, e.id, j.number.clone(), e.recorded_at, ended(e.id))),
        _ => None,
    };
    events.iter().filter_map(row).collect()
}

/// Writes the rows of one file anew from its own events.
pub(super) fn write(db: &mut Db, keeper: i64, file: i64) -> Result<(), Fault> {
    let events = load::raw_events(db, &[file])?.remove(&file).unwrap_or_default();
    sql::sql("delete from person_link where keeper = $1 and file = $2").with(keeper).with(file).execute(db)?;
    let rows = rows(&events);
    let mut values: Vec<Value<'_>> = Vec::new();
    for (person, event, number, since, ended) in &rows {
        values.extend([
            keeper.into(),
            file.into(),
            (*person).into(),
            (*event).into(),
            Value::from(number),
            (*since).into(),
            (*ended).into(),
        ]);
    }
    LINK.put(db, &values)
}

/// Every file that was ever joined to another, with its keeper.
fn ever(db: &mut Db) -> Result<Vec<(i64, i64)>, Fault> {
    let text = "select keeper, file from event where kind = 'joined' group by keeper, file union \
                select keeper, file from person_link group by keeper, file";
    Ok(sql::typed::<(BigInt, BigInt)>(text).load(db)?)
}

/// Makes the table anew from events.
///
/// # Errors
/// If the database fails.
pub fn rebuild(db: &mut Db) -> Result<(), Fault> {
    for (keeper, file) in ever(db)? {
        write(db, keeper, file)?;
    }
    Ok(())
}

/// What of the table is not as the events say.
///
/// # Errors
/// If the database fails.
pub fn check(db: &mut Db) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    for (keeper, file) in ever(db)? {
        let events = load::raw_events(db, &[file])?.remove(&file).unwrap_or_default();
        let text = "select person, event, number, since, ended from person_link where keeper = $1 and file = $2 order by since";
        let stored: Vec<Row> =
            sql::typed::<(BigInt, BigInt, Text, BigInt, Nullable<BigInt>)>(text).with(keeper).with(file).load(db)?;
        if stored != rows(&events) {
            findings.push(Finding { file, what: String::from("where it is read is not as its events say") });
        }
    }
    Ok(findings)
}
