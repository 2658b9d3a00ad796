//! Who gets what: every route of the table asked by every role with real ids, for a person of the office (ordinary and
//! protected) and one of another office, compared with `access.txt` and with the permission table. Changed rights show up
//! as changed text; `TSUMUGI_UPDATE=1 cargo test -p server --test stories access` writes the file anew.

use std::io::Cursor;

use casework::{
    Act, Body, Command, Role, Sensitivity,
    body::{Absence, Contact, Pregnancy, Reached, Resident, Seen, Stay},
};
use diesel::{RunQueryDsl, sql_types::BigInt};
use rules::Span;
use server::intake::{events, imports::apply as imports, residents};
use server::platform::{
    Actor, Fault, Problem,
    session::drafts,
    sql,
    store::{Applied, Desk, apply},
};
use server::routes::{Method, ROUTES, Route};
use server::settlings::{
    Settling,
    group::{Group, Part},
    stage::{Asked, order},
};
use server::supervision::handovers::Handover;

use super::desk::{day, fill};
use crate::support::site::{CENTRE, Engine, OTHER_CITY, Site, Visitor, today};

/// Where somebody protected is: in no answer to anybody.
const PLACES: [&str; 7] =
    ["曙町9丁目8-7", "090-5550-0199", "曙地区", "世帯77077", "黎明産院", "黎明市の実家", "黎明公民館"];
/// What only the 要対協 compartment knows.
const NARROW: &str = "奥津城の会議";
/// Of another office: in no answer to anybody here.
const THEIRS: &str = "他市 見知";

/// The city above the centre.
const CITY: i64 = 2;

/// Routes that stay closed although the role may open them, and why.
const EXCEPT: [(&str, &str); 7] = [
    ("/persons/{id}/emergency", "委託 and 自立支援員 name the person exactly before"),
    ("/supervision/handovers/{id}", "whoever gives or takes over, and the heads: the handler asks for that"),
    ("/supervision/handovers/{id}/read", "whoever takes over ticks: the handler asks for that"),
    ("/rulebook/changes/{proposal}/persons", "names are for those who may read lists: the handler asks for that too"),
    ("/session/drafts/{id}", "a draft is its author's own"),
    ("/rulebook/changes/{proposal}/publish", "nothing was approved yet"),
    ("/rulebook/changes/{proposal}/receipt", "nothing was published yet"),
];

struct Who {
    label: &'static str,
    file: i64,
    event: i64,
}

/// Something of each kind that routes name.
struct Ids {
    persons: Vec<Who>,
    residents: i64,
    events: i64,
    settling: i64,
    proposal: String,
    draft: i64,
    absence: i64,
    setting: i64,
    handover: i64,
}

impl Ids {
    /// The addresses of a route, each with what it is about.
    fn addresses(&self, route: &Route) -> Vec<(&'static str, String)> {
        let path = route.path;
        if path.starts_with("/persons/{id}") {
            let of = |who: &Who| {
                let path = path.replace("{id}", &who.file.to_string()).replace("{event}", &who.event.to_string());
                (who.label, path)
            };
            return all_named(path, self.persons.iter().map(of).collect());
        }
        let id = match path {
            _ if !path.contains('{') => String::new(),
            _ if path.starts_with("/residents/{id}") => self.residents.to_string(),
            _ if path.starts_with("/events/{id}") => self.events.to_string(),
            _ if path.starts_with("/settlings/{id}") => self.settling.to_string(),
            _ if path.starts_with("/session/drafts/{id}") => self.draft.to_string(),
            _ if path.starts_with("/rulebook/{id}") => String::from("pcv"),
            _ if path.starts_with("/staff/{id}") => String::from("1"),
            _ if path.starts_with("/supervision/handovers/{id}") => self.handover.to_string(),
            _ => String::new(),
        };
        let (event, name) = match path {
            _ if path.starts_with("/supervision/absences") => (self.absence, ""),
            _ if path.starts_with("/settings/events") => (self.setting, ""),
            "/manual/pictures/{name}" => (0, "today.webp"),
            _ => (0, "near_days"),
        };
        let path = path.replace("{id}", &id).replace("{line}", "2").replace("{proposal}", &self.proposal);
        let path = path.replace("{event}", &event.to_string()).replace("{name}", name);
        let path = path.replace("{page}", "nurse-day").replace("{post}", "1");
        let path = if path == "/readings/month" { format!("{path}?month=2026-11") } else { path };
        all_named(route.path, vec![("", path)])
    }
}

fn all_named(route: &str, paths: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    let odd = paths.iter().any(|(_, path)| path.contains('{') || path.contains("//"));
    assert!(
        !odd,
        "{route}: make something of this kind in `ids` and name it in `addresses` of tests/stories/access.rs"
    );
    paths
}

fn run(site: &Site, keeper: i64, id: &str, act: Act) -> Applied {
    let actor = Actor::program(vec![keeper]);
    let done = site.doors.write(&actor, |door| {
        let (today, now, keepers) = (door.today(), door.now(), &[keeper]);
        let desk = Desk { keeper, keepers, actor: 1, today, now, batch: None, books: &site.books };
        apply(door.db, &desk, &Command { id: id.into(), act, seen: Vec::new() }).map_err(Problem::from)
    });
    done.unwrap_or_else(|e| panic!("{id}: {e:?}"))
}

fn record(site: &Site, (keeper, file): (i64, i64), id: &str, sensitivity: Sensitivity, body: Body) -> i64 {
    let (day, source) = (Span::on(today()), String::from("own"));
    run(site, keeper, id, Act::Record { file, episode: None, day, source, sensitivity, body }).events[0]
}

/// A woman who is pregnant and was visited; everything that tells a place is marked.
fn woman(site: &Site, keeper: i64, name: &'static str, label: &'static str) -> Who {
    let marked = |text: &str| if label == "protected" { text.to_owned() } else { format!("{label}の所") };
    let resident = Resident {
        number: format!("55{}", name.len()),
        household: marked(PLACES[3]),
        name: name.into(),
        kana: "かくう".into(),
        sex: "F".into(),
        birth: Some(Span::on(day("1994-04-02"))),
        address: marked(PLACES[0]),
        district: marked(PLACES[2]),
        phone: marked(PLACES[1]),
        cause: "present".into(),
        ..Resident::default()
    };
    let open = Act::Open { day: Span::on(today()), source: "residents".into(), resident, protected: false };
    let file = run(site, keeper, &format!("open-{label}"), open).opened[0];
    let pregnancy = Pregnancy {
        edd: day("2027-01-20"),
        fetuses: 1,
        birth_order: Some(1),
        satogaeri: Some(Stay { from: day("2026-12-20"), until: None, place: marked(PLACES[5]) }),
        clinic: marked(PLACES[4]),
        note: String::new(),
        next: None,
    };
    run(site, keeper, &format!("notify-{label}"), Act::NotifyPregnancy { file, day: day("2026-06-01"), pregnancy });
    let contact = Contact {
        means: "face".into(),
        with: "本人".into(),
        result: Reached::Reached,
        seen: Some(Seen { by: "self".into(), place: marked(PLACES[6]), how: "seen".into() }),
        next: None,
        about: None,
        service: None,
        note: String::new(),
    };
    let event = record(site, (keeper, file), &format!("met-{label}"), Sensitivity::Ordinary, Body::Contact(contact));
    if label == "protected" {
        let shield = Body::Protection { on: true, note: String::new() };
        record(site, (keeper, file), "shield", Sensitivity::Ordinary, shield);
    }
    let narrow = Body::Period { name: "youtaikyo".into(), until: None, note: NARROW.into() };
    record(site, (keeper, file), &format!("narrow-{label}"), Sensitivity::Compartment, narrow);
    Who { label, file, event }
}

fn ids(site: &Site) -> Ids {
    let persons = vec![
        woman(site, CENTRE, "架空 一", "own"),
        woman(site, CENTRE, "架空 暁子", "protected"),
        woman(site, OTHER_CITY, THEIRS, "other"),
    ];
    let actor = Actor { staff: 4, role: Role::Coordinator, ..Actor::program(vec![CENTRE]) };
    let work = imports::Work { doors: &site.doors, actor: &actor, books: &site.books };
    let text = format!("{}\r\n9,9,試験 花,しけん,2024-05-06,女,子,,,,,,,,,\r\n", crate::support::city::HEADER);
    let mapping = paperwork::mapping::Mapping::shipped().unwrap();
    let source = residents::stage::Source { name: "住民.csv", digest: "r", on: None, whole: false };
    let bytes = Cursor::new(text.into_bytes());
    let staged = residents::stage::stage(&site.doors, &actor, &mapping, source, bytes, |_| {}).unwrap();
    imports::order::<residents::Residents>(&site.doors, &actor, staged.id).unwrap();
    imports::run::<residents::Residents>(work, staged.id, |_| {}).unwrap();
    // A row of nobody on file waits for a decision.
    let mapping = paperwork::events::Mapping::shipped().unwrap();
    let source = events::stage::Source { name: "記録.csv", digest: "e", through: None };
    let text = "宛名番号,予防接種種別,回数,接種日\r\n77777,BCG,1,2026-05-05\r\n";
    let bytes = Cursor::new(text.as_bytes().to_vec());
    let kind = mapping.kind("vaccination").unwrap();
    let waiting = events::stage::stage(&site.doors, &actor, kind, source, bytes, |_| {}).unwrap();
    imports::order::<events::Events>(&site.doors, &actor, waiting.id).unwrap();
    imports::run::<events::Events>(work, waiting.id, |_| {}).unwrap();
    let asked = Asked {
        group: Group::default(),
        part: Part::Closed,
        how: "declined".into(),
        reason: "紙台帳で確かめた".into(),
        seen: 1_000,
        lines: Vec::new(),
        next_on: None,
        once: "once".into(),
        name: "月次一括".into(),
    };
    let settling = order(&site.doors, &actor, &site.books, &asked).unwrap();
    imports::run::<Settling>(work, settling, |_| {}).unwrap();
    let typed = [("how", "settings"), ("set_before_limit", "90"), ("set_reply_days", "14"), ("reason", "早めるため")];
    let answer = fill(&mut site.as_role(Role::Admin), "/rulebook/checkup_18m/change", &typed);
    let proposal = answer.location().rsplit('/').next().unwrap_or_default().to_owned();
    let wall = site.doors.clock().wall();
    let draft = site.database.write_all(|db| drafts::keep(db, 1, "/persons/new", &[], wall)).unwrap();
    let office = site.count(&format!("select file as n from office where id = {CENTRE}"));
    let ordinary = Sensitivity::Ordinary;
    let changed = Body::SettingChanged { name: "near_days".into(), value: "8".into() };
    let setting = record(site, (CENTRE, office), "near", ordinary, changed);
    let away = Body::Absent(Absence { staff: 2, until: Some(today().plus(3)), substitute: None });
    let absence = record(site, (CENTRE, office), "away", ordinary, away);
    let support = Body::Period { name: "needs_support".into(), until: None, note: String::new() };
    record(site, (CENTRE, persons[0].file), "support", ordinary, support);
    let hand = [("command_id", "hand"), ("extra_to", "2"), ("from_day", "2026-11-24"), ("reason", "")];
    let answer = site.as_role(Role::Coordinator).post("/supervision/handovers", &hand);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let handover = site.count("select max(id) as n from batch where kind = 'handover'");
    imports::run::<Handover>(work, handover, |_| {}).unwrap();
    let (residents, events) = (staged.id, waiting.id);
    Ids { persons, residents, events, settling, proposal, draft, absence, setting, handover }
}

/// One letter of the table. A post is sent without its token: 403 says that the right was there. Only to another office's
/// files it is sent in earnest.
fn asked(visitor: &mut Visitor, route: &Route, path: &str, about: &str) -> (char, String) {
    let answer = match route.method {
        Method::Get => visitor.get(path),
        Method::Post if about == "other" => visitor.post(path, &[("command_id", path), ("reason", "試験")]),
        Method::Post => {
            let token = visitor.csrf.clone();
            let answer = visitor.post_as_is(path, &[]);
            visitor.csrf = token;
            answer
        }
    };
    let letter = match answer.status {
        200 => 'o',
        303 => '>',
        403 if route.method == Method::Post => 'x',
        404 => '.',
        409 | 422 => '?',
        status => panic!("{:?} {path}: {status}", route.method),
    };
    (letter, format!("{:?}{}", answer.headers, answer.body))
}

#[test]
fn access_of_every_role_to_every_route_is_the_one_that_was_read() {
    let site = Site::by_own_books(Engine::Sqlite);
    let ids = ids(&site);
    let theirs = format!("select count(*) as n from event where keeper = {OTHER_CITY}");
    let before = site.count(&theirs);
    // Somebody whose post reaches several keepers (joint centres) gets what the same role of one of them gets.
    site.sql(&format!(
        "insert into staff (id, login, name, kana, password, must_change) select 140, 'joint', name, kana, password, 0 \
         from staff where id = 1; insert into post (id, staff, keeper, role, from_day) values (140, 140, {CITY}, 'phn', 0)"
    ));
    let mut joint = site.as_login("joint");
    let mut visitors: Vec<(Role, Visitor)> = Role::ALL.into_iter().map(|role| (role, site.as_role(role))).collect();
    let mut table = String::from(
        "Who gets what, from tests/stories/access.rs. Columns are the roles of crates/casework/permissions.txt, 1 to 15.\n\
         o a page, > led on, ? refused in words, x a form would be taken, . not there.\n",
    );
    for route in ROUTES {
        let mut open = [false; Role::ALL.len()];
        for (about, path) in ids.addresses(route) {
            let mut row = String::new();
            for (n, (role, visitor)) in visitors.iter_mut().enumerate() {
                let (letter, said) = asked(visitor, route, &path, about);
                row.push(letter);
                open[n] |= letter != '.';
                let may = role.may(route.permission);
                assert!(may || letter == '.', "{role:?} may not {:?} {path}: {letter}", route.method);
                let kept_out = if route.method == Method::Get { ".".contains(letter) } else { ".?".contains(letter) };
                assert!(about != "other" || kept_out, "{role:?} reaches another office's {path}");
                for word in PLACES.iter().chain(&[THEIRS]) {
                    assert!(!said.contains(word), "{role:?} {path} tells {word}");
                }
                let knows = matches!(role, Role::Coordinator | Role::Head | Role::ProtectionWorker);
                assert!(knows || !said.contains(NARROW), "{role:?} {path} tells of the compartment");
            }
            let (letter, said) = asked(&mut joint, route, &path, about);
            let own = route.path.starts_with("/session/drafts");
            assert!(own || row.starts_with(letter), "several keepers: {path} is {letter}, to one of them {row}");
            assert!(!PLACES.iter().chain(&[THEIRS, NARROW]).any(|word| said.contains(word)), "several keepers: {path}");
            let method = if route.method == Method::Get { "get" } else { "post" };
            table.push_str(&format!("{row}  {method:<4} {} {about}\n", route.path).replace(" \n", "\n"));
        }
        for (role, open) in Role::ALL.into_iter().zip(open) {
            let excepted = EXCEPT.iter().any(|(path, _)| *path == route.path);
            assert!(open || excepted || !role.may(route.permission), "{role:?} may, but {} never opens", route.path);
        }
    }
    assert_eq!(site.count(&theirs), before, "something was written to another office");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stories/access.txt");
    if std::env::var("TSUMUGI_UPDATE").is_ok() {
        std::fs::write(file, &table).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    let differs: Vec<&str> = table.lines().filter(|line| !kept.lines().any(|l| l == *line)).collect();
    assert!(
        kept == table,
        "Rights changed. If that is meant: TSUMUGI_UPDATE=1 cargo test -p server --test stories access\n{}",
        differs.join("\n")
    );
}

/// The search of [`access_of_every_role_to_every_route_is_the_one_that_was_read`] means something: what it looks for is on file.
#[test]
fn access_is_tried_with_marks_that_are_on_file() {
    let site = Site::by_own_books(Engine::Sqlite);
    ids(&site);
    for word in PLACES.iter().chain(&[THEIRS, NARROW]) {
        let text = format!("select count(*) as n from event where body like '%{word}%'");
        let found: Vec<i64> =
            site.database.read_all(|db| Ok::<_, Fault>(sql::typed::<BigInt>(&text).once().load(db)?)).unwrap();
        assert!(found[0] > 0, "{word}");
    }
}
