//! 一覧の健全性: how many lines of a rule were closed because the thing had been done long ago (practice.md §2).
//!
//! Counts only, of the actor's office, and only lines that had stood on the list: what was done before its time, or before
//! anybody could have seen a line, says nothing about the list (`stood`). The newest are read up to a limit that is said
//! when it is reached; of few lines no share is told.

use std::collections::BTreeMap;

use rules::{Day, Rulebook, counting, wareki};

use super::{
    library::{Written, library_of},
    stood,
    view::{HealthPage, HealthRow},
    words,
};
use crate::{
    platform::{
        Door, Fault, Problem,
        web::{Ask, Reply, view::Link},
    },
    today::lines,
};

/// A rule is noise if more than this share of its lines had been done all along, in percent.
const NOISE_PERCENT: i64 = 20;
/// What [`crate::closures::form::REASONS`] calls it.
const ALREADY_DONE: &str = "already_done";
/// How 初期整理 closes a line.
const BEFORE: &str = "before";
/// The office's setting for the fewest lines of which a share is told.
const LEAST: &str = "list_health_least";

/// Counts of the last twelve months by rule.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    rules: BTreeMap<String, Count>,
    /// No share of fewer lines than this.
    pub least: i64,
    /// More was settled than is counted.
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
        let few = count.settled < self.least;
        HealthRow {
            title: written.file.title.clone(),
            url: format!("/rulebook/{}", written.file.id),
            tier: words::tier(written).to_owned(),
            settled: count.settled,
            closed: count.closed,
            already_done: count.already_done,
            percent: count.percent(),
            few,
            least: self.least,
            noisy: !few && count.noisy(),
        }
    }
}

/// GET /rulebook/health
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let today = ask.today();
    let frame = ask.frame("一覧の健全性", "/rulebook")?;
    let book = ask.book()?;
    let library = library_of(&book)?;
    let counts = ask.read(|door| Ok(counts(door, &book, None)?))?;
    let mut rows: Vec<HealthRow> = library.on(today).iter().map(|w| counts.of(w)).filter(|r| r.settled > 0).collect();
    rows.sort_by_key(|r| (!r.noisy, r.few, -r.percent, -r.already_done, -r.settled));
    let noisy = rows.iter().filter(|r| r.noisy);
    let limit = format!("済んだ・終えた対応が多いため、新しい{}件だけを数えました。", stood::MOST);
    Reply::page(&HealthPage {
        frame,
        since: since(today),
        least: counts.least,
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

/// Lines of the actor's office that were settled or closed in the last twelve months; of one rule, if it is named.
///
/// # Errors
/// If the database fails or a stored body cannot be read.
pub fn counts(door: &mut Door<'_>, book: &Rulebook, rule: Option<&str>) -> Result<Counts, Fault> {
    let least = least(door)?;
    let settled = stood::settled(door, first(door.today()), rule)?;
    counted(door, book, settled, least)
}

/// The counts of those rules only that may be noise: a share of [`NOISE_PERCENT`] of at least so many lines takes more
/// closures of that kind than there are of most rules, and of the others nothing need be derived.
///
/// # Errors
/// As [`counts`].
pub fn noise(door: &mut Door<'_>, book: &Rulebook) -> Result<Counts, Fault> {
    let least = least(door)?;
    let mut settled = stood::settled(door, first(door.today()), None)?;
    settled.truncate(stood::MOST);
    let mut done: BTreeMap<String, i64> = BTreeMap::new();
    for (rule, _) in stood::closures(door, &settled)?.into_iter().filter(|(_, how)| how == ALREADY_DONE) {
        *done.entry(rule).or_default() += 1;
    }
    settled.retain(|s| done.get(s.rule()).is_some_and(|n| n * 100 > least.max(1) * NOISE_PERCENT));
    counted(door, book, settled, least)
}

fn least(door: &mut Door<'_>) -> Result<i64, Fault> {
    Ok(lines::setting(door, LEAST)?.and_then(|v| v.parse().ok()).unwrap_or(20))
}

fn counted(door: &mut Door<'_>, book: &Rulebook, settled: Vec<stood::Settled>, least: i64) -> Result<Counts, Fault> {
    let limited = settled.len() > stood::MOST;
    let mut counts = Counts { least, limited, ..Counts::default() };
    // What was open before the office began says nothing about the list either.
    let ours = stood::lines(door, book, settled)?.into_iter().filter(|line| line.closed.as_deref() != Some(BEFORE));
    for line in ours {
        let count = counts.rules.entry(line.rule).or_default();
        count.settled += 1;
        if let Some(how) = line.closed {
            count.closed += 1;
            count.already_done += i64::from(how == ALREADY_DONE);
        }
    }
    Ok(counts)
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
