//! One import on screen: what it would do, how far it is, what it did, what waits for a decision, and the way back.

use super::summary;
use super::view::{PreviewPage, ProgressPage, ResultPage, Shown};
use super::waiting::{first, waits};
use super::{Batch, Events};
use crate::imports::batch::State;
use crate::imports::pages::{self as imports, counts, errors, kept, moment, names, shown, undone, who};
use crate::imports::summary::grouped;
use platform::web::view::Link;
use platform::web::{Ask, Reply};
use platform::{Door, Problem, Refusal, people};

const STAGES: imports::Stages<Events, PreviewPage, ResultPage> = imports::Stages { preview, progress, result };

/// `GET /events/{id}`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::page(ask, &STAGES)
}

/// `POST /events/{id}/apply`
pub fn apply(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::apply::<Events>(ask)
}

/// `POST /events/{id}/discard`
pub fn discard(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::discard::<Events>(ask)
}

/// `POST /events/{id}/withdraw`
pub fn take_back(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::take_back::<Events>(ask, |ask, batch, why| Reply::refused(&result(ask, batch, why)?))
}

fn progress(ask: &mut Ask, batch: &Batch) -> Result<ProgressPage, Problem> {
    imports::progress(ask, batch, None)
}

fn preview(ask: &mut Ask, batch: &Batch) -> Result<PreviewPage, Problem> {
    let book = ask.book()?;
    let (waits, waits_total) = ask.read(|door| waits(door, &book, batch, true))?;
    let firsts = ask.read(|door| first(door, &book, batch))?;
    let errors = ask.read(|door| errors(door, batch))?;
    let summary = &batch.summary;
    let notices: Vec<Shown> = summary
        .notices
        .iter()
        .map(|(line, why)| Shown { line: line.to_string(), why: why.clone(), ..Shown::default() })
        .collect();
    Ok(PreviewPage {
        frame: ask.frame("取込の確認", "/events")?,
        file: batch.name.clone(),
        read_as: summary.read_as(),
        counts: counts(summary::before(batch)),
        unread: summary.unread_columns.join("、"),
        notices_shown: shown(notices.len() as u64, summary.notices_total),
        notices,
        firsts_shown: shown(firsts.len() as u64, summary.good),
        firsts,
        waits_shown: shown(waits.len() as u64, waits_total),
        waits,
        errors_shown: shown(errors.len() as u64, batch.errors.unsigned_abs().into()),
        errors,
        can_apply: summary.good > 0,
        apply_label: format!("読めた{}行を取り込む", grouped(summary.good)),
        apply_note: apply_note(batch),
        apply_form: ask.draw_form(&format!("/events/{}/apply", batch.id), "/events")?,
        discard_form: ask.draw_form(&format!("/events/{}/discard", batch.id), "/events")?,
    })
}

fn apply_note(batch: &Batch) -> String {
    let summary = &batch.summary;
    let mut note = if summary.broken > 0 {
        format!(
            "読めなかった{}行は取り込みません。直した行だけのファイルも、あとから取り込めます。",
            grouped(summary.broken)
        )
    } else {
        String::from("取り込んだあとも、まるごと取り消せます。")
    };
    if summary.counts.waiting() > 0 {
        note.push_str("人が見つからない行と食い違いのある行は、決めるまで取り込まずに待ちます。");
    }
    if let Some(through) = summary.through {
        let source = platform::web::words::arrival(&summary.source, through);
        note.push_str(&format!("取り込むと「{source}」になります（もっと先まで届いているときは、そのままです）。"));
    }
    if let Some((before, _)) = &summary.before {
        note.push_str(&format!(
            "同じ内容のファイルを以前にも読み込んでいます（取込{before}）。もう一度取り込んでも二重には書きません。"
        ));
    }
    note
}

fn result(ask: &mut Ask, batch: &Batch, refusals: &[Refusal]) -> Result<ResultPage, Problem> {
    let book = ask.book()?;
    let errors = ask.read(|door| errors(door, batch))?;
    let names = ask.read(|door| names(door, batch))?;
    let (waits, waits_total) = ask.read(|door| waits(door, &book, batch, false))?;
    let named = ask.read(|door| named(door, batch))?;
    let (undone, by) = undone(batch, &names);
    let undo_form = imports::undo_form(ask, batch, refusals)?;
    let undo_effects = if undo_form.is_some() { ask.read(|door| effects(door, batch))? } else { Vec::new() };
    let counted = if batch.state == State::Discarded { summary::before(batch) } else { summary::after(batch) };
    Ok(ResultPage {
        frame: ask.frame("取込の結果", "/events")?,
        file: batch.name.clone(),
        read_as: batch.summary.read_as(),
        when: moment(batch.at),
        who: who(&names, by),
        counts: counts(counted),
        waits_shown: shown(waits.len() as u64, waits_total),
        waits,
        named,
        errors_shown: shown(errors.len() as u64, batch.errors.unsigned_abs().into()),
        errors,
        undone,
        undo_form,
        undo_effects,
        kept: kept(batch),
    })
}

/// Persons found by name, while the import stands.
fn named(door: &mut Door<'_>, batch: &Batch) -> Result<Vec<Link>, Problem> {
    let files = if batch.state == State::Applied { batch.progress.named.as_slice() } else { &[] };
    if files.is_empty() || !door.actor.role.may(casework::Permission::ReadLists) {
        return Ok(Vec::new());
    }
    door.log_reading(platform::door::Looked::List, "import", files);
    let found = people::many(door, files)?;
    Ok(found.into_values().map(|p| Link { label: p.name, url: format!("/persons/{}", p.file) }).collect())
}

fn effects(door: &mut Door<'_>, batch: &Batch) -> Result<Vec<String>, Problem> {
    let mut lines = vec![
        format!("この取込で書いた{}件の記録が、取込の前に戻ります。", grouped(batch.run.events)),
        String::from("決めるのを待っている行も消えます。直したファイルをもう一度取り込めます。"),
    ];
    lines.extend(imports::outlives(door, batch)?);
    Ok(lines)
}
