//! What no output of the journeys may tell: where protected persons are, and what the 要対協 compartment keeps. A family with
//! marked values is put into the demo through its own forms before anybody looks at a page; the demo's own protected persons
//! are added. Every page source after every step, every print and the program's whole log are searched.

use std::{collections::BTreeSet, net::SocketAddr, sync::LazyLock};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use server::platform::{Database, Fault, web::reply::percent};

use super::{
    demo,
    site::{Answer, Visitor},
};

pub const NAME: &str = "架空 暁子";
pub const ADDRESS: &str = "曙光町7丁目8-9";
const PHONE: &str = "090-5550-0177";
/// Where she is: address, phone, district, clinic, 里帰り先, where she gave birth. (School and nursery have no field yet.)
const PLACES: [&str; 6] = [ADDRESS, PHONE, "曙光地区", "曙光産婦人科", "曙光市の実家", "曙光病院"];
/// What only the compartment knows: who reported, where, what, and what the meeting decided.
const NARROW: [&str; 4] = ["奥津 隣人", "奥津団地", "奥津の泣き声", "奥津の会議"];
/// Who may know of the compartment among those who sign in here.
const TEAM: [&str; 3] = ["kuroda", "sakamoto", "nakano"];

/// The marked family: mother and child.
pub struct Family {
    pub mother: i64,
    pub child: i64,
}

pub struct Leaks {
    pub family: Family,
    /// Addresses, phones and households of the demo's own protected persons that nobody else has.
    others: Vec<String>,
    /// Names, readings, addresses and phones of everybody, for the log.
    personal: BTreeSet<String>,
}

/// Planted with the demo, before its address is known to anybody.
pub static LEAKS: LazyLock<Leaks> = LazyLock::new(|| {
    let family = plant(demo::started());
    let all = |sql: &str| -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            t: String,
        }
        let database = Database::open(demo::folder().join("tsumugi.db").to_str().unwrap()).unwrap();
        let rows: Vec<Row> = database.read_all(|db| Ok::<_, Fault>(sql_query(sql).load(db)?)).unwrap();
        rows.into_iter().map(|row| row.t).filter(|t| t.chars().count() > 3).collect()
    };
    let of = |column: &str| {
        all(&format!(
            "select distinct {column} as t from person p where protected = 1 and {column} <> '' and not exists \
             (select 1 from person o where o.protected = 0 and o.{column} = p.{column})"
        ))
    };
    let mut others: Vec<String> = ["address", "phone", "household"].iter().flat_map(|column| of(column)).collect();
    others.retain(|word| !PLACES.contains(&word.as_str()));
    assert!(!others.is_empty(), "the demo has protected persons");
    let personal = ["name", "kana", "address", "phone"]
        .iter()
        .flat_map(|column| all(&format!("select distinct {column} as t from person")))
        .collect();
    Leaks { family, others, personal }
});

/// What may stand on which page, with the reason.
fn allowed(actor: &str, what: &str, word: &str) -> bool {
    let reveal = what.contains("/reveal") || what == "label";
    // She asked for the address, for one envelope: the page and the print say this one item.
    if reveal && actor == "kuroda" && word == ADDRESS {
        return true;
    }
    // The compartment's own workers read what they keep.
    TEAM.contains(&actor) && NARROW.contains(&word)
}

/// What this output tells and may not.
pub fn found(actor: &str, what: &str, text: &str) -> Vec<String> {
    let others = LEAKS.others.iter().map(String::as_str);
    PLACES
        .into_iter()
        .chain(NARROW)
        .chain(others)
        .filter(|word| text.contains(*word) || text.contains(&percent(word, false)))
        .filter(|word| !allowed(actor, what, word))
        .map(|word| format!("{actor} {what} tells {word}"))
        .collect()
}

/// What the program logged of anybody.
pub fn logged(log: &str) -> Vec<String> {
    let leaks = &*LEAKS;
    // The log is English: whatever may be a name, an address or a phone of a person stands out.
    // (The demo says on its output who may sign in with which password: staff, some of whom are called as residents are.)
    let odd = log.lines().filter(|line| !line.is_ascii() || line.contains("%E") || line.contains("5550"));
    let odd = odd
        .filter(|line| !(line.starts_with("  ") && ["minato-2026-", "shiomi-2026-"].iter().any(|p| line.contains(p))));
    let words: Vec<&str> = PLACES
        .into_iter()
        .chain(NARROW)
        .chain(leaks.others.iter().map(String::as_str))
        .chain(leaks.personal.iter().map(String::as_str))
        .collect();
    odd.filter(|line| words.iter().any(|word| line.contains(word) || line.contains(&percent(word, false))))
        .map(str::to_owned)
        .collect()
}

fn hidden(page: &str, name: &str) -> String {
    let found = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    found.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// A form opened, filled in and sent.
fn fill(visitor: &mut Visitor, path: &str, to: &str, typed: &[(&str, &str)]) -> Answer {
    let page = visitor.get(path);
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    let form = page.body.split("<form class=\"card form\"").nth(1).unwrap_or(&page.body).to_owned();
    let hidden: Vec<(&str, String)> = ["command_id", "version"].iter().map(|n| (*n, hidden(&form, n))).collect();
    let all: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (*n, v.as_str())).chain(typed.iter().copied()).collect();
    let answer = visitor.post(to, &all);
    assert_eq!(answer.status, 303, "{to}: {}", answer.body);
    answer
}

fn plant(address: SocketAddr) -> Family {
    let mut head = Visitor::at(address);
    assert_eq!(head.sign_in("kuroda", "minato-2026-tokatsu").status, 303);
    let [address, phone, district, clinic, away, hospital] = PLACES;
    let typed = [
        ("name", NAME),
        ("kana", "カクウ アキコ"),
        ("birth", "H6.4.2"),
        ("sex", "F"),
        ("phone", phone),
        ("address", address),
        ("district", district),
        ("protected", "1"),
    ];
    let opened = fill(&mut head, "/persons/new", "/persons/new", &typed);
    let mother: i64 = opened.location().trim_start_matches("/persons/").parse().expect("a file");
    let of = |what: &str| format!("/persons/{mother}/{what}");
    let mut same = |what: &str, typed: &[(&str, &str)]| fill(&mut head, &of(what), &of(what), typed);
    let pregnancy = [
        ("notified_day", "R8.5.1"),
        ("due_day", "R8.11.25"),
        ("fetuses", "1"),
        ("away", "yes"),
        ("away_from", "R8.10.10"),
        ("away_place", away),
        ("facility", clinic),
    ];
    same("pregnancies/new", &pregnancy);
    // What the fields keep is typed again in words.
    let words = format!("電話あり。住所は{address}、電話は{phone}、里帰りは{away}、受診は{clinic}。");
    same("notes/new", &[("note", &words), ("day", "R8.11.20")]);
    let birth =
        [("birth_day", "R8.11.20"), ("children", "1"), ("source", "own"), ("child_1_sex", "F"), ("place", hospital)];
    same("births/new", &birth);
    let page = head.get(&format!("/persons/{mother}/family")).body;
    let child = page
        .split("/persons/")
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<i64>().ok())
        .find(|id| *id > mother)
        .expect("her child");
    let narrow = of("compartment");
    let report = [
        ("what", "report"),
        ("report_day", "R8.11.19"),
        ("report_who", NARROW[0]),
        ("report_place", NARROW[1]),
        ("report_text", NARROW[2]),
    ];
    fill(&mut head, &narrow, &narrow, &report);
    let period = [("what", "period"), ("kind", "特定妊婦"), ("day", "R8.11.20"), ("note", NARROW[3])];
    fill(&mut head, &narrow, &narrow, &period);
    Family { mother, child }
}
