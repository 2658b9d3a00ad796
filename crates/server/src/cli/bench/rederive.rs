//! `tsumugi bench rederive`: everybody derived anew, end to end: events read, the whole rulebook evaluated, rows written.
//!
//! Nothing is left changed: what is written again is what was there.

use diesel::{RunQueryDsl, sql_query};
use serde::Serialize;

use super::{RederiveArgs, rounded};
use crate::{
    cli::demo::meta,
    platform::{
        Clock, Database, Fault,
        db::CountRow,
        meter,
        rulebook::Books,
        store::sync::{self, Trust},
    },
};

/// One case, as a line of JSON.
#[derive(Serialize)]
struct Report {
    case: &'static str,
    files: usize,
    events: i64,
    duties: i64,
    /// Duties written again.
    written: i64,
    files_per_s: f64,
    /// Of this process on all cores; a server's own is not in it.
    cpu_us_per_file: f64,
    wall_s: f64,
    peak_rss_mb: u64,
}

/// A case: how it makes the digests forget, and how many duties of a file that was made to forget are written again
/// (`None`: all).
struct Case {
    name: &'static str,
    forget: &'static str,
    files: &'static str,
    one_each: bool,
}

/// The digest of the whole and that of the last duty are made wrong in two files of three: with 15 duties a file, this is
/// one duty in twenty.
const CASES: [Case; 3] = [
    Case { name: "nothing changes", forget: "", files: "", one_each: false },
    Case {
        name: "one duty in twenty changes",
        forget: "update file set marks = '0000000000000000' || substr(marks, 17, length(marks) - 32) || \
                 '0000000000000000' where subject = 'person' and length(marks) > 32 and id % 3 <> 0",
        files: "length(marks) > 32 and id % 3 <> 0",
        one_each: true,
    },
    Case {
        name: "every row is rewritten",
        forget: "update file set marks = '00000000000000000000000000000000' where subject = 'person'",
        files: "1 = 1",
        one_each: false,
    },
];

pub fn run(args: &RederiveArgs) -> Result<(), Fault> {
    let clock = Clock::system();
    let database = Database::open(&args.database)?;
    database.migrate(&clock)?;
    let today = match meta(&database, "demo_as_of")?.and_then(|day| rules::Day::parse_iso(&day)) {
        Some(day) => {
            multiply(&database, args.times)?;
            day
        }
        None if args.times > 1 => return Err(Fault::new("people are multiplied in a demo's database only")),
        None => clock.today(),
    };
    let books = Books::open(&database)?;
    sync::rebuild(&database, &books, today, Trust::Marks, |_| {})?;
    let count = |what: &str| -> Result<i64, Fault> {
        database.read_all(|db| Ok(sql_query(format!("select count(*) as n from {what}")).get_result::<CountRow>(db)?.n))
    };
    let (events, duties) = (count("event")?, count("duty")?);
    for case in &CASES {
        let written = match (case.forget, case.one_each) {
            ("", _) => 0,
            (_, true) => count(&format!("file where subject = 'person' and {}", case.files))?,
            (_, false) => duties,
        };
        if !case.forget.is_empty() {
            database.write_all(|db| -> Result<usize, Fault> { Ok(sql_query(case.forget).execute(db)?) })?;
        }
        let (begun, spent) = (clock.wall(), meter::cpu_of_all());
        let files = sync::rebuild(&database, &books, today, Trust::Marks, |_| {})?;
        let wall = (clock.wall() - begun) as f64 / 1e6;
        let cpu = meter::cpu_of_all().zip(spent).map_or(0.0, |(now, then)| (now - then) as f64);
        let report = Report {
            case: case.name,
            files,
            events,
            duties,
            written,
            files_per_s: rounded(files as f64 / wall, 0),
            cpu_us_per_file: rounded(cpu / 1000.0 / files.max(1) as f64, 1),
            wall_s: rounded(wall, 3),
            peak_rss_mb: meter::peak_mb().unwrap_or_default(),
        };
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

/// Copies every person of a demo until there are `times` as many. The copies' chains are the originals', so such a
/// database is for nothing else.
fn multiply(database: &Database, times: i64) -> Result<(), Fault> {
    /// Beyond any id of a demo.
    const STEP: i64 = 1_000_000;
    let people = "subject = 'person' and id < 1000000";
    for copy in 1..times {
        let by = copy * STEP;
        database.write_all(|db| -> Result<(), Fault> {
            let there = format!("select count(*) as n from file where id between {by} and {}", by + STEP - 1);
            if sql_query(there).get_result::<CountRow>(db)?.n > 0 {
                return Ok(());
            }
            sql_query(format!(
                "insert into file (id, keeper, subject, version, head) \
                 select id + {by}, keeper, subject, version, head from file where {people}"
            ))
            .execute(db)?;
            let told = "seq, episode, kind, version, day_lo, day_hi, day2, code, product, number, source, batch, \
                        sensitivity, actor, recorded_at, corrects, salt, digest, link, body";
            sql_query(format!(
                "insert into event (keeper, file, {told}) select keeper, file + {by}, {told} from event \
                 where file in (select id from file where {people}) order by file, seq"
            ))
            .execute(db)?;
            Ok(())
        })?;
    }
    Ok(())
}
