//! The only place that reads the system's time.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rules::Day;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// Japan has kept UTC+9 without summer time since 1952.
const JAPAN: i64 = 9 * HOUR;

/// Today and now, in Japan; or, for the demo, a day that stands still.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Since when it grows; not at all, if that is missing.
    pinned: Option<(Day, Option<Instant>)>,
}

impl Clock {
    pub fn system() -> Clock {
        Clock { pinned: None }
    }

    /// `today` stays `day`; `now` starts at 09:00 of it and grows, so that records keep their order.
    pub fn pinned(day: Day) -> Clock {
        Clock { pinned: Some((day, Some(Instant::now()))) }
    }

    /// `today` stays `day` and `now` stays at 09:00 of it, so that what is made twice is the same. Records keep their order
    /// all the same: each is recorded after the one before it.
    pub fn standing(day: Day) -> Clock {
        Clock { pinned: Some((day, None)) }
    }

    /// The civil day in Japan.
    pub fn today(&self) -> Day {
        self.pinned.map_or_else(|| day_in_japan(self.wall()), |(day, _)| day)
    }

    /// Microseconds since 1970-01-01T00:00Z, for what is recorded.
    pub fn now(&self) -> i64 {
        let Some((day, since)) = self.pinned else { return self.wall() };
        let elapsed = since.map_or(0, |since| i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX / 2));
        i64::from(day.0) * DAY + 9 * HOUR - JAPAN + elapsed
    }

    /// Real time even when pinned, for what guards the door (sessions, rate limits): those must run out in real time.
    pub fn wall(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }
}

/// The civil day in Japan at an instant.
pub fn day_in_japan(instant: i64) -> Day {
    let days = (instant + JAPAN).div_euclid(DAY);
    Day(i32::try_from(days).unwrap_or(i32::MAX))
}

/// (hour, minute) in Japan at an instant.
pub fn time_in_japan(instant: i64) -> (i64, i64) {
    let minutes = (instant + JAPAN).rem_euclid(DAY) / (60 * SECOND);
    (minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_day_turns_at_midnight_in_japan() {
        let fifteen_utc = 15 * HOUR;
        assert_eq!(day_in_japan(fifteen_utc - 1), Day(0));
        assert_eq!(day_in_japan(fifteen_utc), Day(1));
        assert_eq!(time_in_japan(fifteen_utc), (0, 0));
        assert_eq!(time_in_japan(0), (9, 0));
    }

    #[test]
    fn a_pinned_clock_stands_on_its_day_and_still_grows() {
        let day = Day::from_ymd(2026, 11, 24).unwrap();
        let clock = Clock::pinned(day);
        let first = clock.now();
        assert_eq!(clock.today(), day);
        assert_eq!(day_in_japan(first), day);
        assert_eq!(time_in_japan(first), (9, 0));
        assert!(clock.now() >= first);
    }
}
