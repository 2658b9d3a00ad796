//! Japanese eras: the table of five rows, and how dates are shown.
//!
//! What people type is read by [`parse`] (module `typed`). Eras change on a day, not on a year: 平成31年4月30日 is followed
//! by 令和元年5月1日 (元号法; 平成31年政令143号).

mod typed;

use alloc::{format, string::String};

use crate::{Day, Span, counting};

pub use typed::{DateError, parse};

/// One era.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Era {
    pub name: &'static str,
    /// The first character, as forms abbreviate it.
    pub short: &'static str,
    pub letter: char,
    pub first_day: Day,
    pub first_year: i32,
}

/// Newest first. Days before 明治 (1868-01-25) are shown in the Gregorian calendar.
pub const ERAS: [Era; 5] = [
    Era { name: "令和", short: "令", letter: 'R', first_day: Day(18_017), first_year: 2019 },
    Era { name: "平成", short: "平", letter: 'H', first_day: Day(6_947), first_year: 1989 },
    Era { name: "昭和", short: "昭", letter: 'S', first_day: Day(-15_713), first_year: 1926 },
    Era { name: "大正", short: "大", letter: 'T', first_day: Day(-20_974), first_year: 1912 },
    Era { name: "明治", short: "明", letter: 'M', first_day: Day(-37_231), first_year: 1868 },
];

const WEEKDAYS: [&str; 7] = ["日", "月", "火", "水", "木", "金", "土"];

/// The era of a day.
pub fn era(day: Day) -> Option<&'static Era> {
    ERAS.iter().find(|e| e.first_day <= day)
}

/// 日, 月, 火 …
pub fn weekday(day: Day) -> &'static str {
    usize::try_from(day.weekday()).ok().and_then(|i| WEEKDAYS.get(i)).copied().unwrap_or("")
}

/// 令和8年, 令和元年; the year of the era that holds on `day`.
pub fn year(day: Day) -> String {
    let (y, _, _) = day.ymd();
    match era(day) {
        Some(e) if y == e.first_year => format!("{}元年", e.name),
        Some(e) => format!("{}{}年", e.name, y - e.first_year + 1),
        None => format!("{y}年"),
    }
}

/// 令和8年11月24日.
pub fn date(day: Day) -> String {
    let (_, m, d) = day.ymd();
    format!("{}{m}月{d}日", year(day))
}

/// 令和8年11月24日（火）.
pub fn long(day: Day) -> String {
    format!("{}（{}）", date(day), weekday(day))
}

/// R8.11.24.
pub fn short(day: Day) -> String {
    let (y, m, d) = day.ymd();
    match era(day) {
        Some(e) => format!("{}{}.{m}.{d}", e.letter, y - e.first_year + 1),
        None => format!("{y}.{m}.{d}"),
    }
}

/// 11/24.
pub fn month_day(day: Day) -> String {
    let (_, m, d) = day.ymd();
    format!("{m}/{d}")
}

/// 令和8年度, named by its 1 May, so that the year of the change is 令和元年度, as the government settled it.
pub fn fiscal_year(day: Day) -> String {
    let may = counting::in_fiscal_year(counting::fiscal_year(day), 5, 1).unwrap_or(day);
    format!("{}度", year(may))
}

/// A day, or what is known of it: 令和8年11月（日不明）, 令和8年（月日不明）, 令和8年11月3日から令和8年11月9日までの間.
pub fn span(span: Span) -> String {
    if span.is_exact() {
        return long(span.lo);
    }
    let ((y, m, _), (y2, m2, _)) = (span.lo.ymd(), span.hi.ymd());
    let same_era = era(span.lo) == era(span.hi);
    if same_era && (y, m) == (y2, m2) && covers(span, Day::from_ymd(y, m, 1), counting::month_end(y, m)) {
        return format!("{}{m}月（日不明）", year(span.lo));
    }
    if same_era && y == y2 && covers(span, Day::from_ymd(y, 1, 1), Day::from_ymd(y, 12, 31)) {
        return format!("{}（月日不明）", year(span.lo));
    }
    format!("{}から{}までの間", date(span.lo), date(span.hi))
}

/// Whether a span is a whole month or year, cut to its era (昭和64年 is 1 to 7 January).
fn covers(span: Span, first: Option<Day>, last: Option<Day>) -> bool {
    let (Some(first), Some(last)) = (first, last) else {
        return false;
    };
    let starts = span.lo == first || ERAS.iter().any(|e| e.first_day == span.lo && first < span.lo);
    let ends = span.hi == last || ERAS.iter().any(|e| e.first_day.plus(-1) == span.hi && span.hi < last);
    starts && ends
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn d(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn eras_begin_on_their_days() {
        let firsts = ["2019-05-01", "1989-01-08", "1926-12-25", "1912-07-30", "1868-01-25"];
        for (era, first) in ERAS.iter().zip(firsts) {
            assert_eq!(era.first_day, d(first), "{}", era.name);
            assert_eq!(era.first_year, d(first).ymd().0);
        }
    }

    #[test]
    fn shown_in_the_forms_of_the_office() {
        let day = d("2026-11-24");
        assert_eq!(long(day), "令和8年11月24日（火）");
        assert_eq!(short(day), "R8.11.24");
        assert_eq!(month_day(day), "11/24");
        assert_eq!(fiscal_year(day), "令和8年度");
        assert_eq!(fiscal_year(d("2026-03-31")), "令和7年度");
        assert_eq!(fiscal_year(d("2020-03-31")), "令和元年度");
        assert_eq!(date(d("2019-05-01")), "令和元年5月1日");
        assert_eq!(date(d("2019-04-30")), "平成31年4月30日");
        assert_eq!(short(d("1989-01-07")), "S64.1.7");
        assert_eq!(short(d("1868-01-24")), "1868.1.24");
    }

    #[test]
    fn spans_say_what_is_not_known() {
        let month = Span { lo: d("2026-11-01"), hi: d("2026-11-30") };
        assert_eq!(span(month), "令和8年11月（日不明）");
        assert_eq!(span(Span { lo: d("2026-01-01"), hi: d("2026-12-31") }), "令和8年（月日不明）");
        assert_eq!(span(Span { lo: d("1989-01-01"), hi: d("1989-01-07") }), "昭和64年1月（日不明）");
        assert_eq!(span(Span { lo: d("2019-05-01"), hi: d("2019-12-31") }), "令和元年（月日不明）");
        assert_eq!(span(Span { lo: d("2026-11-03"), hi: d("2026-11-09") }), "令和8年11月3日から令和8年11月9日までの間");
        assert_eq!(span(Span::on(d("2026-11-24"))), "令和8年11月24日（火）");
    }
}
