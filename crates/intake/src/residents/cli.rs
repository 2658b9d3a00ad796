//! `tsumugi import residents`: the same steps as on screen, with progress on the terminal.

use super::stage::{self, NotStaged, Source};
use super::{Batch, layout, summary};
use crate::imports::apply::Work;
pub use crate::imports::cli::Asked;
use crate::imports::cli::{apply_with_progress, office, opened, print_errors, print_lines, reading, said, speed};
use crate::imports::staging::remove;
use platform::rulebook::Books;
use platform::{Actor, Clock, Database, Doors, Fault};

/// Imports a file, or only says what it would do. Broken rows are reported and the good ones go on.
///
/// # Errors
/// If there is no such office or file, or the file is refused as a whole; then nothing was written.
pub fn run(database: Database, clock: Clock, books: &Books, asked: Asked<'_>) -> Result<(), Fault> {
    let keeper = office(&database, asked.code)?;
    let doors = Doors::new(database, clock);
    let actor = Actor::program(vec![keeper]);
    let refused = |refusal: platform::Refusal| Fault::new(refusal.message);
    let layout = layout::of(asked.data, asked.code).map_err(refused)?;
    let (bytes, name, digest) = opened(asked.file)?;
    let source = Source { name: &name, digest: &digest, on: None, whole: false };

    let begun = doors.clock().wall();
    let bar = reading()?;
    let staged = stage::stage(&doors, &actor, &layout.mapping, source, bytes, |rows| bar.set_position(rows));
    bar.finish_and_clear();
    let staged = staged.map_err(|why| match why {
        NotStaged::File(why) => Fault::new(format!("ファイルを取り込めません。\n{why}")),
        NotStaged::Problem(problem) => said(problem),
    })?;
    preview(&doors, &actor, &staged)?;
    let took = doors.clock().wall() - begun;
    println!("  {}", speed("読み込みと確認", staged.rows_total.unsigned_abs().into(), took));
    if asked.dry_run {
        doors.write(&actor, |door| remove(door.db, &staged)).map_err(said)?;
        println!("確認だけです。台帳には何も書いていません。");
        return Ok(());
    }
    apply_with_progress(Work { doors: &doors, actor: &actor, books }, &staged, summary::after).map(|_| ())
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
