//! 秘匿: where a protected person is stands on no page of no role, in no address and in no log (practice.md §5).
//!
//! Every GET route of the table is walked with her ids by everybody who works here. Before the protection the same walk
//! does find the places, so that silence afterwards means something.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use casework::birth::{Birth, Child};
use casework::body::{Contact, Pregnancy, Reached, Resident, Seen, Service, Stay};
use casework::{Act, Body, Command, Role, Sensitivity};
use rules::{Day, Span};
use server::intake::imports::apply::{Work, run as run_import};
use server::platform::web::reply::percent;
use server::platform::{
    Actor, Fault,
    db::IdRow,
    rulebook::{self, Books},
    store::{Applied, Desk, apply, write::NotApplied},
};
use server::routes::{Method, ROUTES};
use server::supervision::handovers::Handover;
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
/// What a page never tells even without protection is not looked for in the first walk.
const SHOWN_BEFORE: [&str; 6] = [PLACES[0], PLACES[2], PLACES[3], PLACES[6], PLACES[7], PLACES[8]];

fn seen(place: &str) -> Option<Seen> {
    Some(Seen { by: "self".into(), place: place.into(), how: "seen".into() })
}

/// Applies past the forms, as the nurse of the centre.
fn run(site: &Site, id: &str, act: Act) -> Applied {
    let actor = Actor { staff: 1, post: 1, role: Role::Phn, ..Actor::program(vec![CENTRE]) };
    let books = Books::one(rulebook::shipped().unwrap());
    let done: Result<Applied, NotApplied> = site.doors.write(&actor, |door| {
        let (today, now) = (door.today(), door.now());
        let keepers = &[CENTRE];
        let desk = Desk { keeper: CENTRE, keepers, actor: 1, today, now, batch: None, books: &books };
        apply(door.db, &desk, &Command { id: id.to_owned(), act, seen: Vec::new() })
    });
    done.unwrap_or_else(|e| panic!("{id}: {e:?}"))
}

fn record(site: &Site, id: &str, file: i64, episode: Option<i32>, body: Body) {
    let (day, source) = (Span::on(today()), String::from("own"));
    run(site, id, Act::Record { file, episode, day, source, sensitivity: Sensitivity::Ordinary, body });
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

/// A mother with everything that tells a place, and her newborn child: their files.
fn family(site: &Site) -> [i64; 2] {
    let resident = Resident {
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
    };
    let since = Span::on(day("2026-05-01"));
    let open = Act::Open { day: since, source: "residents".into(), resident, protected: false };
    let mother = run(site, "open", open).opened[0];
    let pregnancy = Pregnancy {
        edd: day("2026-11-20"),
        fetuses: 1,
        birth_order: Some(1),
        satogaeri: Some(Stay { from: day("2026-10-20"), until: None, place: PLACES[7].into() }),
        clinic: PLACES[6].into(),
        note: String::new(),
        next: None,
    };
    run(site, "notify", Act::NotifyPregnancy { file: mother, day: day("2026-06-01"), pregnancy });
    let contact = |means: &str| Contact {
        means: means.into(),
        with: "本人".into(),
        result: Reached::Reached,
        seen: seen(PLACES[8]),
        next: None,
        about: None,
        service: None,
        note: String::new(),
    };
    record(site, "contact", mother, Some(1), Body::Contact(contact("face")));
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
    [mother, child]
}

/// Every GET address with the family's ids in the way, and lists as people look at them.
fn addresses(site: &Site, files: &[i64]) -> Vec<String> {
    let mut all = vec![
        String::from("/today?scope=office&state=planned"),
        String::from("/today?scope=office&state=all"),
        String::from("/today?scope=mine"),
        String::from("/supervision/rehearsal?staff=2"),
        String::from("/supervision/escalations?all=1"),
        format!("/supervision/handovers/{}", handover(site)),
    ];
    for route in ROUTES.iter().filter(|r| r.method == Method::Get) {
        if !route.path.contains('{') {
            all.push(route.path.to_owned());
            continue;
        }
        // What has a name of its own: a setting, a chapter of the manual, a post.
        let names = [("{name}", "near_days"), ("{page}", "privacy"), ("{post}", "1")];
        let path = names.iter().fold(route.path.to_owned(), |path, (part, name)| path.replace(part, name));
        for file in files {
            let own = path.replace("{id}", &file.to_string());
            if !own.contains('{') {
                all.push(format!("{own}?as_of=2026-11-24"));
                all.push(own);
                continue;
            }
            let events: Result<Vec<IdRow>, Fault> = site.database.read_all(|db| {
                use diesel::{RunQueryDsl, sql_query};
                Ok(sql_query(format!("select id from event where file = {file}")).load(db)?)
            });
            let events = events.unwrap();
            // Records, lines of an import and proposals are numbered: small numbers meet some of each.
            let named =
                |id: String| ["{event}", "{line}", "{proposal}"].iter().fold(own.clone(), |p, n| p.replace(n, &id));
            all.extend(events.iter().map(|event| named(event.id.to_string())));
        }
    }
    assert!(all.iter().all(|path| !path.contains('{')), "an id of another kind: {all:?}");
    all
}

/// Her family goes to the midwife: what the 引継書 says of her is walked too.
fn hand_over(site: &Site, mother: i64) {
    let support = Body::Period { name: "needs_support".into(), until: None, note: String::new() };
    record(site, "support", mother, None, support);
    let mut head = site.as_role(Role::Coordinator);
    let fields = [("command_id", "hand"), ("extra_to", "2"), ("from_day", "2026-11-24"), ("reason", "")];
    let answer = head.post("/supervision/handovers", &fields);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let (actor, id) = (Actor::program(vec![CENTRE]), handover(site));
    let work = Work { doors: &site.doors, actor: &actor, books: &site.books };
    run_import::<Handover>(work, id, |_| {}).unwrap();
    let sheet = head.get(&format!("/supervision/handovers/{id}"));
    assert!(sheet.body.contains(NAME) && sheet.body.contains("引継書"), "{}", sheet.body);
}

fn handover(site: &Site) -> i64 {
    site.count("select max(id) as n from batch where kind = 'handover'")
}

/// What in a page is an address: `href`, `action`, `src`.
fn leads(page: &str) -> impl Iterator<Item = &str> {
    ["href=\"", "action=\"", "src=\""]
        .into_iter()
        .flat_map(|name| page.split(name).skip(1))
        .filter_map(|rest| rest.split('"').next())
}

fn no_name_in_addresses(path: &str, answer: &Answer) {
    for lead in leads(&answer.body).chain([answer.location()]) {
        for word in PLACES.iter().chain(&[NAME, "架空", "暁子", "かくう"]) {
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
}

impl Walk {
    fn note(&mut self, role: Role, path: &str, answer: &Answer) {
        no_name_in_addresses(path, answer);
        self.pages += usize::from(answer.status == 200);
        self.named += usize::from(answer.body.contains(NAME));
        let all = format!("{:?}{}", answer.headers, answer.body);
        let told = PLACES.iter().filter(|place| all.contains(**place));
        self.told.extend(told.map(|place| (*place, role, path.to_owned())));
    }
}

fn walk(site: &Site, visitors: &mut [(Role, Visitor)], files: &[i64]) -> Walk {
    let mut walk = Walk::default();
    let paths = addresses(site, files);
    for (role, visitor) in visitors {
        // Who was found in a list may be opened without being asked why.
        for term in ["かくう", "5501", ""] {
            let answer = visitor.post("/persons", &[("term", term)]);
            walk.note(*role, "/persons (search)", &answer);
        }
        let mut waiting: Vec<String> = paths.iter().rev().cloned().collect();
        let mut opened = BTreeSet::new();
        while let Some(path) = waiting.pop() {
            let answer = visitor.get(&path);
            assert!(answer.status < 500, "{role:?} {path}: {}", answer.status);
            walk.note(*role, &path, &answer);
            // A line of a list opens in its place, with the forms to act on it.
            let panels = leads(&answer.body).filter(|lead| CLOSELY.contains(role) && lead.contains("open="));
            for lead in panels.map(|lead| lead.replace("&amp;", "&").replace("&#38;", "&")) {
                let page = lead.split('#').next().unwrap_or_default().to_owned();
                if opened.insert(page.clone()) {
                    waiting.push(page);
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

/// Everything the program logs, however chatty.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn masked_everywhere(engine: Engine) {
    let site = Site::start(engine);
    let files = family(&site);
    hand_over(&site, files[0]);
    // One engine with everybody, the other with those who see most and least.
    let roles = Role::ALL.into_iter().filter(|role| engine == Engine::Sqlite || CLOSELY.contains(role));
    let mut visitors: Vec<(Role, Visitor)> = roles.map(|role| (role, site.as_role(role))).collect();
    let before = walk(&site, &mut visitors, &files);
    let found: BTreeSet<&str> = before.told.iter().map(|(place, ..)| *place).collect();
    for place in SHOWN_BEFORE {
        assert!(found.contains(place), "{engine:?}: {place} is not even looked at: {found:?}");
    }
    for file in files {
        record(&site, &format!("shield-{file}"), file, None, Body::Protection { on: true, note: String::new() });
    }
    let mut after = walk(&site, &mut visitors, &files);
    assert_eq!(after.told, [], "{engine:?}");
    // A district may stand in an address while somebody is counted there; now nobody is.
    for path in ["/supervision?by=district", "/supervision/handovers/new?from=1"] {
        let answer = site.as_role(Role::Coordinator).get(path);
        after.note(Role::Coordinator, path, &answer);
    }
    assert_eq!(after.told, [], "{engine:?}: 体制");
    let Walk { pages, named, panels, .. } = after;
    println!("{engine:?}: {pages} pages, {named} with her name, {panels} opened lines");
    assert!(pages > 100 && named > 60 && panels > 10, "{engine:?}: {pages} pages, {named} named, {panels} panels");
    refused_forms(&mut after, &mut visitors, &files);
    assert_eq!(after.told, [], "{engine:?}: a refused form");
}

#[test]
fn nobody_is_told_where_she_is_on_any_page_in_any_address_or_log() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).init();
    for engine in BOTH {
        masked_everywhere(engine);
    }
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.matches("answered").count() > 400, "the requests are logged");
    for word in PLACES.iter().chain(&[NAME, "かくう", "暁子", "東雲"]) {
        let line = logged.lines().find(|l| l.contains(word) || l.contains(&percent(word, false)));
        assert_eq!(line, None, "the log tells {word}");
    }
}
