//! Pages of 開示請求 as shown.

use crate::contacts::view::Subject;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::Frame;

/// Page: GET and POST /persons/{id}/disclosures. Fields `by`, `requester_family`, `requester_name`, `day`, `period_from`,
/// `period_to`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/disclosures/index.html")]
pub struct IndexPage {
    pub frame: Frame,
    pub subject: Subject,
    pub protected: bool,
    pub rows: Vec<Row>,
    pub form: Form,
    pub requesters: Vec<Choice>,
    /// The family by name; empty if nobody is on file.
    pub family: Vec<Choice>,
    /// 「受け付けた日から30日」
    pub days: String,
}

#[derive(Debug, Clone, Default)]
pub struct Row {
    pub url: String,
    pub received: String,
    pub who: String,
    pub period: String,
    pub due: String,
    pub late: bool,
    /// 「一部開示（R8.11.30）」; empty while it is open.
    pub outcome: String,
}

/// Page: 点検版, GET /persons/{id}/disclosures/{event}; also drawn again by its forms.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/disclosures/page.html")]
pub struct CheckPage {
    pub frame: Frame,
    pub subject: Subject,
    pub row: Row,
    /// The person, or somebody of the family, is protected.
    pub protected: bool,
    /// Asked by somebody in whose name a protected person may be sought.
    pub by_another: bool,
    pub items: Vec<Item>,
    pub blacked: usize,
    pub unmarked: usize,
    pub imported: usize,
    /// 「秘匿の設定 1件」
    pub absent: Vec<String>,
    pub struck: usize,
    pub copy_url: String,
    /// The form to decide; `None` once decided.
    pub decide: Option<Form>,
    pub outcomes: Vec<Choice>,
    pub extend: Option<Form>,
    /// 「R9.1.23まで延ばせます」
    pub extend_to: String,
    pub extended: String,
    pub back_url: String,
    /// This page's own address, for coming back from marking.
    pub here: String,
}

/// Page: 写し, GET /persons/{id}/disclosures/{event}/copy. What is marked is not in it.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "readings/disclosures/copy.html")]
pub struct CopyPage {
    pub frame: Frame,
    pub name: String,
    pub office: String,
    pub date: String,
    pub period: String,
    pub received: String,
    pub protected: bool,
    pub draft: bool,
    pub items: Vec<Item>,
    pub grounds: Vec<String>,
    pub back_url: String,
}

/// One record of the copy.
#[derive(Debug, Clone, Default)]
pub struct Item {
    pub number: usize,
    pub id: String,
    pub day: String,
    pub title: String,
    pub who: String,
    pub facts: Vec<Said>,
    /// 「第三者2号」 if the whole record is marked.
    pub whole: String,
    /// Words of a person without any mark: to be looked over.
    pub unmarked: bool,
    /// Nobody here wrote it.
    pub imported: bool,
    /// 心理・精神・DV.
    pub guarded: bool,
    pub mark_url: String,
}

impl Item {
    pub fn blacked(&self) -> usize {
        self.facts.iter().flat_map(|said| &said.parts).filter(|part| part.ground.is_some()).count()
    }
}

/// One thing a record says.
#[derive(Debug, Clone, Default)]
pub struct Said {
    pub label: String,
    pub parts: Vec<Part>,
}

/// A stretch of it: given out, or blacked out with the number of its 号.
#[derive(Debug, Clone, Default)]
pub struct Part {
    pub text: String,
    pub label: String,
    pub ground: Option<u8>,
}

/// Who receives a request, for whoever does not.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    pub text: String,
    /// One's own post that may; empty if none.
    pub post: String,
    pub button: String,
    /// Where it goes on with that role.
    pub place: String,
}
