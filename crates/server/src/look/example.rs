//! Fictional content for the pages the look test draws.
#![allow(clippy::unwrap_used)]

use crate::platform::web::form::{Choice, Conflict, FieldError, Form};
use crate::platform::web::view::{Caution, Frame, NavItem, Notice, RoleChoice, Undo, Watch};

pub fn frame(title: &str) -> Frame {
    let role = |id: &str, label: &str, current| RoleChoice { id: id.into(), label: label.into(), current };
    let nav = |label: &str, url: &str, count| NavItem {
        label: label.into(),
        url: url.into(),
        current: label == title,
        count,
        count_label: "6件待っています".into(),
    };
    let room = ["取り込みの状況", "住民記録の取込", "過去の記録の取込", "仮登録の照合"];
    let tabs: Vec<NavItem> =
        room.iter().filter(|_| room.contains(&title)).map(|label| nav(label, "/matching", Some(6))).collect();
    Frame {
        title: title.into(),
        office: "みなと市こども家庭センター".into(),
        user_name: "佐藤 美咲".into(),
        role_label: "保健師・北部担当".into(),
        roles: vec![role("phn", "保健師・北部担当", true), role("lead", "統括支援員", false)],
        nav: vec![
            nav("今日の対応", "/today", None),
            NavItem { current: !tabs.is_empty(), ..nav("取込", "/arrivals", None) },
            nav("規則集", "/rulebook", None),
        ],
        tabs,
        search: true,
        help: "/manual?from=%2Ftoday".into(),
        today_long: "令和8年11月24日（火）".into(),
        csrf: "c".into(),
        notice: None,
        counter_mode: false,
        watch: Some(Watch { lock_after: 600, ends_in: 30_000, ends_at: "17:40".into(), ends_soon: false }),
        asset_stamp: "0".into(),
        demo_note: String::new(),
        backup: String::new(),
        backup_worry: false,
    }
}

pub fn noticed(mut frame: Frame) -> Frame {
    frame.notice = Some(Notice {
        text: "電話（不在）を記録しました。".into(),
        undo: Some(undo("11:02 髙﨑 湊 電話")),
        ..Notice::default()
    });
    frame
}

pub fn undo(what: &str) -> Undo {
    Undo { url: "/entries/93/undo".into(), command_id: "u1".into(), return_to: "/today".into(), what: what.into() }
}

pub fn form(action: &str, values: &[(&str, &str)]) -> Form {
    Form {
        action: action.into(),
        csrf: "c".into(),
        command_id: "k1".into(),
        version: "12:3".into(),
        return_to: "/today".into(),
        values: pairs(values),
        ..Form::default()
    }
}

/// As given back with 422.
pub fn refused(mut form: Form, errors: &[(&str, &str, &str)]) -> Form {
    let error = |(field, label, message): &(&str, &str, &str)| FieldError {
        field: (*field).into(),
        label: (*label).into(),
        message: (*message).into(),
    };
    form.errors = errors.iter().map(error).collect();
    form
}

/// As given back with 409.
pub fn overtaken(mut form: Form) -> Form {
    let changes = vec!["11:02　田村 亮（子ども家庭支援員）が 電話（つながった） を記録しました。".into()];
    form.conflict = Some(Conflict { changes, latest_url: "/persons/3".into(), version: "3:12".into() });
    form
}

pub fn choices(list: &[(&str, &str)]) -> Vec<Choice> {
    list.iter().map(|(value, label)| Choice::new(value, label)).collect()
}

pub fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(label, text)| ((*label).into(), (*text).into())).collect()
}

pub fn caution() -> Caution {
    let lines = pairs(&[
        ("留守番電話", "残さない"),
        ("SMS", "送らない"),
        ("不在票", "入れない"),
        ("名のり方", "「市役所の佐藤です」"),
        ("話してよい人", "本人のみ"),
        ("時間", "平日 10時〜15時"),
    ]);
    Caution { lines, source: "R8.9.2 佐藤 美咲 が設定".into() }
}
