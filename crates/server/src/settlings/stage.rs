//! A decision on its way: what it names is staged first, so that it closes exactly what was seen, then it is ordered.

use casework::{Act, Body, Sensitivity};
use diesel::{
    OptionalExtension, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Span};

use super::group::{Group, Part};
use super::lines::{self, Named};
use super::{Batch, Settling, Summary};
use crate::intake::imports::apply::Hand;
use crate::intake::imports::batch::{self, State};
use crate::intake::imports::staging::{begin, remove};
use crate::platform::{
    Actor, Door, Doors, Fault, Problem, Refusal,
    db::IdRow,
    mask,
    rulebook::Books,
    sql::{Table, Value},
};

/// Lines per transaction of staging.
const CHUNK: i64 = 1_000;

/// What is asked to be decided; what may be asked is checked by [`super::decide`].
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub group: Group,
    pub part: Part,
    pub how: String,
    /// See [`Summary::next_on`].
    pub next_on: Option<Day>,
    pub reason: String,
    /// By name: the lines. Otherwise the whole part of the group.
    pub lines: Vec<Named>,
    /// How many lines whoever decides was told of.
    pub seen: i64,
    /// Makes a second submit do nothing.
    pub once: String,
    /// What the decision is called.
    pub name: String,
}

/// Stages and orders a settling, and says its number. The same submit again finds the first.
///
/// # Errors
/// If more lines are there than were seen, or none any more; nothing is then kept.
pub fn order(doors: &Doors, actor: &Actor, books: &Books, asked: &Asked) -> Result<i64, Problem> {
    let opened = doors.write(actor, |door| {
        batch::exclusively(door.db, door.actor.keeper)?;
        if let Some(id) = before(door, &asked.once)? {
            return Ok(Err(id));
        }
        let mut batch = begin::<Settling>(door, &asked.name, &asked.once)?;
        batch.summary = Summary {
            group: asked.group.clone(),
            part: asked.part,
            how: asked.how.clone(),
            next_on: asked.next_on,
            reason: asked.reason.clone(),
            level: mask::level(door.actor.role).number(),
        };
        batch::save(door.db, &batch)?;
        Ok::<_, Problem>(Ok(batch))
    })?;
    let mut batch = match opened {
        Ok(batch) => batch,
        Err(id) => return Ok(id),
    };
    let ordered = staged(doors, actor, &mut batch, asked).and_then(|()| begun(doors, actor, books, &batch, asked));
    if let Err(problem) = ordered {
        doors.write(actor, |door| remove(door.db, &batch))?;
        return Err(problem);
    }
    Ok(batch.id)
}

/// The settling that the same submit made before.
fn before(door: &mut Door<'_>, once: &str) -> Result<Option<i64>, Problem> {
    let row: Option<IdRow> =
        sql_query("select id from batch where keeper = $1 and kind = 'settling' and digest = $2 and actor = $3")
            .bind::<BigInt, _>(door.actor.keeper)
            .bind::<Text, _>(once)
            .bind::<BigInt, _>(door.actor.staff)
            .get_result(door.db)
            .optional()?;
    Ok(row.map(|row| row.id))
}

fn staged(doors: &Doors, actor: &Actor, batch: &mut Batch, asked: &Asked) -> Result<(), Problem> {
    if asked.part == Part::Named {
        return doors.write(actor, |door| put(door, batch, &asked.lines));
    }
    let mut last = Named { file: 0, key: String::new() };
    loop {
        let found = doors.write(actor, |door| {
            let lens = lines::lens(door)?;
            let found = lines::after(door.db, &lens, (&asked.group, asked.part), &last, CHUNK)?;
            put(door, batch, &found)?;
            Ok::<_, Problem>(found)
        })?;
        match found.into_iter().last() {
            Some(line) => last = line,
            None => return Ok(()),
        }
    }
}

fn put(door: &mut Door<'_>, batch: &mut Batch, lines: &[Named]) -> Result<(), Problem> {
    const STAGED: Table =
        Table { name: "staged_row", columns: &["keeper", "batch", "line", "content", "file"], key: &[] };
    let mut values = Vec::with_capacity(lines.len() * STAGED.columns.len());
    for line in lines {
        batch.rows_total = batch.rows_total.saturating_add(1);
        values.extend([
            Value::from(batch.keeper),
            Value::from(batch.id),
            Value::from(batch.rows_total),
            Value::from(&line.key),
            Value::from(line.file),
        ]);
    }
    Ok(STAGED.put(door.db, &values)?)
}

/// The decision itself, as a record of the office: from here on it runs to its end.
fn begun(doors: &Doors, actor: &Actor, books: &Books, batch: &Batch, asked: &Asked) -> Result<(), Problem> {
    let lines = i64::from(batch.rows_total);
    if lines == 0 {
        return Err(Refusal::new("整理する対応がありません。ほかの人が先に終えたか、日付が動いています。").into());
    }
    if asked.part != Part::Named && lines > asked.seen {
        let text = format!(
            "見ていた{}件より増えて、{lines}件になりました。確かめてから、もう一度決めてください。",
            asked.seen
        );
        return Err(Refusal::new(text).into());
    }
    doors.write(actor, |door| {
        let mut batch =
            batch::claim::<Settling>(door, batch.id).map(|kept| Batch { rows_total: batch.rows_total, ..kept })?;
        batch.state = State::Applying;
        batch.run.actor = door.actor.staff;
        let text = format!("一括整理{}：{} {lines}件。理由：{}", batch.id, batch.name, batch.summary.reason);
        let mut hand = Hand { door, books, batch };
        let file = hand.office_file()?;
        let act = Act::Record {
            file,
            episode: None,
            day: Span::on(hand.door.today()),
            source: String::from("own"),
            sensitivity: Sensitivity::Ordinary,
            body: Body::Note { text },
        };
        hand.act("decided", act)?;
        batch::save(hand.door.db, &hand.batch).map_err(|fault: Fault| fault.into())
    })
}
