//! Who is related to whom, and what is recorded of relatives: read only if a rule of the book looks across a family, and
//! only of those relatives of whom something such a rule reads was recorded.
//!
//! A link counts if both files hold it, so taking it back on one side, or hiding it there, cuts it. Siblings are those
//! recorded as such and the other children of the same mother or father; nothing goes further (promise 7).

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use casework::{
    Act, Body, Relative, Sensitivity, View, fold,
    kin::{is_parent, names, relates, role_of},
};
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, Rulebook};

use super::{
    FileEvents, derived, joined,
    load::{self, events_of_many, id_list},
};
use crate::{
    Actor,
    db::Db,
    fault::Fault,
    mask,
    rulebook::{Books, Shelf},
    sql,
};

/// What one person is to another, as far as both files hold it.
#[derive(QueryableByName, Clone, Debug)]
struct Link {
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = BigInt)]
    other: i64,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
    #[diesel(sql_type = Integer)]
    sensitivity: i32,
    /// Instant of the record that says so.
    #[diesel(sql_type = BigInt)]
    since: i64,
}

/// One relative as rules may read them, and whoever looks across a family as they do.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub other: i64,
    pub role: &'static str,
    pub until: Option<Day>,
    /// Who may know of the relation.
    pub sensitivity: Sensitivity,
    since: i64,
}

/// The relatives of some files, with their events.
#[derive(Clone, Debug, Default)]
pub struct Relations {
    ways: BTreeMap<i64, Vec<Way>>,
    events: BTreeMap<i64, FileEvents>,
}

impl Relations {
    /// The levels of the records that tell of a file's relatives.
    pub(super) fn levels(&self, file: i64) -> Vec<Sensitivity> {
        let ways = self.ways.get(&file).map_or(&[][..], Vec::as_slice);
        let of = |way: &Way| self.events.get(&way.other).into_iter().flat_map(|of| &of.events).map(|e| e.sensitivity);
        ways.iter().flat_map(|way| of(way).map(|level| level.max(way.sensitivity)).chain([way.sensitivity])).collect()
    }

    /// What somebody who may see this level may know of the relatives of one file.
    pub(super) fn up_to(&self, file: i64, level: Sensitivity) -> Cow<'_, Relations> {
        if self.levels(file).iter().all(|l| *l <= level) {
            return Cow::Borrowed(self);
        }
        let of_file = self.ways.get(&file).map_or(&[][..], Vec::as_slice);
        let ways: Vec<Way> = of_file.iter().filter(|way| way.sensitivity <= level).copied().collect();
        let known = |way: &Way| {
            let of = self.events.get(&way.other)?;
            let events = derived::up_to(level, &of.events).into_owned();
            Some((way.other, FileEvents { events, ..of.clone() }))
        };
        Cow::Owned(Relations { events: ways.iter().filter_map(known).collect(), ways: BTreeMap::from([(file, ways)]) })
    }

    /// The relatives of a file for a reader: their events masked as the file itself.
    pub fn for_actor(mut self, actor: &Actor) -> Relations {
        let level = mask::level(actor);
        for ways in self.ways.values_mut() {
            ways.retain(|way| way.sensitivity <= level);
        }
        for of in self.events.values_mut() {
            mask::for_actor(of, actor);
        }
        self
    }

    /// What of it may stand in a list ([`mask::in_the_open`]); `None` if that is everything.
    pub fn in_the_open(&self) -> Option<Relations> {
        let mut open = self.clone();
        let mut less = false;
        for ways in open.ways.values_mut() {
            let all = ways.len();
            ways.retain(|way| way.sensitivity == Sensitivity::Ordinary);
            less |= ways.len() < all;
        }
        for of in open.events.values_mut() {
            less |= mask::in_the_open(of);
        }
        less.then_some(open)
    }

    /// The relatives of a file, each folded. A look back in time leaves out links recorded later than that; one that was
    /// taken back since is not followed either.
    pub fn of(&self, file: i64, view: View<'_>) -> Vec<Relative<'_>> {
        let known = |way: &&Way| view.known_at.is_none_or(|instant| way.since <= instant);
        let relative = |way: &Way| {
            let of = self.events.get(&way.other)?;
            let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..view });
            Some(Relative { role: way.role, until: way.until, story })
        };
        self.ways.get(&file).into_iter().flatten().filter(known).filter_map(relative).collect()
    }
}

/// The relatives of these files whom some rule of the book has something to read of.
///
/// # Errors
/// If the database fails or a stored body cannot be read.
pub fn of(db: &mut Db, files: &[(i64, i64)], rulebook: &Rulebook) -> Result<Relations, Fault> {
    let mut relations = Relations::default();
    if files.is_empty() || rulebook.kin_facts().next().is_none() {
        return Ok(relations);
    }
    let mut ways = family(db, files)?;
    let others: BTreeSet<i64> = ways.values().flatten().map(|way| way.other).collect();
    let telling = telling(db, &others, rulebook)?;
    ways.retain(|_, of| {
        of.retain(|way| telling.contains(&way.other));
        !of.is_empty()
    });
    relations.events = events_of_many(db, &telling.into_iter().collect::<Vec<_>>())?;
    relations.ways = ways;
    Ok(relations)
}

/// (keeper, file) of files by their numbers.
///
/// # Errors
/// If the database fails.
pub fn kept(db: &mut Db, files: &[i64]) -> Result<Vec<(i64, i64)>, Fault> {
    let mut kept = Vec::with_capacity(files.len());
    for chunk in files.chunks(500) {
        let text = format!("select keeper, id from file where id in {} order by id", id_list(chunk));
        kept.extend(sql::typed::<(BigInt, BigInt)>(&text).once().load::<(i64, i64)>(db)?);
    }
    Ok(kept)
}

/// As [`of`], for files of several keepers, each with its own book.
///
/// # Errors
/// As [`of`].
pub fn of_all(db: &mut Db, files: &[(i64, i64)], shelf: &Shelf) -> Result<Relations, Fault> {
    let keepers: BTreeSet<i64> = files.iter().map(|(keeper, _)| *keeper).collect();
    let mut all = Relations::default();
    for keeper in keepers {
        let own: Vec<(i64, i64)> = files.iter().filter(|(k, _)| *k == keeper).copied().collect();
        let Relations { mut ways, mut events } = of(db, &own, shelf.of(keeper))?;
        all.ways.append(&mut ways);
        all.events.append(&mut events);
    }
    Ok(all)
}

/// Everybody whom rules may read of, for each of these (keeper, file).
///
/// # Errors
/// If the database fails.
pub fn family(db: &mut Db, files: &[(i64, i64)]) -> Result<BTreeMap<i64, Vec<Way>>, Fault> {
    let own = links(db, files)?;
    let keeper: BTreeMap<i64, i64> = files.iter().map(|(keeper, file)| (*file, *keeper)).collect();
    let parents: BTreeSet<(i64, i64)> = own
        .iter()
        .filter(|link| is_parent(&link.role))
        .filter_map(|link| Some((*keeper.get(&link.file)?, link.other)))
        .collect();
    let children = links(db, &parents.into_iter().collect::<Vec<_>>())?;
    let mut found: BTreeMap<i64, Vec<Way>> = BTreeMap::new();
    for link in &own {
        if let Some(role) = role_of(&link.role) {
            found.entry(link.file).or_default().push(way(link, role));
        }
        if !is_parent(&link.role) {
            continue;
        }
        for child in children.iter().filter(|c| c.file == link.other && c.role == "child" && c.other != link.file) {
            let (up, down) = (way(link, "sibling"), way(child, "sibling"));
            found.entry(link.file).or_default().push(Way {
                until: [up.until, down.until].into_iter().flatten().min(),
                sensitivity: up.sensitivity.max(down.sensitivity),
                since: up.since.max(down.since),
                ..down
            });
        }
    }
    for ways in found.values_mut() {
        // Who is found in several ways is there once, by the one that tells most.
        ways.sort_by_key(|w| (w.other, w.role, w.sensitivity, w.until.is_some(), w.until.map(|d| -d.0), w.since));
        ways.dedup_by_key(|w| (w.other, w.role));
    }
    Ok(found)
}

fn way(link: &Link, role: &'static str) -> Way {
    Way {
        other: link.other,
        role,
        until: link.until_day.map(Day),
        sensitivity: Sensitivity::from_number(link.sensitivity),
        since: link.since,
    }
}

/// The links of some files (keeper, file) that both sides hold.
fn links(db: &mut Db, files: &[(i64, i64)]) -> Result<Vec<Link>, Fault> {
    let mut found = Vec::new();
    for chunk in files.chunks(500) {
        let keepers: BTreeSet<i64> = chunk.iter().map(|(keeper, _)| *keeper).collect();
        let ids: Vec<i64> = chunk.iter().map(|(_, file)| *file).collect();
        let sql = format!(
            "select a.file, a.other, a.role, a.until_day, min(case when b.sensitivity > a.sensitivity then b.sensitivity \
             else a.sensitivity end) as sensitivity, e.recorded_at as since from relation a \
             join relation b on b.keeper = a.keeper and b.file = a.other and b.other = a.file \
             join event e on e.id = a.event where a.keeper in {} and a.file in {} \
             group by a.file, a.other, a.role, a.until_day, a.event, e.recorded_at",
            id_list(&keepers.into_iter().collect::<Vec<_>>()),
            id_list(&ids)
        );
        let rows: Vec<Link> = sql_query(sql).load(db)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Those of these files in which something that rules read of relatives was recorded.
fn telling(db: &mut Db, files: &BTreeSet<i64>, rulebook: &Rulebook) -> Result<BTreeSet<i64>, Fault> {
    // Names of the rulebook's vocabulary: they may stand in the text.
    let facts: Vec<&str> =
        rulebook.kin_facts().filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')).collect();
    let list = facts.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(",");
    // 目視 stands in the body of any record of a meeting.
    let met = if facts.contains(&"seen") { " or kind in ('contact', 'visit', 'service')" } else { "" };
    let mut found = BTreeSet::new();
    let all: Vec<i64> = files.iter().copied().collect();
    let ways = joined::Ways::of(db, &all)?;
    let all: Vec<i64> = files.iter().flat_map(|f| std::iter::once(*f).chain(ways.members(*f))).collect();
    for chunk in all.chunks(500) {
        let sql = format!(
            "select distinct file as id from event where file in {} and (code in ({list}) or kind in ({list}){met})",
            id_list(chunk)
        );
        let rows: Vec<crate::db::IdRow> = sql_query(sql).load(db)?;
        found.extend(rows.into_iter().map(|row| ways.lead(row.id)));
    }
    Ok(found)
}

/// Whether something that rules read across a family was recorded of any of these files.
pub(super) fn tells(db: &mut Db, files: impl Iterator<Item = i64>, rulebook: &Rulebook) -> Result<bool, Fault> {
    Ok(!telling(db, &files.collect(), rulebook)?.is_empty())
}

/// How an act may concern relatives of its files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Concern {
    None,
    /// It records what rules read of relatives.
    Facts,
    /// It changes who is related to whom.
    Links,
}

/// What an act means for relatives.
///
/// # Errors
/// If the database fails.
pub(super) fn concern(db: &mut Db, act: &Act, rulebook: &Rulebook) -> Result<Concern, Fault> {
    let read: BTreeSet<&str> = rulebook.kin_facts().collect();
    if read.is_empty() {
        return Ok(Concern::None);
    }
    let of_body = |body: &Body| match body {
        body if relates(body) => Concern::Links,
        body if names(body).iter().any(|name| read.contains(name)) => Concern::Facts,
        _ => Concern::None,
    };
    Ok(match act {
        Act::Open { .. } | Act::NotifyPregnancy { .. } | Act::Reassign { .. } => Concern::None,
        Act::Birth(_) | Act::Join { .. } => Concern::Links,
        Act::Record { body, .. } => of_body(body),
        Act::Correct { file, event, body, .. } => match of_body(body) {
            Concern::None => recorded(db, *file, *event, of_body)?,
            concern => concern,
        },
        Act::Withdraw { file, event, .. } | Act::Erase { file, event, .. } => recorded(db, *file, *event, of_body)?,
    })
}

/// The same of a record that is mended or taken back, and of its corrections so far.
fn recorded(db: &mut Db, file: i64, event: i64, of_body: impl Fn(&Body) -> Concern) -> Result<Concern, Fault> {
    let of = load::events_of(db, file)?;
    let versions = of.events.iter().filter(|e| e.id == event || e.corrects == Some(event));
    let concerns: Vec<Concern> = versions.filter_map(|e| e.body.as_ref()).map(of_body).collect();
    let of = |wanted: Concern| concerns.contains(&wanted).then_some(wanted);
    Ok(of(Concern::Links).or(of(Concern::Facts)).unwrap_or(Concern::None))
}

/// The files that rules may read these files for: their relatives, in order of id.
///
/// # Errors
/// If the database fails.
pub fn around(db: &mut Db, files: &[i64]) -> Result<Vec<i64>, Fault> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let own = kept(db, files)?;
    let keeper: BTreeMap<i64, i64> = own.iter().map(|(keeper, file)| (*file, *keeper)).collect();
    let mut found: BTreeSet<i64> = BTreeSet::new();
    let near: BTreeSet<(i64, i64)> =
        links(db, &own)?.into_iter().filter_map(|link| Some((*keeper.get(&link.file)?, link.other))).collect();
    // Children of a parent, and whoever was recorded as a sibling.
    for link in links(db, &near.iter().copied().collect::<Vec<_>>())? {
        if link.role == "child" || link.role == "sibling" {
            found.insert(link.other);
        }
    }
    found.extend(near.into_iter().map(|(_, file)| file));
    Ok(found.into_iter().filter(|id| !files.contains(id)).collect())
}

/// The relatives of some files that have to be derived anew, in order of id: none of a keeper's if nothing that its book
/// reads across a family was recorded of any of them.
///
/// # Errors
/// If the database fails.
pub fn concerned(db: &mut Db, files: &[i64], books: &Books) -> Result<Vec<i64>, Fault> {
    let mut of_keeper: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (keeper, file) in kept(db, files)? {
        of_keeper.entry(keeper).or_default().push(file);
    }
    let mut found: BTreeSet<i64> = BTreeSet::new();
    for (keeper, own) in of_keeper {
        let rulebook = &*books.of(db, keeper)?;
        if rulebook.kin_facts().next().is_none() {
            continue;
        }
        let around = around(db, &own)?;
        let all: BTreeSet<i64> = own.iter().chain(&around).copied().collect();
        if !around.is_empty() && !telling(db, &all, rulebook)?.is_empty() {
            found.extend(around);
        }
    }
    Ok(found.into_iter().collect())
}

/// The level of a duty that somebody records something about: outside it nobody may be able to tell, so the record is as
/// narrow. `Ordinary` if a form of the duty stands for everybody.
///
/// # Errors
/// If the database fails.
pub(super) fn level_of(db: &mut Db, file: i64, key: &str) -> Result<Sensitivity, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        sensitivity: i32,
    }
    let sql = "select sensitivity from duty where file = $1 and key = $2 order by sensitivity limit 1";
    let row: Option<Row> = sql_query(sql).bind::<BigInt, _>(file).bind::<Text, _>(key).get_result(db).optional()?;
    Ok(row.map_or(Sensitivity::Ordinary, |row| Sensitivity::from_number(row.sensitivity)))
}
