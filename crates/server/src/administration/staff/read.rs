//! The staff an office may administer: whoever holds or held a post in it, or was given their account by it.

use std::collections::BTreeMap;

use casework::Role;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, wareki};

use crate::platform::{Door, Fault, Problem, session::live::is_closed};

#[derive(QueryableByName, Clone, Debug)]
pub struct Account {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub login: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub kana: String,
    #[diesel(sql_type = Integer)]
    pub must_change: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    pub closed_on: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub event: Option<i64>,
}

#[derive(QueryableByName, Clone, Debug)]
pub struct Post {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub staff: i64,
    #[diesel(sql_type = BigInt)]
    pub keeper: i64,
    #[diesel(sql_type = Text)]
    pub office: String,
    #[diesel(sql_type = Text)]
    pub role: String,
    #[diesel(sql_type = Integer)]
    pub from_day: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    pub until_day: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub event: Option<i64>,
}

/// Somebody with their posts, oldest first.
#[derive(Clone, Debug)]
pub struct Member {
    pub account: Account,
    pub posts: Vec<Post>,
}

impl Post {
    pub fn role_word(&self) -> &str {
        Role::from_code(&self.role).map_or(&self.role, |role| role.label())
    }

    pub fn runs_on(&self, day: Day) -> bool {
        self.from_day <= day.0 && self.lasts_until(day)
    }

    /// Still running on that day, or beginning later.
    pub fn lasts_until(&self, day: Day) -> bool {
        self.until_day.is_none_or(|until| day.0 <= until)
    }

    /// 「R8.4.1から」「R6.4.1からR8.3.31まで」
    pub fn period(&self) -> String {
        let from = wareki::short(Day(self.from_day));
        match self.until_day {
            Some(until) => format!("{from}から{}まで", wareki::short(Day(until))),
            None => format!("{from}から"),
        }
    }
}

impl Member {
    pub fn is_closed(&self, today: Day) -> bool {
        is_closed(self.account.closed_on, today)
    }
}

fn load(door: &mut Door<'_>, also: &str) -> Result<Vec<Member>, Fault> {
    let scope = door.scope();
    let text = format!(
        "select id, login, name, kana, must_change, closed_on, event from staff s where \
         (exists (select 1 from post p where p.staff = s.id and p.keeper in {scope}) \
         or exists (select 1 from event e where e.id = s.event and e.keeper in {scope})){also} order by kana, id"
    );
    let accounts: Vec<Account> = sql_query(text).load(door.db)?;
    let text = format!(
        "select p.id, p.staff, p.keeper, o.name as office, p.role, p.from_day, p.until_day, p.event from post p \
         join office o on o.id = p.keeper join staff s on s.id = p.staff where p.keeper in {scope} \
         and (p.until_day is null or p.until_day >= p.from_day){also} order by p.from_day, p.id"
    );
    let mut posts: BTreeMap<i64, Vec<Post>> = BTreeMap::new();
    for post in sql_query(text).load::<Post>(door.db)? {
        posts.entry(post.staff).or_default().push(post);
    }
    Ok(accounts
        .into_iter()
        .map(|account| Member { posts: posts.remove(&account.id).unwrap_or_default(), account })
        .collect())
}

/// Everybody, by their reading.
///
/// # Errors
/// If the database fails.
pub fn all(door: &mut Door<'_>) -> Result<Vec<Member>, Fault> {
    load(door, "")
}

/// One of them.
///
/// # Errors
/// Not found; or if the database fails.
pub fn one(door: &mut Door<'_>, id: i64) -> Result<Member, Problem> {
    load(door, &format!(" and s.id = {id}"))?.pop().ok_or(Problem::NotFound)
}

#[derive(QueryableByName, Clone, Debug)]
pub struct Office {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// The offices a post may be in; the actor's own first.
///
/// # Errors
/// If the database fails.
pub fn offices(door: &mut Door<'_>) -> Result<Vec<Office>, Fault> {
    let text = format!("select id, name from office where id in {} order by id", door.scope());
    let mut offices: Vec<Office> = sql_query(text).load(door.db)?;
    offices.sort_by_key(|office| office.id != door.actor.keeper);
    Ok(offices)
}
