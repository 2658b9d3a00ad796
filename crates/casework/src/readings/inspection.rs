//! 閲覧の点検: which readings of a month somebody who answers for the office looks at, and what they say of them.
//!
//! A sample drawn from month and office alone, so that whoever asks twice gets the same, and everything unusual. What is
//! unusual is no reproach: it is what one person can judge and no rule.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    act::Refusal,
    emergency::{Verdict, check_verdict},
};

/// What was looked at of a month, at one time by one person.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Inspected {
    /// `2026-10`
    pub month: String,
    pub marks: Vec<Mark>,
    /// How many of the month were still unmarked after that.
    pub left: u32,
}

/// One reading and what was said of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Mark {
    /// The first of the readings that are judged as one: somebody's looks at one person on one day.
    pub reading: i64,
    pub verdict: Verdict,
    pub note: String,
}

/// One opening, as the reading log and what the office knows besides tell of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Look {
    pub id: i64,
    pub staff: i64,
    pub file: i64,
    /// Microseconds.
    pub at: i64,
    /// Of the day in Japan.
    pub hour: i64,
    pub what: String,
    pub purpose: String,
    pub protected: bool,
    /// The person has the name of whoever looked, or the family name.
    pub namesake: Option<Namesake>,
    /// In a district that whoever looked does not answer for, though they answer for others.
    pub elsewhere: bool,
    /// Whoever looked recorded something in the file around that day.
    pub recorded: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Namesake {
    Family,
    Whole,
}

/// Why a reading is looked at whatever the sample says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unusual {
    Emergency,
    Reveal,
    SameName,
    SameFamilyName,
    AskedOther,
    Protected,
    Elsewhere,
    Night,
    Many,
}

impl Unusual {
    pub const fn word(self) -> &'static str {
        match self {
            Unusual::Emergency => "緊急閲覧",
            Unusual::Reveal => "保護された項目の表示",
            Unusual::SameName => "職員と同じ氏名",
            Unusual::SameFamilyName => "職員と同じ姓",
            Unusual::AskedOther => "目的が「そのほかの業務」",
            Unusual::Protected => "秘匿の方を担当外で",
            Unusual::Elsewhere => "担当地区の外で、記録なし",
            Unusual::Night => "夜間・早朝",
            Unusual::Many => "短い時間に多数",
        }
    }
}

/// Hours of the day in which nobody is expected to work.
const NIGHT: (i64, i64) = (22, 6);
/// More persons than this within an hour are many.
pub const MANY: usize = 30;
const HOUR_US: i64 = 3_600_000_000;

/// What is unusual about one look by itself.
pub fn unusual(look: &Look) -> Vec<Unusual> {
    let on_duty = look.purpose == "duty";
    let asked = look.purpose.starts_with("asked_") || look.purpose == "search";
    let found = [
        (look.what == "emergency", Unusual::Emergency),
        (look.what == "reveal", Unusual::Reveal),
        (look.namesake == Some(Namesake::Whole), Unusual::SameName),
        (look.namesake == Some(Namesake::Family), Unusual::SameFamilyName),
        (look.purpose == "asked_other", Unusual::AskedOther),
        (look.protected && !on_duty && !look.recorded, Unusual::Protected),
        (look.elsewhere && asked && !look.recorded, Unusual::Elsewhere),
        (look.hour >= NIGHT.0 || look.hour < NIGHT.1, Unusual::Night),
    ];
    found.into_iter().filter_map(|(is, what)| is.then_some(what)).collect()
}

/// The first look of every hour in which somebody opened many persons. `looks` are in order of time.
pub fn bursts(looks: &[Look]) -> Vec<i64> {
    let mut by_staff: BTreeMap<i64, Vec<&Look>> = BTreeMap::new();
    for look in looks {
        by_staff.entry(look.staff).or_default().push(look);
    }
    let mut found = Vec::new();
    for own in by_staff.values() {
        let mut from = 0;
        while let Some(first) = own.get(from) {
            let within: Vec<&&Look> = own.iter().skip(from).take_while(|l| l.at < first.at + HOUR_US).collect();
            let mut files: Vec<i64> = within.iter().map(|l| l.file).collect();
            files.sort_unstable();
            files.dedup();
            if files.len() > MANY {
                found.push(first.id);
                from += within.len();
            } else {
                from += 1;
            }
        }
    }
    found
}

/// The sample of a month: always the same for the same month, office and readings. In order of the ids.
pub fn sample(month: &str, keeper: i64, ids: &[i64], size: usize) -> Vec<i64> {
    let seed = month.bytes().fold(mix(keeper.unsigned_abs()), |seed, byte| mix(seed ^ u64::from(byte)));
    let mut ranked: Vec<(u64, i64)> = ids.iter().map(|id| (mix(seed ^ id.unsigned_abs()), *id)).collect();
    ranked.sort_unstable();
    ranked.truncate(size);
    let mut drawn: Vec<i64> = ranked.into_iter().map(|(_, id)| id).collect();
    drawn.sort_unstable();
    drawn
}

/// SplitMix64: every bit of the answer hangs on every bit of the question, the same in every version of this program.
fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// # Errors
/// A refusal, if nothing is marked, or 要確認 does not say what is to be asked.
pub(crate) fn check(inspected: &Inspected) -> Result<(), Refusal> {
    if inspected.marks.is_empty() {
        return Err(Refusal::new("「妥当」か「要確認」を、1件以上選んでください。"));
    }
    inspected.marks.iter().try_for_each(|mark| check_verdict(mark.verdict, &mark.note))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(id: i64, minute: i64, file: i64) -> Look {
        Look { id, staff: 7, file, at: minute * 60_000_000, hour: 10, what: "person".into(), ..Look::default() }
    }

    #[test]
    fn the_sample_is_the_same_whoever_asks_and_another_next_month() {
        let ids: Vec<i64> = (1..=1_000).collect();
        let drawn = sample("2026-10", 3, &ids, 20);
        assert_eq!(drawn.len(), 20);
        let mut turned = ids.clone();
        turned.reverse();
        assert_eq!(drawn, sample("2026-10", 3, &turned, 20));
        assert_ne!(drawn, sample("2026-11", 3, &ids, 20));
        assert_ne!(drawn, sample("2026-10", 4, &ids, 20));
        assert_eq!(sample("2026-10", 3, &ids[..5], 20), [1, 2, 3, 4, 5], "fewer than asked for: all");
        // Every part of the month has its chance.
        let halves = drawn.iter().filter(|id| **id <= 500).count();
        assert!((4..=16).contains(&halves), "{drawn:?}");
    }

    #[test]
    fn what_one_does_by_duty_is_not_unusual() {
        let duty = Look { purpose: "duty".into(), protected: true, elsewhere: true, ..look(1, 0, 1) };
        assert_eq!(unusual(&duty), []);
        let call = Look { purpose: "search".into(), elsewhere: true, recorded: true, ..look(1, 0, 1) };
        assert_eq!(unusual(&call), [], "a call was taken and written down");
        let curious = Look { recorded: false, namesake: Some(Namesake::Family), ..call };
        assert_eq!(unusual(&curious), [Unusual::SameFamilyName, Unusual::Elsewhere]);
        for (hour, night) in [(5, true), (6, false), (21, false), (22, true)] {
            assert_eq!(unusual(&Look { hour, ..duty.clone() }).contains(&Unusual::Night), night, "{hour}");
        }
    }

    #[test]
    fn many_persons_within_an_hour_are_told_once() {
        let slow: Vec<Look> = (0..100).map(|n| look(n + 1, n * 2, n)).collect();
        assert!(bursts(&slow).is_empty(), "30 in an hour are a busy morning");
        let fast: Vec<Look> = (0..40).map(|n| look(n + 1, n, n)).collect();
        assert_eq!(bursts(&fast), [1]);
        let same: Vec<Look> = (0..40).map(|n| look(n + 1, n, 5)).collect();
        assert!(bursts(&same).is_empty(), "one person opened again and again is one person");
    }
}
