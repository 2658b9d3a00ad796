//! A city with ten years of history elsewhere, of which only a part comes in.

use std::fmt::Write as _;
use std::io::Cursor;

use casework::{Act, Body, Command, Role, Sensitivity};
use paperwork::events::Mapping;
use rules::{Day, Span};
use server::intake::events::{Events, stage as staging};
use server::intake::imports::{apply, withdraw};
use server::platform::{
    Actor, Problem, check,
    store::{Desk, apply as write},
};
use server::settlings::group::{Group, Mode, Part};
use server::settlings::lines::{self, Named};
use server::settlings::stage::{Asked, order};
use server::settlings::{Batch, Settling, count};
use server::today::lines::{Filter, count as count_lines};

use crate::support::city::{HEADER, Hall, halls, today};

/// Children born from 2015 to this spring in three districts, every ninth protected, each with a mother.
fn register() -> String {
    let mut text = format!("{HEADER}\r\n");
    for n in 0..36 {
        let birth = Day::from_ymd(2015, 5, 10).unwrap().plus(n * 112);
        let (district, house) = (["北部", "中部", "南部"][usize::try_from(n % 3).unwrap()], 500 + n);
        let guarded = if n % 9 == 4 { "1" } else { "" };
        let _ = write!(
            text,
            "1{n:03},{house},試験 子{n},しけん,{birth},女,子,100-0001,みなと市{n}番地,{district},,,,,{guarded},\r\n\
             2{n:03},{house},試験 母{n},しけん,1990-0{}-11,女,妻,100-0001,みなと市{n}番地,{district},,,,,{guarded},\r\n",
            1 + n % 9
        );
    }
    text
}

/// What the old system gave of it: check-ups of every other child, some of the vaccinations.
fn history() -> [(&'static str, String); 3] {
    let mut checkups = String::from("宛名番号,健診種別,受診日,判定\r\n");
    let mut shots = String::from("宛名番号,予防接種種別,回数,接種日\r\n");
    for n in 0..36 {
        let birth = Day::from_ymd(2015, 5, 10).unwrap().plus(n * 112);
        for (what, days) in [("3〜4か月児健診", 110), ("1歳6か月児健診", 570), ("3歳児健診", 1_190)] {
            if n % 2 == 0 && birth.plus(days) < today() {
                let _ = write!(checkups, "1{n:03},{what},{},異常なし\r\n", birth.plus(days));
            }
        }
        for (what, dose, days) in [("BCG", 1, 160), ("小児肺炎球菌", 1, 65), ("MR第1期", 1, 380)] {
            if n % 3 == 0 && birth.plus(days) < today() {
                let _ = write!(shots, "1{n:03},{what},{dose},{}\r\n", birth.plus(days));
            }
        }
    }
    // Pregnancies of which nobody told the end: four of years ago, one that may still be somebody's.
    let mut pregnancies = String::from("宛名番号,届出日,分娩予定日\r\n");
    for n in 0..5 {
        let edd = if n < 4 { Day::from_ymd(2021, 1, 20).unwrap().plus(n * 40) } else { today().plus(-200) };
        let _ = write!(pregnancies, "2{n:03},{},{edd}\r\n", edd.plus(-210));
    }
    [("checkup", checkups), ("vaccination", shots), ("pregnancy", pregnancies)]
}

pub fn bring_in(hall: &Hall, kind: &str, text: &str) {
    let mapping = Mapping::shipped().unwrap();
    let digest = format!("{kind}{}", text.len());
    let source = staging::Source { name: "記録.csv", digest: &digest, through: None };
    let bytes = Cursor::new(text.as_bytes().to_vec());
    let batch = staging::stage(&hall.doors, &hall.actor, mapping.kind(kind).unwrap(), source, bytes, |_| {});
    let batch = batch.unwrap_or_else(|e| panic!("{}: {e:?}", hall.name));
    apply::order::<Events>(&hall.doors, &hall.actor, batch.id).unwrap();
    apply::run::<Events>(hall.work(), batch.id, |_| {}).unwrap();
}

/// Both databases with the city, whose history came in; 稼働基準日 is not yet set.
pub fn cities() -> Vec<Hall> {
    let halls = halls();
    for hall in &halls {
        hall.import(&register());
        for (kind, text) in history() {
            bring_in(hall, kind, &text);
        }
    }
    halls
}

pub fn someone(hall: &Hall, role: Role) -> Actor {
    Actor { staff: 1, role, ..Actor::program(vec![hall.keepers[0]]) }
}

pub fn act(hall: &Hall, id: &str, file: i64, sensitivity: Sensitivity, body: Body) {
    let keepers = [hall.keepers[0]];
    hall.write(|door| {
        let desk = Desk {
            keeper: keepers[0],
            keepers: &keepers,
            actor: 1,
            today: today(),
            now: door.now(),
            batch: None,
            books: &hall.books,
        };
        let (day, source) = (Span::on(today()), "own".into());
        let act = Act::Record { file, episode: None, day, source, sensitivity, body };
        write(door.db, &desk, &Command { id: id.into(), act, seen: Vec::new() }).map_err(Problem::from)
    });
}

pub fn operate_since(hall: &Hall, day: Day) {
    let file = hall.one(&format!("select cast(file as text) as t from office where id = {}", hall.keepers[0]));
    let body = Body::SettingChanged { name: "operating_since".into(), value: day.to_string() };
    act(hall, &format!("since-{day}"), file.parse().unwrap(), Sensitivity::Ordinary, body);
}

/// Lines of 今日の対応 by state, tiers 1 and 2 together.
pub fn states(hall: &Hall) -> Vec<(String, i64)> {
    let head = someone(hall, Role::Head);
    let filter = Filter { tier: 2, ..Filter::default() };
    let counts = hall.doors.read(&head, |door| Ok::<_, Problem>(count_lines(door, &filter)?)).unwrap();
    counts.into_iter().map(|c| (c.state, c.lines)).collect()
}

pub fn of_state(hall: &Hall, state: &str) -> i64 {
    states(hall).iter().find(|(s, _)| s == state).map_or(0, |(_, n)| *n)
}

pub fn start() -> Group {
    Group { mode: Mode::Start, ..Group::default() }
}

pub fn counted(hall: &Hall, actor: &Actor, group: &Group) -> count::Count {
    hall.doors.read(actor, |door| count::of(door, group)).unwrap()
}

pub fn listed(hall: &Hall, actor: &Actor, group: &Group, part: Part) -> Vec<Named> {
    let rows = hall.doors.read(actor, |door| lines::first(door, group, Some(part), 10_000)).unwrap();
    rows.into_iter().map(|row| Named { file: row.file, key: row.key }).collect()
}

/// What the form would send for a part of a group; by name everybody is meant.
pub fn asked(hall: &Hall, actor: &Actor, group: &Group, part: Part, once: &str) -> Asked {
    let lines = listed(hall, actor, group, part);
    Asked {
        group: group.clone(),
        part,
        how: if group.mode == Mode::Start { "before".into() } else { "declined".into() },
        next_on: None,
        reason: "紙台帳で確かめた".into(),
        seen: i64::try_from(lines.len()).unwrap(),
        lines: if part == Part::Named { lines } else { Vec::new() },
        once: once.into(),
        name: group.mode.word().into(),
    }
}

pub fn settle(hall: &Hall, actor: &Actor, asked: &Asked) -> Batch {
    let id = order(&hall.doors, actor, &hall.books, asked).unwrap_or_else(|e| panic!("{}: {e:?}", hall.name));
    apply::run::<Settling>(hall.work(), id, |_| {}).unwrap()
}

pub fn undo(hall: &Hall, id: i64) {
    withdraw::order::<Settling>(hall.work(), id, "取り違え").unwrap();
    withdraw::run::<Settling>(hall.work(), id, |_| {}).unwrap();
}

pub fn assert_sound(hall: &Hall) {
    let report = check::check(hall.doors.database(), &hall.books, today(), |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{}: {:#?}", hall.name, report.findings);
}
