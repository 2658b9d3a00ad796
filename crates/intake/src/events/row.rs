//! One staged row: what a source said happened to one person, as it is kept between preview and applying.

use paperwork::events::EventRow;
use paperwork::residents::Sex;
use rules::{Day, Span};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Row {
    pub number: String,
    pub name: String,
    /// ふりがな in hiragana.
    pub kana: String,
    pub birth: Option<Span>,
    /// `F`, `M` or empty.
    pub sex: String,
    pub day: Span,
    /// Exchange code; empty for a 妊娠届.
    pub service: String,
    /// 回数 as the source counts them.
    pub dose: Option<u8>,
    pub product: Option<String>,
    pub result: String,
    pub place: String,
    pub weight: Option<f64>,
    pub height: Option<f64>,
    pub edd: Option<Day>,
    pub fetuses: Option<u8>,
    pub birth_order: Option<u8>,
    pub note: String,
}

impl Row {
    pub fn new(row: EventRow) -> Row {
        let sex = match row.sex {
            Sex::Female => "F",
            Sex::Male => "M",
            Sex::Unknown => "",
        };
        Row {
            number: row.number,
            name: row.name,
            kana: row.kana,
            birth: row.birth,
            sex: sex.into(),
            day: row.day,
            service: row.service,
            dose: row.dose,
            product: row.product,
            result: row.result,
            place: row.place,
            weight: row.weight,
            height: row.height,
            edd: row.edd,
            fetuses: row.fetuses,
            birth_order: row.birth_order,
            note: row.note,
        }
    }

    /// Known not to have happened, or declined.
    pub fn is_missed(&self) -> bool {
        is_missed(&self.result)
    }
}

/// 未受診 and 拒否: records of their own, and no act.
pub fn is_missed(result: &str) -> bool {
    matches!(result, "absent" | "refused")
}
