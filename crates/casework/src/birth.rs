//! Birth: the pregnancy closes, each child gets a file of its own, and both know each other.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use rules::{Day, Span};

use crate::{
    act::{Decision, Known, Refusal, named},
    body::{Body, Born, Resident},
    contact,
    event::{FileRef, NewEvent, Sensitivity},
};

#[derive(Clone, PartialEq, Debug)]
pub struct Birth {
    /// The mother's file and pregnancy.
    pub mother: i64,
    pub episode: i32,
    pub day: Day,
    /// Completed weeks at birth.
    pub weeks: Option<u8>,
    pub place: String,
    pub source: String,
    pub home_from: Option<Day>,
    pub children: Vec<Child>,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Child {
    /// The file the register already opened for this child.
    pub file: Option<i64>,
    /// Name if one was given already.
    pub name: String,
    pub kana: String,
    pub sex: String,
    /// Gram.
    pub weight: Option<i32>,
    pub wish_newborn_visit: bool,
}

impl Birth {
    pub(crate) fn files(&self) -> Vec<i64> {
        core::iter::once(self.mother).chain(self.children.iter().filter_map(|c| c.file)).collect()
    }
}

pub(crate) fn decide(birth: &Birth, known: &BTreeMap<i64, Known<'_>>, today: Day) -> Result<Decision, Refusal> {
    let mother = named(known, birth.mother)?;
    check(birth, mother, today)?;
    let multiple = birth.children.len() > 1;
    let mut decision = Decision::default();
    let mut events = Vec::new();
    let mut ids = Vec::new();
    for (order, child) in (1u8..).zip(&birth.children) {
        let file = match child.file {
            Some(id) => FileRef::Known(id),
            None => {
                decision.opens += 1;
                FileRef::Opened(decision.opens - 1)
            }
        };
        // Until stored, a file opened by this command is named by a negative number (FileRef::Opened).
        ids.push(match file {
            FileRef::Known(id) => id,
            FileRef::Opened(n) => -(i64::try_from(n).unwrap_or(0) + 1),
        });
        let born = Body::Born(Born {
            birth: Span::on(birth.day),
            mother: birth.mother,
            weight: child.weight,
            weeks: birth.weeks,
            order,
            multiple,
            wish_newborn_visit: child.wish_newborn_visit,
            home_from: birth.home_from,
        });
        events.push(event(birth, file, None, born));
        if child.file.is_none() {
            events.push(event(birth, file, None, Body::Resident(provisional(birth, child, mother))));
        }
        // A child lives where a protected mother lives: unmasked, the child's page would tell.
        let protected_already = child.file.and_then(|id| known.get(&id)).is_some_and(|k| k.person.protected);
        if mother.person.protected && !protected_already {
            let note = String::from("母の秘匿による");
            events.push(event(birth, file, None, Body::Protection { on: true, note, review: None }));
        }
    }
    let delivered = Body::Delivered { children: ids, weeks: birth.weeks, place: birth.place.clone() };
    decision.events.push(event(birth, FileRef::Known(birth.mother), Some(birth.episode), delivered));
    decision.events.extend(events);
    Ok(decision)
}

fn event(birth: &Birth, file: FileRef, episode: Option<i32>, body: Body) -> NewEvent {
    NewEvent {
        file,
        episode,
        day: Span::on(birth.day),
        source: birth.source.clone(),
        sensitivity: Sensitivity::Ordinary,
        corrects: None,
        body,
    }
}

/// 仮登録: known from the birth, not yet from the register. Lives where the mother lives.
fn provisional(birth: &Birth, child: &Child, mother: &Known<'_>) -> Resident {
    let home = mother.person.resident.cloned().unwrap_or_default();
    Resident {
        number: String::new(),
        name: child.name.clone(),
        kana: child.kana.clone(),
        sex: child.sex.clone(),
        birth: Some(Span::on(birth.day)),
        relation: String::from("子"),
        also: Vec::new(),
        cause: String::from("provisional"),
        nationality: String::new(),
        ..home
    }
}

fn check(birth: &Birth, mother: &Known<'_>, today: Day) -> Result<(), Refusal> {
    if birth.day > today {
        return Err(Refusal::at("day", "出生の日が今日より後です。"));
    }
    let files: Vec<i64> = birth.children.iter().filter_map(|c| c.file).collect();
    if files.iter().enumerate().any(|(n, file)| *file == birth.mother || files[..n].contains(file)) {
        return Err(Refusal::at("children", "同じ台帳を2人の子とすることはできません。"));
    }
    if birth.children.is_empty() {
        return Err(Refusal::at("children", "生まれた子を入力してください。"));
    }
    let Some(episode) = mother.person.episodes.iter().find(|e| e.no == birth.episode) else {
        return Err(Refusal::new("どの妊娠の出産か分かりません。妊娠届を先に記録してください。"));
    };
    if !episode.is_open() {
        return Err(Refusal::new("この妊娠は、すでに出産または妊娠終了として記録されています。"));
    }
    let from_edd = birth.day.since(episode.notice.edd);
    if !(-140..=42).contains(&from_edd) {
        return Err(Refusal::at("day", "分娩予定日から大きく離れています。出生の日を確かめてください。"));
    }
    if birth.children.iter().any(|c| c.weight.is_some_and(|g| !(200..=7000).contains(&g))) {
        return Err(Refusal::at("weight", "出生体重はグラムで入力してください（例 2980）。"));
    }
    contact::alive(Span::on(birth.day), mother)
}
