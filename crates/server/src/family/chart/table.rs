//! 表で見る: everything the drawing shows, and what found no room in it, as rows in the order of time.

use rules::{Day, wareki};

use super::{Bar, BarKind, Mark, Picture, scale::Scale};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    pub who: String,
    pub lane: &'static str,
    /// 「R8.11.20」 or 「R8.4.1〜R8.9.30」
    pub when: String,
    /// 「実施」「記録なし」「対象期間」
    pub kind: &'static str,
    pub what: String,
}

/// Rows of the years shown, oldest first within each person.
pub fn rows(picture: &Picture, scale: &Scale) -> Vec<Row> {
    let mut rows = Vec::new();
    for group in &picture.groups {
        let who = [group.role.as_str(), group.name.as_str()].join(" ").trim().to_owned();
        let mut of_group: Vec<(Day, Row)> = Vec::new();
        for lane in &group.lanes {
            let bars = lane.bars.iter().filter(|b| scale.clip(b.from, b.until).is_some());
            of_group.extend(bars.map(|b| (b.from, bar(&who, lane.name, b))));
            let marks = lane.marks.iter().filter(|m| scale.covers(m.day));
            of_group.extend(marks.map(|m| (m.day, mark(&who, lane.name, m))));
        }
        of_group.sort_by_key(|(day, row)| (*day, row.lane));
        rows.extend(of_group.into_iter().map(|(_, row)| row));
    }
    rows
}

fn bar(who: &str, lane: &'static str, bar: &Bar) -> Row {
    Row {
        who: who.to_owned(),
        lane,
        when: format!("{}〜{}", wareki::short(bar.from), wareki::short(bar.until)),
        kind: bar.kind.word(),
        what: bar.label.clone(),
    }
}

fn mark(who: &str, lane: &'static str, mark: &Mark) -> Row {
    Row {
        who: who.to_owned(),
        lane,
        when: wareki::short(mark.day),
        kind: mark.kind.word(),
        what: if mark.told.is_empty() { mark.label.clone() } else { mark.told.clone() },
    }
}

/// What the drawing finds, in a sentence or two: for whoever cannot see it.
pub fn finding(picture: &Picture, scale: &Scale, today: Day) -> String {
    let mut nothing: Vec<(Day, String)> = Vec::new();
    for group in &picture.groups {
        for lane in &group.lanes {
            let bars = lane.bars.iter().filter(|b| b.kind == BarKind::Nothing);
            nothing.extend(bars.filter(|b| scale.clip(b.from, b.until).is_some()).map(|b| {
                let (from, until) = (wareki::short(b.from), wareki::short(b.until));
                (b.from, format!("{}の{}（{from}〜{until}）", group.name, b.label))
            }));
        }
    }
    nothing.sort();
    let contacts = picture.contacts.iter().filter(|d| scale.covers(**d)).count();
    let last = picture.contacts.iter().filter(|d| **d <= today).max();
    let years = format!("{}から{}まで。", wareki::fiscal_year(scale.from), wareki::fiscal_year(scale.end.plus(-1)));
    let gaps = match nothing.len() {
        0 => String::from("期間が過ぎて記録のないものはありません。"),
        n if n > 3 => {
            let first: Vec<String> = nothing.into_iter().take(3).map(|(_, text)| text).collect();
            format!("記録のない期間 {n}件：{}ほか。", first.join("、"))
        }
        n => {
            let all: Vec<String> = nothing.into_iter().map(|(_, text)| text).collect();
            format!("記録のない期間 {n}件：{}。", all.join("、"))
        }
    };
    let last = last.map(|d| format!("、最後は{}", wareki::short(*d))).unwrap_or_default();
    format!("{years}{gaps}接点の記録 {contacts}件{last}。")
}
