//! Handing persons over by name: each is looked at once more in the transaction that records it.

use std::collections::BTreeSet;

use casework::office::handover::{HandedOver, by_name, handed_over};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};

use super::Handover;
use crate::intake::imports::apply::Hand as AnyHand;
use crate::intake::imports::batch::State;
use crate::intake::imports::staging::purge;
use crate::platform::{
    Problem,
    store::{together::Together, write::NotApplied},
};

#[derive(QueryableByName, Debug)]
struct Staged {
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Nullable<BigInt>)]
    file: Option<i64>,
    /// 事業 of a charge that moves.
    #[diesel(sql_type = Text)]
    content: String,
}

/// One chunk of at most so many persons.
///
/// # Errors
/// If the database fails; nothing of the chunk is kept.
pub fn chunk(hand: &mut AnyHand<'_, '_, Handover>, rows: i64) -> Result<(), Problem> {
    let staged: Vec<Staged> = sql_query(
        "select line, file, content from staged_row where keeper = $1 and batch = $2 and line > $3 order by line limit $4",
    )
    .bind::<BigInt, _>(hand.batch.keeper)
    .bind::<BigInt, _>(hand.batch.id)
    .bind::<Integer, _>(hand.batch.run.line)
    .bind::<BigInt, _>(rows)
    .load(hand.door.db)?;
    let Some(last) = staged.last().map(|s| s.line) else {
        const PURGED: i64 = 5_000;
        if purge(hand.door.db, &hand.batch, PURGED)? == 0 {
            hand.batch.state = State::Applied;
        }
        return Ok(());
    };
    let files: Vec<i64> = staged.iter().filter_map(|s| s.file).collect::<BTreeSet<_>>().into_iter().collect();
    let keepers = [hand.batch.keeper];
    let desk = hand.desk(&keepers);
    let today = desk.today;
    let mut together = Together::open(hand.door.db, &desk, &files)?;
    let summary = hand.batch.summary.clone();
    for row in &staged {
        let Some(file) = row.file else { continue };
        // As the file stands now: somebody may have ended it meanwhile.
        let level = together.file(file).and_then(|of| by_name(&of.events, &of.withdrawn, today));
        let Some(level) = level else { continue };
        let body = HandedOver {
            handover: hand.batch.id,
            programme: row.content.clone(),
            from: summary.day().max(today),
            by: summary.by(),
        };
        match together.apply(hand.door.db, &desk, &handed_over(file, level, today, body)) {
            Ok(applied) => {
                hand.batch.run.events += applied.events.len() as u64;
                hand.batch.progress.named += 1;
            }
            Err(NotApplied::Refused(_) | NotApplied::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    together.close(hand.door.db, &desk)?;
    hand.batch.run.line = last;
    hand.batch.rows_done = hand.batch.rows_done.saturating_add(i32::try_from(staged.len()).unwrap_or(i32::MAX));
    Ok(())
}
