//! 開示請求 (個人情報の保護に関する法律 第76条から第84条): who asked, by when it is answered, and how; what of a file goes into
//! the copy that is given out.

use alloc::{format, string::String, vec::Vec};

use rules::{Day, Phase, Span, wareki};
use serde::{Deserialize, Serialize};

use crate::{
    act::{Known, Refusal},
    body::Body,
    duties::{Duty, Settled, SettledHow},
    fold::{Entry, Story},
    marks::{Mark, What, of_record},
    office::handover::{self, SUPERVISION},
};

/// The service of the duty to answer.
pub const REPLY: &str = "disclosure_reply";
/// 第83条第1項: within 30 days of the request, the day itself not counted; a town may set fewer (第108条).
pub const REPLY_DAYS: i32 = 30;
/// 第83条第2項: extended once, by 30 days at most.
pub const EXTENSION_DAYS: i32 = 30;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requester {
    /// 本人
    Own,
    /// 親権者などの法定代理人
    Guardian,
    /// 任意代理人
    Agent,
}

impl Requester {
    pub const ALL: [Requester; 3] = [Requester::Own, Requester::Guardian, Requester::Agent];

    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Requester::Own => ("own", "本人"),
            Requester::Guardian => ("guardian", "親権者などの法定代理人"),
            Requester::Agent => ("agent", "任意代理人"),
        }
    }

    pub fn from_code(code: &str) -> Option<Requester> {
        Requester::ALL.into_iter().find(|r| r.names().0 == code)
    }
}

/// 開示請求, received on the event's day.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Request {
    pub by: Requester,
    pub name: String,
    /// The time it asks about; open ends: everything.
    pub from: Option<Day>,
    pub to: Option<Day>,
    /// By when it is answered.
    pub due: Day,
}

/// 期限の延長 (第83条第2項), told to the requester in writing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Extended {
    pub of: i64,
    pub due: Day,
    pub reason: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 全部開示
    Whole,
    /// 一部開示
    Part,
    /// 不開示
    Nothing,
    /// 存否応答拒否 (第81条)
    Unanswered,
    /// 請求の取下げ
    Dropped,
}

impl Outcome {
    pub const ALL: [Outcome; 5] =
        [Outcome::Whole, Outcome::Part, Outcome::Nothing, Outcome::Unanswered, Outcome::Dropped];

    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Outcome::Whole => ("whole", "全部開示"),
            Outcome::Part => ("part", "一部開示"),
            Outcome::Nothing => ("nothing", "不開示"),
            Outcome::Unanswered => ("unanswered", "存否応答拒否"),
            Outcome::Dropped => ("dropped", "請求の取下げ"),
        }
    }

    pub fn from_code(code: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|o| o.names().0 == code)
    }

    /// Whether a copy is given out at all.
    pub fn gives_a_copy(self) -> bool {
        matches!(self, Outcome::Whole | Outcome::Part)
    }
}

/// 決定, on the event's day.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answered {
    pub of: i64,
    pub outcome: Outcome,
    pub reason: String,
}

/// A request with what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub event: i64,
    pub received: Day,
    pub request: &'a Request,
    pub due: Day,
    pub extended: Option<&'a Extended>,
    /// (event, day, decision)
    pub answered: Option<(i64, Day, &'a Answered)>,
}

/// Every request of a file, oldest first.
pub fn cases<'a>(story: &Story<'a>) -> Vec<Case<'a>> {
    let asked = |e: &Entry<'a>| match e.body {
        Body::Disclosure(request) => Some((e.root, e.day.lo, request)),
        _ => None,
    };
    let case = |(event, received, request): (i64, Day, &'a Request)| {
        let extended = story.entries.iter().find_map(|e| match e.body {
            Body::DisclosureExtended(x) if x.of == event => Some(x),
            _ => None,
        });
        let answered = story.entries.iter().find_map(|e| match e.body {
            Body::DisclosureAnswered(a) if a.of == event => Some((e.root, e.day.hi, a)),
            _ => None,
        });
        Case { event, received, request, due: extended.map_or(request.due, |x| x.due), extended, answered }
    };
    story.entries.iter().filter_map(asked).map(case).collect()
}

pub(crate) fn check(body: &Body, day: Span, of: &Known<'_>) -> Result<(), Refusal> {
    let all = cases(&of.story);
    let open = |event: i64| match all.iter().find(|c| c.event == event) {
        None => Err(Refusal::new("その開示請求が見つかりません。画面を開きなおしてください。")),
        Some(case) if case.answered.is_some() => Err(Refusal::new("この開示請求は、すでに決定されています。")),
        Some(case) => Ok(*case),
    };
    match body {
        Body::Disclosure(r) => {
            if r.name.trim().is_empty() {
                return Err(Refusal::at("requester_name", "請求した人の氏名を入力してください。"));
            }
            if r.from.zip(r.to).is_some_and(|(from, to)| from > to) {
                return Err(Refusal::at("period_from", "期間の始まりと終わりが逆です。"));
            }
            if r.due < day.lo {
                return Err(Refusal::at("day", "回答の期限が、受け付けた日より前になっています。"));
            }
            Ok(())
        }
        Body::DisclosureExtended(x) => {
            let case = open(x.of)?;
            if case.extended.is_some() {
                return Err(Refusal::new("期限の延長は一度だけです（第83条第2項）。"));
            }
            if x.due <= case.due || x.due > case.due.plus(EXTENSION_DAYS) {
                return Err(Refusal::new("延長は、もとの期限から30日以内です（第83条第2項）。"));
            }
            if x.reason.trim().is_empty() {
                return Err(Refusal::at(
                    "extend_reason",
                    "延長の理由を入力してください。請求した人に書面で知らせます。",
                ));
            }
            Ok(())
        }
        Body::DisclosureAnswered(a) => {
            let case = open(a.of)?;
            if day.hi < case.received {
                return Err(Refusal::at("day", "決定の日が、受け付けた日より前になっています。"));
            }
            if a.outcome != Outcome::Whole && a.reason.trim().is_empty() {
                return Err(Refusal::at("reason", "理由を入力してください。通知書には、根拠の号と理由を書きます。"));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The duties to answer: 統括支援員's, until the decision is recorded. Nothing else closes them, not even a release.
pub(crate) fn duties(duties: &mut Vec<Duty>, story: &Story<'_>) {
    for case in cases(story) {
        let Some(entry) = story.entries.iter().find(|e| e.root == case.event) else { continue };
        let window = Phase {
            applies_from: Some(case.received),
            legal_from: Some(case.received),
            target: Some(case.due),
            ..Phase::default()
        };
        let settled = case.answered.map(|(by, on, _)| Settled { on, by, how: SettledHow::Done });
        let key = format!("{REPLY}#{}", case.event);
        duties.push(Duty { settled, ..handover::duty(key, REPLY, SUPERVISION, SUPERVISION, entry, window) });
    }
}

/// Why such a line stands.
pub fn because(story: &Story<'_>, key: &str) -> Vec<String> {
    let of = cases(story).into_iter().find(|c| format!("{REPLY}#{}", c.event) == key);
    of.map_or_else(Vec::new, |c| {
        alloc::vec![format!(
            "{}に開示請求を受け付けました。{}までに決定して通知します（個人情報の保護に関する法律 第83条）。",
            wareki::month_day(c.received),
            wareki::month_day(c.due)
        )]
    })
}

/// How a record stands in the copy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// As written, its marked passages blacked out.
    AsWritten,
    /// Day and kind, and nothing of what it says.
    Blacked(Mark),
    /// Not in it, and no gap: what the office did to look after the record, and whose being there already endangers.
    Absent,
}

/// Where a record stands. What is of the 要対協 compartment never gets here (第81条: [`crate::event::Sensitivity`]).
pub fn place(body: &Body, by: Requester) -> Place {
    match body {
        Body::Protection { .. }
        | Body::Emergency(_)
        | Body::EmergencyReviewed(_)
        | Body::HandedOver(_)
        | Body::HandoverRead(_)
        | Body::Escalated(_)
        | Body::Joined(_)
        | Body::JoinedBy { .. }
        | Body::ToldApart { .. }
        | Body::Disclosure(_)
        | Body::DisclosureExtended(_)
        | Body::DisclosureAnswered(_)
        | Body::Withdrawn { .. }
        | Body::Erased { .. } => Place::Absent,
        // Why a letter did not go, or what was decided before it went, tells of protection and loss in the family.
        Body::Held(_) => Place::Absent,
        Body::Sent(sent) if !sent.decided.is_empty() => Place::Absent,
        // To whom one may not speak, and when: read by anybody but herself it endangers her.
        Body::Caution(_) if by != Requester::Own => Place::Blacked(Mark { what: What::Withheld, number: Some(1) }),
        other => of_record(other).map_or(Place::AsWritten, Place::Blacked),
    }
}

/// Whether a record belongs to the time asked about: by any day it may have happened on.
pub fn within(day: Span, request: &Request) -> bool {
    request.from.is_none_or(|from| day.hi >= from) && request.to.is_none_or(|to| day.lo <= to)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::{
        Person,
        body::Caution,
        derive,
        event::{Event, Sensitivity},
        fold::{View, fold},
    };

    fn event(id: i64, day: i32, body: Body) -> Event {
        Event {
            id,
            keeper: 1,
            file: 1,
            seq: i32::try_from(id).unwrap_or(0),
            episode: None,
            day: Span::on(Day(day)),
            source: String::from("own"),
            batch: None,
            sensitivity: Sensitivity::Ordinary,
            actor: 1,
            recorded_at: id,
            corrects: None,
            body: Some(body),
        }
    }

    fn request(due: i32) -> Body {
        let name = String::from("架空 太郎");
        Body::Disclosure(Request { by: Requester::Guardian, name, from: None, to: None, due: Day(due) })
    }

    fn owed(events: &[Event]) -> Vec<Duty> {
        let story = fold(events, View::default());
        derive(&story, &Person::read(&story), &[], &rules::Rulebook::default(), Day(20_000)).duties
    }

    fn may(events: &[Event], day: i32, body: &Body) -> bool {
        let story = fold(events, View::default());
        let known = Known { events, person: Person::read(&story), story: story.clone() };
        check(body, Span::on(Day(day)), &known).is_ok()
    }

    #[test]
    fn it_is_owed_until_it_is_decided_and_a_release_does_not_answer_it() {
        let mut events = vec![event(1, 20_000, request(20_030))];
        events.push(event(2, 20_001, Body::Released { reason: String::from("転出") }));
        let owing = owed(&events);
        assert_eq!((owing.len(), owing[0].window.target), (1, Some(Day(20_030))));
        assert!(owing[0].settled.is_none());
        let later = Extended { of: 1, due: Day(20_060), reason: String::from("量が多い") };
        assert!(!may(&events, 20_010, &Body::DisclosureExtended(Extended { due: Day(20_061), ..later.clone() })));
        assert!(may(&events, 20_010, &Body::DisclosureExtended(later.clone())));
        events.push(event(3, 20_010, Body::DisclosureExtended(later.clone())));
        assert_eq!(owed(&events)[0].window.target, Some(Day(20_060)));
        assert!(!may(&events, 20_011, &Body::DisclosureExtended(Extended { due: Day(20_070), ..later })), "once");
        let part = Answered { of: 1, outcome: Outcome::Part, reason: String::new() };
        assert!(!may(&events, 20_020, &Body::DisclosureAnswered(part.clone())), "part of it says why");
        let part = Body::DisclosureAnswered(Answered { reason: String::from("第2号"), ..part });
        assert!(may(&events, 20_020, &part) && !may(&events, 19_999, &part));
        events.push(event(4, 20_020, part.clone()));
        assert_eq!(owed(&events)[0].settled.as_ref().map(|s| s.on), Some(Day(20_020)));
        assert!(!may(&events, 20_021, &part), "decided once");
    }

    #[test]
    fn a_protection_is_in_no_copy_and_a_caution_only_in_her_own() {
        let shield = Body::Protection { on: true, note: String::new(), review: None };
        let caution = Body::Caution(Caution { speak_to: String::from("本人のみ"), ..Caution::default() });
        for by in Requester::ALL {
            assert_eq!(place(&shield, by), Place::Absent);
            assert_eq!(place(&caution, by) == Place::AsWritten, by == Requester::Own);
        }
        let whole = Body::Note { text: String::from("〔第三者〕近所の人から") };
        assert!(matches!(place(&whole, Requester::Own), Place::Blacked(mark) if mark.ground() == 2));
    }

    #[test]
    fn the_time_asked_about_has_both_ends() {
        let Body::Disclosure(all) = request(20_030) else { return };
        let some = Request { from: Some(Day(10)), to: Some(Day(20)), ..all.clone() };
        let on = |lo: i32, hi: i32| within(Span { lo: Day(lo), hi: Day(hi) }, &some);
        assert_eq!(
            [on(9, 9), on(10, 10), on(20, 20), on(21, 21), on(1, 10), on(20, 40)],
            [false, true, true, false, true, true]
        );
        assert!(within(Span::on(Day(-9)), &all));
    }
}
