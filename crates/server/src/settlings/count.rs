//! How many lines are open, by group; and how many are settled.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::Settling;
use super::group::{By, Group, Mode, Part};
use super::lines::{Reach, bound, lens, sql};
use crate::intake::imports::batch::{self, State};
use crate::platform::{Door, Problem};

/// Lines of a group.
#[derive(QueryableByName, Clone, Debug, Default)]
pub struct Count {
    #[diesel(sql_type = Nullable<Text>)]
    pub code: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub lines: i64,
    #[diesel(sql_type = BigInt)]
    pub persons: i64,
    /// Lines that are decided by name.
    #[diesel(sql_type = BigInt)]
    pub named: i64,
    /// Those of them that may be given a next date all at once.
    #[diesel(sql_type = BigInt)]
    pub carried: i64,
}

impl Count {
    pub fn closed(&self) -> i64 {
        self.lines - self.named
    }

    pub fn of(&self, part: Part) -> i64 {
        match part {
            Part::Closed => self.closed(),
            Part::Carried => self.carried,
            Part::Named => self.named,
        }
    }
}

const COUNTED: &str = "count(*) as lines, count(distinct file) as persons, \
     cast(coalesce(sum(case when cut > 0 then 1 else 0 end), 0) as bigint) as named, \
     cast(coalesce(sum(case when cut = 2 then 1 else 0 end), 0) as bigint) as carried";

/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>, group: &Group) -> Result<Count, Problem> {
    let lens = lens(door)?;
    let text = format!(
        "select cast(null as text) as code, {COUNTED} from ({}) line",
        sql(&lens, group, None, Reach::Everybody)
    );
    Ok(bound!(text, group).get_result(door.db)?)
}

/// The group told apart, the largest first.
///
/// # Errors
/// If the database fails.
pub fn by(door: &mut Door<'_>, group: &Group, by: By) -> Result<Vec<Count>, Problem> {
    let lens = lens(door)?;
    let code = by.code();
    let text = format!(
        "select {code} as code, {COUNTED} from ({}) line group by {code} order by lines desc, {code}",
        sql(&lens, group, None, Reach::Everybody)
    );
    Ok(bound!(text, group).load(door.db)?)
}

/// Lines of a room that settlings which stand have closed, and how many settlings those were.
///
/// # Errors
/// If the database fails.
pub fn settled(door: &mut Door<'_>, mode: Mode) -> Result<(u64, usize), Problem> {
    const ALL: i64 = 100_000;
    let stand = batch::latest::<Settling>(door, ALL)?
        .into_iter()
        .filter(|b| matches!(b.state, State::Applied | State::Applying) && b.summary.group.mode == mode);
    Ok(stand.fold((0, 0), |(closed, n), batch| (closed + batch.progress.closed, n + 1)))
}
