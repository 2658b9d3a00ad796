//! Ordinary pregnancies: 妊娠届, 受診票 month by month, the talk in the eighth month, birth, and what follows it.

use casework::{
    Body, birth,
    body::{Pregnancy, Reached, Resident, Stay},
};
use rules::Day;

use super::{
    arrivals::{POSTPARTUM, PRENATAL},
    calendar::workday_from,
    children::Child,
    dice::Dice,
    families::sibling_of,
    names::Names,
    plan::{Deed, Plan, Who, contact, service},
};

const CLINICS: [&str; 4] = ["汐見中央産院", "波音レディースクリニック", "湾岸総合病院", "ほたる助産院"];

/// One pregnancy of the plan.
#[derive(Clone, Copy, Debug)]
pub struct Expecting {
    pub family: usize,
    /// Number within the mother's file.
    pub number: i32,
    pub edd: Day,
    pub notified: Day,
    /// The day of birth, should everything go well.
    pub birth: Day,
    pub satogaeri: bool,
}

/// Everybody whose child is expected from the opening on, and who has notified it by the as-of day.
pub fn expect(plan: &mut Plan, names: &Names) -> Vec<Expecting> {
    let seed = plan.seed;
    let days = plan.as_of.plus(225).since(plan.opening);
    let count = days * plan.births_a_year / 365;
    let mut all = Vec::new();
    for number in 0..count {
        let mut dice = Dice::new(seed, "pregnancy", usize::try_from(number).unwrap_or(0));
        let edd = plan.opening.plus(number * days / count + dice.between(0, 1));
        let notified = workday_from(edd.plus(-280 + dice.between(46, 84)));
        let birth = edd.plus(dice.between(-13, 6)).max(plan.opening);
        let satogaeri = dice.percent(8);
        if notified > plan.as_of {
            continue;
        }
        let family = match sibling_of(plan, birth, &mut dice) {
            Some(family) => family,
            None => plan.couple(names, birth, &mut dice).0,
        };
        plan.families[family].pregnancies += 1;
        all.push(Expecting { family, number: plan.families[family].pregnancies, edd, notified, birth, satogaeri });
    }
    all
}

impl Plan {
    /// From 妊娠届 to the as-of day.
    pub fn pregnancy(&mut self, names: &Names, e: Expecting, dice: &mut Dice) {
        let until = self.families[e.family].left.unwrap_or(Day(i32::MAX));
        self.notify(e, dice);
        self.vouchers(e, until, dice);
        self.eighth_month(e, until, dice);
        let reported = workday_from(e.birth.plus(dice.between(4, 9)));
        if reported <= self.as_of && e.birth < until {
            let children = self.born(names, e, reported, dice);
            for child in children {
                self.care(child, dice);
            }
            self.after_birth(e, dice);
        }
    }

    pub fn notify(&mut self, e: Expecting, dice: &mut Dice) {
        let family = &self.families[e.family];
        let (mother, district) = (family.mother, family.district);
        let order = u8::try_from(family.children.len() + 1).ok();
        let on = e.notified.max(self.taken_over(district));
        let satogaeri = e.satogaeri.then(|| Stay {
            from: e.edd.plus(-42),
            until: Some(e.edd.plus(35)),
            place: "県外の実家".into(),
        });
        let pregnancy = Pregnancy {
            edd: e.edd,
            fetuses: 1,
            birth_order: order,
            satogaeri,
            clinic: (*dice.pick(&CLINICS)).into(),
            note: String::new(),
            next: None,
        };
        let by = self.nurse(district, on);
        self.step(on, by, Deed::Notify { who: mother, day: e.notified, pregnancy: Box::new(pregnancy) });
    }

    /// Until 23週 every 4 weeks, until 35週 every 2, then weekly (告示226号); at most 14 are paid for.
    pub fn vouchers(&mut self, e: Expecting, until: Day, dice: &mut Dice) {
        let mother = self.families[e.family].mother;
        let earliest = self.taken_over(self.families[e.family].district);
        let mut day = workday_from(e.notified.plus(dice.between(6, 16)));
        for _ in 0..14 {
            if day >= e.birth || day >= until {
                return;
            }
            // Of the time before the beginning only the last months' 受診票 came over.
            if day > earliest.plus(-100) {
                let on = PRENATAL.arrives(day).max(earliest);
                let body = Body::Service(service("prenatal_checkup", "normal"));
                self.record_of((mother, e.number), on, "yano", day, PRENATAL.name, body);
            }
            let weeks = (day.since(e.edd) + 280) / 7;
            let interval = if weeks < 24 {
                28
            } else if weeks < 36 {
                14
            } else {
                7
            };
            day = workday_from(day.plus(interval + dice.between(-2, 2)));
        }
    }

    /// 妊娠8か月アンケート, answered, and looked at by the nurse.
    pub fn eighth_month(&mut self, e: Expecting, until: Day, dice: &mut Dice) {
        let family = &self.families[e.family];
        let (mother, district) = (family.mother, family.district);
        let day = workday_from(e.edd.plus(-280 + 7 * 30 + dice.between(0, 18)));
        let on = day.max(self.taken_over(district));
        if day >= e.birth || day >= until {
            return;
        }
        let mut answered = contact("letter", "本人", Reached::Reached, "8か月アンケートの回答を確認。面談の希望なし。");
        answered.service = Some("pregnancy_support_2".into());
        let by = self.nurse(district, on);
        self.record_of((mother, e.number), on, by, day, "own", Body::Contact(answered));
    }

    fn born(&mut self, names: &Names, e: Expecting, reported: Day, dice: &mut Dice) -> Vec<Child> {
        let home = self.home_of(e.family);
        let who = self.baby(names, &home, e.birth, dice);
        let weight = dice.between(2510, 3680);
        self.deliver(e, reported, &[(who, weight)], dice)
    }

    /// The birth as reported, then the register's row some days later.
    pub fn deliver(&mut self, e: Expecting, reported: Day, babies: &[(Who, i32)], dice: &mut Dice) -> Vec<Child> {
        let family = &self.families[e.family];
        let (mother, district) = (family.mother, family.district);
        let by = self.nurse(district, reported);
        let children = babies.iter().map(|(who, weight)| {
            let resident = &self.people[*who];
            let child = birth::Child {
                file: None,
                name: resident.name.clone(),
                kana: resident.kana.clone(),
                sex: resident.sex.clone(),
                weight: Some(*weight),
                wish_newborn_visit: false,
            };
            (*who, child)
        });
        let weeks = u8::try_from((e.birth.since(e.edd) + 280) / 7).unwrap_or(39);
        let deed = Deed::Birth {
            mother,
            pregnancy: e.number,
            day: e.birth,
            weeks,
            place: (*dice.pick(&CLINICS)).into(),
            home_from: e.satogaeri.then(|| e.edd.plus(35)),
            children: children.collect(),
        };
        self.step(reported, by, deed);
        let registered = workday_from(reported.plus(3));
        let until = self.families[e.family].left.unwrap_or(Day(i32::MAX));
        for (who, _) in babies {
            let resident = Resident { cause: "birth".into(), ..self.people[*who].clone() };
            self.record(*who, registered, "", e.birth, "residents", Body::Resident(resident));
            self.families[e.family].children.push((*who, e.birth));
        }
        let child = |who: Who| Child { until, ..Child::new(who, e.birth, district, registered) };
        babies.iter().map(|(who, _)| child(*who)).collect()
    }

    /// 産婦健診 at two weeks and one month: vouchers come months later.
    pub fn after_birth(&mut self, e: Expecting, dice: &mut Dice) {
        let mother = self.families[e.family].mother;
        for (code, day) in [
            ("postpartum_checkup_2w", e.birth.plus(dice.between(12, 17))),
            ("postpartum_checkup_1m", e.birth.plus(dice.between(27, 34))),
        ] {
            let day = workday_from(day);
            let on = POSTPARTUM.arrives(day);
            let mut result = service(code, "normal");
            result.number = Some(f64::from(dice.between(0, 6)));
            self.record_of((mother, e.number), on, "yano", day, POSTPARTUM.name, Body::Service(result));
        }
    }
}
