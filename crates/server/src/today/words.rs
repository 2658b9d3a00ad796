//! Sentences of a line: window, deadline, what is left, up to when its evidence reaches.

use rules::Day;

use super::lines::{LineRow, LineState};
use crate::platform::web::{
    view::State,
    words::{arrival, short},
};

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

/// 「期間 11/10〜12/8」
pub fn window(row: &LineRow, today: Day) -> String {
    match (row.window_from, row.window_to) {
        (Some(from), Some(to)) => format!("期間 {}〜{}", short(Day(from), today), short(Day(to), today)),
        (None, Some(to)) => format!("〜{}", short(Day(to), today)),
        _ => String::new(),
    }
}

/// 「妊婦健診受診票 9月分まで到着」; every line says up to when its evidence reaches.
pub fn evidence(row: &LineRow) -> String {
    match row.arrived_through {
        Some(through) if row.source != "own" => arrival(&row.source, Day(through)),
        _ => String::new(),
    }
}
