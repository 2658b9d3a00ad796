//! Papers and data beside the code: what they promise must be there.

use crate::{
    files::{self, File},
    none,
};

const PAPERS: [&str; 5] = ["README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "THIRD-PARTY-NOTICES.md"];

#[test]
fn paths_in_papers_exist() {
    let mut found: Vec<String> = PAPERS.iter().filter(|p| !files::exists(p)).map(|p| format!("{p} itself")).collect();
    for file in files::ALL.iter().filter(|f| PAPERS.contains(&f.path.as_str())) {
        for (i, line) in file.lines() {
            let quoted = line.split('`').skip(1).step_by(2);
            let gone = quoted.filter(|path| is_path(path) && !files::exists(path));
            found.extend(gone.map(|path| format!("{}:{i} {path}", file.path)));
        }
    }
    none(found, "the paper names a path that is not in the repository; mend the paper:");
}

/// Whether a quoted word claims to be a path here. Patterns (`<area>`, `*`), URLs and words like `lo/hi` do not.
fn is_path(word: &str) -> bool {
    let pattern = word.contains(|c: char| c.is_whitespace() || "<>{}*…:$".contains(c)) || word.contains("NNNN");
    let Some((first, rest)) = word.split_once('/') else { return false };
    let last_has_ending = rest.rsplit('/').next().is_some_and(|name| name.contains('.'));
    !pattern
        && !first.is_empty()
        && first != "target"
        && (files::exists(first) || word.ends_with('/') || last_has_ending)
}

#[test]
fn decisions_are_decided() {
    let decisions: Vec<&File> = files::under("docs/decisions/").collect();
    let mut found = Vec::new();
    for file in &decisions {
        let number = number(file);
        let status = file.lines().find_map(|(_, line)| line.strip_prefix("Status: "));
        let named = |other: &str| decisions.iter().any(|d| self::number(d) == Some(other));
        let final_status = status.is_some_and(|status| {
            status == "decided" || status.strip_prefix("replaced by ").is_some_and(|other| named(other.trim()))
        });
        if number.is_none() || !final_status {
            found.push(file.path.clone());
        }
        if decisions.iter().filter(|other| self::number(other) == number).count() > 1 {
            found.push(format!("{} (number used twice)", file.path));
        }
    }
    none(
        found,
        "a decision is named NNNN-what.md with a number of its own and has a line \
         `Status: decided` or `Status: replaced by NNNN`:",
    );
}

/// The four digits a decision's name begins with.
fn number(file: &File) -> Option<&str> {
    let (number, _) = file.name().split_once('-')?;
    (number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

#[test]
fn every_rule_has_cases() {
    let rules = files::under("rulebook/").filter(|f| f.path.ends_with(".toml") && !f.path.ends_with(".cases.toml"));
    // A file that only changes settings of a rule has no days of its own in force.
    let rules = rules.filter(|f| f.path.contains("/national/") || f.lines().any(|(_, l)| l.starts_with("valid_from")));
    let bare = rules.filter(|f| !files::exists(&f.path.replace(".toml", ".cases.toml")));
    none(
        bare.map(|f| f.path.clone()).collect(),
        "write examples beside the rule in NAME.cases.toml: the day before, the first day, the last day, the day after:",
    );
}

#[test]
fn cases_belong_to_a_rule() {
    let cases = files::under("rulebook/").filter(|f| f.path.ends_with(".cases.toml"));
    let lost = cases.filter(|f| !files::exists(&f.path.replace(".cases.toml", ".toml")));
    none(lost.map(|f| f.path.clone()).collect(), "these examples belong to no rule; rename or remove them:");
}

#[test]
fn no_path_of_one_machine() {
    // Written in two halves, or this file would find itself.
    let machine = [concat!("/wo", "rk/"), concat!("/tm", "p/"), concat!("/ho", "me/"), concat!("/ro", "ot/")];
    let inside_a_path = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || "._-*)}/".contains(c));
    let mut found = Vec::new();
    for file in files::ALL.iter() {
        for (i, line) in file.lines() {
            let named = |path: &&str| line.match_indices(path).any(|(at, _)| !inside_a_path(&line[..at]));
            found.extend(machine.iter().filter(|path| named(path)).map(|path| format!("{}:{i} {path}", file.path)));
        }
    }
    none(found, "a path of somebody's machine; use a setting, a temporary folder of the system, or target/:");
}

#[test]
fn versions_are_locked() {
    assert!(files::exists("Cargo.lock"), "commit Cargo.lock: everybody builds the same versions");
}
