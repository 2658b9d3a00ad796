//! The residents' file (住民記録) of a city hall: one row is one person as the register knows them on one day.
//!
//! Rows are read one at a time. What differs between cities is in [`crate::mapping`]; what is the same everywhere, and
//! what makes a row nobody's, is here.
//!
//! **The same 宛名番号 twice in one file** ([`Repeats`]): a row with the same content as the one before it of that
//! person is passed over and counted; a row with a later 異動日, or the same day and another 異動事由, is the next step
//! of a history and is given out in the order of the file; anything else contradicts itself and is an error of the
//! later row.

mod preview;
mod reader;
mod repeats;
mod row;

pub use crate::error::Note;
pub use crate::sheet::Rows;
pub use preview::{Summary, preview};
pub use reader::Reader;
pub use repeats::Repeats;

use rules::{Day, Span};
use serde::Deserialize;

/// One person as the register knows them. Text is as received (outer spaces removed): 外字, variation sequences and
/// characters beyond the BMP included. `None` is an empty cell or a column the file does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResidentRow {
    /// 宛名番号, in half-width characters, leading zeros kept.
    pub number: String,
    /// 世帯番号, likewise.
    pub household: Option<String>,
    /// 氏名; where that cell is empty (some systems do so for foreign residents) the ローマ字 or 通称.
    pub name: String,
    /// ふりがな as received.
    pub kana: Option<String>,
    /// The same in hiragana, for display and search.
    pub kana_hiragana: Option<String>,
    /// 旧氏 and 通称.
    pub former_name: Option<String>,
    pub alias: Option<String>,
    pub romaji: Option<String>,
    /// A month or a year where the register knows no more.
    pub birth: Span,
    pub sex: Sex,
    /// 続柄, as a word where the mapping knows the code.
    pub relation: Option<String>,
    /// `NNN-NNNN`.
    pub postcode: Option<String>,
    pub address: Option<String>,
    /// 方書.
    pub building: Option<String>,
    pub district: Option<String>,
    pub phone: Option<String>,
    pub nationality: Option<String>,
    pub change: Change,
    /// 異動日; a span where it is 推定.
    pub changed_on: Option<Span>,
    pub notified_on: Option<Day>,
    pub moved_to: Option<String>,
    pub moved_from: Option<String>,
    /// DV等支援措置. `None`: this file has no such column and says nothing about it; an existing protection stays.
    pub protected: Option<bool>,
    pub standing: Standing,
    /// Things to look at that are no errors (外字, 〓).
    pub notes: Vec<Note>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
    Unknown,
}

/// 異動事由: what happened to the person on the register.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// なし・現存: the row only says how things stand.
    Present,
    Birth,
    MoveIn,
    MoveOut,
    MoveOutCancelled,
    /// 転居, inside the municipality.
    MoveWithin,
    Death,
    OfficeEntry,
    OfficeRemoval,
    OfficeCorrection,
    /// 世帯変更.
    HouseholdChange,
}

impl Change {
    pub const ALL: [Change; 11] = [
        Change::Present,
        Change::Birth,
        Change::MoveIn,
        Change::MoveOut,
        Change::MoveOutCancelled,
        Change::MoveWithin,
        Change::Death,
        Change::OfficeEntry,
        Change::OfficeRemoval,
        Change::OfficeCorrection,
        Change::HouseholdChange,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Change::Present => "異動なし",
            Change::Birth => "出生",
            Change::MoveIn => "転入",
            Change::MoveOut => "転出",
            Change::MoveOutCancelled => "転出取消",
            Change::MoveWithin => "転居",
            Change::Death => "死亡",
            Change::OfficeEntry => "職権記載",
            Change::OfficeRemoval => "職権消除",
            Change::OfficeCorrection => "職権修正",
            Change::HouseholdChange => "世帯変更",
        }
    }

    /// Without its day this change cannot be put on a time line.
    pub fn needs_day(self) -> bool {
        self != Change::Present
    }
}

/// 住民区分: how the person stands in the register.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Resident,
    /// 住登外者: known to the city without being on its register.
    Outside,
    /// 除票: no longer on the register.
    Removed,
}

impl Sex {
    pub fn label(self) -> &'static str {
        match self {
            Sex::Male => "男",
            Sex::Female => "女",
            Sex::Unknown => "不明",
        }
    }
}

impl Standing {
    pub fn label(self) -> &'static str {
        match self {
            Standing::Resident => "住民",
            Standing::Outside => "住登外者",
            Standing::Removed => "除票",
        }
    }
}
