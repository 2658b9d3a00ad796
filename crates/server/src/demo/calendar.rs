//! Days on which a centre works, and the instants at which the demo's acts were recorded.

use rules::{Day, counting};

const HOUR: i64 = 3_600_000_000;

/// Weekends, the holidays that stand on a fixed date, and the turn of the year. (Movable holidays do not matter here.)
pub fn is_workday(day: Day) -> bool {
    const CLOSED: [(i32, i32); 15] = [
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 11),
        (2, 23),
        (4, 29),
        (5, 3),
        (5, 4),
        (5, 5),
        (8, 11),
        (11, 3),
        (11, 23),
        (12, 29),
        (12, 30),
        (12, 31),
    ];
    let (_, month, number) = day.ymd();
    !matches!(day.weekday(), 0 | 6) && !CLOSED.contains(&(month, number))
}

pub fn workday_from(mut day: Day) -> Day {
    while !is_workday(day) {
        day = day.plus(1);
    }
    day
}

pub fn workday_until(mut day: Day) -> Day {
    while !is_workday(day) {
        day = day.plus(-1);
    }
    day
}

/// The same day-number so many months later or earlier.
pub fn months(day: Day, n: i32) -> Day {
    counting::after_months(day, n)
}

/// The first day of a day's month.
pub fn month_start(day: Day) -> Day {
    let (_, _, number) = day.ymd();
    day.plus(1 - number)
}

/// The last day of the month `n` months after a day's month.
pub fn month_end(day: Day, n: i32) -> Day {
    counting::after_months(month_start(day), n + 1).plus(-1)
}

/// The 1 April on or before a day.
pub fn fiscal_start(day: Day) -> Day {
    counting::in_fiscal_year(counting::fiscal_year(day), 4, 1).unwrap_or(day)
}

/// The `nth` of `of` records of a day, spread over its afternoon in Japan (13:00 to 17:00) or, for the day on which the
/// demo opens, over the hour before the centre does.
pub fn instant(day: Day, nth: usize, of: usize, opens: bool) -> i64 {
    let (from, length) = if opens { (-HOUR, HOUR) } else { (4 * HOUR, 4 * HOUR) };
    let (nth, of) = (i64::try_from(nth).unwrap_or(0), i64::try_from(of).unwrap_or(1).max(1));
    i64::from(day.0) * 24 * HOUR + from + length / of * nth
}
