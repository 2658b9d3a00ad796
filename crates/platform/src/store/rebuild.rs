//! Everybody derived anew: after another rulebook was put to work, or to repair read tables.
//!
//! Every core takes a page of files in turn: it reads and derives them beside the others' work, compares with the digests
//! of what is stored, and locks and writes only then. Memory holds one page a core, whatever the population.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    thread,
};

use diesel::RunQueryDsl;
use rules::{Day, Rulebook};

use super::{
    load::{self, FileEvents},
    rows::Sheet,
    sync::{self, FILE, FileRow},
    tables,
};
use crate::{Database, db::Db, fault::Fault, sql};

/// Whether the digests of what is stored are believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trust {
    /// Rows that should be there are: only what another derivation changes is written.
    Marks,
    /// Every row is read and compared: what was altered by hand is repaired.
    Nothing,
}

/// Files of one transaction: short enough that others hardly wait.
const PAGE: i64 = 400;
/// More readers than this only wait for the one writer.
const CORES: usize = 4;

/// How far the work is.
struct Progress<'p> {
    /// The last file taken; `None`: all are.
    after: Option<i64>,
    done: usize,
    told: &'p mut (dyn FnMut(usize) + Send),
}

/// Rebuilds the read tables and duties of every file. `progress` is told how many are done.
///
/// # Errors
/// If the database fails; what was rebuilt stays, and running again is harmless.
pub fn rebuild(
    database: &Database,
    rulebook: &Rulebook,
    today: Day,
    trust: Trust,
    mut progress: impl FnMut(usize) + Send,
) -> Result<usize, Fault> {
    let shared = Mutex::new(Progress { after: Some(0), done: 0, told: &mut progress });
    let cores = thread::available_parallelism().map_or(1, usize::from).min(CORES);
    let work = || pages(database, rulebook, today, trust, &shared);
    thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
        let mine = work();
        let died = |_| Fault::new("a thread that derives files died");
        others.into_iter().map(|t| t.join().map_err(died)?).chain([mine]).collect::<Result<Vec<()>, Fault>>()
    })?;
    Ok(shared.into_inner().unwrap_or_else(PoisonError::into_inner).done)
}

/// Takes page after page until there is none left.
fn pages(
    database: &Database,
    rulebook: &Rulebook,
    today: Day,
    trust: Trust,
    shared: &Mutex<Progress<'_>>,
) -> Result<(), Fault> {
    while let Some(files) = next(database, shared)? {
        let events = database.read(|db| load::events_between(db, first(&files), last(&files)))?;
        let count = files.len();
        let derived = derived(files, &events, rulebook, today);
        database.write(|db| write(db, derived, rulebook, today, trust))?;
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.done += count;
        let done = shared.done;
        (shared.told)(done);
    }
    Ok(())
}

fn first(files: &[FileRow]) -> i64 {
    files.first().map_or(0, |f| f.id)
}

fn last(files: &[FileRow]) -> i64 {
    files.last().map_or(0, |f| f.id)
}

/// The next page nobody has taken.
fn next(database: &Database, shared: &Mutex<Progress<'_>>) -> Result<Option<Vec<FileRow>>, Fault> {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(after) = shared.after else { return Ok(None) };
    // An error or a panic of this read leaves nothing for the others to take.
    shared.after = None;
    let files: Vec<FileRow> = database.read(|db| -> Result<_, Fault> {
        let text = format!("select {FILE} from file where id > $1 order by id limit $2");
        Ok(sql::sql(&text).with(after).with(PAGE).load(db)?)
    })?;
    shared.after = files.last().map(|f| f.id);
    Ok((!files.is_empty()).then_some(files))
}

/// Files with their sheets; `None` for an office, which is read when it is locked.
type Derived = Vec<(FileRow, Option<Sheet>)>;

fn derived(files: Vec<FileRow>, events: &BTreeMap<i64, FileEvents>, rulebook: &Rulebook, today: Day) -> Derived {
    let nothing = FileEvents::default();
    files
        .into_iter()
        .map(|row| {
            let of = events.get(&row.id).unwrap_or(&nothing);
            let sheet = (row.subject != "office").then(|| Sheet::of(of, rulebook, today));
            (row, sheet)
        })
        .collect()
}

/// Locks the page and writes it; files that somebody wrote to meanwhile are derived again from what stands now.
fn write(db: &mut Db, derived: Derived, rulebook: &Rulebook, today: Day, trust: Trust) -> Result<(), Fault> {
    let ids: Vec<i64> = derived.iter().map(|(row, _)| row.id).collect();
    let locked = sync::lock(db, &ids)?;
    let (mut sheets, mut again) = (Vec::with_capacity(ids.len()), Vec::new());
    for ((row, sheet), mut now) in derived.into_iter().zip(locked) {
        match sheet {
            // The marks too: a withdrawn import changes what a file says, but not its version.
            Some(sheet) if row == now => {
                if trust == Trust::Nothing {
                    now.marks.clear();
                }
                sheets.push((now, sheet));
            }
            _ => again.push(now.id),
        }
    }
    tables::write(db, &sheets, today)?;
    sync::rederive(db, &again, rulebook, today)
}
