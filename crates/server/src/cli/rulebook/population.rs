//! Everybody alive, derived by two books, file by file: counted first, named only where that was asked for.

use std::collections::BTreeMap;

use casework::{
    Person, Sensitivity, View, fold,
    person::Gone,
    responsibility::{Charge, Tables},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Rulebook};

use super::{
    Said,
    tally::{Count, Differing, differing},
};
use crate::platform::{
    Actor, Db, Door, Doors, Fault,
    door::Looked,
    people, responsibility,
    store::{derived, events_of_many, kin},
};

/// Files read at a time.
const PAGE: i64 = 300;
/// The purpose under which the reading log keeps it.
const PURPOSE: &str = "rulebook_diff";

#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub old: &'a Rulebook,
    pub new: &'a Rulebook,
    pub day: Day,
    /// Whose knowledge the answer may rest on: what narrower records cause is left out.
    pub level: Sensitivity,
}

/// The sums.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    pub files: u64,
    pub persons: u64,
    pub by_rule: BTreeMap<String, Count>,
    /// By the office that keeps the records.
    pub by_office: BTreeMap<i64, Count>,
    /// By whoever answers for the duty; `None` if nobody does.
    pub by_owner: BTreeMap<Option<i64>, Count>,
    pub offices: BTreeMap<i64, String>,
    pub staff: BTreeMap<i64, String>,
    /// Files to be named, if names are asked for.
    named: Vec<i64>,
}

/// A person with what differs.
pub struct Named {
    pub file: i64,
    pub name: String,
    pub duties: Vec<Differing>,
}

#[derive(QueryableByName)]
pub struct FileRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub keeper: i64,
    #[diesel(sql_type = Text)]
    pub district: String,
}

/// Counts in one moment of the database, and notes the reading; with `names`, whoever is going to be named.
///
/// # Errors
/// If the database fails.
pub fn count(doors: &Doors, actor: &Actor, asked: Asked<'_>, names: bool) -> Result<Counted, Fault> {
    doors.read(actor, |door| {
        let mut counted = Counted::default();
        let keepers = door.keepers().to_vec();
        let tables = responsibility::tables(door.db, &keepers)?;
        let mut after = Some(0);
        while let Some(last) = after {
            let files = page(door, last, PAGE)?;
            after = files.last().map(|f| f.id);
            for (file, differing) in compared(door.db, files, asked)? {
                counted.files += 1;
                counted.persons += u64::from(!differing.is_empty());
                if names && !differing.is_empty() {
                    counted.named.push(file.id);
                }
                for one in &differing {
                    let owner = owner(&tables, &file, one, asked.day);
                    counted.by_rule.entry(one.duty.rule.clone()).or_default().add(one);
                    counted.by_office.entry(file.keeper).or_default().add(one);
                    counted.by_owner.entry(owner).or_default().add(one);
                }
            }
        }
        let staff: Vec<i64> = counted.by_owner.keys().copied().flatten().collect();
        counted.staff = people::staff_names(door.db, &staff)?;
        counted.offices = offices(door.db)?;
        door.log_reading(Looked::List, PURPOSE, &counted.named);
        Ok(counted)
    })
}

/// Hands out, one by one, the persons that [`count`] noted as going to be named.
///
/// # Errors
/// If the database fails, or what `tell` fails with.
pub fn name(
    doors: &Doors,
    actor: &Actor,
    asked: Asked<'_>,
    counted: &Counted,
    mut tell: impl FnMut(&Named) -> std::io::Result<()>,
) -> Result<(), Said> {
    for chunk in counted.named.chunks(usize::try_from(PAGE).unwrap_or(1)) {
        let persons = doors.read(actor, |door| -> Result<Vec<Named>, Fault> {
            let rows = people::many(door, chunk)?;
            let row = |id: &i64| FileRow { id: *id, keeper: 0, district: String::new() };
            let found = compared(door.db, chunk.iter().map(row).collect(), asked)?;
            let named = found.into_iter().filter(|(_, differing)| !differing.is_empty());
            Ok(named
                .map(|(file, duties)| {
                    // A newborn may have none yet.
                    let name = rows.get(&file.id).map(|r| r.name.clone()).filter(|n| !n.is_empty());
                    Named { file: file.id, name: name.unwrap_or_else(|| String::from("（氏名なし）")), duties }
                })
                .collect())
        })?;
        for person in &persons {
            tell(person)?;
        }
    }
    Ok(())
}

/// Files of persons within the actor's keepers, in order of their ids.
///
/// # Errors
/// If the database fails.
pub fn page(door: &mut Door<'_>, after: i64, limit: i64) -> Result<Vec<FileRow>, Fault> {
    // The district decides who answers; it is not shown.
    let sql = format!(
        "select f.id, f.keeper, coalesce(p.district, '') as district from file f \
         left join person p on p.keeper = f.keeper and p.file = f.id \
         where f.subject = 'person' and f.keeper in {} and f.id > $1 order by f.id limit $2",
        door.scope()
    );
    Ok(sql_query(sql).bind::<BigInt, _>(after).bind::<BigInt, _>(limit).load(door.db)?)
}

/// The living among these files, each with what differs.
///
/// # Errors
/// If the database fails.
pub fn compared(db: &mut Db, files: Vec<FileRow>, asked: Asked<'_>) -> Result<Vec<(FileRow, Vec<Differing>)>, Fault> {
    let ids: Vec<i64> = files.iter().map(|f| f.id).collect();
    let events = events_of_many(db, &ids)?;
    let kept = kin::kept(db, &ids)?;
    let (by_old, by_new) = (kin::of(db, &kept, asked.old)?, kin::of(db, &kept, asked.new)?);
    let mut found = Vec::new();
    for file in files {
        let Some(of) = events.get(&file.id) else { continue };
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
        let person = Person::read(&story);
        if matches!(person.gone, Some((Gone::Died, ..))) {
            continue;
        }
        let old = derived::at(asked.level, file.id, of, &by_old, asked.old, asked.day);
        let new = derived::at(asked.level, file.id, of, &by_new, asked.new, asked.day);
        found.push((file, differing(&old.duties, &new.duties)));
    }
    Ok(found)
}

/// Who answers for a duty that differs, as the list would say it on a day.
pub fn owner(tables: &Tables, file: &FileRow, one: &Differing, day: Day) -> Option<i64> {
    let charge = Charge {
        district: file.district.clone(),
        programme: one.duty.programme.clone(),
        category: one.duty.category.clone(),
        narrow: false,
    };
    tables.get(&file.keeper).and_then(|table| table.owner(&charge, day).staff)
}

fn offices(db: &mut Db) -> Result<BTreeMap<i64, String>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        name: String,
    }
    let rows: Vec<Row> = sql_query("select id, name from office").load(db)?;
    Ok(rows.into_iter().map(|r| (r.id, r.name)).collect())
}
