//! A fictional child's page, and a protected mother's.
#![allow(clippy::unwrap_used)]

use super::view::{
    Bar, Duty, Entry, IndexPage, IndexRow, LabelPage, PersonPage, Place, Relation, RevealedPage, SheetField, SheetKind,
    SheetPage, Why,
};
use crate::example::{caution, choices, form, frame, pairs};
use crate::platform::web::view::{Act, Link, Name, NavItem, State};
use crate::readings::disclosures::view::Receiver;
use askama::Template;

fn act(label: &str, icon: &'static str, key: &'static str, first: bool) -> Act {
    Act { label: label.into(), icon, url: "/persons/3/contacts/new".into(), key, first, open: false }
}

fn why(title: &str) -> Why {
    let list = |lines: &[&str]| lines.iter().map(|line| (*line).into()).collect();
    Why {
        title: title.into(),
        rule: "1歳6か月児健診（国の規則 第1版）／母子保健法 第12条第1項第1号".into(),
        facts: list(&["生年月日 R7.6.2（住民記録 R8.11.10 取込）", "転入日 R8.11.10（住民記録 R8.11.10 取込）"]),
        reckoning: list(&[
            "R7.6.2 の1歳6か月後 R8.12.2 から 2歳の誕生日の前日 R9.6.1 まで",
            "市の目安：2回目の案内のあと、または R9.4.2",
        ]),
        changes: list(&[
            "健診の結果か未受診を記録すると、この行は消えます。",
            "前住所地から受診の回答があれば「済」になります。",
        ]),
    }
}

fn duty(id: &str, state: State, service: &str, reason: &str, due: &str, left: &str) -> Duty {
    Duty {
        id: id.into(),
        code: String::new(),
        state,
        service: service.into(),
        subject: String::new(),
        reason: reason.into(),
        evidence: "健診受診者名簿 11/15まで到着".into(),
        window: "期間 12/2〜R9.6.1".into(),
        due: due.into(),
        left: left.into(),
        owner: "佐藤".into(),
        acts: vec![
            act("電話を記録", "phone", "", true),
            act("実施を記録", "done", "", false),
            act("終結・対象外", "closed", "", false),
        ],
        why: why("なぜ出ているか"),
    }
}

fn log() -> Vec<Entry> {
    let entry = |id: &str, day: &str, icon, title: &str, text: &str, who: &str| Entry {
        id: id.into(),
        day: day.into(),
        time: "10:41".into(),
        icon,
        title: title.into(),
        text: vec![text.into()],
        who: who.into(),
        recorded: format!("{day} 10:42 記録"),
        correct_url: "/entries/93/correct".into(),
        withdraw_url: "/entries/93/withdraw".into(),
        ..Entry::default()
    };
    let mut struck =
        entry("e-2", "R8.11.17", "phone", "電話（不在）", "留守番電話につながったが残さず。", "佐藤 美咲（保健師）");
    struck.struck = "R8.11.18 田村 亮 が訂正（日付の誤り）".into();
    struck.correct_url = String::new();
    struck.withdraw_url = String::new();
    let mut corrected = entry(
        "e-3",
        "R8.11.16",
        "phone",
        "電話（不在）",
        "留守番電話につながったが残さず。",
        "田村 亮（子ども家庭支援員）",
    );
    corrected.corrects = Some(Link { label: "R8.11.17 電話（不在）".into(), url: "#e-2".into() });
    let mut visit = entry(
        "e-1",
        "R8.11.20",
        "home",
        "訪問（会えた）",
        "玄関先で母と10分。表情は明るい。次回は健診会場で。",
        "佐藤 美咲（保健師）",
    );
    visit.sight = "目視：直接見た（自分・自宅）".into();
    visit.third_party = true;
    let mut moved = entry("e-4", "R8.11.10", "import", "転入（東浜市から）", "", "");
    moved.text.clear();
    moved.source = "住民記録 R8.11.10 取込".into();
    moved.time = String::new();
    moved.recorded = String::new();
    vec![visit, struck, corrected, moved]
}

pub fn page() -> PersonPage {
    let relation = |role: &str, name: &str, ruby: &str, about: &str| Relation {
        role: role.into(),
        name: Name { text: name.into(), ruby: ruby.into() },
        url: "/persons/4".into(),
        about: about.into(),
        household: "同じ世帯".into(),
    };
    let mut kin_duty =
        duty("d-3", State::DueSoon, "産婦健診（1か月）", "受けたかどうかを確かめます。", "12/8", "あと14日");
    kin_duty.subject = "母 髙﨑 美穂".into();
    let mut settled = duty("d-9", State::Done, "BCG", "R7.11.20 に受けました。", "", "");
    settled.acts.clear();
    settled.why = why("なぜ済か");
    let mut not_yet = duty("d-10", State::NotYet, "3歳児健診", "R10.6.2 から対象です。", "", "");
    not_yet.acts.clear();
    not_yet.why = why("なぜ出ていないか");
    PersonPage {
        stopped: Some((
            "R8.11.1から発送停止（ご本人の希望）".into(),
            crate::persons::bar::link("終わりの日を入れる", "/persons/12/events/91/correct"),
        )),
        frame: frame("個人の画面"),
        bar: Bar {
            back: Some(Link {
                label: "今日の対応（自分の担当・期限超過）".into(), url: "/today?state=overdue".into()
            }),
            place: Some(Place {
                text: "14人中 4".into(),
                previous: Some("/persons/2".into()),
                next: Some("/persons/4".into()),
            }),
            tabs: vec![
                NavItem {
                    label: "本人の記録".into(), url: "/persons/3".into(), current: true, ..NavItem::default()
                },
                NavItem { label: "家庭".into(), url: "/persons/3/family".into(), ..NavItem::default() },
            ],
            name: Name { text: "髙﨑 湊".into(), ruby: "たかさき みなと".into() },
            about: "男・R7.6.2生・1歳5か月".into(),
            numbers: pairs(&[("宛名番号", "0042-1187-3"), ("世帯", "0042187")]),
            district: "北部3区".into(),
            address: "北町2丁目4-11-203".into(),
            phones: pairs(&[("母 携帯", "080-5550-0119")]),
            with_family: false,
            protected: false,
            reveal: None,
            marks: vec!["11/10 転入".into()],
            owner: "佐藤 美咲（保健師）".into(),
            acts: vec![
                act("電話を記録", "phone", "c", true),
                act("訪問を記録", "home", "v", false),
                act("健診・実施", "done", "", false),
            ],
        },
        caution: Some(caution()),
        caution_edit: None,
        duties: vec![
            duty(
                "d-1",
                State::ToDecide,
                "前住所地への照会",
                "照会から12日、回答待ちです。続け方を決めます。",
                "11/26",
                "あと2日",
            ),
            duty("d-2", State::Planned, "1歳6か月児健診", "R8.12.2 から対象です。", "R9.4月中", ""),
            kin_duty,
        ],
        batch: vec![duty(
            "d-4",
            State::Unconfirmed,
            "B型肝炎 3回目",
            "標準の時期は R9.3.31 までです。",
            "3/31",
            "あと127日",
        )],
        settled: vec![settled, not_yet],
        relations: vec![
            relation("父", "髙﨑 隆", "たかさき たかし", "41歳"),
            relation("母", "髙﨑 美穂", "たかさき みほ", "34歳・産後3週"),
        ],
        episode: pairs(&[("予定日", "R8.11.3（R8.11.1 出生）"), ("第何子", "第2子"), ("里帰り", "なし")]),
        episode_title: "母の妊娠".into(),
        log: log(),
        log_shown: "46件のうち 1–4件".into(),
        log_more: Some(Link { label: "前の記録を表示".into(), url: "/persons/3?before=e-4".into() }),
        reading_note: "この画面を開いたことは、閲覧の記録に残ります。".into(),
        receiver: Some(Receiver {
            text: "開示請求は、あなたの「統括支援員」の役割で受け付けます。".into(),
            post: "7".into(),
            button: "統括支援員に切り替えて、開示請求を開く".into(),
            place: "/persons/3/disclosures".into(),
        }),
        more: vec![Link { label: "連絡上の注意を設定".into(), url: "/persons/3/caution".into() }],
        looking_back: String::new(),
        here: "/persons/3".into(),
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let mut protected = page();
    protected.bar.protected = true;
    protected.bar.address = String::new();
    protected.bar.phones.clear();
    protected.bar.reveal =
        Some(Link { label: "訪問のために住所を見る".into(), url: "/persons/3/reveal".into() });
    vec![
        ("person", page().render().unwrap()),
        ("person-protected", protected.render().unwrap()),
        ("sheet", sheet().render().unwrap()),
        ("persons", index().render().unwrap()),
        ("revealed", revealed().render().unwrap()),
        ("label", label().render().unwrap()),
    ]
}

fn sheet() -> SheetPage {
    let field = |name: &str, label: &str, need, kind| SheetField {
        name: name.into(),
        label: label.into(),
        need,
        hint: "例 本人のみ".into(),
        kind,
    };
    let yes_no = || choices(&[("yes", "よい"), ("no", "しない")]);
    SheetPage {
        frame: frame("連絡上の注意"),
        title: "連絡上の注意".into(),
        subject: Some(crate::contacts::example::subject()),
        about: vec!["この方のすべての画面のいちばん上に表示します。".into()],
        original: pairs(&[("いつ", "R8.11.20")]),
        form: form("/persons/3/caution", &[("voicemail", "no"), ("speak_to", "本人のみ")]),
        fields: vec![
            field("voicemail", "留守番電話に残す", "", SheetKind::Radios(yes_no())),
            field("speak_to", "話してよい相手", "任意", SheetKind::Text),
            field("day", "いつ", "必須", SheetKind::Day),
            field("weeks", "週数", "任意", SheetKind::Number("週")),
            field("ways", "方法", "", SheetKind::Checks(yes_no())),
            field("place", "場所", "", SheetKind::Select(yes_no())),
            field("note", "そのほか", "任意", SheetKind::Words),
        ],
        send: "設定する".into(),
    }
}

fn index() -> IndexPage {
    let row = |name: &str, ruby: &str, about: &str, protected| IndexRow {
        name: Name { text: name.into(), ruby: ruby.into() },
        url: "/persons/3".into(),
        about: about.into(),
        number: "0042-1187-3".into(),
        district: if protected { String::new() } else { "北部3区".into() },
        marks: vec!["仮登録".into()],
        noted: protected,
        protected,
        why: if protected { String::new() } else { "母の電話番号".into() },
    };
    IndexPage {
        frame: frame("名簿"),
        form: form("/persons", &[("term", "たか")]),
        rows: vec![
            row("髙﨑 湊", "たかさき みなと", "1歳5か月", false),
            row("髙橋 葵", "たかはし あおい", "妊娠32週1日", true),
        ],
        shown: "2人以上のうち 1–2人目".into(),
        notes: vec!["あてはまる方が多く、すべては調べていません。名や生年月日を並べて入れてください。".into()],
        with_why: true,
        next: Some(2),
        new_url: "/persons/new".into(),
    }
}

fn label() -> LabelPage {
    LabelPage {
        frame: frame("宛名ラベル"),
        subject: crate::contacts::example::subject(),
        name: "髙﨑 美穂".into(),
        postcode: "999-0101".into(),
        address: "みなと市北町2丁目4-11-203".into(),
    }
}

fn revealed() -> RevealedPage {
    RevealedPage {
        frame: frame("保護されている項目"),
        subject: crate::contacts::example::subject(),
        label: "住所".into(),
        text: "北町2丁目4-11-203".into(),
    }
}
