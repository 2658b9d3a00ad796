//! What a 担当替え would do: charges, persons and lines by old and new worker, from the same table at the same day.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    office::handover::{Move, after},
    responsibility::{Charge, Table},
};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use rules::Day;

use super::super::{
    charges::{self, Counted},
    desk::Desk,
};
use crate::platform::{Door, Fault, Problem, mask, store::load::id_list};
use crate::today::lines::LineState;

/// Everything that goes from one worker to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub persons: BTreeSet<i64>,
    /// Persons of 要支援 and above: handed over by name.
    pub named: BTreeSet<i64>,
    pub pressing: i64,
    pub lines: i64,
}

/// By who answered and who will; `None`: nobody.
pub type Plan = BTreeMap<(Option<i64>, Option<i64>), Part>;

/// # Errors
/// If the database fails.
pub fn plan(door: &mut Door<'_>, desk: &Desk, moves: &[Move], day: Day) -> Result<Plan, Problem> {
    let then = after(&desk.table, moves, day);
    between(door, desk, &then, day)
}

/// What answers differently under another table on a day.
///
/// # Errors
/// If the database fails.
pub fn between(door: &mut Door<'_>, desk: &Desk, then: &Table, day: Day) -> Result<Plan, Problem> {
    // One that began already is looked at as it stands today.
    let day = day.max(desk.today);
    let counted = charges::counted(door, day)?;
    let mut plan = Plan::new();
    let change = |charge: &Charge| {
        let (before, now) = (desk.table.owner(charge, day).staff, then.owner(charge, day).staff);
        (before != now).then_some((before, now))
    };
    for Counted { charge, state, lines, .. } in &counted {
        let Some(key) = change(charge) else { continue };
        let part = plan.entry(key).or_default();
        if *state != LineState::Before {
            part.lines += lines;
        }
        if LineState::PRESSING.contains(state) {
            part.pressing += lines;
        }
    }
    let level = mask::level(door.actor);
    for carried in charges::carried(door, level)? {
        if let Some(key) = change(&carried.charge) {
            plan.entry(key).or_default().persons.insert(carried.file);
        }
    }
    let all: Vec<i64> = plan.values().flat_map(|part| part.persons.iter().copied()).collect();
    let named = candidates(door, &all)?;
    for part in plan.values_mut() {
        part.named = part.persons.intersection(&named).copied().collect();
    }
    Ok(plan)
}

/// Those of some files of which 要支援 or 要対協 is on record as the actor may know of it; whether it stands is looked at in
/// the file.
///
/// # Errors
/// If the database fails.
pub fn candidates(door: &mut Door<'_>, files: &[i64]) -> Result<BTreeSet<i64>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
    }
    let level = mask::level(door.actor).number();
    let mut found = BTreeSet::new();
    for some in files.chunks(500) {
        let rows: Vec<Row> = sql_query(format!(
            "select distinct file from event where file in {} and kind = 'period' \
             and code in ('needs_support', 'youtaikyo') and sensitivity <= {level}",
            id_list(some)
        ))
        .load(door.db)?;
        found.extend(rows.into_iter().map(|row| row.file));
    }
    Ok(found)
}

/// The files to be handed over by name, with the 事業 of a charge of theirs that moves: 相談・支援 before others.
///
/// # Errors
/// If the database fails.
pub fn named(door: &mut Door<'_>, desk: &Desk, moves: &[Move], day: Day) -> Result<Vec<(i64, String)>, Problem> {
    let then = after(&desk.table, moves, day);
    let (day, level) = (day.max(desk.today), mask::level(door.actor));
    let mut moved: BTreeMap<i64, String> = BTreeMap::new();
    for carried in charges::carried(door, level)? {
        let charge = &carried.charge;
        if desk.table.owner(charge, day).staff == then.owner(charge, day).staff {
            continue;
        }
        let programme = moved.entry(carried.file).or_insert_with(|| charge.programme.clone());
        if charge.programme == "support" {
            programme.clone_from(&charge.programme);
        }
    }
    let files: Vec<i64> = moved.keys().copied().collect();
    let wanted = candidates(door, &files)?;
    Ok(moved.into_iter().filter(|(file, _)| wanted.contains(file)).collect())
}
