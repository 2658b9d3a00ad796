//! What pages of imports have in common: counts, rows that cannot be read, imports so far, progress.

use platform::web::view::Frame;

#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub url: String,
    /// 「R8.11.24 9:10」
    pub when: String,
    pub file: String,
    pub who: String,
    /// 「48行・新規3・異動6・変更なし39」
    pub summary: String,
    /// 適用済み / 取込中 / 確認待ち / 取り消し済み
    pub status: String,
    pub done: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Count {
    pub label: String,
    pub number: String,
    pub note: String,
}

/// One row the file cannot give: where, what stood there, what is expected.
#[derive(Debug, Clone, Default)]
pub struct RowError {
    pub line: String,
    pub column: String,
    /// As read; masked where the column is personal and the reader has no right.
    pub read: String,
    pub expected: String,
}

/// Page: of any import while it runs; asks for itself until done.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "imports/progress.html")]
pub struct ProgressPage {
    pub frame: Frame,
    pub file: String,
    pub done: u64,
    pub total: u64,
    /// 「45行のうち 20行」
    pub text: String,
}
