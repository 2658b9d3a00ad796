//! Killed at any moment, in the middle of a write or an import, the program loses nothing it has answered with success
//! and leaves nothing half-written.
//!
//! The test starts itself again as a child that writes and says what is committed, ends it with SIGKILL at a random
//! moment, and looks at what is left. Numbers are seeded: which moment the kill hits is the machine's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "kills/backups.rs"]
mod backups;
#[path = "kills/child.rs"]
mod child;
#[path = "kills/left.rs"]
mod left;
#[path = "kills/publish.rs"]
mod publish;
#[path = "kills/serving.rs"]
mod serving;
mod support;

use rand::{Rng, SeedableRng, rngs::SmallRng};
use server::intake::imports::{batch::State, withdraw};
use server::intake::residents::{Residents, apply};
use server::platform::{Clock, Database};

use child::{Child, Plan, Task};
use support::city::{Hall, Line, file, today};

/// Where the records of a round are: for the child, and for whoever may change the schema.
struct Place {
    name: &'static str,
    app: String,
    owner: String,
}

fn sqlite() -> Place {
    let path = support::sqlite::fresh().to_str().unwrap().to_owned();
    Place { name: "SQLite", app: path.clone(), owner: path }
}

fn postgres() -> Place {
    let (owner, app) = support::pg::fresh();
    Place { name: "PostgreSQL", app, owner }
}

impl Place {
    fn open(&self) -> Database {
        let owner = Database::open(&self.owner).unwrap();
        owner.migrate(&Clock::system()).unwrap();
        if self.owner == self.app { owner } else { Database::open(&self.app).unwrap() }
    }
}

/// Does nothing in a run of the tests; started again by one of them it is the process that is killed.
#[test]
fn child() {
    if let Some(task) = Task::of_this_process() {
        task.run();
    }
}

/// Kills `children` writers one after the other on one database. Returns how many were really killed at work.
fn kill_writers(place: &Place, seed: u64, children: u64) -> u64 {
    let mut rng = SmallRng::seed_from_u64(seed);
    if place.name == "SQLite" {
        // The schema itself: created by a process that is killed while it does so.
        for n in 0..3 {
            let task = Task::Migrate.arguments(&place.app, n);
            Child::start(&task).kill_at(&Plan::after_us(rng.random_range(1_000..25_000)));
        }
    }
    let database = place.open();
    support::history::offices(&database);
    let mut told = Vec::new();
    let mut killed = 0;
    for n in 0..children {
        let task = Task::Write.arguments(&place.app, seed * 1_000 + n);
        let end = Child::start(&task).kill_at(&Plan::random(&mut rng, 30, 150_000));
        killed += u64::from(end.killed);
        told.extend(end.lines.iter().map(|line| left::Told::read(line)));
        left::settle(&database);
        left::assert_nothing_lost(place.name, &database, &told);
        left::assert_nothing_half(place.name, &database);
        // Deriving everything costs more than the kill: not after each.
        if n % 5 == 4 || n + 1 == children {
            left::assert_sound(place.name, &database);
            left::assert_repeats_do_nothing(place.name, &database, &told);
        }
    }
    let long = u64::try_from(told.len()).unwrap();
    assert!(long > children, "{}: {long} commands told by {children} children", place.name);
    killed
}

#[test]
fn what_was_answered_with_success_survives_a_kill() {
    let killed: u64 = (1..=5).map(|round| kill_writers(&sqlite(), round, 30)).sum();
    println!("SQLite: {killed} writers killed");
    assert!(killed >= 145, "{killed}");
    let killed = kill_writers(&postgres(), 9, 20);
    println!("PostgreSQL: {killed} writers killed");
    assert!(killed >= 19, "{killed}");
}

/// A city of families, some of which expect a child that the file brings.
fn families(count: usize) -> (String, String) {
    let text = |n: usize, who: usize| format!("{:04}", n * 10 + who);
    let keys: Vec<_> =
        (0..count).map(|n| (text(n, 0), text(n, 1), text(n, 2), text(n, 3), format!("試験 花{n}"))).collect();
    let mut lines = Vec::new();
    for (n, (household, mother, child, newborn, name)) in keys.iter().enumerate() {
        let base = Line { household, ..Line::default() };
        lines.push(Line { number: mother, name, protected: if n % 4 == 0 { "1" } else { "" }, ..base });
        let address = "みなと市三丁目";
        lines.push(Line { number: child, name: "試験 湊", birth: "2024-10-01", relation: "子", address, ..base });
        if n % 3 == 0 {
            let (birth, change) = ("2026-06-10", "出生");
            lines.push(Line { number: newborn, name: "試験 凪", birth, change, on: birth, relation: "子", ..base });
        }
    }
    let known: Vec<Line<'_>> = lines.iter().filter(|l| l.relation == "世帯主").step_by(2).copied().collect();
    (file(&known), file(&lines))
}

/// An office where some of the families are known already, and some of the mothers expect a child.
fn hall(place: &Place, known: &str) -> Hall {
    let hall = Hall::new(place.name, place.open());
    hall.import(known);
    for number in ["0001", "0061", "0121", "0181"] {
        left::expects_a_child(&hall, number);
    }
    hall
}

/// One import killed over and over from its staging until it is taken back. Returns the kills.
fn kill_import(place: &Place, straight: &Hall, seed: u64, known: &str, whole: &str) -> u64 {
    let mut rng = SmallRng::seed_from_u64(seed);
    let hall = hall(place, known);
    let before = left::by_number(&hall);
    let path = support::sqlite::fresh().with_file_name("residents.csv");
    std::fs::write(&path, whole).unwrap();
    let mut kills = 0;
    let mut drive = |task: Task, until: State| {
        loop {
            let arguments = task.arguments_for(&place.app, seed, path.to_str().unwrap());
            let end = Child::start(&arguments).kill_at(&Plan::random(&mut rng, 6, 40_000));
            kills += u64::from(end.killed);
            left::settle(hall.doors.database());
            left::assert_nothing_half(place.name, hall.doors.database());
            let state = left::import_is_whole(&hall, &end.lines);
            // While an import is being taken back, its read tables follow file by file.
            if state != Some(State::Withdrawing) {
                left::assert_sound_on(place.name, hall.doors.database(), today());
            }
            if state == Some(until) && !end.killed {
                return;
            }
        }
    };
    drive(Task::Import, State::Applied);
    assert_eq!(left::by_number(&hall), left::by_number(straight), "{}: seed {seed}", place.name);
    assert_eq!(left::recorded(&hall), left::recorded(straight), "{}: seed {seed}", place.name);
    let batch = left::newest(&hall).expect("an import");
    apply::order::<Residents>(&hall.doors, &hall.actor, batch.id).expect("is applied: nothing to do");
    withdraw::order::<Residents>(hall.work(), batch.id, "試験").unwrap();
    drive(Task::Import, State::Withdrawn);
    assert_eq!(left::by_number(&hall), before, "{}: seed {seed}", place.name);
    kills
}

#[test]
fn a_killed_import_goes_on_and_ends_as_if_nothing_had_happened() {
    let (known, whole) = families(24);
    for (make, least) in [(sqlite as fn() -> Place, 60), (postgres, 10)] {
        let straight = hall(&make(), &known);
        let batch = straight.import(&whole);
        assert_eq!((batch.progress.births, batch.progress.births_alone), (4, 4));
        // A fast machine ends an import before many a kill comes: imports are driven until it was hit often enough.
        let (mut kills, mut imports) = (0, 0);
        while kills < least {
            imports += 1;
            assert!(imports <= least, "{}: {kills} kills in {imports} imports", straight.name);
            kills += kill_import(&make(), &straight, imports, &known, &whole);
        }
        println!("{}: {kills} kills during {imports} imports", straight.name);
    }
}

/// One publication killed over and over until everybody is derived by it. Returns the kills.
fn kill_publication(place: &Place, straight: &[String], seed: u64, whole: &str) -> u64 {
    let mut rng = SmallRng::seed_from_u64(seed);
    let hall = Hall::new(place.name, place.open());
    hall.import(whole);
    publish::ordered(&hall);
    let mut kills = 0;
    while publish::is_running(hall.doors.database()) {
        let task = Task::Publish.arguments(&place.app, seed);
        let end = Child::start(&task).kill_at(&Plan::random(&mut rng, 6, 40_000));
        kills += u64::from(end.killed);
        left::settle(hall.doors.database());
        left::assert_nothing_half(place.name, hall.doors.database());
    }
    publish::assert_sound(&hall);
    assert_eq!(left::by_number(&hall), straight, "{}: seed {seed}", place.name);
    let receipts = hall.texts("select body as t from event where kind in ('rules_published', 'rules_carried_out')");
    // Every family has a child of 1歳8か月 who waits for the checkup; nobody was counted twice or not at all.
    for receipt in &receipts {
        let counts = "\"persons\":24,\"all\":{\"added\":0,\"removed\":0,\"moved\":24}";
        assert!(receipt.contains(counts), "{}: {receipt}", place.name);
    }
    assert!(receipts.len() == 2 && receipts[1].contains("\"rewritten\":24"), "{}: {receipts:?}", place.name);
    kills
}

#[test]
fn a_killed_publication_goes_on_and_ends_as_if_nothing_had_happened() {
    let (_, whole) = families(24);
    for (make, least) in [(sqlite as fn() -> Place, 6), (postgres, 3)] {
        let place = make();
        let straight = Hall::new(place.name, place.open());
        straight.import(&whole);
        let before = left::by_number(&straight);
        let proposal = publish::ordered(&straight);
        assert_eq!(left::by_number(&straight), before, "{}: nobody is derived yet", place.name);
        let books = server::platform::rulebook::Books::open(straight.doors.database()).unwrap();
        let kind = server::rulebook::changes::work::Kind::Publish;
        server::rulebook::changes::run::drive(&straight.doors, &books, straight.keepers[0], proposal, kind).unwrap();
        let after = left::by_number(&straight);
        assert_ne!(after, before);
        let (mut kills, mut rounds) = (0, 0);
        while kills < least {
            rounds += 1;
            assert!(rounds <= least, "{}: {kills} kills in {rounds} publications", place.name);
            kills += kill_publication(&make(), &after, rounds, &whole);
        }
        println!("{}: {kills} kills during {rounds} publications", place.name);
    }
}
