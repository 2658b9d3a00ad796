//! The rows of an import as lists show them: the first ones, those that wait, and what each says.

use casework::Permission;
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use paperwork::events::Shape;
use rules::{Rulebook, wareki};

use super::find::why;
use super::row::Row;
use super::staged::{COLUMNS, StagedRow};
use super::view::Shown;
use super::{Batch, summary::Summary};
use crate::imports::pages::DRAWN;
use platform::db::CountRow;
use platform::door::Looked;
use platform::web::view::Link;
use platform::web::words::result_word;
use platform::{Door, Fault, Problem, rulebook};

/// Rows drawn of the beginning of a file.
pub const FIRST: i64 = 10;

/// The first rows of a staged file.
///
/// # Errors
/// If the database fails.
pub fn first(door: &mut Door<'_>, book: &Rulebook, batch: &Batch) -> Result<Vec<Shown>, Problem> {
    let rows = load(door, batch, "1 = 1", FIRST)?;
    draw(door, book, batch, &rows)
}

/// Rows that need a look: before applying those that would wait or were found by name, afterwards those that wait.
///
/// # Errors
/// If the database fails.
pub fn waits(door: &mut Door<'_>, book: &Rulebook, batch: &Batch, before: bool) -> Result<(Vec<Shown>, u64), Problem> {
    let which = if before { "mark <> 'number'" } else { "state = 'waiting'" };
    let rows = load(door, batch, which, DRAWN)?;
    let total: CountRow =
        sql_query(format!("select count(*) as n from staged_row where keeper = $1 and batch = $2 and {which}"))
            .bind::<BigInt, _>(batch.keeper)
            .bind::<BigInt, _>(batch.id)
            .get_result(door.db)?;
    Ok((draw(door, book, batch, &rows)?, total.n.unsigned_abs()))
}

/// How many rows of all imports wait for a decision.
///
/// # Errors
/// If the database fails.
pub fn rows(door: &mut Door<'_>) -> Result<i64, Fault> {
    let scope = door.scope();
    let text = format!("select count(*) as n from staged_row where keeper in {scope} and state = 'waiting'");
    Ok(sql_query(text).get_result::<CountRow>(door.db)?.n)
}

/// One waiting row.
///
/// # Errors
/// Not found, for a row that does not wait.
pub fn one(door: &mut Door<'_>, batch: &Batch, line: i64) -> Result<StagedRow, Problem> {
    let rows: Vec<StagedRow> = sql_query(format!(
        "select {COLUMNS} from staged_row where keeper = $1 and batch = $2 and state = $3 and line = $4"
    ))
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<Text, _>("waiting")
    .bind::<Integer, _>(i32::try_from(line).unwrap_or(0))
    .load(door.db)?;
    rows.into_iter().next().ok_or(Problem::NotFound)
}

fn load(door: &mut Door<'_>, batch: &Batch, which: &str, limit: i64) -> Result<Vec<StagedRow>, Problem> {
    Ok(sql_query(format!(
        "select {COLUMNS} from staged_row where keeper = $1 and batch = $2 and {which} order by line limit $3"
    ))
    .bind::<BigInt, _>(batch.keeper)
    .bind::<BigInt, _>(batch.id)
    .bind::<BigInt, _>(limit)
    .load(door.db)?)
}

/// Rows in words; whose they are only for those who may see lists of persons, and then it is logged.
///
/// # Errors
/// If a row cannot be read.
pub fn draw(door: &mut Door<'_>, book: &Rulebook, batch: &Batch, rows: &[StagedRow]) -> Result<Vec<Shown>, Problem> {
    let may = door.actor.role.may(Permission::ReadLists);
    let decides = door.actor.role.may(Permission::RecordService);
    let files: Vec<i64> = rows.iter().filter_map(|row| row.file).collect();
    if may && !files.is_empty() {
        door.log_reading(Looked::List, "import", &files);
    }
    rows.iter().map(|staged| Ok(shown(batch, book, staged, &staged.row()?, (may, decides)))).collect()
}

fn shown(batch: &Batch, book: &Rulebook, staged: &StagedRow, row: &Row, (may, decides): (bool, bool)) -> Shown {
    let name = if row.name.is_empty() { &row.kana } else { &row.name };
    let who = [row.number.as_str(), name].iter().filter(|t| !t.is_empty()).copied().collect::<Vec<_>>().join("　");
    let decision = staged.decision();
    let mark = match staged.mark.as_str() {
        "number" => "",
        "name" => "名前で見つけた",
        "contradicts" => "食い違い",
        "no_pregnancy" => "妊娠届がない",
        "refused" => "記録できない",
        _ => "人が見つからない",
    };
    let person = staged.file.filter(|_| may && !mark.is_empty());
    Shown {
        line: staged.line.to_string(),
        who: if may { who } else { String::from("（氏名は表示しません）") },
        day: wareki::span(row.day),
        what: what(&batch.summary, book, row),
        mark: mark.to_owned(),
        why: match mark {
            "" => String::new(),
            "名前で見つけた" => String::from("生年月日・ふりがな・性別が一致しました。"),
            _ if decision.why.is_empty() => why(&staged.mark).to_owned(),
            _ => decision.why,
        },
        url: if decides && staged.state == "waiting" {
            format!("/events/{}/rows/{}", batch.id, staged.line)
        } else {
            String::new()
        },
        person: person.map(|file| Link { label: String::from("台帳を開く"), url: format!("/persons/{file}") }),
    }
}

/// 「小児肺炎球菌 2回目（pcv20）」「1歳6か月児健診（要精密）」「妊娠届（予定日 R8.12.24）」
pub fn what(summary: &Summary, book: &Rulebook, row: &Row) -> String {
    if summary.shape == Shape::Pregnancy {
        let edd = row.edd.map(wareki::short).unwrap_or_default();
        return format!("妊娠届（予定日 {edd}）");
    }
    let mut text = rulebook::title(book, &row.service);
    if let Some(dose) = row.dose {
        text.push_str(&format!(" {dose}回目"));
    }
    let more: Vec<&str> = [result_word(&row.result), row.product.as_deref().unwrap_or("")]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect();
    if more.is_empty() { text } else { format!("{text}（{}）", more.join("・")) }
}
