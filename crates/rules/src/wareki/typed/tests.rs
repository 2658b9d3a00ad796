//! What people type, and what they are told when it cannot be a date.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use alloc::string::ToString;

use super::parse;
use crate::{Day, Span};

fn d(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

/// A Sunday.
const TODAY: &str = "2026-11-22";

fn day(text: &str) -> Day {
    let span = parse(text, d(TODAY)).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert!(span.is_exact(), "{text}");
    span.lo
}

fn error(text: &str) -> alloc::string::String {
    parse(text, d(TODAY)).unwrap_err().to_string()
}

#[test]
fn exact_days_in_every_form() {
    for text in [
        "R8.11.24",
        "r8.11.24",
        "Ｒ８．１１．２４",
        "令和8年11月24日",
        "令和８年１１月２４日",
        "令和 8年 11月 24日",
        "令8-11-24",
        "令8ー11ー24",
        "R8−11−24",
        "R8/11/24",
        "R081124",
        "2026-11-24",
        "2026/11/24",
        "2026.11.24",
        "2026‐11‐24",
        "20261124",
        "２０２６１１２４",
        "2026年11月24日",
        "2026年11月24",
        "11/24",
        "11-24",
        "11.24",
        "11月24日",
        " 11/24 ",
        "+2",
        "＋２",
        "火",
        "火曜日",
        "あさって",
    ] {
        assert_eq!(day(text), d("2026-11-24"), "{text}");
    }
    assert_eq!(day("H30.5.1"), d("2018-05-01"));
    assert_eq!(day("S62.3.3"), d("1987-03-03"));
    assert_eq!(day("大正15年12月24日"), d("1926-12-24"));
    assert_eq!(day("令和元年5月1日"), d("2019-05-01"));
    assert_eq!(day("R1.5.1"), d("2019-05-01"));
    assert_eq!(day("平成31年4月30日"), d("2019-04-30"));
    assert_eq!(day("S64.1.7"), d("1989-01-07"));
}

#[test]
fn words_of_the_day() {
    for (text, expected) in [
        ("きょう", "2026-11-22"),
        ("今日", "2026-11-22"),
        ("きのう", "2026-11-21"),
        ("昨日", "2026-11-21"),
        ("おととい", "2026-11-20"),
        ("あす", "2026-11-23"),
        ("明日", "2026-11-23"),
        ("+3", "2026-11-25"),
        ("-2", "2026-11-20"),
        ("－２", "2026-11-20"),
        ("月", "2026-11-23"),
        ("土", "2026-11-28"),
        // Today is a Sunday: the next one is a week away.
        ("日", "2026-11-29"),
        ("日曜", "2026-11-29"),
    ] {
        assert_eq!(day(text), d(expected), "{text}");
    }
}

#[test]
fn a_day_without_a_year_is_past_unless_soon() {
    for (text, expected) in [
        ("11/22", "2026-11-22"),
        ("11/21", "2026-11-21"),
        ("1/21", "2027-01-21"),
        ("1/22", "2026-01-22"),
        ("12/31", "2026-12-31"),
        ("4/1", "2026-04-01"),
        ("2/29", "2024-02-29"),
    ] {
        assert_eq!(day(text), d(expected), "{text}");
    }
}

#[test]
fn months_and_years_are_spans() {
    for (text, lo, hi) in [
        ("令和8年11月", "2026-11-01", "2026-11-30"),
        ("R8.11", "2026-11-01", "2026-11-30"),
        ("2026年11月", "2026-11-01", "2026-11-30"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024/2", "2024-02-01", "2024-02-29"),
        ("令和8年", "2026-01-01", "2026-12-31"),
        ("R8", "2026-01-01", "2026-12-31"),
        ("2026年", "2026-01-01", "2026-12-31"),
        ("令和元年", "2019-05-01", "2019-12-31"),
        ("平成31年", "2019-01-01", "2019-04-30"),
        ("昭和64年1月", "1989-01-01", "1989-01-07"),
    ] {
        assert_eq!(parse(text, d(TODAY)), Ok(Span { lo: d(lo), hi: d(hi) }), "{text}");
    }
}

#[test]
fn what_does_not_exist_is_refused_with_what_was_meant() {
    assert_eq!(error("令和1年4月30日"), "平成31年4月30日ですか");
    assert_eq!(error("令和元年4月30日"), "平成31年4月30日ですか");
    assert_eq!(error("平成31年5月1日"), "令和元年5月1日ですか");
    assert_eq!(error("H31.5"), "令和元年5月ですか");
    assert_eq!(error("平成32年"), "令和2年ですか");
    assert_eq!(error("S64.1.8"), "平成元年1月8日ですか");
    assert!(error("令和0年5月1日").starts_with("令和0年はありません"));
    assert!(error("R0.5.1").starts_with("令和0年はありません"));
    assert_eq!(error("2026-02-31"), "2026年2月31日はありません（2月は28日までです）");
    assert!(error("R8.2.31").contains("2月は28日まで"));
    assert_eq!(error("2/31"), "2月31日はありません");
    assert_eq!(error("13/1"), "13月1日はありません");
    assert_eq!(error("2026-13-01"), "13月はありません");
    assert_eq!(error(" "), "日付を入力してください");
    assert!(error("1124").contains("11/24"));
    assert!(error("0124").contains("1/24"));
}

#[test]
fn what_is_no_date_is_not_guessed() {
    for text in [
        "あいう",
        "R",
        "令和",
        "8年11月24日",
        "11月",
        "24日",
        "2026-11-24-1",
        "2026-11-",
        "R8.",
        "--2",
        "+",
        "1.2.3.4",
        "2026年11日",
        "12345",
        "2026/11月24日",
        "99999999999",
        "R123.1.1",
        "月火",
        "11/24日",
        "-12345",
    ] {
        assert!(error(text).contains("読めません"), "{text}: {}", error(text));
    }
    assert!(error("1800-01-01").contains("範囲"));
}
