//! Applying a staged file of past records: whoever was not found is looked up once more, then person after person, then
//! the source's arrival.

use std::collections::BTreeMap;

use casework::act::Act;
use casework::birth::{Birth, Child};
use casework::{Person, View, fold};
use rules::Day;

use super::Events;
use super::find::{Found, find};
use super::look::{self, ChildRow};
use super::plan::{Outcome, Wait};
use super::row::Row;
use super::staged::{Decision, StagedRow, lost_after, mark, persons_after};
use super::summary::{NAMED, Pass};
use crate::imports::apply::Hand as AnyHand;
use crate::imports::batch::State;
use crate::imports::staging::purge;
use platform::store::Desk;
use platform::store::together::Together;
use platform::store::write::NotApplied;
use platform::{Fault, Problem};

pub type Hand<'h, 'd> = AnyHand<'h, 'd, Events>;

/// Rows a person has in a usual file: how many persons make a chunk.
const ROWS_A_PERSON: i64 = 4;
/// Birth − EDD in days: what `casework::birth` takes as the end of that pregnancy.
const BIRTH: std::ops::RangeInclusive<i32> = -140..=42;

/// One chunk of about so many rows.
///
/// # Errors
/// If the database fails.
pub fn chunk(hand: &mut Hand<'_, '_>, rows: i64) -> Result<(), Problem> {
    match hand.batch.progress.pass {
        Pass::Finding => finding(hand, rows.max(500)),
        Pass::Persons => persons(hand, (rows / ROWS_A_PERSON).max(1)),
        Pass::Closing => close(hand),
        Pass::Done => {
            hand.batch.state = State::Applied;
            Ok(())
        }
    }
}

fn finding(hand: &mut Hand<'_, '_>, limit: i64) -> Result<(), Problem> {
    let lost = lost_after(hand.door.db, &hand.batch, hand.batch.run.line, limit)?;
    let Some(last) = lost.last().map(|row| row.line) else {
        hand.batch.progress.pass = Pass::Persons;
        return Ok(());
    };
    let rows = lost.iter().map(StagedRow::row).collect::<Result<Vec<Row>, Fault>>()?;
    let found = find(hand.door.db, hand.batch.keeper, &rows)?;
    for (staged, found) in lost.iter().zip(found) {
        let state = if found.file().is_none() { "waiting" } else { "" };
        if state == "waiting" {
            hand.batch.progress.counts.lost += 1;
            hand.batch.rows_done = hand.batch.rows_done.saturating_add(1);
        }
        mark(hand.door.db, &hand.batch, staged.line, (found.code(), found.file(), state), &Decision::default())?;
    }
    hand.batch.run.line = last;
    Ok(())
}

fn persons(hand: &mut Hand<'_, '_>, limit: i64) -> Result<(), Problem> {
    let people = persons_after(hand.door.db, &hand.batch, hand.batch.progress.file, limit)?;
    let Some((last, _)) = people.last() else {
        hand.batch.progress.pass = Pass::Closing;
        return Ok(());
    };
    let last = *last;
    let files: Vec<i64> = people.iter().map(|(file, _)| *file).collect();
    let there = look::still_there(hand.door.db, hand.batch.keeper, &files)?;
    let children = match hand.batch.summary.shape {
        paperwork::events::Shape::Pregnancy => look::children(hand.door.db, hand.batch.keeper, &files)?,
        _ => BTreeMap::new(),
    };
    let keepers = [hand.batch.keeper];
    let desk = hand.desk(&keepers);
    let born = children.values().flatten().map(|c| c.child);
    let all: Vec<i64> = there.iter().copied().chain(born).collect();
    let mut together = Together::open(hand.door.db, &desk, &all)?;
    for (file, staged) in &people {
        if there.contains(file) {
            let of = children.get(file).map_or(&[][..], Vec::as_slice);
            person(hand, &desk, &mut together, (*file, staged), of)?;
        } else {
            // Found when the file was read, and gone from the register since (its import was taken back).
            for row in staged {
                hand.batch.progress.counts.lost += 1;
                let nobody = (Found::Nobody.code(), None, "waiting");
                mark(hand.door.db, &hand.batch, row.line, nobody, &Decision::default())?;
            }
        }
        let done = i32::try_from(staged.len()).unwrap_or(i32::MAX);
        hand.batch.rows_done = hand.batch.rows_done.saturating_add(done);
    }
    together.close(hand.door.db, &desk)?;
    hand.batch.progress.file = last;
    Ok(())
}

fn person(
    hand: &mut Hand<'_, '_>,
    desk: &Desk<'_>,
    together: &mut Together,
    (file, staged): (i64, &[StagedRow]),
    children: &[ChildRow],
) -> Result<(), Problem> {
    let Some(events) = together.file(file) else { return Ok(()) };
    let mut plans = look::planned(&hand.batch.summary, file, events, staged)?;
    // A 妊娠届 counts its pregnancies in the order of their days.
    let day = |line: i32| staged.iter().find(|s| s.line == line).and_then(|s| s.row().ok()).map(|row| row.day.lo);
    plans.sort_by_key(|planned| (day(planned.line), planned.line));
    for mut planned in plans {
        let Some(row) = staged.iter().find(|s| s.line == planned.line) else { continue };
        if let Outcome::New(act) = &planned.outcome {
            match put(hand, desk, together, act)? {
                None => {
                    if let Act::NotifyPregnancy { pregnancy, .. } = &**act {
                        join_birth(hand, desk, together, (file, pregnancy.edd), children)?;
                    }
                }
                Some(why) => planned.outcome = Outcome::Wait(Wait::Refused(why)),
            }
        }
        let by_name = row.mark == "name";
        look::count(&mut hand.batch.progress.counts, &planned, by_name);
        let named = &mut hand.batch.progress.named;
        if by_name && named.len() < NAMED && named.last() != Some(&file) {
            named.push(file);
        }
        if let Outcome::Wait(wait) = &planned.outcome {
            let (code, decision) = look::waits(wait);
            mark(hand.door.db, &hand.batch, row.line, (code, Some(file), "waiting"), &decision)?;
        }
    }
    Ok(())
}

/// The one place where this import writes events: the reason if the records refuse the act.
fn put(
    hand: &mut Hand<'_, '_>,
    desk: &Desk<'_>,
    together: &mut Together,
    act: &Act,
) -> Result<Option<String>, Problem> {
    match together.apply(hand.door.db, desk, act) {
        Ok(applied) => {
            hand.batch.run.events += applied.events.len() as u64;
            Ok(None)
        }
        Err(NotApplied::Refused(refusal)) => Ok(Some(refusal.message)),
        Err(other) => Err(other.into()),
    }
}

/// A pregnancy of years ago whose child is on file ended with that birth: an open one would ask for it for ever.
fn join_birth(
    hand: &mut Hand<'_, '_>,
    desk: &Desk<'_>,
    together: &mut Together,
    (mother, edd): (i64, Day),
    children: &[ChildRow],
) -> Result<(), Problem> {
    let Some(first) = children.iter().filter(|c| BIRTH.contains(&Day(c.birth).since(edd))).map(|c| c.birth).min()
    else {
        return Ok(());
    };
    let Some(events) = together.file(mother) else { return Ok(()) };
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    let person = Person::read(&story);
    let Some(episode) = person.episodes.iter().find(|e| e.is_open() && e.notice.edd == edd).map(|e| e.no) else {
        return Ok(());
    };
    let of_birth = children.iter().filter(|c| c.birth == first);
    let act = Act::Birth(Birth {
        mother,
        episode,
        day: Day(first),
        weeks: None,
        place: String::new(),
        source: hand.batch.summary.source.clone(),
        home_from: None,
        children: of_birth.map(|c| Child { file: Some(c.child), ..Child::default() }).collect(),
    });
    if put(hand, desk, together, &act)?.is_none() {
        hand.batch.progress.births += 1;
    }
    Ok(())
}

/// The source's arrival, then the staged rows go but those that wait: what they said is in the files now.
fn close(hand: &mut Hand<'_, '_>) -> Result<(), Problem> {
    const PURGED: i64 = 5_000;
    if purge(hand.door.db, &hand.batch, PURGED)? > 0 {
        return Ok(());
    }
    let (source, lag) = (hand.batch.summary.source.clone(), hand.batch.summary.lag_days);
    hand.arrive(&source, hand.batch.summary.through, lag)?;
    hand.batch.progress.pass = Pass::Done;
    hand.batch.state = State::Applied;
    Ok(())
}
