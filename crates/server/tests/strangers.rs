//! Who gets in: every route of the table tried by a stranger, by every role without the right, and without the token.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use casework::{Permission, Role};
use server::routes::{MENU, Method, ROUTES, Route};
use support::site::{BOTH, CENTRE, Engine, OTHER_CITY, Site, Visitor};

/// The route's address with an id that names nothing in the way.
fn address(route: &Route, id: &str) -> String {
    let parts: Vec<&str> = route.path.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect();
    parts.join("/")
}

fn try_it(visitor: &mut Visitor, route: &Route, id: &str) -> support::site::Answer {
    match route.method {
        Method::Get => visitor.get(&address(route, id)),
        Method::Post => visitor.post(&address(route, id), &[]),
    }
}

#[test]
fn a_stranger_is_led_to_the_sign_in_and_sees_nothing() {
    for engine in BOTH {
        let site = Site::start(engine);
        for route in ROUTES.iter().filter(|r| r.permission != Permission::Public) {
            let answer = try_it(&mut site.visitor(), route, "1");
            assert_eq!(answer.status, 303, "{:?} {}", route.method, route.path);
            assert!(answer.location().starts_with("/session"), "{} leads to {}", route.path, answer.location());
            assert!(answer.body.is_empty(), "{}", route.path);
        }
        let asked = site.visitor().get("/session/password?a=1&b=2");
        assert_eq!(asked.location(), "/session?next=%2Fsession%2Fpassword%3Fa%3D1%26b%3D2");
    }
}

#[test]
fn without_the_right_a_route_looks_like_one_that_does_not_exist() {
    let site = Site::start(Engine::Sqlite);
    let mut tried = 0;
    for role in Role::ALL {
        let mut visitor = site.as_role(role);
        let nowhere = visitor.get("/no/such/page");
        assert_eq!(nowhere.status, 404);
        for route in ROUTES.iter().filter(|r| !role.may(r.permission)) {
            let answer = try_it(&mut visitor, route, "1");
            assert_eq!(answer.status, 404, "{role:?} {:?} {}", route.method, route.path);
            assert_eq!(answer.body, nowhere.body, "{role:?} {:?} {}", route.method, route.path);
            tried += 1;
        }
    }
    assert!(tried > 20, "only {tried} refusals tried");
}

#[test]
fn somebody_elses_file_is_no_file() {
    for engine in BOTH {
        let site = Site::start(engine);
        site.sql(&format!(
            "insert into file (id, keeper, subject, version, head) values (77, {OTHER_CITY}, 'person', 0, '')"
        ));
        let mut phn = site.as_role(Role::Phn);
        for route in ROUTES.iter().filter(|r| Role::Phn.may(r.permission) && r.path.contains("{id}")) {
            let (theirs, nobodys) = (try_it(&mut phn, route, "77"), try_it(&mut phn, route, "9999"));
            assert_eq!(theirs.status, nobodys.status, "{:?} {}", route.method, route.path);
            let refused: &[u16] = if route.method == Method::Get { &[404] } else { &[404, 422] };
            assert!(refused.contains(&theirs.status), "{:?} {}: {}", route.method, route.path, theirs.status);
            let odd = try_it(&mut phn, route, "7;drop");
            assert!(refused.contains(&odd.status), "{:?} {}: {}", route.method, route.path, odd.status);
        }
        assert_eq!(site.count("select count(*) as n from event"), 0);
    }
}

#[test]
fn a_form_without_the_token_or_from_another_site_does_nothing() {
    let site = Site::start(Engine::Sqlite);
    let mut phn = site.as_role(Role::Phn);
    for route in ROUTES.iter().filter(|r| r.method == Method::Post && Role::Phn.may(r.permission)) {
        let path = address(route, "1");
        let token = phn.csrf.clone();
        assert_eq!(phn.post_as_is(&path, &[]).status, 403, "{path} without a token");
        assert_eq!(phn.post_as_is(&path, &[("csrf", &"0".repeat(64))]).status, 403, "{path} with a wrong token");
        let form = [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://evil.example")];
        let foreign = phn.send("POST", &path, &form, &format!("csrf={token}"));
        assert_eq!(foreign.status, 403, "{path} from another site");
        phn.csrf = token;
    }
    assert_eq!(phn.get("/session/password").status, 200, "nobody was signed out by it");
    // On the sign-in form nobody has a session yet: the token is bound to a cookie of this browser.
    let mut visitor = site.visitor();
    visitor.get("/session");
    let login = [("login", "phn"), ("password", support::site::PASSWORD)];
    assert_eq!(visitor.post_as_is("/session", &login).location(), "/session");
    assert!(!visitor.cookies.contains_key("tsumugi"));
}

#[test]
fn every_answer_tells_the_browser_to_be_careful() {
    let site = Site::start(Engine::Sqlite);
    let mut phn = site.as_role(Role::Phn);
    for path in ["/session/password", "/", "/no/such/page", "/healthz", "/assets/app.css", "/assets/none.css"] {
        let answer = phn.get(path);
        let csp = answer.header("content-security-policy");
        assert_eq!(csp, "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        if !path.starts_with("/assets") {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
    }
    let sheet = phn.get("/assets/app.css?v=1");
    assert!(sheet.header("cache-control").contains("immutable"));
    let tag = sheet.header("etag").to_owned();
    assert_eq!(phn.send("GET", "/assets/app.css", &[("if-none-match", &tag)], "").status, 304);
    assert_eq!(phn.get("/assets/../Cargo.toml").status, 404);
    let zipped = phn.send("GET", "/assets/app.css", &[("accept-encoding", "gzip")], "");
    assert_eq!(zipped.header("content-encoding"), "gzip");
}

#[test]
fn the_menu_leads_only_where_the_table_does() {
    for item in MENU {
        let route = ROUTES.iter().find(|r| r.method == Method::Get && r.path == item.url);
        assert_eq!(route.map(|r| r.permission), Some(item.permission), "{}", item.url);
    }
    for (n, route) in ROUTES.iter().enumerate() {
        let twice = ROUTES[n + 1..].iter().any(|r| r.method == route.method && r.path == route.path);
        assert!(!twice, "{:?} {} stands twice", route.method, route.path);
    }
}

#[test]
fn the_server_says_that_it_lives() {
    for engine in BOTH {
        let answer = Site::start(engine).visitor().get("/healthz");
        assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
    }
}

#[test]
fn a_typed_date_is_echoed_as_understood() {
    let site = Site::start(Engine::Sqlite);
    let mut phn = site.as_role(Role::Phn);
    assert_eq!(phn.get("/dates/echo?text=2026-11-24").body, "令和8年11月24日（火）");
    assert_eq!(phn.get("/dates/echo?text=").body, "");
    let unread = phn.get("/dates/echo?text=abc");
    assert!(unread.body.contains("abc") && !unread.body.starts_with("令和"), "{}", unread.body);
}

#[test]
fn a_post_reaches_its_office_and_what_is_below_it_in_the_same_body() {
    for engine in BOTH {
        let site = Site::start(engine);
        site.sql("insert into office (id, parent, kind, code, name) values (5, 3, 'district_office', '', '北部')");
        let reach = |office| site.database.read_all(|db| server::platform::session::posts::reach(db, office)).unwrap();
        assert_eq!(reach(CENTRE), [3, 5]);
        assert_eq!(reach(2), [2, 3, 5]);
        assert_eq!(reach(1), [1], "a prefecture reaches no city's records");
    }
}

/// JSON lines with the token in a header, as another program of the office sends them.
#[test]
fn a_forecast_answers_each_line_in_its_place() {
    let site = Site::start(Engine::Sqlite);
    let mut phn = site.as_role(Role::Phn);
    let token = phn.csrf.clone();
    let child = r#"{"id":"c","birth_date":"2026-05-10","sex":"F","events":[],"as_of":"2026-06-06"}"#;
    let mut ask = |path: &str, kind: &str, lines: &str| {
        phn.send("POST", path, &[("content-type", kind), ("x-csrf-token", &token)], lines)
    };
    let answer = ask("/api/forecast", "application/x-ndjson", &format!("{child}\n{{}}\n{child}\n"));
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/x-ndjson"), "{}", answer.body);
    let lines: Vec<serde_json::Value> = answer.body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], lines[2]);
    assert_eq!(lines[1]["line"], 2);
    // The 27th day after birth: not yet by the nation's default, in the standard period of みなと市.
    let checkup = |answer: &str| {
        let answer: serde_json::Value = serde_json::from_str(answer.lines().next().unwrap()).unwrap();
        let services = answer["services"].as_array().unwrap().clone();
        services.iter().find(|s| s["service"] == "checkup_1m").unwrap()["status"].clone()
    };
    assert_eq!(checkup(&answer.body), "not_yet");
    let town = ask("/api/forecast?municipality=992011", "application/x-ndjson", child);
    assert_eq!(checkup(&town.body), "recommended");
    assert_eq!(ask("/api/forecast?municipality=132098", "application/x-ndjson", child).status, 404);
    for (kind, lines, status) in [
        ("application/x-ndjson", String::new(), 422),
        ("application/x-ndjson", format!("{child}\n").repeat(1_001), 422),
        ("application/x-ndjson", "x".repeat((1 << 20) + 1), 413),
        ("application/x-www-form-urlencoded", String::from("a=1"), 422),
    ] {
        assert_eq!(ask("/api/forecast", kind, &lines).status, status, "{kind}, {} bytes", lines.len());
    }
    assert_eq!(site.count("select count(*) as n from event"), 0, "nothing is kept");
}
