//! `forecast`: lines in, lines out, by the nation's rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod lines;
mod malformed;
mod table;

use std::{fs, path::Path, sync::LazyLock};

use paperwork::forecast::{Forecast, Summary};
use rules::{RuleFile, Rulebook};
use serde_json::Value;

/// The nation's rules, or one of them.
fn book(only: &str) -> Rulebook {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook/national");
    let mut files: Vec<(String, RuleFile)> = Vec::new();
    for area in fs::read_dir(root).unwrap() {
        for entry in fs::read_dir(area.unwrap().path()).unwrap() {
            let path = entry.unwrap().path().to_string_lossy().to_string();
            let rule = path.ends_with(".toml") && !path.ends_with(".cases.toml");
            if rule && (only.is_empty() || path.ends_with(&format!("/{only}.toml"))) {
                files.push((path.clone(), toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap()));
            }
        }
    }
    Rulebook::build(files, Vec::new()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

static BOOK: LazyLock<Rulebook> = LazyLock::new(|| book(""));

fn run(input: impl AsRef<[u8]>) -> (String, Summary) {
    let mut out = Vec::new();
    let summary = Forecast::new(&BOOK).run(input.as_ref(), &mut out).unwrap();
    (String::from_utf8(out).unwrap(), summary)
}

/// The answer to one line.
fn answer(line: &str) -> Value {
    let (out, _) = run(line);
    assert_eq!(out.lines().count(), 1, "{out}");
    serde_json::from_str(&out).unwrap()
}

/// One service of an answer.
fn service(answer: &Value, code: &str) -> Value {
    let services = answer["services"].as_array().unwrap_or_else(|| panic!("{answer}"));
    services.iter().find(|s| s["service"] == code).unwrap_or_else(|| panic!("no {code}")).clone()
}
