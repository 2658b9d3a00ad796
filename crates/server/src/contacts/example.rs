//! Fictional contact forms.
#![allow(clippy::unwrap_used)]

use super::view::{ContactForm, ContactPage, Sight, Subject};
use crate::example::{caution, choices, form, frame, overtaken, pairs, refused};
use crate::platform::web::form::Form;
use crate::platform::web::view::Name;
use askama::Template;

pub fn subject() -> Subject {
    Subject {
        name: Name { text: "髙﨑 湊".into(), ruby: "たかさき みなと".into() },
        about: "長男・1歳5か月・北部3区".into(),
        url: "/persons/3".into(),
        caution: None,
        protected: false,
    }
}

pub fn sight() -> Sight {
    Sight {
        children: choices(&[("3", "湊（1歳5か月）"), ("4", "紬（生後98日）")]),
        ways: choices(&[
            ("none", "確認していない"),
            ("direct", "直接見た"),
            ("voice", "声を聞いた"),
            ("partner", "ほかの機関が見た"),
            ("paper", "写真・書面"),
        ]),
        by: choices(&[
            ("", "選ばない"),
            ("self", "自分"),
            ("colleague", "同行者"),
            ("nursery", "園"),
            ("clinic", "医療機関"),
        ]),
        places: choices(&[
            ("", "選ばない"),
            ("home", "自宅"),
            ("center", "センター"),
            ("nursery", "園"),
            ("clinic", "医療機関"),
        ]),
    }
}

pub fn next_acts() -> Vec<crate::platform::web::form::Choice> {
    choices(&[("", "決めない"), ("call", "電話"), ("visit", "訪問"), ("meet", "面談")])
}

pub fn contact(form: Form) -> ContactForm {
    ContactForm {
        form,
        caution: None,
        phones: pairs(&[("母 携帯", "080-5550-0119")]),
        means: choices(&[("phone", "電話"), ("meet", "面談"), ("letter", "手紙"), ("mail", "メール")]),
        results: choices(&[
            ("reached", "つながった"),
            ("absent", "不在"),
            ("call_back", "折り返し待ち"),
            ("wrong_number", "番号が不通"),
        ]),
        sight: sight(),
        next_acts: next_acts(),
        proposal: String::new(),
        duty: "812".into(),
    }
}

pub fn page(form: Form) -> ContactPage {
    let subject = Subject { caution: Some(caution()), protected: true, ..subject() };
    ContactPage { frame: frame("連絡を記録"), subject, contact: contact(form) }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let mut fresh = form("/persons/3/contacts", &[("means", "phone"), ("seen", "none"), ("day", "きょう")]);
    fresh.echoes = pairs(&[("day", "令和8年11月24日（火）")]);
    let typed = form(
        "/persons/3/contacts",
        &[("means", "phone"), ("day", "11/35"), ("note", "母から折り返し。発熱で園を休んでいる。")],
    );
    let wrong = refused(
        typed.clone(),
        &[
            ("result", "結果", "どれか一つを選んでください。"),
            ("day", "いつ", "「11/35」は日付として読めません。例 11/24"),
        ],
    );
    vec![
        ("contact", page(fresh).render().unwrap()),
        ("contact-422", page(wrong).render().unwrap()),
        ("contact-409", page(overtaken(typed)).render().unwrap()),
    ]
}
