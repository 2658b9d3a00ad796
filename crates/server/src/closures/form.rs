//! The form of a decision about a duty.

use super::view::ClosureForm;
use crate::subject::{Opened, choices};
use crate::{
    checkups::form::service_of,
    platform::{Problem, rulebook, web::Ask},
};

pub const FIELDS: &[(&str, &str)] = &[("how", "理由"), ("reason", "理由"), ("note", "説明")];

/// A 転出 is decided for the whole person: every open duty ends with it.
pub fn is_release(duty: &str) -> bool {
    service_of(duty) == "move_out_decision"
}

pub fn panel(ask: &mut Ask, file: i64, duty: &str, return_to: &str) -> Result<ClosureForm, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let mut form = ask.draw_form(&format!("/persons/{file}/closures"), return_to)?;
    form.return_to = return_to.to_owned();
    if form.version.is_empty() {
        form.version = opened.seen();
    }
    let effect = if is_release(duty) {
        "この方を台帳から終結します。開いている対応はすべて終わります。記録は残り、取り消せます。"
    } else {
        "この対応は一覧から外れます。判断と理由は記録に残り、取り消せます。"
    };
    Ok(ClosureForm {
        form,
        service: rulebook::title(&*ask.book()?, service_of(duty)),
        effect: effect.to_owned(),
        reasons: choices(REASONS),
        duty: duty.to_owned(),
    })
}

/// (kind of closure, words)
pub const REASONS: &[(&str, &str)] = &[
    ("already_done", "実は済んでいた"),
    ("not_applicable", "対象外"),
    ("declined", "本人・保護者が希望しない"),
    ("ended", "転出・他機関が担当"),
    ("decided", "その他（説明を書く）"),
];
