//! ためす: what happens on a day if somebody leaves, or if nothing more is decided than stands now.
//!
//! The same table at another day: nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use casework::responsibility::{Absence, Charge, How, Owner, Table};
use rules::{Day, wareki};

use super::{
    charges::{self, said},
    desk::Desk,
    handovers::moves::spring,
    view::{FallRow, RehearsalPage},
};
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::Link;
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Problem, mask};
use crate::today::lines::LineState;

/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let today = ask.today();
    let frame = ask.frame("ためす", "/supervision")?;
    let typed = ask.query("day").trim().to_owned();
    let (day, wrong) = match wareki::parse(&typed, today) {
        Ok(span) if span.hi >= today && span.hi <= today.plus(400) => (span.hi, String::new()),
        Ok(_) => (spring(today).max(today), String::from("今日から13か月先までの日を入れてください。")),
        Err(_) if typed.is_empty() => (spring(today).max(today), String::new()),
        Err(why) => (spring(today).max(today), why.to_string()),
    };
    let staff: i64 = ask.query("staff").parse().unwrap_or(0);
    let mut page = ask.read(|door| rehearsed(door, staff, day))?;
    page.frame = frame;
    page.wrong = wrong;
    Reply::page(&page)
}

/// The table if somebody leaves: neither their rows nor their posts count from that day on.
pub fn without(table: &Table, staff: i64, day: Day) -> Table {
    let mut table = table.clone();
    table.absences.push(Absence { staff, substitute: None, from: day, until: Day(i32::MAX) });
    for post in table.posts.iter_mut().filter(|p| p.staff == staff && p.until.is_none_or(|until| until >= day)) {
        post.until = Some(day.plus(-1));
    }
    table
}

/// What falls to somebody.
struct Fallen {
    owner: Owner,
    persons: BTreeSet<i64>,
    pressing: i64,
    lines: i64,
}

impl Fallen {
    fn to(owner: Owner) -> Fallen {
        Fallen { owner, persons: BTreeSet::new(), pressing: 0, lines: 0 }
    }
}

fn rehearsed(door: &mut Door<'_>, staff: i64, day: Day) -> Result<RehearsalPage, Problem> {
    let desk = Desk::of(door)?;
    let who = desk.workers.iter().any(|w| w.id == staff).then_some(staff);
    let then = who.map_or_else(|| desk.table.clone(), |staff| without(&desk.table, staff, day));
    let fallen = |charge: &Charge, shown: &str| -> Option<(String, Owner)> {
        let owner = then.owner(charge, day);
        let label = match then.row(charge, day) {
            Some(row) => said(&row.district, &row.programme, &row.category),
            None if shown.is_empty() => String::from("地区なし・表示しない（担当の定めなし）"),
            None => format!("{shown}（担当の定めなし）"),
        };
        let falls = match who {
            Some(_) => desk.table.owner(charge, day) != owner,
            None => matches!(owner.how, How::Vacant | How::Head | How::Nobody),
        };
        falls.then_some((label, owner))
    };
    let mut groups: BTreeMap<(String, Option<i64>), Fallen> = BTreeMap::new();
    for count in charges::counted(door, day)? {
        let Some((label, owner)) = fallen(&count.charge, &count.shown) else { continue };
        let group = groups.entry((label, owner.staff)).or_insert_with(|| Fallen::to(owner));
        if count.state != LineState::Before {
            group.lines += count.lines;
        }
        if LineState::PRESSING.contains(&count.state) {
            group.pressing += count.lines;
        }
    }
    let level = mask::level(door.actor);
    for carried in charges::carried(door, level)? {
        let Some((label, owner)) = fallen(&carried.charge, &carried.shown) else { continue };
        groups.entry((label, owner.staff)).or_insert_with(|| Fallen::to(owner)).persons.insert(carried.file);
    }
    let everybody: BTreeSet<i64> = groups.values().flat_map(|group| group.persons.iter().copied()).collect();
    let rows = groups.into_iter().map(|((label, _), group)| FallRow {
        label,
        to: desk.owner_said(group.owner),
        why: match group.owner.how {
            How::Vacant => String::from("空きになり、統括支援員が受けます"),
            How::Head => String::from("空きになり、統括支援員もいない間、センター長が受けます"),
            How::Nobody => String::from("統括支援員もセンター長もいません"),
            How::Substitute => String::from("代行が受けます"),
            How::Assigned => String::from("ほかの担当の定めが受けます"),
        },
        persons: i64::try_from(group.persons.len()).unwrap_or(i64::MAX),
        pressing: group.pressing,
        lines: group.lines,
        nobody: group.owner.how == How::Nobody,
    });
    let mut rows: Vec<FallRow> = rows.collect();
    rows.sort_by_key(|row| (!row.nobody, -row.persons));
    Ok(told(&desk, who, day, rows, everybody.len()))
}

fn told(desk: &Desk, who: Option<i64>, day: Day, rows: Vec<FallRow>, persons: usize) -> RehearsalPage {
    let lines: i64 = rows.iter().map(|row| row.lines).sum();
    let title = match who {
        Some(staff) => format!("{}に{}がいなくなると", wareki::date(day), desk.name(staff)),
        None => format!("いまの決めのまま{}になると", wareki::date(day)),
    };
    let mut text = vec![match (rows.is_empty(), who) {
        (true, None) => String::from("担当の空きは出ません。"),
        (true, Some(_)) => String::from("動く対応はありません。"),
        (false, None) => format!("{persons}人・{lines}件に、決まった担当がいません。"),
        (false, Some(_)) => format!("{persons}人・{lines}件が、次の人に移ります。"),
    }];
    if rows.iter().any(|row| row.nobody) {
        text.push(String::from("受ける人がいない対応があります。統括支援員か担当を決めてください。"));
    }
    text.push(String::from("その日に開いている対応を、いまある記録から、それまでに何も済まないものとして数えています。何も書きかえません。"));
    let choice = |id: i64| Choice::new(&id.to_string(), &desk.name(id));
    let next = Link {
        label: String::from("この担当替えを組む"),
        url: format!("/supervision/handovers/new?from={}&from_day={day}", who.unwrap_or(0)),
    };
    RehearsalPage {
        form: Form {
            action: String::from("/supervision/rehearsal"),
            values: vec![
                (String::from("staff"), who.unwrap_or(0).to_string()),
                (String::from("day"), wareki::short(day)),
            ],
            echoes: vec![(String::from("day"), wareki::long(day))],
            ..Form::default()
        },
        workers: [Choice::new("0", "だれも抜けない")]
            .into_iter()
            .chain(desk.able(desk.today).map(|w| choice(w.id)))
            .collect(),
        title,
        said: text,
        next: (!rows.is_empty() && !desk.alone()).then_some(next),
        rows,
        ..RehearsalPage::default()
    }
}
