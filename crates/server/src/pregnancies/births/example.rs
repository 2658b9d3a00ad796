//! A fictional birth of twins.
#![allow(clippy::unwrap_used)]

use super::view::{BirthPage, ChildFields};
use crate::contacts::example::subject;
use crate::example::{choices, form, frame};
use askama::Template;

pub fn pages() -> Vec<(&'static str, String)> {
    let page = BirthPage {
        frame: frame("出生を記録"),
        subject: subject(),
        form: form("/persons/2/births", &[("birth_day", "11/23"), ("child_1_sex", "f")]),
        pregnancy: "予定日 R8.11.30・双子・第2子と第3子".into(),
        children: vec![ChildFields::numbered(1), ChildFields::numbered(2)],
        more_children: true,
        sexes: choices(&[("f", "女"), ("m", "男"), ("unknown", "まだ分からない")]),
        sources: choices(&[("letter", "出生連絡票"), ("register", "住民記録"), ("call", "電話")]),
        known: choices(&[("", "新しく登録する"), ("9", "𠮷田 航（R8.11.23生）")]),
        wishes: choices(&[("1", "希望する")]),
    };
    vec![("birth", page.render().unwrap())]
}
