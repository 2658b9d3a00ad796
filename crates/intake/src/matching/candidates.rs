//! Who on file somebody may be: few enough to be compared one by one, found by day of birth, reading, household, mother.

use std::collections::BTreeSet;

use casework::matching::{self, Face, Likely};
use diesel::{RunQueryDsl, sql_types::BigInt};
use platform::search::{self, Identity};
use platform::store::load::id_list;
use platform::{Door, Fault, people, sql};
use rules::{Day, Span};

use super::faces::{self, Known};

/// Persons looked at for one; more share nothing but a day of birth.
const LOOKED: usize = 400;
/// Of those whose name is like theirs.
const NAMED: usize = 50;
/// Proposals shown for one person.
pub const SHOWN: usize = 5;

/// Somebody it may be, with what speaks for and against.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub known: Known,
    pub likely: Likely,
}

/// Who a person with this face and this name and reading may be, likeliest first; `but` are files that are not meant. Says also whether more were
/// found than are shown.
///
/// # Errors
/// If the database fails.
pub fn proposals(
    door: &mut Door<'_>,
    face: &Face,
    written: (&str, &str),
    but: &[i64],
) -> Result<(Vec<Proposal>, usize), Fault> {
    let files: Vec<i64> =
        looked(door, face, written)?.into_iter().filter(|file| !but.contains(file)).take(LOOKED).collect();
    // The index first: whole files are read only of those who may be meant.
    let rows = people::many(door, &files)?;
    let worth = |row: &people::PersonRow| {
        let view = casework::body::Resident {
            name: row.name.clone(),
            kana: row.kana.clone(),
            sex: row.sex.clone(),
            household: row.household.clone(),
            phone: row.phone.clone(),
            address: row.address.clone(),
            birth: row.birth().map(Span::on),
            ..casework::body::Resident::default()
        };
        let quick = Face { edd: row.edd(), ..faces::face(&view) };
        quick.birth.is_some() && quick.birth == face.birth || matching::likely(face, &quick).is_some()
    };
    let files: Vec<i64> = rows.values().filter(|row| worth(row)).map(|row| row.file).collect();
    let mut found: Vec<Proposal> = faces::known(door, &files)?
        .into_values()
        .filter_map(|known| Some(Proposal { likely: matching::likely(face, &known.face)?, known }))
        .collect();
    found.sort_by_key(|p| {
        let (agrees, against) = p.likely.weight();
        (p.likely.likeness, against, std::cmp::Reverse(agrees), p.known.file)
    });
    let all = found.len();
    found.truncate(SHOWN);
    Ok((found, all))
}

fn looked(door: &mut Door<'_>, face: &Face, written: (&str, &str)) -> Result<Vec<i64>, Fault> {
    let scope = door.scope();
    let mut found = Vec::new();
    if let Some(birth) = face.birth {
        let days = if birth.is_exact() { matching::near_births(birth.lo) } else { Vec::new() };
        let days: Vec<i64> = days.into_iter().chain([birth.lo, birth.hi]).map(|d: Day| i64::from(d.0)).collect();
        // Those born on the very day first: the list of those looked at has an end.
        let text = format!(
            "select p.file from person p where p.keeper in {scope} and p.birth_lo in {} \
             order by case when p.birth_lo = {} then 0 else 1 end, p.file limit 1000",
            id_list(&days),
            birth.lo.0
        );
        found.extend(sql::typed::<BigInt>(&text).once().load::<i64>(door.db)?);
    }
    // However the name is written: 字体, long vowels, the order of its words.
    let who = Identity { name: written.0.to_owned(), kana: written.1.to_owned(), birth: face.birth };
    for keeper in door.keepers().to_vec() {
        let alike = search::candidates(door.db, keeper, &who, NAMED)?;
        found.splice(0..0, alike.into_iter().map(|c| c.file));
    }
    for household in [&face.household, &face.mothers_household] {
        if !household.is_empty() {
            let text = format!(
                "select p.file from person p where p.keeper in {scope} and p.household = $1 order by p.file limit 30"
            );
            found.splice(0..0, sql::typed::<BigInt>(&text).once().with(household).load::<i64>(door.db)?);
        }
    }
    if !face.mothers.is_empty() {
        let text = format!(
            "select r.other from relation r where r.keeper in {scope} and r.file in {} and r.role = 'child' \
             and r.sensitivity <= {} order by r.other limit 30",
            id_list(&face.mothers),
            platform::mask::level(door.actor).number()
        );
        found.splice(0..0, sql::typed::<BigInt>(&text).once().load::<i64>(door.db)?);
    }
    let mut seen = BTreeSet::new();
    found.retain(|file| seen.insert(*file));
    Ok(found)
}
