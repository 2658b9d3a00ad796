//! 時刻: the time of a contact. From a 通告 on, hours count (安全確認は48時間以内), and two calls of a day have an order.

use alloc::{format, string::String};
use core::fmt;

use serde::{Deserialize, Serialize};

/// Minutes since midnight, stored as that number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Time(u16);

const MINUTES: u16 = 24 * 60;

impl Time {
    /// `None`: a clock shows no such time.
    pub fn new(hour: u16, minute: u16) -> Option<Time> {
        (hour < 24 && minute < 60).then_some(Time(hour * 60 + minute))
    }

    /// Whether a clock shows it: what was stored or sent may hold any number.
    pub fn is_real(self) -> bool {
        self.0 < MINUTES
    }

    /// Reads 14:05, 1405, １４：０５, 14時5分, 14時, 午後2時5分, 午後2時半.
    ///
    /// # Errors
    /// In words, if it is no time of a day.
    pub fn parse(typed: &str) -> Result<Time, String> {
        let wrong = || format!("「{}」は時刻として読めません。例：14:05、1405、午後2時5分", typed.trim());
        let text = folded(typed);
        let (half, rest) = match text.strip_prefix("午後") {
            Some(rest) => (Some(12), rest),
            None => text.strip_prefix("午前").map_or((None, text.as_str()), |rest| (Some(0), rest)),
        };
        let (hour, minute) = clock(rest).ok_or_else(wrong)?;
        let hour = match half {
            Some(half) if hour <= 12 => hour % 12 + half,
            Some(_) => return Err(wrong()),
            None => hour,
        };
        Time::new(hour, minute).ok_or_else(wrong)
    }
}

/// Without spaces, in half width.
fn folded(typed: &str) -> String {
    let narrow = |c| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => c,
    };
    typed.chars().filter(|c| !c.is_whitespace()).map(narrow).collect()
}

fn clock(text: &str) -> Option<(u16, u16)> {
    if let Some((hour, rest)) = text.split_once('時') {
        let minute = match rest {
            "" => 0,
            "半" => 30,
            rest => digits(rest.strip_suffix('分').unwrap_or(rest), 2)?,
        };
        return Some((digits(hour, 2)?, minute));
    }
    if let Some((hour, minute)) = text.split_once(':') {
        return (minute.len() == 2).then_some((digits(hour, 2)?, digits(minute, 2)?));
    }
    let number = digits(text, 4).filter(|_| text.len() >= 3)?;
    Some((number / 100, number % 100))
}

fn digits(text: &str, most: usize) -> Option<u16> {
    let all = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:02}", self.0 / 60, self.0 % 60)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        for typed in
            ["14:05", "1405", "１４：０５", "14時5分", "14時05分", "午後2時5分", " 午後２時０５分 ", "午後2:05"]
        {
            assert_eq!(Time::parse(typed).unwrap().to_string(), "14:05", "{typed}");
        }
        for (typed, read) in
            [("9時", "9:00"), ("905", "9:05"), ("午前0時", "0:00"), ("午後12時半", "12:30"), ("0:00", "0:00")]
        {
            assert_eq!(Time::parse(typed).unwrap().to_string(), read, "{typed}");
        }
        for typed in ["25:99", "24:00", "14:5", "14", "2:60", "午後13時", "昼ごろ", "", "14:05:00", "-1:00", "99999"]
        {
            assert!(Time::parse(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn every_time_is_read_as_it_is_shown() {
        for minute in 0..MINUTES {
            let time = Time(minute);
            assert!(time.is_real());
            assert_eq!(Time::parse(&time.to_string()), Ok(time));
        }
        assert!(!Time(MINUTES).is_real());
    }
}
