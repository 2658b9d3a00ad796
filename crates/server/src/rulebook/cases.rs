//! The examples beside a rule, as a table somebody can check with a calendar.

use std::collections::BTreeMap;

use rules::{Day, wareki};
use serde::Deserialize;

use super::{
    library::Library,
    view::{CaseView, OnRow},
    words,
};

/// `*.cases.toml`. An unknown field is an error, so that none is left out of the table unseen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// The rule's id, where the file is not named after it (a further version).
    #[serde(default)]
    pub rule: Option<String>,
    #[serde(default)]
    pub case: Vec<Case>,
}

/// One history and what is expected of it on several days.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    #[serde(default)]
    pub dates: BTreeMap<String, String>,
    /// `day code`, then perhaps a result, then perhaps `=product`.
    #[serde(default)]
    pub acts: Vec<String>,
    /// `name from` or `name from to`.
    #[serde(default)]
    pub periods: Vec<String>,
    /// `role: ` and then an act (its number as `#12`) or a period of that related person.
    #[serde(default)]
    pub kin: Vec<String>,
    pub on: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub day: String,
    pub status: String,
    pub dose_no: Option<u8>,
    pub occurrence: Option<u16>,
    pub kind: Option<String>,
    pub total: Option<u8>,
    pub interval_days: Option<i32>,
    pub earliest: Option<String>,
    pub latest: Option<String>,
    pub recommended_from: Option<String>,
    pub recommended_to: Option<String>,
    pub target: Option<String>,
    pub escalates: Option<String>,
    pub violations: Option<usize>,
    pub products: Option<Vec<String>>,
    pub caution: Option<bool>,
    pub why_not: Option<String>,
    pub because: Option<String>,
}

/// The examples in words.
pub fn shown(library: &Library, cases: &Cases) -> Vec<CaseView> {
    let case = |case: &Case| {
        let mut given: Vec<String> =
            case.dates.iter().map(|(name, day)| format!("{} {}", words::date(name), span(day))).collect();
        given.extend(case.periods.iter().map(|text| period(text)));
        given.extend(case.kin.iter().map(|text| of_kin(library, text)));
        if given.is_empty() {
            given.push(String::from("記録なし"));
        }
        let mut acts: Vec<String> = case.acts.iter().map(|text| act(library, text)).collect();
        if acts.is_empty() {
            acts.push(String::from("なし"));
        }
        let on = case.on.iter().map(expected).collect();
        CaseView { name: case.name.clone(), given, acts, on }
    };
    cases.case.iter().map(case).collect()
}

fn expected(e: &Expected) -> OnRow {
    // An expected date `""` means that there must be none.
    let date = |text: &Option<String>| match text.as_deref() {
        None => String::new(),
        Some("") => String::from("なし"),
        Some(text) => span(text),
    };
    let mut other = Vec::new();
    if let Some(total) = e.total {
        other.push(format!("全{total}回"));
    }
    if let Some(days) = e.interval_days {
        other.push(format!("{days}日以上あける"));
    }
    for (label, day) in [("対応の期限", &e.target), ("上位者への連絡", &e.escalates)] {
        if day.is_some() {
            other.push(format!("{label} {}", date(day)));
        }
    }
    match e.violations {
        Some(0) => other.push(String::from("数えない記録なし")),
        Some(n) => other.push(format!("数えない記録{n}件")),
        None => {}
    }
    if let Some(products) = &e.products {
        let names: Vec<String> = products.iter().map(|p| words::product(p)).collect();
        other.push(format!("使える製品：{}", names.join("・")));
    }
    match e.caution {
        Some(true) => other.push(String::from("注意の表示あり")),
        Some(false) => other.push(String::from("注意の表示なし")),
        None => {}
    }
    other.extend([&e.why_not, &e.because].into_iter().flatten().map(|text| format!("「{text}」")));
    let number = e.dose_no.map(u16::from).or(e.occurrence).map(|n| format!("{n}回目"));
    let kind = e.kind.as_deref().map(words::kind).filter(|k| !k.is_empty()).map(|k| format!("（{k}）"));
    OnRow {
        day: span(&e.day),
        status: words::status(&e.status).to_owned(),
        dose: format!("{}{}", number.unwrap_or_default(), kind.unwrap_or_default()),
        earliest: date(&e.earliest),
        latest: date(&e.latest),
        standard: match (date(&e.recommended_from), date(&e.recommended_to)) {
            (from, to) if from.is_empty() && to.is_empty() => String::new(),
            (from, to) if (from.is_empty() || from == "なし") && to == "なし" => String::from("なし"),
            (from, to) if to == "なし" => format!("{from}〜"),
            (from, to) => format!("{from}〜{to}"),
        },
        other: other.join("、"),
    }
}

/// A day, or `first/last`.
fn span(text: &str) -> String {
    let day = |text: &str| Day::parse_iso(text).map_or_else(|| text.to_owned(), wareki::short);
    match text.split_once('/') {
        Some((lo, hi)) => format!("{}〜{}", day(lo), day(hi)),
        None => day(text),
    }
}

fn act(library: &Library, text: &str) -> String {
    let mut parts = text.split_whitespace();
    let (on, code) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut shown = format!("{} {}", span(on), words::act(library, code));
    for part in parts {
        match (part.strip_prefix('='), part.strip_prefix('#')) {
            (Some(product), _) => shown.push_str(&format!("［{}］", words::product_or_act(library, product))),
            (_, Some(number)) => shown.push_str(&format!(" {number}点")),
            _ => shown.push_str(&format!("（{}）", words::result(part))),
        }
    }
    shown
}

/// 「母の記録：R8.7.1 EPDS 9点」
fn of_kin(library: &Library, text: &str) -> String {
    let (role, what) = text.split_once(": ").unwrap_or(("", text));
    let is_act = what.starts_with(|c: char| c.is_ascii_digit());
    let what = if is_act { act(library, what) } else { period(what) };
    format!("{}の記録：{what}", rules::words::kin_word(role))
}

fn period(text: &str) -> String {
    let mut parts = text.split_whitespace();
    let name = parts.next().unwrap_or_default();
    match (parts.next(), parts.next()) {
        _ if ["female", "male"].contains(&name) => words::period(name).to_owned(),
        (Some(from), Some(to)) => format!("{} {}〜{}", words::period(name), span(from), span(to)),
        (Some(from), None) => format!("{} {}から", words::period(name), span(from)),
        _ => words::period(name).to_owned(),
    }
}
