//! How dates are counted: ages, months, intervals, weeks, fiscal years, school entry, gestational age.
//!
//! A person reaches an age at 24:00 of the day before the birthday (年齢計算ニ関スル法律, 民法143条). The ministry's notice of
//! 2014-03-11 (定期接種における対象者の解釈) fixes how vaccination reads it: 「生後n月に至る日」 is the day before the same
//! day-number n months later, and both 「n月から」 and 「n月に至るまで」 include that very day.
//!
//! 養育医療 reads 「1歳未満」 one day shorter; it must not use these helpers.

use crate::Day;

/// The first calendar date on or after (year, month + `months`, day): the same day-number, or the FIRST of the month
/// after it when that day-number does not exist.
///
/// This is 「n月以上の間隔」 (30 November + 3 months = 1 March, as the ministry's example has it).
pub fn after_months(day: Day, months: i32) -> Day {
    let (year, month, number) = day.ymd();
    let total = year * 12 + month - 1 + months;
    let (y, m) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    if number <= days_in_month(y, m) {
        ymd_or(y, m, number, day)
    } else {
        let next = total + 1;
        ymd_or(next.div_euclid(12), next.rem_euclid(12) + 1, 1, day)
    }
}

/// 「n月後」 as people and calendars count, without a law that says otherwise: the same day-number n months later, or the
/// LAST day of that month when it has no such day-number (31 January + 1 month = 28 or 29 February).
pub fn months_later(day: Day, months: i32) -> Day {
    let (year, month, number) = day.ymd();
    let total = year * 12 + month - 1 + months;
    let (y, m) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    ymd_or(y, m, number.min(days_in_month(y, m)), day)
}

/// 生後n月に至る日: the day before the same day-number n months later; the last day of that month if there is no such
/// number (born 29, 30 or 31 December: 生後2月 is reached on 28 February).
pub fn reach(birth: Day, months: i32) -> Day {
    after_months(birth, months).plus(-1)
}

/// 「N歳となる日」「N歳に至る日」: the day before the Nth birthday.
pub fn reach_age(birth: Day, years: i32) -> Day {
    reach(birth, years * 12)
}

/// 「n日以上の間隔をおいて」: n clear days lie between, so 27 days means the same weekday four weeks later.
pub const fn after_clear_days(previous: Day, days: i32) -> Day {
    previous.plus(days + 1)
}

/// 「n月半」 (2価HPV): the n-month date and half of the month it falls in, rounded up (28/29/30/31 days: 14/15/15/16).
pub fn after_months_and_half(previous: Day, months: i32) -> Day {
    let day = after_months(previous, months);
    let (y, m, _) = day.ymd();
    day.plus((days_in_month(y, m) + 1) / 2)
}

/// 出生n週m日後 (the day of birth is 0週0日). Limits include the named day.
pub const fn weeks_after_birth(birth: Day, weeks: i32, days: i32) -> Day {
    birth.plus(7 * weeks + days)
}

/// Completed months for display: the nth month is complete on the monthly date itself, as people count.
pub fn months_old(birth: Day, on: Day) -> i32 {
    if on < birth {
        return 0;
    }
    let ((by, bm, _), (y, m, _)) = (birth.ymd(), on.ymd());
    let upper = (y - by) * 12 + m - bm;
    if after_months(birth, upper) <= on { upper } else { upper - 1 }
}

/// Age for display: completed years and months (1歳6か月 from the 18-month date).
pub fn age(birth: Day, on: Day) -> (i32, i32) {
    let months = months_old(birth, on);
    (months / 12, months % 12)
}

/// Completed years in the sense of the law: already on the day before the birthday.
pub fn legal_age(birth: Day, on: Day) -> i32 {
    months_old(birth, on.plus(1)) / 12
}

/// The fiscal year (年度) of a day: 1 April to 31 March, named by its first year.
pub fn fiscal_year(day: Day) -> i32 {
    let (y, m, _) = day.ymd();
    if m >= 4 { y } else { y - 1 }
}

/// The day `month`/`day` within a fiscal year: April to December of its first year, January to March of the next.
pub fn in_fiscal_year(year: i32, month: i32, day: i32) -> Option<Day> {
    Day::from_ymd(if month >= 4 { year } else { year + 1 }, month, day)
}

/// The fiscal year in which a person reaches an age: a birth on 1 April belongs to the older year.
pub fn fiscal_year_of_age(birth: Day, years: i32) -> i32 {
    fiscal_year(reach_age(birth, years))
}

/// 小学校就学の始期 (学校教育法17条): the first 1 April on or after the day following the day age 6 is reached.
pub fn school_entry(birth: Day) -> Day {
    let from = reach_age(birth, 6).plus(1);
    let (y, m, d) = from.ymd();
    let year = if (m, d) <= (4, 1) { y } else { y + 1 };
    ymd_or(year, 4, 1, from)
}

/// The day a pregnancy is `weeks`週`days`日: EDD is 40週0日.
pub const fn gestation_day(edd: Day, weeks: i32, days: i32) -> Day {
    edd.plus(7 * weeks + days - 280)
}

/// Gestational age on a day as completed weeks and days; `None` before 0週0日.
pub fn gestation(edd: Day, on: Day) -> Option<(i32, i32)> {
    let days = on.since(edd) + 280;
    (days >= 0).then_some((days / 7, days % 7))
}

/// Number of days of a month (1–12).
pub const fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Last day of a month.
pub fn month_end(year: i32, month: i32) -> Option<Day> {
    Day::from_ymd(year, month, days_in_month(year, month))
}

/// Years outside 1–9999 do not occur in records; there the date stays where it was.
fn ymd_or(year: i32, month: i32, day: i32, otherwise: Day) -> Day {
    Day::from_ymd(year, month, day).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn d(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn published_check_values_of_reach() {
        let table = [
            ("2018-04-01", 2, "2018-05-31"),
            ("2018-04-01", 60, "2023-03-31"),
            ("2018-04-01", 3, "2018-06-30"),
            ("2018-04-01", 90, "2025-09-30"),
            ("2018-07-31", 2, "2018-09-30"),
            ("2018-12-29", 2, "2019-02-28"),
            ("2018-12-30", 2, "2019-02-28"),
            ("2018-12-31", 2, "2019-02-28"),
            ("2018-12-28", 2, "2019-02-27"),
            ("2019-12-29", 2, "2020-02-28"),
            ("2019-12-30", 2, "2020-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-28"),
            ("2025-03-01", 12, "2026-02-28"),
        ];
        for (birth, months, expected) in table {
            assert_eq!(reach(d(birth), months), d(expected), "{birth} + {months}");
        }
    }

    #[test]
    fn intervals_of_months_take_the_first_of_the_following_month() {
        for (from, months, expected) in [
            ("2026-04-01", 3, "2026-07-01"),
            ("2025-11-30", 3, "2026-03-01"),
            ("2025-11-29", 3, "2026-03-01"),
            ("2025-11-28", 3, "2026-02-28"),
            ("2023-11-29", 3, "2024-02-29"),
            ("2026-10-31", 1, "2026-12-01"),
            ("2026-12-31", 12, "2027-12-31"),
        ] {
            assert_eq!(after_months(d(from), months), d(expected), "{from} + {months}");
        }
        assert_eq!(after_months_and_half(d("2026-04-01"), 2), d("2026-06-16"));
        assert_eq!(after_months_and_half(d("2025-12-01"), 2), d("2026-02-15"));
    }

    #[test]
    fn months_later_end_with_the_month() {
        for (from, months, expected) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
            ("2025-08-31", 18, "2027-02-28"),
            ("2025-12-31", 60, "2030-12-31"),
            ("2025-12-15", 1, "2026-01-15"),
            ("2025-10-31", 1, "2025-11-30"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-03-31", 0, "2026-03-31"),
        ] {
            assert_eq!(months_later(d(from), months), d(expected), "{from} + {months}");
        }
    }

    #[test]
    fn intervals_of_days_are_clear_days() {
        for (days, later) in [(6, 7), (20, 21), (27, 28), (60, 61), (139, 140)] {
            let from = d("2026-01-15");
            assert_eq!(after_clear_days(from, days), from.plus(later));
        }
        assert_eq!(after_clear_days(d("2026-05-01"), 27).weekday(), d("2026-05-01").weekday());
    }

    #[test]
    fn weeks_of_rota() {
        assert_eq!(weeks_after_birth(d("2020-08-01"), 6, 0), d("2020-09-12"));
    }

    #[test]
    fn ages_for_display_and_in_law() {
        assert_eq!(age(d("2025-05-01"), d("2026-10-31")), (1, 5));
        assert_eq!(age(d("2025-05-01"), d("2026-11-01")), (1, 6));
        assert_eq!(age(d("2025-05-01"), d("2025-04-01")), (0, 0));
        assert_eq!(age(d("2025-05-31"), d("2025-06-30")), (0, 0));
        assert_eq!(age(d("2025-05-31"), d("2025-07-01")), (0, 1));
        assert_eq!(age(d("2024-02-29"), d("2025-02-28")), (0, 11));
        assert_eq!(age(d("2024-02-29"), d("2025-03-01")), (1, 0));
        assert_eq!(legal_age(d("2020-04-01"), d("2026-03-30")), 5);
        assert_eq!(legal_age(d("2020-04-01"), d("2026-03-31")), 6);
        assert_eq!(legal_age(d("2024-02-29"), d("2025-02-28")), 1);
    }

    #[test]
    fn fiscal_years_and_school_entry() {
        assert_eq!(fiscal_year(d("2026-03-31")), 2025);
        assert_eq!(fiscal_year(d("2026-04-01")), 2026);
        assert_eq!(school_entry(d("2011-04-01")), d("2017-04-01"));
        assert_eq!(school_entry(d("2011-04-02")), d("2018-04-01"));
        assert_eq!(school_entry(d("2012-02-29")), d("2018-04-01"));
        assert_eq!(fiscal_year_of_age(d("2011-04-01"), 6), 2016);
        assert_eq!(fiscal_year_of_age(d("2011-04-02"), 6), 2017);
        assert_eq!(in_fiscal_year(2026, 12, 31), Some(d("2026-12-31")));
        assert_eq!(in_fiscal_year(2026, 3, 31), Some(d("2027-03-31")));
    }

    #[test]
    fn gestational_age_from_the_expected_date() {
        let edd = d("2026-04-23");
        assert_eq!(gestation(edd, edd), Some((40, 0)));
        assert_eq!(gestation_day(edd, 28, 0), d("2026-01-29"));
        assert_eq!(gestation_day(edd, 36, 6), d("2026-04-01"));
        assert_eq!(gestation(edd, d("2026-01-28")), Some((27, 6)));
        assert_eq!(gestation(edd, edd.plus(-280)), Some((0, 0)));
        assert_eq!(gestation(edd, edd.plus(-281)), None);
    }
}
