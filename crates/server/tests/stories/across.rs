//! Across the family: the mother's EPDS in the child's line, and what 要対協 knows of a sibling.

use casework::{
    Body, Role, Sensitivity,
    body::{Closure, Service},
};

use super::desk::{filled, mother, record, register, send};
use crate::support::site::{BOTH, Site, Visitor};

fn child(visitor: &mut Visitor, name: &str, birth: &str) -> i64 {
    register(visitor, &[("name", name), ("kana", "カクウ"), ("birth", birth), ("sex", "M")])
}

fn related(site: &Site, id: &str, file: i64, role: &str, to: i64) {
    let body = Body::Relation { to, role: role.into(), until: None, hidden: false };
    record(site, id, file, Sensitivity::Ordinary, body);
}

/// The pieces of a page that count something.
fn counts(page: &str) -> Vec<String> {
    let pieces = page.split(['<', '>']).map(str::trim);
    pieces.filter(|p| p.contains('件') || p.contains('人')).map(str::to_owned).collect()
}

/// 24 November + 7 days = 1 December.
#[test]
fn the_line_of_a_child_says_that_the_mothers_record_brought_it_forward() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let (woman, baby) = (mother(&mut nurse), child(&mut nurse, "架空 一郎", "R8.11.1"));
        related(&site, "r-1", baby, "mother", woman);
        let score = Service { code: "epds".into(), result: "done".into(), number: Some(11.0), ..Service::default() };
        record(&site, "e-1", woman, Sensitivity::Guarded, Body::Service(score));
        let page = nurse.get(&format!("/persons/{baby}")).body;
        for told in [
            "対応の期限は令和8年12月1日（母のEPDSが9点以上のため）。",
            "母の記録（令和8年11月24日）によります。",
            "母の記録：EPDS（産後うつの質問票） R8.11.24",
        ] {
            assert!(page.contains(told), "{told} is missing: {page}");
        }
        assert!(!page.contains("11点"), "the score stays in her file");
        let list = nurse.get("/today?scope=office").body;
        assert!(list.contains("新生児訪問・全戸訪問"), "seven days are near: {list}");
        // For a clerk, who may not know of her answers, the line is the usual one: 90 days from 1 November, 30 January.
        let mut clerk = site.as_role(Role::Clerk);
        clerk.get("/persons");
        let page = clerk.get(&format!("/persons/{baby}")).body;
        assert!(page.contains("令和9年1月30日") && !page.contains("EPDS"), "{page}");
        assert!(!clerk.get("/today?scope=office").body.contains("架空 一郎"), "not near for whoever may not know");
    }
}

/// 産後2週間の健診で: 11 of 30 points, and nothing at question 10.
#[test]
fn the_score_is_typed_with_the_check_up_and_reaches_the_child() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let (woman, baby) = (mother(&mut nurse), child(&mut nurse, "架空 一郎", "R8.11.1"));
        related(&site, "r-1", baby, "mother", woman);
        let (form, to) = (format!("/persons/{woman}/checkups/new"), format!("/persons/{woman}/checkups"));
        let typed = [
            ("service", "postpartum_checkup_2w"),
            ("attended", "done"),
            ("day", "R8.11.24"),
            ("source", "slip"),
            ("epds", "１１"),
            ("epds_item10", "4"),
        ];
        assert!(nurse.get(&form).body.contains("EPDSの合計"));
        assert!(!nurse.get(&format!("/persons/{baby}/checkups/new")).body.contains("EPDS"), "a child has none");
        let mut fields = filled(&mut nurse, &form, &typed);
        let refused = send(&mut nurse, &to, &fields);
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("EPDSの第10項目は0から3までの点数で入力してください。"), "{}", refused.body);
        assert!(refused.body.contains("value=\"１１\""), "nothing typed is lost");
        assert_eq!(site.count("select count(*) as n from event where kind = 'service'"), 0);
        fields.retain(|(name, _)| name != "epds_item10");
        fields.push(("epds_item10".into(), "0".into()));
        assert_eq!(send(&mut nurse, &to, &fields).status, 303);
        assert_eq!(send(&mut nurse, &to, &fields).status, 303, "sent twice, recorded once");
        assert_eq!(site.count("select count(*) as n from event where kind = 'service'"), 3, "{engine:?}");
        let page = nurse.get(&format!("/persons/{baby}")).body;
        assert!(page.contains("対応の期限は令和8年12月1日（母のEPDSが9点以上のため）。"), "{page}");
    }
}

#[test]
fn outside_the_compartment_nobody_can_tell_that_a_sibling_is_registered() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let (elder, younger) = (child(&mut nurse, "架空 一郎", "R5.6.1"), child(&mut nurse, "架空 二郎", "R7.6.1"));
        related(&site, "r-1", younger, "sibling", elder);
        let pages = ["/today?scope=office", "/today?scope=office&state=planned", "/rulebook"];
        let look = |visitor: &mut Visitor| {
            let mut seen: Vec<Vec<String>> = pages.iter().map(|page| counts(&visitor.get(page).body)).collect();
            visitor.get("/persons");
            seen.extend([elder, younger].map(|file| counts(&visitor.get(&format!("/persons/{file}")).body)));
            seen
        };
        let before = look(&mut nurse);
        let period = Body::Period { name: "youtaikyo".into(), until: None, note: "秘密".into() };
        record(&site, "p-1", elder, Sensitivity::Compartment, period);
        assert_eq!(
            site.count("select count(*) as n from duty where service = 'sibling_safety' and sensitivity = 2"),
            1
        );
        assert_eq!(look(&mut nurse), before, "{engine:?}");
        assert!(
            !nurse.get("/today?scope=office&state=planned").body.contains("現認（要対協）"),
            "not even as a filter"
        );
        let asked = nurse.get("/today?scope=office&service=sibling_safety&state=planned").body;
        assert!(asked.contains("0件") && !asked.contains("架空 二郎"), "{asked}");
        let page = nurse.get(&format!("/persons/{younger}")).body;
        assert!(!page.contains("要対協") && !page.contains("sibling_safety"), "{page}");

        let mut team = site.as_role(Role::ProtectionWorker);
        let list = team.get("/today?scope=office&state=planned").body;
        // A list is looked at over shoulders: what it is about is on the page.
        assert!(list.contains("注意事項あり・開いて確認") && !list.contains("要対協"), "{list}");
        team.get("/persons");
        let page = team.get(&format!("/persons/{younger}")).body;
        for told in ["きょうだいの現認（要対協）", "きょうだいの記録（令和8年11月24日）によります。"]
        {
            assert!(page.contains(told), "{told} is missing: {page}");
        }
        assert!(!page.contains("秘密"), "what was written there stays there");
        // A decision about it is told to nobody else either.
        let closure = Closure { key: "sibling_safety#1".into(), how: "ended".into(), reason: "会議で判断".into() };
        record(&site, "c-1", younger, Sensitivity::Ordinary, Body::Closure(closure));
        assert!(!nurse.get(&format!("/persons/{younger}")).body.contains("会議で判断"));
        assert!(team.get(&format!("/persons/{younger}")).body.contains("会議で判断"));
    }
}

/// 特別養子縁組: the mother's page and the child's do not lead to each other, for whoever looks.
#[test]
fn a_hidden_link_leads_nowhere() {
    let site = Site::start(BOTH[0]);
    let mut nurse = site.as_role(Role::Phn);
    let (woman, baby) = (mother(&mut nurse), child(&mut nurse, "架空 一郎", "R8.11.1"));
    related(&site, "r-1", baby, "mother", woman);
    assert!(nurse.get(&format!("/persons/{baby}")).body.contains("架空 美穂"));
    let body = Body::Relation { to: woman, role: "mother".into(), until: None, hidden: true };
    record(&site, "r-2", baby, Sensitivity::Compartment, body);
    for role in [Role::Phn, Role::Head] {
        let mut somebody = site.as_role(role);
        somebody.get("/persons");
        assert!(!somebody.get(&format!("/persons/{baby}")).body.contains("架空 美穂"), "{role:?}");
        assert!(!somebody.get(&format!("/persons/{woman}")).body.contains("架空 一郎"), "{role:?}");
    }
}
