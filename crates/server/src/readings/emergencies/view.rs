//! Pages of 緊急閲覧 as shown.

use crate::persons::view::{Bar, Entry};
use crate::platform::web::form::Form;
use crate::platform::web::view::{Caution, Frame, Link, Name};

/// Page: GET /persons/{id}/emergency while it runs.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/emergencies/opened.html")]
pub struct OpenedPage {
    pub frame: Frame,
    pub bar: Bar,
    pub caution: Option<Caution>,
    /// 「10:42まで（あと35分）」
    pub until: String,
    pub reason: String,
    pub episode_title: String,
    pub episode: Vec<(String, String)>,
    pub log: Vec<Entry>,
    pub log_shown: String,
    pub log_more: Option<Link>,
}

/// Page: GET /emergencies: 緊急閲覧の確認.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/emergencies/review.html")]
pub struct ReviewPage {
    pub frame: Frame,
    pub said: String,
    /// What was typed about one that does not wait any more, and why it was not recorded.
    pub again: Option<Form>,
    pub waiting: Vec<Waiting>,
    pub done: Vec<Done>,
    /// 「土屋 文：3回（最後は R8.11.24 9:12）」: attempts of the last 30 days that named nobody.
    pub missed: Vec<String>,
}

/// One that nobody has reviewed yet.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    pub id: i64,
    pub form: Form,
    pub when: String,
    pub who: String,
    pub name: Name,
    pub url: String,
    pub reason: String,
    /// 「12/1まで」「期限超過 11/20」
    pub due: String,
    pub late: bool,
    /// How often it was looked at while it ran.
    pub looks: String,
    /// The reviewer's own: somebody else reviews it.
    pub own: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Done {
    pub when: String,
    pub who: String,
    pub name: Name,
    pub url: String,
    pub reason: String,
    pub verdict: String,
    pub note: String,
    pub question: bool,
}
