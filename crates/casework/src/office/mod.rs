//! The office's own file: assignments, absences, arrival of evidence, settings.

pub mod handover;
pub mod setting;
pub mod staff;

use alloc::{format, string::String};

use rules::{Day, Span};
use serde::{Deserialize, Serialize};

use self::staff::Staff;
use crate::{
    act::{Known, Refusal},
    body::Body,
    fold::Story,
};

/// Settings an office may change, with their shipped values.
pub const SETTINGS: &[(&str, &str)] = &[
    // 稼働基準日 (ISO date): windows closed before it are 移行前.
    ("operating_since", ""),
    // 初期整理: tier 1 whose window the law closed within so many days before 稼働基準日 is looked at by name.
    ("start_named_days", "180"),
    // Days before a deadline from which a line is 期限間近.
    ("near_days", "7"),
    // 一覧の健全性: no share is told of fewer lines than this.
    ("list_health_least", "20"),
    // 緊急閲覧: minutes after which it opens nothing any more, and days within which it is to be reviewed.
    ("emergency_minutes", "60"),
    ("emergency_review_days", "7"),
    // 閲覧の点検: openings of a month that are drawn.
    ("inspection_size", "20"),
    // 秘匿: months until one looks again, as the form proposes; `1` lets one person decide alone where nobody else could.
    ("protection_review_months", "6"),
    ("protection_alone", ""),
    // 開示請求: days until the answer (第83条); a town may set fewer (第108条).
    ("disclosure_days", "30"),
    // On the paper for the person concerned: `1` prints names of staff beside their work.
    ("reading_names", ""),
    // Minutes without activity after which a screen locks itself; empty: what the operator chose for the server.
    ("lock_minutes", ""),
    // 上位者への連絡: off, weekly (a list for the meeting), duty (may be taken up as a duty of its own).
    ("escalation", "weekly"),
    // 発送前の確認: days within which the same letter is not sent again, an address counts as new, a loss as recent
    // (no source; 30 days are a month's batch, a year is the mourning of a family).
    ("posting_again_days", "30"),
    ("posting_moved_days", "30"),
    ("posting_loss_days", "365"),
];

/// Who answers for 地区 × 事業 × 区分 from the event's day.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Assignment {
    /// 地区 code; empty = every district.
    pub district: String,
    /// 事業; empty = every programme.
    pub programme: String,
    /// 支援区分; empty = every level.
    pub category: String,
    pub staff: i64,
    pub until: Option<Day>,
}

/// 休み: from the event's day until another, with whoever answers meanwhile (代行). Why somebody is away is nobody's business.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Absence {
    pub staff: i64,
    /// The last day; `None`: not known yet.
    pub until: Option<Day>,
    /// 代行; `None`: what is theirs falls to 統括支援員.
    pub substitute: Option<i64>,
}

/// The state of an office that is closed (閉鎖), from a day on.
pub const CLOSED: &str = "closed";
/// Longest name of an office.
pub const LONGEST_NAME: usize = 60;

/// 名称の変更.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Renamed {
    pub name: String,
    /// What it was called: its name again if this is taken back.
    pub before: String,
}

/// What an office is called by its own file; `None`: as it was founded.
pub fn name<'a>(story: &Story<'a>) -> Option<&'a str> {
    let standing = story.entries.iter().rev().find_map(|e| match e.body {
        Body::Renamed(renamed) => Some(renamed.name.as_str()),
        _ => None,
    });
    let founded = || {
        story.log.iter().find_map(|(e, _)| match &e.body {
            Some(Body::Renamed(renamed)) => Some(renamed.before.as_str()),
            _ => None,
        })
    };
    standing.or_else(founded)
}

/// Since when an office is closed.
pub fn closed(story: &Story<'_>) -> Option<Day> {
    story.entries.iter().find_map(|e| match e.body {
        Body::Period { name, .. } if name == CLOSED => Some(e.day.lo),
        _ => None,
    })
}

pub(crate) fn check_name(renamed: &Renamed) -> Result<(), Refusal> {
    let name = renamed.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::at("name", format!("センターの名前を入力してください（{LONGEST_NAME}文字まで）。")));
    }
    if name == renamed.before {
        return Err(Refusal::at("name", "いまの名前と同じです。"));
    }
    Ok(())
}

/// Closed once. What may still be there only the database knows: whoever closes looks in the same transaction.
pub(crate) fn check_closing(of: &Known<'_>) -> Result<(), Refusal> {
    match closed(&of.story) {
        Some(_) => Err(Refusal::new("このセンターは、もう閉鎖されています。")),
        None => Ok(()),
    }
}

/// Nobody begins to work in an office that is closed.
pub(crate) fn stands(said: &Staff, story: &Story<'_>) -> Result<(), Refusal> {
    let begins = matches!(said, Staff::Posted(posted) if posted.until.is_none());
    if begins && closed(story).is_some() {
        return Err(Refusal::at("office", "このセンターは閉鎖されています。役割は加えられません。"));
    }
    Ok(())
}

pub(crate) fn check(body: &Body, day: Span) -> Result<(), Refusal> {
    match body {
        Body::Assigned(a) if a.until.is_some_and(|u| u < day.lo) => {
            Err(Refusal::at("until", "担当の終わりが始まりより前になっています。"))
        }
        Body::Absent(a) if a.until.is_some_and(|u| u < day.lo) => {
            Err(Refusal::at("until", "休みの終わりが始まりより前になっています。"))
        }
        Body::Absent(a) if a.substitute == Some(a.staff) => {
            Err(Refusal::at("substitute", "代行は、休む人と別の人にしてください。"))
        }
        Body::SourceArrived { usual_lag_days, .. } if !(0..=400).contains(usual_lag_days) => {
            Err(Refusal::at("usual_lag_days", "通常の遅れは0日から400日までで入力してください。"))
        }
        Body::SettingChanged { name, value } => setting::check(name, value),
        _ => Ok(()),
    }
}
