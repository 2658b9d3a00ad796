//! `tsumugi backup`, `restore` and `backup --drill` killed at any moment, on both databases: the real program, as cron runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use server::platform::{
    Database, Fault,
    backup::{restore::whole, write::there},
};

use crate::support::{
    city::Hall,
    lived::lived,
    site::{keys_of, sealed},
    sqlite::fresh,
};
use crate::{Place, child, left, postgres, sqlite};

/// What every verb is given: the data directory with the key, and the database.
struct Program<'p> {
    data: &'p Path,
    database: &'p str,
}

impl Program<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let (verb, rest) = arguments.split_first().unwrap();
        // By this name the other processes see when PostgreSQL has noticed its end.
        let database = match self.database.strip_prefix("postgres") {
            Some(_) => format!("{}?application_name={}", self.database, child::APPLICATION),
            None => self.database.to_owned(),
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_tsumugi"));
        command.arg(verb).arg("--data").arg(self.data).arg("--database").arg(database).args(rest);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// To its end. Connections of whoever was killed may live a moment longer.
    fn run(&self, arguments: &[&str]) -> Output {
        loop {
            let done = self.command(arguments).output().unwrap();
            // What an operator reads names nobody.
            let said = [&done.stdout, &done.stderr].map(|out| String::from_utf8_lossy(out).into_owned()).concat();
            assert!(!["試験", "みなと市", "髙﨑", "1994-05-06"].iter().any(|word| said.contains(word)), "{said}");
            if !String::from_utf8_lossy(&done.stderr).contains("in use") {
                return done;
            }
            std::thread::yield_now();
        }
    }

    fn succeeds(&self, arguments: &[&str]) -> Duration {
        let begun = Instant::now();
        let done = self.run(arguments);
        let said = [&done.stdout, &done.stderr].map(|out| String::from_utf8_lossy(out).into_owned()).concat();
        assert!(done.status.success(), "{arguments:?}: {said}");
        begun.elapsed()
    }

    /// Ended with SIGKILL so long after its start, unless it was done before. Whether it was killed.
    fn killed(&self, arguments: &[&str], after: Duration) -> bool {
        let mut process = self.command(arguments).spawn().unwrap();
        std::thread::sleep(after);
        process.kill().unwrap();
        process.wait().unwrap().code().is_none()
    }
}

/// Every record and everything derived, as text; `None`: nobody has worked with it.
fn told(place: &str) -> Option<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        t: String,
    }
    if !place.starts_with("postgres") && !Path::new(place).exists() {
        return None;
    }
    let database = Database::open(place).unwrap();
    let mut all = Vec::new();
    for sql in [
        "select link || coalesce(body, '') as t from event",
        "select mac as t from seal",
        "select files || ' ' || purpose as t from reading",
        "select name || number || address as t from person",
        "select cast(file as text) || key || coalesce(settled_how, '') as t from duty",
    ] {
        let rows: Result<Vec<Row>, Fault> = database.read_all(|db| Ok(sql_query(sql).load(db)?));
        // No such table: nothing was restored.
        all.extend(rows.ok()?.into_iter().map(|row| row.t));
    }
    all.sort();
    Some(all)
}

struct World {
    place: Place,
    data: PathBuf,
    backups: PathBuf,
    before: Vec<String>,
}

fn world(make: fn() -> Place) -> World {
    let place = make();
    let hall = Hall::new(place.name, sealed(place.open()));
    lived(&hall);
    hall.import(&crate::families(40).1);
    let data = keys_of(hall.doors.database());
    drop(hall);
    let before = told(&place.app).unwrap();
    World { data, backups: fresh().with_file_name("backups"), before, place }
}

impl World {
    fn program(&self) -> Program<'_> {
        Program { data: &self.data, database: &self.place.owner }
    }

    fn folder(&self) -> &str {
        self.backups.to_str().unwrap()
    }

    /// Whatever has the name of a backup is one, and the records are as they were.
    fn assert_unharmed(&self) {
        for path in there(&self.backups).unwrap_or_default() {
            let read = whole(&path);
            assert!(read.is_ok(), "{}: {} passes for a backup: {read:?}", self.place.name, path.display());
        }
        assert!(told(&self.place.app).as_ref() == Some(&self.before), "{}: the records changed", self.place.name);
    }

    fn settle(&self) {
        if self.place.name == "PostgreSQL" {
            left::settle(&Database::open(&self.place.app).unwrap());
        }
    }
}

/// Kills runs of a verb at moments spread over the time it takes. Returns how many were killed at work.
fn kill(world: &World, arguments: &[&str], times: u32, seed: u64, mut look: impl FnMut()) -> u32 {
    let program = world.program();
    let takes = program.succeeds(arguments);
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut killed = 0;
    for n in 0..times {
        let from = takes * n / times;
        let after = from + takes.mul_f64(rng.random_range(0.0..1.0)) / times;
        killed += u32::from(program.killed(arguments, after));
        look();
    }
    killed
}

#[test]
fn a_killed_backup_leaves_nothing_that_passes_for_one() {
    for make in [sqlite as fn() -> Place, postgres] {
        let world = world(make);
        let folder = world.folder();
        let killed = kill(&world, &["backup", folder], 12, 1, || world.assert_unharmed());
        let drill = ["backup", folder, "--drill", "--as-of", "2026-06-15"];
        let killed = killed + kill(&world, &drill, 12, 2, || world.assert_unharmed());
        println!("{}: {killed} of 24 backups and drills killed", world.place.name);
        assert!(killed >= 12, "{}: {killed}", world.place.name);
        world.settle();
        world.program().succeeds(&drill);
        let left = std::fs::read_dir(&world.backups).unwrap().filter_map(|e| Some(e.ok()?.path()));
        let left: Vec<_> = left.filter(|p| !p.to_string_lossy().ends_with(".backup")).collect();
        assert_eq!(left, [] as [PathBuf; 0], "what killed runs left goes with the next backup");
    }
}

#[test]
fn a_killed_restore_leaves_nothing_or_everything() {
    for (make, other) in [(sqlite as fn() -> Place, postgres as fn() -> Place), (postgres, sqlite)] {
        let world = world(make);
        world.program().succeeds(&["backup", world.folder()]);
        let backup = there(&world.backups).unwrap().remove(0);
        let backup = backup.to_str().unwrap();
        for make in [make, other] {
            let target = make();
            let (data, name) = (&world.data, target.name);
            let program = Program { data, database: &target.owner };
            let takes = program.succeeds(&["restore", backup]);
            // In place of what is there now: that, or the backup, and never anything between.
            let older = told(&target.owner);
            assert!(older.as_ref() == Some(&world.before), "{name}");
            let mut rng = SmallRng::seed_from_u64(3);
            let mut killed = 0;
            let fresh: Vec<Place> = (0..3).map(|_| make()).collect();
            for n in 0..12 {
                let after = takes.mul_f64((f64::from(n) + rng.random_range(0.0..1.0)) / 12.0);
                let (place, verb) = match fresh.get(n as usize / 2) {
                    Some(place) if n % 2 == 0 => (place, vec!["restore", backup]),
                    _ => (&target, vec!["restore", backup, "--replace"]),
                };
                let program = Program { data, database: &place.owner };
                killed += u32::from(program.killed(&verb, after));
                if place.name == "PostgreSQL" {
                    left::settle(&Database::open(&place.owner).unwrap());
                }
                let now = told(&place.owner);
                assert!(now.is_none() || now == older, "{name}: half a restore at {after:?}");
                assert!(place.owner != target.owner || now.is_some(), "{name}: what was there is gone");
            }
            println!("{} to {name}: {killed} of 12 restores killed", world.place.name);
            assert!(killed >= 6, "{name}: {killed}");
            for place in fresh.iter().chain([&target]) {
                let program = Program { data, database: &place.owner };
                program.succeeds(&["restore", backup, "--replace"]);
                assert!(told(&place.owner) == older, "{name}: a second run");
            }
        }
        world.assert_unharmed();
    }
}

/// Ended in the middle of a write, the program's records are backed up and the drill finds nothing wrong with them.
#[test]
fn a_drill_after_a_kill_in_the_middle_of_a_write_finds_everything_whole() {
    for (make, seed) in [(sqlite as fn() -> Place, 71), (postgres, 72)] {
        let place = make();
        let database = sealed(place.open());
        crate::support::history::offices(&database);
        let data = keys_of(&database);
        let backups = data.join("backups");
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut killed = 0;
        for n in 0..3 {
            let task = child::Task::Write.arguments_for(&place.app, seed * 1_000 + n, data.to_str().unwrap());
            killed += u32::from(child::Child::start(&task).kill_at(&child::Plan::random(&mut rng, 30, 150_000)).killed);
            left::settle(&database);
            let day = left::last_day(&database).to_string();
            let program = Program { data: &data, database: &place.owner };
            program.succeeds(&["backup", backups.to_str().unwrap(), "--drill", "--as-of", &day]);
        }
        assert!(killed >= 2, "{}: {killed}", place.name);
    }
}
