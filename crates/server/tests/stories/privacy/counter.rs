//! 窓口モード: a visitor stands where the screen can be seen.

use casework::{Body, Permission, Role, Sensitivity, body::Service};

use crate::stories::desk::{event, fill, pregnant, record};
use crate::support::site::{BOTH, Site, Visitor};
use server::routes::{Method, ROUTES};

const HIDDEN: [&str; 12] = [
    "要支援",
    "特定妊婦",
    "要対協",
    "EPDS",
    "5550-0100",
    "北町",
    "北部1区",
    "東浜",
    "みなと産院",
    "本人のみに話す",
    "夜は電話しない",
    "眠れていない",
];

fn switch(visitor: &mut Visitor, on: &str) -> crate::support::site::Answer {
    visitor.post("/session/counter", &[("on", on), ("return_to", "/persons")])
}

/// Somebody of whom there is everything that a visitor must not see.
fn somebody(site: &Site, nurse: &mut Visitor) -> i64 {
    let file = pregnant(nurse, "R8.12.20");
    fill(nurse, &format!("/persons/{file}/caution"), &[("speak_to", "本人のみに話す"), ("times", "夜は電話しない")]);
    fill(nurse, &format!("/persons/{file}/notes/new"), &[("note", "眠れていないと話す。要支援の家庭。")]);
    let period =
        |name: &str| Body::Period { name: name.into(), until: None, note: "会議で決定（要支援）".into() };
    record(site, "support", file, Sensitivity::Ordinary, period("needs_support"));
    record(site, "council", file, Sensitivity::Compartment, period("youtaikyo"));
    let epds = Service { code: "epds".into(), result: "done".into(), number: Some(14.0), ..Service::default() };
    record(site, "epds", file, Sensitivity::Ordinary, Body::Service(epds));
    file
}

fn pages(site: &Site, file: i64) -> Vec<String> {
    let noted = event(site, file, "note");
    let mut all: Vec<String> = ROUTES
        .iter()
        .filter(|r| r.method == Method::Get && r.permission != Permission::Public && !r.path.starts_with("/rulebook"))
        .map(|r| {
            r.path.replace("{id}", &file.to_string()).replace("{event}", &noted.to_string()).replace("{line}", "1")
        })
        .filter(|path| !path.contains('{'))
        .collect();
    all.extend(["/today?scope=office&state=all", "/today?scope=office&state=planned"].map(String::from));
    all
}

#[test]
fn one_press_hides_it_from_every_page_and_one_press_brings_it_back() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = somebody(&site, &mut nurse);
        for role in [Role::Phn, Role::Head, Role::ProtectionWorker] {
            let mut visitor = site.as_role(role);
            let person = format!("/persons/{file}");
            visitor.post("/persons", &[("term", "かくう")]);
            let before = visitor.get(&person).body;
            for told in ["5550-0100", "眠れていない", "本人のみに話す", "要支援"] {
                assert!(before.contains(told), "{role:?}: {told} is not even looked at");
            }
            assert_eq!(switch(&mut visitor, "1").location(), "/persons");
            let mut shown = 0;
            for path in pages(&site, file) {
                let page = visitor.get(&path);
                assert!(page.status < 500, "{path}");
                shown += i32::from(page.status == 200);
                for told in HIDDEN {
                    assert!(!page.body.contains(told), "{engine:?} {role:?} {path} tells {told}");
                }
            }
            assert!(shown > 8, "{role:?}: {shown} pages");
            let page = visitor.get(&person).body;
            assert!(page.contains("架空 美穂") && page.contains("窓口モードを終える"));
            for word in ["秘匿", "開示請求", "要対協", "だれが見たか"] {
                assert!(!page.contains(word), "{role:?}: the menu tells {word}");
            }
            assert!(
                page.contains("連絡上の注意") && page.contains("窓口モードでは表示しません"),
                "a caution is not overlooked"
            );
            switch(&mut visitor, "0");
            let again = visitor.get(&person).body;
            assert!(again.contains("本人のみに話す") && again.contains("眠れていない"), "nothing was changed by it");
        }
    }
}

#[test]
fn what_unmasks_mends_or_imports_is_shut_and_says_how_to_open_it() {
    let site = Site::start(crate::support::site::Engine::Sqlite);
    for role in Role::ALL {
        let mut visitor = site.as_role(role);
        switch(&mut visitor, "1");
        for route in ROUTES.iter().filter(|r| role.may(r.permission) && !r.permission.at_counter()) {
            let path = route
                .path
                .replace("{id}", "1")
                .replace("{event}", "1")
                .replace("{line}", "1")
                .replace("{proposal}", "1");
            let answer = match route.method {
                Method::Get => visitor.get(&path),
                Method::Post => visitor.post(&path, &[]),
            };
            assert_eq!(answer.status, 403, "{role:?} {path}");
            assert!(answer.body.contains("窓口モードでは開けません") && answer.body.contains("窓口モードを終える"));
        }
    }
}

#[test]
fn it_is_the_session_s_and_what_is_recorded_meanwhile_is_whole() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        switch(&mut nurse, "1");
        assert!(
            !site.as_role(Role::Phn).get("/persons").body.contains("窓口モードを終える"),
            "another browser is another screen"
        );
        let typed = [("means", "face"), ("with", "本人"), ("result", "reached"), ("note", "窓口で母子手帳を渡した")];
        let path = format!("/persons/{file}/contacts/new");
        let mut fields = crate::stories::desk::filled(&mut nurse, &path, &typed);
        fields.push((String::from("day"), String::from("きょう")));
        let answer = crate::stories::desk::send(&mut nurse, &format!("/persons/{file}/contacts"), &fields);
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert!(!nurse.get(&format!("/persons/{file}")).body.contains("母子手帳を渡した"));
        switch(&mut nurse, "0");
        assert!(nurse.get(&format!("/persons/{file}")).body.contains("母子手帳を渡した"));
    }
}

/// Without 窓口モード: lists are looked at over shoulders.
#[test]
fn no_list_names_a_category_a_score_or_a_phone_and_a_mark_says_that_there_is_something() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        // 要支援 makes the question about her birth come early: the reason would name it.
        let file = pregnant(&mut nurse, "R8.11.10");
        let period =
            |name: &str| Body::Period { name: name.into(), until: None, note: "会議で決定（要支援）".into() };
        record(&site, "support", file, Sensitivity::Ordinary, period("needs_support"));
        record(&site, "council", file, Sensitivity::Compartment, period("youtaikyo"));
        let epds = Service { code: "epds".into(), result: "done".into(), number: Some(29.0), ..Service::default() };
        record(&site, "epds", file, Sensitivity::Ordinary, Body::Service(epds));
        let (mut lists, mut marks) = (0, 0);
        for role in Role::ALL {
            let mut visitor = site.as_role(role);
            // 規則集 and 体制 name kinds of work and of charges, of nobody; in 窓口モード 体制 is shut.
            let of_work = |path: &str| path.starts_with("/rulebook") || path.starts_with("/supervision");
            let plain = ROUTES.iter().filter(|r| r.method == Method::Get && !r.path.contains('{') && !of_work(r.path));
            let mut paths: Vec<String> =
                plain.filter(|r| r.permission != Permission::Public).map(|r| r.path.to_owned()).collect();
            paths.extend(
                [
                    "/today?scope=office&state=all",
                    "/today?scope=office&state=planned&order=2",
                    "/today?scope=office&flat=1&state=all",
                ]
                .map(String::from),
            );
            let mut pages: Vec<(String, String)> = paths
                .into_iter()
                .map(|p| {
                    let body = visitor.get(&p).body;
                    (p, body)
                })
                .collect();
            for term in ["", "かくう", "08055500100"] {
                pages.push((format!("search {term}"), visitor.post("/persons", &[("term", term)]).body));
            }
            for (path, page) in pages {
                lists += i32::from(page.contains("架空 美穂"));
                let mark = page.contains("注意事項あり・開いて確認");
                marks += i32::from(mark);
                for told in ["要支援", "特定妊婦", "要対協", "EPDS", "29点", "5550-0100", "会議で決定"]
                {
                    assert!(!page.contains(told), "{engine:?} {role:?} {path} tells {told}");
                }
            }
        }
        assert!(lists > 30 && marks > 20, "{lists} lists with her, {marks} with the mark");
        let line = nurse.get("/today?scope=office&state=all").body;
        assert!(line.contains("<p>注意事項あり・開いて確認。"), "the reason is neutral: {line}");
        assert!(nurse.get(&format!("/persons/{file}")).body.contains("要支援"), "opened by right, it is there");
    }
}

#[test]
fn of_a_loss_lists_say_only_that_the_pregnancy_ended_and_draw_no_way_to_18() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R9.2.10");
        let typed = [("day", "R8.11.20"), ("kind", "stillbirth"), ("weeks", "28"), ("note", "死産届が届いた")];
        let path = format!("/persons/{file}/pregnancies/end");
        let answer = fill(&mut nurse, &path, &typed);
        assert_eq!(answer.status, 303, "{}", answer.body);
        for path in ["/persons", "/today?scope=office&state=all", "/today?scope=office&state=planned"] {
            let page = nurse.get(path).body;
            for told in ["死産", "流産", "中絶", "28週", "18歳"] {
                assert!(!page.contains(told), "{path} tells {told}");
            }
        }
        assert!(!nurse.get(&format!("/persons/{file}/family")).body.contains("18歳"), "no way to 18 for nobody");
    }
}
