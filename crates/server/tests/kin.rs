//! Across the family: what is recorded of a relative is read, by role, one step far, and by nobody who may not know of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Barrier;

use casework::{
    Act, Body, Command, Sensitivity,
    birth::{Birth, Child},
    body::{Contact, Next, Pregnancy, Reached, Resident, Seen, Service},
};
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types};
use rules::{Day, Span};
use server::platform::{
    Clock, Database, Fault, check,
    rulebook::{self, Books},
    store::{
        Applied, Desk, apply, kin,
        sync::{self, Trust},
        tables::standing_for,
    },
};
use support::history::{DAY_US, offices};

const HOME: &str = "home_visit_4m";
const SAFETY: &str = "sibling_safety#1";

/// An office's records on one of the databases, on 20 July 2026.
struct Office {
    name: &'static str,
    database: Database,
    books: Books,
    keeper: i64,
    commands: std::cell::Cell<u32>,
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn today() -> Day {
    day("2026-07-20")
}

fn both() -> Vec<Office> {
    let sqlite = Database::open(support::sqlite::fresh().to_str().unwrap()).unwrap();
    sqlite.migrate(&Clock::system()).unwrap();
    let (owner, app) = support::pg::fresh();
    Database::open(&owner).unwrap().migrate(&Clock::system()).unwrap();
    let office = |name, database: Database| {
        let keeper = offices(&database)[0];
        Office { name, database, books: Books::one(rulebook::shipped().unwrap()), keeper, commands: 0.into() }
    };
    vec![office("SQLite", sqlite), office("PostgreSQL", Database::open(&app).unwrap())]
}

/// Two towns in each of the databases.
fn towns() -> Vec<[Office; 2]> {
    both().into_iter().map(|town| [Office { keeper: town.keeper + 1, ..town.sharing() }, town]).collect()
}

impl Office {
    /// The same office for another thread.
    fn sharing(&self) -> Office {
        let Office { name, keeper, .. } = *self;
        Office { name, keeper, database: self.database.clone(), books: self.books.clone(), commands: 0.into() }
    }

    fn act(&self, act: Act) -> Applied {
        self.commands.set(self.commands.get() + 1);
        let command = Command { id: format!("k{}-{}", self.keeper, self.commands.get()), act, seen: Vec::new() };
        let keepers = [self.keeper];
        let desk = Desk {
            keeper: self.keeper,
            keepers: &keepers,
            actor: 1,
            today: today(),
            now: i64::from(today().0) * DAY_US,
            batch: None,
            books: &self.books,
        };
        self.database.write_all(|db| apply(db, &desk, &command)).unwrap_or_else(|e| panic!("{}: {e:?}", self.name))
    }

    fn record(&self, file: i64, on: &str, sensitivity: Sensitivity, body: Body) -> i64 {
        let day = Span::on(day(on));
        self.act(Act::Record { file, episode: None, day, source: "own".into(), sensitivity, body }).events[0]
    }

    fn person(&self, name: &str, birth: &str) -> i64 {
        let birth = Span::on(day(birth));
        let resident = Resident { name: name.into(), birth: Some(birth), sex: "F".into(), ..Resident::default() };
        let day = Span::on(today());
        self.act(Act::Open { day, source: "residents".into(), resident, protected: false }).opened[0]
    }

    fn related(&self, child: i64, role: &str, to: i64, hidden: bool) {
        let body = Body::Relation { to, role: role.into(), until: None, hidden };
        self.record(child, "2026-06-15", Sensitivity::Ordinary, body);
    }

    /// A mother who gave birth on 15 June 2026: (mother, child).
    fn delivered(&self, name: &str) -> (i64, i64) {
        let mother = self.person(name, "1994-05-06");
        let pregnancy = Pregnancy {
            edd: day("2026-06-20"),
            fetuses: 1,
            birth_order: None,
            satogaeri: None,
            clinic: String::new(),
            note: String::new(),
            next: None,
        };
        self.act(Act::NotifyPregnancy { file: mother, day: day("2025-12-01"), pregnancy });
        let born = self.act(Act::Birth(Birth {
            mother,
            episode: 1,
            day: day("2026-06-15"),
            weeks: Some(39),
            place: String::new(),
            source: "own".into(),
            home_from: None,
            children: vec![Child { weight: Some(3000), ..Child::default() }],
        }));
        (mother, born.opened[0])
    }

    fn epds(&self, file: i64, on: &str, score: f64) -> i64 {
        self.record(file, on, Sensitivity::Ordinary, Body::Service(epds(score)))
    }

    fn youtaikyo(&self, file: i64) -> i64 {
        let body = Body::Period { name: "youtaikyo".into(), until: None, note: String::new() };
        self.record(file, "2026-07-10", Sensitivity::Compartment, body)
    }

    /// One line for each duty of a file as somebody sees it who may see this level.
    fn seen(&self, file: i64, level: Sensitivity) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = sql_types::Text)]
            t: String,
        }
        let sql = format!(
            "select d.key || ' ' || d.phase || ' ' || coalesce(cast(d.target as text), '') || ' ' || \
             coalesce(d.settled_how, '') as t from duty d where d.file = {file} and {} order by t",
            standing_for(level)
        );
        let rows: Vec<Row> = self.database.read_all(|db| Ok::<_, Fault>(sql_query(sql).load(db)?)).unwrap();
        rows.into_iter().map(|r| r.t).collect()
    }

    /// The working deadline of an open duty.
    fn target(&self, file: i64, key: &str) -> String {
        let rows = self.seen(file, Sensitivity::Compartment);
        let found = rows.iter().find_map(|row| row.strip_prefix(&format!("{key} 0 ")));
        let number = found.and_then(|rest| rest.split(' ').next()?.parse().ok());
        number.map(|n| Day(n).to_string()).unwrap_or_default()
    }

    fn sound(&self) {
        let report = check::check(&self.database, &self.books, today(), |_| {}).unwrap();
        assert!(report.findings.is_empty(), "{}: {:?}", self.name, report.findings);
    }
}

fn epds(score: f64) -> Service {
    Service { code: "epds".into(), result: "done".into(), number: Some(score), ..Service::default() }
}

/// 15 June + 90 days = 13 September; 1 July + 7 days = 8 July.
#[test]
fn a_high_epds_of_the_mother_brings_the_visit_forward_and_a_correction_is_as_if_never_erred() {
    for office in both() {
        let (mother, child) = office.delivered("試験 母");
        let (stranger, other) = office.delivered("試験 別の母");
        assert_eq!(office.target(child, HOME), "2026-09-13", "{}", office.name);
        office.epds(stranger, "2026-07-01", 20.0);
        assert_eq!(office.target(child, HOME), "2026-09-13", "somebody else's record changes nothing");
        let never = office.seen(child, Sensitivity::Compartment);
        let event = office.epds(mother, "2026-07-01", 12.0);
        assert_eq!(office.target(child, HOME), "2026-07-08");
        assert_eq!(office.target(other, HOME), "2026-07-08");
        office.sound();
        let body = Body::Service(epds(5.0));
        office.act(Act::Correct { file: mother, event, day: Span::on(day("2026-07-01")), body });
        assert_eq!(office.seen(child, Sensitivity::Compartment), never, "{}", office.name);
        let body = Body::Service(epds(9.0));
        office.act(Act::Correct { file: mother, event, day: Span::on(day("2026-07-03")), body });
        assert_eq!(office.target(child, HOME), "2026-07-10");
        office.act(Act::Withdraw { file: mother, event, reason: "別の方".into() });
        assert_eq!(office.seen(child, Sensitivity::Compartment), never, "{}", office.name);
        let event = office.epds(mother, "2026-07-01", 12.0);
        office.act(Act::Erase { file: mother, event, reason: "別の方".into() });
        assert_eq!(office.seen(child, Sensitivity::Compartment), never, "{}", office.name);
        office.sound();
    }
}

#[test]
fn the_order_in_which_two_files_learn_of_it_does_not_matter() {
    for office in both() {
        let mut ends = Vec::new();
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0]] {
            let (mother, child) = (office.person("試験 母", "1994-05-06"), office.person("試験 子", "2026-06-15"));
            let sibling = office.person("試験 兄", "2021-06-15");
            for step in order {
                match step {
                    0 => office.related(child, "mother", mother, false),
                    1 => office.related(sibling, "mother", mother, false),
                    _ => {
                        office.epds(mother, "2026-07-01", 9.0);
                        office.youtaikyo(sibling);
                    }
                }
            }
            assert_eq!(office.target(child, HOME), "2026-07-08", "{} {order:?}", office.name);
            assert_eq!(office.target(child, SAFETY), "2026-07-24", "{} {order:?}", office.name);
            ends.push(office.seen(child, Sensitivity::Compartment));
        }
        ends.dedup();
        assert_eq!(ends.len(), 1, "{}", office.name);
        office.sound();
    }
}

/// 10 July + 14 days = 24 July.
#[test]
fn outside_the_compartment_a_siblings_registration_changes_nothing() {
    for office in both() {
        let (mother, child) = office.delivered("試験 母");
        let sibling = office.person("試験 姉", "2021-06-15");
        office.related(sibling, "mother", mother, false);
        let files = [mother, child, sibling];
        let known = |level| files.map(|file| office.seen(file, level));
        let before = known(Sensitivity::Ordinary);
        office.youtaikyo(sibling);
        assert_eq!(office.target(child, SAFETY), "2026-07-24", "{}", office.name);
        assert_eq!(office.target(sibling, SAFETY), "", "who is registered is nobody's sibling here");
        for level in [Sensitivity::Ordinary, Sensitivity::Guarded] {
            assert_eq!(known(level), before, "{} {level:?}", office.name);
        }
        // What is recorded about that duty is as narrow as the duty; so is the next step it promises.
        let contact = |about: &str, seen: bool| Contact {
            means: "visit".into(),
            time: None,
            with: "母".into(),
            result: if seen { Reached::Reached } else { Reached::Absent },
            seen: seen.then(|| Seen { by: "self".into(), place: String::new(), how: "seen".into() }),
            next: Some(Next { on: day("2026-07-25"), what: "visit".into() }),
            about: Some(about.into()),
            service: None,
            note: String::new(),
        };
        office.record(child, "2026-07-12", Sensitivity::Ordinary, Body::Visit(contact(SAFETY, false)));
        assert_eq!(known(Sensitivity::Ordinary), before, "{}", office.name);
        let narrow = "select count(*) as n from event where kind = 'visit' and sensitivity = 2";
        let n = office
            .database
            .read_all(|db| Ok::<_, Fault>(sql_query(narrow).get_result::<server::platform::db::CountRow>(db)?.n));
        assert_eq!(n.unwrap(), 1, "{}", office.name);
        office.sound();
        // Seen by whoever visits for another reason: done.
        office.record(child, "2026-07-15", Sensitivity::Ordinary, Body::Visit(contact(HOME, true)));
        let rows = office.seen(child, Sensitivity::Compartment);
        assert!(rows.iter().any(|row| row.starts_with(SAFETY) && row.ends_with("done")), "{rows:?}");
        office.sound();
    }
}

#[test]
fn nothing_follows_a_hidden_link_and_nothing_goes_two_steps_far() {
    for office in both() {
        let (mother, child) = office.delivered("試験 母");
        let adopted = office.person("試験 養子", "2023-06-15");
        office.related(adopted, "mother", mother, false);
        office.youtaikyo(child);
        office.epds(mother, "2026-07-01", 12.0);
        assert_eq!(office.target(adopted, SAFETY), "2026-07-24", "{}", office.name);
        // The adoption is recorded: the link is gone for both, also the one that the birth made.
        office.related(adopted, "mother", mother, true);
        assert_eq!(office.target(adopted, SAFETY), "", "{}", office.name);
        office.youtaikyo(adopted);
        assert_eq!(office.target(child, SAFETY), "", "{}", office.name);
        office.related(child, "mother", mother, true);
        assert_eq!(office.target(child, HOME), "2026-09-13", "{}", office.name);
        // A grandmother's record, and a cousin's, are nobody's.
        let (aunt, cousin) = (office.person("試験 叔母", "1990-01-01"), office.person("試験 いとこ", "2022-01-01"));
        let (uncle, niece) = (office.person("試験 父", "1990-01-01"), office.person("試験 めい", "2022-02-01"));
        office.related(cousin, "mother", aunt, false);
        office.related(niece, "father", uncle, false);
        office.related(aunt, "sibling", uncle, false);
        office.youtaikyo(cousin);
        assert_eq!(office.target(niece, SAFETY), "", "{}", office.name);
        office.sound();
    }
}

#[test]
fn read_tables_thrown_away_come_back_with_the_family() {
    for office in both() {
        let (mother, child) = office.delivered("試験 母");
        let sibling = office.person("試験 姉", "2021-06-15");
        office.related(sibling, "mother", mother, false);
        office.epds(mother, "2026-07-01", 12.0);
        office.youtaikyo(sibling);
        let before = office.seen(child, Sensitivity::Compartment);
        let empty = "delete from duty; delete from relation; delete from person;";
        office.database.write_all(|db| Ok::<_, Fault>(db.batch_execute(empty)?)).unwrap();
        sync::rebuild(&office.database, &office.books, today(), Trust::Nothing, |_| {}).unwrap();
        assert_eq!(office.seen(child, Sensitivity::Compartment), before, "{}", office.name);
        assert_eq!(office.target(child, SAFETY), "2026-07-24");
        office.sound();
    }
}

/// A publication or a withdrawn import may derive files of several towns together; each has relatives of its own.
#[test]
fn relatives_of_every_town_are_derived_with_files_of_several() {
    for towns in towns() {
        let families = towns.each_ref().map(|town| {
            let (mother, child) = town.delivered("試験 母");
            let sibling = town.person("試験 姉", "2021-06-15");
            town.related(sibling, "mother", mother, false);
            town.epds(mother, "2026-07-01", 12.0);
            town.youtaikyo(sibling);
            [mother, child, sibling]
        });
        let [office, _] = &towns;
        for of_family in 0..3 {
            let files = families.map(|family| family[of_family]);
            let wanted: Vec<i64> = {
                let mut others: Vec<i64> = families.concat().into_iter().filter(|f| !files.contains(f)).collect();
                others.sort_unstable();
                others
            };
            let concerned = office.database.read_all(|db| kin::concerned(db, &files, &office.books)).unwrap();
            assert_eq!(concerned, wanted, "{}: relatives of {files:?}", office.name);
            let stored =
                families.concat().iter().map(|f| office.seen(*f, Sensitivity::Compartment)).collect::<Vec<_>>();
            let empty = "delete from duty; update file set marks = '';";
            office.database.write_all(|db| Ok::<_, Fault>(db.batch_execute(empty)?)).unwrap();
            office.database.write_all(|db| sync::rederive_families(db, &files, &office.books, today())).unwrap();
            let again = families.concat().iter().map(|f| office.seen(*f, Sensitivity::Compartment)).collect::<Vec<_>>();
            assert_eq!(again, stored, "{}", office.name);
        }
        office.sound();
    }
}

/// A file that somebody writes to between the reading and the writing of its page is derived again from what stands then.
#[test]
fn a_rebuild_races_with_who_records_and_nothing_is_lost() {
    for office in both() {
        let families: Vec<(i64, i64)> = (0..4).map(|n| office.delivered(&format!("試験 母{n}"))).collect();
        for round in 0..40 {
            let trust = if round % 2 == 0 { Trust::Marks } else { Trust::Nothing };
            let start = Barrier::new(2);
            let writer = Office { commands: (1000 * (round + 1)).into(), ..office.sharing() };
            std::thread::scope(|scope| {
                let rebuilt = scope.spawn(|| {
                    start.wait();
                    sync::rebuild(&office.database, &office.books, today(), trust, |_| {}).unwrap()
                });
                start.wait();
                // Each changes what is owed to the child: 9 points and more bring the visit forward.
                let eldest = families[0].1;
                for (mother, child) in &families {
                    writer.epds(*mother, "2026-07-01", f64::from(round % 2) * 20.0);
                    if *child != eldest {
                        writer.related(*child, "sibling", eldest, false);
                    }
                }
                rebuilt.join().unwrap();
            });
            // No rebuild comes after, that would mend what this one spoiled.
            office.sound();
        }
    }
}
