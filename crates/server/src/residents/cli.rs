//! `tsumugi import residents`: the same steps as on screen, with progress on the terminal.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use indicatif::{ProgressBar, ProgressStyle};

use super::apply::{self, Work};
use super::batch::{self, Batch};
use super::layout;
use super::stage::{self, NotStaged, Source};
use super::summary::{self, grouped};
use crate::platform::{Actor, Clock, Database, Doors, Fault, Problem, rulebook::Books};

/// Errors shown on the terminal.
const SHOWN: i64 = 50;

/// What was asked for on the command line.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub file: &'a Path,
    /// 団体コード.
    pub code: &'a str,
    /// The data directory, where a municipality's own layout may lie.
    pub data: &'a Path,
    pub dry_run: bool,
}

/// Imports a file, or only says what it would do. Broken rows are reported and the good ones go on.
///
/// # Errors
/// If there is no such office or file, or the file is refused as a whole; then nothing was written.
pub fn run(database: Database, clock: Clock, books: &Books, asked: Asked<'_>) -> Result<(), Fault> {
    let keeper = office(&database, asked.code)?;
    let doors = Doors::new(database, clock);
    let actor = Actor::program(vec![keeper]);
    let refused = |refusal: crate::platform::Refusal| Fault::new(refusal.message);
    let layout = layout::of(asked.data, asked.code).map_err(refused)?;
    let mut bytes = File::open(asked.file)
        .map_err(|e| Fault::new(format!("ファイル {} を開けません（{e}）。", asked.file.display())))?;
    let digest = layout::digest(&mut bytes)?;
    bytes.seek(SeekFrom::Start(0)).map_err(Fault::at("the file cannot be read"))?;
    let name = asked.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let source = Source { name: &name, digest: &digest, on: None, whole: false };

    let bar = ProgressBar::new_spinner().with_style(style("{spinner} 読み込み {pos}行 [{elapsed}]")?);
    let staged = stage::stage(&doors, &actor, &layout.mapping, source, bytes, |rows| bar.set_position(rows));
    bar.finish_and_clear();
    let staged = staged.map_err(|why| match why {
        NotStaged::File(why) => Fault::new(format!("ファイルを取り込めません。\n{why}")),
        NotStaged::Problem(problem) => said(problem),
    })?;
    preview(&doors, &actor, &staged)?;
    if asked.dry_run {
        doors.write(&actor, |door| stage::remove(door.db, &staged)).map_err(said)?;
        println!("確認だけです。台帳には何も書いていません。");
        return Ok(());
    }
    apply_with_progress(Work { doors: &doors, actor: &actor, books }, &staged)
}

fn preview(doors: &Doors, actor: &Actor, staged: &Batch) -> Result<(), Fault> {
    println!("{}（{}）", staged.name, staged.summary.read_as());
    println!("文字コード：{}", staged.summary.encoding_reason);
    if let Some((id, _)) = &staged.summary.before {
        println!("同じ内容のファイルを以前にも読み込んでいます（取込{id}）。");
    }
    if !staged.summary.unread_columns.is_empty() {
        println!("読まない列：{}", staged.summary.unread_columns.join("、"));
    }
    print_lines(&summary::before(staged));
    print_errors(doors, actor, staged)
}

fn print_errors(doors: &Doors, actor: &Actor, batch: &Batch) -> Result<(), Fault> {
    let errors = doors.read(actor, |door| Ok::<_, Problem>(batch::errors(door, batch, SHOWN)?)).map_err(said)?;
    for (line, error) in &errors {
        let read = if error.read.is_empty() { "空欄".to_owned() } else { format!("「{}」", error.read) };
        println!("  {line}行目 {}：{read} → {}", error.column, error.expected);
    }
    let more = i64::from(batch.errors) - errors.len() as i64;
    if more > 0 {
        println!(
            "  ほかに{}件（全部で{}件）",
            grouped(more.unsigned_abs()),
            grouped(batch.errors.unsigned_abs().into())
        );
    }
    Ok(())
}

fn apply_with_progress(work: Work<'_>, staged: &Batch) -> Result<(), Fault> {
    let before = staged.errors;
    apply::order(work.doors, work.actor, staged.id).map_err(said)?;
    let total = u64::from(staged.rows_total.unsigned_abs());
    let bar = ProgressBar::new(total).with_style(style("取り込み {bar:30} {pos}/{len}行 [{elapsed}]")?);
    let done = apply::run(work, staged.id, |batch| bar.set_position(batch.rows_done.unsigned_abs().into()));
    bar.finish_and_clear();
    let done = done.map_err(said)?;
    println!("取込{}が終わりました。", done.id);
    print_lines(&summary::after(&done.progress, &done.summary));
    if done.errors > before {
        println!("確認が必要な行：");
        print_errors(work.doors, work.actor, &done)?;
    }
    Ok(())
}

fn print_lines(lines: &[summary::Line]) {
    for line in lines {
        let note = if line.note.is_empty() { String::new() } else { format!("（{}）", line.note) };
        println!("  {}：{}{note}", line.label, grouped(line.number));
    }
}

fn style(template: &str) -> Result<ProgressStyle, Fault> {
    ProgressStyle::with_template(template).map_err(Fault::at("a progress bar"))
}

/// The office that keeps the records of a municipality.
fn office(database: &Database, code: &str) -> Result<i64, Fault> {
    #[derive(QueryableByName)]
    struct Office {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Integer)]
        rank: i32,
    }
    // The municipality itself, or the centre under it: whichever keeps records.
    let found: Vec<Office> = database.read(|db| {
        Ok::<_, Fault>(
            sql_query(
                "select o.id, o.name, case when o.file is not null then 0 when o.kind = 'centre' then 1 else 2 end as rank \
                 from office o left join office above on above.id = o.parent \
                 where (o.code = $1 or (o.code = '' and above.code = $1)) and o.kind <> 'prefecture' \
                 order by rank, o.id",
            )
            .bind::<Text, _>(code)
            .load(db)?,
        )
    })?;
    let rank = found.first().map(|o| o.rank);
    let keeping: Vec<&Office> = found.iter().filter(|o| Some(o.rank) == rank).collect();
    match keeping.as_slice() {
        [office] => Ok(office.id),
        [] => Err(Fault::new(format!("団体コード {code} のセンターは登録されていません。"))),
        several => {
            let names: Vec<&str> = several.iter().map(|o| o.name.as_str()).collect();
            Err(Fault::new(format!("団体コード {code} のセンターが複数あります（{}）。", names.join("、"))))
        }
    }
}

/// A problem in the words of whoever sits at the terminal.
fn said(problem: Problem) -> Fault {
    match problem {
        Problem::Refused(why) => Fault::new(why.into_iter().map(|r| r.message).collect::<Vec<_>>().join("\n")),
        Problem::Fault(fault) => fault,
        Problem::NotFound => Fault::new("取込が見つかりません。"),
        other => Fault::new(format!("{other:?}")),
    }
}
