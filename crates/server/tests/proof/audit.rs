//! The audit chain: whoever has the password of the database and not the key can alter nothing unseen.

use std::path::PathBuf;

use crate::support::{
    city::{Hall, halls},
    lived::{self, lived},
    site::sealed,
};
use diesel::connection::SimpleConnection;
use server::platform::{
    Database, Fault,
    audit::{self, Key, open::Files},
};

fn anchor() -> PathBuf {
    crate::support::sqlite::fresh().with_file_name("audit.anchor")
}

fn sql(hall: &Hall, text: &str) {
    // Past the program: a connection that knows no key.
    let place = match hall.doors.database().target() {
        server::platform::db::Target::Postgres(url) => url.clone(),
        server::platform::db::Target::Sqlite(path) => path.clone(),
    };
    let intruder = Database::open(&place).unwrap();
    let done: Result<(), Fault> = intruder.write_all(|db| Ok(db.batch_execute(text)?));
    done.unwrap_or_else(|e| panic!("{}: {text}: {e}", hall.name));
}

fn findings(hall: &Hall, anchor: &std::path::Path) -> Vec<String> {
    audit::verify(hall.doors.database(), anchor).unwrap().findings
}

/// What somebody with the password does, and what is said of it. All numbers are those of this database.
fn attacks(hall: &Hall) -> Vec<(&'static str, String, &'static str)> {
    let one = |sql: &str| hall.one(sql);
    let event = one("select cast(max(id) as text) as t from event where kind = 'contact'");
    let last = one("select cast(max(id) as text) as t from reading");
    let first = one("select cast(min(id) as text) as t from reading");
    let other = hall.keepers[1];
    vec![
        ("a link is made anew", format!("update event set link = digest where id = {event}"), "does not fit"),
        ("an event is removed", format!("delete from event where id = {event}"), "is gone"),
        ("an event is moved", format!("update event set keeper = {other} where id = {event}"), "is gone"),
        ("a reading is edited", format!("update reading set staff = 99 where id = {first}"), "does not fit"),
        ("its purpose is edited", format!("update reading set purpose = 'duty' where id = {last}"), "does not fit"),
        ("a reading is removed", format!("delete from reading where id = {first}"), "is gone"),
        ("the newest reading is removed", format!("delete from reading where id = {last}"), "is gone"),
        (
            "two readings change places",
            format!(
                "update reading set id = -1 where id = {first}; update reading set id = {first} where id = {last}; \
                 update reading set id = {last} where id = -1"
            ),
            "does not fit",
        ),
        (
            "a reading is put in",
            format!(
                "insert into reading (keeper, staff, post, at, what, purpose, files) select keeper, 7, post, at, what, \
                 purpose, files from reading where id = {first}"
            ),
            "is under no seal",
        ),
        ("a seal is removed", String::from("delete from seal where no = 2"), "seals are missing before it"),
        ("a seal is edited", String::from("update seal set at = at + 1 where no = 2"), "does not fit"),
        (
            "two seals change places",
            String::from(
                "update seal set no = -1 where no = 1; update seal set no = 1 where no = 2; \
                 update seal set no = 2 where no = -1",
            ),
            "does not fit",
        ),
        ("a head is set back", String::from("update seal_head set no = no - 1"), "its head is not its last seal"),
        ("all seals are removed", String::from("delete from seal; delete from seal_head"), "is under no seal"),
    ]
}

#[test]
fn whoever_has_the_password_and_not_the_key_alters_nothing_unseen() {
    let names: Vec<&str> = {
        let hall = &halls()[0];
        lived(hall);
        attacks(hall).iter().map(|(name, ..)| *name).collect()
    };
    for (n, name) in names.iter().enumerate() {
        for hall in halls() {
            lived(&hall);
            let anchor = anchor();
            assert_eq!(findings(&hall, &anchor), [] as [&str; 0], "{}", hall.name);
            let (_, text, said) = attacks(&hall).swap_remove(n);
            sql(&hall, &text);
            let found = findings(&hall, &anchor);
            assert!(found.iter().any(|f| f.contains(said)), "{}: {name}: {found:?}", hall.name);
        }
    }
}

/// The newest records, removed with their seals and heads so that the rest is a whole chain, are missed by the anchor only.
#[test]
fn a_removed_tail_is_missed_by_the_anchor() {
    for hall in halls() {
        lived(&hall);
        let anchor = anchor();
        audit::anchor::write(hall.doors.database(), &anchor).unwrap();
        assert_eq!(audit::anchor::write(hall.doors.database(), &anchor).unwrap(), 0, "it is told news only");
        assert_eq!(findings(&hall, &anchor), [] as [&str; 0], "{}", hall.name);
        let last = hall.one("select readings as t from seal order by lane desc, no desc limit 1");
        assert!(last.contains('-'), "two readings are under the last seal: {last}");
        sql(
            &hall,
            "delete from reading where id > (select max(id) - 2 from reading);
             delete from seal where no = (select max(no) from seal);
             update seal_head set no = no - 1, mac = (select s.mac from seal s where s.keeper = seal_head.keeper and \
             s.lane = seal_head.lane order by no desc limit 1)",
        );
        assert_eq!(findings(&hall, &self::anchor()), [] as [&str; 0], "{}: nothing else shows it", hall.name);
        let found = findings(&hall, &anchor);
        assert!(found.len() == 1 && found[0].contains("the newest records were removed"), "{}: {found:?}", hall.name);
        // An anchor that was cut in two is said to be so.
        let text = std::fs::read_to_string(&anchor).unwrap();
        std::fs::write(&anchor, &text[..text.len() - 70]).unwrap();
        let broken = audit::verify(hall.doors.database(), &anchor).unwrap_err();
        assert!(broken.to_string().contains("is not whole"), "{broken}");
    }
}

#[test]
fn every_lane_is_a_chain_of_its_own() {
    for hall in halls() {
        lived(&hall);
        let hall = &hall;
        std::thread::scope(|scope| {
            for worker in 0..6 {
                scope.spawn(move || {
                    for n in 0..8 {
                        let body = casework::Body::Note { text: format!("{worker} {n}") };
                        let file = hall.one("select cast(min(file) as text) as t from person").parse().unwrap();
                        lived::record(hall, &format!("lane-{worker}-{n}"), file, body);
                    }
                });
            }
        });
        assert_eq!(findings(hall, &anchor()), [] as [&str; 0], "{}", hall.name);
        let events = hall.one("select cast(count(*) as text) as t from event where kind = 'note'");
        assert_eq!(events, "50", "{}: two were there before", hall.name);
    }
}

#[test]
fn without_its_key_nothing_is_opened_and_another_one_is_refused() {
    for hall in halls() {
        lived(&hall);
        let database = hall.doors.database();
        let folder = crate::support::sqlite::fresh();
        let files = Files::within(folder.parent().unwrap());
        let missing = audit::open::open(database, &files).err().expect("a key is missing").to_string();
        assert!(missing.contains("the audit key is missing") && !files.key.exists(), "{missing}");
        Key::create(&files.key).unwrap();
        let wrong = audit::open::open(database, &files).err().expect("a wrong key").to_string();
        assert!(wrong.contains("nothing was written"), "{wrong}");
        std::fs::write(&files.key, "a key").unwrap();
        assert!(audit::open::open(database, &files).is_err());
        // Lost for good: everything is sealed anew, and what is not altered is whole.
        std::fs::remove_file(&files.key).unwrap();
        let renewed = audit::open::renew(database, &files).unwrap();
        assert!(renewed.made_key && renewed.old_rows > 10);
        let (database, opened) = audit::open::open(database, &files).unwrap();
        assert_eq!(opened, audit::open::Opened::default());
        assert_eq!(audit::verify(&database, &files.anchor).unwrap().findings, [] as [&str; 0]);
    }
}

/// Seals removed with the note of the key would be made anew without a word, if the anchor did not know them.
#[test]
fn a_database_without_seals_is_refused_where_the_anchor_knows_some() {
    for hall in halls() {
        lived(&hall);
        let folder = crate::support::sqlite::fresh();
        let files = Files::within(folder.parent().unwrap());
        audit::open::renew(hall.doors.database(), &files).unwrap();
        sql(&hall, "delete from seal; delete from seal_head; delete from meta where name = 'audit_key'");
        let refused = audit::open::open(hall.doors.database(), &files).err().expect("refused").to_string();
        assert!(refused.contains("its seals were removed"), "{refused}");
    }
}

/// What was there before the first seal is sealed when the new program starts.
#[test]
fn records_of_an_earlier_version_are_sealed_as_they_stand() {
    for hall in crate::support::city::unsealed() {
        lived(&hall);
        assert!(audit::verify(hall.doors.database(), &anchor()).is_err(), "there is no key yet");
        let database = sealed(hall.doors.database().clone());
        let audit = audit::verify(&database, &anchor()).unwrap();
        assert!(audit.findings.is_empty() && audit.rows > 15, "{}: {audit:?}", hall.name);
    }
}
