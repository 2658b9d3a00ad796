//! The second pass of an import, household after household: a birth closes the pregnancy on file, and children find the
//! parents that 続柄 names beyond doubt. What cannot be told is counted, never guessed.

use std::collections::BTreeMap;

use casework::act::Act;
use casework::birth::{Birth, Child};
use casework::{Body, Person, Sensitivity, View, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, Span};

use super::apply::Hand;
use super::plan::SOURCE;
use super::row::Row;
use super::summary::Pass;
use platform::store::events_of;
use platform::{Db, Fault, Problem};

/// Birth − EDD in days: what `casework::birth` takes as the end of that pregnancy.
const EARLIEST: i32 = -140;
const LATEST: i32 = 42;

#[derive(QueryableByName, Debug)]
struct Household {
    #[diesel(sql_type = Text)]
    household: String,
}

/// A member of a household as the file and the people index know them.
#[derive(QueryableByName, Debug)]
struct MemberRow {
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Text)]
    content: String,
    #[diesel(sql_type = Text)]
    mark: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    marked: Option<i64>,
    #[diesel(sql_type = BigInt)]
    file: i64,
}

#[derive(Debug)]
struct Member {
    line: i32,
    row: Row,
    file: i64,
    /// Came into the files with this import, as a newborn or as a child.
    mark: String,
}

/// One chunk of households.
///
/// # Errors
/// If the database fails.
pub fn step(hand: &mut Hand<'_, '_>, limit: i64) -> Result<(), Problem> {
    // A household costs several acts where a row costs one.
    let limit = (limit / 4).max(1);
    let households: Vec<Household> = sql_query(
        "select distinct household from staged_row where keeper = $1 and batch = $2 and household > $3 \
         and mark in ('birth', 'child') and file is not null order by household limit $4",
    )
    .bind::<BigInt, _>(hand.batch.keeper)
    .bind::<BigInt, _>(hand.batch.id)
    .bind::<Text, _>(&hand.batch.progress.household)
    .bind::<BigInt, _>(limit)
    .load(hand.door.db)?;
    if households.is_empty() {
        hand.batch.progress.pass = Pass::Closing;
        return Ok(());
    }
    for Household { household } in households {
        let members = members(hand, &household)?;
        births(hand, &household, &members)?;
        relations(hand, &household, &members)?;
        hand.batch.progress.household = household;
    }
    Ok(())
}

/// `+ 0`: SQLite would else walk through the whole import in the order of lines, once for each household.
fn members(hand: &mut Hand<'_, '_>, household: &str) -> Result<Vec<Member>, Problem> {
    let rows: Vec<MemberRow> = sql_query(
        "select s.line, s.content, s.mark, s.file as marked, p.file from staged_row s cross join person p \
         where s.keeper = $1 and s.batch = $2 and s.household = $3 \
         and p.keeper = s.keeper and p.number = s.number order by s.line + 0",
    )
    .bind::<BigInt, _>(hand.batch.keeper)
    .bind::<BigInt, _>(hand.batch.id)
    .bind::<Text, _>(household)
    .load(hand.door.db)?;
    let mut members: Vec<Member> = Vec::new();
    for row in rows {
        let mark = if row.marked == Some(row.file) { row.mark } else { String::new() };
        let content = serde_json::from_str(&row.content).map_err(Fault::from)?;
        let member = Member { line: row.line, row: content, file: row.file, mark };
        // Several rows of one person: the last says how things stand, the mark stays.
        match members.iter_mut().find(|m| m.file == member.file) {
            Some(known) => {
                known.row = member.row;
                if known.mark.is_empty() {
                    known.mark = member.mark;
                }
            }
            None => members.push(member),
        }
    }
    Ok(members)
}

fn births(hand: &mut Hand<'_, '_>, household: &str, members: &[Member]) -> Result<(), Problem> {
    let mut born: BTreeMap<Day, Vec<&Member>> = BTreeMap::new();
    for member in members.iter().filter(|m| m.mark == "birth") {
        if let Some(birth) = member.row.resident.birth.filter(|b| b.is_exact())
            && !has_mother(hand.door.db, hand.batch.keeper, member.file)?
        {
            born.entry(birth.lo).or_default().push(member);
        }
    }
    for (day, children) in born {
        let several = children.len() as u64;
        match pregnancies(hand, household, day)?.as_slice() {
            [] => hand.batch.progress.births_alone += several,
            [(mother, episode)] => birth(hand, *mother, *episode, day, &children)?,
            _ => hand.batch.progress.births_unclear += several,
        }
    }
    Ok(())
}

fn has_mother(db: &mut Db, keeper: i64, file: i64) -> Result<bool, Fault> {
    #[derive(QueryableByName)]
    struct Other {
        #[diesel(sql_type = BigInt)]
        #[expect(dead_code, reason = "only whether there is one matters")]
        other: i64,
    }
    let found: Vec<Other> =
        sql_query("select other from relation where keeper = $1 and file = $2 and role = 'mother' limit 1")
            .bind::<BigInt, _>(keeper)
            .bind::<BigInt, _>(file)
            .load(db)?;
    Ok(!found.is_empty())
}

/// Open pregnancies of the household that a birth on that day may end: (file, episode).
fn pregnancies(hand: &mut Hand<'_, '_>, household: &str, day: Day) -> Result<Vec<(i64, i32)>, Problem> {
    #[derive(QueryableByName)]
    struct Pregnant {
        #[diesel(sql_type = BigInt)]
        file: i64,
    }
    let found: Vec<Pregnant> = sql_query(
        "select file from person where keeper = $1 and household = $2 and subjects like '%pregnancy%' \
         and gone <> 'died' order by file",
    )
    .bind::<BigInt, _>(hand.batch.keeper)
    .bind::<Text, _>(household)
    .load(hand.door.db)?;
    let mut open = Vec::new();
    for Pregnant { file } in found {
        let events = events_of(hand.door.db, file)?;
        let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
        let person = Person::read(&story);
        let fits = |edd: Day| (EARLIEST..=LATEST).contains(&day.since(edd));
        open.extend(person.episodes.iter().filter(|e| e.is_open() && fits(e.notice.edd)).map(|e| (file, e.no)));
    }
    Ok(open)
}

fn birth(hand: &mut Hand<'_, '_>, mother: i64, episode: i32, day: Day, children: &[&Member]) -> Result<(), Problem> {
    let Some(first) = children.first() else { return Ok(()) };
    let child = |member: &&Member| Child {
        file: Some(member.file),
        name: member.row.resident.name.clone(),
        kana: member.row.resident.kana.clone(),
        sex: member.row.resident.sex.clone(),
        ..Child::default()
    };
    let act = Act::Birth(Birth {
        mother,
        episode,
        day,
        weeks: None,
        place: String::new(),
        source: SOURCE.into(),
        home_from: None,
        children: children.iter().map(child).collect(),
    });
    match hand.act(&format!("birth:{}", first.line), act) {
        Ok(_) => hand.batch.progress.births += children.len() as u64,
        // Something in the mother's file forbids it: a person has to look.
        Err(Problem::Refused(_)) => hand.batch.progress.births_unclear += children.len() as u64,
        Err(problem) => return Err(problem),
    }
    Ok(())
}

/// 「子」 is a child of the head of the household, 「妻の子」 of the wife: nothing else in 続柄 is certain. Families with a
/// protected member are left to people (practice.md §5: the household is the register, the family is reality).
fn relations(hand: &mut Hand<'_, '_>, household: &str, members: &[Member]) -> Result<(), Problem> {
    let children: Vec<&Member> = members.iter().filter(|m| m.mark == "birth" || m.mark == "child").collect();
    let wanted: Vec<(&Member, &Member)> =
        children.iter().filter_map(|child| Some((*child, parent(child, members)?))).collect();
    if wanted.is_empty() || is_protected(hand, household)? {
        return Ok(());
    }
    for (child, parent) in wanted {
        let role = match parent.row.resident.sex.as_str() {
            "F" => "mother",
            "M" => "father",
            _ => continue,
        };
        if is_related(hand.door.db, hand.batch.keeper, child.file, parent.file)? {
            continue;
        }
        let from = child.row.resident.birth.map_or(hand.door.today(), |b| b.lo);
        let act = Act::Record {
            file: child.file,
            episode: None,
            day: Span::on(from),
            source: SOURCE.into(),
            sensitivity: Sensitivity::Ordinary,
            body: Body::Relation { to: parent.file, role: role.into(), until: None, hidden: false },
        };
        match hand.act(&format!("relation:{}:{}", child.line, parent.line), act) {
            Ok(_) => hand.batch.progress.relations += 1,
            Err(Problem::Refused(_)) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

/// The one member whose child 続柄 says this is.
fn parent<'m>(child: &Member, members: &'m [Member]) -> Option<&'m Member> {
    let of = match child.row.resident.relation.as_str() {
        "子" | "長男" | "長女" | "二男" | "二女" | "三男" | "三女" | "養子" => "世帯主",
        "妻の子" => "妻",
        "夫の子" => "夫",
        _ => return None,
    };
    let mut found = members.iter().filter(|m| m.row.resident.relation == of && m.file != child.file);
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

fn is_protected(hand: &mut Hand<'_, '_>, household: &str) -> Result<bool, Problem> {
    let found: Vec<platform::db::IdRow> =
        sql_query("select file as id from person where keeper = $1 and household = $2 and protected = 1 limit 1")
            .bind::<BigInt, _>(hand.batch.keeper)
            .bind::<Text, _>(household)
            .load(hand.door.db)?;
    Ok(!found.is_empty())
}

fn is_related(db: &mut Db, keeper: i64, file: i64, other: i64) -> Result<bool, Fault> {
    let found: Vec<platform::db::IdRow> =
        sql_query("select event as id from relation where keeper = $1 and file = $2 and other = $3 limit 1")
            .bind::<BigInt, _>(keeper)
            .bind::<BigInt, _>(file)
            .bind::<BigInt, _>(other)
            .load(db)?;
    Ok(!found.is_empty())
}
