//! Sizes and shape: what a reader meets before the first word.

use std::collections::{BTreeMap, BTreeSet};

use crate::{files, none, source::Source};

const LINES_MAX: usize = 500;
const ENTRIES_MAX: usize = 25;
const DEPTH_MAX: usize = 4;

/// Folders that may be wider, and why.
const WIDE: [(&str, &str); 1] =
    [("crates/platform/assets/fonts", "the slices of one font, as its makers published them")];

#[test]
fn every_module_says_what_it_is() {
    let silent = files::ending(&[".rs"]).filter(|f| !f.text().starts_with("//!"));
    none(silent.map(|f| f.path.clone()).collect(), "begin the file with a `//!` line that says what it is for:");
}

#[test]
fn files_stay_short() {
    let lengths = files::ending(&[".rs", ".html", ".css", ".js"]).map(|f| (f, f.lines().count()));
    let long = lengths.filter(|(_, lines)| *lines > LINES_MAX).map(|(f, lines)| format!("{} ({lines} lines)", f.path));
    none(long.collect(), "split by meaning into files of at most 500 lines (350 is the aim):");
}

#[test]
fn folders_stay_narrow() {
    let mut entries: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in files::ALL.iter() {
        let mut rest = file.path.as_str();
        while let Some((folder, name)) = rest.rsplit_once('/') {
            entries.entry(folder).or_default().insert(name);
            rest = folder;
        }
        entries.entry("(root)").or_default().insert(rest);
    }
    let wide = entries
        .iter()
        .filter(|(folder, names)| names.len() > ENTRIES_MAX && !WIDE.iter().any(|(allowed, _)| allowed == *folder));
    let wide = wide.map(|(folder, names)| format!("{folder} ({} entries)", names.len()));
    none(wide.collect(), "group what belongs together, so that a folder holds at most 25 entries:");
}

#[test]
fn folders_stay_flat() {
    let depth = |path: &str| {
        let (_, below) = path.strip_prefix("crates/")?.split_once("/src/")?;
        Some(below.matches('/').count())
    };
    let deep = files::ALL.iter().filter(|f| depth(&f.path).is_some_and(|d| d > DEPTH_MAX));
    none(deep.map(|f| f.path.clone()).collect(), "at most 4 folders below a crate's src:");
}

#[test]
fn no_test_is_put_aside() {
    let mut found = Vec::new();
    for file in files::ending(&[".rs"]) {
        for (i, line) in Source::read(file.text()).code.iter().enumerate() {
            if line.replace(' ', "").contains("#[ignore") {
                found.push(format!("{}:{}", file.path, i + 1));
            }
        }
    }
    none(found, "an ignored test proves nothing: assert the wrong behaviour and say why, or remove the test:");
}
