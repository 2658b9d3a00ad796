//! The same 宛名番号 again in one file.
//!
//! Per person one small entry is kept (a keyed hash of the number and of the last row, its 異動日 and its line), so the
//! memory of a reading grows by some 100 bytes a person and by nothing else: about 100 MB for a city of a million.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use rules::Day;

use super::{Change, ResidentRow};
use crate::table::Record;

/// What is known of the last row of a person.
struct Last {
    line: u64,
    content: u64,
    on: Option<Day>,
    change: Change,
}

/// What a row is to the rows before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Repeat {
    First,
    /// A later step in the history of the same person.
    Later,
    /// Nothing new: the same content as line `line`.
    Same {
        line: u64,
    },
    /// Contradicts line `line`.
    Contradicts {
        line: u64,
        why: &'static str,
    },
}

/// Memory of the persons seen in one file.
pub struct Repeats {
    seen: HashMap<u64, Last>,
    keys: RandomState,
}

impl Default for Repeats {
    fn default() -> Repeats {
        Repeats { seen: HashMap::new(), keys: RandomState::new() }
    }
}

impl Repeats {
    /// Judges `row`; a row that contradicts is not remembered.
    pub fn judge(&mut self, record: &Record, row: &ResidentRow) -> Repeat {
        let key = self.keys.hash_one(&row.number);
        let last = Last {
            line: record.line,
            content: self.keys.hash_one(&record.cells),
            on: row.changed_on.map(|span| span.lo),
            change: row.change,
        };
        let answer = match self.seen.get(&key) {
            None => Repeat::First,
            Some(before) => step(before, &last),
        };
        if matches!(answer, Repeat::First | Repeat::Later) {
            self.seen.insert(key, last);
        }
        answer
    }
}

fn step(before: &Last, now: &Last) -> Repeat {
    let line = before.line;
    if before.content == now.content {
        return Repeat::Same { line };
    }
    match (before.on, now.on) {
        (Some(a), Some(b)) if b > a => Repeat::Later,
        (Some(a), Some(b)) if b == a && before.change != now.change => Repeat::Later,
        (Some(a), Some(b)) if b == a => {
            Repeat::Contradicts { line, why: "同じ日・同じ事由で内容が違います" }
        }
        (Some(_), Some(_)) => {
            Repeat::Contradicts { line, why: "異動日が前の行より古く、順序が逆です" }
        }
        _ => Repeat::Contradicts { line, why: "異動日がないため、どちらが新しいか分かりません" },
    }
}
