//! Whom a search finds, the best first: an exact number, the end of a phone number, a day of birth; 氏, the beginning of
//! name and reading, of a later word, and what stands inside.

use std::collections::BTreeSet;

use diesel::{RunQueryDsl, sql_types::BigInt};
use rules::Span;

use super::{
    family,
    narrow::{self, Condition},
    sought::{Digits, Sought},
    stretch::Stretch,
};
use crate::{Door, Fault, sql};

/// Persons that one search shows at most; the page says so.
pub const MOST: usize = 500;

/// Why somebody was found. A relative's number is never said, only whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    Name,
    Number,
    Phone,
    Birth,
    /// The 宛名番号 of their mother, child …: a role of `relation`.
    NumberOf(String),
    PhoneOf(String),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    pub file: i64,
    pub why: Why,
}

/// A part of what was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    /// There are others behind these.
    pub more: bool,
    /// So many had to be looked through that some may be missing: another word is needed.
    pub cut: bool,
}

/// The hits from the `from`-th on, at most `page`.
///
/// # Errors
/// If the database fails.
pub fn find(door: &mut Door<'_>, sought: &Sought, from: usize, page: usize) -> Result<Found, Fault> {
    let mut hits = Collected { want: from.min(MOST) + page + 1, ..Collected::default() };
    match (&sought.digits, sought.words.is_empty()) {
        (Some(digits), true) => numbers(door, digits, sought.birth, &mut hits)?,
        (None, true) => {
            if let Some(birth) = sought.birth {
                hits.all(born(door, birth, hits.open())?, &Why::Birth);
            }
        }
        _ => names(door, sought, &mut hits)?,
    }
    let more = hits.hits.len() > from + page;
    let cut = hits.cut;
    Ok(Found { hits: hits.hits.into_iter().skip(from).take(page).collect(), more, cut })
}

/// Everybody found so far, each once.
#[derive(Default)]
pub(super) struct Collected {
    hits: Vec<Hit>,
    seen: BTreeSet<i64>,
    want: usize,
    pub cut: bool,
}

impl Collected {
    pub fn all(&mut self, files: impl IntoIterator<Item = i64>, why: &Why) {
        for file in files {
            if self.hits.len() < self.want && self.seen.insert(file) {
                self.hits.push(Hit { file, why: why.clone() });
            }
        }
    }

    pub fn is_full(&self) -> bool {
        self.hits.len() >= self.want
    }

    /// Rows to ask for, so that enough are new: who was found is found again further down, and by several places of
    /// one name.
    fn open(&self) -> usize {
        self.want + self.hits.len()
    }
}

fn numbers(door: &mut Door<'_>, digits: &Digits, birth: Option<Span>, hits: &mut Collected) -> Result<(), Fault> {
    /// Whose relatives are looked for.
    const OWNERS: usize = 50;
    let keepers = door.keepers().to_vec();
    let numbered = Stretch::number(&digits.number).files(door.db, &keepers, hits.open())?;
    let phoned =
        narrow::phone(digits).map(|s| s.files(door.db, &keepers, hits.open())).transpose()?.unwrap_or_default();
    hits.all(numbered.iter().copied(), &Why::Number);
    hits.all(phoned.iter().copied(), &Why::Phone);
    for (owners, why) in [(&numbered, Why::NumberOf as fn(String) -> Why), (&phoned, Why::PhoneOf)] {
        let owners: Vec<i64> = owners.iter().copied().take(OWNERS).collect();
        for (file, role) in family::relatives(door, &owners)? {
            hits.all([file], &why(role));
        }
    }
    if let Some(birth) = birth {
        hits.all(born(door, birth, hits.open())?, &Why::Birth);
    }
    Ok(())
}

fn names(door: &mut Door<'_>, sought: &Sought, hits: &mut Collected) -> Result<(), Fault> {
    let keepers = door.keepers().to_vec();
    let alone = sought.birth.is_none() && sought.digits.is_none();
    if let ([word], true) = (&*sought.words, alone) {
        return plainly(door, &keepers, &Stretch::of_word(word), hits);
    }
    if alone {
        for whole in &sought.joined {
            plainly(door, &keepers, &Stretch::of_whole(whole), hits)?;
        }
    }
    let mut conditions: Vec<Condition> = sought.words.iter().cloned().map(Condition::Word).collect();
    conditions.extend(sought.birth.map(Condition::Born));
    conditions.extend(sought.digits.clone().map(Condition::Digits));
    narrow::all_of(door, &keepers, &conditions, hits)
}

fn plainly(door: &mut Door<'_>, keepers: &[i64], stretches: &[Stretch], hits: &mut Collected) -> Result<(), Fault> {
    for stretch in stretches {
        if hits.is_full() {
            break;
        }
        let asked = hits.open();
        let files = stretch.files(door.db, keepers, asked)?;
        let (all, before) = (files.len(), hits.hits.len());
        hits.all(files, &Why::Name);
        // One name may stand in a stretch many times (みみ), so that asking was not enough.
        hits.cut |= all == asked && !hits.is_full() && hits.hits.len() - before < asked / 4;
    }
    Ok(())
}

/// Whoever was born then, the youngest first.
pub(super) fn born(door: &mut Door<'_>, birth: Span, limit: usize) -> Result<Vec<i64>, Fault> {
    // An imprecise birth spans a year at most.
    let text = format!(
        "select file from person where keeper in {} and birth_lo >= $1 and birth_lo <= $2 and birth_hi >= $3 \
         order by birth_lo desc, file limit $4",
        door.scope()
    );
    let from = if birth.is_exact() { birth.lo.0 } else { birth.lo.0 - 366 };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let query = sql::typed::<BigInt>(&text).once().with(from).with(birth.hi.0).with(birth.lo.0);
    Ok(query.with(limit).load(door.db)?)
}
