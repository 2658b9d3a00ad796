//! Founding the city: offices, staff and posts as rows; assignments, settings and arrivals as records of the centre.

use std::collections::BTreeMap;

use casework::{Body, Role, body::Assignment};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use super::{SampleLogin, city::City};
use crate::{
    platform::session::password,
    platform::{
        Db, Fault,
        db::{CountRow, IdRow},
        store::write::open_office_file,
    },
};

/// Rows of the founded city that the replay needs.
pub struct Founded {
    /// Office that keeps the records: the centre.
    pub keeper: i64,
    /// Its own file.
    pub file: i64,
    /// Staff ids by login.
    pub staff: BTreeMap<String, i64>,
    pub logins: Vec<SampleLogin>,
}

/// Founds offices, staff and posts in an empty database.
pub fn found(db: &mut Db, city: &City, april: Day) -> Result<Founded, Fault> {
    let before = sql_query("select count(*) as n from office").get_result::<CountRow>(db)?;
    if before.n != 0 {
        return Err(Fault::new("the demo can only be built in an empty database"));
    }
    let mut offices: BTreeMap<&str, i64> = BTreeMap::new();
    for office in &city.office {
        let IdRow { id } =
            sql_query("insert into office (parent, kind, code, name) values ($1, $2, $3, $4) returning id")
                .bind::<Nullable<BigInt>, _>(offices.get(office.parent.as_str()).copied())
                .bind::<Text, _>(&office.kind)
                .bind::<Text, _>(&office.code)
                .bind::<Text, _>(&office.name)
                .get_result(db)?;
        offices.insert(&office.key, id);
    }
    let keeper = *offices.get("centre").ok_or_else(|| Fault::new("demo/city.toml: no centre"))?;
    let file = open_office_file(db, keeper)?;
    let mut founded = Founded { keeper, file, staff: BTreeMap::new(), logins: Vec::new() };
    hire(db, city, april, &offices, &mut founded)?;
    Ok(founded)
}

fn hire(
    db: &mut Db,
    city: &City,
    april: Day,
    offices: &BTreeMap<&str, i64>,
    founded: &mut Founded,
) -> Result<(), Fault> {
    // The same password is hashed once: each hash costs what it costs a guesser.
    let mut hashes: BTreeMap<&str, String> = BTreeMap::new();
    for staff in &city.staff {
        if !hashes.contains_key(staff.password.as_str()) {
            let hash = if staff.password.is_empty() { String::from("-") } else { password::hash(&staff.password)? };
            hashes.insert(&staff.password, hash);
        }
        let gone = staff.posts.iter().all(|p| p.until == "april");
        let IdRow { id } = sql_query(
            "insert into staff (login, name, kana, password, closed_on) values ($1, $2, $3, $4, $5) returning id",
        )
        .bind::<Text, _>(&staff.login)
        .bind::<Text, _>(&staff.name)
        .bind::<Text, _>(&staff.kana)
        .bind::<Text, _>(hashes.get(staff.password.as_str()).map_or("-", String::as_str))
        .bind::<Nullable<Integer>, _>(gone.then_some(april.0))
        .get_result(db)?;
        founded.staff.insert(staff.login.clone(), id);
        if !staff.password.is_empty() {
            founded.logins.push(SampleLogin {
                login: staff.login.clone(),
                password: staff.password.clone(),
                name: staff.name.clone(),
                role_label: staff.label.clone(),
            });
        }
        for post in &staff.posts {
            let office = offices.get(post.office.as_str()).copied();
            let (Some(office), Some(role)) = (office, Role::from_code(&post.role)) else {
                return Err(Fault::new(format!(
                    "demo/city.toml: post of {} is in no office or has no role",
                    staff.login
                )));
            };
            let (from, until) = period(&post.from, &post.until, april);
            sql_query("insert into post (staff, keeper, role, from_day, until_day) values ($1, $2, $3, $4, $5)")
                .bind::<BigInt, _>(id)
                .bind::<BigInt, _>(office)
                .bind::<Text, _>(role.code())
                .bind::<Integer, _>(from.0)
                .bind::<Nullable<Integer>, _>(until.map(|d| d.0))
                .execute(db)?;
        }
    }
    Ok(())
}

fn period(from: &str, until: &str, april: Day) -> (Day, Option<Day>) {
    let begin = if from == "april" { april } else { april.plus(-1461) };
    (begin, (until == "april").then(|| april.plus(-1)))
}

/// The centre's own records: settings and who answers for what, before and after April.
pub fn charter(city: &City, founded: &Founded, april: Day) -> Vec<(Day, Body)> {
    let setting = |name: &str, value: String| Body::SettingChanged { name: name.into(), value };
    let mut charter = vec![
        (april.plus(-21), setting("operating_since", april.to_string())),
        (april.plus(-21), setting("near_days", "7".into())),
    ];
    for a in &city.assignment {
        let (from, until) = period(&a.from, &a.until, april);
        let assigned = Assignment {
            district: a.district.clone(),
            programme: a.programme.clone(),
            category: a.category.clone(),
            staff: founded.staff.get(&a.staff).copied().unwrap_or(0),
            until,
        };
        charter.push((from, Body::Assigned(assigned)));
    }
    charter
}
