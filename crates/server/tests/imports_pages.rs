//! The import of residents as its users meet it: on screen, and at the command line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use casework::Role;
use server::intake::residents::cli::{self, Asked};
use server::platform::{
    Clock, Database,
    rulebook::{self, Books},
};
use support::city::{Line, file};
use support::site::{Answer, BOTH, Site, Visitor, database, today};

const LINES: [Line<'static>; 3] = [
    Line {
        number: "0001",
        household: "11",
        name: "試験 花",
        birth: "1994-05-06",
        sex: "女",
        relation: "世帯主",
        address: "みなと市一丁目1",
        change: "",
        on: "",
        to: "",
        protected: "",
        standing: "",
    },
    Line {
        number: "0002",
        household: "11",
        name: "試験 湊",
        birth: "2024-13-01",
        sex: "男",
        relation: "子",
        address: "みなと市一丁目1",
        change: "",
        on: "",
        to: "",
        protected: "",
        standing: "",
    },
    Line {
        number: "0003",
        household: "12",
        name: "髙﨑 𠮷乃",
        birth: "H7.2.3",
        sex: "女",
        relation: "世帯主",
        address: "みなと市秘密町",
        change: "",
        on: "",
        to: "",
        protected: "1",
        standing: "",
    },
];

fn upload(visitor: &mut Visitor, text: &str, day: &str) -> Answer {
    let mut body = String::new();
    let csrf = visitor.csrf.clone();
    for (name, value) in [("csrf", csrf.as_str()), ("layout", "standard"), ("scope", "all"), ("as_of_day", day)] {
        body.push_str(&format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str(&format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"住民.csv\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--b--\r\n"
    ));
    visitor.send("POST", "/residents", &[("Content-Type", "multipart/form-data; boundary=b")], &body)
}

/// Reloads the page until the import has come to its end.
fn until_done(visitor: &mut Visitor, path: &str) -> Answer {
    for _ in 0..5_000 {
        let page = visitor.get(path);
        assert_eq!(page.status, 200, "{}", page.body);
        if page.body.contains("取込の結果") {
            return page;
        }
    }
    panic!("the import does not end");
}

#[test]
fn a_clerk_reads_applies_and_takes_back_a_file() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut clerk = site.as_role(Role::Clerk);
        assert!(clerk.get("/residents").body.contains("まだ取り込まれていません"));

        let staged = upload(&mut clerk, &file(&LINES), "R8.11.23");
        assert_eq!(staged.status, 303, "{}", staged.body);
        let path = staged.location().to_owned();
        let preview = clerk.get(&path);
        for part in ["まだ何も書き込んでいません", "生年月日", "2024-13-01", "読めた2行を取り込む", "UTF-8"]
        {
            assert!(preview.body.contains(part), "{part}: {}", preview.body);
        }
        assert!(!preview.body.contains("秘密町"), "no address on the preview");
        assert_eq!(site.count("select count(*) as n from person"), 0);

        let applied = clerk.post(&format!("{path}/apply"), &[]);
        assert_eq!((applied.status, applied.location()), (303, path.as_str()));
        let result = until_done(&mut clerk, &path);
        assert!(result.body.contains("この取込をまるごと取り消す"), "{}", result.body);
        assert_eq!(site.count("select count(*) as n from person where number <> ''"), 2);
        assert_eq!(site.count("select count(*) as n from person where protected = 1"), 1);
        assert_eq!(site.count("select count(*) as n from event where actor = 0"), 0, "events carry the clerk's name");
        assert!(clerk.get("/residents").body.contains("適用済み"));

        let without = clerk.post(&format!("{path}/withdraw"), &[("reason", " ")]);
        assert!(without.status == 422 && without.body.contains("理由を入力"), "{}", without.body);
        let back = clerk.post(&format!("{path}/withdraw"), &[("reason", "取り違え")]);
        assert_eq!(back.status, 303, "{}", back.body);
        assert!(until_done(&mut clerk, &path).body.contains("取り違え"));
        assert_eq!(site.count("select count(*) as n from person"), 0);
    }
}

#[test]
fn what_cannot_be_read_is_said_beside_the_field() {
    let site = Site::start(support::site::Engine::Sqlite);
    let mut clerk = site.as_role(Role::Clerk);
    clerk.get("/residents");
    for (text, day, part) in [
        ("品名,単価\r\nりんご,100\r\n", "R8.11.23", "対応表と合いません"),
        ("", "R8.11.23", "選んでください"),
        (file(&LINES).as_str(), "R9.1.1", "今日より後です"),
        (file(&LINES).as_str(), "きのうごろ", "as_of_day"),
    ] {
        let answer = upload(&mut clerk, text, day);
        assert!(answer.status == 422 && answer.body.contains(part), "{part}: {} {}", answer.status, answer.body);
    }
    assert_eq!(site.count("select count(*) as n from batch"), 0, "nothing is left behind");
}

#[test]
fn put_aside_nothing_stays_and_the_nurse_does_not_import() {
    let site = Site::start(support::site::Engine::Sqlite);
    let mut clerk = site.as_role(Role::Clerk);
    clerk.get("/residents");
    let path = upload(&mut clerk, &file(&LINES), "R8.11.23").location().to_owned();
    let mut nurse = site.as_role(Role::Phn);
    assert_eq!((nurse.get("/residents").status, nurse.get(&path).status), (404, 404));
    let aside = clerk.post(&format!("{path}/discard"), &[]);
    assert_eq!((aside.status, aside.location()), (303, "/residents"));
    assert_eq!(site.count("select count(*) as n from staged_row"), 0);
    assert_eq!(site.count("select count(*) as n from staged_error"), 0);
    assert_eq!(clerk.post(&format!("{path}/apply"), &[]).status, 422);
}

#[test]
fn the_command_line_reads_cp932_and_finds_the_centre_by_its_municipality() {
    let database: Database = database(support::site::Engine::Sqlite);
    let office =
        "insert into office (id, parent, kind, code, name) values (1, null, 'municipality', '990001', '架空市'),
        (2, 1, 'centre', '', 'センター')";
    let sql = |sql: &str| {
        database
            .write_all(|db| Ok::<_, server::platform::Fault>(diesel::RunQueryDsl::execute(diesel::sql_query(sql), db)?))
    };
    sql(office).unwrap();
    let place = support::sqlite::fresh().with_file_name("住民.csv");
    let text = file(&[LINES[0], LINES[1]]);
    std::fs::write(&place, paperwork::decode::encode_cp932(&text).unwrap()).unwrap();
    let books = Books::one(rulebook::shipped().unwrap());
    let data = place.parent().unwrap();
    let run = |code: &str, dry_run: bool| {
        let asked = Asked { file: &place, code, data, dry_run };
        cli::run(database.clone(), Clock::pinned(today()), &books, asked)
    };
    let count = |sql: &str| {
        let n: Result<server::platform::db::CountRow, server::platform::Fault> =
            database.read_all(|db| Ok(diesel::RunQueryDsl::get_result(diesel::sql_query(sql), db)?));
        n.unwrap().n
    };
    run("990001", true).unwrap();
    assert_eq!(count("select (select count(*) from person) + (select count(*) from batch) as n"), 0, "only looked at");
    run("990001", false).unwrap();
    assert_eq!(count("select count(*) as n from person where keeper = 2 and name = '試験 花'"), 1);
    assert!(run("123456", false).unwrap_err().to_string().contains("登録されていません"));
    std::fs::write(&place, "これは見出しではない\r\n").unwrap();
    assert!(run("990001", false).is_err());
}
