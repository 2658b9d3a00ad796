//! Whom rows are about: by 宛名番号, else by day of birth, ふりがな and sex where exactly one person fits. Looked up in sets.

use std::collections::BTreeMap;

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use paperwork::fold::fold_kana;

use super::row::Row;
use platform::{Db, Fault};

/// The person of a row, or why there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    ByNumber(i64),
    /// 名前で見つけた: for a look.
    ByName(i64),
    Nobody,
    Several,
    /// The number is somebody's with another day of birth.
    OtherBirth,
}

impl Found {
    pub const fn code(self) -> &'static str {
        match self {
            Found::ByNumber(_) => "number",
            Found::ByName(_) => "name",
            Found::Nobody => "nobody",
            Found::Several => "several",
            Found::OtherBirth => "other_birth",
        }
    }

    pub const fn file(self) -> Option<i64> {
        match self {
            Found::ByNumber(file) | Found::ByName(file) => Some(file),
            _ => None,
        }
    }
}

/// Why a row waits, by its mark.
pub fn why(mark: &str) -> &'static str {
    match mark {
        "several" => "当てはまる方が複数います。",
        "other_birth" => "この宛名番号の方は、生年月日が違います。",
        "no_pregnancy" => "この日に当てはまる妊娠届がありません。",
        _ => "台帳に見つかりません。",
    }
}

#[derive(QueryableByName, Clone, Debug)]
struct Known {
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = Text)]
    kana: String,
    #[diesel(sql_type = Text)]
    sex: String,
    #[diesel(sql_type = Nullable<Integer>)]
    birth_lo: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    birth_hi: Option<i32>,
}

const KNOWN: &str = "select file, number, kana, sex, birth_lo, birth_hi from person where keeper = $1";

/// Looks up many rows with one query for the numbers and one for the rest.
///
/// # Errors
/// If the database fails.
pub fn find(db: &mut Db, keeper: i64, rows: &[Row]) -> Result<Vec<Found>, Fault> {
    let mut numbers: Vec<&str> = rows.iter().map(|row| row.number.as_str()).filter(|n| !n.is_empty()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut by_number: BTreeMap<String, Vec<Known>> = BTreeMap::new();
    for chunk in numbers.chunks(500) {
        let marks: Vec<String> = (0..chunk.len()).map(|n| format!("${}", n + 2)).collect();
        let mut query = sql_query(format!("{KNOWN} and number in ({}) order by file", marks.join(", ")))
            .into_boxed::<<Db as diesel::Connection>::Backend>()
            .bind::<BigInt, _>(keeper);
        for number in chunk {
            query = query.bind::<Text, _>((*number).to_owned());
        }
        for known in query.load::<Known>(db)? {
            by_number.entry(known.number.clone()).or_default().push(known);
        }
    }
    let by_birth = by_birth(db, keeper, rows.iter().filter(|row| !by_number.contains_key(&row.number)))?;
    Ok(rows
        .iter()
        .map(|row| match by_number.get(&row.number).map(Vec::as_slice) {
            Some([one]) if other_birth(row, one) => Found::OtherBirth,
            Some([one]) => Found::ByNumber(one.file),
            Some(_) => Found::Several,
            None => named(row, &by_birth),
        })
        .collect())
}

/// A number is no key: another day of birth is another person.
fn other_birth(row: &Row, known: &Known) -> bool {
    match (row.birth, known.birth_lo, known.birth_hi) {
        (Some(birth), Some(lo), Some(hi)) => birth.hi.0 < lo || hi < birth.lo.0,
        _ => false,
    }
}

fn by_birth<'r>(
    db: &mut Db,
    keeper: i64,
    rows: impl Iterator<Item = &'r Row>,
) -> Result<BTreeMap<i32, Vec<Known>>, Fault> {
    let mut days: Vec<i32> =
        rows.filter(|r| !r.kana.is_empty()).filter_map(|r| r.birth.filter(|b| b.is_exact())).map(|b| b.lo.0).collect();
    days.sort_unstable();
    days.dedup();
    let mut found: BTreeMap<i32, Vec<Known>> = BTreeMap::new();
    for chunk in days.chunks(500) {
        let list: Vec<String> = chunk.iter().map(i32::to_string).collect();
        let known: Vec<Known> = sql_query(format!("{KNOWN} and birth_lo in ({}) order by file", list.join(",")))
            .bind::<BigInt, _>(keeper)
            .load(db)?;
        for known in known.into_iter().filter(|k| k.birth_lo == k.birth_hi) {
            found.entry(known.birth_lo.unwrap_or_default()).or_default().push(known);
        }
    }
    Ok(found)
}

/// Exactly one person of that day of birth, ふりがな and sex. Whoever has another number is somebody else.
fn named(row: &Row, by_birth: &BTreeMap<i32, Vec<Known>>) -> Found {
    let Some(birth) = row.birth.filter(|b| b.is_exact() && !row.kana.is_empty() && !row.sex.is_empty()) else {
        return Found::Nobody;
    };
    let kana = fold_kana(&row.kana);
    let fits =
        |k: &&Known| fold_kana(&k.kana) == kana && k.sex == row.sex && (row.number.is_empty() || k.number.is_empty());
    let mut found = by_birth.get(&birth.lo.0).into_iter().flatten().filter(fits);
    match (found.next(), found.next()) {
        (Some(one), None) => Found::ByName(one.file),
        (Some(_), Some(_)) => Found::Several,
        _ => Found::Nobody,
    }
}
