//! The city of the demo as data (`demo/city.toml`): offices, districts, staff and posts, who answers for what.

use serde::Deserialize;

use super::dice::Dice;
use crate::platform::Fault;

const FILE: &str = include_str!("../../../../demo/city.toml");

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// As addresses begin: 「みなと市」.
    pub name: String,
    pub office: Vec<Office>,
    pub district: Vec<District>,
    pub staff: Vec<Staff>,
    pub assignment: Vec<Assignment>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Office {
    pub key: String,
    #[serde(default)]
    pub parent: String,
    pub kind: String,
    pub code: String,
    pub name: String,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct District {
    pub name: String,
    /// Households out of a hundred.
    pub share: i32,
    pub towns: Vec<String>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    pub login: String,
    pub name: String,
    pub kana: String,
    /// Empty: has left, and cannot sign in.
    pub password: String,
    pub label: String,
    pub posts: Vec<Post>,
}

/// `april` is the demo's first 1 April: from that day, or until the day before it.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Post {
    pub office: String,
    pub role: String,
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub until: String,
}

#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    #[serde(default)]
    pub district: String,
    #[serde(default)]
    pub programme: String,
    #[serde(default)]
    pub category: String,
    pub staff: String,
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub until: String,
}

/// Who records for a district when nobody is assigned.
const COORDINATOR: &str = "kuroda";
/// Logins that the plan names; a test compares them with the file.
pub const NURSES: [&str; 7] = ["sato", "tanabe", "ogawa", "matsui", "hirata", "nishida", COORDINATOR];

impl City {
    pub fn read() -> Result<City, Fault> {
        let city: City = toml::from_str(FILE).map_err(|e| Fault::new(format!("demo/city.toml: {e}")))?;
        if city.district.is_empty() || city.district.iter().any(|d| d.towns.is_empty()) {
            return Err(Fault::new("demo/city.toml: a district has no town"));
        }
        Ok(city)
    }

    /// The login of a district's nurse, before or after the change of posts in April.
    pub fn nurse(&self, district: usize, after_april: bool) -> &'static str {
        let name = self.district.get(district).map_or("", |d| d.name.as_str());
        let holds = |a: &&Assignment| {
            a.district == name
                && a.programme.is_empty()
                && if after_april { a.until.is_empty() } else { a.from.is_empty() }
        };
        let login = self.assignment.iter().find(holds).map_or(COORDINATOR, |a| a.staff.as_str());
        NURSES.into_iter().find(|n| *n == login).unwrap_or(COORDINATOR)
    }

    pub fn any_district(&self, dice: &mut Dice) -> usize {
        let mut left = dice.between(1, self.district.iter().map(|d| d.share).sum());
        for (number, district) in self.district.iter().enumerate() {
            left -= district.share;
            if left <= 0 {
                return number;
            }
        }
        0
    }

    /// An address that cannot be confused with a real one.
    pub fn any_address(&self, district: usize, dice: &mut Dice) -> String {
        let town = dice.pick(&self.district[district].towns);
        let (block, number, house) = (dice.between(1, 4), dice.between(1, 28), dice.between(1, 20));
        if dice.percent(35) {
            let flat = dice.between(1, 8) * 100 + dice.between(1, 6);
            let building = dice.pick(&["コーポなぎさ", "メゾン帆風", "汐音ハイツ", "市営しおさい住宅"]);
            format!("{}{town}{block}丁目{number}番{house}号　{building}{flat}", self.name)
        } else {
            format!("{}{town}{block}丁目{number}番{house}号", self.name)
        }
    }
}
