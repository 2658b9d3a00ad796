//! GET /persons, POST /persons: 名簿 and the search for persons. The term never stands in an address.

use std::collections::BTreeMap;

use casework::Permission;
use rules::{Day, Span, wareki};
use unicode_normalization::UnicodeNormalization;

use super::{
    came,
    told::role_word,
    view::{IndexPage, IndexRow},
};
use crate::platform::{
    Door, Fault, Problem,
    door::Looked,
    people::{self, PersonRow},
    search::{self, Hit, MOST, Sought, Why},
    web::{
        Ask, Reply,
        words::{self, name},
    },
};

/// Persons on one page.
const PAGE: usize = 50;

pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let sought = Sought::read(ask.form("term"), ask.today());
    let from: usize = ask.form("from").parse().unwrap_or(0).min(if sought.is_everybody() { 10_000_000 } else { MOST });
    let frame = ask.frame("名簿", "/persons")?;
    let form = ask.draw_form("/persons", "/persons")?;
    let page = ask.read(|door| {
        let part = part(door, &sought, from)?;
        let files: Vec<i64> = part.rows.iter().map(|(row, _)| row.file).collect();
        door.log_reading(Looked::List, if sought.is_everybody() { "list" } else { "search" }, &files);
        let noted = people::noted(door, &files)?;
        let today = door.today();
        let next = from + part.rows.len();
        let last = !sought.is_everybody() && next >= MOST;
        let may_register = door.actor.role.may(Permission::RecordPregnancy);
        Ok(IndexPage {
            frame,
            form,
            shown: told(from, next, part.more),
            notes: notes(&sought, part.cut, part.more && last),
            next: (part.more && !last).then_some(next),
            with_why: part.rows.iter().any(|(_, why)| *why != Why::Name),
            rows: part
                .rows
                .iter()
                .map(|(row, why)| IndexRow { noted: noted.contains(&row.file), ..shown(row, why, today) })
                .collect(),
            new_url: if may_register { String::from("/persons/new") } else { String::new() },
        })
    })?;
    Reply::page(&page)
}

/// A part of what is shown.
struct Part {
    rows: Vec<(PersonRow, Why)>,
    more: bool,
    cut: bool,
}

fn part(door: &mut Door<'_>, sought: &Sought, from: usize) -> Result<Part, Fault> {
    if sought.is_everybody() {
        let mut rows = people::everybody(door, PAGE + 1, from)?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        return Ok(Part { rows: rows.into_iter().map(|row| (row, Why::Name)).collect(), more, cut: false });
    }
    let found = search::find(door, sought, from, PAGE)?;
    let files: Vec<i64> = found.hits.iter().map(|hit| hit.file).collect();
    let mut rows: BTreeMap<i64, PersonRow> = people::many(door, &files)?;
    let row = |Hit { file, why }: Hit| rows.remove(&file).map(|row| (row, why));
    Ok(Part { rows: found.hits.into_iter().filter_map(row).collect(), more: found.more, cut: found.cut })
}

/// 「50人以上のうち 1–50人目」: nobody is counted who is not shown.
fn told(from: usize, next: usize, more: bool) -> String {
    match (from, more) {
        (0, false) => format!("{next}人"),
        (_, false) => format!("{next}人のうち {}–{next}人目", from + 1),
        (_, true) => format!("{next}人以上のうち {}–{next}人目", from + 1),
    }
}

/// What the searcher has to know beside the rows (promise 10).
fn notes(sought: &Sought, cut: bool, last: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if sought.nothing {
        notes.push(String::from(
            "この文字ではさがせません。氏名・ふりがな・宛名番号・電話番号・生年月日を入れてください。",
        ));
    }
    if sought.cut {
        notes.push(String::from("長いので、はじめの100文字・8語まででさがしました。"));
    }
    if cut {
        notes.push(String::from("あてはまる方が多く、すべては調べていません。名や生年月日を並べて入れてください。"));
    }
    if last {
        notes.push(format!("表示ははじめの{MOST}人までです。名や生年月日を並べて入れてください。"));
    }
    notes
}

fn why_word(why: &Why) -> String {
    match why {
        Why::Name => String::new(),
        Why::Number => String::from("宛名番号"),
        Why::Phone => String::from("電話番号"),
        Why::Birth => String::from("生年月日"),
        Why::NumberOf(role) => format!("{}の宛名番号", role_word(role)),
        Why::PhoneOf(role) => format!("{}の電話番号", role_word(role)),
    }
}

fn shown(row: &PersonRow, why: &Why, today: Day) -> IndexRow {
    let mut marks = Vec::new();
    match row.gone.as_str() {
        "moved_out" => marks.push(String::from("転出")),
        "died" => marks.push(String::from("死亡")),
        _ => {}
    }
    if row.provisional == 1 {
        marks.push(String::from("仮登録"));
    }
    let day = |birth: Span| if birth.is_exact() { wareki::short(birth.lo) } else { wareki::span(birth) };
    let born = row.born().map(|birth| format!("{}生", day(birth))).unwrap_or_default();
    let ages = [born, words::about(row.birth(), None, today), words::about(None, row.edd(), today)];
    IndexRow {
        name: name(&row.name, &row.kana),
        url: format!("/persons/{}?{}", row.file, came::query(came::NAMES)),
        about: ages.into_iter().filter(|a| !a.is_empty()).collect::<Vec<_>>().join("・"),
        number: row.number.clone(),
        district: row.district.clone(),
        marks,
        noted: false,
        protected: row.protected == 1,
        why: why_word(why),
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
