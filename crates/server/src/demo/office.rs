//! Founding the city: offices, staff and posts as rows; assignments, settings and arrivals as records of the centre.

use std::collections::BTreeMap;

use casework::{
    Body, Role,
    body::Assignment,
    staff::{Account, Posted, Staff},
};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use super::{SampleLogin, city::City, prefecture::Prefecture};
use crate::{
    platform::session::password,
    platform::{
        Db, Fault,
        db::{CountRow, IdRow},
        store::write::{found_office as insert, open_office_file},
    },
};

/// Rows of the founded city that the replay needs.
pub struct Founded {
    /// Before the numbers of its commands, so that no two places share one.
    pub mark: String,
    /// Office that keeps the records: the centre.
    pub keeper: i64,
    /// Its own file.
    pub file: i64,
    /// Staff ids by login.
    pub staff: BTreeMap<String, i64>,
    pub logins: Vec<SampleLogin>,
}

/// Ids of offices by the key they have in the demo's files.
pub type Offices = BTreeMap<String, i64>;

/// Founds the prefecture with its health centres, then the city's offices, staff and posts, in an empty database.
pub fn found(db: &mut Db, city: &City, prefecture: &Prefecture, april: Day) -> Result<(Offices, Founded), Fault> {
    let before = sql_query("select count(*) as n from office").get_result::<CountRow>(db)?;
    if before.n != 0 {
        return Err(Fault::new("the demo can only be built in an empty database"));
    }
    let mut offices = Offices::new();
    let (above, below): (Vec<_>, Vec<_>) = city.office.iter().partition(|office| office.parent.is_empty());
    for office in above {
        offices.insert(office.key.clone(), insert(db, None, &office.kind, &office.code, &office.name)?);
    }
    let top = offices.get("prefecture").copied();
    for centre in &prefecture.health_centre {
        offices.insert(centre.key.clone(), insert(db, top, "health_centre", "", &centre.name)?);
    }
    for office in below {
        let parent = offices.get(&office.parent).copied();
        offices.insert(office.key.clone(), insert(db, parent, &office.kind, &office.code, &office.name)?);
    }
    let keeper = *offices.get("centre").ok_or_else(|| Fault::new("demo/city.toml: no centre"))?;
    let file = open_office_file(db, keeper)?;
    let mut founded = Founded { mark: String::from("demo"), keeper, file, staff: BTreeMap::new(), logins: Vec::new() };
    hire(db, city, april, &offices, &mut founded)?;
    Ok((offices, founded))
}

/// A member of staff who may sign in if the hash is one.
pub fn employ(db: &mut Db, who: [&str; 3], hash: &str, closed_on: Option<Day>) -> Result<i64, Fault> {
    let IdRow { id } = sql_query(
        "insert into staff (login, name, kana, password, closed_on) values ($1, $2, $3, $4, $5) returning id",
    )
    .bind::<Text, _>(who[0])
    .bind::<Text, _>(who[1])
    .bind::<Text, _>(who[2])
    .bind::<Text, _>(hash)
    .bind::<Nullable<Integer>, _>(closed_on.map(|d| d.0))
    .get_result(db)?;
    Ok(id)
}

/// Gives somebody a dated post.
pub fn appoint(
    db: &mut Db,
    staff: i64,
    office: i64,
    role: Role,
    (from, until): (Day, Option<Day>),
) -> Result<(), Fault> {
    sql_query("insert into post (staff, keeper, role, from_day, until_day) values ($1, $2, $3, $4, $5)")
        .bind::<BigInt, _>(staff)
        .bind::<BigInt, _>(office)
        .bind::<Text, _>(role.code())
        .bind::<Integer, _>(from.0)
        .bind::<Nullable<Integer>, _>(until.map(|d| d.0))
        .execute(db)?;
    Ok(())
}

fn hire(db: &mut Db, city: &City, april: Day, offices: &Offices, founded: &mut Founded) -> Result<(), Fault> {
    // The same password is hashed once: each hash costs what it costs a guesser.
    let mut hashes: BTreeMap<&str, String> = BTreeMap::new();
    for staff in &city.staff {
        if !hashes.contains_key(staff.password.as_str()) {
            let hash = if staff.password.is_empty() { String::from("-") } else { password::hash(&staff.password)? };
            hashes.insert(&staff.password, hash);
        }
        let gone = staff.posts.iter().all(|p| p.until == "april");
        let hash = hashes.get(staff.password.as_str()).map_or("-", String::as_str);
        let id = employ(db, [&staff.login, &staff.name, &staff.kana], hash, gone.then_some(april))?;
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
            appoint(db, id, office, role, period(&post.from, &post.until, april))?;
        }
    }
    Ok(())
}

pub fn period(from: &str, until: &str, april: Day) -> (Day, Option<Day>) {
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
    charter.extend(roll(city, founded, april));
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

/// Accounts and posts in the centre, as its file tells them; the rows of [`hire`] are taken over by their records.
fn roll(city: &City, founded: &Founded, april: Day) -> Vec<(Day, Body)> {
    let mut roll = Vec::new();
    for staff in &city.staff {
        let here: Vec<_> = staff.posts.iter().filter(|post| post.office == "centre").collect();
        let (Some(id), Some(first)) = (founded.staff.get(&staff.login).copied(), here.first()) else { continue };
        let (login, name, kana) = (staff.login.clone(), staff.name.clone(), staff.kana.clone());
        roll.push((period(&first.from, "", april).0, Body::Staff(Staff::Account(Account { login, name, kana }))));
        for post in here {
            let (from, until) = period(&post.from, &post.until, april);
            let posted = Posted { staff: id, role: post.role.clone(), until };
            roll.push((from, Body::Staff(Staff::Posted(posted))));
        }
        if staff.posts.iter().all(|post| post.until == "april") {
            roll.push((april, Body::Staff(Staff::Closed { staff: id })));
        }
    }
    roll
}
