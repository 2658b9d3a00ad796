//! The office's own file: assignments, arrival of evidence, settings.

pub mod setting;
pub mod staff;

use rules::Span;

use crate::{act::Refusal, body::Body};

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
    // On the paper for the person concerned: `1` prints names of staff beside their work.
    ("reading_names", ""),
    // Minutes without activity after which a screen locks itself; empty: what the operator chose for the server.
    ("lock_minutes", ""),
];

pub(crate) fn check(body: &Body, day: Span) -> Result<(), Refusal> {
    match body {
        Body::Assigned(a) if a.until.is_some_and(|u| u < day.lo) => {
            Err(Refusal::at("until", "担当の終わりが始まりより前になっています。"))
        }
        Body::SourceArrived { usual_lag_days, .. } if !(0..=400).contains(usual_lag_days) => {
            Err(Refusal::at("usual_lag_days", "通常の遅れは0日から400日までで入力してください。"))
        }
        Body::SettingChanged { name, value } => setting::check(name, value),
        _ => Ok(()),
    }
}
