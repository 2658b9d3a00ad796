//! Sealing what a transaction wrote, as its last statement before the commit.

use std::{cell::RefCell, collections::BTreeMap};

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{BigInt, Integer, Text},
};
use sha2::{Digest, Sha256};

use super::Key;
use crate::{
    Clock, Db, Fault,
    sql::{self, typed},
    store::chain::hex,
};

/// Rows of one keeper that a transaction wrote: id, and a digest of what they say.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Rows {
    pub events: BTreeMap<i64, String>,
    pub readings: BTreeMap<i64, String>,
}

type Written = BTreeMap<i64, Rows>;

thread_local! {
    /// What the transaction that is open on this thread has written so far. A transaction runs on one thread from its
    /// beginning to its commit ([`Scope`]); the connection has no place for it.
    static WRITTEN: RefCell<Written> = const { RefCell::new(Written::new()) };
}

/// A write transaction, from its beginning to its end.
pub(crate) struct Scope {
    /// What an outer transaction of this thread had written: a program may open one inside another.
    outer: Written,
}

impl Scope {
    pub(crate) fn begin() -> Scope {
        Scope { outer: WRITTEN.take() }
    }

    /// Seals what was written since the beginning.
    pub(crate) fn seal(&self, db: &mut Db, key: &Key) -> Result<(), Fault> {
        for (keeper, rows) in WRITTEN.take() {
            seal(db, key, keeper, &rows)?;
        }
        Ok(())
    }
}

impl Drop for Scope {
    /// Also after an error or a panic: nothing of this transaction is left to the next one.
    fn drop(&mut self) {
        WRITTEN.set(std::mem::take(&mut self.outer));
    }
}

/// Notes an event that was written: its link covers all it says and all its file said before.
pub(crate) fn event(keeper: i64, id: i64, link: &str) {
    WRITTEN.with_borrow_mut(|written| written.entry(keeper).or_default().events.insert(id, link.to_owned()));
}

/// Notes a row of the reading log.
pub(crate) fn reading(id: i64, row: &Reading<'_>) {
    WRITTEN.with_borrow_mut(|written| written.entry(row.keeper).or_default().readings.insert(id, row.digest(id)));
}

/// A row of the reading log, but for its id.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'r> {
    pub keeper: i64,
    pub staff: i64,
    pub post: i64,
    pub at: i64,
    pub what: &'r str,
    pub purpose: &'r str,
    pub files: &'r str,
}

impl Reading<'_> {
    pub fn digest(&self, id: i64) -> String {
        let numbers = [id, self.keeper, self.staff, self.post, self.at].map(|n| n.to_string());
        digest(numbers.iter().map(String::as_str).chain([self.what, self.purpose, self.files]))
    }
}

/// SHA-256 over the parts, each preceded by its length.
fn digest<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

/// A seal without its MAC.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seal {
    pub keeper: i64,
    pub lane: i32,
    pub no: i32,
    pub at: i64,
    pub events: String,
    pub readings: String,
}

impl Seal {
    /// The MAC over the one before, what the seal says and what the rows under it say.
    pub fn mac(&self, key: &Key, before: &str, rows: &Rows) -> String {
        let of = |rows: &BTreeMap<i64, String>| -> String {
            let lines: Vec<(String, &str)> = rows.iter().map(|(id, said)| (id.to_string(), said.as_str())).collect();
            digest(lines.iter().flat_map(|(id, said)| [id.as_str(), said]))
        };
        let numbers = [self.keeper, self.lane.into(), self.no.into(), self.at].map(|n: i64| n.to_string());
        let [keeper, lane, no, at] = &numbers;
        let (events, readings) = (of(&rows.events), of(&rows.readings));
        key.mac(&["seal 1", before, keeper, lane, no, at, &self.events, &self.readings, &events, &readings])
    }
}

/// Puts one seal behind the last one of a lane nobody holds.
pub(super) fn seal(db: &mut Db, key: &Key, keeper: i64, rows: &Rows) -> Result<(), Fault> {
    let (lane, last, before) = free_lane(db, keeper)?;
    let seal = Seal {
        keeper,
        lane,
        no: last + 1,
        at: Clock::system().wall(),
        events: ranges(rows.events.keys().copied()),
        readings: ranges(rows.readings.keys().copied()),
    };
    let mac = seal.mac(key, &before, rows);
    sql::sql("insert into seal (keeper, lane, no, at, events, readings, mac) values ($1, $2, $3, $4, $5, $6, $7)")
        .with(keeper)
        .with(lane)
        .with(seal.no)
        .with(seal.at)
        .with(&seal.events)
        .with(&seal.readings)
        .with(&mac)
        .execute(db)?;
    sql::sql("update seal_head set no = $1, mac = $2 where keeper = $3 and lane = $4")
        .with(seal.no)
        .with(&mac)
        .with(keeper)
        .with(lane)
        .execute(db)?;
    Ok(())
}

/// Locks a lane until the commit: (lane, its last number, its last MAC). Waits for nobody: where PostgreSQL has all
/// lanes of a keeper in use, another one begins. SQLite has one writer, and so one lane.
fn free_lane(db: &mut Db, keeper: i64) -> Result<(i32, i32, String), Fault> {
    const TRIES: usize = 100;
    let held = if matches!(db, Db::Pg(_)) { " for update skip locked" } else { "" };
    let text = format!("select lane, no, mac from seal_head where keeper = $1 order by lane limit 1{held}");
    for _ in 0..TRIES {
        let free: Option<(i32, i32, String)> =
            typed::<(Integer, Integer, Text)>(&text).with(keeper).get_result(db).optional()?;
        if let Some(free) = free {
            return Ok(free);
        }
        // Somebody else may begin the same lane; then theirs counts, and this one looks again.
        sql::sql(
            "insert into seal_head (keeper, lane, no, mac) select $1, coalesce(max(lane), 0) + 1, 0, '' \
             from seal_head where keeper = $1 on conflict do nothing",
        )
        .with(keeper)
        .execute(db)?;
    }
    Err(Fault::new("no lane of the audit chain became free"))
}

/// `12-40 45` from growing numbers.
pub fn ranges(ids: impl Iterator<Item = i64>) -> String {
    let mut found: Vec<(i64, i64)> = Vec::new();
    for id in ids {
        match found.last_mut() {
            Some((_, last)) if *last + 1 == id => *last = id,
            _ => found.push((id, id)),
        }
    }
    let texts = found.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") });
    texts.collect::<Vec<_>>().join(" ")
}

/// The numbers of a text that [`ranges`] wrote; `None` for any other.
pub fn ids(text: &str) -> Option<Vec<i64>> {
    /// Rows of one seal: more is no seal of this program, and must not fill the memory.
    const MOST: i64 = 10_000_000;
    let mut ids = Vec::new();
    for part in text.split_whitespace() {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (i64, i64) = (first.parse().ok()?, last.parse().ok()?);
        if last < first || last - first > MOST {
            return None;
        }
        ids.extend(first..=last);
    }
    (ranges(ids.iter().copied()) == text).then_some(ids)
}

/// Every row of the chain's heads: (keeper, lane, number, MAC).
pub type Head = (i64, i32, i32, String);

/// # Errors
/// If the database fails.
pub fn heads(db: &mut Db) -> Result<Vec<Head>, Fault> {
    let text = "select keeper, lane, no, mac from seal_head where no > 0 order by keeper, lane";
    Ok(typed::<(BigInt, Integer, Integer, Text)>(text).load(db)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_were_written() {
        for (list, text) in [(vec![], ""), (vec![5], "5"), (vec![1, 2, 3, 7, 9, 10], "1-3 7 9-10")] {
            assert_eq!(ranges(list.iter().copied()), text);
            assert_eq!(ids(text), Some(list));
        }
        for wrong in ["3-1", "x", "1-2 3", "1  2", "1-99999999999"] {
            assert_eq!(ids(wrong), None, "{wrong}");
        }
    }
}
