//! Who may be the same person: by name, reading and day of birth, however they are written.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Integer, Nullable},
};
use names::{Key, Place, Script};
use rules::Span;

use super::stretch::Stretch;
use crate::{
    Db, Fault, sql,
    store::{
        keys::{self, Kind, PersonKey},
        load::id_list,
    },
};

/// Somebody as known from a paper or a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Identity {
    /// As written; may be empty.
    pub name: String,
    pub kana: String,
    pub birth: Option<Span>,
}

/// How alike two names are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Likeness {
    /// Unlike, or one of them is not known.
    #[default]
    None,
    /// A word in common: 氏 or 名.
    Word,
    /// The same words in another order.
    Turned,
    /// The same, however it is written.
    Same,
}

/// Somebody on file who may be the same, and what speaks for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    pub file: i64,
    pub name: Likeness,
    pub kana: Likeness,
    /// The days of birth may be the same day.
    pub born: bool,
    /// The days of birth are known of both, and differ.
    pub born_otherwise: bool,
}

/// Those of one keeper who may be the same person, the likeliest first: whoever has the same name or reading, and whoever
/// was born on the same day and shares a word of either. The caller decides; nobody is left out for being protected, so
/// whoever shows them masks them.
///
/// # Errors
/// If the database fails.
pub fn candidates(db: &mut Db, keeper: i64, who: &Identity, limit: usize) -> Result<Vec<Candidate>, Fault> {
    /// Of one name there are thousands in a big city.
    const EACH: usize = 200;
    let sought = PersonKey::of(&who.name, &who.kana, "", "");
    let mut files: BTreeSet<i64> = BTreeSet::new();
    for (script, key) in [(Script::Name, &sought.name), (Script::Kana, &sought.kana)] {
        for whole in wholes(key) {
            let stretch = Stretch::exactly(Kind::Part(script, Place::Start), &whole);
            files.extend(stretch.files(db, &[keeper], EACH)?);
        }
    }
    if let Some(birth) = who.birth {
        files.extend(born(db, keeper, birth)?);
    }
    let files: Vec<i64> = files.into_iter().collect();
    let births = births(db, keeper, &files)?;
    let mut found: Vec<Candidate> = keys::stored(db, keeper, &files)?
        .into_iter()
        .map(|(file, key)| {
            let known = who.birth.zip(births.get(&file).copied());
            let born = known.is_some_and(|(birth, (lo, hi))| lo <= birth.hi.0 && hi >= birth.lo.0);
            let (name, kana) = (likeness(&sought.name, &key.name), likeness(&sought.kana, &key.kana));
            Candidate { file, name, kana, born, born_otherwise: known.is_some() && !born }
        })
        .filter(|c| c.name.max(c.kana) >= if c.born { Likeness::Word } else { Likeness::Turned })
        .collect();
    found.sort_by_key(|c| (!c.born, c.born_otherwise, std::cmp::Reverse((c.name.max(c.kana), c.name, c.kana)), c.file));
    found.truncate(limit);
    Ok(found)
}

/// The name as it stands and turned round.
fn wholes(key: &Key) -> BTreeSet<String> {
    let turned: Vec<&str> = key.words().iter().rev().map(String::as_str).collect();
    let both = [key.whole(), Key::from_text(&turned.join(" ")).whole()];
    both.into_iter().filter(|whole| !whole.is_empty()).collect()
}

fn likeness(one: &Key, other: &Key) -> Likeness {
    if one.is_empty() || other.is_empty() {
        Likeness::None
    } else if one.whole() == other.whole() {
        Likeness::Same
    } else if one.same_words(other) || wholes(one).contains(&other.whole()) {
        Likeness::Turned
    } else if one.words().iter().any(|word| other.words().contains(word)) {
        Likeness::Word
    } else {
        Likeness::None
    }
}

fn born(db: &mut Db, keeper: i64, birth: Span) -> Result<Vec<i64>, Fault> {
    let text = "select file from person where keeper = $1 and birth_lo >= $2 and birth_lo <= $3 and birth_hi >= $4 \
                order by file limit 2000";
    // An imprecise birth spans a year at most.
    let query = sql::typed::<BigInt>(text).with(keeper).with(birth.lo.0 - 366).with(birth.hi.0).with(birth.lo.0);
    Ok(query.load(db)?)
}

fn births(db: &mut Db, keeper: i64, files: &[i64]) -> Result<BTreeMap<i64, (i32, i32)>, Fault> {
    let mut found = BTreeMap::new();
    for some in files.chunks(500) {
        let text =
            format!("select file, birth_lo, birth_hi from person where keeper = $1 and file in {}", id_list(some));
        let query = sql::typed::<(BigInt, Nullable<Integer>, Nullable<Integer>)>(&text).once().with(keeper);
        let rows: Vec<(i64, Option<i32>, Option<i32>)> = query.load(db)?;
        found.extend(rows.into_iter().filter_map(|(file, lo, hi)| Some((file, (lo?, hi?)))));
    }
    Ok(found)
}
