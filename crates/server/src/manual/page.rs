//! The manual's pages and pictures.

use super::text::{self, CHAPTERS, Files};
use super::view::{Chapter, ManualPage};
use crate::platform::Problem;
use crate::platform::web::{Ask, Reply};

/// GET /manual?from=…: on to the section that tells of the page one comes from.
///
/// # Errors
/// None.
pub fn index(ask: &mut Ask) -> Result<Reply, Problem> {
    Ok(Reply::see(&text::about(ask.query("from"))))
}

/// GET /manual/{page}
///
/// # Errors
/// Not found.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let asked = ask.param("page").to_owned();
    let source = text::source(&asked).ok_or(Problem::NotFound)?;
    let (html, sections) = text::drawn(&source);
    let chapter = |(name, title): &(&str, &str)| Chapter {
        url: format!("/manual/{name}"),
        title: (*title).to_owned(),
        current: *name == asked,
    };
    Reply::page(&ManualPage {
        frame: ask.frame("手引き", "/manual")?,
        chapters: CHAPTERS.iter().map(chapter).collect(),
        sections,
        html,
    })
}

/// GET /manual/pictures/{name}
///
/// # Errors
/// Not found.
pub fn picture(ask: &mut Ask) -> Result<Reply, Problem> {
    let name = ask.param("name");
    if !name.ends_with(".webp") || name.contains(['/', '\\']) {
        return Err(Problem::NotFound);
    }
    let file = Files::get(&format!("pictures/{name}")).ok_or(Problem::NotFound)?;
    Ok(Reply::shown("image/webp", file.data.into_owned()))
}
