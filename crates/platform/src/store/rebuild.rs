//! Everybody derived anew: after another rulebook was put to work, or to repair read tables.
//!
//! Every core takes a page of files in turn: it reads and derives them beside the others' work, compares with the digests
//! of what is stored, and locks and writes only then. Memory holds one page a core, whatever the population.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use diesel::RunQueryDsl;
use rules::Day;

use super::{
    derived, joined, keys,
    kin::{self, Relations},
    load::{self, FileEvents},
    sheet::Sheet,
    sync::{self, FILE, FileRow},
    tables,
};
use crate::{
    Database,
    db::Db,
    fault::Fault,
    rulebook::{Books, Shelf},
    sql,
};

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

/// What to do, and how far it is.
struct Work<'w> {
    database: &'w Database,
    books: &'w Books,
    /// More of a condition on files: some keepers' only.
    whose: String,
    today: Day,
    trust: Trust,
    progress: Mutex<Progress<'w>>,
}

struct Progress<'w> {
    /// The last file taken; `None`: all are.
    after: Option<i64>,
    done: usize,
    /// Files whose relations were written anew.
    related: Vec<i64>,
    told: &'w mut (dyn FnMut(usize) + Send),
}

/// Rebuilds the read tables and duties of every file. `told` hears how many are done.
///
/// # Errors
/// If the database fails; what was rebuilt stays, and running again is harmless.
pub fn rebuild(
    database: &Database,
    books: &Books,
    today: Day,
    trust: Trust,
    mut told: impl FnMut(usize) + Send,
) -> Result<usize, Fault> {
    let progress = Mutex::new(Progress { after: Some(0), done: 0, related: Vec::new(), told: &mut told });
    run(Work { database, books, whose: String::new(), today, trust, progress })
}

/// As [`rebuild`], the files of some keepers only.
///
/// # Errors
/// As [`rebuild`].
pub fn rebuild_of(
    database: &Database,
    books: &Books,
    keepers: &[i64],
    today: Day,
    trust: Trust,
    mut told: impl FnMut(usize) + Send,
) -> Result<usize, Fault> {
    let progress = Mutex::new(Progress { after: Some(0), done: 0, related: Vec::new(), told: &mut told });
    let whose = format!("and keeper in {}", load::id_list(keepers));
    run(Work { database, books, whose, today, trust, progress })
}

fn run(work: Work<'_>) -> Result<usize, Fault> {
    if work.trust == Trust::Nothing {
        work.database.write_all(joined::rebuild)?;
    }
    let cores = thread::available_parallelism().map_or(1, usize::from).min(CORES);
    thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(|| pages(&work))).collect();
        let mine = pages(&work);
        let died = |_| Fault::new("a thread that derives files died");
        others.into_iter().map(|t| t.join().map_err(died)?).chain([mine]).collect::<Result<Vec<()>, Fault>>()
    })?;
    let Work { database, books, today, progress, trust, .. } = work;
    let Progress { done, related, .. } = progress.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Their relatives may have been derived before that.
    for some in related.chunks(200) {
        database.write_all(|db| sync::rederive_families(db, some, books, today))?;
    }
    if trust == Trust::Nothing {
        keys::sweep(database)?;
    }
    Ok(done)
}

/// Takes page after page until there is none left.
fn pages(work: &Work<'_>) -> Result<(), Fault> {
    while let Some(files) = next(work)? {
        let count = files.len();
        let persons: Vec<(i64, i64)> =
            files.iter().filter(|f| f.subject == "person").map(|f| (f.keeper, f.id)).collect();
        let (events, relations, shelf) = work.database.read_all(|db| -> Result<_, Fault> {
            let shelf = work.books.now(db)?;
            let events = load::events_between(db, first(&files), last(&files), &work.whose)?;
            Ok((events, kin::of_all(db, &persons, &shelf)?, shelf))
        })?;
        let mut derived = derived(files, &events, &relations, &shelf, work.today);
        if work.trust == Trust::Marks {
            // Nothing to write, nothing to lock: whoever writes to such a file meanwhile derives it too.
            derived.retain(|(row, sheet)| sheet.as_ref().is_none_or(|sheet| !sheet.marks.is_text(&row.marks)));
        }
        let related = if derived.is_empty() {
            Vec::new()
        } else {
            work.database.write_all(|db| write(db, work, derived, &shelf))?
        };
        let mut progress = work.progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.related.extend(related);
        progress.done += count;
        let done = progress.done;
        (progress.told)(done);
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
fn next(work: &Work<'_>) -> Result<Option<Vec<FileRow>>, Fault> {
    let mut progress = work.progress.lock().unwrap_or_else(PoisonError::into_inner);
    // An error or a panic of this read leaves nothing for the others to take.
    let Some(after) = progress.after.take() else { return Ok(None) };
    let files: Vec<FileRow> = work.database.read_all(|db| -> Result<_, Fault> {
        let text = format!("select {FILE} from file where id > $1 {} order by id limit $2", work.whose);
        Ok(sql::sql(&text).once().with(after).with(PAGE).load(db)?)
    })?;
    progress.after = files.last().map(|f| f.id);
    Ok((!files.is_empty()).then_some(files))
}

/// Files with their sheets; `None` for an office, which is read when it is locked.
type Derived = Vec<(FileRow, Option<Sheet>)>;

fn derived(
    files: Vec<FileRow>,
    events: &BTreeMap<i64, FileEvents>,
    relations: &Relations,
    shelf: &Shelf,
    today: Day,
) -> Derived {
    let nothing = FileEvents::default();
    files
        .into_iter()
        .map(|row| {
            let of = events.get(&row.id).unwrap_or(&nothing);
            let book = shelf.of(row.keeper);
            let sheet = (row.subject != "office").then(|| derived::sheet(row.id, of, relations, book, today));
            (row, sheet)
        })
        .collect()
}

/// Locks the page and writes it; files that somebody wrote to meanwhile are derived again from what stands now, all of
/// them if another rulebook came. Returns the files whose relations are others now.
fn write(db: &mut Db, work: &Work<'_>, derived: Derived, shelf: &Arc<Shelf>) -> Result<Vec<i64>, Fault> {
    let ids: Vec<i64> = derived.iter().map(|(row, _)| row.id).collect();
    let locked = sync::lock(db, &ids)?;
    let same_books = Arc::ptr_eq(&work.books.now(db)?, shelf);
    let (mut sheets, mut again) = (Vec::with_capacity(ids.len()), Vec::new());
    for ((row, sheet), mut now) in derived.into_iter().zip(locked) {
        match sheet {
            // The marks too: a withdrawn import changes what a file says, but not its version.
            Some(sheet) if row == now && same_books => {
                if work.trust == Trust::Nothing {
                    now.marks.clear();
                }
                sheets.push((now, sheet));
            }
            _ => again.push(now.id),
        }
    }
    let related = tables::write_who(db, sheets.iter().map(|(row, sheet)| (row, &sheet.who)))?;
    tables::write_owed(db, &sheets, work.today)?;
    sync::rederive(db, &again, work.books, work.today)?;
    Ok(related)
}
