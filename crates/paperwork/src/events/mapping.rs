//! The mapping file of past records: kinds of file, their headers and words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Field;
use crate::mapping::{Codes, Layout, Named as _, RawDelimiter, header_key, line_of};
use crate::residents::Sex;

const SHIPPED: &str = include_str!("../../mappings/events.toml");

/// What a row of a kind of file becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// 健診 or 接種 of a person.
    #[default]
    Service,
    /// 訪問.
    Visit,
    /// 妊娠届: opens a pregnancy.
    Pregnancy,
    /// Of a pregnancy that is known: 妊婦健診.
    Pregnant,
    /// Of the time after a birth: 産婦健診.
    Delivered,
}

/// One kind of file: what it is called, what its rows become, and how it is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// The name in the mapping file and on the command line.
    pub id: String,
    pub title: String,
    /// Numbers of the standard data groups it is named after.
    pub groups: Vec<String>,
    pub shape: Shape,
    /// The code of every row, where the file has no column for it.
    pub service: Option<String>,
    /// The result of every row (a file of 未受診).
    pub always: Option<String>,
    /// The office's source whose arrival a batch moves on, and how late it usually is.
    pub source: String,
    pub lag_days: i32,
    pub layout: Layout<Field>,
    pub sex: Codes<Sex>,
    pub results: Codes<String>,
    pub services: Codes<String>,
    pub products: Codes<String>,
}

/// All kinds of file of one municipality, in the order of a menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapping {
    pub kinds: Vec<Kind>,
}

/// Why a mapping file cannot be used, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MappingError(pub String);

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "対応表（events.toml）を読めません。{}", self.0)
    }
}

impl std::error::Error for MappingError {}

impl Mapping {
    /// The shipped mapping.
    pub fn shipped() -> Result<Mapping, MappingError> {
        read(SHIPPED)?.into_mapping()
    }

    /// The shipped mapping with a municipality's `events.toml` laid over it.
    pub fn for_municipality(toml: &str) -> Result<Mapping, MappingError> {
        let mut raw = read(SHIPPED)?;
        raw.lay_over(read(toml)?);
        raw.into_mapping()
    }

    pub fn kind(&self, id: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.id == id || kind.groups.iter().any(|group| group == id))
    }
}

type Words = BTreeMap<String, Vec<String>>;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    delimiter: Option<RawDelimiter>,
    skip_lines: Option<u64>,
    number_digits: Option<usize>,
    no_date: Option<Vec<String>>,
    headers: BTreeMap<Field, Vec<String>>,
    sex: BTreeMap<Sex, Vec<String>>,
    results: Words,
    kind: BTreeMap<String, RawKind>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, default)]
struct RawKind {
    order: Option<u32>,
    title: Option<String>,
    groups: Option<Vec<String>>,
    /// Takes over what it does not say from another kind.
    like: Option<String>,
    shape: Option<Shape>,
    service: Option<String>,
    always: Option<String>,
    source: Option<String>,
    lag_days: Option<i32>,
    required: Option<BTreeSet<Field>>,
    headers: BTreeMap<Field, Vec<String>>,
    results: Words,
    services: Words,
    products: Words,
}

fn read(text: &str) -> Result<Raw, MappingError> {
    toml::from_str(text).map_err(|e| MappingError(format!("{}行目：{}", line_of(text, &e), e.message())))
}

impl RawKind {
    /// What `over` says goes before what stands here.
    fn lay_over(&mut self, over: RawKind) {
        self.order = over.order.or(self.order);
        self.title = over.title.or(self.title.take());
        self.groups = over.groups.or(self.groups.take());
        self.like = over.like.or(self.like.take());
        self.shape = over.shape.or(self.shape);
        self.service = over.service.or(self.service.take());
        self.always = over.always.or(self.always.take());
        self.source = over.source.or(self.source.take());
        self.lag_days = over.lag_days.or(self.lag_days);
        self.required = over.required.or(self.required.take());
        self.headers.extend(over.headers);
        self.results.extend(over.results);
        self.services.extend(over.services);
        self.products.extend(over.products);
    }
}

impl Raw {
    fn lay_over(&mut self, own: Raw) {
        self.delimiter = own.delimiter.or(self.delimiter);
        self.skip_lines = own.skip_lines.or(self.skip_lines);
        self.number_digits = own.number_digits.or(self.number_digits);
        self.no_date = own.no_date.or(self.no_date.take());
        self.headers.extend(own.headers);
        self.sex.extend(own.sex);
        self.results.extend(own.results);
        for (id, kind) in own.kind {
            self.kind.entry(id).or_default().lay_over(kind);
        }
    }

    fn into_mapping(self) -> Result<Mapping, MappingError> {
        let mut kinds = Vec::new();
        for (id, own) in &self.kind {
            let mut whole =
                match &own.like {
                    Some(other) => self.kind.get(other).cloned().ok_or_else(|| {
                        MappingError(format!("[kind.{id}] の like「{other}」という種類はありません。"))
                    })?,
                    None => RawKind::default(),
                };
            // Its words of one field are its own, all of them.
            whole.lay_over(own.clone());
            kinds.push((whole.order.unwrap_or(u32::MAX), self.kind_of(id, whole)?));
        }
        kinds.sort_by(|(a, x), (b, y)| (a, &x.id).cmp(&(b, &y.id)));
        Ok(Mapping { kinds: kinds.into_iter().map(|(_, kind)| kind).collect() })
    }

    fn kind_of(&self, id: &str, raw: RawKind) -> Result<Kind, MappingError> {
        let lacks = |what: &str| MappingError(format!("[kind.{id}] に {what} がありません。"));
        let mut headers = self.headers.clone();
        headers.extend(raw.headers);
        let mut results = self.results.clone();
        results.extend(raw.results);
        let sex = self.sex.iter().map(|(sex, words)| (*sex, words.clone()));
        Ok(Kind {
            title: raw.title.ok_or_else(|| lacks("title"))?,
            groups: raw.groups.unwrap_or_default(),
            shape: raw.shape.ok_or_else(|| lacks("shape"))?,
            service: raw.service,
            always: raw.always,
            source: raw.source.ok_or_else(|| lacks("source"))?,
            lag_days: raw.lag_days.unwrap_or(0).clamp(0, 400),
            layout: Layout {
                delimiter: RawDelimiter::read(self.delimiter),
                skip_lines: self.skip_lines.unwrap_or(0),
                headers: checked(id, headers)?,
                required: raw.required.unwrap_or_default(),
                number_digits: self.number_digits,
                no_date: table(id, "no_date", [((), self.no_date.clone().unwrap_or_default())].into_iter())?,
            },
            sex: table(id, "sex", sex)?,
            results: table(id, "results", results.into_iter())?,
            services: table(id, "services", raw.services.into_iter())?,
            products: table(id, "products", raw.products.into_iter())?,
            id: id.to_owned(),
        })
    }
}

fn table<T: Clone + PartialEq>(
    kind: &str,
    name: &str,
    values: impl Iterator<Item = (T, Vec<String>)>,
) -> Result<Codes<T>, MappingError> {
    let mut codes = Codes::default();
    for (meaning, words) in values {
        for word in words {
            codes.add(&word, meaning.clone()).map_err(|value| {
                MappingError(format!("[kind.{kind}] の {name} の値「{value}」に二つの意味があります。"))
            })?;
        }
    }
    Ok(codes)
}

fn checked(kind: &str, headers: BTreeMap<Field, Vec<String>>) -> Result<BTreeMap<Field, Vec<String>>, MappingError> {
    let mut owner: BTreeMap<String, Field> = BTreeMap::new();
    for (field, accepted) in &headers {
        for header in accepted {
            match owner.insert(header_key(header), *field) {
                Some(other) if other != *field => {
                    let (a, b) = (other.label(), field.label());
                    return Err(MappingError(format!(
                        "[kind.{kind}] の見出し「{header}」が{a}と{b}の両方にあります。"
                    )));
                }
                _ => {}
            }
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shipped_kinds_stand_in_the_order_of_the_menu() {
        let mapping = Mapping::shipped().unwrap();
        let ids: Vec<&str> = mapping.kinds.iter().map(|k| k.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "checkup",
                "checkup_3_4m",
                "checkup_18m",
                "checkup_3y",
                "absence",
                "vaccination",
                "visit",
                "pregnancy",
                "prenatal_checkup",
                "postpartum_checkup"
            ]
        );
        let exam = mapping.kind("019063").unwrap();
        assert_eq!((exam.id.as_str(), exam.service.as_deref()), ("checkup_18m", Some("checkup_18m")));
        assert_eq!(exam.results.get("要精検").map(String::as_str), Some("needs_exam"));
        assert!(!exam.layout.required.contains(&Field::Service));
        let absence = mapping.kind("absence").unwrap();
        assert_eq!(absence.layout.headers[&Field::Day][0], "未受診把握日");
        assert_eq!(absence.services.get("1歳6か月児健診").map(String::as_str), Some("checkup_18m"));
    }

    #[test]
    fn a_municipality_replaces_only_what_it_names() {
        let mapping = Mapping::for_municipality(
            "[kind.vaccination.headers]\nday = [\"接種年月日\"]\n[kind.vaccination.services]\nbcg = [\"01\"]\n",
        )
        .unwrap();
        let kind = mapping.kind("vaccination").unwrap();
        assert_eq!(kind.services.get("1").map(String::as_str), Some("bcg"));
        assert_eq!(kind.services.get("BCG"), None);
        assert_eq!(kind.services.get("水痘").map(String::as_str), Some("varicella"));
        assert_eq!(kind.layout.headers[&Field::Day], ["接種年月日"]);
    }

    #[test]
    fn a_broken_mapping_says_where() {
        for (toml, part) in [
            ("\n\nnumber_digit = 10", "3行目"),
            ("[kind.own]\norder = 1", "[kind.own] に title"),
            ("[kind.checkup_3y]\nlike = \"nothing\"", "nothing"),
            ("[kind.checkup.services]\ncheckup_3y = [\"x\"]\ncheckup_5y = [\"X\"]", "二つの意味"),
            ("[kind.checkup.headers]\nday = [\"判定\"]", "両方"),
        ] {
            let message = Mapping::for_municipality(toml).unwrap_err().to_string();
            assert!(message.contains(part), "{toml}: {message}");
        }
    }
}
