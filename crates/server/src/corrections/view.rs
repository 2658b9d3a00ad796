//! 訂正 and 取下げ of one recorded entry. The old entry stays, struck through, beside the new one.

use crate::contacts::view::Subject;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Frame, Link};

/// Page: GET /persons/{id}/events/{event}/correct, POST form.action. Fields: those of `fields`, `reason`, `reason_note`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "corrections/form.html")]
pub struct CorrectionPage {
    pub frame: Frame,
    pub subject: Subject,
    pub form: Form,
    /// The entry as it stands, label and text.
    pub original: Vec<(String, String)>,
    pub original_title: String,
    pub fields: Vec<CorrectedField>,
    /// 日付の誤り / 人を取り違えた / 聞き違い / 書き漏らし / その他
    pub reasons: Vec<Choice>,
    /// What moves with it: 「出産予定日を直すと、妊婦健診などの期限も変わります。」
    pub effect: String,
}

#[derive(Debug, Clone, Default)]
pub struct CorrectedField {
    pub name: String,
    pub label: String,
    pub kind: FieldKind,
}

#[derive(Debug, Clone, Default)]
pub enum FieldKind {
    #[default]
    Text,
    Area,
    Day,
    /// With its unit.
    Number(String),
    Radios(Vec<Choice>),
    Select(Vec<Choice>),
}

/// Page: GET /persons/{id}/events/{event}/withdraw, POST form.action. Fields: `reason`, `reason_note`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "corrections/withdraw.html")]
pub struct WithdrawalPage {
    pub frame: Frame,
    pub subject: Subject,
    pub form: Form,
    pub original: Vec<(String, String)>,
    pub original_title: String,
    pub reasons: Vec<Choice>,
    /// 「3～4か月児健診 が もう一度「対応すること」に出ます。」
    pub effects: Vec<String>,
    /// For whoever may: empties the record instead (wrong family, retention ended).
    pub erase: Option<Link>,
}
