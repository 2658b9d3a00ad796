//! The cells of one row, each read by the rule of its field. Every cell is looked at, so that one reading of the file
//! names all that is wrong in a row.

use rules::{Day, Span};
use unicode_normalization::UnicodeNormalization;

use crate::dates::read_span;
use crate::decode::{Encoding, decode_cell};
use crate::mapping::{Codes, Columns, Layout, Named};
use crate::table::Record;
use crate::{Note, RowError};

/// Longest text of an ordinary field and of an address, in characters.
pub(crate) const MAX_TEXT: usize = 100;
pub(crate) const MAX_ADDRESS: usize = 300;
/// Stands for what no message repeats.
pub(crate) const UNTOLD: &str = "●●●";

/// One row while it is read.
pub(crate) struct Cells<'a, F> {
    pub record: &'a Record,
    pub columns: &'a Columns<F>,
    pub layout: &'a Layout<F>,
    pub encoding: Encoding,
    pub errors: Vec<RowError>,
    pub notes: Vec<Note>,
}

impl<F: Named> Cells<'_, F> {
    pub fn wrong(&mut self, field: F, read: &str, expected: impl Into<String>) {
        let read = if field.tells_a_place() && !read.is_empty() { UNTOLD } else { read };
        let error = RowError::new(self.record.line, self.columns.header(field), read, expected);
        self.errors.push(error);
    }

    pub fn note(&mut self, field: F, text: String) {
        let (line, column) = (self.record.line, self.columns.header(field).to_owned());
        self.notes.push(Note { line, column, text });
    }

    /// The cell decoded, outer spaces removed. `None`: no such column, or broken (then the error is there).
    pub fn raw(&mut self, field: F) -> Option<String> {
        let bytes = self.record.cells.get(self.columns.place(field)?)?;
        match decode_cell(bytes, self.encoding) {
            Ok(decoded) => {
                if !decoded.gaiji.is_empty() {
                    let codes: Vec<String> = decoded.gaiji.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
                    self.note(field, format!("外字（{}）を受け取ったまま保ちます", codes.join("、")));
                }
                Some(decoded.text.trim().to_owned())
            }
            Err(bad) => {
                self.wrong(field, &bad.read, bad.expected);
                None
            }
        }
    }

    /// Free text of at most `limit` characters; `None` if empty.
    pub fn text(&mut self, field: F, limit: usize) -> Option<String> {
        let text = self.raw(field).filter(|t| !t.is_empty())?;
        let chars = text.chars().count();
        if chars > limit {
            self.wrong(field, &text, format!("{limit}文字以内の文字（{chars}文字あります）"));
            return None;
        }
        if limit < MAX_ADDRESS && text.contains(['\n', '\r', '\t']) {
            self.wrong(field, &text, "改行やタブのない文字");
            return None;
        }
        if text.contains('〓') {
            self.note(field, "〓（表せなかった文字の印）があります。元の文字を確認してください".into());
        }
        Some(text)
    }

    /// An identifying number: letters and digits, half-width, zeros kept; with `digits`, of that many.
    pub fn number(&mut self, field: F, digits: Option<usize>) -> Option<String> {
        let text = self.raw(field).filter(|t| !t.is_empty())?;
        let number: String = text.nfkc().collect();
        if number.contains(['E', 'e']) && number.contains(['+', '.']) {
            self.wrong(field, &text, "数字の番号（Excelの指数表示になっています。文字列として書き出したファイル）");
            return None;
        }
        let plain = number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !plain || number.len() > 20 {
            self.wrong(field, &text, "20文字以内の英数字の番号");
            return None;
        }
        let digits = digits.filter(|d| *d != number.len());
        if let Some(digits) = digits {
            self.wrong(field, &text, format!("{digits}桁の番号（先頭の0が落ちていないか確かめてください）"));
            return None;
        }
        Some(number)
    }

    /// A value of a code table. An absent column is `None`; an unknown value is an error.
    pub fn code<T: Clone + PartialEq>(&mut self, field: F, codes: &Codes<T>) -> Option<T> {
        let text = self.raw(field)?;
        match codes.get(&text) {
            Some(meaning) => Some(meaning.clone()),
            None => {
                self.wrong(field, &text, codes.accepted());
                None
            }
        }
    }

    /// A date that must be there: the day of birth.
    pub fn birth(&mut self, field: F) -> Option<Span> {
        let text = self.raw(field)?;
        if self.layout.no_date.get(&text).is_some() {
            self.wrong(field, &text, "少なくとも年のわかる生年月日");
            return None;
        }
        read_span(&text).map_err(|expected| self.wrong(field, &text, expected)).ok()
    }

    /// A date that may be missing.
    pub fn date(&mut self, field: F) -> Option<Span> {
        let text = self.raw(field)?;
        if text.is_empty() || self.layout.no_date.get(&text).is_some() {
            return None;
        }
        read_span(&text).map_err(|expected| self.wrong(field, &text, expected)).ok()
    }

    pub fn day(&mut self, field: F) -> Option<Day> {
        let span = self.date(field)?;
        if !span.is_exact() {
            let read = format!("{}〜{}", span.lo, span.hi);
            self.wrong(field, &read, "日までわかる日付");
            return None;
        }
        Some(span.lo)
    }

    pub fn postcode(&mut self, field: F) -> Option<String> {
        let text = self.raw(field).filter(|t| !t.is_empty())?;
        let bare: String =
            text.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '−' | 'ー' | '〒')).collect();
        if bare.len() == 7 && bare.bytes().all(|b| b.is_ascii_digit()) {
            return Some(format!("{}-{}", &bare[..3], &bare[3..]));
        }
        self.wrong(field, &text, "7桁の郵便番号（例 123-4567）");
        None
    }

    pub fn kana(&mut self, field: F) -> Option<String> {
        let kana = self.text(field, MAX_TEXT)?;
        if let Some(kanji) = kana.chars().find(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')) {
            self.wrong(field, &kana, format!("ひらがな・カタカナのふりがな（漢字「{kanji}」があります）"));
            return None;
        }
        Some(kana)
    }
}
