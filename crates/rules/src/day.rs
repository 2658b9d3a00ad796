//! A civil day and a span of days.
//!
//! All dates of the product are civil days in Japan. Stored and compared as the number of days since 1970-01-01, so
//! that a column of them is a column of 32-bit integers on every database.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::counting::days_in_month;

/// Days since 1970-01-01 (which is 0). Range: years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

/// From 0000-03-01 to 1970-01-01, and in 400 years of the Gregorian calendar.
const EPOCH: i32 = 719_468;
const DAYS_OF_400_YEARS: i32 = 146_097;

impl Day {
    /// The day `year-month-day` of the Gregorian calendar; `None` if there is no such day (31 February).
    ///
    /// Years are counted from 1 March, so that the leap day is the last of its year. Written out because re-deriving a
    /// municipality asks for it millions of times; the tests compare every day with a calendar library.
    pub const fn from_ymd(year: i32, month: i32, day: i32) -> Option<Day> {
        if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        let y = if month <= 2 { year - 1 } else { year };
        let (era, of_era) = (y / 400, y % 400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Some(Day(era * DAYS_OF_400_YEARS + days - EPOCH))
    }

    /// (year, month 1–12, day 1–31).
    pub const fn ymd(self) -> (i32, i32, i32) {
        let from_march = self.0 + EPOCH;
        let (era, day) = (from_march.div_euclid(DAYS_OF_400_YEARS), from_march.rem_euclid(DAYS_OF_400_YEARS));
        let of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
        let march_month = (5 * of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = era * 400 + of_era + if month <= 2 { 1 } else { 0 };
        (year, month, of_year - (153 * march_month + 2) / 5 + 1)
    }

    /// The day `days` later (earlier if negative).
    pub const fn plus(self, days: i32) -> Day {
        Day(self.0 + days)
    }

    /// Days from `earlier` to `self`; negative if `self` is before it.
    pub const fn since(self, earlier: Day) -> i32 {
        self.0 - earlier.0
    }

    /// 0 = Sunday … 6 = Saturday (1970-01-01 was a Thursday).
    pub const fn weekday(self) -> i32 {
        (self.0 + 4).rem_euclid(7)
    }

    /// Parses `YYYY-MM-DD` only; what people type is read by [`crate::wareki`].
    pub fn parse_iso(text: &str) -> Option<Day> {
        let mut parts = text.splitn(3, '-');
        let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
        if y.len() != 4 || m.len() != 2 || d.len() != 2 {
            return None;
        }
        Day::from_ymd(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)
    }
}

/// ISO 8601 `YYYY-MM-DD`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

/// The days on which something may have happened, both ends inclusive. A known day has `lo == hi`; 年月のみ is a month;
/// 不明 is the widest span the recorder could vouch for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Span {
    pub lo: Day,
    pub hi: Day,
}

impl Span {
    /// A day that is known exactly.
    pub const fn on(day: Day) -> Span {
        Span { lo: day, hi: day }
    }

    pub const fn is_exact(self) -> bool {
        self.lo.0 == self.hi.0
    }
}

impl From<Day> for Span {
    fn from(day: Day) -> Span {
        Span::on(day)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use alloc::string::ToString;

    use super::Day;

    #[test]
    fn every_day_agrees_with_a_calendar_library() {
        let mut date = jiff::civil::date(1, 1, 1);
        let mut day = Day(-719_162);
        loop {
            let (y, m, d) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
            assert_eq!(day.ymd(), (y, m, d));
            assert_eq!(Day::from_ymd(y, m, d), Some(day));
            assert_eq!(day.weekday(), i32::from(date.weekday().to_sunday_zero_offset()));
            let Ok(next) = date.tomorrow() else { break };
            (date, day) = (next, day.plus(1));
        }
        assert_eq!(day, crate::NEVER);
    }

    #[test]
    fn days_that_do_not_exist() {
        for (y, m, d) in
            [(2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (0, 1, 1)]
        {
            assert_eq!(Day::from_ymd(y, m, d), None, "{y}-{m}-{d}");
        }
        assert_eq!(Day::parse_iso("2026-2-03"), None);
        assert_eq!(Day::parse_iso("2026-02-03").unwrap().to_string(), "2026-02-03");
    }
}
