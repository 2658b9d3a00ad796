//! The identity bar and what stands beside the log: who this is, the pregnancy, the family, what can be recorded.

use casework::{Permission, Person, person::Episode};
use rules::{Day, counting, wareki};

use super::{
    told::{role_word, sex_word},
    view::{Bar, Relation},
};
use crate::platform::{
    Door, Fault, people,
    web::{
        view::{Act, Link},
        words::{self, name},
    },
};
use crate::subject::Opened;

/// The bar of a (masked) person.
pub fn bar(door: &Door<'_>, opened: &Opened, person: &Person<'_>, day: Day) -> Bar {
    let (file, protected) = (opened.file, opened.protected);
    let resident = person.resident.cloned().unwrap_or_default();
    let put = |pairs: &mut Vec<(String, String)>, label: &str, text: &str| {
        if !text.is_empty() {
            pairs.push((label.to_owned(), text.to_owned()));
        }
    };
    let mut numbers = Vec::new();
    put(&mut numbers, "宛名番号", &resident.number);
    put(&mut numbers, "世帯", &resident.household);
    let mut phones = Vec::new();
    put(&mut phones, "電話", &resident.phone);
    let reveal = protected && door.actor.role.may(Permission::RevealProtected);
    Bar {
        name: name(&resident.name, &resident.kana),
        about: about(person, day),
        numbers,
        district: resident.district,
        address: resident.address,
        phones,
        protected,
        with_family: opened.events.sheltered,
        reveal: reveal.then(|| link("業務のために1項目を表示", &format!("/persons/{file}/reveal"))),
        marks: marks(person, day),
        acts: acts(door, file, person),
        ..Bar::default()
    }
}

/// 「女・R8.8.18生・生後98日」, and how far a pregnancy is.
pub fn about(person: &Person<'_>, day: Day) -> String {
    let sex = person.resident.map_or("", |r| sex_word(&r.sex)).to_owned();
    let birth = person.birth.map(|(birth, _)| match birth.is_exact() {
        true => format!("{}生", wareki::short(birth.lo)),
        false => format!("{}生", wareki::span(birth)),
    });
    let age = person.birth.map(|(birth, _)| words::about(Some(birth.hi), None, day));
    let open = person.episodes.iter().rev().find(|e| e.is_open());
    let weeks = open.map(|e| words::about(None, Some(e.notice.edd), day));
    let parts = [Some(sex), birth, age, weeks].into_iter().flatten().filter(|p| !p.is_empty());
    parts.collect::<Vec<_>>().join("・")
}

/// Neutral marks only: never a category, a score, or how a pregnancy ended.
pub fn marks(person: &Person<'_>, day: Day) -> Vec<String> {
    use casework::person::Gone;
    let mut marks = Vec::new();
    match person.gone {
        Some((Gone::MovedOut, on, _)) => marks.push(format!("{} 転出", wareki::short(on))),
        Some((Gone::Died, on, _)) => marks.push(format!("{} 死亡", wareki::short(on))),
        None => {}
    }
    if let Some((on, _)) = person.moved_in.filter(|(on, _)| on.plus(365) > day) {
        marks.push(format!("{} 転入", wareki::short(on)));
    }
    if let Some((on, _)) = person.released {
        marks.push(format!("{} 台帳から終結", wareki::short(on)));
    }
    if person.resident.is_some_and(|r| r.number.is_empty()) {
        marks.push(String::from("仮登録"));
    }
    if person.born.is_some_and(|(b, _)| b.multiple) {
        marks.push(String::from("多胎"));
    }
    if let Some(stay) = person.episodes.iter().rev().find(|e| e.is_open()).and_then(|e| e.notice.satogaeri.as_ref())
        && stay.until.is_none_or(|u| u >= day)
    {
        marks.push(format!("里帰り {}〜", words::short(stay.from, day)));
    }
    marks
}

fn acts(door: &Door<'_>, file: i64, person: &Person<'_>) -> Vec<Act> {
    let role = door.actor.role;
    let act = |label: &str, icon: &'static str, what: &str, key: &'static str| Act {
        label: label.to_owned(),
        icon,
        url: format!("/persons/{file}/{what}/new"),
        key,
        first: what == "contacts",
        open: false,
    };
    let mut acts = Vec::new();
    if role.may(Permission::RecordContact) {
        acts.push(act("電話・面接を記録", "phone", "contacts", "c"));
        acts.push(act("訪問を記録", "home", "visits", "v"));
    }
    if role.may(Permission::RecordService) {
        acts.push(act("健診・実施を記録", "done", "checkups", ""));
    }
    if role.may(Permission::RecordPregnancy) && person.episodes.iter().any(Episode::is_open) {
        acts.push(act("出生を記録", "child", "births", ""));
    }
    acts
}

/// Everything else that can be recorded about this person.
pub fn more(door: &Door<'_>, file: i64, person: &Person<'_>, protected: bool, day: Day) -> Vec<Link> {
    let role = door.actor.role;
    let mut links = Vec::new();
    // A word of the menu tells a visitor as much as the page behind it.
    let open = |permission: Permission| !door.actor.counter || permission.at_counter();
    let mut put = |permission: Permission, label: &str, what: &str| {
        if role.may(permission) && open(permission) {
            links.push(link(label, &format!("/persons/{file}/{what}")));
        }
    };
    put(Permission::RecordContact, "メモを書く", "notes/new");
    let pregnant = person.episodes.iter().any(Episode::is_open);
    if pregnant {
        put(Permission::RecordPregnancy, "妊娠の終了を記録", "pregnancies/end");
    }
    if may_be_pregnant(person, day) && !pregnant {
        put(Permission::RecordPregnancy, "妊娠届を記録", "pregnancies/new");
    }
    put(Permission::SetSafety, "連絡上の注意を設定", "caution");
    put(Permission::RecordContact, "発送を止める（発送停止）", "letters/stop");
    put(Permission::RecordContact, "返戻を記録", "letters/returned");
    put(Permission::SetSafety, if protected { "秘匿を見直す" } else { "秘匿を設定" }, "protection");
    put(Permission::Disclose, "開示請求", "disclosures");
    put(Permission::KeepCompartment, "要対協・通告", "compartment");
    put(Permission::RecordPregnancy, "転出を記録", "moved-out");
    put(Permission::RecordPregnancy, "死亡を記録", "died");
    put(Permission::InspectReadings, "だれが見たかを確かめる", "readings");
    // Offered on everybody's page alike: whether there is anything to open is not told.
    put(Permission::BreakGlass, "緊急閲覧", "emergency");
    if person.released.is_none() {
        put(Permission::CloseDuty, "台帳から終結", "release");
    }
    if role.may(Permission::SettleLines) && open(Permission::SettleLines) {
        links.push(link("この方に発送する", &format!("/postings/new?person={file}")));
    }
    links
}

/// Not a man, and not a child below ten.
fn may_be_pregnant(person: &Person<'_>, day: Day) -> bool {
    person.resident.is_none_or(|r| r.sex != "M")
        && person.birth.is_none_or(|(birth, _)| counting::age(birth.hi, day).0 >= 10)
}

/// Title and facts of the latest pregnancy. A loss is only said to have ended.
pub fn episode(person: &Person<'_>, day: Day) -> (String, Vec<(String, String)>) {
    let Some(last) = person.episodes.last() else { return (String::new(), Vec::new()) };
    let mut facts = Vec::new();
    let mut put = |label: &str, text: String| {
        if !text.is_empty() {
            facts.push((label.to_owned(), text));
        }
    };
    let title = match (last.delivered, last.ended) {
        (Some((on, _)), _) => {
            put("出産日", wareki::long(on.hi));
            "出産後"
        }
        (None, Some((on, _))) => {
            put("妊娠終了", wareki::long(on.hi));
            return (String::from("妊娠終了"), facts);
        }
        (None, None) => {
            put("週数", words::about(None, Some(last.notice.edd), day).replace("妊娠", ""));
            "妊娠中"
        }
    };
    put("分娩予定日", wareki::long(last.notice.edd));
    put("妊娠届", wareki::short(last.notified.hi));
    put("胎児", if last.notice.fetuses > 1 { format!("{}胎", last.notice.fetuses) } else { String::new() });
    put("第何子", last.notice.birth_order.map(|n| format!("第{n}子")).unwrap_or_default());
    if let Some(stay) = &last.notice.satogaeri {
        let until = stay.until.map(|u| words::short(u, day)).unwrap_or_default();
        put("里帰り", format!("{}〜{until} {}", words::short(stay.from, day), stay.place).trim_end().to_owned());
    }
    put("医療機関", last.notice.clinic.clone());
    (title.to_owned(), facts)
}

/// The family, with links to those the actor may open.
///
/// # Errors
/// If the database fails.
pub fn relations(
    door: &mut Door<'_>,
    person: &Person<'_>,
    own_household: &str,
    day: Day,
) -> Result<Vec<Relation>, Fault> {
    let ids: Vec<i64> = person.relations.iter().map(|r| r.to).collect();
    let found = people::many(door, &ids)?;
    let holds = |r: &&casework::person::Related<'_>| r.from <= day && r.until.is_none_or(|u| u >= day);
    let mut shown: Vec<Relation> = Vec::new();
    for related in person.relations.iter().filter(holds) {
        let url = format!("/persons/{}", related.to);
        let Some(row) = found.get(&related.to) else { continue };
        if shown.iter().any(|r| r.url == url) {
            continue;
        }
        let household = match (own_household.is_empty() || row.household.is_empty(), row.household == own_household) {
            (true, _) => "",
            (false, true) => "同じ世帯",
            (false, false) => "別世帯",
        };
        shown.push(Relation {
            role: role_word(related.role).to_owned(),
            name: name(&row.name, &row.kana),
            url,
            about: words::about(row.birth(), row.edd(), day),
            household: household.to_owned(),
        });
    }
    Ok(shown)
}

pub fn link(label: &str, url: &str) -> Link {
    Link { label: label.to_owned(), url: url.to_owned() }
}
