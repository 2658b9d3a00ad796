//! The tables of responsibility as stored, and the lines somebody answers for as a condition in SQL.

use std::collections::BTreeMap;

use casework::{
    Role, Sensitivity,
    responsibility::{Absence, Post, Row, Share, Table, Tables},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use crate::{
    Db, Fault, mask,
    sql::{self, literal},
};

#[derive(QueryableByName)]
struct Assigned {
    #[diesel(sql_type = BigInt)]
    keeper: i64,
    #[diesel(sql_type = BigInt)]
    event: i64,
    #[diesel(sql_type = Text)]
    district: String,
    #[diesel(sql_type = Text)]
    programme: String,
    #[diesel(sql_type = Text)]
    category: String,
    #[diesel(sql_type = BigInt)]
    staff: i64,
    #[diesel(sql_type = Integer)]
    from_day: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = BigInt)]
    keeper: i64,
    #[diesel(sql_type = BigInt)]
    staff: i64,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Integer)]
    from_day: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
}

/// The tables of these keepers. Every keeper has one, if an empty one.
///
/// # Errors
/// If the database fails.
pub fn tables(db: &mut Db, keepers: &[i64]) -> Result<Tables, Fault> {
    let mut tables: Tables = keepers.iter().map(|k| (*k, Table::default())).collect();
    let scope = crate::store::load::id_list(keepers);
    let rows: Vec<Assigned> = sql_query(format!(
        "select keeper, event, district, programme, category, staff, from_day, until_day from assignment \
         where keeper in {scope} order by keeper, event"
    ))
    .load(db)?;
    for r in rows {
        let row = Row {
            event: r.event,
            district: r.district,
            programme: r.programme,
            category: r.category,
            staff: r.staff,
            from: Day(r.from_day),
            until: r.until_day.map(Day),
        };
        tables.entry(r.keeper).or_default().rows.push(row);
    }
    let narrow: Vec<String> = Role::ALL
        .into_iter()
        .filter(|role| mask::may_see(*role, Sensitivity::Compartment))
        .map(|role| literal(role.code()))
        .collect();
    let posts: Vec<Held> = sql_query(format!(
        "select keeper, staff, role, from_day, until_day from post where keeper in {scope} and role in ({}) order by id",
        narrow.join(", ")
    ))
    .load(db)?;
    for p in posts {
        let post = Post {
            staff: p.staff,
            coordinator: p.role == Role::Coordinator.code(),
            head: p.role == Role::Head.code(),
            from: Day(p.from_day),
            until: p.until_day.map(Day),
        };
        tables.entry(p.keeper).or_default().posts.push(post);
    }
    away(db, &scope, &mut tables)?;
    for keeper in supervised(db, &scope)? {
        tables.entry(keeper).or_default().supervised = true;
    }
    Ok(tables)
}

/// No end of an absence is known.
const OPEN_END: Day = Day(i32::MAX);

/// Who is away by a record, and whose posts have ended: what is theirs falls to 統括支援員 from the next day on.
fn away(db: &mut Db, scope: &str, tables: &mut Tables) -> Result<(), Fault> {
    type Left = (i64, i64, i32, Option<i32>);
    let text = format!(
        "select a.keeper, a.staff, max(coalesce(p.until_day, {end})) as last, min(s.closed_on) as closed \
         from (select keeper, staff from assignment where keeper in {scope} \
         union select keeper, substitute from absence where keeper in {scope} and substitute is not null) a \
         join office o on o.id = a.keeper join staff s on s.id = a.staff \
         join post p on p.staff = a.staff and (p.keeper = a.keeper or p.keeper = o.parent) \
         group by a.keeper, a.staff order by a.keeper, a.staff",
        end = OPEN_END.0
    );
    let left: Vec<Left> = sql::typed::<(BigInt, BigInt, Integer, Nullable<Integer>)>(&text).once().load(db)?;
    for (keeper, staff, last, closed) in left {
        // Whoever may not sign in from a day on is gone from that day.
        let last = last.min(closed.map_or(OPEN_END.0, |day| day - 1));
        if last < OPEN_END.0 {
            let gone = Absence { staff, substitute: None, from: Day(last + 1), until: OPEN_END };
            tables.entry(keeper).or_default().absences.push(gone);
        }
    }
    type Told = (i64, i64, i32, Option<i32>, Option<i64>);
    let text = format!(
        "select keeper, staff, from_day, until_day, substitute from absence where keeper in {scope} order by keeper, event"
    );
    let told: Vec<Told> =
        sql::typed::<(BigInt, BigInt, Integer, Nullable<Integer>, Nullable<BigInt>)>(&text).once().load(db)?;
    for (keeper, staff, from, until, substitute) in told {
        let absence = Absence { staff, substitute, from: Day(from), until: until.map_or(OPEN_END, Day) };
        tables.entry(keeper).or_default().absences.push(absence);
    }
    Ok(())
}

/// Offices where superiors take late lines up as duties of their own.
fn supervised(db: &mut Db, scope: &str) -> Result<Vec<i64>, Fault> {
    let text = format!("select keeper from setting where keeper in {scope} and name = 'escalation' and value = 'duty'");
    Ok(sql::typed::<BigInt>(&text).once().load(db)?)
}

/// Where lines are what a person answers for on a day: a condition over the columns `keeper`, `home` (the district as on
/// file), `programme`, `category` and `level` (sensitivity).
pub fn answered_by(tables: &Tables, staff: i64, day: Day) -> String {
    let of_keeper = |(keeper, table): (&i64, &Table)| {
        let named = table.named();
        // Shares that differ only in what they are about share one condition of districts.
        let mut about: BTreeMap<String, Vec<Share>> = BTreeMap::new();
        for share in table.shares(staff, day) {
            about.entry(class("home", &share.districts, share.others, &named.districts)).or_default().push(share);
        }
        let every = 2 * (named.programmes.len() + 1) * (named.categories.len() + 1);
        let parts: Vec<String> = about
            .into_iter()
            .map(|(districts, shares)| {
                if shares.len() == every {
                    return format!("({districts})");
                }
                let charges: Vec<String> =
                    shares.iter().map(|s| charge(s, &named.programmes, &named.categories)).collect();
                format!("({districts} and ({}))", charges.join(" or "))
            })
            .collect();
        (!parts.is_empty()).then(|| format!("(keeper = {keeper} and ({}))", parts.join(" or ")))
    };
    let all: Vec<String> = tables.iter().filter_map(of_keeper).collect();
    if all.is_empty() { String::from("1 = 0") } else { format!("({})", all.join(" or ")) }
}

fn charge(share: &Share, programmes: &[String], categories: &[String]) -> String {
    let one = |column: &str, class_of: &Option<String>, named: &[String]| match class_of {
        Some(name) => format!("{column} = {}", literal(name)),
        None => class(column, &[], true, named),
    };
    let narrow = if share.narrow { "level >= 2" } else { "level < 2" };
    let (programme, category) =
        (one("programme", &share.programme, programmes), one("category", &share.category, categories));
    format!("({narrow} and {programme} and {category})")
}

/// Texts of a column: those of the list, and with `others` everything the table does not name.
fn class(column: &str, texts: &[String], others: bool, named: &[String]) -> String {
    let list = |texts: &[String]| texts.iter().map(|t| literal(t)).collect::<Vec<_>>().join(", ");
    if !others {
        return format!("{column} in ({})", list(texts));
    }
    let left: Vec<String> = named.iter().filter(|n| !texts.contains(n)).cloned().collect();
    if left.is_empty() { String::from("1 = 1") } else { format!("{column} not in ({})", list(&left)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(district: &str, category: &str, staff: i64) -> Row {
        let (district, category) = (district.to_owned(), category.to_owned());
        Row { event: staff, district, programme: String::new(), category, staff, from: Day(0), until: None }
    }

    #[test]
    fn a_nurse_of_two_districts_is_a_list_of_districts() {
        let table =
            Table { rows: vec![row("北'町", "", 1), row("南", "", 1), row("東", "", 2)], ..Table::default() };
        let tables = Tables::from([(3, table)]);
        let said = "((keeper = 3 and ((home in ('北''町', '南') and ((level < 2 and 1 = 1 and 1 = 1))))))";
        assert_eq!(answered_by(&tables, 1, Day(1)), said, "what is narrow is not a nurse's");
        assert_eq!(answered_by(&tables, 9, Day(1)), "1 = 0");
    }

    #[test]
    fn whoever_answers_for_the_rest_answers_for_what_nobody_named() {
        let post = Post { staff: 9, coordinator: true, head: false, from: Day(0), until: None };
        let table = Table { rows: vec![row("北", "", 1)], posts: vec![post], ..Table::default() };
        let said = answered_by(&Tables::from([(3, table)]), 9, Day(1));
        assert!(said.contains("home not in ('北')"), "{said}");
        assert!(said.contains("level >= 2"), "what is narrow in 北 is theirs too: {said}");
    }
}
