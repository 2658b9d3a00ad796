//! One row of cells into one [`ResidentRow`], or everything that is wrong in it.

use super::cells::{Cells, MAX_ADDRESS, MAX_TEXT};
use super::{Change, ResidentRow, Standing};
use crate::RowError;
use crate::decode::Encoding;
use crate::fold::to_hiragana;
use crate::mapping::{Columns, Field, Mapping};
use crate::table::Record;

/// Reads one row.
pub(super) fn read(
    record: &Record,
    width: usize,
    columns: &Columns,
    mapping: &Mapping,
    encoding: Encoding,
) -> Result<ResidentRow, Vec<RowError>> {
    fitting(record, width, columns)?;
    let mut cells = Cells { record, columns, mapping, encoding, errors: Vec::new(), notes: Vec::new() };
    let number = cells.number(Field::Number);
    let household = cells.number(Field::Household);
    let (name, alias, romaji) = names(&mut cells);
    let kana = cells.kana();
    let birth = cells.birth();
    let sex = cells.code(Field::Sex, &mapping.sex);
    let (change, changed_on) = change(&mut cells);
    if let (Some(birth), Some(changed)) = (birth, changed_on)
        && changed.hi < birth.lo
    {
        let read = changed.hi.to_string();
        cells.wrong(Field::ChangedOn, &read, format!("生年月日（{}）以後の異動日", birth.lo));
    }
    let protected = cells.code(Field::Protected, &mapping.protected);
    let standing = cells.code(Field::Standing, &mapping.standing).unwrap_or(Standing::Resident);
    let relation = cells.relation();
    let postcode = cells.postcode();
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

/// How many cells every row must have, seen from the first one: empty cells behind the last column are a habit of the
/// exporting system. In a single later row they are the sign of a shifted row.
pub(super) fn width(first: &Record, columns: &Columns) -> usize {
    let header = columns.read.len();
    let mut surplus = first.cells.iter().skip(header);
    if surplus.all(|cell| cell.iter().all(|b| *b == b' ')) { header.max(first.cells.len()) } else { header }
}

/// A row of another width may be shifted: nothing in it can be trusted.
fn fitting(record: &Record, width: usize, columns: &Columns) -> Result<(), Vec<RowError>> {
    let one = |column: &str, read: &str, expected| Err(vec![RowError::new(record.line, column, read, expected)]);
    if let Some(at) = record.cells.iter().position(|cell| cell.contains(&0)) {
        let column = columns.read.get(at).cloned().unwrap_or_default();
        return one(&column, "NUL（0x00）を含む文字", "NULのない文字".to_owned());
    }
    let found = record.cells.len();
    if found == width {
        return Ok(());
    }
    let expected = match (found < width, record.ended) {
        (true, false) => format!("{width}列（ファイルが行の途中で切れています。書き出し直したファイル）"),
        _ if width == columns.read.len() => format!("見出しと同じ{width}列"),
        _ => format!("最初の行と同じ{width}列"),
    };
    one("行全体", &format!("{found}列"), expected)
}

type Names = (Option<String>, Option<String>, Option<String>);

/// 氏名, 通称 and ローマ字. Some systems leave 氏名 empty for foreign residents.
fn names(cells: &mut Cells<'_>) -> Names {
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
fn change(cells: &mut Cells<'_>) -> (Change, Option<rules::Span>) {
    let mapping = cells.mapping;
    let before = cells.errors.len();
    let change = cells.code(Field::Change, &mapping.change).unwrap_or(Change::Present);
    let on = cells.date(Field::ChangedOn);
    if cells.errors.len() == before && change.needs_day() && on.is_none() {
        cells.wrong(Field::ChangedOn, "", format!("{}の異動日", change.label()));
    }
    (change, on)
}

/// Cells that are empty although the mapping demands their column, where an empty one leaves nobody to record.
fn empty_but_needed(cells: &mut Cells<'_>, row: &ResidentRow) {
    if row.number.is_empty() && !cells.errors.iter().any(|e| e.column == cells.columns.header(Field::Number)) {
        cells.wrong(Field::Number, "", "宛名番号");
    }
}
