//! Accounts and posts as their office's file tells them: rows that signing in reads, compared with the records whenever
//! those change.
//!
//! A row is never removed: sessions and the reading log name it. A post that was taken back ends before it begins.

use std::collections::BTreeMap;

use casework::{
    Story,
    staff::{Account, Post, Roll},
};
use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use super::load::id_list;
use crate::{
    db::Db,
    fault::Fault,
    session::password::NONE,
    sql::{Value, sql, typed},
};

#[derive(QueryableByName, Clone)]
struct PostRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    staff: i64,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Integer)]
    from_day: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    event: Option<i64>,
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    login: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kana: String,
    #[diesel(sql_type = Nullable<Integer>)]
    closed_on: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    event: Option<i64>,
}

/// What must be written so that the rows say what the file says.
enum Change {
    Open(Account, i64),
    /// Row, what it is to say, and the event.
    Account(i64, Account, i64),
    Appoint(Post),
    /// Row, what it is to say.
    Post(i64, Post),
    /// Row whose record was taken back, and the day before its first.
    Unpost(i64, i32),
    Close(i64, Option<i32>),
}

impl Change {
    /// By number only.
    fn said(&self) -> String {
        match self {
            Change::Open(_, event) => format!("the account of event {event} is missing"),
            Change::Account(row, ..) => format!("account {row} is not what was recorded"),
            Change::Appoint(post) => format!("the post of event {} is missing", post.event),
            Change::Post(row, _) | Change::Unpost(row, _) => format!("post {row} is not what was recorded"),
            Change::Close(row, _) => format!("account {row} does not close on the recorded day"),
        }
    }
}

fn changes(db: &mut Db, keeper: i64, roll: &Roll<'_>) -> Result<Vec<Change>, Fault> {
    let mut changes = accounts(db, roll)?;
    changes.extend(posts(db, keeper, roll)?);
    changes.extend(closings(db, roll)?);
    Ok(changes)
}

const ACCOUNT: &str = "select id, login, name, kana, closed_on, event from staff";

fn accounts(db: &mut Db, roll: &Roll<'_>) -> Result<Vec<Change>, Fault> {
    let mut changes = Vec::new();
    let events: Vec<i64> = roll.accounts.iter().map(|(event, _)| *event).collect();
    let text = format!("{ACCOUNT} where event in {}", id_list(&events));
    let rows: Vec<AccountRow> = sql(&text).once().load(db)?;
    let mut rows: BTreeMap<Option<i64>, AccountRow> = rows.into_iter().map(|row| (row.event, row)).collect();
    for &(event, account) in &roll.accounts {
        let row = match rows.remove(&Some(event)) {
            Some(row) => Some(row),
            // There before its record was made.
            None => {
                let text = format!("{ACCOUNT} where login = $1 and event is null");
                sql(&text).with(&account.login).load::<AccountRow>(db)?.pop()
            }
        };
        match row {
            Some(row) => {
                let same = row.name == account.name && row.kana == account.kana && row.login == account.login;
                if !same || row.event != Some(event) {
                    changes.push(Change::Account(row.id, account.clone(), event));
                }
            }
            None => changes.push(Change::Open(account.clone(), event)),
        }
    }
    Ok(changes)
}

fn posts(db: &mut Db, keeper: i64, roll: &Roll<'_>) -> Result<Vec<Change>, Fault> {
    let text = "select id, staff, role, from_day, until_day, event from post where keeper = $1 order by id";
    let rows: Vec<PostRow> = sql(text).with(keeper).load(db)?;
    let mut free: Vec<&PostRow> = rows.iter().filter(|row| row.event.is_none()).collect();
    let mut changes = Vec::new();
    for post in &roll.posts {
        let begun = |row: &PostRow| row.staff == post.staff && row.role == post.role && row.from_day == post.from.0;
        let of_event = rows.iter().find(|row| row.event == Some(post.event));
        let found = of_event.or_else(|| {
            let at = free.iter().position(|row| begun(row))?;
            Some(free.swap_remove(at))
        });
        match found {
            Some(row) => {
                let same = row.event.is_some() && begun(row) && row.until_day == post.until.map(|d| d.0);
                if !same {
                    changes.push(Change::Post(row.id, post.clone()));
                }
            }
            None => changes.push(Change::Appoint(post.clone())),
        }
    }
    for row in &rows {
        let gone = row.event.is_some_and(|event| roll.posts.iter().all(|post| post.event != event));
        if gone && row.until_day != Some(row.from_day - 1) {
            changes.push(Change::Unpost(row.id, row.from_day - 1));
        }
    }
    Ok(changes)
}

fn closings(db: &mut Db, roll: &Roll<'_>) -> Result<Vec<Change>, Fault> {
    let closed = roll.closed.iter().map(|(staff, day)| (*staff, Some(day.0)));
    let wanted: BTreeMap<i64, Option<i32>> = closed.chain(roll.open_again.iter().map(|staff| (*staff, None))).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("{ACCOUNT} where id in {} order by id", id_list(&wanted.keys().copied().collect::<Vec<_>>()));
    let rows: Vec<AccountRow> = sql(&text).once().load(db)?;
    let differs = |row: &AccountRow| wanted.get(&row.id).copied().flatten() != row.closed_on;
    Ok(rows.iter().filter(|row| differs(row)).map(|row| Change::Close(row.id, wanted[&row.id])).collect())
}

/// Writes what the office's file says of its staff, touching only what differs.
pub(super) fn write(db: &mut Db, keeper: i64, story: &Story<'_>) -> Result<(), Fault> {
    let roll = Roll::of(story);
    if roll == Roll::default() {
        return Ok(());
    }
    for change in changes(db, keeper, &roll)? {
        let day = |day: Option<Day>| Value::from(day.map(|d| d.0));
        match &change {
            Change::Open(account, event) => sql(
                "insert into staff (login, name, kana, password, must_change, event) values ($1, $2, $3, $4, 1, $5)",
            )
            .with(&account.login)
            .with(&account.name)
            .with(&account.kana)
            .with(NONE)
            .with(*event)
            .execute(db)?,
            Change::Account(row, account, event) => {
                sql("update staff set login = $1, name = $2, kana = $3, event = $4 where id = $5")
                    .with(&account.login)
                    .with(&account.name)
                    .with(&account.kana)
                    .with(*event)
                    .with(*row)
                    .execute(db)?
            }
            Change::Appoint(post) => sql(
                "insert into post (staff, keeper, role, from_day, until_day, event) values ($1, $2, $3, $4, $5, $6)",
            )
            .with(post.staff)
            .with(keeper)
            .with(&post.role)
            .with(post.from.0)
            .with(day(post.until))
            .with(post.event)
            .execute(db)?,
            Change::Post(row, post) => {
                sql("update post set staff = $1, role = $2, from_day = $3, until_day = $4, event = $5 where id = $6")
                    .with(post.staff)
                    .with(&post.role)
                    .with(post.from.0)
                    .with(day(post.until))
                    .with(post.event)
                    .with(*row)
                    .execute(db)?
            }
            Change::Unpost(row, until) => {
                sql("update post set until_day = $1 where id = $2").with(*until).with(*row).execute(db)?
            }
            Change::Close(row, on) => {
                sql("update staff set closed_on = $1 where id = $2").with(*on).with(*row).execute(db)?
            }
        };
    }
    Ok(())
}

/// What differs between an office's records and the rows signing in reads: a right somebody wrote into the database by
/// hand is found here, and one that no record speaks of by [`unrecorded`].
pub(crate) fn compare(db: &mut Db, keeper: i64, story: &Story<'_>) -> Result<Vec<String>, Fault> {
    let roll = Roll::of(story);
    Ok(changes(db, keeper, &roll)?.iter().map(Change::said).collect())
}

/// Offices whose staff are records from their founding: those the program itself recorded staff in (`setup`, the demo's
/// city), with their municipality and its other offices.
const FOUNDED: &str = "with founded (id, parent) as (select o.id, o.parent from office o where exists \
    (select 1 from event e where e.file = o.file and e.kind = 'staff' and e.actor = 0)), \
    kept (id) as (select o.id from office o where o.id in (select id from founded) or o.id in (select parent from founded) \
    or o.parent in (select parent from founded))";

/// A member of staff who belongs to no other office than those.
const THEIRS: &str = "exists (select 1 from kept) and not exists (select 1 from post p where p.staff = s.id \
    and p.keeper not in (select id from kept))";

/// Rows that give a right and follow from no record, where every row must: somebody wrote them past the program.
///
/// # Errors
/// If the database fails.
pub(crate) fn unrecorded(db: &mut Db) -> Result<Vec<String>, Fault> {
    let questions = [
        (
            "post",
            "was recorded by nobody",
            String::from(
                "select p.id from post p where p.keeper in (select id from kept) and (p.event is null \
                 or exists (select 1 from post q where q.event = p.event and q.id <> p.id) \
                 or not exists (select 1 from event e join office o on o.file = e.file \
                 where e.id = p.event and e.kind = 'staff' and o.id = p.keeper))",
            ),
        ),
        (
            "account",
            "was recorded by nobody",
            format!(
                "select s.id from staff s where {THEIRS} and (s.event is null \
                 or exists (select 1 from staff q where q.event = s.event and q.id <> s.id) \
                 or not exists (select 1 from event e where e.id = s.event and e.kind = 'staff'))"
            ),
        ),
        (
            "account",
            "is closed, and nobody closed it",
            format!(
                "select s.id from staff s where {THEIRS} and s.closed_on is not null and not exists (select 1 from event e \
                 where e.kind = 'staff' and e.body like '%\"closed\":{{\"staff\":' || cast(s.id as text) || '}}%')"
            ),
        ),
    ];
    let mut found = Vec::new();
    for (row, what, query) in questions {
        let ids: Vec<i64> = typed::<BigInt>(&format!("{FOUNDED} {query} order by 1")).once().load(db)?;
        found.extend(ids.into_iter().map(|id| format!("{row} {id} {what}")));
    }
    Ok(found)
}
