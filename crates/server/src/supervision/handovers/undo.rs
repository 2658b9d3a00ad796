//! Taking a 担当替え back as one: the table reads as before, and nobody is asked to read any more.

use casework::Permission;
use diesel::{RunQueryDsl, sql_query, sql_types::BigInt};

use super::{Batch, Handover, sheet};
use crate::intake::imports::{batch, pages};
use crate::platform::db::CountRow;
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Problem, Refusal};

/// `POST /supervision/handovers/{id}/withdraw`
///
/// # Errors
/// Not found; or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("id")?;
    let batch = ask.read(|door| batch::find::<Handover>(door, id))?;
    if ask.read(|door| built_upon(door, &batch))? {
        let why = "このあとの担当替えが、この担当替えで決めた担当を動かしています。先にそちらを取り消してください。";
        return Reply::refused(&sheet::draw(ask, &batch, &[Refusal::new(why)])?);
    }
    pages::take_back::<Handover>(ask, |ask, batch, why| Reply::refused(&sheet::draw(ask, batch, why)?))
}

/// Whether a later decision that stands has ended a row that this one began.
fn built_upon(door: &mut Door<'_>, batch: &Batch) -> Result<bool, Problem> {
    let found: CountRow = sql_query(
        "select count(*) as n from event later join event mine on mine.id = later.corrects \
         where mine.batch = $1 and mine.corrects is null and mine.kind = 'assigned' and mine.keeper = $2 \
         and (later.batch is null or (later.batch <> $1 and not exists \
           (select 1 from batch b where b.id = later.batch and b.withdrawn_at is not null)))",
    )
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(batch.keeper)
    .get_result(door.db)?;
    Ok(found.n > 0)
}

pub fn may(ask: &Ask) -> Result<bool, Problem> {
    Ok(ask.actor()?.role.may(Permission::Reassign))
}
