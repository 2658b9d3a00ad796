//! Fictional pages about readings.
#![allow(clippy::unwrap_used)]

use askama::Template;

use super::view::{DayOf, IndexPage, Item, LetterLine, LetterPage, LineOf, MonthPage, MonthRow, PersonPage};
use crate::contacts::example::subject;
use crate::example::{choices, form, frame, refused};
use crate::platform::web::view::{Link, Name};

fn line(hours: &str, who: &str, purpose: &str, kind: &'static str, times: &str) -> LineOf {
    let (hours, who, purpose, times) = (hours.into(), who.into(), purpose.into(), times.into());
    LineOf { hours, who, purpose, kind, times, marked: kind != "画面" }
}

fn person() -> PersonPage {
    let nurse = "佐藤 美咲（保健師・みなと市こども家庭センター）";
    PersonPage {
        frame: frame("閲覧の記録"),
        subject: subject(),
        form: form("/persons/3/readings", &[("since", "90")]),
        spans: choices(super::person::SPANS),
        kinds: choices(&[("", "すべて"), ("screen", "画面")]),
        staff: choices(&[("", "すべての職員"), ("1", "佐藤 美咲")]),
        said: "2人が4回開きました。一覧への表示は12回です。".into(),
        limit: String::new(),
        opened: vec![DayOf {
            day: "令和8年11月24日（火）".into(),
            lines: vec![
                line("9:05〜16:20", nurse, "担当の対応・担当地区", "画面", "3回"),
                line("9:10", nurse, "住所の表示（訪問する）", "1項目の表示", "1回"),
            ],
        }],
        listed: vec![DayOf {
            day: "令和8年11月24日（火）".into(),
            lines: vec![line("8:40〜17:02", nurse, "担当の対応・担当地区", "一覧", "12回")],
        }],
        letter_url: "/persons/3/readings/letter".into(),
    }
}

fn letter() -> LetterPage {
    let line = |day: &str, who: &str, purpose: &str, how: &str| LetterLine {
        day: day.into(),
        who: who.into(),
        purpose: purpose.into(),
        how: how.into(),
    };
    LetterPage {
        frame: frame("閲覧状況のお知らせ"),
        form: form("/persons/3/readings/letter", &[("from", "R7.11.24"), ("to", "R8.11.24")]),
        name: "髙﨑 美穂".into(),
        office: "みなと市こども家庭センター".into(),
        date: "令和8年11月24日".into(),
        period: "令和7年11月24日から令和8年11月24日まで".into(),
        protected: true,
        lines: vec![
            line(
                "令和8年11月20日",
                "保健師（みなと市こども家庭センター）",
                "担当としての支援のため",
                "記録の画面を開きました（3回）",
            ),
            line(
                "令和8年11月24日",
                "統括支援員（みなと市こども家庭センター）",
                "センター全体の仕事の確認のため",
                "記録の画面を開きました",
            ),
        ],
        listed: "12回".into(),
        limit: String::new(),
        with_names: false,
        back_url: "/persons/3/readings".into(),
    }
}

fn month() -> MonthPage {
    let item = |id: i64, who: &str, why: Vec<&'static str>, own: bool| Item {
        id,
        when: "R8.10.7 22:41".into(),
        who: who.into(),
        name: Name { text: "髙﨑 湊".into(), ruby: "たかさき みなと".into() },
        url: "/persons/3/readings".into(),
        about: "1歳2か月".into(),
        purpose: "検索から".into(),
        kinds: "2回".into(),
        why,
        own,
        ..Item::default()
    };
    let done = Item {
        verdict: "妥当（R8.11.2 9:10 黒田 恵子）".into(),
        note: "前日の電話の続き".into(),
        ..item(7, "田村 亮", vec!["見本"], false)
    };
    MonthPage {
        frame: frame("閲覧の点検"),
        title: "閲覧の点検　令和8年10月".into(),
        about: vec!["この月に開かれた412件から、見本20件と、ふだんと違うものすべてです。".into()],
        said: "点検する27件のうち、残り2件。".into(),
        form: refused(
            form("/readings/month", &[("mark-5", "question")]),
            &[("", "", "「要確認」にするときは、確かめることを入力してください。")],
        ),
        month: "2026-10".into(),
        items: vec![
            item(5, "佐藤 美咲", vec!["職員と同じ姓", "夜間・早朝"], false),
            item(6, "黒田 恵子", vec!["見本"], true),
            done,
        ],
        all: true,
        toggle: Link { label: "残りだけ表示".into(), url: "/readings/month?month=2026-10".into() },
    }
}

fn index(counts_only: bool) -> IndexPage {
    let row = |label: &str, state: &str, done| MonthRow {
        label: label.into(),
        url: if counts_only { String::new() } else { "/readings/month?month=2026-10".into() },
        opened: 412,
        listed: 1_803,
        printed: 9,
        revealed: 3,
        emergencies: 1,
        missed: 2,
        fit: 25,
        question: 1,
        state: state.into(),
        done,
    };
    IndexPage {
        frame: frame("閲覧の点検"),
        months: vec![row("令和8年11月", "月の途中", false), row("令和8年10月", "点検ずみ", true)],
        older: Some(Link { label: "もっと前の月".into(), url: "/readings?until=2026-08".into() }),
        counts_only,
        emergencies_url: if counts_only { String::new() } else { "/emergencies".into() },
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("readings-person", person().render().unwrap()),
        ("readings-letter", letter().render().unwrap()),
        ("readings-month", month().render().unwrap()),
        ("readings", index(false).render().unwrap()),
        ("readings-counts", index(true).render().unwrap()),
    ]
}
