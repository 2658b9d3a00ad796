//! Driving imports beside the requests: one thread each, which any server may take over.
//!
//! The list of running ones is a courtesy of this process, so that a page shown twice does not start two threads. Two
//! would do no harm: every chunk claims the import first.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::Import;
use super::apply::{self, Work};
use super::batch::{self, State};
use super::withdraw;
use platform::{Actor, Doors, Fault, Problem, rulebook::Books};

static RUNNING: Mutex<BTreeSet<i64>> = Mutex::new(BTreeSet::new());

/// Takes its number off the list however the thread ends.
struct Running(i64);

impl Running {
    fn begin(id: i64) -> Option<Running> {
        // Made only when it is ours: dropping one takes the number off the list, and the lock is still held here.
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).insert(id).then(|| Running(id))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Makes sure that an ordered import, or its undo, goes on.
pub fn ensure<I: Import>(doors: &Doors, books: &Books, id: i64, keeper: i64) {
    let Some(running) = Running::begin(id) else { return };
    let (doors, books) = (doors.clone(), books.clone());
    let started = std::thread::Builder::new().name(format!("import-{id}")).spawn(move || {
        let _running = running;
        let actor = Actor::program(vec![keeper]);
        if let Err(problem) = drive::<I>(Work { doors: &doors, actor: &actor, books: &books }, id) {
            // Its page starts it again; nothing of the chunk was kept.
            tracing::error!(import = id, problem = problem.told(), "an import stopped");
        }
    });
    if let Err(error) = started {
        tracing::error!(import = id, %error, "an import cannot be started");
    }
}

fn drive<I: Import>(work: Work<'_>, id: i64) -> Result<(), Problem> {
    let state = work.doors.read(work.actor, |door| batch::find::<I>(door, id))?.state;
    match state {
        State::Applying => apply::run::<I>(work, id, |_| {}).map(|_| ()),
        State::Withdrawing => withdraw::run::<I>(work, id, |_| {}).map(|_| ()),
        _ => Ok(()),
    }
}

/// Brings to its end what is being taken back: until then its read tables follow file by file. An import that is being
/// applied is whole after every chunk.
///
/// # Errors
/// If the database fails.
pub fn finish_undone<I: Import>(doors: &Doors, books: &Books) -> Result<(), Fault> {
    for (id, keeper) in doors.database().read_all(batch::unfinished::<I>)? {
        let actor = Actor::program(vec![keeper]);
        let work = Work { doors, actor: &actor, books };
        let undone = doors.read(&actor, |door| batch::find::<I>(door, id)).and_then(|batch| match batch.state {
            State::Withdrawing => withdraw::run::<I>(work, id, |_| {}).map(|_| ()),
            _ => Ok(()),
        });
        undone.map_err(|problem| {
            Fault::new(format!("import {id} cannot be taken back to its end: {}", problem.told()))
        })?;
    }
    Ok(())
}

/// When the program starts: what an earlier stop left half done goes on.
pub fn resume<I: Import>(doors: &Doors, books: &Books) {
    match doors.database().read_all(batch::unfinished::<I>) {
        Ok(found) => found.into_iter().for_each(|(id, keeper)| ensure::<I>(doors, books, id, keeper)),
        Err(error) => tracing::error!(%error, "unfinished imports cannot be looked up"),
    }
}
