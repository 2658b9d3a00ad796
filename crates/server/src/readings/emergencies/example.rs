//! Fictional pages of 緊急閲覧.
#![allow(clippy::unwrap_used)]

use askama::Template;

use super::view::{Done, OpenedPage, ReviewPage, Waiting};
use crate::example::{caution, form, frame, refused};
use crate::persons;
use crate::platform::web::view::Name;

pub fn pages() -> Vec<(&'static str, String)> {
    let page = persons::example::page();
    let bar =
        persons::view::Bar { acts: Vec::new(), tabs: Vec::new(), back: None, place: None, reveal: None, ..page.bar };
    let opened = OpenedPage {
        frame: frame("緊急閲覧"),
        bar,
        caution: Some(caution()),
        until: "10:42まで（あと35分）".into(),
        reason: "母から自殺をほのめかす電話。相談の経過を確かめる。".into(),
        episode_title: page.episode_title,
        episode: page.episode,
        log: page.log,
        log_shown: "3件のうち 1–3件".into(),
        log_more: None,
    };
    let name = || Name { text: "髙﨑 美穂".into(), ruby: "たかさき みほ".into() };
    let waiting = |id: i64, late: bool, own: bool| Waiting {
        id,
        form: form("/persons/3/emergency/review", &[]),
        when: "R8.11.20 17:42 〜 18:42".into(),
        who: "早川 文".into(),
        name: name(),
        url: "/persons/3".into(),
        reason: "母から自殺をほのめかす電話。相談の経過を確かめる。".into(),
        due: if late { "期限超過 11/20".into() } else { "11/27まで".into() },
        late,
        looks: "画面を3回表示".into(),
        own,
    };
    let first = Waiting {
        form: refused(
            form("/persons/3/emergency/review", &[("verdict", "question")]),
            &[("", "", "「要確認」にするときは、確かめることを入力してください。")],
        ),
        ..waiting(41, true, false)
    };
    let review = ReviewPage {
        frame: frame("緊急閲覧の確認"),
        said: "確認を待っている緊急閲覧は2件です。".into(),
        again: None,
        waiting: vec![first, waiting(42, false, true)],
        missed: vec!["土屋 文：3回（最後は R8.11.24 9:12）".into()],
        done: vec![Done {
            when: "R8.9.3 8:10".into(),
            who: "早川 文".into(),
            name: name(),
            url: "/persons/3".into(),
            reason: "救急隊からの照会。服薬と緊急の連絡先を確かめる。".into(),
            verdict: "妥当（R8.9.4 9:02 黒田 恵子）".into(),
            note: String::new(),
            question: false,
        }],
    };
    vec![("emergency-opened", opened.render().unwrap()), ("emergencies", review.render().unwrap())]
}
