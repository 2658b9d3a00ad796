//! What a person typed into a date field, read kindly and exactly.
//!
//! | typed | read as |
//! |---|---|
//! | R8.11.24, 令和8年11月24日, 令8-11-24, H30.5.1, R081124 | that day of the era, if it lies in the era |
//! | 2026-11-24, 2026/11/24, 2026年11月24日, 20261124 | that day |
//! | 11/24, 11-24, 11月24日 | the last such day up to today, unless the next one is at most 60 days away |
//! | きょう, きのう, おととい, あす, あさって | relative to today |
//! | +3, -2 | days from today |
//! | 火, 火曜, 火曜日 | the next such day after today |
//! | 令和8年11月, R8.11, 2026年11月, 2026-11 | 年月のみ: the whole month |
//! | 令和8年, R8, 2026年 | 年のみ: the whole year, cut to the era |
//!
//! Full-width letters, digits, spaces and all kinds of hyphen are folded first. Nothing is guessed beyond this table:
//! a date that does not exist is refused with the date that was probably meant.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use super::{ERAS, Era, date};
use crate::{Day, Span, counting};

/// Why a typed date could not be read, in the user's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DateError {
    message: String,
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for DateError {}

type Read = Result<Span, DateError>;

/// A month and day without a year may lie this far ahead; otherwise it is in the past.
const AHEAD_DAYS: i32 = 60;

/// Reads what a person typed on the day `today`.
pub fn parse(text: &str, today: Day) -> Read {
    let folded = fold(text);
    if folded.is_empty() {
        return refuse("日付を入力してください");
    }
    if let Some(day) = relative(&folded, today) {
        return Ok(Span::on(day));
    }
    let read = match era_prefix(&folded) {
        Some((era, rest)) => in_era(era, rest),
        None => western(&folded, today),
    };
    read.unwrap_or_else(|| {
        refuse(&format!("「{}」は日付として読めません。例：R8.11.24、2026-11-24、11/24", text.trim()))
    })
}

fn refuse(message: &str) -> Read {
    Err(DateError { message: message.to_string() })
}

/// Full-width to ASCII, hyphens to one hyphen, no spaces, 元年 to 1年, letters to capitals.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        out.push(match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c).to_ascii_uppercase(),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | 'ー' | 'ｰ' | '⁻' | '﹣' => '-',
            '。' | '・' | '｡' | '･' => '.',
            c => c.to_ascii_uppercase(),
        });
    }
    // 「元年」 and 「元.5.1」: the first year of an era.
    out.replace('元', "1")
}

fn relative(text: &str, today: Day) -> Option<Day> {
    let days = match text {
        "きょう" | "今日" | "本日" | "当日" => 0,
        "きのう" | "昨日" => -1,
        "おととい" | "一昨日" => -2,
        "あす" | "あした" | "明日" => 1,
        "あさって" | "明後日" => 2,
        _ => match text.strip_prefix('+').map(|n| (n, 1)).or_else(|| text.strip_prefix('-').map(|n| (n, -1))) {
            Some((n, sign)) => sign * number(n, 4)?,
            None => return next_weekday(text, today),
        },
    };
    Some(today.plus(days))
}

/// The next such weekday after today.
fn next_weekday(text: &str, today: Day) -> Option<Day> {
    let name = text.strip_suffix("曜日").or_else(|| text.strip_suffix('曜')).unwrap_or(text);
    let wanted = super::WEEKDAYS.iter().position(|w| *w == name)?;
    let ahead = (i32::try_from(wanted).ok()? - today.weekday()).rem_euclid(7);
    Some(today.plus(if ahead == 0 { 7 } else { ahead }))
}

fn era_prefix(text: &str) -> Option<(&'static Era, &str)> {
    ERAS.iter().find_map(|era| {
        let rest = text.strip_prefix(era.name).or_else(|| text.strip_prefix(era.short));
        rest.or_else(|| text.strip_prefix(era.letter)).map(|rest| (era, rest))
    })
}

/// Year of an era, and month and day if they were given. `None`: not a date at all.
fn in_era(era: &'static Era, rest: &str) -> Option<Read> {
    let parts = match rest.len() {
        6 if rest.bytes().all(|b| b.is_ascii_digit()) => split_digits(rest, [2, 2, 2])?,
        _ => parts(rest)?,
    };
    let year = *parts.first()?;
    if year == 0 {
        return Some(refuse(&format!("{}0年はありません。{}は1年（元年）からです", era.name, era.name)));
    }
    if year > 99 {
        return None;
    }
    let span = match span_of(era.first_year + year - 1, parts.get(1).copied(), parts.get(2).copied()) {
        Ok(span) => span,
        Err(error) => return Some(Err(error)),
    };
    let last = ERAS.iter().rev().find(|e| e.first_day > era.first_day).map(|e| e.first_day.plus(-1));
    let inside = Span { lo: span.lo.max(era.first_day), hi: last.map_or(span.hi, |l| span.hi.min(l)) };
    if inside.lo > inside.hi {
        return Some(refuse(&format!("{}ですか", shown(span, parts.len()))));
    }
    Some(Ok(inside))
}

/// The date as it should have been written, as exactly as it was written.
fn shown(span: Span, given: usize) -> String {
    let (_, m, _) = span.lo.ymd();
    match given {
        1 => super::year(span.lo),
        2 => format!("{}{m}月", super::year(span.lo)),
        _ => date(span.lo),
    }
}

fn western(text: &str, today: Day) -> Option<Read> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return match text.len() {
            8 => {
                let parts = split_digits(text, [4, 2, 2])?;
                Some(span_of(*parts.first()?, parts.get(1).copied(), parts.get(2).copied()))
            }
            4 => Some(refuse(&format!(
                "「{text}」は年だけなら「{text}年」、月日なら「{}/{}」と入力してください",
                text.get(..2).unwrap_or_default().trim_start_matches('0'),
                text.get(2..).unwrap_or_default().trim_start_matches('0')
            ))),
            _ => None,
        };
    }
    let four = text.bytes().take_while(u8::is_ascii_digit).count() == 4;
    let parts = parts(text)?;
    match (four, parts.as_slice()) {
        (true, [year]) if text.ends_with('年') => Some(span_of(*year, None, None)),
        (true, [year, month]) => Some(span_of(*year, Some(*month), None)),
        (true, [year, month, day]) => Some(span_of(*year, Some(*month), Some(*day))),
        (false, [month, day]) if !text.contains('年') => Some(without_year(*month, *day, today)),
        _ => None,
    }
}

/// The last such day up to today, unless the next one is at most [`AHEAD_DAYS`] away: dates of records lie in the past,
/// appointments soon ahead.
fn without_year(month: i32, day: i32, today: Day) -> Read {
    let (year, _, _) = today.ymd();
    // 29 February may be eight years away (1896 to 1904, 2096 to 2104).
    let ahead = (year..=year + 1).find_map(|y| Day::from_ymd(y, month, day).filter(|d| *d > today));
    if let Some(day) = ahead.filter(|d| d.since(today) <= AHEAD_DAYS) {
        return Ok(Span::on(day));
    }
    match (0..=8).find_map(|back| Day::from_ymd(year - back, month, day).filter(|d| *d <= today)) {
        Some(day) => Ok(Span::on(day)),
        None => no_such(month, day, None),
    }
}

fn span_of(year: i32, month: Option<i32>, day: Option<i32>) -> Read {
    if !(1868..=2199).contains(&year) {
        return refuse(&format!("{year}年は入力の範囲（1868年から2199年まで）にありません"));
    }
    let (first, last) = match (month, day) {
        (Some(m), _) if !(1..=12).contains(&m) => return refuse(&format!("{m}月はありません")),
        (Some(m), Some(d)) => match Day::from_ymd(year, m, d) {
            Some(day) => return Ok(Span::on(day)),
            None => return no_such(m, d, Some(year)),
        },
        (Some(m), None) => (Day::from_ymd(year, m, 1), counting::month_end(year, m)),
        (None, _) => (Day::from_ymd(year, 1, 1), Day::from_ymd(year, 12, 31)),
    };
    match (first, last) {
        (Some(lo), Some(hi)) => Ok(Span { lo, hi }),
        _ => refuse("この日付は読めません"),
    }
}

fn no_such(month: i32, day: i32, year: Option<i32>) -> Read {
    let last = year.filter(|_| (1..=12).contains(&month)).map(|y| counting::days_in_month(y, month));
    match (last, year) {
        (Some(last), Some(year)) if day > last => {
            refuse(&format!("{year}年{month}月{day}日はありません（{month}月は{last}日までです）"))
        }
        _ => refuse(&format!("{month}月{day}日はありません")),
    }
}

/// One to three numbers between `.`, `-`, `/` or 年月日; `None` if anything else stands there. 「11月」 alone is no date.
fn parts(text: &str) -> Option<Vec<i32>> {
    let kanji = text.contains(['年', '月', '日']);
    let mut out = Vec::with_capacity(3);
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        out.push(number(rest.get(..digits)?, 4)?);
        rest = rest.get(digits..)?;
        let Some(mark) = rest.chars().next() else { break };
        let due = match (kanji, out.len()) {
            (false, _) => matches!(mark, '.' | '-' | '/') && rest.len() > 1,
            // 月 and 日 without 年: the first number is the month.
            (true, 1) => mark == if text.contains('年') { '年' } else { '月' },
            (true, 2) => mark == if text.contains('年') { '月' } else { '日' },
            (true, _) => mark == '日',
        };
        if !due {
            return None;
        }
        rest = rest.get(mark.len_utf8()..)?;
    }
    (1..=3).contains(&out.len()).then_some(out)
}

fn split_digits(text: &str, widths: [usize; 3]) -> Option<Vec<i32>> {
    let mut rest = text;
    widths
        .iter()
        .map(|w| {
            let (head, tail) = rest.split_at_checked(*w)?;
            rest = tail;
            number(head, *w)
        })
        .collect()
}

fn number(text: &str, longest: usize) -> Option<i32> {
    let plain = !text.is_empty() && text.len() <= longest && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
