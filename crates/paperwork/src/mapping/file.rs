//! The mapping file: TOML, shipped parts first, the municipality's parts over them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use super::{Codes, Delimiter, Field, Layout, Mapping, Named as _};
use crate::residents::{Change, Sex, Standing};

const SHIPPED: &str = include_str!("../../mappings/residents.toml");

/// Why a mapping file cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MappingError {
    /// Not TOML, or a key that means nothing here. With the line in the file.
    Syntax { line: usize, why: String },
    /// One value means two things.
    Ambiguous { table: &'static str, value: String },
    /// One header is claimed by two fields.
    Header { header: String, fields: (Field, Field) },
    /// A field without any header, or a table without any value.
    Nothing { what: String },
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("対応表（residents.toml）を読めません。")?;
        match self {
            MappingError::Syntax { line, why } => write!(f, "{line}行目：{why}"),
            MappingError::Ambiguous { table, value } => {
                write!(f, "[{table}] の値「{value}」に二つの意味があります。")
            }
            MappingError::Header { header, fields: (a, b) } => {
                write!(f, "見出し「{header}」が{}と{}の両方にあります。", a.label(), b.label())
            }
            MappingError::Nothing { what } => write!(f, "{what}がありません。"),
        }
    }
}

impl std::error::Error for MappingError {}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    delimiter: Option<RawDelimiter>,
    skip_lines: Option<u64>,
    required: Option<BTreeSet<Field>>,
    number_digits: Option<usize>,
    no_date: Option<Vec<String>>,
    headers: BTreeMap<Field, Vec<String>>,
    sex: BTreeMap<Sex, Vec<String>>,
    change: BTreeMap<Change, Vec<String>>,
    standing: BTreeMap<Standing, Vec<String>>,
    protected: BTreeMap<Flag, Vec<String>>,
    relation: BTreeMap<String, String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RawDelimiter {
    Comma,
    Tab,
    Auto,
}

impl RawDelimiter {
    pub(crate) fn read(given: Option<RawDelimiter>) -> Delimiter {
        match given {
            Some(RawDelimiter::Comma) => Delimiter::Comma,
            Some(RawDelimiter::Tab) => Delimiter::Tab,
            Some(RawDelimiter::Auto) | None => Delimiter::Auto,
        }
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
enum Flag {
    Yes,
    No,
}

pub(super) fn parse(own: Option<&str>) -> Result<Mapping, MappingError> {
    let mut raw = read(SHIPPED)?;
    if let Some(own) = own {
        raw.lay_over(read(own)?);
    }
    raw.into_mapping()
}

fn read(text: &str) -> Result<Raw, MappingError> {
    toml::from_str(text).map_err(|e| MappingError::Syntax { line: line_of(text, &e), why: e.message().to_owned() })
}

/// The line of a mapping file an error stands on.
pub(crate) fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let at = error.span().map_or(0, |span| span.start);
    text.get(..at).map_or(1, |before| before.matches('\n').count() + 1)
}

impl Raw {
    /// A key of `own` replaces the same key; everything else stays.
    fn lay_over(&mut self, own: Raw) {
        self.delimiter = own.delimiter.or(self.delimiter);
        self.skip_lines = own.skip_lines.or(self.skip_lines);
        self.required = own.required.or(self.required.take());
        self.number_digits = own.number_digits.or(self.number_digits);
        self.no_date = own.no_date.or(self.no_date.take());
        self.headers.extend(own.headers);
        self.sex.extend(own.sex);
        self.change.extend(own.change);
        self.standing.extend(own.standing);
        self.protected.extend(own.protected);
        self.relation.extend(own.relation);
    }

    fn into_mapping(self) -> Result<Mapping, MappingError> {
        let headers = checked_headers(self.headers)?;
        let mut required = self.required.unwrap_or_default();
        required.extend(Field::ALWAYS_REQUIRED);
        let no_date = [((), self.no_date.unwrap_or_default())].into_iter();
        let protected = self.protected.into_iter().map(|(flag, words)| (flag == Flag::Yes, words));
        let relation = self.relation.into_iter().map(|(code, word)| (word, vec![code]));
        Ok(Mapping {
            layout: Layout {
                delimiter: RawDelimiter::read(self.delimiter),
                skip_lines: self.skip_lines.unwrap_or(0),
                headers,
                required,
                number_digits: self.number_digits,
                no_date: table("no_date", no_date)?,
            },
            sex: table("sex", self.sex.into_iter())?,
            change: table("change", self.change.into_iter())?,
            standing: table("standing", self.standing.into_iter())?,
            protected: table("protected", protected)?,
            relation: table("relation", relation)?,
        })
    }
}

fn table<T: Clone + PartialEq>(
    name: &'static str,
    values: impl Iterator<Item = (T, Vec<String>)>,
) -> Result<Codes<T>, MappingError> {
    let mut codes = Codes::default();
    for (meaning, words) in values {
        for word in words {
            codes.add(&word, meaning.clone()).map_err(|value| MappingError::Ambiguous { table: name, value })?;
        }
    }
    Ok(codes)
}

fn checked_headers(headers: BTreeMap<Field, Vec<String>>) -> Result<BTreeMap<Field, Vec<String>>, MappingError> {
    let mut owner: BTreeMap<String, Field> = BTreeMap::new();
    for (field, accepted) in &headers {
        for header in accepted {
            match owner.insert(super::header::header_key(header), *field) {
                Some(other) if other != *field => {
                    return Err(MappingError::Header { header: header.clone(), fields: (other, *field) });
                }
                _ => {}
            }
        }
    }
    for field in Field::ALWAYS_REQUIRED {
        if headers.get(&field).is_none_or(Vec::is_empty) {
            return Err(MappingError::Nothing { what: format!("{}の見出し", field.label()) });
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shipped_mapping_holds_every_field_and_every_meaning() {
        let mapping = Mapping::shipped().unwrap();
        for field in Field::ALL {
            let first = mapping.layout.headers.get(&field).and_then(|h| h.first());
            assert_eq!(first.map(String::as_str), Some(field.label()));
        }
        assert_eq!(mapping.sex.get("１"), Some(&Sex::Male));
        assert_eq!(mapping.change.get(" 転　入 "), Some(&Change::MoveIn));
        assert_eq!(mapping.standing.get("住登外者"), Some(&Standing::Outside));
        assert_eq!(mapping.protected.get("1"), Some(&true));
        assert!(mapping.layout.required.contains(&Field::Protected));
    }

    #[test]
    fn a_municipality_replaces_only_what_it_names() {
        let mapping = Mapping::for_municipality(
            "number_digits = 10\n[headers]\nnumber = [\"個人コード\"]\n[sex]\nmale = [\"A\"]\n[relation]\n\"01\" = \"世帯主\"\n",
        )
        .unwrap();
        assert_eq!(mapping.layout.headers[&Field::Number], ["個人コード"]);
        assert_eq!(mapping.sex.get("1"), None);
        assert_eq!(mapping.sex.get("2"), Some(&Sex::Female));
        assert_eq!(mapping.relation.get("1").map(String::as_str), Some("世帯主"));
        assert_eq!(mapping.layout.number_digits, Some(10));
    }

    #[test]
    fn a_broken_mapping_says_where() {
        for (toml, part) in [
            ("\n\nnumber_digit = 10", "3行目"),
            ("[headers]\nnome = [\"氏名\"]", "2行目"),
            ("[sex]\nmale = [\"1\"]\nfemale = [\"01\"]", "[sex] の値「01」"),
            ("[headers]\nkana = [\"氏名\"]", "両方"),
            ("[headers]\nname = []", "氏名の見出しがありません"),
            ("= =", "1行目"),
        ] {
            let message = Mapping::for_municipality(toml).unwrap_err().to_string();
            assert!(message.contains(part), "{toml}: {message}");
        }
    }
}
