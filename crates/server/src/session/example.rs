//! The door, from outside.
#![allow(clippy::unwrap_used)]

use super::view::{LockPage, PasswordPage, Sample, SignInPage};
use crate::example::{form, frame, pairs, refused};
use crate::platform::web::form::Form;
use crate::platform::web::view::Frame;
use askama::Template;

fn outside(title: &str) -> Frame {
    Frame {
        title: title.into(),
        office: "みなと市".into(),
        asset_stamp: "0".into(),
        demo_note: "架空のデータによるデモです。".into(),
        ..Frame::default()
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let door = |values: &[(&str, &str)]| Form { return_to: String::new(), ..form("/session", values) };
    let sample =
        |role: &str, login: &str| Sample { role: role.into(), login: login.into(), password: "tsumugi-demo".into() };
    let sign_in = SignInPage {
        frame: outside("サインイン"),
        form: door(&[]),
        samples: vec![sample("保健師", "sato"), sample("統括支援員", "tamura"), sample("県の担当", "ken")],
        ..SignInPage::default()
    };
    let refusal = [("", "", "職員番号かパスワードが違います。")];
    let refused_door = SignInPage {
        form: refused(door(&[("login", "sato")]), &refusal),
        frame: outside("サインイン"),
        ..SignInPage::default()
    };
    let expired = SignInPage {
        frame: outside("サインイン"),
        form: door(&[("login", "sato")]),
        expired: true,
        kept_title: "電話の記録".into(),
        kept: pairs(&[("draft_id", "d1")]),
        ..SignInPage::default()
    };
    let password = PasswordPage {
        frame: frame("パスワードの変更"),
        form: form("/session/password", &[]),
        login: "sato".into(),
        rule: "12文字以上。記号や大文字を混ぜる必要はありません。".into(),
    };
    let lock = |values: Form| LockPage {
        frame: Frame { user_name: "佐藤 美咲".into(), ..outside("画面のロック") },
        form: values,
        name: "佐藤 美咲".into(),
        draft: Some(7),
        csrf: "c".into(),
    };
    let locked = lock(form("/session/unlock", &[]));
    let wrong = [("password", "パスワード", "パスワードが違います。")];
    let locked_refused = lock(refused(form("/session/unlock", &[]), &wrong));
    vec![
        ("locked", locked.render().unwrap()),
        ("locked-refused", locked_refused.render().unwrap()),
        ("sign-in", sign_in.render().unwrap()),
        ("sign-in-refused", refused_door.render().unwrap()),
        ("sign-in-419", expired.render().unwrap()),
        ("password", password.render().unwrap()),
    ]
}
