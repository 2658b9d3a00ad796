//! Lives with a story of their own: protection, long names, two homes, a short life, support that was decided.

use casework::{
    Body,
    body::{Caution, Next, Reached, Resident, Seen, Service},
};
use rules::{Day, Span};

use super::{
    calendar::{months, workday_from},
    children::Child,
    dice::Dice,
    families::enter,
    plan::{Deed, PROMISED, Plan, contact, service},
    stories::{CENTRE, ISLANDS, NORTH_1, NORTH_2, SOUTH},
};

pub fn tell(plan: &mut Plan) {
    protected(plan);
    long_name(plan);
    imprecise_birth(plan);
    two_homes(plan);
    short_life(plan);
    needs_support(plan);
    same_names(plan);
}

pub fn no_voicemail(introduce: &str, speak_to: &str, times: &str) -> Caution {
    Caution {
        voicemail: Some(false),
        sms: Some(false),
        absence_card: Some(false),
        mail: None,
        introduce: introduce.into(),
        speak_to: speak_to.into(),
        times: times.into(),
        note: String::new(),
    }
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
        let mut dice = Dice::new(plan.seed, "needs support", family);
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
        let mut dice = Dice::new(plan.seed, "same names", family);
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
