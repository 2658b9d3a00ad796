//! まとめる: files of one person are read together, and part again as if nothing had been, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod newborns;
#[path = "../support/mod.rs"]
mod support;

use casework::{
    Act, Body, Command, Person, Sensitivity, View,
    body::{Pregnancy, Resident},
    fold,
};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use rules::{Day, Span};
use server::platform::{
    Clock, Database, Db, Fault, check,
    rulebook::{self, Books},
    store::{
        Applied, Desk, FileEvents, apply, events_of, joined,
        load::{events_of_at, version_of},
        sync,
        write::NotApplied,
    },
};
use support::history::{DAY_US, Family, Tally, offices};

fn databases() -> Vec<(&'static str, Database)> {
    let sqlite = Database::open(support::sqlite::fresh().to_str().unwrap()).unwrap();
    sqlite.migrate(&Clock::system()).unwrap();
    let (owner, app) = support::pg::fresh();
    Database::open(&owner).unwrap().migrate(&Clock::system()).unwrap();
    vec![("SQLite", sqlite), ("PostgreSQL", Database::open(&app).unwrap())]
}

fn start() -> Day {
    Day::from_ymd(2025, 1, 15).unwrap()
}

/// One office at its desk, the days passing as the test says.
struct Office {
    name: &'static str,
    database: Database,
    books: Books,
    keepers: [i64; 2],
    commands: std::cell::Cell<u32>,
    today: std::cell::Cell<Day>,
}

impl Office {
    fn all() -> impl Iterator<Item = Office> {
        databases().into_iter().map(|(name, database)| {
            let keepers = offices(&database);
            let books = Books::one(rulebook::shipped().unwrap());
            let (commands, today) = (std::cell::Cell::new(0), std::cell::Cell::new(start()));
            Office { name, database, books, keepers, commands, today }
        })
    }

    fn try_as(&self, keeper: i64, act: Act, seen: Vec<(i64, i32)>, batch: Option<i64>) -> Result<Applied, NotApplied> {
        let n = self.commands.get() + 1;
        self.commands.set(n);
        let keepers = [keeper];
        let today = self.today.get();
        let now = i64::from(today.0) * DAY_US + 3_600_000_000 + i64::from(n);
        let desk = Desk { keeper, keepers: &keepers, actor: 1, today, now, batch, books: &self.books };
        self.database.write_all(|db| apply(db, &desk, &Command { id: format!("c{n}"), act, seen }))
    }

    fn act(&self, act: Act) -> Applied {
        self.try_as(self.keepers[0], act, Vec::new(), None).unwrap_or_else(|e| panic!("{}: {e:?}", self.name))
    }

    fn refused(&self, act: Act) -> String {
        match self.try_as(self.keepers[0], act, Vec::new(), None) {
            Err(NotApplied::Refused(why)) => why.message,
            other => panic!("{}: {other:?}", self.name),
        }
    }

    fn open(&self, number: &str, name: &str, birth: Day) -> i64 {
        let cause = if number.is_empty() { "provisional" } else { "present" };
        let resident = Resident {
            number: number.into(),
            name: name.into(),
            birth: Some(Span::on(birth)),
            sex: "F".into(),
            cause: cause.into(),
            ..Resident::default()
        };
        let source = if number.is_empty() { "own" } else { "residents" };
        self.act(Act::Open { day: Span::on(self.today.get()), source: source.into(), resident, protected: false })
            .opened[0]
    }

    fn record(&self, file: i64, episode: Option<i32>, body: Body) -> i64 {
        let day = Span::on(self.today.get());
        let sensitivity = Sensitivity::Ordinary;
        self.act(Act::Record { file, episode, day, source: "own".into(), sensitivity, body }).events[0]
    }

    fn note(&self, file: i64, text: &str) -> i64 {
        self.record(file, None, Body::Note { text: text.into() })
    }

    fn join(&self, one: i64, other: i64) -> i64 {
        self.act(Act::Join { files: [one, other], reason: "生年月日と氏名が同じ".into() }).events[0]
    }

    fn part(&self, file: i64, event: i64) {
        self.act(Act::Withdraw { file, event, reason: "取り違え".into() });
    }

    fn events(&self, file: i64) -> FileEvents {
        self.database.read_all(|db| events_of(db, file)).unwrap()
    }

    fn texts(&self, file: i64) -> Vec<String> {
        let of = self.events(file);
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
        let text = |body: &Body| if let Body::Note { text } = body { Some(text.clone()) } else { None };
        story.entries.iter().filter_map(|e| text(e.body)).collect()
    }

    fn sound(&self) {
        sound(self.name, &self.database, &self.books, self.today.get());
    }

    fn rows(&self, files: &[i64]) -> Vec<String> {
        self.database.read_all(|db| rows(db, files)).unwrap()
    }
}

fn sound(name: &str, database: &Database, books: &Books, today: Day) {
    while database.write_all(|db| sync::catch_up(db, books, today, 200)).unwrap() > 0 {}
    let report = check::check(database, books, today, |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{name}: {:#?}", report.findings.iter().take(5).collect::<Vec<_>>());
}

/// Everything derived for some files, as text: persons, relations, duties, standing.
fn rows(db: &mut Db, files: &[i64]) -> Result<Vec<String>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        t: String,
    }
    let list = server::platform::store::load::id_list(files);
    let columns = |columns: &[&str]| {
        let parts: Vec<String> = columns.iter().map(|c| format!("coalesce(cast({c} as text), '-')")).collect();
        parts.join(" || '|' || ")
    };
    let of = |columns_of: &[&str], table: &str, key: &str| {
        format!("select '{table} ' || {} as t from {table} where {key} in {list}", columns(columns_of))
    };
    let texts = [
        of(server::platform::store::rows::PERSON.columns, "person", "file"),
        of(server::platform::store::rows::RELATION.columns, "relation", "file"),
        of(server::platform::store::rows::DUTY.columns, "duty", "file"),
        of(&["id", "standing", "covered_by", "rederive_on", "marks"], "file", "id"),
    ];
    let mut all = Vec::new();
    for text in texts {
        let rows: Vec<Row> = sql_query(text).load(db)?;
        all.extend(rows.into_iter().map(|row| row.t));
    }
    all.sort();
    Ok(all)
}

/// Any two files of any history: joined and parted, every derived row of the family is what it was.
#[test]
fn a_join_taken_back_leaves_everything_as_it_was() {
    let books = Books::one(rulebook::shipped().unwrap());
    for (name, database) in databases() {
        let keepers = offices(&database);
        let (mut tally, mut joined, mut last) = (Tally::default(), 0, start());
        let histories = if name == "SQLite" { 300 } else { 120 };
        for seed in 10_000..10_000 + histories {
            let mut family = Family::new(seed, keepers[0], start());
            family.found(&database, &books, &mut tally);
            for step in 0..10 {
                family.step(&database, &books, &mut tally);
                if step % 3 != 2 {
                    continue;
                }
                // Whatever the turning of the date would change is out of the way first.
                while database.write_all(|db| sync::catch_up(db, &books, family.today, 200)).unwrap() > 0 {}
                let keepers = [family.keeper];
                let desk = family.desk(&books, &keepers);
                let before = database.read_all(|db| rows(db, &family.files)).unwrap();
                let file = family.files[family.files.len() - 1];
                let act = family.join(file);
                let desk = Desk { now: desk.now + 1_000_000, ..desk };
                let id = format!("join-{seed}-{step}");
                let done =
                    database.write_all(|db| apply(db, &desk, &Command { id: id.clone(), act, seen: Vec::new() }));
                let Ok(done) = done else { continue };
                joined += 1;
                let event = done.events[0];
                let act = Act::Withdraw { file, event, reason: "取り違え".into() };
                let id = format!("part-{seed}-{step}");
                database.write_all(|db| apply(db, &desk, &Command { id, act, seen: Vec::new() })).unwrap();
                let after = database.read_all(|db| rows(db, &family.files)).unwrap();
                assert_eq!(before, after, "{name} seed {seed} step {step}");
            }
            last = last.max(family.today);
        }
        assert!(joined > 40, "{name}: only {joined} joins");
        sound(name, &database, &books, last);
        sync::rebuild(&database, &books, last, sync::Trust::Nothing, |_| {}).unwrap();
        sound(name, &database, &books, last);
    }
}

#[test]
fn the_file_of_the_register_stands_for_both_and_nothing_is_typed_again() {
    for office in Office::all() {
        let birth = start().plus(-9000);
        let typed = office.open("", "高崎 花", birth);
        office.note(typed, "窓口で聞いたこと");
        let pregnancy = Pregnancy {
            edd: start().plus(100),
            fetuses: 1,
            birth_order: None,
            satogaeri: None,
            clinic: String::new(),
            note: String::new(),
            next: None,
        };
        office.act(Act::NotifyPregnancy { file: typed, day: start(), pregnancy });
        let registered = office.open("881", "髙崎　花", birth);
        let before = office.rows(&[typed, registered]);
        let event = office.join(typed, registered);
        // The absorbed file has nothing of its own any more, the other everything.
        let after = office.rows(&[typed]);
        assert_eq!(after.len(), 1, "{}: {after:?}", office.name);
        assert_eq!(office.texts(registered), ["窓口で聞いたこと"]);
        let of = office.events(registered);
        let story = fold(&of.events, View::default());
        let person = Person::read(&story);
        assert_eq!(person.resident.map(|r| r.number.as_str()), Some("881"));
        assert_eq!(person.episodes.len(), 1);
        assert_eq!(office.database.read_all(|db| joined::lead(db, typed, None)).unwrap(), registered);
        // What is recorded at the old address is recorded for the person.
        office.note(typed, "あとから");
        assert_eq!(office.texts(registered).len(), 2);
        office.sound();
        office.part(registered, event);
        assert_eq!(office.texts(typed), ["窓口で聞いたこと"]);
        assert_eq!(office.texts(registered), ["あとから"]);
        office.sound();
        // Without what was recorded meanwhile, both are as they were.
        let note =
            office.events(registered).events.iter().find(|e| matches!(e.body, Some(Body::Note { .. }))).unwrap().id;
        office.part(registered, note);
        assert_eq!(office.rows(&[typed, registered]), before, "{}", office.name);
    }
}

#[test]
fn pregnancies_of_both_files_keep_apart_and_one_notified_twice_is_one() {
    for office in Office::all() {
        let notify = |file: i64, edd: Day| {
            let pregnancy = Pregnancy {
                edd,
                fetuses: 1,
                birth_order: None,
                satogaeri: None,
                clinic: String::new(),
                note: String::new(),
                next: None,
            };
            office.act(Act::NotifyPregnancy { file, day: office.today.get(), pregnancy });
        };
        let episodes = |file: i64| {
            let of = office.events(file);
            let story = fold(&of.events, View::default());
            Person::read(&story).episodes.iter().map(|e| (e.no, e.notice.edd)).collect::<Vec<_>>()
        };
        let (one, other) =
            (office.open("7", "宮下 梓", start().plus(-9999)), office.open("", "宮下 梓", start().plus(-9999)));
        notify(one, start().plus(30));
        office.record(one, Some(1), Body::PregnancyEnded { weeks: Some(9), note: String::new() });
        office.today.set(start().plus(300));
        notify(other, start().plus(500));
        let event = office.join(one, other);
        assert_eq!(episodes(one), [(1, start().plus(30)), (2, start().plus(500))], "{}", office.name);
        // The second is ended on the joined page; parted, it lies with its own pregnancy.
        office.record(one, Some(2), Body::PregnancyEnded { weeks: Some(10), note: String::new() });
        office.sound();
        office.part(one, event);
        let of = office.events(other);
        assert!(of.events.iter().any(|e| e.episode == Some(1) && matches!(e.body, Some(Body::PregnancyEnded { .. }))));
        assert_eq!(episodes(one).len(), 1);
        let (a, b) =
            (office.open("8", "河野 泉", start().plus(-8888)), office.open("", "河野 泉", start().plus(-8888)));
        notify(a, start().plus(480));
        notify(b, start().plus(473));
        office.join(a, b);
        assert_eq!(episodes(a).len(), 1, "{}: one pregnancy, typed twice", office.name);
        office.sound();
    }
}

#[test]
fn a_correction_an_undo_and_an_erasure_work_on_the_page_of_the_person() {
    for office in Office::all() {
        let birth = start().plus(-400);
        let (typed, registered) = (office.open("", "小林 空", birth), office.open("55", "小林 空", birth));
        let (wrong, other) = (office.note(typed, "まちがい"), office.note(typed, "別の家庭のこと"));
        let third = office.note(typed, "残る");
        office.join(registered, typed);
        let body = Body::Note { text: "直した".into() };
        office.act(Act::Correct { file: registered, event: wrong, day: Span::on(start()), body });
        office.act(Act::Erase { file: registered, event: other, reason: "別の家庭".into() });
        assert_eq!(office.texts(registered), ["直した", "残る"], "{}", office.name);
        office.part(registered, third);
        assert_eq!(office.texts(registered), ["直した"]);
        office.sound();
    }
}

#[test]
fn chains_circles_and_joins_to_oneself() {
    for office in Office::all() {
        let birth = start().plus(-400);
        let [a, b, c] = ["", "", "77"].map(|number| office.open(number, "森 葵", birth));
        for (file, text) in [(a, "あ"), (b, "い"), (c, "う")] {
            office.note(file, text);
        }
        assert!(office.refused(Act::Join { files: [a, a], reason: String::new() }).contains("同じ台帳"));
        let before = office.rows(&[a, b, c]);
        let first = office.join(a, b);
        let second = office.join(b, c);
        assert_eq!(office.texts(c).len(), 3, "{}", office.name);
        for (one, other) in [(c, a), (a, c), (b, a), (a, b)] {
            assert!(office.refused(Act::Join { files: [one, other], reason: String::new() }).contains("同じ台帳"));
        }
        office.sound();
        // Out of order: the inner join first.
        office.part(c, first);
        assert_eq!(office.texts(c).len() + office.texts(a).len() + office.texts(b).len(), 3, "{}", office.name);
        office.sound();
        office.part(c, second);
        assert_eq!(office.rows(&[a, b, c]), before, "{}", office.name);
        office.sound();
    }
}

#[test]
fn what_cannot_be_one_person_is_refused_in_words() {
    for office in Office::all() {
        let birth = start().plus(-400);
        let (one, other) = (office.open("1", "林 陸", birth), office.open("2", "林 陸", birth));
        let join = |files: [i64; 2]| Act::Join { files, reason: String::new() };
        assert!(office.refused(join([one, other])).contains("別の宛名番号"), "{}", office.name);
        let mother = office.open("", "林 岬", start().plus(-12_000));
        let body = Body::Relation { to: mother, role: "mother".into(), until: None, hidden: false };
        office.record(one, None, body);
        assert!(office.refused(join([one, mother])).contains("親子"));
        // Another keeper's file does not exist here.
        let resident = Resident { name: "林 陸".into(), birth: Some(Span::on(birth)), ..Resident::default() };
        let open = Act::Open { day: Span::on(start()), source: "own".into(), resident, protected: false };
        let foreign = office.try_as(office.keepers[1], open, Vec::new(), None).unwrap().opened[0];
        let done = office.try_as(office.keepers[0], join([one, foreign]), Vec::new(), None);
        assert!(matches!(done, Err(NotApplied::NotFound)), "{}: {done:?}", office.name);
        // Somebody who left and one who came back are one; somebody who died stays dead.
        office.record(other, None, Body::MovedOut { destination: "他市".into() });
        office.join(one, other);
        let typed = office.open("", "林 陸", birth);
        office.record(typed, None, Body::Died);
        office.join(one, typed);
        assert!(office.rows(&[one]).iter().any(|row| row.starts_with("person") && row.contains("|died|")));
        office.sound();
    }
}

#[test]
fn a_protected_mark_on_either_file_protects_both_until_it_is_lifted() {
    for office in Office::all() {
        let birth = start().plus(-400);
        let (typed, registered) = (office.open("", "原 凪", birth), office.open("9", "原 凪", birth));
        let protection = |on: bool| Body::Protection { on, note: String::new(), review: None };
        let protected = || {
            let of = office.events(registered);
            Person::read(&fold(&of.events, View::default())).protected
        };
        office.record(typed, None, protection(true));
        office.record(registered, None, protection(false));
        office.join(typed, registered);
        assert!(protected(), "{}: what one file says does not lift the other's", office.name);
        office.today.set(start().plus(1));
        office.record(registered, None, protection(false));
        assert!(!protected(), "{}", office.name);
    }
}

#[test]
fn a_join_is_not_known_before_it_was_made_and_still_known_for_the_days_it_stood() {
    for office in Office::all() {
        let birth = start().plus(-400);
        let (typed, registered) = (office.open("", "堀 灯", birth), office.open("3", "堀 灯", birth));
        office.note(typed, "前から");
        let instant = |day: i32| i64::from(start().plus(day).0) * DAY_US + DAY_US / 2;
        office.today.set(start().plus(5));
        let event = office.join(typed, registered);
        office.today.set(start().plus(10));
        office.part(registered, event);
        let count = |file: i64, day: i32| {
            let of = office.database.read_all(|db| events_of_at(db, file, Some(instant(day)))).unwrap();
            of.events.iter().filter(|e| matches!(e.body, Some(Body::Note { .. }))).count()
        };
        assert_eq!([count(registered, 1), count(registered, 6), count(registered, 11)], [0, 1, 0], "{}", office.name);
        assert_eq!([count(typed, 1), count(typed, 6), count(typed, 11)], [1, 0, 1], "{}", office.name);
    }
}

/// Whoever looked before two files were joined, or parted, is told so instead of writing about somebody else.
#[test]
fn two_desks_at_once() {
    for office in Office::all() {
        let birth = start().plus(-400);
        let (typed, registered) = (office.open("", "谷 澪", birth), office.open("4", "谷 澪", birth));
        let scope = format!("({})", office.keepers[0]);
        let version = |file: i64| {
            office
                .database
                .read_all(|db| version_of(db, file, &scope, casework::Sensitivity::Compartment))
                .unwrap()
                .unwrap()
        };
        let note = |file: i64, seen: i32| {
            let body = Body::Note { text: "メモ".into() };
            let (day, sensitivity) = (Span::on(start()), Sensitivity::Ordinary);
            let act = Act::Record { file, episode: None, day, source: "own".into(), sensitivity, body };
            office.try_as(office.keepers[0], act, vec![(file, seen)], None)
        };
        let (seen_typed, seen_registered) = (version(typed), version(registered));
        let event = office.join(typed, registered);
        for (file, seen) in [(typed, seen_typed), (registered, seen_registered)] {
            let done = note(file, seen);
            assert!(matches!(done, Err(NotApplied::Conflict(_))), "{}: {done:?}", office.name);
        }
        let seen = version(registered);
        assert_eq!(seen, version(typed), "one person, one version");
        note(registered, seen).unwrap();
        let seen = version(registered);
        office.part(registered, event);
        let done = note(registered, seen);
        assert!(matches!(done, Err(NotApplied::Conflict(_))), "{}: {done:?}", office.name);
    }
}
