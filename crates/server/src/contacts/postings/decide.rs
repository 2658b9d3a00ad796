//! `POST /postings`: 発送の確定. Everybody's file is locked and read again; what came up since the page was shown stops the
//! whole posting, and the page is drawn again with what changed. What is recorded is what was seen, or nothing.

use std::collections::BTreeMap;

use casework::{
    Act, Body, Sensitivity,
    body::{Held, Sent},
    contact::posting::{self, Finding, Group},
};
use diesel::{
    OptionalExtension, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Span};

use super::check::{self, Checked, Question};
use super::new::{Typed, draw};
use super::whom::{MOST, Whom};
use super::{Posting, Summary};
use crate::intake::imports::apply::Hand;
use crate::intake::imports::batch::{self, State};
use crate::intake::imports::staging::begin;
use crate::platform::db::IdRow;
use crate::platform::rulebook::Books;
use crate::platform::store::{Desk, together::Together, write::NotApplied};
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Fault, Problem, Refusal, mask, typed};

/// What is asked to be sent, as the form said it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub title: String,
    pub service: String,
    pub kind: String,
    pub day: Option<Day>,
    /// What was shown of each person ([`Finding::mark`]).
    pub seen: BTreeMap<i64, Vec<String>>,
    /// Whom it goes to, and whom it does not, each with the reason where something was to be decided.
    pub send: BTreeMap<i64, String>,
    pub hold: BTreeMap<i64, String>,
    /// Makes a second submit do nothing.
    pub once: String,
}

/// Why nothing was sent.
#[derive(Debug)]
pub enum Stopped {
    /// Somebody is not as they were shown: everybody as they stand now.
    Changed(Vec<Checked>, BTreeMap<i64, Vec<Finding>>),
    Problem(Problem),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Stopped {
        Stopped::Problem(fault.into())
    }
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Stopped {
        Stopped::Problem(problem)
    }
}

impl From<NotApplied> for Stopped {
    fn from(why: NotApplied) -> Stopped {
        Stopped::Problem(why.into())
    }
}

/// # Errors
/// If the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let whom = Whom::sent(ask);
    let (asked, mut typed, wrong) = read(ask, &whom);
    if !wrong.is_empty() {
        let files: Vec<i64> = asked.seen.keys().copied().collect();
        let question = Question { title: &asked.title, service: &asked.service, posting: None };
        let checked = ask.read(|door| check::people(door, &files, &question))?;
        return Reply::refused(&draw(ask, &whom, &checked, &typed, &wrong)?);
    }
    let books = ask.app.books.clone();
    match ask.doors().write(ask.actor()?, |door| confirm(door, &books, &asked)) {
        Ok(id) => Ok(Reply::see(&format!("/postings/{id}"))),
        Err(Stopped::Changed(checked, changed)) => {
            typed.changed = changed;
            Reply::conflict(&draw(ask, &whom, &checked, &typed, &[])?)
        }
        Err(Stopped::Problem(Problem::Refused(why))) => {
            let files: Vec<i64> = asked.seen.keys().copied().collect();
            let question = Question { title: &asked.title, service: &asked.service, posting: None };
            let checked = ask.read(|door| check::people(door, &files, &question))?;
            Reply::refused(&draw(ask, &whom, &checked, &typed, &why)?)
        }
        Err(Stopped::Problem(problem)) => Err(problem),
    }
}

/// The form: what is asked, what was typed about persons, and what is missing.
fn read(ask: &Ask, whom: &Whom) -> (Asked, Typed, Vec<Refusal>) {
    let mut wrong = Vec::new();
    let mut asked = Asked {
        title: ask.form("title").trim().to_owned(),
        service: whom.service().to_owned(),
        kind: ask.form("kind").to_owned(),
        once: ask.form("command_id").to_owned(),
        ..Asked::default()
    };
    match typed::span(ask, "day") {
        Ok(day) if day.is_exact() => asked.day = Some(day.lo),
        Ok(_) => wrong.push(Refusal::at("day", "発送日は、一日を入れてください。")),
        Err(refusal) => wrong.push(refusal),
    }
    let checked = posting::check_letter(&asked.title, &asked.kind, asked.day.unwrap_or(ask.today()), ask.today());
    wrong.extend(checked.err());
    if asked.once.is_empty() || asked.once.len() > 80 {
        wrong.push(Refusal::new("画面が古くなっています。開きなおしてください。"));
    }
    for text in ask.form_all("seen") {
        let Some((file, marks)) = text.split_once('=') else { continue };
        let Ok(file) = file.parse::<i64>() else { continue };
        let marks = marks.split(',').filter(|m| !m.is_empty()).map(str::to_owned).collect();
        asked.seen.insert(file, marks);
    }
    let mut typed = Typed::default();
    let mut undecided = 0;
    for (file, marks) in &asked.seen {
        let reason = ask.form(&format!("why-{file}")).trim().to_owned();
        let found: Vec<Finding> = marks.iter().filter_map(|m| Finding::from_mark(m)).collect();
        let judged = posting::group(&found) == Group::Judge;
        let choice = match ask.form(&format!("send-{file}")) {
            "send" => "send",
            "hold" => "hold",
            _ => "",
        };
        let missing = match (judged, choice, reason.is_empty()) {
            (true, "", _) => "送るか送らないかを選んでください。",
            (true, _, true) => "理由を入力してください。",
            _ => "",
        };
        undecided += usize::from(!missing.is_empty());
        match choice {
            "send" => asked.send.insert(*file, reason.clone()),
            "hold" => asked.hold.insert(*file, reason.clone()),
            // What stops by itself is recorded too; whoever was left out by name is simply no part of it.
            _ if posting::group(&found) == Group::Stop => asked.hold.insert(*file, String::new()),
            _ => None,
        };
        typed.persons.insert(*file, (choice.to_owned(), reason, missing.to_owned()));
    }
    if undecided > 0 {
        wrong.push(Refusal::new(format!("「判断が要る」のうち、{undecided}人の判断か理由がまだです。")));
    }
    if asked.send.is_empty() && undecided == 0 {
        wrong.push(Refusal::new("送る人に印がありません。"));
    }
    if asked.seen.len() > MOST {
        wrong.push(Refusal::new(format!("一度に発送するのは{MOST}人までです。")));
    }
    (asked, typed, wrong)
}

/// Records the posting, or says who is not as they were shown. The same submit again finds the first.
///
/// # Errors
/// [`Stopped`]; nothing is then kept.
pub fn confirm(door: &mut Door<'_>, books: &Books, asked: &Asked) -> Result<i64, Stopped> {
    batch::exclusively(door.db, door.actor.keeper)?;
    if let Some(id) = before(door, &asked.once)? {
        return Ok(id);
    }
    let mut batch = begin::<Posting>(door, &asked.title, &asked.once)?;
    batch.summary = Summary {
        title: asked.title.clone(),
        service: asked.service.clone(),
        kind: asked.kind.clone(),
        day: asked.day,
    };
    batch.run.actor = door.actor.staff;
    batch.state = State::Applied;
    let mut hand = Hand { door, books, batch };
    note(&mut hand, asked)?;
    let keepers = [hand.batch.keeper];
    let desk = hand.desk(&keepers);
    let files: Vec<i64> = asked.seen.keys().copied().collect();
    // Locked first: what is read after that stays so until this is committed.
    let mut together = Together::open(hand.door.db, &desk, &files)?;
    let question = Question { title: &asked.title, service: &asked.service, posting: None };
    let checked = check::people(hand.door, &files, &question)?;
    let changed = changed(&checked, asked);
    if !changed.is_empty() {
        return Err(Stopped::Changed(checked, changed));
    }
    record(&mut hand, &mut together, &desk, &checked, asked)?;
    together.close(hand.door.db, &desk)?;
    batch::save(hand.door.db, &hand.batch)?;
    Ok(hand.batch.id)
}

/// What was found of those it goes to that was not shown. Whoever must not be sent anything is never passed over.
fn changed(checked: &[Checked], asked: &Asked) -> BTreeMap<i64, Vec<Finding>> {
    let none = Vec::new();
    let new = |c: &Checked| -> Vec<Finding> {
        let seen = asked.seen.get(&c.file).unwrap_or(&none);
        c.found.iter().filter(|f| f.what.group() == Group::Stop || !seen.contains(&f.mark())).copied().collect()
    };
    let of = checked.iter().filter(|c| asked.send.contains_key(&c.file)).map(|c| (c.file, new(c)));
    of.filter(|(_, found)| !found.is_empty()).collect()
}

fn record(
    hand: &mut Hand<'_, '_, Posting>,
    together: &mut Together,
    desk: &Desk<'_>,
    checked: &[Checked],
    asked: &Asked,
) -> Result<(), Stopped> {
    let level = mask::level(hand.door.actor);
    let marks = |found: &[Finding]| found.iter().map(Finding::mark).collect::<Vec<_>>();
    let mut no = 0;
    for c in checked {
        let (day, sensitivity, body) = if let Some(reason) = asked.send.get(&c.file) {
            no += 1;
            let sent = Sent {
                title: asked.title.clone(),
                service: asked.service.clone(),
                code: asked.kind.clone(),
                no,
                alone: c.alone(),
                decided: marks(&c.plain),
                reason: reason.clone(),
            };
            hand.batch.progress.sent += 1;
            hand.batch.progress.alone += u64::from(sent.alone);
            (asked.day.unwrap_or(hand.door.today()), Sensitivity::Ordinary, Body::Sent(sent))
        } else if let Some(reason) = asked.hold.get(&c.file) {
            // Held for a reason that not everybody may know of: nor may they know that it was held.
            let open = posting::group(&c.plain) != Group::Send || c.found == c.plain;
            let (found, sensitivity) = if open { (&c.plain, Sensitivity::Ordinary) } else { (&c.found, level) };
            let (title, service) = (asked.title.clone(), asked.service.clone());
            hand.batch.progress.held += u64::from(open);
            let held = Held { title, service, found: marks(found), reason: reason.clone() };
            (hand.door.today(), sensitivity, Body::Held(held))
        } else {
            continue;
        };
        let source = String::from("own");
        let act = Act::Record { file: c.file, episode: None, day: Span::on(day), source, sensitivity, body };
        hand.batch.run.events += together.apply(hand.door.db, desk, &act)?.events.len() as u64;
    }
    hand.batch.rows_total = no;
    hand.batch.rows_done = no;
    Ok(())
}

/// The posting as a record of the office. It names nobody.
fn note(hand: &mut Hand<'_, '_, Posting>, asked: &Asked) -> Result<(), Stopped> {
    let day = asked.day.unwrap_or(hand.door.today());
    let text = format!("発送{}：{}（発送日 {}）", hand.batch.id, asked.title, rules::wareki::short(day));
    let act = Act::Record {
        file: hand.office_file()?,
        episode: None,
        day: Span::on(hand.door.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::Note { text },
    };
    hand.act("decided", act)?;
    Ok(())
}

/// The posting that the same submit made before.
fn before(door: &mut Door<'_>, once: &str) -> Result<Option<i64>, Fault> {
    let row: Option<IdRow> =
        sql_query("select id from batch where keeper = $1 and kind = 'posting' and digest = $2 and actor = $3")
            .bind::<BigInt, _>(door.actor.keeper)
            .bind::<Text, _>(once)
            .bind::<BigInt, _>(door.actor.staff)
            .get_result(door.db)
            .optional()?;
    Ok(row.map(|row| row.id))
}
