//! 緊急閲覧: what somebody may open when nobody else is there, and who says afterwards whether it was right.

use casework::{Body, Role, Sensitivity, body::Resident};
use rules::Span;

use crate::stories::desk::{event, fill, mother, pregnant, record, send, site};
use crate::support::site::{BOTH, CENTRE, OTHER_CITY, Site, today};

const REASON: &str = "本人から自殺をほのめかす電話。相談の経過と対応方針を確かめる。";

fn note(text: &str) -> Body {
    Body::Note { text: text.into() }
}

/// A protected mother with an ordinary, a guarded and a compartment note.
fn guarded(site: &Site) -> i64 {
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    record(site, "n-1", file, Sensitivity::Guarded, note("服薬あり。発作のときは主治医へ"));
    record(site, "n-2", file, Sensitivity::Compartment, note("秘密の通告"));
    file
}

/// The end of every 緊急閲覧 has come.
fn time_passes(site: &Site) {
    site.sql("update event set body = replace(body, '\"until\":', '\"until\":-') where kind = 'emergency'");
}

#[test]
fn the_clerk_alone_at_the_counter_opens_what_she_needs_for_an_hour() {
    for engine in BOTH {
        let site = Site::start(engine);
        let file = guarded(&site);
        let mut nurse = site.as_role(Role::Phn);
        fill(&mut nurse, &format!("/persons/{file}/protection"), &[("on", "1"), ("note", "避難中")]);
        let mut clerk = site.as_role(Role::Clerk);
        clerk.get("/persons");
        let page = clerk.get(&format!("/persons/{file}"));
        assert!(page.body.contains("緊急閲覧") && !page.body.contains("服薬あり"));
        let path = format!("/persons/{file}/emergency");
        assert_eq!(fill(&mut clerk, &path, &[("reason", "急ぎ")]).status, 422, "a word is no reason");
        assert_eq!(site.count("select count(*) as n from event where kind = 'emergency'"), 0);
        assert_eq!(fill(&mut clerk, &path, &[("reason", REASON)]).location(), path);
        let opened = clerk.get(&path);
        for told in ["緊急閲覧中", "あと60分", "服薬あり。発作のときは主治医へ", "住所は表示しません"]
        {
            assert!(opened.body.contains(told), "{told}: {}", opened.body);
        }
        for hidden in ["秘密の通告", "北町", "5550-0100", "東浜", "みなと産院", "/contacts/new"] {
            assert!(!opened.body.contains(hidden), "{hidden} is shown");
        }
        // Everywhere else she sees what she always saw, and her colleagues theirs.
        assert!(!clerk.get(&format!("/persons/{file}")).body.contains("服薬あり"));
        assert!(nurse.get(&format!("/persons/{file}")).body.contains(REASON));
        assert_eq!(site.count("select count(*) as n from reading where what = 'emergency'"), 1);
        time_passes(&site);
        let after = clerk.get(&path);
        assert!(!after.body.contains("服薬あり") && after.body.contains("理由を記録して開く"), "{}", after.body);
    }
}

#[test]
fn a_reason_that_nobody_needs_opens_nothing_more() {
    let site = site();
    let file = guarded(&site);
    for role in Role::ALL.into_iter().filter(|role| !matches!(role, Role::Clerk)) {
        let mut visitor = site.as_role(role);
        let path = format!("/persons/{file}/emergency");
        assert_eq!(visitor.get(&path).status, 404, "{role:?}");
        assert_eq!(visitor.post(&path, &[("reason", REASON), ("command_id", "x")]).status, 404, "{role:?}");
    }
    assert_eq!(site.count("select count(*) as n from event where kind = 'emergency'"), 0);
}

#[test]
fn the_midwife_of_another_house_names_one_person_exactly_or_learns_nothing() {
    for engine in BOTH {
        let site = Site::start(engine);
        let file = guarded(&site);
        let mut midwife = site.as_role(Role::Contracted);
        let path = "/emergencies/new";
        let typed = [("kana", "カクウ ミホ"), ("birth", "H5.4.2")];
        // Without a reason the answer is the same whether she is on file or not.
        let without = fill(&mut midwife, path, &typed);
        let nobody = fill(&mut midwife, path, &[("kana", "ダレカ イナイ"), ("birth", "H5.4.2")]);
        assert_eq!((without.status, nobody.status), (422, 422));
        assert!(without.body.contains("理由を文で") && !without.body.contains("見つかりません"));
        let wrong = fill(&mut midwife, path, &[("kana", "カクウ ミホ"), ("birth", "H5.4.3"), ("reason", REASON)]);
        assert!(wrong.status == 422 && wrong.body.contains("見つかりません"));
        assert_eq!(site.count("select count(*) as n from reading where purpose = 'missed' and files = ''"), 1);
        let told = site.as_role(Role::Head).get("/emergencies");
        assert!(told.body.contains("職員 12：1回"), "whoever answers for the office sees who guesses: {}", told.body);
        assert!(site.as_role(Role::Admin).get("/readings").body.contains("該当なし 1"));
        let opened = fill(&mut midwife, path, &[typed[0], typed[1], ("reason", REASON)]);
        assert_eq!(opened.location(), format!("/persons/{file}/emergency"), "{}", opened.body);
        let page = midwife.get(opened.location());
        assert!(page.body.contains("架空 美穂") && page.body.contains("妊娠届"), "{}", page.body);
        for hidden in ["服薬あり", "秘密の通告", REASON.get(..9).unwrap()] {
            // The reason stands in the banner only: its record is a guarded one.
            assert!(page.body.matches(hidden).count() <= usize::from(hidden.starts_with("本人")), "{hidden}");
        }
        assert_eq!(midwife.get(&format!("/persons/{file}")).status, 404, "nothing else is open");
        let other = crate::stories::desk::register(
            &mut site.as_role(Role::Phn),
            &[("name", "架空 楓"), ("kana", "カクウ カエデ"), ("birth", "H6.1.1"), ("sex", "F")],
        );
        let path = format!("/persons/{other}/emergency");
        assert_eq!(midwife.get(&path).status, 404, "nor anybody else");
        assert_eq!(midwife.get(&path).body, midwife.get("/persons/9999/emergency").body);
        time_passes(&site);
        assert_eq!(midwife.get(&format!("/persons/{file}/emergency")).status, 404);
    }
}

#[test]
fn another_citys_person_is_nobody() {
    let site = site();
    mother(&mut site.as_role(Role::Phn));
    site.sql(&format!("update file set keeper = {OTHER_CITY} where keeper = {CENTRE} and subject = 'person'"));
    site.sql(&format!("update person set keeper = {OTHER_CITY}"));
    let file = site.count("select max(file) as n from person");
    let mut clerk = site.as_role(Role::Clerk);
    let (theirs, nobodys) = (format!("/persons/{file}/emergency"), "/persons/9999/emergency");
    assert_eq!(clerk.get(&theirs).body, clerk.get(nobodys).body);
    let typed = [("reason", REASON), ("command_id", "x")];
    assert_eq!((clerk.post(&theirs, &typed).status, clerk.post(nobodys, &typed).status), (404, 404));
    let named = [("kana", "カクウ ミホ"), ("birth", "H5.4.2"), ("reason", REASON)];
    assert!(fill(&mut clerk, "/emergencies/new", &named).body.contains("見つかりません"));
}

#[test]
fn three_people_opened_in_one_hour_were_looked_at_once_each() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let more = [("架空 楓", "カクウ カエデ", "H6.1.1"), ("架空 葵", "カクウ アオイ", "H7.2.2")];
        let mut files = vec![guarded(&site)];
        files.extend(more.map(|(name, kana, birth)| {
            let typed = [("name", name), ("kana", kana), ("birth", birth), ("sex", "F")];
            crate::stories::desk::register(&mut nurse, &typed)
        }));
        let mut clerk = site.as_role(Role::Clerk);
        clerk.get("/persons");
        for file in &files {
            let path = format!("/persons/{file}/emergency");
            assert_eq!(fill(&mut clerk, &path, &[("reason", REASON)]).location(), path);
            clerk.get(&path);
        }
        clerk.get(&format!("/persons/{}/emergency", files[2]));
        let list = site.as_role(Role::Head).get("/emergencies").body;
        assert_eq!(list.matches("画面を1回表示").count(), 2, "{engine:?}: {list}");
        assert_eq!(list.matches("画面を2回表示").count(), 1, "{engine:?}: {list}");
    }
}

#[test]
fn the_head_reviews_it_within_a_week_and_it_stays_for_ever() {
    for engine in BOTH {
        let site = Site::start(engine);
        let file = guarded(&site);
        let mut clerk = site.as_role(Role::Clerk);
        clerk.get("/persons");
        fill(&mut clerk, &format!("/persons/{file}/emergency"), &[("reason", REASON)]);
        clerk.get(&format!("/persons/{file}/emergency"));
        let id = event(&site, file, "emergency");
        let mut head = site.as_role(Role::Head);
        assert!(head.get("/today").body.contains("緊急閲覧の確認 1件（12/1まで）"));
        assert!(!site.as_role(Role::Phn).get("/today").body.contains("緊急閲覧の確認"));
        let list = head.get("/emergencies");
        for told in ["架空 美穂", REASON, "12/1まで", "画面を1回表示"] {
            assert!(list.body.contains(told), "{told}: {}", list.body);
        }
        let review = format!("/persons/{file}/emergency/review");
        let of = id.to_string();
        let send = |visitor: &mut crate::support::site::Visitor, verdict: &str, note: &str, command: &str| {
            visitor.post(&review, &[("of", &of), ("verdict", verdict), ("note", note), ("command_id", command)])
        };
        assert_eq!(send(&mut head, "", "", "r-1").status, 422);
        let question = send(&mut head, "question", "", "r-1");
        assert!(question.status == 422 && question.body.contains("確かめることを入力"), "{}", question.body);
        assert_eq!(send(&mut head, "fit", "記録に合う", "r-1").location(), "/emergencies");
        // Pressed twice it is recorded once. Sent again with another verdict it is not, and says so.
        assert_eq!(send(&mut head, "fit", "記録に合う", "r-1").location(), "/emergencies");
        for (verdict, note) in [("question", "記録に合う"), ("fit", "記録に合わない")] {
            let other = send(&mut head, verdict, note, "r-1");
            assert!(other.status == 422 && other.body.contains("すでに別の内容が記録"), "{}", other.body);
        }
        assert_eq!(site.count("select count(*) as n from event where kind = 'emergency_reviewed'"), 1);
        let list = head.get("/emergencies");
        assert!(list.body.contains("待っている緊急閲覧はありません") && list.body.contains("妥当（R8.11.24"));
        assert!(!head.get("/today").body.contains("緊急閲覧の確認"));
        // Neither is taken back.
        let withdraw = format!("/persons/{file}/events/{id}/withdraw");
        assert_ne!(head.post(&withdraw, &[("command_id", "w"), ("reason", "なかったことに")]).status, 303);
        assert_eq!(site.count("select count(*) as n from event where kind = 'withdrawn'"), 0);
    }
}

#[test]
fn it_is_late_the_day_after_and_found_also_in_a_file_that_was_joined() {
    let site = site();
    let typed = mother(&mut site.as_role(Role::Phn));
    let mut clerk = site.as_role(Role::Clerk);
    clerk.get("/persons");
    fill(&mut clerk, &format!("/persons/{typed}/emergency"), &[("reason", REASON)]);
    let resident = Resident {
        number: "88001".into(),
        name: "架空　美穂".into(),
        kana: "かくう みほ".into(),
        birth: Some(Span::on(crate::stories::desk::day("1993-04-02"))),
        cause: "present".into(),
        ..Resident::default()
    };
    let open = casework::Act::Open { day: Span::on(today()), source: "residents".into(), resident, protected: false };
    let registered = crate::stories::desk::act(&site, open).opened[0];
    crate::stories::desk::act(&site, casework::Act::Join { files: [typed, registered], reason: "同じ人".into() });
    assert!(clerk.get(&format!("/persons/{registered}/emergency")).body.contains("緊急閲覧中"), "it goes on");
    let of = event(&site, typed, "emergency");
    let week = 8 * 86_400_000_000_i64;
    site.sql(&format!("update event set recorded_at = recorded_at - {week} where id = {of}"));
    let mut coordinator = site.as_role(Role::Coordinator);
    assert!(coordinator.get("/today").body.contains("緊急閲覧の確認 1件（期限超過 11/23）"));
    let list = coordinator.get("/emergencies");
    let form = list.body.split("class=\"stack no-print\"").nth(1).unwrap();
    let mut fields: Vec<(String, String)> = ["command_id", "of"]
        .iter()
        .map(|name| ((*name).to_owned(), crate::stories::desk::hidden(form, name)))
        .collect();
    fields.push(("verdict".into(), "fit".into()));
    let done = send(&mut coordinator, &format!("/persons/{registered}/emergency/review"), &fields);
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(coordinator.get("/emergencies").body.contains("待っている緊急閲覧はありません"));
}
