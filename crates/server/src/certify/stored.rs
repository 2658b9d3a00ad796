//! The figures of today, from the read tables: a few counts in the database, whatever the population.

use casework::{Sensitivity, View};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};

use super::figures::{Figures, Lines, MISSING, PRESSING, STATES, ages};
use super::office::{self, Office, Town};
use crate::platform::{Door, Fault, rulebook::Books, sql};
use crate::today::lines::{Lens, LineState};

/// # Errors
/// If the database fails, or the figures do not add up.
pub fn figures(door: &mut Door<'_>, books: &Books, town: &Town) -> Result<Figures, Fault> {
    let today = door.today();
    let mut figures = Figures::new(&town.code, today);
    persons(door, &mut figures)?;
    let scope = door.scope();
    let text = format!("select id from file where keeper in {scope} and standing = 'listed' order by id");
    figures.listed = sql::typed::<BigInt>(&text).once().load(door.db)?;
    let shelf = books.now(door.db)?;
    let mut offices = Vec::new();
    for keeper in door.keepers().to_vec() {
        let office = Office::of(door.db, keeper, View::default())?;
        // Each office compares with its own settings, whoever asks.
        let lens = Lens {
            scope: format!("({keeper})"),
            near: office.near,
            since: office.since,
            ..Lens::of(door, Sensitivity::Ordinary)?
        };
        lines(door, &lens, &mut figures)?;
        offices.push(office);
    }
    let own: Vec<_> = door.keepers().iter().map(|keeper| shelf.of(*keeper).clone()).collect();
    figures.sources = office::sources(offices.iter(), own.iter().map(|book| &***book), today);
    figures.sound()
}

type Kind = (String, String, String, i32, String, i64);

fn persons(door: &mut Door<'_>, figures: &mut Figures) -> Result<(), Fault> {
    let ages = ages(door.today());
    let text = format!(
        "select standing, gone, subjects, age, district, count(*) as n from (select f.standing, p.gone, p.subjects, \
         case when p.birth_hi >= {} then 2 when p.birth_hi >= {} then 1 else 0 end as age, \
         case when p.protected = 1 then '' else p.district end as district \
         from file f join person p on p.keeper = f.keeper and p.file = f.id \
         where f.keeper in {} and f.subject = 'person') one \
         group by standing, gone, subjects, age, district",
        ages.infant.0,
        ages.child.0,
        door.scope()
    );
    let kinds: Vec<Kind> = sql::typed::<(Text, Text, Text, Integer, Text, BigInt)>(&text).once().load(door.db)?;
    for (standing, gone, subjects, age, district, n) in kinds {
        figures.person(&standing, (&gone, &subjects, age, &district), n.unsigned_abs());
    }
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = BigInt)]
    lines: i64,
    #[diesel(sql_type = BigInt)]
    persons: i64,
}

impl Row {
    fn add(&self, to: &mut Lines) {
        to.lines += self.lines.unsigned_abs();
        to.persons += self.persons.unsigned_abs();
    }
}

fn lines(door: &mut Door<'_>, lens: &Lens, figures: &mut Figures) -> Result<(), Fault> {
    for row in counted(door, lens, "cast(tier as text)", &STATES, 2)? {
        if let (Some(state), Ok(tier)) = (LineState::from_code(&row.state), row.of.parse()) {
            row.add(figures.undone.entry(state.code()).or_default().entry(tier).or_default());
        }
    }
    for row in counted(door, lens, "source", &MISSING, 2)? {
        if let Some(state) = LineState::from_code(&row.state) {
            let of = figures.undone_by_source.entry(row.of.clone()).or_default();
            row.add(of.entry(state.code()).or_default());
        }
    }
    for row in counted(door, lens, "service", &PRESSING, 1)? {
        if let Some(state) = LineState::from_code(&row.state) {
            let of = figures.undone_by_service.entry(row.of.clone()).or_default();
            row.add(of.entry(state.code()).or_default());
        }
    }
    Ok(())
}

fn counted(door: &mut Door<'_>, lens: &Lens, by: &str, states: &[LineState], tier: i32) -> Result<Vec<Row>, Fault> {
    let states: Vec<String> = states.iter().map(|s| format!("'{}'", s.code())).collect();
    let text = format!(
        "select state, {by} as \"of\", count(*) as lines, count(distinct file) as persons from ({}) line \
         where state in ({}) and tier <= {tier} group by state, {by}",
        lens.open_sql(""),
        states.join(",")
    );
    Ok(sql_query(text).load(door.db)?)
}
