//! The pages of rule changes as shown: words and numbers only.

use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::Frame;

/// Page: GET /rulebook/changes
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/changes/index.html")]
pub struct IndexPage {
    pub frame: Frame,
    pub rows: Vec<Row>,
    /// Why the office's own rules could not be used; empty if they are.
    pub unfit: Vec<String>,
    /// For whoever may propose.
    pub new_url: String,
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub title: String,
    pub url: String,
    /// 「R8.11.24 9:10」
    pub when: String,
    pub who: String,
    pub reason: String,
    pub state: String,
    /// Waits for somebody's decision or publication.
    pub open: bool,
    /// Empty if nothing was published.
    pub receipt_url: String,
}

/// Page: GET and POST /rulebook/{id}/change, /rulebook/changes/new. Fields `how`, `set_*`, `text`, `reason`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/changes/form.html")]
pub struct FormPage {
    pub frame: Frame,
    pub form: Form,
    pub title: String,
    pub back_url: String,
    /// Empty: the office belongs to no municipality and cannot change rules.
    pub town: String,
    pub hows: Vec<Choice>,
    pub settings: Vec<Setting>,
    pub settings_about: String,
    pub unfit: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// `set_before_limit`
    pub field: String,
    pub name: String,
    pub national: i32,
    pub now: i32,
    /// As typed, or as it is now.
    pub typed: String,
    pub uses: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldRow {
    pub rule: String,
    pub file: String,
    pub field: String,
    pub old: String,
    pub new: String,
}

/// Duties added, removed, moved under a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountRow {
    pub label: String,
    pub added: u64,
    pub removed: u64,
    pub moved: u64,
}

#[derive(Debug, Clone, Default)]
pub struct PreviewView {
    /// 「令和8年11月24日 9:10 に計算」
    pub when: String,
    /// Must be computed again, and why.
    pub stale: String,
    pub files: u64,
    pub persons: u64,
    pub all: CountRow,
    pub by_rule: Vec<CountRow>,
    pub by_owner: Vec<CountRow>,
    /// For whoever may see lists of persons; otherwise empty.
    pub names_url: String,
}

/// Page: GET /rulebook/changes/{proposal}
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/changes/page.html")]
pub struct ProposalPage {
    pub frame: Frame,
    pub title: String,
    pub rule_url: String,
    pub state: String,
    /// Carries what was not taken.
    pub told: Form,
    pub head: Vec<(String, String)>,
    pub fields: Vec<FieldRow>,
    pub preview: Option<PreviewView>,
    pub compute: Option<Form>,
    pub decide: Option<Form>,
    pub decisions: Vec<Choice>,
    /// Why the reader cannot decide, or what deciding alone means.
    pub decide_note: String,
    pub publish: Option<Form>,
    pub publish_note: String,
    /// Second step: the form that really publishes.
    pub confirm: bool,
    pub receipt_url: String,
}

/// Page: the same address while something runs; asks for itself until done.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/changes/progress.html")]
pub struct ProgressPage {
    pub frame: Frame,
    pub title: String,
    pub done: i32,
    pub total: i32,
    pub text: String,
    pub note: String,
}

/// Page: GET /rulebook/changes/{proposal}/persons
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/changes/persons.html")]
pub struct PersonsPage {
    pub frame: Frame,
    pub title: String,
    pub back_url: String,
    pub shown: String,
    pub rows: Vec<PersonRow>,
    pub next_url: String,
}

#[derive(Debug, Clone, Default)]
pub struct PersonRow {
    pub name: String,
    pub url: String,
    pub about: String,
    pub protected: bool,
    /// 「増える 1歳6か月児健診（佐藤 美咲）」
    pub lines: Vec<String>,
}

/// Page: GET /rulebook/changes/{proposal}/receipt
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/changes/receipt.html")]
pub struct ReceiptPage {
    pub frame: Frame,
    pub title: String,
    pub office: String,
    pub back_url: String,
    pub head: Vec<(String, String)>,
    pub fields: Vec<FieldRow>,
    pub predicted: CountRow,
    pub predicted_persons: u64,
    pub done: CountRow,
    pub done_persons: u64,
    pub files: u64,
    pub rewritten: u64,
    /// Label, predicted, done.
    pub by_rule: Vec<(CountRow, CountRow)>,
    /// A sentence if prediction and result differ.
    pub differs: String,
    pub back: Option<Form>,
}
