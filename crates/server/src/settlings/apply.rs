//! Closing what was staged: each line is looked at once more in the transaction that closes it, so that nothing is closed
//! that was done, moved or decided meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    Act, Body, Sensitivity,
    body::{Closure, Deferred},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, Span};

use super::group::Part;
use super::lines::{Named, Open, of_files};
use super::{Settling, Summary, next};
use crate::intake::imports::apply::Hand as AnyHand;
use crate::intake::imports::batch::State;
use crate::intake::imports::staging::purge;
use crate::platform::{
    Problem,
    store::{together::Together, write::NotApplied},
};
use crate::subject::Opened;
use crate::today::lines::Lens;

pub type Hand<'h, 'd> = AnyHand<'h, 'd, Settling>;

#[derive(QueryableByName, Debug)]
struct Staged {
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Nullable<BigInt>)]
    file: Option<i64>,
    #[diesel(sql_type = Text)]
    content: String,
}

/// One chunk of at most so many lines.
///
/// # Errors
/// If the database fails; nothing of the chunk is kept.
pub fn chunk(hand: &mut Hand<'_, '_>, rows: i64) -> Result<(), Problem> {
    let staged: Vec<Staged> = sql_query(
        "select line, file, content from staged_row where keeper = $1 and batch = $2 and line > $3 order by line limit $4",
    )
    .bind::<BigInt, _>(hand.batch.keeper)
    .bind::<BigInt, _>(hand.batch.id)
    .bind::<Integer, _>(hand.batch.run.line)
    .bind::<BigInt, _>(rows)
    .load(hand.door.db)?;
    let Some(last) = staged.last().map(|s| s.line) else { return finish(hand) };
    let named = |s: &Staged| Some(Named { file: s.file?, key: s.content.clone() });
    let lines: Vec<Named> = staged.iter().filter_map(named).collect();
    let files: Vec<i64> = lines.iter().map(|l| l.file).collect::<BTreeSet<_>>().into_iter().collect();
    let keepers = [hand.batch.keeper];
    let desk = hand.desk(&keepers);
    // Locked first: what is found open after that stays so.
    let mut together = Together::open(hand.door.db, &desk, &files)?;
    let level = Sensitivity::from_number(hand.batch.summary.level);
    let lens = Lens { scope: format!("({})", hand.batch.keeper), ..Lens::of(hand.door, level)? };
    let summary = hand.batch.summary.clone();
    let open = of_files(hand.door.db, &lens, (&summary.group, summary.part), &files)?;
    let open: BTreeMap<Named, Open> = open.into_iter().map(|o| (o.line.clone(), o)).collect();
    for line in &lines {
        let done = if let Some(one) = open.get(line) {
            let act = Act::Record {
                file: line.file,
                episode: Opened::episode_of(&line.key),
                day: Span::on(lens.today),
                source: String::from("own"),
                sensitivity: Sensitivity::Ordinary,
                body: body(&summary, one, lens.today),
            };
            match together.apply(hand.door.db, &desk, &act) {
                Ok(applied) => {
                    hand.batch.run.events += applied.events.len() as u64;
                    true
                }
                Err(NotApplied::Refused(_) | NotApplied::NotFound) => false,
                Err(other) => return Err(other.into()),
            }
        } else {
            false
        };
        hand.batch.progress.closed += u64::from(done);
        hand.batch.progress.changed += u64::from(!done);
    }
    together.close(hand.door.db, &desk)?;
    hand.batch.run.line = last;
    hand.batch.rows_done = hand.batch.rows_done.saturating_add(i32::try_from(staged.len()).unwrap_or(i32::MAX));
    Ok(())
}

/// What is recorded about one line.
fn body(summary: &Summary, one: &Open, today: Day) -> Body {
    let (key, reason) = (one.line.key.clone(), summary.reason.clone());
    match summary.part {
        Part::Carried => {
            let on = next::day(summary.next_on, one.birth.map(Day), one.legal_to.map(Day), today);
            Body::Deferred(Deferred { key, on, reason })
        }
        Part::Closed | Part::Named => Body::Closure(Closure { key, how: summary.how.clone(), reason }),
    }
}

/// What was staged stands in the files now.
fn finish(hand: &mut Hand<'_, '_>) -> Result<(), Problem> {
    const PURGED: i64 = 5_000;
    if purge(hand.door.db, &hand.batch, PURGED)? == 0 {
        hand.batch.state = State::Applied;
    }
    Ok(())
}
