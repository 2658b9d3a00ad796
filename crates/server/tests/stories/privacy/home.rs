//! Whoever lives with somebody protected tells nobody where that is.

use casework::{Act, Body, Role, Sensitivity, body::Resident};
use diesel::{RunQueryDsl, sql_query};
use rules::Span;
use server::platform::{Fault, db::IdRow, mask::home};

use crate::stories::desk::{act, fill, mother, record};
use crate::support::site::{BOTH, CENTRE, Site, today};

const PLACES: [&str; 3] = ["北町", "5550-0100", "北部1区"];

fn opened(site: &Site, name: &str, household: &str, address: &str) -> i64 {
    let resident = Resident {
        name: name.into(),
        household: household.into(),
        address: address.into(),
        district: "北部1区".into(),
        phone: "080-5550-0100".into(),
        birth: Some(Span::on(today().plus(-900))),
        cause: "present".into(),
        ..Resident::default()
    };
    act(site, Act::Open { day: Span::on(today()), source: "own".into(), resident, protected: false }).opened[0]
}

#[test]
fn the_page_of_the_child_does_not_tell_where_the_mother_is() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let her = mother(&mut nurse);
        let child = opened(&site, "架空 凪", "", "北町1丁目2-3");
        let relation = Body::Relation { to: her, role: "mother".into(), until: None, hidden: false };
        record(&site, "of-hers", child, Sensitivity::Ordinary, relation);
        // Of the same household, and nobody has written down how they are related; and somebody of another home.
        let [one, other] = [opened(&site, "架空 葵", "77", "北町9"), opened(&site, "架空 樹", "77", "北町9")];
        let elsewhere = opened(&site, "架空 蓮", "78", "北町8");
        let told = |site: &Site, role: Role, file: i64| {
            let page = site.as_role(role).get(&format!("/persons/{file}"));
            assert_eq!(page.status, 200);
            PLACES.iter().any(|place| page.body.contains(place))
        };
        for file in [her, child, one, other] {
            assert!(told(&site, Role::Phn, file), "{file}");
        }
        for file in [her, one] {
            let why = [("on", "1"), ("note", "避難中。夫に知られたくない。")];
            assert_eq!(fill(&mut nurse, &format!("/persons/{file}/protection"), &why).status, 303);
        }
        for role in [Role::Phn, Role::Head, Role::Clerk] {
            for file in [her, child, one, other] {
                assert!(!told(&site, role, file), "{role:?} {file}");
            }
        }
        assert!(told(&site, Role::Phn, elsewhere));
        for path in [format!("/persons/{child}/family"), format!("/persons/{child}/reveal"), "/persons?q=架空".into()]
        {
            let page = nurse.get(&path);
            assert!(page.status == 200 && !page.body.contains("北町1丁目"), "{path}: {}", page.body);
        }
        let page = nurse.get(&format!("/persons/{child}")).body;
        assert!(page.contains("住所は表示しません") && page.contains("同じ家の方が秘匿"), "{page}");
        same_either_way(&site);
        // One item for one act, as of herself.
        let reveal = [("item", "address"), ("reason", "visit")];
        let shown = site.as_role(Role::Head).post(&format!("/persons/{child}/reveal"), &reveal);
        assert!(shown.body.contains("北町1丁目2-3"), "{}", shown.body);
        // It ends with hers.
        let end = [("on", "0"), ("note", "支援措置が終わり、本人から申し出")];
        assert_eq!(fill(&mut site.as_role(Role::Head), &format!("/persons/{her}/protection"), &end).status, 303);
        assert!(told(&site, Role::Phn, child) && !told(&site, Role::Phn, other));
    }
}

/// Both ways of asking find the same people.
fn same_either_way(site: &Site) {
    let ids = |text: String| {
        let rows: Result<Vec<IdRow>, Fault> = site.database.read_all(|db| Ok(sql_query(text).load(db)?));
        rows.unwrap().into_iter().map(|row| row.id).collect::<std::collections::BTreeSet<_>>()
    };
    let one_by_one = ids(format!("select p.file as id from person p where {}", home::HIDDEN));
    let at_once = ids(format!("select m.file as id from ({}) m", home::files(&format!("({CENTRE})"))));
    assert_eq!(one_by_one, at_once);
    assert_eq!(one_by_one.len(), 4);
}
