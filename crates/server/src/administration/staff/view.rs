//! 職員: the list, one member, and a password shown once.

use crate::platform::web::view::Frame;

/// Page: GET /staff.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "administration/staff/index.html")]
pub struct StaffPage {
    pub frame: Frame,
    /// 「6人（利用中5人）」
    pub shown: String,
    /// Nobody but the first 管理者 is here yet.
    pub first_day: bool,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub url: String,
    pub name: String,
    pub kana: String,
    pub login: String,
    /// Role and period, one a line.
    pub posts: Vec<Line>,
    /// 利用中, 初回サインイン前, 役割なし, 利用終了
    pub state: &'static str,
    pub chip: &'static str,
    pub icon: &'static str,
}

#[derive(Debug, Clone, Default)]
pub struct Line {
    pub what: String,
    pub when: String,
    /// Where its end is set; empty if nothing can be done about it here.
    pub end_url: String,
    /// It is over.
    pub past: bool,
}

/// Page: GET /staff/{id}.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "administration/staff/page.html")]
pub struct MemberPage {
    pub frame: Frame,
    pub row: Row,
    /// 「R8.12.1から利用を終えます。」
    pub closing: String,
    /// Label and address of what may be done.
    pub acts: Vec<(String, String)>,
    /// What was done, newest first.
    pub log: Vec<Logged>,
}

#[derive(Debug, Clone, Default)]
pub struct Logged {
    pub when: String,
    pub what: String,
    pub who: String,
    /// Taken back or replaced since.
    pub struck: bool,
}

/// The answer to POST /staff/new and POST /staff/{id}/password: never stored, never shown again.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "administration/staff/issued.html")]
pub struct IssuedPage {
    pub frame: Frame,
    pub title: String,
    pub name: String,
    pub login: String,
    /// Empty: the same form was sent before, and it was shown then.
    pub password: String,
    pub back: String,
}
