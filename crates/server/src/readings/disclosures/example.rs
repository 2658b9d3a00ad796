//! Fictional pages of 開示請求.
#![allow(clippy::unwrap_used)]

use askama::Template;

use super::view::{CheckPage, CopyPage, IndexPage, Item, Part, Row, Said};
use crate::contacts::view::Subject;
use crate::example::{choices, form, frame, refused};
use crate::platform::web::view::Name;

fn subject() -> Subject {
    Subject {
        name: Name { text: "髙﨑 湊".into(), ruby: "たかさき みなと".into() },
        about: "生後98日".into(),
        url: "/persons/3".into(),
        caution: None,
        protected: true,
    }
}

fn row(outcome: &str) -> Row {
    Row {
        url: "/persons/3/disclosures/93".into(),
        received: "R8.10.20".into(),
        who: "髙﨑 太郎（親権者などの法定代理人）".into(),
        period: "R8.8.18〜".into(),
        due: "R8.11.19".into(),
        late: outcome.is_empty(),
        outcome: outcome.into(),
    }
}

fn items() -> Vec<Item> {
    let part = |text: &str| Part { text: text.into(), ..Part::default() };
    let out = |text: &str, label: &str, n| Part { text: text.into(), label: label.into(), ground: Some(n) };
    let item = |number, title: &str, parts| Item {
        number,
        id: format!("i-{number}"),
        day: "R8.9.2".into(),
        title: title.into(),
        facts: vec![Said { label: "相手".into(), parts: vec![part("母")] }, Said { label: String::new(), parts }],
        mark_url: "/persons/3/events/93/mark".into(),
        ..Item::default()
    };
    let marked = vec![
        part("玄関先で10分。"),
        out("祖母によると夜は泣き声が続くとのこと。", "第三者2号", 2),
        out("住所・連絡先・場所", "秘匿・支援措置", 1),
        part("で再会の約束。"),
    ];
    let whole = vec![out("近所の人から電話があった。", "第三者2号", 2)];
    vec![
        item(1, "訪問（会えた）", marked),
        Item { whole: "第三者2号".into(), ..item(2, "電話（つながった）", whole) },
        Item { unmarked: true, guarded: true, ..item(3, "メモ", vec![part("表情は明るい。")]) },
        Item { unmarked: true, imported: true, ..item(4, "1歳6か月児健診", vec![part("異常なし。")]) },
    ]
}

pub fn pages() -> Vec<(&'static str, String)> {
    let requesters = choices(&[("own", "本人"), ("guardian", "親権者などの法定代理人"), ("agent", "任意代理人")]);
    let index = IndexPage {
        frame: frame("開示請求"),
        subject: subject(),
        protected: true,
        rows: vec![row(""), row("一部開示（R8.11.18）")],
        form: form("/persons/3/disclosures", &[("by", "guardian"), ("day", "きょう")]),
        requesters,
        family: choices(&[("", "選ばない"), ("4", "父 髙﨑 太郎")]),
        days: "受け付けた日から30日".into(),
    };
    let wrong = [("day", "受け付けた日", "日付を入力してください（例 R8.11.24、11/24、きょう）。")];
    let again = IndexPage { form: refused(index.form.clone(), &wrong), ..index.clone() };
    let check = CheckPage {
        frame: frame("開示請求の点検"),
        subject: subject(),
        row: row(""),
        protected: true,
        by_another: true,
        items: items(),
        blacked: 3,
        unmarked: 2,
        imported: 1,
        absent: vec!["秘匿の設定 1件".into()],
        struck: 2,
        copy_url: "/persons/3/disclosures/93/copy".into(),
        decide: Some(form("/persons/3/disclosures/93/decide", &[("outcome", "part"), ("day", "きょう")])),
        outcomes: choices(&[("whole", "全部開示"), ("part", "一部開示"), ("unanswered", "存否応答拒否")]),
        extend: Some(form("/persons/3/disclosures/93/extend", &[])),
        extend_to: "令和8年12月19日（土）".into(),
        extended: String::new(),
        back_url: "/persons/3/disclosures".into(),
        here: "/persons/3/disclosures/93".into(),
    };
    let done = CheckPage { row: row("一部開示（R8.11.18）"), decide: None, extend: None, ..check.clone() };
    let copy = CopyPage {
        frame: frame("開示用の写し"),
        name: "髙﨑 湊".into(),
        office: "みなと市こども家庭センター".into(),
        date: "令和8年11月18日".into(),
        period: "令和8年8月18日から".into(),
        received: "令和8年10月20日".into(),
        protected: true,
        draft: true,
        items: items(),
        grounds: vec![
            "第1号 本人の生命・健康・生活・財産を害するおそれ".into(),
            "第2号 本人以外の個人に関する情報".into(),
        ],
        back_url: "/persons/3/disclosures/93".into(),
    };
    vec![
        ("disclosures", index.render().unwrap()),
        ("disclosures-refused", again.render().unwrap()),
        ("disclosure-check", check.render().unwrap()),
        ("disclosure-decided", done.render().unwrap()),
        ("disclosure-copy", copy.render().unwrap()),
    ]
}
