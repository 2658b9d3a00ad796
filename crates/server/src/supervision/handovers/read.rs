//! 「読みました」: of a whole 引継書 in the office's file, of one person in theirs. Only whoever takes over ticks.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    Act, Body, Sensitivity,
    office::handover::{HANDOVER, HandoverRead, reading_key},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::{Day, Span, wareki};

use super::{Batch, Handover};
use crate::intake::imports::batch::{self, State};
use crate::platform::record::{Submitted, submit, told};
use crate::platform::store::tables::standing_for;
use crate::platform::web::view::{Link, Notice, NoticeTone};
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Fault, Problem, clock::day_in_japan, mask};
use crate::rulebook::changes::desk::office_file;
use crate::today::lines::{self, Filter, LineState};

/// 担当替え older than this are history: nobody is asked about them any more.
const ASKED_DAYS: i32 = 120;

/// `POST /supervision/handovers/{id}/read`, with `file` for one person.
///
/// # Errors
/// Not found for whoever takes nothing over; or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("id")?;
    let batch = ask.read(|door| batch::find::<Handover>(door, id))?;
    let staff = ask.actor()?.staff;
    let file: Option<i64> = match ask.form("file") {
        "" => None,
        typed => Some(typed.parse().map_err(|_| Problem::NotFound)?),
    };
    let may = batch.summary.receivers().contains(&staff);
    let stands = matches!(batch.state, State::Applied | State::Applying);
    let instead = || ask.read(|door| Ok(file.is_some() && answered(door, id)?.iter().any(|f| Some(*f) == file)));
    if !stands || !(may || instead()?) {
        return Err(Problem::NotFound);
    }
    let target = match file {
        Some(file) => ask.read(|door| handed(door, id, file))?.then_some(file).ok_or(Problem::NotFound)?,
        None => ask.write(|door| Ok(office_file(door)?))?,
    };
    let act = Act::Record {
        file: target,
        episode: None,
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::HandoverRead(HandoverRead { about: reading_key(id), staff }),
    };
    let back = file.map_or_else(
        || format!("/supervision/handovers/{id}?to={staff}"),
        |file| format!("/supervision/handovers/{id}?to={staff}#p-{file}"),
    );
    let said = |text: String| Notice { tone: NoticeTone::Told, text, link: None, undo: None };
    let notice = match submit(ask, act)? {
        Submitted::Applied(applied) => match file {
            // Of the whole it is taken back with the 担当替え; of one person like any record.
            Some(file) => told(
                "この方の引継ぎを「読みました」にしました。",
                applied.events.first().map(|event| (file, *event)),
                &back,
            ),
            None => told("引継書を「読みました」にしました。", None, &back),
        },
        Submitted::Refused(why) => said(why.first().map(|r| r.message.clone()).unwrap_or_default()),
        Submitted::Conflict(_) => said(String::from("ほかの記録と重なりました。もう一度押してください。")),
    };
    Ok(Reply::see_told(&back, notice))
}

/// Persons handed over by name for whom the actor answers today, not yet read: a 代行, or whoever has the charge by now.
///
/// # Errors
/// If the database fails.
pub fn answered(door: &mut Door<'_>, id: i64) -> Result<BTreeSet<i64>, Fault> {
    const MOST: i64 = 1_000;
    let filter = Filter {
        owner: Some(door.actor.staff),
        service: Some(HANDOVER.to_owned()),
        states: LineState::ALL.to_vec(),
        ..Filter::default()
    };
    let key = reading_key(id);
    let lines = lines::list(door, &filter, MOST, 0)?;
    Ok(lines.into_iter().filter(|line| line.key == key).map(|line| line.file).collect())
}

/// Whether a person was handed over by name, as the actor may know of it.
fn handed(door: &mut Door<'_>, id: i64, file: i64) -> Result<bool, Problem> {
    Ok(by_name(door, id)?.iter().any(|(f, _)| *f == file))
}

/// Files handed over by name, and since when each has been read; within what the actor may know of.
///
/// # Errors
/// If the database fails.
pub fn by_name(door: &mut Door<'_>, id: i64) -> Result<Vec<(i64, Option<Day>)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
        #[diesel(sql_type = diesel::sql_types::Nullable<Integer>)]
        settled_on: Option<i32>,
    }
    let rows: Vec<Row> = sql_query(format!(
        "select d.file, d.settled_on from duty d where d.keeper in {} and {} and d.key = $1 \
         and d.file in (select e.file from event e where e.batch = $2 and e.kind = 'handed_over') order by d.file",
        door.scope(),
        standing_for(mask::level(door.actor))
    ))
    .bind::<Text, _>(reading_key(id))
    .bind::<BigInt, _>(id)
    .load(door.db)?;
    Ok(rows.into_iter().map(|r| (r.file, r.settled_on.map(Day))).collect())
}

/// Who has read which 引継書 as a whole, and when: (handover, staff) → day.
///
/// # Errors
/// If the database fails.
pub fn whole(door: &mut Door<'_>) -> Result<BTreeMap<(String, i64), Day>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        code: String,
        #[diesel(sql_type = BigInt)]
        actor: i64,
        #[diesel(sql_type = BigInt)]
        recorded_at: i64,
    }
    let rows: Vec<Row> = sql_query(
        "select e.code, e.actor, e.recorded_at from event e join office o on o.file = e.file \
         where o.id = $1 and e.kind = 'handover_read' and e.corrects is null and e.code is not null \
         and not exists (select 1 from event w where w.file = e.file and w.corrects = e.id and w.kind = 'withdrawn')",
    )
    .bind::<BigInt, _>(door.actor.keeper)
    .load(door.db)?;
    Ok(rows.into_iter().map(|r| ((r.code, r.actor), day_in_japan(r.recorded_at))).collect())
}

/// 担当替え that stand and are still asked about, newest first.
///
/// # Errors
/// If the database fails.
pub fn standing(door: &mut Door<'_>) -> Result<Vec<Batch>, Fault> {
    let since = door.today().plus(-ASKED_DAYS);
    let found = batch::latest::<Handover>(door, 50)?;
    let stands = |b: &Batch| matches!(b.state, State::Applied | State::Applying) && b.summary.day() >= since;
    let keeper = door.actor.keeper;
    Ok(found.into_iter().filter(|b| stands(b) && b.keeper == keeper).collect())
}

/// What waits to be read by whoever asks, for 今日の対応.
///
/// # Errors
/// If the database fails.
pub fn waiting(door: &mut Door<'_>) -> Result<Vec<Link>, Fault> {
    let staff = door.actor.staff;
    let mine: Vec<Batch> = standing(door)?.into_iter().filter(|b| b.summary.receivers().contains(&staff)).collect();
    if mine.is_empty() {
        return Ok(Vec::new());
    }
    let (read, today) = (whole(door)?, door.today());
    let unread = mine.into_iter().filter(|b| !read.contains_key(&(reading_key(b.id), staff)));
    Ok(unread
        .map(|b| Link {
            label: format!("引継書を読む（{}）", due(b.summary.by(), today)),
            url: format!("/supervision/handovers/{}?to={staff}", b.id),
        })
        .collect())
}

/// 「4月15日まで」, or by how much it is late.
pub fn due(by: Day, today: Day) -> String {
    if by < today {
        format!("期限 {}・{}日超過", wareki::month_day(by), today.since(by))
    } else {
        format!("{}まで", wareki::month_day(by))
    }
}
