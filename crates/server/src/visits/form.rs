//! The form of a visit.

use casework::{Permission, Person};

use super::view::VisitForm;
use crate::subject::{Opened, choices, preset};
use crate::{
    contacts,
    platform::{Problem, web::Ask},
};

pub const FIELDS: &[(&str, &str)] = &[
    ("result", "訪問の結果"),
    ("day", "訪問した日"),
    ("time", "時刻"),
    ("kind", "訪問の種類"),
    ("seen", "目視"),
    ("next_on", "次の対応の日"),
    ("next_day", "次の対応の日"),
    ("note", "ひとこと"),
];

pub fn panel(ask: &mut Ask, file: i64, duty: &str, return_to: &str) -> Result<VisitForm, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let mut form = ask.draw_form(&format!("/persons/{file}/visits"), return_to)?;
    form.return_to = return_to.to_owned();
    if form.version.is_empty() {
        form.version = opened.seen();
    }
    preset(&mut form, "day", "きょう");
    preset(&mut form, "kind", if duty.starts_with("home_visit") { "home_visit_4m" } else { "" });
    let story = opened.story();
    let card = Person::read(&story).caution.and_then(|c| c.absence_card);
    let may = ask.actor()?.role.may(Permission::RevealProtected);
    let reveal = (opened.protected && may).then_some(opened.file);
    Ok(VisitForm {
        form,
        caution: opened.subject(ask.today()).caution,
        results: choices(&[("reached", "会えた"), ("absent", "不在"), ("refused", "訪問を断られた")]),
        kinds: choices(&[("home_visit_4m", "新生児訪問・全戸訪問"), ("", "そのほかの訪問")]),
        met: choices(&[("mother", "母"), ("father", "父"), ("child", "子"), ("other", "そのほか")]),
        sight: contacts::form::sight(),
        absence_card_allowed: card != Some(false),
        next_acts: contacts::form::next_acts(),
        proposal: String::new(),
        duty: duty.to_owned(),
        reveal_url: reveal.map(|file| format!("/persons/{file}/reveal")).unwrap_or_default(),
    })
}
