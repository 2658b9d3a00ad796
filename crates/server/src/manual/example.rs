//! A chapter for the look tests.
#![allow(clippy::unwrap_used)]

use super::text::{CHAPTERS, drawn, source};
use super::view::{Chapter, ManualPage};
use crate::example::frame;
use askama::Template;

pub fn pages() -> Vec<(&'static str, String)> {
    let (html, sections) = drawn(&source("words").unwrap());
    let chapters = CHAPTERS.iter().map(|(name, title)| Chapter {
        url: format!("/manual/{name}"),
        title: (*title).into(),
        current: *name == "words",
    });
    let page = ManualPage { frame: frame("手引き"), chapters: chapters.collect(), sections, html };
    vec![("manual", page.render().unwrap())]
}
