//! 管理者: accounts, posts, passwords for one time and settings; each of it a record, none of it anybody's file.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use casework::{Role, staff::Account};
use server::{
    cli::setup::{self, First},
    platform::{Clock, check, rulebook, rulebook::Books},
};

use crate::support::site::{Answer, BOTH, CENTRE, PASSWORD, Site, Visitor, database, today};

/// A form as the page draws it: its own command id, and the fields.
fn send(visitor: &mut Visitor, page: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
    let drawn = visitor.get(page);
    assert_eq!(drawn.status, 200, "{page}: {}", drawn.body);
    let id = drawn.body.split("name=\"command_id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut all = vec![("command_id", id.as_str())];
    all.extend(fields);
    visitor.post(to, &all)
}

pub fn change(visitor: &mut Visitor, page: &str, fields: &[(&str, &str)]) -> Answer {
    send(visitor, page, page, fields)
}

/// Presses 取り消す in the banner of the next page.
fn undo(visitor: &mut Visitor, page: &str) -> Answer {
    let drawn = visitor.get(page);
    let form = drawn.body.split("class=\"undo\"").next().unwrap().rsplit("action=\"").next().unwrap();
    let url = form.split('"').next().unwrap().to_owned();
    let id = drawn.body.split("class=\"undo\"").nth(1).unwrap();
    let id = id.split("name=\"command_id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    visitor.post(&url, &[("command_id", &id)])
}

const NURSE: [(&str, &str); 5] =
    [("login", "s-1024"), ("name", "波野　夏帆"), ("kana", "なみの　かほ"), ("role", "phn"), ("from", "きょう")];

/// Makes the account of a nurse; her id and her password for one time.
fn hired(site: &Site, admin: &mut Visitor) -> (i64, String) {
    let answer = change(admin, "/staff/new", &NURSE);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let secret = answer.body.split("class=\"issued\">").nth(1).expect("shown once").split('<').next().unwrap();
    (site.count("select id as n from staff where login = 's-1024'"), secret.to_owned())
}

fn checked(site: &Site) {
    let books = Books::one(rulebook::shipped().unwrap());
    let report = check::check(&site.database, &books, today(), |_| {}).unwrap();
    assert_eq!(report.findings, [], "the rows are what was recorded");
}

#[test]
fn a_new_nurse_signs_in_with_the_password_that_was_shown_once_and_must_change_it() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut admin = site.as_role(Role::Admin);
        let (id, secret) = hired(&site, &mut admin);
        assert_eq!(site.count("select count(*) as n from event where kind = 'staff' and file = 1"), 2, "{engine:?}");
        let page = admin.get(&format!("/staff/{id}")).body;
        for told in ["波野　夏帆", "初回サインイン前", "役割 保健師（R8.11.24から）", "アカウント（波野　夏帆）"]
        {
            assert!(page.contains(told), "{engine:?}: {told}: {page}");
        }
        assert!(!page.contains(&secret), "never shown again");

        let mut nurse = site.visitor();
        assert_eq!(nurse.sign_in("s-1024", &secret).location(), "/session/password");
        assert_eq!(nurse.get("/today").location(), "/session/password", "nothing else opens before");
        let own = "namiura no asagiri";
        let done = nurse.post("/session/password", &[("current", &secret), ("new", own), ("again", own)]);
        assert_eq!(done.status, 303, "{}", done.body);
        assert_eq!(nurse.get("/today").status, 200);
        assert!(admin.get("/staff").body.contains("s-1024"));
        assert_eq!(site.visitor().sign_in("s-1024", &secret).status, 422, "the first password is of no use any more");
        checked(&site);
    }
}

#[test]
fn what_was_typed_wrongly_is_named_at_its_field_and_a_second_submit_makes_nobody_twice() {
    let site = Site::start(crate::support::site::Engine::Sqlite);
    let mut admin = site.as_role(Role::Admin);
    let with =
        |name: &'static str, value: &'static str| NURSE.map(|(n, v)| if n == name { (n, value) } else { (n, v) });
    for (field, value, said) in [
        ("login", "S1024", "半角の小文字"),
        ("login", "phn", "もう使われています"),
        ("kana", "ナミノ", "ひらがな"),
        ("role", "", "役割を選んで"),
        ("from", "31日", "日付として読めません"),
    ] {
        let answer = change(&mut admin, "/staff/new", &with(field, value));
        assert_eq!(answer.status, 422, "{field}");
        assert!(answer.body.contains(&format!("id=\"e-{field}\"")) && answer.body.contains(said), "{}", answer.body);
        assert!(answer.body.contains("波野　夏帆"), "what was typed stays");
    }
    assert_eq!(site.count("select count(*) as n from event"), 0);
    let mut twice = vec![("command_id", "the-same-form")];
    twice.extend(NURSE);
    assert!(admin.post("/staff/new", &twice).body.contains("class=\"issued\""));
    let again = admin.post("/staff/new", &twice);
    assert!(
        again.body.contains("この操作はすんでいます") && !again.body.contains("class=\"issued\""),
        "{}",
        again.body
    );
    assert_eq!(site.count("select count(*) as n from staff where login = 's-1024'"), 1);
    assert_eq!(
        site.count("select count(*) as n from post p join staff s on s.id = p.staff where s.login = 's-1024'"),
        1
    );
}

#[test]
fn a_forgotten_password_is_issued_anew_ends_what_was_open_and_is_recorded() {
    for engine in BOTH {
        let site = Site::start(engine);
        let (mut admin, mut nurse) = (site.as_role(Role::Admin), site.as_role(Role::Phn));
        assert_eq!(nurse.get("/today").status, 200);
        let mut locked = site.visitor();
        for _ in 0..6 {
            locked.sign_in("phn", "wrong wrong wrong");
        }
        assert_eq!(locked.sign_in("phn", PASSWORD).status, 429);
        let answer = change(&mut admin, "/staff/1/password", &[]);
        let secret =
            answer.body.split("class=\"issued\">").nth(1).expect("shown").split('<').next().unwrap().to_owned();
        assert_eq!(nurse.get("/today").status, 303, "{engine:?}: her open screen ended");
        assert_eq!(locked.sign_in("phn", PASSWORD).status, 422, "no waiting, and the old one is of no use");
        assert_eq!(locked.sign_in("phn", &secret).location(), "/session/password");
        assert!(admin.get("/staff/1").body.contains("仮パスワードを発行"));
        assert!(!format!("{:?}", admin.get("/staff/1")).contains(&secret));
        checked(&site);
    }
}

#[test]
fn somebody_leaves_and_it_is_taken_back_as_easily() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut admin = site.as_role(Role::Admin);
        let (id, secret) = hired(&site, &mut admin);
        let (member, close) = (format!("/staff/{id}"), format!("/staff/{id}/close"));
        assert_eq!(change(&mut admin, &close, &[("day", "きょう")]).location(), member);
        assert!(site.visitor().sign_in("s-1024", &secret).status == 422, "{engine:?}: closed");
        let last = format!("select count(*) as n from post where staff = {id} and until_day = {}", today().0 - 1);
        assert_eq!(site.count(&last), 1, "{engine:?}: the post ended the day before");
        assert_eq!(undo(&mut admin, &member).location(), member);
        assert_eq!(site.visitor().sign_in("s-1024", &secret).location(), "/session/password", "{engine:?}: open again");
        checked(&site);
        // A post of before the records ends and is recorded with it.
        let post = site.count("select id as n from post where staff = 1");
        let end = format!("/staff/1/posts/{post}/end");
        assert_eq!(change(&mut admin, &end, &[("until", "R9.3.31")]).status, 303);
        assert!(admin.get("/staff/1").body.contains("R9.3.31まで"));
        assert_eq!(site.count("select count(*) as n from post where staff = 1"), 1, "{engine:?}: the same post");
        checked(&site);
    }
}

#[test]
fn a_second_post_is_given_ended_and_undone() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut admin = site.as_role(Role::Admin);
        let give = |admin: &mut Visitor, role: &str| {
            change(admin, "/staff/1/posts/new", &[("role", role), ("from", "きょう"), ("until", "R9.3.31")])
        };
        assert_eq!(give(&mut admin, "coordinator").status, 303);
        let mut nurse = site.as_role(Role::Phn);
        assert!(nurse.get("/today").body.contains("統括支援員"), "{engine:?}: she may switch");
        let held = give(&mut admin, "coordinator");
        assert!(held.status == 422 && held.body.contains("もう持っています"), "{}", held.body);
        assert_eq!(give(&mut admin, "head").status, 303);
        assert_eq!(undo(&mut admin, "/staff/1").status, 303);
        let running = "select count(*) as n from post where staff = 1 and (until_day is null or until_day >= from_day)";
        assert_eq!(site.count(running), 2, "{engine:?}: 保健師 and 統括支援員");
        assert!(!nurse.get("/today").body.contains("センター長・係長"));
        checked(&site);
    }
}

#[test]
fn nobody_gives_themselves_a_right_while_another_could_and_somebody_always_may_do_the_next() {
    let site = Site::start(crate::support::site::Engine::Sqlite);
    let mut admin = site.as_role(Role::Admin);
    let me = site.count("select id as n from staff where login = 'admin'");
    let own = site.count(&format!("select id as n from post where staff = {me}"));
    let ended = change(&mut admin, &format!("/staff/{me}/posts/{own}/end"), &[("until", "きょう")]);
    assert!(ended.status == 422 && ended.body.contains("管理者がいなくなります"), "{}", ended.body);
    assert_eq!(admin.get(&format!("/staff/{me}/close")).status, 404);
    assert_eq!(admin.get(&format!("/staff/{me}/password")).status, 404);
    // Alone she may: in the smallest offices one person is everything.
    let nurse = [("role", "phn"), ("from", "きょう")];
    assert_eq!(change(&mut admin, &format!("/staff/{me}/posts/new"), &nurse).status, 303);
    assert_eq!(change(&mut admin, "/staff/2/posts/new", &[("role", "admin"), ("from", "きょう")]).status, 303);
    let refused = change(&mut admin, &format!("/staff/{me}/posts/new"), &[("role", "head"), ("from", "きょう")]);
    assert!(refused.status == 422 && refused.body.contains("ほかの管理者"), "{}", refused.body);
    // With a second one the first may go.
    assert_eq!(change(&mut admin, &format!("/staff/{me}/posts/{own}/end"), &[("until", "きょう")]).status, 303);
    checked(&site);
}

#[test]
fn staff_of_another_office_are_nobody_here() {
    for engine in BOTH {
        let site = Site::start(engine);
        site.sql(
            "insert into staff (id, login, name, kana, password) values (500, 'tonari', '隣の人', 'となり', '-');
                  insert into post (id, staff, keeper, role, from_day) values (500, 500, 4, 'admin', 0)",
        );
        let mut admin = site.as_role(Role::Admin);
        assert!(!admin.get("/staff").body.contains("隣の人"));
        for page in ["/staff/500", "/staff/500/password", "/staff/500/posts/new", "/staff/1/posts/500/end"] {
            assert_eq!(admin.get(page).status, 404, "{engine:?}: {page}");
            if page != "/staff/500" {
                let fields = [("command_id", "x1"), ("role", "admin"), ("from", "きょう")];
                assert_eq!(admin.post(page, &fields).status, 404, "{engine:?}: {page}");
            }
        }
        let mine = [("role", "phn"), ("from", "きょう"), ("office", "4")];
        assert_eq!(change(&mut admin, "/staff/1/posts/new", &mine).status, 404, "no post in another's office");
        // A right written into the database by hand is found.
        let (id, _) = hired(&site, &mut admin);
        site.sql(&format!("update post set role = 'head' where staff = {id}"));
        let books = Books::one(rulebook::shipped().unwrap());
        let report = check::check(&site.database, &books, today(), |_| {}).unwrap();
        assert!(report.findings.iter().any(|f| f.what.contains("not what was recorded")), "{:?}", report.findings);
    }
}

#[test]
fn a_setting_says_what_it_means_who_changed_it_and_goes_back() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut admin = site.as_role(Role::Admin);
        let page = admin.get("/settings").body;
        for meaning in casework::setting::all() {
            assert!(page.contains(meaning.label) && page.contains(meaning.about), "{}", meaning.name);
        }
        for (typed, said) in [("91", "0日から90日まで"), ("たくさん", "0日から90日まで"), ("", "0日から90日まで")]
        {
            let answer = change(&mut admin, "/settings/near_days", &[("value", typed)]);
            assert!(answer.status == 422 && answer.body.contains(said), "{typed}: {}", answer.body);
        }
        assert_eq!(change(&mut admin, "/settings/near_days", &[("value", "１０")]).location(), "/settings");
        let stored = "select count(*) as n from setting where name = 'near_days' and value = '10'";
        assert_eq!(site.count(stored), 1, "{engine:?}");
        let back = undo(&mut admin, "/settings");
        assert_eq!(back.location(), "/settings", "{}", back.body);
        assert_eq!(site.count(stored), 0, "{engine:?}: the shipped value again");
        assert_eq!(change(&mut admin, "/settings/operating_since", &[("value", "R8.4.1")]).status, 303);
        let page = admin.get("/settings").body;
        assert!(page.contains("令和8年4月1日（水）") && page.contains("職員 15"), "{page}");
        assert_eq!(admin.get("/settings/no_such").status, 404);
        assert_eq!(site.count(&format!("select count(*) as n from event where keeper = {CENTRE}")), 3);
        checked(&site);
    }
}

fn first() -> First {
    let account = Account { login: "kanri".into(), name: "永田　進".into(), kana: "ながた　すすむ".into() };
    let (municipality, centre) = ("みなと市".into(), "みなと市こども家庭センター".into());
    First { code: "992011".into(), municipality, centre, account }
}

#[test]
fn an_empty_database_is_set_up_once_and_its_first_account_opens_with_the_password_told() {
    for engine in BOTH {
        let (database, clock) = (database(engine), Clock::pinned(today()));
        let wrong = First { account: Account { kana: "ナガタ".into(), ..first().account }, ..first() };
        assert!(setup::found(&database, &clock, &wrong).unwrap_err().to_string().contains("ひらがな"));
        assert!(setup::found(&database, &clock, &First { code: "992012".into(), ..first() }).is_err());
        let secret = setup::found(&database, &clock, &first()).unwrap();
        let again = setup::found(&database, &clock, &first()).unwrap_err().to_string();
        assert!(again.contains("set up already"), "{engine:?}: {again}");

        let site = Site::of(database, Books::one(rulebook::shipped().unwrap()));
        let mut admin = site.visitor();
        assert_eq!(admin.sign_in("kanri", &secret).location(), "/session/password", "{engine:?}");
        let own = "asagiri no minato";
        assert_eq!(admin.post("/session/password", &[("current", &secret), ("new", own), ("again", own)]).status, 303);
        assert_eq!(admin.get("/").location(), "/staff", "her first page");
        assert!(admin.get("/staff").body.contains("最初の日にすること"));
        let (nurse, _) = hired(&site, &mut admin);
        assert_eq!(nurse, 2);
        assert_eq!(site.count("select count(*) as n from office"), 2);
        checked(&site);
    }
}

#[test]
fn the_command_sets_up_tells_the_password_and_does_nothing_the_second_time() {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("setup");
    let _ = std::fs::remove_dir_all(&data);
    let run = |name: &str| {
        let options = ["--code", "992011", "--municipality", "みなと市", "--centre", "みなと市こども家庭センター"];
        let out = Command::new(env!("CARGO_BIN_EXE_tsumugi"))
            .arg("setup")
            .arg("--data")
            .arg(&data)
            .args(options)
            .args(["--login", "kanri", "--kana", "ながた　すすむ"])
            .args(if name.is_empty() { vec![] } else { vec!["--name", name] })
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (out.status.success(), String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let (ok, _, why) = run("");
    assert!(!ok && why.contains("--name is missing"), "{why}");
    let (ok, said, why) = run("永田　進");
    assert!(ok && said.contains("kanri") && said.contains("仮パスワード"), "{said}{why}");
    let (ok, said, why) = run("永田　進");
    assert!(!ok && said.is_empty() && why.contains("set up already"), "{said}{why}");
    let _ = std::fs::remove_dir_all(&data);
}
