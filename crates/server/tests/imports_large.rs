//! A city's whole register at once: in bounded memory, and in reasonable time even in an unoptimised build.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fmt::Write as _;
use std::time::Instant;

use server::intake::residents::{apply, plan::Effect};
use server::platform::{Clock, Database};
use support::city::{HEADER, Hall};

/// Peak resident memory of this process in kilobytes.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Households of four: two adults, a grandmother, and in every third one a child before school.
fn register(rows: u32) -> String {
    let mut text = format!("{HEADER}\r\n");
    for n in 0..rows {
        let household = n / 4;
        let (name, birth, sex, relation) = match n % 4 {
            0 => ("世帯 主", format!("19{}-04-0{}", 80 + household % 15, 1 + household % 9), "男", "世帯主"),
            1 => ("世帯 妻", format!("19{}-07-1{}", 82 + household % 15, household % 9), "女", "妻"),
            2 => ("世帯 母", format!("19{}-09-2{}", 50 + household % 15, household % 9), "女", "母"),
            _ if household.is_multiple_of(3) => {
                ("世帯 子", format!("202{}-0{}-15", 1 + household / 3 % 5, 1 + household % 5), "女", "子")
            }
            _ => ("世帯 学", format!("201{}-0{}-15", household % 5, 1 + household % 9), "男", "子"),
        };
        let _ = write!(
            text,
            "{n:010},{household:08},{name}{n},せたい,{birth},{sex},{relation},100-0001,みなと市{household}番地,東,,,,,,\r\n"
        );
    }
    text
}

fn hall(name: &'static str, database: Database) -> Hall {
    Hall::new(name, database)
}

fn run(hall: &Hall, rows: u32) {
    let text = register(rows);
    let began = Instant::now();
    let staged = hall.stage(&text).unwrap();
    let read = began.elapsed();
    apply::order::<server::intake::residents::Residents>(&hall.doors, &hall.actor, staged.id).unwrap();
    let began = Instant::now();
    let done: server::intake::residents::Batch = apply::run(hall.work(), staged.id, |_| {}).unwrap();
    let applied = began.elapsed();
    assert_eq!(done.progress.of(Effect::New), u64::from(rows));
    assert!(done.progress.relations > u64::from(rows / 16), "children before school know their parents");
    let began = Instant::now();
    let again = hall.import(&text);
    assert_eq!(again.run.events, 0);
    let unchanged = began.elapsed();
    let per_second = |d: std::time::Duration| f64::from(rows) / d.as_secs_f64();
    println!(
        "{}: {rows} rows; read {:.0} rows/s, applied {:.0} rows/s, the same again {:.0} rows/s",
        hall.name,
        per_second(read),
        per_second(applied),
        per_second(unchanged)
    );
}

#[test]
fn thousands_of_rows_in_bounded_memory() {
    let rows = std::env::var("TSUMUGI_IMPORT_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let sqlite = Database::open(support::sqlite::fresh().to_str().unwrap()).unwrap();
    sqlite.migrate(&Clock::system()).unwrap();
    let hall = hall("SQLite", sqlite);
    run(&hall, 200);
    let before = peak_kb();
    run(
        &self::hall("SQLite", {
            let fresh = Database::open(support::sqlite::fresh().to_str().unwrap()).unwrap();
            fresh.migrate(&Clock::system()).unwrap();
            fresh
        }),
        rows,
    );
    let grown = peak_kb() - before;
    println!("peak memory grew by {grown} kB");
    // The text itself and its copies are in this process; what importing holds beside it is a chunk.
    assert!(grown < 60_000, "peak memory grew by {grown} kB");
}
