//! 一括整理 in a random history: mostly of the family's own lines by name, now and then of a whole room, and taken back.

use casework::{Act, Body, Command, Role, Sensitivity};
use rand::{Rng, seq::IndexedRandom};
use rules::{Day, Span};
use server::intake::imports::{apply as imports, withdraw};
use server::platform::{
    Actor, Clock, Database, Doors, Problem,
    rulebook::Books,
    store::{Desk, apply, write::open_office_file},
};
use server::settlings::{
    Settling,
    group::{Group, Mode, Part},
    lines::{self, Named},
    stage::{Asked, order},
};

use super::{DAY_US, Family, Tally};

/// 稼働基準日 of an office: from here on both rooms have lines.
pub fn begin(database: &Database, books: &Books, keeper: i64, since: Day) {
    let keepers = [keeper];
    let now = i64::from(since.0) * DAY_US;
    let desk = Desk { keeper, keepers: &keepers, actor: 1, today: since, now, batch: None, books };
    let body = Body::SettingChanged { name: "operating_since".into(), value: since.to_string() };
    let done = database.write_all(|db| {
        let file = open_office_file(db, keeper)?;
        let (day, source, sensitivity) = (Span::on(since), "own".into(), Sensitivity::Ordinary);
        let act = Act::Record { file, episode: None, day, source, sensitivity, body };
        apply(db, &desk, &Command { id: format!("since-{keeper}"), act, seen: Vec::new() })
    });
    done.unwrap_or_else(|e| panic!("{e:?}"));
}

pub(super) fn step(family: &mut Family, database: &Database, books: &Books, tally: &mut Tally) {
    let doors = Doors::new(database.clone(), Clock::standing(family.today));
    let role = [Role::Phn, Role::Head][family.rng.random_range(0..2)];
    let actor = Actor { staff: 1, role, ..Actor::program(vec![family.keeper]) };
    let work = imports::Work { doors: &doors, actor: &actor, books };
    if let Some(at) = (0..family.settled.len()).collect::<Vec<_>>().choose(&mut family.rng)
        && family.rng.random_ratio(1, 2)
    {
        let id = family.settled.remove(*at);
        withdraw::order::<Settling>(work, id, "取り違え").unwrap_or_else(|e| panic!("{e:?}"));
        withdraw::run::<Settling>(work, id, |_| {}).unwrap_or_else(|e| panic!("{e:?}"));
        tally.undone += 1;
        return;
    }
    let Some(asked) = asked(family, &doors, &actor) else { return };
    match order(&doors, &actor, books, &asked) {
        Ok(id) => {
            let done = imports::run::<Settling>(work, id, |_| {}).unwrap_or_else(|e| panic!("{e:?}"));
            tally.settled += done.progress.closed;
            family.settled.push(id);
        }
        // Nothing of the kind is open.
        Err(Problem::Refused(_)) => {}
        Err(other) => panic!("seed {}: {other:?}", family.seed),
    }
}

fn asked(family: &mut Family, doors: &Doors, actor: &Actor) -> Option<Asked> {
    let mode = if family.rng.random() { Mode::Start } else { Mode::Month };
    let group = Group { mode, ..Group::default() };
    let whole = family.seed.is_multiple_of(25);
    let part = if whole { Part::Closed } else { Part::Named };
    let lines = if whole { Vec::new() } else { own(family, doors, actor, &group) };
    if !whole && lines.is_empty() {
        return None;
    }
    family.commands += 1;
    Some(Asked {
        group,
        part,
        how: if mode == Mode::Start { "before".into() } else { "declined".into() },
        next_on: None,
        reason: "確かめた".into(),
        lines,
        seen: i64::MAX,
        once: format!("s{}-{}", family.seed, family.commands),
        name: mode.word().into(),
    })
}

/// Open lines of the family, some of them left out, and one that is none.
fn own(family: &mut Family, doors: &Doors, actor: &Actor, group: &Group) -> Vec<Named> {
    let found = doors.read(actor, |door| {
        let lens = lines::lens(door)?;
        let found = lines::of_files(door.db, &lens, (group, Part::Named), &family.files)?;
        Ok::<_, Problem>(found.into_iter().map(|open| open.line).collect::<Vec<_>>())
    });
    let mut lines = found.unwrap_or_else(|e| panic!("{e:?}"));
    lines.retain(|_| family.rng.random_ratio(3, 4));
    if !lines.is_empty() && family.rng.random_ratio(1, 5) {
        lines.push(Named { file: family.files[0], key: "mumps#7".into() });
    }
    lines
}
