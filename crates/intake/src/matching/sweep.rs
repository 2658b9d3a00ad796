//! GET /matching/sweep: persons who may be on file twice. The whole index is read once, a span of birthdays at a time.

use std::collections::BTreeMap;

use casework::matching::{self, Likeness};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use names::{fold_kana, fold_name, from_romaji, plain_vowels};
use platform::door::Looked;
use platform::web::words::name;
use platform::web::{Ask, Reply};
use platform::{Door, Fault, Problem};

use super::candidates::Proposal;
use super::faces;
use super::page::{marks, proposal};
use super::view::{Pair, SweepPage};

/// Pairs shown: somebody works these off before looking for more.
const SHOWN: usize = 30;
/// Days of birth read at a time.
const SPAN: i32 = 730;

/// `GET /matching/sweep`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, Vec::new())?)
}

/// The page, with what was refused just now.
///
/// # Errors
/// If the database fails.
pub fn draw(ask: &mut Ask, wrong: Vec<String>) -> Result<SweepPage, Problem> {
    let frame = ask.frame("台帳どうしの重なり", "/matching")?;
    let blank = ask.draw_form("/matching", "/matching/sweep")?;
    let (mut pairs, more) = ask.read(|door| Ok(pairs(door)?))?;
    for pair in &mut pairs {
        let version = std::mem::take(&mut pair.proposal.form.version);
        let command_id = platform::secret::token()?;
        pair.proposal.form = platform::web::form::Form { command_id, version, values: Vec::new(), ..blank.clone() };
    }
    let shown = match more {
        true => format!("はじめの{}組を表示しています。決めると続きが出ます。", pairs.len()),
        false => format!("{}組", pairs.len()),
    };
    Ok(SweepPage { frame, wrong, shown, pairs })
}

fn pairs(door: &mut Door<'_>) -> Result<(Vec<Pair>, bool), Fault> {
    let (mut shown, mut looked, mut more) = (Vec::new(), Vec::new(), false);
    for some in alike(door)?.chunks(50) {
        let files: Vec<i64> = some.iter().flat_map(|(one, other)| [*one, *other]).collect();
        let known = faces::known(door, &files)?;
        for (one, other) in some {
            let (Some(one), Some(other)) = (known.get(one), known.get(other)) else { continue };
            if one.apart.contains(&other.file) || other.apart.contains(&one.file) {
                continue;
            }
            let Some(likely) = matching::likely(&one.face, &other.face) else { continue };
            if likely.likeness == Likeness::NameOnly {
                continue;
            }
            if shown.len() == SHOWN {
                more = true;
                break;
            }
            looked.extend([one.file, other.file]);
            shown.push(Pair {
                name: name(&one.name, &one.kana),
                url: format!("/persons/{}", one.file),
                number: one.number.clone(),
                marks: marks(one),
                proposal: proposal(door, one, &Proposal { known: other.clone(), likely })?,
            });
        }
        if more {
            break;
        }
    }
    door.log_reading(Looked::List, "sweep", &looked);
    Ok((shown, more))
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    keeper: i64,
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = Integer)]
    birth_lo: i32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kana: String,
}

#[derive(QueryableByName)]
struct Ends {
    #[diesel(sql_type = Nullable<Integer>)]
    first: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    last: Option<i32>,
}

/// Pairs of one keeper's files born on one day that share a key of the name, in order of birth.
fn alike(door: &mut Door<'_>) -> Result<Vec<(i64, i64)>, Fault> {
    let scope = door.scope();
    let ends: Ends = sql_query(format!(
        "select min(birth_lo) as first, max(birth_lo) as last from person where keeper in {scope} and birth_lo is not null"
    ))
    .get_result(door.db)?;
    let (Some(first), Some(last)) = (ends.first, ends.last) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let mut from = first;
    while from <= last {
        let rows: Vec<Row> = sql_query(format!(
            "select keeper, file, birth_lo, name, kana from person where keeper in {scope} \
             and birth_lo >= $1 and birth_lo < $2 order by birth_lo, file"
        ))
        .bind::<Integer, _>(from)
        .bind::<Integer, _>(from.saturating_add(SPAN))
        .load(door.db)?;
        let mut by: BTreeMap<(i64, i32, String), Vec<i64>> = BTreeMap::new();
        for row in rows {
            for key in keys(&row.name, &row.kana) {
                let files = by.entry((row.keeper, row.birth_lo, key)).or_default();
                found.extend(files.iter().map(|other| (*other, row.file)));
                files.push(row.file);
            }
        }
        from = from.saturating_add(SPAN);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The keys under which one person may stand twice: 字体, long vowels, order of the parts and romaji aside.
fn keys(name: &str, kana: &str) -> Vec<String> {
    let ordered = |text: &str, key: fn(&str) -> String| {
        let mut parts: Vec<String> = text.split(char::is_whitespace).map(key).filter(|p| !p.is_empty()).collect();
        parts.sort_unstable();
        parts.concat()
    };
    let reading = |text: &str| plain_vowels(&fold_kana(text));
    let roman = |text: &str| from_romaji(text).map(|key| plain_vowels(&key)).unwrap_or_default();
    let mut keys = vec![ordered(name, fold_name), ordered(kana, reading), ordered(name, roman)];
    // Kana typed as the name.
    keys.push(ordered(name, reading));
    keys.retain(|key| !key.is_empty());
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_written_twice_shares_a_key() {
        let share = |a: (&str, &str), b: (&str, &str)| keys(a.0, a.1).iter().any(|k| keys(b.0, b.1).contains(k));
        assert!(share(("髙﨑 優子", "たかさき ゆうこ"), ("高崎 裕子", "たかさき ゆーこ")));
        assert!(share(("大野 優", "おおの ゆう"), ("YU ONO", "")));
        assert!(share(("花子 山田", ""), ("山田 花子", "やまだ はなこ")));
        assert!(share(("やまだ はなこ", ""), ("山田 花子", "やまだ はなこ")));
        assert!(!share(("山田 花子", "やまだ はなこ"), ("山田 花代", "やまだ はなよ")));
    }
}
