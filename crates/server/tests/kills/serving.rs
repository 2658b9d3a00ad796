//! `tsumugi serve` killed while several browsers record over HTTP: the real program with its real forms, tokens and command
//! numbers. What was answered with success is there when it is started again, nothing is half there, and a form that is sent
//! once more, as after a page that never came, does nothing twice.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use casework::{Act, Role, body::Resident};
use diesel::{RunQueryDsl, sql_query, sql_types::Text};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use rules::Span;
use server::cli::check::verified;
use server::platform::{
    Actor, Clock, Database, Doors, Fault, Problem,
    db::CountRow,
    rulebook::{self, Books},
    store::{Desk, apply},
};

use crate::support::site::{CENTRE, PASSWORD, Visitor, encoded, keys_of, people, sealed, today};
use crate::{Place, child::APPLICATION, left, postgres, sqlite};

/// Who works at the same time.
const WORKERS: [Role; 4] = [Role::Phn, Role::Midwife, Role::Coordinator, Role::Psychologist];
/// Everybody records of everybody.
const PERSONS: i64 = 3;

/// The program, until it is killed or dropped.
struct Serving {
    process: std::process::Child,
    address: SocketAddr,
    _said: BufReader<ChildStdout>,
}

impl Serving {
    fn start(data: &Path, database: &str) -> Serving {
        let database = match database.strip_prefix("postgres") {
            Some(_) => format!("{database}?application_name={APPLICATION}"),
            None => database.to_owned(),
        };
        let day = today().to_string();
        let mut process = Command::new(env!("CARGO_BIN_EXE_tsumugi"))
            .args(["serve", "--port", "0", "--as-of", &day, "--database", &database, "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let address = (&mut said).lines().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            rest.trim_end_matches('/').parse().ok()
        });
        let address = address.expect("the program ended without naming its address");
        Serving { process, address, _said: said }
    }

    /// SIGKILL: no farewell.
    fn kill(mut self) {
        self.process.kill().unwrap();
        assert_eq!(self.process.wait().unwrap().code(), None, "it ended by itself before");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A form as it was sent, with the word that is in no other.
struct Form {
    path: String,
    fields: String,
    mark: String,
    /// A success came back.
    answered: bool,
}

/// A browser of somebody who works here.
struct Worker {
    visitor: Visitor,
    name: &'static str,
    sent: Vec<Form>,
    rng: SmallRng,
}

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

fn hidden(page: &str, name: &str) -> String {
    let found = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    found.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

impl Worker {
    fn sign_in(role: Role, address: SocketAddr, seed: u64) -> Worker {
        let mut visitor = Visitor::at(address);
        assert_eq!(visitor.sign_in(role.code(), PASSWORD).status, 303, "{role:?}");
        Worker { visitor, name: role.code(), sent: Vec::new(), rng: SmallRng::seed_from_u64(seed) }
    }

    /// Sends a form again, or for the first time. `None`: the program is gone.
    fn post(&mut self, path: &str, fields: &str) -> Option<u16> {
        self.visitor.try_send("POST", path, &FORM, fields).map(|answer| answer.status)
    }

    /// Opens forms and sends them until the program is gone.
    fn work(&mut self, persons: &[i64], told: &Sender<()>) {
        while self.record(persons, told).is_some() {}
    }

    fn record(&mut self, persons: &[i64], told: &Sender<()>) -> Option<()> {
        let person = persons[self.rng.random_range(0..persons.len())];
        let kind = if self.rng.random_bool(0.5) { "contacts" } else { "visits" };
        let page = self.visitor.try_send("GET", &format!("/persons/{person}/{kind}/new"), &[], "")?;
        assert_eq!(page.status, 200, "{}", page.body);
        let of = page.body.split("<form class=\"card form\"").nth(1).unwrap_or_else(|| panic!("{}", page.body));
        let mark = format!("記録-{}-{}-", self.name, self.sent.len());
        let mut fields: Vec<(&str, String)> =
            ["csrf", "command_id", "version"].iter().map(|name| (*name, hidden(of, name))).collect();
        assert!(fields.iter().all(|(_, value)| !value.is_empty()), "{fields:?}: {}", page.body);
        let next = if self.rng.random_bool(0.5) { "R8.12.10" } else { "" };
        let typed = [("result", "reached"), ("day", "きょう"), ("note", &mark), ("next_day", next)];
        fields.extend(typed.map(|(name, value)| (name, value.to_owned())));
        let own: &[(&str, &str)] = if kind == "contacts" { &[("means", "phone")] } else { &[("kind", "")] };
        fields.extend(own.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (path, fields) = (format!("/persons/{person}/{kind}"), encoded(&fields));
        self.sent.push(Form { path: path.clone(), fields: fields.clone(), mark, answered: false });
        let status = self.post(&path, &fields)?;
        assert_eq!(status, 303, "{path} {fields}");
        self.sent.last_mut().expect("sent").answered = true;
        told.send(()).ok()?;
        // A double click: the same form once more.
        if self.rng.random_ratio(1, 4) {
            assert_eq!(self.post(&path, &fields)?, 303, "twice");
        }
        Some(())
    }
}

/// How often what was typed into a form stands in the records.
fn kept(database: &Database, mark: &str) -> i64 {
    let count: Result<CountRow, Fault> = database.read_all(|db| {
        let query = sql_query("select count(*) as n from event where body like $1");
        Ok(query.bind::<Text, _>(format!("%{mark}%")).get_result(db)?)
    });
    count.unwrap().n
}

struct World {
    place: Place,
    data: PathBuf,
    database: Database,
    persons: Vec<i64>,
}

fn world(make: fn() -> Place) -> World {
    let place = make();
    let database = sealed(place.open());
    people(&database);
    let books = Books::open(&database).unwrap();
    rulebook::bring_up(&database, &books, today(), Clock::pinned(today()).now()).unwrap();
    let doors = Doors::new(database.clone(), Clock::pinned(today()));
    let actor = Actor { staff: 1, post: 1, role: Role::Phn, ..Actor::program(vec![CENTRE]) };
    let open = |n: i64| {
        let name = format!("試験 {n}");
        let birth = Some(Span::on(today().plus(-100)));
        let resident =
            Resident { name, kana: "しけん".into(), birth, cause: "present".into(), ..Resident::default() };
        let act = Act::Open { day: Span::on(today()), source: "residents".into(), resident, protected: n == 0 };
        let done = doors.write(&actor, |door| {
            let (today, now, keepers) = (door.today(), door.now(), &[CENTRE]);
            let desk = Desk { keeper: CENTRE, keepers, actor: 1, today, now, batch: None, books: &books };
            let command = casework::Command { id: format!("open-{n}"), act: act.clone(), seen: Vec::new() };
            apply(door.db, &desk, &command).map_err(Problem::from)
        });
        done.unwrap().opened[0]
    };
    let persons = (0..PERSONS).map(open).collect();
    let data = keys_of(&database);
    World { place, data, database, persons }
}

impl World {
    fn assert_kept(&self, workers: &[Worker]) {
        for form in workers.iter().flat_map(|w| &w.sent) {
            let there = kept(&self.database, &form.mark);
            let name = self.place.name;
            assert!(there == 1 || !form.answered && there == 0, "{name}: {} stands {there} times", form.mark);
        }
        left::assert_nothing_half(self.place.name, &self.database);
        let (report, findings) = verified(&self.database, today()).unwrap();
        assert!(findings.is_empty() && report.files >= 3, "{}: {findings:#?}", self.place.name);
    }

    /// The forms of the last round once more, to the program that was started again.
    fn send_again(&self, workers: &mut [Worker], from: &[usize]) {
        for (worker, from) in workers.iter_mut().zip(from) {
            for at in *from..worker.sent.len() {
                let Form { path, fields, mark, answered } = &worker.sent[at];
                let (path, fields, mark, answered) = (path.clone(), fields.clone(), mark.clone(), *answered);
                let before = kept(&self.database, &mark);
                assert_eq!(worker.post(&path, &fields), Some(303), "{}: {mark} sent again", self.place.name);
                assert_eq!(kept(&self.database, &mark), 1, "{}: {mark}: {before} before", self.place.name);
                assert!(!answered || before == 1);
                worker.sent[at].answered = true;
            }
        }
    }
}

/// Kills the program so many times. Returns how many acts were answered, and how many were cut off by a kill.
fn kill_servers(make: fn() -> Place, seed: u64, kills: u64) -> (usize, usize) {
    let world = world(make);
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut serving = Serving::start(&world.data, &world.place.app);
    let sign_in = |(n, role): (usize, &Role)| Worker::sign_in(*role, serving.address, seed * 10 + n as u64);
    let mut workers: Vec<Worker> = WORKERS.iter().enumerate().map(sign_in).collect();
    let mut cut = 0;
    for _ in 0..kills {
        let from: Vec<usize> = workers.iter().map(|w| w.sent.len()).collect();
        let (told, said) = channel();
        let persons = &world.persons;
        let (until, moment) = (rng.random_range(1..24), Duration::from_micros(rng.random_range(0..6_000)));
        std::thread::scope(|scope| {
            for worker in &mut workers {
                let told = told.clone();
                scope.spawn(move || worker.work(persons, &told));
            }
            drop(told);
            assert_eq!(said.iter().take(until).count(), until, "somebody could not work");
            // At no round moment.
            std::thread::sleep(moment);
            serving.kill();
        });
        left::settle(&world.database);
        cut += workers.iter().flat_map(|w| &w.sent).filter(|form| !form.answered).count();
        world.assert_kept(&workers);
        serving = Serving::start(&world.data, &world.place.app);
        for worker in &mut workers {
            worker.visitor.moved_to(serving.address);
        }
        world.send_again(&mut workers, &from);
    }
    drop(serving);
    left::settle(&world.database);
    world.assert_kept(&workers);
    let day = today().to_string();
    let done = Command::new(env!("CARGO_BIN_EXE_tsumugi"))
        .args(["check", "--audit", "--as-of", &day, "--database", &world.place.owner, "--data"])
        .arg(&world.data)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{}: {said}{}", world.place.name, String::from_utf8_lossy(&done.stderr));
    (workers.iter().map(|w| w.sent.len()).sum(), cut)
}

#[test]
fn what_browsers_were_told_survives_a_kill_of_the_program_that_serves_them() {
    for (make, seed, kills, least) in [(sqlite as fn() -> Place, 41, 8, 2), (postgres, 42, 4, 1)] {
        let (sent, cut) = kill_servers(make, seed, kills);
        println!(
            "{}: {sent} forms sent, {cut} cut off by {kills} kills",
            if seed == 41 { "SQLite" } else { "PostgreSQL" }
        );
        assert!(sent > 30 && cut >= least, "{sent} forms, {cut} cut off: no kill hit anybody at work");
    }
}
