//! Writing read tables. Each can be rebuilt from events at any time.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Body, Sensitivity, Story, publication};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use super::{
    derived::Owed,
    keys::{self, Changed},
    rows::{DUTY, DutyRow, PERSON, RELATION, RelationRow, Who},
    sheet::{Marks, Sheet},
    staff,
    sync::FileRow,
};
use crate::{
    db::Db,
    fault::Fault,
    sql::{self, Table, Value},
};

/// Which duties stand for whoever may see records of this level, for a query that calls the table `d`.
pub fn standing_for(level: Sensitivity) -> String {
    let level = level.number();
    format!("(d.sensitivity <= {level} and (d.hidden_from is null or d.hidden_from > {level}))")
}

/// The day from which a duty may press, over its columns: what the index `duty_open` is ordered by, so it says the same
/// (migration 0015). The agreed step's day, else the first of the working deadline and the end of the law's window.
pub const PRESSES: &str = "(case when next_on is not null then next_on \
     when legal_to < case when target is not null then target when standard_to is not null then standard_to \
       else legal_to end then legal_to \
     when target is not null then target when standard_to is not null then standard_to else legal_to end)";

/// The stored duties of a file in order of `(key, phase, sensitivity)`.
pub fn duties_of(db: &mut Db, file: i64, keeper: i64) -> Result<Vec<DutyRow>, Fault> {
    let columns = DUTY.columns.get(2..).unwrap_or_default().join(", ");
    let text = format!("select {columns} from duty where keeper = $1 and file = $2");
    let mut rows: Vec<DutyRow> = sql::sql(&text).with(keeper).with(file).load(db)?;
    // Sorted here: databases collate text differently.
    rows.sort_by(|a, b| (&a.key, a.phase, a.sensitivity).cmp(&(&b.key, b.phase, b.sensitivity)));
    Ok(rows)
}

/// Writes who the persons of locked files are and how they are related, where that changed since the marks were made.
/// Returns the files whose relations are others now.
pub fn write_who<'s>(db: &mut Db, files: impl Iterator<Item = (&'s FileRow, &'s Who)>) -> Result<Vec<i64>, Fault> {
    let (mut persons, mut relations, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    let mut related = Vec::new();
    for (file, who) in files {
        let before = Marks::read(&file.marks);
        let [person, links] = who.digests;
        if before.as_ref().is_none_or(|b| b.person != person) {
            keys.push(Changed::of(file, before.as_ref(), who.person.as_ref()));
            match &who.person {
                Some(person) => person.values(file.keeper, file.id, &mut persons),
                None => clear(db, "person", file)?,
            }
        }
        if before.as_ref().is_none_or(|b| b.relations != links) {
            // After an upgrade nothing is known of what is stored, and it is the same nearly always.
            if before.is_none() && who.relations == relations_of(db, file.keeper, file.id)? {
                continue;
            }
            if before.is_none_or(|b| b.relations != 0) {
                clear(db, "relation", file)?;
            }
            for relation in &who.relations {
                relation.values(file.keeper, file.id, &mut relations);
            }
            related.push(file.id);
        }
    }
    PERSON.put(db, &persons)?;
    keys::write(db, &keys)?;
    RELATION.put(db, &relations)?;
    Ok(related)
}

/// The stored relations of a file in order of `(event, other)`.
pub(crate) fn relations_of(db: &mut Db, keeper: i64, file: i64) -> Result<Vec<RelationRow>, Fault> {
    let columns = RELATION.columns.get(2..).unwrap_or_default().join(", ");
    let text = format!("select {columns} from relation where keeper = $1 and file = $2 order by event, other");
    Ok(sql::sql(&text).with(keeper).with(file).load(db)?)
}

fn clear(db: &mut Db, table: &str, file: &FileRow) -> Result<(), Fault> {
    let text = format!("delete from {table} where keeper = $1 and file = $2");
    sql::sql(&text).with(file.keeper).with(file.id).execute(db)?;
    Ok(())
}

/// Writes what is owed by the sheets of locked files, touching only what changed since the marks were made; who they are
/// is written already ([`write_who`]).
pub fn write_owed(db: &mut Db, files: &[(FileRow, Sheet)], today: Day) -> Result<(), Fault> {
    let mut changed = Changes::default();
    for (file, sheet) in files {
        if !sheet.marks.is_text(&file.marks) {
            changed.duties(db, file, &sheet.owed, &sheet.marks)?;
            changed.headings.push((file, &sheet.owed, sheet.marks.text()));
        }
    }
    changed.write(db, today)
}

/// What is derived of a file as a whole.
const HEADING: Table = Table {
    name: "file",
    columns: &["id", "keeper", "rederive_on", "derived_for", "standing", "covered_by", "marks"],
    key: &["id", "keeper"],
};

/// What a chunk of files changes.
#[derive(Default)]
struct Changes<'s> {
    duties: Vec<Value<'s>>,
    /// Duties that are there no more: keeper, file, key, phase, sensitivity.
    gone: Vec<(&'s FileRow, (String, i32, i32))>,
    headings: Vec<(&'s FileRow, &'s Owed, String)>,
}

impl<'s> Changes<'s> {
    fn duties(&mut self, db: &mut Db, file: &'s FileRow, owed: &'s Owed, marks: &Marks) -> Result<(), Fault> {
        let before = Marks::read(&file.marks);
        let unknown = before.is_none();
        let stored: BTreeMap<u64, u64> = before.unwrap_or_default().duties.into_iter().collect();
        for (duty, (place, row)) in owed.duties.iter().zip(&marks.duties) {
            if stored.get(place) != Some(row) {
                duty.values(file.keeper, file.id, &mut self.duties);
            }
        }
        let wanted: BTreeSet<u64> = marks.duties.iter().map(|(place, _)| *place).collect();
        if unknown || stored.keys().any(|place| !wanted.contains(place)) {
            let wanted: BTreeSet<(&str, i32, i32)> =
                owed.duties.iter().map(|d| (d.key.as_str(), d.phase, d.sensitivity)).collect();
            let text = "select key, phase, sensitivity from duty where keeper = $1 and file = $2";
            let there: Vec<(String, i32, i32)> =
                sql::typed::<(Text, Integer, Integer)>(text).with(file.keeper).with(file.id).load(db)?;
            let gone =
                there.into_iter().filter(|(key, phase, level)| !wanted.contains(&(key.as_str(), *phase, *level)));
            self.gone.extend(gone.map(|place| (file, place)));
        }
        Ok(())
    }

    fn write(self, db: &mut Db, today: Day) -> Result<(), Fault> {
        for (file, (key, phase, level)) in &self.gone {
            sql::sql(
                "delete from duty where keeper = $1 and file = $2 and key = $3 and phase = $4 and sensitivity = $5",
            )
            .with(file.keeper)
            .with(file.id)
            .with(key)
            .with(*phase)
            .with(*level)
            .execute(db)?;
        }
        DUTY.put(db, &self.duties)?;
        let mut headings: Vec<Value<'_>> = Vec::with_capacity(self.headings.len() * HEADING.columns.len());
        for (file, owed, marks) in &self.headings {
            headings.extend([
                file.id.into(),
                file.keeper.into(),
                owed.rederive_on.map(|d| d.0).into(),
                today.0.into(),
                owed.standing.code().into(),
                owed.covered_by.map(|d| d.0).into(),
                Value::from(marks),
            ]);
        }
        HEADING.change(db, &headings)?;
        Ok(())
    }
}

/// The office's own rules as published. Rows never go: their greatest publication tells every process what is in force.
fn write_local_rules(db: &mut Db, keeper: i64, story: &Story<'_>) -> Result<(), Fault> {
    for (path, (text, event)) in publication::local(&publication::proposals(story), None) {
        let (state, content) = match &text {
            publication::Text::Own(content) => ("own", content.as_str()),
            publication::Text::Gone => ("gone", ""),
            publication::Text::Shipped => ("shipped", ""),
        };
        sql_query(
            "insert into local_rule (keeper, path, state, content, event) values ($1, $2, $3, $4, $5) \
             on conflict (keeper, path) do update set state = excluded.state, content = excluded.content, \
             event = excluded.event",
        )
        .bind::<BigInt, _>(keeper)
        .bind::<Text, _>(&path)
        .bind::<Text, _>(state)
        .bind::<Text, _>(content)
        .bind::<BigInt, _>(event)
        .execute(db)?;
    }
    Ok(())
}

/// The office's own tables: assignments, arrivals, settings, rules, since when it is what it is, and its name.
pub fn write_office(db: &mut Db, keeper: i64, story: &Story<'_>) -> Result<(), Fault> {
    write_local_rules(db, keeper, story)?;
    staff::write(db, keeper, story)?;
    if let Some(name) = casework::office::name(story) {
        sql::sql("update office set name = $1 where id = $2 and name <> $1").with(name).with(keeper).execute(db)?;
    }
    for table in ["assignment", "absence", "arrival", "setting", "office_period"] {
        sql_query(format!("delete from {table} where keeper = $1")).bind::<BigInt, _>(keeper).execute(db)?;
    }
    for entry in &story.entries {
        match entry.body {
            Body::Assigned(a) => {
                sql_query(
                    "insert into assignment (keeper, event, district, programme, category, staff, from_day, \
                     until_day) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind::<BigInt, _>(keeper)
                .bind::<BigInt, _>(entry.root)
                .bind::<Text, _>(&a.district)
                .bind::<Text, _>(&a.programme)
                .bind::<Text, _>(&a.category)
                .bind::<BigInt, _>(a.staff)
                .bind::<Integer, _>(entry.day.lo.0)
                .bind::<Nullable<Integer>, _>(a.until.map(|d| d.0))
                .execute(db)?;
            }
            Body::Absent(a) => {
                sql::sql(
                    "insert into absence (keeper, event, staff, from_day, until_day, substitute) \
                     values ($1, $2, $3, $4, $5, $6)",
                )
                .with(keeper)
                .with(entry.root)
                .with(a.staff)
                .with(entry.day.lo.0)
                .with(a.until.map(|d| d.0))
                .with(a.substitute)
                .execute(db)?;
            }
            Body::SourceArrived { source, through, usual_lag_days } => {
                sql_query(
                    "insert into arrival (keeper, source, through, lag_days) values ($1, $2, $3, $4) \
                     on conflict (keeper, source) do update set through = excluded.through, \
                     lag_days = excluded.lag_days",
                )
                .bind::<BigInt, _>(keeper)
                .bind::<Text, _>(source)
                .bind::<Integer, _>(through.0)
                .bind::<Integer, _>(*usual_lag_days)
                .execute(db)?;
            }
            Body::Period { name, until, .. } => {
                sql_query(
                    "insert into office_period (keeper, event, name, from_day, until_day) \
                     values ($1, $2, $3, $4, $5)",
                )
                .bind::<BigInt, _>(keeper)
                .bind::<BigInt, _>(entry.root)
                .bind::<Text, _>(name)
                .bind::<Integer, _>(entry.day.lo.0)
                .bind::<Nullable<Integer>, _>(until.map(|d| d.0))
                .execute(db)?;
            }
            Body::SettingChanged { name, value } => {
                sql_query(
                    "insert into setting (keeper, name, value) values ($1, $2, $3) \
                     on conflict (keeper, name) do update set value = excluded.value",
                )
                .bind::<BigInt, _>(keeper)
                .bind::<Text, _>(name)
                .bind::<Text, _>(value)
                .execute(db)?;
            }
            _ => {}
        }
    }
    Ok(())
}
