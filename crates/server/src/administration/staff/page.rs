//! The list of staff, and one of them with what was done about their account.

use std::collections::BTreeMap;

use casework::{Body, Role, staff::Staff};
use rules::{Day, wareki};

use super::read::{self, Member, Post};
use super::view::{Line, Logged, MemberPage, Row, StaffPage};
use crate::intake::imports::pages::{moment, who};
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Problem, people};
use crate::rulebook::changes::desk::OfficeFile;

/// GET /staff
///
/// # Errors
/// If the database fails.
pub fn index(ask: &mut Ask) -> Result<Reply, Problem> {
    let today = ask.today();
    let (members, offices) = ask.read(|door| Ok((read::all(door)?, read::offices(door)?)))?;
    let working = members.iter().filter(|m| !m.is_closed(today)).count();
    let mut rows: Vec<(bool, Row)> =
        members.iter().map(|m| (m.is_closed(today), row(m, today, offices.len() > 1, false))).collect();
    // Whoever left stands below.
    rows.sort_by_key(|(closed, _)| *closed);
    Reply::page(&StaffPage {
        frame: ask.frame("職員", "/staff")?,
        shown: format!("{}人（利用終了を除くと{working}人）", members.len()),
        first_day: members.len() < 2,
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    })
}

/// GET /staff/{id}
///
/// # Errors
/// Not found; or if the database fails.
pub fn member(ask: &mut Ask) -> Result<Reply, Problem> {
    let (id, today, me) = (ask.id("id")?, ask.today(), ask.actor()?.staff);
    let (member, offices, log) = ask.read(|door| {
        let member = read::one(door, id)?;
        let log = log(door, &member)?;
        Ok((member, read::offices(door)?, log))
    })?;
    let closed = member.is_closed(today);
    let at = |what: &str| format!("/staff/{id}/{what}");
    let mut acts = Vec::new();
    if !closed {
        acts.push((String::from("役割を加える"), at("posts/new")));
        acts.push((String::from("氏名を直す"), at("name")));
        if id != me {
            acts.push((String::from("仮パスワードを発行"), at("password")));
        }
    }
    if id != me && member.account.closed_on.is_none() {
        acts.push((String::from("利用を終える"), at("close")));
    }
    let closing = member.account.closed_on.map(|day| {
        let day = wareki::date(Day(day));
        if closed {
            format!("{day}に利用を終えました。")
        } else {
            format!("{day}から利用を終えます。")
        }
    });
    Reply::page(&MemberPage {
        frame: ask.frame("職員", "/staff")?,
        row: row(&member, today, offices.len() > 1, true),
        closing: closing.unwrap_or_default(),
        acts,
        log,
    })
}

fn row(member: &Member, today: Day, with_office: bool, with_past: bool) -> Row {
    let account = &member.account;
    let (state, chip, icon) = if member.is_closed(today) {
        ("利用終了", "quiet", "closed")
    } else if !member.posts.iter().any(|post| post.runs_on(today)) {
        ("役割なし", "ask", "ask")
    } else if account.must_change != 0 {
        ("初回サインイン前", "plan", "clock")
    } else {
        ("利用中", "done", "check")
    };
    let line = |post: &Post| Line {
        what: if with_office {
            format!("{}（{}）", post.role_word(), post.office)
        } else {
            post.role_word().to_owned()
        },
        when: post.period(),
        end_url: format!("/staff/{}/posts/{}/end", account.id, post.id),
        past: !post.lasts_until(today),
    };
    Row {
        url: format!("/staff/{}", account.id),
        name: account.name.clone(),
        kana: account.kana.clone(),
        login: account.login.clone(),
        posts: member.posts.iter().filter(|post| with_past || post.lasts_until(today)).map(line).collect(),
        state,
        chip,
        icon,
    }
}

/// What was recorded about an account in the offices of the reader, newest first.
fn log(door: &mut Door<'_>, member: &Member) -> Result<Vec<Logged>, Problem> {
    let (mut found, mut actors) = (Vec::new(), Vec::new());
    for keeper in door.keepers().to_vec() {
        let Some(office) = OfficeFile::of(door.db, keeper)? else { continue };
        let story = office.story();
        let mut roots: BTreeMap<i64, String> = BTreeMap::new();
        for (event, fate) in &story.log {
            let said = match &event.body {
                Some(Body::Staff(said)) if concerns(said, member) => {
                    let said = told(said, event.day.lo);
                    match event.corrects {
                        Some(_) => format!("変更：{said}"),
                        None => said,
                    }
                }
                Some(Body::Withdrawn { .. }) => match event.corrects.and_then(|root| roots.get(&root)) {
                    Some(said) => format!("取り消し：{said}"),
                    None => continue,
                },
                _ => continue,
            };
            roots.entry(event.corrects.unwrap_or(event.id)).or_insert_with(|| said.clone());
            actors.push(event.actor);
            let struck = !matches!(fate, casework::fold::Fate::Stands);
            found.push((event.recorded_at, said, event.actor, struck));
        }
    }
    actors.retain(|id| *id > 0);
    let names = people::staff_names(door.db, &actors)?;
    found.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    let logged = |(at, what, actor, struck)| Logged { when: moment(at), what, who: who(&names, actor), struck };
    Ok(found.into_iter().map(logged).collect())
}

/// Whether a record is about this member.
pub fn concerns(said: &Staff, member: &Member) -> bool {
    match said {
        Staff::Account(account) => account.login == member.account.login,
        Staff::Posted(posted) => posted.staff == member.account.id,
        Staff::Closed { staff } | Staff::PasswordIssued { staff } => *staff == member.account.id,
    }
}

fn told(said: &Staff, day: Day) -> String {
    match said {
        Staff::Account(account) => format!("アカウント（{}）", account.name),
        Staff::Posted(posted) => {
            let role = Role::from_code(&posted.role).map_or(posted.role.as_str(), |role| role.label());
            let until = posted.until.map(|d| format!("{}まで", wareki::short(d))).unwrap_or_default();
            format!("役割 {role}（{}から{until}）", wareki::short(day))
        }
        Staff::Closed { .. } => format!("{}から利用を終了", wareki::short(day)),
        Staff::PasswordIssued { .. } => String::from("仮パスワードを発行"),
    }
}
