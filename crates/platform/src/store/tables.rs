//! Writing read tables. Each can be rebuilt from events at any time.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Body, Story};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use super::{
    rows::{DUTY, DutyRow, Marks, PERSON, RELATION, Sheet},
    sync::FileRow,
};
use crate::{
    db::Db,
    fault::Fault,
    sql::{self, Value},
};

/// The stored duties of a file in order of `(key, phase)`.
pub fn duties_of(db: &mut Db, file: i64, keeper: i64) -> Result<Vec<DutyRow>, Fault> {
    let columns = DUTY.columns.get(2..).unwrap_or_default().join(", ");
    let text = format!("select {columns} from duty where keeper = $1 and file = $2");
    let mut rows: Vec<DutyRow> = sql::sql(&text).with(keeper).with(file).load(db)?;
    // Sorted here: databases collate text differently.
    rows.sort_by(|a, b| (&a.key, a.phase).cmp(&(&b.key, b.phase)));
    Ok(rows)
}

/// Makes the read tables of locked files what their sheets say, touching only what changed since the marks were made.
pub fn write(db: &mut Db, files: &[(FileRow, Sheet)], today: Day) -> Result<(), Fault> {
    let mut changed = Changes::default();
    for (file, sheet) in files {
        let marks = sheet.marks();
        if marks.is_text(&file.marks) {
            changed.same.push(file.id);
            continue;
        }
        let before = Marks::read(&file.marks);
        changed.person(file, sheet, &marks, before.as_ref());
        changed.duties(db, file, sheet, &marks, before.as_ref())?;
        changed.headings.push((file, sheet, marks.text()));
    }
    changed.write(db, today)
}

/// What a chunk of files changes, table by table.
#[derive(Default)]
struct Changes<'s> {
    duties: Vec<Value<'s>>,
    persons: Vec<Value<'s>>,
    relations: Vec<Value<'s>>,
    /// (keeper, file, key, phase) that are there no more.
    gone: Vec<(i64, i64, String, i32)>,
    /// Files whose relations are written anew, and files of which nothing stands.
    related: Vec<&'s FileRow>,
    nobody: Vec<&'s FileRow>,
    headings: Vec<(&'s FileRow, &'s Sheet, String)>,
    same: Vec<i64>,
}

impl<'s> Changes<'s> {
    fn person(&mut self, file: &'s FileRow, sheet: &'s Sheet, marks: &Marks, before: Option<&Marks>) {
        if before.is_some_and(|b| b.person == marks.person) {
            return;
        }
        match &sheet.person {
            Some(person) => person.values(file.keeper, file.id, &mut self.persons),
            None => self.nobody.push(file),
        }
        if before.is_none_or(|b| b.person != 0) {
            self.related.push(file);
        }
        for relation in &sheet.relations {
            relation.values(file.keeper, file.id, &mut self.relations);
        }
    }

    fn duties(
        &mut self,
        db: &mut Db,
        file: &'s FileRow,
        sheet: &'s Sheet,
        marks: &Marks,
        before: Option<&Marks>,
    ) -> Result<(), Fault> {
        let stored: BTreeMap<u64, u64> = before.map(|b| b.duties.iter().copied().collect()).unwrap_or_default();
        for (duty, (place, row)) in sheet.duties.iter().zip(&marks.duties) {
            if stored.get(place) != Some(row) {
                duty.values(file.keeper, file.id, &mut self.duties);
            }
        }
        let wanted: BTreeSet<u64> = marks.duties.iter().map(|(place, _)| *place).collect();
        let some_gone = stored.keys().any(|place| !wanted.contains(place));
        if some_gone || before.is_none() {
            let wanted: BTreeSet<(&str, i32)> = sheet.duties.iter().map(|d| (d.key.as_str(), d.phase)).collect();
            let there: Vec<(String, i32)> =
                sql::typed::<(Text, Integer)>("select key, phase from duty where keeper = $1 and file = $2")
                    .with(file.keeper)
                    .with(file.id)
                    .load(db)?;
            let gone = there.into_iter().filter(|(key, phase)| !wanted.contains(&(key.as_str(), *phase)));
            self.gone.extend(gone.map(|(key, phase)| (file.keeper, file.id, key, phase)));
        }
        Ok(())
    }

    fn write(self, db: &mut Db, today: Day) -> Result<(), Fault> {
        for (keeper, file, key, phase) in &self.gone {
            sql::sql("delete from duty where keeper = $1 and file = $2 and key = $3 and phase = $4")
                .with(*keeper)
                .with(*file)
                .with(key)
                .with(*phase)
                .execute(db)?;
        }
        for file in &self.related {
            sql::sql("delete from relation where keeper = $1 and file = $2")
                .with(file.keeper)
                .with(file.id)
                .execute(db)?;
        }
        for file in &self.nobody {
            sql::sql("delete from person where keeper = $1 and file = $2")
                .with(file.keeper)
                .with(file.id)
                .execute(db)?;
        }
        DUTY.put(db, &self.duties)?;
        PERSON.put(db, &self.persons)?;
        RELATION.put(db, &self.relations)?;
        for (file, sheet, marks) in &self.headings {
            sql::sql(
                "update file set rederive_on = $1, derived_for = $2, standing = $3, covered_by = $4, marks = $5 \
                 where id = $6 and keeper = $7",
            )
            .with(sheet.rederive_on)
            .with(today.0)
            .with(sheet.standing)
            .with(sheet.covered_by)
            .with(marks)
            .with(file.id)
            .with(file.keeper)
            .execute(db)?;
        }
        if !self.same.is_empty() {
            let text = format!("update file set derived_for = $1 where id in {}", super::load::id_list(&self.same));
            sql::sql(&text).once().with(today.0).execute(db)?;
        }
        Ok(())
    }
}

/// The office's own tables: assignments, arrivals, settings.
pub fn write_office(db: &mut Db, keeper: i64, story: &Story<'_>) -> Result<(), Fault> {
    for table in ["assignment", "arrival", "setting"] {
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
