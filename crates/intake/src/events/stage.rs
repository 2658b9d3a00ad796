//! Reading a file of past records into the staging tables. Nothing about persons is written here; a file that cannot be
//! read to its end leaves nothing behind.

use std::io::{Read, Seek};

use paperwork::RowError;
use paperwork::events::{EventRow, Kind, Reader};
use rules::Day;

use super::find::find;
use super::row::Row;
use super::staged::insert;
use super::summary::Summary;
use super::{Batch, Events, look};
use crate::imports::batch::{self, State};
use crate::imports::errors::keep_all;
use crate::imports::line_number;
pub use crate::imports::staging::NotStaged;
use crate::imports::staging::{before, begin, remove};
use platform::{Actor, Db, Doors, Fault, Problem, Refusal};

/// Rows, and persons, per transaction of staging.
const CHUNK: usize = 500;
const PERSONS: i64 = 100;

/// The file that is read, as its sender named it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub name: &'a str,
    /// SHA-256 in hex.
    pub digest: &'a str,
    /// いつまでの分か; `None`: through the last day in the file.
    pub through: Option<Day>,
}

/// Reads `source` under the actor's keeper and returns the staged import. `told` hears of every chunk: (rows met).
///
/// # Errors
/// If the file is not of its kind, or breaks off; then nothing is kept of it.
pub fn stage<R: Read + Seek>(
    doors: &Doors,
    actor: &Actor,
    kind: &Kind,
    source: Source<'_>,
    bytes: R,
    mut told: impl FnMut(u64),
) -> Result<Batch, NotStaged> {
    let today = doors.clock().today();
    if source.through.is_some_and(|through| through > today) {
        return Err(Problem::from(Refusal::at("through", "「いつまでの分か」が今日より後です。")).into());
    }
    let mut reader = Reader::open(bytes, kind, today)?;
    let mut batch = doors.write(actor, |door| begin::<Events>(door, source.name, source.digest))?;
    batch.summary = Summary::of(kind);
    let result = read_all(doors, actor, &mut batch, &mut reader, &mut told);
    if let Err(error) = result.and_then(|()| look_all(doors, actor, &mut batch)) {
        doors.write(actor, |door| remove(door.db, &batch))?;
        return Err(error);
    }
    let (rows, decision) = (reader.rows(), reader.decision());
    batch.rows_total = i32::try_from(rows.good).unwrap_or(i32::MAX);
    let summary = &mut batch.summary;
    summary.encoding = decision.encoding.label().to_owned();
    summary.encoding_reason.clone_from(&decision.reason);
    (summary.good, summary.broken, summary.blank) = (rows.good, rows.broken, rows.blank);
    summary.unread_columns = reader.columns().unread();
    summary.through = source.through.or(summary.last);
    Ok(doors.write(actor, |door| {
        batch.summary.before = before(door.db, &batch)?;
        batch.state = State::Staged;
        batch::save(door.db, &batch)?;
        Ok::<_, Problem>(batch)
    })?)
}

fn read_all<R: Read>(
    doors: &Doors,
    actor: &Actor,
    batch: &mut Batch,
    reader: &mut Reader<R>,
    told: &mut impl FnMut(u64),
) -> Result<(), NotStaged> {
    loop {
        let items: Vec<_> = reader.by_ref().take(CHUNK).collect();
        if let Some(failure) = reader.failure() {
            return Err(failure.into());
        }
        if items.is_empty() {
            return Ok(());
        }
        doors.write(actor, |door| chunk(door.db, batch, items).map_err(Problem::from))?;
        told(reader.rows().met);
    }
}

type Item = Result<(u64, EventRow), Vec<RowError>>;

fn chunk(db: &mut Db, batch: &mut Batch, items: Vec<Item>) -> Result<(), Fault> {
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Ok((line, row)) => {
                let summary = &mut batch.summary;
                summary.first = Some(summary.first.map_or(row.day.lo, |first| first.min(row.day.lo)));
                summary.last = summary.last.max(Some(row.day.lo));
                for note in &row.notes {
                    summary.notice(line_number(line), format!("{}：{}", note.column, note.text));
                }
                lines.push(line_number(line));
                rows.push(Row::new(row));
            }
            Err(errors) => keep_all(db, batch, &errors)?,
        }
    }
    let found = find(db, batch.keeper, &rows)?;
    batch.summary.counts.lost += found.iter().filter(|f| f.file().is_none()).count() as u64;
    let staged: Vec<_> =
        lines.into_iter().zip(rows).zip(found).map(|((line, row), found)| (line, row, found)).collect();
    insert(db, batch, &staged)
}

/// What applying would do, compared with what is on file.
fn look_all(doors: &Doors, actor: &Actor, batch: &mut Batch) -> Result<(), NotStaged> {
    let mut after = 0;
    while let Some(last) =
        doors.write(actor, |door| look::chunk(door.db, batch, after, PERSONS).map_err(Problem::from))?
    {
        after = last;
    }
    Ok(())
}
