//! The chapters as written, and how their Markdown becomes a page.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../docs/manual/ja"]
#[include = "*.md"]
#[include = "pictures/*.webp"]
pub struct Files;

/// Address and title of each chapter, in order.
pub const CHAPTERS: &[(&str, &str)] = &[
    ("nurse-day", "保健師の一日"),
    ("supervisor-week", "統括支援員の一週間"),
    ("first-day", "管理者の最初の日"),
    ("words", "ことば"),
    ("trouble", "困ったとき"),
    ("privacy", "記録と個人情報"),
    ("keys", "キー操作"),
    ("printing", "印刷"),
    ("changes", "変わったこと"),
];

/// Which section tells of a page: the first row whose beginning fits. Numbers of an address stand as `-`.
pub const HELP: &[(&str, &str)] = &[
    ("/today", "nurse-day#today"),
    ("/persons/-/family", "nurse-day#family"),
    ("/persons/-/contacts", "nurse-day#call"),
    ("/persons/-/visits", "nurse-day#visit"),
    ("/persons/-/checkups", "nurse-day#result"),
    ("/persons/-/closures", "nurse-day#close"),
    ("/persons/-/events/-/mark", "privacy#third"),
    ("/persons/-/events", "trouble#mend"),
    ("/persons/-/protection", "privacy#protect"),
    ("/persons/-/disclosures", "privacy#disclosure"),
    ("/persons/-/caution", "privacy#caution"),
    ("/persons/-/reveal", "privacy#reveal"),
    ("/persons/new", "nurse-day#provisional"),
    ("/persons/-/letters", "supervisor-week#post"),
    ("/persons/-", "nurse-day#person"),
    ("/persons", "nurse-day#seek"),
    ("/postings", "supervisor-week#post"),
    ("/settlings", "supervisor-week#settle"),
    ("/matching", "nurse-day#provisional"),
    ("/residents", "first-day#import"),
    ("/events", "first-day#import"),
    ("/arrivals", "supervisor-week#arrivals"),
    ("/rulebook/changes", "supervisor-week#approve"),
    ("/rulebook/health", "supervisor-week#health"),
    ("/rulebook", "first-day#rules"),
    ("/staff", "first-day#staff"),
    ("/settings", "first-day#settings"),
    ("/offices/own", "first-day#centres"),
    ("/offices/new", "first-day#centres"),
    ("/offices/since", "first-day#centres"),
    ("/supervision/table", "first-day#first-table"),
    ("/supervision/rehearsal", "supervisor-week#rehearsal"),
    ("/supervision/escalations", "supervisor-week#escalations"),
    ("/supervision", "supervisor-week#supervision"),
    ("/certify", "supervisor-week#certify"),
    ("/readings", "supervisor-week#readings"),
    ("/session", "trouble#password"),
];

/// Where the manual tells of a page.
pub fn about(path: &str) -> String {
    let fits = |beginning: &str| path == beginning || path.starts_with(&format!("{beginning}/"));
    let section = HELP.iter().find(|(beginning, _)| fits(beginning)).map_or("nurse-day", |(_, section)| section);
    format!("/manual/{section}")
}

/// A chapter's text; `None` if there is none of that name.
pub fn source(chapter: &str) -> Option<String> {
    CHAPTERS.iter().find(|(name, _)| *name == chapter)?;
    let file = Files::get(&format!("{chapter}.md"))?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// The page of a chapter, and its sections (id and title).
pub fn drawn(source: &str) -> (String, Vec<(String, String)>) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES;
    let (mut sections, mut tables) = (Vec::<(String, String)>::new(), 0);
    let mut heading = false;
    let events = Parser::new_ext(source, options).map(|event| match event {
        Event::Start(Tag::Heading { level: HeadingLevel::H2, ref id, .. }) => {
            heading = true;
            let id = id.as_ref().map_or_else(String::new, ToString::to_string);
            sections.push((id, String::new()));
            event
        }
        Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
            heading = false;
            event
        }
        Event::Text(ref text) => {
            if let (true, Some((_, title))) = (heading, sections.last_mut()) {
                title.push_str(text);
            }
            event
        }
        // Wide tables move within themselves, also by keyboard.
        Event::Start(Tag::Table(_)) => {
            tables += 1;
            Event::Html(CowStr::from(format!(
                "<div class=\"scroll\" role=\"region\" aria-label=\"表{tables}（横に動かせます）\" tabindex=\"0\"><table class=\"table\">"
            )))
        }
        Event::End(TagEnd::Table) => Event::Html(CowStr::from("</tbody></table></div>")),
        // The text is ours, but tags in it would be a mistake.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    (page.replace("<th>", "<th scope=\"col\">").replace("<img ", "<img loading=\"lazy\" "), sections)
}
