//! 返戻: letters that came back, by their numbers from the posting, or one from the person's page. Each makes a dated next
//! step for whoever answers for the person: the address is to be found out.

use casework::{
    Act, Body,
    body::{Next, Returned},
    contact::posting::{self, FIND_ADDRESS},
};
use rules::{Day, Span, wareki};

use super::page::{draw, letters};
use super::print::standing;
use crate::persons::{
    sheet::{self, Sheet, field, hinted, keep, recording},
    view::SheetKind,
};
use crate::platform::record::{self, Submitted};
use crate::platform::web::{Ask, Reply, form::Choice, view::Notice, view::NoticeTone};
use crate::platform::{Problem, Refusal, typed};
use crate::subject::Opened;

/// The address is to be found out within so many days, unless somebody says otherwise.
const FIND_DAYS: i32 = 7;
/// Letters offered on a person's page.
const OFFERED: usize = 10;

/// POST /postings/{id}/returned
///
/// # Errors
/// Not found, or if the database fails.
pub fn by_number(ask: &mut Ask) -> Result<Reply, Problem> {
    let batch = standing(ask)?;
    let all = ask.read(|door| letters(door, &batch))?;
    let mut wrong = Vec::new();
    let (day, next) = days(ask, &mut wrong);
    let numbers = ask.form("numbers").to_owned();
    let mut back: Vec<(i64, i64)> = Vec::new();
    for number in numbers.split(|c: char| !c.is_alphanumeric()).filter(|n| !n.is_empty()) {
        let plain: String = unicode_normalization::UnicodeNormalization::nfkc(number).collect();
        let found = all.iter().find(|c| c.sent.as_ref().is_some_and(|(_, sent)| sent.no.to_string() == plain));
        match found.and_then(|c| Some((c, c.sent.as_ref()?.0))) {
            Some((c, _)) if c.returned.is_some() => {
                wrong.push(Refusal::at("numbers", format!("番号{plain}の返戻は、もう記録されています。")));
            }
            Some((c, root)) => back.push((c.file, root)),
            None => wrong.push(Refusal::at("numbers", format!("番号「{plain}」は、この発送にありません。"))),
        }
    }
    if back.is_empty() && wrong.is_empty() {
        wrong.push(Refusal::at("numbers", "戻ってきた郵便の番号を入力してください（例 3、17）。"));
    }
    let (Some(day), Some(next)) = (day, next) else { return Reply::refused(&draw(ask, &batch, &wrong)?) };
    if !wrong.is_empty() {
        return Reply::refused(&draw(ask, &batch, &wrong)?);
    }
    let command = ask.form("command_id").to_owned();
    for (file, root) in &back {
        let act = act(*file, day, *root, next, String::new());
        match record::submit_as(ask, &format!("{command}-{root}"), act, Vec::new())? {
            Submitted::Applied(_) => {}
            Submitted::Refused(why) => return Reply::refused(&draw(ask, &batch, &why)?),
            Submitted::Conflict(_) => return Reply::conflict(&draw(ask, &batch, &[])?),
        }
    }
    let text =
        format!("{}通の返戻を記録しました。宛先の確認が、担当の一覧に{}で出ます。", back.len(), wareki::short(next));
    let notice = Notice { tone: NoticeTone::Done, text, link: None, undo: None };
    Ok(Reply::see_told(&format!("/postings/{}", batch.id), notice))
}

/// The day it came back, and the day by which its address is found out.
fn days(ask: &Ask, wrong: &mut Vec<Refusal>) -> (Option<Span>, Option<Day>) {
    let day = keep(wrong, typed::span(ask, "day"));
    let next = keep(wrong, typed::day(ask, "next_day")).map(|d| d.unwrap_or(ask.today().plus(FIND_DAYS)));
    (day, next)
}

fn act(file: i64, day: Span, sent: i64, next: Day, note: String) -> Act {
    let next = Next { on: next, what: String::from(FIND_ADDRESS) };
    recording(file, None, day, Body::Returned(Returned { sent, next, note }))
}

fn form(ask: &mut Ask, file: i64, why: Option<Submitted>) -> Result<Reply, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let mut choices: Vec<Choice> = {
        let story = opened.story();
        let back = |root: i64| story.entries.iter().any(|e| matches!(e.body, Body::Returned(r) if r.sent == root));
        let sent = posting::letters(&story).rev().filter(|(e, _)| !back(e.root)).take(OFFERED);
        sent.map(|(e, s)| Choice::new(&e.root.to_string(), &format!("{}　{}", wareki::short(e.day.hi), s.title)))
            .collect()
    };
    let first = choices.first().map_or_else(|| String::from("0"), |c| c.value.clone());
    choices.push(Choice::new("0", "発送の記録にない郵便"));
    let fields = vec![
        field("sent", "戻ってきた郵便", "必須", SheetKind::Radios(choices)),
        field("day", "戻った日", "必須", SheetKind::Day),
        field("next_day", "宛先を確かめる日", "必須", SheetKind::Day),
        hinted("note", "付箋など", "任意", "例 あて所に尋ねあたりません", SheetKind::Text),
    ];
    let sheet = Sheet::of(file, "letters/returned", "返戻を記録", "記録する", fields)
        .about("宛先の確認が、担当の一覧にこの日付で出ます。確かめるまで、この方への発送は止まります。")
        .preset("sent", first)
        .preset("day", "きょう")
        .preset("next_day", wareki::short(ask.today().plus(FIND_DAYS)));
    sheet::draw(ask, Some(&opened), sheet, why)
}

/// GET /persons/{id}/letters/returned
///
/// # Errors
/// Not found, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    form(ask, file, None)
}

/// POST /persons/{id}/letters/returned
///
/// # Errors
/// Not found, or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let mut wrong = Vec::new();
    let (day, next) = days(ask, &mut wrong);
    let sent = ask.form("sent").parse::<i64>().ok();
    if sent.is_none() {
        wrong.push(Refusal::at("sent", "戻ってきた郵便を選んでください。"));
    }
    let (Some(day), Some(next), Some(sent), true) = (day, next, sent, wrong.is_empty()) else {
        return form(ask, file, Some(Submitted::Refused(wrong)));
    };
    let act = act(file, day, sent, next, ask.form("note").trim().to_owned());
    match sheet::submit(ask, file, act, "返戻を記録しました。宛先の確認が、担当の一覧に出ます。", true)?
    {
        Ok(reply) => Ok(reply),
        Err(why) => form(ask, file, Some(why)),
    }
}
