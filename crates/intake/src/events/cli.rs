//! `tsumugi import events`: the same steps as on screen, with progress on the terminal.

use rules::Day;

use super::stage::{self, NotStaged, Source};
use super::{Batch, layout, summary};
use crate::imports::apply::Work;
use crate::imports::cli::{
    Asked, apply_with_progress, office, opened, print_errors, print_lines, reading, said, speed,
};
use crate::imports::staging::remove;
use crate::imports::summary::grouped;
use platform::rulebook::Books;
use platform::{Actor, Clock, Database, Doors, Fault};

/// Notices shown on the terminal.
const SHOWN: usize = 20;

/// Imports a file of a kind, or only says what it would do. Broken rows are reported and the good ones go on; rows that
/// somebody has to decide wait on the import's page.
///
/// # Errors
/// If there is no such office, kind or file, or the file is refused as a whole; then nothing was written.
pub fn run(
    database: Database,
    clock: Clock,
    books: &Books,
    asked: Asked<'_>,
    (kind, through): (&str, Option<Day>),
) -> Result<(), Fault> {
    let keeper = office(&database, asked.code)?;
    let doors = Doors::new(database, clock);
    let actor = Actor::program(vec![keeper]);
    let mapping = layout::of(asked.data, asked.code).map_err(|refusal| Fault::new(refusal.message))?;
    let Some(kind) = mapping.kind(kind) else {
        let known: Vec<String> = mapping.kinds.iter().map(|k| format!("  {}　{}", k.id, k.title)).collect();
        return Err(Fault::new(format!(
            "--kind {kind} という種類はありません。次のどれかです。\n{}",
            known.join("\n")
        )));
    };
    let (bytes, name, digest) = opened(asked.file)?;
    let source = Source { name: &name, digest: &digest, through };
    let begun = doors.clock().wall();
    let bar = reading()?;
    let staged = stage::stage(&doors, &actor, kind, source, bytes, |rows| bar.set_position(rows));
    bar.finish_and_clear();
    let staged = staged.map_err(|why| match why {
        NotStaged::File(why) => Fault::new(format!("ファイルを取り込めません。\n{why}")),
        NotStaged::Problem(problem) => said(problem),
    })?;
    preview(&doors, &actor, &staged)?;
    let took = doors.clock().wall() - begun;
    println!("  {}", speed("読み込みと確認", staged.rows_total.unsigned_abs().into(), took));
    let nothing = staged.summary.good == 0;
    if asked.dry_run || nothing {
        doors.write(&actor, |door| remove(door.db, &staged)).map_err(said)?;
        if nothing {
            return Err(Fault::new("読める行がありません。台帳には何も書いていません。"));
        }
        println!("確認だけです。台帳には何も書いていません。");
        return Ok(());
    }
    let done = apply_with_progress(Work { doors: &doors, actor: &actor, books }, &staged, summary::after)?;
    let waiting = done.progress.counts.waiting();
    if waiting > 0 {
        println!(
            "{}行が決定を待っています。画面「過去の記録の取込」の取込{}で決めてください。",
            grouped(waiting),
            done.id
        );
    }
    Ok(())
}

fn preview(doors: &Doors, actor: &Actor, staged: &Batch) -> Result<(), Fault> {
    let summary = &staged.summary;
    println!("{}（{}）", staged.name, summary.read_as());
    println!("文字コード：{}", summary.encoding_reason);
    if let Some((id, _)) = &summary.before {
        println!("同じ内容のファイルを以前にも読み込んでいます（取込{id}）。");
    }
    if !summary.unread_columns.is_empty() {
        println!("この列は読みません：{}", summary.unread_columns.join("、"));
    }
    print_lines(&summary::before(staged));
    for (line, notice) in summary.notices.iter().take(SHOWN) {
        println!("  {line}行目 {notice}");
    }
    print_errors(doors, actor, staged)
}
