//! Fictional staff for the look tests.
#![allow(clippy::unwrap_used)]

use super::view::{IssuedPage, Line, Logged, MemberPage, Row, StaffPage};
use crate::example::{frame, pairs};
use askama::Template;

fn row(name: &str, kana: &str, login: &str, role: &str) -> Row {
    let line = |what: &str, when: &str, past| Line {
        what: what.into(),
        when: when.into(),
        end_url: "/staff/3/posts/4/end".into(),
        past,
    };
    Row {
        url: "/staff/3".into(),
        name: name.into(),
        kana: kana.into(),
        login: login.into(),
        posts: vec![line("保健師", "R4.4.1からR8.3.31まで", true), line(role, "R8.4.1から", false)],
        state: "利用中",
        chip: "done",
        icon: "check",
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let list = StaffPage {
        frame: frame("職員"),
        shown: "2人（利用終了を除くと2人）".into(),
        first_day: true,
        rows: vec![
            row("黒田　千鶴子", "くろだ　ちづこ", "kuroda", "統括支援員"),
            row("佐藤　美咲", "さとう　みさき", "sato", "保健師"),
        ],
    };
    let logged = |when: &str, what: &str, struck| Logged {
        when: when.into(),
        what: what.into(),
        who: "永田　進".into(),
        struck,
    };
    let member = MemberPage {
        frame: frame("職員"),
        row: row("佐藤　美咲", "さとう　みさき", "sato", "保健師"),
        closing: "令和9年4月1日から利用を終えます。".into(),
        acts: pairs(&[("役割を加える", "/staff/3/posts/new"), ("氏名を直す", "/staff/3/name")]),
        log: vec![logged("R8.11.24 9:12", "R9.4.1から利用を終了", false), logged("R8.4.1 8:31", "役割 保健師", true)],
    };
    let issued = IssuedPage {
        frame: frame("職員を加えました"),
        title: "職員を加えました".into(),
        name: "佐藤　美咲".into(),
        login: "sato".into(),
        password: "k7mp-x4wd-9rtc-h2ne".into(),
        back: "/staff/3".into(),
    };
    let again = IssuedPage { password: String::new(), ..issued.clone() };
    vec![
        ("staff", list.render().unwrap()),
        ("staff-member", member.render().unwrap()),
        ("staff-issued", issued.render().unwrap()),
        ("staff-issued-again", again.render().unwrap()),
    ]
}
