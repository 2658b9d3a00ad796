//! 一括整理 as its users meet it.

use casework::{Act, Command, Role, body::Resident};
use rules::{Day, Span};
use server::platform::{
    Actor,
    store::{Desk, apply},
};

use crate::support::site::{Answer, BOTH, CENTRE, Site, Visitor, today};

/// Children of three years whose windows went by elsewhere.
fn children(site: &Site) -> Vec<i64> {
    let actor = Actor { staff: 1, role: Role::Phn, ..Actor::program(vec![CENTRE]) };
    let open = |n: i32| {
        let resident = Resident {
            number: format!("77{n}"),
            name: format!("試験 子{n}"),
            kana: "しけん".into(),
            sex: "F".into(),
            birth: Some(Span::on(Day::from_ymd(2022, 7, 1).unwrap().plus(n * 30))),
            district: "北部".into(),
            cause: "present".into(),
            ..Resident::default()
        };
        let day = Span::on(today().plus(-3));
        let act = Act::Open { day, source: "residents".into(), resident, protected: n == 2 };
        let done = site.doors.write(&actor, |door| {
            let (today, now, keepers) = (door.today(), door.now(), &[CENTRE]);
            let books = &site.books;
            let desk = Desk { keeper: CENTRE, keepers, actor: 1, today, now, batch: None, books };
            apply(door.db, &desk, &Command { id: format!("open{n}"), act: act.clone(), seen: Vec::new() })
        });
        done.unwrap().opened[0]
    };
    (0..4).map(open).collect()
}

fn holds(page: &Answer, parts: &[&str]) {
    for part in parts {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
}

fn until_done(visitor: &mut Visitor, path: &str) -> Answer {
    for _ in 0..5_000 {
        let page = visitor.get(path);
        assert_eq!(page.status, 200, "{}", page.body);
        if page.body.contains("一括整理の結果") {
            return page;
        }
    }
    panic!("the settling does not end");
}

fn command_id(page: &Answer) -> String {
    page.body.split("name=\"command_id\" value=\"").last().unwrap().split('"').next().unwrap().to_owned()
}

fn values(page: &Answer) -> Vec<String> {
    let parts = page.body.split("name=\"line\" value=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap().replace("&#35;", "#")).collect()
}

#[test]
fn the_head_sets_the_day_settles_by_name_and_takes_it_back() {
    for engine in BOTH {
        let site = Site::start(engine);
        let files = children(&site);
        let mut head = site.as_role(Role::Head);
        let mut phn = site.as_role(Role::Phn);
        holds(&head.get("/settlings?mode=start"), &["を決めると", "まだ決まっていません"]);
        let id = command_id(&head.get("/settlings?mode=start"));
        let wrong = head.post("/settlings/since", &[("command_id", &id), ("since", "R8.2.31")]);
        assert_eq!(wrong.status, 422, "{}", wrong.body);
        assert_eq!(phn.post("/settlings/since", &[("command_id", "x"), ("since", "きょう")]).status, 404);
        let set = head.post("/settlings/since", &[("command_id", &id), ("since", "きょう")]);
        assert_eq!((set.status, set.location()), (303, "/settlings?mode=start"), "{}", set.body);
        let room = head.get("/settlings?mode=start");
        holds(&room, &["令和8年11月24日", "整理ずみ 0件", "見て決める", "3歳児健診", "名前を見て"]);
        holds(&head.get("/settlings?mode=start&by=cohort"), &["R4.4.2〜R5.4.1生まれ"]);
        holds(&head.get("/settlings?mode=start&by=district"), &["北部", "地区なし・表示しない"]);
        let today = phn.get("/today?scope=office");
        holds(&today, &["移行前", "/settlings?mode=start"]);

        // The nurse may look; deciding what was before the beginning is the head's.
        let group = "mode=start&service=checkup_3y&part=named";
        let seen = phn.get(&format!("/settlings/new?{group}"));
        holds(&seen, &["試験 子0", "統括支援員かセンター長・係長が決めます", "住所は表示しません"]);
        let fields = [("mode", "start"), ("service", "checkup_3y"), ("part", "named"), ("command_id", "n1")];
        let line = format!("{}:checkup_3y", files[0]);
        let mut all = fields.to_vec();
        all.extend([("reason", "台帳で確かめた"), ("line", line.as_str())]);
        assert_eq!(phn.post("/settlings", &all).status, 404, "{engine:?}");

        let page = head.get(&format!("/settlings/new?{group}"));
        let lines = values(&page);
        assert_eq!(lines.len(), 4, "{}", page.body);
        let refused = head.post("/settlings", &[&fields[..], &[("line", lines[1].as_str())]].concat());
        assert_eq!(refused.status, 422);
        holds(&refused, &["理由のない一括整理はできません", &format!("value=\"{}\" checked", lines[1])]);
        assert!(!refused.body.contains(&format!("value=\"{}\" checked", lines[0])), "taken out stays out");
        let mut sent = fields.to_vec();
        sent.push(("reason", "紙台帳で受診を確かめた"));
        sent.extend(lines[..3].iter().map(|line| ("line", line.as_str())));
        let ordered = head.post("/settlings", &sent);
        assert_eq!(ordered.status, 303, "{}", ordered.body);
        let path = ordered.location().to_owned();
        let result = until_done(&mut head, &path);
        holds(&result, &["終えた対応", "紙台帳で受診を確かめた", "移行前", "試験 子1", "まるごと取り消す"]);
        assert_eq!(head.post("/settlings", &sent).location(), path, "pressed twice");
        let closures = "select count(*) as n from event where kind = 'closure'";
        assert_eq!(site.count(closures), 3);
        assert_eq!(
            site.count("select count(*) as n from duty where settled_how = 'closed' and service = 'checkup_3y'"),
            3
        );
        let logged =
            format!("select count(*) as n from reading where purpose = 'settling' and files like '%{}%'", files[1]);
        assert!(site.count(&logged) > 1, "who was looked at is in the reading log");
        holds(&head.get("/settlings?mode=start"), &["整理ずみ 3件", "紙台帳で受診を確かめた"]);
        holds(&head.get(&format!("/persons/{}", files[0])), &["移行前", "紙台帳で受診を確かめた"]);

        // Its way back is one button with a reason; the nurse has none for it.
        assert!(!phn.get(&path).body.contains("まるごと取り消す"));
        assert_eq!(phn.post(&format!("{path}/withdraw"), &[("reason", "x")]).status, 404);
        assert_eq!(head.post(&format!("{path}/withdraw"), &[]).status, 422);
        assert_eq!(head.post(&format!("{path}/withdraw"), &[("reason", "別の地区だった")]).status, 303);
        holds(&until_done(&mut head, &path), &["別の地区だった", "が取り消し"]);
        assert_eq!(site.count("select count(*) as n from duty where settled_how = 'closed'"), 0);
        holds(&head.get("/settlings?mode=start"), &["整理ずみ 0件"]);
    }
}

#[test]
fn a_nurse_works_off_the_month_in_one_decision() {
    for engine in BOTH {
        let site = Site::start(engine);
        children(&site);
        let mut phn = site.as_role(Role::Phn);
        let room = phn.get("/settlings");
        holds(&room, &["月次一括", "BCG", "まとめて"]);
        let page = phn.get("/settlings/new?mode=month&service=bcg&part=closed");
        holds(&page, &["この4件を終える", "本人・保護者が希望しない"]);
        let id = command_id(&page);
        let mut fields = vec![("mode", "month"), ("service", "bcg"), ("part", "closed"), ("seen", "4")];
        fields.extend([("command_id", id.as_str()), ("how", "declined"), ("reason", "勧奨葉書に返事なし")]);
        let ordered = phn.post("/settlings", &fields);
        assert_eq!(ordered.status, 303, "{}", ordered.body);
        let path = ordered.location().to_owned();
        holds(&until_done(&mut phn, &path), &["勧奨葉書に返事なし", "本人・保護者が希望しない", "まるごと取り消す"]);
        assert_eq!(site.count("select count(*) as n from duty where settled_how = 'closed' and service <> 'bcg'"), 0);
        assert_eq!(
            site.count("select count(*) as n from event where kind = 'closure' and actor = 1 and batch is not null"),
            4
        );
        holds(&phn.get("/settlings/new?mode=month&service=bcg&part=closed"), &["整理する対応はありません"]);
        // Another office's staff finds nothing here.
        assert_eq!(phn.get("/settlings/9999").status, 404);
    }
}
