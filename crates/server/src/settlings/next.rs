//! 持ち越し: which day each person gets.

use rules::{Day, counting};

/// Whoever has no birth date on file is looked at in a month.
const UNKNOWN_DAYS: i32 = 30;

/// The next date of a person's line: the day all get, or their next birthday, so that a year's work is spread over the
/// year; never later than the last day the law allows.
pub fn day(all: Option<Day>, birth: Option<Day>, legal_to: Option<Day>, today: Day) -> Day {
    let day = all.unwrap_or_else(|| birth.map_or(today.plus(UNKNOWN_DAYS), |birth| birthday(birth, today)));
    legal_to.map_or(day, |last| day.min(last)).max(today)
}

/// The first birthday after a day; of 29 February 1 March in common years.
fn birthday(birth: Day, today: Day) -> Day {
    let years = counting::age(birth, today).0;
    [years, years + 1, years + 2]
        .into_iter()
        .map(|n| counting::after_months(birth, 12 * n))
        .find(|day| *day > today)
        .unwrap_or(today.plus(UNKNOWN_DAYS))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ymd(y: i32, m: i32, d: i32) -> Day {
        Day::from_ymd(y, m, d).unwrap()
    }

    #[test]
    fn a_birthday_is_the_next_one_and_never_today() {
        let birth = ymd(2020, 11, 27);
        let next = |today| day(None, Some(birth), None, today);
        assert_eq!(next(ymd(2026, 11, 26)), ymd(2026, 11, 27));
        assert_eq!(next(ymd(2026, 11, 27)), ymd(2027, 11, 27));
        assert_eq!(next(ymd(2026, 11, 28)), ymd(2027, 11, 27));
        let leap = |today| day(None, Some(ymd(2024, 2, 29)), None, today);
        assert!(leap(ymd(2026, 2, 27)) > ymd(2026, 2, 27) && leap(ymd(2026, 2, 27)) <= ymd(2026, 3, 1));
    }

    #[test]
    fn the_law_ends_first_and_nothing_lies_in_the_past() {
        let (today, birth) = (ymd(2026, 11, 27), Some(ymd(2021, 6, 1)));
        assert_eq!(day(None, birth, Some(ymd(2027, 3, 1)), today), ymd(2027, 3, 1));
        assert_eq!(day(Some(ymd(2027, 4, 1)), birth, None, today), ymd(2027, 4, 1));
        assert_eq!(day(Some(ymd(2027, 4, 1)), birth, Some(today), today), today);
        assert_eq!(day(None, None, None, today), today.plus(30));
    }
}
