//! `POST /supervision/handovers`: the decision of a named person. The table moves at once; persons to be handed over by
//! name follow in chunks.

use casework::{
    Act,
    body::limits,
    office::handover::{Move, READ_WITHIN_DAYS},
};
use diesel::{
    OptionalExtension, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, wareki};

use super::super::desk::Desk;
use super::{Handover, Moved, Summary, moves::Wanted, new, plan};
use crate::intake::imports::{
    apply::Hand,
    batch::{self, State},
    run,
    staging::begin,
};
use crate::platform::rulebook::Books;
use crate::platform::web::{Ask, Reply};
use crate::platform::{
    Door, Problem, Refusal,
    db::IdRow,
    sql::{Table, Value},
};

/// The last day on which a 引継書 is read.
pub fn read_by(day: Day, today: Day) -> Day {
    day.max(today).plus(READ_WITHIN_DAYS)
}

/// # Errors
/// If the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let mut wanted = Wanted::read(ask, true);
    let day = wanted.day_or_usual(ask.today());
    let once = ask.form("command_id").to_owned();
    let books = ask.app.books.clone();
    let keeper = ask.actor()?.keeper;
    let ordered = ask.write(|door| {
        batch::exclusively(door.db, keeper)?;
        if let Some(id) = before(door, &once)? {
            return Ok(id);
        }
        let desk = Desk::of(door)?;
        let moves = wanted.moves(&desk, day);
        if let Some(wrong) = wanted.wrong.first() {
            return Err(Refusal::new(wrong.clone()).into());
        }
        casework::marks::check("reason", &wanted.reason)?;
        if once.is_empty() || once.len() > 80 {
            return Err(Refusal::new("画面が古くなっています。開きなおしてください。").into());
        }
        limits::check("reason", &wanted.reason, limits::HANDED)?;
        decide(door, &books, &desk, &wanted, moves, day, &once)
    });
    match ordered {
        Ok(id) => {
            run::ensure::<Handover>(ask.doors(), &ask.app.books, id, keeper);
            Ok(Reply::see(&format!("/supervision/handovers/{id}")))
        }
        Err(Problem::Refused(why)) => {
            wanted.wrong.clear();
            Reply::refused(&new::draw(ask, wanted, &why)?)
        }
        Err(problem) => Err(problem),
    }
}

/// The decision that the same submit made before.
fn before(door: &mut Door<'_>, once: &str) -> Result<Option<i64>, Problem> {
    let row: Option<IdRow> =
        sql_query("select id from batch where keeper = $1 and kind = 'handover' and digest = $2 and actor = $3")
            .bind::<BigInt, _>(door.actor.keeper)
            .bind::<Text, _>(once)
            .bind::<BigInt, _>(door.actor.staff)
            .get_result(door.db)
            .optional()?;
    Ok(row.map(|row| row.id))
}

fn decide(
    door: &mut Door<'_>,
    books: &Books,
    desk: &Desk,
    wanted: &Wanted,
    moves: Vec<Moved>,
    day: Day,
    once: &str,
) -> Result<i64, Problem> {
    let changes: Vec<Move> = moves.iter().map(|m| m.change.clone()).collect();
    // Before the table moves: who answers now is asked of it as it stands.
    let named = plan::named(door, desk, &changes, day)?;
    let mut batch = begin::<Handover>(door, &name(desk, &moves, day), once)?;
    batch.summary = Summary { day: day.0, by: read_by(day, desk.today).0, moves, reason: wanted.reason.clone() };
    batch.state = State::Applying;
    batch.run.actor = door.actor.staff;
    stage(door, &mut batch, &named)?;
    let mut hand = Hand { door, books, batch };
    let file = hand.office_file()?;
    hand.act("decided", Act::Reassign { file, day, moves: changes })?;
    batch::save(hand.door.db, &hand.batch)?;
    Ok(hand.batch.id)
}

fn stage(door: &mut Door<'_>, batch: &mut super::Batch, named: &[(i64, String)]) -> Result<(), Problem> {
    const STAGED: Table =
        Table { name: "staged_row", columns: &["keeper", "batch", "line", "content", "file"], key: &[] };
    let mut values = Vec::with_capacity(named.len() * STAGED.columns.len());
    for (file, programme) in named {
        batch.rows_total = batch.rows_total.saturating_add(1);
        values.extend([
            Value::from(batch.keeper),
            Value::from(batch.id),
            Value::from(batch.rows_total),
            Value::from(programme),
            Value::from(*file),
        ]);
    }
    Ok(STAGED.put(door.db, &values)?)
}

/// 「佐藤 恵子 → 田辺 千明（R9.4.1から）」
fn name(desk: &Desk, moves: &[Moved], day: Day) -> String {
    let summary = Summary { moves: moves.to_vec(), ..Summary::default() };
    let names = |ids: Vec<i64>| ids.into_iter().map(|id| desk.name(id)).collect::<Vec<_>>().join("・");
    let givers = summary.givers();
    let from = if givers.is_empty() { String::from("空いている担当") } else { names(givers) };
    format!("{from} → {}（{}から）", names(summary.receivers()), wareki::short(day))
}
