//! A row that somebody has to decide: whose it is, or which of two records is right.

use casework::act::Act;
use casework::{Permission, Person};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use paperwork::events::Shape;
use rules::wareki;
use unicode_normalization::UnicodeNormalization;

use super::plan::{Outcome, Wait};
use super::staged::{Decision, StagedRow, mark};
use super::view::{Candidate, RowPage};
use super::{Events, acts, look, waiting};
use crate::imports::apply::Hand;
use crate::imports::batch::{self, State};
use platform::db::IdRow;
use platform::rulebook::Books;
use platform::store::Desk;
use platform::store::together::Together;
use platform::web::ask::field_errors;
use platform::web::form::Choice;
use platform::web::view::{Notice, NoticeTone};
use platform::web::{Ask, Reply};
use platform::{Door, Problem, Refusal, people};

const LABELS: &[(&str, &str)] = &[("how", "どうしますか"), ("number", "宛名番号"), ("reason", "理由")];

/// `GET /events/{id}/rows/{line}`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, &[])?)
}

/// `POST /events/{id}/rows/{line}`
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let (id, line) = (ask.id("id")?, ask.id("line")?);
    let books = ask.app.books.clone();
    let asked = Asked {
        how: ask.form("how").to_owned(),
        number: ask.form("number").trim().nfkc().collect(),
        reason: ask.form("reason").trim().to_owned(),
    };
    match ask.write(|door| settle(door, &books, (id, line), &asked)) {
        Ok(told) => {
            let notice = Notice { tone: NoticeTone::Done, text: told, link: None, undo: None };
            let imports = ask.actor()?.role.may(Permission::ImportResidents);
            let there = if imports { format!("/events/{id}") } else { String::from("/arrivals") };
            Ok(Reply::see_told(&there, notice))
        }
        Err(Problem::Refused(why)) => Reply::refused(&draw(ask, &why)?),
        Err(problem) => Err(problem),
    }
}

/// What somebody decided.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// `person`, `again`, `take`, `replace`, `leave`.
    pub how: String,
    /// 宛名番号 of the person it is.
    pub number: String,
    pub reason: String,
}

/// Carries a decision out, in the transaction of the door, and says what was done.
///
/// # Errors
/// In words, if it cannot be; then the row goes on waiting.
pub fn settle(door: &mut Door<'_>, books: &Books, (id, line): (i64, i64), asked: &Asked) -> Result<String, Problem> {
    let batch = batch::claim::<Events>(door, id)?;
    if batch.state != State::Applied {
        return Err(Refusal::new(format!("この取込は「{}」です。", batch.state.label())).into());
    }
    let staged = waiting::one(door, &batch, line)?;
    if matches!(asked.how.as_str(), "take" | "replace" | "leave") && asked.reason.is_empty() {
        return Err(Problem::refused("reason", "理由を入力してください。"));
    }
    let mut hand = Hand { door, books, batch };
    let told = match asked.how.as_str() {
        "leave" => String::from("取り込まないことにしました。"),
        "person" => {
            let file = person(&mut hand, &asked.number)?;
            if asked.reason.is_empty() && other_birth(&mut hand, file, &staged)? {
                let why = "ファイルの生年月日と、この方の生年月日が違います。この方でよい理由を入力してください。";
                return Err(Problem::refused("reason", why));
            }
            plan_again(&mut hand, &staged, file)?
        }
        "again" => {
            let file = staged.file.ok_or(Problem::NotFound)?;
            plan_again(&mut hand, &staged, file)?
        }
        "take" | "replace" => decided(&mut hand, &staged, asked.how == "replace")?,
        _ => return Err(Problem::refused("how", "どうするかを選んでください。")),
    };
    let decision = Decision {
        how: asked.how.clone(),
        reason: asked.reason.clone(),
        by: hand.door.actor.staff,
        at: hand.door.now(),
        ..staged.decision()
    };
    mark(hand.door.db, &hand.batch, staged.line, (&staged.mark, staged.file, "settled"), &decision)?;
    // What it said is in the file now, or is not wanted: personal data is not kept twice.
    sql_query("update staged_row set content = '', number = '' where keeper = $1 and batch = $2 and line = $3")
        .bind::<BigInt, _>(hand.batch.keeper)
        .bind::<BigInt, _>(hand.batch.id)
        .bind::<Integer, _>(staged.line)
        .execute(hand.door.db)?;
    hand.batch.progress.settled += 1;
    batch::save(hand.door.db, &hand.batch)?;
    Ok(told)
}

fn person(hand: &mut Hand<'_, '_, Events>, number: &str) -> Result<i64, Problem> {
    if number.is_empty() {
        return Err(Problem::refused("number", "どの方の記録か、宛名番号を入力してください。"));
    }
    let found: Vec<IdRow> = sql_query("select file as id from person where keeper = $1 and number = $2 order by file")
        .bind::<BigInt, _>(hand.batch.keeper)
        .bind::<Text, _>(number)
        .load(hand.door.db)?;
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => Err(Problem::refused("number", format!("宛名番号「{number}」の方は台帳にいません。"))),
        _ => Err(Problem::refused("number", format!("宛名番号「{number}」の台帳が複数あります。"))),
    }
}

/// The file names another day of birth than the person's.
fn other_birth(hand: &mut Hand<'_, '_, Events>, file: i64, staged: &StagedRow) -> Result<bool, Problem> {
    let known = people::one(hand.door, file)?.and_then(|p| p.birth());
    let said = staged.row()?.birth;
    Ok(matches!((known, said), (Some(known), Some(said)) if known < said.lo || said.hi < known))
}

/// The row on the person's file as it stands now.
fn plan_again(hand: &mut Hand<'_, '_, Events>, staged: &StagedRow, file: i64) -> Result<String, Problem> {
    write(hand, file, |hand, desk, together| {
        let Some(events) = together.file(file) else { return Err(Problem::NotFound) };
        let planned = look::planned(&hand.batch.summary, file, events, std::slice::from_ref(staged))?;
        match planned.into_iter().next().map(|p| p.outcome) {
            Some(Outcome::New(act)) => put(hand, desk, together, &act),
            Some(Outcome::Wait(Wait::Contradicts { why, .. } | Wait::Refused(why))) => {
                Err(Refusal::at("how", format!("この方の台帳と食い違います。{why}")).into())
            }
            Some(Outcome::Wait(Wait::NoPregnancy)) => {
                let why = "この日に当てはまる妊娠届がありません。妊娠届を記録してから、もう一度決めてください。";
                Err(Refusal::at("how", why).into())
            }
            Some(Outcome::Known | Outcome::Repeated) | None => {
                Ok(String::from("同じ記録が台帳にありました。二重には書いていません。"))
            }
        }
    })
}

/// Somebody says that the row is right: beside what is on file, or in its place.
fn decided(hand: &mut Hand<'_, '_, Events>, staged: &StagedRow, replace: bool) -> Result<String, Problem> {
    let file = staged.file.ok_or(Problem::NotFound)?;
    let row = staged.row()?;
    write(hand, file, |hand, desk, together| {
        let summary = &hand.batch.summary;
        let act = if replace {
            let event = staged.decision().event;
            let event = event.ok_or_else(|| Refusal::at("how", "直す記録が台帳にありません。"))?;
            acts::correction(summary.shape, file, event, &row)
        } else {
            let Some(events) = together.file(file) else { return Err(Problem::NotFound) };
            let view = casework::View { withdrawn: &events.withdrawn, ..casework::View::default() };
            let story = casework::fold(&events.events, view);
            let episode = acts::episode(summary.shape, &row, &Person::read(&story));
            let episode = episode.map_err(|_| Refusal::at("how", "この日に当てはまる妊娠届がありません。"))?;
            acts::act(summary.shape, &summary.source, file, episode, &row)
        };
        put(hand, desk, together, &act)
    })
}

/// Opens a file at the desk of whoever decides, and derives it afterwards.
fn write(
    hand: &mut Hand<'_, '_, Events>,
    file: i64,
    work: impl FnOnce(&mut Hand<'_, '_, Events>, &Desk<'_>, &mut Together) -> Result<String, Problem>,
) -> Result<String, Problem> {
    let keepers = [hand.batch.keeper];
    let desk = Desk { actor: hand.door.actor.staff, ..hand.desk(&keepers) };
    let mut together = Together::open(hand.door.db, &desk, &[file])?;
    let told = work(hand, &desk, &mut together)?;
    together.close(hand.door.db, &desk)?;
    Ok(told)
}

fn put(
    hand: &mut Hand<'_, '_, Events>,
    desk: &Desk<'_>,
    together: &mut Together,
    act: &Act,
) -> Result<String, Problem> {
    let applied = together.apply(hand.door.db, desk, act)?;
    hand.batch.run.events += applied.events.len() as u64;
    Ok(String::from("取り込みました。"))
}

fn draw(ask: &mut Ask, refusals: &[Refusal]) -> Result<RowPage, Problem> {
    let (id, line) = (ask.id("id")?, ask.id("line")?);
    let book = ask.book()?;
    let mut form = ask.draw_form(&format!("/events/{id}/rows/{line}"), &format!("/events/{id}"))?;
    form.errors = field_errors(refusals, LABELS);
    let (batch, staged) = ask.read(|door| {
        let batch = batch::find::<Events>(door, id)?;
        let staged = waiting::one(door, &batch, line)?;
        Ok((batch, staged))
    })?;
    let row = staged.row()?;
    let lost = staged.file.is_none();
    let candidates = if lost { ask.read(|door| candidates(door, &row))? } else { Vec::new() };
    let shown = ask.read(|door| waiting::draw(door, &book, &batch, std::slice::from_ref(&staged)))?;
    let way = |value: &str, label: &str| Choice::new(value, label);
    let leave = way("leave", "この行は取り込まない");
    let ways = match staged.mark.as_str() {
        _ if lost => vec![way("person", "次の宛名番号の方の記録として取り込む"), leave],
        "contradicts" => {
            let mut ways = vec![way("take", "別の記録として取り込む（両方残す）")];
            if staged.decision().event.is_some() {
                ways.push(way("replace", "台帳の記録を、ファイルの内容に訂正する"));
            }
            ways.push(way("leave", "台帳の記録が正しい（この行は取り込まない）"));
            ways
        }
        _ => vec![way("again", "台帳を直したので、もう一度確かめて取り込む"), leave],
    };
    let text = |label: &str, text: String| (label.to_owned(), text);
    let mut said = vec![
        text("生年月日", row.birth.map(wareki::span).unwrap_or_default()),
        text("ふりがな", row.kana.clone()),
        text(if batch.summary.shape == Shape::Pregnancy { "届出日" } else { "日付" }, wareki::span(row.day)),
        text("医療機関・会場", row.place.clone()),
        text("備考", row.note.clone()),
    ];
    said.retain(|(_, text)| !text.is_empty());
    Ok(RowPage {
        frame: ask.frame("取込の行を決める", "/events")?,
        row: shown.into_iter().next().unwrap_or_default(),
        said,
        candidates,
        form,
        ways,
        asks_person: lost,
    })
}

/// Persons born on the day the row names.
fn candidates(door: &mut Door<'_>, row: &super::row::Row) -> Result<Vec<Candidate>, Problem> {
    const SHOWN: i64 = 10;
    let Some(birth) = row.birth.filter(|birth| birth.is_exact()) else { return Ok(Vec::new()) };
    let scope = door.scope();
    let found: Vec<IdRow> = sql_query(format!(
        "select file as id from person where keeper in {scope} and birth_lo = $1 order by kana, file limit $2"
    ))
    .bind::<Integer, _>(birth.lo.0)
    .bind::<BigInt, _>(SHOWN)
    .load(door.db)?;
    let files: Vec<i64> = found.into_iter().map(|row| row.id).collect();
    door.log_reading(platform::door::Looked::List, "import", &files);
    Ok(people::many(door, &files)?
        .into_values()
        .map(|p| Candidate {
            birth: p.birth().map(wareki::short).unwrap_or_default(),
            url: format!("/persons/{}", p.file),
            name: platform::web::words::name(&p.name, &p.kana).text,
            number: p.number,
        })
        .collect())
}
