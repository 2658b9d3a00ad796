//! The texts of a rulebook, wherever they lie: built into the program, in a folder, or kept in a database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    ops::Range,
    path::Path,
};

use casework::publication::Text;
use rules::{
    Rulebook,
    rule::{RuleFile, RuleOverride},
};
use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::{fault::Fault, store::chain};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../rulebook"]
#[exclude = "*.cases.toml"]
struct Shipped;

/// Where a section of a kept rulebook begins.
const HEAD: &str = "# file: ";
/// `national/<area>/<id>.toml`, and a town's below its own folder; deeper is a mistake (or a circle of links).
const DEPTH: usize = 6;

/// Every file of a rulebook by its path below the book's folder. Texts only: [`Texts::build`] reads them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Texts {
    files: BTreeMap<String, String>,
}

/// What is wrong with a rulebook, for whoever wrote it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    pub file: String,
    /// From 1; where the text cannot be read at all.
    pub line: Option<usize>,
    /// The rule's id, where the text could be read.
    pub rule: String,
    pub reason: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.rule.is_empty() {
            write!(f, "（規則 {}）", self.rule)?;
        }
        write!(f, "：{}", self.reason)
    }
}

impl Texts {
    /// The rulebook this program was built with.
    ///
    /// # Errors
    /// If a file is not UTF-8.
    pub fn shipped() -> Result<Texts, Fault> {
        let mut files = BTreeMap::new();
        for path in Shipped::iter() {
            let file = Shipped::get(&path).ok_or_else(|| Fault::new(format!("rulebook/{path} is missing")))?;
            let text = String::from_utf8(file.data.into_owned()).map_err(Fault::at("a rulebook file is not UTF-8"))?;
            files.insert(path.to_string(), text);
        }
        Ok(Texts { files })
    }

    /// The rulebook in a folder laid out as the shipped one.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read.
    pub fn in_folder(folder: &Path) -> Result<Texts, Fault> {
        let mut texts = Texts::default();
        texts.gather(folder, "", DEPTH)?;
        Ok(texts)
    }

    fn gather(&mut self, folder: &Path, below: &str, depth: usize) -> Result<(), Fault> {
        let unread = |e: std::io::Error| Fault::new(format!("{} を読めません（{e}）。", folder.display()));
        for entry in fs::read_dir(folder).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let path = format!("{below}{}", entry.file_name().to_string_lossy());
            let place = entry.path();
            if place.is_dir() {
                if depth > 0 {
                    self.gather(&place, &format!("{path}/"), depth - 1)?;
                }
            } else if path.ends_with(".toml") && !path.ends_with(".cases.toml") {
                let text = fs::read_to_string(&place)
                    .map_err(|e| Fault::new(format!("{} を読めません（{e}）。", place.display())))?;
                self.files.insert(path, text);
            }
        }
        Ok(())
    }

    /// Reads back what [`Texts::content`] wrote.
    pub fn of_content(content: &str) -> Texts {
        let mut texts = Texts::default();
        let mut section: Option<(&str, Range<usize>)> = None;
        let mut at = 0;
        for line in content.split_inclusive('\n') {
            let head = line.strip_prefix(HEAD).map(str::trim_end).filter(|path| is_path(path));
            // Sections stand in the order of their paths; what looks like a head within a text does not.
            if let Some(path) = head.filter(|path| section.as_ref().is_none_or(|(before, _)| before < path)) {
                texts.close(content, section.take());
                section = Some((path, at + line.len()..at + line.len()));
            } else if let Some((_, range)) = &mut section {
                range.end = at + line.len();
            }
            at += line.len();
        }
        texts.close(content, section);
        texts
    }

    fn close(&mut self, content: &str, section: Option<(&str, Range<usize>)>) {
        if let Some((path, range)) = section {
            let text = content.get(range).unwrap_or_default();
            self.files.insert(path.to_owned(), text.strip_suffix('\n').unwrap_or(text).to_owned());
        }
    }

    /// All files in one text, as a database keeps them.
    pub fn content(&self) -> String {
        let mut content = String::new();
        for (path, text) in &self.files {
            content.push_str(&format!("{HEAD}{path}\n{text}\n"));
        }
        content
    }

    /// The name of this content.
    pub fn hash(&self) -> String {
        chain::hex(&Sha256::digest(self.content().as_bytes()))
    }

    /// What makes the book of a town, without the files of others: equal for all towns that change nothing.
    #[must_use]
    pub fn only(&self, code: &str) -> Texts {
        let files = self.of_town(code).map(|(path, text)| (path.to_owned(), text.to_owned()));
        Texts { files: files.collect() }
    }

    /// With what an office published of its own.
    #[must_use]
    pub fn with(mut self, local: impl IntoIterator<Item = (String, Text)>) -> Texts {
        for (path, text) in local {
            match text {
                Text::Own(text) => drop(self.files.insert(path, text)),
                Text::Gone => drop(self.files.remove(&path)),
                Text::Shipped => {}
            }
        }
        self
    }

    /// The text at a path.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Towns that change something.
    pub fn municipalities(&self) -> BTreeSet<&str> {
        let towns = self.files.keys().filter(|p| is_rule(p)).filter_map(|p| p.strip_prefix("municipalities/"));
        towns.filter_map(|rest| rest.split('/').next()).collect()
    }

    /// Prefectures that change something.
    pub fn prefectures(&self) -> BTreeSet<&str> {
        let rules = self.files.keys().filter(|p| is_rule(p)).filter_map(|p| p.strip_prefix("prefectures/"));
        rules.filter_map(|rest| rest.split('/').next()).collect()
    }

    /// (path, text) of the files that make the book of a town; the nation's alone for an empty code.
    pub fn of_town<'t>(&'t self, code: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
        let rules = self.files.iter().filter(|(path, _)| is_rule(path));
        rules.filter(move |(path, _)| concerns(path, code)).map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Builds the book of a town (団体コード), or the nation's for an empty code.
    ///
    /// # Errors
    /// Everything that is wrong with it: a book is refused as a whole.
    pub fn build(&self, code: &str) -> Result<Rulebook, Vec<Broken>> {
        let (mut files, mut overrides, mut broken) = (Vec::new(), Vec::new(), self.astray());
        for (path, text) in self.of_town(code) {
            let read = if is_whole(path) {
                parsed::<RuleFile>(path, text).map(|file| files.push((path.to_owned(), file)))
            } else {
                parsed::<RuleOverride>(path, text).map(|change| overrides.push((path.to_owned(), change)))
            };
            broken.extend(read.err());
        }
        if files.is_empty() && broken.is_empty() {
            let reason = String::from("規則のファイルがありません");
            broken.push(Broken { file: String::from("national/"), line: None, rule: String::new(), reason });
        }
        if !broken.is_empty() {
            return Err(broken);
        }
        Rulebook::build(files, overrides).map_err(|faults| {
            let told = faults.into_iter();
            told.map(|f| Broken { file: f.file, line: None, rule: f.rule, reason: f.reason }).collect()
        })
    }

    /// A file that lies where nobody reads it would be a rule that silently does not hold.
    fn astray(&self) -> Vec<Broken> {
        let folders = ["national/", "prefectures/", "municipalities/"];
        let astray = |path: &&String| path.ends_with(".toml") && !folders.iter().any(|f| path.starts_with(f));
        let reason = || String::from("national、prefectures、municipalities のどれかのフォルダーに置きます");
        let told = |path: &String| Broken { file: path.clone(), line: None, rule: String::new(), reason: reason() };
        self.files.keys().filter(astray).map(told).collect()
    }
}

/// Whether a file holds a whole rule: the nation's do, and a town's own (`municipalities/<code>/rules/`); others change one.
pub fn is_whole(path: &str) -> bool {
    path.starts_with("national/") || path.split('/').nth(2) == Some("rules")
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace) && [".toml", ".md"].iter().any(|e| text.ends_with(e))
}

/// `residents.toml` is the layout of a town's residents' file, not a rule.
fn is_rule(path: &str) -> bool {
    path.ends_with(".toml") && !path.ends_with(".cases.toml") && !path.ends_with("/residents.toml")
}

/// Whether a file is the nation's, the town's, or its prefecture's: the first two figures of a 団体コード name that.
fn concerns(path: &str, code: &str) -> bool {
    if let Some(rest) = path.strip_prefix("municipalities/") {
        return rest.split('/').next() == Some(code);
    }
    if let Some(rest) = path.strip_prefix("prefectures/") {
        return code.get(..2).is_some_and(|prefecture| rest.starts_with(prefecture));
    }
    path.starts_with("national/")
}

fn parsed<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, Broken> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map(|span| span.start);
        let line = start.and_then(|at| text.get(..at)).map(|before| before.matches('\n').count() + 1);
        Broken { file: path.to_owned(), line, rule: String::new(), reason: error.message().to_owned() }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn texts(files: &[(&str, &str)]) -> Texts {
        Texts { files: files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect() }
    }

    #[test]
    fn what_is_kept_is_read_back() {
        let shipped = Texts::shipped().unwrap();
        assert_eq!(Texts::of_content(&shipped.content()), shipped);
        let odd = texts(&[("a.toml", ""), ("b.toml", "x = 1\n\n# file: a.toml\ny = 2"), ("c.toml", "\n")]);
        assert_eq!(Texts::of_content(&odd.content()), odd);
    }

    #[test]
    fn a_town_has_the_nations_rules_its_prefectures_and_its_own() {
        let book = texts(&[
            ("municipalities/132098/a.toml", ""),
            ("municipalities/132098/residents.toml", ""),
            ("municipalities/132101/a.toml", ""),
            ("national/x/a.toml", ""),
            ("prefectures/130001/a.toml", ""),
            ("prefectures/140007/a.toml", ""),
        ]);
        let of = |code| book.of_town(code).map(|(path, _)| path).collect::<Vec<_>>();
        assert_eq!(of(""), ["national/x/a.toml"]);
        assert_eq!(of("132098"), ["municipalities/132098/a.toml", "national/x/a.toml", "prefectures/130001/a.toml"]);
        assert_eq!(book.municipalities().into_iter().collect::<Vec<_>>(), ["132098", "132101"]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let broken = texts(&[("national/x/a.toml", "id = \"a\"\n\ntier = = 1\n"), ("loose.toml", "")]).build("");
        let told: Vec<String> = broken.unwrap_err().iter().map(|b| b.to_string()).collect();
        assert_eq!(told.len(), 2);
        assert!(told[0].starts_with("loose.toml："), "{told:?}");
        assert!(told[1].starts_with("national/x/a.toml:3："), "{told:?}");
        assert_eq!(texts(&[]).build("").unwrap_err()[0].file, "national/");
    }

    #[test]
    fn every_town_of_the_shipped_book_builds_and_gives_its_reasons() {
        let shipped = Texts::shipped().unwrap();
        let national = shipped.build("").unwrap();
        for town in shipped.municipalities() {
            let book = shipped.build(town).unwrap();
            let changed: Vec<_> = book.rules().filter(|r| Some(*r) != national.rule(&r.id)).collect();
            assert!(!changed.is_empty(), "{town}");
            assert!(changed.iter().all(|r| !r.changed_because.is_empty()), "{town}");
        }
    }
}
