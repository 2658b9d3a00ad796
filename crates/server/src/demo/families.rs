//! The register as it was taken over: households with children under school age, and couples who will expect one.

use casework::body::Resident;
use rules::{Day, Span, counting};

use super::{
    calendar::{months, workday_from},
    dice::Dice,
    names::Names,
    plan::{Deed, Family, Plan, Who},
};

/// What a household's members share.
#[derive(Clone, Debug)]
pub struct Home {
    /// Kanji and ふりがな.
    pub surname: (String, String),
    pub district: usize,
    pub address: String,
    pub household: String,
    pub phone: String,
}

impl Plan {
    /// The working day on which a district's part of the register is taken over.
    pub fn taken_over(&self, district: usize) -> Day {
        let mut day = workday_from(self.opening);
        for _ in 0..district {
            day = workday_from(day.plus(1));
        }
        day
    }

    pub fn home(&mut self, surname: (&str, &str), district: usize, dice: &mut Dice) -> Home {
        let number = self.families.len();
        Home {
            surname: (surname.0.into(), surname.1.into()),
            district,
            address: self.city.any_address(district, dice),
            household: format!("{:08}", 20_311 + 3 * number),
            // 000- is dialled nowhere.
            phone: format!("000-5550-{number:04}"),
        }
    }

    pub fn member(&mut self, home: &Home, given: (&str, &str), sex: &str, birth: Span, relation: &str) -> Who {
        let number = format!("{:010}", 1_000_400 + 7 * self.people.len());
        let district = self.city.district.get(home.district).map_or(String::new(), |d| d.name.clone());
        self.person(Resident {
            number,
            household: home.household.clone(),
            name: format!("{}　{}", home.surname.0, given.0),
            kana: format!("{}　{}", home.surname.1, given.1),
            also: Vec::new(),
            sex: sex.into(),
            birth: Some(birth),
            relation: relation.into(),
            postcode: format!("000-{:04}", 100 * (home.district + 1)),
            address: home.address.clone(),
            district,
            phone: if relation == "子" { String::new() } else { home.phone.clone() },
            nationality: "日本".into(),
            outside_register: false,
            cause: "present".into(),
            from_place: String::new(),
        })
    }

    /// A couple (or a mother alone) without children yet.
    pub fn couple(&mut self, names: &Names, child_born: Day, dice: &mut Dice) -> (usize, Home) {
        let district = self.city.any_district(dice);
        let surname = names.surname(dice);
        let home = self.home((surname.kanji, surname.kana), district, dice);
        let age = dice.between(22 * 365, 39 * 365);
        let alone = dice.percent(12);
        let birth = child_born.plus(-age);
        let given = dice.pick(&names.women);
        let mother =
            self.member(&home, (given.kanji, given.kana), "F", Span::on(birth), if alone { "世帯主" } else { "妻" });
        let father = (!alone).then(|| {
            let given = dice.pick(&names.men);
            let birth = birth.plus(dice.between(-2200, 1000));
            self.member(&home, (given.kanji, given.kana), "M", Span::on(birth), "世帯主")
        });
        self.families.push(Family {
            mother,
            father,
            district,
            children: Vec::new(),
            pregnancies: 0,
            left: None,
            ordinary: true,
        });
        (self.families.len() - 1, home)
    }

    /// The home of a family as its mother's register entry has it.
    pub fn home_of(&self, family: usize) -> Home {
        let family = &self.families[family];
        let mother = &self.people[family.mother];
        let surname = |text: &str| text.split('　').next().unwrap_or("").to_owned();
        Home {
            surname: (surname(&mother.name), surname(&mother.kana)),
            district: family.district,
            address: mother.address.clone(),
            household: mother.household.clone(),
            phone: mother.phone.clone(),
        }
    }

    pub fn baby(&mut self, names: &Names, home: &Home, birth: Day, dice: &mut Dice) -> Who {
        let girl = dice.percent(49);
        let given = names.child(girl, dice);
        self.member(home, (given.kanji, given.kana), if girl { "F" } else { "M" }, Span::on(birth), "子")
    }
}

/// Births up to the opening, spread over families; siblings two to four years apart.
pub fn settle(plan: &mut Plan, names: &Names) {
    let seed = plan.seed;
    let first = months(plan.operating, -72).plus(1);
    let days = plan.opening.since(first);
    let births = days * plan.births_a_year / 365;
    for number in 0..births {
        let mut dice = Dice::new(seed, "birth", usize::try_from(number).unwrap_or(0));
        let birth = first.plus(number * days / births + dice.between(0, 1)).min(plan.opening.plus(-1));
        let (family, home) = match sibling_of(plan, birth, &mut dice) {
            Some(family) => (family, plan.home_of(family)),
            None => plan.couple(names, birth, &mut dice),
        };
        let babies = if dice.between(1, 100) == 1 { 2 } else { 1 };
        for _ in 0..babies {
            let child = plan.baby(names, &home, birth, &mut dice);
            plan.families[family].children.push((child, birth));
        }
    }
}

/// A family whose youngest child is two to four years older, if the dice find one.
pub fn sibling_of(plan: &Plan, birth: Day, dice: &mut Dice) -> Option<usize> {
    if plan.families.is_empty() || !dice.percent(45) {
        return None;
    }
    (0..8).find_map(|_| {
        let at = usize::try_from(dice.between(0, i32::try_from(plan.families.len()).unwrap_or(1) - 1)).unwrap_or(0);
        let family = &plan.families[at];
        let (_, youngest) = family.children.last()?;
        let apart = birth.since(*youngest);
        let expecting = family.pregnancies > 0 || family.left.is_some() || family.children.len() > 2;
        ((600..1600).contains(&apart) && !expecting).then_some(at)
    })
}

/// The steps by which a family enters: the register's rows, then who belongs to whom.
pub fn enter(plan: &mut Plan, family: usize) {
    let Family { mother, father, district, children, .. } = plan.families[family].clone();
    let on = plan.taken_over(district);
    plan.open(mother, on, on, "present");
    // Fathers of older children are left out: nothing is ever recorded about them.
    let small = children.last().is_none_or(|(_, birth)| counting::months_old(*birth, on) < 36);
    let father = father.filter(|_| small);
    plan.families[family].father = father;
    if let Some(father) = father {
        plan.open(father, on, on, "present");
    }
    for (child, birth) in &children {
        plan.open(*child, on, on, "present");
        plan.step(on, "", Deed::Relate { who: *child, to: mother, role: "mother", day: *birth, until: None });
        if let Some(father) = father
            && counting::months_old(*birth, on) < 12
        {
            plan.step(on, "", Deed::Relate { who: *child, to: father, role: "father", day: *birth, until: None });
        }
    }
}
