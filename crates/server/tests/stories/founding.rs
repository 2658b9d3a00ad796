//! The administrator's first day, on screen: from an empty database to the first nurse with her own district's list, in a
//! city of two centres.

use casework::staff::Account;
use diesel::connection::SimpleConnection;
use server::{
    cli::setup::{self, First},
    platform::{
        Clock, Fault, check,
        rulebook::Books,
        store::sync::{Trust, rebuild},
    },
};

use super::administration::change;
use super::desk::hidden;
use crate::support::site::{Answer, BOTH, Engine, Site, Visitor, database, owner, today};

const OWN: &str = "minato no asagiri";

/// `tsumugi setup`, and the first sign-in with the password that was shown once.
fn founded(engine: Engine) -> (Site, Visitor) {
    let (database, clock) = (database(engine), Clock::pinned(today()));
    let account = Account { login: "kanri".into(), name: "港　守".into(), kana: "みなと　まもる".into() };
    let (municipality, centre) = (String::from("架空市"), String::from("架空市南部こども家庭センター"));
    let first = First { code: "992011".into(), municipality, centre, account };
    let secret = setup::found(&database, &clock, &first).unwrap();
    let books = Books::open(&database).unwrap();
    let site = Site::of(database, books);
    let admin = signed_in(&site, "kanri", &secret);
    (site, admin)
}

fn signed_in(site: &Site, login: &str, secret: &str) -> Visitor {
    let mut visitor = site.visitor();
    assert_eq!(visitor.sign_in(login, secret).location(), "/session/password");
    let done = visitor.post("/session/password", &[("current", secret), ("new", OWN), ("again", OWN)]);
    assert_eq!(done.status, 303, "{}", done.body);
    visitor
}

/// 職員を加える, and her first sign-in.
fn hired(site: &Site, admin: &mut Visitor, login: &str, name: &str, role: &str) -> Visitor {
    let fields = [("login", login), ("name", name), ("kana", "しょくいん"), ("role", role), ("from", "きょう")];
    let answer = change(admin, "/staff/new", &fields);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let secret = answer.body.split("class=\"issued\">").nth(1).expect("shown once").split('<').next().unwrap();
    signed_in(site, login, secret)
}

/// Uses the switch on top of the page: the post whose label holds this.
fn switched(visitor: &mut Visitor, to: &str) {
    let page = visitor.get("/staff").body;
    let option = page.split("<option value=\"").skip(1).find(|o| o.split("</option>").next().unwrap().contains(to));
    let id = option.expect("a post to switch to").split('"').next().unwrap().to_owned();
    assert_eq!(visitor.post("/session/role", &[("role", &id)]).status, 303);
}

/// Two families of the city in two districts.
const REGISTER: &str = "宛名番号,世帯番号,氏名,氏名ふりがな,生年月日,性別,続柄,郵便番号,住所,地区,電話番号,異動事由,異動日,転出先住所,支援措置,住民区分
0000000001,0000000011,架空 花,かくう はな,1994-05-06,女,世帯主,,架空市港町1,港地区,,,,,,
0000000002,0000000011,架空 湊,かくう みなと,2026-09-21,男,子,,架空市港町1,港地区,,,,,,
0000000003,0000000012,架空 蓮,かくう れん,1992-11-02,女,世帯主,,架空市浜手2,浜手地区,,,,,,
0000000004,0000000012,架空 凪,かくう なぎ,2026-09-28,女,子,,架空市浜手2,浜手地区,,,,,,
";

fn import(visitor: &mut Visitor) -> Answer {
    let csrf = visitor.csrf.clone();
    let mut body = String::new();
    for (name, value) in [("csrf", csrf.as_str()), ("layout", "standard"), ("scope", "all"), ("as_of_day", "きょう")]
    {
        body.push_str(&format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str(&format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{REGISTER}\r\n--b--\r\n"
    ));
    let staged = visitor.send("POST", "/residents", &[("Content-Type", "multipart/form-data; boundary=b")], &body);
    assert_eq!(staged.status, 303, "{}", staged.body);
    let path = staged.location().to_owned();
    assert_eq!(visitor.post(&format!("{path}/apply"), &[]).status, 303);
    for _ in 0..5_000 {
        let page = visitor.get(&path);
        if page.body.contains("取込の結果") {
            return page;
        }
    }
    panic!("the import does not end");
}

/// The whole office's lines, and one's own, as names.
fn list(visitor: &mut Visitor, scope: &str) -> String {
    let states = "state=overdue&state=unconfirmed&state=judge&state=near&state=planned&state=waiting";
    let page = visitor.get(&format!("/today?scope={scope}&{states}")).body;
    page.split("<aside").next().unwrap_or_default().to_owned()
}

#[test]
fn a_city_of_two_centres_from_nothing_to_the_first_nurses_own_list() {
    for engine in BOTH {
        let (site, mut admin) = founded(engine);
        // The second centre; the administrator is in both, everybody else in one.
        let north = [("name", "架空市北部こども家庭センター"), ("kind", "family_centre"), ("since", "R6.4.1")];
        let made = change(&mut admin, "/offices/new", &north);
        assert_eq!(made.location(), "/offices/own", "{engine:?}: {}", made.body);
        let again = change(&mut admin, "/offices/new", &north);
        assert!(again.status == 422 && again.body.contains("もうあります"), "{}", again.body);
        let own = admin.get("/offices/own").body;
        assert!(own.contains("南部こども家庭センター") && own.contains("こども家庭センター（R6.4.1から）"), "{own}");
        assert_eq!(change(&mut admin, "/offices/since", &[("kind", "family_centre"), ("since", "R6.4.1")]).status, 303);
        assert!(admin.get("/offices").body.contains("1市町村"), "設置状況 knows the city");

        let mut head = hired(&site, &mut admin, "tokatsu", "南　統", "coordinator");
        let mut nurse = hired(&site, &mut admin, "nurse", "南　保", "phn");
        assert_eq!(change(&mut admin, "/settings/operating_since", &[("value", "R8.11.1")]).status, 303);
        switched(&mut admin, "北部");
        let mut other = hired(&site, &mut admin, "kita", "北　統", "coordinator");
        assert!(!admin.get("/staff").body.contains("南　保"), "the other centre's staff are its own");
        switched(&mut admin, "南部");
        let imported = import(&mut admin).body;
        assert!(site.count("select count(*) as n from person") == 4, "{imported}");

        // Nobody has anything by name: everything is 統括支援員's, and she is told so where she looks.
        let everything = list(&mut head, "mine");
        assert!(everything.contains("湊") && everything.contains("凪"), "{engine:?}: {everything}");
        for page in ["/today", "/supervision"] {
            let page = head.get(page).body;
            assert!(page.contains("担当表がまだありません") && page.contains("統括支援員（南　統）"), "{page}");
        }
        assert!(!list(&mut nurse, "mine").contains("湊"), "not hers yet");

        // 最初の担当表: 港地区 is the nurse's.
        let table = head.get("/supervision/table").body;
        assert!(table.contains("最初の担当表") && table.contains("浜手地区"), "{table}");
        let area = table.split("value=\"港地区\"").next().unwrap().rsplit("name=\"area-").next().unwrap();
        let area = area.split('"').next().unwrap().to_owned();
        let nurse_id = site.count("select id as n from staff where login = 'nurse'").to_string();
        let (district, whose) = (format!("area-{area}"), format!("all-{area}"));
        let seen = head.get(&format!("/supervision/table?{district}=港地区&{whose}={nurse_id}")).body;
        assert!(seen.contains("から、こう替わります") && seen.contains("港地区・全事業"), "{seen}");
        let form = seen.split("action=\"/supervision/handovers\"").nth(1).unwrap();
        let (command, day) = (hidden(form, "command_id"), hidden(form, "from_day"));
        assert_eq!(day, today().to_string(), "from today, not from the coming April");
        let fields = [("command_id", command.as_str()), ("from_day", &day), (&district, "港地区"), (&whose, &nurse_id)];
        assert_eq!(head.post("/supervision/handovers", &fields).status, 303);

        let own = list(&mut nurse, "mine");
        assert!(own.contains("湊") && !own.contains("凪"), "{engine:?}: her district and no other: {own}");
        let rest = list(&mut head, "mine");
        assert!(rest.contains("凪") && !rest.contains("湊"), "what nobody has stays with 統括支援員");
        assert!(!head.get("/today").body.contains("担当表がまだありません"));
        assert!(head.get("/supervision/table").body.contains("selected>南　保"), "the table says whose it is");
        let same = head.get(&format!("/supervision/table?{district}=港地区&{whose}={nurse_id}")).body;
        assert!(same.contains("いまの担当表と同じです"), "{same}");
        assert!(!list(&mut other, "office").contains("湊"), "the other centre sees nobody of this one");

        let report = check::check(&site.database, &site.books, today(), |_| {}).unwrap();
        assert!(report.findings.is_empty(), "{engine:?}: {:#?}", report.findings);
    }
}

#[test]
fn a_day_recorded_wrongly_is_taken_back_and_a_name_is_needed() {
    let (_site, mut admin) = founded(Engine::Sqlite);
    let nameless = change(&mut admin, "/offices/new", &[("name", " "), ("kind", ""), ("since", "31日")]);
    assert_eq!(nameless.status, 422);
    for field in ["e-name", "e-kind", "e-since"] {
        assert!(nameless.body.contains(field), "{field}");
    }
    assert_eq!(change(&mut admin, "/offices/since", &[("kind", "support_centre"), ("since", "H30.4.1")]).status, 303);
    let page = admin.get("/offices/own").body;
    assert!(page.contains("子育て世代包括支援センター（H30.4.1から）"), "{page}");
    let url = page.split("/offices/events/").nth(1).unwrap().split('"').next().unwrap();
    let undone = admin.post(&format!("/offices/events/{url}"), &[("command_id", "undo")]);
    assert_eq!(undone.status, 303, "{}", undone.body);
    assert!(!admin.get("/offices/own").body.contains("子育て世代包括支援センター"));
}

/// The address of the undo in the banner or the list.
fn undo_of(visitor: &mut Visitor) -> String {
    let page = visitor.get("/offices/own").body;
    let url = page.split("action=\"/offices/events/").nth(1).unwrap_or_else(|| panic!("{page}"));
    format!("/offices/events/{}", url.split('"').next().unwrap())
}

#[test]
fn a_centre_is_renamed_and_called_as_before_when_that_is_taken_back() {
    for engine in BOTH {
        let (site, mut admin) = founded(engine);
        let sound = || {
            let report = check::check(&site.database, &site.books, today(), |_| {}).unwrap();
            assert!(report.findings.is_empty(), "{engine:?}: {:#?}", report.findings);
        };
        let (old, new) = ("架空市南部こども家庭センター", "架空市みなみこども家庭センター");
        let north = [("name", "架空市北部こども家庭センター"), ("kind", "family_centre"), ("since", "R6.4.1")];
        assert_eq!(change(&mut admin, "/offices/new", &north).status, 303);
        for (name, why) in [(" ", "入力してください"), (old, "同じです"), (north[0].1, "もうあります")]
        {
            let refused = change(&mut admin, "/offices/name", &[("name", name)]);
            assert!(refused.status == 422 && refused.body.contains(why), "{engine:?} {name}: {}", refused.body);
        }
        assert_eq!(change(&mut admin, "/offices/name", &[("name", new)]).status, 303);
        let undo = undo_of(&mut admin);
        let page = admin.get("/offices/own").body;
        assert!(page.contains(new) && !page.contains(old), "{engine:?}: also on top of the page: {page}");
        sound();
        rebuild(&site.database, &site.books, today(), Trust::Nothing, |_| {}).unwrap();
        assert_eq!(site.count(&format!("select count(*) as n from office where name = '{new}'")), 1);
        site.sql(&format!("update office set name = '別の名' where name = '{new}'"));
        let report = check::check(&site.database, &site.books, today(), |_| {}).unwrap();
        assert!(!report.findings.is_empty(), "{engine:?}: a name written past the program is found");
        assert_eq!(admin.post(&undo, &[("command_id", "undo-name")]).status, 303);
        let page = admin.get("/offices/own").body;
        assert!(page.contains(old) && !page.contains(new), "{engine:?}: {page}");
        sound();
    }
}

#[test]
fn a_centre_is_closed_when_nothing_is_left_in_it_and_opened_again_by_undo() {
    for engine in BOTH {
        let (site, mut admin) = founded(engine);
        let north = [("name", "架空市北部こども家庭センター"), ("kind", "family_centre"), ("since", "R6.4.1")];
        assert_eq!(change(&mut admin, "/offices/new", &north).status, 303);
        let mut head = hired(&site, &mut admin, "tokatsu", "南　統", "coordinator");
        import(&mut admin);
        let page = admin.get("/offices/close").body;
        for told in ["台帳に残っている方か、開いている対応", "担当替え", "href=\"/staff\""] {
            assert!(page.contains(told), "{engine:?} {told}: {page}");
        }
        assert!(!page.contains("action=\"/offices/close\""), "no form while somebody is there");
        let closing = [("command_id", "close-1"), ("day", "きょう"), ("reason", "北部と一つにした")];
        let refused = admin.post("/offices/close", &closing);
        assert!(refused.status == 422 && refused.body.contains("まだ閉鎖できません"), "{}", refused.body);
        assert_eq!(head.get("/offices/close").status, 404);

        switched(&mut admin, "北部");
        let page = admin.get("/offices/close").body;
        assert!(page.contains("action=\"/offices/close\""), "{engine:?}: {page}");
        let nothing = change(&mut admin, "/offices/close", &[("day", "R9.1.1"), ("reason", " ")]);
        assert!(nothing.status == 422 && nothing.body.contains("e-day") && nothing.body.contains("e-reason"));
        let done = change(&mut admin, "/offices/close", &[("day", "R8.11.20"), ("reason", "南部と一つにした")]);
        assert_eq!(done.status, 303, "{}", done.body);
        let undo = undo_of(&mut admin);
        let page = admin.get("/offices/own").body;
        assert!(page.contains("R8.11.20から閉鎖") && page.contains("北部こども家庭センター（閉鎖）"), "{page}");
        let fields =
            [("login", "kita"), ("name", "北　保"), ("kana", "しょくいん"), ("role", "phn"), ("from", "きょう")];
        let refused = change(&mut admin, "/staff/new", &fields);
        assert!(refused.status == 422 && refused.body.contains("閉鎖されています"), "{engine:?}: {}", refused.body);
        assert!(admin.get("/offices").body.contains("1市町村に設置"), "the city still has the other one");
        let report = check::check(&site.database, &site.books, today(), |_| {}).unwrap();
        assert!(report.findings.is_empty(), "{engine:?}: {:#?}", report.findings);

        assert_eq!(admin.post(&undo, &[("command_id", "undo-close")]).status, 303);
        assert!(
            !admin.get("/offices/own").body.contains("閉鎖されて")
                && !admin.get("/offices/own").body.contains("から閉鎖")
        );
        assert_eq!(change(&mut admin, "/staff/new", &fields).status, 200);
        let page = admin.get("/offices/close").body;
        assert!(page.contains("ほかの職員に、このセンターの役割があります"), "{page}");
    }
}

/// Rights that somebody wrote into the database past the program are found, whichever way.
#[test]
fn a_right_that_nobody_gave_is_found() {
    let breaks = [
        ("update staff set closed_on = 1 where login = 'hoken'", "is closed, and nobody closed it"),
        ("update staff set closed_on = null where login = 'gone'", "does not close on the recorded day"),
        ("update post set until_day = null where staff = 3", "is not what was recorded"),
        ("insert into post (staff, keeper, role, from_day) values (1, 2, 'head', 20000)", "was recorded by nobody"),
        ("insert into post (staff, keeper, role, from_day) values (1, 1, 'head', 20000)", "was recorded by nobody"),
        ("insert into staff (login, name, kana, password) values ('x', 'x', 'x', 'x')", "was recorded by nobody"),
        (
            "insert into staff (login, name, kana, password, event) values ('y', 'y', 'y', 'y', 999)",
            "was recorded by nobody",
        ),
        (
            "insert into post (staff, keeper, role, from_day, event) \
             select staff, keeper, 'head', from_day, event from post where event is not null",
            "was recorded by nobody",
        ),
    ];
    for engine in BOTH {
        let (site, mut admin) = founded(engine);
        hired(&site, &mut admin, "hoken", "港　保", "phn");
        hired(&site, &mut admin, "gone", "港　去", "phn");
        let closed = change(&mut admin, "/staff/3/close", &[("day", "きょう")]);
        assert_eq!(closed.status, 303, "{engine:?}: {}", closed.body);
        let owner = owner(&site.database);
        let found = || -> Vec<String> {
            let report = check::check(&owner, &site.books, today(), |_| {}).unwrap();
            report.findings.iter().map(ToString::to_string).collect()
        };
        let mut before = found();
        assert_eq!(before, [] as [&str; 0], "{engine:?}");
        for (sql, wanted) in breaks {
            let broken: Result<(), Fault> = owner.write_all(|db| Ok(db.batch_execute(sql)?));
            broken.unwrap();
            let now = found();
            let new: Vec<&String> = now.iter().filter(|said| !before.contains(said)).collect();
            assert!(new.iter().any(|said| said.contains(wanted)), "{engine:?}: {sql}: {new:?}");
            before = now;
        }
    }
}
