//! Fictional settings for the look tests.
#![allow(clippy::unwrap_used)]

use super::view::{Row, SettingsPage};
use crate::example::frame;
use askama::Template;

pub fn pages() -> Vec<(&'static str, String)> {
    let row = |label: &str, now: &str, since: &str| Row {
        label: label.into(),
        about: "期限までの残りがこの日数以内になった対応を「期限間近」として、今日の対応に出します。".into(),
        now: now.into(),
        shipped: "7日".into(),
        since: since.into(),
        url: "/settings/near_days".into(),
    };
    let page = SettingsPage {
        frame: frame("設定"),
        rows: vec![row("期限間近にする日数", "10日", "R8.11.24 10:41　永田　進"), row("稼働基準日", "7日", "")],
    };
    vec![("settings", page.render().unwrap())]
}
