//! Applying a staged import: chunk after chunk through the one write path, each chunk's cursor in the transaction of its
//! events. Whoever is stopped in between goes on where the last chunk ended.

use std::collections::BTreeMap;

use casework::act::Act;
use casework::{Body, Command, Sensitivity};
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Span;

use super::batch::{self, Batch, Pass, Said, StagedRow, State};
use super::families;
use super::on_file::People;
use super::plan::{Effect, Known, Mark, Plan, SOURCE, plan};
use super::row::Row;
use super::stage::set_mark;
use crate::platform::store::write::{NotApplied, apply as write, open_office_file};
use crate::platform::store::{Applied, Desk};
use crate::platform::{Actor, Door, Doors, Fault, Problem, Refusal, rulebook::Books};

/// A chunk's transaction should not hold others up for longer.
const CHUNK_US: i64 = 100_000;
/// Below this the commit itself costs more than the rows, and smaller chunks only make it worse.
pub const SMALLEST: i64 = 50;
const LARGEST: i64 = 1_000;
/// 住民記録 reaches the centre within a week where nothing else is arranged.
const USUAL_LAG_DAYS: i32 = 7;

/// What a step needs beside the door.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    pub doors: &'a Doors,
    pub actor: &'a Actor,
    pub books: &'a Books,
}

/// Orders the import: from here on it runs to its end, whoever drives it.
///
/// # Errors
/// If it is not waiting to be applied.
pub fn order(doors: &Doors, actor: &Actor, id: i64) -> Result<Batch, Problem> {
    doors.write(actor, |door| {
        let mut batch = batch::claim(door, id)?;
        match batch.state {
            State::Staged => {}
            // Pressed twice: it is on its way.
            State::Applying | State::Applied => return Ok(batch),
            state => return Err(Refusal::new(format!("この取込は「{}」です。取り込めません。", state.label())).into()),
        }
        batch.state = State::Applying;
        batch.progress.actor = door.actor.staff;
        batch::save(door.db, &batch)?;
        Ok(batch)
    })
}

/// Runs an ordered import to its end. `told` hears of every chunk.
///
/// # Errors
/// If the database fails; calling again goes on.
pub fn run(work: Work<'_>, id: i64, mut told: impl FnMut(&Batch)) -> Result<Batch, Problem> {
    let mut rows = SMALLEST;
    loop {
        let clock = work.doors.clock();
        let begun = clock.wall();
        let batch = step(work, id, rows)?;
        told(&batch);
        if batch.state != State::Applying {
            return Ok(batch);
        }
        rows = next_size(rows, clock.wall() - begun);
    }
}

/// How many rows to take next, after a chunk that took so long.
pub fn next_size(rows: i64, took_us: i64) -> i64 {
    let fits = rows.saturating_mul(CHUNK_US) / took_us.max(1_000);
    // Careful upwards, at once downwards.
    fits.min(rows.saturating_mul(2)).clamp(SMALLEST, LARGEST)
}

/// One chunk of at most `rows` rows, in one transaction.
///
/// # Errors
/// If the database fails; nothing of the chunk is kept.
pub fn step(work: Work<'_>, id: i64, rows: i64) -> Result<Batch, Problem> {
    work.doors.write(work.actor, |door| {
        let batch = batch::claim(door, id)?;
        if batch.state != State::Applying {
            return Ok(batch);
        }
        let mut hand = Hand { door, books: work.books, batch };
        match hand.batch.progress.pass {
            Pass::Rows => hand.rows(rows)?,
            Pass::Families => families::step(&mut hand, rows)?,
            Pass::Closing => hand.close()?,
            Pass::Done => hand.batch.state = State::Applied,
        }
        batch::save(hand.door.db, &hand.batch)?;
        Ok(hand.batch)
    })
}

/// A chunk at work.
pub struct Hand<'h, 'd> {
    pub door: &'h mut Door<'d>,
    pub books: &'h Books,
    pub batch: Batch,
}

impl Hand<'_, '_> {
    /// Puts one act through the write path under the name of whoever ordered the import.
    ///
    /// # Errors
    /// A refusal in words, or a fault; after a refusal nothing of the act is kept.
    pub fn act(&mut self, end: &str, act: Act) -> Result<Applied, Problem> {
        let applied = self.put(end, act, Some(self.batch.id))?;
        self.batch.progress.events += applied.events.len() as u64;
        Ok(applied)
    }

    /// As [`act`](Self::act), but what it records is not part of the import.
    ///
    /// # Errors
    /// As [`act`](Self::act).
    pub fn act_about(&mut self, end: &str, act: Act) -> Result<Applied, Problem> {
        self.put(end, act, None)
    }

    fn put(&mut self, end: &str, act: Act, batch: Option<i64>) -> Result<Applied, Problem> {
        let id = format!("import:{}:{end}", self.batch.id);
        let keepers = [self.batch.keeper];
        let desk = Desk {
            keeper: self.batch.keeper,
            keepers: &keepers,
            actor: self.batch.progress.actor,
            today: self.door.today(),
            now: self.door.now(),
            batch,
            books: self.books,
        };
        match write(self.door.db, &desk, &Command { id: id.clone(), act, seen: Vec::new() }) {
            Ok(applied) => Ok(applied),
            Err(NotApplied::Refused(refusal)) => {
                // The chunk goes on, so the claim of this command's id must not stay behind.
                sql_query("delete from command where id = $1").bind::<Text, _>(&id).execute(self.door.db)?;
                Err(Refusal { message: refusal.message, field: refusal.field }.into())
            }
            Err(other) => Err(other.into()),
        }
    }

    fn rows(&mut self, limit: i64) -> Result<(), Problem> {
        let staged = batch::rows_after(self.door.db, &self.batch, self.batch.progress.line, limit)?;
        let (Some(first), Some(last)) = (staged.first(), staged.last()) else {
            self.batch.progress.pass = Pass::Families;
            return Ok(());
        };
        let (from, to) = (first.line, last.line);
        let mut people = People::load(self.door.db, &self.batch, from, to, true)?;
        let mut times: BTreeMap<&str, u32> = BTreeMap::new();
        for row in &staged {
            *times.entry(&row.number).or_default() += 1;
        }
        for row in &staged {
            let repeated = times.get(row.number.as_str()).is_some_and(|n| *n > 1);
            self.row(&mut people, row, repeated)?;
        }
        self.batch.progress.line = to;
        self.batch.rows_done = self.batch.rows_done.saturating_add(i32::try_from(staged.len()).unwrap_or(i32::MAX));
        Ok(())
    }

    fn row(&mut self, people: &mut People, staged: &StagedRow, repeated: bool) -> Result<(), Problem> {
        let row: Row = serde_json::from_str(&staged.content).map_err(Fault::from)?;
        people.prepare(self.door.db, &row)?;
        let known = people.whom(&row);
        let today = self.door.today();
        let Plan { effect, acts, mark, shield, left } = plan(&row, &known, self.batch.summary.extract(today), today);
        if let Some(why) = left {
            return self.leave(staged.line, &row, &why);
        }
        let mut file = match &known {
            Known::One(on_file) => Some(on_file.file),
            _ => None,
        };
        let acted = !acts.is_empty();
        for (end, act) in acts {
            match self.act(&format!("{}{end}", staged.line), act) {
                Ok(applied) => file = applied.opened.first().copied().or(file),
                Err(Problem::Refused(why)) => {
                    let why: Vec<String> = why.into_iter().map(|r| r.message).collect();
                    return self.leave(staged.line, &row, &why.join(""));
                }
                Err(problem) => return Err(problem),
            }
        }
        let progress = &mut self.batch.progress;
        progress.count(effect);
        progress.protected_on += u64::from(shield == Some(true));
        progress.protected_off += u64::from(shield == Some(false));
        if let Some(file) = file.filter(|_| acted) {
            if let Some(mark @ (Mark::Born | Mark::Child)) = mark {
                set_mark(self.door.db, &self.batch, staged.line, mark, Some(file))?;
            }
            if repeated || effect == Effect::Matched {
                people.refresh(self.door.db, &row, file)?;
            }
        }
        Ok(())
    }

    fn leave(&mut self, line: i32, row: &Row, why: &str) -> Result<(), Problem> {
        // Beside what may be wrong with the cells of the line.
        const POSITION: i32 = 1_000;
        self.batch.progress.count(Effect::Left);
        let said = Said {
            column: String::from("台帳との照合"),
            read: format!("宛名番号 {}", row.resident.number),
            expected: why.to_owned(),
        };
        Ok(batch::keep_error(self.door.db, &mut self.batch, line, POSITION, &said)?)
    }

    /// The source's arrival, then the staged rows go: what they said is in the files now.
    fn close(&mut self) -> Result<(), Problem> {
        const PURGED: i64 = 2_000;
        if batch::purge(self.door.db, &self.batch, PURGED)? > 0 {
            return Ok(());
        }
        self.arrive()?;
        self.batch.progress.pass = Pass::Done;
        self.batch.state = State::Applied;
        Ok(())
    }

    fn arrive(&mut self) -> Result<(), Problem> {
        #[derive(QueryableByName)]
        struct Arrival {
            #[diesel(sql_type = Integer)]
            through: i32,
            #[diesel(sql_type = Integer)]
            lag_days: i32,
        }
        let known: Option<Arrival> =
            sql_query("select through, lag_days from arrival where keeper = $1 and source = $2")
                .bind::<BigInt, _>(self.batch.keeper)
                .bind::<Text, _>(SOURCE)
                .get_result(self.door.db)
                .optional()?;
        let Some(through) = self.batch.summary.through else { return Ok(()) };
        // An older file does not take back how far a newer one reached.
        if known.as_ref().is_some_and(|known| known.through >= through.0) {
            return Ok(());
        }
        let act = Act::Record {
            file: self.office_file()?,
            episode: None,
            day: Span::on(self.door.today()),
            source: SOURCE.into(),
            sensitivity: Sensitivity::Ordinary,
            body: Body::SourceArrived {
                source: SOURCE.into(),
                through,
                usual_lag_days: known.map_or(USUAL_LAG_DAYS, |known| known.lag_days),
            },
        };
        self.act("arrived", act).map(|_| ())
    }

    /// The office's own file, opened if nothing was ever recorded in it.
    ///
    /// # Errors
    /// If the database fails.
    pub fn office_file(&mut self) -> Result<i64, Problem> {
        #[derive(QueryableByName)]
        struct Office {
            #[diesel(sql_type = Nullable<BigInt>)]
            file: Option<i64>,
        }
        let keeper = self.batch.keeper;
        let office: Option<Office> = sql_query("select file from office where id = $1")
            .bind::<BigInt, _>(keeper)
            .get_result(self.door.db)
            .optional()?;
        match office.and_then(|o| o.file) {
            Some(file) => Ok(file),
            None => Ok(open_office_file(self.door.db, keeper, self.door.clock.now())?),
        }
    }
}
