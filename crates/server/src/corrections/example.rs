//! A fictional correction and a withdrawal.
#![allow(clippy::unwrap_used)]

use super::view::{CorrectedField, CorrectionPage, FieldKind, WithdrawalPage};
use crate::contacts::example::subject;
use crate::example::{choices, form, frame, pairs};
use askama::Template;

pub fn pages() -> Vec<(&'static str, String)> {
    let reasons = choices(&[
        ("day", "日付の誤り"),
        ("person", "人の取り違え"),
        ("heard", "聞き違い"),
        ("omitted", "書き漏らし"),
        ("other", "その他"),
    ]);
    let original = pairs(&[
        ("いつ", "R8.11.20 10:41"),
        ("結果", "不在"),
        ("内容", "留守番電話につながったが残さず。"),
        ("記録", "佐藤 美咲　R8.11.20 10:42"),
    ]);
    let field = |name: &str, label: &str, kind| CorrectedField { name: name.into(), label: label.into(), kind };
    let correction = CorrectionPage {
        frame: frame("記録を訂正"),
        subject: subject(),
        form: form(
            "/entries/93/correct",
            &[("day", "R8.11.20"), ("result", "absent"), ("note", "留守番電話につながったが残さず。")],
        ),
        original: original.clone(),
        original_title: "電話（不在）".into(),
        fields: vec![
            field("day", "いつ", FieldKind::Day),
            field("result", "結果", FieldKind::Radios(choices(&[("reached", "つながった"), ("absent", "不在")]))),
            field("note", "内容", FieldKind::Area),
        ],
        reasons: reasons.clone(),
        effect: String::new(),
    };
    let withdrawal = WithdrawalPage {
        frame: frame("記録を取り下げる"),
        subject: subject(),
        form: form("/entries/93/withdraw", &[]),
        original,
        original_title: "電話（不在）".into(),
        reasons,
        effects: vec!["「全戸訪問」の次の対応の日（R8.11.26）がなくなります。".into()],
        erase: None,
    };
    vec![("correction", correction.render().unwrap()), ("withdrawal", withdrawal.render().unwrap())]
}
