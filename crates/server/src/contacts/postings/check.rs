//! 発送前の確認: everybody a letter is meant for, read as they stand at this instant, with what speaks against it.
//!
//! What the reader may not know of changes nothing here; and what not everybody may know of is told apart from what is
//! recorded ([`Checked::plain`]), so that a record in the open never tells of a narrow one. Addresses come out of the mask:
//! of a protected person there is none in here.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    Body, Person, Sensitivity, View,
    body::{Held, Sent},
    contact::posting::{self, Finding, Group, Home, Kin, Letter},
    fold,
    kin::is_parent,
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, counting};

use crate::platform::{
    Door, Fault, Problem, mask, people,
    store::{FileEvents, events_of_many, kin, load::id_list, tables::standing_for},
    web::{view::Name, words},
};
use crate::today::lines::setting;

/// What is about to be sent, or was.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    pub title: &'q str,
    pub service: &'q str,
    /// The posting whose letters are looked at: they do not count as sent before.
    pub posting: Option<i64>,
}

/// Somebody as they stand.
#[derive(Clone, Debug)]
pub struct Checked {
    pub file: i64,
    pub name: Name,
    pub kana: String,
    pub about: String,
    pub district: String,
    /// The letter goes to 保護者.
    pub guardian: bool,
    pub protected: bool,
    pub postcode: String,
    pub address: String,
    /// What the reader may know speaks against it.
    pub found: Vec<Finding>,
    /// What everybody who may open the file may know.
    pub plain: Vec<Finding>,
    /// Whether a line of the service is open that everybody may know of.
    pub open: bool,
    /// Of the posting that is looked at: the event and the letter, the day it came back, or why it did not go.
    pub sent: Option<(i64, Sent)>,
    pub returned: Option<Day>,
    pub held: Option<Held>,
}

impl Checked {
    pub fn group(&self) -> Group {
        posting::group(&self.found)
    }

    /// In an envelope of its own.
    pub fn alone(&self) -> bool {
        self.found.iter().any(|f| f.what.alone())
    }

    /// What came up since the letter was decided: with any of it the letter is not printed.
    pub fn since(&self) -> Vec<Finding> {
        let decided = self.sent.as_ref().map_or(&[][..], |(_, sent)| sent.decided.as_slice());
        let new = |f: &&Finding| match self.plain.contains(f) {
            true => !decided.contains(&f.mark()),
            false => f.what.group() == Group::Stop,
        };
        self.found.iter().filter(new).copied().collect()
    }
}

/// Everybody of these whom the reader may know of, in order of ふりがな, then of their files.
///
/// # Errors
/// If the database fails.
pub fn people(door: &mut Door<'_>, files: &[i64], asked: &Question<'_>) -> Result<Vec<Checked>, Problem> {
    let mut rows = people::many(door, files)?;
    // A posting is one office's: its letters are written into that office's files.
    rows.retain(|_, row| row.keeper == door.actor.keeper);
    let ids: Vec<i64> = rows.keys().copied().collect();
    let kept: Vec<(i64, i64)> = rows.values().map(|row| (row.keeper, row.file)).collect();
    let ways = kin::family(door.db, &kept)?;
    let others: BTreeSet<i64> = ways.values().flatten().map(|way| way.other).collect();
    let reading = Reading {
        events: events_of_many(door.db, &ids)?,
        relatives: events_of_many(door.db, &others.into_iter().collect::<Vec<_>>())?,
        ways,
        services: services(door, &ids, asked.service)?,
        letter: letter(door, asked)?,
        posting: asked.posting,
    };
    let level = mask::level(door.actor);
    let mut all = Vec::with_capacity(files.len());
    for file in files {
        let Some(row) = rows.get(file) else { continue };
        let Some(mut checked) = reading.of(door, *file, level) else { continue };
        if reading.is_narrow(*file) && level > Sensitivity::Ordinary {
            let plain = reading.of(door, *file, Sensitivity::Ordinary);
            checked.plain = plain.map(|p| p.found).unwrap_or_default();
        }
        checked.about = words::about(row.birth(), row.edd(), door.today());
        checked.district.clone_from(&row.district);
        all.push(checked);
    }
    // By name wherever they are shown, and so by number on the labels too.
    all.sort_by(|a, b| (a.kana.is_empty(), &a.kana, a.file).cmp(&(b.kana.is_empty(), &b.kana, b.file)));
    Ok(all)
}

/// The letter with the office's limits.
fn letter<'q>(door: &mut Door<'_>, asked: &Question<'q>) -> Result<Letter<'q>, Fault> {
    let mut days =
        |name: &str, shipped: i32| Ok::<_, Fault>(setting(door, name)?.and_then(|v| v.parse().ok()).unwrap_or(shipped));
    Ok(Letter {
        title: asked.title,
        service: asked.service,
        again_days: days("posting_again_days", 30)?,
        moved_days: days("posting_moved_days", 30)?,
        loss_days: days("posting_loss_days", 365)?,
    })
}

/// What is read once for everybody.
struct Reading<'q> {
    events: BTreeMap<i64, FileEvents>,
    relatives: BTreeMap<i64, FileEvents>,
    ways: BTreeMap<i64, Vec<kin::Way>>,
    /// Lines of the service that are open, and the day the last one was settled.
    services: BTreeMap<i64, (bool, Option<Day>)>,
    letter: Letter<'q>,
    posting: Option<i64>,
}

impl Reading<'_> {
    /// Whether something about a person or their family is not for everybody.
    fn is_narrow(&self, file: i64) -> bool {
        let of = |of: &FileEvents| of.events.iter().any(|e| e.sensitivity > Sensitivity::Ordinary);
        let ways = self.ways.get(&file).map_or(&[][..], Vec::as_slice);
        let relative =
            |way: &kin::Way| way.sensitivity > Sensitivity::Ordinary || self.relatives.get(&way.other).is_some_and(of);
        self.events.get(&file).is_some_and(of) || ways.iter().any(relative)
    }

    /// A person as somebody of this level may know them.
    fn of(&self, door: &Door<'_>, file: i64, level: Sensitivity) -> Option<Checked> {
        let today = door.today();
        let mut of = self.events.get(&file)?.clone();
        let protected = mask::for_level(&mut of, door.actor, level);
        let home = match (of.sheltered, protected) {
            (true, _) => Home::WithProtected,
            (false, true) => Home::Protected,
            (false, false) => Home::Told,
        };
        let own: Vec<i64> =
            of.events.iter().filter(|e| self.posting.is_some() && e.batch == self.posting).map(|e| e.id).collect();
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
        let person = Person::read(&story);
        let mut family: Vec<(bool, bool, FileEvents)> = Vec::new();
        let stands = |way: &&kin::Way| way.sensitivity <= level && way.until.is_none_or(|until| until >= today);
        for way in self.ways.get(&file).into_iter().flatten().filter(stands) {
            let Some(mut other) = self.relatives.get(&way.other).cloned() else { continue };
            let protected = mask::for_level(&mut other, door.actor, level) && !other.sheltered;
            family.push((is_parent(way.role), protected, other));
        }
        let stories: Vec<_> = family
            .iter()
            .map(|(parent, protected, of)| {
                let view = View { withdrawn: &of.withdrawn, ..View::default() };
                (*parent, *protected, fold(&of.events, view))
            })
            .collect();
        let kin: Vec<Kin<'_>> = stories
            .iter()
            .map(|(parent, p, story)| Kin::read(&Person::read(story), story, *parent, *p, today))
            .collect();
        let (open, settled) = self.services.get(&file).copied().unwrap_or_default();
        let done = settled.filter(|_| !open);
        let found = posting::findings((&story, &person), home, &kin, &self.letter, (&own, done, today));
        let resident = person.resident.cloned().unwrap_or_default();
        let sent =
            posting::letters(&story).find(|(e, _)| own.contains(&e.root)).map(|(e, sent)| (e.root, sent.clone()));
        let back = |body: &Body| matches!((body, &sent), (Body::Returned(r), Some((root, _))) if r.sent == *root);
        Some(Checked {
            file,
            name: words::name(&resident.name, &resident.kana),
            kana: resident.kana,
            about: String::new(),
            district: String::new(),
            guardian: person.birth.is_some_and(|(birth, _)| counting::age(birth.hi, today).0 < posting::OF_AGE),
            protected,
            postcode: resident.postcode,
            address: resident.address,
            plain: found.clone(),
            found,
            open,
            returned: story.entries.iter().find(|e| back(e.body)).map(|e| e.day.hi),
            held: story.entries.iter().filter(|e| own.contains(&e.root)).find_map(|e| match e.body {
                Body::Held(held) => Some(held.clone()),
                _ => None,
            }),
            sent,
        })
    }
}

/// Of each file: whether a line of the service is open, and the day the last one was settled. Only of duties that stand for
/// everybody.
fn services(door: &mut Door<'_>, files: &[i64], service: &str) -> Result<BTreeMap<i64, (bool, Option<Day>)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
        #[diesel(sql_type = BigInt)]
        open: i64,
        #[diesel(sql_type = Nullable<Integer>)]
        settled: Option<i32>,
    }
    let mut found = BTreeMap::new();
    if service.is_empty() {
        return Ok(found);
    }
    let today = door.today().0;
    for chunk in files.chunks(500) {
        let text = format!(
            "select d.file, count(case when d.settled_how is null then 1 end) as open, max(d.settled_on) as settled \
             from duty d where d.keeper in {} and d.file in {} and d.service = $1 and {} \
             and (d.settled_how is not null or ((d.applies_from is null or d.applies_from <= {today}) \
             and (d.legal_from is null or d.legal_from <= {today} or d.next_on is not null))) group by d.file",
            door.scope(),
            id_list(chunk),
            standing_for(Sensitivity::Ordinary)
        );
        let rows: Vec<Row> = sql_query(text).bind::<Text, _>(service).load(door.db)?;
        found.extend(rows.into_iter().map(|row| (row.file, (row.open > 0, row.settled.map(Day)))));
    }
    Ok(found)
}
