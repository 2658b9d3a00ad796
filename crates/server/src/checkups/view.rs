//! Recording that a check-up, vaccination or interview was carried out, and its result.

use crate::contacts::view::{Sight, Subject};
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::Frame;

/// Page: GET /persons/{id}/checkups/new, POST form.action.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "checkups/form.html")]
pub struct CheckupPage {
    pub frame: Frame,
    pub subject: Subject,
    pub checkup: CheckupForm,
}

/// Fields: `service` (page only, a list), `attended` (受けた / 受けていない), `day`, `result`, `place`,
/// `measures` by their own names, `source`, sight (page only), `note`, `next_act`, `next_day` (page only).
#[derive(Debug, Clone, Default)]
pub struct CheckupForm {
    pub form: Form,
    pub services: Vec<Choice>,
    /// 受けた / 受けていない（未受診）
    pub attended: Vec<Choice>,
    /// 異常なし / 要観察 / 要精密 / 要医療 …; empty where the service has no result (a vaccination).
    pub results: Vec<Choice>,
    /// 集団・個別・医療機関名…
    pub places: Vec<Choice>,
    /// How it became known: 受診票・保護者から聞いた・母子健康手帳で確認…
    pub sources: Vec<Choice>,
    pub measures: Vec<Measure>,
    pub sight: Sight,
    pub next_acts: Vec<Choice>,
    pub duty: String,
}

/// A number with its unit: 体重 g, 身長 cm, EPDS 点.
#[derive(Debug, Clone, Default)]
pub struct Measure {
    pub name: String,
    pub label: String,
    pub unit: String,
}
