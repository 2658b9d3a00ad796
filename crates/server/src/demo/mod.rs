//! The demo: a fictional prefecture with one city in full and 38 small places around it, built by replaying commands
//! through the write path.
//!
//! The same as-of day gives the same city, ids included (except the random salts of the chain). What is in it is told in
//! `demo/README.md`.

mod arrivals;
mod calendar;
mod children;
mod city;
pub mod dice;
mod families;
mod ledger;
mod lines;
mod lives;
mod moves;
pub mod names;
mod office;
mod plan;
mod prefecture;
mod pregnancies;
mod replay;
mod stories;

use rules::Day;

use self::{
    children::Child,
    city::City,
    dice::Dice,
    names::Names,
    office::Founded,
    plan::{Deed, Plan, Step},
    prefecture::{Prefecture, Town},
};
use crate::platform::{Clock, Database, Doors, Fault, rulebook::Books};

/// How much is built.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// Births a year in the city.
    births: i32,
    /// Other municipalities, each with a handful of families.
    towns: usize,
}

const WHOLE: Size = Size { births: 300, towns: usize::MAX };

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
    build_sized(database, books, as_of, WHOLE, progress)
}

fn build_sized(
    database: &Database,
    books: &Books,
    as_of: Day,
    size: Size,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Built, Fault> {
    let names = Names::read()?;
    let prefecture = Prefecture::read()?;
    let mut city = Plan::empty(City::read()?, as_of, as_of.0, size.births);
    tell_city(&mut city, &names);
    let doors = Doors::new(database.clone(), Clock::pinned(as_of));
    let (offices, founded) = database.write_all(|db| office::found(db, &city.city, &prefecture, city.operating))?;
    let mut logins = founded.logins.clone();
    let mut places = vec![prepared(city, founded, "nagata", &prefecture.of_city(), as_of)];
    for town in prefecture.town.iter().take(size.towns) {
        let mut plan = Plan::empty(town.city(), as_of, town.seed(as_of), town.births);
        tell_town(&mut plan, &names);
        let founded = database.write_all(|db| town.found(db, &offices, &names, plan.operating))?;
        logins.extend(founded.logins.iter().cloned());
        places.push(prepared(plan, founded, prefecture::NURSE, town, as_of));
    }
    let total: u64 = places.iter().map(Place::size).sum();
    let (mut before, mut commands) = (0, 0);
    for mut place in places {
        let size = place.size();
        let steps = std::mem::take(&mut place.plan.steps);
        let replay = replay::Replay::new(&doors, books, &place.founded);
        commands += replay.run(steps, &place.plan, &mut |done| progress(before + done, total))?;
        before += size;
    }
    Ok(Built { logins, commands })
}

/// A founded centre with everything that will be recorded in it.
struct Place {
    founded: Founded,
    plan: Plan,
}

impl Place {
    fn size(&self) -> u64 {
        (self.plan.steps.len() + self.plan.people.len()) as u64
    }
}

/// Puts the centre's own records before those of its families.
fn prepared(mut plan: Plan, founded: Founded, by: &'static str, town: &Town, as_of: Day) -> Place {
    let (opening, operating) = (plan.opening, plan.operating);
    let charter = office::charter(&plan.city, &founded, operating).into_iter().chain(town.periods());
    let records = charter
        .map(|(day, body)| (if day == operating { opening.plus(7) } else { opening }, day, body))
        .chain(arrivals::arrivals(opening, as_of, &town.behind, &town.without).into_iter().map(|(on, b)| (on, on, b)));
    let mut steps: Vec<Step> = Vec::new();
    for (on, day, body) in records {
        // Who works here from the founding on is the program's word, as with `setup`: nobody was there to give it.
        let by = if matches!(body, casework::Body::Staff(_)) { "" } else { by };
        steps.push(Step { on, by, deed: Deed::Office { day, body: Box::new(body) }, mark: None });
    }
    steps.append(&mut plan.steps);
    plan.steps = steps;
    Place { founded, plan }
}

/// Everything that will be recorded in the city, without touching a database.
fn tell_city(plan: &mut Plan, names: &Names) {
    families::settle(plan, names);
    let expecting = pregnancies::expect(plan, names);
    moves::choose(plan);
    care(plan, names, expecting);
    moves::arrivals(plan, names);
    stories::tell(plan);
    lives::tell(plan);
    lines::add(plan);
}

/// The ordinary families of a town, and no stories.
fn tell_town(plan: &mut Plan, names: &Names) {
    families::settle(plan, names);
    let expecting = pregnancies::expect(plan, names);
    care(plan, names, expecting);
}

fn care(plan: &mut Plan, names: &Names, expecting: Vec<pregnancies::Expecting>) {
    let seed = plan.seed;
    for family in 0..plan.families.len() {
        families::enter(plan, family);
        let mut dice = Dice::new(seed, "care", family);
        let home = plan.families[family].clone();
        for (who, birth) in home.children {
            let child = Child::new(who, birth, home.district, plan.taken_over(home.district));
            plan.care(Child { until: home.left.unwrap_or(child.until), ..child }, &mut dice);
        }
        plan.leave(family);
    }
    for (number, e) in expecting.into_iter().enumerate() {
        plan.pregnancy(names, e, &mut Dice::new(seed, "expecting", number));
    }
}

#[cfg(test)]
mod tests;
