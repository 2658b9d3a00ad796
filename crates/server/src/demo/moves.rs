//! Moving out and moving in. 転出 closes nothing by itself: somebody decides about each child, and a few wait for it.

use casework::{
    Body,
    body::{Reached, Seen},
};

use super::{
    calendar::workday_from,
    children::Child,
    dice::Dice,
    names::Names,
    plan::{Deed, Plan, contact},
};

const OUT: usize = 26;
const IN: usize = 34;
/// Days before the as-of day on which the families left about whom nobody has decided yet.
const UNDECIDED: [i32; 4] = [27, 19, 12, 4];
const ELSEWHERE: [&str; 4] = ["汐見県 帆柱市", "汐見県 青凪町", "県外", "県外"];

/// Chooses who leaves and when, before their care is planned.
pub fn choose(plan: &mut Plan) {
    let mut dice = Dice::new(plan.seed, "leaving", 0);
    let candidates: Vec<usize> = (0..plan.families.len())
        .filter(|f| plan.families[*f].pregnancies == 0 && !plan.families[*f].children.is_empty())
        .collect();
    for number in 0..OUT {
        let family = *dice.pick(&candidates);
        let day = match UNDECIDED.get(number) {
            Some(ago) => plan.as_of.plus(-ago),
            None => plan.operating.plus(dice.between(5, plan.as_of.since(plan.operating) - 45)),
        };
        plan.families[family].left = Some(workday_from(day));
    }
}

impl Plan {
    /// The register says so two working days later; after a week or two the nurse passes on what matters and ends it.
    pub fn leave(&mut self, family: usize) {
        let of = self.families[family].clone();
        let Some(day) = of.left else { return };
        let mut dice = Dice::new(self.seed, "leave", family);
        let destination = *dice.pick(&ELSEWHERE);
        let on = workday_from(day.plus(2));
        let decided = workday_from(on.plus(dice.between(4, 9)));
        let members = of.children.iter().map(|(who, _)| *who).chain([of.mother]).chain(of.father);
        for who in members {
            self.record(who, on, "", day, "residents", Body::MovedOut { destination: destination.into() });
        }
        if self.as_of.since(day) < 30 {
            return;
        }
        for (who, _) in &of.children {
            let reason = format!("転出。{destination}へ情報提供し、受領を確認したため終結。");
            self.record(*who, decided, self.nurse(of.district, decided), decided, "own", Body::Released { reason });
        }
    }

    /// A family from elsewhere with a child: the register's row, a talk, and what the 母子手帳 says.
    fn arrive(&mut self, names: &Names, number: usize) {
        let mut dice = Dice::new(self.seed, "arriving", number);
        let moved = self.operating.plus(dice.between(6, self.as_of.since(self.operating) - 16));
        let birth = moved.plus(-dice.between(135, 5 * 365));
        let (family, home) = self.couple(names, birth, &mut dice);
        let child = self.baby(names, &home, birth, &mut dice);
        self.families[family].children.push((child, birth));
        self.families[family].ordinary = false;
        let (mother, district) = (self.families[family].mother, home.district);
        let on = workday_from(moved.plus(1));
        for who in [Some(mother), self.families[family].father, Some(child)].into_iter().flatten() {
            self.people[who].from_place = (*dice.pick(&ELSEWHERE)).into();
            self.open(who, on, moved, "moved_in");
        }
        self.step(on, "", Deed::Relate { who: child, to: mother, role: "mother", day: birth, until: None });
        let talk = workday_from(on.plus(dice.between(3, 10)));
        let mut met = contact("face", "母", Reached::Reached, "転入者面談。母子手帳で健診・接種の記録を確認した。");
        met.seen = Some(Seen { by: "self".into(), place: "センター".into(), how: "seen".into() });
        self.record(child, talk, self.nurse(district, talk), talk, "own", Body::Contact(met));
        let child = Child { ours_from: moved, ..Child::new(child, birth, district, workday_from(talk.plus(1))) };
        self.care(child, &mut dice);
    }
}

/// Families that moved in since the beginning.
pub fn arrivals(plan: &mut Plan, names: &Names) {
    for number in 0..IN {
        plan.arrive(names, number);
    }
}
