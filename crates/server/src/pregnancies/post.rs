//! 妊娠届: recorded in the woman's file; opens a pregnancy and everything owed in it.

use casework::{
    Act, Body,
    body::{Pregnancy, Service, Stay},
};
use rules::{Day, Span};

use super::view::PregnancyPage;
use crate::subject::{Opened, choices, preset};
use crate::{
    persons::sheet::{self, keep, number, put, recording},
    platform::{
        Problem, Refusal, record,
        record::Submitted,
        store::Applied,
        typed,
        web::{Ask, Reply},
    },
};

/// 280 days: 0週0日 lies this long before the expected day (schedule-facts §4.1).
const TERM_DAYS: i32 = casework::pregnancy::TERM_DAYS;

const FIELDS: &[(&str, &str)] = &[
    ("notified_day", "届出の日"),
    ("due_day", "出産予定日"),
    ("weeks", "届出の日の週数"),
    ("days", "日数"),
    ("birth_order", "今回は第何子"),
    ("fetuses", "おなかの赤ちゃん"),
    ("away", "里帰りの予定"),
    ("away_from", "いつから"),
    ("away_until", "いつまで"),
    ("interview", "届出時の面談"),
    ("next_day", "次の対応の日"),
    ("next_act", "次の対応"),
    ("vouchers", "渡した受診票"),
];

/// The words of casework for this form's fields.
fn in_form(refusal: Refusal) -> Refusal {
    let field = refusal.field.map(|field| match field {
        "day" => "notified_day",
        "edd" => "due_day",
        "satogaeri_until" => "away_until",
        "next_on" => "next_day",
        other => other,
    });
    Refusal { field, ..refusal }
}

fn draw(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let opened = ask.read(|door| Opened::of(door, file))?;
    let mut form = ask.draw_form(&format!("/persons/{file}/pregnancies/new"), &format!("/persons/{file}"))?;
    let why = match why {
        Some(Submitted::Refused(wrong)) => Some(Submitted::Refused(wrong.into_iter().map(in_form).collect())),
        other => other,
    };
    let status = put(&mut form, why, FIELDS, Some(&opened));
    preset(&mut form, "notified_day", "きょう");
    preset(&mut form, "fetuses", "1");
    sheet::echo(&mut form, ["notified_day", "due_day", "away_from", "away_until", "next_day"].into_iter(), ask);
    let page = PregnancyPage {
        frame: ask.frame("妊娠届を記録", "")?,
        subject: opened.subject(ask.today()),
        form,
        fetuses: choices(&[("1", "1人"), ("2", "双子"), ("3", "三つ子"), ("4", "四つ子以上")]),
        away: choices(&[("no", "予定なし"), ("yes", "予定あり"), ("undecided", "まだ分からない")]),
        interviews: choices(&[("done", "面談した"), ("later", "後日"), ("declined", "希望しない")]),
        away_place_asked: !opened.protected,
        next_acts: crate::contacts::form::next_acts(),
    };
    Ok(Reply::page(&page)?.status(status))
}

/// GET /persons/{id}/pregnancies/new
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, None)
}

/// POST /persons/{id}/pregnancies/new
pub fn record(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let (day, pregnancy) = match read(ask) {
        Ok(read) => read,
        Err(wrong) => return draw(ask, Some(Submitted::Refused(wrong))),
    };
    match record::submit(ask, Act::NotifyPregnancy { file, day, pregnancy })? {
        Submitted::Applied(applied) => {
            if ask.form("interview") == "done" {
                interview(ask, file, &applied, day)?;
            }
            let there = ask.return_to(&format!("/persons/{file}"));
            let undo = applied.events.first().map(|event| (file, *event));
            Ok(Reply::see_told(&there, record::told("妊娠届を記録しました。", undo, &there)))
        }
        other => draw(ask, Some(other)),
    }
}

/// 面談 at the notification: an act of its own in the same pregnancy, recorded once however often the form is sent.
fn interview(ask: &Ask, file: i64, applied: &Applied, day: Day) -> Result<(), Problem> {
    let episode = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        Ok(opened.events.events.iter().find(|e| applied.events.contains(&e.id)).and_then(|e| e.episode))
    })?;
    let service = Service {
        code: String::from("pregnancy_support_1"),
        result: String::from("done"),
        place: String::from("center"),
        ..Service::default()
    };
    let act = recording(file, episode, Span::on(day), Body::Service(service));
    let id = format!("{}-interview", ask.form("command_id"));
    record::submit_as(ask, &id, act, Vec::new())?;
    Ok(())
}

fn read(ask: &Ask) -> Result<(Day, Pregnancy), Vec<Refusal>> {
    let mut wrong = Vec::new();
    let exact = |span: Span| match span.is_exact() {
        true => Ok(span.lo),
        false => Err(Refusal::at("notified_day", "届出の日は、日まで入力してください。")),
    };
    let day = keep(&mut wrong, typed::span(ask, "notified_day").and_then(exact));
    let due = expected(ask, day.unwrap_or_else(|| ask.today()));
    let edd = keep(&mut wrong, due);
    let fetuses: Option<u8> = keep(&mut wrong, number(ask, "fetuses", "1")).flatten();
    if fetuses.is_none() {
        wrong.push(Refusal::at("fetuses", "おなかの赤ちゃんの人数を選んでください。"));
    }
    let birth_order = keep(&mut wrong, number::<u8>(ask, "birth_order", "2")).flatten();
    let from = keep(&mut wrong, typed::day(ask, "away_from")).flatten();
    let until = keep(&mut wrong, typed::day(ask, "away_until")).flatten();
    let next = keep(&mut wrong, typed::next(ask, None)).flatten();
    let away = ask.form("away") == "yes";
    if away && from.is_none() && !wrong.iter().any(|w| w.field == Some("away_from")) {
        wrong.push(Refusal::at("away_from", "里帰りの始まりを入れてください。だいたいの日でかまいません。"));
    }
    let vouchers = keep(&mut wrong, number::<u8>(ask, "vouchers", "14")).flatten();
    let (Some(day), Some(edd), Some(fetuses), true) = (day, edd, fetuses, wrong.is_empty()) else { return Err(wrong) };
    let place = ask.form("away_place").trim().to_owned();
    let satogaeri = from.filter(|_| away).map(|from| Stay { from, until, place });
    let mut note = ask.form("note").trim().to_owned();
    if let Some(vouchers) = vouchers {
        let told = format!("受診票 {vouchers}枚を交付。");
        note = if note.is_empty() { told } else { format!("{told}{note}") };
    }
    let pregnancy =
        Pregnancy { edd, fetuses, birth_order, satogaeri, clinic: ask.form("facility").trim().to_owned(), note, next };
    Ok((day, pregnancy))
}

/// The expected day as typed, or reckoned from the weeks on the day of the notification.
fn expected(ask: &Ask, notified: Day) -> Result<Day, Refusal> {
    if !ask.form("due_day").trim().is_empty() {
        let span = typed::span(ask, "due_day")?;
        return match span.is_exact() {
            true => Ok(span.lo),
            false => Err(Refusal::at("due_day", "出産予定日は、日まで入力してください。")),
        };
    }
    let weeks: Option<i32> = number(ask, "weeks", "10")?;
    let days: Option<i32> = number(ask, "days", "3")?;
    let Some(weeks) = weeks else {
        return Err(Refusal::at("due_day", "出産予定日か、届出の日の週数を入力してください。"));
    };
    if !(0..=43).contains(&weeks) {
        return Err(Refusal::at("weeks", "週数は0から43までで入力してください。"));
    }
    let days = days.unwrap_or(0);
    if !(0..=6).contains(&days) {
        return Err(Refusal::at("days", "日数は0から6までで入力してください。"));
    }
    Ok(notified.plus(TERM_DAYS - weeks * 7 - days))
}
