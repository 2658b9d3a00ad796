//! All counts of the list: one's own and the office's, with the filter and without. What presses is counted with its persons,
//! line by line; what is planned, most of everything, by one walk over the index `duty_count`.

use std::collections::BTreeSet;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    lines::{Lens, LineState, StateCount, in_district},
    owner::{self, Owners},
};
use crate::platform::{Door, Fault, mask, store::tables::PRESSES};

/// Lines of one state and service.
#[derive(QueryableByName, Clone, Debug)]
struct Tally {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    service: String,
    /// Of the whole office, whatever the filter.
    #[diesel(sql_type = BigInt)]
    office: i64,
    /// What the actor answers for, whatever the filter.
    #[diesel(sql_type = BigInt)]
    mine: i64,
    /// In the district asked for.
    #[diesel(sql_type = BigInt)]
    here: i64,
    #[diesel(sql_type = BigInt)]
    here_mine: i64,
}

/// Persons with lines of one state that fit the filter.
#[derive(QueryableByName, Clone, Debug)]
struct Persons {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    found: i64,
    #[diesel(sql_type = BigInt)]
    found_mine: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Tallies {
    lines: Vec<Tally>,
    /// Of the states that may press; nobody counts the persons of what is planned.
    persons: Vec<Persons>,
    /// Empty for any.
    service: String,
}

/// Counts what the actor may know of, up to a tier; district and service as on the page, empty for any.
///
/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>, district: &str, service: &str, tier: i32) -> Result<Tallies, Fault> {
    let lens = Lens::of(door, mask::level(door.actor))?;
    let mine = Owners::of(door)?.condition(door.actor.staff);
    let asked = !district.is_empty();
    let told = if asked {
        lens.open_until(owner::COLUMNS, Some(lens.near_day()))
    } else {
        lens.held_sql(owner::COLUMNS, Some(lens.near_day()))
    };
    let told = format!(
        "select state, service, file, case when {mine} then 1 else 0 end as mine, case when {} then 1 else 0 end as here \
         from ({told}) line where tier <= {tier}",
        in_district(asked)
    );
    let lines = format!(
        "select state, service, count(*) as office, sum(mine) as mine, sum(here) as here, sum(here * mine) as here_mine \
         from ({told}) told group by state, service"
    );
    let mut lines: Vec<Tally> = sql_query(lines).bind::<Text, _>(district).load(door.db)?;
    lines.extend(ahead(door, &lens, &mine, district, tier)?);
    let persons = format!(
        "select state, count(distinct file) as found, count(distinct case when mine = 1 then file end) as found_mine \
         from ({told}) told where here = 1 and ($2 = '' or service = $2) group by state"
    );
    let persons = sql_query(persons).bind::<Text, _>(district).bind::<Text, _>(service).load(door.db)?;
    Ok(Tallies { lines, persons, service: service.to_owned() })
}

/// What is planned for later: nothing of it is 近い, so its state is known. Everything it compares is in the index; each part
/// reads one stretch of it, in order of services.
fn ahead(door: &mut Door<'_>, lens: &Lens, mine: &str, district: &str, tier: i32) -> Result<Vec<Tally>, Fault> {
    let (holds, near) = (lens.holds(), lens.near_day().0);
    // Not `PRESSES > near`: whoever reads that reaches for the other index, and for every row.
    let later = format!("coalesce({PRESSES}, {}) > {near}", i32::MAX);
    let here = match district {
        "" => "$1 = ''",
        "-" => {
            "$1 = '-' and (d.home = '' or d.file in (select p.file from person p \
             where p.keeper = d.keeper and p.protected = 1))"
        }
        _ => {
            "(d.home = $1 and d.file not in (select p.file from person p \
              where p.keeper = d.keeper and p.district = $1 and p.protected = 1))"
        }
    };
    let part = |keeper: &i64, tier: i32| {
        format!(
            "select service, count(*) as office, sum(mine) as mine, sum(here) as here, sum(here * mine) as here_mine from \
             (select service, case when {mine} then 1 else 0 end as mine, here from (select d.keeper, d.service, d.home, \
               d.programme, d.category, d.sensitivity as level, case when {here} then 1 else 0 end as here \
             from duty d where d.keeper = {keeper} and d.tier = {tier} and {holds} and {later}) held) told group by service"
        )
    };
    let parts: Vec<String> =
        door.keepers().iter().flat_map(|keeper| (1..=tier).map(move |tier| part(keeper, tier))).collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "select 'planned' as state, service, cast(sum(office) as bigint) as office, cast(sum(mine) as bigint) as mine, \
         cast(sum(here) as bigint) as here, cast(sum(here_mine) as bigint) as here_mine \
         from ({}) part group by service",
        parts.join(" union all ")
    );
    Ok(sql_query(text).bind::<Text, _>(district).load(door.db)?)
}

impl Tallies {
    pub fn office(&self, state: LineState) -> i64 {
        self.lines.iter().filter(|t| t.state == state.code()).map(|t| t.office).sum()
    }

    pub fn mine(&self, state: LineState) -> i64 {
        self.lines.iter().filter(|t| t.state == state.code()).map(|t| t.mine).sum()
    }

    /// Whether the actor answers for anything at all.
    pub fn any_mine(&self) -> bool {
        self.lines.iter().any(|t| t.mine > 0)
    }

    /// Services with open lines, in order of their codes.
    pub fn services(&self) -> BTreeSet<&str> {
        self.lines.iter().map(|t| t.service.as_str()).collect()
    }

    /// What the filter leaves, of the actor's own lines or of the office's.
    pub fn found(&self, own: bool) -> Vec<StateCount> {
        let fits = |t: &&Tally| self.service.is_empty() || t.service == self.service;
        let of = |state: LineState| {
            let lines = self.lines.iter().filter(|t| t.state == state.code()).filter(fits);
            let persons = self.persons.iter().find(|p| p.state == state.code() && state != LineState::Planned);
            StateCount {
                state: state.code().to_owned(),
                lines: lines.map(|t| if own { t.here_mine } else { t.here }).sum(),
                persons: persons.map_or(0, |p| if own { p.found_mine } else { p.found }),
            }
        };
        LineState::ALL.into_iter().map(of).filter(|c| c.lines > 0).collect()
    }
}
