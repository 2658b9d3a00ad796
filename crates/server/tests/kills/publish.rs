//! A town's rules published over its families, for a child that is killed while everybody is derived anew.

use casework::{
    Act, Body, Command, Sensitivity,
    publication::{Decided, Proposed, RuleText, Text},
};
use rules::Span;
use server::platform::{
    Database, Problem, check,
    rulebook::Books,
    store::{Desk, apply},
};
use server::rulebook::changes::{
    preview, publish, run,
    work::{self, Kind},
};

use crate::support::city::{Hall, today};

/// 1歳6か月児健診: 90 days before its end instead of 60.
const CHANGE: &str = "id = \"checkup_18m\"\nbecause = \"試験要領\"\nsettings = { before_limit = 90 }\n";

/// Proposed by one, approved by another, computed, and put in force: nobody is derived by it yet.
pub fn ordered(hall: &Hall) -> i64 {
    let books = Books::open(hall.doors.database()).unwrap();
    let keeper = hall.keepers[0];
    let file = hall.one(&format!("select cast(file as text) as t from office where id = {keeper}")).parse().unwrap();
    let put = |id: &str, actor: i64, body: Body| {
        let day = Span::on(today());
        let sensitivity = Sensitivity::Ordinary;
        let act = Act::Record { file, episode: None, day, source: "own".into(), sensitivity, body };
        hall.write(|door| {
            let (today, now, books) = (door.today(), door.now(), &books);
            let desk = Desk { keeper, keepers: &[keeper], actor, today, now, batch: None, books };
            let command = Command { id: id.into(), act: act.clone(), seen: Vec::new() };
            apply(door.db, &desk, &command).map_err(Problem::from)
        })
    };
    let own = hall.write(|door| Ok(books.of(door.db, keeper)?));
    let path = format!("municipalities/{}/checkup_18m.toml", own.town);
    let proposed = Proposed {
        rule: "checkup_18m".into(),
        files: vec![RuleText { path, text: Text::Own(CHANGE.into()) }],
        reason: "試験要領".into(),
        base: own.hash.clone(),
        undoes: None,
    };
    let proposal = put("proposed", 1, Body::RulesProposed(proposed)).events[0];
    let approved = Decided { proposal, how: "approved".into(), by: 2, alone: false, note: String::new() };
    put("approved", 2, Body::RulesDecided(approved));
    hall.write(|door| preview::order(door, &books, proposal));
    run::drive(&hall.doors, &books, keeper, proposal, Kind::Preview).unwrap();
    hall.write(|door| publish::order(door, &books, proposal, "published"));
    proposal
}

/// Whether somebody is still to be derived.
pub fn is_running(database: &Database) -> bool {
    !database.read_all(work::unfinished).unwrap().is_empty()
}

pub fn assert_sound(hall: &Hall) {
    let books = Books::open(hall.doors.database()).unwrap();
    let report = check::check(hall.doors.database(), &books, today(), |_| {}).unwrap();
    assert_eq!(report.findings, [], "{}", hall.name);
}
