//! GET /persons/{id}/readings: who looked at this person, by day, and why.

use rules::{Day, wareki};

use super::{
    read::{self, Folded, MOST},
    view::{DayOf, LineOf, PersonPage},
    words::{self, Kind},
};
use crate::{
    persons::page::end_of,
    platform::{
        Problem,
        door::Looked,
        web::{
            Ask, Reply,
            form::{Choice, Form},
        },
    },
    subject::{Opened, choices},
};

/// Days back, as offered.
pub const SPANS: &[(&str, &str)] = &[("90", "この90日"), ("30", "この30日"), ("365", "この1年"), ("all", "はじめから")];

/// The first instant of so many days back from today.
pub fn since(code: &str, today: Day) -> i64 {
    match code.parse::<i32>() {
        Ok(days) if (1..=3_660).contains(&days) => end_of(today.plus(-days)) + 1,
        _ if code == "all" => 0,
        _ => end_of(today.plus(-90)) + 1,
    }
}

/// # Errors
/// Not found, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let [span, kind, staff] = ["since", "kind", "staff"].map(|name| ask.query(name).to_owned());
    let frame = ask.frame("閲覧の記録", "/readings")?;
    let today = ask.today();
    let page = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        let rows = read::of_person(door, opened.file, since(&span, today), end_of(today) + 1)?;
        door.log_reading(Looked::Person, "readings", &[opened.file]);
        let cut = rows.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
        let who = who_looked(&rows);
        let one = |row: &read::Row| staff.is_empty() || row.staff.to_string() == staff;
        let kept: Vec<read::Row> = rows.into_iter().filter(one).collect();
        let mut folded = read::folded(&kept);
        folded.retain(|f| kind.is_empty() || f.kind.code() == kind);
        let (listed, opens): (Vec<Folded>, Vec<Folded>) = folded.into_iter().partition(|f| f.kind == Kind::Listed);
        let value = |name: &str, value: &str| (String::from(name), String::from(value));
        Ok(PersonPage {
            frame,
            subject: opened.subject(today),
            form: Form {
                action: format!("/persons/{}/readings", opened.file),
                values: vec![value("since", &span), value("kind", &kind), value("staff", &staff)],
                ..Form::default()
            },
            spans: choices(SPANS),
            kinds: kinds(),
            staff: who,
            said: said(&opens, &listed),
            limit: if cut {
                format!("新しいほうから{MOST}行までを表示しています。期間を短くすると、すべて出ます。")
            } else {
                String::new()
            },
            opened: by_day(&opens),
            listed: by_day(&listed),
            letter_url: format!("/persons/{}/readings/letter", opened.file),
        })
    })?;
    Reply::page(&page)
}

fn kinds() -> Vec<Choice> {
    let any = Choice::new("", "すべて");
    std::iter::once(any).chain(Kind::ALL.iter().map(|k| Choice::new(k.code(), k.word()))).collect()
}

fn who_looked(rows: &[read::Row]) -> Vec<Choice> {
    let mut who = vec![Choice::new("", "すべての職員")];
    for row in rows {
        let id = row.staff.to_string();
        if !who.iter().any(|c| c.value == id) {
            who.push(Choice::new(&id, if row.staff == 0 { "つむぎ（自動）" } else { &row.name }));
        }
    }
    who
}

fn said(opens: &[Folded], listed: &[Folded]) -> String {
    let mut staff: Vec<i64> = opens.iter().map(|f| f.row.staff).filter(|id| *id > 0).collect();
    staff.sort_unstable();
    staff.dedup();
    let times = |all: &[Folded]| all.iter().map(|f| f.times).sum::<usize>();
    format!("{}人が{}回開きました。一覧への表示は{}回です。", staff.len(), times(opens), times(listed))
}

fn by_day(all: &[Folded]) -> Vec<DayOf> {
    let mut days: Vec<DayOf> = Vec::new();
    for one in all {
        let day = wareki::long(one.day);
        if days.last().is_none_or(|last| last.day != day) {
            days.push(DayOf { day, lines: Vec::new() });
        }
        let line = LineOf {
            hours: one.hours(),
            who: words::who(&one.row),
            purpose: words::purpose(&one.row.purpose),
            kind: one.kind.word(),
            times: format!("{}回", one.times),
            marked: matches!(one.kind, Kind::Reveal | Kind::Emergency) || one.row.purpose == "asked_other",
        };
        days.last_mut().into_iter().for_each(|last| last.lines.push(line.clone()));
    }
    days
}
