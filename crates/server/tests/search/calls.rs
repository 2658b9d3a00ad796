//! A call comes in: numbers find the family, and never more than may be known.

use casework::{Act, Body, Role, Sensitivity};
use server::platform::search::Why;

use crate::support::site::BOTH;

use super::office::{Office, office, resident};

const PHONE: &str = "080-5550-0100";

/// Mother, father and child, the child with a 宛名番号, the mother with a phone.
fn family(office: &Office, protected: bool) -> [i64; 3] {
    let mother = office.open(resident("架空 暁子", "かくう あきこ", "1994-04-02", "5501", PHONE), protected);
    let father = office.open(resident("架空 徹", "かくう とおる", "1992-01-03", "5502", "090-5550-0200"), false);
    let child = office.open(resident("架空 東雲", "かくう しののめ", "2026-05-01", "5503", ""), protected);
    office.related(child, mother, "mother", Sensitivity::Ordinary, false);
    office.related(child, father, "father", Sensitivity::Ordinary, false);
    [mother, father, child]
}

#[test]
fn a_phone_number_finds_the_family_at_once() {
    for engine in BOTH {
        let office = office(engine);
        let [mother, _, child] = family(&office, false);
        let found = [(mother, Why::Phone), (child, Why::PhoneOf("mother".into()))];
        for typed in [
            "080-5550-0100",
            "08055500100",
            "０８０－５５５０－０１００",
            "080 5550 0100",
            "(080)5550-0100",
            "+81 80-5550-0100",
            "5550-0100",
            "0100",
        ] {
            assert_eq!(office.whys(typed), found, "{engine:?} {typed}");
        }
        assert!(office.whys("080-5550-0101").is_empty(), "{engine:?}");

        let mut nurse = office.site.as_role(Role::Phn);
        let page = nurse.post("/persons", &[("term", "０８０－５５５０－０１００")]).body;
        assert!(page.contains("母の電話番号") && page.contains("東雲"), "{engine:?}: the page says why");
        assert!(!page.contains(PHONE), "{engine:?}: a list never shows a phone number");
    }
}

#[test]
fn a_childs_number_finds_the_mother() {
    for engine in BOTH {
        let office = office(engine);
        let [mother, father, child] = family(&office, false);
        let of_child = || Why::NumberOf("child".into());
        let found = office.whys("0005503");
        assert_eq!(found, [(child, Why::Number), (mother, of_child()), (father, of_child())], "{engine:?}");
        assert_eq!(office.whys("５５０３"), found, "{engine:?}");
        assert_eq!(office.files("5502"), [father, child], "{engine:?}");
    }
}

#[test]
fn a_protected_mother_is_found_by_her_name_and_by_nothing_that_is_masked() {
    for engine in BOTH {
        let office = office(engine);
        let [mother, father, child] = family(&office, true);
        for typed in [PHONE, "5550-0100", "0100", "北部1区"] {
            assert!(office.files(typed).is_empty(), "{engine:?} {typed}");
        }
        assert_eq!(office.files("かくう あきこ"), [mother], "{engine:?}");
        assert_eq!(office.files("5503"), [child], "{engine:?}: the child's number does not lead to her");
        assert_eq!(office.files("090-5550-0200"), [father], "{engine:?}: nor the other parent's to the child");
        let stored = "select count(*) as n from person_key where phone <> ''";
        assert_eq!(office.site.count(stored), 1, "{engine:?}: only the father's");
    }
}

#[test]
fn protection_takes_the_phone_away_at_once_and_gives_it_back() {
    for engine in BOTH {
        let office = office(engine);
        let [mother, ..] = family(&office, false);
        assert!(office.files(PHONE).contains(&mother), "{engine:?}");
        office.record(mother, Sensitivity::Ordinary, Body::Protection { on: true, note: "申出".into(), review: None });
        assert!(office.files(PHONE).is_empty(), "{engine:?}");
        office.record(mother, Sensitivity::Ordinary, Body::Protection { on: false, note: "解除".into(), review: None });
        assert!(office.files(PHONE).contains(&mother), "{engine:?}");
    }
}

#[test]
fn hidden_and_narrow_relations_lead_nowhere() {
    for engine in BOTH {
        let office = office(engine);
        let parent = office.open(resident("架空 暁子", "かくう あきこ", "1994-04-02", "5501", PHONE), false);
        let adopted = office.person("遠見 澪", "とおみ みお");
        let known_to_few = office.person("遠見 悠", "とおみ ゆう");
        let former = office.person("遠見 凪", "とおみ なぎ");
        office.related(adopted, parent, "mother", Sensitivity::Ordinary, false);
        assert!(office.files(PHONE).contains(&adopted), "{engine:?}: as long as it is not hidden");
        office.record(
            adopted,
            Sensitivity::Ordinary,
            Body::Relation { to: parent, role: "mother".into(), until: None, hidden: true },
        );
        office.related(known_to_few, parent, "mother", Sensitivity::Guarded, false);
        office.related(former, parent, "mother", Sensitivity::Ordinary, false);
        assert_eq!(office.files(PHONE), [parent, former], "{engine:?}");
        let last = format!("select max(id) as n from event where file = {former} and kind = 'relation'");
        for _ in 0..2 {
            let event = office.site.count(&format!("{last} and id not in (select coalesce(corrects, 0) from event)"));
            office.act(Act::Withdraw { file: former, event, reason: "別の方の子".into() });
        }
        assert_eq!(office.files(PHONE), [parent], "{engine:?}");
    }
}

#[test]
fn every_search_is_one_row_of_the_reading_log_and_its_term_stands_nowhere() {
    for engine in BOTH {
        let office = office(engine);
        let [mother, _, child] = family(&office, false);
        let before = office.site.count("select count(*) as n from reading");
        let mut nurse = office.site.as_role(Role::Phn);
        let answer = nurse.post("/persons", &[("term", "080-5550-0100")]);
        assert_eq!(answer.status, 200, "{engine:?}");
        assert_eq!(office.site.count("select count(*) as n from reading"), before + 1, "{engine:?}");
        let row = format!(
            "select count(*) as n from reading where what = 'list' and purpose = 'search' and files = '{mother} {child}'"
        );
        assert_eq!(office.site.count(&row), 1, "{engine:?}");
        assert!(!format!("{:?}", answer.headers).contains("5550"), "{engine:?}");
        let links = answer.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        assert!(links.into_iter().all(|link| !link.contains("term") && !link.contains("5550")), "{engine:?}");
    }
}

#[test]
fn another_citys_people_are_not_there() {
    for engine in BOTH {
        let office = office(engine);
        family(&office, false);
        let sql = "update person_key set keeper = 4; update search_key set keeper = 4; update person set keeper = 4";
        for statement in sql.split("; ") {
            let done: Result<usize, server::platform::Fault> = office
                .site
                .database
                .write_all(|db| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(statement), db)?));
            done.unwrap();
        }
        for typed in ["架空", "かくう", PHONE, "5501", "1994-04-02", "架空 暁子"] {
            assert!(office.files(typed).is_empty(), "{engine:?} {typed}");
        }
    }
}
