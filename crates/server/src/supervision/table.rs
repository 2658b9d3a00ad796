//! `GET /supervision/table`: 担当表 of the office, district by district. The first one is made here, and later ones mended;
//! what is chosen is decided as a 担当替え ([`super::handovers`]), so it has its preview and its undo.

use std::collections::BTreeMap;

use casework::responsibility::{Charge, How};
use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Text},
};
use rules::{Day, wareki};

use super::{
    charges::{PROGRAMMES, said},
    desk::Desk,
    handovers::{moves::Wanted, new},
    view::{TableCell, TablePage, TableRow},
};
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Fault, Problem, sql};

const SUPPORTED: &str = "needs_support";

/// The page.
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let frame = ask.frame("担当表", "/supervision")?;
    let decide = ask.draw_form("/supervision/handovers", "/supervision")?;
    let mut wanted = Wanted::read(ask, false);
    let day = wanted.day.unwrap_or(ask.today());
    let mut page = ask.read(|door| {
        let desk = Desk::of(door)?;
        let mut page = drawn(door, &desk, &wanted, day)?;
        if wanted.begun() {
            page.ask.errors = new::early(&desk, day);
        }
        if wanted.begun() && wanted.wrong.is_empty() {
            let moves = wanted.moves(&desk, day);
            if moves.is_empty() {
                wanted.wrong.push(String::from("いまの担当表と同じです。担当を選んでください。"));
            }
            if wanted.wrong.is_empty() {
                page.plan = Some(new::planned(door, &desk, &wanted, &moves, day)?);
            }
        }
        page.wrong.clone_from(&wanted.wrong);
        Ok(page)
    })?;
    page.frame = frame;
    if let Some(plan) = &mut page.plan {
        plan.form = decide;
    }
    Reply::page(&page)
}

fn drawn(door: &mut Door<'_>, desk: &Desk, wanted: &Wanted, day: Day) -> Result<TablePage, Problem> {
    let persons = persons(door, desk.keeper)?;
    let mut names: Vec<&str> = persons.keys().map(String::as_str).collect();
    names.extend(desk.table.rows.iter().map(|row| row.district.as_str()).filter(|district| !district.is_empty()));
    names.sort_unstable();
    names.dedup();
    let district = |(n, name): (usize, &str)| TableRow {
        label: if name.is_empty() { String::from("上のどれでもない方") } else { name.to_owned() },
        hidden: Some((format!("area-{n}"), name.to_owned())),
        persons: persons.get(name).map(|n| format!("{n}人")).unwrap_or_default(),
        cells: vec![
            cell(desk, wanted, day, &format!("all-{n}"), (name, "", "")),
            cell(desk, wanted, day, &format!("care-{n}"), (name, "", SUPPORTED)),
        ],
    };
    let programme = |(code, word): &(&str, &str)| TableRow {
        label: (*word).to_owned(),
        cells: vec![cell(desk, wanted, day, &format!("programme-{code}"), ("", code, ""))],
        ..TableRow::default()
    };
    Ok(TablePage {
        first: desk.table.rows.is_empty(),
        said: vacant_said(desk),
        ask: Form {
            action: String::from("/supervision/table"),
            echoes: vec![(String::from("from_day"), wareki::long(day))],
            values: vec![(String::from("from_day"), wareki::short(day))],
            ..Form::default()
        },
        // The last one stands for everybody whose district is not named.
        districts: names.into_iter().chain([""]).enumerate().map(district).collect(),
        programmes: PROGRAMMES.iter().map(programme).collect(),
        ..TablePage::default()
    })
}

/// The choice of whose a charge is: as asked for, else as it stands.
fn cell(desk: &Desk, wanted: &Wanted, day: Day, field: &str, charge: (&str, &str, &str)) -> TableCell {
    let (district, programme, category) = charge;
    let held = desk.table.rows.iter().find(|row| {
        (row.district.as_str(), row.programme.as_str(), row.category.as_str()) == charge
            && row.from <= day
            && row.until.is_none_or(|until| until >= day)
    });
    let asked = wanted.fields.iter().find(|(name, _)| name == field).and_then(|(_, to)| to.parse::<i64>().ok());
    let chosen = asked.or(held.map(|row| row.staff)).unwrap_or(0);
    let mut able: Vec<i64> = desk.able(day).map(|worker| worker.id).collect();
    able.extend(held.map(|row| row.staff).filter(|staff| !able.contains(staff)));
    // Who has it cannot be nobody from here: a row is given to somebody else, or it ends with them.
    let none = held.is_none().then(|| (Choice::new("0", "決めない"), chosen == 0));
    let worker = |id: i64| (Choice::new(&id.to_string(), &desk.name(id)), id == chosen);
    TableCell {
        field: field.to_owned(),
        label: said(district, programme, category),
        choices: none.into_iter().chain(able.into_iter().map(worker)).collect(),
    }
}

/// Who gets what nobody has by name. Never silently nobody.
pub fn vacant_said(desk: &Desk) -> String {
    let nobodys = Charge { district: String::from("\u{1}"), ..Charge::default() };
    let owner = desk.table.owner(&nobodys, desk.today);
    match (owner.how, owner.staff) {
        (How::Nobody, _) if desk.table.posts.iter().any(|post| post.coordinator) => String::from(
            "統括支援員が休みで、代わりに受ける人もいないため、担当を決めていない対応は「センター全体」の一覧にだけ出ます。休みと代行で、代行を決めてください。",
        ),
        (How::Nobody, _) => String::from(
            "統括支援員がいないため、担当を決めていない対応は「センター全体」の一覧にだけ出ます。管理者に、統括支援員の役割を加えてもらってください。",
        ),
        (How::Vacant, Some(staff)) => format!(
            "担当を決めていない対応は、統括支援員（{}）の一覧に出ます。だれの一覧にも出ない対応はありません。",
            desk.name(staff)
        ),
        (How::Head, Some(staff)) => format!(
            "統括支援員が休みの間、担当を決めていない対応は、センター長（{}）の一覧に出ます。だれの一覧にも出ない対応はありません。",
            desk.name(staff)
        ),
        _ => String::new(),
    }
}

/// The hint of an office that has no table at all; empty where there is one, or a town's only worker has everything anyway.
pub fn hint(desk: &Desk) -> String {
    let nobody = desk.table.owner(&Charge::default(), desk.today).how == How::Nobody;
    if !desk.table.rows.is_empty() || (desk.alone() && !nobody) { String::new() } else { vacant_said(desk) }
}

/// Persons by district, as they may be named: of protected ones no district is counted.
fn persons(door: &mut Door<'_>, keeper: i64) -> Result<BTreeMap<String, i64>, Fault> {
    let text = "select district, count(*) as n from person where keeper = $1 and district <> '' and protected = 0 \
                and gone = '' group by district order by district";
    let rows: Vec<(String, i64)> = sql::typed::<(Text, BigInt)>(text).with(keeper).load(door.db)?;
    Ok(rows.into_iter().collect())
}
