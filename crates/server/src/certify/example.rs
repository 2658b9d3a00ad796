//! A fictional check sheet with two names, and one that only says why it is not drawn.
#![allow(clippy::unwrap_used)]

use askama::Template;

use super::figures::LIMITS;
use super::view::{Cells, CertifyPage, Listed, Past, SourceRow, Split, Sum, Table, Undone};
use crate::example::{form, frame};
use crate::platform::web::view::{Link, Name};

fn split(label: &str, listed: &str) -> Split {
    let n = |text: &str| String::from(text);
    Split {
        label: n(label),
        register: n("120"),
        covered: n("116"),
        released: n("3"),
        listed: n(listed),
        any: listed != "0",
    }
}

fn listed(name: &str, protected: bool) -> Listed {
    Listed {
        name: Name { text: name.into(), ruby: "しけん".into() },
        url: "/persons/12".into(),
        about: "3歳2か月".into(),
        protected,
        subject: "幼児（就学まで）",
        district: if protected { String::new() } else { "北部1区".into() },
        reason: "開いている対応も、約束した連絡もありません。".into(),
        last: "R8.6.1 電話".into(),
        acts: vec![Link {
            label: "連絡して次を約束".into(),
            url: "/persons/12/contacts/new?return_to=/certify".into(),
        }],
    }
}

fn page() -> CertifyPage {
    let sum = |label, tone| Sum { label, n: "1,204".into(), hint: "12か月以内に次の対応が始まる", tone };
    let undone = |label, url: &str| Undone {
        label,
        hint: "期限を過ぎた",
        url: url.into(),
        one: "12件・9人".into(),
        two: "0件".into(),
    };
    let cells =
        |label: &str| Cells {
            label: label.into(), url: String::new(), cells: vec!["3件・3人".into(), "0件".into()]
        };
    CertifyPage {
        frame: frame("未把握・未対応点検表"),
        office: "みなと市こども家庭センター".into(),
        day: "令和8年11月24日（火）".into(),
        basis: "いま記録されている内容を数えました。".into(),
        register: "1,240".into(),
        sums: vec![sum("次の対応あり", "done"), sum("終結・対象外", "quiet"), sum("未把握", "decide")],
        tables: vec![
            Table { id: "subjects", title: "対象", rows: vec![split("妊婦", "0"), split("乳児", "2")] },
            Table {
                id: "districts",
                title: "地区",
                rows: vec![split("北部1区", "1"), split("地区なし・表示しない", "1")],
            },
        ],
        outside: "台帳の対象でない方：転出 4人、死亡 0人。".into(),
        undone: vec![undone("期限超過", "/today?scope=office&state=overdue"), undone("判断待ち", "")],
        services: vec![Cells { cells: vec!["1件".into(); 3], ..cells("1歳6か月児健診") }],
        missing: vec![cells("予防接種予診票")],
        sources: vec![SourceRow {
            title: "予防接種予診票".into(),
            through: "R8.9.30まで".into(),
            expected: "R8.10.31まで".into(),
            last: "R8.11.2".into(),
            late: true,
            never: false,
        }],
        limits: LIMITS.to_vec(),
        named: true,
        names: vec![listed("試験 花", false), listed("試験 葵", true)],
        shown: "1〜2人目／全2人".into(),
        signed: "R8.11.24 17:00　黒田 が確認しました".into(),
        moved: true,
        confirm: Some(form("/certify", &[])),
        history: vec![Past {
            day: "R8.10.31".into(),
            url: "/certify?as_of=2026-10-31".into(),
            register: "1,238".into(),
            covered: "1,200".into(),
            released: "38".into(),
            listed: "0".into(),
            undecided: "3".into(),
            overdue: "9".into(),
            who: "R8.10.31 17:02　黒田".into(),
        }],
        sha256: "0".repeat(64),
        program: "0.1.0".into(),
        book: "0123456789ab".into(),
        ..CertifyPage::default()
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let figures_only = CertifyPage { named: false, names: Vec::new(), confirm: None, ..page() };
    let none = CertifyPage {
        frame: frame("未把握・未対応点検表"),
        note: "画面では開けません。".into(),
        today_url: "/certify".into(),
        ..CertifyPage::default()
    };
    [("certify", page()), ("certify-figures", figures_only), ("certify-too-many", none)]
        .map(|(name, page)| (name, page.render().unwrap()))
        .to_vec()
}
