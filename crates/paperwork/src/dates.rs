//! Dates as city halls export them, read into a span of days.
//!
//! Fixed machine formats and the usual written ones: `20260401`, `2026-04-01`, `2026/4/1`, the seven digits with an era
//! code `5080401`, `R8.4.1`, `R080401`, `令和8年4月1日`, `令和元年5月`. A part that is 00 or 不詳 widens the span to
//! the month or the year. What people type into a form is read by `rules::wareki::parse`, which knows today and words such
//! as きょう; a register file must not be read that kindly. A day that the era never had is refused with the name the day really has.

use rules::wareki::{ERAS, Era, date};
use rules::{Day, Span};
use unicode_normalization::UnicodeNormalization;

/// The era of a code: 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和.
fn era_of_code(code: i32) -> Option<&'static Era> {
    ERAS.get(usize::try_from(5 - code).ok()?)
}

/// The last day of an era; none for the running one. The days of change of 1912 and 1926 belong to both names (改元の詔書
/// took effect on the day itself), since 1989 a day belongs to one.
fn last_day(era: &Era) -> Option<Day> {
    let next = ERAS.iter().rev().find(|next| next.first_day > era.first_day)?;
    let shared = matches!(era.letter, 'M' | 'T');
    Some(if shared { next.first_day } else { next.first_day.plus(-1) })
}

/// Years outside are typing errors, not dates of a living register.
const YEARS: std::ops::RangeInclusive<i32> = 1868..=2199;

const EXAMPLES: &str = "日付（例 20260401、2026-04-01、R8.4.1、5080401）";

/// The span that `text` names, or what was expected, in words that stand before 「が必要です」.
pub fn read_span(text: &str) -> Result<Span, String> {
    let folded: String = text.trim().nfkc().collect();
    let bare: String = without_time(&folded).chars().filter(|c| !c.is_whitespace()).collect();
    let (era, rest) = split_era(&bare);
    let parts = if rest.chars().all(|c| c.is_ascii_digit()) {
        digits(era, rest)?
    } else {
        let (year, month, day) = written(rest).ok_or(EXAMPLES)?;
        if era.is_none() && year < 100 {
            return Err("西暦4桁または元号のついた日付（例 2026-04-01、R8.4.1）".into());
        }
        Parts { era, year, month, day }
    };
    parts.span()
}

/// `2026/04/01 0:00:00` and `2026-04-01T00:00:00`, as databases and Excel write a day.
fn without_time(text: &str) -> &str {
    match text.split_once([' ', 'T']) {
        Some((day, time))
            if day.len() >= 6
                && time.contains(':')
                && time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.')) =>
        {
            day
        }
        _ => text,
    }
}

fn split_era(text: &str) -> (Option<&'static Era>, &str) {
    for era in &ERAS {
        for name in [era.name, era.short] {
            if let Some(rest) = text.strip_prefix(name) {
                return (Some(era), rest);
            }
        }
        if let Some(rest) = text.strip_prefix([era.letter, era.letter.to_ascii_lowercase()]) {
            return (Some(era), rest.strip_prefix(['.', '-', '/']).unwrap_or(rest));
        }
    }
    (None, text)
}

/// A date before it is looked up in the calendar. `month` and `day` are 0 where unknown.
struct Parts {
    era: Option<&'static Era>,
    year: i32,
    month: i32,
    day: i32,
}

fn digits(era: Option<&'static Era>, text: &str) -> Result<Parts, String> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<i32>().ok()).unwrap_or(0);
    match (era, text.len()) {
        (None, 8) => Ok(Parts { era, year: number(0, 4), month: number(4, 6), day: number(6, 8) }),
        (None, 7) => {
            let era = era_of_code(number(0, 1));
            let era = era.ok_or("元号コード1〜5（1明治 2大正 3昭和 4平成 5令和）で始まる7桁の日付（例 5080401）")?;
            Ok(Parts { era: Some(era), year: number(1, 3), month: number(3, 5), day: number(5, 7) })
        }
        (Some(_), 6) => Ok(Parts { era, year: number(0, 2), month: number(2, 4), day: number(4, 6) }),
        (None, 5) => {
            Err(format!("{EXAMPLES}（5桁の数字はExcelの通し番号と思われます。文字列として書き出したファイル）"))
        }
        _ => Err(EXAMPLES.into()),
    }
}

/// Year, month and day with separators or 年月日; a part that is not known is 0.
fn written(text: &str) -> Option<(i32, i32, i32)> {
    let part = |t: &str| -> Option<i32> {
        match t {
            "元" => Some(1),
            "" | "不詳" | "不明" => Some(0),
            _ if t.len() <= 4 && t.chars().all(|c| c.is_ascii_digit()) => t.parse().ok(),
            _ => None,
        }
    };
    let numeral = |t: &str| part(t).filter(|_| !t.is_empty());
    if let Some((year, rest)) = text.split_once('年') {
        let year = numeral(year)?;
        let (month, rest) = rest.split_once('月').unwrap_or((rest, ""));
        let day = rest.strip_suffix("不詳").or(rest.strip_suffix("不明")).map(|r| r.trim_end_matches('日'));
        let day = day.unwrap_or(rest.strip_suffix('日').unwrap_or(rest));
        let (month, day) = (part(month)?, part(day)?);
        return if month == 0 && day != 0 { None } else { Some((year, month, day)) };
    }
    let separator = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = text.split(separator);
    let (year, month) = (numeral(parts.next()?)?, numeral(parts.next()?)?);
    let day = match parts.next() {
        Some(day) => numeral(day)?,
        None => 0,
    };
    parts.next().is_none().then_some((year, month, day))
}

impl Parts {
    fn span(&self) -> Result<Span, String> {
        let year = match self.era {
            None => self.year,
            Some(_) if self.year == 0 => return Err("1年（元年）以後の和暦の日付".into()),
            Some(era) => era.first_year - 1 + self.year,
        };
        if !YEARS.contains(&year) || self.month > 12 {
            return Err(EXAMPLES.into());
        }
        let month_end =
            |month| (28..=31).rev().find_map(|day| Day::from_ymd(year, month, day)).ok_or_else(|| EXAMPLES.to_owned());
        let first = |month| Day::from_ymd(year, month, 1).ok_or_else(|| EXAMPLES.to_owned());
        let span = match (self.month, self.day) {
            (0, 0) => Span { lo: first(1)?, hi: month_end(12)? },
            (0, _) => return Err(EXAMPLES.into()),
            (month, 0) => Span { lo: first(month)?, hi: month_end(month)? },
            (month, day) => match Day::from_ymd(year, month, day) {
                Some(day) => Span::on(day),
                None => {
                    return Err(format!("実在する日付（例 {}）", self.in_same_style(month_end(month)?)));
                }
            },
        };
        self.inside_era(span)
    }

    /// An imprecise span is cut at the era's ends; an exact day outside them is refused with its right name.
    fn inside_era(&self, span: Span) -> Result<Span, String> {
        let Some(era) = self.era else { return Ok(span) };
        let (first, last) = (era.first_day, last_day(era));
        let cut = Span { lo: span.lo.max(first), hi: last.map_or(span.hi, |last| span.hi.min(last)) };
        if cut.lo <= cut.hi {
            return Ok(cut);
        }
        let (edge, word) = match last {
            Some(last) if span.lo > last => (last, "まで"),
            _ => (first, "から"),
        };
        let (y, m, d) = edge.ymd();
        let right = if span.is_exact() { date(span.lo) } else { "元号の期間に合う日付".into() };
        Err(format!("{right}（{}は{y}年{m}月{d}日{word}）", era.name))
    }

    fn in_same_style(&self, day: Day) -> String {
        let (y, m, d) = day.ymd();
        match self.era {
            Some(era) => format!("{}{}.{m}.{d}", era.letter, y - era.first_year + 1),
            None => format!("{y}-{m:02}-{d:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn days(text: &str) -> String {
        match read_span(text) {
            Ok(span) if span.is_exact() => span.lo.to_string(),
            Ok(span) => format!("{}..{}", span.lo, span.hi),
            Err(expected) => expected,
        }
    }

    #[test]
    fn one_day_in_every_format() {
        for text in [
            "20260401",
            "2026-04-01",
            "2026/4/1",
            "2026.4.1",
            "2026年4月1日",
            "5080401",
            "R8.4.1",
            "r8.4.1",
            "R080401",
            "R08-04-01",
            "R.8.4.1",
            "令和8年4月1日",
            "令和８年４月１日",
            "２０２６０４０１",
            "令8.4.1",
            " 2026-04-01 ",
            "2026/04/01 0:00:00",
            "2026-04-01T00:00:00",
            "令和 8年 4月 1日",
            "㋿8年4月1日",
        ] {
            assert_eq!(days(text), "2026-04-01", "{text}");
        }
    }

    #[test]
    fn eras_and_their_edges() {
        assert_eq!(days("令和元年5月1日"), "2019-05-01");
        assert_eq!(days("平成31年4月30日"), "2019-04-30");
        assert_eq!(days("4010108"), "1989-01-08");
        assert_eq!(days("S64.1.7"), "1989-01-07");
        assert_eq!(days("大正15年12月25日"), "1926-12-25");
        assert_eq!(days("昭和1年12月25日"), "1926-12-25");
        assert_eq!(days("明治45年7月30日"), days("大正元年7月30日"));
        assert_eq!(days("令和1年4月30日"), "平成31年4月30日（令和は2019年5月1日から）");
        assert_eq!(days("平成31年5月1日"), "令和元年5月1日（平成は2019年4月30日まで）");
        assert_eq!(days("昭和64年1月8日"), "平成元年1月8日（昭和は1989年1月7日まで）");
        assert!(days("令和0年5月1日").contains("元年"));
        assert!(days("5000501").contains("元年"));
    }

    #[test]
    fn days_that_do_not_exist_are_answered_with_one_that_does() {
        assert_eq!(days("令和8年2月31日"), "実在する日付（例 R8.2.28）");
        assert_eq!(days("20240230"), "実在する日付（例 2024-02-29）");
        assert_eq!(days("2026-04-31"), "実在する日付（例 2026-04-30）");
        assert!(days("2026-13-01").starts_with("日付"));
    }

    #[test]
    fn what_is_not_known_widens_the_span() {
        assert_eq!(days("19900500"), "1990-05-01..1990-05-31");
        assert_eq!(days("19900000"), "1990-01-01..1990-12-31");
        assert_eq!(days("平成2年5月"), "1990-05-01..1990-05-31");
        assert_eq!(days("平成2年5月不詳"), "1990-05-01..1990-05-31");
        assert_eq!(days("平成2年5月日不詳"), "1990-05-01..1990-05-31");
        assert_eq!(days("平成2年不詳"), "1990-01-01..1990-12-31");
        assert_eq!(days("平成2年月日不詳"), "1990-01-01..1990-12-31");
        assert_eq!(days("1990-05"), "1990-05-01..1990-05-31");
        assert_eq!(days("平成31年"), "2019-01-01..2019-04-30");
        assert_eq!(days("令和元年5月"), "2019-05-01..2019-05-31");
        assert!(days("令和元年4月").contains("2019年5月1日から"));
    }

    #[test]
    fn everything_else_is_refused_in_words() {
        for text in [
            "",
            "不詳",
            "46113",
            "080401",
            "6080401",
            "R8",
            "R8.4.1.1",
            "2026--04",
            "26-4-1",
            "令和",
            "R",
            "年月日",
            "=TODAY()",
            "29999999",
            "00000000",
            "99999999",
            "18000101",
            "2026-04-01x",
            "令和八年四月一日",
            "2026-0-5",
            "令和8年5日",
            "99999-1-1",
        ] {
            assert!(read_span(text).is_err(), "{text}: {:?}", read_span(text));
        }
        assert!(days("46113").contains("Excel"));
    }
}
