//! The demo: one fictional city in a fictional prefecture, built by replaying commands through the write path.
//!
//! The same as-of day gives the same city, ids included (except the random salts of the chain). What is in it is told in
//! `demo/README.md`.

mod arrivals;
mod calendar;
mod children;
mod city;
mod dice;
mod families;
mod ledger;
mod lines;
mod lives;
mod moves;
mod names;
mod office;
mod plan;
mod pregnancies;
mod replay;
mod stories;

use rules::Day;

use self::{
    calendar::fiscal_start,
    children::Child,
    city::City,
    dice::Dice,
    names::Names,
    plan::{Deed, Plan, Step},
};
use crate::platform::{Clock, Database, Doors, Fault, rulebook::Books};

/// The city's size.
const BIRTHS_A_YEAR: i32 = 300;

/// A login to try the demo with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SampleLogin {
    pub login: String,
    pub password: String,
    pub name: String,
    /// The role, and the district where it matters, in Japanese.
    pub role_label: String,
}

/// What was built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Built {
    pub logins: Vec<SampleLogin>,
    /// Commands that were replayed.
    pub commands: u64,
}

/// Builds the demo in a migrated, empty database. `progress` is told (done, total) now and then.
///
/// # Errors
/// If the database is not empty or fails, or if a command of the demo is refused: then the demo is wrong.
pub fn build(
    database: &Database,
    books: &Books,
    as_of: Day,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Built, Fault> {
    build_sized(database, books, as_of, BIRTHS_A_YEAR, progress)
}

fn build_sized(
    database: &Database,
    books: &Books,
    as_of: Day,
    births_a_year: i32,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Built, Fault> {
    let mut plan = plan(as_of, births_a_year)?;
    let doors = Doors::new(database.clone(), Clock::pinned(as_of));
    let (opening, operating) = (plan.opening, plan.operating);
    let founded = database.write(|db| office::found(db, &plan.city, operating))?;
    let mut steps: Vec<Step> = Vec::new();
    let records = office::charter(&plan.city, &founded, operating)
        .into_iter()
        .map(|(day, body)| (if day == operating { opening.plus(7) } else { opening }, day, body))
        .chain(arrivals::arrivals(opening, as_of).into_iter().map(|(on, body)| (on, on, body)));
    for (on, day, body) in records {
        steps.push(Step { on, by: "nagata", deed: Deed::Office { day, body: Box::new(body) }, mark: None });
    }
    steps.append(&mut plan.steps);
    plan.steps = steps;
    let steps = std::mem::take(&mut plan.steps);
    let replay = replay::Replay::new(&doors, books, &founded);
    let commands = replay.run(steps, &plan, progress)?;
    Ok(Built { logins: founded.logins, commands })
}

/// Everything that will be recorded, without touching a database.
fn plan(as_of: Day, births_a_year: i32) -> Result<Plan, Fault> {
    let names = Names::read()?;
    // Half a year of work at least lies between the beginning and the as-of day.
    let operating = fiscal_start(as_of.plus(-180));
    let opening = calendar::workday_until(operating.plus(-16));
    let mut plan = Plan {
        as_of,
        opening,
        operating,
        city: City::read()?,
        births_a_year,
        people: Vec::new(),
        families: Vec::new(),
        steps: Vec::new(),
        ledger: Vec::new(),
    };
    families::settle(&mut plan, &names);
    let expecting = pregnancies::expect(&mut plan, &names);
    moves::choose(&mut plan);
    for family in 0..plan.families.len() {
        families::enter(&mut plan, family);
        let mut dice = Dice::new(as_of.0, "care", family);
        let home = plan.families[family].clone();
        for (who, birth) in home.children {
            let child = Child::new(who, birth, home.district, plan.taken_over(home.district));
            plan.care(Child { until: home.left.unwrap_or(child.until), ..child }, &mut dice);
        }
        plan.leave(family);
    }
    for (number, e) in expecting.into_iter().enumerate() {
        plan.pregnancy(&names, e, &mut Dice::new(as_of.0, "expecting", number));
    }
    moves::arrivals(&mut plan, &names);
    stories::tell(&mut plan);
    lives::tell(&mut plan);
    lines::add(&mut plan);
    Ok(plan)
}

#[cfg(test)]
mod tests;
