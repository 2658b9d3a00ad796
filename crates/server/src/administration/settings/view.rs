//! 設定.

use crate::platform::web::view::Frame;

/// Page: GET /settings.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "administration/settings/index.html")]
pub struct SettingsPage {
    pub frame: Frame,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub label: String,
    pub about: String,
    /// With its unit.
    pub now: String,
    pub shipped: String,
    /// 「R8.11.24 10:41　永田　進」; empty while nobody decided.
    pub since: String,
    pub url: String,
}
