//! The other municipalities of the prefecture as data (`demo/prefecture.toml`): since when they have a centre, how many
//! nurses, what is late there. Each gets a handful of ordinary families.

use std::collections::BTreeMap;

use casework::{Body, Role};
use rules::Day;
use serde::Deserialize;

use super::{
    SampleLogin,
    arrivals::Behind,
    city::{Assignment, City, District, NURSES},
    dice::Dice,
    names::Names,
    office::{self, Founded, Offices},
};
use crate::platform::{
    Db, Fault,
    session::password,
    store::write::{found_office, open_office_file},
};

const FILE: &str = include_str!("../../../../demo/prefecture.toml");

/// Whoever the plan of a place names; a town's people are found under all of these names.
pub const NURSE: &str = "sato";
const OTHERS: [&str; 3] = ["yano", "ueda", "nagata"];
/// The single nurse's password; nobody else of the small places signs in.
const PASSWORD: &str = "shiomi-2026-hitori";

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Prefecture {
    pub health_centre: Vec<HealthCentre>,
    pub town: Vec<Town>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct HealthCentre {
    pub key: String,
    pub name: String,
}

#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
pub struct Town {
    /// Also the login of its first nurse.
    pub key: String,
    pub code: String,
    pub name: String,
    pub health_centre: String,
    /// 子育て世代包括支援センター since, 「2016-04-01」.
    pub support_centre: String,
    /// こども家庭センター since; empty: not yet.
    #[serde(default)]
    pub family_centre: String,
    pub births: i32,
    pub nurses: usize,
    #[serde(default)]
    pub behind: Behind,
    #[serde(default)]
    pub without: Vec<String>,
    /// Its first nurse can sign in.
    #[serde(default)]
    pub login: bool,
}

impl Prefecture {
    pub fn read() -> Result<Prefecture, Fault> {
        toml::from_str(FILE).map_err(|e| Fault::new(format!("demo/prefecture.toml: {e}")))
    }

    /// What this file would say of the city, which has one of its own.
    pub fn of_city(&self) -> Town {
        Town { support_centre: "2015-10-01".into(), family_centre: "2024-04-01".into(), ..Town::default() }
    }
}

impl Town {
    /// Its dice fall otherwise than those of every other place.
    pub fn seed(&self, as_of: Day) -> i32 {
        as_of.0 + self.code.parse::<i32>().unwrap_or(0)
    }

    /// Two districts where there are nurses for them.
    pub fn city(&self) -> City {
        let stem = self.name.trim_end_matches(['市', '町', '村']);
        let names: &[&str] = if self.nurses > 1 { &["東部", "西部"] } else { &["全域"] };
        let district = |name: &&str| District {
            name: String::from(*name),
            share: 50,
            towns: ["浦", "原", "ノ谷", "新田"].map(|end| format!("大字{stem}{end}")).into(),
        };
        let assigned = |name: &&str, login: &str| Assignment {
            district: String::from(*name),
            staff: login.into(),
            ..Assignment::default()
        };
        City {
            name: self.name.clone(),
            office: Vec::new(),
            district: names.iter().map(district).collect(),
            staff: Vec::new(),
            assignment: names.iter().zip(NURSES).map(|(name, login)| assigned(name, login)).collect(),
        }
    }

    /// Founds municipality and centre with their nurses. The first is 統括支援員 as well: somebody answers for everything.
    pub fn found(&self, db: &mut Db, offices: &Offices, names: &Names, april: Day) -> Result<Founded, Fault> {
        let above = offices.get(&self.health_centre).copied();
        let above = above.ok_or_else(|| Fault::new(format!("demo/prefecture.toml: {} is in no area", self.name)))?;
        let town = found_office(db, Some(above), "municipality", &self.code, &self.name)?;
        let kind = if self.family_centre.is_empty() {
            "子育て世代包括支援センター"
        } else {
            "こども家庭センター"
        };
        let keeper = found_office(db, Some(town), "centre", "", &format!("{}{kind}", self.name))?;
        let file = open_office_file(db, keeper)?;
        let mut founded = Founded { mark: self.key.clone(), keeper, file, staff: BTreeMap::new(), logins: Vec::new() };
        let mut dice = Dice::new(self.seed(april), "nurses", 0);
        let mut nurses = Vec::new();
        for number in 0..self.nurses.max(1) {
            let (surname, given) = (names.surname(&mut dice).clone(), dice.pick(&names.women).clone());
            let (name, kana) =
                (format!("{}　{}", surname.kanji, given.kanji), format!("{}　{}", surname.kana, given.kana));
            let login = if number == 0 { self.key.clone() } else { format!("{}-{}", self.key, number + 1) };
            let signs_in = self.login && number == 0;
            let hash = if signs_in { password::hash(PASSWORD)? } else { String::from("-") };
            let id = office::employ(db, [&login, &name, &kana], &hash, None)?;
            let since = office::period("", "", april);
            office::appoint(db, id, keeper, Role::Phn, since)?;
            if number == 0 {
                office::appoint(db, id, keeper, Role::Coordinator, since)?;
            }
            if signs_in {
                let role_label = format!("保健師（{}・ひとり配置）", self.name);
                founded.logins.push(SampleLogin { login, password: PASSWORD.into(), name, role_label });
            }
            nurses.push(id);
        }
        for (number, login) in NURSES.into_iter().chain(OTHERS).enumerate() {
            // The districts' nurses in turn; whoever else a plan names is the first.
            let id = nurses.get(if number < 2 { number } else { 0 }).or(nurses.first());
            founded.staff.extend(id.map(|id| (String::from(login), *id)));
        }
        Ok(founded)
    }

    /// Since when there is a centre, and of which kind: records of the centre's own file.
    pub fn periods(&self) -> Vec<(Day, Body)> {
        let (first, second) = (Day::parse_iso(&self.support_centre), Day::parse_iso(&self.family_centre));
        let period = |name: &str, until: Option<Day>| Body::Period { name: name.into(), until, note: String::new() };
        let first = first.map(|day| (day, period("support_centre", second.map(|d| d.plus(-1)))));
        first.into_iter().chain(second.map(|day| (day, period("family_centre", None)))).collect()
    }
}
