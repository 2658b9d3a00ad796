//! One line of questions: whom it is about, what happened, and the day on which the answer shall hold.

use rules::{Day, words};
use serde_json::{Map, Value};

use crate::error::shown;

/// Acts that are the office's own work and no part of the exchange.
const INTERNAL: [&str; 8] = ["contact", "visit", "seen", "epds", "epds_item10", "invited", "invited_again", "closure"];
const FLAGS: [&str; 2] = ["mr_shortage_fy2024", "hbig_and_hepb_vaccine_for_mother_to_child_prevention"];
const FIELDS: [&str; 10] = [
    "id",
    "birth_date",
    "edd",
    "sex",
    "events",
    "flags",
    "multiple_birth",
    "birth_order",
    "gestational_age_at_birth",
    "as_of",
];
const EVENT_FIELDS: [&str; 3] = ["code", "date", "product"];
/// Dates outside are a slip of the pen (0206-04-01).
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;
const A_DAY: &str = "実在する日（YYYY-MM-DD、例 2026-04-01、1900年から2200年まで）";

/// A line that could be read.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    /// As it was sent: text or number.
    pub id: Value,
    pub kind: Kind,
    /// `female` or `male`.
    pub sex: Option<&'static str>,
    /// Up to `as_of`, in order of day and then as sent.
    pub events: Vec<Event>,
    pub flags: Vec<&'static str>,
    pub multiple: bool,
    pub as_of: Day,
    /// Names of fields that mean nothing here; told in the answer, so that a misspelt one is noticed.
    pub ignored: Vec<String>,
}

/// A line with both dates is about the child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Child { birth: Day },
    Pregnancy { edd: Day },
}

#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    pub code: &'static str,
    pub day: Day,
    pub product: Option<&'static str>,
}

type Fields = Map<String, Value>;

/// Reads a line's fields.
///
/// # Errors
/// The first thing that cannot be used: the field, what was read, what was expected.
pub fn read(fields: &Fields) -> Result<Ask, String> {
    let id = match given(fields, "id") {
        Some(id) if id.is_string() || id.is_number() => id.clone(),
        other => return Err(wrong("id", other, "対象を区別する文字列")),
    };
    let as_of = day(fields, "as_of")?.ok_or_else(|| wrong("as_of", None, A_DAY))?;
    let (birth, edd) = (day(fields, "birth_date")?, day(fields, "edd")?);
    let kind = match (birth, edd) {
        (Some(birth), _) => Kind::Child { birth },
        (None, Some(edd)) => Kind::Pregnancy { edd },
        (None, None) => return Err("birth_date も edd もありません。子は birth_date、妊娠は edd が必要です".into()),
    };
    let sex = sex(fields, kind)?;
    let mut ignored = others(fields, &FIELDS, "");
    let mut events = events(fields, &mut ignored)?;
    events.retain(|e| e.day <= as_of);
    events.sort_by_key(|e| e.day);
    let flags = flags(fields)?;
    let multiple = match given(fields, "multiple_birth") {
        None => false,
        Some(Value::Bool(multiple)) => *multiple,
        other => return Err(wrong("multiple_birth", other, "true か false")),
    };
    about_birth(fields)?;
    Ok(Ask { id, kind, sex, events, flags, multiple, as_of, ignored })
}

/// A field that is there and not `null`.
fn given<'f>(fields: &'f Fields, name: &str) -> Option<&'f Value> {
    fields.get(name).filter(|value| !value.is_null())
}

/// 「sex」は「X」と読みました。F か M が必要です
fn wrong(field: &str, read: Option<&Value>, expected: &str) -> String {
    match read {
        None => format!("{field} がありません。{expected}が必要です"),
        Some(Value::String(text)) => format!("{field} を「{}」と読みました。{expected}が必要です", shown(text)),
        Some(value) => format!("{field} を「{}」と読みました。{expected}が必要です", shown(&value.to_string())),
    }
}

fn day(fields: &Fields, name: &str) -> Result<Option<Day>, String> {
    let Some(value) = given(fields, name) else { return Ok(None) };
    let day = value.as_str().and_then(Day::parse_iso).filter(|d| YEARS.contains(&d.ymd().0));
    day.map(Some).ok_or_else(|| wrong(name, Some(value), A_DAY))
}

/// Of a child it must be known (子宮頸がん); of a pregnancy it need not be said.
fn sex(fields: &Fields, kind: Kind) -> Result<Option<&'static str>, String> {
    let value = given(fields, "sex");
    match (value.and_then(Value::as_str), kind) {
        (Some("F"), _) => Ok(Some("female")),
        (Some("M"), _) => Ok(Some("male")),
        (None, Kind::Pregnancy { .. }) if value.is_none() => Ok(None),
        _ => Err(wrong("sex", value, "F か M")),
    }
}

fn events(fields: &Fields, ignored: &mut Vec<String>) -> Result<Vec<Event>, String> {
    let list = match given(fields, "events") {
        Some(Value::Array(list)) => list,
        other => return Err(wrong("events", other, "できごとの配列（なければ []）")),
    };
    let mut out = Vec::with_capacity(list.len());
    for (n, value) in list.iter().enumerate() {
        let at = format!("events[{n}]");
        let Value::Object(event) = value else {
            return Err(wrong(&at, Some(value), "{\"code\":…,\"date\":…} の形"));
        };
        out.push(one_event(event).map_err(|why| format!("{at} の {why}"))?);
        for name in others(event, &EVENT_FIELDS, "events.") {
            if !ignored.contains(&name) {
                ignored.push(name);
            }
        }
    }
    Ok(out)
}

fn one_event(event: &Fields) -> Result<Event, String> {
    let code = given(event, "code");
    let known = |text: &str| words::ACTS.iter().copied().filter(|a| !INTERNAL.contains(a)).find(|a| *a == text);
    let Some(code) = code.and_then(Value::as_str).and_then(known) else {
        return Err(wrong("code", code, "交換用のできごとの符号（bcg、mr、delivery など）"));
    };
    let day = day(event, "date")?.ok_or_else(|| wrong("date", None, A_DAY))?;
    let product =
        match given(event, "product") {
            None => None,
            Some(value) => {
                let found = value.as_str().and_then(|text| words::PRODUCTS.iter().find(|p| **p == text).copied());
                Some(found.ok_or_else(|| {
                    wrong("product", Some(value), &format!("{} のどれか", words::PRODUCTS.join("・")))
                })?)
            }
        };
    Ok(Event { code, day, product })
}

fn flags(fields: &Fields) -> Result<Vec<&'static str>, String> {
    let expected = format!("{} の配列", FLAGS.join("・"));
    let list = match given(fields, "flags") {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        other => return Err(wrong("flags", other, &expected)),
    };
    let known = |value: &Value| {
        let found = value.as_str().and_then(|text| FLAGS.into_iter().find(|f| *f == text));
        found.ok_or_else(|| wrong("flags", Some(value), &expected))
    };
    list.iter().map(known).collect()
}

/// Fields about the birth that no rule reads (年齢は出生日から数え、早産・多胎で変わらない), read all the same: what is
/// sent wrongly here is probably wrong elsewhere too.
fn about_birth(fields: &Fields) -> Result<(), String> {
    if let Some(order) = given(fields, "birth_order")
        && !order.as_u64().is_some_and(|n| (1..=20).contains(&n))
    {
        return Err(wrong("birth_order", Some(order), "1から20までの整数"));
    }
    let Some(age) = given(fields, "gestational_age_at_birth") else { return Ok(()) };
    let weeks = |n: u64| (15..=45).contains(&n);
    let written = |text: &str| {
        let (w, rest) = text.split_once('w').unwrap_or((text, "0d"));
        let d = rest.strip_suffix('d').unwrap_or(if rest.is_empty() { "0" } else { rest });
        w.parse().is_ok_and(weeks) && d.parse().is_ok_and(|d: u64| d <= 6)
    };
    match age {
        Value::String(text) if written(text) => Ok(()),
        Value::Number(number) if number.as_f64().is_some_and(|n| (15.0..46.0).contains(&n)) => Ok(()),
        Value::Number(number) if number.as_u64().is_some_and(|n| (105..=321).contains(&n)) => Ok(()),
        other => Err(wrong("gestational_age_at_birth", Some(other), "在胎期間（週の数、または 38w2d の形）")),
    }
}

/// Names that are not in the list.
fn others(fields: &Fields, known: &[&str], before: &str) -> Vec<String> {
    fields.keys().filter(|k| !known.contains(&k.as_str())).map(|k| format!("{before}{}", shown(k))).collect()
}
