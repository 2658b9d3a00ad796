//! The manual says what the program says: its words in 「」 stand on a screen, its links lead somewhere, its pictures are
//! there and small.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{collections::BTreeSet, fs, path::Path};

use super::text::{CHAPTERS, Files, HELP, about, drawn, source};

/// Every template and source a screen may get its words from.
fn screens() -> String {
    fn walk(folder: &Path, all: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().unwrap() != "manual" {
                walk(&path, all);
            } else if path.extension().is_some_and(|e| e == "html" || e == "rs") {
                all.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = String::new();
    for name in ["server", "platform", "intake", "casework"] {
        walk(&crates.join(name).join("src"), &mut all);
    }
    all
}

fn between<'t>(text: &'t str, open: &'t str, close: char) -> impl Iterator<Item = &'t str> {
    text.split(open).skip(1).filter_map(move |rest| rest.split(close).next())
}

#[test]
fn every_word_in_brackets_stands_on_a_screen() {
    let screens = screens();
    let mut missing = Vec::new();
    for (chapter, _) in CHAPTERS {
        for word in between(&source(chapter).unwrap(), "「", '」') {
            if !screens.contains(word) {
                missing.push(format!("{chapter}: 「{word}」"));
            }
        }
    }
    assert!(missing.is_empty(), "the program has no such word; mend the manual: {missing:#?}");
}

#[test]
fn chapters_have_their_title_and_links_lead_to_a_section() {
    let mut there = BTreeSet::new();
    for (chapter, title) in CHAPTERS {
        let text = source(chapter).expect("a chapter");
        assert!(text.starts_with(&format!("# {title}\n")), "{chapter}");
        there.insert((*chapter).to_owned());
        for (id, section) in drawn(&text).1 {
            assert!(!id.is_empty() && !section.is_empty(), "{chapter}: give 「{section}」 an id");
            there.insert(format!("{chapter}#{id}"));
        }
    }
    for (chapter, _) in CHAPTERS {
        let text = source(chapter).unwrap();
        for link in between(&text, "](", ')').filter(|link| !link.starts_with("pictures/")) {
            assert!(there.contains(link), "{chapter} leads to {link}");
        }
    }
    for (page, section) in HELP {
        assert!(there.contains(*section), "the help of {page} is {section}");
    }
    assert_eq!(about("/persons/-/contacts/new"), "/manual/nurse-day#call");
    assert_eq!(about("/persons/-"), "/manual/nurse-day#person");
    assert_eq!(about("/personsx"), "/manual/nurse-day");
    assert_eq!(about("//evil.example"), "/manual/nurse-day");
}

#[test]
fn pictures_are_there_are_small_and_are_told_in_words() {
    let mut named = BTreeSet::new();
    for (chapter, _) in CHAPTERS {
        let text = source(chapter).unwrap();
        for picture in text.split("![").skip(1) {
            let (alt, rest) = picture.split_once("](").unwrap();
            assert!(alt.chars().count() > 10, "{chapter}: what does the picture show? 「{alt}」");
            named.insert(rest.split(')').next().unwrap().to_owned());
        }
    }
    let stored: BTreeSet<String> =
        Files::iter().filter(|f| f.starts_with("pictures/")).map(|f| f.into_owned()).collect();
    assert_eq!(named, stored, "pictures that are named, and pictures that are there");
    assert!(stored.len() <= 15);
    for name in stored {
        let size = Files::get(&name).unwrap().data.len();
        assert!(size <= 60 * 1024, "{name} has {size} bytes");
    }
}

#[test]
fn a_tag_in_the_text_is_shown_as_text() {
    let (html, _) = drawn("# あ\n\n<b>x</b> <script>y</script>\n");
    assert!(!html.contains("<b>") && !html.contains("<script>"), "{html}");
}
