//! 未把握・未対応点検表 (check sheet): where everybody of an office is counted, and its confirmation by a named person.
//!
//! It proves dates, not safety (practice.md §7): that nobody on the register is without a dated next step, a release or a
//! name on the list.

use alloc::{string::String, vec::Vec};

use rules::{Day, counting};
use serde::{Deserialize, Serialize};

use super::limits;
use crate::{
    act::Refusal,
    duties::{COVER_DAYS, Duty, covers_until, opens},
};

/// As what somebody is on the register: one thing at a time, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Subject {
    /// 妊婦
    Pregnant,
    /// 産婦: within a year of the birth.
    Postpartum,
    /// 乳児
    Infant,
    /// 幼児: until school entry.
    Child,
    /// Known by records that only few may read.
    Other,
}

impl Subject {
    pub const ALL: [Subject; 5] =
        [Subject::Pregnant, Subject::Postpartum, Subject::Infant, Subject::Child, Subject::Other];

    pub const fn code(self) -> &'static str {
        match self {
            Subject::Pregnant => "pregnant",
            Subject::Postpartum => "postpartum",
            Subject::Infant => "infant",
            Subject::Child => "child",
            Subject::Other => "other",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Subject::Pregnant => "妊婦",
            Subject::Postpartum => "産婦（産後1年まで）",
            Subject::Infant => "乳児（1歳まで）",
            Subject::Child => "幼児（就学まで）",
            Subject::Other => "そのほか",
        }
    }
}

/// Births from these days on are of infants and of children on the register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ages {
    pub infant: Day,
    pub child: Day,
}

impl Ages {
    pub fn on(day: Day) -> Ages {
        let mut infant = day.plus(-370);
        while counting::after_months(infant, 12) <= day {
            infant = infant.plus(1);
        }
        // Born 2 April of a year or later: school entry (学校教育法17条) is at the earliest seven years on.
        let child = counting::in_fiscal_year(counting::fiscal_year(day) - 6, 4, 2).unwrap_or(infant);
        Ages { infant, child }
    }

    /// 2 an infant, 1 another child on the register by age, 0 older or unknown.
    pub fn class(self, birth: Option<Day>) -> i32 {
        birth.map_or(0, |birth| i32::from(birth >= self.child) + i32::from(birth >= self.infant))
    }
}

/// As what somebody on the register is counted; `subjects` as in the index of people, `age` as [`Ages::class`] says.
pub fn subject(subjects: &str, age: i32) -> Subject {
    let has = |wanted: &str| subjects.split(' ').any(|s| s == wanted);
    match age {
        _ if has("pregnancy") => Subject::Pregnant,
        2.. if has("child") => Subject::Infant,
        1 if has("child") => Subject::Child,
        _ if has("postpartum") => Subject::Postpartum,
        _ => Subject::Other,
    }
}

/// Why somebody on file is not on the register.
pub fn beyond(gone: &str, subjects: &str) -> &'static str {
    match gone {
        "died" => "died",
        "moved_out" => "moved_out",
        _ if subjects.is_empty() => "other",
        _ => "past",
    }
}

/// Why nothing is planned for somebody who is listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Nothing {
    /// The next step opens later than within a year.
    Later(String, Day),
    /// What was owed (月次一括) has lapsed undecided: so many lines.
    Lapsed(usize),
    /// Nothing is open, and no contact was promised.
    Open,
}

/// The reason, from duties that were derived far ahead.
pub fn nothing(duties: &[Duty], day: Day) -> Nothing {
    let owed: Vec<&Duty> = duties.iter().filter(|d| d.settled.is_none() && d.tier < 3).collect();
    let lapsed = |d: &&&Duty| covers_until(d).is_some_and(|until| until < day);
    let later = owed.iter().filter(|d| !lapsed(d)).filter_map(|d| Some((opens(d)?, &d.service)));
    match later.filter(|(on, _)| *on > day.plus(COVER_DAYS)).min() {
        Some((on, service)) => Nothing::Later(service.clone(), on),
        None => match owed.iter().filter(lapsed).count() {
            0 => Nothing::Open,
            n => Nothing::Lapsed(n),
        },
    }
}

/// 点検表の確認: somebody looked at the figures of the event's day and stands for having done so.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Confirmed {
    pub register: u64,
    pub covered: u64,
    pub released: u64,
    pub listed: u64,
    /// 判断待ち and 期限超過 of tier 1: lines.
    pub undecided: u64,
    pub overdue: u64,
    /// What was known at this instant was counted.
    pub known_at: i64,
    /// Of the figures, as `tsumugi certify` prints them.
    pub sha256: String,
    /// Of the heads of all files that were counted.
    pub heads: String,
    /// Hash of the rulebook, and the program's version.
    pub book: String,
    pub program: String,
    pub note: String,
}

pub(crate) fn check(confirmed: &Confirmed) -> Result<(), Refusal> {
    if confirmed.register != confirmed.covered + confirmed.released + confirmed.listed {
        return Err(Refusal::new("内訳の合計が台帳の人数と合いません。tsumugi check で確かめてください。"));
    }
    limits::check("note", &confirmed.note, limits::REASON)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ages_are_those_of_the_law() {
        for text in ["2026-11-24", "2027-03-31", "2027-04-01", "2027-04-02", "2028-02-29", "2028-03-01"] {
            let day = Day::parse_iso(text).unwrap();
            let ages = Ages::on(day);
            for back in 0..3_000 {
                let birth = day.plus(-back);
                let child = counting::school_entry(birth) > day;
                let infant = counting::after_months(birth, 12) > day;
                assert_eq!(ages.class(Some(birth)), i32::from(child) + i32::from(infant), "{birth} on {day}");
            }
        }
        assert_eq!(Ages::on(Day(20_000)).class(None), 0);
    }

    #[test]
    fn everybody_is_counted_as_one_thing() {
        assert_eq!(subject("pregnancy", 0), Subject::Pregnant);
        assert_eq!(subject("child postpartum", 0), Subject::Postpartum);
        assert_eq!(subject("child", 2), Subject::Infant);
        assert_eq!(subject("child", 1), Subject::Child);
        assert_eq!(subject("", 1), Subject::Other);
        let said = [("died", "child"), ("moved_out", "child"), ("", "child"), ("", "")].map(|(g, s)| beyond(g, s));
        assert_eq!(said, ["died", "moved_out", "past", "other"]);
    }

    #[test]
    fn a_confirmation_adds_up() {
        let sheet = Confirmed { register: 3, covered: 1, released: 1, listed: 1, ..Confirmed::default() };
        assert!(check(&sheet).is_ok());
        assert!(check(&Confirmed { register: 4, ..sheet }).is_err());
    }
}
