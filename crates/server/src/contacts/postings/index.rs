//! `GET /postings`: what was sent, when, how much of it came back.

use std::collections::BTreeMap;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable},
};
use rules::wareki;

use super::{Batch, Posting, view::IndexPage};
use crate::intake::imports::pages::batches;
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Fault, Problem};

/// The page.
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let frame = ask.frame("発送", "/settlings")?;
    let batches = ask.read(|door| {
        let back = returned(door)?;
        batches::<Posting>(door, |batch| summed(batch, back.get(&batch.id).copied().unwrap_or(0)))
    })?;
    Reply::page(&IndexPage { frame, batches })
}

fn summed(batch: &Batch, returned: i64) -> String {
    let day = batch.summary.day.map(|d| format!("発送日 {}・", wareki::short(d))).unwrap_or_default();
    let progress = &batch.progress;
    let back = if returned > 0 { format!("・返戻 {returned}通") } else { String::new() };
    format!("{day}発送 {}通・送らない {}人{back}", progress.sent, progress.held)
}

/// Letters of each posting that came back.
fn returned(door: &mut Door<'_>) -> Result<BTreeMap<i64, i64>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<BigInt>)]
        batch: Option<i64>,
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let text = format!(
        "select s.batch, count(*) as n from event r join event s on s.id = cast(r.number as bigint) and s.kind = 'sent' \
         and s.keeper = r.keeper where r.keeper in {} and r.kind = 'returned' and r.sensitivity = 0 \
         and not exists (select 1 from event c where c.file = r.file and c.corrects = r.id and c.kind = 'withdrawn') \
         group by s.batch",
        door.scope()
    );
    let rows: Vec<Row> = sql_query(text).load(door.db)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.batch?, row.n))).collect())
}
