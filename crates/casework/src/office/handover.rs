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
    disclosure::REPLY,
    duties::{Duty, Settled, SettledHow},
    event::{Event, FileRef, NewEvent, Sensitivity},
    fold::{Entry, Story, View, fold},
    protection::REVIEW,
    responsibility::{Row, Table},
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

/// Whether a duty is about who does the work or about the record, not about the person: it covers nobody (promise 1).
pub fn is_of_the_office(duty: &Duty) -> bool {
    [HANDOVER, ESCALATION, REVIEW, REPLY].contains(&duty.service.as_str())
}

/// Said where a change of worker would begin in the past.
pub const NOT_BEFORE_TODAY: &str = "今日より前の日からは替えられません。これまでの担当はそのまま残ります。今日以後の日を入れてください。まちがえて記録した担当替えは、その担当替えの画面で取り消せます。";

/// 担当替え: each row that moves ends the day before, and the same charge begins with the new worker.
pub(crate) fn reassign(file: i64, day: Day, moves: &[Move], of: &Known<'_>, today: Day) -> Result<Decision, Refusal> {
    if moves.is_empty() {
        return Err(Refusal::at("to", "動かす担当がありません。新しい担当を選んでください。"));
    }
    // Who answered in the past is not rewritten. Before anybody held anything by name, the first table says since when.
    let first = of.story.entries.iter().all(|e| assigned(e).is_none());
    if day < today && !first {
        return Err(Refusal::at("from_day", NOT_BEFORE_TODAY));
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

/// The table as it would be: for a preview, with the same meaning as [`reassign`]. Rows it begins come after all others.
pub fn after(table: &Table, moves: &[Move], day: Day) -> Table {
    let mut table = table.clone();
    for change in moves {
        let mut until = None;
        if let Some(at) = table.rows.iter().position(|r| Some(r.event) == change.row) {
            if let Some(row) = table.rows.get_mut(at).filter(|row| row.from < day) {
                until = row.until;
                row.until = Some(day.plus(-1));
            } else {
                until = table.rows.remove(at).until;
            }
        }
        let event = table.rows.iter().map(|r| r.event).max().unwrap_or(0) + 1;
        let Move { district, programme, category, to, .. } = change.clone();
        table.rows.push(Row { event, district, programme, category, staff: to, from: day, until });
    }
    table
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
                // Two files that were handed over together and joined since: read once.
                if duties.iter().any(|d| d.key == key) {
                    continue;
                }
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

/// A duty that comes from a promise of the office, not from a rule.
pub(crate) fn duty(
    key: String,
    service: &str,
    programme: &str,
    category: &str,
    entry: &Entry<'_>,
    window: Phase,
) -> Duty {
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
            "期限を過ぎたため、{}に統括支援員の対応になりました。{}",
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use alloc::collections::BTreeMap;

    use proptest::{collection::vec as many, option, prelude::*, sample::select};

    use super::*;
    use crate::{Act, Person, act::decide, derive, responsibility::Charge};

    fn stored(id: i64, day: Day, sensitivity: Sensitivity, corrects: Option<i64>, body: Body) -> Event {
        Event {
            id,
            keeper: 1,
            file: 1,
            seq: i32::try_from(id).unwrap(),
            episode: None,
            day: Span::on(day),
            source: String::from("own"),
            batch: None,
            sensitivity,
            actor: 1,
            recorded_at: id,
            corrects,
            body: Some(body),
        }
    }

    fn row(district: &str, category: &str, staff: i64, until: Option<i32>) -> Body {
        let (district, category) = (String::from(district), String::from(category));
        Body::Assigned(Assignment { district, programme: String::new(), category, staff, until: until.map(Day) })
    }

    fn table(events: &[Event]) -> Table {
        let story = fold(events, View::default());
        let of = |e: &Entry<'_>| {
            let a = assigned(e)?;
            let (district, programme, category) = (a.district.clone(), a.programme.clone(), a.category.clone());
            let (staff, from, until) = (a.staff, e.day.lo, a.until);
            Some(Row { event: e.root, district, programme, category, staff, from, until })
        };
        Table { rows: story.entries.iter().filter_map(of).collect(), ..Table::default() }
    }

    fn decided(events: &[Event], day: Day, moves: &[Move], today: Day) -> Result<Vec<Event>, Refusal> {
        let story = fold(events, View::default());
        let person = Person::read(&story);
        let known = BTreeMap::from([(1, Known { events, story, person })]);
        let decision = decide(&Act::Reassign { file: 1, day, moves: moves.to_vec() }, &known, today)?;
        let next = i64::try_from(events.len()).unwrap() + 1;
        let new = decision.events.into_iter().zip(next..);
        let new = new.map(|(e, id)| stored(id, e.day.lo, e.sensitivity, e.corrects, e.body));
        Ok(events.iter().cloned().chain(new).collect())
    }

    fn moved(row: i64, district: &str, to: i64) -> Move {
        let district = String::from(district);
        Move { row: Some(row), district, programme: String::new(), category: String::new(), to }
    }

    #[test]
    fn from_the_day_on_the_new_worker_answers_and_until_then_the_old_one() {
        let events = vec![stored(1, Day(0), Sensitivity::Ordinary, None, row("北", "", 2, None))];
        let events = decided(&events, Day(100), &[moved(1, "北", 3)], Day(90)).unwrap();
        let table = table(&events);
        let of = |day| table.owner(&Charge { district: "北".into(), ..Charge::default() }, Day(day)).staff;
        assert_eq!((of(99), of(100), of(5_000)), (Some(2), Some(3), Some(3)));
        assert!(decided(&events, Day(101), &[moved(1, "北", 4)], Day(90)).is_err(), "that row has ended");
        assert!(decided(&events, Day(101), &[], Day(90)).is_err());
    }

    #[test]
    fn a_row_that_had_not_begun_is_replaced_and_one_that_ends_keeps_its_end() {
        let events = vec![stored(1, Day(50), Sensitivity::Ordinary, None, row("北", "", 2, Some(400)))];
        let events = decided(&events, Day(50), &[moved(1, "北", 3)], Day(40)).unwrap();
        let table = table(&events);
        assert_eq!(table.rows.len(), 1);
        assert_eq!((table.rows[0].staff, table.rows[0].until), (3, Some(Day(400))));
    }

    fn any_moves() -> impl Strategy<Value = Vec<(usize, i64)>> {
        many((0..4usize, 1..6i64), 1..4)
    }

    proptest! {
        /// What the preview says is what the table says afterwards, on every day.
        #[test]
        fn a_preview_tells_what_the_decision_does(
            rows in many((select(vec!["", "a", "b"]), select(vec!["", "n"]), 1..6i64, 0..60i32, option::of(0..60i32)), 1..5),
            chosen in any_moves(),
            day in 0..60i32,
        ) {
            let events: Vec<Event> = rows.iter().zip(1..).map(|((d, c, staff, from, more), id)| {
                stored(id, Day(*from), Sensitivity::Ordinary, None, row(d, c, *staff, more.map(|m| from + m)))
            }).collect();
            let before = table(&events);
            let mut moves: Vec<Move> = Vec::new();
            for (at, to) in chosen {
                let Some(r) = before.rows.get(at) else { continue };
                if !moves.iter().any(|m| m.row == Some(r.event)) {
                    let (district, programme, category) = (r.district.clone(), r.programme.clone(), r.category.clone());
                    moves.push(Move { row: Some(r.event), district, programme, category, to });
                }
            }
            let Ok(events) = decided(&events, Day(day), &moves, Day(day)) else { return Ok(()) };
            let (told, done) = (after(&before, &moves, Day(day)), table(&events));
            for on in -1..130 {
                for district in ["a", "b", "c"] {
                    for category in ["", "n"] {
                        let charge = Charge { district: district.into(), category: category.into(), ..Charge::default() };
                        prop_assert_eq!(told.owner(&charge, Day(on)), done.owner(&charge, Day(on)), "on {}", on);
                    }
                }
            }
        }
    }

    fn handed() -> Body {
        let programme = String::from("support");
        Body::HandedOver(HandedOver { handover: 7, programme, from: Day(100), by: Day(114) })
    }

    fn owed(events: &[Event]) -> Vec<Duty> {
        let story = fold(events, View::default());
        let person = Person::read(&story);
        derive(&story, &person, &[], &rules::Rulebook::default(), Day(90)).duties
    }

    #[test]
    fn whoever_is_handed_over_by_name_is_to_be_read_and_that_covers_nobody() {
        let mut events = vec![stored(1, Day(90), Sensitivity::Ordinary, None, handed())];
        let duties = owed(&events);
        let [duty] = duties.as_slice() else { panic!("{duties:?}") };
        assert_eq!((duty.key.as_str(), duty.programme.as_str()), ("handover#7", "support"));
        assert_eq!((duty.window.applies_from, duty.window.target), (Some(Day(100)), Some(Day(114))));
        assert!(is_of_the_office(duty) && duty.settled.is_none());
        let read = Body::HandoverRead(HandoverRead { about: reading_key(7), staff: 3 });
        events.push(stored(2, Day(95), Sensitivity::Ordinary, None, read));
        events.push(stored(3, Day(90), Sensitivity::Ordinary, None, handed()));
        let duties = owed(&events);
        assert_eq!(duties.len(), 1, "joined files are read once");
        assert_eq!(duties[0].settled.as_ref().map(|s| s.on), Some(Day(95)));
    }

    #[test]
    fn the_widest_standing_reason_says_who_may_know_that_somebody_is_handed_over_by_name() {
        let period = |name: &str, until: Option<i32>| Body::Period {
            name: String::from(name),
            until: until.map(Day),
            note: String::new(),
        };
        let narrow = stored(1, Day(10), Sensitivity::Compartment, None, period("youtaikyo", None));
        assert_eq!(by_name(core::slice::from_ref(&narrow), &[], Day(90)), Some(Sensitivity::Compartment));
        let open = stored(2, Day(20), Sensitivity::Ordinary, None, period("needs_support", None));
        assert_eq!(by_name(&[narrow, open.clone()], &[], Day(90)), Some(Sensitivity::Ordinary));
        let over = stored(3, Day(20), Sensitivity::Ordinary, None, period("needs_support", Some(80)));
        assert_eq!(by_name(&[open, over], &[], Day(90)), None);
        assert_eq!(by_name(&[], &[], Day(90)), None);
    }

    #[test]
    fn what_was_taken_up_is_done_when_the_line_is() {
        let taken = Body::Escalated(Escalated { about: reading_key(7), by: Day(99), note: String::new() });
        let mut events = vec![
            stored(1, Day(80), Sensitivity::Ordinary, None, handed()),
            stored(2, Day(90), Sensitivity::Ordinary, None, taken),
        ];
        let of = |events: &[Event]| owed(events).into_iter().find(|d| d.service == ESCALATION).unwrap();
        assert_eq!((of(&events).settled, of(&events).category.as_str()), (None, SUPERVISION));
        let read = Body::HandoverRead(HandoverRead { about: reading_key(7), staff: 3 });
        events.push(stored(3, Day(95), Sensitivity::Ordinary, None, read));
        assert!(of(&events).settled.is_some());
    }
}
