//! Families with a story of their own, told in the order of their days. All of them are invented.

use casework::{
    Body,
    body::{Caution, Contact, Next, Pregnancy, Reached, Resident},
};
use rules::{Day, Span};

use super::{
    calendar::{workday_from, workday_until},
    dice::Dice,
    families::{Home, enter},
    lives::no_voicemail,
    plan::{Deed, Plan, Who, contact},
    pregnancies::Expecting,
};

/// Districts by their place in `city.toml`.
pub const NORTH_1: usize = 0;
pub const NORTH_2: usize = 1;
pub const CENTRE: usize = 2;
pub const SOUTH: usize = 3;
pub const ISLANDS: usize = 4;

pub fn tell(plan: &mut Plan) {
    worked_day(plan);
    twins(plan);
    losses(plan);
    nguyen(plan);
    satogaeri(plan);
    without_name(plan);
    overdue_birth(plan);
    two_homes(plan);
    known_before(plan);
}

/// A mother or father as told: kanji, ふりがな, age in years on the as-of day.
pub type Told = (&'static str, &'static str, i32);

impl Plan {
    pub fn ago(&self, days: i32) -> Day {
        workday_until(self.as_of.plus(-days))
    }

    /// A household taken over with the register; its children born since come by a birth.
    pub fn household(
        &mut self,
        surname: (&str, &str),
        district: usize,
        mother: Told,
        father: Option<Told>,
    ) -> (usize, Home) {
        let mut dice = Dice::new(self.seed, "story", self.families.len());
        let home = self.home(surname, district, &mut dice);
        let mut adult = |(kanji, kana, age): Told, sex: &str, relation: &str| {
            let birth = Span::on(self.as_of.plus(-365 * age - dice.between(20, 340)));
            self.member(&home, (kanji, kana), sex, birth, relation)
        };
        let wife = adult(mother, "F", if father.is_some() { "妻" } else { "世帯主" });
        let husband = father.map(|told| adult(told, "M", "世帯主"));
        self.families.push(super::plan::Family {
            mother: wife,
            father: husband,
            district,
            children: Vec::new(),
            pregnancies: 0,
            left: None,
            ordinary: false,
        });
        (self.families.len() - 1, home)
    }

    /// A child of the household, to be entered with it or born later.
    pub fn child_of(&mut self, family: usize, home: &Home, given: (&str, &str), sex: &str, birth: Day) -> Who {
        let who = self.member(home, given, sex, Span::on(birth), "子");
        if birth < self.opening {
            self.families[family].children.push((who, birth));
        }
        who
    }

    /// A pregnancy from its notice to just before the birth.
    pub fn expecting(&mut self, family: usize, edd: Day, birth: Day, satogaeri: bool) -> Expecting {
        self.families[family].pregnancies += 1;
        let number = self.families[family].pregnancies;
        let e = Expecting { family, number, edd, notified: workday_from(edd.plus(-280 + 63)), birth, satogaeri };
        let mut dice = Dice::new(self.seed, "story pregnancy", family);
        self.notify(e, &mut dice);
        let until = Day(i32::MAX);
        self.vouchers(e, until, &mut dice);
        e
    }

    pub fn dice(&self, story: &str) -> Dice {
        Dice::new(self.seed, story, 0)
    }

    /// One attempt about a duty that reached nobody, and when to try again.
    pub fn attempt(&mut self, who: Who, by: &'static str, day: Day, about: &str, next: Day, note: &str) {
        let mut call = contact("phone", "母", Reached::Absent, note);
        call.about = Some(about.into());
        call.next = Some(Next { on: next, what: "call".into() });
        self.record(who, day, by, day, "own", Body::Contact(call));
    }

    /// A talk in which the next one was agreed.
    pub fn promise(&mut self, who: Who, by: &'static str, day: Day, next: Day, what: &str, note: &str) {
        let mut talk: Contact = contact("phone", "母", Reached::Reached, note);
        talk.next = Some(Next { on: next, what: what.into() });
        self.record(who, day, by, day, "own", Body::Contact(talk));
    }
}

/// The worked day of the house: a visit without an appointment, two calls that found nobody, no voicemail.
fn worked_day(plan: &mut Plan) {
    let mut dice = plan.dice("worked day");
    let (family, home) =
        plan.household(("髙﨑", "たかさき"), NORTH_1, ("美穂", "みほ", 34), Some(("亮介", "りょうすけ", 36)));
    enter(plan, family);
    let birth = plan.as_of.plus(-98);
    let e = plan.expecting(family, birth.plus(4), birth, false);
    plan.eighth_month(e, Day(i32::MAX), &mut dice);
    let baby = plan.child_of(family, &home, ("結月", "ゆづき"), "M", birth);
    plan.deliver(e, workday_from(birth.plus(6)), &[(baby, 3012)], &mut dice);
    plan.after_birth(e, &mut dice);
    let mother = plan.families[family].mother;
    let caution = no_voicemail("センターの名は出さず「佐藤」と名のる", "本人だけ", "10時から15時");
    for who in [mother, baby] {
        let day = plan.ago(80);
        plan.record(who, day, "sato", day, "own", Body::Caution(caution.clone()));
    }
    let (first, second) = (plan.ago(15), plan.ago(8));
    plan.attempt(
        baby,
        "sato",
        first,
        "home_visit_4m",
        second,
        "訪問日の相談のため電話。呼出のみ。留守番電話は使わない。",
    );
    let again = plan.ago(4);
    plan.attempt(baby, "sato", second, "home_visit_4m", again, "電話2回目、不在。次も不在なら訪問する。");
}

/// Twins, both small; one visit is arranged, the other child is still in hospital until later.
fn twins(plan: &mut Plan) {
    let mut dice = plan.dice("twins");
    let surname = ("渡邉\u{E0110}", "わたなべ");
    let (family, home) = plan.household(surname, NORTH_2, ("直美", "なおみ", 32), Some(("健", "たけし", 35)));
    enter(plan, family);
    let birth = plan.as_of.plus(-44);
    let e = plan.expecting(family, birth.plus(31), birth, false);
    plan.eighth_month(e, Day(i32::MAX), &mut dice);
    let first = plan.child_of(family, &home, ("蒼真", "そうま"), "M", birth);
    let second = plan.child_of(family, &home, ("陽葵", "ひまり"), "F", birth);
    plan.deliver(e, workday_from(birth.plus(7)), &[(first, 2180), (second, 1960)], &mut dice);
    let day = plan.ago(9);
    let mut call = contact("phone", "父", Reached::Reached, "二人とも退院した。訪問の日を約束。");
    call.about = Some("home_visit_4m".into());
    call.next = Some(Next { on: plan.as_of.plus(3), what: "visit".into() });
    for who in [first, second] {
        plan.record(who, day, "tanabe", day, "own", Body::Contact(call.clone()));
    }
}

/// An early loss and a late one: on lists only 「妊娠終了」, her own rights stay.
fn losses(plan: &mut Plan) {
    for (surname, mother, district, weeks, ago) in [
        (("小松", "こまつ"), ("彩", "あや", 31), SOUTH, 10, 150),
        (("森本", "もりもと"), ("由希", "ゆき", 38), CENTRE, 15, 21),
        (("沢田", "さわだ"), ("麻衣", "まい", 27), NORTH_1, 22, 63),
    ] {
        let (family, _) = plan.household(surname, district, mother, None);
        enter(plan, family);
        let day = plan.ago(ago);
        let edd = day.plus(280 - 7 * weeks);
        let e = plan.expecting(family, edd, day, false);
        let who = plan.families[family].mother;
        let on = workday_from(day.plus(3));
        let ended = Body::PregnancyEnded { weeks: u8::try_from(weeks).ok(), note: String::new() };
        let by = plan.nurse(district, on);
        plan.record_of((who, e.number), on, by, day, "own", ended);
    }
}

/// A mother from abroad, eight months pregnant, with an interpreter.
fn nguyen(plan: &mut Plan) {
    let (family, _) = plan.household(("グエン", "ぐえん"), CENTRE, ("ティ・ラン", "てぃ・らん", 26), None);
    let mother = plan.families[family].mother;
    let person = &mut plan.people[mother];
    person.name = "グエン・ティ・ラン".into();
    person.kana = "ぐえん・てぃ・らん".into();
    person.also = vec!["NGUYEN THI LAN".into()];
    person.nationality = "ベトナム".into();
    enter(plan, family);
    let edd = plan.as_of.plus(280 - 7 * 34);
    let e = plan.expecting(family, edd, edd, false);
    let caution = Caution {
        voicemail: Some(true),
        introduce: "やさしい日本語で。通訳（ベトナム語）は前日までに手配".into(),
        ..Caution::default()
    };
    let day = plan.ago(120);
    plan.record(mother, day, "matsui", day, "own", Body::Caution(caution));
    let met = plan.ago(40);
    let mut talk =
        contact("face", "本人", Reached::Reached, "通訳を交えて面談。出産費用と母子手帳（ベトナム語版）を説明。");
    talk.next = Some(Next { on: plan.as_of.plus(1), what: "interview".into() });
    plan.record_of((mother, e.number), met, "matsui", met, "own", Body::Contact(talk));
}

/// 里帰り now: the rhythm of 妊婦健診 rests.
fn satogaeri(plan: &mut Plan) {
    let mut dice = plan.dice("satogaeri");
    let (family, _) = plan.household(("齋藤", "さいとう"), NORTH_1, ("由香", "ゆか", 30), Some(("翔", "しょう", 31)));
    enter(plan, family);
    let edd = plan.as_of.plus(24);
    let e = plan.expecting(family, edd, edd, true);
    plan.eighth_month(e, Day(i32::MAX), &mut dice);
    // Moved from a clinic's wrong date: notified a week off, put right by a correcting record.
    let (family, _) =
        plan.household(("増田", "ますだ"), NORTH_1, ("瑞希", "みずき", 28), Some(("大輔", "だいすけ", 29)));
    enter(plan, family);
    let edd = plan.as_of.plus(120);
    let notice = |edd: Day| Pregnancy {
        edd,
        fetuses: 1,
        birth_order: Some(1),
        satogaeri: None,
        clinic: "波音レディースクリニック".into(),
        note: String::new(),
        next: None,
    };
    let day = workday_from(edd.plus(-280 + 60));
    let who = plan.families[family].mother;
    plan.step(day, "sato", Deed::Notify { who, day, pregnancy: Box::new(notice(edd.plus(7))) });
    plan.mark("notice");
    let on = workday_from(day.plus(33));
    let body = Box::new(Body::PregnancyNotified(notice(edd)));
    plan.step(on, "sato", Deed::Correct { who, mark: "notice", day: Span::on(day), body });
}

/// Born a few days ago, reported by the clinic's card, no name yet, not in the register.
fn without_name(plan: &mut Plan) {
    let (family, _) =
        plan.household(("北村", "きたむら"), SOUTH, ("沙也加", "さやか", 29), Some(("悠人", "ゆうと", 30)));
    enter(plan, family);
    let mut dice = plan.dice("without name");
    let birth = plan.as_of.plus(-8);
    let e = plan.expecting(family, birth.plus(2), birth, false);
    plan.eighth_month(e, Day(i32::MAX), &mut dice);
    let who = plan.person(Resident::default());
    let child = casework::birth::Child {
        sex: "F".into(),
        weight: Some(3240),
        wish_newborn_visit: true,
        ..casework::birth::Child::default()
    };
    let deed = Deed::Birth {
        mother: plan.families[family].mother,
        pregnancy: e.number,
        day: birth,
        weeks: 39,
        place: "ほたる助産院".into(),
        home_from: Some(birth.plus(6)),
        children: vec![(who, child)],
    };
    let on = plan.ago(4);
    plan.step(on, "hirata", deed);
}

/// Two homes: the father lives elsewhere since the parents separated; a boy of nine of whom little is on file.
fn two_homes(plan: &mut Plan) {
    let mut dice = plan.dice("two homes");
    let parents = [("瞳", "ひとみ", 36), ("剛", "つよし", 38)];
    let (family, home) = plan.household(("長谷川", "はせがわ"), CENTRE, parents[0], Some(parents[1]));
    plan.child_of(family, &home, ("陸", "りく"), "M", plan.as_of.plus(-9 * 365 - 130));
    let girl = plan.child_of(family, &home, ("莉子", "りこ"), "F", plan.as_of.plus(-3 * 365 - 150));
    if let Some(father) = plan.families[family].father {
        let elsewhere = plan.city.any_address(SOUTH, &mut dice);
        let father = &mut plan.people[father];
        father.household.replace_range(..1, "9");
        father.address = elsewhere;
    }
    enter(plan, family);
    // He lives apart and is their father all the same; the register tells that of infants' fathers only.
    if let Some(father) = plan.families[family].father {
        let on = plan.taken_over(CENTRE);
        for (child, birth) in plan.families[family].children.clone() {
            plan.step(on, "", Deed::Relate { who: child, to: father, role: "father", day: birth, until: None });
        }
    }
    let said = ["父とは月2回、土曜に会っている。", "園の送り迎えは父母が交替で。困りごとはない。"];
    for (days, note) in [140, 45].into_iter().zip(said) {
        let day = plan.ago(days);
        plan.record(girl, day, "matsui", day, "own", Body::Contact(contact("face", "母", Reached::Reached, note)));
    }
}

/// Past the expected date for weeks, and nobody has said anything: 出生の確認.
fn overdue_birth(plan: &mut Plan) {
    let (family, _) = plan.household(("荻原", "おぎはら"), NORTH_2, ("梓", "あずさ", 25), None);
    enter(plan, family);
    let edd = plan.as_of.plus(-41);
    let mut dice = plan.dice("overdue birth");
    let e = plan.expecting(family, edd, edd.plus(-20), false);
    plan.eighth_month(e, Day(i32::MAX), &mut dice);
}

/// Known at the desk before the register named them: what 仮登録の照合 proposes, and what it cannot.
fn known_before(plan: &mut Plan) {
    // Her 妊娠届 came before her move was in the register, with her former name and another way to write her own.
    let moved = plan.ago(5);
    let (family, home) = plan.household(("大野", "おおの"), CENTRE, ("裕子", "ゆうこ", 31), None);
    let registered = plan.families[family].mother;
    let typed = plan.person(Resident {
        name: String::from("大野　優子"),
        kana: String::from("おおの　ゆーこ"),
        sex: String::from("F"),
        birth: plan.people[registered].birth,
        phone: home.phone.clone(),
        address: home.address.clone(),
        ..Resident::default()
    });
    plan.typed_in(typed, plan.ago(24), "matsui");
    let notice = Pregnancy {
        edd: plan.as_of.plus(150),
        fetuses: 1,
        birth_order: Some(1),
        satogaeri: None,
        clinic: String::from("みなと産婦人科"),
        note: String::from("転入の届出はこれから。"),
        next: None,
    };
    let day = plan.ago(24);
    plan.step(day, "matsui", Deed::Notify { who: typed, day, pregnancy: Box::new(notice) });
    plan.open(registered, moved, moved, "moved_in");
    // Staying with her parents here; her own city's register will never name her to us.
    let stays = plan.person(Resident {
        name: String::from("桐谷　彩"),
        kana: String::from("きりたに　あや"),
        sex: String::from("F"),
        birth: Some(Span::on(plan.as_of.plus(-365 * 29 - 77))),
        phone: String::from("000-5550-9001"),
        ..Resident::default()
    });
    plan.typed_in(stays, plan.ago(12), "sato");
    let note = String::from("里帰り中。住民票は東浜市。新生児訪問の依頼が来る見込み。");
    plan.record(stays, plan.ago(12), "sato", plan.ago(12), "own", Body::Note { text: note });
}

impl Plan {
    /// 仮登録 by somebody of the staff.
    fn typed_in(&mut self, who: Who, on: Day, by: &'static str) {
        let resident = Resident { cause: String::from("provisional"), ..self.people[who].clone() };
        let deed = Deed::Open { who, day: Span::on(on), resident: Box::new(resident), protected: false };
        self.step(on, by, deed);
    }
}
