//! The fields of a residents' file.

use serde::Deserialize;

/// One field. The name in a mapping file is the variant in snake_case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Number,
    Household,
    Name,
    Kana,
    FormerName,
    Alias,
    Romaji,
    Birth,
    Sex,
    Relation,
    Postcode,
    Address,
    Building,
    District,
    Phone,
    Nationality,
    Change,
    ChangedOn,
    NotifiedOn,
    MovedTo,
    MovedFrom,
    Protected,
    Standing,
}

impl Field {
    pub const ALL: [Field; 23] = [
        Field::Number,
        Field::Household,
        Field::Name,
        Field::Kana,
        Field::FormerName,
        Field::Alias,
        Field::Romaji,
        Field::Birth,
        Field::Sex,
        Field::Relation,
        Field::Postcode,
        Field::Address,
        Field::Building,
        Field::District,
        Field::Phone,
        Field::Nationality,
        Field::Change,
        Field::ChangedOn,
        Field::NotifiedOn,
        Field::MovedTo,
        Field::MovedFrom,
        Field::Protected,
        Field::Standing,
    ];

    /// Without these a row is nobody.
    pub const ALWAYS_REQUIRED: [Field; 3] = [Field::Number, Field::Name, Field::Birth];
}

impl super::Named for Field {
    fn tells_a_place(self) -> bool {
        use Field::{Address, Building, District, Household, MovedFrom, MovedTo, Phone, Postcode};
        matches!(self, Household | Postcode | Address | Building | District | Phone | MovedTo | MovedFrom)
    }

    /// The word of the register.
    fn label(self) -> &'static str {
        match self {
            Field::Number => "宛名番号",
            Field::Household => "世帯番号",
            Field::Name => "氏名",
            Field::Kana => "氏名ふりがな",
            Field::FormerName => "旧氏",
            Field::Alias => "通称",
            Field::Romaji => "ローマ字",
            Field::Birth => "生年月日",
            Field::Sex => "性別",
            Field::Relation => "続柄",
            Field::Postcode => "郵便番号",
            Field::Address => "住所",
            Field::Building => "方書",
            Field::District => "地区",
            Field::Phone => "電話番号",
            Field::Nationality => "国籍",
            Field::Change => "異動事由",
            Field::ChangedOn => "異動日",
            Field::NotifiedOn => "届出日",
            Field::MovedTo => "転出先住所",
            Field::MovedFrom => "転入前住所",
            Field::Protected => "支援措置",
            Field::Standing => "住民区分",
        }
    }
}
