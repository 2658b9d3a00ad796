//! A fictional file of vaccinations with rows that somebody has to decide.
#![allow(clippy::unwrap_used)]

use crate::example::{choices, form, frame, pairs, refused};
use crate::platform::web::view::Link;
use askama::Template;
use intake::events::view::{Batch, Candidate, Count, PreviewPage, ResultPage, RowError, RowPage, Shown, UploadPage};

fn counts() -> Vec<Count> {
    let count =
        |label: &str, number: &str, note: &str| Count { label: label.into(), number: number.into(), note: note.into() };
    vec![
        count("読んだ行", "420", ""),
        count("新しく記録する", "398", ""),
        count("登録ずみ", "18", "同じ記録が台帳にあり、二重には書きません"),
        count("人が見つからない", "2", "取り込まずに待ちます"),
        count("食い違い", "2", "決めるまで取り込みません"),
    ]
}

fn errors() -> Vec<RowError> {
    vec![RowError {
        line: "12".into(),
        column: "接種日".into(),
        read: "令和8年2月31日".into(),
        expected: "実在する日付（例 R8.2.28）".into(),
    }]
}

fn row(line: &str, mark: &str, why: &str, settled: bool) -> Shown {
    Shown {
        line: line.into(),
        who: "0001　たかさき みなと".into(),
        day: "令和8年4月10日".into(),
        what: "小児肺炎球菌 2回目（pcv20）".into(),
        mark: mark.into(),
        why: why.into(),
        url: if settled || mark.is_empty() { String::new() } else { format!("/events/8/rows/{line}") },
        person: (mark == "食い違い").then(|| Link { label: "台帳を開く".into(), url: "/persons/3".into() }),
    }
}

fn waits(settled: bool) -> Vec<Shown> {
    vec![
        row("27", "人が見つからない", "台帳に見つかりません。", settled),
        row("31", "食い違い", "台帳では 令和8年4月8日 に記録があります。日付を確かめてください。", settled),
    ]
}

pub fn pages() -> Vec<(&'static str, String)> {
    let kinds =
        choices(&[("", "選んでください"), ("vaccination", "予防接種記録"), ("checkup_18m", "1歳6か月児健診結果")]);
    let batches = vec![Batch {
        url: "/events/8".into(),
        when: "R8.11.24 9:10".into(),
        file: "sesshu_09.csv".into(),
        who: "矢野 久美".into(),
        summary: "予防接種記録・421行・読めない行1".into(),
        status: "適用済み".into(),
        done: true,
    }];
    let upload = UploadPage {
        frame: frame("過去の記録の取込"),
        form: form("/events", &[]),
        kinds,
        limit: "300MBまで。".into(),
        batches,
    };
    let wrong = UploadPage {
        form: refused(form("/events", &[]), &[("kind", "記録の種類", "記録の種類を選んでください。")]),
        ..upload.clone()
    };
    let preview = PreviewPage {
        frame: frame("過去の記録の取込"),
        file: "sesshu_09.csv".into(),
        read_as: "予防接種記録・UTF-8・421行・R6.4.1〜R8.9.30".into(),
        counts: counts(),
        unread: "ロット番号、CVX".into(),
        notices: vec![Shown {
            line: "40".into(),
            why: "元の記録では2回目、日付の順に数えると1回目です。".into(),
            ..Shown::default()
        }],
        notices_shown: "1件".into(),
        firsts: vec![row("2", "", "", true), row("3", "", "", true)],
        firsts_shown: "420件のうち はじめの2件を表示".into(),
        waits: waits(true),
        waits_shown: "2件".into(),
        errors: errors(),
        errors_shown: "1件".into(),
        can_apply: true,
        apply_label: "読めた420行を取り込む".into(),
        apply_note: "読めなかった1行は取り込みません。".into(),
        apply_form: form("/events/8/apply", &[]),
        discard_form: form("/events/8/discard", &[]),
    };
    let result = ResultPage {
        frame: frame("過去の記録の取込"),
        file: "sesshu_09.csv".into(),
        read_as: "予防接種記録・UTF-8・421行".into(),
        when: "R8.11.24 9:12".into(),
        who: "矢野 久美".into(),
        counts: counts(),
        waits: waits(false),
        waits_shown: "2件".into(),
        named: vec![Link { label: "高崎 湊".into(), url: "/persons/3".into() }],
        errors: errors(),
        errors_shown: "1件".into(),
        undone: String::new(),
        undo_form: Some(form("/events/8/withdraw", &[])),
        undo_effects: vec!["この取込で書いた398件の記録が、取込の前に戻ります。".into()],
        kept: Vec::new(),
    };
    let row_page = RowPage {
        frame: frame("過去の記録の取込"),
        row: row("27", "人が見つからない", "台帳に見つかりません。", true),
        said: pairs(&[("生年月日", "令和7年10月1日"), ("ふりがな", "たかさき みなと")]),
        candidates: vec![Candidate {
            name: "高崎 湊".into(),
            number: "0000001001".into(),
            birth: "R7.10.1".into(),
            url: "/persons/3".into(),
        }],
        form: form("/events/8/rows/27", &[]),
        ways: choices(&[("person", "次の宛名番号の方の記録として取り込む"), ("leave", "この行は取り込まない")]),
        asks_person: true,
    };
    vec![
        ("events-upload", upload.render().unwrap()),
        ("events-upload-refused", wrong.render().unwrap()),
        ("events-preview", preview.render().unwrap()),
        ("events-result", result.render().unwrap()),
        ("events-row", row_page.render().unwrap()),
    ]
}
