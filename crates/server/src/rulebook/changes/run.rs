//! Driving the work of a change beside the requests: one thread each, which any server may take over. As with imports, two
//! threads would do no harm: every chunk claims its row first.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::{
    preview, publish,
    work::{self, Kind},
};
use crate::{
    intake::imports::apply::{SMALLEST, next_size},
    platform::{
        Actor, Doors, Fault, Problem,
        rulebook::{self, Book, Books},
    },
};

/// What the chunks of one work share: building a book takes longer than a chunk.
pub struct Hand<'h> {
    pub doors: &'h Doors,
    pub books: &'h Books,
    pub actor: &'h Actor,
    pub before: Book,
    pub after: Book,
}

impl<'h> Hand<'h> {
    /// # Errors
    /// If there is no such work, or one of its books cannot be built.
    pub fn of(
        doors: &'h Doors,
        books: &'h Books,
        actor: &'h Actor,
        proposal: i64,
        kind: Kind,
    ) -> Result<Hand<'h>, Problem> {
        let (before, after) = doors.write(actor, |door| match kind {
            Kind::Preview => preview::books_of(door, books, proposal),
            Kind::Publish => {
                let after = books.of(door.db, actor.keeper)?;
                let found = work::find(door.db, actor.keeper, proposal, kind)?.ok_or(Problem::NotFound)?;
                let kept = rulebook::kept(door.db, &found.before_hash)?;
                let before = Book::of_texts(kept.texts, &after.town).map_err(|broken| preview::unfit(&broken))?;
                Ok((before, Book::clone(&after)))
            }
        })?;
        Ok(Hand { doors, books, actor, before, after })
    }

    /// One chunk; whether there is more to do.
    ///
    /// # Errors
    /// If the database fails; nothing of the chunk is kept.
    pub fn step(&self, proposal: i64, kind: Kind, limit: i64) -> Result<bool, Problem> {
        let work = match kind {
            Kind::Preview => preview::step(self, proposal, limit)?,
            Kind::Publish => publish::step(self, proposal, limit)?,
        };
        Ok(work.is_some_and(|work| work.running))
    }
}

/// Runs a work to its end; calling again goes on.
///
/// # Errors
/// If the database fails.
pub fn drive(doors: &Doors, books: &Books, keeper: i64, proposal: i64, kind: Kind) -> Result<(), Problem> {
    let actor = Actor::program(vec![keeper]);
    let hand = Hand::of(doors, books, &actor, proposal, kind)?;
    let mut limit = SMALLEST;
    loop {
        let begun = doors.clock().wall();
        if !hand.step(proposal, kind, limit)? {
            return Ok(());
        }
        limit = next_size(limit, doors.clock().wall() - begun);
    }
}

static RUNNING: Mutex<BTreeSet<(i64, Kind)>> = Mutex::new(BTreeSet::new());

/// Takes its number off the list however the thread ends.
struct Running(i64, Kind);

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&(self.0, self.1));
    }
}

/// Makes sure that an ordered work goes on.
pub fn ensure(doors: &Doors, books: &Books, keeper: i64, proposal: i64, kind: Kind) {
    if !RUNNING.lock().unwrap_or_else(PoisonError::into_inner).insert((proposal, kind)) {
        return;
    }
    let running = Running(proposal, kind);
    let (doors, books) = (doors.clone(), books.clone());
    let started = std::thread::Builder::new().name(format!("rules-{proposal}")).spawn(move || {
        let _running = running;
        if let Err(problem) = drive(&doors, &books, keeper, proposal, kind) {
            // Its page starts it again; nothing of the chunk was kept.
            tracing::error!(proposal, problem = problem.told(), "the work of a rule change stopped");
        }
    });
    if let Err(error) = started {
        tracing::error!(proposal, %error, "the work of a rule change cannot be started");
    }
}

/// When the program starts: what an earlier stop left half done goes on.
pub fn resume(doors: &Doors, books: &Books) {
    match doors.database().read_all(work::unfinished) {
        Ok(found) => {
            found.into_iter().for_each(|(keeper, proposal, kind)| ensure(doors, books, keeper, proposal, kind))
        }
        Err(error) => tracing::error!(%error, "unfinished work of rule changes cannot be looked up"),
    }
}

/// Finishes publications left half done, for a verb that looks at everybody's duties.
///
/// # Errors
/// If the database fails.
pub fn finish(doors: &Doors, books: &Books) -> Result<(), Fault> {
    for (keeper, proposal, kind) in doors.database().read_all(work::unfinished)? {
        if kind == Kind::Publish {
            drive(doors, books, keeper, proposal, kind).map_err(|problem| match problem {
                Problem::Fault(fault) => fault,
                other => Fault::new(format!("a publication of rules cannot be finished: {other:?}")),
            })?;
        }
    }
    Ok(())
}
