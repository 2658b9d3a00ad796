//! How persons are found: the rows of `person_key` and `search_key`, which follow from a person's row alone.

use std::collections::BTreeMap;

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Integer, Text},
};
use names::{Key, Place, Script};

use super::{
    rows::{PersonRow, Who},
    sheet::Marks,
    sync::FileRow,
};
use crate::{
    Database,
    db::{CountRow, Db},
    fault::Fault,
    sql::{self, Table, Value},
};

/// What a key is of; the number is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// 宛名番号.
    Number,
    /// A phone number from its last digit to the first.
    Phone,
    /// A name, from some place in it to its end.
    Part(Script, Place),
}

impl Kind {
    pub const fn number(self) -> i32 {
        match self {
            Kind::Number => 0,
            Kind::Phone => 1,
            Kind::Part(script, place) => {
                let tens = match script {
                    Script::Name => 10,
                    Script::Kana => 20,
                };
                tens + match place {
                    Place::First => 0,
                    Place::Start => 1,
                    Place::Later => 2,
                    Place::Inside => 3,
                }
            }
        }
    }
}

/// What one person is found by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PersonKey {
    pub name: Key,
    pub kana: Key,
    pub number: String,
    pub phones: Vec<String>,
}

/// Characters of the reading that stand behind a piece of a name, so that those who share it come in the order of
/// their readings.
const ORDER: usize = 10;

impl PersonKey {
    pub fn of(name: &str, kana: &str, number: &str, phone: &str) -> PersonKey {
        PersonKey {
            name: Key::of_name(name),
            kana: Key::of_kana(kana),
            number: names::number_key(number),
            phones: names::phone_keys(phone),
        }
    }

    fn stored(name: &str, kana: &str, number: String, phone: &str) -> PersonKey {
        let phones = phone.split(' ').filter(|p| !p.is_empty()).map(str::to_owned).collect();
        PersonKey { name: Key::from_text(name), kana: Key::from_text(kana), number, phones }
    }

    /// The rows of `search_key`: kind and key.
    pub fn rows(&self) -> Vec<(i32, String)> {
        let mut rows = Vec::with_capacity(16);
        if !self.number.is_empty() {
            rows.push((Kind::Number.number(), self.number.clone()));
        }
        rows.extend(self.phones.iter().map(|phone| (Kind::Phone.number(), phone.clone())));
        let order: String = self.kana.whole().chars().take(ORDER).collect();
        for (script, key) in [(Script::Name, &self.name), (Script::Kana, &self.kana)] {
            // Readings are in their own order already.
            let wanted = key.pieces().into_iter().filter(|(place, _)| (script, *place) != (Script::Kana, Place::First));
            rows.extend(wanted.map(|(place, piece)| (Kind::Part(script, place).number(), format!("{piece} {order}"))));
        }
        rows
    }
}

const PERSON_KEY: Table = Table {
    name: "person_key",
    columns: &["keeper", "file", "name", "kana", "number", "phone"],
    key: &["keeper", "file"],
};

/// The columns of a [`SearchRow`].
pub const SEARCH_KEY: Table =
    Table { name: "search_key", columns: &["keeper", "kind", "key", "file"], key: &["keeper", "kind", "key", "file"] };

/// A locked file whose person is another now.
pub(super) struct Changed {
    keeper: i64,
    file: i64,
    /// What is stored already.
    before: Before,
    /// `None`: nothing of the file stands any more.
    key: Option<PersonKey>,
}

#[derive(PartialEq, Eq)]
enum Before {
    /// Nothing.
    Nothing,
    /// Something that is whole.
    Whole,
    /// Nobody knows: an upgrade, or a repair.
    Unknown,
}

impl Changed {
    pub fn of(file: &FileRow, before: Option<&Marks>, person: Option<&PersonRow>) -> Changed {
        let before = match before {
            Some(marks) if marks.person == 0 => Before::Nothing,
            Some(_) => Before::Whole,
            None => Before::Unknown,
        };
        Changed { keeper: file.keeper, file: file.id, before, key: person.map(PersonRow::key) }
    }
}

/// Writes what locked files are found by, and takes away what they were found by: a name that was erased (抹消) finds
/// nobody from here on.
pub(super) fn write(db: &mut Db, changed: &[Changed]) -> Result<(), Fault> {
    let mut wanted = Vec::new();
    for one in changed {
        if one.before != Before::Nothing {
            let stored = stored(db, one.keeper, &[one.file])?.remove(&one.file);
            if stored != one.key {
                remove(db, one, stored.as_ref())?;
            } else if one.before == Before::Whole {
                continue;
            }
        }
        wanted.extend(one.key.as_ref().map(|key| (one.keeper, one.file, key)));
    }
    put(db, &wanted, &SEARCH_KEY)
}

/// Writes what some persons (keeper, file) are found by, the rows of each into a table like `search_key`.
///
/// # Errors
/// If the database fails.
pub fn put(db: &mut Db, wanted: &[(i64, i64, &PersonKey)], table: &Table) -> Result<(), Fault> {
    let texts =
        |(.., key): &(i64, i64, &PersonKey)| (key.name.text(), key.kana.text(), key.phones.join(" "), key.rows());
    let texts: Vec<_> = wanted.iter().map(texts).collect();
    let (mut persons, mut keys) = (Vec::new(), Vec::new());
    for ((keeper, file, of), (name, kana, phone, rows)) in wanted.iter().zip(&texts) {
        persons.extend([Value::from(*keeper), (*file).into()]);
        persons.extend([name, kana, &of.number, phone].map(Value::from));
        for (kind, key) in rows {
            keys.extend([Value::from(*keeper), (*kind).into(), key.into(), (*file).into()]);
        }
    }
    PERSON_KEY.put(db, &persons)?;
    table.put(db, &keys)
}

fn remove(db: &mut Db, one: &Changed, stored: Option<&PersonKey>) -> Result<(), Fault> {
    for (kind, key) in stored.map(PersonKey::rows).unwrap_or_default() {
        delete(db, &(one.keeper, kind, key, one.file))?;
    }
    let text = "delete from person_key where keeper = $1 and file = $2";
    sql::sql(text).with(one.keeper).with(one.file).execute(db)?;
    Ok(())
}

/// What some files of one keeper are found by, as stored.
///
/// # Errors
/// If the database fails.
pub fn stored(db: &mut Db, keeper: i64, files: &[i64]) -> Result<BTreeMap<i64, PersonKey>, Fault> {
    type Row = (i64, String, String, String, String);
    let mut found = BTreeMap::new();
    let mut keep = |rows: Vec<Row>| {
        found.extend(
            rows.into_iter()
                .map(|(file, name, kana, number, phone)| (file, PersonKey::stored(&name, &kana, number, &phone))),
        );
    };
    let columns = "select file, name, kana, number, phone from person_key where keeper = $1 and file";
    if let &[file] = files {
        let text = format!("{columns} = $2");
        keep(sql::typed::<(BigInt, Text, Text, Text, Text)>(&text).with(keeper).with(file).load(db)?);
        return Ok(found);
    }
    for some in files.chunks(500) {
        let text = format!("{columns} in {}", super::load::id_list(some));
        keep(sql::typed::<(BigInt, Text, Text, Text, Text)>(&text).once().with(keeper).load(db)?);
    }
    Ok(found)
}

/// A row of `search_key`: keeper, kind, key, file.
pub type SearchRow = (i64, i32, String, i64);

fn delete(db: &mut Db, (keeper, kind, key, file): &SearchRow) -> Result<(), Fault> {
    sql::sql("delete from search_key where keeper = $1 and kind = $2 and key = $3 and file = $4")
        .with(*keeper)
        .with(*kind)
        .with(key)
        .with(*file)
        .execute(db)?;
    Ok(())
}

/// Compares what a person is found by with what is stored. Returns how many rows there should be, and what is wrong.
///
/// # Errors
/// If the database fails.
pub fn compare(db: &mut Db, keeper: i64, file: i64, who: &Who) -> Result<(usize, Option<&'static str>), Fault> {
    let wanted = who.person.as_ref().map(PersonRow::key);
    if stored(db, keeper, &[file])?.remove(&file) != wanted {
        return Ok((0, Some("the key it is found by differs from the events")));
    }
    let rows = wanted.map(|key| key.rows()).unwrap_or_default();
    let there = all_there(db, keeper, file, &rows)?;
    Ok((rows.len(), (!there).then_some("something it should be found by does not find it")))
}

/// How many rows there are by which somebody is found.
///
/// # Errors
/// If the database fails.
pub fn count(db: &mut Db) -> Result<u64, Fault> {
    let row: CountRow = sql::sql("select count(*) as n from search_key").get_result(db)?;
    Ok(u64::try_from(row.n).unwrap_or(0))
}

fn all_there(db: &mut Db, keeper: i64, file: i64, rows: &[(i32, String)]) -> Result<bool, Fault> {
    for (kind, key) in rows {
        let text = "select file from search_key where keeper = $1 and kind = $2 and key = $3 and file = $4";
        let there = sql::typed::<BigInt>(text).with(keeper).with(*kind).with(key).with(file).load::<i64>(db)?;
        if there.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A page of rows by which somebody is found who should not be, behind a row; and the last row that was looked at.
fn strays(db: &mut Db, after: &SearchRow) -> Result<(Vec<SearchRow>, Option<SearchRow>), Fault> {
    type Columns = (BigInt, Integer, Text, BigInt, Text, Text, Text, Text);
    type Row = (i64, i32, String, i64, String, String, String, String);
    let text = "select s.keeper, s.kind, s.key, s.file, coalesce(k.name, ''), coalesce(k.kana, ''), \
                coalesce(k.number, ''), coalesce(k.phone, '') from search_key s \
                left join person_key k on k.keeper = s.keeper and k.file = s.file \
                where (s.keeper, s.kind, s.key, s.file) > ($1, $2, $3, $4) \
                order by s.keeper, s.kind, s.key, s.file limit 2000";
    let (keeper, kind, key, file) = after;
    let rows: Vec<Row> = sql::typed::<Columns>(text).with(*keeper).with(*kind).with(key).with(*file).load(db)?;
    let last = rows.last().map(|(keeper, kind, key, file, ..)| (*keeper, *kind, key.clone(), *file));
    let stray = rows.into_iter().filter_map(|(keeper, kind, key, file, name, kana, number, phone)| {
        let wanted = PersonKey::stored(&name, &kana, number, &phone).rows();
        (!wanted.iter().any(|(k, text)| *k == kind && *text == key)).then_some((keeper, kind, key, file))
    });
    Ok((stray.collect(), last))
}

/// Takes away every row by which somebody is found who should not be: what was altered by hand. Returns how many.
///
/// # Errors
/// If the database fails.
pub fn sweep(database: &Database) -> Result<usize, Fault> {
    let (mut after, mut removed) = ((i64::MIN, 0, String::new(), 0), 0);
    loop {
        let last = database.write_all(|db| -> Result<_, Fault> {
            let (stray, last) = strays(db, &after)?;
            for row in &stray {
                delete(db, row)?;
            }
            removed += stray.len();
            Ok(last)
        })?;
        match last {
            Some(last) => after = last,
            None => return Ok(removed),
        }
    }
}
