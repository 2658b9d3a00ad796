//! All counts of the list in one walk over the open lines: one's own and the office's, with the filter and without.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    lines::{DISTRICT, LineState, StateCount, lines_sql},
    owner::Owners,
};
use crate::platform::{Door, Fault};

/// Lines of one state.
#[derive(QueryableByName, Clone, Debug)]
pub struct Tally {
    #[diesel(sql_type = Text)]
    state: String,
    /// Of the whole office, whatever the filter.
    #[diesel(sql_type = BigInt)]
    office: i64,
    /// What the actor answers for, whatever the filter.
    #[diesel(sql_type = BigInt)]
    mine: i64,
    #[diesel(sql_type = BigInt)]
    found: i64,
    #[diesel(sql_type = BigInt)]
    found_persons: i64,
    #[diesel(sql_type = BigInt)]
    found_mine: i64,
    #[diesel(sql_type = BigInt)]
    found_mine_persons: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Tallies(Vec<Tally>);

/// Counts what the actor may know of, up to a tier; district and service as on the page, empty for any.
///
/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>, district: &str, service: &str, tier: i32) -> Result<Tallies, Fault> {
    let mine = Owners::of(door)?.condition(door.actor.staff);
    let text = format!(
        "select state, count(*) as office, sum(mine) as mine, sum(fits) as found, \
           count(distinct case when fits = 1 then file end) as found_persons, sum(fits * mine) as found_mine, \
           count(distinct case when fits * mine = 1 then file end) as found_mine_persons \
         from (select state, file, case when {mine} then 1 else 0 end as mine, \
             case when ($1 = '' or district = {DISTRICT}) and ($2 = '' or service = $2) then 1 else 0 end as fits \
           from ({}) line where tier <= {tier}) told group by state",
        lines_sql(door)?
    );
    Ok(Tallies(sql_query(text).bind::<Text, _>(district).bind::<Text, _>(service).load(door.db)?))
}

impl Tallies {
    pub fn office(&self, state: LineState) -> i64 {
        self.0.iter().find(|t| t.state == state.code()).map_or(0, |t| t.office)
    }

    pub fn mine(&self, state: LineState) -> i64 {
        self.0.iter().find(|t| t.state == state.code()).map_or(0, |t| t.mine)
    }

    /// Whether the actor answers for anything at all.
    pub fn any_mine(&self) -> bool {
        self.0.iter().any(|t| t.mine > 0)
    }

    /// What the filter leaves, of the actor's own lines or of the office's.
    pub fn found(&self, own: bool) -> Vec<StateCount> {
        let of = |t: &Tally| match own {
            true => (t.found_mine, t.found_mine_persons),
            false => (t.found, t.found_persons),
        };
        let counted = |t: &Tally| StateCount { state: t.state.clone(), lines: of(t).0, persons: of(t).1 };
        self.0.iter().map(counted).filter(|c| c.lines > 0).collect()
    }
}
