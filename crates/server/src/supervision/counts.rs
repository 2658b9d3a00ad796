//! 担当の状況: lines of tier 1 by worker, district and service, each figure leading to the list it counts.

use std::collections::BTreeMap;

use casework::responsibility::How;
use rules::Rulebook;

use super::{
    charges::{self, Counted},
    desk::Desk,
    view::{Cell, CountRow, VacantRow},
};
use crate::platform::rulebook;
use crate::platform::web::view::State;
use crate::today::{
    asked::Asked,
    lines::{Filter, LineState},
    words,
};

/// What lines are told apart by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    Worker,
    District,
    Service,
}

impl By {
    pub const ALL: [By; 3] = [By::Worker, By::District, By::Service];

    pub const fn code(self) -> &'static str {
        match self {
            By::Worker => "worker",
            By::District => "district",
            By::Service => "service",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            By::Worker => "担当",
            By::District => "地区",
            By::Service => "事業",
        }
    }

    pub fn from_code(code: &str) -> By {
        By::ALL.into_iter().find(|by| by.code() == code).unwrap_or(By::Worker)
    }
}

/// States with a column of their own.
pub const SHOWN: [LineState; 6] = [
    LineState::Overdue,
    LineState::Judge,
    LineState::Unconfirmed,
    LineState::Near,
    LineState::Waiting,
    LineState::Planned,
];

pub fn heads() -> Vec<State> {
    SHOWN.into_iter().map(words::state).collect()
}

/// A district that is empty or not shown (秘匿), in addresses.
pub const NO_DISTRICT: &str = "-";

/// The list a figure counts.
pub fn address(asked: Asked, states: &[LineState]) -> String {
    let states = states.iter().map(|s| s.code().to_owned()).collect();
    Asked { scope: String::from("office"), states, tier: 1, page: 1, ..asked }.address()
}

/// The lines told apart by `by`, the most pressing first.
pub fn rows(desk: &Desk, book: &Rulebook, counted: &[Counted], by: By) -> Vec<CountRow> {
    let mut groups: BTreeMap<String, (i64, [i64; SHOWN.len()])> = BTreeMap::new();
    if by == By::Worker {
        // Whoever is here and has nothing is to be seen too.
        for worker in desk.able(desk.today) {
            groups.insert(format!("{:020}", worker.id), (worker.id, [0; SHOWN.len()]));
        }
    }
    for count in counted.iter().filter(|c| c.tier == Filter::default().tier) {
        let Some(column) = SHOWN.iter().position(|s| *s == count.state) else { continue };
        let (key, id) = match by {
            By::Worker => {
                let id = desk.table.owner(&count.charge, desk.today).staff.unwrap_or(0);
                (format!("{id:020}"), id)
            }
            By::District => (count.shown.clone(), 0),
            By::Service => (count.service.clone(), 0),
        };
        let group = groups.entry(key).or_insert((id, [0; SHOWN.len()]));
        if let Some(cell) = group.1.get_mut(column) {
            *cell += count.lines;
        }
    }
    let mut rows: Vec<CountRow> =
        groups.into_iter().map(|(key, (id, lines))| row(desk, book, by, (&key, id), lines)).collect();
    rows.sort_by_key(|row| {
        let at = |n: usize| row.cells.get(n).map_or(0, |c| -c.n);
        (at(0), at(1), at(2), at(3), -row.total.n)
    });
    rows
}

fn row(desk: &Desk, book: &Rulebook, by: By, (key, id): (&str, i64), lines: [i64; SHOWN.len()]) -> CountRow {
    let (label, note, asked) = match by {
        By::Worker if id == 0 => {
            let note = String::from("統括支援員がいません（休みを含みます）。担当か代行を決めてください。");
            (String::from("だれもいません"), note, Asked { owner: 0, ..Asked::default() })
        }
        By::Worker => (desk.name(id), note_of(desk, id), Asked { owner: id, ..Asked::default() }),
        By::District if key.is_empty() => {
            let asked = Asked { district: NO_DISTRICT.to_owned(), ..Asked::default() };
            (String::from("地区なし・表示しない"), String::new(), asked)
        }
        By::District => (key.to_owned(), String::new(), Asked { district: key.to_owned(), ..Asked::default() }),
        By::Service => {
            (rulebook::title(book, key), String::new(), Asked { service: key.to_owned(), ..Asked::default() })
        }
    };
    // Of nobody's lines there is no list of their own: they stand on the office's.
    let linked = !(by == By::Worker && id == 0);
    let cell = |n: i64, states: &[LineState]| Cell {
        n,
        url: if n > 0 && linked { address(asked.clone(), states) } else { String::new() },
    };
    let cells = SHOWN.into_iter().zip(lines).map(|(state, n)| cell(n, &[state])).collect();
    CountRow { label, note, cells, total: cell(lines.iter().sum(), &SHOWN) }
}

/// What is to be known of a worker today.
fn note_of(desk: &Desk, id: i64) -> String {
    let away = desk.table.absences.iter().find(|a| a.staff == id && a.from <= desk.today && a.until >= desk.today);
    if desk.left(id, desk.today) {
        return String::from("もうこのセンターにいません");
    }
    let mut notes: Vec<String> = Vec::new();
    if let Some(away) = away {
        notes.push(match away.substitute {
            Some(by) => format!("休み（代行 {}）", desk.name(by)),
            None => String::from("休み（代行なし）"),
        });
    }
    // Whoever is away stands in for nobody.
    let here = desk.table.away(id, desk.today).is_none();
    let stands_in = desk
        .table
        .absences
        .iter()
        .filter(|a| here && a.substitute == Some(id) && a.from <= desk.today && a.until >= desk.today);
    notes.extend(stands_in.map(|a| format!("{}の代行", desk.name(a.staff))));
    notes.join("、")
}

/// Charges with open lines that no row answers for today: they fall to 統括支援員. By what may be shown of them.
pub fn vacant(desk: &Desk, counted: &[Counted]) -> Vec<VacantRow> {
    type Key = (String, String, String, Option<i64>);
    let mut groups: BTreeMap<Key, (i64, i64, String)> = BTreeMap::new();
    for count in counted.iter().filter(|c| c.tier == Filter::default().tier) {
        let owner = desk.table.owner(&count.charge, desk.today);
        if !matches!(owner.how, How::Vacant | How::Head | How::Nobody)
            || !SHOWN.contains(&count.state)
            || count.charge.narrow
        {
            continue;
        }
        let charge = &count.charge;
        let key = (count.shown.clone(), charge.programme.clone(), charge.category.clone(), owner.staff);
        let group = groups.entry(key).or_default();
        group.0 += count.lines;
        group.1 += if LineState::PRESSING.contains(&count.state) { count.lines } else { 0 };
        group.2 = desk.table.row(charge, desk.today).map(|row| desk.name(row.staff)).unwrap_or_default();
    }
    let row = |((district, programme, category, owner), (lines, pressing, away)): (Key, (i64, i64, String))| {
        let asked = Asked {
            owner: owner.unwrap_or(0),
            district: if district.is_empty() { NO_DISTRICT.to_owned() } else { district.clone() },
            programme: programme.clone(),
            category: if category.is_empty() { NO_DISTRICT.to_owned() } else { category.clone() },
            ..Asked::default()
        };
        let place = if district.is_empty() { "地区なし・表示しない" } else { &district };
        VacantRow {
            label: charges::said(place, &programme, &category),
            why: if away.is_empty() {
                String::from("担当の定めがありません")
            } else {
                format!("{away}が休み、または不在")
            },
            to: owner.map_or_else(|| String::from("だれもいません"), |id| desk.name(id)),
            pressing: Cell {
                n: pressing,
                url: if owner.is_some() { address(asked.clone(), &LineState::PRESSING) } else { String::new() },
            },
            lines: Cell { n: lines, url: if owner.is_some() { address(asked, &SHOWN) } else { String::new() } },
        }
    };
    let mut rows: Vec<VacantRow> = groups.into_iter().map(row).collect();
    rows.sort_by_key(|row| (-row.pressing.n, -row.lines.n));
    rows
}
