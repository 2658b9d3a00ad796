//! The demo kept to its word: the same city twice, every state of the list, few red lines, nobody forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use super::*;
use crate::{
    platform::{
        Actor, Db,
        db::{CountRow, IdRow},
        rulebook::Books,
        store::sync,
    },
    today::lines::{self, Filter, LineRow, LineState},
};

/// A demo in a file of its own, gone with it.
struct City {
    dir: std::path::PathBuf,
    database: Database,
    as_of: Day,
    built: Built,
}

impl Drop for City {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn city(name: &str, as_of: Day, births_a_year: i32, towns: usize) -> City {
    let dir = std::env::temp_dir().join(format!("tsumugi-demo-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let database = Database::open(dir.join("t.db").to_str().unwrap()).unwrap();
    database.migrate(&Clock::pinned(as_of)).unwrap();
    let mut last = (0, 0);
    let built = build_sized(
        &database,
        &Books::open(&database).unwrap(),
        as_of,
        Size { births: births_a_year, towns },
        &mut |done, total| {
            assert!(done >= last.0 && done <= total, "progress went from {last:?} to {done}");
            last = (done, total);
        },
    )
    .unwrap();
    assert_eq!(last.0, last.1, "progress ends complete");
    City { dir, database, as_of, built }
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

/// Lines of text from a query with one column `t`.
fn texts(city: &City, sql: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        t: String,
    }
    let read = |db: &mut Db| -> Result<Vec<Row>, Fault> { Ok(sql_query(sql).load(db)?) };
    city.database.read_all(read).unwrap().into_iter().map(|r| r.t).collect()
}

fn count(city: &City, sql: &str) -> i64 {
    let read = |db: &mut Db| -> Result<i64, Fault> { Ok(sql_query(sql).get_result::<CountRow>(db)?.n) };
    city.database.read_all(read).unwrap()
}

const DUTIES: &str = "select file || '|' || key || '|' || phase || '|' || tier || '|' || coalesce(applies_from, '') || '|' || \
     coalesce(applies_until, '') || '|' || coalesce(legal_from, '') || '|' || coalesce(legal_to, '') || '|' || \
     coalesce(target, '') || '|' || coalesce(next_on, '') || '|' || coalesce(settled_on, '') || '|' || \
     coalesce(settled_by, '') || '|' || coalesce(settled_how, '') as t from duty order by file, key, phase";

/// Everything but the random salts and the links that hang on them.
fn dump(city: &City) -> Vec<String> {
    let events = "select id || '|' || file || '|' || seq || '|' || kind || '|' || coalesce(episode, '') || '|' || day_lo || \
         '|' || day_hi || '|' || source || '|' || actor || '|' || recorded_at || '|' || coalesce(corrects, '') || '|' || \
         body as t from event order by id";
    let files = "select id || '|' || version || '|' || standing || '|' || coalesce(covered_by, '') || '|' || \
         coalesce(rederive_on, '') as t from file order by id";
    let staff = "select id || '|' || login || '|' || name as t from staff order by id";
    [events, files, DUTIES, staff].iter().flat_map(|sql| texts(city, sql)).collect()
}

fn lines_of(city: &City, filter: &Filter) -> Vec<LineRow> {
    let keeper = count(city, "select min(id) as n from office where kind = 'centre'");
    let doors = Doors::new(city.database.clone(), Clock::pinned(city.as_of));
    doors.read(&Actor::program(vec![keeper]), |door| lines::list(door, filter, 1_000_000, 0)).unwrap()
}

#[test]
fn the_same_day_gives_the_same_city() {
    let as_of = day("2026-11-24");
    let (one, other) = (city("one", as_of, 25, 2), city("other", as_of, 25, 2));
    let (one, other) = (dump(&one), dump(&other));
    assert!(one.len() > 3000);
    let first = one.iter().zip(&other).find(|(a, b)| a != b);
    assert_eq!(first, None);
    assert_eq!(one.len(), other.len());
}

/// No step may be refused, whatever the day somebody chooses.
#[test]
fn other_days_can_be_chosen() {
    for as_of in ["2026-04-01", "2027-02-28", "2028-02-29"] {
        let city = city(as_of, day(as_of), 12, 2);
        assert_eq!(count(&city, "select count(*) as n from file where standing = 'listed'"), 0, "{as_of}");
        let opens = i64::from(city.as_of.0) * 86_400_000_000;
        let late = format!("select count(*) as n from event where recorded_at > {opens}");
        assert_eq!(count(&city, &late), 0, "recorded after 09:00 of {as_of}");
    }
}

#[test]
fn the_city_is_what_was_promised() {
    let city = city("whole", day("2026-11-24"), WHOLE.births, WHOLE.towns);
    bounds(&city);
    every_state_occurs_and_few_are_red(&city);
    nobody_is_forgotten(&city);
    names_and_places(&city);
    the_prefecture_around_it(&city);
    stored_equals_derived(&city);
}

/// The history of the seed: 4, 12 and 19 municipalities with a centre in the first three years.
fn the_prefecture_around_it(city: &City) {
    let doors = Doors::new(city.database.clone(), Clock::pinned(city.as_of));
    let prefecture = count(city, "select id as n from office where kind = 'prefecture'");
    let towns = doors.read(&Actor::program(vec![prefecture]), crate::administration::offices::read::towns).unwrap();
    assert_eq!(towns.len(), 39);
    let areas: BTreeSet<&str> = towns.iter().map(|t| t.area.as_str()).collect();
    assert_eq!(areas.len(), 5, "{areas:?}");
    for (end, all, family) in [
        ("2016-03-31", 4, 0),
        ("2017-03-31", 12, 0),
        ("2018-03-31", 19, 0),
        ("2024-03-31", 39, 0),
        ("2025-03-31", 39, 21),
        ("2026-11-24", 39, 35),
    ] {
        let end = day(end);
        let counted =
            (towns.iter().filter(|t| t.has_centre(end)).count(), towns.iter().filter(|t| t.is_family(end)).count());
        assert_eq!(counted, (all, family), "{end}");
    }
    let empty = "select count(*) as n from office o where o.kind = 'centre' and not exists \
                 (select 1 from person p where p.keeper = o.id)";
    assert_eq!(count(city, empty), 0, "every town has somebody");
    let orphans = "select count(*) as n from office o where o.kind = 'centre' and not exists \
                   (select 1 from post p where p.keeper = o.id and p.role = 'coordinator')";
    assert_eq!(count(city, orphans), 0, "somebody answers for everything");
    let alone = count(city, "select o.id as n from office o where o.name like '遠音村%' and o.kind = 'centre'");
    let staff = format!("select count(distinct staff) as n from post where keeper = {alone}");
    assert_eq!(count(city, &staff), 1, "one town with a single nurse");
    let everything = Filter { states: LineState::ALL.to_vec(), tier: 3, ..Filter::default() };
    let lines = doors.read(&Actor::program(vec![alone]), |door| lines::list(door, &everything, 10_000, 0)).unwrap();
    assert!(!lines.is_empty() && lines.iter().all(|l| l.owner.is_some()), "every line there is hers");
    let late = "select count(distinct keeper) as n from arrival a where through < \
                (select max(through) from arrival b where b.source = a.source)";
    assert!(count(city, late) >= 6, "some towns' papers are late");
    let never = "select count(*) as n from office o where o.kind = 'centre' and not exists (select 1 from arrival a \
                 where a.keeper = o.id and a.source = 'postpartum_voucher')";
    assert!(count(city, never) >= 1, "some papers never came");
}

fn bounds(city: &City) {
    assert!(city.built.commands <= 30_000, "{} commands", city.built.commands);
    assert_eq!(count(city, "select count(*) as n from command"), i64::try_from(city.built.commands).unwrap());
    // The city itself; the towns around it have a handful each.
    let person = "from person where keeper = (select min(id) from office where kind = 'centre')";
    let people = count(city, &format!("select count(*) as n {person}"));
    assert!((3_500..=6_000).contains(&people), "{people} people");
    let year = city.as_of.plus(-365).0;
    let births = count(city, &format!("select count(*) as n {person} and birth_hi > {year}"));
    assert!((260..=340).contains(&births), "{births} births in a year");
    let children = count(city, &format!("select count(*) as n {person} and subjects like '%child%' and gone = ''"));
    assert!((1_700..=2_200).contains(&children), "{children} children");
    let expecting = count(city, &format!("select count(*) as n {person} and edd is not null"));
    assert!((150..=240).contains(&expecting), "{expecting} pregnancies under way");
    for login in &city.built.logins {
        assert!(login.password.chars().count() >= 12, "{}", login.login);
    }
    let roles: BTreeSet<String> = texts(city, "select distinct role as t from post").into_iter().collect();
    assert_eq!(roles.len(), casework::Role::ALL.len(), "a login for every role: {roles:?}");
    let known: BTreeSet<String> = texts(city, "select login as t from staff").into_iter().collect();
    for login in city::NURSES.into_iter().chain(["yano", "ueda", "nagata"]) {
        assert!(known.contains(login), "the plan names {login}");
    }
}

fn every_state_occurs_and_few_are_red(city: &City) {
    let everything = Filter { states: LineState::ALL.to_vec(), tier: 3, ..Filter::default() };
    let all = lines_of(city, &everything);
    for state in LineState::ALL {
        assert!(all.iter().any(|l| l.state() == state), "no line is {state:?}");
    }
    let red = [LineState::Overdue, LineState::Judge, LineState::Unconfirmed];
    let first = lines_of(city, &Filter { states: red.to_vec(), ..Filter::default() });
    for state in red {
        assert!(first.iter().any(|l| l.state() == state), "no line of the first tier is {state:?}");
    }
    let mut by_owner: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &first {
        *by_owner.entry(&line.owner_name).or_default() += 1;
    }
    assert!(by_owner.values().all(|n| *n <= 15), "{by_owner:?}");
    assert!(by_owner.len() >= 5, "every nurse has some: {by_owner:?}");
    assert!(all.iter().all(|l| l.owner.is_some()), "a line without anybody who answers for it");
    let islands = all.iter().find(|l| l.district == "島しょ").unwrap();
    assert_eq!(islands.owner_name, "黒田　玲子", "a vacant post falls to 統括支援員");
    let visit = first.iter().find(|l| l.owner_name == "佐藤　恵子").unwrap();
    assert_eq!(
        (visit.service.as_str(), visit.name.as_str()),
        ("home_visit_4m", "髙﨑　結月"),
        "the worked day comes first"
    );
}

fn nobody_is_forgotten(city: &City) {
    let sql = "select count(*) as n from file where subject = 'person' and standing not in \
               ('covered', 'released', 'outside')";
    assert_eq!(count(city, sql), 0);
    assert!(count(city, "select count(*) as n from file where standing = 'covered'") > 1_800);
}

fn names_and_places(city: &City) {
    for (what, name) in [
        ("髙 and 﨑", "髙﨑　美穂"),
        ("𠮷, protected", "𠮷田　千夏"),
        ("a variation sequence", "渡邉\u{E0110}　直美"),
        ("齋", "齋藤　由香"),
        ("a name from Vietnam", "グエン・ティ・ラン"),
        ("a long name", "マリア・エドゥアルダ・ドス・サントス・オリヴェイラ・ダ・シルヴァ"),
        ("no name yet", ""),
    ] {
        let sql = format!("select count(*) as n from person where name = '{name}'");
        assert!(count(city, &sql) >= 1, "{what}");
    }
    assert!(count(city, "select count(*) as n from person where name = '田中　蓮'") >= 2, "the same name twice");
    assert!(count(city, "select count(*) as n from person where birth_lo <> birth_hi") >= 1, "an imprecise birth date");
    assert!(count(city, "select count(*) as n from person where protected = 1") >= 2);
    assert!(count(city, "select count(*) as n from person where gone = 'died'") >= 1);
    assert!(count(city, "select count(*) as n from person where category = 'needs_support'") >= 2);
    for kind in ["pregnancy_ended", "moved_out", "released", "withdrawn", "relation"] {
        assert!(count(city, &format!("select count(*) as n from event where kind = '{kind}'")) >= 1, "{kind}");
    }
    assert!(
        count(city, "select count(*) as n from event where corrects is not null and kind = 'pregnancy_notified'") >= 1
    );
    const REAL: [&str; 24] = [
        "北海道",
        "青森県",
        "東京都",
        "大阪府",
        "京都府",
        "神奈川県",
        "愛知県",
        "兵庫県",
        "福岡県",
        "沖縄県",
        "札幌",
        "仙台",
        "横浜",
        "川崎市",
        "名古屋",
        "神戸",
        "広島市",
        "福岡市",
        "千葉県",
        "埼玉県",
        "新潟県",
        "静岡県",
        "長野県",
        "宮城県",
    ];
    let bodies = texts(city, "select body as t from event").join("\n");
    let offices = texts(city, "select name as t from office").join("\n");
    for place in REAL {
        assert!(!bodies.contains(place) && !offices.contains(place), "{place} is a real place");
    }
}

fn stored_equals_derived(city: &City) {
    let before = texts(city, DUTIES);
    let books = Books::open(&city.database).unwrap();
    let again = |db: &mut Db| -> Result<(), Fault> {
        // Without marks every row is read and compared.
        sql_query("update file set marks = '' where subject = 'person'").execute(db)?;
        let files: Vec<IdRow> = sql_query("select id from file where subject = 'person' order by id").load(db)?;
        let files: Vec<i64> = files.into_iter().map(|f| f.id).collect();
        sync::rederive(db, &files, &books, city.as_of)
    };
    city.database.write_all(again).unwrap();
    let after = texts(city, DUTIES);
    let first = before.iter().zip(&after).find(|(a, b)| a != b);
    assert_eq!(first, None);
    assert_eq!(before.len(), after.len());
}
