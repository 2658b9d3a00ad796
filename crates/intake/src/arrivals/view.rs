//! 取り込みの状況.

use platform::web::view::{Frame, Link};

/// Page: GET /arrivals.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "arrivals/arrivals.html")]
pub struct ArrivalsPage {
    pub frame: Frame,
    pub sources: Vec<Source>,
    /// 「2件が遅れています。」
    pub said: String,
    /// Whether the reader may bring files in.
    pub may_import: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Source {
    pub title: String,
    /// 「R8.9.30まで」
    pub through: String,
    /// 「およそ45日」
    pub lag: String,
    /// 「R8.9.30まで」
    pub expected: String,
    /// 届いている / 遅れている / まだ届いていない
    pub state: String,
    pub late: bool,
    /// Nothing of it ever came.
    pub never: bool,
    /// The latest import of it.
    pub batch: Option<Link>,
    /// Rows of its imports that wait for a decision.
    pub waiting: String,
}
