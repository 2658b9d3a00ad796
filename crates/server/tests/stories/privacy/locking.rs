//! A screen nobody sits at: it locks itself, and only its own password opens it.

use casework::Role;

use crate::stories::desk::{filled, pregnant, send, site};
use crate::support::site::{BOTH, PASSWORD, Site, Visitor};

/// As if nobody had done anything for so many minutes: the time the session was seen is moved, no clock is waited for.
fn minutes_pass(site: &Site, minutes: i64) {
    site.sql(&format!("update session set seen_at = seen_at - {}", minutes * 60_000_000));
}

fn unlock(visitor: &mut Visitor, path: &str, password: &str) -> crate::support::site::Answer {
    let page = visitor.get(path);
    assert_eq!(page.status, 200, "{path}");
    let draft = crate::stories::desk::hidden(&page.body, "kept");
    let next = crate::stories::desk::hidden(&page.body, "return_to");
    visitor.post("/session/unlock", &[("password", password), ("return_to", &next), ("kept", &draft)])
}

#[test]
fn left_alone_the_screen_locks_and_her_password_leads_back_to_the_same_page() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        let page = format!("/persons/{file}");
        minutes_pass(&site, 9);
        assert_eq!(nurse.get(&page).status, 200, "nine minutes are not ten");
        minutes_pass(&site, 11);
        let away = nurse.get(&page);
        assert_eq!((away.status, away.location()), (303, format!("/session/lock?next=%2Fpersons%2F{file}").as_str()));
        // Asking again does not open it, nor does another page; nothing of hers stands on the lock.
        assert_eq!(nurse.get("/today").status, 303);
        let lock = nurse.get(away.location());
        assert!(lock.body.contains("画面をロックしています") && lock.body.contains("別の人がサインインする"));
        for told in ["架空 美穂", "今日の対応", "<nav", "role=\"search\""] {
            assert!(!lock.body.contains(told), "the lock tells {told}");
        }
        assert_eq!(unlock(&mut nurse, away.location(), "wrong").status, 422);
        assert_eq!(nurse.get(&page).status, 303, "still locked");
        let back = unlock(&mut nurse, away.location(), PASSWORD);
        assert_eq!((back.status, back.location()), (303, page.as_str()), "{engine:?}: {}", back.body);
        assert_eq!(nurse.get(&page).status, 200);
    }
}

#[test]
fn what_she_typed_is_not_lost_and_not_recorded_by_itself() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        let path = format!("/persons/{file}/notes/new");
        let fields = filled(&mut nurse, &path, &[("note", "祖母から電話があった")]);
        minutes_pass(&site, 12);
        let away = send(&mut nurse, &path, &fields);
        assert_eq!(away.location(), "/session/lock?draft=1");
        assert_eq!(site.count("select count(*) as n from event where kind = 'note'"), 0);
        let lock = nurse.get(away.location());
        assert!(lock.body.contains("預かっています") && !lock.body.contains("祖母"));
        let back = unlock(&mut nurse, away.location(), PASSWORD);
        assert_eq!(back.location(), format!("{path}?draft=1"));
        let form = nurse.get(back.location());
        assert!(form.body.contains("祖母から電話があった"), "{}", form.body);
        // A form that was not drawn for her session is not kept.
        minutes_pass(&site, 12);
        assert_eq!(nurse.post_as_is(&path, &[("note", "よその人の言葉")]).location(), "/session/lock");
        assert_eq!(site.count("select count(*) as n from draft"), 1);
    }
}

#[test]
fn somebody_else_may_sign_in_at_a_locked_screen_and_sees_nothing_of_hers() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        assert_eq!(
            nurse.post("/session/lock", &[("return_to", "/persons")]).location(),
            "/session/lock?next=%2Fpersons"
        );
        assert_eq!(nurse.get("/persons").status, 303, "locked by hand, at once");
        nurse.get("/session/lock");
        let out = nurse.post("/session/end", &[]);
        assert_eq!(out.location(), "/session");
        assert_eq!(site.count("select count(*) as n from session"), 0);
        assert_eq!(nurse.sign_in(Role::Midwife.code(), PASSWORD).status, 303);
        assert_eq!(nurse.get("/persons").status, 200);
    }
}

#[test]
fn guessing_at_a_locked_screen_is_stopped_as_at_the_door() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    nurse.post("/session/lock", &[]);
    for n in 0..5 {
        assert_eq!(unlock(&mut nurse, "/session/lock", "wrong").status, 422, "try {n}");
    }
    assert_eq!(unlock(&mut nurse, "/session/lock", PASSWORD).status, 429);
}

#[test]
fn the_day_ends_with_a_word_before_and_her_password_begins_it_anew() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let told = |page: &str| page.contains("id=\"ends\"") && !page.contains("role=\"status\" hidden");
        assert!(!told(&nurse.get("/persons").body));
        site.sql("update session set ends_at = seen_at + 1200000000");
        let page = nurse.get("/persons");
        assert!(told(&page.body) && page.body.contains("パスワードを入れて続ける"), "{}", page.body);
        nurse.post("/session/lock", &[("return_to", "/persons")]);
        assert_eq!(unlock(&mut nurse, "/session/lock?next=%2Fpersons", PASSWORD).location(), "/persons");
        assert!(!told(&nurse.get("/persons").body));
        assert_eq!(site.count("select count(*) as n from session where ends_at > seen_at + 43000000000"), 1);
    }
}

#[test]
fn an_office_may_choose_its_own_minutes_and_the_page_says_how_many() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        assert!(nurse.get("/persons").body.contains("10分操作がないと、画面をロックします。"));
        site.sql("insert into setting (keeper, name, value) values (3, 'lock_minutes', '3')");
        let page = nurse.get("/persons").body;
        assert!(page.contains("3分操作がないと") && page.contains("data-lock-after=\"180\""));
        minutes_pass(&site, 5);
        assert_eq!(nurse.get("/persons").status, 303);
    }
}

#[test]
fn before_the_page_is_covered_what_is_being_typed_is_kept() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let kept = nurse.post("/session/drafts", &[("keep_path", "/persons/7/contacts"), ("note", "途中まで")]);
    assert_eq!((kept.status, kept.body.as_str()), (200, "1"));
    assert_eq!(site.count("select count(*) as n from draft where form like '%csrf%' or form like '%keep_path%'"), 0);
    for path in ["//evil.example", "https://evil.example/", "/session", ""] {
        assert_eq!(nurse.post("/session/drafts", &[("keep_path", path), ("note", "x")]).status, 404, "{path}");
    }
    let away = nurse.post("/session/lock", &[("return_to", "/today"), ("kept", "1")]);
    assert_eq!(away.location(), "/session/lock?next=%2Ftoday&draft=1");
    assert_eq!(unlock(&mut nurse, away.location(), PASSWORD).location(), "/persons/7/contacts/new?draft=1");
}
