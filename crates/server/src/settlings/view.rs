//! 一括整理 as shown: what is open by group, one group before its decision, and a decision with its way back.

use crate::intake::imports::view::{Batch, Count};
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Frame, Link, Name, State, Tab};

/// GET /settlings
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "settlings/index.html")]
pub struct IndexPage {
    pub frame: Frame,
    pub rooms: Vec<Tab>,
    /// What this room is.
    pub about: String,
    /// Progress to zero; only 初期整理 has an end.
    pub progress: Option<ProgressBar>,
    /// What narrows the table; each can be taken off.
    pub active: Vec<Link>,
    pub clear_url: String,
    /// 事業 / 生まれた年度 / 地区 / 資料
    pub by: Vec<Tab>,
    pub by_word: String,
    pub total: String,
    pub rows: Vec<Row>,
    /// Where the whole selection is decided.
    pub whole: Option<Link>,
    /// 発送: letters to these persons, and those that were sent.
    pub post: Vec<Link>,
    pub since: Option<SinceForm>,
    pub batches: Vec<Batch>,
}

#[derive(Debug, Clone, Default)]
pub struct ProgressBar {
    pub done: u64,
    pub total: u64,
    /// 「整理ずみ 412件／全体 1,204件」
    pub text: String,
    /// When zero is reached, or that it is.
    pub left: String,
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub label: String,
    /// The same table narrowed to this row.
    pub url: String,
    pub note: String,
    pub lines: String,
    pub persons: String,
    pub closed: String,
    pub carried: String,
    pub named: String,
    pub decide_url: String,
}

/// 稼働基準日: set before 初期整理 begins. POST /settlings/since
#[derive(Debug, Clone, Default)]
pub struct SinceForm {
    pub form: Form,
    pub now: String,
    pub may: bool,
}

/// GET /settlings/new; POST /settlings.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "settlings/new.html")]
pub struct NewPage {
    pub frame: Frame,
    pub room: String,
    pub title: String,
    pub back_url: String,
    pub counts: Vec<Count>,
    pub parts: Vec<Tab>,
    /// What this part is and what deciding does.
    pub about: Vec<String>,
    pub by_name: bool,
    pub lines: Vec<Line>,
    pub shown: String,
    /// Hidden fields that say what is decided.
    pub fields: Vec<(String, String)>,
    pub hows: Vec<Choice>,
    /// How 持ち越し finds each person's day.
    pub spreads: Vec<Choice>,
    pub form: Option<Form>,
    pub label: String,
    /// Why there is no form.
    pub note: String,
}

/// One line that would be closed. A protected person is named as on the list, without a place.
#[derive(Debug, Clone)]
pub struct Line {
    /// `file:key`
    pub value: String,
    pub checked: bool,
    pub name: Name,
    pub url: String,
    pub about: String,
    pub protected: bool,
    pub service: String,
    pub window: String,
    pub state: State,
    pub mark: String,
}

/// While it runs, as 担当替え does. Asks for itself.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "settlings/progress.html")]
pub struct ProgressPage {
    pub frame: Frame,
    pub title: String,
    pub name: String,
    pub done: u64,
    pub total: u64,
    pub text: String,
}

/// GET /settlings/{id}
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "settlings/result.html")]
pub struct ResultPage {
    pub frame: Frame,
    pub room: String,
    pub name: String,
    pub back_url: String,
    pub when: String,
    pub who: String,
    pub how: String,
    /// 終えた対応 or 持ち越した対応
    pub done: String,
    pub reason: String,
    pub counts: Vec<Count>,
    pub lines: Vec<Closed>,
    pub shown: String,
    /// Who took it back, when and why; empty while it stands.
    pub undone: String,
    pub kept: Vec<Link>,
    pub undo_form: Option<Form>,
    pub undo_effects: Vec<String>,
}

/// A closed line.
#[derive(Debug, Clone, Default)]
pub struct Closed {
    pub name: Name,
    pub url: String,
    pub about: String,
    pub service: String,
}
