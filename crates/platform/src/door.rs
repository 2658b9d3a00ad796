//! The two doors to the records: `read(actor)` and `write(actor)`, always in a transaction with the actor's keepers bound.
//!
//! What was looked at is written to the reading log by the same door; a page is not answered unless its row is kept.

use std::sync::Arc;

use casework::Role;
use diesel::{RunQueryDsl, sql_query, sql_types};
use rules::Day;

use super::audit::seal;
use super::clock::Clock;
use super::db::{Database, Db, IdRow};
use super::fault::Fault;
use super::readings;

/// Who acts: a person signed in with one of their posts, or the program itself (staff 0).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    pub staff: i64,
    pub post: i64,
    pub role: Role,
    /// The person's name as shown.
    pub name: String,
    /// The office of the post: new records are made under it.
    pub keeper: i64,
    pub office_name: String,
    /// 窓口モード: a visitor may see the screen, so nothing narrow is read for it at all ([`crate::mask`]).
    pub counter: bool,
    /// Every keeper whose records the post reaches (joint centres: several). Empty: no person's records at all.
    pub keepers: Vec<i64>,
}

impl Actor {
    /// The program itself, for imports at the command line, catch-up and rebuild.
    pub fn program(keepers: Vec<i64>) -> Actor {
        let keeper = keepers.first().copied().unwrap_or(0);
        Actor {
            staff: 0,
            post: 0,
            role: Role::Admin,
            name: String::from("つむぎ"),
            keeper,
            office_name: String::new(),
            counter: false,
            keepers,
        }
    }

    /// `1,2`; empty without keepers.
    fn keeper_list(&self) -> String {
        self.keepers.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
    }
}

/// What kind of looking a row of the reading log is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looked {
    /// One opened person.
    Person,
    /// A list or a search, with the ids it showed.
    List,
    /// Print, CSV or another export.
    Export,
    /// One protected item unmasked for an act.
    Reveal,
    /// One person opened in an emergency.
    Emergency,
}

impl Looked {
    pub const fn code(self) -> &'static str {
        match self {
            Looked::Person => "person",
            Looked::List => "list",
            Looked::Export => "export",
            Looked::Reveal => "reveal",
            Looked::Emergency => "emergency",
        }
    }
}

struct Reading {
    what: Looked,
    purpose: String,
    files: Vec<i64>,
}

/// An open transaction on behalf of an actor.
pub struct Door<'c> {
    pub db: &'c mut Db,
    pub actor: &'c Actor,
    pub clock: Clock,
    readings: Vec<Reading>,
}

impl Door<'_> {
    /// For `where keeper in {scope}`: integers only, so it may stand in the SQL text. Without keepers it matches nothing.
    pub fn scope(&self) -> String {
        if self.actor.keepers.is_empty() { String::from("(-1)") } else { format!("({})", self.actor.keeper_list()) }
    }

    pub fn keepers(&self) -> &[i64] {
        &self.actor.keepers
    }

    pub fn today(&self) -> Day {
        self.clock.today()
    }

    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Notes what is about to be shown: one row per opened person, one per list, search, print or export with its ids.
    /// It is kept when the door closes well. `purpose` is a short code (`duty`, `search`, `page` …), not free text.
    pub fn log_reading(&mut self, what: Looked, purpose: &str, files: &[i64]) {
        self.readings.push(Reading { what, purpose: purpose.to_owned(), files: files.to_vec() });
    }

    fn keep_readings(db: &mut Db, actor: &Actor, now: i64, readings: &[Reading]) -> Result<(), Fault> {
        for reading in readings {
            let files = reading.files.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
            let IdRow { id } = sql_query(
                "insert into reading (keeper, staff, post, at, what, purpose, files) values ($1, $2, $3, $4, $5, $6, $7) \
                 returning id",
            )
            .bind::<sql_types::BigInt, _>(actor.keeper)
            .bind::<sql_types::BigInt, _>(actor.staff)
            .bind::<sql_types::BigInt, _>(actor.post)
            .bind::<sql_types::BigInt, _>(now)
            .bind::<sql_types::Text, _>(reading.what.code())
            .bind::<sql_types::Text, _>(&reading.purpose)
            .bind::<sql_types::Text, _>(&files)
            .get_result(db)?;
            readings::write(db, id, &reading.files)?;
            let Actor { keeper, staff, post, .. } = *actor;
            let (what, purpose, files) = (reading.what.code(), reading.purpose.as_str(), files.as_str());
            seal::reading(id, &seal::Reading { keeper, staff, post, at: now, what, purpose, files });
        }
        Ok(())
    }
}

/// Opens doors. Cheap to clone.
#[derive(Clone)]
pub struct Doors {
    database: Arc<Database>,
    clock: Clock,
}

impl Doors {
    pub fn new(database: Database, clock: Clock) -> Doors {
        Doors { database: Arc::new(database), clock }
    }

    /// Past the doors, for what belongs to nobody's records: sessions, schema, command-line tools.
    pub fn database(&self) -> &Database {
        &self.database
    }

    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Looks at the records the actor may reach. What was noted as read is kept before the value is handed out.
    ///
    /// # Errors
    /// The closure's, or if the database fails.
    pub fn read<T, E: From<Fault>>(
        &self,
        actor: &Actor,
        work: impl FnOnce(&mut Door<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (value, readings) = self.database.read_for(&actor.keepers, |db| {
            let mut door = Door { db, actor, clock: self.clock, readings: Vec::new() };
            let value = work(&mut door)?;
            Ok::<_, E>((value, door.readings))
        })?;
        if !readings.is_empty() {
            let now = self.clock.now();
            self.database
                .write_for(&actor.keepers, |db| Door::keep_readings(db, actor, now, &readings).map_err(E::from))?;
        }
        Ok(value)
    }

    /// Changes the records the actor may reach: committed on `Ok`, nothing kept on `Err`.
    ///
    /// # Errors
    /// The closure's, or if the database fails.
    pub fn write<T, E: From<Fault>>(
        &self,
        actor: &Actor,
        work: impl FnOnce(&mut Door<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.database.write_for(&actor.keepers, |db| {
            let mut door = Door { db: &mut *db, actor, clock: self.clock, readings: Vec::new() };
            let value = work(&mut door)?;
            let readings = std::mem::take(&mut door.readings);
            Door::keep_readings(db, actor, self.clock.now(), &readings).map_err(E::from)?;
            Ok(value)
        })
    }
}
