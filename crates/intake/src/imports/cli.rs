//! What every import says on the terminal.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use indicatif::{ProgressBar, ProgressStyle};

use super::apply::{self, Work};
use super::batch::Batch;
use super::summary::{Line, grouped};
use super::{Import, errors, layout};
use platform::{Actor, Database, Doors, Fault, Problem, meter};

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

/// The bytes of a file with its name and digest.
///
/// # Errors
/// If it cannot be read.
pub fn opened(path: &Path) -> Result<(File, String, String), Fault> {
    let mut bytes =
        File::open(path).map_err(|e| Fault::new(format!("ファイル {} を開けません（{e}）。", path.display())))?;
    let digest = layout::digest(&mut bytes)?;
    bytes.seek(SeekFrom::Start(0)).map_err(Fault::at("the file cannot be read"))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((bytes, name, digest))
}

/// A spinner that counts rows.
///
/// # Errors
/// Never in practice.
pub fn reading() -> Result<ProgressBar, Fault> {
    Ok(ProgressBar::new_spinner().with_style(style("{spinner} 読み込み {pos}行 [{elapsed}]")?))
}

/// Line and column lead to the cell; what stands in it is repeated on screen only, to whoever may see it there. A terminal
/// is read by operators, kept by whatever runs the import at night, and sent by mail.
///
/// # Errors
/// If the database fails.
pub fn print_errors<I: Import>(doors: &Doors, actor: &Actor, batch: &Batch<I>) -> Result<(), Fault> {
    let errors = doors.read(actor, |door| Ok::<_, Problem>(errors::errors(door, batch, SHOWN)?)).map_err(said)?;
    for (line, error) in &errors {
        let read = if error.read.is_empty() { "空欄です" } else { "読めません" };
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

/// Applies a staged import and says what it did.
///
/// # Errors
/// If the database fails.
pub fn apply_with_progress<I: Import>(
    work: Work<'_>,
    staged: &Batch<I>,
    after: impl Fn(&Batch<I>) -> Vec<Line>,
) -> Result<Batch<I>, Fault> {
    let before = staged.errors;
    apply::order::<I>(work.doors, work.actor, staged.id).map_err(said)?;
    let total = u64::from(staged.rows_total.unsigned_abs());
    let clock = work.doors.clock();
    let begun = clock.wall();
    let bar = ProgressBar::new(total).with_style(style("取り込み {bar:30} {pos}/{len}行 [{elapsed}]")?);
    let done = apply::run::<I>(work, staged.id, |batch| bar.set_position(batch.rows_done.unsigned_abs().into()));
    bar.finish_and_clear();
    let done = done.map_err(said)?;
    println!("取込{}が終わりました。", done.id);
    print_lines(&after(&done));
    println!("  {}", speed("取り込み", total, clock.wall() - begun));
    if done.errors > before {
        println!("確認が必要な行：");
        print_errors(work.doors, work.actor, &done)?;
    }
    Ok(done)
}

/// 「取り込み：20,000行を6.1秒（毎秒3,278行）、メモリは最大81 MB」
pub fn speed(what: &str, rows: u64, took_us: i64) -> String {
    let seconds = took_us.max(1) as f64 / 1e6;
    let memory = meter::peak_mb().map(|mb| format!("、メモリは最大{} MB", grouped(mb))).unwrap_or_default();
    let per_second = grouped((rows as f64 / seconds) as u64);
    format!("{what}：{}行を{seconds:.1}秒（毎秒{per_second}行）{memory}", grouped(rows))
}

pub fn print_lines(lines: &[Line]) {
    for line in lines {
        let note = if line.note.is_empty() { String::new() } else { format!("（{}）", line.note) };
        println!("  {}：{}{note}", line.label, grouped(line.number));
    }
}

fn style(template: &str) -> Result<ProgressStyle, Fault> {
    ProgressStyle::with_template(template).map_err(Fault::at("a progress bar"))
}

/// The office that keeps the records of a municipality.
///
/// # Errors
/// If there is none, or several.
pub fn office(database: &Database, code: &str) -> Result<i64, Fault> {
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
    let found: Vec<Office> = database.read_all(|db| {
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
pub fn said(problem: Problem) -> Fault {
    match problem {
        Problem::Refused(why) => Fault::new(why.into_iter().map(|r| r.message).collect::<Vec<_>>().join("\n")),
        Problem::Fault(fault) => fault,
        Problem::NotFound => Fault::new("取込が見つかりません。"),
        other => Fault::new(format!("{other:?}")),
    }
}
