//! 家庭 as shown. Masks are applied before it gets here.

use super::chart::{MarkKind, place::Drawing, table::Row};
use crate::{
    persons::view::{Bar, Duty, Entry},
    platform::web::view::{Caution, Frame, Link, Name, State},
};

/// Page: GET /persons/{id}/family
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "family/page.html")]
pub struct FamilyPage {
    pub frame: Frame,
    pub bar: Bar,
    /// 連絡上の注意 of everybody opened here, with whose it is.
    pub cautions: Vec<(String, Caution)>,
    pub members: Vec<MemberView>,
    /// Relations that ended.
    pub past: Vec<MemberView>,
    /// Named limits: who is not shown, and how a family is put together.
    pub limits: Vec<String>,
    /// Open for anybody of the family, also outside this week (CHT #1852); most pressing first.
    pub duties: Vec<Duty>,
    pub batch: Vec<Duty>,
    pub ribbons: Vec<Ribbon>,
    pub life: Option<Life>,
    pub log: Vec<Entry>,
    pub log_shown: String,
    pub log_more: Option<Link>,
    pub involved: Vec<Involved>,
    pub reading_note: String,
}

/// The years shown, drawn and as a table.
#[derive(Debug, Clone, Default)]
pub struct Life {
    pub drawing: Drawing,
    /// What the drawing finds, in words.
    pub finding: String,
    pub rows: Vec<Row>,
    pub previous: Link,
    pub next: Link,
    /// 1年, 2年, 5年; the one shown has no address.
    pub widths: Vec<Link>,
    /// 「令和5年度〜令和9年度」
    pub years: String,
}

#[derive(Debug, Clone, Default)]
pub struct MemberView {
    pub role: String,
    pub name: Name,
    /// Empty for the person opened and where nobody is led.
    pub url: String,
    pub about: String,
    /// 「R6.3.2から」 or 「R2.4.1〜R7.3.31」
    pub since: String,
    /// 「本人と同じ世帯」「別の世帯」; empty where protected or unknown.
    pub home: String,
    pub marks: Vec<String>,
    pub protected: bool,
}

/// The way of one child: stations with their state.
#[derive(Debug, Clone, Default)]
pub struct Ribbon {
    pub role: String,
    pub name: String,
    pub about: String,
    pub stations: Vec<Station>,
}

#[derive(Debug, Clone)]
pub struct Station {
    pub title: String,
    pub stand: Stand,
    /// 「R8.3.2」「R9.3〜」
    pub when: String,
}

/// Where a station stands, by icon and word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    Is(State),
    /// The time is over and nothing is on file: not "nothing happened".
    NoRecord,
    /// An age reached; nothing was to be done.
    Passed,
}

impl Stand {
    pub fn word(self) -> &'static str {
        match self {
            Stand::Is(state) => state.word(),
            Stand::NoRecord => "記録なし",
            Stand::Passed => "",
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Stand::Is(State::NotYet) => "",
            Stand::Is(state) => state.icon(),
            Stand::NoRecord => "minus",
            Stand::Passed => "check",
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            Stand::Is(State::NotYet) => "ahead",
            Stand::Is(state) => state.class(),
            Stand::NoRecord => "none",
            Stand::Passed => "quiet",
        }
    }
}

/// Somebody of the office who answers for something open or recorded lately.
#[derive(Debug, Clone, Default)]
pub struct Involved {
    pub name: String,
    /// 「対応 2件（3歳児健診 ほか）」「記録 R8.11.20 電話」
    pub what: Vec<String>,
}
