//! The people index as everybody outside the store reads it: already masked in the SQL (practice.md §5).

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, Span};

use super::{
    Actor, Db, Door, Fault,
    db::{CountRow, IdRow},
    mask::{self, home::HIDDEN},
    store::load::id_list,
};

/// One person of the index. Address, phone, district and household are empty of protected persons and of those who live with
/// them ([`mask::home`]); `protected` says so.
#[derive(QueryableByName, Clone, Debug)]
pub struct PersonRow {
    #[diesel(sql_type = BigInt)]
    pub file: i64,
    #[diesel(sql_type = BigInt)]
    pub keeper: i64,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub kana: String,
    /// The first and the last day it may have been.
    #[diesel(sql_type = Nullable<Integer>)]
    pub birth_lo: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub birth: Option<i32>,
    #[diesel(sql_type = Text)]
    pub sex: String,
    #[diesel(sql_type = Text)]
    pub number: String,
    #[diesel(sql_type = Text)]
    pub household: String,
    #[diesel(sql_type = Text)]
    pub district: String,
    #[diesel(sql_type = Text)]
    pub address: String,
    #[diesel(sql_type = Text)]
    pub phone: String,
    #[diesel(sql_type = Integer)]
    pub protected: i32,
    #[diesel(sql_type = Text)]
    pub gone: String,
    #[diesel(sql_type = Integer)]
    pub provisional: i32,
    #[diesel(sql_type = Text)]
    pub subjects: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub edd: Option<i32>,
}

impl PersonRow {
    /// In 窓口モード nobody's place is told; else what the SQL gave.
    fn seen_by(mut self, actor: &Actor) -> PersonRow {
        if actor.counter {
            for text in [&mut self.household, &mut self.district, &mut self.address, &mut self.phone] {
                text.clear();
            }
            self.protected = 1;
        }
        self
    }

    pub fn birth(&self) -> Option<Day> {
        self.birth.map(Day)
    }

    pub fn born(&self) -> Option<Span> {
        Some(Span { lo: Day(self.birth_lo?), hi: Day(self.birth?) })
    }

    pub fn edd(&self) -> Option<Day> {
        self.edd.map(Day)
    }
}

/// The columns of [`PersonRow`]. The only list of them outside the store: what is protected is blanked here.
fn masked() -> String {
    let told = |column: &str| format!("case when {HIDDEN} then '' else p.{column} end as {column}");
    let places = ["household", "district", "address", "phone"].map(told).join(", ");
    format!(
        "p.file, p.keeper, p.name, p.kana, p.birth_lo, p.birth_hi as birth, p.sex, p.number, {places}, \
         case when {HIDDEN} then 1 else 0 end as protected, p.gone, p.provisional, p.subjects, p.edd"
    )
}

/// One person within the actor's keepers.
///
/// # Errors
/// If the database fails.
pub fn one(door: &mut Door<'_>, file: i64) -> Result<Option<PersonRow>, Fault> {
    Ok(many(door, &[file])?.remove(&file))
}

/// Several persons; those outside the actor's keepers are simply not there.
///
/// # Errors
/// If the database fails.
pub fn many(door: &mut Door<'_>, files: &[i64]) -> Result<BTreeMap<i64, PersonRow>, Fault> {
    let mut found = BTreeMap::new();
    for chunk in files.chunks(500) {
        let sql = format!(
            "select {} from person p where p.keeper in {} and p.file in {}",
            masked(),
            door.scope(),
            id_list(chunk)
        );
        let rows: Vec<PersonRow> = sql_query(sql).load(door.db)?;
        found.extend(rows.into_iter().map(|row| (row.file, row.seen_by(door.actor))));
    }
    Ok(found)
}

/// Everybody, in the order of ふりがな, those without one last.
///
/// # Errors
/// If the database fails.
pub fn everybody(door: &mut Door<'_>, limit: usize, offset: usize) -> Result<Vec<PersonRow>, Fault> {
    let [most, from] = [limit, offset].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    // The first part comes out of the index in order, whatever the population.
    let text = format!(
        "select {} from person p where p.keeper in {} and p.kana > '' order by p.kana, p.file limit $1 offset $2",
        masked(),
        door.scope()
    );
    let mut rows: Vec<PersonRow> = sql_query(text).bind::<BigInt, _>(most).bind::<BigInt, _>(from).load(door.db)?;
    if rows.len() < limit {
        let scope = door.scope();
        let text = format!("select count(*) as n from person p where p.keeper in {scope} and p.kana > ''");
        let named: CountRow = sql_query(text).get_result(door.db)?;
        let text = format!(
            "select {} from person p where p.keeper in {scope} and p.kana = '' order by p.file limit $1 offset $2",
            masked()
        );
        let left = most - i64::try_from(rows.len()).unwrap_or(0);
        let rest = sql_query(text).bind::<BigInt, _>(left).bind::<BigInt, _>((from - named.n).max(0));
        rows.extend(rest.load::<PersonRow>(door.db)?);
    }
    Ok(rows.into_iter().map(|row| row.seen_by(door.actor)).collect())
}

/// Children of the same household, or recorded as hers, born from `since` on, whom the register opened and no birth record names yet. The
/// household is compared inside the query, so this works for protected families without showing it.
///
/// # Errors
/// If the database fails.
pub fn unclaimed_children(door: &mut Door<'_>, mother: i64, since: Day) -> Result<Vec<PersonRow>, Fault> {
    let sql = format!(
        "select {} from person p join person m on m.keeper = p.keeper and ((m.household <> '' \
         and m.household = p.household) or exists (select 1 from relation r where r.keeper = m.keeper \
         and r.file = m.file and r.other = p.file and r.role = 'child' and r.sensitivity = 0)) \
         where m.file = $1 and p.keeper in {} and p.file <> m.file and p.birth_hi >= $2 \
         and not exists (select 1 from event e where e.kind = 'born' and (e.file = p.file or e.file in \
         (select l.file from person_link l where l.person = p.file and l.ended is null))) order by p.file",
        masked(),
        door.scope()
    );
    let rows: Vec<PersonRow> = sql_query(sql).bind::<BigInt, _>(mother).bind::<Integer, _>(since.0).load(door.db)?;
    Ok(rows.into_iter().map(|row| row.seen_by(door.actor)).collect())
}

/// Those of whom there is something to know before one acts: 連絡上の注意, a category, narrow records. Lists say no more than
/// that ([`crate::rulebook::OPEN_TO_SEE`]), and in 窓口モード not even that.
///
/// # Errors
/// If the database fails.
pub fn noted(door: &mut Door<'_>, files: &[i64]) -> Result<BTreeSet<i64>, Fault> {
    let mut found = BTreeSet::new();
    if door.actor.counter {
        return Ok(found);
    }
    let level = mask::level(door.actor).number();
    for chunk in files.chunks(500) {
        let ids = id_list(chunk);
        let scope = door.scope();
        let text = format!(
            "select distinct coalesce(l.person, e.file) as id from event e \
             left join person_link l on l.keeper = e.keeper and l.file = e.file and l.ended is null \
             where e.keeper in {scope} and e.body is not null and e.file in (select f.id from file f where f.id in {ids} \
               union all select m.file from person_link m where m.keeper in {scope} and m.person in {ids} and m.ended is null) \
             and e.sensitivity <= {level} and (e.kind = 'caution' or e.sensitivity > 0 \
             or (e.kind = 'period' and e.code in ('needs_support', 'youtaikyo') and e.day2 is null)) \
             and e.kind <> 'withdrawn' and not exists (select 1 from event c where c.file = e.file \
             and c.corrects = coalesce(e.corrects, e.id) and c.seq > e.seq)"
        );
        let rows: Vec<IdRow> = sql_query(text).load(door.db)?;
        found.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(found)
}

/// Names of staff by id. The program itself (0) has none.
///
/// # Errors
/// If the database fails.
pub fn staff_names(db: &mut Db, ids: &[i64]) -> Result<BTreeMap<i64, String>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        name: String,
    }
    let rows: Vec<Row> = sql_query(format!("select id, name from staff where id in {}", id_list(ids))).load(db)?;
    Ok(rows.into_iter().map(|r| (r.id, r.name)).collect())
}
