//! Fictional rooms, groups and decisions.
#![allow(clippy::unwrap_used)]

use askama::Template;

use super::view::{Closed, IndexPage, Line, NewPage, ProgressBar, ProgressPage, ResultPage, Row, SinceForm};
use crate::example::{choices, form, frame, refused};
use crate::intake::imports::view::{Batch, Count};
use crate::platform::web::view::{Link, Name, State, Tab};

fn tabs(labels: &[&str]) -> Vec<Tab> {
    let tab = |(n, label): (usize, &&str)| Tab { label: (*label).into(), url: "/settlings".into(), current: n == 0 };
    labels.iter().enumerate().map(tab).collect()
}

fn row(label: &str, numbers: [&str; 5]) -> Row {
    let [lines, persons, closed, carried, named] = numbers.map(str::to_owned);
    let (url, decide_url) = ("/settlings?mode=start&by=cohort".into(), "/settlings/new?mode=start&part=closed".into());
    Row { label: label.into(), url, note: String::new(), lines, persons, closed, carried, named, decide_url }
}

fn index() -> IndexPage {
    IndexPage {
        frame: frame("一括整理"),
        rooms: tabs(&["初期整理", "月次一括"]),
        about: "稼働基準日（令和8年4月1日）より前に期限や期間が過ぎた対応です。".into(),
        progress: Some(ProgressBar {
            done: 412,
            total: 1_204,
            text: "整理ずみ 412件／全体 1,204件（3回の一括整理）".into(),
            left: "のこり792件（まとめて終えられる701件、名前を見て終える91件）。0件になると、初期整理は終わりです。"
                .into(),
        }),
        active: vec![Link { label: "H31.4.2〜R2.4.1生まれ（小1）".into(), url: "/settlings?mode=start".into() }],
        clear_url: "/settlings?mode=start".into(),
        by: tabs(&["事業ごと", "生まれた年度ごと", "地区ごと", "資料ごと"]),
        by_word: "事業".into(),
        total: "792件・310人".into(),
        rows: vec![
            row("小児肺炎球菌", ["701", "305", "701", "0", "0"]),
            Row { note: "健診 3月分まで到着".into(), ..row("3歳児健診", ["91", "91", "0", "40", "91"]) },
        ],
        whole: Some(Link {
            label: "この条件の全部を見て決める".into(), url: "/settlings/new?mode=start".into()
        }),
        post: vec![Link {
            label: "この人たちに発送する（発送前の確認へ）".into(),
            url: "/postings/new?mode=month".into(),
        }],
        since: Some(SinceForm {
            form: form("/settlings/since", &[]),
            now: "いまは令和8年4月1日です。".into(),
            may: true,
        }),
        batches: vec![Batch {
            url: "/settlings/4".into(),
            when: "R8.4.2 9:10".into(),
            file: "初期整理：BCG・北部".into(),
            who: "本田 直子".into(),
            summary: "412件・旧システムの接種台帳で確かめた".into(),
            status: "適用済み".into(),
            done: true,
        }],
    }
}

fn counts() -> Vec<Count> {
    let count = |label: &str, number: &str| Count { label: label.into(), number: number.into(), note: String::new() };
    vec![count("この集まりの対応", "91"), count("人数", "91"), count("名前を見て終える", "91")]
}

fn line(text: &str, ruby: &str, checked: bool, mark: &str) -> Line {
    Line {
        value: format!("{}:checkup_3y", text.len()),
        checked,
        name: Name { text: text.into(), ruby: ruby.into() },
        url: "/persons/12".into(),
        about: "6歳7か月".into(),
        protected: !checked,
        service: "3歳児健診".into(),
        window: "期間 R4.4.1〜R5.4.1".into(),
        state: State::Before,
        mark: mark.into(),
    }
}

fn new() -> NewPage {
    let mut form = form("/settlings", &[]);
    form.return_to = "/settlings?mode=start".into();
    NewPage {
        frame: frame("一括整理"),
        room: "初期整理".into(),
        title: "3歳児健診・H31.4.2〜R2.4.1生まれ（小1）".into(),
        back_url: "/settlings?mode=start".into(),
        counts: counts(),
        parts: tabs(&["名前を見て終える 91件", "まとめて終える 0件", "日を決めて持ち越す 40件"]),
        about: vec!["残す人は印を外してください。".into(), "この判断は、あとから一度にまるごと取り消せます。".into()],
        by_name: true,
        lines: vec![line("架空 湊", "かくう みなと", true, ""), line("架空 凪子", "", false, "期間はまだ開いています")],
        shown: "2件".into(),
        fields: vec![("mode".into(), "start".into()), ("part".into(), "named".into())],
        spreads: Vec::new(),
        hows: choices(&[("already_done", "実は済んでいた"), ("declined", "本人・保護者が希望しない")]),
        form: Some(form),
        label: "印のある対応を終える".into(),
        note: String::new(),
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let mut wrong = new();
    wrong.form = wrong.form.map(|f| refused(f, &[("reason", "理由", "理由を入力してください。")]));
    let mut only_read = new();
    only_read.form = None;
    only_read.note = "初期整理は、統括支援員かセンター長・係長が決めます。".into();
    let mut carried = new();
    carried.by_name = false;
    carried.hows = Vec::new();
    carried.spreads = choices(super::new::SPREADS);
    carried.label = "この40件を持ち越す".into();
    let result = ResultPage {
        frame: frame("一括整理の結果"),
        room: "初期整理".into(),
        name: "初期整理：3歳児健診".into(),
        back_url: "/settlings?mode=start".into(),
        when: "R8.4.2 9:10".into(),
        who: "本田 直子".into(),
        how: "移行前".into(),
        done: "終えた対応".into(),
        reason: "紙台帳で受診を確かめた".into(),
        counts: counts(),
        lines: vec![Closed {
            name: Name { text: "架空 湊".into(), ruby: "かくう みなと".into() },
            url: "/persons/12".into(),
            about: "6歳7か月".into(),
            service: "3歳児健診".into(),
        }],
        shown: "91件のうち はじめの1件を表示".into(),
        undo_form: Some(form("/settlings/4/withdraw", &[])),
        undo_effects: vec!["終えた91件が、決める前に戻ります。".into()],
        ..ResultPage::default()
    };
    let progress = ProgressPage {
        frame: frame("整理しています"),
        title: "整理しています".into(),
        name: "初期整理：小児肺炎球菌".into(),
        done: 300,
        total: 701,
        text: "701件のうち 300件".into(),
    };
    vec![
        ("settlings", index().render().unwrap()),
        ("settlings-empty", IndexPage { rows: Vec::new(), whole: None, progress: None, ..index() }.render().unwrap()),
        ("settling-new", new().render().unwrap()),
        ("settling-refused", wrong.render().unwrap()),
        ("settling-carry", carried.render().unwrap()),
        ("settling-read", only_read.render().unwrap()),
        ("settling-progress", progress.render().unwrap()),
        ("settling-result", result.render().unwrap()),
    ]
}
