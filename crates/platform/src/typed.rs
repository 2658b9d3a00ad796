//! What people type, read: dates in every form offices use, with refusals beside their fields.

use casework::body::{Next, Seen, Time};
use rules::{Day, Span, wareki};

use super::{Refusal, web::Ask};

/// A day that must be there.
///
/// # Errors
/// In words, for the field.
pub fn span(ask: &Ask, field: &'static str) -> Result<Span, Refusal> {
    let text = ask.form(field).trim();
    if text.is_empty() {
        return Err(Refusal::at(field, "日付を入力してください（例 R8.11.24、11/24、きょう）。"));
    }
    wareki::parse(text, ask.today()).map_err(|e| Refusal::at(field, e.to_string()))
}

/// An exact day that may be missing.
///
/// # Errors
/// In words, for the field.
pub fn day(ask: &Ask, field: &'static str) -> Result<Option<Day>, Refusal> {
    if ask.form(field).trim().is_empty() {
        return Ok(None);
    }
    let span = span(ask, field)?;
    // 「○月中」 is due at the month's end.
    Ok(Some(span.hi))
}

/// A time of day that may be missing.
///
/// # Errors
/// In words, for the field.
pub fn time(ask: &Ask, field: &'static str) -> Result<Option<Time>, Refusal> {
    let text = ask.form(field).trim();
    let read = (!text.is_empty()).then(|| Time::parse(text).map_err(|wrong| Refusal::at(field, wrong)));
    read.transpose()
}

/// 次の対応: a day and what is planned; none if neither was typed. Where only what is planned was chosen it is on `usual`.
///
/// # Errors
/// In words, for the fields.
pub fn next(ask: &Ask, usual: Option<Day>) -> Result<Option<Next>, Refusal> {
    let on = day_ahead(ask, "next_day")?;
    let what = ask.form("next_act").to_owned();
    match on.or(usual.filter(|_| !what.is_empty())) {
        Some(on) => Ok(Some(Next { on, what })),
        None if what.is_empty() || what == "watch" => Ok(None),
        None => Err(Refusal::at("next_day", "次の対応の日も入れてください。")),
    }
}

/// A date typed without a year for something planned lies ahead: 1/15 typed in November is next January.
fn day_ahead(ask: &Ask, field: &'static str) -> Result<Option<Day>, Refusal> {
    let today = ask.today();
    let Some(day) = day(ask, field)? else { return Ok(None) };
    let text = ask.form(field);
    let yearless =
        text.chars().filter(|c| c.is_ascii_digit()).count() <= 4 && (text.contains('/') || text.contains('月'));
    if yearless && day < today && !text.contains('年') {
        let (year, month, date) = day.ymd();
        return Ok(Day::from_ymd(year + 1, month, date).or(Some(day)));
    }
    Ok(Some(day))
}

/// 目視, if a way of seeing was chosen. By whom and where without it would be dropped without a word: that is asked back.
///
/// # Errors
/// In words, for the field.
pub fn seen(ask: &Ask) -> Result<Option<Seen>, Refusal> {
    let (by, place) = (ask.form("seen_by"), ask.form("seen_place"));
    let how = match ask.form("seen") {
        "direct" | "partner" => "seen",
        "glimpsed" => "glimpsed",
        "voice" => "voice",
        "paper" | "told" => "told",
        _ if by.is_empty() && place.is_empty() => return Ok(None),
        _ => {
            let said = "見た人・場所を選んだときは、目視の確かさも選んでください。確認していないときは、見た人・場所を「選ばない」に戻してください。";
            return Err(Refusal::at("seen", said));
        }
    };
    let by = if by.is_empty() { "self" } else { by };
    Ok(Some(Seen { by: by.to_owned(), place: place.to_owned(), how: how.to_owned() }))
}
