//! 仮登録の照合.

use platform::web::{
    form::Form,
    view::{Frame, Link, Name},
};

/// Page: GET /matching.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "matching/matching.html")]
pub struct MatchingPage {
    pub frame: Frame,
    /// What was refused just now.
    pub wrong: Vec<String>,
    /// 「3人のうち 1–3人」
    pub shown: String,
    pub waiting: Vec<Waiting>,
    pub more: Option<Link>,
}

/// Somebody the register has not named yet.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    pub name: Name,
    pub url: String,
    pub about: String,
    /// 「R8.10.12から43日」
    pub since: String,
    /// 出生から日がたっている新生児.
    pub late: String,
    pub proposals: Vec<Proposal>,
    /// 「ほかに2人います」
    pub others: String,
}

/// Who it may be.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// In the page: `p-12-40`.
    pub id: String,
    pub name: Name,
    pub url: String,
    pub number: String,
    pub marks: Vec<String>,
    pub protected: bool,
    /// 「同じ人と思われます」
    pub likeness: &'static str,
    pub class: &'static str,
    pub rows: Vec<Row>,
    pub form: Form,
    pub one: i64,
    pub other: i64,
}

/// One piece of evidence, side by side.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub what: &'static str,
    pub here: String,
    pub there: String,
    pub says: String,
    /// 合う / 近い / 違う / —
    pub mark: &'static str,
    pub class: &'static str,
}

/// Page: GET /matching/sweep.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "matching/sweep.html")]
pub struct SweepPage {
    pub frame: Frame,
    pub wrong: Vec<String>,
    pub shown: String,
    pub pairs: Vec<Pair>,
}

/// Two files that may be one person's.
#[derive(Debug, Clone, Default)]
pub struct Pair {
    pub name: Name,
    pub url: String,
    pub number: String,
    pub marks: Vec<String>,
    pub proposal: Proposal,
}

/// Page: POST /persons/new, where somebody like the typed person is on file already.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "matching/entry.html")]
pub struct EntryPage {
    pub frame: Frame,
    pub form: Form,
    pub proposals: Vec<Proposal>,
    /// Files shown, for 別の人: `12,40`.
    pub apart: String,
}
