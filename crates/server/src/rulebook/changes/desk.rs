//! The office's own file as the pages of rule changes read it, and who may decide there.

use casework::{
    Permission, Role, Story, View, fold,
    publication::{Proposal, proposals},
};
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable},
};

use crate::platform::{
    Db, Door, Fault, Problem,
    db::CountRow,
    store::{FileEvents, events_of, write::open_office_file},
};

/// What an office recorded about itself.
pub struct OfficeFile {
    pub file: i64,
    events: FileEvents,
}

impl OfficeFile {
    /// The file of an office; `None` if nothing was ever recorded in it.
    ///
    /// # Errors
    /// If the database fails.
    pub fn of(db: &mut Db, keeper: i64) -> Result<Option<OfficeFile>, Fault> {
        let Some(file) = number(db, keeper)? else { return Ok(None) };
        Ok(Some(OfficeFile { file, events: events_of(db, file)? }))
    }

    pub fn story(&self) -> Story<'_> {
        fold(&self.events.events, View { withdrawn: &self.events.withdrawn, ..View::default() })
    }
}

fn number(db: &mut Db, keeper: i64) -> Result<Option<i64>, Fault> {
    #[derive(QueryableByName)]
    struct Office {
        #[diesel(sql_type = Nullable<BigInt>)]
        file: Option<i64>,
    }
    let office: Option<Office> =
        sql_query("select file from office where id = $1").bind::<BigInt, _>(keeper).get_result(db).optional()?;
    Ok(office.and_then(|o| o.file))
}

/// The number of the actor's office file, opened if nothing was ever recorded in it.
///
/// # Errors
/// If the database fails.
pub fn office_file(door: &mut Door<'_>) -> Result<i64, Fault> {
    match number(door.db, door.actor.keeper)? {
        Some(file) => Ok(file),
        None => open_office_file(door.db, door.actor.keeper),
    }
}

/// Looks at one proposal of the actor's office.
///
/// # Errors
/// Not found, if the office has no such proposal; or the closure's.
pub fn with_proposal<T>(
    door: &mut Door<'_>,
    id: i64,
    work: impl FnOnce(&mut Door<'_>, &Proposal<'_>, &[Proposal<'_>]) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let office = OfficeFile::of(door.db, door.actor.keeper)?.ok_or(Problem::NotFound)?;
    let all = proposals(&office.story());
    let found = all.iter().find(|p| p.proposed.event == id).ok_or(Problem::NotFound)?;
    work(door, found, &all)
}

/// Whether nobody else of the office could approve what `author` proposed.
///
/// # Errors
/// If the database fails.
pub fn alone(door: &mut Door<'_>, author: i64) -> Result<bool, Fault> {
    nobody_else(door, author, Permission::ApproveRules)
}

/// Whether nobody of the office but `staff` has a right.
///
/// # Errors
/// If the database fails.
pub fn nobody_else(door: &mut Door<'_>, staff: i64, right: Permission) -> Result<bool, Fault> {
    let roles: Vec<String> =
        Role::ALL.into_iter().filter(|role| role.may(right)).map(|role| format!("'{}'", role.code())).collect();
    // A post above reaches the office too (platform::session::posts::reach).
    let sql = format!(
        "select count(*) as n from post p join staff s on s.id = p.staff join office o on o.id = $1 \
         where (p.keeper = o.id or (p.keeper = o.parent and o.kind in ('centre', 'district_office'))) \
         and p.role in ({}) and p.from_day <= $2 and (p.until_day is null or p.until_day >= $2) \
         and s.closed_on is null and s.id <> $3",
        roles.join(", ")
    );
    let others: CountRow = sql_query(sql)
        .bind::<BigInt, _>(door.actor.keeper)
        .bind::<Integer, _>(door.today().0)
        .bind::<BigInt, _>(staff)
        .get_result(door.db)?;
    Ok(others.n == 0)
}
