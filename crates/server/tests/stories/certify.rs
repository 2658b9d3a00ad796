//! 未把握・未対応点検表: 17:00, the head prints the check sheet.

use casework::{
    Act, Body, Command, Role, Sensitivity,
    body::{Closure, Resident},
};
use diesel::{RunQueryDsl, sql_types::Text};
use rules::Span;
use server::certify::{
    evaluate::{self, When},
    figures::Figures,
    office, stored,
};
use server::cli::{certify, place::Place};
use server::platform::{
    Actor, Clock, Database, Doors, Fault, Problem, check,
    rulebook::{self, Books},
    sql,
    store::{Applied, Desk, apply, sync},
};

use super::desk::day;
use crate::support::history::{Family, Tally, offices};
use crate::support::site::{BOTH, CENTRE, Engine, Site, database, today};

fn doors(database: &Database, today: rules::Day) -> Doors {
    Doors::new(database.clone(), Clock::pinned(today))
}

fn stored_now(database: &Database, books: &Books, keepers: &[i64], today: rules::Day) -> Figures {
    let actor = Actor::program(keepers.to_vec());
    let town = office::Town::default();
    doors(database, today).read(&actor, |door| Ok::<_, Problem>(stored::figures(door, books, &town)?)).unwrap()
}

fn counted(database: &Database, books: &Books, keepers: &[i64], when: When) -> evaluate::Counted {
    let desks = database.read_all(|db| evaluate::desks(db, books, keepers, when)).unwrap();
    evaluate::figures(database, &desks, &office::Town::default(), when, |_| {}).unwrap()
}

/// Promise 1 on random histories: on any day, as known at any instant, everybody is exactly one of the three (the figures are
/// refused otherwise); and the sheet of today is what is stored, name by name and line by line.
#[test]
fn whatever_was_recorded_the_sheet_adds_up_on_any_day() {
    let books = Books::one(rulebook::shipped().unwrap());
    for engine in BOTH {
        let database = database(engine);
        let keepers = offices(&database);
        let start = day("2025-01-15");
        for keeper in keepers {
            crate::support::history::settling::begin(&database, &books, keeper, start.plus(60));
        }
        let mut last = start;
        for seed in 0..if engine == Engine::Sqlite { 240 } else { 80 } {
            let mut family = Family::new(seed, keepers[usize::try_from(seed % 2).unwrap()], start);
            family.found(&database, &books, &mut Tally::default());
            for _ in 0..10 {
                family.step(&database, &books, &mut Tally::default());
            }
            last = last.max(family.today);
            if seed % 5 == 0 {
                let (file, own) = (family.files[0], [family.keeper]);
                let desk = family.desk(&books, &own);
                let put = |id: String, body: Body| {
                    let (day, source) = (Span::on(desk.today), String::from("own"));
                    let sensitivity = Sensitivity::Ordinary;
                    let act = Act::Record { file, episode: None, day, source, sensitivity, body };
                    let _ = database.write_all(|db| apply(db, &desk, &Command { id, act, seen: Vec::new() }));
                };
                for (n, key) in open_keys(&database, file).into_iter().enumerate() {
                    let (how, reason) = ("not_applicable".into(), "対象外".into());
                    put(format!("shut-{seed}-{n}"), Body::Closure(Closure { key, how, reason }));
                }
                if seed % 10 == 0 {
                    put(format!("release-{seed}"), Body::Released { reason: "転出先で受理".into() });
                }
            }
        }
        while database.write_all(|db| sync::catch_up(db, &books, last, 200)).unwrap() > 0 {}
        let (mut released, mut listed) = (0, 0);
        for keeper in keepers {
            let kept = stored_now(&database, &books, &[keeper], last);
            let now = counted(&database, &books, &[keeper], When::new(last, None, None));
            assert_eq!(now.figures, kept, "{engine:?}");
            assert_eq!(now.heads, database.read_all(|db| evaluate::heads_of(db, &[keeper])).unwrap(), "{engine:?}");
            let said = counted(&database, &books, &[keeper], When::new(last, Some(last), Some(i64::MAX / 4)));
            assert_eq!(said.figures, kept, "{engine:?}: as of today, as known now");
            released += kept.register.released;
            listed += kept.register.listed;
            for back in [1, 40, 150, 400] {
                for known in [None, Some(0), Some(60)] {
                    let instant = known.map(|days| (i64::from(last.0) - days) * 86_400_000_000);
                    let when = When::new(last, Some(last.plus(-back)), instant);
                    assert!(counted(&database, &books, &[keeper], when).files > 0, "{engine:?} {when:?}");
                }
            }
        }
        let report = check::check(&database, &books, last, |_| {}).unwrap();
        assert_eq!(report.listed, listed, "{engine:?}: tsumugi check counts the same");
        assert!(released > 2 && listed > 0, "{engine:?}: {released} released, {listed} listed");
    }
}

fn run(site: &Site, id: &str, act: Act) -> Applied {
    let actor = Actor { staff: 1, post: 1, role: Role::Phn, ..Actor::program(vec![CENTRE]) };
    site.doors
        .write(&actor, |door| {
            let (today, now, keepers) = (door.today(), door.now(), &[CENTRE]);
            let desk = Desk { keeper: CENTRE, keepers, actor: 1, today, now, batch: None, books: &site.books };
            apply(door.db, &desk, &Command { id: id.into(), act, seen: Vec::new() }).map_err(Problem::from)
        })
        .unwrap()
}

fn record(site: &Site, id: &str, file: i64, body: Body) {
    let (day, source) = (Span::on(today()), String::from("own"));
    run(site, id, Act::Record { file, episode: None, day, source, sensitivity: Sensitivity::Ordinary, body });
}

fn child(site: &Site, name: &str, birth: &str) -> i64 {
    let resident = Resident {
        number: name.into(),
        name: name.into(),
        kana: "しけん".into(),
        birth: Some(Span::on(day(birth))),
        district: "曙地区".into(),
        cause: "present".into(),
        ..Resident::default()
    };
    let open = Act::Open { day: Span::on(today()), source: "residents".into(), resident, protected: false };
    run(site, name, open).opened[0]
}

/// Everything owed to a child is closed by name: nothing is planned any more.
fn close_everything(site: &Site, file: i64) {
    for (n, key) in open_keys(&site.database, file).into_iter().enumerate() {
        let (how, reason) = ("not_applicable".into(), "対象外".into());
        record(site, &format!("close-{file}-{n}"), file, Body::Closure(Closure { key, how, reason }));
    }
}

fn open_keys(database: &Database, file: i64) -> Vec<String> {
    let text = format!("select distinct key from duty where file = {file} and settled_how is null order by key");
    database.read_all(|db| Ok::<_, Fault>(sql::typed::<Text>(&text).once().load(db)?)).unwrap()
}

fn args(code: &str, known_at: Option<i64>) -> certify::CertifyArgs {
    let place = Place { data: ".".into(), database: None, sealing: server::cli::place::Sealing::default() };
    certify::CertifyArgs { place, municipality: code.into(), as_of: None, known_at, names: false }
}

#[test]
fn at_five_the_head_confirms_the_sheet_and_it_can_be_counted_again_for_ever() {
    for engine in BOTH {
        let site = Site::start(engine);
        let office = site
            .doors
            .write(&Actor::program(vec![CENTRE]), |door| {
                Ok::<_, Problem>(server::platform::store::write::open_office_file(door.db, CENTRE)?)
            })
            .unwrap();
        // A setting of the centre holds for its lines also when the command asks for the whole municipality.
        let since = Body::SettingChanged { name: "operating_since".into(), value: "2026-11-20".into() };
        record(&site, "since", office, since);
        let (kept, lost) = (child(&site, "試験 一", "2026-09-01"), child(&site, "試験 二", "2022-05-05"));
        close_everything(&site, lost);
        record(&site, "shield", lost, Body::Protection { on: true, note: String::new(), review: None });

        let mut head = site.as_role(Role::Head);
        let page = head.get("/certify").body;
        assert!(page.contains("台帳 2人の内訳") && page.contains("試験 二") && !page.contains("試験 一"), "{page}");
        assert!(page.contains("12か月より先です"), "why nothing is planned is said");
        assert!(page.contains(&format!("/persons/{lost}/release?return_to=/certify")));
        assert!(page.contains("地区なし・表示しない") && page.contains("この表が示すのは日付です"));
        let list = "select count(*) as n from reading where what = 'list' and purpose = 'certify'";
        assert_eq!(site.count(list), 1, "{engine:?}: the names that were shown are in the reading log");

        // Counts only for whoever may see no names; nothing at all for the prefecture.
        let figures = site.as_role(Role::Admin).get("/certify").body;
        assert!(figures.contains("台帳 2人の内訳") && !figures.contains("試験"), "{figures}");
        assert_eq!(site.as_role(Role::Prefecture).get("/certify").status, 404);
        let mut phn = site.as_role(Role::Phn);
        assert_eq!(phn.get("/certify").status, 200);
        assert_eq!(phn.post("/certify", &[]).status, 404, "who may read it may not confirm it");

        let field = |page: &str, name: &str| -> String {
            let at = format!("name=\"{name}\" value=\"");
            page.split(&at).nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        let (hash, command) = (field(&page, "sha256"), field(&page, "command_id"));
        head.get("/certify");
        let moved = head.post("/certify", &[("sha256", "0"), ("command_id", "x")]);
        assert_eq!(moved.status, 422, "{engine:?}: what was not shown is not confirmed");
        assert!(moved.body.contains("開いたあとに数が変わりました"));
        let sent = [("sha256", hash.as_str()), ("command_id", command.as_str()), ("note", "夕方の点検")];
        // What is refused may be corrected and sent again.
        let long = "点".repeat(450);
        let refused = head.post("/certify", &[sent[0], sent[1], ("note", &long)]);
        assert!(refused.status == 422 && refused.body.contains("400字まで"), "{engine:?}: {}", refused.body);
        assert_eq!(site.count("select count(*) as n from command where result = ''"), 0, "{engine:?}");
        assert_eq!(head.post("/certify", &sent).status, 303, "{engine:?}");
        assert_eq!(head.post("/certify", &sent).status, 303, "{engine:?}: pressed twice");
        let other = head.post("/certify", &[sent[0], sent[1], ("note", "別の点検")]);
        assert!(other.status == 422 && other.body.contains("すでに別の内容が記録"), "{engine:?}: {}", other.body);
        assert_eq!(site.count("select count(*) as n from event where kind = 'sheet_confirmed'"), 1, "{engine:?}");
        let after = head.get("/certify").body;
        assert!(after.contains("職員 5 が確認しました") && after.contains("夕方の点検"), "{after}");

        let said = certify::sheet(&site.doors, &site.books, &args("990001", None)).unwrap();
        assert_eq!(said["sha256"], hash.as_str(), "{engine:?}: the command prints what the page showed");
        assert_eq!(said["figures"]["register"]["listed"], 1);
        assert_eq!(said["figures"]["listed"][0], lost);
        assert!(!said.to_string().contains("試験"), "ids, never names");

        // Next day's work changes the sheet, not what was known when it was confirmed.
        let known_at = said["confirmed"][0]["known_at"].as_i64().unwrap();
        record(&site, "out", kept, Body::Released { reason: "転出先で受理".into() });
        let now = head.get("/certify").body;
        assert!(now.contains("確認のあとで数が変わりました"), "{now}");
        let then = certify::sheet(&site.doors, &site.books, &args("990001", Some(known_at))).unwrap();
        assert_eq!(then["sha256"], hash.as_str(), "{engine:?}");
        assert_eq!(then["heads"]["sha256"], said["confirmed"][0]["heads"], "{engine:?}");
        let known = certify::sheet(&site.doors, &site.books, &args("990001", None)).unwrap();
        assert_ne!(known["sha256"], hash.as_str());
        assert_ne!(known["heads"]["sha256"], said["heads"]["sha256"]);

        // Nothing is said of what lies ahead, nor of days of which nothing is known.
        let refused = |as_of: Option<&str>, known_at: Option<i64>| {
            let asked = certify::CertifyArgs { as_of: as_of.map(day), ..args("990001", known_at) };
            certify::sheet(&site.doors, &site.books, &asked).unwrap_err().to_string()
        };
        let instant = |text: &str| server::cli::explain::instant(text).unwrap();
        for ahead in ["2030-01-01", "2026-11-24", "2026-11-24T23:59"] {
            let said = refused(None, Some(instant(ahead)));
            assert!(said.contains("はまだ来ていません"), "{engine:?}: {said}");
        }
        let before = refused(None, Some(instant("2020-01-01")));
        assert!(before.contains("まだ何も記録されていません"), "{engine:?}: {before}");
        assert!(refused(Some("2026-11-25"), None).contains("はまだ来ていません"), "{engine:?}");
        assert!(refused(Some("1800-01-01"), None).contains("何も記録されていません"), "{engine:?}");

        let past = head.get("/certify?as_of=2026-11-01").body;
        assert!(past.contains("台帳 0人の内訳"), "{engine:?}: nobody was on file then: {past}");
        assert_eq!(head.get("/certify?as_of=11/25").status, 422, "no sheet of tomorrow");
    }
}
