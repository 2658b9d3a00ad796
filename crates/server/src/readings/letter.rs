//! GET /persons/{id}/readings/letter: the answer to "who looked at my record?", on paper, for the person concerned.
//!
//! Plain Japanese and no codes. Staff stand with their work and office; names only by setting. What the 要対協 compartment
//! looked at is on nobody's paper, and every paper says the same sentence about it, so that none tells anything.

use casework::{Person, Role};
use rules::{Day, wareki};

use super::{
    read::{self, Folded, MOST},
    view::{LetterLine, LetterPage},
    words::{self, Kind},
};
use crate::{
    persons::page::end_of,
    platform::{
        Problem, Refusal,
        door::Looked,
        web::{Ask, Reply, ask::field_errors, form::Form},
    },
    subject::Opened,
    today::lines::setting,
};

const LABELS: &[(&str, &str)] = &[("from", "いつから"), ("to", "いつまで")];

/// # Errors
/// Not found, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let today = ask.today();
    let mut wrong = Vec::new();
    let mut day = |name: &'static str, otherwise: Day| match ask.query(name).trim() {
        "" => otherwise,
        text => wareki::parse(text, today).map(|s| s.lo).unwrap_or_else(|_| {
            wrong.push(Refusal::at(name, "日付として読めません（例 R8.4.1）。"));
            otherwise
        }),
    };
    let (from, to) = (day("from", today.plus(-365)), day("to", today).min(today));
    if from > to {
        wrong.push(Refusal::at("from", "期間の始まりと終わりが逆です。"));
    }
    let frame = ask.frame("閲覧状況のお知らせ", "/readings")?;
    let value = |name: &str, day: Day| (String::from(name), wareki::short(day));
    let page = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        let rows = read::of_person(door, opened.file, end_of(from.plus(-1)) + 1, end_of(to) + 1)?;
        door.log_reading(Looked::Export, "disclosure", &[opened.file]);
        let with_names = setting(door, "reading_names")?.as_deref() == Some("1");
        let cut = rows.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
        let told: Vec<read::Row> = rows.into_iter().filter(|row| row.staff > 0 && !words::is_withheld(row)).collect();
        let folded = read::folded(&told);
        let listed: usize = folded.iter().filter(|f| f.kind == Kind::Listed).map(|f| f.times).sum();
        let story = opened.story();
        Ok(LetterPage {
            frame,
            form: Form {
                action: format!("/persons/{}/readings/letter", opened.file),
                values: vec![value("from", from), value("to", to)],
                errors: field_errors(&wrong, LABELS),
                ..Form::default()
            },
            name: Person::read(&story).name().to_owned(),
            office: door.actor.office_name.clone(),
            date: wareki::date(today),
            period: format!("{}から{}まで", wareki::date(from), wareki::date(to)),
            protected: opened.protected,
            lines: lines(&folded, with_names),
            listed: if listed > 0 { format!("{listed}回") } else { String::new() },
            limit: if cut {
                format!("記録が多いため、新しいほうから{MOST}件までを載せています。")
            } else {
                String::new()
            },
            with_names,
            back_url: format!("/persons/{}/readings", opened.file),
        })
    })?;
    Reply::page(&page)
}

/// Oldest first, as a letter is read. What reads the same on one day is one line.
fn lines(folded: &[Folded], with_names: bool) -> Vec<LetterLine> {
    let mut lines: Vec<(LetterLine, usize)> = Vec::new();
    for one in folded.iter().rev().filter(|f| f.kind != Kind::Listed) {
        let work = one.row.role().map_or("職員", Role::label);
        let who = match with_names {
            true => format!("{} {}（{}）", work, one.row.name, one.row.office),
            false => format!("{work}（{}）", one.row.office),
        };
        let line = LetterLine {
            day: wareki::date(one.day),
            who,
            purpose: words::plain_purpose(&one.row).to_owned(),
            how: one.kind.plain().to_owned(),
        };
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, times)) => *times += one.times,
            None => lines.push((line, one.times)),
        }
    }
    let counted = |(line, times): (LetterLine, usize)| match times {
        1 => line,
        n => LetterLine { how: format!("{}（{n}回）", line.how), ..line },
    };
    lines.into_iter().map(counted).collect()
}
