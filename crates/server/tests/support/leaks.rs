//! What no output of the journeys may tell: where protected persons are, and what the 要対協 compartment keeps. A family with
//! marked values is put into the demo through its own forms before anybody looks at a page; the demo's own protected persons
//! are added. Every page source after every step, every print and the program's whole log are searched.

use std::{collections::BTreeSet, sync::LazyLock};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use server::platform::{Database, Fault, web::reply::percent};

use super::{
    demo,
    planted::{ADDRESS, Family, NARROW, PLACES, plant},
};

/// Who may know of the compartment among those who sign in here.
const TEAM: [&str; 3] = ["kuroda", "sakamoto", "nakano"];

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
