//! The files of the rulebook as written, with their examples and what municipalities change: read once, never changed.

use std::sync::{Arc, LazyLock};

use rules::{Day, RuleFile, RuleOverride};
use rust_embed::RustEmbed;

use super::cases::Cases;
use crate::platform::{
    Fault,
    rulebook::{Book, is_whole},
};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../rulebook"]
#[include = "*.toml"]
#[exclude = "*residents.toml"]
struct Files;

/// One version of a rule.
#[derive(Debug)]
pub struct Written {
    /// `national/vaccination/pcv.toml`
    pub path: String,
    /// The file's own text: its comments explain it.
    pub text: String,
    pub file: RuleFile,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub cases: Cases,
}

impl Written {
    /// The comment at the head of the file: what the rule is, in the author's words.
    pub fn about(&self) -> String {
        comment(self.text.lines().take_while(|line| line.starts_with('#')))
    }

    /// A rule of one town alone, not of the nation or changed by the town.
    pub fn is_local(&self) -> bool {
        !self.path.starts_with("national/")
    }

    /// Boys are outside its population.
    pub fn for_girls(&self) -> bool {
        self.file.population.excluded_by.iter().any(|e| e.period.as_deref() == Some("male"))
    }

    /// The comment right above a line: what the numbers of `[settings]` mean.
    pub fn comment_above(&self, heading: &str) -> String {
        let lines: Vec<&str> = self.text.lines().take_while(|line| line.trim() != heading).collect();
        if lines.len() == self.text.lines().count() {
            return String::new();
        }
        let above = lines.iter().rev().take_while(|line| line.starts_with('#')).count();
        comment(lines.iter().skip(lines.len() - above).copied())
    }
}

fn comment<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    lines.map(|line| line.trim_start_matches('#').trim()).collect()
}

/// What a prefecture or municipality changes.
#[derive(Debug, Clone)]
pub struct Change {
    /// 団体コード
    pub place: String,
    pub file: RuleOverride,
}

#[derive(Debug, Default, Clone)]
pub struct Library {
    pub rules: Vec<Arc<Written>>,
    pub changes: Vec<Change>,
}

impl Library {
    /// All versions of a rule, oldest first.
    pub fn versions(&self, id: &str) -> Vec<&Written> {
        let mut found: Vec<&Written> = self.rules.iter().map(Arc::as_ref).filter(|w| w.file.id == id).collect();
        found.sort_by_key(|w| w.valid_from);
        found
    }

    /// For each rule the version of a day: the last one that had begun, or the first there will be. In order of the files.
    pub fn on(&self, day: Day) -> Vec<&Written> {
        let mut ids: Vec<&str> = Vec::new();
        for written in &self.rules {
            if !ids.contains(&written.file.id.as_str()) {
                ids.push(&written.file.id);
            }
        }
        ids.iter().filter_map(|id| current(&self.versions(id), day)).collect()
    }

    pub fn changes_of(&self, written: &Written) -> impl Iterator<Item = &Change> {
        let (id, from) = (written.file.id.clone(), written.file.valid_from.clone());
        self.changes.iter().filter(move |c| c.file.id == id && c.file.version.as_ref().is_none_or(|v| *v == from))
    }

    /// Title of a rule whose service has this code: the word for an act that is a service of its own.
    pub fn title_of(&self, service: &str) -> Option<&str> {
        self.rules.iter().find(|w| w.file.service == service || w.file.id == service).map(|w| w.file.title.as_str())
    }
}

/// Of the versions of one rule, oldest first: the one of a day.
pub fn current<'w>(versions: &[&'w Written], day: Day) -> Option<&'w Written> {
    versions.iter().rev().find(|w| w.valid_from <= day).or(versions.first()).copied()
}

/// The library as one office reads it: this program's, with the rules that are its town's own in their place. A changed
/// number stays a change of the shipped file.
///
/// # Errors
/// If a file cannot be read. What is in force has been built from the same text, so none should fail.
pub fn library_of(book: &Book) -> Result<Library, Fault> {
    let mut library = library()?.clone();
    let own = book.texts.of_town(&book.town).filter(|(path, _)| is_whole(path) && !path.starts_with("national/"));
    for (path, text) in own {
        let cases = path.replace(".toml", ".cases.toml");
        let cases = match book.texts.text(&cases) {
            Some(text) => parsed(&cases, text).map_err(Fault::new)?,
            None => Cases::default(),
        };
        let own = written(path.to_owned(), text.to_owned(), cases).map_err(Fault::new)?;
        library.rules.retain(|w| w.file.id != own.file.id || w.valid_from != own.valid_from);
        library.rules.push(Arc::new(own));
    }
    Ok(library)
}

/// The library of this program.
///
/// # Errors
/// If a shipped file cannot be read; a test reads them all.
pub fn library() -> Result<&'static Library, Fault> {
    static LIBRARY: LazyLock<Result<Library, String>> = LazyLock::new(read);
    LIBRARY.as_ref().map_err(|why| Fault::new(why.clone()))
}

fn read() -> Result<Library, String> {
    let mut library = Library::default();
    let mut paths: Vec<String> = Files::iter().map(|p| p.to_string()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| !p.ends_with(".cases.toml")) {
        let text = text(path)?;
        let place = path.strip_prefix("municipalities/").or(path.strip_prefix("prefectures/"));
        if let Some((place, _)) = place.and_then(|rest| rest.split_once('/')) {
            library.changes.push(Change { place: place.to_owned(), file: parsed(path, &text)? });
        } else if path.starts_with("national/") {
            let cases = path.replace(".toml", ".cases.toml");
            let cases = if paths.contains(&cases) { parsed(&cases, &self::text(&cases)?)? } else { Cases::default() };
            library.rules.push(Arc::new(written(path.clone(), text, cases)?));
        }
    }
    Ok(library)
}

fn written(path: String, text: String, cases: Cases) -> Result<Written, String> {
    let file: RuleFile = parsed(&path, &text)?;
    let day = |text: &str| Day::parse_iso(text).ok_or_else(|| format!("rulebook/{path}: {text}"));
    let valid_from = day(&file.valid_from)?;
    let valid_to = file.valid_to.as_deref().map(day).transpose()?;
    Ok(Written { valid_from, valid_to, path, text, file, cases })
}

fn text(path: &str) -> Result<String, String> {
    let file = Files::get(path).ok_or_else(|| format!("rulebook/{path} is missing"))?;
    String::from_utf8(file.data.into_owned()).map_err(|e| format!("rulebook/{path}: {e}"))
}

fn parsed<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|e| format!("rulebook/{path}: {e}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_file_is_read_and_every_rule_has_its_examples() {
        let library = library().unwrap();
        assert!(library.rules.len() >= 50, "{}", library.rules.len());
        for written in &library.rules {
            assert!(!written.cases.case.is_empty(), "{} has no examples", written.path);
            assert!(!written.about().is_empty(), "{} does not say what it is", written.path);
        }
        assert!(library.changes.iter().any(|c| c.place == "992011" && c.file.id == "checkup_3_4m"));
        let day = |text| Day::parse_iso(text).unwrap();
        let hpv = library.versions("hpv");
        assert_eq!(hpv.len(), 2);
        assert_eq!(current(&hpv, day("2026-03-31")).unwrap().path, "national/vaccination/childhood/hpv.toml");
        assert_eq!(current(&hpv, day("2026-04-01")).unwrap().path, "national/vaccination/childhood/hpv_2026.toml");
    }

    #[test]
    fn the_comment_above_the_settings_explains_them() {
        let library = library().unwrap();
        let rule = library.versions("checkup_18m")[0];
        assert!(rule.about().starts_with("1歳6か月児健診。"));
        assert!(rule.comment_above("[settings]").starts_with("市が変えられる数："));
        assert_eq!(rule.comment_above("[nothing]"), "");
    }
}
