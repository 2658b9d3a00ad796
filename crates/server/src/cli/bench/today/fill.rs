//! The city: twenty districts with a nurse each, its people through the write path, and for as many as were asked for a next
//! step that was agreed.

use casework::{
    Act, Body, Command, Role, Sensitivity,
    body::{Contact, Next, Reached, Resident},
    office::Assignment,
};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Span};

use super::super::TodayArgs;
use crate::{
    demo::dice::Dice,
    platform::{
        Actor, Clock, Database, Db, Doors, Fault,
        db::{CountRow, IdRow},
        rulebook::Books,
        secret,
        session::live,
        store::{Desk, apply, together::Together, write, write::NotApplied},
    },
};

const DISTRICTS: usize = 20;
/// Persons written in one transaction.
const CHUNK: usize = 500;
/// The office began to work with the system so many days ago.
const SINCE: i32 = 365;

/// The office and whom its nurses sign in as.
pub struct City {
    pub keeper: i64,
    nurses: Vec<(i64, i64)>,
}

impl City {
    /// Cookies of so many people: each nurse once, then again.
    pub fn sign_in(&self, database: &Database, clock: &Clock, people: usize) -> Result<Vec<String>, Fault> {
        let all = self.nurses.iter().cycle().take(people);
        database.write_all(|db| all.map(|(staff, post)| live::start(db, *staff, *post, clock)).collect())
    }
}

/// Fills an empty database; one that was filled before is taken as it is.
pub fn fill(database: &Database, books: &Books, clock: Clock, args: &TodayArgs) -> Result<City, Fault> {
    if let Some(city) = database.read_all(there)? {
        return Ok(city);
    }
    let city = database.write_all(found)?;
    let doors = Doors::new(database.clone(), clock);
    let actor = Actor::program(vec![city.keeper]);
    let desk = Desk {
        keeper: city.keeper,
        keepers: &[city.keeper],
        actor: 1,
        today: clock.today(),
        now: clock.now(),
        batch: None,
        books,
    };
    doors.write(&actor, |door| charter(door.db, &desk, &city)).map_err(refused)?;
    for from in (0..args.persons).step_by(CHUNK) {
        let some = from..args.persons.min(from + CHUNK);
        let written = doors.write(&actor, |door| -> Result<(), NotApplied> {
            let mut together = Together::open(door.db, &desk, &[])?;
            for n in some {
                let opened = together.apply(door.db, &desk, &person(n, desk.today))?.opened;
                let agreed = step(n, args, desk.today);
                if let (Some(file), Some(next)) = (opened.first(), agreed) {
                    together.apply(door.db, &desk, &talked(*file, next, desk.today))?;
                }
            }
            together.close(door.db, &desk).map_err(NotApplied::from)
        });
        written.map_err(refused)?;
    }
    database.write_all(|db| {
        sql_query("analyze").execute(db)?;
        Ok(city)
    })
}

/// The city of a database that was filled.
pub fn there(db: &mut Db) -> Result<Option<City>, Fault> {
    if sql_query("select count(*) as n from person").get_result::<CountRow>(db)?.n == 0 {
        return Ok(None);
    }
    let IdRow { id: keeper } = sql_query("select id from office where kind = 'centre' order by id").get_result(db)?;
    type Row = (i64, i64);
    let text = "select staff, id from post where role = 'phn' and until_day is null order by id";
    let nurses: Vec<Row> = crate::platform::sql::typed::<(BigInt, BigInt)>(text).once().load(db)?;
    if nurses.is_empty() {
        return Err(Fault::new("nobody in this database is a nurse: give the path of a new one"));
    }
    Ok(Some(City { keeper, nurses }))
}

fn found(db: &mut Db) -> Result<City, Fault> {
    let office =
        "insert into office (kind, code, name) values ('centre', '990001', '架空市こども家庭センター') returning id";
    let IdRow { id: keeper } = sql_query(office).get_result(db)?;
    let mut nurses = Vec::with_capacity(DISTRICTS);
    for n in 0..=DISTRICTS {
        let role = if n == DISTRICTS { Role::Coordinator } else { Role::Phn };
        let IdRow { id: staff } =
            sql_query("insert into staff (login, name, kana, password) values ($1, $2, 'かくう', '-') returning id")
                .bind::<Text, _>(format!("n{n}"))
                .bind::<Text, _>(format!("架空 {n}"))
                .get_result(db)?;
        let IdRow { id: post } =
            sql_query("insert into post (staff, keeper, role, from_day) values ($1, $2, $3, 0) returning id")
                .bind::<BigInt, _>(staff)
                .bind::<BigInt, _>(keeper)
                .bind::<Text, _>(role.code())
                .get_result(db)?;
        if role == Role::Phn {
            nurses.push((staff, post));
        }
    }
    Ok(City { keeper, nurses })
}

/// Who answers for which district, and since when the office works with the system.
fn charter(db: &mut Db, desk: &Desk<'_>, city: &City) -> Result<(), NotApplied> {
    let file = write::open_office_file(db, city.keeper)?;
    let since = desk.today.plus(-SINCE);
    let since_then = Body::SettingChanged { name: "operating_since".into(), value: since.to_string() };
    let assigned = city.nurses.iter().enumerate().map(|(n, (staff, _))| {
        let (programme, category) = (String::new(), String::new());
        Body::Assigned(Assignment { district: district(n), programme, category, staff: *staff, until: None })
    });
    for body in std::iter::once(since_then).chain(assigned) {
        let act = record(file, since, body);
        apply(db, desk, &Command { id: secret::token()?, act, seen: Vec::new() })?;
    }
    Ok(())
}

fn district(n: usize) -> String {
    format!("架空{}区", n % DISTRICTS + 1)
}

/// One in nine is a child of the last fifteen years, as in a city.
fn person(n: usize, today: Day) -> Act {
    let mut dice = Dice::new(11, "today", n);
    let days = if !n.is_multiple_of(9) { (20 * 365, 45 * 365) } else { (0, 15 * 365) };
    let birth = Span::on(today.plus(-dice.between(days.0, days.1)));
    let resident = Resident {
        number: format!("{:010}", n + 1),
        household: format!("{:08}", n / 4),
        name: format!("架空{} {}", n / 4, n % 4),
        kana: String::from("かくう"),
        birth: Some(birth),
        address: format!("架空市{n}番地"),
        district: district(n / 4),
        cause: String::from("present"),
        ..Resident::default()
    };
    Act::Open { day: birth, source: String::from("residents"), resident, protected: n % 400 == 7 }
}

/// The day agreed with them: of a hundred, four are past it, three within the week, the others within the year.
fn step(n: usize, args: &TodayArgs, today: Day) -> Option<Day> {
    let mut dice = Dice::new(12, "step", n);
    let per_mille = args.open.saturating_mul(1_000) / args.persons.max(1);
    if usize::try_from(dice.between(0, 999)).unwrap_or(0) >= per_mille {
        return None;
    }
    Some(today.plus(match dice.between(1, 100) {
        1..=4 => dice.between(-40, -1),
        5..=7 => 0,
        _ => dice.between(1, 330),
    }))
}

/// A call sixty days ago, with a next step.
pub fn talked(file: i64, next: Day, today: Day) -> Act {
    let contact = Contact {
        means: String::from("phone"),
        time: None,
        with: String::from("母"),
        result: Reached::Reached,
        seen: None,
        next: Some(Next { on: next, what: String::from("call") }),
        about: None,
        service: None,
        note: String::from("近況を聞いた。"),
    };
    record(file, today.plus(-60), Body::Contact(contact))
}

fn record(file: i64, day: Day, body: Body) -> Act {
    let (day, sensitivity) = (Span::on(day), Sensitivity::Ordinary);
    Act::Record { file, episode: None, day, source: String::from("own"), sensitivity, body }
}

pub fn refused(why: NotApplied) -> Fault {
    Fault::new(format!("an act of the bench is refused: {why:?}"))
}
