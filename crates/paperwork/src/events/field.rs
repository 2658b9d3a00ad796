//! The fields of files of past records.

use serde::Deserialize;

use crate::mapping::Named;

/// One field. The name in a mapping file is the variant in snake_case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Number,
    Name,
    Kana,
    Birth,
    Sex,
    Day,
    Service,
    Dose,
    Product,
    Result,
    Place,
    Weight,
    Height,
    Edd,
    Fetuses,
    BirthOrder,
    Note,
}

impl Named for Field {
    fn tells_a_place(self) -> bool {
        self == Field::Place
    }

    fn label(self) -> &'static str {
        match self {
            Field::Number => "宛名番号",
            Field::Name => "氏名",
            Field::Kana => "氏名ふりがな",
            Field::Birth => "生年月日",
            Field::Sex => "性別",
            Field::Day => "実施日",
            Field::Service => "種別",
            Field::Dose => "回数",
            Field::Product => "ワクチン名",
            Field::Result => "結果",
            Field::Place => "医療機関・会場",
            Field::Weight => "体重",
            Field::Height => "身長",
            Field::Edd => "分娩予定日",
            Field::Fetuses => "胎児数",
            Field::BirthOrder => "第何子",
            Field::Note => "備考",
        }
    }
}
