//! `tsumugi bench family`: how long the page of a family takes, from the door to the last byte of HTML, the reading log
//! included and the network left out. The family is made by commands, in a scratch database or among the people of a demo.

use askama::Template;
use casework::{
    Act, Body, Command, Role, Sensitivity,
    birth::{Birth, Child},
    body::{Contact, Pregnancy, Reached, Resident, Service},
};
use diesel::{RunQueryDsl, sql_query};
use rules::{Day, Span};
use serde::Serialize;

use super::{FamilyArgs, rounded};
use crate::{
    cli::demo::meta,
    family::page,
    platform::{
        Actor, Clock, Database, Doors, Fault, Problem,
        db::CountRow,
        meter,
        rulebook::{self, Books},
        store::{Applied, Desk, apply, write::NotApplied},
    },
};

/// What the page may take, in milliseconds.
const BUDGET_MS: f64 = 30.0;

#[derive(Serialize)]
struct Report {
    persons: usize,
    events: i64,
    /// People of the whole database.
    among: i64,
    runs: usize,
    html_bytes: usize,
    cpu_ms: f64,
    wall_ms_p50: f64,
    wall_ms_p95: f64,
    budget_ms: f64,
    /// Of the run in the middle; below 1 it holds.
    of_budget: f64,
}

/// # Errors
/// If the database cannot be written, or the family is refused.
pub fn run(args: &FamilyArgs) -> Result<(), Fault> {
    let wall = Clock::system();
    let database = Database::open(&args.database)?;
    database.migrate(&wall)?;
    let today = meta(&database, "demo_as_of")?.and_then(|day| Day::parse_iso(&day)).unwrap_or_else(|| wall.today());
    let clock = Clock::pinned(today);
    let keeper = office(&database)?;
    let books = Books::open(&database)?;
    rulebook::bring_up(&database, &books, today, clock.now())?;
    let doors = Doors::new(database.clone(), clock);
    let actor = Actor { role: Role::Coordinator, ..Actor::program(vec![keeper]) };
    let maker = Maker { doors: &doors, actor: &actor, books: &books, today };
    let files = maker.family(args.events)?;
    let mother = files.first().copied().unwrap_or_default();
    let mut walls = Vec::with_capacity(args.runs);
    let mut bytes = 0;
    let spent = meter::cpu();
    for _ in 0..args.runs.max(1) {
        let begun = wall.wall();
        let page = doors.read(&actor, |door| {
            let book = books.of(door.db, keeper)?;
            page::bare(door, &book, mother)
        });
        let html = page.map_err(told)?.render().map_err(Fault::at("the page cannot be drawn"))?;
        walls.push((wall.wall() - begun) as f64 / 1000.0);
        bytes = html.len();
    }
    let cpu = meter::cpu().zip(spent).map_or(0.0, |(now, then)| (now - then) as f64 / 1e6);
    walls.sort_by(f64::total_cmp);
    let at = |share: usize| walls.get(walls.len() * share / 100).copied().unwrap_or(0.0);
    let count = |what: String| -> Result<i64, Fault> {
        database.read_all(|db| Ok(sql_query(what).get_result::<CountRow>(db)?.n))
    };
    let list = files.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let report = Report {
        persons: files.len(),
        events: count(format!("select count(*) as n from event where file in ({list})"))?,
        among: count(String::from("select count(*) as n from person"))?,
        runs: walls.len(),
        html_bytes: bytes,
        cpu_ms: rounded(cpu / walls.len().max(1) as f64, 2),
        wall_ms_p50: rounded(at(50), 2),
        wall_ms_p95: rounded(at(95), 2),
        budget_ms: BUDGET_MS,
        of_budget: rounded(at(50) / BUDGET_MS, 3),
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

fn told(problem: Problem) -> Fault {
    match problem {
        Problem::Fault(fault) => fault,
        _ => Fault::new("the family made a moment ago is not found"),
    }
}

/// The office whose people are there, or a new one.
fn office(database: &Database) -> Result<i64, Fault> {
    database.write_all(|db| {
        let there: CountRow = sql_query("select coalesce(min(keeper), 0) as n from person").get_result(db)?;
        if there.n > 0 {
            return Ok(there.n);
        }
        sql_query(
            "insert into office (id, parent, kind, code, name) values (1, null, 'municipality', '990001', '架空市')",
        )
        .execute(db)?;
        Ok(1)
    })
}

struct Maker<'m> {
    doors: &'m Doors,
    actor: &'m Actor,
    books: &'m Books,
    today: Day,
}

impl Maker<'_> {
    /// A mother, a father in another household, three children and an expected one, with so many records.
    fn family(&self, events: i64) -> Result<Vec<i64>, Fault> {
        let mother = self.person("架空　美穂", "F", "1001", self.today.plus(-32 * 365))?;
        let father = self.person("架空　隆", "M", "1002", self.today.plus(-35 * 365))?;
        let mut files = vec![mother, father];
        for (n, ago) in (1..).zip([2400, 1500, 400]) {
            let child = self.birth(mother, n, self.today.plus(-ago))?;
            let body = Body::Relation { to: father, role: "father".into(), until: None, hidden: false };
            self.record(child, self.today.plus(-ago), body)?;
            files.push(child);
        }
        self.notify(mother, self.today.plus(90), self.today.plus(-120))?;
        let there = self.doors.read(self.actor, |door| -> Result<i64, Fault> {
            let list = files.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
            Ok(sql_query(format!("select count(*) as n from event where file in ({list})"))
                .get_result::<CountRow>(door.db)?
                .n)
        })?;
        for n in 0..i32::try_from(events - there).unwrap_or(0) {
            let file = files.get(usize::try_from(n).unwrap_or(0) % files.len()).copied().unwrap_or(mother);
            let day = self.today.plus(-1 - (n * 37) % 1_400);
            self.record(file, day.max(self.today.plus(-390)), made(n))?;
        }
        Ok(files)
    }

    fn person(&self, name: &str, sex: &str, household: &str, birth: Day) -> Result<i64, Fault> {
        let resident = Resident {
            household: household.into(),
            name: name.into(),
            sex: sex.into(),
            birth: Some(Span::on(birth)),
            cause: "provisional".into(),
            ..Resident::default()
        };
        let day = Span::on(self.today.plus(-3_000));
        let open = Act::Open { day, source: "own".into(), resident, protected: false };
        self.apply(open)?.opened.first().copied().ok_or_else(|| Fault::new("nobody was opened"))
    }

    fn notify(&self, mother: i64, edd: Day, day: Day) -> Result<(), Fault> {
        let pregnancy = Pregnancy {
            edd,
            fetuses: 1,
            birth_order: None,
            satogaeri: None,
            clinic: String::new(),
            note: String::new(),
            next: None,
        };
        self.apply(Act::NotifyPregnancy { file: mother, day, pregnancy }).map(|_| ())
    }

    fn birth(&self, mother: i64, episode: i32, day: Day) -> Result<i64, Fault> {
        self.notify(mother, day.plus(3), day.plus(-200))?;
        let child =
            Child { name: format!("架空　{episode}郎"), sex: "M".into(), weight: Some(3_000), ..Child::default() };
        let birth = Birth {
            mother,
            episode,
            day,
            weeks: Some(39),
            place: String::new(),
            source: "own".into(),
            home_from: None,
            children: vec![child],
        };
        let applied = self.apply(Act::Birth(birth))?;
        applied.opened.first().copied().ok_or_else(|| Fault::new("no child was opened"))
    }

    fn record(&self, file: i64, day: Day, body: Body) -> Result<(), Fault> {
        let act = Act::Record {
            file,
            episode: None,
            day: Span::on(day),
            source: "own".into(),
            sensitivity: Sensitivity::Ordinary,
            body,
        };
        self.apply(act).map(|_| ())
    }

    fn apply(&self, act: Act) -> Result<Applied, Fault> {
        let keeper = self.actor.keeper;
        let done: Result<Applied, NotApplied> = self.doors.write(self.actor, |door| {
            let (today, now) = (door.today(), door.now());
            let keepers = &[keeper];
            let desk = Desk { keeper, keepers, actor: 0, today, now, batch: None, books: self.books };
            let id = crate::platform::secret::token()?;
            apply(door.db, &desk, &Command { id, act, seen: Vec::new() })
        });
        done.map_err(|e| Fault::new(format!("the family is refused: {e:?}")))
    }
}

/// A call, a visit, or a check-up.
fn made(n: i32) -> Body {
    let contact = |means: &str, result| Contact {
        means: means.into(),
        time: None,
        with: "母".into(),
        result,
        seen: None,
        next: None,
        about: None,
        service: None,
        note: String::from("様子を聞いた。変わりなし。"),
    };
    let services = ["checkup_18m", "checkup_3y", "mr1", "bcg", "pcv", "hepb"];
    let service = |n: usize| Service {
        code: services.get(n % services.len()).copied().unwrap_or("bcg").into(),
        result: "done".into(),
        ..Service::default()
    };
    match n % 4 {
        0 => Body::Contact(contact("phone", Reached::Reached)),
        1 => Body::Contact(contact("phone", Reached::Absent)),
        2 => Body::Visit(contact("visit", Reached::Reached)),
        _ => Body::Service(service(usize::try_from(n / 4).unwrap_or(0))),
    }
}
