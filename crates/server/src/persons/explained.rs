//! What the person's page says about duties, as text for the terminal: the same sentences, read by the program itself.

use casework::{Person, View, fold};
use rules::{Day, Rulebook};

use super::{
    duties::{self, Reading},
    page, view,
};
use crate::{
    platform::{Door, Problem, door::Looked},
    subject::Opened,
};

/// The purpose under which the reading log keeps it.
pub const PURPOSE: &str = "explain";

/// What is asked about a file.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub file: i64,
    /// Code of a service; every service of the person without it.
    pub service: Option<&'a str>,
    /// Only what happened until this day.
    pub as_of: Option<Day>,
    /// Only what was recorded until this instant.
    pub known_at: Option<i64>,
    /// The day the dates are compared with.
    pub day: Day,
}

/// Why each service of a person is due or not. Notes the reading.
///
/// # Errors
/// Not found, for a file that is not there or not within the actor's keepers.
pub fn of(door: &mut Door<'_>, book: &Rulebook, asked: Asked<'_>) -> Result<Vec<view::Duty>, Problem> {
    let opened = Opened::known_at(door, asked.file, asked.known_at)?;
    let asked = Asked { file: opened.file, ..asked };
    door.log_reading(Looked::Person, PURPOSE, &[asked.file]);
    let view = View { as_of: asked.as_of, known_at: asked.known_at, withdrawn: &opened.events.withdrawn };
    let story = fold(&opened.events.events, view);
    let person = Person::read(&story);
    let words = page::words(door, book, &opened, &person)?;
    let present = asked.as_of.is_none() && asked.known_at.is_none();
    let relations = opened.relations(door, book)?;
    let (file, relatives) = (asked.file, relations.of(asked.file, view));
    let reading =
        Reading { file, story: &story, person: &person, relatives: &relatives, book, day: asked.day, present };
    let duties::Duties { open: mut all, batch, settled } = duties::of(door, &reading, &words)?;
    all.extend(batch);
    all.extend(settled);
    all.extend(duties::later(&reading, &words));
    if let Some(service) = asked.service {
        all.retain(|duty| duty.code == service);
    }
    Ok(all)
}

/// One duty with its reasons.
pub fn text(duty: &view::Duty) -> String {
    let mut out = format!("■ {}（{}）", duty.service, duty.state.word());
    for part in [&duty.window, &duty.due, &duty.left] {
        if !part.is_empty() {
            out.push_str(&format!("　{part}"));
        }
    }
    out.push('\n');
    let why = &duty.why;
    let mut put = |label: &str, lines: &[String]| {
        let mut lines = lines.iter().filter(|line| !line.is_empty()).peekable();
        if lines.peek().is_some() {
            out.push_str(&format!("  {label}\n"));
        }
        lines.for_each(|line| out.push_str(&format!("    ・{line}\n")));
    };
    put(&why.title, std::slice::from_ref(&duty.reason));
    put("きまり", std::slice::from_ref(&why.rule));
    put("もとにした記録", &why.facts);
    put("日付の計算", &why.reckoning);
    put("変わるとき", &why.changes);
    out
}
