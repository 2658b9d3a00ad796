//! Recording a contact: as a page of its own and as the panel inside a line of 今日の対応.

use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Caution, Frame, Name};

/// Page: GET /persons/{id}/contacts/new, POST form.action; also drawn again with 422 (errors) and 409 (conflict).
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "contacts/form.html")]
pub struct ContactPage {
    pub frame: Frame,
    pub subject: Subject,
    pub contact: ContactForm,
}

/// Fields: `means` (page only), `result`, `day` (page only; today in a panel), `time` (page only), `spoke_with`,
/// `seen`, `seen_child` (several), `seen_by`, `seen_place`, `next_day`, `next_act`, `note`, `third_party`.
#[derive(Debug, Clone, Default)]
pub struct ContactForm {
    pub form: Form,
    pub caution: Option<Caution>,
    /// Label and number, to be called from here; left empty in 窓口モード and where protected.
    pub phones: Vec<(String, String)>,
    /// 電話・面談・手紙…
    pub means: Vec<Choice>,
    /// つながった / 不在 / 折り返し待ち / 番号が不通
    pub results: Vec<Choice>,
    pub sight: Sight,
    /// 次にすること: 電話・訪問・面談・様子を見る
    pub next_acts: Vec<Choice>,
    /// A proposal with its rule: 「3回つづけて不在のため、訪問を提案しています（○○市 運用基準 4-2）」
    pub proposal: String,
    /// The duty the panel was opened from, posted as `duty`; empty on the page.
    pub duty: String,
}

/// 目視: who saw the child, where, how surely. The same three questions in every contact.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// Children of the family; with one child the question is not asked. Field `seen_child`.
    pub children: Vec<Choice>,
    /// Field `seen`: 確認していない / 直接見た / 声を聞いた / ほかの機関が見た / 書面・写真
    pub ways: Vec<Choice>,
    /// Field `seen_by`: 自分 / 同行者 / 園 / 医療機関 …
    pub by: Vec<Choice>,
    /// Field `seen_place`
    pub places: Vec<Choice>,
}

/// Whom a form is about: the line under the title, and the way back.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    pub name: Name,
    /// 「長男・生後98日・北部1区」
    pub about: String,
    pub url: String,
    pub caution: Option<Caution>,
    pub protected: bool,
}
