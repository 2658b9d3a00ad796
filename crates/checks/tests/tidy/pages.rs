//! Templates and assets: what the content security policy and a closed network allow.

use crate::{
    files::{self, File},
    none,
};

#[test]
fn templates_carry_no_style_or_script() {
    let mut found = Vec::new();
    for file in files::ending(&[".html"]) {
        let text = file.text().to_lowercase();
        for (at, tag) in tags(&text) {
            let handler = attributes(tag).find(|name| name.starts_with("on") || *name == "style");
            let inline = tag.starts_with("<style") || (tag.starts_with("<script") && !tag.contains(" src="));
            if let Some(name) = handler {
                found.push(format!("{} {name}=", place(file, &text, at)));
            }
            if inline || tag.contains("javascript:") {
                found.push(format!("{} {}", place(file, &text, at), tag.split_whitespace().next().unwrap_or(tag)));
            }
        }
    }
    none(found, "the content security policy refuses inline style and script; use a class and a file in assets:");
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    // The name of a vocabulary, which nobody fetches.
    let namespace = "http://www.w3.org/";
    let mut found = Vec::new();
    let served = files::under("crates/").filter(|f| f.ends_with_any(&[".html", ".css", ".js", ".svg", ".json"]));
    for file in served.filter(|f| !f.path.contains("/tests/")) {
        for (i, line) in file.lines() {
            let line = line.replace(namespace, "");
            let marks = ["http://", "https://", "=\"//", "='//", "url(//", "url(\"//", "@import \"//"];
            if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
                found.push(format!("{}:{i} {mark}", file.path));
            }
        }
    }
    none(found, "offices work on closed networks: keep what a page needs in assets, and name no other host:");
}

/// Where nobody marks passages while writing: the file, the field, and why not.
const UNMARKED: [(&str, &str, &str); 6] = [
    (
        "persons/sheet.html",
        "field.name.as_str()",
        "drawn by kind: SheetKind::Words has them, SheetKind::Area is looked at below",
    ),
    (
        "readings/emergencies/open.rs",
        "reason",
        "asked while something is happening; the office's own handling is in no copy",
    ),
    ("readings/disclosures/page.html", "reason", "the decision about a request: the requester reads it"),
    ("rulebook/changes/form.html", "text", "a rule, about nobody"),
    ("rulebook/changes/form.html", "reason", "a rule, about nobody"),
    ("rulebook/changes/page.html", "note", "a rule, about nobody"),
];

/// Decision 0027: whatever is written about a person or for a hand-over can be marked while it is written.
#[test]
fn free_text_can_be_marked_where_it_is_written() {
    let mut found = Vec::new();
    let mut excused = std::collections::BTreeSet::new();
    for file in files::under("crates/server/src/").filter(|f| f.ends_with_any(&[".html", ".rs"])) {
        let text = file.text();
        let fields: Vec<String> = if file.path.ends_with(".html") {
            areas(text)
        } else {
            text.match_indices("SheetKind::Area").map(|(at, _)| quoted_before(&text[..at])).collect()
        };
        for field in fields {
            match UNMARKED.iter().position(|(path, name, _)| file.path.ends_with(path) && *name == field) {
                Some(at) => drop(excused.insert(at)),
                None => found.push(format!("{} {field}", file.path)),
            }
        }
    }
    none(
        found,
        "add {{ ui::marking(…) }} (SheetKind::Words) so that 第三者・不開示 can be marked, or say in UNMARKED why not:",
    );
    assert_eq!(excused.len(), UNMARKED.len(), "an exception that is no longer needed");
}

/// Fields of several lines in a template that no marking follows.
fn areas(html: &str) -> Vec<String> {
    let own = html.match_indices("<textarea").map(|(at, _)| {
        let tag = &html[at..];
        tag.split("name=\"").nth(1).and_then(|t| t.split('"').next()).unwrap_or_default().to_owned()
    });
    let drawn = html.match_indices("ui::area(").filter_map(|(at, _)| {
        let call = &html[at..];
        let name = call.split(',').nth(1)?.trim().trim_matches('"').to_owned();
        let after = call.split_once("}}")?.1;
        (!after.starts_with("{{ ui::marking(")).then_some(name)
    });
    own.chain(drawn).collect()
}

/// The first word in quotes of the call that a place stands in.
fn quoted_before(text: &str) -> String {
    let call = ["field(", "hinted("].iter().filter_map(|name| text.rfind(name)).max().unwrap_or(0);
    text[call..].split('"').nth(1).unwrap_or_else(|| text.rsplit("//").next().unwrap_or("")).to_owned()
}

/// Every opening tag with the place it begins. A tag of a template may hold `{% if a > b %}`: braces are passed over.
fn tags(html: &str) -> impl Iterator<Item = (usize, &str)> {
    html.match_indices('<').filter_map(|(at, _)| {
        let tag = &html[at..];
        if !tag[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let mut depth = 0_i32;
        let end = tag.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == '>' && depth <= 0
        })?;
        Some((at, &tag[..end]))
    })
}

/// The names before `=` in a tag.
fn attributes(tag: &str) -> impl Iterator<Item = &str> {
    tag.match_indices('=').filter_map(|(at, _)| {
        let before = &tag[..at];
        let name = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == ':')).next()?;
        let begins = before.len() - name.len();
        (!name.is_empty() && before[..begins].ends_with(char::is_whitespace)).then_some(name)
    })
}

fn place(file: &File, text: &str, at: usize) -> String {
    format!("{}:{}", file.path, text[..at].matches('\n').count() + 1)
}

#[test]
fn tags_and_attributes_are_read() {
    let html = "<p {% if a > b %}class=\"x\"{% endif %} onclick=go>1 < 2</p><a data-style=\"y\" style='z'>";
    let tags: Vec<&str> = tags(html).map(|(_, tag)| tag).collect();
    assert_eq!(tags.len(), 2, "{tags:?}");
    assert!(attributes(tags[0]).any(|name| name == "onclick"));
    assert_eq!(attributes(tags[1]).collect::<Vec<_>>(), ["data-style", "style"]);
}
