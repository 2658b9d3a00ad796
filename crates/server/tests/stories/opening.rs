//! Opening somebody's file: what is shown, what is asked, what is kept about it.

use casework::{
    Body, Role, Sensitivity,
    body::{Contact, Next, Reached},
};

use super::desk::{fill, mother, pregnant, record, site};
use crate::support::site::{BOTH, Site, today};

#[test]
fn the_nurse_registers_a_woman_and_sees_her_page() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let page = nurse.get(&format!("/persons/{file}"));
    assert_eq!(page.status, 200);
    for told in
        ["架空 美穂", "かくう みほ", "女・H5.4.2生・33歳", "北町1丁目2-3", "080-5550-0100", "仮登録", "妊娠届を記録"]
    {
        assert!(page.body.contains(told), "{told} is missing");
    }
    assert!(page.body.contains("仮登録しました。"), "the banner says what was done");
    assert_eq!(site.count("select count(*) as n from reading where what = 'person' and purpose = 'own_record'"), 1);
    // Sent once more by a nervous finger: nobody is registered twice.
    assert_eq!(site.count("select count(*) as n from file where subject = 'person'"), 1);
}

#[test]
fn what_cannot_be_read_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let typed = [("name", "架空 湊"), ("birth", "R8.13.40"), ("address", "西町9")];
    let answer = fill(&mut nurse, "/persons/new", &typed);
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("R8.13.40") && answer.body.contains("西町9"), "{}", answer.body);
    assert!(answer.body.contains("id=\"e-birth\""));
    assert_eq!(site.count("select count(*) as n from file where subject = 'person'"), 0);
}

#[test]
fn somebody_with_no_reason_yet_is_asked_once_and_sees_nothing_before() {
    let site = site();
    let file = mother(&mut site.as_role(Role::Phn));
    let mut worker = site.as_role(Role::FamilyWorker);
    let path = format!("/persons/{file}");
    let asked = worker.get(&path);
    assert!(asked.body.contains("閲覧の目的") && !asked.body.contains("美穂"), "{}", asked.body);
    assert_eq!(site.count("select count(*) as n from reading"), 0, "nothing was shown, nothing is logged");
    assert_eq!(worker.post(&format!("{path}/purpose"), &[("purpose", "made_up")]).status, 422);
    assert_eq!(worker.post(&format!("{path}/purpose"), &[("purpose", "asked_call")]).location(), path);
    for _ in 0..2 {
        assert!(worker.get(&path).body.contains("架空 美穂"));
    }
    let rows = "select count(*) as n from reading where what = 'person' and purpose = 'asked_call' and staff = 6";
    assert_eq!(site.count(rows), 3, "the answer, and each opening after it");
}

#[test]
fn who_comes_from_the_index_or_the_family_is_not_asked() {
    for engine in BOTH {
        let site = Site::start(engine);
        let file = pregnant(&mut site.as_role(Role::Phn), "R8.12.20");
        let mut worker = site.as_role(Role::FamilyWorker);
        let found = worker.get("/persons");
        assert!(found.body.contains("<p class=\"sub\">1人</p>"));
        let searched = worker.post("/persons", &[("term", "カクウ")]);
        assert!(searched.body.contains("架空 美穂") && searched.body.contains("妊娠36週"), "{}", searched.body);
        assert!(worker.post("/persons", &[("term", "%")]).body.contains("0人"), "what is typed is no wildcard");
        assert!(worker.get(&format!("/persons/{file}")).body.contains("経過の記録"));
        assert_eq!(site.count("select count(*) as n from reading where what = 'person' and purpose = 'search'"), 1);
        assert_eq!(site.count("select count(*) as n from reading where what = 'list' and purpose = 'search'"), 2);
    }
}

#[test]
fn what_the_protection_team_wrote_does_not_exist_for_the_nurse() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let contact = Contact {
        means: "phone".into(),
        time: None,
        with: "通告者".into(),
        result: Reached::Reached,
        seen: None,
        next: Some(Next { on: today().plus(3), what: "visit".into() }),
        about: None,
        service: None,
        note: "秘密の通告".into(),
    };
    record(&site, "c-1", file, Sensitivity::Compartment, Body::Contact(contact));
    let page = nurse.get(&format!("/persons/{file}"));
    for hidden in ["秘密の通告", "通告者", "次の連絡", "R8.11.27"] {
        assert!(!page.body.contains(hidden), "{hidden} is shown");
    }
    let event = super::desk::event(&site, file, "contact");
    assert_eq!(nurse.get(&format!("/persons/{file}/events/{event}/correct")).status, 404);
    assert_eq!(nurse.get(&format!("/persons/{file}/events/{event}/withdraw")).status, 404);
    let mut team = site.as_role(Role::ProtectionWorker);
    team.get("/persons");
    let page = team.get(&format!("/persons/{file}"));
    assert!(page.body.contains("秘密の通告") && page.body.contains("次の連絡"));
}

#[test]
fn the_page_can_be_asked_as_it_was_known() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    // Recorded today: at the end of yesterday nothing was known; of what happened by then, the notification is.
    let known = nurse.get(&format!("/persons/{file}?known_at=2026-11-23"));
    assert!(known.body.contains("令和8年11月23日（月）の時点で記録されていた内容"), "{}", known.body);
    assert!(!known.body.contains("妊娠届（") && !known.body.contains("分娩予定日"));
    let happened = nurse.get(&format!("/persons/{file}?as_of=2026-07-01"));
    assert!(happened.body.contains("分娩予定日") && !happened.body.contains("/correct\""));
}
