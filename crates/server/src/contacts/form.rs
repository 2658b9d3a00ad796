//! The forms of a contact: a page of its own, and the panel inside a line.

use rules::Day;

use super::view::{ContactForm, Sight};
use crate::platform::{
    Problem,
    web::{Ask, form::Choice, form::Form},
};
use crate::subject::{Opened, choices, preset};

/// After this many attempts in a row that reached nobody, a visit is proposed (a local rule of thumb).
const ABSENCES_TO_VISIT: usize = 3;
/// Days until the next attempt when none was typed.
pub const RETRY_DAYS: i32 = 3;
/// Days until one looks again after somebody was reached, when the duty itself is not done yet.
pub const WATCH_DAYS: i32 = 14;

pub const FIELDS: &[(&str, &str)] = &[
    ("means", "方法"),
    ("result", "結果"),
    ("day", "いつ"),
    ("time", "時刻"),
    ("seen", "目視"),
    ("spoke_with", "話した相手"),
    ("next_on", "次の対応の日"),
    ("next_day", "次の対応の日"),
    ("next_act", "次の対応"),
    ("note", "内容"),
];

pub fn panel(ask: &mut Ask, file: i64, duty: &str, return_to: &str) -> Result<ContactForm, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let mut form = ask.draw_form(&format!("/persons/{file}/contacts"), return_to)?;
    form.return_to = return_to.to_owned();
    fill(&mut form, &opened, ask.today());
    let proposal = proposal(&opened, duty);
    if proposal.1 {
        preset(&mut form, "next_act", "visit");
    }
    let subject = opened.subject(ask.today());
    Ok(ContactForm {
        form,
        caution: subject.caution,
        phones: Vec::new(),
        means: means(),
        results: results(),
        sight: sight(),
        next_acts: next_acts(),
        proposal: proposal.0,
        duty: duty.to_owned(),
    })
}

fn fill(form: &mut Form, opened: &Opened, _today: Day) {
    if form.version.is_empty() {
        form.version = opened.seen();
    }
    preset(form, "means", "phone");
    preset(form, "day", "きょう");
}

/// What the ladder proposes: (sentence, whether a visit).
pub fn proposal(opened: &Opened, duty: &str) -> (String, bool) {
    match opened.absences(duty) + 1 {
        n if n >= ABSENCES_TO_VISIT => (
            format!(
                "これまで{}回つづけてつながっていません。次は訪問を提案します（運用の目安：不在3回で訪問）。日を空けておくと3日後、つながったときは14日後になります。",
                n - 1
            ),
            true,
        ),
        2 => (String::from("前回はつながっていません。次の対応の日を空けておくと、3日後になります。"), false),
        _ => (String::from("つながらなかったとき、次の対応の日を空けておくと3日後になります。"), false),
    }
}

pub fn means() -> Vec<Choice> {
    choices(&[("phone", "電話"), ("face", "面接"), ("letter", "手紙"), ("online", "オンライン")])
}

pub fn results() -> Vec<Choice> {
    choices(&[
        ("reached", "つながった"),
        ("absent", "不在"),
        ("call_back", "折り返し待ち"),
        ("dead_number", "番号が不通"),
        ("refused", "断られた"),
    ])
}

/// 目視: the same questions in every contact.
pub fn sight() -> Sight {
    Sight {
        children: Vec::new(),
        ways: choices(&[
            ("none", "確認していない"),
            ("direct", "直接見た"),
            ("glimpsed", "ちらりと見た"),
            ("voice", "声を聞いた"),
            ("told", "聞いただけ"),
        ]),
        by: choices(&[
            ("", "選ばない"),
            ("self", "自分"),
            ("colleague", "同行者"),
            ("nursery", "園"),
            ("clinic", "医療機関"),
            ("family", "家族"),
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

pub fn next_acts() -> Vec<Choice> {
    choices(&[("", "決めない"), ("call", "電話"), ("visit", "訪問"), ("interview", "面談"), ("letter", "手紙")])
}
