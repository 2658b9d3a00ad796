//! Read tables against the events they are made from: people, relations, and what an office keeps.

use std::collections::BTreeMap;

use casework::{Body, Story};
use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Integer, Nullable, Text},
};

use super::{Finding, Promise};
use crate::{
    Db, Fault,
    sql::typed,
    store::{
        load::id_list,
        rows::{PERSON, PersonText, Who},
        tables,
    },
};

/// Stored rows of the people index, by file.
pub fn people(db: &mut Db, files: &[i64]) -> Result<BTreeMap<i64, PersonText>, Fault> {
    type N = Nullable<Integer>;
    type Columns =
        (BigInt, Text, Text, N, N, Text, Text, Text, Text, Text, Text, Integer, Text, N, Integer, Text, Text, N);
    type Word = String;
    type Day = Option<i32>;
    type Row = (i64, Word, Word, Day, Day, Word, Word, Word, Word, Word, Word, i32, Word, Day, i32, Word, Word, Day);
    let columns = PERSON.columns.get(1..).unwrap_or_default().join(", ");
    let text = format!("select {columns} from person where file in {}", id_list(files));
    let rows: Vec<Row> = typed::<Columns>(&text).once().load(db)?;
    let row = |(
        file,
        name,
        kana,
        lo,
        hi,
        sex,
        number,
        house,
        district,
        address,
        phone,
        protected,
        gone,
        on,
        provisional,
        category,
        subjects,
        edd,
    )| {
        let texts = [name, kana, sex, number, house, district, address, phone, gone, category, subjects];
        (file, PersonText { texts, numbers: [lo, hi, on, edd], protected, provisional })
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Who a person is and how they are related.
pub fn who(db: &mut Db, keeper: i64, file: i64, who: &Who, stored: Option<&PersonText>) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    let wanted = who.person.as_ref().map(PersonText::of);
    if stored != wanted.as_ref() {
        let protection = stored.map(|p| p.protected) != wanted.as_ref().map(|p| p.protected);
        let what = if protection { "whether the person is protected" } else { "the row of the people index" };
        findings.push(Finding::new(Promise::ProtectedEverywhere, file, format!("{what} differs from the events")));
    }
    if tables::relations_of(db, keeper, file)? != who.relations {
        findings.push(Finding::new(Promise::TwoDataPlanes, file, "stored relations differ from the events"));
    }
    Ok(findings)
}

/// What an office's tables should say, a line a row.
pub fn office(db: &mut Db, keeper: i64, file: i64, story: &Story<'_>) -> Result<Vec<Finding>, Fault> {
    let day = |day: Option<rules::Day>| day.map_or(String::new(), |d| d.0.to_string());
    let (mut wanted, mut last) = (Vec::new(), BTreeMap::new());
    for entry in &story.entries {
        let from = entry.day.lo.0;
        match entry.body {
            Body::Assigned(a) => wanted.push(format!(
                "assignment {} {} {} {} {} {from} {}",
                entry.root,
                a.district,
                a.programme,
                a.category,
                a.staff,
                day(a.until)
            )),
            Body::Absent(a) => wanted.push(format!(
                "absence {} {} {from} {} {}",
                entry.root,
                a.staff,
                day(a.until),
                a.substitute.map_or(String::new(), |s| s.to_string())
            )),
            Body::Period { name, until, .. } => {
                wanted.push(format!("office_period {} {name} {from} {}", entry.root, day(*until)));
            }
            Body::SourceArrived { source, through, usual_lag_days } => {
                last.insert(("arrival", source.as_str()), format!("{} {usual_lag_days}", through.0));
            }
            Body::SettingChanged { name, value } => {
                last.insert(("setting", name.as_str()), value.clone());
            }
            _ => {}
        }
    }
    if let Some(name) = casework::office::name(story) {
        wanted.push(format!("name {name}"));
    }
    wanted.extend(last.into_iter().map(|((table, name), said)| format!("{table} {name} {said}")));
    let mut stored = Vec::new();
    for text in [
        "select 'assignment ' || cast(event as text) || ' ' || district || ' ' || programme || ' ' || category || ' ' || \
         cast(staff as text) || ' ' || cast(from_day as text) || ' ' || coalesce(cast(until_day as text), '') \
         from assignment where keeper = $1",
        "select 'absence ' || cast(event as text) || ' ' || cast(staff as text) || ' ' || cast(from_day as text) || ' ' || \
         coalesce(cast(until_day as text), '') || ' ' || coalesce(cast(substitute as text), '') \
         from absence where keeper = $1",
        "select 'office_period ' || cast(event as text) || ' ' || name || ' ' || cast(from_day as text) || ' ' || \
         coalesce(cast(until_day as text), '') from office_period where keeper = $1",
        "select 'arrival ' || source || ' ' || cast(through as text) || ' ' || cast(lag_days as text) from arrival \
         where keeper = $1",
        "select 'setting ' || name || ' ' || value from setting where keeper = $1",
    ] {
        stored.extend(typed::<Text>(text).with(keeper).load::<String>(db)?);
    }
    // What an office was founded as stands in its row alone, until it is renamed.
    if casework::office::name(story).is_some() {
        let text = "select 'name ' || name from office where id = $1";
        stored.extend(typed::<Text>(text).with(keeper).load::<String>(db)?);
    }
    wanted.sort();
    stored.sort();
    let same = wanted == stored;
    let what = "assignments, arrivals, settings, periods or the name of the office differ from its events";
    Ok((!same).then(|| Finding::new(Promise::OneWritePath, file, what)).into_iter().collect())
}
