//! Backups: taken from either database while it is worked with, restored into either, whole or not at all.

use std::path::{Path, PathBuf};

use crate::support::{
    city::{Hall, halls, today},
    history::DAY_US,
    lived::{self, lived},
    site::owner,
};
use server::cli::{backup as verb, check as checking};
use server::platform::{
    Clock, Database, Fault,
    audit::{self, open::Files},
    backup::{self, restore::whole},
    db::Target,
};

fn folder() -> PathBuf {
    crate::support::sqlite::fresh().parent().unwrap().to_owned()
}

/// An empty place of each engine, as the one who owns it.
fn places() -> [Target; 2] {
    [
        Target::Sqlite(crate::support::sqlite::fresh().to_str().unwrap().into()),
        Target::Postgres(crate::support::pg::fresh().0),
    ]
}

/// Restores once nobody is connected any more: a pool that was dropped lets its connections go a moment later.
fn restore(path: &Path, target: &Target, replace: bool) -> Result<backup::restore::Restored, String> {
    loop {
        match backup::restore(path, target, replace, 1) {
            Err(fault) if fault.to_string().contains("in use") => std::thread::yield_now(),
            done => return done.map_err(|fault| fault.to_string()),
        }
    }
}

fn opened(target: &Target) -> Database {
    let (Target::Sqlite(place) | Target::Postgres(place)) = target;
    Database::open(place).unwrap()
}

fn texts(database: &Database, sql: &str) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        t: String,
    }
    let rows: Vec<Row> =
        database.read_all(|db| Ok::<_, Fault>(diesel::RunQueryDsl::load(diesel::sql_query(sql), db)?)).unwrap();
    rows.into_iter().map(|row| row.t).collect()
}

fn number(database: &Database, sql: &str) -> i64 {
    let text = format!("select cast(n as text) as t from ({sql}) q");
    texts(database, &text)[0].parse().unwrap()
}

/// Every row that says something, as text.
fn told(database: &Database) -> Vec<String> {
    [
        "select link || coalesce(body, '') || coalesce(cast(day_lo as text), '-') as t from event order by id",
        "select mac as t from seal order by keeper, lane, no",
        "select files || ' ' || purpose as t from reading order by id",
        "select name || number || address as t from person order by file",
        "select key || coalesce(settled_how, '') as t from duty order by file, phase, sensitivity, key",
    ]
    .iter()
    .flat_map(|sql| texts(database, sql))
    .collect()
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}

#[test]
fn a_backup_of_either_database_is_restored_into_either() {
    for hall in halls() {
        lived(&hall);
        let written = backup::write(&owner(hall.doors.database()), &folder(), Clock::system().wall()).unwrap();
        assert_eq!(whole(&written.path).unwrap().1, written.tail);
        for target in places() {
            let restored = restore(&written.path, &target, false).unwrap();
            assert_eq!(restored.tail, written.tail, "{}", hall.name);
            let copy = opened(&target);
            assert_eq!(sorted(told(&copy)), sorted(told(hall.doors.database())), "{} to {target:?}", hall.name);
            assert_eq!(checking::verified(&copy, today()).unwrap().1, [] as [&str; 0], "{}", hall.name);
            let key = hall.doors.database().key().unwrap().clone();
            let copy = copy.sealed_with(key);
            let anchor = folder().join("none");
            assert_eq!(audit::verify(&copy, &anchor).unwrap().findings, [] as [&str; 0], "{}", hall.name);
            // It goes on from there: new rows have numbers of their own, and seals behind the old ones.
            let doors = server::platform::Doors::new(copy, Clock::pinned(today()));
            let books = hall.books.clone();
            let on = Hall { name: hall.name, doors, books, keepers: hall.keepers.clone(), actor: hall.actor.clone() };
            let file = on.one("select cast(min(file) as text) as t from person").parse().unwrap();
            lived::record(&on, "after-the-restore", file, casework::Body::Note { text: "続き".into() });
            assert_eq!(audit::verify(on.doors.database(), &anchor).unwrap().findings, [] as [&str; 0]);
            drop(on);
            // Records are not overwritten by mistake.
            let refused = restore(&written.path, &target, false).unwrap_err();
            assert!(refused.contains("--replace"), "{refused}");
        }
    }
}

#[test]
fn a_month_of_backups_opens_and_older_ones_go() {
    for hall in halls() {
        let lived = lived(&hall);
        let (folder, start) = (folder(), Clock::system().wall());
        for day in 0..34 {
            lived::record(
                &hall,
                &format!("day-{day}"),
                lived.mother,
                casework::Body::Note { text: format!("{day}日目") },
            );
            let written = backup::write(&owner(hall.doors.database()), &folder, start + day * DAY_US).unwrap();
            backup::keep_newest(&written.path, 31).unwrap();
        }
        let kept = backup::write::there(&folder).unwrap();
        assert_eq!(kept.len(), 31, "{}", hall.name);
        let files = Files { key: PathBuf::new(), anchor: folder.join("none") };
        for path in &kept {
            verb::drill(path, None, &files, hall.doors.database().key(), today()).unwrap();
        }
        for (n, path) in kept.iter().enumerate() {
            let target = Target::Sqlite(crate::support::sqlite::fresh().to_str().unwrap().into());
            backup::restore(path, &target, false, 1).unwrap();
            let copy = opened(&target);
            let until = number(&copy, "select max(recorded_at) as n from event");
            let events = "select count(*) as n from event where kind = 'note' and body like '%日目%'";
            assert_eq!(number(&copy, events), 34 - i64::try_from(n).unwrap(), "{}: each is of its day", hall.name);
            // What was known at its moment, asked of the records as they are now.
            let known = format!("select link || coalesce(body, '') as t from event where recorded_at <= {until}");
            let there = "select link || coalesce(body, '') as t from event";
            let (is, was) = (sorted(texts(hall.doors.database(), &known)), sorted(texts(&copy, there)));
            assert!(is == was, "{}: {} is not what was known then", hall.name, path.display());
        }
    }
}

#[test]
fn what_is_not_whole_is_refused_and_leaves_everything_as_it_was() {
    let hall = halls().swap_remove(0);
    lived(&hall);
    let written = backup::write(&owner(hall.doors.database()), &folder(), Clock::system().wall()).unwrap();
    let bytes = std::fs::read(&written.path).unwrap();
    let broken = folder().join("broken.backup");
    for target in places() {
        restore(&written.path, &target, false).unwrap();
        let before = told(&opened(&target));
        for n in 1..12 {
            // Cut off at some place, and altered at another.
            std::fs::write(&broken, &bytes[..bytes.len() * n / 12]).unwrap();
            assert!(restore(&broken, &target, true).is_err(), "cut at {n}/12");
            let mut altered = bytes.clone();
            altered[bytes.len() * n / 12] ^= 0x10;
            std::fs::write(&broken, &altered).unwrap();
            assert!(restore(&broken, &target, true).is_err(), "altered at {n}/12");
            if let Target::Sqlite(place) = &target {
                assert!(!Path::new(&format!("{place}.restoring")).exists(), "nothing is left beside the database");
            }
        }
        assert_eq!(told(&opened(&target)), before, "{target:?}");
        let again = restore(&written.path, &target, true).unwrap();
        assert_eq!(again.before.is_some(), matches!(target, Target::Sqlite(_)));
        assert_eq!(told(&opened(&target)), before, "{target:?}");
    }
}

#[test]
fn a_database_in_use_is_not_replaced() {
    let hall = halls().swap_remove(0);
    lived(&hall);
    let written = backup::write(&owner(hall.doors.database()), &folder(), Clock::system().wall()).unwrap();
    for target in places() {
        backup::restore(&written.path, &target, false, 1).unwrap();
        let serving = opened(&target);
        let before = told(&serving);
        let refused = backup::restore(&written.path, &target, true, 1).unwrap_err().to_string();
        assert!(refused.contains("in use"), "{target:?}: {refused}");
        assert_eq!(told(&serving), before);
    }
}

#[test]
fn a_drill_finds_what_is_wrong_with_a_backup() {
    for hall in halls() {
        lived(&hall);
        let key = hall.doors.database().key().cloned();
        let files = Files { key: PathBuf::new(), anchor: folder().join("none") };
        let drill = |sql: &str| {
            hall.write(|door| Ok(diesel::connection::SimpleConnection::batch_execute(door.db, sql)?));
            let written = backup::write(&owner(hall.doors.database()), &folder(), Clock::system().wall()).unwrap();
            let drilled = verb::drill(&written.path, None, &files, key.as_ref(), today());
            assert!(!written.path.with_extension("drill").exists(), "nobody's records are left behind");
            drilled
        };
        drill("update meta set value = value").unwrap();
        assert!(drill("delete from reading where id = (select min(id) from reading)").is_err(), "{}", hall.name);
    }
}

#[test]
fn another_installations_backups_are_never_rotated_away() {
    for hall in halls() {
        lived(&hall);
        let (folder, start) = (folder(), Clock::system().wall());
        let take =
            |of: &Hall, n: i64| backup::write(&owner(of.doors.database()), &folder, start + n * DAY_US).unwrap().path;
        // Theirs, an empty one's, one that cannot be read, and two of ours.
        let other = halls().swap_remove(0);
        lived(&other);
        let theirs = take(&other, 0);
        let empty = take(&halls().swap_remove(0), 1);
        let unread = folder.join("tsumugi-2020-01-01-000000.backup");
        std::fs::write(&unread, b"?").unwrap();
        let ours = [take(&hall, 2), take(&hall, 3)];
        // A new key makes no other installation of it.
        let files = Files { key: crate::support::sqlite::fresh(), anchor: crate::support::sqlite::fresh() };
        audit::open::renew(&owner(hall.doors.database()), &files).unwrap();
        let newest = take(&hall, 4);
        for path in [&empty, &theirs] {
            assert_eq!(backup::keep_newest(path, 1).unwrap(), 0, "{}", hall.name);
        }
        // Nothing goes for one that is not whole.
        let broken = take(&hall, 5);
        let bytes = std::fs::read(&broken).unwrap();
        std::fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
        backup::keep_newest(&broken, 1).unwrap_err();
        std::fs::remove_file(&broken).unwrap();
        assert_eq!(backup::write::there(&folder).unwrap().len(), 6);
        assert_eq!(backup::keep_newest(&newest, 1).unwrap(), 2, "{}", hall.name);
        assert_eq!(backup::write::there(&folder).unwrap(), [newest, empty, theirs, unread], "{ours:?}");
    }
}
