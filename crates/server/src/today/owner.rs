//! Who answers for lines: resolved from the table of responsibility for the day, beside the rows that were found.

use casework::responsibility::{Charge, Tables};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer, Text},
};
use rules::Day;

use super::lines::LineRow;
use crate::platform::{Door, Fault, people, responsibility};

/// Columns of a line its owner follows from. `home` is the district as on file, also of protected persons: it decides who
/// answers and is shown nowhere.
pub const COLUMNS: &str = ", d.category, d.sensitivity as level, d.home";

/// A line as found.
#[derive(QueryableByName)]
pub(super) struct Found {
    #[diesel(embed)]
    line: LineRow,
    #[diesel(embed)]
    charge: Charged,
}

#[derive(QueryableByName)]
struct Charged {
    #[diesel(sql_type = BigInt)]
    keeper: i64,
    #[diesel(sql_type = Text)]
    category: String,
    #[diesel(sql_type = Integer)]
    level: i32,
    #[diesel(sql_type = Text)]
    home: String,
}

/// The tables of the actor's keepers, for today.
pub struct Owners {
    tables: Tables,
    today: Day,
}

impl Owners {
    /// # Errors
    /// If the database fails.
    pub fn of(door: &mut Door<'_>) -> Result<Owners, Fault> {
        let (keepers, today) = (door.keepers().to_vec(), door.today());
        Ok(Owners { tables: responsibility::tables(door.db, &keepers)?, today })
    }

    /// Where a line is this person's, over [`COLUMNS`].
    pub(super) fn condition(&self, staff: i64) -> String {
        responsibility::answered_by(&self.tables, staff, self.today)
    }

    /// Lines with the names of those who answer for them.
    pub(super) fn named(&self, door: &mut Door<'_>, found: Vec<Found>) -> Result<Vec<LineRow>, Fault> {
        let mut lines: Vec<LineRow> = found.into_iter().map(|f| self.owned(f)).collect();
        let mut staff: Vec<i64> = lines.iter().filter_map(|l| l.owner).collect();
        staff.sort_unstable();
        staff.dedup();
        let names = people::staff_names(door.db, &staff)?;
        for line in &mut lines {
            line.owner_name = line.owner.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
        }
        Ok(lines)
    }

    fn owned(&self, found: Found) -> LineRow {
        let Found { mut line, charge: Charged { keeper, category, level, home } } = found;
        let charge = Charge { district: home, programme: line.programme.clone(), category, narrow: level >= 2 };
        line.owner = self.tables.get(&keeper).and_then(|table| table.owner(&charge, self.today).staff);
        line
    }
}
