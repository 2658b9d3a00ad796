//! Computing what a proposal would do to everybody alive, chunk by chunk. Nothing but its own counts is written.

use super::{
    desk::with_proposal,
    effects,
    run::Hand,
    work::{self, Kind, Work},
};
use crate::{
    cli::rulebook::population::page,
    platform::{
        Door, Problem, Refusal,
        rulebook::{Book, Books, Broken},
    },
};

/// Orders the computation, or orders it anew.
///
/// # Errors
/// In words if the proposal's rules cannot be built any more.
pub fn order(door: &mut Door<'_>, books: &Books, proposal: i64) -> Result<Work, Problem> {
    let files = with_proposal(door, proposal, |_, found, _| Ok(found.proposed.body.files.clone()))?;
    let before = books.of(door.db, door.actor.keeper)?;
    let after = books.with(door.db, door.actor.keeper, &files)?.map_err(|broken| unfit(&broken))?;
    Ok(work::begin(door, proposal, Kind::Preview, &before.hash, &after.hash)?)
}

/// What is wrong with the rules of a proposal, for whoever presses a button.
pub fn unfit(broken: &[Broken]) -> Refusal {
    let lines: Vec<String> = broken.iter().map(ToString::to_string).collect();
    Refusal::new(format!("この案の規則は組み立てられません。{}", lines.join("、")))
}

/// The two books of a work: in force when it was ordered, and by the proposal.
///
/// # Errors
/// In words if one of them cannot be built any more.
pub fn books_of(door: &mut Door<'_>, books: &Books, proposal: i64) -> Result<(Book, Book), Problem> {
    let files = with_proposal(door, proposal, |_, found, _| Ok(found.proposed.body.files.clone()))?;
    let keeper = door.actor.keeper;
    let after = books.with(door.db, keeper, &files)?.map_err(|broken| unfit(&broken))?;
    Ok((Book::clone(&*books.of(door.db, keeper)?), after))
}

/// One chunk.
///
/// # Errors
/// If the database fails; nothing of the chunk is kept.
pub fn step(hand: &Hand<'_>, proposal: i64, limit: i64) -> Result<Option<Work>, Problem> {
    hand.doors.write(hand.actor, |door| {
        let found = work::claim(door.db, hand.actor.keeper, proposal, Kind::Preview)?;
        let Some(mut work) = found.filter(|work| work.running) else { return Ok(None) };
        if work.before_hash != hand.before.hash || work.after_hash != hand.after.hash {
            // The rules moved meanwhile: its page says that it must be computed anew.
            work.running = false;
            work::save(door.db, &work)?;
            return Ok(Some(work));
        }
        let files = page(door, work.last_file, limit)?;
        let Some(last) = files.last().map(|f| f.id) else {
            work.running = false;
            work::save(door.db, &work)?;
            return Ok(Some(work));
        };
        work.last_file = last;
        work.done = work.done.saturating_add(i32::try_from(files.len()).unwrap_or(i32::MAX));
        effects::count(door, &mut work, files, (&hand.before, &hand.after), true)?;
        work::save(door.db, &work)?;
        Ok(Some(work))
    })
}
