//! What every story needs: a centre with its staff, somebody registered, forms filled in as drawn.

use casework::{Act, Body, Command, Role, Sensitivity};
use rules::{Day, Span};
use server::platform::{
    Actor,
    rulebook::{self, Books},
    store::{Applied, Desk, apply, write::NotApplied},
};

use crate::support::site::{Answer, CENTRE, Engine, Site, Visitor, today};

pub fn site() -> Site {
    Site::start(Engine::Sqlite)
}

/// The value of a hidden field in a drawn page.
pub fn hidden(page: &str, name: &str) -> String {
    let found = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    found.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// Opens a form and gives back its hidden fields with what is typed.
pub fn filled(visitor: &mut Visitor, path: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    let page = visitor.get(path);
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    // The hidden fields of the page's own form, not those of the frame.
    let form = page.body.split("<form class=\"card form\"").nth(1).unwrap_or(&page.body).to_owned();
    let mut fields: Vec<(String, String)> =
        ["command_id", "version", "return_to"].iter().map(|n| ((*n).to_owned(), hidden(&form, n))).collect();
    fields.extend(typed.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    fields
}

pub fn send(visitor: &mut Visitor, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    visitor.post(path, &fields)
}

/// Opens a form, fills it in and sends it to the same address.
pub fn fill(visitor: &mut Visitor, path: &str, typed: &[(&str, &str)]) -> Answer {
    let fields = filled(visitor, path, typed);
    send(visitor, path, &fields)
}

/// 仮登録 through the form; the file's id.
pub fn register(visitor: &mut Visitor, typed: &[(&str, &str)]) -> i64 {
    let mut answer = fill(visitor, "/persons/new", typed);
    if answer.body.contains("似た方が台帳にいます") {
        let apart = hidden(&answer.body, "apart");
        let typed: Vec<(&str, &str)> =
            typed.iter().copied().chain([("apart", apart.as_str()), ("how", "apart")]).collect();
        answer = fill(visitor, "/persons/new", &typed);
    }
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location().trim_start_matches("/persons/").parse().unwrap()
}

/// A mother-to-be the nurse registered a moment ago.
pub fn mother(visitor: &mut Visitor) -> i64 {
    let typed = [
        ("name", "架空 美穂"),
        ("kana", "カクウ ミホ"),
        ("birth", "H5.4.2"),
        ("sex", "F"),
        ("phone", "080-5550-0100"),
        ("address", "北町1丁目2-3"),
        ("district", "北部1区"),
    ];
    register(visitor, &typed)
}

/// The same with an open pregnancy, expected on the day given.
pub fn pregnant(visitor: &mut Visitor, due: &str) -> i64 {
    let file = mother(visitor);
    let typed = [
        ("notified_day", "R8.6.1"),
        ("due_day", due),
        ("fetuses", "1"),
        ("away", "yes"),
        ("away_from", "R9.1.10"),
        ("away_place", "東浜市"),
        ("facility", "みなと産院"),
    ];
    let answer = fill(visitor, &format!("/persons/{file}/pregnancies/new"), &typed);
    assert_eq!(answer.status, 303, "{}", answer.body);
    file
}

/// Records past the forms, as staff 1 (the nurse) of the centre.
pub fn record(site: &Site, id: &str, file: i64, sensitivity: Sensitivity, body: Body) -> Applied {
    let act = Act::Record { file, episode: None, day: Span::on(today()), source: "own".into(), sensitivity, body };
    done(site, id, act)
}

/// Does anything past the forms, once.
pub fn act(site: &Site, act: Act) -> Applied {
    let n = site.count("select count(*) as n from command");
    done(site, &format!("past-{n}"), act)
}

/// The same under another keeper.
pub fn act_of(site: &Site, keeper: i64, act: Act) -> Applied {
    let n = site.count("select count(*) as n from command");
    done_at(site, keeper, &format!("past-{n}"), act)
}

fn done(site: &Site, id: &str, act: Act) -> Applied {
    done_at(site, CENTRE, id, act)
}

fn done_at(site: &Site, keeper: i64, id: &str, act: Act) -> Applied {
    let actor = Actor { staff: 1, post: 1, role: Role::Phn, ..Actor::program(vec![keeper]) };
    let books = Books::one(rulebook::shipped().unwrap());
    let done: Result<Applied, NotApplied> = site.doors.write(&actor, |door| {
        let desk = Desk {
            keeper,
            keepers: &[keeper],
            actor: 1,
            today: door.today(),
            now: door.now(),
            batch: None,
            books: &books,
        };
        apply(door.db, &desk, &Command { id: id.to_owned(), act, seen: Vec::new() })
    });
    done.unwrap()
}

/// The last event of a file of that kind.
pub fn event(site: &Site, file: i64, kind: &str) -> i64 {
    site.count(&format!("select max(id) as n from event where file = {file} and kind = '{kind}'"))
}

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}
