//! Draws every page with its fictional example into `target/look/`, to be looked at in a browser and judged by axe,
//! and holds what all of them must keep: no inline style or script (strict CSP), every post form with its hidden fields.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod arrivals;
mod events;
pub mod example;
mod matching;
mod residents;

use crate::example::{form, frame};
use crate::platform::web::problem::ProblemPage;
use crate::{
    administration::{offices, settings, staff},
    certify, checkups, closures, compartment, contacts, corrections, family, manual, persons, pregnancies, readings,
    rulebook, session, settlings, supervision, today, visits,
};
use askama::Template;
use std::path::Path;

fn pages() -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    pages.extend(today::example::pages());
    pages.extend(persons::example::pages());
    pages.extend(family::example::pages());
    pages.extend(contacts::example::pages());
    pages.extend(contacts::postings::example::pages());
    pages.extend(visits::example::pages());
    pages.extend(checkups::example::pages());
    pages.extend(closures::example::pages());
    pages.extend(compartment::example::pages());
    pages.extend(pregnancies::example::pages());
    pages.extend(pregnancies::births::example::pages());
    pages.extend(corrections::example::pages());
    pages.extend(residents::pages());
    pages.extend(events::pages());
    pages.extend(arrivals::pages());
    pages.extend(matching::pages());
    pages.extend(rulebook::example::pages());
    pages.extend(settlings::example::pages());
    pages.extend(certify::example::pages());
    pages.extend(supervision::example::pages());
    pages.extend(offices::example::pages());
    pages.extend(readings::example::pages());
    pages.extend(readings::emergencies::example::pages());
    pages.extend(readings::disclosures::example::pages());
    pages.extend(session::example::pages());
    pages.extend(staff::example::pages());
    pages.extend(manual::example::pages());
    pages.extend(settings::example::pages());
    let draw = |page: ProblemPage| page.render().unwrap();
    pages.push(("problem-404", draw(ProblemPage::not_found(frame("")))));
    pages.push(("problem-409", draw(ProblemPage::conflict(frame("")))));
    pages.push(("problem-500", draw(ProblemPage::failed(frame(""), "7f3a-21"))));
    pages.push(("problem-429", draw(ProblemPage::too_many(frame(""), "15分ほど待ってからお試しください。"))));
    pages.push(("problem-400", draw(ProblemPage::unreadable(frame(""), "ファイルが大きすぎます（20MBまで）。"))));
    pages
}

#[test]
fn every_page_draws_and_obeys_the_strict_content_policy() {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/look");
    std::fs::create_dir_all(&out).unwrap();
    for (name, html) in pages() {
        std::fs::write(out.join(format!("{name}.html")), &html).unwrap();
        for forbidden in [" style=", "<style", " onclick=", " onsubmit=", "javascript:", "http://", "https://"] {
            assert!(!html.contains(forbidden), "{name} contains {forbidden}");
        }
        assert_eq!(html.matches("<script").count(), 1, "{name}: only app.js");
        assert!(html.starts_with("<!DOCTYPE html>"), "{name} begins with {:?}", &html[..20]);
        for part in html.split("<form").skip(1).filter(|part| part[..part.find('>').unwrap()].contains("\"post\"")) {
            let inside = &part[..part.find("</form>").unwrap()];
            assert!(
                inside.contains("name=\"csrf\""),
                "{name}: a post form without csrf: {}",
                &inside[..80.min(inside.len())]
            );
        }
    }
}

#[test]
fn ids_are_unique_on_every_page() {
    for (name, html) in pages() {
        let mut ids: Vec<_> = html.split(" id=\"").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(all, ids.len(), "{name} repeats an id");
    }
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_names_what_is_wrong() {
    let typed = crate::example::refused(
        form("/x", &[("note", "<b>\"会えた\"</b>"), ("result", "absent")]),
        &[("day", "いつ", "「11/35」は日付として読めません。")],
    );
    let page = contacts::example::page(typed).render().unwrap();
    assert!(page.contains("&#60;b&#62;&#34;会えた&#34;&#60;/b&#62;"), "the draft is kept, and escaped");
    assert!(page.contains(r#"value="absent" checked"#));
    assert!(page.contains(r##"<a href="#f-day">いつ</a>：「11/35」は日付として読めません。"##));
    assert!(page.contains(r#"aria-invalid="true""#));
}

#[test]
fn in_counter_mode_no_phone_is_drawn() {
    let mut page = persons::example::page();
    assert!(page.render().unwrap().contains("080-5550-0119"));
    page.frame.counter_mode = true;
    assert!(!page.render().unwrap().contains("080-5550-0119"));
}
