//! What of a file goes into the copy, record by record, in the words of the log: one reckoning for 点検版 and 写し alike.

use casework::{
    Body, Person, Sensitivity, Story, View,
    disclosure::{self, Place, Request},
    event::Event,
    fold,
    fold::Entry,
    marks::{self, Mark, pieces, texts},
};
use rules::wareki;

use super::view::{Item, Part, Said};
use crate::{
    corrections::{fields::day_text, marks::markable},
    persons::told::{self, Words},
    platform::{
        Door, Problem,
        mask::{
            self,
            words::{NOT_SHOWN, Values},
        },
        store::{events_of, joined, load},
    },
    subject::Opened,
};

/// The 号 under which the whereabouts of protected people stand.
const PROTECTED: u8 = 1;
/// Records of these sources nobody here wrote: nobody could mark them while writing.
const OWN: [&str; 1] = ["own"];

/// A copy of a file as far as it was asked for.
#[derive(Default)]
pub struct Copy {
    pub items: Vec<Item>,
    /// Titles of records that are not in it, with how many of each.
    pub absent: Vec<(String, usize)>,
    /// What was corrected or taken back and does not stand any more.
    pub struck: usize,
}

impl Copy {
    pub fn blacked(&self) -> usize {
        self.items.iter().map(Item::blacked).sum()
    }

    pub fn unmarked(&self) -> usize {
        self.items.iter().filter(|item| item.unmarked).count()
    }

    pub fn imported(&self) -> usize {
        self.items.iter().filter(|item| item.imported).count()
    }

    /// The 号 that stand in it, in order.
    pub fn grounds(&self) -> Vec<String> {
        let parts = self.items.iter().flat_map(|item| &item.facts).flat_map(|said| &said.parts);
        let mut grounds: Vec<u8> = parts.filter_map(|part| part.ground).collect();
        grounds.sort_unstable();
        grounds.dedup();
        grounds.into_iter().map(marks::reason).collect()
    }
}

/// Whereabouts of protected people of the family: what this file tells of them in words is not given out either.
pub struct Hidden {
    values: Vec<Values>,
    files: Vec<i64>,
}

impl Hidden {
    /// Reads one step of the family, hidden links included, within the actor's keepers.
    ///
    /// # Errors
    /// If the database fails.
    pub fn of(door: &mut Door<'_>, file: i64) -> Result<Hidden, Problem> {
        let of = events_of(door.db, file)?;
        let named = |body: &Body| match body {
            Body::Relation { to, .. } => vec![*to],
            Body::Born(born) => vec![born.mother],
            Body::Delivered { children, .. } => children.clone(),
            _ => Vec::new(),
        };
        let mut files: Vec<i64> = of.events.iter().filter_map(|e| e.body.as_ref()).flat_map(named).collect();
        files.sort_unstable();
        files.dedup();
        let scope = door.scope();
        let mut hidden = Hidden { values: Vec::new(), files: Vec::new() };
        for named in files.into_iter().filter(|id| *id > 0) {
            if load::version_of(door.db, named, &scope, mask::level(door.actor))?.is_none() {
                continue;
            }
            let other = joined::lead(door.db, named, None)?;
            let of = events_of(door.db, other)?;
            let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
            if other != file && Person::read(&story).protected {
                hidden.values.push(Values::of(&of));
                hidden.files.push(named);
            }
        }
        Ok(hidden)
    }

    pub fn any(&self) -> bool {
        !self.files.is_empty()
    }

    /// Their names too stand only where the reader of the copy wrote them.
    pub fn unname(&self, words: &mut Words<'_>) {
        for file in &self.files {
            words.people.insert(*file, String::from(NOT_SHOWN));
        }
    }

    fn scrubbed(&self, mut text: String) -> String {
        self.values.iter().for_each(|values| values.scrub(&mut text));
        text
    }
}

/// What somebody who made a copy needs to know of a file.
pub struct Source<'a> {
    pub opened: &'a Opened,
    pub story: &'a Story<'a>,
    pub words: &'a Words<'a>,
    pub hidden: &'a Hidden,
    /// Names of staff stand beside what they recorded.
    pub with_names: bool,
}

/// The copy of what was asked for, oldest first, numbered without gaps.
pub fn of(source: &Source<'_>, request: &Request) -> Copy {
    let mut copy = Copy::default();
    let asked = source.story.entries.iter().filter(|e| disclosure::within(e.day, request));
    for entry in asked {
        let place = disclosure::place(entry.body, request.by);
        if place == Place::Absent {
            let title = source.words.title(entry.body);
            match copy.absent.iter_mut().find(|(known, _)| *known == title) {
                Some((_, n)) => *n += 1,
                None => copy.absent.push((title, 1)),
            }
            continue;
        }
        copy.items.push(item(source, entry, place, copy.items.len() + 1));
    }
    let stands = |e: &Event| source.story.entries.iter().any(|entry| entry.root == e.corrects.unwrap_or(e.id));
    let told = |e: &&&Event| !matches!(e.body, Some(Body::Withdrawn { .. } | Body::Erased { .. }) | None);
    let versions: Vec<&Event> = source.story.log.iter().map(|(e, _)| *e).collect();
    copy.struck = versions.iter().filter(told).filter(|e| e.corrects.is_some() || !stands(e)).count();
    copy
}

fn item(source: &Source<'_>, entry: &Entry<'_>, place: Place, number: usize) -> Item {
    let event = source.story.log.iter().map(|(e, _)| *e).find(|e| e.id == entry.root);
    let (mut facts, label) = match place {
        Place::Blacked(mark) => (vec![Said::blacked(mark, whole_text(source, entry.body))], mark.label()),
        _ => (said(source, entry.body), String::new()),
    };
    facts.retain(|said| !said.parts.is_empty());
    let written = texts(entry.body).into_iter().any(|(_, text)| !text.trim().is_empty());
    let marked = texts(entry.body).into_iter().any(|(_, text)| pieces(text).iter().any(|p| p.mark.is_some()));
    let who = event.and_then(|e| source.words.staff.get(&e.actor)).filter(|_| source.with_names);
    let file = source.opened.file;
    Item {
        number,
        id: format!("i-{}", entry.root),
        day: day_text(entry.day),
        title: source.words.title(entry.body),
        who: who.cloned().unwrap_or_default(),
        facts,
        whole: label,
        unmarked: written && !marked && !matches!(place, Place::Blacked(_)),
        imported: event.is_some_and(|e| e.batch.is_some()) || !OWN.contains(&entry.source),
        guarded: entry.sensitivity == Sensitivity::Guarded,
        mark_url: if markable(entry.body) {
            format!("/persons/{file}/events/{}/mark", entry.root)
        } else {
            String::new()
        },
    }
}

/// Everything a record says, for whoever looks it over.
fn whole_text(source: &Source<'_>, body: &Body) -> String {
    let facts = source.words.facts(body).into_iter();
    let all = facts.map(|(label, text)| if label.is_empty() { text } else { format!("{label}：{text}") });
    let sight = Some(told::sight(body)).filter(|sight| !sight.is_empty());
    source.hidden.scrubbed(marks::plain(&all.chain(sight).collect::<Vec<_>>().join("　")))
}

fn said(source: &Source<'_>, body: &Body) -> Vec<Said> {
    let sight = Some(("", told::sight(body))).filter(|(_, sight)| !sight.is_empty());
    let facts = source.words.facts(body).into_iter().chain(sight);
    facts
        .map(|(label, text)| {
            let text = source.hidden.scrubbed(text);
            Said { label: label.to_owned(), parts: parts(&text) }
        })
        .collect()
}

/// A text in its parts: as written, marked, and where a protected person is.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for piece in pieces(text) {
        if let Some(mark) = piece.mark {
            parts.push(Part::marked(mark, piece.text.to_owned()));
            continue;
        }
        for (n, plain) in piece.text.split(NOT_SHOWN).enumerate() {
            if n > 0 {
                parts.push(Part {
                    text: String::from("住所・連絡先・場所"),
                    label: String::from("秘匿・支援措置"),
                    ground: Some(PROTECTED),
                });
            }
            if !plain.is_empty() {
                parts.push(Part { text: plain.to_owned(), ..Part::default() });
            }
        }
    }
    parts
}

impl Part {
    fn marked(mark: Mark, text: String) -> Part {
        Part { text, label: mark.label(), ground: Some(mark.ground()) }
    }
}

impl Said {
    fn blacked(mark: Mark, text: String) -> Said {
        Said { label: String::new(), parts: vec![Part::marked(mark, text)] }
    }
}

/// 「R8.4.1〜R8.11.24」 in the words of a letter.
pub fn period(request: &Request) -> String {
    match (request.from, request.to) {
        (None, None) => String::from("すべての期間"),
        (Some(from), None) => format!("{}から", wareki::date(from)),
        (None, Some(to)) => format!("{}まで", wareki::date(to)),
        (Some(from), Some(to)) => format!("{}から{}まで", wareki::date(from), wareki::date(to)),
    }
}
