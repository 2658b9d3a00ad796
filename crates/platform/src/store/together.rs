//! The write path for a chunk of an import: its files are locked and loaded once, its acts are decided one after the other
//! on how the files stand by then, and every file is derived once.
//!
//! No command ids: what makes a chunk happen once is its cursor, kept in the same transaction.

use std::collections::{BTreeMap, BTreeSet};

use casework::act::Act;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};

use super::{
    append::Locked,
    joined::Ways,
    kin,
    load::{FileEvents, events_of_many, id_list},
    sync::{self, FileRow},
    write::{Applied, Desk, NotApplied, append_all, decided, same_time, save_head},
};
use crate::{db::Db, fault::Fault};

/// Files under lock, as they stand in the middle of a chunk.
#[derive(Debug, Default)]
pub struct Together {
    locked: BTreeMap<i64, Locked>,
    events: BTreeMap<i64, FileEvents>,
    ways: Ways,
    written: BTreeSet<i64>,
}

impl Together {
    /// Locks and loads person files in the order of their ids. A file of another keeper is not there.
    ///
    /// # Errors
    /// If the database fails.
    pub fn open(db: &mut Db, desk: &Desk<'_>, files: &[i64]) -> Result<Together, Fault> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            id: i64,
            #[diesel(sql_type = BigInt)]
            keeper: i64,
            #[diesel(sql_type = Text)]
            subject: String,
            #[diesel(sql_type = Integer)]
            version: i32,
            #[diesel(sql_type = Text)]
            head: String,
            #[diesel(sql_type = Text)]
            marks: String,
        }
        // SQLite's transaction holds everything already.
        let lock = if matches!(db, Db::Pg(_)) { " for update" } else { "" };
        let ways = Ways::of(db, files)?;
        let files: Vec<i64> =
            files.iter().map(|f| ways.lead(*f)).flat_map(|f| std::iter::once(f).chain(ways.members(f))).collect();
        let rows: Vec<Row> = sql_query(format!(
            "select id, keeper, subject, version, head, marks from file where id in {} and keeper in {} \
             and subject = 'person' order by id{lock}",
            id_list(&files),
            id_list(desk.keepers)
        ))
        .load(db)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let events = events_of_many(db, &ids)?;
        let locked = rows.into_iter().map(|row| {
            let Row { id, keeper, subject, version, head, marks } = row;
            (id, Locked { id, keeper, subject, version, head, marks, last_at: 0 })
        });
        let mut locked: BTreeMap<i64, Locked> = locked.collect();
        for (file, of) in events.iter().filter(|(_, of)| of.led_to.is_none()) {
            same_time(&mut locked, *file, of);
        }
        Ok(Together { locked, events, ways, written: BTreeSet::new() })
    }

    /// A file as it stands now; `None` if it is not theirs.
    pub fn file(&self, file: i64) -> Option<&FileEvents> {
        let file = self.ways.lead(file);
        self.locked.contains_key(&file).then(|| self.events.get(&file)).flatten()
    }

    /// Decides an act and appends its events. Duties follow with [`close`](Self::close).
    ///
    /// # Errors
    /// A refusal, after which nothing of the act is kept; not found, for a file that was not opened.
    pub fn apply(&mut self, db: &mut Db, desk: &Desk<'_>, act: &Act) -> Result<Applied, NotApplied> {
        let mut act = act.clone();
        act.lead(|file| self.ways.lead(file));
        let act = &act;
        let mut locked = BTreeMap::new();
        let mut events = BTreeMap::new();
        for file in act.files() {
            if let (Some(lock), Some(of)) = (self.locked.remove(&file), self.events.remove(&file)) {
                locked.insert(file, lock);
                events.insert(file, of);
                locked.extend(self.ways.members(file).filter_map(|m| Some((m, self.locked.remove(&m)?))));
            }
        }
        let whole = act.files().iter().all(|file| locked.contains_key(file));
        let decision =
            if whole { decided(act, &events, desk.today).map_err(NotApplied::from) } else { Err(NotApplied::NotFound) };
        let applied = decision.and_then(|decision| append_all(db, desk, decision, &mut locked, &mut events));
        if applied.is_ok() {
            self.written.extend(locked.keys());
        }
        self.locked.append(&mut locked);
        self.events.append(&mut events);
        applied
    }

    /// Writes the heads of all files that were written to and derives each of them once.
    ///
    /// # Errors
    /// If the database fails.
    pub fn close(mut self, db: &mut Db, desk: &Desk<'_>) -> Result<(), Fault> {
        let shelf = desk.books.now(db)?;
        let mut rows = Vec::with_capacity(self.written.len());
        for id in &self.written {
            if let Some(file) = self.locked.remove(id) {
                save_head(db, &file)?;
                let Locked { id, keeper, subject, version, marks, .. } = file;
                rows.push(FileRow { id, keeper, subject, version, marks });
            }
        }
        sync::files(db, rows, &self.events, &shelf, desk.today)?;
        // Rules of relatives may read what came.
        let written: Vec<i64> = self.written.into_iter().collect();
        let relatives = kin::concerned(db, &written, desk.books)?;
        sync::rederive(db, &relatives, desk.books, desk.today)
    }
}
