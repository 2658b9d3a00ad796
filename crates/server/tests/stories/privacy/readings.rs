//! だれが、何のために見たか: for the office, for the person concerned, and month by month.

use casework::{Role, body::Resident};
use rules::Span;

use crate::stories::desk::{act, fill, hidden, mother, pregnant, send, site};
use crate::support::site::{Answer, BOTH, Site, Visitor, today};

/// Everything that was read stands some days back.
fn days_ago(site: &Site, days: i64) {
    site.sql(&format!("update reading set at = at - {}", days * 86_400_000_000_i64));
}

fn ask(visitor: &mut Visitor, file: i64, purpose: &str) {
    visitor.get(&format!("/persons/{file}"));
    visitor.post(&format!("/persons/{file}/purpose"), &[("purpose", purpose)]);
    visitor.get(&format!("/persons/{file}"));
}

/// From the heading of a section to the end of the page.
fn part<'p>(page: &'p Answer, id: &str) -> &'p str {
    page.body.split(&format!("id=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("{id}: {}", page.body))
}

#[test]
fn the_head_reads_who_looked_by_day_in_plain_words() {
    for engine in BOTH {
        let site = Site::start(engine);
        let file = mother(&mut site.as_role(Role::Phn));
        ask(&mut site.as_role(Role::FamilyWorker), file, "asked_call");
        site.as_role(Role::Midwife).get("/persons");
        let mut head = site.as_role(Role::Head);
        let page = head.get(&format!("/persons/{file}/readings"));
        let opened = part(&page, "opened-t").split("id=\"listed-t\"").next().unwrap();
        for told in [
            "令和8年11月24日（火）",
            "職員 6（子ども家庭支援員・こども家庭センター）",
            "本人・家族からの電話や来所",
            "2回",
        ] {
            assert!(opened.contains(told), "{told}: {opened}");
        }
        assert!(!opened.contains("職員 2（助産師"), "she saw a list");
        assert!(part(&page, "listed-t").contains("職員 2（助産師"));
        for code in ["asked_call", "own_record", "person<", ">list<"] {
            assert!(!page.body.contains(code), "{code} is a code");
        }
        let only = head.get(&format!("/persons/{file}/readings?staff=2"));
        assert!(!only.body.contains("職員 6（"), "only what one of the staff did");
        assert!(head.get(&format!("/persons/{file}/readings?kind=reveal")).body.contains("だれも開いていません"));
        // Who looked at who looked is in the log as well.
        assert!(head.get(&format!("/persons/{file}/readings")).body.contains("閲覧の確認"));
        for role in [Role::Phn, Role::Clerk, Role::ProtectionWorker, Role::Admin] {
            assert_eq!(site.as_role(role).get(&format!("/persons/{file}/readings")).status, 404, "{role:?}");
        }
    }
}

#[test]
fn the_paper_for_her_names_no_code_no_name_and_never_the_compartment() {
    for engine in BOTH {
        let site = Site::start(engine);
        let file = pregnant(&mut site.as_role(Role::Phn), "R8.12.20");
        ask(&mut site.as_role(Role::FamilyWorker), file, "asked_partner");
        let mut head = site.as_role(Role::Head);
        let before = head.get(&format!("/persons/{file}/readings/letter"));
        let (mut team, path) = (site.as_role(Role::ProtectionWorker), format!("/persons/{file}"));
        team.get("/persons");
        team.get(&path);
        let letter = head.get(&format!("/persons/{file}/readings/letter"));
        let article = part(&letter, "letter-t");
        for told in ["関係機関からの連絡に応じるため", "子ども家庭支援員（こども家庭センター）", "第81条"]
        {
            assert!(article.contains(told), "{told}: {article}");
        }
        for hidden in ["職員 6", "虐待", "asked_", "北町", "5550"] {
            assert!(!article.contains(hidden), "{hidden}: {article}");
        }
        // Whether the team looked or not, the paper says the same (beside the letter that was made before).
        let made = "記録を印刷しました";
        let lines = |page: &Answer| {
            let of = |row: &&str| !row.contains(made);
            part(page, "letter-t").split("<tr>").filter(of).map(String::from).collect::<Vec<_>>()
        };
        assert_eq!(lines(&before)[..2], lines(&letter)[..2]);
        assert_eq!(lines(&before).len(), lines(&letter).len());
        assert_eq!(site.count("select count(*) as n from reading where what = 'export' and purpose = 'disclosure'"), 2);
        site.sql("insert into setting (keeper, name, value) values (3, 'reading_names', '1')");
        assert!(head.get(&format!("/persons/{file}/readings/letter")).body.contains("職員 6（"));
        let wrong = head.get(&format!("/persons/{file}/readings/letter?from=R8.13.1"));
        assert!(wrong.body.contains("日付として読めません"));
    }
}

#[test]
fn what_was_looked_at_before_two_files_were_joined_counts_for_the_person() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let typed = mother(&mut nurse);
        let noted = fill(&mut nurse, &format!("/persons/{typed}/notes/new"), &[("note", "来所。母子手帳を交付")]);
        assert_eq!(noted.status, 303, "{}", noted.body);
        let mut worker = site.as_role(Role::FamilyWorker);
        ask(&mut worker, typed, "asked_meeting");
        let resident = Resident {
            number: "88001".into(),
            name: "架空　美穂".into(),
            kana: "かくう みほ".into(),
            birth: Some(Span::on(crate::stories::desk::day("1993-04-02"))),
            cause: "present".into(),
            ..Resident::default()
        };
        let day = Span::on(today());
        let open = casework::Act::Open { day, source: "residents".into(), resident, protected: false };
        let registered = act(&site, open).opened[0];
        act(&site, casework::Act::Join { files: [typed, registered], reason: "同じ人".into() });
        let mut head = site.as_role(Role::Head);
        let page = head.get(&format!("/persons/{registered}/readings"));
        assert!(page.body.contains("職員 6（") && page.body.contains("会議・引継ぎの準備"), "{}", page.body);
        assert_eq!(head.get(&format!("/persons/{typed}/readings")).status, 200, "by the old number too");
        // Whoever was asked this morning, or wrote something, is not asked again by the new number.
        assert!(worker.get(&format!("/persons/{registered}")).body.contains("経過の記録"));
        let page = nurse.get("/today");
        assert!(part(&page, "recent-t").contains(&format!("/persons/{registered}\"")), "her note can be taken back");
    }
}

#[test]
fn the_table_says_what_the_log_says_and_is_made_anew_from_it() {
    for engine in BOTH {
        let site = Site::start(engine);
        let file = mother(&mut site.as_role(Role::Phn));
        mother(&mut site.as_role(Role::Phn));
        site.as_role(Role::Midwife).get("/persons");
        let check = || server::platform::readings::check(&site.database).unwrap();
        assert!(check().is_empty());
        let rows = format!("select count(*) as n from reading_file where file = {file}");
        let before = site.count(&rows);
        assert!(before > 1);
        site.sql(&format!("delete from reading_file where file = {file}"));
        site.sql("insert into reading_file (keeper, file, reading) values (3, 99, 1)");
        assert_eq!(check().len(), 1);
        server::platform::readings::rebuild(&site.database).unwrap();
        assert!(check().is_empty());
        assert_eq!(site.count(&rows), before);
        // The migration fills it alike, whatever stands in an old row.
        site.sql("delete from reading_file");
        site.sql(
            "insert into reading (keeper, staff, post, at, what, purpose, files) values (3, 1, 1, 1, 'list', 'x', '')",
        );
        site.sql(&format!(
            "insert into reading (keeper, staff, post, at, what, purpose, files) \
             values (3, 1, 1, 1, 'list', 'x', ' {file}  999999 {file} x 7')"
        ));
        let migration = include_str!("../../../../platform/migrations/0018_reading_file/up.sql");
        let fill = migration.split(";").find(|part| part.trim_start().starts_with("insert")).unwrap();
        site.sql(fill);
        assert!(check().is_empty());
        assert_eq!(site.count(&rows), before + 1);
    }
}

/// The ids of the items on a page of 閲覧の点検.
fn items(page: &Answer) -> Vec<String> {
    let names = page.body.split("name=\"mark-").skip(1).filter_map(|rest| rest.split('"').next());
    let mut ids: Vec<String> = names.map(String::from).collect();
    ids.dedup();
    ids
}

fn mark(visitor: &mut Visitor, month: &str, marks: &[(String, &str, &str)]) -> Answer {
    let page = visitor.get(&format!("/readings/month?month={month}&all=1"));
    let form = page.body.split("class=\"stack\" method=\"post\"").nth(1).unwrap_or_default();
    let mut fields =
        vec![(String::from("command_id"), hidden(form, "command_id")), (String::from("month"), month.to_owned())];
    for (id, verdict, note) in marks {
        fields.push((format!("mark-{id}"), (*verdict).to_owned()));
        fields.push((format!("note-{id}"), (*note).to_owned()));
    }
    send(visitor, "/readings/month", &fields)
}

#[test]
fn each_month_a_sample_and_everything_unusual_waits_for_the_reviewer() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = mother(&mut nurse);
        nurse.get(&format!("/persons/{file}"));
        ask(&mut site.as_role(Role::FamilyWorker), file, "asked_other");
        days_ago(&site, 40);
        let mut coordinator = site.as_role(Role::Coordinator);
        let line = "閲覧の点検 10月分（11/30まで）";
        assert!(coordinator.get("/today").body.contains(line), "{}", coordinator.get("/today").body);
        let page = coordinator.get("/readings/month?month=2026-10");
        for told in ["残り2件", "見本", "目的が「そのほかの業務」", "架空 美穂"] {
            assert!(page.body.contains(told), "{told}: {}", page.body);
        }
        let ids = items(&page);
        assert_eq!(ids.len(), 2);
        assert_eq!(
            items(&site.as_role(Role::Head).get("/readings/month?month=2026-10")),
            ids,
            "the same for everybody"
        );
        assert_eq!(mark(&mut coordinator, "2026-10", &[]).status, 422);
        let question = mark(&mut coordinator, "2026-10", &[(ids[0].clone(), "question", "")]);
        assert!(question.status == 422 && question.body.contains("確かめることを入力"), "{}", question.body);
        assert_eq!(mark(&mut coordinator, "2026-10", &[(ids[0].clone(), "fit", "")]).status, 303);
        assert!(coordinator.get("/today").body.contains(line), "one is left");
        let marks = [(ids[1].clone(), "question", "だれからの照会か"), (String::from("9999"), "fit", "")];
        assert_eq!(mark(&mut coordinator, "2026-10", &marks).status, 303);
        assert!(!coordinator.get("/today").body.contains("閲覧の点検 10月分"));
        let page = coordinator.get("/readings/month?month=2026-10&all=1");
        assert!(page.body.contains("妥当（R8.11.24") && page.body.contains("だれからの照会か"), "{}", page.body);
        assert_eq!(site.count("select count(*) as n from event where kind = 'inspected'"), 2);
        assert_eq!(
            site.count("select count(*) as n from event where body like '%9999%'"),
            0,
            "what is not on the page"
        );
        let counts = site.as_role(Role::Admin).get("/readings");
        assert!(counts.body.contains("点検ずみ") && !counts.body.contains("/readings/month"), "{}", counts.body);
        assert!(!counts.body.contains("美穂"));
        assert_eq!(site.as_role(Role::Admin).get("/readings/month?month=2026-10").status, 404);
    }
}

#[test]
fn nobody_reviews_what_they_looked_at_themselves_unless_nobody_else_is_there() {
    let site = site();
    let file = mother(&mut site.as_role(Role::Phn));
    site.as_role(Role::Head).get(&format!("/persons/{file}"));
    days_ago(&site, 40);
    let mut head = site.as_role(Role::Head);
    let page = head.get("/readings/month?month=2026-10");
    assert!(page.body.contains("ご自身の閲覧です"), "{}", page.body);
    let own = site.count("select min(id) as n from reading where staff = 5 and what = 'person'");
    assert!(!items(&page).contains(&own.to_string()));
    assert_eq!(mark(&mut head, "2026-10", &[(own.to_string(), "fit", "")]).status, 422);
    let mut coordinator = site.as_role(Role::Coordinator);
    assert!(items(&coordinator.get("/readings/month?month=2026-10")).contains(&own.to_string()));
    site.sql("update post set until_day = 0 where role in ('coordinator', 'head') and staff <> 5");
    assert!(head.get("/readings/month?month=2026-10").body.contains("自己点検"));
    assert_eq!(mark(&mut head, "2026-10", &[(own.to_string(), "fit", "")]).status, 303);
}

#[test]
fn the_month_that_runs_shows_only_what_is_unusual_and_is_never_done() {
    let site = site();
    let file = mother(&mut site.as_role(Role::Phn));
    ask(&mut site.as_role(Role::FamilyWorker), file, "asked_other");
    let mut head = site.as_role(Role::Head);
    let page = head.get("/readings/month?month=2026-11");
    assert!(
        page.body.contains("まだ終わっていません") && page.body.contains("残り1件") && !page.body.contains(">見本<")
    );
    let ids = items(&page);
    assert_eq!(mark(&mut head, "2026-11", &[(ids[0].clone(), "fit", "")]).status, 303);
    assert!(head.get("/readings").body.contains("月の途中"));
    assert_eq!(site.count("select count(*) as n from event where kind = 'inspected' and number = 1"), 1);
    for month in ["2026-12", "2026-13", "x"] {
        assert_eq!(head.get(&format!("/readings/month?month={month}")).status, 404, "{month}");
    }
}
