//! Fictional postings.
#![allow(clippy::unwrap_used)]

use askama::Template;

use super::new::KINDS;
use super::view::{IndexPage, Label, LabelsPage, Letter, ListPage, Listed, NewPage, PostingPage, Row};
use crate::example::{choices, form, frame, refused};
use crate::intake::imports::view::{Batch, Count};
use crate::platform::web::view::{Link, Name};

fn name(text: &str, ruby: &str) -> Name {
    Name { text: text.into(), ruby: ruby.into() }
}

fn link(label: &str, url: &str) -> Link {
    Link { label: label.into(), url: url.into() }
}

fn row(file: i64, text: &str, why: &[&str], choice: &str) -> Row {
    Row {
        file,
        name: name(text, "かくう"),
        url: format!("/persons/{file}"),
        about: "1歳9か月".into(),
        to: "保護者",
        protected: why.iter().any(|w| w.starts_with("支援措置")),
        why: why.iter().map(|w| (*w).to_owned()).collect(),
        choice: choice.into(),
        reason: String::new(),
        wrong: String::new(),
    }
}

fn counts() -> Vec<Count> {
    let count = |label: &str, n: &str| Count { label: label.into(), number: n.into(), note: String::new() };
    vec![count("送る", "2"), count("判断が要る", "2"), count("送らない", "2")]
}

fn new(changed: bool) -> NewPage {
    let mut form = form("/postings", &[("title", "MR第1期　案内はがき"), ("day", "きょう"), ("kind", "invited")]);
    form.return_to = "/settlings".into();
    NewPage {
        frame: frame("一括整理"),
        from: "月次一括：MR第1期・北部".into(),
        back: link("月次一括へ戻る", "/settlings?mode=month"),
        counts: counts(),
        changed: if changed {
            vec![row(14, "架空 湊", &["支援措置・秘匿（送るなら封筒で一通ずつ）"], "")]
        } else {
            Vec::new()
        },
        stop: vec![
            row(11, "架空 岬", &["転出しています（R8.11.2）"], ""),
            row(12, "架空 汐", &["返戻のあと、宛先を確かめていません（R8.10.30）"], ""),
        ],
        judge: vec![
            row(
                13,
                "架空 凪子",
                &["支援措置・秘匿（送るなら封筒で一通ずつ）", "最近、住所が変わりました（R8.11.10）"],
                "send",
            ),
            Row {
                wrong: "送るか送らないかを選んでください。".into(), ..row(15, "架空 渚", &["親と世帯が別です"], "")
            },
        ],
        send: vec![row(14, "架空 湊", &[], "send"), row(16, "架空 潮音", &[], "send")],
        note: String::new(),
        kinds: choices(KINDS),
        answer: "この事業は一人ずつ決めるもの（個別判断）なので、案内を送っても「今日の対応」に残ります。".into(),
        fields: vec![("service".into(), "mr1".into()), ("seen".into(), "14=".into())],
        form: if changed { form } else { refused(form, &[("kind", "種類", "種類を選んでください。")]) },
    }
}

fn letter(no: &str, text: &str, marks: &[&str]) -> Letter {
    Letter {
        no: no.into(),
        name: name(text, "かくう"),
        url: "/persons/14".into(),
        about: "1歳9か月".into(),
        to: "保護者",
        protected: false,
        marks: marks.iter().map(|m| (*m).to_owned()).collect(),
        reveal: None,
        undo: link("この一通を取り消す", "/persons/14/events/93/withdraw"),
    }
}

fn alone() -> Letter {
    Letter {
        protected: true,
        reveal: Some(link("封筒の宛名を1枚", "/persons/13/reveal")),
        ..letter("2", "架空 凪子", &["封筒で一通ずつ"])
    }
}

fn page() -> PostingPage {
    let here = "/postings/7";
    PostingPage {
        frame: frame("一括整理"),
        title: "MR第1期　案内はがき".into(),
        about: "発送日 令和8年11月24日（火）　案内・勧奨".into(),
        when: "R8.11.24 9:10".into(),
        who: "佐藤 美咲".into(),
        counts: counts(),
        prints: vec![link("宛名ラベル（A4・12面）", "/postings/7/labels?per=12")],
        letters: vec![letter("1", "架空 湊", &["返戻（R8.11.30）"]), alone()],
        held: vec![Row {
            reason: "父の世帯あてのため、母に電話する".into(),
            ..row(15, "架空 渚", &["親と世帯が別です"], "")
        }],
        returned: Some(form(&format!("{here}/returned"), &[("day", "きょう")])),
        undo: Some(form(&format!("{here}/withdraw"), &[])),
        undo_effects: vec!["一人ずつの記録から、この発送がなくなります。".into()],
        ..PostingPage::default()
    }
}

fn labels(per: usize) -> LabelsPage {
    let label = |n: usize| Label {
        no: n.to_string(),
        postcode: "999-0199".into(),
        address: "架空県架空市曙町9丁目8番7号 コーポ東雲 205号室".into(),
        name: format!("架空 湊{n}　保護者"),
    };
    let all: Vec<Label> = (1..=30).map(label).collect();
    LabelsPage {
        frame: frame("一括整理"),
        title: "MR第1期　案内はがき".into(),
        about: "発送日 令和8年11月24日（火）".into(),
        back: "/postings/7".into(),
        per,
        others: vec![link("24面にする", "/postings/7/labels?per=24")],
        printed: "30枚".into(),
        left_out: vec![letter("3", "架空 岬", &["発送の確定のあとに：亡くなっています（R8.11.25）"])],
        alone: vec![alone()],
        sheets: all.chunks(per).map(<[Label]>::to_vec).collect(),
    }
}

fn list() -> ListPage {
    let row = |no: &str, text: &str, district: &str, marks: &str| Listed {
        no: no.into(),
        name: name(text, "かくう"),
        about: "1歳9か月".into(),
        to: "保護者",
        district: district.into(),
        marks: marks.into(),
    };
    ListPage {
        frame: frame("一括整理"),
        title: "MR第1期　案内はがき".into(),
        about: "発送日 令和8年11月24日（火）".into(),
        office: "みなと市こども家庭センター".into(),
        back: "/postings/7".into(),
        shown: "2通".into(),
        rows: vec![row("1", "架空 湊", "北部", ""), row("2", "架空 凪子", "", "封筒で一通ずつ")],
    }
}

fn index() -> IndexPage {
    IndexPage {
        frame: frame("一括整理"),
        batches: vec![Batch {
            url: "/postings/7".into(),
            when: "R8.11.24 9:10".into(),
            file: "MR第1期　案内はがき".into(),
            who: "佐藤 美咲".into(),
            summary: "発送日 R8.11.24・発送 28通・送らない 3人・返戻 1通".into(),
            status: "適用済み".into(),
            done: true,
        }],
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("postings", index().render().unwrap()),
        ("posting-new", new(false).render().unwrap()),
        ("posting-changed", new(true).render().unwrap()),
        ("posting", page().render().unwrap()),
        ("posting-labels-12", labels(12).render().unwrap()),
        ("posting-labels-24", labels(24).render().unwrap()),
        ("posting-list", list().render().unwrap()),
    ]
}
