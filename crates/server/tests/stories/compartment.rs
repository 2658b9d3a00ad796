//! 要対協・通告: what the compartment keeps is not there for anybody else.

use casework::{Body, Role, Sensitivity};

use super::desk::{event, hidden, mother, pregnant, record, register, send};
use crate::support::site::{Answer, BOTH, Site, Visitor};

/// A form of the compartment's page, sent as drawn.
fn put(visitor: &mut Visitor, file: i64, typed: &[(&str, &str)]) -> Answer {
    visitor.get("/persons");
    let path = format!("/persons/{file}/compartment");
    let page = visitor.get(&path);
    assert_eq!(page.status, 200, "{}", page.body);
    let form = page.body.split("<form class=\"card form\"").nth(1).unwrap_or(&page.body).to_owned();
    let mut fields: Vec<(String, String)> =
        ["command_id", "version", "return_to"].iter().map(|n| ((*n).to_owned(), hidden(&form, n))).collect();
    fields.extend(typed.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    send(visitor, &path, &fields)
}

/// A page without what is drawn anew each time: tokens, and the clock.
pub fn still(page: &str) -> String {
    let token = |word: &&str| !(word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit()));
    let words: Vec<&str> = page.split(['"', '=']).filter(token).collect();
    words
        .join("\"")
        .replace('\n', " ")
        .split(' ')
        .filter(|w| !w.contains("時点") && !w.starts_with("data-ends"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn everything(visitor: &mut Visitor, file: i64) -> Vec<String> {
    let person = format!("/persons/{file}");
    let forms = ["notes/new", "contacts/new", "visits/new", "closures/new", "caution", "family"]
        .map(|what| format!("{person}/{what}"));
    let lists = ["/today?scope=office&state=all", "/today?scope=office&state=planned", "/persons", "/settlings"]
        .map(String::from);
    let mut pages = Vec::new();
    for path in lists.into_iter().chain([person]).chain(forms) {
        let page = visitor.get(&path);
        let body = page
            .body
            .split("data-ends-in")
            .map(|part| part.split_once('>').map_or(part, |(_, rest)| rest))
            .collect::<String>();
        pages.push(format!("{path} {} {}", page.status, still(&body)));
    }
    pages
}

#[test]
fn nobody_outside_can_tell_that_anything_was_recorded() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        let outside: Vec<Role> =
            Role::ALL.into_iter().filter(|r| !r.may(casework::Permission::KeepCompartment)).collect();
        let mut others: Vec<(Role, Visitor)> = outside.into_iter().map(|role| (role, site.as_role(role))).collect();
        let mut before: Vec<Vec<String>> = Vec::new();
        for (_, visitor) in &mut others {
            everything(visitor, file);
            before.push(everything(visitor, file));
        }
        let mut team = site.as_role(Role::ProtectionWorker);
        let typed = [("what", "period"), ("kind", "特定妊婦"), ("day", "R8.11.20"), ("note", "会議で決定")];
        assert_eq!(put(&mut team, file, &typed).status, 303);
        let typed = [
            ("what", "report"),
            ("report_day", "R8.11.19"),
            ("report_who", "隣の人"),
            ("report_place", "集合住宅"),
            ("report_text", "泣き声"),
        ];
        assert_eq!(put(&mut team, file, &typed).status, 303);
        assert_eq!(
            site.count("select count(*) as n from event where sensitivity = 2 and kind in ('period', 'note')"),
            2
        );
        for ((role, visitor), before) in others.iter_mut().zip(&before) {
            for (was, is) in before.iter().zip(everything(visitor, file)) {
                assert_eq!(*was, is, "{engine:?} {role:?}");
            }
            assert_eq!(visitor.get(&format!("/persons/{file}/compartment")).status, 404, "{role:?}");
        }
        let page = team.get(&format!("/persons/{file}/compartment")).body;
        for told in ["特定妊婦（調整機関の決定）会議で決定", "隣の人", "集合住宅", "泣き声"]
        {
            assert!(page.contains(told), "{told}: {page}");
        }
        let marked = |text| {
            [
                ("what", "report"),
                ("report_day", "R8.11.19"),
                ("report_who", "祖母"),
                ("report_place", ""),
                ("report_text", text),
            ]
        };
        let open = put(&mut team, file, &marked("〔第三者：祖母から聞いた"));
        assert_eq!(open.status, 422);
        assert!(open.body.contains("e-report_text") && open.body.contains("しるしが閉じていません"), "{}", open.body);
        assert_eq!(put(&mut team, file, &marked("〔第三者：祖母から聞いた〕")).status, 303);
        let page = team.get(&format!("/persons/{file}/compartment")).body;
        assert!(page.contains("data-mark-in=\"f-report_text\"") && page.contains("data-mark-in=\"f-note\""), "{page}");
        assert!(page.contains("<span class=\"mk__l\">第三者</span>祖母から聞いた"), "{page}");
        // A form drawn before goes through: no conflict tells of it.
        let typed = [("note", "電話あり"), ("day", "きょう")];
        let path = format!("/persons/{file}/notes/new");
        let fields = super::desk::filled(&mut nurse, &path, &typed);
        let period = event(&site, file, "period");
        assert_eq!(
            put(&mut team, file, &[("what", "end"), ("event", &period.to_string()), ("end_day", "R8.11.23")]).status,
            303
        );
        assert_eq!(send(&mut nurse, &path, &fields).status, 303);
        assert!(team.get(&format!("/persons/{file}/compartment")).body.contains("R8.11.20〜R8.11.23"));
        assert_eq!(
            put(&mut team, file, &[("what", "end"), ("event", &period.to_string()), ("end_day", "R8.11.1")]).status,
            422
        );
        assert_eq!(put(&mut team, file, &[("what", "period"), ("kind", "その他"), ("day", "")]).status, 422);
    }
}

#[test]
fn a_hidden_link_is_gone_for_everybody_and_comes_back_whole() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let woman = mother(&mut nurse);
        let child = register(
            &mut nurse,
            &[("name", "架空 一郎"), ("kana", "カクウ イチロウ"), ("birth", "R8.6.1"), ("sex", "M")],
        );
        let link = Body::Relation { to: woman, role: "mother".into(), until: None, hidden: false };
        record(&site, "link", child, Sensitivity::Ordinary, link);
        let mut head = site.as_role(Role::Head);
        let typed = [("what", "hide"), ("to", &woman.to_string())].map(|(a, b)| (a, b.to_owned()));
        let typed: Vec<(&str, &str)> = typed.iter().map(|(a, b)| (*a, b.as_str())).collect();
        assert_eq!(put(&mut head, child, &typed).status, 303, "{engine:?}");
        for role in [Role::Phn, Role::Head, Role::ProtectionWorker] {
            let mut somebody = site.as_role(role);
            somebody.get("/persons");
            assert!(!somebody.get(&format!("/persons/{child}")).body.contains("架空 美穂"), "{role:?}");
            assert!(!somebody.get(&format!("/persons/{woman}")).body.contains("架空 一郎"), "{role:?}");
        }
        let page = head.get(&format!("/persons/{child}/compartment")).body;
        assert!(page.contains("続柄を1件隠しています") && !page.contains("架空 美穂"), "not even to whoever hid it");
        let hidden = event(&site, child, "relation").to_string();
        assert_eq!(put(&mut head, child, &[("what", "show"), ("event", &hidden)]).status, 303);
        assert_eq!(put(&mut head, child, &[("what", "show"), ("event", &hidden)]).status, 303, "pressed twice");
        nurse.get("/persons");
        assert!(nurse.get(&format!("/persons/{child}")).body.contains("架空 美穂"));
        assert!(nurse.get(&format!("/persons/{woman}")).body.contains("架空 一郎"));
    }
}
