//! Taking a whole import back: one event in the office's file, then every file it wrote to is derived again.
//!
//! Any applied import may be taken back, not only the latest. A later file that found nothing new in a person wrote
//! nothing, so after taking back an earlier import the newest file is to be imported again; the page says so. What
//! people recorded since stays, and the files concerned are named.

use casework::act::Act;
use casework::body::limits;
use casework::{Body, Sensitivity};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Bool, Text},
};
use rules::Span;

use super::Import;
use super::apply::{Hand, SMALLEST, Work, next_size};
use super::batch::{self, Batch, State};
use super::staging;
use platform::db::CountRow;
use platform::store::sync::rederive_families;
use platform::{Actor, Db, Doors, Fault, Problem, Refusal};

/// Files that people wrote to since are named up to this many; the rest is counted.
pub const NAMED: usize = 200;

/// Takes an import back at once for every reader of events; its read tables follow with [`run`].
///
/// # Errors
/// Without a reason, or if it is not applied.
pub fn order<I: Import>(work: Work<'_>, id: i64, reason: &str) -> Result<Batch<I>, Problem> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Problem::refused("reason", "取り消す理由を入力してください。"));
    }
    limits::check("reason", reason, limits::REASON)?;
    work.doors.write(work.actor, |door| {
        let batch = batch::claim::<I>(door, id)?;
        match batch.state {
            State::Applied => {}
            State::Withdrawing | State::Withdrawn => return Ok(batch),
            state => {
                return Err(
                    Refusal::new(format!("この{}は「{}」です。取り消せません。", I::WORD, state.label())).into()
                );
            }
        }
        let (ordered, actor) = (batch.run.actor, door.actor.staff);
        let mut hand = Hand { door, books: work.books, batch };
        hand.batch.run.actor = actor;
        let file = hand.office_file()?;
        hand.act_about(
            "withdrawn",
            Act::Record {
                file,
                episode: None,
                day: Span::on(hand.door.today()),
                source: String::from("own"),
                sensitivity: Sensitivity::Ordinary,
                body: Body::BatchWithdrawn { batch: id, reason: reason.to_owned() },
            },
        )?;
        let now = hand.door.now();
        let Hand { door, mut batch, .. } = hand;
        sql_query("update batch set withdrawn_at = $1 where id = $2 and keeper = $3")
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(batch.id)
            .bind::<BigInt, _>(batch.keeper)
            .execute(door.db)?;
        batch.state = State::Withdrawing;
        batch.run.actor = ordered;
        batch.run.withdrawn_by = actor;
        batch.run.withdrawn_at = now;
        batch.run.reason = reason.to_owned();
        batch::save(door.db, &batch)?;
        Ok(batch)
    })
}

/// Derives every file of a withdrawn import again. `told` hears of every chunk.
///
/// # Errors
/// If the database fails; calling again goes on.
pub fn run<I: Import>(work: Work<'_>, id: i64, mut told: impl FnMut(&Batch<I>)) -> Result<Batch<I>, Problem> {
    let mut files = SMALLEST;
    loop {
        let clock = work.doors.clock();
        let begun = clock.wall();
        let batch = step(work, id, files)?;
        told(&batch);
        if batch.state != State::Withdrawing {
            return Ok(batch);
        }
        files = next_size(files, clock.wall() - begun);
    }
}

/// One chunk of files.
///
/// # Errors
/// If the database fails; nothing of the chunk is kept.
pub fn step<I: Import>(work: Work<'_>, id: i64, files: i64) -> Result<Batch<I>, Problem> {
    work.doors.write(work.actor, |door| {
        let mut batch = batch::claim::<I>(door, id)?;
        if batch.state != State::Withdrawing {
            return Ok(batch);
        }
        let found = files_after(door.db, &batch, files)?;
        let Some(last) = found.last() else {
            // What waited for a decision waits no more.
            staging::forget_rows(door.db, &batch)?;
            batch.state = State::Withdrawn;
            batch::save(door.db, &batch)?;
            return Ok(batch);
        };
        batch.run.undone_file = last.id;
        batch.run.undone += found.len() as u64;
        for file in found.iter().filter(|f| f.touched) {
            batch.run.touched_total += 1;
            if batch.run.touched.len() < NAMED {
                batch.run.touched.push(file.id);
            }
        }
        let files: Vec<i64> = found.iter().map(|f| f.id).collect();
        let today = door.today();
        rederive_families(door.db, &files, work.books, today)?;
        batch::save(door.db, &batch)?;
        Ok(batch)
    })
}

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = BigInt)]
    id: i64,
    /// People recorded something in it after the import did.
    #[diesel(sql_type = Bool)]
    touched: bool,
}

fn files_after<I: Import>(db: &mut Db, batch: &Batch<I>, limit: i64) -> Result<Vec<Written>, Fault> {
    Ok(sql_query(
        "select f.id, (f.subject = 'person' and exists (select 1 from event later \
         where later.file = f.id and later.batch is null and later.seq > \
         (select min(mine.seq) from event mine where mine.file = f.id and mine.batch = $1))) as touched \
         from file f where f.keeper = $2 and f.id > $3 \
         and f.id in (select e.file from event e where e.batch = $1) order by f.id limit $4",
    )
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.run.undone_file)
    .bind::<BigInt, _>(limit)
    .load(db)?)
}

/// Files of an import that people have written to since.
///
/// # Errors
/// If the database fails.
pub fn touched<I: Import>(db: &mut Db, batch: &Batch<I>) -> Result<u64, Fault> {
    let found: CountRow = sql_query(
        "select count(distinct later.file) as n from event later \
         join (select file, min(seq) as first from event where batch = $1 group by file) mine \
         on mine.file = later.file and later.seq > mine.first \
         join file f on f.id = later.file and f.subject = 'person' and f.keeper = $2 where later.batch is null",
    )
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(batch.keeper)
    .get_result(db)?;
    Ok(found.n.unsigned_abs())
}

/// Whether a later import was applied: it relied on this one.
///
/// # Errors
/// If the database fails.
pub fn later<I: Import>(db: &mut Db, batch: &Batch<I>) -> Result<bool, Fault> {
    let found: CountRow =
        sql_query("select count(*) as n from batch where keeper = $1 and kind = $2 and state = 'applied' and id > $3")
            .bind::<BigInt, _>(batch.keeper)
            .bind::<Text, _>(I::KIND)
            .bind::<BigInt, _>(batch.id)
            .get_result(db)?;
    Ok(found.n > 0)
}

/// Puts a staged file aside: nothing of it stays but that it was looked at.
///
/// # Errors
/// If it is not waiting to be applied.
pub fn discard<I: Import>(doors: &Doors, actor: &Actor, id: i64) -> Result<(), Problem> {
    doors.write(actor, |door| {
        let mut batch = batch::claim::<I>(door, id)?;
        if batch.state != State::Staged {
            let why = format!("この{}は「{}」です。", I::WORD, batch.state.label());
            return Err(Refusal::new(why).into());
        }
        staging::forget(door.db, &batch)?;
        batch.state = State::Discarded;
        batch::save(door.db, &batch).map_err(Problem::from)
    })
}
