//! Somebody known to the 要対協 compartment only (a 通告 of a child of whom nobody else knows) is nobody to everybody else: no
//! page, list, search, count, form or proposal differs from what it says while that person is another city's.

use casework::{Act, Body, Permission, Role, Sensitivity, body::Resident};
use rules::Span;
use server::routes::{Method, ROUTES};

use crate::stories::access::make_narrow;
use crate::stories::compartment::still;
use crate::stories::desk::{act_of, day, pregnant};
use crate::support::site::{Answer, BOTH, CENTRE, Engine, OTHER_CITY, Site, Visitor, today};

const NAME: &str = "奥津 城子";
/// What outsiders may try to find them by.
const TERMS: [&str; 6] = [NAME, "おくつ", "オクツ シロコ", "558899", "090-5550-0188", ""];

/// The centre with an ordinary mother, and somebody nobody else knows of, under this keeper.
fn site_with(engine: Engine, keeper: i64) -> (Site, i64) {
    let site = Site::start(engine);
    let mother = pregnant(&mut site.as_role(Role::Phn), "R8.12.20");
    let resident = Resident {
        number: "558899".into(),
        household: "世帯558899".into(),
        name: NAME.into(),
        kana: "おくつ しろこ".into(),
        sex: "F".into(),
        birth: Some(Span::on(day("2026-03-05"))),
        address: "奥津町1丁目1".into(),
        district: "奥津区".into(),
        phone: "090-5550-0188".into(),
        cause: "present".into(),
        ..Resident::default()
    };
    let on = Span::on(today());
    let open = Act::Open { day: on, source: "own".into(), resident, protected: false };
    let file = act_of(&site, keeper, open).opened[0];
    let put = |body: Body| {
        let (source, sensitivity) = (String::from("own"), Sensitivity::Compartment);
        act_of(&site, keeper, Act::Record { file, episode: None, day: on, source, sensitivity, body });
    };
    put(Body::Note { text: "城子の通告".into() });
    put(Body::Period { name: "youtaikyo".into(), until: None, note: "奥津城の会議".into() });
    // The mother's file may not tell of the link either.
    put(if keeper == CENTRE {
        Body::Relation { to: mother, role: "mother".into(), until: None, hidden: false }
    } else {
        Body::Note { text: "続柄の代わり".into() }
    });
    make_narrow(&site, file);
    (site, file)
}

fn told(what: &str, answer: &Answer) -> String {
    let parts = answer.body.split("data-ends-in");
    let body: String = parts.map(|part| part.split_once('>').map_or(part, |(_, rest)| rest)).collect();
    // What somebody typed comes back in its field; an address brings nothing.
    let names = ["奥津", "城子", "おくつ"].iter().any(|word| body.contains(word));
    assert!(what.starts_with("post") || !names, "{what}: {body}");
    let (to, body) = (still(answer.location()), without_times(&still(&body)));
    format!("{what} {} {to} {body}", answer.status)
}

/// The end of a session and the like: two visits are not made in the same minute.
fn without_times(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let of_time = |at: usize| {
        let colon =
            (at.saturating_sub(2)..=at + 2).find(|at| chars.get(*at) == Some(&':') && digit(at + 1) && digit(at + 2));
        colon.is_some_and(|colon| colon > 0 && digit(colon - 1))
    };
    chars
        .iter()
        .enumerate()
        .filter(|(at, c)| !(of_time(*at) && (c.is_ascii_digit() || **c == ':')))
        .map(|(_, c)| c)
        .collect()
}

/// Everything somebody can look at, and every form sent about a file.
fn everything(visitor: &mut Visitor, file: i64, event: i64) -> Vec<String> {
    let mut all = Vec::new();
    let of = |path: &str| path.replace("{id}", &file.to_string()).replace("{event}", &event.to_string());
    let about = |path: &str| path.starts_with("/persons/{id}");
    let searches = TERMS.map(|term| (String::from("/persons"), vec![("term", term)]));
    let same = [("name", NAME), ("kana", "オクツ シロコ"), ("birth", "R8.3.5"), ("sex", "F")];
    let number = [
        ("number", "558899"),
        ("kana", "オクツ シロコ"),
        ("birth", "R8.3.5"),
        ("reason", "命に関わる電話。経過を確かめる。"),
    ];
    let forms = [(String::from("/persons/new"), same.to_vec()), (String::from("/emergencies/new"), number.to_vec())];
    let posts = ROUTES.iter().filter(|r| r.method == Method::Post && about(r.path));
    let posts =
        posts.map(|r| (of(r.path), vec![("command_id", "known"), ("reason", "試験"), ("purpose", "asked_meeting")]));
    for (path, fields) in searches.into_iter().chain(forms).chain(posts) {
        all.push(told(&format!("post {path}"), &visitor.post(&path, &fields)));
    }
    let plain = ROUTES.iter().filter(|r| r.method == Method::Get && (about(r.path) || !r.path.contains('{')));
    // Who is on the clock and in which draft is not about anybody.
    let lists = ["state=all", "state=planned", "scope=mine"].map(|how| format!("/today?scope=office&{how}"));
    let sweep = ["/supervision/rehearsal?staff=2", "/supervision/escalations?all=1", "/certify?as_of=2026-11-24"];
    for path in plain.map(|r| of(r.path)).chain(lists).chain(sweep.map(String::from)) {
        all.push(told(&path, &visitor.get(&path)));
    }
    all
}

#[test]
fn whoever_only_the_compartment_knows_is_nobody_to_everybody_else() {
    for engine in BOTH {
        let ((here, file), (elsewhere, other)) = (site_with(engine, CENTRE), site_with(engine, OTHER_CITY));
        assert_eq!(file, other);
        let event = here.count(&format!("select min(id) as n from event where file = {file}"));
        // One engine with everybody, the other with those who see most and least.
        let few = [Role::Phn, Role::Clerk, Role::Admin];
        let asked =
            |role: &Role| !role.may(Permission::KeepCompartment) && (engine == Engine::Sqlite || few.contains(role));
        for role in Role::ALL.into_iter().filter(asked) {
            let (mut one, mut two) = (here.as_role(role), elsewhere.as_role(role));
            let (one, two) = (everything(&mut one, file, event), everything(&mut two, file, event));
            for (is, would) in one.iter().zip(&two) {
                assert_eq!(is, would, "{engine:?} {role:?}");
            }
            let nobody = told("", &here.as_role(role).get("/persons/987654321"));
            assert_eq!(told("", &here.as_role(role).get(&format!("/persons/{file}"))), nobody, "{engine:?} {role:?}");
        }
        let mut team = here.as_role(Role::ProtectionWorker);
        team.post(&format!("/persons/{file}/purpose"), &[("purpose", "asked_meeting")]);
        let page = team.get(&format!("/persons/{file}"));
        assert!(page.status == 200 && page.body.contains("奥津"), "{engine:?}: {}", page.body);
    }
}
