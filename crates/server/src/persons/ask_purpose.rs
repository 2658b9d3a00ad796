//! Asking why a file is opened, where nothing tells it (practice.md §5). Asked once in a working day, then derived.

use super::{
    purpose::{ASKED, is_asked},
    sheet::{self, Sheet, field, radios},
};
use crate::platform::{
    Problem, Refusal,
    door::Looked,
    mask,
    record::Submitted,
    store::load,
    web::{Ask, Reply},
};

/// Draws the question. Nothing about the person is shown yet, not even the name.
///
/// # Errors
/// If the page cannot be drawn.
pub fn draw(ask: &mut Ask, file: i64, wrong: Vec<Refusal>) -> Result<Reply, Problem> {
    let fields = vec![field("purpose", "閲覧の目的", "必須", radios(ASKED))];
    let sheet = Sheet {
        back: String::from("/today"),
        ..Sheet::of(file, "purpose", "閲覧の目的をえらんでください", "開く", fields)
    }
    .about("担当の地区や対応、一覧・検索から開くときには尋ねません。選んだ目的は閲覧の記録に残ります。");
    let why = (!wrong.is_empty()).then_some(Submitted::Refused(wrong));
    sheet::draw(ask, None, sheet, why)
}

/// POST /persons/{id}/purpose
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let purpose = ask.form("purpose").to_owned();
    let known = ask.read(|door| {
        let scope = door.scope();
        load::version_of(door.db, file, &scope, mask::level(door.actor))?.ok_or(Problem::NotFound)?;
        if is_asked(&purpose) {
            door.log_reading(Looked::Person, &purpose, &[file]);
        }
        Ok(is_asked(&purpose))
    })?;
    if !known {
        return draw(ask, file, vec![Refusal::at("purpose", "目的を選んでください。")]);
    }
    Ok(Reply::see(&format!("/persons/{file}")))
}
