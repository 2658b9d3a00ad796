//! What the office's own file says about a sheet: how far sources reach, what lines are compared with, and who confirmed.

use std::collections::BTreeMap;

use casework::{Body, View, certify::Confirmed, fold};
use diesel::{QueryableByName, RunQueryDsl, sql_types::BigInt};
use rules::{Day, Rulebook};

use super::figures::Source;
use crate::intake::arrivals::page::expected;
use crate::platform::{
    Db, Fault,
    clock::day_in_japan,
    sql,
    store::{events_of, load::id_list},
};

/// How far a source reaches: through, usual delay in days, instant of the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrived {
    pub through: Day,
    pub lag: i32,
    pub recorded_at: i64,
}

/// A confirmation that stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed {
    pub event: i64,
    pub file: i64,
    pub day: Day,
    pub by: i64,
    pub at: i64,
    pub confirmed: Confirmed,
}

/// An office's file read through a view.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Office {
    pub near: i32,
    pub since: Option<Day>,
    pub arrived: BTreeMap<String, Arrived>,
    /// In the order of their days.
    pub signed: Vec<Signed>,
}

impl Office {
    /// # Errors
    /// If the database fails.
    pub fn of(db: &mut Db, keeper: i64, view: View<'_>) -> Result<Office, Fault> {
        let mut office = Office { near: 7, since: None, arrived: BTreeMap::new(), signed: Vec::new() };
        let Some(file) = file(db, keeper)? else { return Ok(office) };
        let of = events_of(db, file)?;
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..view });
        for entry in &story.entries {
            match entry.body {
                Body::SourceArrived { source, through, usual_lag_days } => {
                    let (through, lag) = (*through, *usual_lag_days);
                    office.arrived.insert(source.clone(), Arrived { through, lag, recorded_at: entry.recorded_at });
                }
                Body::SettingChanged { name, value } if name == "near_days" => {
                    office.near = value.parse().unwrap_or(7);
                }
                Body::SettingChanged { name, value } if name == "operating_since" => {
                    office.since = Day::parse_iso(value);
                }
                Body::SheetConfirmed(confirmed) => {
                    let by = of.events.iter().find(|e| e.id == entry.root).map_or(0, |e| e.actor);
                    office.signed.push(Signed {
                        event: entry.root,
                        file,
                        day: entry.day.lo,
                        by,
                        at: entry.recorded_at,
                        confirmed: confirmed.clone(),
                    });
                }
                _ => {}
            }
        }
        Ok(office)
    }
}

fn file(db: &mut Db, keeper: i64) -> Result<Option<i64>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
    }
    let text = "select file from office where id = $1 and file is not null";
    let rows: Vec<Row> = sql::sql(text).with(keeper).load(db)?;
    Ok(rows.first().map(|row| row.file))
}

/// The sources of a day: those that ever arrived and those the rules wait for. Of several offices the one that is furthest
/// behind speaks.
pub fn sources<'a>(
    offices: impl Iterator<Item = &'a Office>,
    books: impl Iterator<Item = &'a Rulebook>,
    day: Day,
) -> BTreeMap<String, Source> {
    let mut furthest: BTreeMap<String, Arrived> = BTreeMap::new();
    for (source, arrived) in offices.flat_map(|office| &office.arrived) {
        let known = furthest.entry(source.clone()).or_insert(*arrived);
        if arrived.through < known.through {
            *known = *arrived;
        }
    }
    let mut all: BTreeMap<String, Source> = BTreeMap::new();
    for rule in books.flat_map(Rulebook::rules).filter(|rule| rule.duty && rule.evidence != "own") {
        all.entry(rule.evidence.clone()).or_default();
    }
    for (source, Arrived { through, lag, recorded_at }) in furthest {
        let expected = expected(day, lag);
        all.insert(
            source,
            Source {
                through: Some(through.to_string()),
                usual_lag_days: lag,
                expected: Some(expected.to_string()),
                late: through < expected,
                last_recorded: Some(day_in_japan(recorded_at).to_string()),
            },
        );
    }
    all
}

/// A municipality, or an office below one: code and name of the municipality, and the names of the offices that are meant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Town {
    pub code: String,
    pub name: String,
    pub offices: Vec<(i64, String)>,
}

/// The town of an office, with those of its `keepers` that hold files.
///
/// # Errors
/// If the database fails.
pub fn town(db: &mut Db, office: i64, keepers: &[i64]) -> Result<Town, Fault> {
    use diesel::sql_types::Text;
    let text = "select case when o.code <> '' then o.code else coalesce(above.code, '') end as code, \
                case when o.code <> '' then o.name else coalesce(above.name, o.name) end as name \
                from office o left join office above on above.id = o.parent where o.id = $1";
    let found: Vec<(String, String)> = sql::typed::<(Text, Text)>(text).with(office).load(db)?;
    let list = id_list(keepers);
    let text = format!("select id, name from office where id in {list} and kind <> 'municipality' order by id");
    let offices = sql::typed::<(BigInt, Text)>(&text).once().load::<(i64, String)>(db)?;
    let (code, name) = found.into_iter().next().unwrap_or_default();
    Ok(Town { code, name, offices })
}
