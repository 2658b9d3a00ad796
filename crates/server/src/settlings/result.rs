//! `GET /settlings/{id}`: how far a settling is, what it closed, and the way back.

use std::collections::BTreeMap;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use rules::{Rulebook, wareki};

use super::group::{By, Mode, Part};
use super::view::{Closed, ProgressPage, ResultPage};
use super::{Batch, Settling, Summary};
use crate::closures::form::REASONS;
use crate::intake::imports::batch::{self, State};
use crate::intake::imports::pages::{self as imports, kept, moment, names, shown, undone, who};
use crate::intake::imports::summary::grouped;
use crate::intake::imports::{run, view::Count, withdraw};
use crate::platform::door::Looked;
use crate::platform::web::{Ask, Reply, ask::field_errors, words};
use crate::platform::{Door, Problem, Refusal, people, rulebook};

/// Closed lines that are drawn.
const DRAWN: i64 = 100;

/// The page, while it runs and after.
///
/// # Errors
/// Not found, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("id")?;
    let batch = ask.read(|door| batch::find::<Settling>(door, id))?;
    match batch.state {
        State::Applying | State::Withdrawing => {
            run::ensure::<Settling>(ask.doors(), &ask.app.books, batch.id, batch.keeper);
            Reply::page(&progress(ask, &batch)?)
        }
        State::Staging | State::Staged => Reply::page(&progress(ask, &batch)?),
        State::Applied | State::Withdrawn | State::Discarded => Reply::page(&result(ask, &batch, &[])?),
    }
}

/// `POST /settlings/{id}/withdraw`: taken back as one.
///
/// # Errors
/// Not found without the right; or if the database fails.
pub fn take_back(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("id")?;
    let batch = ask.read(|door| batch::find::<Settling>(door, id))?;
    if !super::new::may(ask, &batch.summary.group)? {
        return Err(Problem::NotFound);
    }
    imports::take_back::<Settling>(ask, |ask, batch, why| Reply::refused(&result(ask, batch, why)?))
}

fn progress(ask: &mut Ask, batch: &Batch) -> Result<ProgressPage, Problem> {
    let (title, text) = match batch.state {
        State::Withdrawing => ("取り消しています", format!("{}人を元に戻しました", grouped(batch.run.undone))),
        _ => (
            "整理しています",
            format!(
                "{}件のうち {}件",
                grouped(batch.rows_total.unsigned_abs().into()),
                grouped(batch.rows_done.unsigned_abs().into())
            ),
        ),
    };
    let total = u64::from(batch.rows_total.unsigned_abs()).max(1);
    let done = match batch.state {
        State::Withdrawing => batch.run.undone,
        _ => batch.rows_done.unsigned_abs().into(),
    };
    Ok(ProgressPage {
        frame: ask.frame(title, "/settlings")?,
        title: title.to_owned(),
        name: batch.name.clone(),
        done: done.min(total),
        total,
        text,
    })
}

fn result(ask: &mut Ask, batch: &Batch, refusals: &[Refusal]) -> Result<ResultPage, Problem> {
    let book = ask.book()?;
    let names = ask.read(|door| names(door, batch))?;
    let stands = batch.state == State::Applied;
    let lines = if stands { ask.read(|door| closed(door, &book, batch))? } else { Vec::new() };
    let (undone, by) = undone(batch, &names);
    let (mut undo_form, mut undo_effects) = (None, Vec::new());
    if stands && super::new::may(ask, &batch.summary.group)? {
        let mut form = ask.draw_form(&format!("/settlings/{}/withdraw", batch.id), "")?;
        form.errors = field_errors(refusals, &[("reason", "理由")]);
        undo_form = Some(form);
        undo_effects = ask.read(|door| effects(door, batch))?;
    }
    Ok(ResultPage {
        frame: ask.frame("一括整理の結果", "/settlings")?,
        room: batch.summary.group.mode.word().to_owned(),
        name: batch.name.clone(),
        back_url: batch.summary.group.address(By::Service),
        when: moment(batch.at),
        who: who(&names, by),
        how: how(&batch.summary),
        done: done(batch).to_owned(),
        reason: batch.summary.reason.clone(),
        counts: counts(batch),
        shown: shown(lines.len() as u64, batch.progress.closed),
        lines,
        undone,
        kept: kept(batch),
        undo_form,
        undo_effects,
    })
}

fn how(summary: &Summary) -> String {
    let word = REASONS.iter().find(|(known, _)| *known == summary.how).map_or("移行前", |(_, word)| word);
    match (summary.part, summary.next_on) {
        (Part::Carried, Some(day)) => format!("持ち越し（次の対応の日 {}）", wareki::date(day)),
        (Part::Carried, None) => String::from("持ち越し（次の対応の日は一人ずつの次の誕生日）"),
        _ => word.to_owned(),
    }
}

fn done(batch: &Batch) -> &'static str {
    if batch.summary.part == Part::Carried { "持ち越した対応" } else { "終えた対応" }
}

fn counts(batch: &Batch) -> Vec<Count> {
    let count = |label: &str, n: u64, note: &str| Count { label: label.into(), number: grouped(n), note: note.into() };
    let mut counts = vec![count(done(batch), batch.progress.closed, "")];
    if batch.progress.changed > 0 {
        counts.push(count("そのままにした対応", batch.progress.changed, "決める間に済んだか、変わりました"));
    }
    counts
}

fn effects(door: &mut Door<'_>, batch: &Batch) -> Result<Vec<String>, Problem> {
    let mut lines = vec![format!("{}{}件が、決める前に戻ります。", done(batch), grouped(batch.progress.closed))];
    lines.push(match batch.summary.group.mode {
        Mode::Start => String::from("戻った対応は「移行前」として、初期整理にまた出ます。"),
        Mode::Month => String::from("戻った対応は、いまの日付で見て、月次一括にまた出ます。"),
    });
    let touched = withdraw::touched(door.db, batch)?;
    if touched > 0 {
        lines.push(format!("このあとに職員が記録した{}人の記録は、そのまま残ります。", grouped(touched)));
    }
    Ok(lines)
}

/// The first of the lines it closed.
fn closed(door: &mut Door<'_>, book: &Rulebook, batch: &Batch) -> Result<Vec<Closed>, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
        #[diesel(sql_type = Nullable<Text>)]
        code: Option<String>,
    }
    let scope = door.scope();
    let rows: Vec<Row> = sql_query(format!(
        "select file, code from event where keeper in {scope} and batch = $1 and kind in ('closure', 'deferred') order by id limit $2"
    ))
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(DRAWN)
    .load(door.db)?;
    let files: Vec<i64> = rows.iter().map(|row| row.file).collect();
    door.log_reading(Looked::List, "settling", &files);
    let found: BTreeMap<i64, people::PersonRow> = people::many(door, &files)?;
    let today = door.today();
    let line = |row: &Row| {
        let person = found.get(&row.file)?;
        let key = row.code.as_deref().unwrap_or_default();
        Some(Closed {
            name: words::name(&person.name, &person.kana),
            url: format!("/persons/{}", row.file),
            about: words::about(person.birth(), person.edd(), today),
            service: rulebook::title(book, key.split(['#', '@']).next().unwrap_or_default()),
        })
    };
    Ok(rows.iter().filter_map(line).collect())
}
