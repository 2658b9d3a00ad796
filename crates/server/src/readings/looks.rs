//! A month of openings as 閲覧の点検 sees it: folded to somebody's looks at one person on one day, sampled, and with
//! what is unusual about them.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    Body,
    emergency::Verdict,
    inspection::{self, Look, Namesake, Unusual},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::{Day, counting};

use crate::{
    persons::page::end_of,
    platform::{
        Door, Fault,
        clock::{day_in_japan, time_in_japan},
        people::{self, PersonRow},
        store::joined::Ways,
    },
    rulebook::changes::desk::OfficeFile,
    today::lines::setting,
};

/// A calendar month in Japan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Month {
    /// `2026-10`
    pub text: String,
    pub first: Day,
    pub last: Day,
}

impl Month {
    pub fn of(day: Day) -> Option<Month> {
        let (year, month, _) = day.ymd();
        let last = counting::month_end(year, month)?;
        Some(Month { text: format!("{year:04}-{month:02}"), first: Day::from_ymd(year, month, 1)?, last })
    }

    pub fn parse(text: &str) -> Option<Month> {
        Month::of(Day::parse_iso(&format!("{text}-01"))?)
    }

    pub fn before(&self) -> Option<Month> {
        Month::of(self.first.plus(-1))
    }

    pub fn is_over(&self, today: Day) -> bool {
        self.last < today
    }

    pub fn from(&self) -> i64 {
        end_of(self.first.plus(-1)) + 1
    }

    pub fn to(&self) -> i64 {
        end_of(self.last) + 1
    }

    /// By when its 閲覧の点検 is done: the end of the month after.
    pub fn due(&self) -> Option<Day> {
        Month::of(self.last.plus(1)).map(|next| next.last)
    }

    /// 「令和8年10月」
    pub fn word(&self) -> String {
        format!("{}{}月", rules::wareki::year(self.first), self.first.ymd().1)
    }
}

/// What was said of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub verdict: Verdict,
    pub note: String,
    pub by: i64,
    pub at: i64,
}

/// Somebody's looks at one person on one day.
#[derive(Clone, Debug)]
pub struct Group {
    /// The first of its readings: what a mark names.
    pub id: i64,
    pub looks: Vec<Look>,
    /// 見本, and what is unusual.
    pub why: Vec<&'static str>,
    pub said: Option<Said>,
}

/// What of a month is to be looked at, oldest first, and the persons in it.
pub struct Chosen {
    pub groups: Vec<Group>,
    pub people: BTreeMap<i64, PersonRow>,
    pub staff: BTreeMap<i64, String>,
    /// How many there were to choose from.
    pub of: usize,
    pub sampled: usize,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    staff: i64,
    #[diesel(sql_type = BigInt)]
    at: i64,
    #[diesel(sql_type = Text)]
    what: String,
    #[diesel(sql_type = Text)]
    purpose: String,
    #[diesel(sql_type = Text)]
    files: String,
}

/// # Errors
/// If the database fails.
pub fn chosen(door: &mut Door<'_>, month: &Month) -> Result<Chosen, Fault> {
    let mut looks = looks(door, month)?;
    let files: Vec<i64> = looks.iter().map(|l| l.file).collect::<BTreeSet<_>>().into_iter().collect();
    let people = people::many(door, &files)?;
    let ids: Vec<i64> = looks.iter().map(|l| l.staff).collect::<BTreeSet<_>>().into_iter().collect();
    let staff = people::staff_names(door.db, &ids)?;
    compare(door, month, &mut looks, &people, &staff)?;
    let opened: Vec<Look> = looks.iter().filter(|l| l.what == "person" && l.purpose != "family").cloned().collect();
    let bursts: BTreeSet<i64> = inspection::bursts(&opened).into_iter().collect();
    let mut groups = grouped(looks);
    let size = setting(door, "inspection_size")?.and_then(|v| v.parse().ok()).unwrap_or(20).max(1);
    let all: Vec<i64> = groups.iter().map(|g| g.id).collect();
    // A month that is not over cannot be sampled: what comes later would have had no chance.
    let drawn: BTreeSet<i64> = if month.is_over(door.today()) {
        inspection::sample(&month.text, door.actor.keeper, &all, size).into_iter().collect()
    } else {
        BTreeSet::new()
    };
    for group in &mut groups {
        let mut why: BTreeSet<Unusual> = group.looks.iter().flat_map(inspection::unusual).collect();
        if group.looks.iter().any(|l| bursts.contains(&l.id)) {
            why.insert(Unusual::Many);
        }
        let sample = drawn.contains(&group.id).then_some("見本");
        group.why = sample.into_iter().chain(why.into_iter().map(Unusual::word)).collect();
    }
    groups.retain(|g| !g.why.is_empty());
    let said = said(door, &month.text)?;
    for group in &mut groups {
        group.said = said.get(&group.id).cloned();
    }
    Ok(Chosen { groups, people, staff, of: all.len(), sampled: drawn.len() })
}

/// The openings of a month, each with the person it is of now.
fn looks(door: &mut Door<'_>, month: &Month) -> Result<Vec<Look>, Fault> {
    let rows: Vec<Row> = sql_query(format!(
        "select id, staff, at, what, purpose, files from reading where keeper in {} and at >= $1 and at < $2 \
         and what in ('person', 'reveal', 'emergency') and staff > 0 order by at, id",
        door.scope()
    ))
    .bind::<BigInt, _>(month.from())
    .bind::<BigInt, _>(month.to())
    .load(door.db)?;
    let one = |row: Row| {
        let file = row.files.split(' ').next()?.parse().ok()?;
        let hour = time_in_japan(row.at).0;
        let Row { id, staff, at, what, purpose, .. } = row;
        Some(Look { id, staff, file, at, hour, what, purpose, ..Look::default() })
    };
    let mut looks: Vec<Look> = rows.into_iter().filter_map(one).collect();
    let files: Vec<i64> = looks.iter().map(|l| l.file).collect::<BTreeSet<_>>().into_iter().collect();
    let ways = Ways::of(door.db, &files)?;
    if !ways.is_empty() {
        looks.iter_mut().for_each(|l| l.file = ways.lead(l.file));
    }
    Ok(looks)
}

/// Names, protection, districts and records, beside the log.
fn compare(
    door: &mut Door<'_>,
    month: &Month,
    looks: &mut [Look],
    people: &BTreeMap<i64, PersonRow>,
    staff: &BTreeMap<i64, String>,
) -> Result<(), Fault> {
    let districts = districts(door, month)?;
    let recorded = recorded(door, month)?;
    for look in looks {
        let Some(person) = people.get(&look.file) else { continue };
        look.protected = person.protected == 1;
        look.namesake = staff.get(&look.staff).and_then(|name| namesake(name, &person.name));
        let own = districts.get(&look.staff);
        look.elsewhere = !person.district.is_empty()
            && own.is_some_and(|own| !own.iter().any(|d| d.is_empty() || *d == person.district));
        let day = day_in_japan(look.at);
        look.recorded = (-1..=2).any(|n| recorded.contains(&(look.file, look.staff, day.plus(n).0)));
    }
    Ok(())
}

fn namesake(staff: &str, person: &str) -> Option<Namesake> {
    let words = |name: &str| names::Key::of_name(&name.replace('\u{3000}', " "));
    let family = |name: &str| words(name).words().first().cloned();
    let whole = |name: &str| words(name).whole();
    if whole(staff).is_empty() || whole(person).is_empty() {
        return None;
    }
    match (whole(staff) == whole(person), family(staff) == family(person)) {
        (true, _) => Some(Namesake::Whole),
        (false, true) => Some(Namesake::Family),
        (false, false) => None,
    }
}

/// The districts that somebody answers for in the month; an empty one is every district.
fn districts(door: &mut Door<'_>, month: &Month) -> Result<BTreeMap<i64, Vec<String>>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        staff: i64,
        #[diesel(sql_type = Text)]
        district: String,
    }
    let rows: Vec<Row> = sql_query(format!(
        "select distinct staff, district from assignment where keeper in {} and from_day <= $1 \
         and (until_day is null or until_day >= $2)",
        door.scope()
    ))
    .bind::<Integer, _>(month.last.0)
    .bind::<Integer, _>(month.first.0)
    .load(door.db)?;
    let mut found: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in rows {
        found.entry(row.staff).or_default().push(row.district);
    }
    Ok(found)
}

/// (file, staff, day) of what people recorded by hand around the month.
fn recorded(door: &mut Door<'_>, month: &Month) -> Result<BTreeSet<(i64, i64, i32)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
        #[diesel(sql_type = BigInt)]
        actor: i64,
        #[diesel(sql_type = BigInt)]
        recorded_at: i64,
    }
    let rows: Vec<Row> = sql_query(format!(
        "select file, actor, recorded_at from event where keeper in {} and recorded_at >= $1 and recorded_at < $2 \
         and batch is null and actor > 0 and kind not in ('emergency', 'emergency_reviewed')",
        door.scope()
    ))
    .bind::<BigInt, _>(end_of(month.first.plus(-2)))
    .bind::<BigInt, _>(end_of(month.last.plus(2)))
    .load(door.db)?;
    let files: Vec<i64> = rows.iter().map(|r| r.file).collect::<BTreeSet<_>>().into_iter().collect();
    let ways = Ways::of(door.db, &files)?;
    Ok(rows.into_iter().map(|r| (ways.lead(r.file), r.actor, day_in_japan(r.recorded_at).0)).collect())
}

fn grouped(looks: Vec<Look>) -> Vec<Group> {
    let mut place: BTreeMap<(i64, i64, i32), usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for look in looks {
        let key = (look.staff, look.file, day_in_japan(look.at).0);
        let at = *place.entry(key).or_insert_with(|| {
            groups.push(Group { id: look.id, looks: Vec::new(), why: Vec::new(), said: None });
            groups.len() - 1
        });
        groups.get_mut(at).into_iter().for_each(|g| g.looks.push(look.clone()));
    }
    groups
}

/// What was said last of each reading of a month.
fn said(door: &mut Door<'_>, month: &str) -> Result<BTreeMap<i64, Said>, Fault> {
    let mut found = BTreeMap::new();
    let Some(office) = OfficeFile::of(door.db, door.actor.keeper)? else { return Ok(found) };
    for (event, _) in &office.story().log {
        let Some(Body::Inspected(inspected)) = &event.body else { continue };
        for mark in inspected.marks.iter().filter(|_| inspected.month == month) {
            let (verdict, note) = (mark.verdict, mark.note.clone());
            found.insert(mark.reading, Said { verdict, note, by: event.actor, at: event.recorded_at });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_month_is_whole_and_due_at_the_end_of_the_next() {
        let month = Month::parse("2026-02").unwrap();
        let day = |text: &str| Day::parse_iso(text).unwrap();
        assert_eq!((month.first, month.last), (day("2026-02-01"), day("2026-02-28")));
        assert_eq!(month.due(), Some(day("2026-03-31")));
        assert!(!month.is_over(day("2026-02-28")) && month.is_over(day("2026-03-01")));
        assert_eq!(month.before().unwrap().text, "2026-01");
        assert_eq!(Month::parse("2026-01").unwrap().before().unwrap().text, "2025-12");
        assert!(Month::parse("2026-13").is_none() && Month::parse("").is_none());
        assert_eq!(day_in_japan(month.from()), day("2026-02-01"));
        assert_eq!(day_in_japan(month.to() - 1), day("2026-02-28"));
    }

    #[test]
    fn a_namesake_is_found_however_the_name_is_written() {
        assert_eq!(namesake("髙﨑 美穂", "高崎　美穂"), Some(Namesake::Whole));
        assert_eq!(namesake("髙﨑 美穂", "高崎 湊"), Some(Namesake::Family));
        assert_eq!(namesake("佐藤 美咲", "佐々木 湊"), None);
        assert_eq!(namesake("", ""), None);
    }
}
