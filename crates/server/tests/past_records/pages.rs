//! The import of past records as its users meet it: on screen, and at the command line.

use casework::Role;
use server::intake::events::cli;
use server::intake::imports::cli::Asked;
use server::platform::{
    Clock,
    rulebook::{self, Books},
};

use crate::support::city::{Line, file};
use crate::support::site::{Answer, BOTH, CENTRE, Engine, Site, Visitor, today};

const SHOTS: &str = "宛名番号,予防接種種別,回数,接種日,ワクチン名,ロット番号\r\n0001,BCG,1,R8.4.10,,A1\r\n\
                     0404,BCG,1,R8.4.10,,A1\r\n0001,水痘,1,R8.2.31,,A1\r\n";

/// A boy of one year on file.
fn register(site: &Site) {
    let lines = [Line { number: "0001", name: "試験 湊", birth: "2025-11-20", sex: "男", ..Line::default() }];
    let place = crate::support::sqlite::fresh().with_file_name("住民.csv");
    std::fs::write(&place, file(&lines)).unwrap();
    let asked = Asked { file: &place, code: "990001", data: place.parent().unwrap(), dry_run: false };
    let books = Books::one(rulebook::shipped().unwrap());
    server::intake::residents::cli::run(site.database.clone(), Clock::pinned(today()), &books, asked).unwrap();
}

fn upload(visitor: &mut Visitor, text: &str, kind: &str, through: &str) -> Answer {
    let mut body = String::new();
    let csrf = visitor.csrf.clone();
    for (name, value) in [("csrf", csrf.as_str()), ("kind", kind), ("through", through)] {
        body.push_str(&format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str(&format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"接種.csv\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--b--\r\n"
    ));
    visitor.send("POST", "/events", &[("Content-Type", "multipart/form-data; boundary=b")], &body)
}

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

fn holds(page: &Answer, parts: &[&str]) {
    for part in parts {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
}

#[test]
fn a_clerk_looks_brings_in_decides_and_takes_back() {
    for engine in BOTH {
        let site = Site::start(engine);
        register(&site);
        let mut clerk = site.as_role(Role::Clerk);
        holds(&clerk.get("/events"), &["予防接種記録", "1歳6か月児健診結果", "いつまでの分か"]);
        let staged = upload(&mut clerk, SHOTS, "vaccination", "R8.9.30");
        assert_eq!(staged.status, 303, "{}", staged.body);
        let path = staged.location().to_owned();
        let preview = clerk.get(&path);
        holds(
            &preview,
            &[
                "まだ何も書き込んでいません",
                "この列は読みません：ロット番号",
                "実在する日付",
                "人が見つからない",
                "読めた2行を取り込む",
                "9月分まで到着",
            ],
        );
        assert_eq!(site.count("select count(*) as n from event where kind = 'service'"), 0);
        assert_eq!(clerk.post(&format!("{path}/apply"), &[]).status, 303);
        let result = until_done(&mut clerk, &path);
        holds(&result, &["決めるのを待っている行", "この取込をまるごと取り消す"]);
        assert_eq!(site.count("select count(*) as n from event where kind = 'service' and code = 'bcg'"), 1);
        assert_eq!(site.count("select count(*) as n from event where kind = 'service' and actor = 0"), 0, "her name");

        holds(&clerk.get("/arrivals"), &["予防接種予診票", "R8.9.30まで", "届いている", "1行", "接種.csv"]);
        let row = format!("{path}/rows/3");
        holds(&clerk.get(&row), &["取込の行を決める", "0404", "台帳に見つかりません"]);
        let without = clerk.post(&row, &[("how", "leave"), ("reason", "")]);
        assert!(without.status == 422 && without.body.contains("理由を入力"), "{}", without.body);
        let nobody = clerk.post(&row, &[("how", "person"), ("number", "777")]);
        assert!(nobody.status == 422 && nobody.body.contains("台帳にいません"), "{}", nobody.body);
        let told = clerk.post(&row, &[("how", "leave"), ("reason", "転出した子")]);
        assert_eq!((told.status, told.location()), (303, path.as_str()), "{}", told.body);
        assert_eq!(clerk.get(&row).status, 404, "decided once");

        assert_eq!(clerk.post(&format!("{path}/withdraw"), &[("reason", "取り違え")]).status, 303);
        holds(&until_done(&mut clerk, &path), &["取り違え"]);
        assert_eq!(site.count("select count(*) as n from arrival where source = 'vaccination'"), 0);
        assert_eq!(site.count("select count(*) as n from duty where key = 'bcg' and settled_how is not null"), 0);
    }
}

#[test]
fn what_cannot_be_read_is_said_beside_the_field_and_the_nurse_only_sees_what_is_in() {
    let site = Site::start(Engine::Sqlite);
    let mut clerk = site.as_role(Role::Clerk);
    clerk.get("/events");
    for (text, kind, through, part) in [
        ("品名,単価\r\nりんご,100\r\n", "vaccination", "", "対応表と合いません"),
        (SHOTS, "", "", "種類を選んでください"),
        (SHOTS, "checkup_18m", "", "足りない見出し"),
        (SHOTS, "vaccination", "R9.1.1", "今日より後です"),
        ("", "vaccination", "", "選んでください"),
    ] {
        let answer = upload(&mut clerk, text, kind, through);
        assert!(answer.status == 422 && answer.body.contains(part), "{part}: {} {}", answer.status, answer.body);
    }
    assert_eq!(site.count("select count(*) as n from batch"), 0, "nothing is left behind");
    let mut nurse = site.as_role(Role::Phn);
    assert_eq!(nurse.get("/events").status, 404);
    let arrivals = nurse.get("/arrivals");
    assert!(arrivals.status == 200 && !arrivals.body.contains("href=\"/events"), "{}", arrivals.body);
}

#[test]
fn the_command_line_says_the_same_and_writes_nothing_of_a_file_it_cannot_read() {
    let site = Site::start(Engine::Sqlite);
    register(&site);
    let place = crate::support::sqlite::fresh().with_file_name("接種.csv");
    let books = Books::one(rulebook::shipped().unwrap());
    let run = |text: &[u8], kind: &str, dry_run: bool| {
        std::fs::write(&place, text).unwrap();
        let asked = Asked { file: &place, code: "990001", data: place.parent().unwrap(), dry_run };
        cli::run(site.database.clone(), Clock::pinned(today()), &books, asked, (kind, None))
    };
    let left = "select (select count(*) from batch where kind = 'events') + (select count(*) from staged_row) \
                + (select count(*) from event where kind = 'service') as n";
    let half = paperwork::decode::encode_cp932(SHOTS).unwrap();
    for (text, kind, part) in [
        (&half[..half.len() - 5], "vaccination", "途中で切れています"),
        (b"", "vaccination", "空です"),
        (b"\xff\xfe1\x002\x00", "vaccination", "UTF-16"),
        ("宛名番号,予防接種種別,接種日\r\n".as_bytes(), "vaccination", "読める行がありません"),
        ("宛名番号,予防接種種別,接種日\r\n1,BCG,令和0年\r\n".as_bytes(), "vaccination", "読める行がありません"),
        (&half, "shots", "vaccination　予防接種記録"),
        (&half, "checkup", "足りない見出し"),
    ] {
        let said = run(text, kind, false).unwrap_err().to_string();
        assert!(said.contains(part), "want {part}, said {said}");
        assert_eq!(site.count(left), 0, "{part}: nothing is written");
    }
    run(&half, "vaccination", true).unwrap();
    assert_eq!(site.count(left), 0, "only looked at");
    run(&half, "019083", false).unwrap();
    let bcg = format!("select count(*) as n from event where kind = 'service' and code = 'bcg' and keeper = {CENTRE}");
    assert_eq!(site.count(&bcg), 1);
    assert_eq!(
        site.count("select count(*) as n from staged_row where state = 'waiting'"),
        1,
        "who was not found waits"
    );
}
