//! Which readings a file stands in: a read table beside the reading log, so that "who looked at this person" is one index
//! range whatever the size of the log (decision 0022).

use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable},
};

use crate::{
    Database, Door,
    check::{Finding, Promise},
    db::{CountRow, Db},
    fault::Fault,
    sql,
    store::{joined, load::id_list},
};

/// Readings looked at in one transaction by [`rebuild`] and [`check`].
const PAGE: i64 = 20_000;

/// Writes the rows of a reading that was just kept.
pub(crate) fn write(db: &mut Db, reading: i64, files: &[i64]) -> Result<(), Fault> {
    if files.is_empty() {
        return Ok(());
    }
    // The ids are integers of the program's own, so they may stand in the text.
    let text = format!(
        "insert into reading_file (keeper, file, reading) select keeper, id, {reading} from file where id in {}",
        id_list(files)
    );
    sql::sql(&text).once().execute(db)?;
    Ok(())
}

/// The files whose readings are a person's: the one that stands for them and those that are read with it.
///
/// # Errors
/// If the database fails.
pub fn of_person(door: &mut Door<'_>, file: i64) -> Result<Vec<i64>, Fault> {
    joined::whole(door.db, file)
}

/// What the log itself says, of readings from one id to another (`$1` and `$2`).
const SAID: &str = "with recursive named (reading, file, rest) as (
  select id, cast('' as text), ltrim(files, ' ') from reading where id > $1 and id <= $2
  union all
  select reading, substr(rest, 1, length(rest) - length(ltrim(rest, '0123456789'))),
    ltrim(ltrim(rest, '0123456789'), ' ')
  from named where ltrim(rest, '0123456789') <> rest
), said (keeper, file, reading) as (
  select distinct f.keeper, f.id, n.reading from named n join file f on f.id = cast('0' || n.file as bigint)
)";

fn last(db: &mut Db) -> Result<i64, Fault> {
    let ids: Vec<Option<i64>> = sql::typed::<Nullable<BigInt>>("select max(id) from reading").load(db)?;
    Ok(ids.into_iter().flatten().next().unwrap_or(0))
}

/// Makes the table anew from the log.
///
/// # Errors
/// If the database fails; running again is harmless.
pub fn rebuild(database: &Database) -> Result<(), Fault> {
    let end = database.read_all(last)?;
    let mut after = 0;
    loop {
        let upto = after + PAGE;
        database.write_all(|db| {
            sql_query("delete from reading_file where reading > $1 and reading <= $2")
                .bind::<BigInt, _>(after)
                .bind::<BigInt, _>(upto)
                .execute(db)?;
            let text = format!(
                "insert into reading_file (keeper, file, reading) {SAID} select keeper, file, reading from said"
            );
            sql_query(text).bind::<BigInt, _>(after).bind::<BigInt, _>(upto).execute(db)?;
            Ok::<_, Fault>(())
        })?;
        after = upto;
        if after >= end {
            break;
        }
    }
    database.write_all(|db| {
        sql_query("delete from reading_file where reading > $1").bind::<BigInt, _>(after).execute(db)?;
        Ok(())
    })
}

/// What of the table is not as the log says.
///
/// # Errors
/// If the database fails.
pub fn check(database: &Database) -> Result<Vec<Finding>, Fault> {
    let (end, mut after, mut wrong) = (database.read_all(last)?, 0, 0);
    while after < end {
        let upto = after + PAGE;
        wrong += database.read_all(|db| {
            let mut n = 0;
            for (from, other) in [("said", "reading_file"), ("reading_file", "said")] {
                let text = format!(
                    "{SAID} select count(*) as n from (select keeper, file, reading from {from} \
                     where reading > $1 and reading <= $2 except select keeper, file, reading from {other} \
                     where reading > $1 and reading <= $2) x"
                );
                let row: CountRow = sql_query(text).bind::<BigInt, _>(after).bind::<BigInt, _>(upto).get_result(db)?;
                n += row.n;
            }
            Ok::<_, Fault>(n)
        })?;
        after = upto;
    }
    let what = || format!("{wrong} rows of who looked at whom are not as the reading log says");
    Ok(if wrong == 0 { Vec::new() } else { vec![Finding::new(Promise::TwoDataPlanes, 0, what())] })
}
