//! Reading a file into the staging tables. Nothing about persons is written here; a file that cannot be read to its end
//! leaves nothing behind.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Seek};

use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use paperwork::RowError;
use paperwork::mapping::{Field, Mapping};
use paperwork::residents::{Reader, ResidentRow};
use rules::Day;

use super::on_file::People;
use super::plan::{Effect, Extract, Mark, plan};
use super::row::{Row, Says};
use super::summary::Summary;
use super::{Batch, Residents};
use crate::imports::batch::{self, State};
use crate::imports::errors::keep_all;
use crate::imports::line_number;
pub use crate::imports::staging::NotStaged;
use crate::imports::staging::{before, begin, remove};
use platform::db::CountRow;
use platform::{Actor, Db, Doors, Fault, Problem, Refusal};

/// Rows per transaction of staging.
const CHUNK: usize = 250;

/// The file that is read, as its sender named it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub name: &'a str,
    /// SHA-256 in hex.
    pub digest: &'a str,
    /// いつ現在の記録か; `None` if nobody said.
    pub on: Option<Day>,
    /// 全件: whoever is on file and not in it is counted.
    pub whole: bool,
}

/// Reads `source` under the actor's keeper and returns the staged import. `told` hears of every chunk: (rows met).
///
/// # Errors
/// If the file is not a residents' file, or breaks off; then nothing is kept of it.
pub fn stage<R: Read + Seek>(
    doors: &Doors,
    actor: &Actor,
    mapping: &Mapping,
    source: Source<'_>,
    bytes: R,
    mut told: impl FnMut(u64),
) -> Result<Batch, NotStaged> {
    let today = doors.clock().today();
    if source.on.is_some_and(|on| on > today) {
        let refusal = Refusal::at("as_of_day", "「いつ現在の記録か」が今日より後です。");
        return Err(Problem::from(refusal).into());
    }
    let mut reader = Reader::open(bytes, mapping)?;
    let mut batch = doors.write(actor, |door| begin::<Residents>(door, source.name, source.digest))?;
    let mut reading = Reading::new(&reader, source.on.unwrap_or(today));
    let result = read_all(doors, actor, &mut batch, &mut reader, &mut reading, &mut told);
    if let Err(error) = result {
        doors.write(actor, |door| remove(door.db, &batch))?;
        return Err(error);
    }
    reading.finish(&reader, &mut batch, source.on, today);
    Ok(doors.write(actor, |door| {
        batch.summary.before = before(door.db, &batch)?;
        batch.summary.missing = if source.whole { Some(missing(door.db, &batch)?) } else { None };
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
    reading: &mut Reading,
    told: &mut impl FnMut(u64),
) -> Result<(), NotStaged> {
    let today = doors.clock().today();
    loop {
        let items: Vec<_> = reader.by_ref().take(CHUNK).collect();
        if let Some(failure) = reader.failure() {
            return Err(failure.clone().into());
        }
        if items.is_empty() {
            return Ok(());
        }
        doors.write(actor, |door| reading.chunk(door.db, batch, items, today).map_err(Problem::from))?;
        told(reader.rows().met);
    }
}

/// Counts kept while a file is read.
struct Reading {
    extract: Extract,
    summary: Summary,
    keys: RandomState,
    households: HashSet<u64>,
    numbers: HashSet<u64>,
    latest: Option<Day>,
}

impl Reading {
    fn new<R>(reader: &Reader<R>, on: Day) -> Reading {
        Reading {
            extract: Extract { on, says: Says::of(reader.columns()) },
            summary: Summary::default(),
            keys: RandomState::new(),
            households: HashSet::new(),
            numbers: HashSet::new(),
            latest: None,
        }
    }

    fn chunk(
        &mut self,
        db: &mut Db,
        batch: &mut Batch,
        items: Vec<Result<(u64, ResidentRow), Vec<RowError>>>,
        today: Day,
    ) -> Result<(), Fault> {
        let mut rows = Vec::new();
        for item in items {
            match item {
                Ok((line, row)) => {
                    self.count(&row, today);
                    rows.push((line_number(line), Row::new(&row)));
                }
                Err(errors) => self.broken(db, batch, &errors)?,
            }
        }
        insert(db, batch, &rows)?;
        if let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) {
            self.compare(db, batch, &rows, (*first, *last), today)?;
        }
        Ok(())
    }

    fn count(&mut self, row: &ResidentRow, today: Day) {
        let summary = &mut self.summary;
        *summary.changes.entry(row.change.label().to_owned()).or_default() += 1;
        summary.protected += u64::from(row.protected == Some(true));
        summary.outside += u64::from(row.standing == paperwork::residents::Standing::Outside);
        summary.notes += row.notes.len() as u64;
        if let Some(household) = &row.household {
            self.households.insert(self.keys.hash_one(household));
        }
        let day = row.changed_on.map(|on| on.hi).filter(|day| *day <= today);
        self.latest = self.latest.max(day);
    }

    fn broken(&mut self, db: &mut Db, batch: &mut Batch, errors: &[RowError]) -> Result<(), Fault> {
        self.summary.errors += errors.len() as u64;
        keep_all(db, batch, errors)
    }

    /// The same plan that applying will make, only counted.
    fn compare(
        &mut self,
        db: &mut Db,
        batch: &Batch,
        rows: &[(i32, Row)],
        (first, last): (i32, i32),
        today: Day,
    ) -> Result<(), Fault> {
        let mut people = People::load(db, batch, first, last, false)?;
        for (line, row) in rows {
            people.prepare(db, row)?;
            let plan = plan(row, &people.whom(row), self.extract, today);
            // A later step of somebody whose first row is in this file as well.
            let again = !self.numbers.insert(self.keys.hash_one(&row.resident.number));
            let effect = if again && plan.effect == Effect::New { Effect::Changed } else { plan.effect };
            *self.summary.effects.entry(effect).or_default() += 1;
            self.summary.protected_on += u64::from(plan.shield == Some(true) && !again);
            self.summary.protected_off += u64::from(plan.shield == Some(false));
            if let Some(mark) = plan.mark {
                set_mark(db, batch, *line, mark, None)?;
            }
        }
        Ok(())
    }

    fn finish<R>(self, reader: &Reader<R>, batch: &mut Batch, on: Option<Day>, today: Day) {
        let rows = reader.rows();
        let decision = reader.decision();
        batch.rows_total = i32::try_from(rows.good).unwrap_or(i32::MAX);
        batch.summary = Summary {
            encoding: decision.encoding.label().to_owned(),
            encoding_reason: decision.reason.clone(),
            good: rows.good,
            broken: rows.broken,
            repeated: rows.repeated,
            blank: rows.blank,
            households: self.households.len() as u64,
            says_protection: reader.columns().place(Field::Protected).is_some(),
            unread_columns: reader.columns().unread(),
            on: Some(self.extract.on),
            through: Some(on.or(self.latest).unwrap_or(today)),
            says: self.extract.says,
            ..self.summary
        };
    }
}

/// Registered here and not gone, and not in the file.
fn missing(db: &mut Db, batch: &Batch) -> Result<u64, Fault> {
    let found: CountRow = sql_query(
        "select count(*) as n from person p where p.keeper = $1 and p.number <> '' and p.gone = '' and not exists \
         (select 1 from staged_row s where s.keeper = $1 and s.batch = $2 and s.number = p.number)",
    )
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .get_result(db)?;
    Ok(found.n.unsigned_abs())
}

/// Rows in one statement each few dozen: a round trip to PostgreSQL costs more than the row.
fn insert(db: &mut Db, batch: &Batch, rows: &[(i32, Row)]) -> Result<(), Fault> {
    for chunk in rows.chunks(50) {
        let values: Vec<String> = (0..chunk.len())
            .map(|n| format!("($1, $2, ${}, ${}, ${}, ${})", 4 * n + 3, 4 * n + 4, 4 * n + 5, 4 * n + 6))
            .collect();
        let mut query = sql_query(format!(
            "insert into staged_row (keeper, batch, line, content, number, household) values {}",
            values.join(", ")
        ))
        .into_boxed::<<Db as diesel::Connection>::Backend>()
        .bind::<BigInt, _>(batch.keeper)
        .bind::<BigInt, _>(batch.id);
        for (line, row) in chunk {
            query = query
                .bind::<Integer, _>(*line)
                .bind::<Text, _>(serde_json::to_string(row)?)
                .bind::<Text, _>(row.resident.number.clone())
                .bind::<Text, _>(row.resident.household.clone());
        }
        query.execute(db)?;
    }
    Ok(())
}

/// Marks a row for whoever looks at it later.
pub fn set_mark(db: &mut Db, batch: &Batch, line: i32, mark: Mark, file: Option<i64>) -> Result<(), Fault> {
    sql_query("update staged_row set mark = $1, file = $2 where keeper = $3 and batch = $4 and line = $5")
        .bind::<Text, _>(mark.code())
        .bind::<diesel::sql_types::Nullable<BigInt>, _>(file)
        .bind::<BigInt, _>(batch.keeper)
        .bind::<BigInt, _>(batch.id)
        .bind::<Integer, _>(line)
        .execute(db)?;
    Ok(())
}
