//! What the command line says names nobody: the built program itself, over files that are good, broken, contradicted and of
//! strangers, and over records that are checked, counted, saved and brought back. An operator's terminal is no screen of a nurse:
//! it is kept in logs and sent by mail.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{
    city::{Hall, Line, file},
    lived::lived,
    log, pg,
    site::{keys_of, sealed},
    sqlite,
};
use server::platform::{Clock, Database};

/// What the files tell of people, wherever it stands in them.
const SAID: [&str; 18] = [
    "鳴海",
    "なるみ",
    "岬ヶ丘",
    "潮見荘",
    "090-5550-0166",
    "999-0166",
    "7770000001",
    "7770000002",
    "7770000003",
    "7770000009",
    "8880000001",
    "1993-03-14",
    "H5.3.14",
    "平成5年3月14日",
    "2025-02-17",
    "R7.2.17",
    "令和7年2月17日",
    "渚小児科",
];

const REGISTER: &str = "宛名番号,世帯番号,氏名,氏名ふりがな,生年月日,性別,続柄,郵便番号,住所,方書,地区,電話番号,異動事由,異動日,転出先住所,転入前住所,支援措置,住民区分";

fn row(number: &str, name: &str, birth: &str, sex: &str, relation: &str, rest: &str) -> String {
    format!(
        "{number},8880000001,{name},なるみ しおり,{birth},{sex},{relation},999-0166,岬ヶ丘4-5-6,潮見荘7,岬ヶ丘,090-5550-0166,{rest}\r\n"
    )
}

/// Files of residents: what they are called, and what stands in them.
fn registers() -> Vec<(&'static str, Vec<u8>)> {
    let mother = row("7770000001", "鳴海 汐里", "1993-03-14", "女", "世帯主", "転入,2026-05-01,,岬ヶ丘県,1,");
    let child = row("7770000002", "鳴海 颯", "2025-02-17", "男", "子", "転入,2026-05-01,,岬ヶ丘県,0,");
    let good = format!("{REGISTER}\r\n{mother}{child}");
    let broken = [
        row("7770000003", "鳴海 渚", "鳴海の誕生日", "女", "子", ",,,,,"),
        row("鳴海の番号", "鳴海 渚", "2025-02-17", "女", "子", ",,,,,"),
        row(
            "7770000003",
            "鳴海 渚",
            "R7.2.31 鳴海",
            "鳴海の性別",
            "鳴海の続柄",
            "鳴海の異動,鳴海の日,岬ヶ丘県,,鳴海の印,鳴海の区分",
        ),
        row("7770000003", "", "1993-03-14", "女", "子", "転出,2099-01-01,岬ヶ丘県,,1,"),
        row(&"7770000003".repeat(9), &"鳴海".repeat(200), "1993-03-14", "女", "子", ",,,,,"),
        String::from("7770000003,鳴海 渚\r\n"),
        row("7770000009", "鳴海 渚", "1993-03-14", "女", "子", "死亡,2026-05-01,,,1,,鳴海,岬ヶ丘"),
        row("7770000001", "鳴海 汐里", "1993-03-14", "女", "世帯主", "転居,2026-05-02,,,1,"),
    ];
    let broken = format!("{REGISTER}\r\n{}", broken.concat());
    let quoted = format!("{REGISTER}\r\n{}\"鳴海 渚,岬ヶ丘", mother);
    let mut undecodable = good.clone().into_bytes();
    undecodable.extend_from_slice(b"7770000003,8880000001,\xff\xfe\x80,\xe9\xb3\xb4\xe6\xb5\xb7,1993-03-14\r\n");
    let headless = format!("{mother}{child}");
    let mut headless_broken = headless.clone().into_bytes();
    headless_broken.splice(20..20, *b"\xff\xff");
    vec![
        ("good", good.into_bytes()),
        ("broken", broken.into_bytes()),
        ("cut", quoted.into_bytes()),
        ("undecodable", undecodable),
        ("headless", headless.into_bytes()),
        ("headless-broken", headless_broken),
        ("half-header", format!("宛名番号,氏名,鳴海\r\n{mother}").replace("鳴海\r\n", "備考\r\n").into_bytes()),
    ]
}

/// Files of past records with their kind.
fn records() -> Vec<(&'static str, &'static str, String)> {
    let shots = "宛名番号,氏名,予防接種種別,回数,接種日,ワクチン名,医療機関\r\n";
    let known =
        "7770000002,鳴海 颯,5種混合,1,2025-05-01,,渚小児科\r\n7770000002,鳴海 颯,BCG,1,2025-08-01,,渚小児科\r\n";
    let strange = "7770000009,鳴海 渚,BCG,1,2025-08-01,,渚小児科\r\n,鳴海 渚,BCG,1,2025-08-01,,渚小児科\r\n";
    let against = "7770000002,鳴海 颯,BCG,1,2025-08-09,,渚小児科\r\n7770000002,鳴海 颯,BCG,鳴海の回,2025-09-09,鳴海ワクチン,渚小児科\r\n\
                   7770000002,鳴海 颯,BCG,1,2020-01-01,,渚小児科\r\n";
    let broken = "7770000002,鳴海 颯,鳴海の接種,1,2025-08-09,,渚小児科\r\n7770000002,鳴海 颯,BCG,1,鳴海の日,,渚小児科\r\n\
                  鳴海 颯,7770000002,BCG,岬ヶ丘,2025-02-17,,\r\n7770000002,鳴海 颯,BCG,1,2099-01-01,,渚小児科\r\n";
    let checkups = "宛名番号,健診種別,受診日,判定,会場,体重\r\n7770000002,3〜4か月児健診,2025-06-20,異常なし,渚小児科,6100\r\n\
                    7770000002,3〜4か月児健診,2025-06-20,要精密,渚小児科,鳴海の体重\r\n7770000009,鳴海健診,2025-02-17,鳴海の判定,渚小児科,\r\n";
    vec![
        ("vaccination", "known", format!("{shots}{known}")),
        ("vaccination", "strange", format!("{shots}{known}{strange}")),
        ("vaccination", "against", format!("{shots}{against}")),
        ("vaccination", "broken", format!("{shots}{broken}")),
        ("vaccination", "headless", known.to_owned()),
        ("vaccination", "cut", format!("{shots}{known}7770000002,\"鳴海 颯")),
        ("checkup", "checkups", checkups.to_owned()),
        ("checkup", "of-another-kind", format!("{shots}{known}")),
    ]
}

struct Terminal {
    name: &'static str,
    data: PathBuf,
    app: String,
    owner: String,
    words: Vec<String>,
    /// How often the program was asked, and how often it could not do it.
    asked: usize,
    refused: usize,
}

impl Terminal {
    /// Runs a verb to its end; what it says is searched. Returns whether it succeeded, and its standard output.
    fn run(&mut self, database: &str, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tsumugi"));
        command.args(arguments).arg("--data").arg(&self.data).arg("--database").arg(database);
        command.stdin(Stdio::null()).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        let done = command.output().unwrap();
        let [out, err] = [&done.stdout, &done.stderr].map(|said| String::from_utf8_lossy(said).into_owned());
        for (what, said) in [("output", &out), ("errors", &err)] {
            // What was typed may be repeated: the files' own names and places.
            let told = log::told(said, &self.words);
            assert_eq!(told, None, "{}: {} of {arguments:?}", self.name, what);
        }
        assert!(done.status.code().is_some_and(|code| code < 100), "{arguments:?}: {err}");
        self.asked += 1;
        self.refused += usize::from(!done.status.success());
        (done.status.success(), format!("{out}{err}"))
    }

    /// As the one who owns the records, for verbs that have to see everything.
    fn succeeds(&mut self, arguments: &[&str]) -> String {
        let owner = self.owner.clone();
        let (done, said) = self.run(&owner, arguments);
        assert!(done, "{}: {arguments:?}: {said}", self.name);
        said
    }

    fn learn(&mut self) {
        let database = Database::open(&self.app).unwrap();
        self.words.extend(log::personal(&database));
        self.words.sort_unstable();
        self.words.dedup();
    }
}

/// Each engine with people on file, and among them who is protected.
fn terminals() -> [Terminal; 2] {
    let place = sqlite::fresh().to_str().unwrap().to_owned();
    let (owner, app) = pg::fresh();
    [("SQLite", place.clone(), place), ("PostgreSQL", owner, app)].map(|(name, owner, app)| {
        Database::open(&owner).unwrap().migrate(&Clock::system()).unwrap();
        let hall = Hall::new(name, sealed(Database::open(&app).unwrap()));
        lived(&hall);
        hall.import(&file(&[Line { number: "0077", name: "試験 汀", birth: "1990-12-31", ..Line::default() }]));
        // A town with its centre.
        hall.write(|door| {
            let text = "insert into office (kind, code, name) values ('municipality', '992010', '汀市'); \
                        update office set code = '', parent = (select id from office where name = '汀市') \
                        where kind = 'centre' and code = '992010'";
            Ok(diesel::connection::SimpleConnection::batch_execute(door.db, text)?)
        });
        let data = keys_of(hall.doors.database());
        let words = SAID.map(str::to_owned).to_vec();
        let mut terminal = Terminal { name, data, app, owner, words, asked: 0, refused: 0 };
        terminal.learn();
        terminal
    })
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(format!("{name}.csv"));
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

const TOWN: [&str; 4] = ["--municipality", "992010", "--as-of", "2026-06-15"];

#[test]
fn an_import_on_the_command_line_names_nobody() {
    for mut terminal in terminals() {
        let folder = sqlite::fresh().parent().unwrap().to_owned();
        for (name, bytes) in registers() {
            let path = written(&folder, name, &bytes);
            for more in [&["--dry-run"][..], &[]] {
                let arguments = [&["import", "residents", &path], &TOWN[..], more].concat();
                let app = terminal.app.clone();
                let (done, said) = terminal.run(&app, &arguments);
                assert!(!said.is_empty());
                assert!(name != "good" || done, "{said}");
                let lines = said.matches("行目").count();
                assert!(name != "broken" || lines >= 7, "what is wrong is said by line and column: {said}");
            }
        }
        terminal.learn();
        for (kind, name, text) in records() {
            let path = written(&folder, name, text.as_bytes());
            for more in [&["--dry-run"][..], &[]] {
                let arguments = [&["import", "events", &path, "--kind", kind], &TOWN[..], more].concat();
                let app = terminal.app.clone();
                let (done, said) = terminal.run(&app, &arguments);
                assert!(name != "known" || done, "{said}");
                let waits = said.contains("決定を待っています");
                assert!(name != "strange" || more.len() == 1 || waits, "nobody's row waits for somebody: {said}");
            }
        }
        let Terminal { name, asked, refused, .. } = terminal;
        println!("{name}: {asked} imports, {refused} refused");
        assert!(refused >= 6 && asked - refused >= 10, "{name}: {asked} asked, {refused} refused");
    }
}

#[test]
fn no_verb_of_an_operator_names_anybody() {
    let [sqlite_place, postgres_place] = terminals();
    for mut terminal in [sqlite_place, postgres_place] {
        let folder = sqlite::fresh().parent().unwrap().join("backups");
        let backups = folder.to_str().unwrap().to_owned();
        let day = ["--as-of", "2026-06-15"];
        // The town has rules of its own since it became one a moment ago.
        terminal.succeeds(&["rebuild", "--as-of", "2026-06-15"]);
        terminal.succeeds(&["check", "--as-of", "2026-06-15", "--audit"]);
        terminal.succeeds(&[&["backup", &backups, "--drill"], &day[..]].concat());
        let backup = std::fs::read_dir(&folder).unwrap().filter_map(|e| Some(e.ok()?.path())).next().unwrap();
        let backup = backup.to_str().unwrap().to_owned();
        let fresh = sqlite::fresh().to_str().unwrap().to_owned();
        assert!(terminal.run(&fresh, &["restore", &backup]).0, "a restore");
        // Counts for the system's own day: the records go on to it.
        let sheet = terminal.succeeds(&["certify", "--municipality", "992010", "--as-of", "2026-06-15"]);
        assert!(sheet.contains("\"register\": 2"), "{sheet}");
        // What goes wrong names nobody either.
        for arguments in [
            &["explain", "--file", "999999"][..],
            &["restore", &backup],
            &["import", "residents", "none.csv", "--municipality", "992010"],
            &["certify", "--municipality", "999999"],
        ] {
            let owner = terminal.owner.clone();
            assert!(!terminal.run(&owner, arguments).0, "{arguments:?}");
        }
        std::fs::write(&backup, "試験 花,みなと市一丁目1").unwrap();
        assert!(!terminal.run(&fresh, &["restore", &backup, "--replace"]).0, "no backup");
        // Changed by hand behind the program: what does not fit is named by number.
        let database = Database::open(&terminal.owner).unwrap();
        let text =
            "update event set body = replace(body, '試験 花', '試験 鼻') where file in (select file from person)";
        let changed: Result<usize, server::platform::Fault> =
            database.write_all(|db| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(text), db)?));
        assert!(changed.unwrap() > 0);
        let owner = terminal.owner.clone();
        let (done, said) = terminal.run(&owner, &["check", "--audit"]);
        assert!(!done && said.contains("file "), "{}: {said}", terminal.name);
    }
}

/// The search sees what it is for.
#[test]
fn the_search_of_the_terminal_finds_a_name() {
    let words = SAID.map(str::to_owned);
    assert!(log::told("  3行目 生年月日：「鳴海の誕生日」", &words).is_some());
    assert!(log::told("file of 7770000001 is half there", &words).is_some());
    assert_eq!(log::told("  3行目 生年月日：読めません → 実在する日付（例 R8.2.28）", &words), None);
}
