//! 取り込みの状況: the arrival of every source compared with today.

use std::collections::BTreeMap;

use casework::Permission;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::{Day, wareki};

use super::view::{ArrivalsPage, Source};
use crate::events::{Events, layout};
use crate::imports::batch::{self, State};
use crate::imports::layout::code;
use crate::imports::pages::moment;
use crate::residents::Residents;
use platform::web::view::Link;
use platform::web::words;
use platform::web::{Ask, Reply};
use platform::{Door, Fault, Problem};

/// Sources that come in monthly batches are compared by whole months.
const MONTHLY: i32 = 28;
/// 住民記録 reaches the centre within a week where nothing else is arranged.
const RESIDENTS: (&str, i32) = ("residents", 7);
/// Imports looked through for the latest of each source.
const LOOKED: i64 = 200;

/// `GET /arrivals`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let office = ask.read(|door| Ok(code(door)?))?;
    let mapping = layout::of(&ask.app.settings.data, &office)?;
    let mut usual: Vec<(String, i32)> = vec![(RESIDENTS.0.into(), RESIDENTS.1)];
    for kind in &mapping.kinds {
        if !usual.iter().any(|(source, _)| *source == kind.source) {
            usual.push((kind.source.clone(), kind.lag_days));
        }
    }
    let frame = ask.frame("取り込みの状況", "/arrivals")?;
    let page = ask.read(|door| {
        let sources = sources(door, usual)?;
        let late = sources.iter().filter(|s| s.late).count();
        Ok(ArrivalsPage {
            frame,
            said: if late == 0 { String::new() } else { format!("いま{late}種類が遅れています。") },
            sources,
            may_import: door.actor.role.may(Permission::ImportResidents),
        })
    })?;
    Reply::page(&page)
}

fn sources(door: &mut Door<'_>, usual: Vec<(String, i32)>) -> Result<Vec<Source>, Fault> {
    let arrived = arrived(door)?;
    let latest = latest(door)?;
    let waiting = waiting(door)?;
    let mut all = usual;
    all.extend(arrived.iter().map(|(source, (_, lag))| (source.clone(), *lag)));
    let mut seen = Vec::new();
    all.retain(|(source, _)| {
        let new = !seen.contains(source);
        seen.push(source.clone());
        new
    });
    let today = door.today();
    Ok(all
        .into_iter()
        .map(|(source, usual)| {
            let known = arrived.get(&source);
            let lag = known.map_or(usual, |(_, lag)| *lag);
            let expected = expected(today, lag);
            let through = known.map(|(through, _)| *through);
            let (state, late) = match through {
                None => (String::from("まだ届いていない"), false),
                Some(through) if through >= expected => (String::from("届いている"), false),
                Some(through) => (format!("{}日遅れている", expected.since(through)), true),
            };
            Source {
                title: words::source(&source).to_owned(),
                through: through.map_or(String::from("—"), until),
                lag: format!("およそ{lag}日"),
                expected: until(expected),
                state,
                late,
                never: through.is_none(),
                batch: latest.get(&source).cloned(),
                waiting: waiting.get(&source).map(|n| format!("{n}行")).unwrap_or_default(),
            }
        })
        .collect())
}

fn until(day: Day) -> String {
    format!("{}まで", wareki::short(day))
}

/// How far a source should reach today: of monthly batches the last whole month.
pub fn expected(today: Day, lag: i32) -> Day {
    let day = today.plus(-lag);
    if lag < MONTHLY {
        return day;
    }
    let (year, month, number) = day.ymd();
    match rules::counting::month_end(year, month) {
        Some(end) if end == day => day,
        _ => day.plus(-number),
    }
}

fn arrived(door: &mut Door<'_>) -> Result<BTreeMap<String, (Day, i32)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        source: String,
        #[diesel(sql_type = Integer)]
        through: i32,
        #[diesel(sql_type = Integer)]
        lag_days: i32,
    }
    let rows: Vec<Row> = sql_query("select source, through, lag_days from arrival where keeper = $1 order by source")
        .bind::<BigInt, _>(door.actor.keeper)
        .load(door.db)?;
    Ok(rows.into_iter().map(|row| (row.source, (Day(row.through), row.lag_days))).collect())
}

/// The latest applied import of each source.
fn latest(door: &mut Door<'_>) -> Result<BTreeMap<String, Link>, Fault> {
    let mut found = BTreeMap::new();
    let link = |place: &str, id: i64, at: i64, name: &str| Link {
        label: format!("{} {name}", moment(at)),
        url: format!("{place}/{id}"),
    };
    for batch in batch::latest::<Events>(door, LOOKED)?.into_iter().filter(|b| b.state == State::Applied) {
        let link = link("/events", batch.id, batch.at, &batch.name);
        found.entry(batch.summary.source).or_insert(link);
    }
    if let Some(batch) = batch::latest::<Residents>(door, LOOKED)?.into_iter().find(|b| b.state == State::Applied) {
        found.insert(String::from(RESIDENTS.0), link("/residents", batch.id, batch.at, &batch.name));
    }
    Ok(found)
}

/// Rows of applied imports that wait for a decision, by source.
fn waiting(door: &mut Door<'_>) -> Result<BTreeMap<String, u64>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        batch: i64,
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let scope = door.scope();
    let rows: Vec<Row> = sql_query(format!(
        "select batch, count(*) as n from staged_row where keeper in {scope} and state = 'waiting' group by batch"
    ))
    .load(door.db)?;
    let of: BTreeMap<i64, u64> = rows.into_iter().map(|row| (row.batch, row.n.unsigned_abs())).collect();
    let mut found = BTreeMap::new();
    if !of.is_empty() {
        for batch in batch::latest::<Events>(door, LOOKED)?.into_iter().filter(|b| b.state == State::Applied) {
            if let Some(n) = of.get(&batch.id) {
                *found.entry(batch.summary.source).or_default() += n;
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_monthly_batch_is_expected_by_whole_months() {
        let day = |text: &str| Day::parse_iso(text).unwrap();
        // 45 days before 24 November is 10 October: October cannot be in yet.
        assert_eq!(expected(day("2026-11-24"), 45), day("2026-09-30"));
        assert_eq!(expected(day("2026-11-14"), 45), day("2026-09-30"));
        assert_eq!(expected(day("2026-11-13"), 45), day("2026-08-31"));
        assert_eq!(expected(day("2026-11-24"), 7), day("2026-11-17"));
    }
}
