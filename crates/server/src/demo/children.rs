//! What ordinary children receive and when the centre hears of it: visits, check-ups, injections.

use casework::{
    Body,
    body::{Reached, Seen},
};
use rules::{Day, counting};

use super::{
    arrivals::{CHECKUP, VACCINATION},
    calendar::{months, workday_from},
    dice::Dice,
    plan::{Plan, Who, contact, injection, service},
};

/// A child of the plan, with what decides about its care.
#[derive(Clone, Copy, Debug)]
pub struct Child {
    pub who: Who,
    pub birth: Day,
    pub district: usize,
    /// First day on which anything may be recorded about it.
    pub known_on: Day,
    /// Nothing more happens from this day (moved out, died).
    pub until: Day,
    /// Visits before this day were another town's.
    pub ours_from: Day,
    /// A service that does not happen; empty for none.
    pub without: &'static str,
}

impl Child {
    pub fn new(who: Who, birth: Day, district: usize, known_on: Day) -> Child {
        Child { who, birth, district, known_on, until: Day(i32::MAX), ours_from: birth, without: "" }
    }
}

/// 5種混合 took the place of Hib alone.
const FIVE_IN_ONE_SINCE: i32 = 2024;
const CLERK: &str = "yano";

impl Plan {
    /// The whole ordinary course of a child.
    pub fn care(&mut self, child: Child, dice: &mut Dice) {
        self.visit_home(child, dice);
        self.checkups(child, dice);
        self.letters(child, dice);
        self.injections(child, dice);
    }

    fn happens(&self, child: Child, day: Day) -> bool {
        day < child.until && day <= self.as_of
    }

    /// The old systems did not know everything: of windows that closed before the beginning some records are missing.
    fn never_told(&self, closed: Day, dice: &mut Dice) -> bool {
        closed < self.operating && dice.percent(6)
    }

    /// 新生児訪問・全戸訪問: by the district's nurse, at home, the child seen.
    pub fn visit_home(&mut self, child: Child, dice: &mut Dice) {
        let day = workday_from(child.birth.plus(dice.between(18, 66)));
        if !self.happens(child, day) || day < child.ours_from || self.never_told(months(child.birth, 4), dice) {
            return;
        }
        let on = day.max(child.known_on);
        let note = dice.pick(&[
            "体重の増えは良好。母の体調も落ち着いている。",
            "母乳とミルクの混合。父も育児に参加。",
            "上の子の赤ちゃん返りの相談あり。子育て広場を案内。",
            "夜間の授乳で寝不足とのこと。産後ケアを案内。",
            "湿疹の相談。小児科受診をすすめた。",
        ]);
        let mut visit = contact("visit", "母", Reached::Reached, note);
        visit.seen = Some(Seen { by: "self".into(), place: "自宅".into(), how: "seen".into() });
        visit.service = Some("home_visit_4m".into());
        self.record(child.who, on, self.nurse(child.district, on), day, "own", Body::Visit(visit));
    }

    fn checkups(&mut self, child: Child, dice: &mut Dice) {
        for (code, month, least, most, end) in
            [("checkup_3_4m", 3, 6, 24, 6), ("checkup_18m", 18, 8, 70, 24), ("checkup_3y", 36, 12, 110, 48)]
        {
            let day = workday_from(months(child.birth, month).plus(dice.between(least, most)));
            let told = !self.never_told(months(child.birth, end), dice);
            if code == child.without || !told || !self.happens(child, day) {
                continue;
            }
            let found: &&str = dice.pick(&["normal", "normal", "normal", "normal", "normal", "done"]);
            let result = service(code, found);
            let on = CHECKUP.arrives(day).max(child.known_on);
            self.record(child.who, on, self.nurse(child.district, on), day, CHECKUP.name, Body::Service(result));
        }
    }

    /// 年1回の状況確認: every July a letter goes to families of children between two check-ups; most answer.
    fn letters(&mut self, child: Child, dice: &mut Dice) {
        let (first, _, _) = self.operating.ymd();
        for year in first..first + 3 {
            let Some(sent) = Day::from_ymd(year, 7, 14) else { continue };
            let day = workday_from(sent.plus(dice.between(2, 24)));
            let age = counting::months_old(child.birth, day);
            if !self.happens(child, day) || day < child.known_on || !(27..80).contains(&age) || !dice.percent(95) {
                continue;
            }
            let note = "状況確認票の回答あり。園に通い元気に過ごしている。相談の希望なし。";
            let mut answered = contact("letter", "保護者", Reached::Reached, note);
            answered.seen = Some(Seen { by: "family".into(), place: String::new(), how: "told".into() });
            self.record(child.who, day, CLERK, day, "own", Body::Contact(answered));
        }
    }

    fn injections(&mut self, child: Child, dice: &mut Dice) {
        let first = workday_from(months(child.birth, 2).plus(dice.between(1, 21)));
        let second = workday_from(first.plus(28 + dice.between(0, 10)));
        let third = workday_from(second.plus(28 + dice.between(0, 10)));
        let booster = workday_from(months(child.birth, 12).plus(dice.between(2, 50)).max(third.plus(61)));
        let (year, ..) = child.birth.ymd();
        let five_in_one = year >= FIVE_IN_ONE_SINCE;
        let older = counting::months_old(child.birth, child.known_on) >= 24;
        for (dose, day) in (1..).zip([first, second, third, booster]) {
            // Every ledger has its gaps; of older children they were never filled.
            if older && dose == 4 && dice.percent(4) {
                continue;
            }
            self.inject(child, day, dose, "pcv", pcv_product(first, day));
            self.inject(child, day, dose, if five_in_one { "dpt_ipv_hib" } else { "hib" }, "");
        }
        let mr1 = workday_from(months(child.birth, 12).plus(dice.between(3, 120)));
        self.inject(child, mr1, 1, "mr", "");
        self.ledger_of(child, [first, second, mr1]);
        let last_year = months(counting::school_entry(child.birth), -12);
        if dice.percent(85) {
            self.inject(child, workday_from(last_year.plus(dice.between(5, 200))), 2, "mr", "");
        }
    }

    fn inject(&mut self, child: Child, day: Day, dose: u8, code: &str, product: &str) {
        if code == child.without || !self.happens(child, day) {
            return;
        }
        let arrives = VACCINATION.arrives(day);
        if arrives <= child.known_on && self.is_numbered(child) {
            // The old ledger knew it before the centre knew the child.
            self.ledger_shot(child, day, dose, code, product);
        } else {
            let on = arrives.max(child.known_on);
            self.record(child.who, on, CLERK, day, VACCINATION.name, Body::Service(injection(code, product)));
        }
    }
}

/// What was used on a day by somebody who began on `first`: 13価 until the end of September 2024 and 20価 after it, 15価 from
/// April 2024 to the end.
fn pcv_product(first: Day, day: Day) -> &'static str {
    const PCV15: Day = Day(19_814);
    const PCV20: Day = Day(19_997);
    match (first < PCV15, first < PCV20, day < PCV20) {
        (true, _, true) => "pcv13",
        (false, true, _) => "pcv15",
        _ => "pcv20",
    }
}
