//! What stands on the list of an ordinary day in every district: appointments, promises, and a few things that are late.

use casework::{
    Body,
    body::{Next, Reached, Service},
};
use rules::Day;

use super::{
    arrivals::CHECKUP,
    calendar::{months, workday_from},
    children::Child,
    dice::Dice,
    families::enter,
    plan::{Family, Plan, contact, service},
    stories::{CENTRE, ISLANDS, NORTH_1, NORTH_2, SOUTH},
};

pub fn add(plan: &mut Plan) {
    promises(plan);
    for (number, (code, left, district)) in [
        // (service, days until the age limit, district): past the working deadline of 60 days, or past the limit.
        ("checkup_18m", 38, ISLANDS),
        ("checkup_18m", 20, CENTRE),
        ("checkup_3y", 51, NORTH_2),
        ("checkup_3y", 33, SOUTH),
        ("checkup_3y", 44, CENTRE),
        ("checkup_18m", -11, NORTH_1),
        ("checkup_3y", -26, CENTRE),
        ("checkup_18m", -40, SOUTH),
        ("checkup_18m", 63, NORTH_2),
        ("checkup_3y", 65, NORTH_1),
    ]
    .into_iter()
    .enumerate()
    {
        missed_checkup(plan, number, code, left, district);
    }
    for (number, (deadline, district)) in
        [(-78, NORTH_2), (-48, NORTH_1), (-47, SOUTH), (-30, CENTRE), (-12, NORTH_2), (4, SOUTH)]
            .into_iter()
            .enumerate()
    {
        missed_mr(plan, number, plan.as_of.plus(deadline), district);
    }
}

const SURNAMES: [(&str, &str); 16] = [
    ("赤坂", "あかさか"),
    ("入江", "いりえ"),
    ("瓜生", "うりゅう"),
    ("江波", "えなみ"),
    ("折原", "おりはら"),
    ("貝塚", "かいづか"),
    ("桐谷", "きりたに"),
    ("草野", "くさの"),
    ("香坂", "こうさか"),
    ("笹原", "ささはら"),
    ("汐入", "しおいり"),
    ("諏訪", "すわ"),
    ("瀬戸", "せと"),
    ("空木", "うつぎ"),
    ("立花", "たちばな"),
    ("千種", "ちぐさ"),
];
const MOTHERS: [(&str, &str, i32); 4] =
    [("香織", "かおり", 32), ("美紀", "みき", 28), ("智子", "ともこ", 37), ("若菜", "わかな", 25)];
const CHILDREN: [(&str, &str, &str); 4] =
    [("葵", "あおい", "F"), ("樹", "いつき", "M"), ("紬", "つむぎ", "F"), ("岳", "がく", "M")];

impl Plan {
    /// A household with one child born on a day, entered with the register.
    fn with_child(&mut self, number: usize, district: usize, birth: Day) -> Child {
        let surname = SURNAMES[number % SURNAMES.len()];
        let mother = MOTHERS[number % MOTHERS.len()];
        let (kanji, kana, sex) = CHILDREN[(number / 3) % CHILDREN.len()];
        let (family, home) = self.household(surname, district, mother, None);
        let who = self.child_of(family, &home, (kanji, kana), sex, birth);
        enter(self, family);
        Child::new(who, birth, district, self.taken_over(district))
    }

    /// Everything was done except one check-up: absent, and perhaps invited again so many days ago.
    pub fn late_for_checkup(&mut self, child: Child, code: &'static str, invited_again: Option<i32>) {
        let mut dice = Dice::new(self.seed, code, child.who);
        let by = self.nurse(child.district, self.as_of);
        self.care(Child { without: code, ..child }, &mut dice);
        let absent = self.ago(invited_again.unwrap_or(10) + 30);
        let day = CHECKUP.arrives(absent);
        self.record(child.who, day, by, absent, CHECKUP.name, Body::Service(service(code, "absent")));
        let Some(invited_ago) = invited_again else { return };
        let invited = self.ago(invited_ago);
        let again =
            Service {
                product: Some(code.into()), note: "再案内を郵送".into(), ..service("invited_again", "done")
            };
        self.record(child.who, invited, "yano", invited, "own", Body::Service(again));
    }
}

fn missed_checkup(plan: &mut Plan, number: usize, code: &'static str, left: i32, district: usize) {
    let limit = if code == "checkup_18m" { 24 } else { 48 };
    let birth = months(plan.as_of.plus(left + 1), -limit);
    let child = plan.with_child(number, district, birth);
    plan.late_for_checkup(child, code, (left < 60).then_some((130 - left).clamp(40, 110)));
}

/// MR1 not recorded at 1歳10か月 (`deadline`).
fn missed_mr(plan: &mut Plan, number: usize, deadline: Day, district: usize) {
    let child = plan.with_child(number + 10, district, months(deadline.plus(1), -22));
    let mut dice = Dice::new(plan.seed, "missed mr", number);
    plan.care(Child { without: "mr", ..child }, &mut dice);
}

/// Next contacts agreed with families all over the city: some past, some this week, most ahead.
fn promises(plan: &mut Plan) {
    let about = [
        ("離乳食が進まないとの相談。2週間後に様子を聞く。", "call"),
        ("母の睡眠不足が続く。産後ケアの利用を相談。", "call"),
        ("ことばの相談。次回は心理担当と面談。", "interview"),
        ("体重の増えを確認するため、来所を約束。", "interview"),
        ("上の子の登園しぶり。園とも相談し、また連絡する。", "call"),
    ];
    let families: Vec<(usize, Family)> =
        plan.families.iter().cloned().enumerate().filter(|(_, f)| f.ordinary).collect();
    let mut dice = Dice::new(plan.seed, "promises", 0);
    for district in 0..plan.city.district.len() {
        let here: Vec<&(usize, Family)> = families
            .iter()
            .filter(|(_, f)| f.district == district && f.left.is_none() && !f.children.is_empty())
            .collect();
        // Days from the as-of day: two or three are late.
        for due in [-9, -4, -1, 0, 1, 3, 6, 8, 10, 13, 17, 22, 27, 34, 41] {
            // In the first district the worked day's family is the one that is late.
            let late = due < -1 && district == NORTH_1 || due == -9 && district % 2 == 1;
            if here.is_empty() || late {
                continue;
            }
            let (_, family) = dice.pick(&here);
            let Some((child, birth)) = family.children.last().copied() else { continue };
            let next = workday_from(plan.as_of.plus(due));
            let day = workday_from(next.plus(-14 - dice.between(0, 9))).max(workday_from(birth.plus(40)));
            if day > plan.as_of || next < day {
                continue;
            }
            let (note, what) = *dice.pick(&about);
            let by = plan.nurse(district, day);
            let mut talk = contact("phone", "母", Reached::Reached, note);
            talk.next = Some(Next { on: next, what: what.into() });
            plan.record(child, day, by, day, "own", Body::Contact(talk));
        }
    }
}
