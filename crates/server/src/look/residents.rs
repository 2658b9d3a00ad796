//! A fictional residents' file with three broken rows.
#![allow(clippy::unwrap_used)]

use crate::example::{choices, form, frame};
use askama::Template;
use intake::residents::view::{Batch, Change, Count, PreviewPage, ProgressPage, ResultPage, RowError, UploadPage};

fn counts() -> Vec<Count> {
    let count =
        |label: &str, number: &str, note: &str| Count { label: label.into(), number: number.into(), note: note.into() };
    vec![
        count("読んだ行", "48", "行"),
        count("新しい人", "5", "人"),
        count("異動", "6", "転入2・転出1・出生2・死亡1"),
        count("変更なし", "34", "人"),
        count("読めない行", "3", "行"),
    ]
}

fn errors() -> Vec<RowError> {
    let error = |line: &str, column: &str, read: &str, expected: &str| RowError {
        line: line.into(),
        column: column.into(),
        read: read.into(),
        expected: expected.into(),
    };
    vec![
        error("12", "生年月日", "20261399", "8桁の年月日（例 20260818）。不明の日は 00"),
        error("27", "宛名番号", "", "数字1～15桁。空欄にはできません"),
        error("41", "性別", "3", "1（男）、2（女）、9（適用不能）のどれか"),
    ]
}

fn upload() -> UploadPage {
    let batch = |when: &str, status: &str, done| Batch {
        url: "/residents/7".into(),
        when: when.into(),
        file: "juki_ido_1124.csv".into(),
        who: "佐藤 美咲".into(),
        summary: "48行・新しい人5・異動6".into(),
        status: status.into(),
        done,
    };
    UploadPage {
        frame: frame("住民記録の取込"),
        form: form("/residents", &[("scope", "changes"), ("as_of_day", "きょう")]),
        layouts: choices(&[("minato", "みなと市 住民記録（標準）")]),
        scopes: choices(&[("changes", "異動分"), ("all", "全件")]),
        limit: "20MB、5万行まで。".into(),
        batches: vec![batch("R8.11.24 9:10", "確認待ち", false), batch("R8.11.20 9:04", "適用済み", true)],
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let preview = PreviewPage {
        frame: frame("住民記録の取込"),
        file: "juki_ido_1124.csv".into(),
        read_as: "Shift_JIS（CP932）・見出しあり・48行".into(),
        counts: counts(),
        errors: errors(),
        errors_shown: "3行".into(),
        changes: vec![Change {
            kind: "転出".into(),
            who: "小林 結衣".into(),
            what: "R8.11.21 東浜市へ".into(),
            effect: "終結の判断が一覧に出ます".into(),
        }],
        changes_shown: "4件のうち 1件を表示".into(),
        can_apply: true,
        apply_label: "読めた45行を取り込む".into(),
        apply_note: "読めなかった3行は取り込みません。ファイルを直して、もう一度取り込めます。".into(),
        apply_form: form("/residents/7/apply", &[]),
        discard_form: form("/residents/7/discard", &[]),
    };
    let progress = ProgressPage {
        frame: frame("取り込んでいます"),
        file: "juki_ido_1124.csv".into(),
        done: 20,
        total: 45,
        text: "45行のうち 20行".into(),
    };
    let result = ResultPage {
        frame: frame("取込の結果"),
        file: "juki_ido_1124.csv".into(),
        when: "R8.11.24 9:12".into(),
        who: "佐藤 美咲".into(),
        counts: counts(),
        errors: errors(),
        errors_shown: "3行".into(),
        undone: String::new(),
        undo_form: Some(form("/residents/7/undo", &[])),
        undo_effects: vec![
            "新しい人5人と異動6件が、取込の前に戻ります。".into(),
            "取込のあとに職員が記録した2人は残り、確認のしるしが付きます。".into(),
        ],
        kept: Vec::new(),
    };
    vec![
        ("import-upload", upload().render().unwrap()),
        ("import-preview", preview.render().unwrap()),
        ("import-progress", progress.render().unwrap()),
        ("import-result", result.render().unwrap()),
    ]
}
