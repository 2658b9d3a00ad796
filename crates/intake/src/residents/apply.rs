//! Applying a staged import of residents: row after row, then household after household, then its arrival.

use std::collections::BTreeMap;

use casework::Act;

use super::Residents;
use super::families;
use super::on_file::People;
use super::plan::{Effect, Known, Mark, Plan, SOURCE, plan};
use super::row::Row;
use super::stage::set_mark;
use super::staged::{StagedRow, rows_after};
use super::summary::Pass;
use crate::imports::apply::Hand as AnyHand;
pub use crate::imports::apply::{SMALLEST, Work, order, run, step};
use crate::imports::batch::State;
use crate::imports::staging::purge;
use platform::store::{Applied, Desk, together::Together};
use platform::{Fault, Problem};

/// 住民記録 reaches the centre within a week where nothing else is arranged.
const USUAL_LAG_DAYS: i32 = 7;

pub type Hand<'h, 'd> = AnyHand<'h, 'd, Residents>;

/// One chunk of at most `rows` rows.
///
/// # Errors
/// If the database fails.
pub fn chunk(hand: &mut Hand<'_, '_>, limit: i64) -> Result<(), Problem> {
    match hand.batch.progress.pass {
        Pass::Rows => rows(hand, limit),
        Pass::Families => families::step(hand, limit),
        Pass::Closing => close(hand),
        Pass::Done => {
            hand.batch.state = State::Applied;
            Ok(())
        }
    }
}

fn rows(hand: &mut Hand<'_, '_>, limit: i64) -> Result<(), Problem> {
    let staged = rows_after(hand.door.db, &hand.batch, hand.batch.run.line, limit)?;
    let (Some(first), Some(last)) = (staged.first(), staged.last()) else {
        hand.batch.progress.pass = Pass::Families;
        return Ok(());
    };
    let (from, to) = (first.line, last.line);
    let mut people = People::load(hand.door.db, &hand.batch, from, to, true)?;
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for row in &staged {
        *times.entry(&row.number).or_default() += 1;
    }
    let keepers = [hand.batch.keeper];
    let desk = hand.desk(&keepers);
    let mut newcomers = Together::default();
    for row in &staged {
        let repeated = times.get(row.number.as_str()).is_some_and(|n| *n > 1);
        self::row(hand, (&desk, &mut newcomers), &mut people, row, repeated)?;
    }
    newcomers.close(hand.door.db, &desk)?;
    hand.batch.run.line = to;
    hand.batch.rows_done = hand.batch.rows_done.saturating_add(i32::try_from(staged.len()).unwrap_or(i32::MAX));
    Ok(())
}

fn row(
    hand: &mut Hand<'_, '_>,
    (desk, newcomers): (&Desk<'_>, &mut Together),
    people: &mut People,
    staged: &StagedRow,
    repeated: bool,
) -> Result<(), Problem> {
    let row: Row = serde_json::from_str(&staged.content).map_err(Fault::from)?;
    people.prepare(hand.door.db, &row)?;
    let known = people.whom(&row);
    let today = hand.door.today();
    let Plan { effect, acts, mark, shield, left } = plan(&row, &known, hand.batch.summary.extract(today), today);
    if let Some(why) = left {
        return leave(hand, staged.line, &row, &why);
    }
    let mut file = match &known {
        Known::One(on_file) => Some(on_file.file),
        _ => None,
    };
    let acted = !acts.is_empty();
    for (end, act) in acts {
        // Nobody knows a newcomer yet, so the duties of all of a chunk can follow together at its end.
        let done = match &act {
            Act::Open { .. } if !repeated => open(hand, desk, newcomers, &act),
            _ => hand.act(&format!("{}{end}", staged.line), act),
        };
        match done {
            Ok(applied) => file = applied.opened.first().copied().or(file),
            Err(Problem::Refused(why)) => {
                let why: Vec<String> = why.into_iter().map(|r| r.message).collect();
                return leave(hand, staged.line, &row, &why.join(""));
            }
            Err(problem) => return Err(problem),
        }
    }
    let progress = &mut hand.batch.progress;
    progress.count(effect);
    progress.protected_on += u64::from(shield == Some(true));
    progress.protected_off += u64::from(shield == Some(false));
    if let Some(file) = file.filter(|_| acted) {
        if let Some(mark @ (Mark::Born | Mark::Child)) = mark {
            set_mark(hand.door.db, &hand.batch, staged.line, mark, Some(file))?;
        }
        if repeated || effect == Effect::Matched {
            people.refresh(hand.door.db, &row, file)?;
        }
    }
    Ok(())
}

fn open(hand: &mut Hand<'_, '_>, desk: &Desk<'_>, newcomers: &mut Together, act: &Act) -> Result<Applied, Problem> {
    let applied = newcomers.apply(hand.door.db, desk, act)?;
    hand.batch.run.events += applied.events.len() as u64;
    Ok(applied)
}

fn leave(hand: &mut Hand<'_, '_>, line: i32, row: &Row, why: &str) -> Result<(), Problem> {
    hand.batch.progress.count(Effect::Left);
    hand.leave(line, "台帳との照合", format!("宛名番号 {}", row.resident.number), why)
}

/// The source's arrival, then the staged rows go: what they said is in the files now.
fn close(hand: &mut Hand<'_, '_>) -> Result<(), Problem> {
    const PURGED: i64 = 2_000;
    if purge(hand.door.db, &hand.batch, PURGED)? > 0 {
        return Ok(());
    }
    hand.arrive(SOURCE, hand.batch.summary.through, USUAL_LAG_DAYS)?;
    hand.batch.progress.pass = Pass::Done;
    hand.batch.state = State::Applied;
    Ok(())
}
