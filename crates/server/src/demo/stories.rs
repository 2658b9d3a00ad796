//! Families with a story of their own, told in the order of their days. All of them are invented.

use casework::{
    Body,
    body::{Caution, Contact, Next, Pregnancy, Reached, Resident, Seen, Service},
};
use rules::{Day, Span};

use super::{
    calendar::{months, workday_from, workday_until},
    children::Child,
    dice::Dice,
    families::{Home, enter},
    plan::{Deed, PROMISED, Plan, Who, contact, service},
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
    protected(plan);
    twins(plan);
    losses(plan);
    nguyen(plan);
    long_name(plan);
    satogaeri(plan);
    without_name(plan);
    imprecise_birth(plan);
    two_homes(plan);
    short_life(plan);
    needs_support(plan);
    same_names(plan);
    overdue_birth(plan);
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
        let mut dice = Dice::new(self.as_of.0, "story", self.families.len());
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
        let mut dice = Dice::new(self.as_of.0, "story pregnancy", family);
        self.notify(e, &mut dice);
        let until = Day(i32::MAX);
        self.vouchers(e, until, &mut dice);
        e
    }

    pub fn dice(&self, story: &str) -> Dice {
        Dice::new(self.as_of.0, story, 0)
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

fn no_voicemail(introduce: &str, speak_to: &str, times: &str) -> Caution {
    Caution {
        voicemail: Some(false),
        sms: Some(false),
        absence_card: Some(false),
        introduce: introduce.into(),
        speak_to: speak_to.into(),
        times: times.into(),
        note: String::new(),
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

/// 秘匿: fled from another town with a two-year-old.
fn protected(plan: &mut Plan) {
    let (family, home) = plan.household(("𠮷田", "よしだ"), CENTRE, ("千夏", "ちなつ", 29), None);
    let birth = months(plan.as_of, -26);
    let child = plan.member(&home, ("湊", "みなと"), "M", Span::on(birth), "子");
    let mother = plan.families[family].mother;
    let moved = plan.ago(24);
    for who in [mother, child] {
        let resident = Resident { cause: "moved_in".into(), from_place: "県外".into(), ..plan.people[who].clone() };
        let deed = Deed::Open { who, day: Span::on(moved), resident: Box::new(resident), protected: true };
        plan.step(workday_from(moved.plus(1)), "", deed);
    }
    let on = workday_from(moved.plus(1));
    plan.step(on, "", Deed::Relate { who: child, to: mother, role: "mother", day: birth, until: None });
    let caution = no_voicemail("個人名だけを名のる", "本人だけ（折り返しを求めない）", "平日の12時台");
    for who in [mother, child] {
        plan.record(who, on, "kuroda", on, "own", Body::Caution(caution.clone()));
    }
    let met = workday_from(moved.plus(7));
    let mut talk =
        contact("face", "母", Reached::Reached, "センターで面談。子も同席し、元気に遊んでいた。住民票の支援措置あり。");
    talk.seen = Some(Seen { by: "self".into(), place: "センター".into(), how: "seen".into() });
    talk.next = Some(Next { on: plan.as_of.plus(2), what: "interview".into() });
    plan.record(child, met, "ogawa", met, "own", Body::Contact(talk));
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

/// A very long name, and a child near the age limit of 1歳6か月児健診 after the second invitation.
fn long_name(plan: &mut Plan) {
    let (family, home) = plan.household(("ダ・シルヴァ", "だ・しるゔぁ"), SOUTH, ("マリア", "まりあ", 33), None);
    let birth = months(plan.as_of, -23).plus(6);
    let child = plan.child_of(family, &home, ("ルーカス", "るーかす"), "M", birth);
    let mother = plan.families[family].mother;
    for (who, kana, kanji, romaji) in [
        (
            mother,
            "まりあ・えどぅあるだ・どす・さんとす・おりゔぇいら・だ・しるゔぁ",
            "マリア・エドゥアルダ・ドス・サントス・オリヴェイラ・ダ・シルヴァ",
            "MARIA EDUARDA DOS SANTOS OLIVEIRA DA SILVA",
        ),
        (
            child,
            "るーかす・がぶりえる・おりゔぇいら・だ・しるゔぁ",
            "ルーカス・ガブリエル・オリヴェイラ・ダ・シルヴァ",
            "LUCAS GABRIEL OLIVEIRA DA SILVA",
        ),
    ] {
        let person = &mut plan.people[who];
        person.name = kanji.into();
        person.kana = kana.into();
        person.also = vec![romaji.into()];
        person.nationality = "ブラジル".into();
    }
    enter(plan, family);
    let known_on = plan.taken_over(SOUTH);
    plan.late_for_checkup(Child::new(child, birth, SOUTH, known_on), "checkup_18m", Some(45));
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

/// A birth date of which only the month is known.
fn imprecise_birth(plan: &mut Plan) {
    let (family, home) = plan.household(("アディカリ", "あでぃかり"), NORTH_2, ("スニタ", "すにた", 31), None);
    let (year, _, _) = plan.as_of.ymd();
    let lo = Day::from_ymd(year - 4, 6, 1).unwrap_or(plan.opening);
    let child = plan.child_of(family, &home, ("アユシュ", "あゆしゅ"), "M", lo);
    plan.people[child].birth = Some(Span { lo, hi: lo.plus(29) });
    for who in [plan.families[family].mother, child] {
        plan.people[who].nationality = "ネパール".into();
    }
    enter(plan, family);
    let known_on = plan.taken_over(NORTH_2);
    let mut dice = plan.dice("imprecise");
    plan.care(Child::new(child, lo, NORTH_2, known_on), &mut dice);
}

/// Registered on an island, most days with her parents in the south.
fn two_homes(plan: &mut Plan) {
    let (family, home) = plan.household(("磯部", "いそべ"), ISLANDS, ("果歩", "かほ", 24), None);
    let birth = months(plan.as_of, -15);
    let child = plan.child_of(family, &home, ("凪咲", "なぎさ"), "F", birth);
    enter(plan, family);
    let known_on = plan.taken_over(ISLANDS);
    let mut dice = plan.dice("two homes");
    plan.care(Child::new(child, birth, ISLANDS, known_on), &mut dice);
    let day = plan.ago(170);
    let mother = plan.families[family].mother;
    let note = "住民票は沖ノ帆島。平日は南貝寄の実家（祖母宅）で暮らし、週末だけ島へ戻る。訪問は実家へ。";
    for who in [mother, child] {
        plan.record(who, day, "kuroda", day, "own", Body::Note { text: note.into() });
        let caution = Caution { voicemail: Some(true), note: "平日は実家にいる".into(), ..Caution::default() };
        plan.record(who, day, "kuroda", day, "own", Body::Caution(caution));
    }
}

/// A child who died at five months: everything owed to it ends on that day.
fn short_life(plan: &mut Plan) {
    let mut dice = plan.dice("short life");
    let (family, home) =
        plan.household(("片桐", "かたぎり"), NORTH_2, ("美沙", "みさ", 33), Some(("晃", "あきら", 35)));
    let birth = months(plan.as_of, -13);
    let child = plan.child_of(family, &home, ("一花", "いちか"), "F", birth);
    enter(plan, family);
    let died = workday_from(months(birth, 6).max(plan.operating.plus(20)));
    let known_on = plan.taken_over(NORTH_2);
    plan.care(Child { until: died, ..Child::new(child, birth, NORTH_2, known_on) }, &mut dice);
    let on = workday_from(died.plus(4));
    plan.record(child, on, "", died, "residents", Body::Died);
    let mother = plan.families[family].mother;
    let day = workday_from(on.plus(10));
    let note = "お悔やみを伝えた。予防接種・健診の案内はすべて止めてある。グリーフケアの窓口を紹介。";
    plan.promise(mother, "tanabe", day, plan.as_of.plus(17), "call", note);
}

/// 要支援: the promised contact is past, and it stands with the social worker.
fn needs_support(plan: &mut Plan) {
    for (surname, mother, given, district, late) in [
        (("坂下", "さかした"), ("莉奈", "りな", 21), ("琉生", "るい"), CENTRE, 5),
        (("日高", "ひだか"), ("優子", "ゆうこ", 36), ("奏", "かなで"), NORTH_1, -6),
    ] {
        let (family, home) = plan.household(surname, district, mother, None);
        let birth = months(plan.as_of, -20).plus(9);
        let child = plan.child_of(family, &home, given, "M", birth);
        enter(plan, family);
        let mut dice = Dice::new(plan.as_of.0, "needs support", family);
        let known_on = plan.taken_over(district);
        plan.care(Child::new(child, birth, district, known_on), &mut dice);
        let mother = plan.families[family].mother;
        let day = plan.ago(160);
        for who in [mother, child] {
            let period =
                Body::Period {
                    name: "needs_support".into(), until: None, note: "会議で決定（要支援）".into()
                };
            plan.record(who, day, "kuroda", day, "own", period);
        }
        let first = plan.ago(96);
        plan.promise(mother, "ueda", first, first.plus(42), "interview", "生活と仕事の相談。月1回の面談を約束。");
        plan.mark("first");
        let second = workday_from(first.plus(42));
        let mut met = contact("face", "母", Reached::Reached, "面談。保育園の入園手続きを一緒に確認した。");
        met.about = Some(format!("{PROMISED}first"));
        met.next = Some(Next { on: plan.as_of.plus(-late), what: "interview".into() });
        plan.record(mother, second, "ueda", second, "own", Body::Contact(met));
    }
}

/// The same name twice in the same district, born in the same year.
fn same_names(plan: &mut Plan) {
    for (mother, day) in [(("愛", "あい", 30), 900), (("真理", "まり", 35), 1010)] {
        let (family, home) = plan.household(("田中", "たなか"), CENTRE, mother, Some(("誠", "まこと", 37)));
        let birth = plan.as_of.plus(-day);
        let child = plan.child_of(family, &home, ("蓮", "れん"), "M", birth);
        enter(plan, family);
        let mut dice = Dice::new(plan.as_of.0, "same names", family);
        let known_on = plan.taken_over(CENTRE);
        plan.care(Child::new(child, birth, CENTRE, known_on), &mut dice);
        let day = plan.ago(70);
        let note = "同じ地区に同姓同名・同年生まれの子あり。生年月日と住所で確かめること。";
        plan.record(child, day, "ogawa", day, "own", Body::Note { text: note.into() });
    }
    // A record made in the wrong one of the two, taken back the same day.
    let wrong = plan.families.last().and_then(|f| f.children.first()).map(|(who, _)| *who);
    if let Some(who) = wrong {
        let day = plan.ago(69);
        let body = Service { note: "別の子の記録".into(), ..service("checkup_3y", "watch") };
        plan.record(who, day, "ogawa", day, "checkup", Body::Service(body));
        plan.mark("wrong child");
        plan.step(day, "ogawa", Deed::Withdraw { who, mark: "wrong child", reason: "同姓同名の別の子の記録だった" });
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
