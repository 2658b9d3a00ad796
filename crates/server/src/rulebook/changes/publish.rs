//! Publishing: the switch to the new book in one transaction, then everybody is derived by it, chunk by chunk. Until a
//! file is reached its duties are the old ones; whoever records something meanwhile records by the new book.

use casework::{
    Act, Body, Command, Sensitivity,
    publication::{CarriedOut, Published},
};
use diesel::{RunQueryDsl, sql_query, sql_types::BigInt};
use rules::Span;

use super::{
    desk::{office_file, with_proposal},
    effects, preview,
    run::Hand,
    work::{self, Kind, Work},
};
use crate::{
    cli::rulebook::population::page,
    platform::{
        Door, Fault, Problem, Refusal,
        rulebook::{self, Books},
        store::{
            Applied, Desk, apply,
            rows::DutyRow,
            sync::{lock, rederive},
            tables::duties_of,
        },
    },
};

fn record(door: &mut Door<'_>, books: &Books, staff: i64, id: String, body: Body) -> Result<Applied, Problem> {
    let file = office_file(door)?;
    let today = door.today();
    let act = Act::Record {
        file,
        episode: None,
        day: Span::on(today),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body,
    };
    let keeper = door.actor.keeper;
    let desk = Desk { keeper, keepers: &[keeper], actor: staff, today, now: door.now(), batch: None, books };
    Ok(apply(door.db, &desk, &Command { id, act, seen: Vec::new() })?)
}

/// Puts a proposal's rules in force and orders that everybody concerned is derived by them.
///
/// # Errors
/// In words if it was not approved, not computed, or computed by rules that are no longer in force.
pub fn order(door: &mut Door<'_>, books: &Books, proposal: i64, command: &str) -> Result<(), Problem> {
    let keeper = door.actor.keeper;
    if work::find(door.db, keeper, proposal, Kind::Publish)?.is_some() {
        // Pressed twice: it is on its way.
        return Ok(());
    }
    let before = books.of(door.db, keeper)?;
    let preview = work::find(door.db, keeper, proposal, Kind::Preview)?.filter(|work| !work.running);
    let Some(preview) = preview.filter(|work| work.before_hash == before.hash) else {
        return Err(Refusal::new("影響を計算しなおしてから公開してください。").into());
    };
    let files = with_proposal(door, proposal, |_, found, _| Ok(found.proposed.body.files.clone()))?;
    let after = books.with(door.db, keeper, &files)?.map_err(|broken| preview::unfit(&broken))?;
    if after.hash != preview.after_hash {
        return Err(Refusal::new("影響を計算しなおしてから公開してください。").into());
    }
    let body = Body::RulesPublished(Published {
        proposal,
        before: before.hash.clone(),
        after: after.hash.clone(),
        predicted: preview.counts.effects,
        predicted_at: preview.at,
    });
    let (staff, now) = (door.actor.staff, door.now());
    record(door, books, staff, command.to_owned(), body)?;
    rulebook::keep_texts(door.db, &before.texts, now)?;
    rulebook::put_in_force(door.db, keeper, &after.texts, now)?;
    work::begin(door, proposal, Kind::Publish, &before.hash, &after.hash)?;
    Ok(())
}

/// One chunk of files; `None` once all is done.
///
/// # Errors
/// If the database fails; nothing of the chunk is kept.
pub fn step(hand: &Hand<'_>, proposal: i64, limit: i64) -> Result<Option<Work>, Problem> {
    hand.doors.write(hand.actor, |door| {
        let found = work::claim(door.db, hand.actor.keeper, proposal, Kind::Publish)?;
        let Some(mut work) = found.filter(|work| work.running) else { return Ok(None) };
        let files = page(door, work.last_file, limit)?;
        let Some(last) = files.last().map(|f| f.id) else {
            finish(door, hand.books, &mut work)?;
            return Ok(Some(work));
        };
        let ids: Vec<i64> = files.iter().map(|f| f.id).collect();
        lock(door.db, &ids)?;
        let before = stored(door, &ids)?;
        work.last_file = last;
        work.done = work.done.saturating_add(i32::try_from(files.len()).unwrap_or(i32::MAX));
        effects::count(door, &mut work, files, (&hand.before, &hand.after), false)?;
        let today = door.today();
        rederive(door.db, &ids, hand.books, today)?;
        let after = stored(door, &ids)?;
        work.counts.rewritten += before.iter().zip(&after).filter(|(a, b)| a != b).count() as u64;
        work::save(door.db, &work)?;
        Ok(Some(work))
    })
}

/// What everybody may know of: the count of what changed must not tell of the compartment.
fn stored(door: &mut Door<'_>, files: &[i64]) -> Result<Vec<Vec<DutyRow>>, Fault> {
    let keeper = door.actor.keeper;
    let ordinary = |rows: Vec<DutyRow>| rows.into_iter().filter(|d| d.sensitivity == Sensitivity::Ordinary.number());
    files.iter().map(|file| Ok(ordinary(duties_of(door.db, *file, keeper)?).collect())).collect()
}

/// The receipt, and what is no longer needed goes.
fn finish(door: &mut Door<'_>, books: &Books, work: &mut Work) -> Result<(), Problem> {
    let publication = with_proposal(door, work.proposal, |_, found, _| {
        found.published.map(|signed| signed.event).ok_or(Problem::NotFound)
    })?;
    let carried_out = CarriedOut { publication, done: work.counts.effects.clone(), rewritten: work.counts.rewritten };
    let id = format!("rules:{}:{publication}", work.keeper);
    record(door, books, work.actor, id, Body::RulesCarriedOut(carried_out))?;
    sql_query("delete from rule_effect where keeper = $1 and proposal = $2")
        .bind::<BigInt, _>(work.keeper)
        .bind::<BigInt, _>(work.proposal)
        .execute(door.db)?;
    let book = books.of(door.db, work.keeper)?;
    rulebook::derived(door.db, work.keeper, &book)?;
    work.running = false;
    Ok(work::save(door.db, work)?)
}
