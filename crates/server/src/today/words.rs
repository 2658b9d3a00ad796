//! Sentences of a line: window, deadline, what is left, up to when its evidence reaches.

use rules::{Day, counting, wareki};

use super::lines::{LineRow, LineState};
use crate::platform::web::view::State;

pub fn state(state: LineState) -> State {
    match state {
        LineState::Overdue => State::Overdue,
        LineState::Judge => State::ToDecide,
        LineState::Unconfirmed => State::Unconfirmed,
        LineState::Near => State::DueSoon,
        LineState::Waiting => State::NotArrived,
        LineState::Planned => State::Planned,
        LineState::Monthly => State::Monthly,
        LineState::Before => State::Before,
    }
}

/// 「28日超過」「今日まで」「あと3日」
pub fn left(row: &LineRow, today: Day) -> String {
    match row.deadline.map(|d| Day(d).since(today)) {
        None => String::new(),
        Some(0) => String::from("今日まで"),
        Some(days) if days < 0 => match row.state() {
            LineState::Overdue | LineState::Judge | LineState::Unconfirmed => format!("{}日超過", -days),
            _ => String::new(),
        },
        Some(days) if days > 60 => format!("あと約{}か月", days / 30),
        Some(days) => format!("あと{days}日"),
    }
}

/// 「11/24」, with the year where it is not this one.
pub fn short(day: Day, today: Day) -> String {
    if day.ymd().0 == today.ymd().0 { wareki::month_day(day) } else { wareki::short(day) }
}

/// 「期間 11/10〜12/8」
pub fn window(row: &LineRow, today: Day) -> String {
    match (row.window_from, row.window_to) {
        (Some(from), Some(to)) => format!("期間 {}〜{}", short(Day(from), today), short(Day(to), today)),
        (None, Some(to)) => format!("〜{}", short(Day(to), today)),
        _ => String::new(),
    }
}

/// The word for a source of evidence.
pub fn source(code: &str) -> &str {
    match code {
        "own" => "この窓口の記録",
        "residents" => "住民記録",
        "prenatal_voucher" => "妊婦健診受診票",
        "postpartum_voucher" => "産婦健診受診票",
        "vaccination" => "予防接種予診票",
        "checkup" => "健診",
        "visit" => "訪問記録",
        "pregnancy" => "妊娠届",
        other => other,
    }
}

/// 「妊婦健診受診票 9月分まで到着」; every line says up to when its evidence reaches.
pub fn evidence(row: &LineRow) -> String {
    match row.arrived_through {
        Some(through) if row.source != "own" => arrival(&row.source, Day(through)),
        _ => String::new(),
    }
}

/// A source and how far it has arrived: a whole month, or a day.
pub fn arrival(code: &str, through: Day) -> String {
    let (year, month, day) = through.ymd();
    match counting::month_end(year, month) {
        Some(end) if end.ymd().2 == day => format!("{} {month}月分まで到着", source(code)),
        _ => format!("{} {}分まで到着", source(code), wareki::month_day(through)),
    }
}

/// 「生後98日」「3歳2か月」「妊娠32週1日」: computed for display, never stored.
pub fn about(birth: Option<Day>, edd: Option<Day>, today: Day) -> String {
    if let Some(edd) = edd
        && let Some((weeks, days)) = counting::gestation(edd, today)
    {
        return format!("妊娠{weeks}週{days}日");
    }
    let Some(birth) = birth else { return String::new() };
    let days = today.since(birth);
    if days < 0 {
        return String::new();
    }
    match counting::age(birth, today) {
        (0, months) if months < 4 => format!("生後{days}日"),
        (0, months) => format!("{months}か月"),
        (years, _) if years >= 18 => format!("{years}歳"),
        (years, months) => format!("{years}歳{months}か月"),
    }
}
