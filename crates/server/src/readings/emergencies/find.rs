//! GET and POST /emergencies/new: whoever may search for nobody names one person exactly; a wrong guess opens nothing and
//! is counted.

use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::wareki;
use unicode_normalization::UnicodeNormalization;

use super::open::{minutes, reason, start, told};
use crate::{
    persons::{
        sheet::{self, Sheet, field, hinted},
        view::SheetKind,
    },
    platform::{
        Door, Fault, Problem, Refusal,
        door::Looked,
        record::Submitted,
        web::{Ask, Reply},
    },
};

const NOBODY: &str = "この内容に当てはまる方は、見つかりません。宛名番号か、ふりがなと生年月日を確かめてください。";

/// GET
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    form(ask, None)
}

fn form(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let minutes = ask.read(|door| Ok(minutes(door)?))?;
    let fields = vec![
        hinted("number", "宛名番号", "", "分からないときは、下のふりがなと生年月日", SheetKind::Text),
        hinted("kana", "ふりがな（姓名）", "", "", SheetKind::Text),
        field("birth", "生年月日", "", SheetKind::Day),
        reason(),
    ];
    let sheet = Sheet {
        title: "緊急閲覧",
        action: String::from("/emergencies/new"),
        about: told(minutes),
        original: Vec::new(),
        fields,
        send: "理由を記録して開く",
        back: String::from("/"),
        preset: Vec::new(),
    };
    sheet::draw(ask, None, sheet, why)
}

/// POST
///
/// # Errors
/// If the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let named = match read(ask) {
        Ok(named) => named,
        Err(refusal) => return form(ask, Some(Submitted::Refused(vec![refusal]))),
    };
    let found = ask.read(|door| {
        let found = found(door, &named)?;
        if found.len() != 1 {
            // Nobody is named: only that somebody tried.
            door.log_reading(Looked::Emergency, "missed", &[]);
        }
        Ok(found)
    })?;
    let [file] = found.as_slice() else {
        return form(ask, Some(Submitted::Refused(vec![Refusal::at("number", NOBODY)])));
    };
    match start(ask, *file)? {
        Ok(reply) => Ok(reply),
        Err(why) => form(ask, Some(why)),
    }
}

enum Named {
    Number(String),
    Born { kana: String, day: i32 },
}

fn read(ask: &Ask) -> Result<Named, Refusal> {
    let number: String = ask.form("number").nfkc().filter(|c| !c.is_whitespace() && *c != '-').collect();
    casework::emergency::check_reason(ask.form("reason"))?;
    if !number.is_empty() {
        return Ok(Named::Number(number));
    }
    let kana = names::Key::of_kana(ask.form("kana")).whole();
    if kana.is_empty() {
        return Err(Refusal::at("number", "宛名番号か、ふりがなと生年月日を入力してください。"));
    }
    let born = wareki::parse(ask.form("birth").trim(), ask.today()).ok().filter(|span| span.is_exact());
    let day = born.ok_or_else(|| Refusal::at("birth", "生年月日を入力してください（例 R2.4.1）。"))?.lo.0;
    Ok(Named::Born { kana, day })
}

/// Whoever is named, within the same 実施機関.
fn found(door: &mut Door<'_>, named: &Named) -> Result<Vec<i64>, Fault> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
        #[diesel(sql_type = Text)]
        kana: String,
    }
    let scope = door.scope();
    let rows: Vec<Row> = match named {
        Named::Number(number) => {
            sql_query(format!("select file, kana from person where keeper in {scope} and number = $1 order by file"))
                .bind::<Text, _>(number)
                .load(door.db)?
        }
        Named::Born { day, .. } => sql_query(format!(
            "select file, kana from person where keeper in {scope} and birth_lo = $1 and birth_hi = $1 order by file"
        ))
        .bind::<Integer, _>(*day)
        .load(door.db)?,
    };
    let fits = |row: &Row| match named {
        Named::Number(_) => true,
        Named::Born { kana, .. } => names::Key::of_kana(&row.kana).whole() == *kana,
    };
    Ok(rows.into_iter().filter(fits).map(|row| row.file).collect())
}
