//! From the network to a handler and back: files, refusals, faults and panics. And the doors behind them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use casework::{Permission, Role};
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types};
use server::platform::door::Looked;
use server::platform::web::route::upload;
use server::platform::web::{Ask, Reply};
use server::platform::{Actor, Clock, Db, Doors, Fault, Problem};
use server::routes::{Method, ROUTES, Route};
use server::session;
use support::site::{self, BOTH, Engine, Site};

static TRIALS: &[Route] = &[
    Route::new(Method::Get, "/", Permission::SignedIn, |_| Ok(Reply::text("home"))).data(),
    Route::new(Method::Get, "/session", Permission::Public, session::sign_in::page),
    Route::new(Method::Post, "/session", Permission::Public, session::sign_in::submit),
    Route::new(Method::Get, "/session/password", Permission::SignedIn, session::own_password::page),
    Route::new(Method::Get, "/fault", Permission::SignedIn, |_| Err(Fault::new("secret of the operator").into())),
    Route::new(Method::Get, "/panic", Permission::SignedIn, |_| panic!("secret of somebody")),
    Route::new(Method::Get, "/conflict", Permission::SignedIn, |_| Err(Problem::Conflict(vec![]))),
    Route::new(Method::Post, "/refused", Permission::SignedIn, |_| Err(Problem::refused("day", "日付が読めません。"))),
    Route::new(Method::Post, "/names/{id}", Permission::SignedIn, names).data(),
    Route::new(Method::Get, "/names/{id}", Permission::SignedIn, names).data(),
    upload("/files", Permission::ImportResidents, files).data(),
    Route::new(Method::Get, "/untold", Permission::SignedIn, |_| {
        Ok(Reply::file("名簿.csv", "text/csv", b"secret".into()))
    }),
];

fn names(ask: &mut Ask) -> Result<Reply, Problem> {
    let all: Vec<&str> = ask.form_all("tag").collect();
    Ok(Reply::text(format!("{} {:?} {} {all:?}", ask.id("id")?, ask.query("q"), ask.form("name"))))
}

fn files(ask: &mut Ask) -> Result<Reply, Problem> {
    let sent = ask.upload("csv").ok_or(Problem::NotFound)?;
    let content = std::fs::read(&sent.path).map_err(Fault::at("reading back"))?;
    let path = sent.path.display();
    Ok(Reply::text(format!("{}|{}|{}|{}|{path}", sent.name, sent.size, content.len(), ask.form("code"))))
}

#[test]
fn a_fault_or_a_panic_is_a_page_that_tells_nothing() {
    let site = Site::with_routes(Engine::Sqlite, TRIALS);
    let mut phn = site.as_role(Role::Phn);
    // A file where the table says nothing of one leaves by no way.
    for path in ["/fault", "/panic", "/untold"] {
        let answer = phn.get(path);
        assert_eq!(answer.status, 500, "{path}");
        assert!(answer.body.contains("受付番号") && !answer.body.contains("secret"), "{path}: {}", answer.body);
        assert!(!answer.header("content-security-policy").is_empty());
    }
    assert_eq!(phn.get("/").body, "home", "the server goes on");
}

#[test]
fn what_a_handler_refuses_without_a_page_of_its_own_is_a_page() {
    let site = Site::with_routes(Engine::Sqlite, TRIALS);
    let mut phn = site.as_role(Role::Phn);
    let refused = phn.post("/refused", &[]);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("日付が読めません。"));
    phn.get("/session/password");
    assert_eq!(phn.get("/conflict").status, 409);
}

#[test]
fn what_was_sent_reaches_the_handler_as_typed() {
    let site = Site::with_routes(Engine::Sqlite, TRIALS);
    let mut phn = site.as_role(Role::Phn);
    let answer = phn.post("/names/12?q=%E6%B9%8A+a", &[("name", "髙﨑 & 𠮷田=湊\n"), ("tag", "1"), ("tag", "2")]);
    assert_eq!(answer.body, "12 \"湊 a\" 髙﨑 & 𠮷田=湊\n [\"1\", \"2\"]");
    for odd in ["/names/0", "/names/-1", "/names/x", "/names/99999999999999999999", "/names/%FF"] {
        assert_eq!(phn.get(odd).status, 404, "{odd}");
    }
    let long = "あ".repeat(400_000);
    assert_eq!(phn.post("/names/12", &[("name", &long)]).status, 413);
}

fn multipart(csrf: &str, content: &str) -> String {
    let part = |name: &str, more: &str, text: &str| {
        format!("--mark\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n")
    };
    let file = part("csv", "; filename=\"../住民.csv\"", content);
    format!("{}{}{file}--mark--\r\n", part("csrf", "", csrf), part("code", "", "990001"))
}

#[test]
fn a_file_goes_to_disk_for_those_who_may_and_is_gone_afterwards() {
    let site = Site::with_routes(Engine::Sqlite, TRIALS);
    let form = [("content-type", "multipart/form-data; boundary=mark")];
    let mut clerk = site.as_role(Role::Clerk);
    let content = "1,山田\r\n".repeat(300_000);
    let body = multipart(&clerk.csrf.clone(), &content);
    let answer = clerk.send("POST", "/files", &form, &body);
    let said: Vec<&str> = answer.body.split('|').collect();
    let size = content.len().to_string();
    assert_eq!(said[..4], ["../住民.csv", &size, &size, "990001"], "{}", answer.body);
    assert!(!std::path::Path::new(said[4]).exists(), "an upload does not outlive its request");
    assert_eq!(clerk.send("POST", "/files", &form, &multipart("wrong", "1")).status, 403);
    let mut family = site.as_role(Role::FamilyWorker);
    let body = multipart(&family.csrf.clone(), "1");
    assert_eq!(family.send("POST", "/files", &form, &body).status, 404);
    assert_eq!(family.send("POST", "/names/1", &form, &body).status, 400, "a form that takes no file");
}

#[test]
fn every_route_that_takes_files_is_for_those_who_import() {
    for route in ROUTES.iter().filter(|r| r.takes_files) {
        assert_eq!((route.method, route.permission), (Method::Post, Permission::ImportResidents), "{}", route.path);
    }
}

fn doors(engine: Engine) -> (Doors, Actor) {
    let doors = Doors::new(site::database(engine), Clock::pinned(site::today()));
    (doors, Actor { staff: 7, post: 8, ..Actor::program(vec![3, 5]) })
}

#[derive(QueryableByName)]
struct Reading {
    #[diesel(sql_type = sql_types::BigInt)]
    keeper: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    staff: i64,
    #[diesel(sql_type = sql_types::Text)]
    what: String,
    #[diesel(sql_type = sql_types::Text)]
    files: String,
}

fn readings(doors: &Doors, actor: &Actor) -> Vec<Reading> {
    let text = "select keeper, staff, what, files from reading order by id";
    doors.read(actor, |door| Ok::<_, Fault>(sql_query(text).load(door.db)?)).unwrap()
}

#[test]
fn looking_is_logged_by_either_door_and_only_if_it_was_shown() {
    for engine in BOTH {
        let (doors, actor) = doors(engine);
        let seen: Result<i32, Fault> = doors.read(&actor, |door| {
            door.log_reading(Looked::Person, "page", &[12]);
            door.log_reading(Looked::List, "search", &[12, 13]);
            Ok(1)
        });
        assert_eq!(seen.unwrap(), 1);
        let failed: Result<(), Fault> = doors.read(&actor, |door| {
            door.log_reading(Looked::Person, "page", &[99]);
            Err(Fault::new("nothing was shown"))
        });
        assert!(failed.is_err());
        let written: Result<(), Fault> = doors.write(&actor, |door| {
            door.log_reading(Looked::Reveal, "visit", &[14]);
            Ok(())
        });
        written.unwrap();
        let kept = readings(&doors, &actor);
        let told: Vec<(&str, &str)> = kept.iter().map(|r| (r.what.as_str(), r.files.as_str())).collect();
        assert_eq!(told, [("person", "12"), ("list", "12 13"), ("reveal", "14")], "{engine:?}");
        assert!(kept.iter().all(|r| (r.keeper, r.staff) == (3, 7)));
    }
}

#[test]
fn a_door_is_cut_to_the_keepers_of_its_actor() {
    for engine in BOTH {
        let (doors, actor) = doors(engine);
        let scope = |actor: &Actor| doors.read(actor, |door| Ok::<_, Fault>(door.scope())).unwrap();
        assert_eq!(scope(&actor), "(3,5)");
        assert_eq!(scope(&Actor::program(Vec::new())), "(-1)", "nobody's records, and still SQL");
        let wrote: Result<(), Fault> =
            doors.read(&actor, |door| Ok(door.db.batch_execute("insert into meta (name, value) values ('a', 'b')")?));
        assert!(wrote.is_err(), "the reading door must not write");
    }
    let (doors, actor) = doors(Engine::Postgres);
    let bound = |db: &mut Db| {
        #[derive(QueryableByName)]
        struct Bound {
            #[diesel(sql_type = sql_types::Text)]
            keepers: String,
        }
        let sql = "select coalesce(current_setting('app.keepers', true), '') as keepers";
        Ok::<_, Fault>(sql_query(sql).get_result::<Bound>(db)?.keepers)
    };
    assert_eq!(doors.read(&actor, |door| bound(door.db)).unwrap(), "3,5");
    assert_eq!(doors.write(&actor, |door| bound(door.db)).unwrap(), "3,5");
    assert_eq!(doors.database().read(bound).unwrap(), "", "nothing is left of it for the next one");
}
