//! 住民記録の取込 in four pages: choose, preview, progress, result with undo.

pub use crate::imports::view::{Batch, Count, ProgressPage, RowError};
use platform::web::form::{Choice, Form};
use platform::web::view::{Frame, Link};

/// Page: GET /residents, POST form.action as multipart (`file`, `layout`, `scope`, `as_of_day`).
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "residents/upload.html")]
pub struct UploadPage {
    pub frame: Frame,
    pub form: Form,
    /// The column layouts this office has: 「標準（みなと市 住民記録）」
    pub layouts: Vec<Choice>,
    /// 全件 / 異動分
    pub scopes: Vec<Choice>,
    /// 「20MB、5万行まで」
    pub limit: String,
    pub batches: Vec<Batch>,
}

/// One change that needs a look before it happens: 転出, 死亡, 支援措置.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub kind: String,
    pub who: String,
    pub what: String,
    /// 「終結判断 が一覧に出ます」
    pub effect: String,
}

/// Page: GET /residents/{batch}, before anything is written. POST apply_form.action or discard_form.action.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "residents/preview.html")]
pub struct PreviewPage {
    pub frame: Frame,
    pub file: String,
    /// 「CP932・見出しあり・48行」
    pub read_as: String,
    pub counts: Vec<Count>,
    pub errors: Vec<RowError>,
    /// 「3行」, and what is not drawn is said: 「はじめの100行を表示」
    pub errors_shown: String,
    pub changes: Vec<Change>,
    pub changes_shown: String,
    /// False when nothing can be applied (no good row, or columns missing).
    pub can_apply: bool,
    /// 「45行を取り込む」
    pub apply_label: String,
    /// What happens to the bad rows: 「誤りのある3行は取り込みません。直したファイルをもう一度取り込めます。」
    pub apply_note: String,
    pub apply_form: Form,
    pub discard_form: Form,
}

/// Page: GET /residents/{batch} afterwards, with the way back.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "residents/result.html")]
pub struct ResultPage {
    pub frame: Frame,
    pub file: String,
    pub when: String,
    pub who: String,
    pub counts: Vec<Count>,
    pub errors: Vec<RowError>,
    pub errors_shown: String,
    /// Empty while it can be undone; else 「R8.11.24 11:20 佐藤 美咲 が取り消し」
    pub undone: String,
    pub undo_form: Option<Form>,
    /// 「取込のあとに職員が記録した2人の記録は残り、確認のしるしが付きます。」
    pub undo_effects: Vec<String>,
    /// After the undo: the files that keep what people recorded meanwhile.
    pub kept: Vec<Link>,
}
