//! 終結・対象外: closing a duty by decision. The line disappears, the decision stays.

use crate::contacts::view::Subject;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::Frame;

/// Page: GET /duties/{duty}/close, POST form.action.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "closures/form.html")]
pub struct ClosurePage {
    pub frame: Frame,
    pub subject: Subject,
    pub closure: ClosureForm,
}

/// Fields: `duty`, `reason`, `note` (required for その他), `until` (延期 only).
#[derive(Debug, Clone, Default)]
pub struct ClosureForm {
    pub form: Form,
    pub service: String,
    /// What happens to the line: 「この対応は一覧から外れます。記録は残り、取り消せます。」
    pub effect: String,
    /// 実は済 / 対象外 / 転出 / 本人が希望しない / 他機関が担当 / その他
    pub reasons: Vec<Choice>,
    pub duty: String,
}
