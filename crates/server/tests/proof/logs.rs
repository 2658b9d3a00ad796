//! No personal data in the operator's log, in addresses or on the pages of an error: searched for after a working day.

use crate::support::{
    city::{Line, file, halls},
    lived::lived,
    log,
    site::{BOTH, Site},
};
use server::platform::{Fault, audit, backup, web::reply::percent};

/// Everything said of the people of these tests.
const SAID: [&str; 12] = [
    "試験 花",
    "試験 湊",
    "試験 違",
    "髙﨑 𠮷乃",
    "しけん",
    "みなと市一丁目",
    "つわり",
    "連絡は本人の携帯",
    "別の家庭",
    "0900000777",
    "架空 暁子",
    "東雲町",
];

fn assert_silent(what: &str, text: &str) {
    for word in SAID {
        let line = text.lines().find(|line| line.contains(word) || line.contains(&percent(word, false)));
        assert_eq!(line, None, "{what} tells {word}");
    }
}

#[test]
fn neither_log_nor_address_nor_error_page_tells_of_anybody() {
    let begun = log::begin();
    for hall in halls() {
        lived(&hall);
        // A broken import, a refused restore, a database that fails in the middle.
        let broken = hall.stage(&file(&[Line { birth: "試験 花", name: "髙﨑 𠮷乃", ..Line::default() }]));
        drop(broken);
        let folder = crate::support::sqlite::fresh().parent().unwrap().to_owned();
        let written = backup::write(&crate::support::site::owner(hall.doors.database()), &folder, 0).unwrap();
        std::fs::write(&written.path, "試験 花").unwrap();
        let target = hall.doors.database().target().clone();
        let refused = backup::restore(&written.path, &target, true, 0).unwrap_err().to_string();
        assert_silent("a refused restore", &refused);
        let twice: Result<(), Fault> = hall.doors.database().write_all(|db| {
            let text = "insert into person select * from person";
            diesel::RunQueryDsl::execute(diesel::sql_query(text), db)?;
            Ok(())
        });
        assert_silent("a fault of the database", &twice.unwrap_err().to_string());
        let sql = "update event set body = replace(body, '試験', '別人') where file > 0";
        hall.write(|door| Ok(diesel::connection::SimpleConnection::batch_execute(door.db, sql)?));
        let report =
            server::platform::check::check(hall.doors.database(), &hall.books, crate::support::city::today(), |_| {});
        let told: Vec<String> = report.unwrap().findings.iter().map(ToString::to_string).collect();
        assert!(!told.is_empty());
        assert_silent("check", &told.join("\n"));
        let audit = audit::verify(hall.doors.database(), &folder.join("none")).unwrap();
        assert_silent("the audit", &audit.findings.join("\n"));
    }
    for engine in BOTH {
        let site = Site::start(engine);
        let mut phn = site.as_role(casework::Role::Phn);
        let new = phn.get("/persons/new");
        assert_eq!(new.status, 200);
        let sent = phn.post("/persons/new", &[("name", "架空 暁子"), ("address", "東雲町"), ("phone", "0900000777")]);
        assert_silent("an address after a form", sent.location());
        let found = phn.post("/persons", &[("term", "架空 暁子")]);
        assert_silent("an address after a search", found.location());
        // Somebody types a name into the address: the page of nothing there does not repeat it, the log neither.
        for path in [
            format!("/persons/{}", percent("架空 暁子", false)),
            format!("/no/{}", percent("東雲町", false)),
            format!("/persons/999?name={}", percent("架空 暁子", false)),
        ] {
            let answer = phn.get(&path);
            assert_eq!(answer.status, 404, "{engine:?}: {path}");
            assert_silent("the page of nothing there", &answer.body);
        }
    }
    let logged = log::since(begun);
    assert!(logged.matches("answered").count() > 10, "the requests are logged");
    assert_silent("the log", &logged);
}
