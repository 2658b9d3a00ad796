//! What a file holds, before anything is written.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::io::Read;

use super::{Change, Note, Reader, ResidentRow, Rows, Standing};
use crate::decode::Decision;
use crate::{FileError, RowError};

/// Counts over a whole file, with the first errors and notes. Nothing is left out silently: where a list was cut, its
/// total says so.
#[derive(Clone, Debug)]
pub struct Summary {
    pub decision: Decision,
    pub rows: Rows,
    /// Good rows by 異動事由; only those that occur.
    pub changes: BTreeMap<Change, u64>,
    /// Distinct 世帯番号 in good rows.
    pub households: u64,
    pub protected: u64,
    /// The file has a 支援措置 column.
    pub says_protection: bool,
    /// 住登外者.
    pub outside: u64,
    /// The first `limit` errors, in the order of the file, and how many there are.
    pub errors: Vec<RowError>,
    pub errors_total: u64,
    /// The first `limit` notes, and how many there are.
    pub notes: Vec<Note>,
    pub notes_total: u64,
    pub limit: usize,
    /// Columns of the file that are not read.
    pub unread_columns: Vec<String>,
    /// The source broke off: the counts are not of the whole file.
    pub failure: Option<FileError>,
}

impl Summary {
    /// 「エラー 1,250 件のうち先頭 100 件」, if the list was cut.
    pub fn cut_note(&self) -> Option<String> {
        let shown = self.errors.len() as u64;
        (self.errors_total > shown).then(|| format!("エラー{}件のうち先頭{shown}件を表示しています", self.errors_total))
    }
}

/// Reads `reader` to its end. `limit` bounds the errors and the notes that are kept.
pub fn preview<R: Read>(reader: &mut Reader<R>, limit: usize) -> Summary {
    let mut summary = Summary {
        decision: reader.decision().clone(),
        rows: Rows::default(),
        changes: BTreeMap::new(),
        households: 0,
        protected: 0,
        says_protection: reader.columns().place(crate::mapping::Field::Protected).is_some(),
        outside: 0,
        errors: Vec::new(),
        errors_total: 0,
        notes: Vec::new(),
        notes_total: 0,
        limit,
        unread_columns: reader.columns().unread(),
        failure: None,
    };
    let keys = RandomState::new();
    let mut households = HashSet::new();
    for item in reader.by_ref() {
        match item {
            Ok((_, row)) => {
                if let Some(household) = &row.household {
                    households.insert(keys.hash_one(household));
                }
                summary.count(row);
            }
            Err(errors) => {
                summary.errors_total += errors.len() as u64;
                let room = limit.saturating_sub(summary.errors.len());
                summary.errors.extend(errors.into_iter().take(room));
            }
        }
    }
    summary.households = households.len() as u64;
    summary.rows = reader.rows();
    summary.failure = reader.failure().cloned();
    summary
}

impl Summary {
    fn count(&mut self, row: ResidentRow) {
        *self.changes.entry(row.change).or_default() += 1;
        self.protected += u64::from(row.protected == Some(true));
        self.outside += u64::from(row.standing == Standing::Outside);
        self.notes_total += row.notes.len() as u64;
        let room = self.limit.saturating_sub(self.notes.len());
        self.notes.extend(row.notes.into_iter().take(room));
    }
}
