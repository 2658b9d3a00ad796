//! A civil day and a span of days.
//!
//! All dates of the product are civil days in Japan. Stored and compared as the number of days since 1970-01-01, so
//! that a column of them is a column of 32-bit integers on every database.

use core::fmt;

use jiff::{Span as JiffSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// Days since 1970-01-01 (which is 0). Range: years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// The day `year-month-day` of the Gregorian calendar; `None` if there is no such day (31 February).
    pub fn from_ymd(year: i32, month: i32, day: i32) -> Option<Day> {
        let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Day(EPOCH.until(date).ok()?.get_days()))
    }

    /// (year, month 1–12, day 1–31).
    pub fn ymd(self) -> (i32, i32, i32) {
        let date = EPOCH.checked_add(JiffSpan::new().days(self.0)).unwrap_or(EPOCH);
        (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()))
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
