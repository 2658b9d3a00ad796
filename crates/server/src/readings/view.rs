//! Pages about readings as shown: words only.

use crate::contacts::view::Subject;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Frame, Link, Name};

/// Page: GET /persons/{id}/readings
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/person.html")]
pub struct PersonPage {
    pub frame: Frame,
    pub subject: Subject,
    pub form: Form,
    pub spans: Vec<Choice>,
    pub kinds: Vec<Choice>,
    pub staff: Vec<Choice>,
    /// 「この90日に 3人が 12回」
    pub said: String,
    /// What is not shown, and why.
    pub limit: String,
    pub opened: Vec<DayOf>,
    pub listed: Vec<DayOf>,
    pub letter_url: String,
}

/// What happened on one day.
#[derive(Debug, Clone, Default)]
pub struct DayOf {
    pub day: String,
    pub lines: Vec<LineOf>,
}

#[derive(Debug, Clone, Default)]
pub struct LineOf {
    pub hours: String,
    pub who: String,
    pub purpose: String,
    pub kind: &'static str,
    /// 「3回」
    pub times: String,
    /// Something that a reviewer looks at first.
    pub marked: bool,
}

/// Page: GET /persons/{id}/readings/letter, for the person concerned. A4.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/letter.html")]
pub struct LetterPage {
    pub frame: Frame,
    pub form: Form,
    pub name: String,
    pub office: String,
    pub date: String,
    /// 「令和8年8月26日から令和8年11月24日まで」
    pub period: String,
    pub protected: bool,
    pub lines: Vec<LetterLine>,
    /// 「一覧への表示　12回」, where there were any.
    pub listed: String,
    pub limit: String,
    pub with_names: bool,
    pub back_url: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterLine {
    pub day: String,
    pub who: String,
    pub purpose: String,
    pub how: String,
}

/// Page: GET /readings
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/index.html")]
pub struct IndexPage {
    pub frame: Frame,
    pub months: Vec<MonthRow>,
    pub older: Option<Link>,
    /// The counts only, for whoever sees nobody's records.
    pub counts_only: bool,
    pub emergencies_url: String,
}

#[derive(Debug, Clone, Default)]
pub struct MonthRow {
    pub label: String,
    pub url: String,
    pub opened: i64,
    pub listed: i64,
    pub printed: i64,
    pub revealed: i64,
    pub emergencies: i64,
    /// Attempts at 緊急閲覧 that named nobody.
    pub missed: i64,
    pub fit: usize,
    pub question: usize,
    pub state: String,
    pub done: bool,
}

/// Page: GET /readings/month, POST the same.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/month.html")]
pub struct MonthPage {
    pub frame: Frame,
    pub title: String,
    /// How it was chosen, one sentence each.
    pub about: Vec<String>,
    pub said: String,
    pub form: Form,
    pub month: String,
    pub items: Vec<Item>,
    /// Marked ones are shown as well.
    pub all: bool,
    pub toggle: Link,
}

/// Somebody's looks at one person on one day.
#[derive(Debug, Clone, Default)]
pub struct Item {
    pub id: i64,
    pub when: String,
    pub who: String,
    pub name: Name,
    pub url: String,
    pub about: String,
    pub purpose: String,
    pub kinds: String,
    /// 「見本」 and what is unusual.
    pub why: Vec<&'static str>,
    /// What was said of it: 「妥当（R8.11.2 黒田 恵子）」
    pub verdict: String,
    pub note: String,
    /// The reviewer's own: somebody else looks at it.
    pub own: bool,
}

impl Item {
    /// The name of its radios.
    pub fn mark(&self) -> String {
        format!("mark-{}", self.id)
    }

    pub fn note_name(&self) -> String {
        format!("note-{}", self.id)
    }
}
