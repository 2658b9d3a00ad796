//! The rows of the reading log that concern one person, whichever file they were made under.

use casework::Role;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::Day;

use super::words::Kind;
use crate::platform::{
    Door, Fault,
    clock::{day_in_japan, time_in_japan},
    readings,
    store::load::id_list,
};

/// One row of the log.
#[derive(QueryableByName, Clone, Debug, PartialEq, Eq)]
pub struct Row {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub at: i64,
    #[diesel(sql_type = BigInt)]
    pub staff: i64,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub role: String,
    #[diesel(sql_type = Text)]
    pub office: String,
    #[diesel(sql_type = Text)]
    pub what: String,
    #[diesel(sql_type = Text)]
    pub purpose: String,
}

impl Row {
    pub fn role(&self) -> Option<Role> {
        Role::from_code(&self.role)
    }
}

/// More rows are not read at once; the page says so.
pub const MOST: i64 = 5_000;

/// Readings of a person from one instant to before another, newest first, at most [`MOST`].
///
/// # Errors
/// If the database fails.
pub fn of_person(door: &mut Door<'_>, file: i64, from: i64, to: i64) -> Result<Vec<Row>, Fault> {
    let (scope, whole) = (door.scope(), id_list(&readings::of_person(door, file)?));
    let mut rows: Vec<Row> = sql_query(format!(
        "select k.id, k.at, k.staff, coalesce(s.name, '') as name, coalesce(p.role, '') as role, \
         coalesce(o.name, '') as office, k.what, k.purpose \
         from reading_file f join reading k on k.id = f.reading left join staff s on s.id = k.staff \
         left join post p on p.id = k.post left join office o on o.id = p.keeper \
         where f.keeper in {scope} and f.file in {whole} and k.at >= $1 and k.at < $2 order by k.id desc limit {MOST}"
    ))
    .bind::<BigInt, _>(from)
    .bind::<BigInt, _>(to)
    .load(door.db)?;
    // A list may have named two files of the same person.
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// Somebody's looks of one day for one purpose, told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    pub day: Day,
    /// The newest of them.
    pub row: Row,
    pub kind: Kind,
    pub times: usize,
    first: i64,
}

impl Folded {
    /// 「9:05」, 「9:05〜16:20」
    pub fn hours(&self) -> String {
        let clock = |at| {
            let (hour, minute) = time_in_japan(at);
            format!("{hour}:{minute:02}")
        };
        let (from, to) = (clock(self.first), clock(self.row.at));
        if from == to { from } else { format!("{from}〜{to}") }
    }
}

/// Folds what one person did on one day in one way for one purpose. The order of the rows (newest first) is kept.
pub fn folded(rows: &[Row]) -> Vec<Folded> {
    let mut all: Vec<Folded> = Vec::new();
    for row in rows {
        let (day, kind) = (day_in_japan(row.at), Kind::of(row));
        let same = |f: &&mut Folded| {
            let of = |r: &Row| (r.staff, r.role.clone(), r.what.clone(), r.purpose.clone());
            f.day == day && f.kind == kind && of(&f.row) == of(row)
        };
        match all.iter_mut().rev().take_while(|f| f.day == day).find(same) {
            Some(before) => {
                before.times += 1;
                before.first = row.at;
            }
            None => all.push(Folded { day, row: row.clone(), kind, times: 1, first: row.at }),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, minute: i64, staff: i64, what: &str) -> Row {
        Row {
            id,
            at: minute * 60_000_000,
            staff,
            name: String::from("職員"),
            role: String::from("phn"),
            office: String::from("センター"),
            what: what.into(),
            purpose: String::from("duty"),
        }
    }

    #[test]
    fn repeated_looks_of_a_day_are_one_line() {
        let rows =
            [row(5, 24 * 60, 7, "person"), row(4, 90, 7, "person"), row(3, 60, 8, "person"), row(2, 0, 7, "person")];
        let folded = folded(&rows);
        assert_eq!(folded.iter().map(|f| (f.row.id, f.times)).collect::<Vec<_>>(), [(5, 1), (4, 2), (3, 1)]);
        assert_eq!(folded[1].hours(), "9:00〜10:30");
        assert_eq!(folded[2].hours(), "10:00");
    }

    #[test]
    fn a_list_and_an_opened_file_are_two_lines() {
        assert_eq!(folded(&[row(2, 1, 7, "list"), row(1, 0, 7, "person")]).len(), 2);
    }
}
