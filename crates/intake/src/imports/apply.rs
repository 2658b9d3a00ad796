//! Applying a staged import: chunk after chunk through the one write path, each chunk's cursor in the transaction of its
//! events. Whoever is stopped in between goes on where the last chunk ended.

use casework::act::Act;
use casework::{Body, Command, Sensitivity};
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, Span};

use super::Import;
use super::batch::{self, Batch, State};
use super::errors::{Said, keep_error};
use platform::rulebook::Books;
use platform::store::write::{NotApplied, apply as write, open_office_file};
use platform::store::{Applied, Desk};
use platform::{Actor, Door, Doors, Problem, Refusal};

/// A chunk's transaction should not hold others up for longer.
const CHUNK_US: i64 = 100_000;
/// Below this the commit itself costs more than the rows, and smaller chunks only make it worse.
pub const SMALLEST: i64 = 50;
const LARGEST: i64 = 1_000;

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
pub fn order<I: Import>(doors: &Doors, actor: &Actor, id: i64) -> Result<Batch<I>, Problem> {
    doors.write(actor, |door| {
        let mut batch = batch::claim::<I>(door, id)?;
        match batch.state {
            State::Staged => {}
            // Pressed twice: it is on its way.
            State::Applying | State::Applied => return Ok(batch),
            state => return Err(Refusal::new(format!("この{}は「{}」です。始められません。", I::WORD, state.label())).into()),
        }
        batch.state = State::Applying;
        batch.run.actor = door.actor.staff;
        batch::save(door.db, &batch)?;
        Ok(batch)
    })
}

/// Runs an ordered import to its end. `told` hears of every chunk.
///
/// # Errors
/// If the database fails; calling again goes on.
pub fn run<I: Import>(work: Work<'_>, id: i64, mut told: impl FnMut(&Batch<I>)) -> Result<Batch<I>, Problem> {
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
pub fn step<I: Import>(work: Work<'_>, id: i64, rows: i64) -> Result<Batch<I>, Problem> {
    work.doors.write(work.actor, |door| {
        let batch = batch::claim::<I>(door, id)?;
        if batch.state != State::Applying {
            return Ok(batch);
        }
        let mut hand = Hand { door, books: work.books, batch };
        I::chunk(&mut hand, rows)?;
        batch::save(hand.door.db, &hand.batch)?;
        Ok(hand.batch)
    })
}

/// A chunk at work.
pub struct Hand<'h, 'd, I: Import> {
    pub door: &'h mut Door<'d>,
    pub books: &'h Books,
    pub batch: Batch<I>,
}

impl<I: Import> Hand<'_, '_, I> {
    /// Puts one act through the write path under the name of whoever ordered the import.
    ///
    /// # Errors
    /// A refusal in words, or a fault; after a refusal nothing of the act is kept.
    pub fn act(&mut self, end: &str, act: Act) -> Result<Applied, Problem> {
        let applied = self.put(end, act, Some(self.batch.id))?;
        self.batch.run.events += applied.events.len() as u64;
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
        let desk = Desk { batch, ..self.desk(&keepers) };
        match write(self.door.db, &desk, &Command { id, act, seen: Vec::new() }) {
            Ok(applied) => Ok(applied),
            Err(NotApplied::Refused(refusal)) => Err(Refusal { message: refusal.message, field: refusal.field }.into()),
            Err(other) => Err(other.into()),
        }
    }

    /// The desk of whoever ordered the import.
    pub fn desk<'k>(&self, keepers: &'k [i64]) -> Desk<'k>
    where
        Self: 'k,
    {
        Desk {
            keeper: self.batch.keeper,
            keepers,
            actor: self.batch.run.actor,
            today: self.door.today(),
            now: self.door.now(),
            batch: Some(self.batch.id),
            books: self.books,
        }
    }

    /// A row that is not brought in, with its reason, beside what may be wrong with the cells of its line.
    ///
    /// # Errors
    /// If the database fails.
    pub fn leave(&mut self, line: i32, column: &str, read: String, why: &str) -> Result<(), Problem> {
        const POSITION: i32 = 1_000;
        let said = Said { column: column.to_owned(), read, expected: why.to_owned() };
        Ok(keep_error(self.door.db, &mut self.batch, line, POSITION, &said)?)
    }

    /// Moves the arrival of a source on.
    ///
    /// # Errors
    /// If the database fails.
    pub fn arrive(&mut self, source: &str, through: Option<Day>, usual_lag_days: i32) -> Result<(), Problem> {
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
                .bind::<Text, _>(source)
                .get_result(self.door.db)
                .optional()?;
        let Some(through) = through else { return Ok(()) };
        // An older file does not take back how far a newer one reached.
        if known.as_ref().is_some_and(|known| known.through >= through.0) {
            return Ok(());
        }
        let act = Act::Record {
            file: self.office_file()?,
            episode: None,
            day: Span::on(self.door.today()),
            source: source.into(),
            sensitivity: Sensitivity::Ordinary,
            body: Body::SourceArrived {
                source: source.into(),
                through,
                usual_lag_days: known.map_or(usual_lag_days, |known| known.lag_days),
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
            None => Ok(open_office_file(self.door.db, keeper)?),
        }
    }
}
