//! The page of the compartment as shown.

use crate::contacts::view::Subject;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::Frame;

/// Page: GET and POST /persons/{id}/compartment. Field `what`: period, end, report, hide, show.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "compartment/page.html")]
pub struct CompartmentPage {
    pub frame: Frame,
    pub subject: Subject,
    pub form: Form,
    pub periods: Vec<Kept>,
    pub reports: Vec<Kept>,
    /// Hidden links: when and by whom, never to whom.
    pub hidden: Vec<Kept>,
    pub kinds: Vec<Choice>,
    /// Links that may be hidden; empty if there are none.
    pub links: Vec<Choice>,
}

/// One record of the compartment.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub event: i64,
    /// 「R8.11.24〜」
    pub day: String,
    pub text: String,
    pub who: String,
    /// It has not ended.
    pub open: bool,
}
