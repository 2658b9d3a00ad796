//! 過去の記録の取込 in four pages: choose, preview, result with undo, and one row that somebody has to decide.

pub use crate::imports::view::{Batch, Count, ProgressPage, RowError};
use platform::web::form::{Choice, Form};
use platform::web::view::{Frame, Link};

/// Page: GET /events, POST form.action as multipart (`file`, `kind`, `through`).
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "events/upload.html")]
pub struct UploadPage {
    pub frame: Frame,
    pub form: Form,
    pub kinds: Vec<Choice>,
    pub limit: String,
    pub batches: Vec<Batch>,
}

/// A row of the file as it was read.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    pub line: String,
    /// 「0001　たかさき みなと」 as the file says.
    pub who: String,
    pub day: String,
    /// 「BCG 1回目」「1歳6か月児健診（要精密）」
    pub what: String,
    /// 人が見つからない / 食い違い / 名前で見つけた …; empty for an ordinary row.
    pub mark: String,
    pub why: String,
    /// Where it is decided; empty where nothing is to be decided (yet).
    pub url: String,
    /// The person it was found for, where there is one to look at.
    pub person: Option<Link>,
}

/// Page: GET /events/{batch}, before anything is written.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "events/preview.html")]
pub struct PreviewPage {
    pub frame: Frame,
    pub file: String,
    pub read_as: String,
    pub counts: Vec<Count>,
    /// 「ロット番号、CVX」; empty if every column is read.
    pub unread: String,
    pub notices: Vec<Shown>,
    pub notices_shown: String,
    pub firsts: Vec<Shown>,
    pub firsts_shown: String,
    pub waits: Vec<Shown>,
    pub waits_shown: String,
    pub errors: Vec<RowError>,
    pub errors_shown: String,
    pub can_apply: bool,
    pub apply_label: String,
    pub apply_note: String,
    pub apply_form: Form,
    pub discard_form: Form,
}

/// Page: GET /events/{batch} afterwards, with the rows that wait and the way back.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "events/result.html")]
pub struct ResultPage {
    pub frame: Frame,
    pub file: String,
    pub read_as: String,
    pub when: String,
    pub who: String,
    pub counts: Vec<Count>,
    pub waits: Vec<Shown>,
    pub waits_shown: String,
    /// 名前で見つけた: persons to look at.
    pub named: Vec<Link>,
    pub errors: Vec<RowError>,
    pub errors_shown: String,
    pub undone: String,
    pub undo_form: Option<Form>,
    pub undo_effects: Vec<String>,
    pub kept: Vec<Link>,
}

/// Page: GET /events/{batch}/rows/{line}: one row that waits.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "events/row.html")]
pub struct RowPage {
    pub frame: Frame,
    pub row: Shown,
    /// What the file says, by its columns: (label, text).
    pub said: Vec<(String, String)>,
    /// Persons who may be meant.
    pub candidates: Vec<Candidate>,
    pub form: Form,
    pub ways: Vec<Choice>,
    /// Whether a person is to be chosen.
    pub asks_person: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Candidate {
    pub name: String,
    pub number: String,
    pub birth: String,
    pub url: String,
}
