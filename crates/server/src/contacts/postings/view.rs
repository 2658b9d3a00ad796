//! 発送 as shown: the last check, what was sent, and what is printed.

use crate::intake::imports::view::{Batch, Count};
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Frame, Link, Name};

/// GET /postings/new; POST /postings: 発送前の確認.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "contacts/postings/new.html")]
pub struct NewPage {
    pub frame: Frame,
    /// 「月次一括：MR第2期」
    pub from: String,
    pub back: Link,
    pub counts: Vec<Count>,
    /// Set when somebody changed between the page and its submit.
    pub changed: Vec<Row>,
    pub stop: Vec<Row>,
    pub judge: Vec<Row>,
    pub send: Vec<Row>,
    /// Why nobody can be sent anything, or that not everybody is shown.
    pub note: String,
    pub kinds: Vec<Choice>,
    /// What the letter does to the lines it is about; empty where it is about nothing the rulebook knows.
    pub answer: String,
    pub fields: Vec<(String, String)>,
    pub form: Form,
}

/// Somebody on the page of the check.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub file: i64,
    pub name: Name,
    pub url: String,
    pub about: String,
    /// 保護者 or 本人
    pub to: &'static str,
    pub protected: bool,
    /// In words, why not or what is to be decided.
    pub why: Vec<String>,
    /// What was chosen: `send`, `hold`, or nothing yet.
    pub choice: String,
    pub reason: String,
    /// What is still missing beside it.
    pub wrong: String,
}

/// GET /postings
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "contacts/postings/index.html")]
pub struct IndexPage {
    pub frame: Frame,
    pub batches: Vec<Batch>,
}

/// GET /postings/{id}
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "contacts/postings/page.html")]
pub struct PostingPage {
    pub frame: Frame,
    pub title: String,
    /// 「発送日 R8.11.27　案内・勧奨」
    pub about: String,
    pub when: String,
    pub who: String,
    pub counts: Vec<Count>,
    /// Until when the lines of those it went to wait for an answer; empty if none does.
    pub answer: String,
    pub undone: String,
    pub kept: Vec<Link>,
    /// Labels, list and files; empty when it was taken back.
    pub prints: Vec<Link>,
    pub letters: Vec<Letter>,
    pub held: Vec<Row>,
    pub returned: Option<Form>,
    pub undo: Option<Form>,
    pub undo_effects: Vec<String>,
}

/// A letter of a posting.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    pub no: String,
    pub name: Name,
    pub url: String,
    pub about: String,
    pub to: &'static str,
    pub protected: bool,
    /// What there is to know: 封筒で一通ずつ, 返戻, why it is not printed.
    pub marks: Vec<String>,
    /// One envelope: the page that shows the address once.
    pub reveal: Option<Link>,
    /// Takes this one letter back.
    pub undo: Link,
}

/// GET /postings/{id}/labels
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "contacts/postings/labels.html")]
pub struct LabelsPage {
    pub frame: Frame,
    pub title: String,
    pub about: String,
    pub back: String,
    /// 12 or 24 on a sheet.
    pub per: usize,
    pub others: Vec<Link>,
    pub printed: String,
    /// Who is left out, with why.
    pub left_out: Vec<Letter>,
    pub alone: Vec<Letter>,
    pub sheets: Vec<Vec<Label>>,
}

/// One label; a blank one on a sheet that was begun.
#[derive(Debug, Clone, Default)]
pub struct Label {
    pub no: String,
    pub postcode: String,
    pub address: String,
    /// 「架空 湊　保護者」
    pub name: String,
}

/// GET /postings/{id}/list
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "contacts/postings/list.html")]
pub struct ListPage {
    pub frame: Frame,
    pub title: String,
    pub about: String,
    pub office: String,
    pub back: String,
    pub rows: Vec<Listed>,
    pub shown: String,
}

#[derive(Debug, Clone, Default)]
pub struct Listed {
    pub no: String,
    pub name: Name,
    pub about: String,
    pub to: &'static str,
    pub district: String,
    pub marks: String,
}
