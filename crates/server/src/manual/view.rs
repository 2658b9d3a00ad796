//! 手引き.

use crate::platform::web::view::Frame;

/// Page: GET /manual/{page}.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "manual/page.html")]
pub struct ManualPage {
    pub frame: Frame,
    pub chapters: Vec<Chapter>,
    /// Sections of this chapter: id and title.
    pub sections: Vec<(String, String)>,
    /// Made from our own text; nothing anybody typed is in it.
    pub html: String,
}

#[derive(Debug, Clone, Default)]
pub struct Chapter {
    pub url: String,
    pub title: String,
    pub current: bool,
}
