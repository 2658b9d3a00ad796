//! The tables behind the search are read tables: written by the one write path, repaired by a rebuild, emptied by 抹消.

use casework::{Act, Role};
use diesel::{RunQueryDsl, sql_query};
use rules::Span;
use server::platform::{
    Fault, check,
    store::sync::{self, Trust},
};

use crate::support::site::{BOTH, today};

use super::office::{Office, day, office, resident};

fn run(office: &Office, sql: &str) {
    let done: Result<usize, Fault> = office.site.database.write_all(|db| Ok(sql_query(sql).execute(db)?));
    done.unwrap();
}

fn findings(office: &Office) -> usize {
    check::check(&office.site.database, &office.books, today(), |_| {}).unwrap().findings.len()
}

/// Promise 11.
#[test]
fn what_was_erased_finds_nobody() {
    for engine in BOTH {
        let office = office(engine);
        let file = office.open(resident("架空 暁子", "かくう あきこ", "1994-04-02", "5501", "080-5550-0100"), false);
        let other = office.person("架空 徹", "かくう とおる");
        assert_eq!(office.files("あきこ"), [file]);
        let event = office.site.count(&format!("select min(id) as n from event where file = {file}"));
        office.act(Act::Erase { file, event, reason: "別の方の記録だった".into() });
        for typed in ["架空 暁子", "暁", "あきこ", "5501", "080-5550-0100", "1994-04-02"] {
            assert!(!office.files(typed).contains(&file), "{engine:?} {typed}");
        }
        let left = format!(
            "select (select count(*) from search_key where file = {file} and (key like '%暁%' or key like '%あきこ%' \
             or key like '%5501%' or key like '00100%')) + (select count(*) from person_key where file = {file} and \
             (name <> '' or kana <> '' or number <> '' or phone <> '')) as n"
        );
        assert_eq!(office.site.count(&left), 0, "{engine:?}: nothing of it is left in the tables");
        assert_eq!(office.files("架空"), [other], "{engine:?}");
        assert_eq!(findings(&office), 0, "{engine:?}");
    }
}

#[test]
fn a_corrected_name_is_found_by_the_new_one_only() {
    for engine in BOTH {
        let office = office(engine);
        let file = office.open(resident("架空 暁子", "かくう あきこ", "1994-04-02", "5501", ""), false);
        let event = office.site.count(&format!("select min(id) as n from event where file = {file}"));
        let body = casework::Body::Resident(resident("架空 晶子", "かくう しょうこ", "1994-04-02", "5501", ""));
        office.act(Act::Correct { file, event, day: Span::on(day("2026-04-01")), body });
        assert!(office.files("暁子").is_empty() && office.files("あきこ").is_empty(), "{engine:?}");
        assert_eq!((office.files("晶子"), office.files("しょうこ")), (vec![file], vec![file]), "{engine:?}");
        assert_eq!(findings(&office), 0, "{engine:?}");
    }
}

#[test]
fn check_sees_what_was_altered_by_hand_and_a_rebuild_repairs_it() {
    for engine in BOTH {
        let office = office(engine);
        let file = office.person("架空 暁子", "かくう あきこ");
        let other = office.person("遠見 徹", "とおみ とおる");
        assert_eq!(findings(&office), 0, "{engine:?}");
        let keeper = crate::support::site::CENTRE;
        for sql in [
            format!("delete from search_key where file = {file} and kind = 11"),
            format!("insert into search_key (keeper, kind, key, file) values ({keeper}, 11, '別人 ', {other})"),
            format!("update person_key set kana = 'べつ' where file = {file}"),
            format!("delete from person_key where file = {other}"),
        ] {
            run(&office, &sql);
            assert!(findings(&office) > 0, "{engine:?}: {sql}");
            sync::rebuild(&office.site.database, &office.books, today(), Trust::Nothing, |_| {}).unwrap();
            assert_eq!(findings(&office), 0, "{engine:?}: {sql}");
            assert_eq!((office.files("暁子"), office.files("とおる")), (vec![file], vec![other]), "{engine:?}");
            assert!(office.files("別人").is_empty() && office.files("べつ").is_empty(), "{engine:?}");
        }
    }
}

#[test]
fn a_common_name_comes_page_by_page_and_nobody_is_counted() {
    for engine in BOTH {
        let office = office(engine);
        let files: Vec<i64> =
            (0..120).map(|n| office.person(&format!("佐藤 {}", "子".repeat(n / 30 + 1)), "さとう こ")).collect();
        let mut nurse = office.site.as_role(Role::Phn);
        let first = nurse.post("/persons", &[("term", "佐藤")]).body;
        assert!(first.contains("50人以上のうち 1–50人目") && first.contains("value=\"50\""), "{engine:?}");
        let last = nurse.post("/persons", &[("term", "佐藤"), ("from", "100")]).body;
        assert!(last.contains("120人のうち 101–120人目") && !last.contains("次の人たち"), "{engine:?}");
        let mut shown: Vec<i64> = Vec::new();
        for from in ["0", "50", "100"] {
            let page = nurse.post("/persons", &[("term", "佐藤"), ("from", from)]).body;
            let ids = page.split("<th scope=\"row\"><a href=\"/persons/").skip(1);
            shown.extend(ids.map(|rest| rest.split(['"', '?', '#']).next().unwrap().parse::<i64>().unwrap()));
        }
        shown.sort_unstable();
        assert_eq!(shown, files, "{engine:?}: everybody once");
        let everybody = nurse.post("/persons", &[("term", ""), ("from", "100")]).body;
        assert!(everybody.contains("120人のうち 101–120人目"), "{engine:?}");
    }
}
