//! Who is on file already, for many rows at once.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Person, View, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};

use names::{fold_kana, fold_name};

use super::Batch;
use super::plan::{Known, OnFile};
use super::row::Row;
use crate::imports::staging::lock_in_order;
use platform::store::{FileEvents, events_of, events_of_many, joined};
use platform::{Db, Fault};

/// A person known here before the register named them.
#[derive(QueryableByName, Clone, Debug)]
struct Provisional {
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sex: String,
    #[diesel(sql_type = Text)]
    kana: String,
    #[diesel(sql_type = Text)]
    household: String,
    /// Where the mother lives by now: a child typed before she was on the register has no household of its own.
    #[diesel(sql_type = Text)]
    mothers: String,
    #[diesel(sql_type = Nullable<Integer>)]
    birth_lo: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    birth_hi: Option<i32>,
}

/// The persons a run of staged rows is about.
#[derive(Debug, Default)]
pub struct People {
    by_number: BTreeMap<String, Vec<i64>>,
    files: BTreeMap<i64, OnFile>,
    provisional: Vec<Provisional>,
}

#[derive(QueryableByName)]
struct Numbered {
    #[diesel(sql_type = Text)]
    number: String,
    #[diesel(sql_type = BigInt)]
    file: i64,
}

impl People {
    /// Everybody on file whom the staged rows of these lines name. With `lock`, their files stay as they are until the
    /// transaction ends.
    pub fn load(db: &mut Db, batch: &Batch, from: i32, to: i32, lock: bool) -> Result<People, Fault> {
        let found: Vec<Numbered> = sql_query(
            // `cross join` keeps SQLite to this order: it would walk through everybody on file otherwise.
            "select distinct p.number, p.file from staged_row s cross join person p \
             where s.keeper = $1 and s.batch = $2 and s.line between $3 and $4 and s.number <> '' \
             and p.keeper = s.keeper and p.number = s.number order by p.number, p.file",
        )
        .bind::<BigInt, _>(batch.keeper)
        .bind::<BigInt, _>(batch.id)
        .bind::<Integer, _>(from)
        .bind::<Integer, _>(to)
        .load(db)?;
        let mut people = People { provisional: provisional(db, batch.keeper)?, ..People::default() };
        let files: BTreeSet<i64> = found.iter().map(|n| n.file).collect();
        let files: Vec<i64> = files.into_iter().collect();
        if lock {
            lock_in_order(db, &files)?;
        }
        // A number that a joined file had until then leads to the file that stands for the person.
        let joined: Vec<Numbered> = sql_query(
            "select distinct s.number, l.person as file from staged_row s cross join person_link l \
             where s.keeper = $1 and s.batch = $2 and s.line between $3 and $4 and s.number <> '' \
             and l.keeper = s.keeper and l.number = s.number and l.ended is null order by s.number, l.person",
        )
        .bind::<BigInt, _>(batch.keeper)
        .bind::<BigInt, _>(batch.id)
        .bind::<Integer, _>(from)
        .bind::<Integer, _>(to)
        .load(db)?;
        for Numbered { number, file } in joined {
            let led = joined::lead(db, file, None)?;
            people.by_number.entry(number).or_default().push(led);
            if let std::collections::btree_map::Entry::Vacant(place) = people.files.entry(led) {
                place.insert(on_file(led, &events_of(db, led)?));
            }
        }
        for Numbered { number, file } in found {
            people.by_number.entry(number).or_default().push(file);
        }
        if !files.is_empty() {
            for (file, events) in events_of_many(db, &files)? {
                people.files.insert(file, on_file(file, &events));
            }
        }
        Ok(people)
    }

    /// Whom a row is about.
    pub fn whom(&self, row: &Row) -> Known {
        match self.by_number.get(&row.resident.number).map(Vec::as_slice) {
            Some([file]) => self.files.get(file).map_or(Known::Nobody, |f| Known::One(Box::new(f.clone()))),
            Some(several) if several.len() > 1 => {
                Known::Unclear(format!("同じ宛名番号の台帳が{}件あります。どの方か決められません。", several.len()))
            }
            _ => self.unregistered(row),
        }
    }

    /// Somebody recorded before the register named them: the same name and day of birth, or a child of that household
    /// born on that day. A guess is never taken.
    fn unregistered(&self, row: &Row) -> Known {
        let Some(birth) = row.resident.birth else { return Known::Nobody };
        let born: Vec<&Provisional> = self
            .provisional
            .iter()
            .filter(|p| p.birth_lo == Some(birth.lo.0) && p.birth_hi == Some(birth.hi.0) && birth.is_exact())
            .collect();
        let fits = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
        let born: Vec<&Provisional> = born.into_iter().filter(|p| fits(&p.sex, &row.resident.sex)).collect();
        // 字体, spaces and long vowels aside.
        let same = |a: &str, b: &str, key: fn(&str) -> String| !a.is_empty() && key(a) == key(b);
        let (name, kana) = (&row.resident.name, &row.resident.kana);
        // The reading alone tells where only the reading was typed: 優子 and 裕子 are two.
        let heard = |p: &Provisional| p.name.is_empty() || fold_kana(&p.name) == fold_kana(&p.kana);
        let named: Vec<_> = born
            .iter()
            .filter(|p| same(&p.name, name, fold_name) || heard(p) && same(&p.kana, kana, fold_kana))
            .collect();
        let home = &row.resident.household;
        let housed: Vec<_> =
            born.iter().filter(|p| !home.is_empty() && (p.household == *home || p.mothers == *home)).collect();
        // One of twins under another name is the other twin: the register's child gets a file, and whoever works
        // through 仮登録の照合 decides.
        let twin = |p: &Provisional| {
            let named = !p.name.is_empty() && !name.is_empty();
            named && self.files.get(&p.file).is_some_and(|f| f.multiple)
        };
        match (named.as_slice(), housed.as_slice()) {
            ([], [one]) if twin(one) => Known::Nobody,
            ([one], _) | ([], [one]) => {
                self.files.get(&one.file).map_or(Known::Unclear(String::new()), |f| Known::One(Box::new(f.clone())))
            }
            ([], []) => Known::Nobody,
            (several, housed) => Known::Unclear(format!(
                "仮登録の方が{}人当てはまり、どの方か決められません。仮登録の氏名を入力してから、もう一度取り込んでください。",
                several.len().max(housed.len())
            )),
        }
    }

    /// The file a row without a number on file may be: loaded when first needed.
    pub fn prepare(&mut self, db: &mut Db, row: &Row) -> Result<(), Fault> {
        if self.provisional.is_empty() || self.by_number.contains_key(&row.resident.number) {
            return Ok(());
        }
        let day = row.resident.birth.map(|b| b.lo.0);
        let missing: Vec<i64> = self
            .provisional
            .iter()
            .filter(|p| p.birth_lo == day && !self.files.contains_key(&p.file))
            .map(|p| p.file)
            .collect();
        for file in missing {
            self.files.insert(file, on_file(file, &events_of(db, file)?));
        }
        Ok(())
    }

    /// After a row's acts: what later rows of the same run must see.
    pub fn refresh(&mut self, db: &mut Db, row: &Row, file: i64) -> Result<(), Fault> {
        self.provisional.retain(|p| p.file != file);
        self.by_number.insert(row.resident.number.clone(), vec![file]);
        self.files.insert(file, on_file(file, &events_of(db, file)?));
        Ok(())
    }
}

fn on_file(file: i64, events: &FileEvents) -> OnFile {
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    let person = Person::read(&story);
    OnFile::read(file, &story, &person)
}

fn provisional(db: &mut Db, keeper: i64) -> Result<Vec<Provisional>, Fault> {
    Ok(sql_query(
        "select p.file, p.name, p.kana, p.sex, p.household, p.birth_lo, p.birth_hi, coalesce((select min(m.household) \
         from relation r join person m on m.keeper = r.keeper and m.file = r.other \
         where r.keeper = p.keeper and r.file = p.file and r.role = 'mother'), '') as mothers from person p \
         where p.keeper = $1 and p.number = '' and p.provisional = 1 order by p.file",
    )
    .bind::<BigInt, _>(keeper)
    .load(db)?)
}
