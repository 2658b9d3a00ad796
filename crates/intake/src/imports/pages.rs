//! What the pages of every import do alike: ordering, putting aside, progress, and saying who did what when.

use std::collections::BTreeMap;

use askama::Template;
use casework::Permission;
use rules::wareki;

use super::batch::{self, Batch, State};
use super::summary::{Line, grouped};
use super::view::{Count, ProgressPage, RowError};
use super::{Import, apply as applying, errors as kept_errors, run, view, withdraw};
use platform::clock::{day_in_japan, time_in_japan};
use platform::people::staff_names;
use platform::web::{
    Ask, Reply,
    ask::field_errors,
    form::Form,
    view::{Link, Notice, NoticeTone},
};
use platform::{Door, Problem, Refusal};

/// Rows drawn of each list; what is left out is said.
pub const DRAWN: i64 = 100;
/// Imports listed; older ones are in the records of each file.
const LISTED: i64 = 50;

/// Orders the staged import of the path.
///
/// # Errors
/// If it is not waiting to be applied.
pub fn apply<I: Import>(ask: &mut Ask) -> Result<Reply, Problem> {
    let batch = applying::order::<I>(ask.doors(), ask.actor()?, ask.id("id")?)?;
    run::ensure::<I>(ask.doors(), &ask.app.books, batch.id, batch.keeper);
    Ok(Reply::see(&format!("{}/{}", I::PLACE, batch.id)))
}

/// Puts the staged import of the path aside.
///
/// # Errors
/// If it is not waiting to be applied.
pub fn discard<I: Import>(ask: &mut Ask) -> Result<Reply, Problem> {
    withdraw::discard::<I>(ask.doors(), ask.actor()?, ask.id("id")?)?;
    let text = String::from("取り込まずに終えました。台帳には何も書いていません。");
    Ok(Reply::see_told(I::PLACE, Notice { tone: NoticeTone::Done, text, link: None, undo: None }))
}

/// Draws a page of an import, with what was wrong with an order to take it back.
type Drawn<I, R> = fn(&mut Ask, &Batch<I>, &[Refusal]) -> Result<R, Problem>;

/// What the page of one import shows at each of its stages.
pub struct Stages<I: Import, P, R> {
    pub preview: fn(&mut Ask, &Batch<I>) -> Result<P, Problem>,
    pub progress: fn(&mut Ask, &Batch<I>) -> Result<ProgressPage, Problem>,
    pub result: Drawn<I, R>,
}

/// The import of the path at its stage; one that is at work and stood still goes on.
///
/// # Errors
/// If it is not there, or the database fails.
pub fn page<I: Import, P: Template, R: Template>(ask: &mut Ask, stages: &Stages<I, P, R>) -> Result<Reply, Problem> {
    let id = ask.id("id")?;
    let batch = ask.read(|door| batch::find::<I>(door, id))?;
    match batch.state {
        State::Staged => Reply::page(&(stages.preview)(ask, &batch)?),
        State::Staging => Reply::page(&(stages.progress)(ask, &batch)?),
        State::Applying | State::Withdrawing => {
            run::ensure::<I>(ask.doors(), &ask.app.books, batch.id, batch.keeper);
            Reply::page(&(stages.progress)(ask, &batch)?)
        }
        State::Applied | State::Withdrawn | State::Discarded => Reply::page(&(stages.result)(ask, &batch, &[])?),
    }
}

/// The form that takes an import back, while it stands.
///
/// # Errors
/// If the form cannot be drawn.
pub fn undo_form<I: Import>(ask: &mut Ask, batch: &Batch<I>, refusals: &[Refusal]) -> Result<Option<Form>, Problem> {
    if batch.state != State::Applied {
        return Ok(None);
    }
    let mut form = ask.draw_form(&format!("{}/{}/withdraw", I::PLACE, batch.id), I::PLACE)?;
    form.errors = field_errors(refusals, &[("reason", "理由")]);
    Ok(Some(form))
}

/// Whose records outlive taking it back.
///
/// # Errors
/// If the database fails.
pub fn outlives<I: Import>(door: &mut Door<'_>, batch: &Batch<I>) -> Result<Option<String>, Problem> {
    let touched = withdraw::touched(door.db, batch)?;
    Ok((touched > 0)
        .then(|| format!("取込のあとに職員が記録した{}人の記録は残り、結果に名指しします。", grouped(touched))))
}

/// Takes the import of the path back, or draws `again` with what is wrong.
///
/// # Errors
/// If it is not there, or the database fails.
pub fn take_back<I: Import>(
    ask: &mut Ask,
    again: impl FnOnce(&mut Ask, &Batch<I>, &[Refusal]) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    let id = ask.id("id")?;
    let reason = ask.form("reason").to_owned();
    let book = ask.app.books.clone();
    let work = applying::Work { doors: ask.doors(), actor: ask.actor()?, books: &book };
    match withdraw::order::<I>(work, id, &reason) {
        Ok(batch) => {
            run::ensure::<I>(ask.doors(), &ask.app.books, batch.id, batch.keeper);
            Ok(Reply::see(&format!("{}/{id}", I::PLACE)))
        }
        Err(Problem::Refused(why)) => {
            let batch = ask.read(|door| batch::find::<I>(door, id))?;
            again(ask, &batch, &why)
        }
        Err(problem) => Err(problem),
    }
}

/// The page of an import at work.
///
/// # Errors
/// If the frame cannot be drawn.
pub fn progress<I: Import>(ask: &mut Ask, batch: &Batch<I>, last: Option<&str>) -> Result<ProgressPage, Problem> {
    let total = u64::from(batch.rows_total.unsigned_abs());
    let done = u64::from(batch.rows_done.unsigned_abs());
    let (title, text) = match (batch.state, last) {
        (State::Staging, _) => ("読み込んでいます", String::from("ファイルを読んでいます")),
        (State::Withdrawing, _) => ("取り消しています", format!("{}人を元に戻しました", grouped(batch.run.undone))),
        (_, Some(text)) => ("取り込んでいます", text.to_owned()),
        _ => ("取り込んでいます", format!("{}行のうち {}行", grouped(total), grouped(done))),
    };
    let total = total.max(1);
    Ok(ProgressPage {
        frame: ask.frame(title, I::PLACE)?,
        file: batch.name.clone(),
        done: done.min(total),
        total,
        text,
    })
}

/// Who took an import back, when and why (empty while it stands), and who is to be named for it.
pub fn undone<I: Import>(batch: &Batch<I>, names: &BTreeMap<i64, String>) -> (String, i64) {
    let run = &batch.run;
    match batch.state {
        State::Withdrawn => {
            let (when, by) = (moment(run.withdrawn_at), who(names, run.withdrawn_by));
            let mut text = format!("{when} {by} が取り消し（{}）", run.reason);
            if run.touched_total > 0 {
                let touched = grouped(run.touched_total);
                text.push_str(&format!("。職員の記録がある{touched}人は、その記録を残しています"));
            }
            (text, run.actor)
        }
        State::Discarded => (String::from("取り込まずに終えました。"), batch.actor),
        _ => (String::new(), run.actor),
    }
}

/// Names of those who had to do with an import.
///
/// # Errors
/// If the database fails.
pub fn names<I: Import>(door: &mut Door<'_>, batch: &Batch<I>) -> Result<BTreeMap<i64, String>, Problem> {
    Ok(staff_names(door.db, &[batch.actor, batch.run.actor, batch.run.withdrawn_by])?)
}

/// The imports so far, newest first; `said` sums one up.
///
/// # Errors
/// If the database fails.
pub fn batches<I: Import>(
    door: &mut Door<'_>,
    said: impl Fn(&Batch<I>) -> String,
) -> Result<Vec<view::Batch>, Problem> {
    let found = batch::latest::<I>(door, LISTED)?;
    let names = staff_names(door.db, &found.iter().map(|b| b.actor).collect::<Vec<_>>())?;
    Ok(found
        .into_iter()
        .map(|batch| view::Batch {
            url: format!("{}/{}", I::PLACE, batch.id),
            when: moment(batch.at),
            who: who(&names, batch.actor),
            summary: said(&batch),
            status: batch.state.label().to_owned(),
            done: batch.state == State::Applied,
            file: batch.name,
        })
        .collect())
}

/// The files in which people had recorded something before the import was taken back.
pub fn kept<I: Import>(batch: &Batch<I>) -> Vec<Link> {
    let link = |file: &i64| Link { label: format!("台帳{file}"), url: format!("/persons/{file}") };
    batch.run.touched.iter().map(link).collect()
}

pub fn counts(lines: Vec<Line>) -> Vec<Count> {
    lines
        .into_iter()
        .map(|line| Count { label: line.label.to_owned(), number: grouped(line.number), note: line.note })
        .collect()
}

/// 「3件」, or how many of how many are drawn.
pub fn shown(drawn: u64, total: u64) -> String {
    if drawn < total {
        format!("{}件のうち はじめの{}件を表示", grouped(total), grouped(drawn))
    } else {
        format!("{}件", grouped(total))
    }
}

/// What is wrong with rows, for those who may see it.
///
/// # Errors
/// If the database fails.
pub fn errors<I: Import>(door: &mut Door<'_>, batch: &Batch<I>) -> Result<Vec<RowError>, Problem> {
    // What stands in a row is somebody's record: only for those who may see lists of persons.
    let may = door.actor.role.may(Permission::ReadLists);
    let found = kept_errors::errors(door, batch, DRAWN)?;
    Ok(found
        .into_iter()
        .map(|(line, said)| RowError {
            line: line.to_string(),
            column: said.column,
            read: if may || said.read.is_empty() { said.read } else { String::from("●●●") },
            expected: said.expected,
        })
        .collect())
}

/// 「R8.11.24 9:10」
pub fn moment(at: i64) -> String {
    let (hour, minute) = time_in_japan(at);
    format!("{} {hour}:{minute:02}", wareki::short(day_in_japan(at)))
}

/// Staff 0 is the program, at the command line.
pub fn who(names: &BTreeMap<i64, String>, staff: i64) -> String {
    names.get(&staff).cloned().unwrap_or_else(|| String::from("つむぎ（コマンド）"))
}
