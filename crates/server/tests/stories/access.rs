//! Who gets what: every route of the table asked by every role with real ids, for a person of the office (ordinary,
//! protected, and one who stands in the compartment only) and one of another office, compared with `access.txt` and with
//! the permission table, on both databases. Changed rights show up as changed text; `TSUMUGI_UPDATE=1 cargo test -p server --test stories access` writes the file anew.

use casework::{
    Act, Body, Role, Sensitivity,
    body::{Contact, Pregnancy, Reached, Resident, Seen, Stay},
    disclosure::{Request, Requester},
};
use diesel::{RunQueryDsl, sql_types::BigInt};
use rules::Span;
use server::platform::{Fault, sql, store::sync};
use server::routes::{Method, ROUTES, Route};

use super::desk::day;
use crate::support::{
    kinds::{Kinds, record, run_as},
    site::{BOTH, CENTRE, Engine, OTHER_CITY, Site, Visitor, today},
};

/// Where somebody protected is: in no answer to anybody.
const PLACES: [&str; 7] =
    ["曙町9丁目8-7", "090-5550-0199", "曙地区", "世帯77077", "黎明産院", "黎明市の実家", "黎明公民館"];
/// What only the 要対協 compartment knows.
const NARROW: &str = "奥津城の会議";
/// Of another office: in no answer to anybody here.
const THEIRS: &str = "他市 見知";
/// Whose every record is in the compartment: to everybody else as little there as somebody of another office.
const UNHEARD: &str = "奥津 城子";

/// The city above the centre.
const CITY: i64 = 2;

/// Routes that stay closed although the role may open them, and why.
const EXCEPT: [(&str, &str); 6] = [
    ("/persons/{id}/emergency", "委託 and 自立支援員 name the person exactly before"),
    ("/supervision/handovers/{id}", "whoever gives or takes over, and the heads: the handler asks for that"),
    ("/supervision/handovers/{id}/read", "whoever takes over ticks: the handler asks for that"),
    ("/rulebook/changes/{proposal}/persons", "names are for those who may read lists: the handler asks for that too"),
    ("/session/drafts/{id}", "a draft is its author's own"),
    ("/rulebook/changes/{proposal}/publish", "nothing was approved yet"),
];

struct Who {
    label: &'static str,
    file: i64,
    event: i64,
    /// A 開示請求 of this person.
    asked: i64,
}

/// Something of each kind that routes name.
struct Ids {
    persons: Vec<Who>,
    kinds: Kinds,
}

impl Ids {
    /// The addresses of a route, each with what it is about.
    fn addresses(&self, route: &Route) -> Vec<(&'static str, String)> {
        let path = self.kinds.address(route.path);
        let of = |who: &Who| {
            let event = if path.contains("/disclosures/") { who.asked } else { who.event };
            (who.label, path.replace("{id}", &who.file.to_string()).replace("{event}", &event.to_string()))
        };
        let all: Vec<_> = if path.contains("{id}") { self.persons.iter().map(of).collect() } else { vec![("", path)] };
        let odd = all.iter().any(|(_, path)| path.contains('{') || path.contains("//"));
        assert!(!odd, "{}: make something of this kind in tests/support/kinds.rs and name it there", route.path);
        all
    }
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
    let file = run_as(site, keeper, &format!("open-{label}"), open).opened[0];
    let pregnancy = Pregnancy {
        edd: day("2027-01-20"),
        fetuses: 1,
        birth_order: Some(1),
        satogaeri: Some(Stay { from: day("2026-12-20"), until: None, place: marked(PLACES[5]) }),
        clinic: marked(PLACES[4]),
        note: String::new(),
        next: None,
    };
    run_as(site, keeper, &format!("notify-{label}"), Act::NotifyPregnancy { file, day: day("2026-06-01"), pregnancy });
    let contact = Contact {
        means: "face".into(),
        time: None,
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
        let shield = Body::Protection { on: true, note: String::new(), review: None };
        record(site, (keeper, file), "shield", Sensitivity::Ordinary, shield);
    }
    let narrow = Body::Period { name: "youtaikyo".into(), until: None, note: NARROW.into() };
    record(site, (keeper, file), &format!("narrow-{label}"), Sensitivity::Compartment, narrow);
    let request =
        Request { by: Requester::Guardian, name: "架空 太郎".into(), from: None, to: None, due: today().plus(30) };
    let asked = Body::Disclosure(request);
    let asked = record(site, (keeper, file), &format!("asked-{label}"), Sensitivity::Ordinary, asked);
    Who { label, file, event, asked }
}

/// Everything recorded in a file goes into the compartment. No act does that: it is what a 通告 of somebody unknown leaves.
pub fn make_narrow(site: &Site, file: i64) {
    site.sql(&format!("update event set sensitivity = 2 where file = {file}"));
    sync::rebuild(&site.database, &site.books, today(), sync::Trust::Nothing, |_| {}).unwrap();
}

fn ids(site: &Site) -> Ids {
    let persons = vec![
        woman(site, CENTRE, "架空 一", "own"),
        woman(site, CENTRE, "架空 暁子", "protected"),
        woman(site, OTHER_CITY, THEIRS, "other"),
        woman(site, CENTRE, UNHEARD, "narrow"),
    ];
    make_narrow(site, persons[3].file);
    let kinds = Kinds::make(site, persons[0].file, "");
    Ids { persons, kinds }
}

/// One letter of the table. A post is sent without its token: 403 says that the right was there. Only to another office's
/// files and to those nobody may know of it is sent in earnest.
fn asked(visitor: &mut Visitor, route: &Route, path: &str, earnest: bool) -> (char, String) {
    let answer = match route.method {
        Method::Get => visitor.get(path),
        Method::Post if earnest => visitor.post(path, &[("command_id", path), ("reason", "試験")]),
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

/// Whether somebody of this role may know of the compartment.
fn knows(role: Role) -> bool {
    matches!(role, Role::Coordinator | Role::Head | Role::ProtectionWorker)
}

/// What a route answers, a row of letters for each kind of person it may be about.
fn rows(ids: &Ids, visitors: &mut [(Role, Visitor)], joint: &mut Visitor, route: &Route) -> Vec<String> {
    let mut open = [false; Role::ALL.len()];
    let mut rows = Vec::new();
    for (about, path) in ids.addresses(route) {
        let mut row = String::new();
        for (n, (role, visitor)) in visitors.iter_mut().enumerate() {
            let strange = about == "other" || about == "narrow" && !knows(*role);
            let (letter, said) = asked(visitor, route, &path, strange);
            row.push(letter);
            open[n] |= letter != '.';
            let may = role.may(route.permission);
            assert!(may || letter == '.', "{role:?} may not {:?} {path}: {letter}", route.method);
            let kept_out = if route.method == Method::Get { ".".contains(letter) } else { ".?".contains(letter) };
            assert!(!strange || kept_out, "{role:?} reaches {about} {path}");
            for word in PLACES.iter().chain(&[THEIRS]) {
                assert!(!said.contains(word), "{role:?} {path} tells {word}");
            }
            assert!(knows(*role) || !told_narrow(&said), "{role:?} {path} tells of the compartment");
        }
        let (letter, said) = asked(joint, route, &path, about == "other" || about == "narrow");
        let own = route.path.starts_with("/session/drafts");
        assert!(own || row.starts_with(letter), "several keepers: {path} is {letter}, to one of them {row}");
        let told = PLACES.iter().chain(&[THEIRS]).any(|word| said.contains(word)) || told_narrow(&said);
        assert!(!told, "several keepers: {path}");
        let method = if route.method == Method::Get { "get" } else { "post" };
        rows.push(format!("{row}  {method:<4} {} {about}\n", route.path).replace(" \n", "\n"));
    }
    for (n, (role, _)) in visitors.iter().enumerate() {
        let excepted = EXCEPT.iter().any(|(path, _)| *path == route.path);
        assert!(open[n] || excepted || !role.may(route.permission), "{role:?} may, but {} never opens", route.path);
    }
    rows
}

fn told_narrow(said: &str) -> bool {
    said.contains(NARROW) || said.contains(UNHEARD) || said.contains("narrowの所")
}

fn table(engine: Engine) -> String {
    let site = Site::by_own_books(engine);
    let ids = ids(&site);
    let theirs = format!(
        "select count(*) as n from event where keeper = {OTHER_CITY} or file = {}",
        ids.persons.last().unwrap().file
    );
    let before = site.count(&theirs);
    // Somebody whose post reaches several keepers (joint centres) gets what the same role of one of them gets.
    site.sql(&format!(
        "insert into staff (id, login, name, kana, password, must_change) select 140, 'joint', name, kana, password, 0 \
         from staff where id = 1; insert into post (id, staff, keeper, role, from_day) values (140, 140, {CITY}, 'phn', 0)"
    ));
    let mut joint = site.as_login("joint");
    let mut visitors: Vec<(Role, Visitor)> = Role::ALL.into_iter().map(|role| (role, site.as_role(role))).collect();
    let rows = ROUTES.iter().flat_map(|route| rows(&ids, &mut visitors, &mut joint, route)).collect();
    assert_eq!(
        site.count(&theirs),
        before,
        "{engine:?}: something was written to another office, or in the compartment"
    );
    rows
}

#[test]
fn access_of_every_role_to_every_route_is_the_one_that_was_read() {
    let rows = BOTH.map(table);
    assert_eq!(rows[0], rows[1], "the two databases answer differently");
    let table = format!(
        "Who gets what, from tests/stories/access.rs. Columns are the roles of crates/casework/permissions.txt, 1 to 15.\n\
         o a page, > led on, ? refused in words, x a form would be taken, . not there.\n{}",
        rows[0]
    );
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
    for word in PLACES.iter().chain(&[THEIRS, NARROW, UNHEARD]) {
        let text = format!("select count(*) as n from event where body like '%{word}%'");
        let found: Vec<i64> =
            site.database.read_all(|db| Ok::<_, Fault>(sql::typed::<BigInt>(&text).once().load(db)?)).unwrap();
        assert!(found[0] > 0, "{word}");
    }
}
