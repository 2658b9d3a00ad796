//! GET /persons/{id}: one person's page, folded from the file for whoever reads it.

use casework::{Permission, Person, Story, View, fold};
use rules::{Day, Rulebook, wareki};

use super::{
    bar,
    came::Came,
    duties::{self, Reading},
    log::{self, Reader},
    purpose,
    told::Words,
    view::{Bar, PersonPage},
};
use crate::contacts::postings::stop;
use crate::readings::disclosures::receiver;
use crate::subject::{self, Opened};
use crate::{
    platform::{
        Door, Fault, Problem,
        clock::day_in_japan,
        door::Looked,
        people,
        web::{
            Ask, Reply,
            view::{Caution, Frame},
        },
    },
    today::lines,
};

/// Which part of the file is asked for: `?as_of=` (what had happened), `?known_at=` (what was known), `?from=` (log).
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    as_of: Option<Day>,
    /// A day; everything recorded until its end in Japan.
    known_at: Option<Day>,
    from: usize,
}

impl Asked {
    fn read(ask: &Ask) -> Asked {
        let today = ask.today();
        let day = |name: &str| wareki::parse(ask.query(name).trim(), today).ok().map(|s| s.hi).filter(|d| *d < today);
        Asked { as_of: day("as_of"), known_at: day("known_at"), from: ask.query("from").parse().unwrap_or(0) }
    }

    fn day(&self, today: Day) -> Day {
        [self.as_of, self.known_at].into_iter().flatten().min().unwrap_or(today)
    }

    fn present(&self) -> bool {
        self.as_of.is_none() && self.known_at.is_none()
    }

    fn address(&self, file: i64, from: usize) -> String {
        let mut query = Vec::new();
        if let Some(day) = self.as_of {
            query.push(format!("as_of={day}"));
        }
        if let Some(day) = self.known_at {
            query.push(format!("known_at={day}"));
        }
        if from > 0 {
            query.push(format!("from={from}"));
        }
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        format!("/persons/{file}{query}")
    }

    fn told(&self) -> String {
        match (self.as_of, self.known_at) {
            (Some(day), None) => {
                format!("{}までに起きたことを、いま分かっている範囲で表示しています。", wareki::long(day))
            }
            (None, Some(day)) => format!("{}の時点で記録されていた内容を表示しています。", wareki::long(day)),
            (Some(day), Some(known)) => format!(
                "{}までに起きたことを、{}の時点で記録されていた内容で表示しています。",
                wareki::long(day),
                wareki::long(known)
            ),
            (None, None) => String::new(),
        }
    }
}

/// The last instant of a day in Japan.
pub fn end_of(day: Day) -> i64 {
    const DAY_US: i64 = 86_400_000_000;
    const JAPAN_US: i64 = 9 * 3_600_000_000;
    (i64::from(day.0) + 1) * DAY_US - JAPAN_US - 1
}

/// GET /persons/{id}
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let asked = Asked::read(ask);
    let came = Came::read(ask);
    let frame = ask.frame("個人の画面", "/persons")?;
    let books = ask.app.books.clone();
    let drawn = ask.read(|door| {
        let opened = Opened::known_at(door, file, asked.known_at.map(end_of))?;
        if opened.file != file {
            return Ok(Drawn::Elsewhere(opened.file));
        }
        let Some(purpose) = purpose::derived(door, file)? else { return Ok(Drawn::Asks) };
        let book = books.of(door.db, opened.keeper())?;
        let place = came.place(door, file, "")?;
        door.log_reading(Looked::Person, &purpose, &[file]);
        let mut page = draw(door, &book, &opened, asked, frame.clone())?;
        page.bar = Bar { back: Some(came.back()), place, tabs: came.tabs(file, false), ..page.bar };
        Ok(Drawn::Page(Box::new(page)))
    })?;
    match drawn {
        Drawn::Page(page) => Reply::page(&*page),
        Drawn::Asks => super::ask_purpose::draw(ask, file, Vec::new()),
        Drawn::Elsewhere(person) => Ok(Reply::see(&asked.address(person, 0))),
    }
}

enum Drawn {
    Page(Box<PersonPage>),
    /// Why it is opened has to be said first.
    Asks,
    /// The file is read with another one.
    Elsewhere(i64),
}

fn draw(
    door: &mut Door<'_>,
    book: &Rulebook,
    opened: &Opened,
    asked: Asked,
    frame: Frame,
) -> Result<PersonPage, Problem> {
    let (file, day) = (opened.file, asked.day(door.today()));
    let view = View { as_of: asked.as_of, known_at: asked.known_at.map(end_of), withdrawn: &opened.events.withdrawn };
    let story = fold(&opened.events.events, view);
    let person = Person::read(&story);
    let words = words(door, book, opened, &person)?;
    let relations = opened.relations(door, book)?;
    let relatives = relations.of(file, view);
    let present = asked.present();
    let reading = Reading { file, story: &story, person: &person, relatives: &relatives, book, day, present };
    let duties::Duties { open, batch, settled } = duties::of(door, &reading, &words)?;
    let may_correct = door.actor.role.may(Permission::Correct);
    let reader = Reader { file, may_correct, present: asked.present() };
    let (log, all) = log::page(&story, &words, reader, asked.from);
    let bar = bar::bar(door, opened, &person, day);
    let relations = bar::relations(door, &person, household(&person), day)?;
    let (episode_title, episode) = bar::episode(&person, day);
    let owner = owner(door, file)?;
    let shown = log.len();
    let next = asked.from + shown;
    let may_set = asked.present() && door.actor.role.may(Permission::SetSafety);
    let caution = caution(&story, &person, &words);
    Ok(PersonPage {
        frame,
        bar: Bar { owner, ..bar },
        caution_edit: may_set.then(|| match caution {
            Some(_) => bar::link("連絡上の注意を変える", &format!("/persons/{file}/caution")),
            None => bar::link("連絡上の注意はまだありません（設定する）", &format!("/persons/{file}/caution")),
        }),
        caution,
        stopped: stop::told(&story, file, day),
        duties: open,
        batch,
        settled,
        relations,
        episode,
        episode_title,
        log_shown: if all == 0 {
            String::from("0件")
        } else {
            format!("{all}件のうち {}–{next}件", asked.from + 1)
        },
        log_more: (next < all).then(|| bar::link(&format!("続きの{}件", all - next), &asked.address(file, next))),
        log,
        reading_note: String::from("この画面を開いたことは、閲覧の記録に残ります。"),
        more: if asked.present() {
            bar::more(door, file, &person, opened.protected && !opened.events.sheltered, day)
        } else {
            Vec::new()
        },
        receiver: if asked.present() { receiver::told(door, file)? } else { None },
        looking_back: asked.told(),
        here: format!("/persons/{file}"),
    })
}

fn household<'a>(person: &Person<'a>) -> &'a str {
    person.resident.map_or("", |r| r.household.as_str())
}

/// The names a page needs beside the file: who recorded, and who the other files are.
///
/// # Errors
/// If the database fails.
pub fn words<'b>(
    door: &mut Door<'_>,
    book: &'b Rulebook,
    opened: &Opened,
    person: &Person<'_>,
) -> Result<Words<'b>, Fault> {
    words_of(door, book, &[(opened, person)])
}

/// The same for several files on one page.
///
/// # Errors
/// If the database fails.
pub fn words_of<'b>(
    door: &mut Door<'_>,
    book: &'b Rulebook,
    files: &[(&Opened, &Person<'_>)],
) -> Result<Words<'b>, Fault> {
    let actors = files.iter().flat_map(|(opened, _)| opened.events.events.iter().map(|e| e.actor));
    let mut staff: Vec<i64> = actors.filter(|id| *id > 0).collect();
    staff.sort_unstable();
    staff.dedup();
    let mut ids: Vec<i64> = files.iter().flat_map(|(_, person)| person.relations.iter().map(|r| r.to)).collect();
    ids.extend(files.iter().flat_map(|(opened, _)| &opened.events.events).filter_map(|e| match &e.body {
        Some(casework::Body::ToldApart { other, .. }) => Some(*other),
        _ => None,
    }));
    let people = people::many(door, &ids)?;
    Ok(Words {
        book,
        people: people
            .into_iter()
            .map(|(id, row)| (id, crate::platform::web::words::name(&row.name, "").text))
            .collect(),
        staff: people::staff_names(door.db, &staff)?,
    })
}

/// 連絡上の注意 with who set it and when.
pub fn caution(story: &Story<'_>, person: &Person<'_>, words: &Words<'_>) -> Option<Caution> {
    let caution = subject::caution(person.caution?);
    let set = story.log.iter().rev().map(|(e, _)| *e).find(|e| e.body.as_ref().is_some_and(|b| b.kind() == "caution"));
    let source = set.map_or_else(String::new, |e| {
        let who = words.staff.get(&e.actor).map(|n| format!(" {n} が")).unwrap_or_default();
        format!("{}{who}設定", wareki::short(day_in_japan(e.recorded_at)))
    });
    (!caution.lines.is_empty()).then_some(Caution { source, ..caution })
}

/// Who answers for this person: the owner of what is open, most pressing first.
fn owner(door: &mut Door<'_>, file: i64) -> Result<String, Fault> {
    let filter =
        lines::Filter { states: lines::LineState::ALL.to_vec(), tier: 3, file: Some(file), ..lines::Filter::default() };
    Ok(lines::list(door, &filter, 1, 0)?.into_iter().next().map(|r| r.owner_name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_japan() {
        let day = Day::from_ymd(2026, 11, 24).unwrap();
        assert_eq!(day_in_japan(end_of(day)), day);
        assert_eq!(day_in_japan(end_of(day) + 1), day.plus(1));
    }
}
