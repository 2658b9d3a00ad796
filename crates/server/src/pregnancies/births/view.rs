//! Recording a birth: one row per child; it closes the pregnancy and opens the children's duties.

use crate::contacts::view::Subject;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::Frame;

/// Page: GET /persons/{id}/births/new (the mother's), POST form.action.
///
/// Fields: `birth_day`, `weeks`, `children` (how many are drawn), and for each child n from 1:
/// `child_n_family_name`, `child_n_given_name`, `child_n_kana`, `child_n_sex`, `child_n_weight`, `child_n_wish`,
/// `child_n_file`; `home_day` (coming home), `place`, `source`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "pregnancies/births/form.html")]
pub struct BirthPage {
    pub frame: Frame,
    pub subject: Subject,
    pub form: Form,
    /// 「予定日 R8.11.30・単胎・第2子」, the pregnancy this closes.
    pub pregnancy: String,
    pub children: Vec<ChildFields>,
    /// Draws the form with one more child (GET or POST without saving): button name `add_child`, value `1`.
    pub more_children: bool,
    pub sexes: Vec<Choice>,
    /// 出生連絡票・住民記録・電話 …
    pub sources: Vec<Choice>,
    /// Children of the household the register already opened: then no second file is made. Empty: not asked.
    pub known: Vec<Choice>,
    /// One choice: 新生児訪問を希望.
    pub wishes: Vec<Choice>,
}

/// The field names of one child, so that a template need not build them.
#[derive(Debug, Clone, Default)]
pub struct ChildFields {
    /// 「お子さん 1」
    pub title: String,
    pub family_name: String,
    pub given_name: String,
    pub kana: String,
    pub sex: String,
    pub weight: String,
    pub wish: String,
    /// The file the register already opened; empty value = none.
    pub file: String,
}

impl ChildFields {
    pub fn numbered(n: usize) -> Self {
        let field = |name: &str| format!("child_{n}_{name}");
        Self {
            title: format!("お子さん {n}"),
            family_name: field("family_name"),
            given_name: field("given_name"),
            kana: field("kana"),
            sex: field("sex"),
            weight: field("weight"),
            wish: field("wish"),
            file: field("file"),
        }
    }
}
