//! 一覧の健全性: 体制 asks only of rules that may be noise, and tells of each what the whole count tells.

use casework::{Act, Body, Command, Role, Sensitivity, body::Closure};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Integer, Text},
};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use rules::{Day, Span};
use server::platform::{
    Actor, Clock, Database, Doors, Fault, Problem,
    rulebook::{self, Books},
    store::{Desk, apply, sync, write::open_office_file},
};
use server::rulebook::{health, library::library_of, view::HealthRow};

use super::desk::day;
use crate::support::{
    history::{DAY_US, Family, Tally, offices, settling},
    site::{BOTH, database},
};

/// Something recorded by an office in a file, on its day.
fn put(database: &Database, books: &Books, (keeper, file, today): (i64, i64, Day), id: String, body: Body) {
    let keepers = [keeper];
    let now = i64::from(today.0) * DAY_US + 8 * 3_600_000_000;
    let desk = Desk { keeper, keepers: &keepers, actor: 1, today, now, batch: None, books };
    let (day, source, sensitivity) = (Span::on(today), String::from("own"), Sensitivity::Ordinary);
    let act = Act::Record { file, episode: None, day, source, sensitivity, body };
    // A line that was settled meanwhile cannot be closed: that is refused.
    let _ = database.write_all(|db| apply(db, &desk, &Command { id, act, seen: Vec::new() }));
}

/// Open lines of a file, some whose time has not come among them.
fn open_keys(database: &Database, file: i64) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        key: String,
        #[diesel(sql_type = Integer)]
        tier: i32,
    }
    let text =
        format!("select distinct key, tier from duty where file = {file} and settled_how is null order by key, tier");
    let rows: Vec<Row> = database.read_all(|db| Ok::<_, Fault>(sql_query(text).load(db)?)).unwrap();
    rows.into_iter().filter(|row| row.tier < 3).map(|row| row.key).collect()
}

/// Two offices full of families. In one, whoever closes a line mostly finds that it had been done long ago.
fn lived(database: &Database, books: &Books, families: u64) -> ([i64; 2], Day) {
    let keepers = offices(database);
    let start = day("2025-09-01");
    for keeper in keepers {
        settling::begin(database, books, keeper, start.plus(30));
    }
    let mut rng = SmallRng::seed_from_u64(17);
    let mut last = start;
    for seed in 0..families {
        let keeper = keepers[usize::from(seed % 3 == 0)];
        let mut family = Family::new(500 + seed, keeper, start);
        family.found(database, books, &mut Tally::default());
        for n in 0..9 {
            family.step(database, books, &mut Tally::default());
            for file in family.files.clone() {
                for (at, key) in open_keys(database, file).into_iter().enumerate() {
                    if rng.random_ratio(1, 6) {
                        let ways = ["already_done", "already_done", "not_applicable", "declined", "ended", "before"];
                        let how = ways[rng.random_range(0..if keeper == keepers[0] { 3 } else { ways.len() })];
                        let body =
                            Body::Closure(Closure { key, how: how.into(), reason: "電話で確かめた".into() });
                        put(
                            database,
                            books,
                            (keeper, file, family.today),
                            format!("shut-{seed}-{n}-{file}-{at}"),
                            body,
                        );
                    }
                }
            }
        }
        last = last.max(family.today);
    }
    while database.write_all(|db| sync::catch_up(db, books, last, 200)).unwrap() > 0 {}
    (keepers, last)
}

/// The rows of every rule: counted whole, of the rule alone, and with the short way.
fn counted(doors: &Doors, books: &Books, keeper: i64, role: Role) -> Vec<[HealthRow; 3]> {
    let actor = Actor { staff: 1, role, ..Actor::program(vec![keeper]) };
    let rows = doors.read(&actor, |door| {
        let book = books.of(door.db, keeper)?;
        let library = library_of(&book)?;
        let (whole, short) = (health::counts(door, &book, None)?, health::noise(door, &book)?);
        let mut rows = Vec::new();
        for written in library.on(door.today()) {
            let alone = health::counts(door, &book, Some(&written.file.id))?;
            rows.push([whole.of(written), alone.of(written), short.of(written)]);
        }
        Ok::<_, Problem>(rows)
    });
    rows.unwrap_or_else(|e| panic!("{e:?}"))
}

#[test]
fn the_short_way_names_the_same_noise_with_the_same_numbers_as_the_whole_count() {
    let books = Books::one(rulebook::shipped().unwrap());
    for engine in BOTH {
        let database = database(engine);
        let (keepers, last) = lived(&database, &books, 36);
        let doors = Doors::new(database.clone(), Clock::pinned(last.plus(1)));
        let (mut noisy, mut quiet, mut left_out) = (0, 0, 0);
        for (n, least) in ["0", "1", "3", "8", "20", "60"].into_iter().enumerate() {
            for keeper in keepers {
                let office = database.write_all(|db| open_office_file(db, keeper)).unwrap();
                let body = Body::SettingChanged { name: "list_health_least".into(), value: least.into() };
                put(&database, &books, (keeper, office, last), format!("least-{keeper}-{n}"), body);
                for role in [Role::Head, Role::Phn] {
                    for [whole, alone, short] in counted(&doors, &books, keeper, role) {
                        assert_eq!(alone, whole, "{engine:?} least {least}: one rule by itself");
                        assert_eq!(short.noisy, whole.noisy, "{engine:?} least {least}: {whole:?}, in short {short:?}");
                        if whole.noisy {
                            assert_eq!(short, whole, "{engine:?} least {least}");
                            noisy += 1;
                        } else {
                            quiet += usize::from(whole.settled > 0 && whole.already_done > 0);
                            left_out += usize::from(whole.settled > 0 && short.settled == 0);
                        }
                    }
                }
            }
        }
        println!("{engine:?}: {noisy} noisy, {quiet} with some and quiet, {left_out} not even derived");
        assert!(noisy > 20 && quiet > 20 && left_out > 20, "{engine:?}: {noisy}, {quiet}, {left_out}");
    }
}
