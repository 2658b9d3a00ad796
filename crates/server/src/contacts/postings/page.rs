//! `GET /postings/{id}`: one posting, letter by letter, with what is printed and the way back.

use casework::contact::posting::{Finding, Group};
use diesel::{RunQueryDsl, sql_query, sql_types::BigInt};
use rules::{Day, wareki};

use super::check::{self, Checked, Question};
use super::new::{KINDS, to};
use super::view::{Letter, PostingPage, Row};
use super::{Batch, Posting, Summary};
use crate::intake::imports::batch::{self, State};
use crate::intake::imports::pages::{self as imports, kept, moment, names, undone, who};
use crate::intake::imports::{run, summary::grouped, view::Count};
use crate::persons::told::found_word;
use crate::platform::db::IdRow;
use crate::platform::door::Looked;
use crate::platform::store::joined::Ways;
use crate::platform::web::{Ask, Reply, ask::field_errors, view::Link};
use crate::platform::{Door, Problem, Refusal, mask};
use crate::subject::preset;

/// The page.
///
/// # Errors
/// Not found, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("id")?;
    let batch = ask.read(|door| batch::find::<Posting>(door, id))?;
    if batch.state == State::Withdrawing {
        run::ensure::<Posting>(ask.doors(), &ask.app.books, batch.id, batch.keeper);
    }
    Reply::page(&draw(ask, &batch, &[])?)
}

/// `POST /postings/{id}/withdraw`: taken back as one.
///
/// # Errors
/// Not found, or if the database fails.
pub fn take_back(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::take_back::<Posting>(ask, |ask, batch, why| Reply::refused(&draw(ask, batch, why)?))
}

/// Everybody a posting is about, as they stand now, in the order of their numbers; those who were held last.
///
/// # Errors
/// If the database fails.
pub fn letters(door: &mut Door<'_>, batch: &Batch) -> Result<Vec<Checked>, Problem> {
    let level = mask::level(door.actor).number();
    let scope = door.scope();
    let rows: Vec<IdRow> = sql_query(format!(
        "select distinct file as id from event where keeper in {scope} and batch = $1 and kind in ('sent', 'held') \
         and sensitivity <= {level}"
    ))
    .bind::<BigInt, _>(batch.id)
    .load(door.db)?;
    let files: Vec<i64> = rows.into_iter().map(|row| row.id).collect();
    let ways = Ways::of(door.db, &files)?;
    let mut files: Vec<i64> = files.into_iter().map(|file| ways.lead(file)).collect();
    files.sort_unstable();
    files.dedup();
    let Summary { title, service, .. } = &batch.summary;
    let mut all = check::people(door, &files, &Question { title, service, posting: Some(batch.id) })?;
    all.retain(|c| c.sent.is_some() || c.held.is_some());
    all.sort_by_key(|c| (c.sent.as_ref().map_or(i32::MAX, |(_, sent)| sent.no), c.file));
    Ok(all)
}

/// The page with what is wrong in one of its forms.
///
/// # Errors
/// If the database fails.
pub fn draw(ask: &mut Ask, batch: &Batch, refusals: &[Refusal]) -> Result<PostingPage, Problem> {
    let frame = ask.frame("発送", "/settlings")?;
    let (names, all) = ask.read(|door| {
        let all = letters(door, batch)?;
        let files: Vec<i64> = all.iter().map(|c| c.file).collect();
        door.log_reading(Looked::List, "posting", &files);
        Ok((names(door, batch)?, all))
    })?;
    let (undone, by) = undone(batch, &names);
    let stands = batch.state == State::Applied;
    let here = format!("/postings/{}", batch.id);
    let (mut returned, mut undo) = (None, None);
    if stands {
        let labels = [("numbers", "番号"), ("day", "戻った日"), ("next_day", "宛先を確かめる日"), ("reason", "理由")];
        let mut form = ask.draw_form(&format!("{here}/returned"), &here)?;
        form.errors = field_errors(refusals, &labels);
        preset(&mut form, "day", "きょう");
        let mut back = ask.draw_form(&format!("{here}/withdraw"), "")?;
        back.errors = field_errors(refusals, &labels);
        (returned, undo) = (Some(form), Some(back));
    }
    let kind = KINDS.iter().find(|(code, _)| *code == batch.summary.kind).map_or("", |(_, word)| word);
    let kind = kind.split('（').next().unwrap_or_default();
    let day = batch.summary.day.map(wareki::long).unwrap_or_default();
    Ok(PostingPage {
        frame,
        title: batch.summary.title.clone(),
        about: format!("発送日 {day}　{kind}"),
        when: moment(batch.at),
        who: who(&names, by),
        counts: counts(&all),
        answer: if stands && all.iter().any(|c| c.sent.is_some()) { answer(ask, batch)? } else { String::new() },
        undone,
        kept: kept(batch),
        prints: if stands && all.iter().any(|c| c.sent.is_some()) { prints(&here) } else { Vec::new() },
        letters: all.iter().filter_map(|c| letter(c, &here)).collect(),
        held: all.iter().filter_map(held).collect(),
        returned,
        undo,
        undo_effects: vec![
            String::from("一人ずつの記録から、この発送がなくなります。案内の期限も、送る前に戻ります。"),
            String::from("すでに投函したときは取り消さず、返戻や次の対応を記録してください。"),
        ],
    })
}

/// Until when the lines wait for an answer, by the office's rules.
fn answer(ask: &Ask, batch: &Batch) -> Result<String, Problem> {
    let book = ask.book()?;
    let Summary { service, kind, day, .. } = &batch.summary;
    let waits = book.rule(service).zip(*day).and_then(|(rule, day)| rule.waits_for(kind, day));
    let told = |(check, what): (Day, &str)| {
        let check = wareki::short(check);
        format!(
            "送った人の対応は、{what}の日（{check}、対象の最後の日がその前ならその日）まで「予定」です。返戻を記録すると、一覧に戻ります。"
        )
    };
    Ok(waits.map(told).unwrap_or_default())
}

fn counts(all: &[Checked]) -> Vec<Count> {
    let count = |label: &str, n: usize| Count { label: label.into(), number: grouped(n as u64), note: String::new() };
    let sent = |f: &dyn Fn(&Checked) -> bool| all.iter().filter(|c| c.sent.is_some() && f(c)).count();
    let mut counts = vec![count("発送", sent(&|_| true))];
    counts.push(count("うち封筒で一通ずつ", sent(&|c| c.sent.as_ref().is_some_and(|(_, s)| s.alone))));
    counts.push(count("返戻", sent(&|c| c.returned.is_some())));
    counts.push(count("送らない", all.iter().filter(|c| c.held.is_some()).count()));
    counts
}

fn prints(here: &str) -> Vec<Link> {
    let link = |label: &str, what: &str| Link { label: label.to_owned(), url: format!("{here}/{what}") };
    vec![
        link("宛名ラベル（A4・12面）", "labels?per=12"),
        link("宛名ラベル（A4・24面）", "labels?per=24"),
        link("発送名簿", "list"),
        link("宛名のCSV（UTF-8）", "csv"),
        link("宛名のCSV（シフトJIS）", "csv?as=cp932"),
    ]
}

/// A letter with what there is to know of it today.
pub fn letter(c: &Checked, here: &str) -> Option<Letter> {
    let (root, sent) = c.sent.as_ref()?;
    let mut marks = Vec::new();
    if sent.alone {
        marks.push(String::from("封筒で一通ずつ"));
    }
    match c.returned {
        Some(day) => marks.push(format!("返戻（{}）", wareki::short(day))),
        None => marks.extend(c.since().iter().map(|f| format!("発送の確定のあとに：{}", found_word(f)))),
    }
    Some(Letter {
        no: sent.no.to_string(),
        name: c.name.clone(),
        url: format!("/persons/{}", c.file),
        about: c.about.clone(),
        to: to(c),
        protected: c.protected,
        marks,
        reveal: (sent.alone || c.alone()).then(|| Link {
            label: String::from("封筒の宛名を1枚"),
            url: format!("/persons/{}/reveal?return_to={here}", c.file),
        }),
        undo: Link {
            label: String::from("この一通を取り消す"),
            url: format!("/persons/{}/events/{root}/withdraw?return_to={here}", c.file),
        },
    })
}

fn held(c: &Checked) -> Option<Row> {
    let held = c.held.as_ref()?;
    let found: Vec<Finding> = held.found.iter().filter_map(|m| Finding::from_mark(m)).collect();
    Some(Row {
        file: c.file,
        name: c.name.clone(),
        url: format!("/persons/{}", c.file),
        about: c.about.clone(),
        to: to(c),
        protected: c.protected,
        why: found.iter().map(found_word).collect(),
        reason: held.reason.clone(),
        ..Row::default()
    })
}

/// Those whose letters may be printed together now, and those who are left out.
pub fn printable(all: &[Checked]) -> (Vec<&Checked>, Vec<&Checked>) {
    let common = all.iter().filter(|c| c.sent.as_ref().is_some_and(|(_, sent)| !sent.alone));
    common.partition(|c| c.since().is_empty() && !c.alone() && !c.address.is_empty() && c.group() != Group::Stop)
}
