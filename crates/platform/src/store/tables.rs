//! Read tables of one file, written from its story. Each can be rebuilt from events at any time.

use casework::{
    Body, Duty, Person, Story,
    person::{Gone, Related},
    publication,
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};

use crate::{db::Db, fault::Fault};

/// A duty as stored, flat; equal rows need no write.
#[derive(QueryableByName, Clone, PartialEq, Debug)]
pub struct DutyRow {
    #[diesel(sql_type = Text)]
    pub key: String,
    #[diesel(sql_type = Integer)]
    pub phase: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    pub episode: Option<i32>,
    #[diesel(sql_type = Text)]
    pub service: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub dose: Option<i32>,
    #[diesel(sql_type = Integer)]
    pub occurrence: i32,
    #[diesel(sql_type = Text)]
    pub rule: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub rule_from: Option<i32>,
    #[diesel(sql_type = Integer)]
    pub tier: i32,
    #[diesel(sql_type = Text)]
    pub source: String,
    #[diesel(sql_type = Text)]
    pub programme: String,
    #[diesel(sql_type = Text)]
    pub category: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub applies_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub applies_until: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub legal_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub legal_to: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub standard_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub standard_to: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub target: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub escalates_on: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub next_on: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub settled_on: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub settled_by: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub settled_how: Option<String>,
}

/// The columns of [`DutyRow`] in its order.
pub const DUTY_COLUMNS: &str = "key, phase, episode, service, dose, occurrence, rule, rule_from, tier, source, programme, \
                                category, kind, applies_from, applies_until, legal_from, legal_to, standard_from, \
                                standard_to, target, escalates_on, next_on, settled_on, settled_by, settled_how";

impl From<&Duty> for DutyRow {
    fn from(d: &Duty) -> DutyRow {
        let day = |d: Option<rules::Day>| d.map(|d| d.0);
        DutyRow {
            key: d.key.clone(),
            phase: d.phase,
            episode: d.episode,
            service: d.service.clone(),
            dose: d.dose.map(i32::from),
            occurrence: i32::from(d.occurrence),
            rule: d.rule.clone(),
            rule_from: day(d.rule_from),
            tier: i32::from(d.tier),
            source: d.source.clone(),
            programme: d.programme.clone(),
            category: d.category.clone(),
            kind: d.window.kind.clone(),
            applies_from: day(d.window.applies_from),
            applies_until: day(d.window.applies_until),
            legal_from: day(d.window.legal_from),
            legal_to: day(d.window.legal_to),
            standard_from: day(d.window.standard_from),
            standard_to: day(d.window.standard_to),
            target: day(d.window.target),
            escalates_on: day(d.window.escalates_on),
            next_on: day(d.next_on),
            settled_on: d.settled.as_ref().map(|s| s.on.0),
            settled_by: d.settled.as_ref().map(|s| s.by),
            settled_how: d.settled.as_ref().map(|s| s.how.code().to_owned()),
        }
    }
}

/// The stored duties of a file in order of `(key, phase)`.
pub fn duties_of(db: &mut Db, file: i64, keeper: i64) -> Result<Vec<DutyRow>, Fault> {
    let mut rows: Vec<DutyRow> = sql_query(format!("select {DUTY_COLUMNS} from duty where keeper = $1 and file = $2"))
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(file)
        .load(db)?;
    // Sorted here: databases collate text differently.
    rows.sort_by(|a, b| (&a.key, a.phase).cmp(&(&b.key, b.phase)));
    Ok(rows)
}

/// Makes the stored duties equal to the derived ones, touching only what changed.
pub fn write_duties(db: &mut Db, keeper: i64, file: i64, duties: &[Duty]) -> Result<(), Fault> {
    let wanted: Vec<DutyRow> = duties.iter().map(DutyRow::from).collect();
    let stored = duties_of(db, file, keeper)?;
    for row in stored.iter().filter(|row| !wanted.contains(row)) {
        sql_query("delete from duty where keeper = $1 and file = $2 and key = $3 and phase = $4")
            .bind::<BigInt, _>(keeper)
            .bind::<BigInt, _>(file)
            .bind::<Text, _>(&row.key)
            .bind::<Integer, _>(row.phase)
            .execute(db)?;
    }
    for row in wanted.iter().filter(|row| !stored.contains(row)) {
        insert_duty(db, keeper, file, row)?;
    }
    Ok(())
}

fn insert_duty(db: &mut Db, keeper: i64, file: i64, row: &DutyRow) -> Result<(), Fault> {
    sql_query(format!(
        "insert into duty (keeper, file, {DUTY_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
         $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)"
    ))
    .bind::<BigInt, _>(keeper)
    .bind::<BigInt, _>(file)
    .bind::<Text, _>(&row.key)
    .bind::<Integer, _>(row.phase)
    .bind::<Nullable<Integer>, _>(row.episode)
    .bind::<Text, _>(&row.service)
    .bind::<Nullable<Integer>, _>(row.dose)
    .bind::<Integer, _>(row.occurrence)
    .bind::<Text, _>(&row.rule)
    .bind::<Nullable<Integer>, _>(row.rule_from)
    .bind::<Integer, _>(row.tier)
    .bind::<Text, _>(&row.source)
    .bind::<Text, _>(&row.programme)
    .bind::<Text, _>(&row.category)
    .bind::<Text, _>(&row.kind)
    .bind::<Nullable<Integer>, _>(row.applies_from)
    .bind::<Nullable<Integer>, _>(row.applies_until)
    .bind::<Nullable<Integer>, _>(row.legal_from)
    .bind::<Nullable<Integer>, _>(row.legal_to)
    .bind::<Nullable<Integer>, _>(row.standard_from)
    .bind::<Nullable<Integer>, _>(row.standard_to)
    .bind::<Nullable<Integer>, _>(row.target)
    .bind::<Nullable<Integer>, _>(row.escalates_on)
    .bind::<Nullable<Integer>, _>(row.next_on)
    .bind::<Nullable<Integer>, _>(row.settled_on)
    .bind::<Nullable<BigInt>, _>(row.settled_by)
    .bind::<Nullable<Text>, _>(row.settled_how.as_deref())
    .execute(db)?;
    Ok(())
}

/// The people index: one row per person file. Unmasked; every reader outside this layer goes through `platform::mask`.
pub fn write_person(db: &mut Db, keeper: i64, file: i64, story: &Story<'_>, person: &Person<'_>) -> Result<(), Fault> {
    sql_query("delete from person where keeper = $1 and file = $2")
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(file)
        .execute(db)?;
    if story.entries.is_empty() {
        return write_relations(db, keeper, file, &[]);
    }
    let resident = person.resident.cloned().unwrap_or_default();
    let (gone, gone_on) = match person.gone {
        Some((Gone::MovedOut, day, _)) => ("moved_out", Some(day.0)),
        Some((Gone::Died, day, _)) => ("died", Some(day.0)),
        None => ("", None),
    };
    let open = person.episodes.iter().rev().find(|e| e.is_open());
    let mut subjects = Vec::new();
    if casework::scopes::is_register_child(person) {
        subjects.push("child");
    }
    if open.is_some() {
        subjects.push("pregnancy");
    } else if person.episodes.iter().any(|e| e.delivered.is_some()) {
        subjects.push("postpartum");
    }
    sql_query(
        "insert into person (keeper, file, name, kana, birth_lo, birth_hi, sex, number, household, district, address, \
         phone, protected, gone, gone_on, provisional, category, subjects, edd) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
    )
    .bind::<BigInt, _>(keeper)
    .bind::<BigInt, _>(file)
    .bind::<Text, _>(&resident.name)
    .bind::<Text, _>(&resident.kana)
    .bind::<Nullable<Integer>, _>(person.birth.map(|(b, _)| b.lo.0))
    .bind::<Nullable<Integer>, _>(person.birth.map(|(b, _)| b.hi.0))
    .bind::<Text, _>(&resident.sex)
    .bind::<Text, _>(&resident.number)
    .bind::<Text, _>(&resident.household)
    .bind::<Text, _>(&resident.district)
    .bind::<Text, _>(&resident.address)
    .bind::<Text, _>(&resident.phone)
    .bind::<Integer, _>(i32::from(person.protected))
    .bind::<Text, _>(gone)
    .bind::<Nullable<Integer>, _>(gone_on)
    .bind::<Integer, _>(i32::from(resident.number.is_empty()))
    .bind::<Text, _>(if person.needs_support_since.is_some() { "needs_support" } else { "" })
    .bind::<Text, _>(subjects.join(" "))
    .bind::<Nullable<Integer>, _>(open.map(|e| e.notice.edd.0))
    .execute(db)?;
    write_relations(db, keeper, file, &person.relations)
}

fn write_relations(db: &mut Db, keeper: i64, file: i64, relations: &[Related<'_>]) -> Result<(), Fault> {
    sql_query("delete from relation where keeper = $1 and file = $2")
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(file)
        .execute(db)?;
    for relation in relations {
        sql_query(
            "insert into relation (keeper, file, other, role, from_day, until_day, event) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(file)
        .bind::<BigInt, _>(relation.to)
        .bind::<Text, _>(relation.role)
        .bind::<Integer, _>(relation.from.0)
        .bind::<Nullable<Integer>, _>(relation.until.map(|d| d.0))
        .bind::<BigInt, _>(relation.event)
        .execute(db)?;
    }
    Ok(())
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

/// The office's own tables: assignments, arrivals, settings, rules.
pub fn write_office(db: &mut Db, keeper: i64, story: &Story<'_>) -> Result<(), Fault> {
    write_local_rules(db, keeper, story)?;
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
