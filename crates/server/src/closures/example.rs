//! Fictional decisions to close.
#![allow(clippy::unwrap_used)]

use super::view::{ClosureForm, ClosurePage};
use crate::contacts::example::subject;
use crate::example::{choices, form, frame};
use crate::platform::web::form::Form;
use askama::Template;

pub fn closure(form: Form) -> ClosureForm {
    ClosureForm {
        form,
        service: "1歳6か月児健診".into(),
        effect: "この対応は一覧から外れます。判断した人と理由が残り、あとから取り消せます。".into(),
        reasons: choices(&[
            ("already_done", "実は済んでいた"),
            ("not_eligible", "対象ではない"),
            ("moved", "転出した"),
            ("declined", "本人が希望しない"),
            ("elsewhere", "ほかの機関が担当"),
            ("other", "その他"),
        ]),
        duty: "816".into(),
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let page = ClosurePage {
        frame: frame("終結・対象外"),
        subject: subject(),
        closure: closure(form("/duties/816/close", &[])),
    };
    vec![("closure", page.render().unwrap())]
}
