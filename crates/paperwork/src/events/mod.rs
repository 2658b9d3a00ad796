//! Files of past records (健診・接種・訪問・妊娠届・受診票): one row is one thing that happened to one person.
//!
//! What differs between kinds of file and between cities is data: [`Mapping`] reads `mappings/events.toml` and a
//! municipality's own `events.toml` over it. The kinds are named after the standard data groups (019…).

mod field;
mod mapping;
mod reader;
mod row;

pub use field::Field;
pub use mapping::{Kind, Mapping, MappingError, Shape};
pub use reader::Reader;

use rules::{Day, Span};

use crate::Note;
use crate::residents::Sex;

/// One row, as far as it could be read. Words are kept as the source wrote them where no code stands for them.
#[derive(Clone, PartialEq, Debug)]
pub struct EventRow {
    /// 宛名番号; empty where the file does not say.
    pub number: String,
    pub name: String,
    /// ふりがな in hiragana.
    pub kana: String,
    pub birth: Option<Span>,
    pub sex: Sex,
    /// The day it happened; a month or a year where the source knows no more.
    pub day: Span,
    /// Code of schedule-facts §8; empty for a 妊娠届.
    pub service: String,
    /// 回数 as the source counts them.
    pub dose: Option<u8>,
    pub product: Option<String>,
    /// `done`, `normal`, `watch`, `needs_exam`, `absent` …
    pub result: String,
    pub place: String,
    /// Gram.
    pub weight: Option<f64>,
    /// Centimetre.
    pub height: Option<f64>,
    /// 分娩予定日.
    pub edd: Option<Day>,
    pub fetuses: Option<u8>,
    pub birth_order: Option<u8>,
    pub note: String,
    /// Things to look at that are no errors.
    pub notes: Vec<Note>,
}
