//! Dated posts: which role in which office, and the keepers that follow from it.

use casework::Role;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use rules::Day;

use crate::{Db, Fault};

/// A post of one person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    pub id: i64,
    pub keeper: i64,
    pub office_name: String,
    pub role: Role,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    keeper: i64,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    office_name: String,
    #[diesel(sql_type = Integer)]
    from_day: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
}

/// The posts somebody holds on a day, oldest first. A role this program does not know gives no right at all.
///
/// # Errors
/// If the database fails.
pub fn held_on(db: &mut Db, staff: i64, day: Day) -> Result<Vec<Post>, Fault> {
    let rows: Vec<Row> = sql_query(
        "select p.id, p.keeper, p.role, p.from_day, p.until_day, case when exists (select 1 from office_period c \
           where c.keeper = o.id and c.name = 'closed' and c.from_day <= $1) then o.name || '（閉鎖）' else o.name end as office_name \
         from post p join office o on o.id = p.keeper where p.staff = $2 order by p.id",
    )
    .bind::<Integer, _>(day.0)
    .bind::<BigInt, _>(staff)
    .load(db)?;
    let held = rows.into_iter().filter(|r| r.from_day <= day.0 && r.until_day.is_none_or(|until| day.0 <= until));
    Ok(held
        .filter_map(|r| {
            let role = Role::from_code(&r.role)?;
            Some(Post { id: r.id, keeper: r.keeper, office_name: r.office_name, role })
        })
        .collect())
}

#[derive(QueryableByName)]
struct OfficeId {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The keepers an office reaches: itself and the centres and district offices below it, which are the same 実施機関.
/// Municipalities below a health centre or prefecture keep their own records, so the tree stops there (promise 7).
///
/// # Errors
/// If the database fails.
pub fn reach(db: &mut Db, office: i64) -> Result<Vec<i64>, Fault> {
    let rows: Vec<OfficeId> = sql_query(
        "with recursive reach (id) as (
           select id from office where id = $1
           union
           select o.id from office o join reach r on o.parent = r.id where o.kind in ('centre', 'district_office')
         )
         select id from reach order by id",
    )
    .bind::<BigInt, _>(office)
    .load(db)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
