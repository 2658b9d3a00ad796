//! Fictional visit forms.
#![allow(clippy::unwrap_used)]

use super::view::{VisitForm, VisitPage};
use crate::contacts::example::{next_acts, sight, subject};
use crate::example::{choices, form, frame};
use crate::platform::web::form::Form;
use askama::Template;

pub fn visit(form: Form) -> VisitForm {
    VisitForm {
        form,
        results: choices(&[
            ("met", "会えた"),
            ("absent", "不在"),
            ("door", "玄関先のみ"),
            ("refused", "断られた"),
            ("booked", "予約した"),
        ]),
        kinds: choices(&[
            ("newborn", "新生児訪問"),
            ("all_homes", "全戸訪問"),
            ("support", "養育支援訪問"),
            ("other", "その他"),
        ]),
        met: choices(&[("mother", "母"), ("father", "父"), ("child", "お子さん"), ("other", "その他")]),
        sight: sight(),
        absence_card_allowed: true,
        next_acts: next_acts(),
        duty: "815".into(),
        reveal_url: "/persons/3/reveal".into(),
        ..VisitForm::default()
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let form = form("/persons/3/visits", &[("kind", "all_homes"), ("day", "きょう")]);
    let page = VisitPage { frame: frame("訪問を記録"), subject: subject(), visit: visit(form) };
    vec![("visit", page.render().unwrap())]
}
