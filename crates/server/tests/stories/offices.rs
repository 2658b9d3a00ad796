//! センターの設置状況: what the prefecture reads of its municipalities, and of nobody else's.

use casework::{Body, Role, Sensitivity};
use rules::Span;
use server::platform::{
    Actor,
    rulebook::{self, Books},
    store::{Desk, apply, write::open_office_file},
};

use super::desk::day;
use crate::support::site::{BOTH, CENTRE, Site};

/// The centre notes in its own file since when it is what it is.
fn period(site: &Site, file: i64, name: &str, from: &str, until: Option<&str>) {
    let body = Body::Period { name: name.into(), until: until.map(day), note: String::new() };
    let act = casework::Act::Record {
        file,
        episode: None,
        day: Span::on(day(from)),
        source: "own".into(),
        sensitivity: Sensitivity::Ordinary,
        body,
    };
    let books = Books::one(rulebook::shipped().unwrap());
    let done = site.doors.write(&Actor::program(vec![CENTRE]), |door| {
        let desk = Desk {
            keeper: CENTRE,
            keepers: &[CENTRE],
            actor: 0,
            today: door.today(),
            now: door.now(),
            batch: None,
            books: &books,
        };
        apply(door.db, &desk, &casework::Command { id: format!("p-{name}-{from}"), act, seen: Vec::new() })
    });
    done.unwrap();
}

#[test]
fn the_prefecture_sees_since_when_its_own_towns_have_a_centre() {
    for engine in BOTH {
        let site = Site::start(engine);
        site.sql(
            "insert into office (id, parent, kind, code, name) values
             (20, 1, 'health_centre', '', '北保健所'), (21, 20, 'municipality', '990003', '山の村'),
             (30, null, 'prefecture', '980000', '別の県'), (31, 30, 'municipality', '980001', '別の市')",
        );
        let file = site.doors.write(&Actor::program(vec![CENTRE]), |door| open_office_file(door.db, CENTRE)).unwrap();
        period(&site, file, "support_centre", "2016-04-01", Some("2024-03-31"));
        period(&site, file, "family_centre", "2024-04-01", None);
        let page = site.as_role(Role::Prefecture).get("/offices").body;
        for told in [
            "3市町村のうち1市町村に設置",
            "架空市",
            "隣の市",
            "北保健所 管内",
            "山の村",
            "H28.4.1",
            "R6.4.1",
            "平成28年度",
        ] {
            assert!(page.contains(told), "{engine:?}: {told} is missing: {page}");
        }
        assert!(!page.contains("別の"), "another prefecture's towns: {page}");
        // The centre's head reads the same table; a nurse has no use for it and does not learn that it is there.
        assert!(site.as_role(Role::Head).get("/offices").body.contains("山の村"));
        assert_eq!(site.as_role(Role::Phn).get("/offices").status, 404);
        // What was noted wrongly and taken back counts no more.
        let event = site.count("select event as n from office_period where name = 'family_centre'");
        site.doors
            .write(&Actor::program(vec![CENTRE]), |door| {
                let books = Books::one(rulebook::shipped().unwrap());
                let desk = Desk {
                    keeper: CENTRE,
                    keepers: &[CENTRE],
                    actor: 0,
                    today: door.today(),
                    now: door.now(),
                    batch: None,
                    books: &books,
                };
                let act = casework::Act::Withdraw { file, event, reason: "日付の誤り".into() };
                apply(door.db, &desk, &casework::Command { id: "w-1".into(), act, seen: Vec::new() })
            })
            .unwrap();
        let page = site.as_role(Role::Prefecture).get("/offices").body;
        assert!(!page.contains("R6.4.1"), "{engine:?}: {page}");
    }
}
