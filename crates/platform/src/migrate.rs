//! The schema's steps: one SQL text for both databases, applied in order, each once.

use diesel::connection::SimpleConnection;
use diesel::{RunQueryDsl, sql_query, sql_types};

use super::clock::Clock;
use super::db::{CountRow, Database, Db};
use super::fault::Fault;
use super::rights;

/// In order; a step that has landed is never edited.
const STEPS: &[(&str, &str)] = &[
    ("0001_spine", include_str!("../migrations/0001_spine/up.sql")),
    ("0002_session_notice", include_str!("../migrations/0002_session_notice/up.sql")),
    ("0003_residents_import", include_str!("../migrations/0003_residents_import/up.sql")),
    ("0004_rule_changes", include_str!("../migrations/0004_rule_changes/up.sql")),
    ("0005_family_and_readers", include_str!("../migrations/0005_family_and_readers/up.sql")),
    ("0006_past_records_import", include_str!("../migrations/0006_past_records_import/up.sql")),
    ("0007_marks", include_str!("../migrations/0007_marks/up.sql")),
    ("0010_search_keys", include_str!("../migrations/0010_search_keys/up.sql")),
    ("0011_joined_files", include_str!("../migrations/0011_joined_files/up.sql")),
    ("0012_office_periods", include_str!("../migrations/0012_office_periods/up.sql")),
    ("0014_audit_chain", include_str!("../migrations/0014_audit_chain/up.sql")),
    ("0016_absence", include_str!("../migrations/0016_absence/up.sql")),
    ("0017_counter_and_lock", include_str!("../migrations/0017_counter_and_lock/up.sql")),
    ("0018_reading_file", include_str!("../migrations/0018_reading_file/up.sql")),
    ("0021_staff_records", include_str!("../migrations/0021_staff_records/up.sql")),
    ("0023_open_lines", include_str!("../migrations/0023_open_lines/up.sql")),
    // Its number was given before 0018 and 0023 landed, whose table and index it names.
    ("0015_row_rights", include_str!("../migrations/0015_row_rights/up.sql")),
];

/// Any number, the same for every server: only one of them changes the schema at a time.
const LOCK: i64 = 7_455_204_110;

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = sql_types::Text)]
    name: String,
}

impl Database {
    /// Brings the schema up to this program and returns the steps applied now.
    ///
    /// # Errors
    /// If a step fails (nothing of this run is kept), or the database was written by a newer program.
    pub fn migrate(&self, clock: &Clock) -> Result<Vec<&'static str>, Fault> {
        // The program may run as a role that may not change the schema; then the owner has to have done it.
        if self.read_all(is_done).unwrap_or(false) {
            return Ok(Vec::new());
        }
        let now = clock.now();
        self.write_all(|db| {
            if let Db::Pg(pg) = db {
                // Released with the transaction. Held before looking, so that a second server sees the first one's steps.
                sql_query("select pg_advisory_xact_lock($1)").bind::<sql_types::BigInt, _>(LOCK).execute(pg)?;
                rights::may_lay(db)?;
            }
            let applied = apply(db, now, |_| true)?;
            rights::lay(db)?;
            Ok(applied)
        })
    }
}

/// Whether an installation was founded in it: it has our tables, and somebody or something is in them.
///
/// # Errors
/// If the database fails.
pub fn founded(database: &Database) -> Result<bool, Fault> {
    // Without the table of steps there is nothing of ours: asking for it fails then.
    if database.read_all(steps_done).unwrap_or_default().is_empty() {
        return Ok(false);
    }
    let text = "select (select count(*) from staff) + (select count(*) from file) as n";
    database.read_all(|db| Ok(sql_query(text).get_result::<CountRow>(db)?.n > 0))
}

/// Nothing is left to do: every step, and PostgreSQL's row rights.
fn is_done(db: &mut Db) -> Result<bool, Fault> {
    let done = steps_done(db)?;
    Ok(missing(&done).next().is_none() && unknown(&done).is_none() && rights::are_laid(db)?)
}

pub(crate) fn steps_done(db: &mut Db) -> Result<Vec<String>, Fault> {
    let rows: Vec<Name> = sql_query("select name from schema_step order by name").load(db)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

fn missing(done: &[String]) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    STEPS.iter().filter(|(name, _)| !done.iter().any(|d| d == name))
}

fn unknown(done: &[String]) -> Option<&String> {
    done.iter().find(|d| !STEPS.iter().any(|(name, _)| name == d))
}

/// For a restore: an empty database is given the steps that another one had.
pub(crate) fn steps_of(db: &mut Db, now: i64, steps: &[String]) -> Result<(), Fault> {
    if let Some(name) = unknown(steps) {
        return Err(newer(name));
    }
    apply(db, now, |name| steps.iter().any(|step| step == name)).map(|_| ())
}

/// For a restore: on to this program.
pub(crate) fn steps_on(db: &mut Db, now: i64) -> Result<(), Fault> {
    apply(db, now, |_| true)?;
    rights::lay(db)
}

fn newer(step: &str) -> Fault {
    Fault::new(format!("there is a schema step {step} that this program does not know: a newer version wrote it"))
}

fn apply(db: &mut Db, now: i64, wanted: impl Fn(&str) -> bool) -> Result<Vec<&'static str>, Fault> {
    db.batch_execute("create table if not exists schema_step (name text primary key, applied_at bigint not null)")?;
    let done = steps_done(db)?;
    if let Some(name) = unknown(&done) {
        return Err(newer(name));
    }
    let mut applied = Vec::new();
    for (name, sql) in missing(&done).filter(|(name, _)| wanted(name)) {
        db.batch_execute(&for_engine(db, sql)).map_err(|e| Fault::new(format!("schema step {name}: {e}")))?;
        sql_query("insert into schema_step (name, applied_at) values ($1, $2)")
            .bind::<sql_types::Text, _>(*name)
            .bind::<sql_types::BigInt, _>(now)
            .execute(db)?;
        applied.push(*name);
    }
    Ok(applied)
}

fn for_engine(db: &Db, sql: &str) -> String {
    let [id, bytes, clustered] = match db {
        Db::Sqlite(_) => ["integer primary key autoincrement", "", "without rowid"],
        Db::Pg(_) => ["bigint generated by default as identity primary key", "collate \"C\"", ""],
    };
    // The header of a step explains the marks in backquotes.
    let marks = [("`@id@`", "the mark"), ("@id@", id), ("@bytes@", bytes), ("@clustered@", clustered)];
    marks.iter().fold(sql.to_owned(), |sql, (mark, text)| sql.replace(mark, text))
}
