//! The office's staff: accounts, dated posts, and the end of both, as records of the office's own file.
//!
//! A password is no record: of it only stands that one was issued, when and by whom.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use rules::{Day, Span};
use serde::{Deserialize, Serialize};

use crate::{act::Refusal, body::Body, fold::Story, permissions::Role};

/// What is recorded about somebody who works here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Staff {
    /// An account was opened; its correction changes the name.
    Account(Account),
    /// A role from the event's day.
    Posted(Posted),
    /// The account closes with the beginning of the event's day, and every post of this office with it.
    Closed { staff: i64 },
    /// A password for one time was issued.
    PasswordIssued { staff: i64 },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Account {
    /// 職員番号: what is typed to sign in. Never given to somebody else.
    pub login: String,
    pub name: String,
    pub kana: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Posted {
    pub staff: i64,
    /// Code of a [`Role`].
    pub role: String,
    /// Its last day.
    pub until: Option<Day>,
}

/// A post as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    pub event: i64,
    pub staff: i64,
    pub role: String,
    pub from: Day,
    /// Its last day; before `from` if the account was closed before it began.
    pub until: Option<Day>,
}

/// What an office's file says of its staff.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Roll<'a> {
    /// First event and account.
    pub accounts: Vec<(i64, &'a Account)>,
    pub posts: Vec<Post>,
    /// Staff id and the day its account closes.
    pub closed: BTreeMap<i64, Day>,
    /// Staff whose closing was taken back.
    pub open_again: BTreeSet<i64>,
}

impl<'a> Roll<'a> {
    pub fn of(story: &Story<'a>) -> Roll<'a> {
        let mut roll = Roll::default();
        for entry in &story.entries {
            let Body::Staff(said) = entry.body else { continue };
            match said {
                Staff::Account(account) => roll.accounts.push((entry.root, account)),
                Staff::Posted(p) => roll.posts.push(Post {
                    event: entry.root,
                    staff: p.staff,
                    role: p.role.clone(),
                    from: entry.day.lo,
                    until: p.until,
                }),
                Staff::Closed { staff } => {
                    let day = roll.closed.entry(*staff).or_insert(entry.day.lo);
                    *day = (*day).min(entry.day.lo);
                }
                Staff::PasswordIssued { .. } => {}
            }
        }
        for post in &mut roll.posts {
            if let Some(day) = roll.closed.get(&post.staff) {
                let last = day.plus(-1);
                post.until = Some(post.until.map_or(last, |until| until.min(last)));
            }
        }
        let ever = story.log.iter().filter_map(|(event, _)| match &event.body {
            Some(Body::Staff(Staff::Closed { staff })) => Some(*staff),
            _ => None,
        });
        roll.open_again = ever.filter(|staff| !roll.closed.contains_key(staff)).collect();
        roll
    }
}

/// Longest name, and longest login.
const LONGEST: usize = 60;
const LONGEST_LOGIN: usize = 32;

pub(crate) fn check(said: &Staff, day: Span) -> Result<(), Refusal> {
    match said {
        Staff::Account(account) => check_account(account),
        Staff::Posted(posted) => {
            if Role::from_code(&posted.role).is_none() {
                return Err(Refusal::at("role", "役割を選んでください。"));
            }
            match posted.until {
                Some(until) if until < day.lo => {
                    Err(Refusal::at("until", "終わりの日が始まりの日より前になっています。"))
                }
                _ => Ok(()),
            }
        }
        Staff::Closed { .. } | Staff::PasswordIssued { .. } => Ok(()),
    }
}

fn check_account(account: &Account) -> Result<(), Refusal> {
    let length = account.login.chars().count();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if !(2..=LONGEST_LOGIN).contains(&length) || !account.login.chars().all(fits) {
        let why =
            format!("職員番号は、半角の小文字と数字（- _ . も可）で2文字以上{LONGEST_LOGIN}文字までにしてください。");
        return Err(Refusal::at("login", why));
    }
    if account.name.trim().is_empty() || account.name.chars().count() > LONGEST {
        return Err(Refusal::at("name", format!("氏名を入力してください（{LONGEST}文字まで）。")));
    }
    let is_kana = |c: char| matches!(c, 'ぁ'..='ゖ' | 'ー' | '・' | ' ' | '　');
    if account.kana.trim().is_empty() || account.kana.chars().count() > LONGEST || !account.kana.chars().all(is_kana) {
        return Err(Refusal::at("kana", "ふりがなをひらがなで入力してください（例 みなと　はなこ）。"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::{event::Event, event::Sensitivity, fold::View, fold::fold};
    use alloc::vec;

    fn day(n: i32) -> Day {
        Day(20_000 + n)
    }

    fn event(id: i64, on: Day, corrects: Option<i64>, body: Body) -> Event {
        Event {
            id,
            keeper: 1,
            file: 1,
            seq: i32::try_from(id).unwrap(),
            episode: None,
            day: Span::on(on),
            source: "own".into(),
            batch: None,
            sensitivity: Sensitivity::Ordinary,
            actor: 1,
            recorded_at: id,
            corrects,
            body: Some(body),
        }
    }

    fn posted(staff: i64, until: Option<Day>) -> Body {
        Body::Staff(Staff::Posted(Posted { staff, role: "phn".into(), until }))
    }

    fn untils(events: &[Event]) -> Vec<Option<Day>> {
        Roll::of(&fold(events, View::default())).posts.into_iter().map(|p| p.until).collect()
    }

    #[test]
    fn closing_an_account_ends_its_posts_the_day_before_and_taking_it_back_opens_them() {
        let mut events = vec![
            event(1, day(0), None, posted(7, None)),
            event(2, day(5), None, posted(7, Some(day(40)))),
            event(3, day(0), None, posted(8, None)),
            event(4, day(10), None, Body::Staff(Staff::Closed { staff: 7 })),
        ];
        assert_eq!(untils(&events), [Some(day(9)), None, Some(day(9))]);
        events.push(event(5, day(11), Some(4), Body::Withdrawn { reason: "誤り".into() }));
        assert_eq!(untils(&events), [None, None, Some(day(40))]);
        let story = fold(&events, View::default());
        assert_eq!(Roll::of(&story).open_again.into_iter().collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn a_correction_moves_the_end_of_a_post_and_a_withdrawal_removes_it() {
        let mut events =
            vec![event(1, day(0), None, posted(7, None)), event(2, day(0), Some(1), posted(7, Some(day(3))))];
        assert_eq!(untils(&events), [Some(day(3))]);
        events.push(event(3, day(4), Some(1), Body::Withdrawn { reason: "誤り".into() }));
        assert_eq!(untils(&events), []);
    }

    #[test]
    fn what_nobody_could_sign_in_with_is_refused_at_its_field() {
        let account = |login: &str, name: &str, kana: &str| {
            let account = Account { login: login.into(), name: name.into(), kana: kana.into() };
            check(&Staff::Account(account), Span::on(day(0))).err().and_then(|r| r.field)
        };
        assert_eq!(account("s-1024", "湊　花子", "みなと　はなこ"), None);
        assert_eq!(account("S1024", "湊　花子", "みなと　はなこ"), Some("login"));
        assert_eq!(account("s", "湊　花子", "みなと　はなこ"), Some("login"));
        assert_eq!(account("s-1024", " ", "みなと　はなこ"), Some("name"));
        assert_eq!(account("s-1024", "湊　花子", "ミナト"), Some("kana"));
        let post = |role: &str, until| {
            let posted = Posted { staff: 7, role: role.into(), until };
            check(&Staff::Posted(posted), Span::on(day(5))).err().and_then(|r| r.field)
        };
        assert_eq!(post("phn", Some(day(5))), None);
        assert_eq!(post("phn", Some(day(4))), Some("until"));
        assert_eq!(post("king", None), Some("role"));
    }

    #[test]
    fn its_body_is_read_as_it_was_written() {
        for said in [
            Staff::Account(Account { login: "a1".into(), name: "あ".into(), kana: "あ".into() }),
            Staff::Posted(Posted { staff: 7, role: "phn".into(), until: Some(day(1)) }),
            Staff::Closed { staff: 7 },
            Staff::PasswordIssued { staff: 7 },
        ] {
            let body = Body::Staff(said);
            let json = body.write().unwrap();
            assert!(json.contains("\"kind\":\"staff\""), "{json}");
            assert_eq!(Body::read(Body::VERSION, body.kind(), &json).unwrap(), body);
        }
    }
}
