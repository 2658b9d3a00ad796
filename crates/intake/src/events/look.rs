//! The plan for staged rows, person by person: for the preview, and again for applying.

use std::collections::BTreeMap;

use casework::{Person, View, fold};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};

use super::Batch;
use super::plan::{About, Outcome, Planned, Wait, plan};
use super::row::Row;
use super::staged::{Decision, StagedRow, mark, persons_after};
use super::summary::{Counts, Summary};
use platform::store::load::id_list;
use platform::store::{FileEvents, events_of_many};
use platform::{Db, Fault};

/// Plans the rows of one person on how the file stands.
///
/// # Errors
/// If a staged row cannot be read.
pub fn planned(summary: &Summary, file: i64, events: &FileEvents, staged: &[StagedRow]) -> Result<Vec<Planned>, Fault> {
    let rows = staged.iter().map(|s| Ok((s.line, s.row()?))).collect::<Result<Vec<(i32, Row)>, Fault>>()?;
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    let person = Person::read(&story);
    let about = About { shape: summary.shape, source: &summary.source };
    Ok(plan(about, file, &story, &person, &rows))
}

/// Counts what a row comes to.
pub fn count(counts: &mut Counts, planned: &Planned, by_name: bool) {
    counts.by_name += u64::from(by_name);
    counts.counted_otherwise += u64::from(planned.notice.is_some());
    match &planned.outcome {
        Outcome::New(_) => counts.new += 1,
        Outcome::Known => counts.known += 1,
        Outcome::Repeated => counts.repeated += 1,
        Outcome::Wait(Wait::Contradicts { .. }) => counts.contradicts += 1,
        Outcome::Wait(Wait::NoPregnancy) => counts.no_pregnancy += 1,
        Outcome::Wait(Wait::Refused(_)) => counts.refused += 1,
    }
}

/// The mark and the reason of a row that waits.
pub fn waits(wait: &Wait) -> (&'static str, Decision) {
    match wait {
        Wait::Contradicts { event, why } => {
            ("contradicts", Decision { why: why.clone(), event: *event, ..Decision::default() })
        }
        Wait::NoPregnancy => ("no_pregnancy", Decision::default()),
        Wait::Refused(why) => ("refused", Decision { why: why.clone(), ..Decision::default() }),
    }
}

/// One chunk of the preview: the next persons after a file are planned and counted. Returns the last file, if any.
///
/// # Errors
/// If the database fails.
pub fn chunk(db: &mut Db, batch: &mut Batch, after: i64, persons: i64) -> Result<Option<i64>, Fault> {
    let people = persons_after(db, batch, after, persons)?;
    let files: Vec<i64> = people.iter().map(|(file, _)| *file).collect();
    let Some(last) = files.last().copied() else { return Ok(None) };
    let events = events_of_many(db, &files)?;
    for (file, staged) in &people {
        let Some(of) = events.get(file) else { continue };
        for planned in planned(&batch.summary, *file, of, staged)? {
            let Some(row) = staged.iter().find(|s| s.line == planned.line) else { continue };
            count(&mut batch.summary.counts, &planned, row.mark == "name");
            if let Some(notice) = planned.notice {
                batch.summary.notice(planned.line, notice);
            }
            if let Outcome::Wait(wait) = &planned.outcome {
                let (code, decision) = waits(wait);
                mark(db, batch, planned.line, (code, Some(*file), ""), &decision)?;
            }
        }
    }
    Ok(Some(last))
}

/// A child on file with the day of birth, by its mother.
#[derive(QueryableByName, Clone, Debug)]
pub struct ChildRow {
    #[diesel(sql_type = BigInt)]
    pub mother: i64,
    #[diesel(sql_type = BigInt)]
    pub child: i64,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub birth: i32,
}

/// The children of women on file, where the day of birth is exact.
///
/// # Errors
/// If the database fails.
pub fn children(db: &mut Db, keeper: i64, mothers: &[i64]) -> Result<BTreeMap<i64, Vec<ChildRow>>, Fault> {
    let rows: Vec<ChildRow> = sql_query(format!(
        "select distinct r.file as mother, r.other as child, p.birth_lo as birth from relation r \
         join person p on p.keeper = r.keeper and p.file = r.other \
         where r.keeper = $1 and r.file in {} and r.role = 'child' and p.birth_lo is not null \
         and p.birth_lo = p.birth_hi order by mother, child",
        id_list(mothers)
    ))
    .bind::<BigInt, _>(keeper)
    .load(db)?;
    let mut found: BTreeMap<i64, Vec<ChildRow>> = BTreeMap::new();
    for row in rows {
        found.entry(row.mother).or_default().push(row);
    }
    Ok(found)
}

/// Which of these persons are on file.
///
/// # Errors
/// If the database fails.
pub fn still_there(db: &mut Db, keeper: i64, files: &[i64]) -> Result<Vec<i64>, Fault> {
    let rows: Vec<platform::db::IdRow> = sql_query(format!(
        "select file as id from person where keeper = $1 and file in {} order by file",
        id_list(files)
    ))
    .bind::<BigInt, _>(keeper)
    .load(db)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
