//! One row of cells into one [`ResidentRow`], or everything that is wrong in it.

use super::{Change, ResidentRow, Standing};
use crate::RowError;
use crate::decode::Encoding;
use crate::fold::to_hiragana;
use crate::mapping::{Columns, Field, Mapping};
use crate::sheet::{Cells, MAX_ADDRESS, MAX_TEXT};
use crate::table::Record;

/// Reads one row.
pub(super) fn read(
    record: &Record,
    columns: &Columns,
    mapping: &Mapping,
    encoding: Encoding,
) -> Result<ResidentRow, Vec<RowError>> {
    let mut cells = Cells { record, columns, layout: &mapping.layout, encoding, errors: Vec::new(), notes: Vec::new() };
    let number = cells.number(Field::Number, mapping.layout.number_digits);
    let household = cells.number(Field::Household, None);
    let (name, alias, romaji) = names(&mut cells);
    let kana = cells.kana(Field::Kana);
    let birth = cells.birth(Field::Birth);
    let sex = cells.code(Field::Sex, &mapping.sex);
    let (change, changed_on) = change(&mut cells, mapping);
    if let (Some(birth), Some(changed)) = (birth, changed_on)
        && changed.hi < birth.lo
    {
        let read = changed.hi.to_string();
        cells.wrong(Field::ChangedOn, &read, format!("生年月日（{}）以後の異動日", birth.lo));
    }
    let protected = cells.code(Field::Protected, &mapping.protected);
    let standing = cells.code(Field::Standing, &mapping.standing).unwrap_or(Standing::Resident);
    let relation = relation(&mut cells, mapping);
    let postcode = cells.postcode(Field::Postcode);
    let address = cells.text(Field::Address, MAX_ADDRESS);
    let row = ResidentRow {
        // What stays empty here has its error already, or gets it below.
        number: number.unwrap_or_default(),
        household,
        name: name.unwrap_or_default(),
        kana_hiragana: kana.as_deref().map(to_hiragana),
        kana,
        former_name: cells.text(Field::FormerName, MAX_TEXT),
        alias,
        romaji,
        birth: birth.unwrap_or(rules::Span::on(rules::Day(0))),
        sex: sex.unwrap_or(super::Sex::Unknown),
        relation,
        postcode,
        address,
        building: cells.text(Field::Building, MAX_ADDRESS),
        district: cells.text(Field::District, MAX_TEXT),
        phone: cells.text(Field::Phone, MAX_TEXT),
        nationality: cells.text(Field::Nationality, MAX_TEXT),
        change,
        changed_on,
        notified_on: cells.day(Field::NotifiedOn),
        moved_to: cells.text(Field::MovedTo, MAX_ADDRESS),
        moved_from: cells.text(Field::MovedFrom, MAX_ADDRESS),
        protected,
        standing,
        notes: std::mem::take(&mut cells.notes),
    };
    empty_but_needed(&mut cells, &row);
    if cells.errors.is_empty() { Ok(row) } else { Err(cells.errors) }
}

type Names = (Option<String>, Option<String>, Option<String>);

/// 氏名, 通称 and ローマ字. Some systems leave 氏名 empty for foreign residents.
fn names(cells: &mut Cells<'_, Field>) -> Names {
    let before = cells.errors.len();
    let name = cells.text(Field::Name, MAX_TEXT);
    let broken = cells.errors.len() > before;
    let alias = cells.text(Field::Alias, MAX_TEXT);
    let romaji = cells.text(Field::Romaji, MAX_TEXT);
    let name = if broken { None } else { name.or_else(|| romaji.clone()).or_else(|| alias.clone()) };
    if name.is_none() && !broken {
        cells.wrong(Field::Name, "", "氏名（名が未定の子は「名未定」）");
    }
    (name, alias, romaji)
}

/// 異動事由 and 異動日. A file without the column says how things stand.
fn change(cells: &mut Cells<'_, Field>, mapping: &Mapping) -> (Change, Option<rules::Span>) {
    let before = cells.errors.len();
    let change = cells.code(Field::Change, &mapping.change).unwrap_or(Change::Present);
    let on = cells.date(Field::ChangedOn);
    if cells.errors.len() == before && change.needs_day() && on.is_none() {
        cells.wrong(Field::ChangedOn, "", format!("{}の異動日", change.label()));
    }
    (change, on)
}

/// Cells that are empty although the mapping demands their column, where an empty one leaves nobody to record.
fn empty_but_needed(cells: &mut Cells<'_, Field>, row: &ResidentRow) {
    if row.number.is_empty() && !cells.errors.iter().any(|e| e.column == cells.columns.header(Field::Number)) {
        cells.wrong(Field::Number, "", "宛名番号");
    }
}

/// 続柄 as a word where the mapping knows its code.
fn relation(cells: &mut Cells<'_, Field>, mapping: &Mapping) -> Option<String> {
    let text = cells.text(Field::Relation, MAX_TEXT)?;
    if let Some(word) = mapping.relation.get(&text) {
        return Some(word.clone());
    }
    if !mapping.relation.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        cells.wrong(Field::Relation, &text, "対応表にある続柄コード");
        return None;
    }
    Some(text)
}
