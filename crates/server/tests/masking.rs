//! 秘匿: where a protected person is stands on no page of no role, in no address and in no log (practice.md §5).
//!
//! Every GET route of the table is walked with her ids by everybody who works here. Before the protection the same walk
//! does find the places, so that silence afterwards means something.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use casework::birth::{Birth, Child};
use casework::body::{Contact, Pregnancy, Reached, Resident, Seen, Service, Stay};
use casework::disclosure::{Request, Requester};
use casework::{Act, Body, Role, Sensitivity};
use rules::{Day, Span};
use server::platform::web::reply::percent;
use server::platform::{Fault, db::IdRow, store::Applied};
use server::routes::{Method, ROUTES};
use support::kinds::{Kinds, run_as};
use support::log;
use support::site::{Answer, BOTH, CENTRE, Engine, Site, Visitor, today};

const NAME: &str = "架空 暁子";
/// Where she is, or may be found.
const PLACES: [&str; 12] = [
    "曙町9丁目8-7",
    "999-0199",
    "090-5550-0199",
    "曙地区",
    "世帯77077",
    "暁県宵市",
    "黎明産院",
    "黎明市の実家",
    "黎明公民館",
    "黎明診療所",
    "黎明病院",
    "黎明市外",
];
/// Whoever opens every line of every list as well: elsewhere the same pages are drawn.
const CLOSELY: [Role; 3] = [Role::Phn, Role::Head, Role::Clerk];
/// Pages that lead on to another one, whoever asks.
const NOT_DRAWN: [(&str, &str); 4] = [
    ("/", "leads to the first page of the role"),
    ("/session", "whoever is signed in is led on"),
    ("/session/lock", "nobody's screen is locked here"),
    ("/manual", "leads to the chapter of the role"),
];
/// What a page never tells even without protection is not looked for in the first walk.
const SHOWN_BEFORE: [&str; 6] = [PLACES[0], PLACES[2], PLACES[3], PLACES[6], PLACES[7], PLACES[8]];

fn seen(place: &str) -> Option<Seen> {
    Some(Seen { by: "self".into(), place: place.into(), how: "seen".into() })
}

fn run(site: &Site, id: &str, act: Act) -> Applied {
    run_as(site, CENTRE, id, act)
}

fn record(site: &Site, id: &str, file: i64, episode: Option<i32>, body: Body) {
    let (day, source) = (Span::on(today()), String::from("own"));
    run(site, id, Act::Record { file, episode, day, source, sensitivity: Sensitivity::Ordinary, body });
}

/// Her row of a residents' file that somebody looks at: as it is on file, and with what cannot be read.
fn register() -> String {
    let [address, postcode, phone, district, household, from, ..] = PLACES;
    let birth = "1994-04-02";
    format!(
        "5501,{household},{NAME},かくう あきこ,{birth},女,世帯主,{postcode},{address},{district},{phone},転入,2026-05-01,{from},1,\r\n\
         5502,{household},架空 東雲,かくう しののめ,おとつい,女,子,{postcode},{address},{district},{phone},,,,,\r\n"
    )
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn resident() -> Resident {
    Resident {
        number: "5501".into(),
        household: PLACES[4].into(),
        name: NAME.into(),
        kana: "かくう あきこ".into(),
        sex: "F".into(),
        birth: Some(Span::on(day("1994-04-02"))),
        relation: "世帯主".into(),
        postcode: PLACES[1].into(),
        address: PLACES[0].into(),
        district: PLACES[3].into(),
        phone: PLACES[2].into(),
        cause: "moved_in".into(),
        from_place: PLACES[5].into(),
        ..Resident::default()
    }
}

fn pregnancy(edd: &str) -> Pregnancy {
    Pregnancy {
        edd: day(edd),
        fetuses: 1,
        birth_order: Some(1),
        satogaeri: Some(Stay { from: day("2026-10-20"), until: None, place: PLACES[7].into() }),
        clinic: PLACES[6].into(),
        note: String::new(),
        next: None,
    }
}

/// A mother with everything that tells a place, her newborn child, and her sister, who still expects one: their files.
fn family(site: &Site) -> [i64; 3] {
    let resident = resident();
    let since = Span::on(day("2026-05-01"));
    let open = Act::Open { day: since, source: "residents".into(), resident, protected: false };
    let mother = run(site, "open", open).opened[0];
    let pregnancy = pregnancy("2026-11-20");
    run(site, "notify", Act::NotifyPregnancy { file: mother, day: day("2026-06-01"), pregnancy });
    let contact = |means: &str| Contact {
        means: means.into(),
        time: None,
        with: "本人".into(),
        result: Reached::Reached,
        seen: seen(PLACES[8]),
        next: None,
        about: None,
        service: None,
        note: String::new(),
    };
    record(site, "contact", mother, Some(1), Body::Contact(contact("face")));
    let request =
        Request { by: Requester::Guardian, name: "架空 太郎".into(), from: None, to: None, due: today().plus(30) };
    record(site, "asked", mother, None, Body::Disclosure(request));
    let service = Service {
        code: "prenatal_checkup".into(),
        result: "done".into(),
        place: PLACES[9].into(),
        ..Service::default()
    };
    record(site, "service", mother, Some(1), Body::Service(service));
    let child = Child { name: "架空 東雲".into(), sex: "F".into(), weight: Some(2_950), ..Child::default() };
    let birth = Birth {
        mother,
        episode: 1,
        day: day("2026-11-18"),
        weeks: Some(39),
        place: PLACES[10].into(),
        source: "own".into(),
        home_from: None,
        children: vec![child],
    };
    let child = run(site, "birth", Act::Birth(birth)).opened[0];
    record(site, "visit", child, None, Body::Visit(contact("visit")));
    record(site, "moved", mother, None, Body::MovedOut { destination: PLACES[11].into() });
    let resident = Resident { number: "5503".into(), name: NAME.into(), ..self::resident() };
    let open = Act::Open { day: since, source: "residents".into(), resident, protected: false };
    let sister = run(site, "sister", open).opened[0];
    let pregnancy = self::pregnancy("2026-12-24");
    run(site, "sister-notify", Act::NotifyPregnancy { file: sister, day: day("2026-06-01"), pregnancy });
    [mother, child, sister]
}

/// Every GET address with the family's ids in the way, and lists as people look at them.
fn addresses(site: &Site, kinds: &Kinds, files: &[i64]) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("", String::from("/today?scope=office&state=planned")),
        ("", String::from("/today?scope=office&state=all")),
        ("", String::from("/today?scope=mine")),
        ("", String::from("/supervision/rehearsal?staff=2")),
        ("", String::from("/supervision/escalations?all=1")),
        ("", format!("/residents/{}", kinds.staged)),
        ("", String::from("/settlings/new?mode=month")),
    ];
    for route in ROUTES.iter().filter(|r| r.method == Method::Get) {
        let path = kinds.address(route.path);
        if !path.contains("{id}") {
            all.push((route.path, path));
            continue;
        }
        for file in files {
            let own = path.replace("{id}", &file.to_string());
            if !own.contains("{event}") {
                if ["/persons/{id}", "/persons/{id}/family"].contains(&route.path) {
                    all.push((route.path, format!("{own}?as_of=2026-11-24")));
                }
                all.push((route.path, own));
                continue;
            }
            let events: Result<Vec<IdRow>, Fault> = site.database.read_all(|db| {
                use diesel::{RunQueryDsl, sql_query};
                Ok(sql_query(format!("select id from event where file = {file}")).load(db)?)
            });
            let of = |event: &IdRow| (route.path, own.replace("{event}", &event.id.to_string()));
            all.extend(events.unwrap().iter().map(of));
        }
    }
    assert!(all.iter().all(|(_, path)| !path.contains('{')), "an id of another kind: {all:?}");
    all
}

/// What in a page is an address: `href`, `action`, `src`.
fn leads(page: &str) -> impl Iterator<Item = &str> {
    ["href=\"", "action=\"", "src=\""]
        .into_iter()
        .flat_map(|name| page.split(name).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

/// Nor a place. A district that may be told is chosen by an address: nobody is counted in hers once she is protected.
fn no_name_in_addresses(path: &str, answer: &Answer, protected: bool) {
    let told = PLACES.iter().filter(|place| protected || **place != PLACES[3]);
    let words: Vec<&str> = told.copied().chain([NAME, "架空", "暁子", "かくう"]).collect();
    for lead in leads(&answer.body).chain([answer.location()]) {
        for word in &words {
            let hidden =
                lead.contains(word) || lead.contains(&percent(word, false)) || lead.contains(&percent(word, true));
            assert!(!hidden, "{path} leads to {lead}");
        }
    }
}

#[derive(Default)]
struct Walk {
    /// (place, role, path) of every place that was told.
    told: Vec<(&'static str, Role, String)>,
    pages: usize,
    named: usize,
    /// Lines of lists that were opened in their place.
    panels: usize,
    /// Routes of the table that were drawn for somebody.
    drawn: BTreeSet<&'static str>,
    protected: bool,
}

impl Walk {
    fn note(&mut self, role: Role, path: &str, answer: &Answer) {
        no_name_in_addresses(path, answer, self.protected);
        self.pages += usize::from(answer.status == 200);
        self.named += usize::from(answer.body.contains(NAME));
        let all = format!("{:?}{}", answer.headers, answer.body);
        let told = PLACES.iter().filter(|place| all.contains(**place));
        self.told.extend(told.map(|place| (*place, role, path.to_owned())));
    }
}

fn walk(site: &Site, kinds: &Kinds, visitors: &mut [(Role, Visitor)], files: &[i64], protected: bool) -> Walk {
    let mut walk = Walk { protected, ..Walk::default() };
    let paths = addresses(site, kinds, files);
    for (role, visitor) in visitors {
        // Who was found in a list may be opened without being asked why.
        for term in ["かくう", "5501", ""] {
            let answer = visitor.post("/persons", &[("term", term)]);
            walk.note(*role, "/persons (search)", &answer);
        }
        let mut waiting: Vec<(&str, String)> = paths.iter().rev().cloned().collect();
        let mut opened = BTreeSet::new();
        while let Some((route, path)) = waiting.pop() {
            let answer = visitor.get(&path);
            if answer.status == 200 {
                walk.drawn.insert(route);
            }
            assert!(answer.status < 500, "{role:?} {path}: {}", answer.status);
            walk.note(*role, &path, &answer);
            // A line of a list opens in its place, with the forms to act on it.
            let panels = leads(&answer.body).filter(|lead| CLOSELY.contains(role) && lead.contains("open="));
            for lead in panels.map(|lead| lead.replace("&amp;", "&").replace("&#38;", "&")) {
                let page = lead.split('#').next().unwrap_or_default().to_owned();
                if opened.insert(page.clone()) {
                    waiting.push(("", page));
                }
            }
        }
        walk.panels += opened.len();
    }
    walk
}

/// Forms sent empty are drawn again with what is known of her.
fn refused_forms(walk: &mut Walk, visitors: &mut [(Role, Visitor)], files: &[i64]) {
    let harmless = |path: &str| {
        path.contains("{id}") && !["{event}", "reveal", "drafts", "protection"].iter().any(|p| path.contains(p))
    };
    for route in ROUTES.iter().filter(|r| r.method == Method::Post && harmless(r.path)) {
        for (role, visitor) in &mut *visitors {
            for file in files {
                let path = route.path.replace("{id}", &file.to_string());
                let answer = visitor.post(&path, &[]);
                assert!(answer.status < 500, "{role:?} {path}: {}", answer.status);
                walk.note(*role, &path, &answer);
            }
        }
    }
}

fn masked_everywhere(engine: Engine) {
    let site = Site::by_own_books(engine);
    let files = family(&site);
    let kinds = Kinds::make(&site, files[0], &register());
    // What the 引継書 says of her is walked too.
    let sheet = site.as_role(Role::Coordinator).get(&format!("/supervision/handovers/{}", kinds.handover));
    assert!(sheet.body.contains(NAME) && sheet.body.contains("引継書"), "{}", sheet.body);
    // One engine with everybody, the other with those who see most and least.
    let roles =
        Role::ALL.into_iter().filter(|role| engine == Engine::Sqlite || *role == Role::Admin || CLOSELY.contains(role));
    let mut visitors: Vec<(Role, Visitor)> = roles.map(|role| (role, site.as_role(role))).collect();
    let mut closely: Vec<(Role, Visitor)> = CLOSELY.map(|role| (role, site.as_role(role))).into();
    let before = walk(&site, &kinds, &mut closely, &files, false);
    let found: BTreeSet<&str> = before.told.iter().map(|(place, ..)| *place).collect();
    for place in SHOWN_BEFORE {
        assert!(found.contains(place), "{engine:?}: {place} is not even looked at: {found:?}");
    }
    for file in files {
        record(
            &site,
            &format!("shield-{file}"),
            file,
            None,
            Body::Protection { on: true, note: String::new(), review: None },
        );
    }
    let mut after = walk(&site, &kinds, &mut visitors, &files, true);
    assert_eq!(after.told, [], "{engine:?}");
    // A district may stand in an address while somebody is counted there; now nobody is.
    for path in ["/supervision?by=district", "/supervision/handovers/new?from=1"] {
        let answer = site.as_role(Role::Coordinator).get(path);
        after.note(Role::Coordinator, path, &answer);
    }
    assert_eq!(after.told, [], "{engine:?}: 体制");
    let gets = ROUTES.iter().filter(|route| route.method == Method::Get).map(|route| route.path);
    let missed: Vec<&str> = gets.filter(|path| !after.drawn.contains(path)).collect();
    assert_eq!(missed, NOT_DRAWN.map(|(path, _)| path), "{engine:?}: searched with ids of nothing");
    let Walk { pages, named, panels, .. } = after;
    println!("{engine:?}: {pages} pages, {named} with her name, {panels} opened lines");
    assert!(pages > 100 && named > 60 && panels > 10, "{engine:?}: {pages} pages, {named} named, {panels} panels");
    refused_forms(&mut after, &mut visitors, &files);
    assert_eq!(after.told, [], "{engine:?}: a refused form");
}

#[test]
fn nobody_is_told_where_she_is_on_any_page_in_any_address_or_log() {
    let begun = log::begin();
    for engine in BOTH {
        masked_everywhere(engine);
    }
    let logged = log::since(begun);
    assert!(logged.matches("answered").count() > 400, "the requests are logged");
    for word in PLACES.iter().chain(&[NAME, "かくう", "暁子", "東雲"]) {
        let line = logged.lines().find(|l| l.contains(word) || l.contains(&percent(word, false)));
        assert_eq!(line, None, "the log tells {word}");
    }
}
