//! 家庭: who belongs by dated relations, what is open for anybody, the ways of the children, and going on down a list.

use casework::{
    Body, Role, Sensitivity,
    body::{Contact, Reached, Service},
};

use super::desk::{day, mother, pregnant, record, register, site};
use crate::support::site::{BOTH, Site, Visitor};

fn child(visitor: &mut Visitor, name: &str, birth: &str) -> i64 {
    register(visitor, &[("name", name), ("kana", "カクウ"), ("birth", birth), ("sex", "M")])
}

fn related(site: &Site, id: &str, file: i64, role: &str, to: i64, until: Option<&str>) {
    let body = Body::Relation { to, role: role.into(), until: until.map(day), hidden: false };
    record(site, id, file, Sensitivity::Ordinary, body);
}

fn family(visitor: &mut Visitor, file: i64) -> String {
    let answer = visitor.get(&format!("/persons/{file}/family"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

/// The part of a page between two texts.
fn between<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let rest = page.split(from).nth(1).unwrap_or_else(|| panic!("{from} is missing: {page}"));
    rest.split(to).next().unwrap_or(rest)
}

#[test]
fn the_nurse_sees_two_homes_and_what_is_open_for_anybody_and_each_file_is_noted_as_opened() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let (woman, boy) = (mother(&mut nurse), child(&mut nurse, "架空 一郎", "R7.5.2"));
        let man = register(&mut nurse, &[("name", "架空 隆"), ("kana", "カクウ"), ("birth", "S62.3.3"), ("sex", "M")]);
        related(&site, "r-1", boy, "mother", woman, None);
        related(&site, "r-2", boy, "father", man, None);
        for (file, household) in [(woman, "0001"), (boy, "0001"), (man, "0002")] {
            site.sql(&format!("update person set household = '{household}' where file = {file}"));
        }
        site.sql("delete from reading");
        let mut head = site.as_role(Role::Head);
        let page = family(&mut head, woman);
        let who = between(&page, "id=\"who-t\"", "</section>");
        for told in ["母（本人）", "架空 一郎", "本人と同じ世帯", "子の父", "架空 隆", "別の世帯①"]
        {
            assert!(who.contains(told), "{engine:?}: {told} is missing: {who}");
        }
        let open = between(&page, "id=\"duties-t\"", "</section>");
        assert!(open.contains("1歳6か月児健診") && open.contains("子 架空 一郎"));
        let back = format!("return_to=%2Fpersons%2F{woman}%2Ffamily");
        assert!(open.contains(&back), "what is recorded leads back to the family");
        let read =
            |file| site.count(&format!("select count(*) as n from reading where what = 'person' and files = '{file}'"));
        assert_eq!([woman, boy, man].map(read), [1, 1, 1], "{engine:?}: one row for each file");
        assert_eq!(site.count("select count(*) as n from reading where purpose = 'family'"), 2);
    }
}

#[test]
fn a_relation_that_ended_is_shown_as_past_and_that_file_is_not_opened() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let (woman, boy) = (mother(&mut nurse), child(&mut nurse, "架空 一郎", "R7.5.2"));
    let man = register(&mut nurse, &[("name", "架空 隆"), ("kana", "カクウ"), ("birth", "S62.3.3"), ("sex", "M")]);
    related(&site, "r-1", boy, "mother", woman, None);
    related(&site, "r-2", boy, "father", man, None);
    site.sql(&format!(
        "update relation set from_day = from_day - 900, until_day = from_day - 100 where {man} in (file, other)"
    ));
    site.sql("delete from reading");
    let mut head = site.as_role(Role::Head);
    let page = family(&mut head, boy);
    let who = between(&page, "id=\"who-t\"", "</section>");
    assert!(who.contains("父（終わった関係）") && who.contains("架空 隆"), "{who}");
    assert_eq!(site.count(&format!("select count(*) as n from reading where files = '{man}'")), 0);
    assert!(!who.contains(&format!("/persons/{man}")), "nobody is led there: {who}");
}

#[test]
fn no_way_leads_through_a_child_to_a_protected_mother_and_her_own_page_tells_no_household() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let (woman, boy) = (mother(&mut nurse), child(&mut nurse, "架空 一郎", "R7.5.2"));
        let man = register(&mut nurse, &[("name", "架空 隆"), ("kana", "カクウ"), ("birth", "S62.3.3"), ("sex", "M")]);
        related(&site, "r-1", boy, "mother", woman, None);
        related(&site, "r-2", boy, "father", man, None);
        let mut head = site.as_role(Role::Head);
        assert!(family(&mut head, man).contains("架空 美穂"), "before");
        let shield = Body::Protection { on: true, note: String::new(), review: None };
        record(&site, "shield", woman, Sensitivity::Ordinary, shield);
        let his = family(&mut head, man);
        assert!(!his.contains("架空 美穂") && !his.contains(&format!("/persons/{woman}")), "{engine:?}");
        let hers = family(&mut head, woman);
        let who = between(&hers, "id=\"who-t\"", "</section>");
        assert!(who.contains("住所は表示しません") && !who.contains("世帯①") && !hers.contains("北町1丁目"));
    }
}

#[test]
fn a_hidden_link_and_one_of_the_compartment_are_no_family() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let (woman, boy) = (mother(&mut nurse), child(&mut nurse, "架空 一郎", "R7.5.2"));
    let girl = child(&mut nurse, "架空 三郎", "R5.6.2");
    related(&site, "r-1", boy, "mother", woman, None);
    let hidden = Body::Relation { to: woman, role: "mother".into(), until: None, hidden: true };
    record(&site, "r-2", boy, Sensitivity::Ordinary, hidden);
    let narrow = Body::Relation { to: girl, role: "sibling".into(), until: None, hidden: false };
    record(&site, "r-3", boy, Sensitivity::Compartment, narrow);
    nurse.get("/persons");
    let page = family(&mut nurse, boy);
    assert!(!page.contains("架空 美穂") && !page.contains("架空 三郎"), "{page}");
    let mut head = site.as_role(Role::Head);
    let page = family(&mut head, boy);
    assert!(!page.contains("架空 美穂") && page.contains("架空 三郎"), "whoever may know of it sees it: {page}");
}

#[test]
fn a_child_who_is_not_born_yet_has_no_way_to_eighteen_and_a_loss_has_none_at_all() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let woman = pregnant(&mut nurse, "R9.1.18");
    let page = family(&mut nurse, woman);
    let ways = between(&page, "id=\"ribbon-t\"", "</section>");
    assert!(ways.contains("おなかの子") && ways.contains("予定日 R9.1.18"), "{ways}");
    assert!(!ways.contains("18歳") && !ways.contains("就学"), "{ways}");
    let typed = [("day", "R8.11.20"), ("weeks", "24")];
    let answer = super::desk::fill(&mut nurse, &format!("/persons/{woman}/pregnancies/end"), &typed);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = family(&mut nurse, woman);
    assert!(!page.contains("おなかの子") && !page.contains("予定日 R9.1.18") && page.contains("妊娠終了"), "{page}");
}

#[test]
fn the_drawing_and_its_table_say_the_same_and_tell_no_score_and_no_category() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let boy = child(&mut nurse, "架空 一郎", "R5.6.2");
    let woman = mother(&mut nurse);
    related(&site, "r-1", boy, "mother", woman, None);
    let service = |code: &str, result: &str, number| {
        Body::Service(Service { code: code.into(), result: result.into(), number, ..Service::default() })
    };
    record(&site, "s-1", boy, Sensitivity::Ordinary, service("checkup_3y", "watch", None));
    record(&site, "s-2", woman, Sensitivity::Ordinary, service("epds", "done", Some(17.0)));
    record(
        &site,
        "p-1",
        woman,
        Sensitivity::Ordinary,
        Body::Period { name: "needs_support".into(), until: None, note: String::new() },
    );
    let call = Contact {
        means: "phone".into(),
        time: None,
        with: "母".into(),
        result: Reached::Absent,
        seen: None,
        next: None,
        about: None,
        service: None,
        note: String::new(),
    };
    record(&site, "c-1", boy, Sensitivity::Ordinary, Body::Contact(call));
    let page = family(&mut nurse, boy);
    let drawing = between(&page, "id=\"life-t\"", "<table");
    let table = between(&page, "<table class=\"table lc__tab\">", "</table>");
    assert!(drawing.contains("role=\"img\"") && drawing.contains("今日 11/24"), "{drawing}");
    assert!(drawing.contains("3歳児健診 要観察"), "{drawing}");
    for row in ["3歳児健診（要観察）", "経過をみる結果", "電話（不在）", "不在・未受診"] {
        assert!(table.contains(row), "{row} is missing: {table}");
    }
    for told in ["17点", ">17<", "要支援", "特定妊婦"] {
        assert!(!drawing.contains(told) && !table.contains(told), "{told}");
    }
}

#[test]
fn from_the_filtered_list_the_next_person_is_one_click_away_and_the_way_back_keeps_the_filter() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        for (name, birth) in [("架空 一郎", "R8.11.1"), ("架空 二郎", "R8.11.2"), ("架空 三郎", "R8.11.3")]
        {
            child(&mut nurse, name, birth);
        }
        let list = nurse.get("/today?scope=office&state=planned").body;
        let rest = list.split("class=\"grp__n\"").nth(1).unwrap();
        let first = rest.split("href=\"").nth(1).and_then(|l| l.split('"').next()).unwrap().to_owned();
        assert!(first.contains("?in=%2Ftoday%3Fscope%3Doffice%26state%3Dplanned"), "{first}");
        let page = nurse.get(&first).body;
        assert!(page.contains("3人中 1") && !page.contains("rel=\"prev\""), "{engine:?}: {page}");
        assert!(page.contains("href=\"/today?scope=office&#38;state=planned\""), "the way back: {page}");
        let next = page.split("rel=\"next\"").next().and_then(|p| p.rsplit("href=\"").next()).unwrap();
        let next = next.split('"').next().unwrap().replace("&#38;", "&");
        let page = nurse.get(&next).body;
        assert!(page.contains("3人中 2") && page.contains("rel=\"prev\"") && page.contains("rel=\"next\""), "{page}");
        let family = next.replace("?in=", "/family?in=");
        let page = nurse.get(&family).body;
        assert!(
            page.contains("3人中 2") && page.contains("/family?in=%2Ftoday"),
            "the family goes on in the same list"
        );
    }
}

#[test]
fn from_the_index_the_next_found_person_is_one_click_away_and_the_term_stands_nowhere() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let (one, two) = (child(&mut nurse, "架空 一郎", "R8.11.1"), child(&mut nurse, "架空 二郎", "R8.11.2"));
    let found = nurse.post("/persons", &[("term", "かくう")]);
    assert!(found.body.contains(&format!("/persons/{one}?in=%2Fpersons")), "{}", found.body);
    let page = nurse.get(&format!("/persons/{one}?in=%2Fpersons")).body;
    assert!(page.contains("2人中 ") && page.contains(&format!("/persons/{two}?in=%2Fpersons")), "{page}");
    assert!(!page.contains("term="), "{page}");
    let stranger = nurse.get(&format!("/persons/{one}?in=https%3A%2F%2Fevil.example")).body;
    assert!(!stranger.contains("evil.example"), "{stranger}");
}
