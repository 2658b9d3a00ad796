//! Signing in, the limits on trying, roles, how a session ends, and what becomes of what was typed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use casework::Role;
use server::platform::secret;
use support::site::{BOTH, CLOSED, Engine, MUST_CHANGE, PASSWORD, Site, TWO_POSTS, WITHOUT_POST};

const WRONG: &str = "職員番号またはパスワードが違います。";

#[test]
fn nothing_tells_whether_a_login_exists() {
    for engine in BOTH {
        let site = Site::start(engine);
        for (login, password) in [("phn", "wrong password"), ("nobody", PASSWORD), (CLOSED, PASSWORD)] {
            let mut visitor = site.visitor();
            let answer = visitor.sign_in(login, password);
            assert_eq!(answer.status, 422, "{login}");
            assert!(answer.body.contains(WRONG), "{login}");
            assert!(!visitor.cookies.contains_key("tsumugi"), "{login}");
            assert!(!answer.body.contains(password), "a password must never be sent back");
        }
        let without = site.visitor().sign_in(WITHOUT_POST, PASSWORD);
        assert_eq!(without.status, 422);
        assert!(without.body.contains("有効な役割がありません"));
    }
}

#[test]
fn the_cookie_is_closed_to_scripts_and_only_its_digest_is_stored() {
    let site = Site::start(Engine::Sqlite);
    let mut visitor = site.visitor();
    visitor.get("/session");
    let answer = visitor.post("/session", &[("login", "phn"), ("password", PASSWORD)]);
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let value = &visitor.cookies["tsumugi"];
    assert_eq!(value.len(), 64);
    let stored = |text: &str| site.count(&format!("select count(*) as n from session where token = '{text}'"));
    assert_eq!((stored(value), stored(&secret::digest(value))), (0, 1));
}

#[test]
fn after_five_failures_a_login_waits_even_with_the_right_password() {
    for engine in BOTH {
        let site = Site::start(engine);
        for n in 0..5 {
            assert_eq!(site.visitor().sign_in("phn", "wrong").status, 422, "try {n}");
        }
        let answer = site.visitor().sign_in("phn", PASSWORD);
        assert_eq!(answer.status, 429);
        assert!(answer.body.contains("あと約15分"), "{}", answer.body);
        assert_eq!(site.visitor().sign_in("midwife", PASSWORD).status, 303, "others are not held up");
        let mut elsewhere = site.visitor();
        elsewhere.from = String::from("192.0.2.99");
        assert_eq!(elsewhere.sign_in("phn", PASSWORD).status, 303, "the nurse at her own desk is not locked out");
        site.sql("update sign_in_attempt set at = at - 960000000");
        assert_eq!(
            site.visitor().sign_in("phn", PASSWORD).status,
            303,
            "after a quarter of an hour it is looked at again"
        );
    }
}

#[test]
fn many_places_or_many_logins_do_not_add_up() {
    let site = Site::start(Engine::Sqlite);
    let tries = |login: &dyn Fn(usize) -> String, from: &dyn Fn(usize) -> String, count: usize| {
        let mut last = 0;
        for n in 0..count {
            let mut visitor = site.visitor();
            visitor.from = from(n);
            last = visitor.sign_in(&login(n), "wrong").status;
        }
        last
    };
    let one_login = tries(&|_| String::from("phn"), &|n| format!("198.51.100.{n}"), 21);
    assert_eq!(one_login, 429, "one login from 21 places");
    let one_place = tries(&|n| format!("guess{n}"), &|_| String::from("203.0.113.5"), 61);
    assert_eq!(one_place, 429, "61 logins from one place");
    // A login typed into the wrong box may be a password: it is not stored as typed.
    assert_eq!(site.count("select count(*) as n from sign_in_attempt where login = 'phn'"), 0);
}

#[test]
fn a_role_is_switched_only_among_own_posts_of_today() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut visitor = site.as_login(TWO_POSTS);
        let page = visitor.get("/session/password");
        assert!(page.body.contains("value=\"101\" selected") && page.body.contains("value=\"102\""));
        assert!(!page.body.contains("value=\"103\""), "a post that ended is not offered");
        let switched = visitor.post("/session/role", &[("role", "102")]);
        assert_eq!((switched.status, switched.location()), (303, "/"));
        let current = |post: i64| site.count(&format!("select count(*) as n from session where post = {post}"));
        assert_eq!(current(102), 1);
        let page = visitor.get("/session/password");
        assert!(
            page.body.contains("センター長・係長") && page.body.contains("役割を「センター長・係長」に切り替えました")
        );
        assert!(!visitor.get("/session/password").body.contains("切り替えました"), "it is said once");
        // Somebody else's, one that ended yesterday, none, and not a number.
        for post in ["1", "103", "9999", "abc", ""] {
            assert_eq!(visitor.post("/session/role", &[("role", post)]).status, 404, "post {post:?}");
        }
        assert_eq!(current(102), 1);
    }
}

#[test]
fn a_session_ends_when_nobody_uses_it_and_at_the_end_of_the_day() {
    for engine in BOTH {
        for ending in [
            "update session set seen_at = seen_at - 1800000000",
            "update session set ends_at = created_at",
            "update post set until_day = 0 where staff = 1",
            "update staff set closed_on = 0 where id = 1",
        ] {
            let site = Site::start(engine);
            let mut phn = site.as_role(Role::Phn);
            site.sql("update session set seen_at = seen_at - 1700000000");
            assert!(
                phn.get("/session/password").location().starts_with("/session/lock"),
                "only locked before: {ending}"
            );
            site.sql(ending);
            let answer = phn.get("/session/password");
            assert_eq!((answer.status, answer.location()), (303, "/session?next=%2Fsession%2Fpassword"), "{ending}");
        }
    }
}

#[test]
fn signing_out_ends_it_for_good() {
    let site = Site::start(Engine::Sqlite);
    let mut phn = site.as_role(Role::Phn);
    let cookies = phn.cookies.clone();
    let answer = phn.post("/session/end", &[]);
    assert_eq!((answer.status, answer.location()), (303, "/session"));
    assert!(!phn.cookies.contains_key("tsumugi"));
    phn.cookies = cookies;
    assert_eq!(phn.get("/session/password").status, 303, "a copied cookie opens nothing");
    assert_eq!(site.count("select count(*) as n from session"), 0);
}

#[test]
fn what_was_typed_waits_for_its_author_alone() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut phn = site.as_role(Role::Phn);
        let fields = [("note", "祖母と話した"), ("result", "reached")];
        site.sql("update session set seen_at = 0");
        // A form that was not drawn for this session is not kept.
        assert_eq!(phn.post_as_is("/persons/7/contacts", &fields).location(), "/session");
        let sent = phn.post("/persons/7/contacts", &fields);
        assert_eq!(sent.location(), "/session?draft=1");
        assert_eq!(site.count("select count(*) as n from draft where form like '%csrf%'"), 0);
        let asked = phn.get("/session?draft=1");
        assert!(
            asked.body.contains("預かっています") && !asked.body.contains("祖母"),
            "nothing is shown before signing in"
        );

        let with_draft = |login: &str| {
            let mut visitor = site.visitor();
            visitor.get("/session?draft=1");
            let on = visitor.post("/session", &[("login", login), ("password", PASSWORD), ("draft", "1")]);
            (visitor, on.location().to_owned())
        };
        let (mut other, on) = with_draft("midwife");
        assert_eq!(on, "/");
        assert_eq!(other.get("/session/drafts/1").status, 404);
        let (mut author, on) = with_draft("phn");
        assert_eq!(on, "/session/drafts/1");
        let page = author.get(&on);
        assert!(page.body.contains("祖母と話した") && page.body.contains("action=\"/persons/7/contacts\""));
        let gone = author.post("/session/drafts/1/discard", &[]);
        assert_eq!(gone.status, 303);
        assert_eq!(author.get(&on).status, 404);
    }
}

#[test]
fn signing_in_leads_on_to_where_one_was_going_but_never_outside() {
    let site = Site::start(Engine::Sqlite);
    let lands = |next: &str| {
        let mut visitor = site.visitor();
        visitor.get("/session");
        let fields = [("login", "phn"), ("password", PASSWORD), ("return_to", next)];
        visitor.post("/session", &fields).location().to_owned()
    };
    assert_eq!(lands("/session/password?x=1"), "/session/password?x=1");
    assert_eq!(lands("//evil.example/"), "/");
    assert_eq!(lands("https://evil.example/"), "/");
    let form = site.visitor().get("/session?next=%2Ftoday%3Fopen%3D3");
    assert!(form.body.contains("name=\"return_to\" value=\"/today?open=3\""));
}

#[test]
fn a_first_password_must_be_changed_before_anything_else() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut visitor = site.as_login(MUST_CHANGE);
        let mut second = site.as_login(MUST_CHANGE);
        assert_eq!(visitor.get("/").location(), "/session/password");
        assert_eq!(visitor.post("/persons/1/contacts", &[]).location(), "/session/password");
        visitor.get("/session/password");
        let mut change = |current: &str, new: &str, again: &str| {
            visitor.post("/session/password", &[("current", current), ("new", new), ("again", again)])
        };
        assert!(
            change("wrong", "kaze no toorimichi", "kaze no toorimichi").body.contains("いまのパスワードが違います")
        );
        assert_eq!(change(PASSWORD, "short", "short").status, 422);
        assert_eq!(change(PASSWORD, PASSWORD, PASSWORD).status, 422);
        assert_eq!(change(PASSWORD, "kaze no toorimichi", "kaze no toorimichi").location(), "/");
        assert_ne!(visitor.get("/").location(), "/session/password");
        assert_eq!(second.get("/session/password").status, 303, "other sessions end");
        assert_eq!(site.visitor().sign_in(MUST_CHANGE, PASSWORD).status, 422);
        assert_eq!(site.visitor().sign_in(MUST_CHANGE, "kaze no toorimichi").status, 303);
    }
}
