//! Reads the rulebook and its examples from the repository.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use rules::{Act, DateFact, Day, Facts, Kin, Period, RuleFile, Rulebook, Span};
use serde::Deserialize;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook")
}

/// Every file below `folder` whose name ends in `end` (and not in `but`), in order of path.
pub fn files(folder: &Path, end: &str, but: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files(&path, end, but));
            continue;
        }
        let name = path.to_string_lossy().to_string();
        if name.ends_with(end) && (but.is_empty() || !name.ends_with(but)) {
            out.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    out.sort();
    out
}

pub fn national_files() -> Vec<(String, RuleFile)> {
    let read = |(path, text): (String, String)| {
        let file = toml::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
        (path, file)
    };
    files(&root().join("national"), ".toml", ".cases.toml").into_iter().map(read).collect()
}

pub fn national() -> Rulebook {
    Rulebook::build(national_files(), Vec::new()).unwrap_or_else(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// The rule's id, where the file is not named after it (a further version).
    pub rule: Option<String>,
    pub case: Vec<Case>,
}

/// One history and what is expected of it on several days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    /// `YYYY-MM-DD`, or `first/last` for an imprecise day.
    #[serde(default)]
    pub dates: BTreeMap<String, String>,
    /// `day code`, then perhaps a result, then perhaps `=product`.
    #[serde(default)]
    pub acts: Vec<String>,
    /// `name from` or `name from to`.
    #[serde(default)]
    pub periods: Vec<String>,
    /// `role: ` and then an act or a period of that related person; an act's number as `#12`.
    #[serde(default)]
    pub kin: Vec<String>,
    pub on: Vec<Expected>,
}

#[derive(Deserialize)]
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
    /// Codes of the products that may be used, in order.
    pub products: Option<Vec<String>>,
    /// Whether there is a caution.
    pub caution: Option<bool>,
    /// Part of the sentence.
    pub why_not: Option<String>,
    /// Part of one of the sentences.
    pub because: Option<String>,
}

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap_or_else(|| panic!("{text} is no date"))
}

pub fn span(text: &str) -> Span {
    match text.split_once('/') {
        Some((lo, hi)) => Span { lo: day(lo), hi: day(hi) },
        None => Span::on(day(text)),
    }
}

impl Case {
    pub fn facts<'c>(&'c self, subject: &'c str) -> Facts<'c> {
        let mut event = 0;
        let mut next = || {
            event += 1;
            event
        };
        let dates = self.dates.iter().map(|(name, text)| DateFact { name, day: span(text), event: next() }).collect();
        let acts = self.acts.iter().map(|text| act(text, next())).collect();
        let periods = self.periods.iter().map(|text| period(text, next())).collect();
        let kin = self.kin.iter().map(|text| kin(text, next())).collect();
        Facts { subject, dates, acts, periods, kin }
    }
}

fn kin(text: &str, event: i64) -> Kin<'_> {
    let (role, what) = text.split_once(": ").unwrap();
    assert!(rules::words::KIN.iter().any(|(_, name)| *name == role), "{text}");
    if what.starts_with(|c: char| c.is_ascii_digit()) {
        Kin { role, acts: vec![act(what, event)], periods: Vec::new() }
    } else {
        Kin { role, acts: Vec::new(), periods: vec![period(what, event)] }
    }
}

fn act(text: &str, event: i64) -> Act<'_> {
    let mut words = text.split_whitespace();
    let day = span(words.next().unwrap());
    let code = words.next().unwrap();
    let mut act = Act { code, day, product: None, number: None, result: None, event };
    for word in words {
        match (word.strip_prefix('='), word.strip_prefix('#')) {
            (Some(product), _) => act.product = Some(product),
            (_, Some(number)) => act.number = Some(number.parse().unwrap()),
            _ => act.result = Some(word),
        }
    }
    act
}

fn period(text: &str, event: i64) -> Period<'_> {
    let mut words = text.split_whitespace();
    let (name, from) = (words.next().unwrap(), day(words.next().unwrap()));
    Period { name, from, to: words.next().map(day), event }
}
