//! What differs in the rule files themselves, field by field.

use std::collections::{BTreeMap, BTreeSet};

use crate::platform::{
    Fault,
    rulebook::{Texts, is_whole},
};

/// One field of one rule. A missing text: the field, or the whole file, is only in the other book.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    pub rule: String,
    pub file: String,
    /// `settings.before_limit`, `series.dose[2].to`; empty for a whole file.
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// A file's place in the law: whose it is, which rule, which version. Its name and folder do not matter.
type Place = (String, String, String);

struct File {
    path: String,
    fields: BTreeMap<String, String>,
}

/// Fields that differ for a town, in order of layer and rule.
///
/// # Errors
/// If a file is no TOML.
pub fn changes(old: &Texts, new: &Texts, code: &str) -> Result<Vec<Change>, Fault> {
    let (old, new) = (files(old, code)?, files(new, code)?);
    let places: BTreeSet<&Place> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for place in places {
        let of = |path: &str| (place.1.clone(), path.to_owned());
        match (old.get(place), new.get(place)) {
            (Some(before), Some(after)) => changes.extend(within(&place.1, before, after)),
            (Some(file), None) => {
                let (rule, path) = of(&file.path);
                changes.push(Change { rule, file: path, field: String::new(), old: Some(whole(file)), new: None });
            }
            (None, Some(file)) => {
                let (rule, path) = of(&file.path);
                changes.push(Change { rule, file: path, field: String::new(), old: None, new: Some(whole(file)) });
            }
            (None, None) => {}
        }
    }
    Ok(changes)
}

/// The fields of one file by name; nothing if it is no TOML.
pub fn of_text(text: &str) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for (name, value) in &toml::from_str::<toml::Table>(text).unwrap_or_default() {
        flatten(&mut fields, name.clone(), value);
    }
    fields
}

/// What stands for a whole file: a rule's title, a change's reason.
fn whole(file: &File) -> String {
    let text = file.fields.get("title").or(file.fields.get("because"));
    text.cloned().unwrap_or_default()
}

fn within(rule: &str, before: &File, after: &File) -> Vec<Change> {
    let names: BTreeSet<&String> = before.fields.keys().chain(after.fields.keys()).collect();
    let pair = |name: &String| (before.fields.get(name).cloned(), after.fields.get(name).cloned());
    names
        .into_iter()
        .map(|name| (name, pair(name)))
        .filter(|(_, (old, new))| old != new)
        .map(|(name, (old, new))| Change {
            rule: rule.to_owned(),
            file: after.path.clone(),
            field: name.clone(),
            old,
            new,
        })
        .collect()
}

fn files(texts: &Texts, code: &str) -> Result<BTreeMap<Place, File>, Fault> {
    let mut files = BTreeMap::new();
    for (path, text) in texts.of_town(code) {
        let table: toml::Table = toml::from_str(text).map_err(|e| Fault::new(format!("{path}: {}", e.message())))?;
        let mut fields = BTreeMap::new();
        for (name, value) in &table {
            flatten(&mut fields, name.clone(), value);
        }
        let of = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let version = if is_whole(path) { of("valid_from") } else { of("version") };
        let whose = path.split('/').next().unwrap_or_default().to_owned();
        files.insert((whose, of("id"), version), File { path: path.to_owned(), fields });
    }
    Ok(files)
}

fn flatten(fields: &mut BTreeMap<String, String>, name: String, value: &toml::Value) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(fields, format!("{name}.{key}"), value);
            }
        }
        toml::Value::Array(list) => {
            for (n, value) in (1..).zip(list) {
                flatten(fields, format!("{name}[{n}]"), value);
            }
        }
        toml::Value::String(text) => drop(fields.insert(name, text.clone())),
        toml::Value::Integer(number) => drop(fields.insert(name, number.to_string())),
        toml::Value::Float(number) => drop(fields.insert(name, number.to_string())),
        toml::Value::Boolean(yes) => drop(fields.insert(name, yes.to_string())),
        toml::Value::Datetime(day) => drop(fields.insert(name, day.to_string())),
    }
}
