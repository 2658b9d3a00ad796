//! Fictional check-up forms.
#![allow(clippy::unwrap_used)]

use super::view::{CheckupForm, CheckupPage, Measure};
use crate::contacts::example::{next_acts, sight, subject};
use crate::example::{choices, form, frame};
use crate::platform::web::form::Form;
use askama::Template;

pub fn checkup(form: Form) -> CheckupForm {
    let measure =
        |name: &str, label: &str, unit: &str| Measure { name: name.into(), label: label.into(), unit: unit.into() };
    CheckupForm {
        form,
        services: choices(&[("m18", "1歳6か月児健診"), ("m36", "3歳児健診")]),
        attended: choices(&[("yes", "受けた"), ("no", "受けていない（未受診）")]),
        results: choices(&[("ok", "異常なし"), ("watch", "要観察"), ("closer", "要精密"), ("treat", "要医療")]),
        places: choices(&[("group", "集団（保健センター）"), ("clinic", "医療機関")]),
        sources: choices(&[("form", "受診票"), ("family", "保護者から聞いた"), ("book", "母子健康手帳")]),
        measures: vec![measure("weight", "体重", "g"), measure("height", "身長", "cm")],
        sight: sight(),
        next_acts: next_acts(),
        duty: "816".into(),
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let form = form("/persons/3/checkups", &[("service", "m18"), ("attended", "yes")]);
    let page = CheckupPage { frame: frame("結果を記録"), subject: subject(), checkup: checkup(form) };
    vec![("checkup", page.render().unwrap())]
}
