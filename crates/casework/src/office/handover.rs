//! 担当替え・引継ぎ: who answers changes from a day on, whoever takes over reads what comes, and what a superior takes up
//! becomes a duty of its own.
//!
//! A 担当替え moves rows of the assignment table and nothing else: which lines follow is resolved when somebody looks.
//! Persons of 要支援 and above are handed over by name: a dated duty to read stands for each until the new worker has read
//! (practice.md §4).

use alloc::{format, string::String, vec, vec::Vec};

use rules::{Day, Phase, Span, wareki};
use serde::{Deserialize, Serialize};

use crate::{
    act::{Decision, Known, Refusal},
    body::{Assignment, Body},
    duties::{Duty, Settled, SettledHow},
    event::{Event, FileRef, NewEvent, Sensitivity},
    fold::{Entry, Story, View, fold},
};

/// The service of the duty to read what was handed over.
pub const HANDOVER: &str = "handover";
/// The service of a duty that a superior took up.
pub const ESCALATION: &str = "escalation";
/// 区分 of duties that fall to 統括支援員 whoever has the district, unless somebody is expressly assigned to it.
pub const SUPERVISION: &str = "supervision";
/// Days from the change of worker within which the new one has read.
pub const READ_WITHIN_DAYS: i32 = 14;

/// One charge that goes to somebody else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Move {
    /// The row that ends; `None`: nobody had the charge by name (空き), or it is cut out of a wider one.
    pub row: Option<i64>,
    pub district: String,
    pub programme: String,
    pub category: String,
    pub to: i64,
}

/// In a person's file: another worker answers for this person from a day on, and is to read the 引継書.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HandedOver {
    /// Number of the 担当替え.
    pub handover: i64,
    /// 事業 of a charge that moves: whoever has it is the one to read.
    pub programme: String,
    /// The first day of the new worker.
    pub from: Day,
    pub by: Day,
}

/// 「読みました」: in the office's file of the whole 引継書, in a person's file of that person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HandoverRead {
    /// Key of the duty: [`reading_key`].
    pub about: String,
    pub staff: i64,
}

/// A superior takes a line up: from here on it is a duty of its own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Escalated {
    /// Key of the duty that was late.
    pub about: String,
    pub by: Day,
    pub note: String,
}

/// The key of the duty to read a 担当替え.
pub fn reading_key(handover: i64) -> String {
    format!("{HANDOVER}#{handover}")
}

/// Whether a duty is about who does the work, not about the person: it covers nobody (promise 1).
pub fn is_of_the_office(duty: &Duty) -> bool {
    duty.service == HANDOVER || duty.service == ESCALATION
}

/// 担当替え: each row that moves ends the day before, and the same charge begins with the new worker.
pub(crate) fn reassign(file: i64, day: Day, moves: &[Move], of: &Known<'_>, today: Day) -> Result<Decision, Refusal> {
    if moves.is_empty() {
        return Err(Refusal::at("to", "動かす担当がありません。新しい担当を選んでください。"));
    }
    if day < today.plus(-366) || day > today.plus(400) {
        return Err(Refusal::at("from_day", "いつからかは、1年前から13か月先までの日にしてください。"));
    }
    let mut decision = Decision::default();
    for change in moves {
        if change.to <= 0 {
            return Err(Refusal::at("to", "新しい担当を選んでください。"));
        }
        let mut until = None;
        if let Some(row) = change.row {
            let ended = of.story.entries.iter().find(|e| e.root == row);
            let Some((entry, held)) = ended.and_then(|e| Some((e, assigned(e)?))).filter(|(_, a)| ends(a, day)) else {
                return Err(Refusal::new("担当の表が、開いている間に変わりました。画面を開きなおしてください。"));
            };
            if held.staff == change.to {
                return Err(Refusal::at("to", "いまの担当と新しい担当が同じです。"));
            }
            until = held.until;
            decision.events.push(ended_by(file, day, entry, held));
        }
        let started = Assignment {
            district: change.district.clone(),
            programme: change.programme.clone(),
            category: change.category.clone(),
            staff: change.to,
            until,
        };
        decision.events.push(NewEvent::own(FileRef::Known(file), None, day, Body::Assigned(started)));
    }
    Ok(decision)
}

fn assigned<'a>(entry: &Entry<'a>) -> Option<&'a Assignment> {
    match entry.body {
        Body::Assigned(a) => Some(a),
        _ => None,
    }
}

/// Whether the row reaches the day at all: an older one is history.
fn ends(held: &Assignment, day: Day) -> bool {
    held.until.is_none_or(|until| until >= day)
}

/// The row as it is told from now on: it ends the day before, or never was if it would only have begun by then.
fn ended_by(file: i64, day: Day, entry: &Entry<'_>, held: &Assignment) -> NewEvent {
    let (on, body) = if entry.day.lo < day {
        (entry.day, Body::Assigned(Assignment { until: Some(day.plus(-1)), ..held.clone() }))
    } else {
        (entry.day, Body::Withdrawn { reason: String::from("担当替え") })
    };
    NewEvent { day: on, corrects: Some(entry.root), ..NewEvent::own(FileRef::Known(file), None, day, body) }
}

pub(crate) fn check(body: &Body, of: &Known<'_>, today: Day) -> Result<(), Refusal> {
    let key = match body {
        Body::HandoverRead(read) => &read.about,
        Body::Escalated(taken) => {
            if taken.by < today {
                return Err(Refusal::at("by", "いつまでかは、今日からの日にしてください。"));
            }
            &taken.about
        }
        _ => return Ok(()),
    };
    let again = |e: &Entry<'_>| match (e.body, body) {
        (Body::HandoverRead(a), Body::HandoverRead(b)) => a == b,
        (Body::Escalated(a), Body::Escalated(b)) => a.about == b.about,
        _ => false,
    };
    if key.is_empty() {
        return Err(Refusal::new("対象がありません。画面を開きなおしてください。"));
    }
    if of.story.entries.iter().any(again) {
        return Err(Refusal::new("すでに記録されています。画面を開きなおしてください。"));
    }
    Ok(())
}

/// How a person is to be handed over by name: the widest level of a standing 要支援 or 要対協. `None`: with the list.
pub fn by_name(events: &[Event], withdrawn: &[(i64, i64)], on: Day) -> Option<Sensitivity> {
    let story = fold(events, View { withdrawn, ..View::default() });
    let standing = |name: &str| {
        let of = |e: &&Entry<'_>| matches!(e.body, Body::Period { name: n, .. } if n == name) && e.day.lo <= on;
        let last = story.entries.iter().rev().find(of)?;
        match last.body {
            Body::Period { until, .. } if until.is_none_or(|u| u >= on) => Some(last.sensitivity),
            _ => None,
        }
    };
    [standing("needs_support"), standing("youtaikyo")].into_iter().flatten().min()
}

/// The duties of a file that are about who does the work.
pub(crate) fn duties(duties: &mut Vec<Duty>, story: &Story<'_>) {
    for entry in &story.entries {
        let duty = match entry.body {
            Body::HandedOver(h) => {
                let key = reading_key(h.handover);
                let read = story.entries.iter().find(|e| reads(e, &key));
                let settled = read.map(|e| Settled { on: e.day.hi, by: e.root, how: SettledHow::Done });
                let window = open(h.from, h.by, h.by.plus(7));
                Duty { settled, ..duty(key, HANDOVER, &h.programme, "", entry, window) }
            }
            Body::Escalated(e) => {
                let key = format!("{ESCALATION}#{}", entry.root);
                let window = Phase { escalates_on: None, ..open(entry.day.hi, e.by, e.by) };
                let settled = settled_since(duties, &e.about, entry);
                Duty { settled, ..duty(key, ESCALATION, SUPERVISION, SUPERVISION, entry, window) }
            }
            _ => continue,
        };
        duties.push(duty);
    }
}

fn reads(entry: &Entry<'_>, key: &str) -> bool {
    matches!(entry.body, Body::HandoverRead(read) if read.about == key)
}

/// What was taken up is done when the line itself is: no duty of that key is open any more.
fn settled_since(duties: &[Duty], about: &str, entry: &Entry<'_>) -> Option<Settled> {
    let of = || duties.iter().filter(|d| d.key == about);
    if of().any(|d| d.settled.is_none()) {
        return None;
    }
    let last = of().filter_map(|d| d.settled.as_ref()).max_by_key(|s| s.on);
    Some(last.map_or(Settled { on: entry.day.hi, by: entry.root, how: SettledHow::Excused }, |s| Settled {
        on: s.on.max(entry.day.hi),
        ..s.clone()
    }))
}

fn open(from: Day, target: Day, escalates_on: Day) -> Phase {
    Phase {
        applies_from: Some(from),
        legal_from: Some(from),
        target: Some(target),
        escalates_on: Some(escalates_on),
        ..Phase::default()
    }
}

fn duty(key: String, service: &str, programme: &str, category: &str, entry: &Entry<'_>, window: Phase) -> Duty {
    Duty {
        key,
        phase: 0,
        episode: entry.episode,
        service: String::from(service),
        dose: None,
        occurrence: 0,
        rule: String::from("promise"),
        rule_from: None,
        tier: 1,
        source: String::from("own"),
        programme: String::from(programme),
        category: String::from(category),
        window,
        next_on: None,
        settled: None,
    }
}

/// Why such a line stands.
pub fn because(story: &Story<'_>, key: &str) -> Vec<String> {
    let of = story.entries.iter().find_map(|e| match e.body {
        Body::HandedOver(h) if reading_key(h.handover) == key => Some(format!(
            "{}からの担当替えで引き継いだ方です。引継書のこの方のところを読み、{}までに「読みました」を付けます。",
            wareki::month_day(h.from),
            wareki::month_day(h.by)
        )),
        Body::Escalated(taken) if format!("{ESCALATION}#{}", e.root) == key => Some(format!(
            "期限を過ぎた対応を、{}に統括支援員・係長が自分の対応にしました。{}",
            wareki::month_day(e.day.hi),
            taken.note
        )),
        _ => None,
    });
    of.map_or_else(Vec::new, |text| vec![text])
}

/// An event of a 担当替え in a person's file.
pub fn handed_over(file: i64, sensitivity: Sensitivity, today: Day, body: HandedOver) -> crate::Act {
    let (day, source) = (Span::on(today), String::from("own"));
    crate::Act::Record { file, episode: None, day, source, sensitivity, body: Body::HandedOver(body) }
}
