//! What waits for whoever answers for the office: 緊急閲覧 not yet reviewed, and a month whose 閲覧の点検 is not done. Comparisons
//! with today, shown on 今日の対応 until they are done; no job has to run.

use casework::Permission;
use diesel::{RunQueryDsl, sql_query, sql_types::BigInt};
use rules::{Day, wareki};

use super::{emergencies::review, index, looks::Month};
use crate::platform::{Door, Fault, db::CountRow, web::view::Link};

/// Months back that may still be waiting.
const BACK: usize = 6;

/// # Errors
/// If the database fails.
pub fn links(door: &mut Door<'_>) -> Result<Vec<Link>, Fault> {
    if !door.actor.role.may(Permission::InspectReadings) {
        return Ok(Vec::new());
    }
    let today = door.today();
    let until = |due: Day| match due < today {
        true => format!("期限超過 {}", wareki::month_day(due)),
        false => format!("{}まで", wareki::month_day(due)),
    };
    let mut links = Vec::new();
    let waiting = review::waiting(door)?;
    if let Some(first) = waiting.iter().map(|w| w.due).min() {
        links.push(Link {
            label: format!("緊急閲覧の確認 {}件（{}）", waiting.len(), until(first)),
            url: String::from("/emergencies"),
        });
    }
    let done = index::done(door)?;
    let mut at = Month::of(today).and_then(|m| m.before());
    for _ in 0..BACK {
        let Some(month) = at else { break };
        if !done.contains(&month.text) && opened(door, &month)? {
            let due = month.due().map(until).unwrap_or_default();
            links.push(Link {
                label: format!("閲覧の点検 {}月分（{due}）", month.first.ymd().1),
                url: format!("/readings/month?month={}", month.text),
            });
        }
        at = month.before();
    }
    Ok(links)
}

fn opened(door: &mut Door<'_>, month: &Month) -> Result<bool, Fault> {
    let row: CountRow = sql_query(format!(
        "select count(*) as n from (select 1 as one from reading where keeper in {} and at >= $1 and at < $2 \
         and what in ('person', 'reveal', 'emergency') and staff > 0 limit 1) x",
        door.scope()
    ))
    .bind::<BigInt, _>(month.from())
    .bind::<BigInt, _>(month.to())
    .get_result(door.db)?;
    Ok(row.n > 0)
}
