//! The process that is killed: what it does, and how the other one ends it.

use std::io::{BufRead, BufReader, Cursor, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use paperwork::mapping::Mapping;
use rand::{Rng, rngs::SmallRng};
use rules::Day;
use server::intake::imports::{batch::State, withdraw};
use server::intake::residents::{
    Batch, Residents, apply,
    stage::{Source, stage},
};
use server::platform::{
    Actor, Clock, Database, Doors, Fault, audit,
    rulebook::{self, Books},
    store::sync,
};
use server::rulebook::changes;

use crate::support::{
    city::{self, Hall},
    history::{Family, Tally},
};

const TASK: &str = "TSUMUGI_KILL_TASK";
const PLACE: &str = "TSUMUGI_KILL_PLACE";
const SEED: &str = "TSUMUGI_KILL_SEED";
const FILE: &str = "TSUMUGI_KILL_FILE";
/// What the child says begins with this; the test harness writes to the same output.
const MARK: &str = "told ";
/// Says that the child is at work.
const READY: &str = "ready";
/// How the child's connections are called, so that the parent sees when PostgreSQL has noticed its end.
pub const APPLICATION: &str = "tsumugi_killed";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Task {
    Migrate,
    /// Families are recorded until the kill comes.
    Write,
    /// The import is driven to its end from wherever it stands.
    Import,
    /// A publication of rules is carried out from wherever it stands.
    Publish,
}

/// What a child is started with.
pub struct Arguments {
    task: Task,
    place: String,
    seed: u64,
    file: String,
}

impl Task {
    pub fn arguments(self, place: &str, seed: u64) -> Arguments {
        self.arguments_for(place, seed, "")
    }

    pub fn arguments_for(self, place: &str, seed: u64, file: &str) -> Arguments {
        let place = if place.starts_with("postgres") {
            format!("{place}?application_name={APPLICATION}")
        } else {
            place.to_owned()
        };
        Arguments { task: self, place, seed, file: file.to_owned() }
    }

    /// `None` in an ordinary run of the tests.
    pub fn of_this_process() -> Option<Arguments> {
        let task = match std::env::var(TASK).ok()?.as_str() {
            "Migrate" => Task::Migrate,
            "Write" => Task::Write,
            "Import" => Task::Import,
            "Publish" => Task::Publish,
            other => panic!("no task {other}"),
        };
        let of = |name| std::env::var(name).expect(name);
        Some(Arguments { task, place: of(PLACE), seed: of(SEED).parse().unwrap(), file: of(FILE) })
    }
}

fn say(line: &str) {
    // Past the harness, which keeps what `println!` writes; one write, so that a line is whole or not there.
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{MARK}{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

impl Arguments {
    pub fn run(&self) {
        let database = Database::open(&self.place).unwrap();
        match self.task {
            Task::Migrate => {
                database.migrate(&Clock::system()).unwrap();
            }
            Task::Write if !self.file.is_empty() => {
                // With the key that seals what it writes, as the program itself.
                let files = audit::open::Files::within(std::path::Path::new(&self.file));
                self.write(&audit::open::attach(database, &files.key).unwrap());
            }
            Task::Write => self.write(&database),
            Task::Import => self.import(database),
            Task::Publish => publish(database),
        }
    }

    fn write(&self, database: &Database) {
        let books = Books::one(rulebook::shipped().unwrap());
        let keepers = crate::left::offices(database);
        say(READY);
        for n in 0.. {
            let keeper = keepers[usize::from(n % 2 == 1)];
            let from = Day::from_ymd(2025, 1, 15).unwrap();
            let mut family = Family::new(self.seed * 1_000 + n, keeper, from);
            let mut tally = Tally::default();
            family.found(database, &books, &mut tally);
            tell(&mut family);
            for _ in 0..12 {
                family.step(database, &books, &mut tally);
                tell(&mut family);
            }
            let done: Result<usize, Fault> = database.write_all(|db| sync::catch_up(db, &books, family.today, 5));
            done.unwrap();
        }
    }

    fn import(&self, database: Database) {
        let keepers = crate::left::offices(&database);
        let doors = Doors::new(database, Clock::pinned(city::today()));
        let actor = Actor::program(vec![keepers[0]]);
        let hall = Hall { name: "", doors, books: Books::one(rulebook::shipped().unwrap()), keepers, actor };
        say(READY);
        let text = std::fs::read(&self.file).unwrap();
        let whole = crate::left::newest(&hall).filter(|b| b.digest == "whole");
        let mut batch = whole.unwrap_or_else(|| {
            let source = Source { name: "住民.csv", digest: "whole", on: None, whole: false };
            stage(&hall.doors, &hall.actor, &Mapping::shipped().unwrap(), source, Cursor::new(text), |_| {}).unwrap()
        });
        loop {
            batch = match batch.state {
                State::Staged => apply::order::<Residents>(&hall.doors, &hall.actor, batch.id).unwrap(),
                State::Applying => apply::step::<Residents>(hall.work(), batch.id, 4).unwrap(),
                State::Withdrawing => withdraw::step::<Residents>(hall.work(), batch.id, 4).unwrap(),
                State::Applied | State::Withdrawn => return,
                state => panic!("{state:?}"),
            };
            say(&cursor(&batch));
        }
    }
}

fn publish(database: Database) {
    let keepers = crate::left::offices(&database);
    let doors = Doors::new(database, Clock::pinned(city::today()));
    let books = Books::open(doors.database()).unwrap();
    let actor = Actor::program(vec![keepers[0]]);
    say(READY);
    for (_, proposal, kind) in doors.database().read_all(changes::work::unfinished).unwrap() {
        let hand = changes::run::Hand::of(&doors, &books, &actor, proposal, kind).unwrap();
        while hand.step(proposal, kind, 2).unwrap() {
            say("chunk");
        }
    }
}

/// How far an import is, so that what is stored later can be compared with what was said.
pub fn cursor(batch: &Batch) -> String {
    let run = &batch.run;
    format!("{} {} {} {}", batch.id, batch.rows_done, run.events, run.undone)
}

fn tell(family: &mut Family) {
    for (command, applied) in family.done.drain(..) {
        say(&format!("{command} {}", serde_json::to_string(&applied).unwrap()));
    }
}

/// When a child is killed: after it has said so many things, but at latest after so long, and then a moment later.
pub struct Plan {
    lines: u32,
    /// Counted from its start, or from the moment it is at work.
    us: u64,
    from_start: bool,
    then_us: u64,
}

impl Plan {
    /// So long after the process was started.
    pub fn after_us(us: u64) -> Plan {
        Plan { lines: u32::MAX, us, from_start: true, then_us: 0 }
    }

    /// Some at once, some in the middle of their work, at no round moment: after fewer than so many lines, or so long.
    pub fn random(rng: &mut SmallRng, lines: u32, us: u64) -> Plan {
        let (lines, us) = if rng.random_ratio(1, 2) {
            (rng.random_range(0..lines), 10_000_000)
        } else {
            (u32::MAX, rng.random_range(0..us))
        };
        Plan { lines, us, from_start: false, then_us: rng.random_range(0..4_000) }
    }
}

/// What became of a child.
pub struct End {
    /// It was killed, and did not end by itself before.
    pub killed: bool,
    pub lines: Vec<String>,
}

pub struct Child {
    process: std::process::Child,
    started: Instant,
    said: Receiver<String>,
}

impl Child {
    pub fn start(arguments: &Arguments) -> Child {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(TASK, format!("{:?}", arguments.task))
            .env(PLACE, &arguments.place)
            .env(SEED, arguments.seed.to_string())
            .env(FILE, &arguments.file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, said) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some(line) = line.strip_prefix(MARK) {
                    let _ = sender.send(line.to_owned());
                }
            }
        });
        Child { process, started: Instant::now(), said }
    }

    /// Ends it with SIGKILL by the plan and returns all it said until then. A last line cut in two was not said.
    pub fn kill_at(mut self, plan: &Plan) -> End {
        let mut lines = Vec::new();
        let mut deadline = self.started + Duration::from_micros(plan.us);
        if !plan.from_start {
            assert_eq!(self.said.recv().as_deref(), Ok(READY), "the child failed; see above");
            deadline = Instant::now() + Duration::from_micros(plan.us);
        }
        let mut closed = false;
        while !closed && u32::try_from(lines.len()).unwrap() < plan.lines {
            match self.said.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => closed = true,
            }
        }
        if !closed {
            std::thread::sleep(Duration::from_micros(plan.then_us));
        }
        self.process.kill().unwrap();
        let status = self.process.wait().unwrap();
        lines.extend(self.said.iter());
        let killed = status.code().is_none();
        assert!(killed || status.success(), "the child failed by itself: {status}");
        End { killed, lines }
    }
}
