//! `GET /supervision`: the office at a glance, for 統括支援員 and センター長・係長.

use casework::{Permission, office::handover::reading_key};
use rules::{Day, Rulebook, wareki};

use super::{
    absences,
    charges::{self, Counted, said},
    counts::{self, By, SHOWN},
    desk::Desk,
    escalations,
    handovers::{Batch, moves::spring, read},
    table,
    view::{HandoverRow, LeftRow, Reader, RoomPage},
};
use crate::platform::store::sync;
use crate::platform::web::view::{Link, Tab};
use crate::platform::web::{Ask, Reply, words};
use crate::platform::{Door, Problem, people::staff_names};
use crate::rulebook::{health, library};
use crate::today::{
    lines::{Filter, LineState},
    view::Counter,
    words as today_words,
};

/// A post that ends within so many days is told of.
const SOON_DAYS: i32 = 130;

/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    sync::catch_up_if_due(ask.doors().database(), &ask.app.books, ask.today())?;
    let by = By::from_code(ask.query("by"));
    let book = ask.book()?;
    let mut frame = Some(ask.frame("体制", "/supervision")?);
    let reads_health = ask.actor()?.role.may(Permission::ReadListHealth);
    let library = library::library_of(&book)?;
    let mut page = ask.read(|door| {
        let mut page = room(door, &book, by)?;
        if reads_health {
            let counts = health::noise(door, &book)?;
            let on = library.on(door.today());
            let rows = on.iter().map(|w| counts.of(w)).filter(|row| row.noisy);
            let told = |row: crate::rulebook::view::HealthRow| Link {
                label: format!("{}　{}％", row.title, row.percent),
                url: row.url,
            };
            page.noise = Some(rows.map(told).collect());
        }
        Ok(page)
    })?;
    page.frame = frame.take().unwrap_or_default();
    Reply::page(&page)
}

fn room(door: &mut Door<'_>, book: &Rulebook, by: By) -> Result<RoomPage, Problem> {
    let today = door.today();
    let desk = Desk::of(door)?;
    let counted = charges::counted(door, today)?;
    let april = spring(today);
    let way = escalations::setting(door)?;
    let rows = counts::rows(&desk, book, &counted, by);
    let (rows, idle): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.total.n > 0 || !row.note.is_empty());
    let late = if way == "off" { 0 } else { escalations::count(door)? };
    Ok(RoomPage {
        lead: lead(&counted),
        counters: counters(&counted),
        tabs: By::ALL
            .into_iter()
            .map(|b| Tab {
                label: format!("{}ごと", b.word()),
                url: format!("/supervision?by={}", b.code()),
                current: b == by,
            })
            .collect(),
        by_word: by.word().to_owned(),
        heads: counts::heads(),
        rows,
        idle: idle.into_iter().map(|row| row.label).collect::<Vec<_>>().join("、"),
        vacant: counts::vacant(&desk, &counted),
        left: left(&desk, today),
        alone: desk.alone(),
        first: table::hint(&desk),
        april: Link {
            label: format!("{}をためす", wareki::date(april)),
            url: format!("/supervision/rehearsal?day={april}"),
        },
        handovers: handovers(door, &desk)?,
        absences: absences::rows(door, &desk, "/supervision")?,
        escalation: match way.as_str() {
            "off" => String::from("上位者への連絡は使っていません。"),
            "duty" => format!("{late}件が、上位者に伝える日を過ぎています。上位者の対応にできます。"),
            _ => format!("{late}件が、上位者に伝える日を過ぎています。"),
        },
        monthly: format!("月次一括 {}件", monthly(&counted)),
        ..RoomPage::default()
    })
}

fn of_tier_one(counted: &[Counted], state: LineState) -> i64 {
    let tier = Filter::default().tier;
    counted.iter().filter(|c| c.tier == tier && c.state == state).map(|c| c.lines).sum()
}

/// As 一括整理 counts the month's: tier 2, closed or past its date.
fn monthly(counted: &[Counted]) -> i64 {
    let of = |c: &&Counted| {
        c.tier == 2
            && !c.charge.narrow
            && matches!(c.state, LineState::Monthly | LineState::Overdue | LineState::Unconfirmed)
    };
    counted.iter().filter(of).map(|c| c.lines).sum()
}

fn lead(counted: &[Counted]) -> String {
    let overdue = of_tier_one(counted, LineState::Overdue);
    let judge = of_tier_one(counted, LineState::Judge);
    match (overdue, judge) {
        (0, 0) => String::from("期限を過ぎた対応も、判断を待つ対応もありません。"),
        _ => format!("センター全体で、期限を過ぎた対応が{overdue}件、判断を待つ対応が{judge}件あります。"),
    }
}

fn counters(counted: &[Counted]) -> Vec<Counter> {
    SHOWN
        .into_iter()
        .map(|state| Counter {
            state: today_words::state(state),
            count: u32::try_from(of_tier_one(counted, state)).unwrap_or(u32::MAX),
            detail: String::new(),
            url: counts::address(Default::default(), &[state]),
            current: false,
        })
        .collect()
}

/// Rows of the table that name somebody who has left, or whose post ends soon.
fn left(desk: &Desk, today: Day) -> Vec<LeftRow> {
    let rows = desk.table.rows.iter().filter(|r| r.from <= today && r.until.is_none_or(|until| until >= today));
    rows.filter_map(|row| {
        let last = desk.worker(row.staff).and_then(|w| w.until);
        let when = match last {
            _ if desk.left(row.staff, today) => String::from("もうこのセンターにいません"),
            Some(last) if last < today.0 + SOON_DAYS => format!("{}まで", wareki::short(Day(last))),
            _ => return None,
        };
        let from = last.map_or(today, |last| Day(last + 1)).max(today);
        Some(LeftRow {
            label: said(&row.district, &row.programme, &row.category),
            who: desk.name(row.staff),
            when,
            url: format!("/supervision/handovers/new?from={}&from_day={from}", row.staff),
        })
    })
    .collect()
}

fn handovers(door: &mut Door<'_>, desk: &Desk) -> Result<Vec<HandoverRow>, Problem> {
    let (today, whole) = (door.today(), read::whole(door)?);
    let mut rows = Vec::new();
    for batch in read::standing(door)? {
        let named = read::by_name(door, batch.id)?;
        let done = named.iter().filter(|(_, read)| read.is_some()).count();
        let who = staff_names(door.db, &[batch.actor])?;
        let reader = |to: i64| reader(desk, &batch, to, whole.get(&(reading_key(batch.id), to)).copied(), today);
        rows.push(HandoverRow {
            url: format!("/supervision/handovers/{}", batch.id),
            from: wareki::short(batch.summary.day()),
            name: batch.name.clone(),
            readers: batch.summary.receivers().into_iter().map(reader).collect(),
            who: who.get(&batch.actor).map(|n| words::name(n, "").text).unwrap_or_default(),
            state: if named.is_empty() {
                String::new()
            } else {
                format!("要支援以上 {}人のうち{done}人を読みました", named.len())
            },
        });
    }
    Ok(rows)
}

fn reader(desk: &Desk, batch: &Batch, to: i64, read: Option<Day>, today: Day) -> Reader {
    Reader {
        name: desk.name(to),
        url: format!("/supervision/handovers/{}?to={to}", batch.id),
        said: match read {
            Some(day) => format!("{} 読みました", wareki::short(day)),
            None => format!("まだ読んでいません（{}）", read::due(batch.summary.by(), today)),
        },
        icon: if read.is_some() { "check" } else { "alert" },
        done: read.is_some(),
        late: read.is_none() && batch.summary.by() < today,
    }
}
