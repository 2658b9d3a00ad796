//! The demo kept to its word: the same city twice, every state of the list, few red lines, nobody forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn measure() {
    let dir = std::env::temp_dir().join(format!("tsumugi-demo-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let as_of = Day::from_ymd(2026, 11, 24).unwrap();
    let database = Database::open(dir.join("t.db").to_str().unwrap()).unwrap();
    database.migrate(&Clock::pinned(as_of)).unwrap();
    let rulebook = crate::platform::rulebook::shipped().unwrap();
    let start = std::time::Instant::now();
    let built = build(&database, &rulebook, as_of, &mut |_, _| {}).unwrap();
    eprintln!("{} commands in {:?}; {:?}", built.commands, start.elapsed(), dir);
}
