//! A small database somebody worked with for a while: residents came in, one import was taken back, people were called,
//! protected, settled and 抹消, and all of it was looked at.

use casework::{
    Act, Body, Command, Sensitivity,
    body::{Assignment, Contact, Next, Pregnancy, Reached},
};
use rules::Span;
use server::platform::{
    Actor, Problem,
    door::Looked,
    rulebook,
    store::{Applied, Desk, apply, sync},
};

use super::city::{Hall, Line, file, today};

/// What the tests look for afterwards.
pub struct Lived {
    pub office: i64,
    pub mother: i64,
    pub shielded: i64,
    /// An import that stands, and one that was taken back.
    pub batch: i64,
    pub withdrawn: i64,
}

pub fn act(hall: &Hall, id: &str, act: Act) -> Applied {
    let command = Command { id: id.into(), act, seen: Vec::new() };
    hall.write(|door| {
        let desk = Desk {
            keeper: hall.keepers[0],
            keepers: &hall.keepers,
            actor: 1,
            today: today(),
            now: door.now(),
            batch: None,
            books: &hall.books,
        };
        door.log_reading(Looked::Person, "duty", &command.act.files());
        apply(door.db, &desk, &command).map_err(Problem::from)
    })
}

pub fn record(hall: &Hall, id: &str, file: i64, body: Body) -> Applied {
    let (day, sensitivity) = (Span::on(today()), Sensitivity::Ordinary);
    act(hall, id, Act::Record { file, episode: None, day, source: "own".into(), sensitivity, body })
}

/// Works with the office for a while.
pub fn lived(hall: &Hall) -> Lived {
    rulebook::bring_up(hall.doors.database(), &hall.books, today(), hall.doors.clock().now()).unwrap();
    let mother = Line { number: "0001", ..Line::default() };
    let child = Line { number: "0002", name: "試験 湊", birth: "2024-10-01", sex: "男", relation: "子", ..mother };
    let shielded = Line { number: "0003", household: "12", name: "髙﨑 𠮷乃", protected: "1", ..mother };
    let batch = hall.import(&file(&[mother, child, shielded])).id;
    let wrong = hall.import(&file(&[Line { number: "0009", household: "19", name: "試験 違", ..mother }]));
    let withdrawn = hall.withdraw(wrong.id).id;
    let number = |sql: &str| -> i64 { hall.one(sql).parse().unwrap() };
    let of = |n: &str| number(&format!("select cast(file as text) as t from person where number = '{n}'"));
    let office = number(&format!("select cast(file as text) as t from office where id = {}", hall.keepers[0]));
    let (mother, shielded) = (of("0001"), of("0003"));
    let assigned =
        Assignment { district: "東".into(), programme: String::new(), category: String::new(), staff: 1, until: None };
    record(hall, "lived-assigned", office, Body::Assigned(assigned));
    let period = Body::Period { name: "family_centre".into(), until: None, note: String::new() };
    record(hall, "lived-period", office, period);
    let setting = Body::SettingChanged { name: "operating_since".into(), value: "2026-04-01".into() };
    record(hall, "lived-setting", office, setting);
    let pregnancy = Pregnancy {
        edd: today().plus(120),
        fetuses: 1,
        birth_order: None,
        satogaeri: None,
        clinic: String::new(),
        note: String::new(),
        next: None,
    };
    act(hall, "lived-pregnancy", Act::NotifyPregnancy { file: mother, day: today().plus(-60), pregnancy });
    let call = Contact {
        means: "phone".into(),
        time: None,
        with: "本人".into(),
        result: Reached::Reached,
        seen: None,
        note: "つわりは軽い".into(),
        about: None,
        service: None,
        next: Some(Next { on: today().plus(14), what: String::new() }),
    };
    record(hall, "lived-call", mother, Body::Contact(call));
    let wrong = record(hall, "lived-note", mother, Body::Note { text: "別の家庭のこと".into() });
    let erase = Act::Erase { file: mother, event: wrong.events[0], reason: "別の家庭の記録".into() };
    act(hall, "lived-erase", erase);
    record(hall, "lived-note-2", shielded, Body::Note { text: "連絡は本人の携帯のみ".into() });
    for n in 0..4 {
        let actor = Actor { staff: 2 + n, ..hall.actor.clone() };
        let look = |door: &mut server::platform::Door<'_>| -> Result<(), Problem> {
            door.log_reading(Looked::Person, "duty", &[mother]);
            door.log_reading(Looked::List, "search", &[mother, shielded]);
            Ok(())
        };
        hall.doors.read(&actor, look).unwrap();
    }
    let database = hall.doors.database();
    while database.write_all(|db| sync::catch_up(db, &hall.books, today(), 200)).unwrap() > 0 {}
    Lived { office, mother, shielded, batch, withdrawn }
}
