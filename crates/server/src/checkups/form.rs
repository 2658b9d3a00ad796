//! The form of a check-up, vaccination or interview.

use casework::{Person, scopes::is_register_child};

use super::view::{CheckupForm, Measure};
use crate::subject::{Opened, choices, preset};
use crate::{
    contacts,
    platform::{Problem, web::Ask},
};

pub const FIELDS: &[(&str, &str)] = &[
    ("service", "事業"),
    ("code", "事業"),
    ("attended", "実施"),
    ("day", "実施した日"),
    ("result", "結果"),
    ("source", "何で分かったか"),
    ("weight", "体重"),
    ("height", "身長"),
    ("epds", "EPDSの合計"),
    ("epds_item10", "EPDSの第10項目"),
    ("next_on", "次の対応の日"),
    ("next_day", "次の対応の日"),
];

/// The service of a duty's key: `pcv#2@1` → `pcv`.
pub fn service_of(key: &str) -> &str {
    key.split(['#', '@']).next().unwrap_or(key)
}

/// The exchange code an act of this service is recorded under, where it differs from the service's (`mr1` → `mr`).
pub fn act_code(service: &str) -> &str {
    match service {
        "mr1" | "mr2" => "mr",
        "je1" | "je2" => "je",
        "dt2" => "dt",
        "home_visit" => "home_visit_4m",
        other => other,
    }
}

pub fn panel(ask: &mut Ask, file: i64, duty: &str, return_to: &str) -> Result<CheckupForm, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let mut form = ask.draw_form(&format!("/persons/{file}/checkups"), return_to)?;
    form.return_to = return_to.to_owned();
    if form.version.is_empty() {
        form.version = opened.seen();
    }
    preset(&mut form, "service", service_of(duty));
    let service = form.value("service").to_owned();
    let is_checkup = duty.is_empty() || service.starts_with("checkup") || service.starts_with("postpartum");
    let book = ask.book()?;
    let services = book.rules().filter(|r| r.tier <= 3 && r.duty).map(|r| (r.service.clone(), r.title.clone()));
    let mut services: Vec<_> = services.collect();
    services.dedup();
    let results: &[(&str, &str)] =
        &[("normal", "異常なし"), ("watch", "要観察"), ("needs_exam", "要精密"), ("needs_treatment", "要医療")];
    Ok(CheckupForm {
        form,
        services: services.iter().map(|(code, title)| crate::platform::web::form::Choice::new(code, title)).collect(),
        attended: choices(&[
            ("done", "受けた・実施した"),
            ("absent", "受けていない（未受診）"),
            ("refused", "受けない意向"),
        ]),
        results: if is_checkup { choices(results) } else { Vec::new() },
        places: choices(&[("", "選ばない"), ("group", "集団"), ("clinic", "医療機関"), ("home", "自宅")]),
        sources: choices(&[
            ("own", "この窓口で実施・確認"),
            ("handbook", "母子健康手帳で確認"),
            ("told", "保護者から聞いた"),
            ("slip", "受診票・予診票"),
            ("other_town", "他市町村からの回答"),
        ]),
        measures: if is_checkup { measures(&service, &opened) } else { Vec::new() },
        sight: contacts::form::sight(),
        next_acts: contacts::form::next_acts(),
        duty: duty.to_owned(),
    })
}

/// The scores of EPDS that are recorded by themselves: a rule of the child reads them. (code, field's word, most points).
pub const SCORES: &[(&str, &str, f64)] = &[("epds", "EPDSの合計", 30.0), ("epds_item10", "EPDSの第10項目", 3.0)];

/// What is measured at a check-up; EPDS is the mother's.
fn measures(service: &str, opened: &Opened) -> Vec<Measure> {
    let measure =
        |name: &str, label: &str, unit: &str| Measure { name: name.into(), label: label.into(), unit: unit.into() };
    let mut measures = vec![measure("weight", "体重", "g"), measure("height", "身長", "cm")];
    let woman = !is_register_child(&Person::read(&opened.story()));
    if woman && (service.is_empty() || service.starts_with("postpartum")) {
        measures.extend(SCORES.iter().map(|(name, label, _)| measure(name, label, "点")));
    }
    measures
}
