//! Recording a visit, and fixing one that is planned.

use crate::contacts::view::{Sight, Subject};
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Caution, Frame};

/// Page: GET /persons/{id}/visits/new, POST form.action.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "visits/form.html")]
pub struct VisitPage {
    pub frame: Frame,
    pub subject: Subject,
    pub visit: VisitForm,
}

/// Fields: `result`, `kind` (page only), `day`, `time`, `met` (several),
/// sight as in contacts, `absence_card`, `note`, `third_party` (page only), `next_act`, `next_day`.
#[derive(Debug, Clone, Default)]
pub struct VisitForm {
    pub form: Form,
    pub caution: Option<Caution>,
    /// 会えた / 不在 / 玄関先のみ / 訪問を断られた / 予約した
    pub results: Vec<Choice>,
    /// 新生児訪問・全戸訪問・養育支援訪問…
    pub kinds: Vec<Choice>,
    pub met: Vec<Choice>,
    pub sight: Sight,
    /// Absent when 連絡上の注意 forbids leaving a card at the door.
    pub absence_card_allowed: bool,
    pub next_acts: Vec<Choice>,
    pub proposal: String,
    pub duty: String,
    /// Where one click shows the address for this visit, for a protected person and whoever may; in its own window.
    pub reveal_url: String,
}
