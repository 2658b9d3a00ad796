//! One row of cells into one [`EventRow`], or everything that is wrong in it.

use rules::{Day, Span};
use unicode_normalization::UnicodeNormalization;

use super::{EventRow, Field, Kind, Shape};
use crate::RowError;
use crate::decode::Encoding;
use crate::fold::to_hiragana;
use crate::mapping::{Codes, Columns};
use crate::residents::Sex;
use crate::sheet::{Cells, MAX_ADDRESS, MAX_TEXT};
use crate::table::Record;

/// Records of a centre do not reach back further: an older day is a typing error.
const YEARS_BACK: i32 = 40;

type Row<'a> = Cells<'a, Field>;

pub(super) fn read(
    record: &Record,
    columns: &Columns<Field>,
    kind: &Kind,
    encoding: Encoding,
    today: Day,
) -> Result<EventRow, Vec<RowError>> {
    let mut cells = Cells { record, columns, layout: &kind.layout, encoding, errors: Vec::new(), notes: Vec::new() };
    let number = cells.number(Field::Number, kind.layout.number_digits);
    let name = text(&mut cells, Field::Name, MAX_TEXT);
    let kana = cells.kana(Field::Kana);
    let birth = cells.date(Field::Birth);
    let sex = cells.code(Field::Sex, &kind.sex);
    if cells.errors.is_empty() && number.is_none() && (kana.is_none() || birth.is_none()) {
        cells.wrong(Field::Number, "", "宛名番号（ないときは、生年月日とふりがなと性別）");
    }
    let day = happened(&mut cells, birth, today);
    let service = service(&mut cells, kind);
    let dose = dose(&mut cells);
    let product = product(&mut cells, &kind.products);
    let result = match &kind.always {
        Some(always) => always.clone(),
        None => cells.code(Field::Result, &kind.results).unwrap_or_else(|| String::from("done")),
    };
    let edd = expected_day(&mut cells, kind, day);
    let row = EventRow {
        number: number.unwrap_or_default(),
        name,
        kana: kana.as_deref().map(to_hiragana).unwrap_or_default(),
        birth,
        sex: sex.unwrap_or(Sex::Unknown),
        day: day.unwrap_or(Span::on(Day(0))),
        service,
        dose,
        product,
        result,
        place: text(&mut cells, Field::Place, MAX_TEXT),
        weight: measure(&mut cells, Field::Weight, 300.0..=60_000.0, "体重（グラム。例 5820）"),
        height: measure(&mut cells, Field::Height, 20.0..=150.0, "身長（センチメートル。例 61.5）"),
        edd,
        fetuses: small(&mut cells, Field::Fetuses, &[("単胎", 1), ("多胎", 2), ("双胎", 2), ("品胎", 3)], 6),
        birth_order: small(&mut cells, Field::BirthOrder, &[], 20),
        note: text(&mut cells, Field::Note, MAX_ADDRESS),
        notes: std::mem::take(&mut cells.notes),
    };
    if cells.errors.is_empty() { Ok(row) } else { Err(cells.errors) }
}

/// Free text. What a spreadsheet would calculate is not what the source wrote.
fn text(cells: &mut Row<'_>, field: Field, limit: usize) -> String {
    let found = cells.text(field, limit).unwrap_or_default();
    if found.starts_with('=') {
        cells.wrong(field, &found, "計算式（=で始まる欄）ではない文字");
    }
    found
}

/// The day it happened: not ahead, not before the birth, not before anybody kept such records.
fn happened(cells: &mut Row<'_>, birth: Option<Span>, today: Day) -> Option<Span> {
    let before = cells.errors.len();
    let Some(day) = cells.date(Field::Day) else {
        if cells.errors.len() == before {
            cells.wrong(Field::Day, "", "日付（例 20260401、R8.4.1。月までわかるときは R8.4）");
        }
        return None;
    };
    let read = if day.is_exact() { day.lo.to_string() } else { format!("{}〜{}", day.lo, day.hi) };
    if day.lo > today {
        cells.wrong(Field::Day, &read, format!("今日（{today}）までの日付"));
    } else if day.hi < today.plus(-YEARS_BACK * 366) {
        cells.wrong(Field::Day, &read, format!("{YEARS_BACK}年前より後の日付"));
    } else if let Some(birth) = birth.filter(|birth| day.hi < birth.lo) {
        cells.wrong(Field::Day, &read, format!("生年月日（{}）以後の日付", birth.lo));
    }
    Some(day)
}

fn service(cells: &mut Row<'_>, kind: &Kind) -> String {
    if kind.shape == Shape::Pregnancy {
        return String::new();
    }
    let Some(fixed) = &kind.service else {
        return cells.code(Field::Service, &kind.services).unwrap_or_default();
    };
    // A column that says more than the kind of file does.
    if kind.services.get("").is_some() {
        return cells.code(Field::Service, &kind.services).unwrap_or_else(|| fixed.clone());
    }
    // A file of one check-up may repeat its name; a row of another one is in the wrong file.
    let said = cells.raw(Field::Service).unwrap_or_default();
    if kind.services.get(&said).is_some_and(|code| code != fixed) {
        cells.wrong(Field::Service, &said, format!("「{}」の行", kind.title));
    }
    fixed.clone()
}

/// 回数, in the spellings in use. What cannot be counted is left out with a notice: the program counts by itself.
fn dose(cells: &mut Row<'_>) -> Option<u8> {
    let text = cells.raw(Field::Dose).filter(|t| !t.is_empty())?;
    let folded: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let bare = folded.strip_prefix('第').unwrap_or(&folded);
    let bare = bare.strip_suffix('目').unwrap_or(bare);
    let bare = bare.strip_suffix('回').unwrap_or(bare);
    let number = bare.parse::<u8>().ok().filter(|n| (1..=20).contains(n));
    let counted_otherwise = folded.contains('期') || folded.contains("追加") || folded.contains("初回");
    if number.is_none() && !counted_otherwise {
        cells.note(Field::Dose, "回数として読めません。日付の順に数えます".into());
    }
    number
}

/// A product the rules know, else none: a lot number or another name says nothing to them.
fn product(cells: &mut Row<'_>, products: &Codes<String>) -> Option<String> {
    let text = cells.text(Field::Product, MAX_TEXT)?;
    let found = products.get(&text).cloned();
    if found.is_none() && !products.is_empty() && text.starts_with('=') {
        cells.wrong(Field::Product, &text, "計算式（=で始まる欄）ではない文字");
    }
    found
}

fn expected_day(cells: &mut Row<'_>, kind: &Kind, notified: Option<Span>) -> Option<Day> {
    let before = cells.errors.len();
    let edd = cells.day(Field::Edd);
    if kind.shape == Shape::Pregnancy && edd.is_none() && cells.errors.len() == before {
        cells.wrong(Field::Edd, "", "分娩予定日");
    }
    if let (Some(edd), Some(day)) = (edd, notified)
        && !(-60..=280).contains(&edd.since(day.hi))
    {
        cells.wrong(Field::Edd, &edd.to_string(), "届出日の60日前から280日後までの分娩予定日");
    }
    edd
}

fn measure(cells: &mut Row<'_>, field: Field, range: std::ops::RangeInclusive<f64>, expected: &str) -> Option<f64> {
    let text = cells.raw(field).filter(|t| !t.is_empty())?;
    let bare: String = text.nfkc().filter(|c| !c.is_whitespace() && *c != ',').collect();
    match bare.parse::<f64>().ok().filter(|n| range.contains(n)) {
        Some(number) => Some(number),
        None => {
            cells.wrong(field, &text, expected);
            None
        }
    }
}

fn small(cells: &mut Row<'_>, field: Field, words: &[(&str, u8)], most: u8) -> Option<u8> {
    let text = cells.raw(field).filter(|t| !t.is_empty())?;
    let folded: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let word = words.iter().find(|(word, _)| *word == folded).map(|(_, n)| *n);
    let bare = folded.trim_start_matches('第').trim_end_matches(['子', '人']);
    let number = word.or_else(|| bare.parse().ok().filter(|n| (1..=most).contains(n)));
    if number.is_none() {
        cells.wrong(field, &text, format!("1から{most}までの数"));
    }
    number
}
