//! Signing in, coming back after the session ended with the draft kept, and the own password.

pub use crate::platform::web::Sample;
use crate::platform::web::form::Form;
use crate::platform::web::view::Frame;

/// Page: GET /session, POST /session. Also the answer 419 to a post whose session has ended.
///
/// Fields: `login`, `password`, `return_to`, and those of `kept`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "session/sign_in.html")]
pub struct SignInPage {
    pub frame: Frame,
    pub form: Form,
    /// The session ended: the same person signs in again and goes on where the work stopped.
    pub expired: bool,
    /// What was being recorded: 「電話の記録」
    pub kept_title: String,
    /// Hidden fields that find the draft again, for example `draft_id`. The draft itself stays on the server:
    /// these PCs are shared.
    pub kept: Vec<(String, String)>,
    /// Demo only: one login per role.
    pub samples: Vec<Sample>,
}

/// Page: GET /session/lock, POST /session/unlock. Field: `password`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "session/lock.html")]
pub struct LockPage {
    pub frame: Frame,
    pub form: Form,
    /// Whose screen it is.
    pub name: String,
    /// What was being typed waits under this number.
    pub draft: Option<i64>,
    pub csrf: String,
}

/// Page: GET /session/password, POST /session/password. Fields: `current`, `new`, `again`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "session/password.html")]
pub struct PasswordPage {
    pub frame: Frame,
    pub form: Form,
    pub login: String,
    /// 「12文字以上」
    pub rule: String,
}

/// Page: GET /session/drafts/{id}. Sends the kept form again to where it was going, or throws it away.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "session/draft.html")]
pub struct DraftPage {
    pub frame: Frame,
    pub csrf: String,
    /// Sent along as `draft`, so that it is forgotten once recorded.
    pub draft: i64,
    /// 「10:41」
    pub kept_at: String,
    /// What was written in words, to recognise it by.
    pub words: Vec<String>,
    pub action: String,
    pub fields: Vec<(String, String)>,
    /// The form drawn with the kept input; empty where there is no page of its own.
    pub open_url: String,
    pub discard_url: String,
}
