//! 体制: who answers, who is away, and how work goes from one nurse to another without anybody falling between.

use casework::{
    Act, Body, Role, Sensitivity,
    body::{Assignment, Contact, Next, Reached},
};
use rules::Span;
use server::cli::check::verified;
use server::intake::imports::{
    apply::{self, Work},
    batch::State,
    withdraw,
};
use server::platform::{Actor, check, store::write::open_office_file};
use server::supervision::handovers::Handover;

use super::desk::{act, day, hidden, record, register};
use crate::support::site::{Answer, BOTH, CENTRE, Site, Visitor, today};

/// Staff ids follow the order of [`Role::ALL`].
pub const NURSE: &str = "1";
pub const MIDWIFE: &str = "2";
pub const COORDINATOR: &str = "4";

fn office(site: &Site) -> i64 {
    let found = site.count(&format!("select coalesce(max(file), 0) as n from office where id = {CENTRE}"));
    if found > 0 { found } else { site.database.write_all(|db| open_office_file(db, CENTRE)).unwrap() }
}

/// The nurse has 北部.
pub fn assigned(site: &Site) {
    let body = Body::Assigned(Assignment {
        district: "北部".into(),
        programme: String::new(),
        category: String::new(),
        staff: 1,
        until: None,
    });
    let (file, day) = (office(site), Span::on(day("2026-04-01")));
    let source = String::from("own");
    act(site, Act::Record { file, episode: None, day, source, sensitivity: Sensitivity::Ordinary, body });
}

/// Somebody in 北部 with whom a call was promised for a day.
pub fn promised(site: &Site, visitor: &mut Visitor, name: &str, on: &str) -> i64 {
    let typed = [("name", name), ("kana", "カクウ"), ("birth", "H5.4.2"), ("sex", "F"), ("district", "北部")];
    let file = register(visitor, &typed);
    let contact = Contact {
        means: "phone".into(),
        time: None,
        with: "本人".into(),
        result: Reached::Reached,
        seen: None,
        next: Some(Next { on: day(on), what: "call".into() }),
        about: None,
        service: None,
        note: String::from("眠れていない様子。"),
    };
    let (day, source, body) = (Span::on(day("2026-11-10")), String::from("own"), Body::Contact(contact));
    act(site, Act::Record { file, episode: None, day, source, sensitivity: Sensitivity::Ordinary, body });
    file
}

pub fn period(site: &Site, file: i64, name: &str, sensitivity: Sensitivity) {
    let body = Body::Period { name: name.into(), until: None, note: String::new() };
    record(site, &format!("{name}-{file}"), file, sensitivity, body);
}

fn work(site: &Site, on: impl FnOnce(Work<'_>)) {
    let actor = Actor::program(vec![CENTRE]);
    on(Work { doors: &site.doors, actor: &actor, books: &site.books });
}

/// Looks at what a 担当替え would do, and decides it. The 引継書's address.
pub fn handed_over(site: &Site, visitor: &mut Visitor, query: &[(&str, &str)]) -> (Answer, String) {
    let address: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let seen = visitor.get(&format!("/supervision/handovers/new?{}", address.join("&")));
    assert_eq!(seen.status, 200, "{}", seen.body);
    let command = hidden(seen.body.split("action=\"/supervision/handovers\"").nth(1).unwrap(), "command_id");
    let mut fields: Vec<(&str, &str)> = vec![("command_id", &command), ("reason", "午前に会いやすい地区です。")];
    fields.extend(query);
    // What goes into a 引継書 can be marked like any record, and an open mark is refused beside its field.
    assert!(seen.body.contains("data-mark-in=\"f-reason\""), "{}", seen.body);
    let mut open = fields.clone();
    open[1].1 = "〔第三者：民生委員から聞いた";
    let refused = visitor.post("/supervision/handovers", &open);
    assert!(refused.status == 422 && refused.body.contains("しるしが閉じていません"), "{}", refused.body);
    let done = visitor.post("/supervision/handovers", &fields);
    assert_eq!(done.status, 303, "{}", done.body);
    let place = done.location().to_owned();
    let id: i64 = place.rsplit('/').next().unwrap().parse().unwrap();
    work(site, |work| assert_eq!(apply::run::<Handover>(work, id, |_| {}).unwrap().state, State::Applied));
    // Sent twice, decided once.
    assert_eq!(visitor.post("/supervision/handovers", &fields).location(), place);
    (seen, place)
}

pub fn sound(site: &Site) {
    let report = check::check(&site.database, &site.books, today(), |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
}

/// The lines of somebody's own list, without what stands beside it.
pub fn mine(visitor: &mut Visitor) -> String {
    let page = visitor.get("/today?scope=mine&state=overdue&state=near&state=planned").body;
    let list = page.split("class=\"cols-head").nth(1).unwrap_or_default();
    list.split("<aside").next().unwrap_or_default().to_owned()
}

#[test]
fn the_midwife_takes_the_district_over_and_the_coordinator_sees_who_has_read() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut midwife, mut head] =
            [Role::Phn, Role::Midwife, Role::Coordinator].map(|role| site.as_role(role));
        let plain = promised(&site, &mut nurse, "架空 花", "2026-11-20");
        let fragile = promised(&site, &mut nurse, "架空 澪", "2026-12-01");
        period(&site, fragile, "needs_support", Sensitivity::Ordinary);
        assert!(mine(&mut nurse).contains("架空 花") && !mine(&mut midwife).contains("架空"));
        let duties = site.count("select count(*) as n from duty");

        let query = [("from", NURSE), ("to", MIDWIFE), ("from_day", "2026-11-24")];
        let (seen, place) = handed_over(&site, &mut head, &query);
        assert!(seen.body.contains("北部・全事業") && seen.body.contains("<td class=\"n\">2</td>"), "{}", seen.body);
        assert!(mine(&mut midwife).contains("架空 花") && !mine(&mut nurse).contains("架空 花"));
        let more = site.count("select count(*) as n from duty") - duties;
        assert_eq!(more, 1, "one person is read by name, no other duty is touched");

        let list = midwife.get("/today").body;
        assert!(list.contains("引継書を読む（12/8まで）"), "{list}");
        assert!(site.as_role(Role::Dietitian).get(&place).status == 404, "nobody else reads it");
        assert_eq!(nurse.get(&place).status, 200, "whoever gives sees what was given");
        for (on, status) in [("1", 403), ("0", 200)] {
            nurse.post("/session/counter", &[("on", on), ("return_to", "/today")]);
            assert_eq!(nurse.get(&place).status, status, "a visitor does not see who is named above the others");
        }
        let sheet = midwife.get(&place).body;
        for said in ["取扱注意", "要支援以上の方", "架空 澪", "架空 花", "眠れていない様子。", "午前に会いやすい"]
        {
            assert!(sheet.contains(said), "{said}: {sheet}");
        }
        assert!(sheet.find("架空 澪") < sheet.find("架空 花"), "要支援 stands on top");

        assert!(head.get("/supervision").body.contains("まだ読んでいません（12/8まで）"));
        let fields =
            |file: &str, id: &str| vec![("command_id".to_owned(), id.to_owned()), ("file".to_owned(), file.to_owned())];
        let tick = |who: &mut Visitor, file: &str, id: &str| {
            super::desk::send(who, &format!("{place}/read"), &fields(file, id))
        };
        assert_eq!(tick(&mut nurse, "", "n1").status, 404, "only the one who takes over ticks");
        assert_eq!(tick(&mut midwife, &plain.to_string(), "m0").status, 404, "nobody asked about her by name");
        assert_eq!(tick(&mut midwife, &fragile.to_string(), "m1").status, 303);
        assert_eq!(tick(&mut midwife, "", "m2").status, 303);
        let room = head.get("/supervision").body;
        assert!(room.contains("R8.11.24 読みました") && room.contains("1人のうち1人を読みました"), "{room}");
        assert!(!mine(&mut midwife).contains("引継書を読む"));
        sound(&site);

        let undo = [("command_id", "u"), ("reason", "取り違え")];
        assert_eq!(head.post(&format!("{place}/withdraw"), &undo).status, 303);
        let id: i64 = place.rsplit('/').next().unwrap().parse().unwrap();
        work(&site, |work| assert_eq!(withdraw::run::<Handover>(work, id, |_| {}).unwrap().state, State::Withdrawn));
        assert!(mine(&mut nurse).contains("架空 花") && !mine(&mut midwife).contains("架空"));
        assert_eq!(site.count("select count(*) as n from duty"), duties);
        sound(&site);
    }
}

#[test]
fn a_handover_half_taken_back_when_the_program_stopped_is_finished_before_anything_is_compared() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut head] = [Role::Phn, Role::Coordinator].map(|role| site.as_role(role));
        let fragile = promised(&site, &mut nurse, "架空 澪", "2026-12-01");
        period(&site, fragile, "needs_support", Sensitivity::Ordinary);
        let query = [("from", NURSE), ("to", MIDWIFE), ("from_day", "2026-11-24")];
        let (_, place) = handed_over(&site, &mut head, &query);
        let id: i64 = place.rsplit('/').next().unwrap().parse().unwrap();
        work(&site, |work| drop(withdraw::order::<Handover>(work, id, "取り違え").unwrap()));
        let half = check::check(&site.database, &site.books, today(), |_| {}).unwrap();
        assert!(!half.findings.is_empty(), "the reading by name is still asked for");
        assert_eq!(verified(&site.database, today()).unwrap().1, Vec::<String>::new());
        assert_eq!(site.count("select count(*) as n from duty where key like 'handover%'"), 0);
    }
}

#[test]
fn who_answered_in_the_past_is_not_rewritten() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let mut head = site.as_role(Role::Coordinator);
        let asked = "from_day=R8.11.23";
        for page in [
            format!("/supervision/handovers/new?from={NURSE}&to={MIDWIFE}&{asked}"),
            format!("/supervision/table?area-0=%E5%8C%97%E9%83%A8&all-0={MIDWIFE}&{asked}"),
        ] {
            let seen = head.get(&page).body;
            assert!(seen.contains("今日より前の日からは替えられません"), "{page}: {seen}");
            assert!(seen.contains("id=\"e-from_day\""), "beside its field: {seen}");
        }
        let fields =
            [("command_id", "past"), ("from", NURSE), ("to", MIDWIFE), ("from_day", "R8.11.23"), ("reason", "春の分")];
        let answer = head.post("/supervision/handovers", &fields);
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("今日より前の日からは替えられません"), "{}", answer.body);
        assert_eq!(site.count("select count(*) as n from assignment"), 1);
        // The first table of an office says since when.
        let none = Site::start(engine);
        let first = [("command_id", "first"), ("area-0", "北部"), ("all-0", NURSE), ("from_day", "R8.4.1")];
        let answer = none.as_role(Role::Coordinator).post("/supervision/handovers", &first);
        assert_eq!(answer.status, 303, "{}", answer.body);
    }
}

#[test]
fn from_spring_on_and_not_a_day_before() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut midwife, mut head] = [Role::Phn, Role::Midwife, Role::Head].map(|role| site.as_role(role));
        promised(&site, &mut nurse, "架空 花", "2026-11-20");
        let usual = head.get("/supervision/handovers/new").body;
        assert!(usual.contains("R9.4.1"), "in autumn a change of worker means the coming April");
        handed_over(&site, &mut head, &[("from", NURSE), ("to", MIDWIFE)]);
        assert!(mine(&mut nurse).contains("架空 花") && !mine(&mut midwife).contains("架空 花"));
        assert!(midwife.get("/today").body.contains("引継書を読む"), "she may read before it begins");
        let rows = "select count(*) as n from assignment where staff = 1 and until_day = ";
        assert_eq!(site.count(&format!("{rows}{}", day("2027-03-31").0)), 1);

        let rehearsed = head.get("/supervision/rehearsal?day=2027-04-01&staff=2").body;
        assert!(rehearsed.contains("北部・全事業") && rehearsed.contains("職員 4"), "{rehearsed}");
        let nothing = head.get("/supervision/rehearsal?day=2027-04-01&staff=1").body;
        assert!(nothing.contains("動く対応はありません"), "she had given everything away: {nothing}");
        sound(&site);
    }
}

#[test]
fn a_post_whose_holder_left_is_told_and_its_lines_are_the_coordinators() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut head] = [Role::Phn, Role::Coordinator].map(|role| site.as_role(role));
        promised(&site, &mut nurse, "架空 花", "2026-11-20");
        site.sql(&format!("update post set until_day = {} where staff = 1", today().0 - 1));
        let room = head.get("/supervision").body;
        assert!(room.contains("もうこのセンターにいません") && room.contains("from=1"), "{room}");
        assert!(mine(&mut head).contains("架空 花"));
        let figure = format!("/today?scope=office&state=overdue&owner={COORDINATOR}");
        assert!(room.contains(&figure.replace('&', "&#38;")), "{room}");
        let list = head.get(&figure).body;
        assert!(list.contains("架空 花") && list.contains("1件のうち 1–1件を表示"), "the figure is its list: {list}");
    }
}

#[test]
fn what_is_long_late_is_listed_for_the_meeting_and_taken_up_where_the_office_wants_that() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut midwife, mut head] =
            [Role::Phn, Role::Midwife, Role::Coordinator].map(|role| site.as_role(role));
        let file = promised(&site, &mut nurse, "架空 澪", "2026-12-01");
        period(&site, file, "needs_support", Sensitivity::Ordinary);
        // What was handed over weeks ago and never read.
        let (_, place) = handed_over(&site, &mut head, &[("from", NURSE), ("to", MIDWIFE), ("from_day", "2026-11-24")]);
        site.sql(&format!(
            "update duty set target = {0}, escalates_on = {0} where service = 'handover'",
            today().0 - 3
        ));
        let key = format!("handover#{}", place.rsplit('/').next().unwrap());
        let line = format!("{file}:{key}");
        let list = head.get("/supervision/escalations").body;
        assert!(
            list.contains("架空 澪") && list.contains("引継書を読む") && !list.contains("上位者の対応にする<"),
            "{list}"
        );
        assert!(head.get("/supervision").body.contains("1件が、上位者に伝える日を過ぎています"));
        // The link opens what it counts, also after weeks: nothing leaves the list before it is settled.
        site.sql(&format!("update duty set escalates_on = {} where service = 'handover'", today().0 - 40));
        assert!(head.get("/supervision").body.contains("1件が、上位者に伝える日を過ぎています"));
        let late = head.get("/supervision/escalations").body;
        assert!(late.contains("架空 澪") && late.contains("1件のうち"), "{late}");
        assert!(!head.get("/supervision/escalations?week=1").body.contains("架空 澪"));
        let take = |who: &mut Visitor, id: &str| {
            who.post("/supervision/escalations/take", &[("command_id", id), ("line", line.as_str())])
        };
        assert_eq!(take(&mut head, "t0").status, 404, "a weekly list is only read");

        let way = |who: &mut Visitor, value: &str, id: &str| {
            who.post("/supervision/escalations", &[("command_id", id), ("escalation", value)]).status
        };
        assert_eq!(way(&mut head, "nonsense", "w0"), 422);
        assert_eq!(way(&mut midwife, "duty", "w1"), 404);
        assert_eq!(way(&mut head, "duty", "w2"), 303);
        site.sql(&format!(
            "update duty set target = {0}, escalates_on = {0} where service = 'handover'",
            today().0 - 3
        ));
        assert_eq!(take(&mut head, "t1").status, 303);
        assert!(mine(&mut head).contains("上位者の対応"), "it is the coordinator's now, whoever has 北部");
        assert!(!mine(&mut midwife).contains("上位者の対応"));

        assert_eq!(way(&mut head, "off", "w3"), 303);
        assert!(head.get("/supervision/escalations").body.contains("使っていません"));
    }
}

#[test]
fn who_is_in_the_compartment_is_handed_over_without_anybody_outside_learning_of_it() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut midwife, mut head] =
            [Role::Phn, Role::Midwife, Role::Coordinator].map(|role| site.as_role(role));
        let file = promised(&site, &mut nurse, "架空 秘", "2026-11-20");
        period(&site, file, "youtaikyo", Sensitivity::Compartment);
        let (_, place) = handed_over(&site, &mut head, &[("from", NURSE), ("to", MIDWIFE), ("from_day", "2026-11-24")]);
        let sheet = midwife.get(&place).body;
        assert!(sheet.contains("架空 秘") && !sheet.contains("要対協") && !sheet.contains("要支援以上の方"), "{sheet}");
        assert!(!mine(&mut midwife).contains("引継書を読む</"), "no line tells of it");
        let page = midwife.get(&format!("/persons/{file}")).body;
        assert!(!page.contains("担当替え"), "nor does the log");
        assert!(mine(&mut head).contains("引継書を読む"), "inside it the reading is asked of whoever may know");
        assert!(head.get(&place).body.contains("要対協"));
        sound(&site);
    }
}

#[test]
fn a_town_of_one_nurse_has_nobody_to_hand_over_to_and_is_told_so() {
    let site = Site::start(BOTH[0]);
    site.sql(&format!("delete from post where keeper = {CENTRE} and staff not in (1, 100)"));
    site.sql(&format!("delete from session; delete from post where staff = 100; update post set role = 'coordinator' where staff = 1 and keeper = {CENTRE}"));
    let mut alone = site.as_role(Role::Phn);
    let room = alone.get("/supervision").body;
    assert!(room.contains("担当を持てる人がほかにいない") && !room.contains("担当替えを組む"), "{room}");
    let rehearsed = alone.get("/supervision/rehearsal?staff=1").body;
    assert!(rehearsed.contains("ためす") && !rehearsed.contains("この担当替えを組む"));
}

#[test]
fn a_decision_that_another_one_builds_on_is_taken_back_after_it() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut head] = [Role::Phn, Role::Coordinator].map(|role| site.as_role(role));
        promised(&site, &mut nurse, "架空 花", "2026-11-20");
        let (_, first) = handed_over(&site, &mut head, &[("from", NURSE), ("to", MIDWIFE), ("from_day", "2026-11-24")]);
        // Only what concerns vaccinations goes on to the social worker; the rest stays with the midwife.
        let cut = [
            ("from", "0"),
            ("extra_district", "北部"),
            ("extra_programme", "immunisation"),
            ("extra_to", "3"),
            ("from_day", "2026-11-24"),
        ];
        let (_, second) = handed_over(&site, &mut head, &cut);
        let (_, third) = handed_over(&site, &mut head, &[("from", MIDWIFE), ("to", "5"), ("from_day", "2026-12-01")]);
        let take_back = |who: &mut Visitor, place: &str, id: &str| {
            let fields = [("command_id", id), ("reason", "取り違え")];
            let answer = who.post(&format!("{place}/withdraw"), &fields);
            if answer.status == 303 {
                let id: i64 = place.rsplit('/').next().unwrap().parse().unwrap();
                work(&site, |work| drop(withdraw::run::<Handover>(work, id, |_| {}).unwrap()));
            }
            answer
        };
        let refused = take_back(&mut head, &first, "a");
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("先にそちらを取り消してください"), "{}", refused.body);
        for (place, id) in [(&third, "b"), (&first, "c"), (&second, "d")] {
            assert_eq!(take_back(&mut head, place, id).status, 303, "{place}");
            sound(&site);
        }
        assert!(mine(&mut nurse).contains("架空 花"));
        assert_eq!(site.count("select count(*) as n from assignment"), 1);
        // Whoever left can hold nothing, and nothing is asked to move to nobody.
        site.sql(&format!("update staff set closed_on = {} where id = 2", today().0));
        for (to, why) in [(MIDWIFE, "担当を持てません"), ("0", "動かす担当がありません"), ("999", "担当を持てません")]
        {
            let fields = [("command_id", "e"), ("from", NURSE), ("to", to), ("from_day", "2026-11-24")];
            let answer = head.post("/supervision/handovers", &fields);
            assert!(answer.status == 422 && answer.body.contains(why), "to {to}: {}", answer.body);
        }
    }
}
