//! 規則を変える: the administrator proposes, somebody else approves, everybody is derived anew, and it can be put back.
//! Days by hand: a child born on 10 May 2025 is two on 9 May 2027; 60 days before that is 10 March, 90 days 8 February.

use casework::Role;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use rules::Day;
use server::platform::{Fault, rulebook};

use super::desk::{day, fill, register};
use super::rulebook::{read, text};
use crate::support::site::{BOTH, CENTRE, Engine, Site, Visitor};

const FORM: &str = "/rulebook/checkup_18m/change";
const REASON: &str = "架空市健診実施要領（令和8年度）により、90日前から個別に連絡します。";

fn child(site: &Site, name: &str, birth: &str) -> i64 {
    let typed = [("name", name), ("kana", "カクウ"), ("birth", birth), ("sex", "F"), ("district", "北部")];
    register(&mut site.as_role(Role::Phn), &typed)
}

/// The centre's children: two who wait for 1歳6か月児健診, and a mother whom it does not concern.
fn town(engine: Engine) -> (Site, i64) {
    let site = Site::by_own_books(engine);
    let first = child(&site, "架空 一葉", "R7.5.10");
    child(&site, "架空 二葉", "R7.5.11");
    child(&site, "架空 三葉", "H5.5.10");
    (site, first)
}

fn targets(site: &Site, file: i64, on: &str) -> i64 {
    let on: Day = day(on);
    site.count(&format!(
        "select count(*) as n from duty where file = {file} and rule = 'checkup_18m' and target = {}",
        on.0
    ))
}

/// Everything the lists are drawn from.
fn tables(site: &Site) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        t: String,
    }
    let sql = "select cast(file as text) || ' ' || key || ' ' || cast(phase as text) || ' ' || cast(tier as text) || ' ' || \
               coalesce(cast(legal_from as text), '') || ' ' || coalesce(cast(legal_to as text), '') || ' ' || \
               coalesce(cast(target as text), '') || ' ' || coalesce(cast(escalates_on as text), '') || ' ' || \
               coalesce(settled_how, '') || ' ' || coalesce(cast(next_on as text), '') as t \
               from duty order by keeper, file, key, phase";
    let rows: Vec<Row> = site.database.read_all(|db| Ok::<_, Fault>(sql_query(sql).load(db)?)).unwrap();
    rows.into_iter().map(|r| r.t).collect()
}

/// Looks at a page until the work behind it is done.
fn done(visitor: &mut Visitor, path: &str) -> String {
    for _ in 0..5_000 {
        let page = visitor.get(path);
        assert_eq!(page.status, 200, "{path}: {}", text(&page.body));
        if !page.body.contains("data-watch") {
            return page.body;
        }
        std::thread::yield_now();
    }
    panic!("{path} never ends");
}

fn proposed(admin: &mut Visitor, typed: &[(&str, &str)]) -> String {
    let answer = fill(admin, FORM, typed);
    assert_eq!(answer.status, 303, "{}", text(&answer.body));
    let path = answer.location().to_owned();
    done(admin, &path);
    path
}

const NINETY: &[(&str, &str)] =
    &[("how", "settings"), ("set_before_limit", "９０"), ("set_reply_days", "14"), ("reason", REASON)];

fn decide(visitor: &mut Visitor, path: &str, how: &str) -> crate::support::site::Answer {
    visitor.get(path);
    let id = format!("decide-{how}-{path}");
    visitor.post(&format!("{path}/decide"), &[("command_id", &id), ("how", how), ("note", "")])
}

fn publish(admin: &mut Visitor, path: &str) {
    let confirm = text(&admin.get(&format!("{path}/publish")).body);
    assert!(confirm.contains("公開します。よろしいですか"), "{confirm}");
    let answer = admin.post(&format!("{path}/publish"), &[("command_id", &format!("publish-{path}"))]);
    assert_eq!(answer.status, 303, "{}", text(&answer.body));
    // Pressed twice: nothing more happens.
    assert_eq!(admin.post(&format!("{path}/publish"), &[("command_id", &format!("publish-{path}"))]).status, 303);
    done(admin, path);
}

/// 「期限を90日前に早めたい。だれに何が起きるかを見て、統括が承認し、公開し、困ったら戻せる」
#[test]
fn the_administrator_changes_a_deadline_with_the_coordinators_approval_and_puts_it_back() {
    for engine in BOTH {
        let (site, first) = town(engine);
        let before = tables(&site);
        assert_eq!(targets(&site, first, "2027-03-10"), 1);
        let (mut admin, mut lead) = (site.as_role(Role::Admin), site.as_role(Role::Coordinator));
        let form = read(&mut admin, FORM);
        assert!(form.contains("国の値 60・いまの値 60"), "{form}");
        assert!(form.contains("最後の日の何日前から期限超過とするか"), "what the number means: {form}");

        let path = proposed(&mut admin, NINETY);
        assert_eq!(tables(&site), before, "{engine:?}: looking changes nothing");
        let page = read(&mut admin, &path);
        assert!(page.contains("settings.before_limit6090"), "{page}");
        assert!(page.contains("3人のうち 2人") && page.contains("承認待ち"), "{page}");
        // The administrator sees counts; names are for whoever works with people.
        assert_eq!(admin.get(&format!("{path}/persons")).status, 404);
        let named = read(&mut lead, &format!("{path}/persons"));
        assert!(named.contains("架空 一葉") && named.contains("架空 二葉") && !named.contains("架空 三葉"), "{named}");
        assert!(named.contains("対応の期限 R9.3.10→R9.2.8") || named.contains("3/10→"), "{named}");
        let looked =
            format!("select count(*) as n from reading where purpose = 'rule_change' and files like '%{first}%'");
        assert_eq!(site.count(&looked), 1);

        // Two pairs of eyes.
        let refused = decide(&mut admin, &path, "approved");
        assert_eq!(refused.status, 422);
        assert!(text(&refused.body).contains("自分の変更案は承認できません"), "{}", text(&refused.body));
        assert_eq!(admin.post(&format!("{path}/publish"), &[("command_id", "early")]).status, 422);
        assert_eq!(decide(&mut lead, &path, "approved").status, 303);
        assert_eq!(tables(&site), before, "approved is not published");
        assert_eq!(lead.post(&format!("{path}/publish"), &[("command_id", "x")]).status, 404, "she has no such right");

        let until_now = site.doors.clock().now();
        publish(&mut admin, &path);
        let known = [until_now, site.doors.clock().now()].map(|instant| limit_at(&site, instant));
        assert_eq!(known, [60, 90], "{engine:?}: what was known before is explained by the book of then");
        assert_eq!((targets(&site, first, "2027-02-08"), targets(&site, first, "2027-03-10")), (1, 0), "{engine:?}");
        let receipt = admin.get(&format!("{path}/receipt")).body;
        for told in ["見込み 2人、結果 2人", REASON, "3人を計算しなおし、2人の対応を書きかえました"]
        {
            assert!(text(&receipt).contains(told), "{told} is not in {}", text(&receipt));
        }
        assert!(!receipt.contains("見込みと結果が違う"), "{}", text(&receipt));
        let mut nurse = site.as_role(Role::Phn);
        let shown = read(&mut nurse, &format!("/persons/{first}"));
        assert!(shown.contains(REASON), "the town's reason stands under the line");
        assert!(read(&mut nurse, "/rulebook/checkup_18m").contains("before_limit：60 → 90"));
        checked(&site);

        // Back again: the same tables, and a receipt of its own.
        let back = format!("{path}/back");
        let without = admin.post(&back, &[("command_id", "back-0"), ("reason", " ")]);
        assert_eq!(without.status, 422, "a reason is required");
        let answer = admin.post(&back, &[("command_id", "back-1"), ("reason", "要領の施行が延びた")]);
        assert_eq!(answer.status, 303, "{}", text(&answer.body));
        let path = answer.location().to_owned();
        done(&mut admin, &path);
        publish(&mut admin, &path);
        assert_eq!(tables(&site), before, "{engine:?}: as if it had never been");
        let receipt = read(&mut admin, &format!("{path}/receipt"));
        assert!(receipt.contains("前の規則集に戻す") && receipt.contains("要領の施行が延びた"), "{receipt}");
        assert!(receipt.contains("あらためての承認は要りません"), "{receipt}");
        checked(&site);
    }
}

/// The promises hold, and every instant has the book that was in force then.
fn checked(site: &Site) {
    let now = site.doors.clock().now();
    let report = server::platform::check::check(&site.database, &site.books, crate::support::site::today(), |_| {});
    assert_eq!(report.unwrap().findings, []);
    rulebook::bring_up(&site.database, &site.books, crate::support::site::today(), now).unwrap();
    let own = site.database.read_all(|db| site.books.of(db, CENTRE)).unwrap();
    let kept = site.database.read_all(|db| rulebook::kept_at(db, CENTRE, i64::MAX)).unwrap().unwrap();
    assert_eq!(kept.texts.only(&own.town).hash(), own.hash);
}

/// The town's number by the book that was in force at an instant.
fn limit_at(site: &Site, instant: i64) -> i32 {
    let kept = site.database.read_all(|db| rulebook::kept_at(db, CENTRE, instant)).unwrap().expect("a book");
    let book = kept.texts.build("990001").unwrap();
    let settings = &book.rule("checkup_18m").unwrap().settings;
    settings.iter().find(|(name, _)| name == "before_limit").unwrap().1
}

/// 「書きまちがいは、何行目かを言って受け付けない。打った文は消えない」
#[test]
fn a_broken_text_is_refused_with_its_line_and_nothing_is_lost() {
    let (site, _) = town(Engine::Sqlite);
    let mut admin = site.as_role(Role::Admin);
    let text_of = |body: &str| format!("id = \"checkup_18m\"\nbecause = \"要領\"\n{body}\n");
    for (body, told) in [
        ("[settings]\nno_such_number = 3", "4行目"),
        ("tier = = 1", "3行目"),
        ("colour = \"red\"", "3行目"),
        ("tier = 9", "区分"),
    ] {
        let typed = text_of(body);
        let answer = fill(&mut admin, FORM, &[("how", "text"), ("text", &typed), ("reason", REASON)]);
        assert_eq!(answer.status, 422, "{body}");
        let page = text(&answer.body);
        assert!(page.contains(told) || told == "区分", "{body}: {page}");
        assert!(answer.body.contains(REASON) && answer.body.contains("because = "), "what was typed stays: {body}");
    }
    for (typed, told) in [
        (vec![("how", "settings"), ("set_before_limit", "九十"), ("set_reply_days", "14"), ("reason", REASON)], "九十"),
        (
            vec![("how", "settings"), ("set_before_limit", "60"), ("set_reply_days", "14"), ("reason", REASON)],
            "いまの値と同じ",
        ),
        (vec![("how", "settings"), ("set_before_limit", "90"), ("set_reply_days", "14"), ("reason", "")], "理由"),
        (vec![("how", "back"), ("reason", REASON)], "市町村の変更がありません"),
        (vec![("how", "text"), ("text", "id = \"hib\"\nbecause = \"x\"\ntier = 1\n"), ("reason", REASON)], "hib"),
    ] {
        let answer = fill(&mut admin, FORM, &typed);
        assert_eq!(answer.status, 422);
        assert!(text(&answer.body).contains(told), "{told}: {}", text(&answer.body));
    }
    assert_eq!(site.count("select count(*) as n from event where kind = 'rules_proposed'"), 0);
}

/// 「一人の役場では、作った人が承認する。そのことは記録に残る」
#[test]
fn where_nobody_else_may_the_author_approves_and_the_receipt_says_so() {
    let (site, first) = town(Engine::Sqlite);
    site.sql("update post set until_day = 0 where role = 'coordinator'");
    let mut admin = site.as_role(Role::Admin);
    let path = proposed(&mut admin, NINETY);
    assert_eq!(decide(&mut admin, &path, "approved").status, 303);
    publish(&mut admin, &path);
    assert_eq!(targets(&site, first, "2027-02-08"), 1);
    let receipt = read(&mut admin, &format!("{path}/receipt"));
    assert!(receipt.contains("ほかに承認できる人がいないため、作成者が承認"), "{receipt}");
}

/// 「案を作ったあとで別の公開があれば、その案では公開できない」
#[test]
fn a_proposal_against_former_rules_cannot_be_published() {
    let (site, _) = town(Engine::Sqlite);
    let (mut admin, mut lead) = (site.as_role(Role::Admin), site.as_role(Role::Coordinator));
    let late = proposed(
        &mut admin,
        &[("how", "settings"), ("set_before_limit", "60"), ("set_reply_days", "21"), ("reason", REASON)],
    );
    let path = proposed(&mut admin, NINETY);
    assert_eq!(decide(&mut lead, &late, "approved").status, 303);
    assert_eq!(decide(&mut lead, &path, "approved").status, 303);
    publish(&mut admin, &path);
    let events = site.count("select count(*) as n from event");
    let answer = admin.post(&format!("{late}/publish"), &[("command_id", "late")]);
    assert_eq!(answer.status, 422, "{}", text(&answer.body));
    assert!(read(&mut admin, &late).contains("規則集が変わったため、この案は公開できません"));
    assert_eq!(site.count("select count(*) as n from event"), events);
}

/// 「施行日からの新しい版も、市だけの規則も、文で加えられる」
#[test]
fn a_new_version_and_a_rule_of_the_towns_own_are_texts() {
    let (site, first) = town(Engine::Sqlite);
    let (mut admin, mut lead) = (site.as_role(Role::Admin), site.as_role(Role::Coordinator));
    let shipped = include_str!("../../../../rulebook/national/checkup/checkup_18m.toml");
    let version = shipped
        .replace("valid_from = \"1997-04-01\"", "valid_from = \"2026-12-01\"")
        .replace("before_limit = 60", "before_limit = 90");
    let path = proposed(&mut admin, &[("how", "text"), ("text", &version), ("reason", REASON)]);
    assert_eq!(decide(&mut lead, &path, "approved").status, 303);
    publish(&mut admin, &path);
    let book = site.database.read_all(|db| site.books.of(db, CENTRE)).unwrap();
    let versions: Vec<(String, Option<String>)> = book
        .versions("checkup_18m")
        .iter()
        .map(|r| (r.valid_from.to_string(), r.valid_to.map(|d| d.to_string())))
        .collect();
    let until = Some(String::from("2026-11-30"));
    assert_eq!(versions, [(String::from("1997-04-01"), until), (String::from("2026-12-01"), None)]);
    let own = shipped.replace("checkup_18m", "checkup_2y").replace("1歳6か月児健診", "2歳児相談");
    let answer = fill(&mut admin, "/rulebook/changes/new", &[("how", "text"), ("text", &own), ("reason", REASON)]);
    assert_eq!(answer.status, 422, "an act nobody can record: {}", text(&answer.body));
    assert!(first > 0);
    // 規則集 shows the version as any other.
    let page = read(&mut lead, "/rulebook/checkup_18m?version=2026-12-01");
    assert!(page.contains("令和8年12月1日") && page.contains("2件"), "{page}");
}

/// 「市だけの規則も規則集で読め、文を直せる」
#[test]
fn a_rule_of_the_towns_own_has_its_page_and_can_be_changed() {
    for engine in BOTH {
        let (site, _) = town(engine);
        let (mut admin, mut lead) = (site.as_role(Role::Admin), site.as_role(Role::Coordinator));
        let own = include_str!("../../../../rulebook/national/checkup/checkup_18m.toml")
            .replace("act = \"checkup_18m\"", "act = \"seen\"")
            .replace("checkup_18m", "talk_18m")
            .replace("1歳6か月児健診", "1歳半ひろば相談");
        let typed = [("how", "text"), ("text", own.as_str()), ("reason", REASON)];
        let answer = fill(&mut admin, "/rulebook/changes/new", &typed);
        assert_eq!(answer.status, 303, "{}", text(&answer.body));
        let path = answer.location().to_owned();
        done(&mut admin, &path);
        assert_eq!(lead.get("/rulebook/talk_18m").status, 404, "proposed is not in force");
        assert_eq!(decide(&mut lead, &path, "approved").status, 303);
        publish(&mut admin, &path);
        assert!(read(&mut lead, "/rulebook").contains("1歳半ひろば相談"), "{engine:?}: the index names it");
        let page = read(&mut lead, "/rulebook/talk_18m");
        assert!(page.contains("municipalities/") && page.contains("2歳に至る日"), "{engine:?}: {page}");
        // Its whole text stands in the form, and a new one takes its place.
        let form = read(&mut admin, "/rulebook/talk_18m/change");
        assert!(form.contains("生後18月に至る日の翌日") && form.contains("reply_days = 14"), "{form}");
        let renamed = own.replace("1歳半ひろば相談", "1歳半おやこ相談");
        let typed = [("how", "text"), ("text", renamed.as_str()), ("reason", REASON)];
        let answer = fill(&mut admin, "/rulebook/talk_18m/change", &typed);
        assert_eq!(answer.status, 303, "{engine:?}: {}", text(&answer.body));
        let path = answer.location().to_owned();
        done(&mut admin, &path);
        decide(&mut lead, &path, "approved");
        publish(&mut admin, &path);
        assert!(read(&mut lead, "/rulebook/talk_18m").contains("1歳半おやこ相談"));
        // The neighbour's office reads the nation's rules and not this one.
        site.sql("update post set keeper = 4 where staff = (select id from staff where login = 'head')");
        assert_eq!(site.as_role(Role::Head).get("/rulebook/talk_18m").status, 404, "{engine:?}");
    }
}

/// 「プログラムが新しくなって市の変更と合わなくなっても、一覧は止まらず、管理者に理由が出る」
#[test]
fn own_rules_that_no_longer_fit_leave_the_last_good_book_in_force_and_say_so() {
    for engine in BOTH {
        let (site, first) = town(engine);
        let (mut admin, mut lead) = (site.as_role(Role::Admin), site.as_role(Role::Coordinator));
        let path = proposed(&mut admin, NINETY);
        decide(&mut lead, &path, "approved");
        publish(&mut admin, &path);
        // As if the program had come without the setting that the town's file names.
        site.sql("update local_rule set content = replace(content, 'before_limit', 'gone_number')");
        let books = rulebook::Books::open(&site.database).unwrap();
        let book = site.database.read_all(|db| books.of(db, CENTRE)).unwrap();
        let unfit = book.unfit.as_ref().expect("it does not fit");
        assert!(unfit.broken.iter().any(|b| b.file.contains("checkup_18m") && b.reason.contains("gone_number")));
        let now = site.doors.clock().now();
        rulebook::bring_up(&site.database, &books, crate::support::site::today(), now).unwrap();
        assert_eq!(targets(&site, first, "2027-02-08"), 1, "{engine:?}: what was in force holds on");
        // A process that loads now shows it to the administrator.
        site.sql("update local_rule set event = event + 1000000");
        let page = read(&mut admin, "/rulebook/changes");
        assert!(page.contains("新しいプログラムの規則と合いません") && page.contains("gone_number"), "{page}");
        assert!(!read(&mut site.as_role(Role::Phn), "/rulebook").contains("合いません"));
    }
}
