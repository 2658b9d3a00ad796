//! GET /persons, POST /persons: the people index by the first letters of ふりがな. The term never stands in an address.

use unicode_normalization::UnicodeNormalization;

use super::{
    came,
    view::{IndexPage, IndexRow},
};
use crate::platform::{
    Problem,
    door::Looked,
    people::{self, PersonRow},
    web::{
        Ask, Reply,
        words::{self, name},
    },
};
use casework::Permission;
use rules::Day;

/// Persons on one page.
const PAGE: usize = 50;

pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let term = searchable(ask.form("term"));
    let from: usize = ask.form("from").parse().unwrap_or(0).min(1_000_000);
    let frame = ask.frame("名簿", "/persons")?;
    let form = ask.draw_form("/persons", "/persons")?;
    let page = ask.read(|door| {
        let all = usize::try_from(people::count(door, &term)?).unwrap_or(usize::MAX);
        let limit = i64::try_from(PAGE).unwrap_or(50);
        let rows = people::index(door, &term, limit, i64::try_from(from).unwrap_or(0))?;
        let files: Vec<i64> = rows.iter().map(|r| r.file).collect();
        door.log_reading(Looked::List, if term.is_empty() { "list" } else { "search" }, &files);
        let today = door.today();
        let next = from + rows.len();
        let may_register = door.actor.role.may(Permission::RecordPregnancy);
        Ok(IndexPage {
            frame,
            form,
            shown: if rows.is_empty() {
                format!("{all}人")
            } else {
                format!("{all}人のうち {}–{next}人", from + 1)
            },
            next: (next < all && !rows.is_empty()).then_some(next),
            rows: rows.iter().map(|row| shown(row, today)).collect(),
            new_url: if may_register { String::from("/persons/new") } else { String::new() },
        })
    })?;
    Reply::page(&page)
}

fn shown(row: &PersonRow, today: Day) -> IndexRow {
    let mut marks = Vec::new();
    match row.gone.as_str() {
        "moved_out" => marks.push(String::from("転出")),
        "died" => marks.push(String::from("死亡")),
        _ => {}
    }
    if row.provisional == 1 {
        marks.push(String::from("仮登録"));
    }
    let ages = [words::about(row.birth(), None, today), words::about(None, row.edd(), today)];
    IndexRow {
        name: name(&row.name, &row.kana),
        url: format!("/persons/{}?{}", row.file, came::query(came::NAMES)),
        about: ages.into_iter().filter(|a| !a.is_empty()).collect::<Vec<_>>().join("・"),
        number: row.number.clone(),
        district: row.district.clone(),
        marks,
        protected: row.protected == 1,
    }
}

/// What was typed as the index keeps it: full width and half width alike, ふりがな in hiragana.
pub fn searchable(text: &str) -> String {
    let folded: String = text.trim().nfkc().collect();
    folded.chars().map(hiragana).take(80).collect()
}

fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn katakana_and_half_width_find_what_hiragana_finds() {
        assert_eq!(searchable(" ﾀｶｻｷ"), "たかさき");
        assert_eq!(searchable("ヴァン・ティ"), "ゔぁん・てぃ");
        assert_eq!(searchable("００４２"), "0042");
        assert_eq!(searchable("髙﨑"), "髙﨑");
    }
}
