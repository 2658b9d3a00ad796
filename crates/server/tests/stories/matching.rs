//! 仮登録の照合: known before the register knows, found again, joined without typing anything twice, parted as easily.

use casework::{Role, Sensitivity, body::Resident};
use rules::{Day, Span};

use super::desk::{fill, hidden, mother, pregnant, register, send, site};
use crate::support::site::{BOTH, Site, Visitor, today};

/// The register brings somebody; the file's id.
fn from_register(site: &Site, number: &str, name: &str, kana: &str, birth: Day, protected: bool) -> i64 {
    let resident = Resident {
        number: number.into(),
        household: "77".into(),
        name: name.into(),
        kana: kana.into(),
        sex: "F".into(),
        birth: Some(Span::on(birth)),
        address: "北町一丁目２番３号".into(),
        cause: "present".into(),
        ..Resident::default()
    };
    let act = casework::Act::Open { day: Span::on(today()), source: "residents".into(), resident, protected };
    super::desk::act(site, act).opened[0]
}

fn birth() -> Day {
    Day::from_ymd(1993, 4, 2).unwrap()
}

/// Presses a button of the proposal with this id on a page.
fn press(visitor: &mut Visitor, page: &str, proposal: &str, how: &str) -> crate::support::site::Answer {
    let drawn = visitor.get(page);
    let part =
        drawn.body.split(&format!("id=\"{proposal}\"")).nth(1).unwrap_or_else(|| panic!("{proposal}: {}", drawn.body));
    let mut fields: Vec<(String, String)> = ["command_id", "version", "return_to", "one", "other"]
        .iter()
        .map(|name| ((*name).to_owned(), hidden(part, name)))
        .collect();
    fields.push(("how".into(), how.into()));
    send(visitor, "/matching", &fields)
}

#[test]
fn the_nurse_joins_a_provisional_mother_with_her_row_and_takes_it_back() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let typed = pregnant(&mut nurse, "R8.12.20");
        let registered = from_register(&site, "88001", "架空　美穂", "かくう みほ", birth(), false);
        let list = nurse.get("/matching");
        for told in [
            "架空 美穂",
            "同じ人と思われます",
            "生年月日が同じ",
            "住所が同じ",
            "宛名番号 88001",
            "どちらかに記録がない",
        ] {
            assert!(list.body.contains(told), "{told} is missing: {}", list.body);
        }
        assert!(!list.body.contains("080-5550"), "no phone stands in a list");
        let logged =
            format!("select count(*) as n from reading where purpose = 'matching' and files = '{typed} {registered}'");
        assert_eq!(site.count(&logged), 1, "the list and whom it showed are one row of the log");
        let done = press(&mut nurse, "/matching", &format!("p-{typed}-{registered}"), "join");
        assert_eq!((done.status, done.location()), (303, "/matching"), "{}", done.body);
        let list = nurse.get("/matching");
        assert!(
            list.body.contains("台帳をまとめました") && list.body.contains("照合を待っている仮登録の方はいません"),
            "{}",
            list.body
        );
        // The old address leads to the person; the pregnancy is there without being typed again.
        assert_eq!(nurse.get(&format!("/persons/{typed}")).location(), format!("/persons/{registered}"));
        let page = nurse.get(&format!("/persons/{registered}"));
        for told in ["88001", "妊娠", "080-5550-0100", "台帳のまとめ"] {
            assert!(page.body.contains(told), "{told} is missing: {}", page.body);
        }
        assert_eq!(site.count("select count(*) as n from person"), 1);
        let event = site.count("select max(id) as n from event where kind = 'joined'");
        let back = nurse.post(
            &format!("/persons/{registered}/events/{event}/withdraw"),
            &[("command_id", &format!("undo-{event}")), ("return_to", "/matching")],
        );
        assert_eq!(back.status, 303, "{}", back.body);
        assert!(nurse.get(&format!("/persons/{typed}")).body.contains("仮登録"));
        assert_eq!(site.count("select count(*) as n from person"), 2);
        assert!(nurse.get("/matching").body.contains("同じ人と思われます"));
    }
}

#[test]
fn another_person_is_remembered_and_not_proposed_again() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let typed = mother(&mut nurse);
    let other = from_register(&site, "88002", "架空 美穂", "かくう みほ", birth(), false);
    let done = press(&mut nurse, "/matching", &format!("p-{typed}-{other}"), "apart");
    assert_eq!(done.status, 303, "{}", done.body);
    let list = nurse.get("/matching");
    assert!(list.body.contains("別の人としました") && list.body.contains("似た方は台帳にいません"), "{}", list.body);
    assert!(!nurse.get("/matching/sweep").body.contains("同じ人と思われます"));
    let event = site.count("select max(id) as n from event where kind = 'told_apart'");
    let path = format!("/persons/{typed}/events/{event}/withdraw");
    nurse.post(&path, &[("command_id", &format!("undo-{event}")), ("return_to", "/matching")]);
    assert!(nurse.get("/matching").body.contains("同じ人と思われます"), "taken back, it is proposed again");
}

#[test]
fn whoever_types_somebody_in_is_shown_who_they_may_be_before_anything_is_saved() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let known = from_register(&site, "88003", "髙﨑 優子", "たかさき ゆうこ", birth(), false);
    for typed in [("高崎優子", ""), ("", "タカサキ ユーコ"), ("優子 高崎", ""), ("TAKASAKI YUKO", "")] {
        let fields =
            [("name", typed.0), ("kana", typed.1), ("birth", "H5.4.2"), ("sex", "F"), ("phone", "080-5550-0199")];
        let answer = fill(&mut nurse, "/persons/new", &fields);
        assert_eq!(answer.status, 200, "{typed:?}: {}", answer.body);
        assert!(answer.body.contains("似た方が台帳にいます"), "{typed:?}: {}", answer.body);
        assert!(answer.body.contains(&format!("href=\"/persons/{known}\"")), "one click takes her: {}", answer.body);
        assert_eq!(site.count("select count(*) as n from person"), 1, "{typed:?}: nothing is saved yet");
    }
    let fields =
        [("name", "高崎 優子"), ("birth", "H5.4.2"), ("sex", "F"), ("apart", &known.to_string()), ("how", "apart")];
    let answer = fill(&mut nurse, "/persons/new", &fields);
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(site.count("select count(*) as n from person"), 2);
    assert!(nurse.get("/matching").body.contains("似た方は台帳にいません"), "and is not asked again");
}

#[test]
fn a_protected_place_is_no_evidence_anywhere() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let typed = mother(&mut nurse);
    let hidden_one = from_register(&site, "88004", "架空 美穂", "かくう みほ", birth(), true);
    let list = nurse.get("/matching");
    assert!(
        list.body.contains("秘匿のため表示しません") && list.body.contains("住所などは比べていません"),
        "{}",
        list.body
    );
    assert!(!list.body.contains("北町一丁目２番３号") && !list.body.contains("住所が同じ"), "{}", list.body);
    press(&mut nurse, "/matching", &format!("p-{typed}-{hidden_one}"), "join");
    let page = nurse.get(&format!("/persons/{hidden_one}"));
    assert!(
        !page.body.contains("北町1丁目2-3") && !page.body.contains("080-5550-0100"),
        "one mark protects both: {}",
        page.body
    );
}

#[test]
fn who_may_not_see_persons_or_belongs_to_another_office_gets_nothing() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let typed = mother(&mut nurse);
    let other = from_register(&site, "88005", "架空 美穂", "かくう みほ", birth(), false);
    for role in [Role::Prefecture, Role::Admin, Role::Contracted] {
        let mut visitor = site.as_role(role);
        assert_eq!(visitor.get("/matching").status, 404, "{role:?}");
        let (one, two) = (typed.to_string(), other.to_string());
        let answer = visitor.post("/matching", &[("command_id", "x"), ("one", &one), ("other", &two), ("how", "join")]);
        assert_eq!(answer.status, 404, "{role:?}");
    }
    assert_eq!(
        nurse.post("/matching", &[("command_id", "y"), ("one", "999"), ("other", "1"), ("how", "join")]).status,
        404
    );
    assert_eq!(site.count("select count(*) as n from event where kind = 'joined'"), 0);
}

#[test]
fn two_nurses_at_once_join_once() {
    let site = site();
    let (mut one, mut two) = (site.as_role(Role::Phn), site.as_role(Role::Coordinator));
    let typed = mother(&mut one);
    let other = from_register(&site, "88006", "架空 美穂", "かくう みほ", birth(), false);
    let page = two.get("/matching");
    let part = page.body.split(&format!("id=\"p-{typed}-{other}\"")).nth(1).unwrap().to_owned();
    press(&mut one, "/matching", &format!("p-{typed}-{other}"), "join");
    let mut fields: Vec<(String, String)> = ["command_id", "version", "return_to", "one", "other"]
        .iter()
        .map(|n| ((*n).to_owned(), hidden(&part, n)))
        .collect();
    fields.push(("how".into(), "join".into()));
    let late = send(&mut two, "/matching", &fields);
    assert_eq!(late.status, 422, "{}", late.body);
    assert!(late.body.contains("すでにまとめられています"), "{}", late.body);
    assert_eq!(site.count("select count(*) as n from event where kind = 'joined'"), 1);
}

#[test]
fn what_only_the_compartment_may_know_stays_there_after_a_join() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let typed = mother(&mut nurse);
    let body = casework::Body::Note { text: "通告の内容".into() };
    let act = casework::Act::Record {
        file: typed,
        episode: None,
        day: Span::on(today()),
        source: "own".into(),
        sensitivity: Sensitivity::Compartment,
        body,
    };
    super::desk::act(&site, act);
    let other = from_register(&site, "88007", "架空 美穂", "かくう みほ", birth(), false);
    press(&mut nurse, "/matching", &format!("p-{typed}-{other}"), "join");
    assert!(!nurse.get(&format!("/persons/{other}")).body.contains("通告の内容"));
    register(&mut nurse, &[("name", "架空 澄"), ("birth", "H2.2.2"), ("sex", "F")]);
}
