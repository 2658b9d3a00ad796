//! 一覧の健全性: how many lines of a rule were closed because the thing had been done long ago (practice.md §2).
//!
//! Counts only, of the actor's office. What was settled is counted in SQL; why a line was closed stands in the body of the
//! closure alone, so the newest closures are read up to a limit that is said when it is reached.

use std::collections::{BTreeMap, BTreeSet};

use casework::Body;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, counting, wareki};

use super::{
    library::{Written, library},
    view::{HealthPage, HealthRow},
    words,
};
use crate::platform::{
    Door, Fault, Problem, mask,
    store::tables::standing_for,
    web::{Ask, Reply, view::Link},
};

/// Closures read for one page.
const CLOSURES_MAX: usize = 20_000;
/// A rule is noise if more than this share of its lines had been done all along, in percent.
const NOISE_PERCENT: i64 = 20;
/// What [`crate::closures::form::REASONS`] calls it.
const ALREADY_DONE: &str = "already_done";

/// Counts of the last twelve months by rule.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    rules: BTreeMap<String, Count>,
    /// More was closed than is counted.
    pub limited: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    settled: i64,
    closed: i64,
    already_done: i64,
}

impl Count {
    fn percent(self) -> i64 {
        if self.settled == 0 { 0 } else { self.already_done * 100 / self.settled }
    }

    fn noisy(self) -> bool {
        self.already_done * 100 > self.settled * NOISE_PERCENT
    }
}

impl Counts {
    pub fn of(&self, written: &Written) -> HealthRow {
        let count = self.rules.get(&written.file.id).copied().unwrap_or_default();
        HealthRow {
            title: written.file.title.clone(),
            url: format!("/rulebook/{}", written.file.id),
            tier: words::tier(written).to_owned(),
            settled: count.settled,
            closed: count.closed,
            already_done: count.already_done,
            percent: count.percent(),
            noisy: count.noisy(),
        }
    }
}

/// GET /rulebook/health
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let library = library()?;
    let today = ask.today();
    let frame = ask.frame("一覧の健全性", "/rulebook")?;
    let counts = ask.read(|door| Ok(counts(door)?))?;
    let mut rows: Vec<HealthRow> = library.on(today).iter().map(|w| counts.of(w)).filter(|r| r.settled > 0).collect();
    rows.sort_by_key(|r| (!r.noisy, -r.percent, -r.already_done, -r.settled));
    let noisy = rows.iter().filter(|r| r.noisy);
    let limit = format!("終結・対象外が多いため、新しい{CLOSURES_MAX}件の理由だけを数えました。");
    Reply::page(&HealthPage {
        frame,
        since: since(today),
        noisy: noisy.map(|r| Link { label: r.title.clone(), url: r.url.clone() }).collect(),
        rows,
        limit: if counts.limited { limit } else { String::new() },
    })
}

/// 「令和7年11月25日から令和8年11月24日まで」
pub fn since(today: Day) -> String {
    format!("{}から{}まで", wareki::date(first(today)), wareki::date(today))
}

/// The first day of the last twelve months.
fn first(today: Day) -> Day {
    counting::after_months(today.plus(1), -12)
}

/// Lines of the actor's office that were settled or closed in the last twelve months.
///
/// # Errors
/// If the database fails or a stored body cannot be read.
pub fn counts(door: &mut Door<'_>) -> Result<Counts, Fault> {
    let mut counts = Counts::default();
    for row in settled(door)? {
        let count = counts.rules.entry(row.rule).or_default();
        (count.settled, count.closed) = (row.settled, row.closed);
    }
    let closures = closures(door)?;
    counts.limited = closures.len() > CLOSURES_MAX;
    let mut seen = BTreeSet::new();
    // Newest first: what a closure says last is what counts.
    for row in closures.iter().take(CLOSURES_MAX).filter(|row| seen.insert(row.settled_by)) {
        let Some(json) = &row.body else { continue };
        let body = Body::read(u16::try_from(row.version).unwrap_or(u16::MAX), json).map_err(Fault::new)?;
        if let (Body::Closure(closure), Some(count)) = (body, counts.rules.get_mut(&row.rule)) {
            count.already_done += i64::from(closure.how == ALREADY_DONE);
        }
    }
    Ok(counts)
}

#[derive(QueryableByName)]
struct SettledRow {
    #[diesel(sql_type = Text)]
    rule: String,
    #[diesel(sql_type = BigInt)]
    settled: i64,
    #[diesel(sql_type = BigInt)]
    closed: i64,
}

/// Each duty once, whatever its phases; tier 3 is never a line, a promise is no rule.
fn settled(door: &mut Door<'_>) -> Result<Vec<SettledRow>, Fault> {
    let (scope, today) = (door.scope(), door.today());
    let standing = standing_for(mask::level(door.actor.role));
    let sql = format!(
        "select rule, count(*) as settled, cast(sum(closed) as bigint) as closed from ( \
           select distinct keeper, file, key, rule, case when settled_how = 'closed' then 1 else 0 end as closed \
           from duty d where keeper in {scope} and {standing} and settled_how is not null and tier < 3 and rule <> 'promise' \
           and settled_on >= $1 and settled_on <= $2) as once group by rule"
    );
    let query = sql_query(sql).bind::<Integer, _>(first(today).0).bind::<Integer, _>(today.0);
    Ok(query.load(door.db)?)
}

#[derive(QueryableByName)]
struct ClosureRow {
    #[diesel(sql_type = Text)]
    rule: String,
    #[diesel(sql_type = BigInt)]
    settled_by: i64,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
}

/// Closures behind closed lines, and their corrections, newest first; one more than the limit if there are more.
fn closures(door: &mut Door<'_>) -> Result<Vec<ClosureRow>, Fault> {
    let (scope, today) = (door.scope(), door.today());
    let standing = standing_for(mask::level(door.actor.role));
    let sql = format!(
        "select d.rule as rule, d.settled_by as settled_by, e.version as version, e.body as body from duty d \
         join event e on e.file = d.file and e.keeper = d.keeper and (e.id = d.settled_by or e.corrects = d.settled_by) \
         where d.keeper in {scope} and {standing} and d.settled_how = 'closed' and d.tier < 3 and d.rule <> 'promise' \
         and d.settled_on >= $1 and d.settled_on <= $2 and e.kind = 'closure' order by e.id desc limit {}",
        CLOSURES_MAX + 1
    );
    let query = sql_query(sql).bind::<Integer, _>(first(today).0).bind::<Integer, _>(today.0);
    Ok(query.load(door.db)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn noise_begins_above_a_fifth_and_not_at_it() {
        let count = |already_done, settled| Count { settled, closed: already_done, already_done };
        assert!(!count(0, 0).noisy());
        assert!(!count(2, 10).noisy());
        assert!(count(21, 100).noisy());
        assert!(count(3, 10).noisy());
        assert_eq!(count(1, 3).percent(), 33);
    }

    #[test]
    fn twelve_months_end_today() {
        assert_eq!(first(Day::parse_iso("2026-11-24").unwrap()).to_string(), "2025-11-25");
        assert_eq!(since(Day::parse_iso("2026-03-31").unwrap()), "令和7年4月1日から令和8年3月31日まで");
    }

    #[test]
    fn the_reason_counted_is_one_that_can_be_given() {
        assert!(crate::closures::form::REASONS.iter().any(|(code, _)| *code == ALREADY_DONE));
    }
}
