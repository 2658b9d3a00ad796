//! `explain`, `rulebook diff`, `rulebook check`, and the rules of the one town an installation works for, on both
//! databases. Days are counted by hand from `rulebook/`: 3〜4か月児健診 of a child born on 10 July 2026.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command as Program, Stdio},
};

use casework::{Act, Body, Command, Role, Sensitivity, body::Resident};
use rules::{Day, Span};
use serde_json::Value;
use server::platform::{
    Actor,
    db::Target,
    rulebook::{self, Books},
    store::{Applied, Desk, apply, write::NotApplied},
};
use server::routes::ROUTES;
use support::site::{BOTH, CENTRE, Engine, PREFECTURE, Site, today};

const TOWN: &str = "992011";
/// The town's decision, as its file words it.
const DECISION: &str =
    "みなと市乳幼児健康診査実施要領（令和8年度）により、4か月の日から7か月に至る日までを対象とします。";

struct Town {
    site: Site,
    child: i64,
    mother: i64,
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn run(site: &Site, id: &str, act: Act) -> Applied {
    let actor = Actor { staff: 1, post: 1, role: Role::Phn, ..Actor::program(vec![CENTRE]) };
    let books = Books::one(rulebook::for_municipality(TOWN).unwrap());
    let done: Result<Applied, NotApplied> = site.doors.write(&actor, |door| {
        let (today, now) = (door.today(), door.now());
        let desk = Desk { keeper: CENTRE, keepers: &[CENTRE], actor: 1, today, now, batch: None, books: &books };
        apply(door.db, &desk, &Command { id: id.to_owned(), act, seen: Vec::new() })
    });
    done.unwrap_or_else(|e| panic!("{id}: {e:?}"))
}

fn open(site: &Site, name: &str, birth: &str, cause: &str, protected: bool) -> i64 {
    let resident = Resident {
        name: name.into(),
        kana: "かくう".into(),
        sex: "F".into(),
        birth: Some(Span::on(day(birth))),
        address: "曙町9丁目8-7".into(),
        phone: "090-5550-0199".into(),
        district: "北部".into(),
        cause: cause.into(),
        ..Resident::default()
    };
    let act = Act::Open { day: Span::on(day(birth)), source: "residents".into(), resident, protected };
    run(site, name, act).opened[0]
}

/// One town with a child, her mother (protected, and nobody's duty) and a child who died.
fn town(engine: Engine) -> Town {
    let site = Site::by_rules(engine, ROUTES, TOWN);
    site.sql(&format!(
        "update office set code = '{TOWN}' where id = 2; update office set code = '' where id = 4; \
         insert into meta (name, value) values ('demo_as_of', '2026-11-24'); \
         insert into assignment (keeper, event, district, programme, category, staff, from_day) \
         values ({CENTRE}, 1, '北部', '', '', 1, 0);"
    ));
    let child = open(&site, "架空 東雲", "2026-07-10", "birth", false);
    let mother = open(&site, "架空 暁子", "1994-04-02", "moved_in", true);
    let dead = open(&site, "架空 宵", "2026-07-11", "birth", false);
    let died = Act::Record {
        file: dead,
        episode: None,
        day: Span::on(day("2026-07-20")),
        source: "residents".into(),
        sensitivity: Sensitivity::Ordinary,
        body: Body::Died,
    };
    run(&site, "died", died);
    Town { site, child, mother }
}

impl Town {
    fn target(&self) -> String {
        match self.site.database.target() {
            Target::Postgres(url) => url.clone(),
            Target::Sqlite(path) => path.clone(),
        }
    }

    /// Runs a verb on this database: (well, standard output, standard error).
    fn verb(&self, arguments: &[&str]) -> (bool, String, String) {
        let target = self.target();
        let keys = support::site::keys_of(&self.site.database);
        let [key, anchor] = ["audit.key", "audit.anchor"].map(|name| keys.join(name).to_string_lossy().into_owned());
        let mut all = arguments.to_vec();
        all.extend(["--database", &target]);
        all.extend(["--audit-key", &key, "--audit-anchor", &anchor]);
        tsumugi(&all, "")
    }

    fn explain(&self, file: i64, more: &[&str]) -> (bool, String, String) {
        let file = file.to_string();
        let mut all = vec!["explain", "--file", &file];
        all.extend(more);
        self.verb(&all)
    }
}

fn tsumugi(arguments: &[&str], input: &str) -> (bool, String, String) {
    let mut child = Program::new(env!("CARGO_BIN_EXE_tsumugi"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.success(), text(done.stdout), text(done.stderr))
}

/// A copy of the shipped rulebook with one text of one file replaced.
fn copy(file: &str, from: &str, to: &str) -> PathBuf {
    fn all(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let place = to.join(entry.file_name());
            if entry.path().is_dir() {
                all(&entry.path(), &place);
            } else {
                fs::copy(entry.path(), place).unwrap();
            }
        }
    }
    let folder = support::sqlite::fresh().with_file_name("rulebook");
    all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook"), &folder);
    let place = folder.join(file);
    let text = fs::read_to_string(&place).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(place, text.replace(from, to)).unwrap();
    folder
}

/// As before the town decided anything: 3 to 6 months, as the nation has it.
fn before() -> String {
    let file = "municipalities/992011/checkup/checkup_3_4m.toml";
    copy(file, "from_month = 4, to_month = 7", "from_month = 3, to_month = 6").to_string_lossy().into_owned()
}

#[test]
fn explain_says_why_with_facts_dates_law_version_and_the_towns_decision() {
    for engine in BOTH {
        let town = town(engine);
        let (well, told, error) = town.explain(town.child, &["--service", "checkup_3_4m"]);
        assert!(well, "{engine:?}: {error}");
        for part in [
            "ケース記録",
            "■ 3〜4か月児健診",
            "なぜ出ているか",
            "3〜4か月児健診（H9.4.1 からの規則）／母子保健法第13条",
            "住民記録（出生） R8.7.10",
            // 4 months are full on 9 November, 7 months on 9 February 2027; 60 days before that is 11 December.
            "11月10日",
            "2月9日",
            "12月11日",
            DECISION,
            "変わるとき",
        ] {
            assert!(told.contains(part), "{engine:?}: {part} is not in\n{told}");
        }
        assert_eq!(told.matches('■').count(), 1, "{told}");
        let logged = "select count(*) as n from reading where what = 'person' and purpose = 'explain' and staff = 0";
        assert_eq!(town.site.count(&format!("{logged} and files = '{}'", town.child)), 1, "{engine:?}");
        // Everything of the person: what comes years later too, and nothing twice.
        let (_, all, _) = town.explain(town.child, &[]);
        assert!(all.contains("■ 3歳児健診（これから）"), "{all}");
        assert!(all.matches("■ 3〜4か月児健診").count() == 1, "{all}");
    }
}

#[test]
fn explain_shows_no_protected_place_and_no_file_that_is_not_there() {
    for engine in BOTH {
        let town = town(engine);
        let (well, told, error) = town.explain(town.mother, &[]);
        assert!(well, "{engine:?}: {error}");
        assert!(told.contains("規則の対象になる記録"), "{engine:?}: {told}");
        for place in ["曙町", "5550", "北部"] {
            assert!(!told.contains(place), "{engine:?}: {place} in\n{told}");
        }
        let (well, told, error) = town.explain(town.mother, &["--service", "bcg"]);
        assert!(
            well && told.contains("記録（妊娠、出産、台帳の子、約束など）が、このケース記録にありません"),
            "{error}{told}"
        );
        let (well, _, error) = town.explain(9999, &[]);
        assert!(!well && error.contains("ケース記録 9999 はありません"), "{error}");
        let (well, _, error) = town.explain(town.child, &["--service", "bgc"]);
        assert!(!well && error.contains("「bgc」という規則はありません"), "{error}");
    }
}

#[test]
fn explain_as_known_uses_what_was_recorded_and_published_then_or_says_that_it_cannot() {
    for engine in BOTH {
        let town = town(engine);
        let (well, told, error) = town.explain(town.child, &["--service", "bcg", "--known-at", "2026-11-23"]);
        assert!(well, "{engine:?}: {error}");
        assert!(told.contains("そのときまでに公開された規則集は保存されていません"), "{told}");
        assert!(told.contains("このケース記録にありません"), "nothing was recorded yet: {told}");
        // The verb has published the book by now, at nine of the day that stands.
        let (_, told, _) = town.explain(town.child, &["--service", "checkup_3_4m", "--known-at", "2026-11-24"]);
        assert!(told.contains("令和8年11月24日") && told.contains("に公開された規則集（"), "{told}");
        assert!(told.contains(DECISION), "{told}");
        town.site.sql(
            "insert into rulebook (hash, published_at, content) \
             values ('feedface', 1, '# file: national/x/a.toml\nid = \"a\"\nshape = \"round\"\n')",
        );
        town.site.sql("insert into book_in_force (keeper, since, hash) values (0, 1, 'feedface')");
        let (well, told, error) = town.explain(town.child, &["--known-at", "2026-11-23"]);
        assert!(!well && told.is_empty(), "{told}");
        assert!(error.contains("もう組み立てられません") && error.contains("national/x/a.toml:2"), "{error}");
    }
}

#[test]
fn explain_reads_one_line_without_a_database() {
    let line = r#"{"id":"a7","birth_date":"2026-07-10","sex":"F","events":[{"code":"bcg","date":"2026-12-24"}],"as_of":"2026-12-31"}"#;
    let (well, told, error) = tsumugi(&["explain", "--line", "--service", "bcg"], line);
    assert!(well, "{error}");
    for part in ["対象 a7", "■ BCG（結核）（済）", "予防接種法", "生年月日 R8.7.10", "BCG R8.12.24"]
    {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
    let (well, _, error) = tsumugi(&["explain", "--line"], "{\"id\":1}");
    assert!(!well && error.contains("as_of がありません"), "{error}");
}

#[test]
fn a_changed_book_moves_the_dates_of_whom_it_concerns_and_writes_nothing_but_the_reading() {
    for engine in BOTH {
        let town = town(engine);
        let before = before();
        let rows = "select (select count(*) from event) + (select count(*) from duty) + (select count(*) from meta) \
                    + (select count(*) from rulebook) as n";
        let kept = town.site.count(rows);
        let diff = ["rulebook", "diff", &before, "shipped", "--municipality", TOWN, "--as-of", "2026-11-24"];
        let (well, told, error) = town.verb(&[&diff[..], &["--json"]].concat());
        assert!(well, "{engine:?}: {error}");
        let said: Value = serde_json::from_str(&told).unwrap();
        let fields: Vec<_> = said["rules"].as_array().unwrap().iter().map(|r| (&r["field"], &r["new"])).collect();
        assert_eq!(fields, [(&"settings.from_month".into(), &"4".into()), (&"settings.to_month".into(), &"7".into())]);
        // The child and her mother; the dead child is nobody's duty.
        assert_eq!((&said["files"], &said["persons"]), (&2.into(), &1.into()));
        let moved = |name: &str| {
            let rows = said[name].as_array().unwrap();
            assert_eq!(rows.len(), 1, "{told}");
            assert_eq!((&rows[0]["added"], &rows[0]["removed"], &rows[0]["moved"]), (&0.into(), &0.into(), &1.into()));
            rows[0].clone()
        };
        assert_eq!(moved("by_office")["name"], "こども家庭センター");
        assert_eq!(moved("by_owner")["name"], "職員 1");
        // Each bound and the deadline move from October to November, January to February, and from 10/11 to 11/12.
        let dates = moved("by_rule")["dates"].clone();
        for part in ["legal_from", "legal_to", "target"] {
            assert_eq!(dates[part], serde_json::json!({ "duties": 1, "days": [31, 31] }), "{part}");
        }
        assert!(!told.contains("架空"), "{told}");
        assert_eq!(town.site.count(rows), kept, "{engine:?}");
        let log = "select count(*) as n from reading where what = 'list' and purpose = 'rulebook_diff'";
        assert_eq!(town.site.count(&format!("{log} and files = ''")), 1);

        let (_, told, error) = town.verb(&[&diff[..], &["--names"]].concat());
        assert!(told.contains("架空 東雲") && told.contains("対応の期限 11/10→12/11"), "{error}{told}");
        assert!(!told.contains("架空 暁子") && !told.contains("架空 宵"), "{told}");
        assert_eq!(town.site.count(&format!("{log} and files = '{}'", town.child)), 1);
        assert_eq!(town.site.count(rows), kept);
    }
}

#[test]
fn a_kept_book_is_found_by_its_hash_and_differs_from_itself_in_nothing() {
    for engine in BOTH {
        let town = town(engine);
        town.explain(town.child, &[]);
        let hash = rulebook::Texts::shipped().unwrap().hash();
        let diff = ["rulebook", "diff", &hash[..8], "shipped", "--municipality", TOWN, "--json"];
        let (well, told, error) = town.verb(&diff);
        assert!(well, "{engine:?}: {error}");
        let said: Value = serde_json::from_str(&told).unwrap();
        assert_eq!((&said["persons"], said["rules"].as_array().unwrap().len()), (&0.into(), 0));
        let (well, _, error) = town.verb(&["rulebook", "diff", "0000ffff", "shipped", "--municipality", TOWN]);
        assert!(!well && error.contains("0000ffff で始まる規則集は"), "{error}");
    }
}

#[test]
fn without_a_database_the_rules_themselves_are_compared() {
    let diff = ["rulebook", "diff", &before(), "shipped", "--municipality", TOWN];
    let (well, told, error) = tsumugi(&diff, "");
    assert!(well, "{error}");
    assert!(told.contains("settings.to_month：6 → 7") && !told.contains("やることの変化"), "{told}");
    // Elsewhere nobody's rules change.
    let diff = ["rulebook", "diff", &before(), "shipped", "--municipality", "132098"];
    assert!(tsumugi(&diff, "").1.contains("規則の変化：0か所"));
}

#[test]
fn a_broken_book_is_refused_with_file_line_and_reason() {
    let check = |folder: &Path| tsumugi(&["rulebook", "check", folder.to_str().unwrap()], "");
    let whole = copy("national/checkup/checkup_18m.toml", "tier = 1", "tier = 2");
    let (well, told, error) = check(&whole);
    assert!(well && told.contains("異常はありません"), "{told}{error}");
    let (well, _, error) = check(&copy("national/checkup/checkup_18m.toml", "tier = 1", "tier = = 1"));
    assert!(!well && error.contains("national/checkup/checkup_18m.toml:10："), "{error}");
    let (well, _, error) = check(&copy("national/checkup/checkup_18m.toml", "tier = 1", "tier = 7"));
    assert!(!well && error.contains("checkup_18m.toml（規則 checkup_18m）：区分（tier）は"), "{error}");
    let file = "municipalities/992011/checkup/checkup_3_4m.toml";
    let (well, _, error) = check(&copy(file, "from_month", "from_months"));
    assert!(!well && error.contains("設定「from_months」は元の規則にありません"), "{error}");
    let (well, _, error) = check(Path::new("/nowhere/at/all"));
    assert!(!well && error.contains("を読めません"), "{error}");
}

#[test]
fn a_nurse_reads_the_towns_decision_under_the_line_it_shapes() {
    for engine in BOTH {
        let town = town(engine);
        let mut nurse = town.site.as_role(Role::Phn);
        let page = nurse.get(&format!("/persons/{}", town.child));
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(DECISION), "{engine:?}");
    }
}

#[test]
fn another_towns_rules_derive_everybody_anew() {
    for engine in BOTH {
        let town = town(engine);
        let deadline = |on: &str| {
            let sql = "select count(*) as n from duty where rule = 'checkup_3_4m' and target =";
            town.site.count(&format!("{sql} {} and file = {}", day(on).0, town.child))
        };
        assert_eq!(deadline("2026-12-11"), 1);
        let (database, now) = (&town.site.database, town.site.doors.clock().now());
        rulebook::bring_up(database, &Books::one(rulebook::shipped().unwrap()), today(), now).unwrap();
        assert_eq!(deadline("2026-11-10"), 1, "{engine:?}");
        rulebook::bring_up(database, &Books::open(database).unwrap(), today(), now).unwrap();
        assert_eq!(deadline("2026-12-11"), 1, "{engine:?}");
    }
}

#[test]
fn two_towns_in_one_database_have_each_their_own_book() {
    for engine in BOTH {
        let town = town(engine);
        let database = &town.site.database;
        let books = Books::open(database).unwrap();
        let of = |keeper: i64| {
            let book = database.read_all(|db| books.of(db, keeper)).unwrap();
            let settings = &book.rule("checkup_1m").unwrap().settings;
            let from_day = settings.iter().find(|(name, _)| name == "from_day").unwrap().1;
            (book.town.clone(), from_day)
        };
        // The town begins the one-month checkup on day 27, the nation's rule says 28.
        assert_eq!(of(CENTRE), (String::from(TOWN), 27), "{engine:?}: a centre goes by its municipality");
        assert_eq!(of(PREFECTURE), (String::new(), 28));
        // A second town is founded while the program runs, by another process.
        town.site.sql(
            "insert into office (id, parent, kind, code, name) values \
             (90, 1, 'municipality', '990002', '隣の市'), (91, 1, 'health_centre', '', '保健所'), \
             (92, 91, 'centre', '', '保健所の分室')",
        );
        assert_eq!(of(90), (String::from("990002"), 28), "{engine:?}");
        assert_eq!(of(92), (String::new(), 28), "{engine:?}: nothing of a town holds for the prefecture's offices");
        assert_eq!(of(CENTRE), (String::from(TOWN), 27));
        // Only who is behind is derived anew: the others' duties are not touched.
        let now = town.site.doors.clock().now();
        rulebook::bring_up(database, &books, today(), now).unwrap();
        // Without marks nothing of what is stored is believed.
        town.site.sql("update duty set target = 1; update file set marks = ''");
        town.site.sql("update meta set value = '' where name = 'derived_by/90'");
        rulebook::bring_up(database, &books, today(), now).unwrap();
        assert!(town.site.count("select count(*) as n from duty where target = 1") > 0, "{engine:?}");
        town.site.sql(&format!("update meta set value = '' where name = 'derived_by/{CENTRE}'"));
        rulebook::bring_up(database, &books, today(), now).unwrap();
        assert_eq!(town.site.count("select count(*) as n from duty where target = 1"), 0, "{engine:?}");
    }
}
