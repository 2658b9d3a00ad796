//! GET /readings: 閲覧の点検 month by month, in counts. 管理者 sees these and nobody's records.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Body, Permission, emergency::Verdict};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::wareki;

use super::{
    looks::Month,
    view::{IndexPage, MonthRow},
};
use crate::{
    platform::{
        Door, Fault, Problem,
        web::{
            Ask, Reply,
            view::{Frame, Link},
        },
    },
    rulebook::changes::desk::OfficeFile,
};

/// Months on one page.
const SHOWN: usize = 3;

/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let frame = ask.frame("閲覧の点検", "/readings")?;
    let asked = Month::parse(ask.query("until")).filter(|m| m.first <= ask.today());
    let newest = asked.or_else(|| Month::of(ask.today())).ok_or(Problem::NotFound)?;
    let may = ask.actor()?.role.may(Permission::InspectReadings);
    let page = ask.read(|door| {
        let said = said(door)?;
        let (mut months, mut next) = (Vec::new(), Some(newest));
        for _ in 0..SHOWN {
            let Some(month) = next else { break };
            months.push(row(door, &month, &said, may)?);
            next = month.before();
        }
        let older = next
            .map(|month| Link {
                label: String::from("もっと前の月"), url: format!("/readings?until={}", month.text)
            });
        let emergencies_url = if may { String::from("/emergencies") } else { String::new() };
        Ok(IndexPage { frame: Frame::default(), months, older, counts_only: !may, emergencies_url })
    })?;
    Reply::page(&IndexPage { frame, ..page })
}

fn row(door: &mut Door<'_>, month: &Month, said: &BTreeMap<String, Inspection>, may: bool) -> Result<MonthRow, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        what: String,
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let rows: Vec<Row> = sql_query(format!(
        "select case when purpose = 'missed' then 'missed' else what end as what, count(*) as n from reading \
         where keeper in {} and at >= $1 and at < $2 and staff > 0 group by 1",
        door.scope()
    ))
    .bind::<BigInt, _>(month.from())
    .bind::<BigInt, _>(month.to())
    .load(door.db)?;
    let count = |what: &str| rows.iter().find(|r| r.what == what).map_or(0, |r| r.n);
    let opened = count("person") + count("reveal") + count("emergency");
    let none = Inspection::default();
    let of = said.get(&month.text).unwrap_or(&none);
    let marks = |verdict: Verdict| of.marks.values().filter(|v| **v == verdict).count();
    let over = month.is_over(door.today());
    let late = month.due().is_some_and(|due| due < door.today());
    let state = match (over, of.done, opened) {
        (false, ..) => String::from("月の途中"),
        (true, true, _) => String::from("点検ずみ"),
        (true, false, 0) => String::from("閲覧なし"),
        (true, false, _) if late => String::from("期限超過"),
        (true, false, _) => format!("{}まで", month.due().map(wareki::month_day).unwrap_or_default()),
    };
    Ok(MonthRow {
        label: month.word(),
        url: if may { format!("/readings/month?month={}", month.text) } else { String::new() },
        opened,
        listed: count("list"),
        printed: count("export"),
        revealed: count("reveal"),
        emergencies: count("emergency"),
        missed: count("missed"),
        fit: marks(Verdict::Fit),
        question: marks(Verdict::Question),
        state,
        done: of.done,
    })
}

/// What was said of a month.
#[derive(Default)]
pub struct Inspection {
    /// Nothing was left when somebody last marked something.
    pub done: bool,
    marks: BTreeMap<i64, Verdict>,
}

/// The months that are done, without reading the office's file as a whole.
///
/// # Errors
/// If the database fails.
pub fn done(door: &mut Door<'_>) -> Result<BTreeSet<String>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        code: String,
    }
    let rows: Vec<Row> = sql_query(
        "select distinct e.code from event e join office o on o.file = e.file \
         where o.id = $1 and e.kind = 'inspected' and e.number = 0 and e.code is not null",
    )
    .bind::<BigInt, _>(door.actor.keeper)
    .load(door.db)?;
    Ok(rows.into_iter().map(|row| row.code).collect())
}

/// By month, as the office's file tells it.
///
/// # Errors
/// If the database fails.
pub fn said(door: &mut Door<'_>) -> Result<BTreeMap<String, Inspection>, Fault> {
    let mut found: BTreeMap<String, Inspection> = BTreeMap::new();
    let Some(office) = OfficeFile::of(door.db, door.actor.keeper)? else { return Ok(found) };
    for (event, _) in &office.story().log {
        let Some(Body::Inspected(inspected)) = &event.body else { continue };
        let of = found.entry(inspected.month.clone()).or_default();
        of.done = of.done || inspected.left == 0;
        of.marks.extend(inspected.marks.iter().map(|mark| (mark.reading, mark.verdict)));
    }
    Ok(found)
}
