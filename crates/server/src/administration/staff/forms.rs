//! The short forms about a member of staff.

use casework::Role;
use rules::{Day, wareki};

use super::read::{Member, Office, Post};
use crate::persons::sheet::{Sheet, field, hinted};
use crate::persons::view::{SheetField, SheetKind};
use crate::platform::web::form::Choice;

const KANA: &str = "例 みなと　はなこ";
/// Nobody's role by default: a right is given on purpose.
const NO_ROLE: (&str, &str) = ("", "選んでください");

fn roles() -> SheetKind {
    let roles = Role::ALL.into_iter().map(Role::names);
    SheetKind::Select([NO_ROLE].into_iter().chain(roles).map(|(code, label)| Choice::new(code, label)).collect())
}

/// Role, office (where there are several) and both days.
fn posting(offices: &[Office]) -> Vec<SheetField> {
    let mut fields = vec![field("role", "役割", "必須", roles())];
    if offices.len() > 1 {
        let choices = offices.iter().map(|office| Choice::new(&office.id.to_string(), &office.name)).collect();
        fields.push(field("office", "所属", "必須", SheetKind::Select(choices)));
    }
    fields.push(field("from", "いつから", "必須", SheetKind::Day));
    fields.push(field("until", "いつまで（決まっているとき）", "任意", SheetKind::Day));
    fields
}

fn sheet(title: &'static str, send: &'static str, action: String, back: String, fields: Vec<SheetField>) -> Sheet {
    Sheet { title, action, about: Vec::new(), original: Vec::new(), fields, send, back, preset: Vec::new() }
}

pub fn new(offices: &[Office]) -> Sheet {
    let login = "サインインに使います。半角の小文字と数字。あとから変えられません。ほかの人に使い回せません。";
    let mut fields = vec![
        hinted("login", "職員番号", "必須", login, SheetKind::Text),
        field("name", "氏名", "必須", SheetKind::Text),
        hinted("kana", "ふりがな", "必須", KANA, SheetKind::Text),
    ];
    fields.extend(posting(offices));
    sheet("職員を加える", "加えて仮パスワードを出す", "/staff/new".into(), "/staff".into(), fields)
        .about("加えると、仮パスワードが一度だけ表示されます。")
        .preset("from", "きょう")
}

fn of(member: &Member, what: &str, title: &'static str, send: &'static str, fields: Vec<SheetField>) -> Sheet {
    let id = member.account.id;
    let mut sheet = sheet(title, send, format!("/staff/{id}/{what}"), format!("/staff/{id}"), fields);
    sheet.original.push((String::from("氏名"), member.account.name.clone()));
    sheet.original.push((String::from("職員番号"), member.account.login.clone()));
    sheet
}

pub fn post(member: &Member, offices: &[Office]) -> Sheet {
    of(member, "posts/new", "役割を加える", "加える", posting(offices))
        .about("役割をいくつか持つ人は、画面の右上で切り替えて働きます。")
        .preset("from", "きょう")
}

pub fn end(member: &Member, post: &Post) -> Sheet {
    let fields = vec![hinted2("until", "最後の日", "空けておくと、終わりを決めていない役割になります。")];
    let mut sheet = of(member, &format!("posts/{}/end", post.id), "役割の終わりの日", "決める", fields)
        .about("この日までは、この役割で働けます。次の日からは、この役割ではサインインできません。");
    sheet.original.push((String::from("役割"), format!("{}（{}）", post.role_word(), post.period())));
    match post.until_day {
        Some(until) => sheet.preset("until", wareki::short(Day(until))),
        None => sheet,
    }
}

/// A day has its own hint; what it means when empty stands in its label.
fn hinted2(name: &str, label: &str, empty: &str) -> SheetField {
    field(name, &format!("{label}（{}）", empty.trim_end_matches('。')), "任意", SheetKind::Day)
}

pub fn name(member: &Member) -> Sheet {
    let fields =
        vec![field("name", "氏名", "必須", SheetKind::Text), hinted("kana", "ふりがな", "必須", KANA, SheetKind::Text)];
    of(member, "name", "氏名を直す", "直す", fields)
        .preset("name", member.account.name.clone())
        .preset("kana", member.account.kana.clone())
}

pub fn password(member: &Member) -> Sheet {
    of(member, "password", "仮パスワードを発行", "発行する", Vec::new())
        .about(
            "いまのパスワードは使えなくなり、開いている画面は終わります。続けて失敗したための待ち時間もなくなります。",
        )
        .about("発行したことは、このアカウントの記録に残ります。本人に頼まれたときだけ発行してください。")
}

pub fn close(member: &Member) -> Sheet {
    of(member, "close", "利用を終える", "終える", vec![field("day", "いつから使えなくするか", "必須", SheetKind::Day)])
        .about("この日の始まりからサインインできなくなり、役割は前の日で終わります。担当していた方の対応は、統括支援員の一覧に移ります。")
        .about("記録した内容と氏名は、そのまま残ります。")
        .preset("day", "きょう")
}
