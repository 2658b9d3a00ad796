//! An office with a family on file, and files that it is sent.

use std::io::Cursor;

use casework::{Act, Body, Command, Sensitivity, body::Service};
use paperwork::events::Mapping;
use rules::{Day, Span};
use server::intake::events::{Batch, Events, settle, settle::Asked, stage};
use server::intake::imports::{apply, batch, withdraw};
use server::platform::{
    Problem, check,
    store::{Desk, apply as write},
};

use crate::support::city::{Hall, Line, file, halls, today};

/// Mother 0001, father 0002, a boy 0003 of one year and eight months, a girl 0005 born this spring.
pub fn offices() -> Vec<Hall> {
    let halls = halls();
    let lines = [
        Line { number: "0001", ..Line::default() },
        Line {
            number: "0002", name: "試験 太郎", birth: "S63.3.4", sex: "男", relation: "夫", ..Line::default()
        },
        Line {
            number: "0003", name: "試験 湊", birth: "2024-10-01", sex: "男", relation: "子", ..Line::default()
        },
        Line {
            number: "0005", name: "試験 凪", birth: "2026-03-10", sex: "女", relation: "子", ..Line::default()
        },
    ];
    for hall in &halls {
        hall.import(&file(&lines));
    }
    halls
}

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

pub fn staged(hall: &Hall, kind: &str, text: &str) -> Result<Batch, stage::NotStaged> {
    let mapping = Mapping::shipped().unwrap();
    let digest = format!("{:x}", text.len());
    let source = stage::Source { name: "記録.csv", digest: &digest, through: None };
    let bytes = Cursor::new(text.as_bytes().to_vec());
    stage::stage(&hall.doors, &hall.actor, mapping.kind(kind).unwrap(), source, bytes, |_| {})
}

/// Stages and applies a file; what the preview said is what comes of it.
pub fn bring_in(hall: &Hall, kind: &str, text: &str) -> Batch {
    let batch = staged(hall, kind, text).unwrap_or_else(|e| panic!("{}: {e:?}", hall.name));
    apply::order::<Events>(&hall.doors, &hall.actor, batch.id).unwrap();
    let done = apply::run::<Events>(hall.work(), batch.id, |_| {}).unwrap();
    assert_eq!(done.progress.counts.waiting(), done.summary.counts.waiting(), "{}: as the preview said", hall.name);
    assert_eq!(done.progress.counts.new, done.summary.counts.new, "{}: as the preview said", hall.name);
    done
}

pub fn take_back(hall: &Hall, id: i64) {
    withdraw::order::<Events>(hall.work(), id, "取り違え").unwrap();
    withdraw::run::<Events>(hall.work(), id, |_| {}).unwrap();
}

pub fn again(hall: &Hall, id: i64) -> Batch {
    hall.write(|door| batch::find::<Events>(door, id))
}

/// Somebody decides a waiting row.
pub fn decide(hall: &Hall, id: i64, line: i64, how: &str, number: &str, reason: &str) -> Result<String, Problem> {
    let asked = Asked { how: how.into(), number: number.into(), reason: reason.into() };
    hall.doors.write(&hall.actor, |door| settle::settle(door, &hall.books, (id, line), &asked))
}

pub fn file_of(hall: &Hall, number: &str) -> i64 {
    let sql = format!("select cast(file as text) as t from person where number = '{number}'");
    hall.one(&sql).parse().unwrap_or_else(|_| panic!("{}: {number} is on file once", hall.name))
}

/// What stands in a person's file of a kind: 「code day result」, in the order of days; taken back batches left out.
pub fn stands(hall: &Hall, number: &str, kind: &str) -> Vec<String> {
    let file = file_of(hall, number);
    hall.texts(&format!(
        "select coalesce(code, '') || ' ' || cast(day_lo as text) || ' ' || cast(day_hi as text) || ' ' || source as t \
         from event where file = {file} and kind = '{kind}' and (batch is null or batch not in \
         (select id from batch where withdrawn_at is not null)) order by day_lo, id"
    ))
}

/// 「bcg 2025-04-10」 as [`stands`] writes it.
pub fn said(code: &str, on: &str, source: &str) -> String {
    let day = day(on).0;
    format!("{code} {day} {day} {source}")
}

/// A nurse types a service by hand.
pub fn typed(hall: &Hall, id: &str, number: &str, on: &str, service: Service) {
    let file = file_of(hall, number);
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
        let act = Act::Record {
            file,
            episode: None,
            day: Span::on(day(on)),
            source: "own".into(),
            sensitivity: Sensitivity::Ordinary,
            body: Body::Service(service),
        };
        write(door.db, &desk, &Command { id: id.into(), act, seen: Vec::new() }).map_err(Problem::from)
    });
}

pub fn done(code: &str) -> Service {
    Service { code: code.into(), result: "done".into(), ..Service::default() }
}

/// Lines that are settled: 「bcg#1 done」.
pub fn settled(hall: &Hall, number: &str, service: &str) -> Vec<String> {
    let file = file_of(hall, number);
    hall.texts(&format!(
        "select key || ' ' || settled_how as t from duty where file = {file} and service = '{service}' \
         and settled_how is not null order by key, phase"
    ))
}

pub fn assert_sound(hall: &Hall) {
    let report = check::check(hall.doors.database(), &hall.books, today(), |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{}: {:#?}", hall.name, report.findings);
}
