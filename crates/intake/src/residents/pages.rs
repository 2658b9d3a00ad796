//! One import on screen: what it would do, how far it is, what it did, and the way back.

use casework::Permission;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use rules::wareki;

use super::plan::Effect;
use super::row::Row;
use super::summary::{self, Pass};
use super::view::{Change, PreviewPage, ProgressPage, ResultPage};
use super::{Batch, Residents};
use crate::imports::batch::State;
use crate::imports::pages::{self as imports, DRAWN, counts, errors, kept, moment, names, shown, undone, who};
use crate::imports::summary::grouped;
use crate::imports::withdraw;
use platform::door::Looked;
use platform::web::{Ask, Reply};
use platform::{Door, Fault, Problem, Refusal};

const STAGES: imports::Stages<Residents, PreviewPage, ResultPage> = imports::Stages { preview, progress, result };

/// `GET /residents/{id}`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::page(ask, &STAGES)
}

/// `POST /residents/{id}/apply`
pub fn apply(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::apply::<Residents>(ask)
}

/// `POST /residents/{id}/discard`
pub fn discard(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::discard::<Residents>(ask)
}

/// `POST /residents/{id}/withdraw`
pub fn take_back(ask: &mut Ask) -> Result<Reply, Problem> {
    imports::take_back::<Residents>(ask, |ask, batch, why| Reply::refused(&result(ask, batch, why)?))
}

fn preview(ask: &mut Ask, batch: &Batch) -> Result<PreviewPage, Problem> {
    let (changes, changes_total) = ask.read(|door| changes(door, batch))?;
    let errors = ask.read(|door| errors(door, batch))?;
    let (good, broken) = (batch.summary.good, batch.summary.broken);
    let mut note = if broken > 0 {
        format!("読めなかった{}行は取り込みません。ファイルを直して、もう一度取り込めます。", grouped(broken))
    } else {
        String::from("取り込んだあとも、まるごと取り消せます。")
    };
    if let Some((before, state)) = &batch.summary.before {
        let done = if state == "applied" { "取り込み済みです" } else { "読み込み済みです" };
        note.push_str(&format!(
            "同じ内容のファイルが{done}（取込{before}）。もう一度取り込んでも、変わっていない方には何も書きません。"
        ));
    }
    let drawn = changes.len() as u64;
    Ok(PreviewPage {
        frame: ask.frame("取込の確認", "/residents")?,
        file: batch.name.clone(),
        read_as: batch.summary.read_as(),
        counts: counts(summary::before(batch)),
        errors_shown: shown(errors.len() as u64, batch.errors.unsigned_abs().into()),
        errors,
        changes_shown: shown(drawn, changes_total),
        changes,
        can_apply: good > 0,
        apply_label: format!("読めた{}行を取り込む", grouped(good)),
        apply_note: note,
        apply_form: ask.draw_form(&format!("/residents/{}/apply", batch.id), "/residents")?,
        discard_form: ask.draw_form(&format!("/residents/{}/discard", batch.id), "/residents")?,
    })
}

fn progress(ask: &mut Ask, batch: &Batch) -> Result<ProgressPage, Problem> {
    let families = "世帯ごとに、生まれた子と母をつないでいます";
    imports::progress(ask, batch, (batch.progress.pass != Pass::Rows).then_some(families))
}

fn result(ask: &mut Ask, batch: &Batch, refusals: &[Refusal]) -> Result<ResultPage, Problem> {
    let errors = ask.read(|door| errors(door, batch))?;
    let names = ask.read(|door| names(door, batch))?;
    let (undone, by) = undone(batch, &names);
    let undo_form = imports::undo_form(ask, batch, refusals)?;
    let undo_effects = if undo_form.is_some() { ask.read(|door| effects(door, batch))? } else { Vec::new() };
    let counted = if batch.state == State::Discarded { summary::before(batch) } else { summary::after(batch) };
    Ok(ResultPage {
        frame: ask.frame("取込の結果", "/residents")?,
        file: batch.name.clone(),
        when: moment(batch.at),
        who: who(&names, by),
        counts: counts(counted),
        errors_shown: shown(errors.len() as u64, batch.errors.unsigned_abs().into()),
        errors,
        undone,
        undo_form,
        undo_effects,
        kept: kept(batch),
    })
}

fn effects(door: &mut Door<'_>, batch: &Batch) -> Result<Vec<String>, Problem> {
    let progress = &batch.progress;
    let moved = [Effect::Changed, Effect::MovedIn, Effect::MovedOut, Effect::Died, Effect::Matched];
    let moved: u64 = moved.into_iter().map(|effect| progress.of(effect)).sum();
    let mut lines = vec![format!(
        "新しい{}人と、変わった{}人が、取込の前に戻ります。",
        grouped(progress.of(Effect::New)),
        grouped(moved)
    )];
    lines.extend(imports::outlives(door, batch)?);
    if withdraw::later(door.db, batch)? {
        lines.push(String::from(
            "このあとに取り込んだファイルがあります。取り消したあとで、いちばん新しいファイルをもう一度取り込んでください。",
        ));
    }
    Ok(lines)
}

/// 転出, 死亡 and 支援措置 before they happen, and how many there are.
fn changes(door: &mut Door<'_>, batch: &Batch) -> Result<(Vec<Change>, u64), Problem> {
    const MARKS: &str = "('moved_out', 'died', 'protected_on', 'protected_off')";
    #[derive(QueryableByName)]
    struct Marked {
        #[diesel(sql_type = Text)]
        content: String,
        #[diesel(sql_type = Text)]
        mark: String,
        #[diesel(sql_type = Nullable<BigInt>)]
        file: Option<i64>,
    }
    let rows: Vec<Marked> = sql_query(format!(
        "select s.content, s.mark, (select min(p.file) from person p where p.keeper = s.keeper and p.number = s.number) \
         as file from staged_row s where s.keeper = $1 and s.batch = $2 and s.mark in {MARKS} order by s.line limit $3"
    ))
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(DRAWN)
    .load(door.db)?;
    let total: platform::db::CountRow =
        sql_query(format!("select count(*) as n from staged_row where keeper = $1 and batch = $2 and mark in {MARKS}"))
            .bind::<BigInt, _>(batch.keeper)
            .bind::<BigInt, _>(batch.id)
            .get_result(door.db)?;
    let may = door.actor.role.may(Permission::ReadLists);
    let files: Vec<i64> = rows.iter().filter_map(|r| r.file).collect();
    if may && !files.is_empty() {
        door.log_reading(Looked::List, "import", &files);
    }
    let drawn = rows.into_iter().map(|row| Ok(change(&serde_json::from_str(&row.content)?, &row.mark, may)));
    Ok((drawn.collect::<Result<_, Fault>>()?, total.n.unsigned_abs()))
}

/// Never an address: where a protected person went is nobody's to see here.
fn change(row: &Row, mark: &str, may: bool) -> Change {
    let day = row.on.map_or(String::new(), wareki::span);
    let (kind, what, effect) = match mark {
        "moved_out" => ("転出", format!("{day} 転出"), "終結判断が一覧に出ます。自動では終結しません"),
        "died" => ("死亡", format!("{day} 死亡"), "案内がすべて止まります"),
        "protected_on" => ("支援措置", String::from("支援措置の始まり"), "住所などを隠します"),
        _ => ("支援措置", String::from("支援措置の終わり"), "住民記録による秘匿を解きます"),
    };
    let who = if may { row.resident.name.clone() } else { String::from("（氏名は表示しません）") };
    Change { kind: kind.to_owned(), who, what: what.trim().to_owned(), effect: effect.to_owned() }
}
