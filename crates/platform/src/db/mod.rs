//! The database: SQLite or PostgreSQL behind one type, always inside a transaction.
//!
//! Features do not use this directly but through a [`Door`](super::Door), which binds the actor's keepers.

pub mod rights;

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use diesel::connection::{AnsiTransactionManager, Connection, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel::sql_types;
use diesel::sqlite::SqliteConnection;

use self::rights::Lock;
use super::audit::{Key, seal};
use super::fault::Fault;

/// One connection, inside a transaction whenever a closure receives it.
#[derive(diesel::MultiConnection)]
pub enum Db {
    Pg(PgConnection),
    Sqlite(SqliteConnection),
}

/// Where the records are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// `postgres://…`
    Postgres(String),
    /// Path of a file.
    Sqlite(String),
}

impl Target {
    pub fn parse(text: &str) -> Target {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Target::Postgres(text.to_owned())
        } else {
            Target::Sqlite(text.trim_start_matches("sqlite://").to_owned())
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Read,
    Write,
}

/// Whose records a transaction reaches. PostgreSQL holds every statement of it to that ([`rights`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bound<'k> {
    /// What belongs to no keeper only: accounts, sessions, offices.
    Nobody,
    /// Those of some keepers.
    Keepers(&'k [i64]),
    /// Everybody's: for what the program itself does over all keepers.
    All,
}

impl Bound<'_> {
    /// As the policies read it.
    fn text(self) -> String {
        match self {
            Bound::Nobody => String::new(),
            Bound::Keepers(keepers) => keepers.iter().map(i64::to_string).collect::<Vec<_>>().join(","),
            Bound::All => String::from(rights::ALL),
        }
    }
}

/// Opens connections of the pool.
#[derive(Debug)]
struct Opener {
    target: Target,
}

/// WAL with full sync: what was answered with success survives a power cut.
const SQLITE_SETTINGS: &str = "pragma busy_timeout = 10000;
pragma journal_mode = wal;
pragma synchronous = full;
pragma foreign_keys = on;";

impl ManageConnection for Opener {
    type Connection = Db;
    type Error = Fault;

    fn connect(&self) -> Result<Db, Fault> {
        match &self.target {
            Target::Postgres(url) => {
                PgConnection::establish(url).map(Db::Pg).map_err(Fault::at("cannot reach PostgreSQL"))
            }
            Target::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(path).map_err(Fault::at("cannot open the file"))?;
                connection.batch_execute(SQLITE_SETTINGS)?;
                Ok(Db::Sqlite(connection))
            }
        }
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), Fault> {
        Ok(db.ping()?)
    }

    /// A connection whose closure panicked, or whose rollback failed, is thrown away with its transaction.
    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || <Db as Connection>::TransactionManager::is_broken_transaction_manager(db)
    }
}

/// A pool of connections to the one database of this installation.
#[derive(Clone)]
pub struct Database {
    pool: Pool<Opener>,
    target: Target,
    /// Held by whoever writes to SQLite, which has one writer at a time: waiting here ends as soon as that one is done,
    /// waiting in SQLite only when its sleep is over.
    writing: Arc<Mutex<()>>,
    /// With which events and the reading log are sealed as they are written.
    key: Option<Key>,
    /// What PostgreSQL makes of our role, once it was asked.
    lock: Arc<OnceLock<Lock>>,
}

impl Database {
    /// Opens (SQLite: creates) the database without looking at its schema; see [`super::migrate`].
    ///
    /// # Errors
    /// If it cannot be reached.
    pub fn open(url_or_path: &str) -> Result<Database, Fault> {
        let target = Target::parse(url_or_path);
        let pool = Pool::builder()
            .max_size(8)
            .min_idle(Some(1))
            // PostgreSQL may have been restarted since; a file cannot go away.
            .test_on_check_out(matches!(target, Target::Postgres(_)))
            .connection_timeout(Duration::from_secs(20))
            .build(Opener { target: target.clone() })
            .map_err(Fault::at("the database cannot be opened"))?;
        Ok(Database { pool, target, writing: Arc::default(), key: None, lock: Arc::default() })
    }

    /// The same database, which seals what is written with a key from now on.
    #[must_use]
    pub fn sealed_with(mut self, key: Key) -> Database {
        self.key = Some(key);
        self
    }

    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    pub fn target(&self) -> &Target {
        &self.target
    }

    fn connection(&self) -> Result<PooledConnection<Opener>, Fault> {
        self.pool.get().map_err(Fault::at("no database connection is free"))
    }

    /// How the second lock stands: row rights of PostgreSQL ([`rights`]).
    ///
    /// # Errors
    /// If the database fails.
    pub fn lock(&self) -> Result<Lock, Fault> {
        let mut connection = self.connection()?;
        self.lock_of(&mut connection)
    }

    fn lock_of(&self, db: &mut Db) -> Result<Lock, Fault> {
        if let Some(lock) = self.lock.get() {
            return Ok(*lock);
        }
        let found = rights::lock(db)?;
        Ok(found.map_or(Lock::Void, |lock| *self.lock.get_or_init(|| lock)))
    }

    /// A read transaction on what belongs to no keeper (accounts, sessions, offices): one moment of the database; the
    /// engine refuses to write in it, and PostgreSQL shows nobody's records in it.
    ///
    /// # Errors
    /// The closure's, or if the database fails.
    pub fn read<T, E: From<Fault>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        self.run(Mode::Read, Bound::Nobody, work)
    }

    /// A write transaction on what belongs to no keeper, committed on `Ok` and rolled back on `Err`. On SQLite it is
    /// IMMEDIATE: a read that later turns into a write fails under load whatever the busy timeout.
    ///
    /// # Errors
    /// The closure's, or if the database fails.
    pub fn write<T, E: From<Fault>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        self.run(Mode::Write, Bound::Nobody, work)
    }

    /// As [`read`](Self::read), over the records of all keepers: for what the program itself does (check, rebuild, catch-up,
    /// the audit chain), never for what somebody asked.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_all<T, E: From<Fault>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        self.run(Mode::Read, Bound::All, work)
    }

    /// As [`write`](Self::write), over the records of all keepers: as [`read_all`](Self::read_all).
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_all<T, E: From<Fault>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        self.run(Mode::Write, Bound::All, work)
    }

    /// As [`read`](Self::read), on the records of some keepers.
    pub fn read_for<T, E: From<Fault>>(
        &self,
        keepers: &[i64],
        work: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Mode::Read, Bound::Keepers(keepers), work)
    }

    /// As [`write`](Self::write), on the records of some keepers.
    pub fn write_for<T, E: From<Fault>>(
        &self,
        keepers: &[i64],
        work: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(Mode::Write, Bound::Keepers(keepers), work)
    }

    fn run<T, E: From<Fault>>(
        &self,
        mode: Mode,
        bound: Bound<'_>,
        work: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T, E> {
        // Before a connection is taken: those who wait would keep them all from the one who writes.
        let alone = (mode == Mode::Write && matches!(self.target, Target::Sqlite(_)))
            .then(|| self.writing.lock().unwrap_or_else(PoisonError::into_inner));
        let mut connection = self.connection()?;
        let db: &mut Db = &mut connection;
        let lock = if bound == Bound::All { Lock::Held } else { self.lock_of(db)? };
        begin(db, mode, bound, lock)?;
        let scope = seal::Scope::begin();
        let done = work(db).and_then(|value| {
            if let (Mode::Write, Some(key)) = (mode, &self.key) {
                scope.seal(db, key)?;
            }
            Ok(value)
        });
        match done {
            Ok(value) => {
                commit(db, mode)?;
                drop(alone);
                Ok(value)
            }
            Err(error) => {
                rollback(db, mode);
                Err(error)
            }
        }
    }
}

fn begin(db: &mut Db, mode: Mode, bound: Bound<'_>, lock: Lock) -> Result<(), Fault> {
    match db {
        Db::Sqlite(sqlite) => {
            let sql = match mode {
                Mode::Read => {
                    sqlite.batch_execute("pragma query_only = on")?;
                    "begin deferred"
                }
                Mode::Write => {
                    sqlite.batch_execute("pragma query_only = off")?;
                    "begin immediate"
                }
            };
            AnsiTransactionManager::begin_transaction_sql(sqlite, sql)?;
        }
        Db::Pg(pg) => {
            let begin = match mode {
                Mode::Read => "begin transaction isolation level repeatable read read only",
                Mode::Write => "begin transaction isolation level read committed read write",
            };
            // One way to the server for all of it. SET LOCAL and not `set_config`: no query can contain it.
            let role = if lock == Lock::Drops { format!("; set local role {}", rights::APP) } else { String::new() };
            let sql = format!("{begin}{role}; set local {} = '{}'", rights::KEEPERS, bound.text());
            if let Err(error) = AnsiTransactionManager::begin_transaction_sql(pg, &sql) {
                // It may have begun before it failed.
                let _ = pg.batch_execute("rollback");
                return Err(error.into());
            }
        }
    }
    Ok(())
}

fn commit(db: &mut Db, mode: Mode) -> Result<(), Fault> {
    if let Err(error) = <Db as Connection>::TransactionManager::commit_transaction(db) {
        rollback(db, mode);
        return Err(error.into());
    }
    Ok(())
}

/// A failed rollback leaves the connection marked as broken, and the pool drops it.
fn rollback(db: &mut Db, mode: Mode) {
    let depth = <Db as Connection>::TransactionManager::transaction_manager_status_mut(db).transaction_depth();
    if !matches!(depth, Ok(Some(_))) {
        return;
    }
    if let Err(error) = <Db as Connection>::TransactionManager::rollback_transaction(db) {
        tracing::error!(write = (mode == Mode::Write), %error, "rollback failed");
    }
}

/// The id that `insert … returning id` gives back.
#[derive(diesel::QueryableByName)]
pub struct IdRow {
    #[diesel(sql_type = sql_types::BigInt)]
    pub id: i64,
}

/// A single number.
#[derive(diesel::QueryableByName)]
pub struct CountRow {
    #[diesel(sql_type = sql_types::BigInt)]
    pub n: i64,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Clock;
    use diesel::{RunQueryDsl, sql_query};

    fn fresh(name: &str) -> (std::path::PathBuf, Database) {
        let dir = std::env::temp_dir().join(format!("tsumugi-db-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let database = Database::open(dir.join("t.db").to_str().unwrap()).unwrap();
        database.migrate(&Clock::system()).unwrap();
        (dir, database)
    }

    fn insert(db: &mut Db) -> Result<(), Fault> {
        sql_query("insert into meta (name, value) values ($1, $2)")
            .bind::<sql_types::Text, _>("a")
            .bind::<sql_types::Text, _>("b")
            .execute(db)?;
        Ok(())
    }

    fn count(database: &Database) -> i64 {
        let count = |db: &mut Db| -> Result<i64, Fault> {
            Ok(sql_query("select count(*) as n from meta").get_result::<CountRow>(db)?.n)
        };
        database.read(count).unwrap()
    }

    #[test]
    fn the_schema_is_applied_once() {
        let (dir, database) = fresh("once");
        assert!(database.migrate(&Clock::system()).unwrap().is_empty());
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_write_is_kept_on_ok_and_undone_on_err_or_panic() {
        let (dir, database) = fresh("write");
        let failed: Result<(), Fault> = database.write(|db| {
            insert(db)?;
            Err(Fault::new("no"))
        });
        assert!(failed.is_err());
        assert_eq!(count(&database), 0);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _: Result<(), Fault> = database.write(|db| {
                insert(db)?;
                std::panic::resume_unwind(Box::new("stop"))
            });
        }));
        assert!(panicked.is_err());
        assert_eq!(count(&database), 0);
        database.write(insert).unwrap();
        assert_eq!(count(&database), 1);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_read_transaction_cannot_write() {
        let (dir, database) = fresh("read");
        assert!(database.read(insert).is_err());
        assert_eq!(count(&database), 0);
        database.write(insert).unwrap();
        std::fs::remove_dir_all(dir).unwrap();
    }
}
