//! Fictional people the register has not named yet.
#![allow(clippy::unwrap_used)]

use crate::example::{form, frame};
use crate::platform::web::words::name;
use askama::Template;
use intake::matching::view::{EntryPage, MatchingPage, Pair, Proposal, Row, SweepPage, Waiting};

fn proposal() -> Proposal {
    let row = |what, here: &str, there: &str, says: &str, mark, class| Row {
        what,
        here: here.into(),
        there: there.into(),
        says: says.into(),
        mark,
        class,
    };
    Proposal {
        id: "p-12-40".into(),
        name: name("大野　裕子", "おおの　ゆうこ"),
        url: "/persons/40".into(),
        number: "0001000407".into(),
        marks: vec!["転出".into()],
        protected: true,
        likeness: "同じ人と思われます",
        class: "done",
        rows: vec![
            row("生年月日", "平成7年4月2日（日）", "平成7年4月2日（日）", "生年月日が同じ", "合う", "done"),
            row("氏名", "大野　優子", "大野　裕子", "氏は同じで、名が違う", "違う", "overdue"),
            row("ふりがな", "おおの　ゆーこ", "おおの　ゆうこ", "ふりがなが同じ", "合う", "done"),
            row("住所", "—", "—", "秘匿のため表示しません", "—", "quiet"),
        ],
        form: form("/matching", &[]),
        one: 12,
        other: 40,
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let waiting = |text: &str, kana: &str, late: &str, proposals| Waiting {
        name: name(text, kana),
        url: "/persons/12".into(),
        about: "妊娠18週4日".into(),
        since: "R8.10.31から24日".into(),
        late: late.into(),
        proposals,
        others: String::new(),
    };
    let page = MatchingPage {
        frame: frame("仮登録の照合"),
        wrong: vec!["どちらかの台帳は、すでにまとめられています。".into()],
        shown: "2人のうち 1–2人".into(),
        waiting: vec![
            waiting("大野　優子", "おおの　ゆーこ", "", vec![proposal()]),
            waiting("", "", "出生から38日、住民記録に載っていません", Vec::new()),
        ],
        more: None,
    };
    let sweep = SweepPage {
        frame: frame("台帳どうしの重なり"),
        wrong: Vec::new(),
        shown: "1組".into(),
        pairs: vec![Pair {
            name: name("大野　優子", "おおの　ゆーこ"),
            url: "/persons/12".into(),
            number: "0001000400".into(),
            marks: Vec::new(),
            proposal: proposal(),
        }],
    };
    let typed = form("/persons/new", &[("name", "大野　優子"), ("birth", "H7.4.2")]);
    let entry =
        EntryPage { frame: frame("仮登録の前に"), form: typed, proposals: vec![proposal()], apart: "40".into() };
    vec![
        ("matching", page.render().unwrap()),
        ("matching-sweep", sweep.render().unwrap()),
        ("matching-entry", entry.render().unwrap()),
    ]
}
