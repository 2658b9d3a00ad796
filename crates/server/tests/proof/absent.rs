//! A mistyped place is no installation: no verb founds one in passing, and none says that all is well there.

use std::process::Command;

use crate::support::{
    city::halls,
    site::{BOTH, database, keys_of},
};
use server::platform::db::Target;

fn tsumugi(arguments: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_tsumugi")).args(arguments).output().unwrap();
    (done.status.success(), [done.stdout, done.stderr].map(|out| String::from_utf8(out).unwrap()).concat())
}

const VERBS: [&[&str]; 10] = [
    &["check"],
    &["check", "--audit"],
    &["serve", "--port", "0"],
    &["rebuild"],
    &["backup", "BACKUPS", "--keep", "1"],
    &["audit", "new-key"],
    &["certify", "--municipality", "992011"],
    &["explain", "--file", "1"],
    &["import", "residents", "x.csv", "--municipality", "992011"],
    &["import", "events", "x.csv", "--municipality", "992011", "--kind", "visits"],
];

#[test]
fn no_verb_founds_an_installation_at_a_mistyped_place() {
    let folder = crate::support::sqlite::fresh().parent().unwrap().to_owned();
    let (data, backups) = (folder.join("nodb"), folder.join("bk"));
    for verb in VERBS {
        let verb: Vec<&str> =
            verb.iter().map(|w| if *w == "BACKUPS" { backups.to_str().unwrap() } else { *w }).collect();
        let (well, said) = tsumugi(&[&verb[..], &["--data", data.to_str().unwrap()]].concat());
        assert!(!well && said.contains("がありません。何も作らず"), "{verb:?}: {said}");
        assert!(!data.exists() && !backups.exists(), "{verb:?} made something");
    }
}

#[test]
fn a_database_nobody_was_founded_in_is_none() {
    for engine in BOTH {
        let empty = database(engine);
        let data = keys_of(&empty);
        let (Target::Sqlite(place) | Target::Postgres(place)) = empty.target();
        let (well, said) = tsumugi(&["check", "--data", data.to_str().unwrap(), "--database", place]);
        assert!(!well && said.contains("まだ何も始まっていません"), "{engine:?}: {said}");
    }
    let (untouched, _) = crate::support::pg::fresh();
    let (well, said) = tsumugi(&["check", "--data", "/nonexistent", "--database", &untouched]);
    assert!(!well && said.contains("まだ何も始まっていません"), "{said}");
    // And one that was is found.
    let hall = halls().swap_remove(0);
    crate::support::lived::lived(&hall);
    let data = keys_of(hall.doors.database());
    let Target::Sqlite(place) = hall.doors.database().target() else { panic!("the first one is a file") };
    let day = crate::support::city::today().to_string();
    let (well, said) = tsumugi(&["check", "--data", data.to_str().unwrap(), "--database", place, "--as-of", &day]);
    assert!(well && said.contains("異常はありません"), "{said}");
}
