//! A centre with people, and somebody who searches.

use casework::{Act, Body, Command, Role, Sensitivity, body::Resident};
use rules::{Day, Span};
use server::platform::{
    Actor,
    rulebook::{self, Books},
    search::{self, Found, Sought, Why},
    store::{Applied, Desk, apply, write::NotApplied},
};

use crate::support::site::{CENTRE, Engine, Site, today};

pub struct Office {
    pub site: Site,
    pub books: Books,
    commands: std::cell::Cell<u32>,
}

pub fn office(engine: Engine) -> Office {
    let books = Books::one(rulebook::shipped().unwrap());
    Office { site: Site::start(engine), books, commands: 0.into() }
}

pub fn actor() -> Actor {
    Actor { staff: 1, post: 1, role: Role::Phn, ..Actor::program(vec![CENTRE]) }
}

impl Office {
    pub fn act(&self, act: Act) -> Applied {
        self.commands.set(self.commands.get() + 1);
        let id = format!("search-{}", self.commands.get());
        let done: Result<Applied, NotApplied> = self.site.doors.write(&actor(), |door| {
            let (today, now) = (door.today(), door.now());
            let keepers = &[CENTRE];
            let desk = Desk { keeper: CENTRE, keepers, actor: 1, today, now, batch: None, books: &self.books };
            apply(door.db, &desk, &Command { id, act, seen: Vec::new() })
        });
        done.unwrap()
    }

    pub fn open(&self, resident: Resident, protected: bool) -> i64 {
        let day = Span::on(day("2026-04-01"));
        self.act(Act::Open { day, source: "residents".into(), resident, protected }).opened[0]
    }

    /// Somebody of whom only this is known.
    pub fn person(&self, name: &str, kana: &str) -> i64 {
        self.open(Resident { name: name.into(), kana: kana.into(), ..Resident::default() }, false)
    }

    pub fn record(&self, file: i64, sensitivity: Sensitivity, body: Body) -> Applied {
        self.act(Act::Record { file, episode: None, day: Span::on(today()), source: "own".into(), sensitivity, body })
    }

    /// Both files say so.
    pub fn related(&self, child: i64, parent: i64, role: &str, sensitivity: Sensitivity, hidden: bool) {
        for (file, to, role) in [(child, parent, role), (parent, child, "child")] {
            self.record(file, sensitivity, Body::Relation { to, role: role.into(), until: None, hidden });
        }
    }

    pub fn find(&self, term: &str) -> Found {
        let found: Result<Found, server::platform::Fault> =
            self.site.doors.read(&actor(), |door| search::find(door, &Sought::read(term, today()), 0, 50));
        found.unwrap_or_else(|e| panic!("{term:?}: {e}"))
    }

    pub fn files(&self, term: &str) -> Vec<i64> {
        self.find(term).hits.into_iter().map(|hit| hit.file).collect()
    }

    pub fn whys(&self, term: &str) -> Vec<(i64, Why)> {
        self.find(term).hits.into_iter().map(|hit| (hit.file, hit.why)).collect()
    }
}

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

pub fn resident(name: &str, kana: &str, birth: &str, number: &str, phone: &str) -> Resident {
    Resident {
        name: name.into(),
        kana: kana.into(),
        birth: Some(Span::on(day(birth))),
        number: number.into(),
        phone: phone.into(),
        district: "北部1区".into(),
        ..Resident::default()
    }
}
