//! One end of a date range, written in the words of the law: 「生後12月に至る日」「前回から27日以上」「妊娠28週0日」.
//!
//! The same words are parsed, resolved against a subject's facts, and shown in the explanation, so an official reads in
//! the file what the program does. Forms (n, m, w stand for digits):
//!
//! | words | meaning |
//! |---|---|
//! | 出生日, 分娩予定日, 分娩日, 転出日 … | the named date ([`crate::words::DATES`]) |
//! | 2027-03-31 | that day (the end of a transitional rule) |
//! | 事情がなくなった日 | the last day of the period an extension looks at (長期療養の特例) |
//! | 前回, 初回 | the last / first counted act |
//! | 開始日, 満了日, 記録日 | first / last legal day of the window, day of the act or date a target looks at |
//! | 生後n月に至る日, n歳に至る日 | reach rule of [`crate::counting`] |
//! | 出生w週d日後 | birth + 7w + d (the day of birth is 0週0日) |
//! | n歳となる年度のm月d日 | that day within the fiscal year in which age n is reached |
//! | 就学前1年のm月d日, 就学日 | the fiscal year before school entry; 1 April of entry |
//! | 妊娠w週d日 | EDD − 280 days + 7w + d; 妊娠0週0日 may be counted from like a named date |
//! | …からn日後, …のn日前 | n days later, earlier |
//! | …からn月後 | the same day-number n months later, the last of that month if there is none; no law's counting |
//! | …からn日以上 | n clear days between (+ n + 1) |
//! | …からn月以上 | interval of months (first of the following month if there is no such day) |
//! | …からn月半以上 | n months and half of the month they end in |
//! | …からn日の間隔, …からn月の間隔 | the same days, as the upper end of a standard interval |
//! | …からn月に至る日 | reach rule from that date |
//! | …の翌日, …の前日 | one day later, earlier |

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{Day, Facts, counting, wareki, words};

/// A parsed end of a range.
#[derive(Clone, PartialEq, Debug)]
pub struct Bound {
    /// The words, with the settings filled in.
    pub text: String,
    anchor: Anchor,
    offset: Offset,
    /// 翌日 / 前日.
    shift: i32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Anchor {
    Fact(&'static str),
    /// 妊娠0週0日.
    Conception,
    Previous,
    First,
    Opening,
    Limit,
    Act,
    Ended,
    Fixed(Day),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Offset {
    None,
    Days(i32),
    ClearDays(i32),
    Months(i32),
    MonthsAndHalf(i32),
    MonthsLater(i32),
    Reach(i32),
    Gestation(i32, i32),
    FiscalYearOfAge(i32, i32, i32),
    BeforeSchool(i32, i32),
    SchoolEntry,
}

/// What a bound may be counted from, besides the named dates.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'e> {
    pub facts: &'e Facts<'e>,
    /// Day and number of the last counted act.
    pub previous: Option<(Day, u8)>,
    pub first: Option<Day>,
    pub opening: Option<Day>,
    pub limit: Option<Day>,
    pub act: Option<Day>,
    /// Last day of the period that an extension looks at.
    pub ended: Option<Day>,
}

impl<'e> Origin<'e> {
    pub fn of(facts: &'e Facts<'e>) -> Origin<'e> {
        Origin { facts, previous: None, first: None, opening: None, limit: None, act: None, ended: None }
    }
}

impl Bound {
    pub fn parse(text: &str) -> Result<Bound, String> {
        let (mut rest, mut shift) = (text, 0);
        loop {
            if let Some(head) = rest.strip_suffix("の翌日") {
                (rest, shift) = (head, shift + 1);
            } else if let Some(head) = rest.strip_suffix("の前日") {
                (rest, shift) = (head, shift - 1);
            } else {
                break;
            }
        }
        let (anchor, offset) =
            phrase(rest).ok_or_else(|| format!("「{text}」という日の言い方は規則の書式にありません"))?;
        Ok(Bound { text: text.to_string(), anchor, offset, shift })
    }

    /// Stands in for a bound that could not be parsed; the file is refused, so it is never evaluated.
    pub(crate) fn never() -> Bound {
        Bound { text: String::new(), anchor: Anchor::Act, offset: Offset::None, shift: 0 }
    }

    /// The day this bound means for one subject; `None` if what it counts from is not recorded.
    pub fn day(&self, origin: &Origin<'_>) -> Option<Day> {
        let base = match self.anchor {
            Anchor::Fact(name) => origin.facts.date(name).map(|d| d.day.hi),
            Anchor::Conception => origin.facts.date("edd").map(|d| counting::gestation_day(d.day.hi, 0, 0)),
            Anchor::Previous => origin.previous.map(|p| p.0),
            Anchor::First => origin.first,
            Anchor::Opening => origin.opening,
            Anchor::Limit => origin.limit,
            Anchor::Act => origin.act,
            Anchor::Ended => origin.ended,
            Anchor::Fixed(day) => Some(day),
        }?;
        let day = match self.offset {
            Offset::None => base,
            Offset::Days(n) => base.plus(n),
            Offset::ClearDays(n) => counting::after_clear_days(base, n),
            Offset::Months(n) => counting::after_months(base, n),
            Offset::MonthsAndHalf(n) => counting::after_months_and_half(base, n),
            Offset::MonthsLater(n) => counting::months_later(base, n),
            Offset::Reach(n) => counting::reach(base, n),
            Offset::Gestation(w, d) => counting::gestation_day(base, w, d),
            Offset::FiscalYearOfAge(age, m, d) => {
                counting::in_fiscal_year(counting::fiscal_year_of_age(base, age), m, d)?
            }
            Offset::BeforeSchool(m, d) => {
                counting::in_fiscal_year(counting::fiscal_year(counting::school_entry(base)) - 1, m, d)?
            }
            Offset::SchoolEntry => counting::school_entry(base),
        };
        Some(day.plus(self.shift))
    }

    /// Clear days that must lie between, if this is such an interval.
    pub fn clear_days(&self) -> Option<i32> {
        match self.offset {
            Offset::ClearDays(n) => Some(n),
            _ => None,
        }
    }

    /// The named date it counts from, if it does.
    pub fn date_name(&self) -> Option<&'static str> {
        match self.anchor {
            Anchor::Fact(name) => Some(name),
            Anchor::Conception => Some("edd"),
            _ => None,
        }
    }

    /// Whether it is counted from the first day of the window (開始日).
    pub(crate) fn is_from_opening(&self) -> bool {
        self.anchor == Anchor::Opening
    }

    /// Whether it moves by as many days as what it is counted from. A date of the calendar stands still.
    pub(crate) fn moves_along(&self) -> bool {
        !matches!(self.anchor, Anchor::Fixed(_))
            && matches!(self.offset, Offset::None | Offset::Days(_) | Offset::ClearDays(_) | Offset::Gestation(..))
    }

    /// Whether it is counted from an act or from the end of a period, not from a named date or the window itself.
    pub(crate) fn is_from_history(&self) -> bool {
        matches!(self.anchor, Anchor::Previous | Anchor::First | Anchor::Ended)
    }

    /// 「生後12月に至る日（令和8年4月30日）」「1回目（令和8年5月1日）から27日以上あけた令和8年5月29日」.
    pub fn explain(&self, origin: &Origin<'_>) -> Option<String> {
        let day = wareki::date(self.day(origin)?);
        let (word, base) = match self.anchor {
            Anchor::Previous => {
                let (day, number) = origin.previous?;
                ("前回", Some((format!("{number}回目"), day)))
            }
            Anchor::First => ("初回", Some(("1回目".to_string(), origin.first?))),
            Anchor::Fixed(_) => return Some(day),
            _ => ("", None),
        };
        let Some((name, on)) = base else {
            return Some(format!("{}（{day}）", self.text));
        };
        let rest = self.text.strip_prefix(word).unwrap_or(&self.text);
        Some(format!("{name}（{}）{rest}あけた{day}", wareki::date(on)))
    }
}

/// The latest of several lower ends; those that cannot be resolved are left out.
pub fn latest(bounds: &[Bound], origin: &Origin<'_>) -> Option<Day> {
    bounds.iter().filter_map(|b| b.day(origin)).max()
}

/// The earliest of several upper ends.
pub fn earliest(bounds: &[Bound], origin: &Origin<'_>) -> Option<Day> {
    bounds.iter().filter_map(|b| b.day(origin)).min()
}

/// The bound that decides among lower ends.
pub fn deciding<'b>(bounds: &'b [Bound], origin: &Origin<'_>) -> Option<&'b Bound> {
    bounds.iter().filter(|b| b.day(origin).is_some()).max_by_key(|b| b.day(origin))
}

fn phrase(text: &str) -> Option<(Anchor, Offset)> {
    let birth = Anchor::Fact("birth");
    match text {
        "前回" => return Some((Anchor::Previous, Offset::None)),
        "初回" => return Some((Anchor::First, Offset::None)),
        "開始日" => return Some((Anchor::Opening, Offset::None)),
        "満了日" => return Some((Anchor::Limit, Offset::None)),
        "記録日" => return Some((Anchor::Act, Offset::None)),
        "事情がなくなった日" => return Some((Anchor::Ended, Offset::None)),
        "就学日" => return Some((birth, Offset::SchoolEntry)),
        _ => {}
    }
    if let Some(day) = Day::parse_iso(text) {
        return Some((Anchor::Fixed(day), Offset::None));
    }
    if let Some(name) = words::date_named(text) {
        return Some((Anchor::Fact(name), Offset::None));
    }
    if let Some([n]) = numbers(text, ["生後", "月に至る日"]) {
        return Some((birth, Offset::Reach(n)));
    }
    if let Some([n]) = numbers(text, ["生後", "日"]) {
        return Some((birth, Offset::Days(n)));
    }
    if let Some([w, d]) = numbers(text, ["出生", "週", "日後"]) {
        return Some((birth, Offset::Days(7 * w + d)));
    }
    if let Some([n]) = numbers(text, ["", "歳に至る日"]) {
        return Some((birth, Offset::Reach(n * 12)));
    }
    if let Some([w, d]) = numbers(text, ["妊娠", "週", "日"]) {
        return Some((Anchor::Fact("edd"), Offset::Gestation(w, d)));
    }
    if let Some([age, m, d]) = numbers(text, ["", "歳となる年度の", "月", "日"]) {
        return Some((birth, Offset::FiscalYearOfAge(age, m, d)));
    }
    if let Some([m, d]) = numbers(text, ["就学前1年の", "月", "日"]) {
        return Some((birth, Offset::BeforeSchool(m, d)));
    }
    relative(text)
}

/// 「Xからn日後」 and its like, X being itself a phrase without an offset.
fn relative(text: &str) -> Option<(Anchor, Offset)> {
    let (head, tail, back) = match text.rsplit_once("から") {
        Some((head, tail)) => (head, tail, false),
        None => text.rsplit_once('の').map(|(head, tail)| (head, tail, true))?,
    };
    let anchor = match phrase(head)? {
        (anchor, Offset::None) => anchor,
        (_, Offset::Gestation(0, 0)) => Anchor::Conception,
        _ => return None,
    };
    let offset = if back {
        let [n] = numbers(tail, ["", "日前"])?;
        Offset::Days(-n)
    } else if let Some([n]) = numbers(tail, ["", "日後"]) {
        Offset::Days(n)
    } else if let Some([n]) = numbers(tail, ["", "月後"]) {
        Offset::MonthsLater(n)
    } else if let Some([n]) = numbers(tail, ["", "日以上"]) {
        Offset::ClearDays(n)
    } else if let Some([n]) = numbers(tail, ["", "日の間隔"]) {
        Offset::ClearDays(n)
    } else if let Some([n]) = numbers(tail, ["", "月の間隔"]) {
        Offset::Months(n)
    } else if let Some([n]) = numbers(tail, ["", "月以上"]) {
        Offset::Months(n)
    } else if let Some([n]) = numbers(tail, ["", "月半以上"]) {
        Offset::MonthsAndHalf(n)
    } else {
        let [n] = numbers(tail, ["", "月に至る日"])?;
        Offset::Reach(n)
    };
    Some((anchor, offset))
}

/// Matches `parts` with one number of at most four digits between each two of them, and nothing else.
fn numbers<const P: usize, const N: usize>(text: &str, parts: [&str; P]) -> Option<[i32; N]> {
    let mut found: Vec<i32> = Vec::with_capacity(N);
    let mut rest = text.strip_prefix(*parts.first()?)?;
    for part in parts.iter().skip(1) {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 4 {
            return None;
        }
        found.push(rest.get(..digits)?.parse().ok()?);
        rest = rest.get(digits..)?.strip_prefix(*part)?;
    }
    if !rest.is_empty() {
        return None;
    }
    found.try_into().ok()
}
