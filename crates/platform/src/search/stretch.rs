//! Stretches of `search_key`: what begins with something, in order.

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Text},
};
use names::{Place, Script, Word};

use crate::{Db, Fault, db::CountRow, sql, store::keys::Kind};

/// Keys of a kind from `low` on, below `high`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    pub kind: Kind,
    pub low: String,
    pub high: String,
}

/// Behind everything that begins with what stands before it.
const LAST: char = char::MAX;

impl Stretch {
    /// Everything of a kind that begins so.
    pub fn beginning(kind: Kind, text: &str) -> Stretch {
        Stretch { kind, low: text.to_owned(), high: format!("{text}{LAST}") }
    }

    /// Exactly that, in the order of the readings that stand behind it.
    pub fn exactly(kind: Kind, text: &str) -> Stretch {
        // '!' is the next character after the space.
        Stretch { kind, low: format!("{text} "), high: format!("{text}!") }
    }

    /// Exactly that number.
    pub fn number(number: &str) -> Stretch {
        Stretch { kind: Kind::Number, low: number.to_owned(), high: format!("{number} ") }
    }

    /// Where somebody with that word in name or reading is found, the best places first.
    pub fn of_word(word: &Word) -> Vec<Stretch> {
        let ladder = [
            (Script::Name, Place::First),
            (Script::Name, Place::Start),
            (Script::Kana, Place::Start),
            (Script::Name, Place::Later),
            (Script::Kana, Place::Later),
            (Script::Name, Place::Inside),
            (Script::Kana, Place::Inside),
        ];
        let steps = ladder.into_iter().filter(|(_, place)| *place != Place::Inside || !word.begins_only());
        steps.flat_map(|(script, place)| Stretch::at(word, script, place)).collect()
    }

    /// Where somebody is found whose whole name begins with that.
    pub fn of_whole(word: &Word) -> Vec<Stretch> {
        [Script::Name, Script::Kana].iter().flat_map(|script| Stretch::at(word, *script, Place::Start)).collect()
    }

    fn at(word: &Word, script: Script, place: Place) -> Vec<Stretch> {
        let stretch = if place == Place::First { Stretch::exactly } else { Stretch::beginning };
        word.beginnings(script, place).iter().map(|text| stretch(Kind::Part(script, place), text)).collect()
    }

    /// The first files of a stretch, in its order. Each keeper's are read by themselves, so that the index gives them in
    /// order, and then merged.
    ///
    /// # Errors
    /// If the database fails.
    pub fn files(&self, db: &mut Db, keepers: &[i64], limit: usize) -> Result<Vec<i64>, Fault> {
        let text = "select key, file from search_key where keeper = $1 and kind = $2 and key >= $3 and key < $4 \
                    order by key, file limit $5";
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut found: Vec<(String, i64)> = Vec::new();
        for keeper in keepers {
            let query = sql::typed::<(Text, BigInt)>(text).with(*keeper).with(self.kind.number());
            found.extend(query.with(&self.low).with(&self.high).with(most).load::<(String, i64)>(db)?);
        }
        if keepers.len() > 1 {
            found.sort();
            found.truncate(limit);
        }
        Ok(found.into_iter().map(|(_, file)| file).collect())
    }

    /// How many rows it has, up to a limit.
    ///
    /// # Errors
    /// If the database fails.
    pub fn size(&self, db: &mut Db, keepers: &[i64], limit: usize) -> Result<usize, Fault> {
        let text = "select count(*) as n from (select 1 from search_key where keeper = $1 and kind = $2 and key >= $3 \
                    and key < $4 limit $5) s";
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut size = 0;
        for keeper in keepers {
            let query = sql::sql(text).with(*keeper).with(self.kind.number()).with(&self.low).with(&self.high);
            let row: CountRow = query.with(most).get_result(db)?;
            size += usize::try_from(row.n).unwrap_or(0);
        }
        Ok(size)
    }
}
