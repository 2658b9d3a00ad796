//! Dated links between files for showing a family: as both files hold them, as far as the reader may know. One that is
//! hidden (特別養子縁組) has no row, so nothing here can tell of it.

use casework::kin::is_parent;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use super::load::id_list;
use crate::{Door, Fault, mask};

/// What `other` is to `file`, and since when.
#[derive(QueryableByName, Clone, PartialEq, Eq, Debug)]
pub struct Tie {
    #[diesel(sql_type = BigInt)]
    pub file: i64,
    #[diesel(sql_type = BigInt)]
    pub other: i64,
    #[diesel(sql_type = Text)]
    pub role: String,
    #[diesel(sql_type = Integer)]
    from_day: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
}

impl Tie {
    pub fn new(file: i64, other: i64, role: &str, from: Day, until: Option<Day>) -> Tie {
        Tie { file, other, role: role.to_owned(), from_day: from.0, until_day: until.map(|d| d.0) }
    }

    pub fn from(&self) -> Day {
        Day(self.from_day)
    }

    pub fn until(&self) -> Option<Day> {
        self.until_day.map(Day)
    }

    pub fn is_parent(&self) -> bool {
        is_parent(&self.role)
    }
}

/// The links of some files within the actor's keepers.
///
/// # Errors
/// If the database fails.
pub fn ties(door: &mut Door<'_>, files: &[i64]) -> Result<Vec<Tie>, Fault> {
    let level = mask::level(door.actor).number();
    let mut found = Vec::new();
    for chunk in files.chunks(500) {
        let sql = format!(
            "select a.file, a.other, a.role, a.from_day, a.until_day from relation a \
             where a.keeper in {} and a.file in {} and a.sensitivity <= {level} and exists (select 1 from relation b \
             where b.keeper = a.keeper and b.file = a.other and b.other = a.file and b.sensitivity <= {level}) \
             order by a.file, a.other, a.role, a.from_day, a.event",
            door.scope(),
            id_list(chunk)
        );
        let rows: Vec<Tie> = sql_query(sql).load(door.db)?;
        found.extend(rows);
    }
    Ok(found)
}
