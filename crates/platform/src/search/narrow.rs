//! Several conditions at once: the one that fits fewest leads, and whom it finds is asked for the others.

use std::collections::BTreeMap;

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Integer, Nullable},
};
use names::Word;
use rules::Span;

use super::{
    find::{Collected, Why, born},
    sought::Digits,
    stretch::Stretch,
};
use crate::{
    Db, Door, Fault, sql,
    store::{
        keys::{self, Kind, PersonKey},
        load::id_list,
    },
};

/// Something that somebody who is looked for fulfils.
pub enum Condition {
    Word(Word),
    Born(Span),
    Digits(Digits),
}

/// Rows that are counted to see which condition fits fewest.
const PROBE: usize = 3000;
/// Persons that are looked through; whoever needs more is asked for another word.
const LOOK: usize = 20_000;
/// Persons whose keys are read at a time.
const CHUNK: usize = 500;

/// The stretch of phone numbers that end so.
pub fn phone(digits: &Digits) -> Option<Stretch> {
    digits.phone.as_ref().map(|tail| Stretch::beginning(Kind::Phone, tail))
}

/// Whoever fulfils every condition, in the order of the one that fits fewest.
pub fn all_of(
    door: &mut Door<'_>,
    keepers: &[i64],
    conditions: &[Condition],
    hits: &mut Collected,
) -> Result<(), Fault> {
    let mut sizes = Vec::with_capacity(conditions.len());
    for condition in conditions {
        sizes.push(condition.size(door, keepers)?);
    }
    let leading = (0..conditions.len()).min_by_key(|at| sizes.get(*at).copied());
    let Some((at, leader)) = leading.and_then(|at| Some((at, conditions.get(at)?))) else { return Ok(()) };
    let others: Vec<&Condition> = conditions.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, c)| c).collect();
    let mut looked = 0;
    for part in 0..leader.parts() {
        let files = leader.files(door, keepers, part, LOOK - looked)?;
        looked += files.len();
        for some in files.chunks(CHUNK) {
            if hits.is_full() {
                return Ok(());
            }
            let fitting = fitting(door.db, keepers, some, &others)?;
            hits.all(fitting, &Why::Name);
        }
        if looked >= LOOK {
            hits.cut = true;
            break;
        }
    }
    Ok(())
}

/// Those of some files that fulfil all conditions, in the same order.
fn fitting(db: &mut Db, keepers: &[i64], files: &[i64], conditions: &[&Condition]) -> Result<Vec<i64>, Fault> {
    let mut known = BTreeMap::new();
    let mut births: BTreeMap<i64, (i32, i32)> = BTreeMap::new();
    for keeper in keepers {
        known.append(&mut keys::stored(db, *keeper, files)?);
    }
    if conditions.iter().any(|c| matches!(c, Condition::Born(_))) {
        let text = format!(
            "select file, birth_lo, birth_hi from person where keeper in {} and file in {}",
            id_list(keepers),
            id_list(files)
        );
        type Row = (i64, Option<i32>, Option<i32>);
        let columns = sql::typed::<(BigInt, Nullable<Integer>, Nullable<Integer>)>(&text);
        let rows: Vec<Row> = columns.once().load(db)?;
        births.extend(rows.into_iter().filter_map(|(file, lo, hi)| Some((file, (lo?, hi?)))));
    }
    let fits = |file: &&i64| {
        known.get(*file).is_some_and(|key| conditions.iter().all(|c| c.fits(key, births.get(*file).copied())))
    };
    Ok(files.iter().filter(fits).copied().collect())
}

impl Condition {
    fn size(&self, door: &mut Door<'_>, keepers: &[i64]) -> Result<usize, Fault> {
        match self {
            Condition::Word(word) => {
                let mut size = 0;
                for stretch in Stretch::of_word(word) {
                    size += stretch.size(door.db, keepers, PROBE)?;
                }
                Ok(size)
            }
            Condition::Born(span) => Ok(born(door, *span, PROBE)?.len()),
            Condition::Digits(_) => Ok(0),
        }
    }

    /// How many lists [`Condition::files`] has.
    fn parts(&self) -> usize {
        match self {
            Condition::Word(word) => Stretch::of_word(word).len(),
            Condition::Born(_) => 1,
            Condition::Digits(_) => 2,
        }
    }

    fn files(&self, door: &mut Door<'_>, keepers: &[i64], part: usize, limit: usize) -> Result<Vec<i64>, Fault> {
        let stretch = match (self, part) {
            (Condition::Word(word), part) => Stretch::of_word(word).into_iter().nth(part),
            (Condition::Born(span), _) => return born(door, *span, limit),
            (Condition::Digits(digits), 0) => Some(Stretch::number(&digits.number)),
            (Condition::Digits(digits), _) => phone(digits),
        };
        stretch.map_or(Ok(Vec::new()), |stretch| stretch.files(door.db, keepers, limit))
    }

    fn fits(&self, key: &PersonKey, birth: Option<(i32, i32)>) -> bool {
        match self {
            Condition::Word(word) => word.is_in(&key.name, &key.kana),
            Condition::Born(span) => birth.is_some_and(|(lo, hi)| lo <= span.hi.0 && hi >= span.lo.0),
            Condition::Digits(digits) => {
                let tail = |tail: &String| key.phones.iter().any(|phone| phone.starts_with(&**tail));
                key.number == digits.number || digits.phone.as_ref().is_some_and(tail)
            }
        }
    }
}
