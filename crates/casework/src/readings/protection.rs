//! 秘匿: set at once by whoever learns of the danger, looked at again by a day, ended only by somebody else's decision.
//!
//! Nothing ends by itself: a review date that passed keeps the protection and its line turns 期限超過. 支援措置 of the
//! register lasts a year and is renewed there (住民基本台帳事務処理要領): it ends when the register says so, never here.

use alloc::{format, string::String, vec::Vec};

use rules::{Day, Phase, counting, wareki};

use crate::{
    act::Refusal,
    body::{Body, limits},
    duties::{Duty, Settled, SettledHow},
    event::Event,
    fold::{Entry, Story},
    office::handover,
    scopes::civil_day,
};

/// The service of the duty to look at a 秘匿 again.
pub const REVIEW: &str = "protection_review";
/// The register's own source: its 支援措置 is not ended here.
pub const REGISTER: &str = "residents";
/// Months until one looks again, where nobody chose a day: also of what was set before days were asked for [no source].
pub const REVIEW_MONTHS: i32 = 6;
/// So long before its day the line comes up.
const BEFORE_DAYS: i32 = 30;
/// A review date lies within so many days.
const MOST_DAYS: i32 = 366;

/// A 秘匿 that was set here and stands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standing<'a> {
    /// The event that set or continued it last.
    pub event: i64,
    pub source: &'a str,
    pub since: Day,
    pub review: Day,
}

fn read<'a>(entry: &Entry<'a>) -> Option<(bool, Option<Day>)> {
    match entry.body {
        Body::Protection { on, review, .. } if entry.source != REGISTER => Some((*on, *review)),
        _ => None,
    }
}

/// The day one looks again.
pub fn review_of(entry_day: Day, review: Option<Day>) -> Day {
    review.unwrap_or_else(|| counting::after_months(entry_day, REVIEW_MONTHS))
}

/// What follows a setting and speaks of the same protection: until two files were joined each speaks of its own.
fn next<'s, 'a>(story: &'s Story<'a>, at: usize) -> Option<&'s Entry<'a>> {
    let joined = story.entries.iter().filter(|e| matches!(e.body, Body::Joined(_))).map(|e| e.recorded_at).max();
    let of = story.entries.get(at)?;
    let same = |e: &&Entry<'_>| {
        e.source == of.source && (e.file == of.file || joined.is_some_and(|when| e.recorded_at > when))
    };
    story.entries.iter().skip(at + 1).filter(|e| read(e).is_some()).find(same)
}

/// What was set here and stands.
pub fn standing<'a>(story: &Story<'a>) -> Vec<Standing<'a>> {
    let on = |(at, entry): (usize, &Entry<'a>)| match read(entry) {
        Some((true, review)) if next(story, at).is_none() => Some(Standing {
            event: entry.root,
            source: entry.source,
            since: entry.day.lo,
            review: review_of(entry.day.hi, review),
        }),
        _ => None,
    };
    story.entries.iter().enumerate().filter_map(on).collect()
}

/// Whether the register's own 支援措置 stands.
pub fn by_register(story: &Story<'_>) -> bool {
    let of_register = |e: &&Entry<'_>| matches!(e.body, Body::Protection { .. }) && e.source == REGISTER;
    let last = story.entries.iter().rev().find(of_register);
    last.is_some_and(|e| matches!(e.body, Body::Protection { on: true, .. }))
}

/// A day to look again that can be kept.
///
/// # Errors
/// In words, for the field `review_on`.
pub fn check_review(on: Day, today: Day) -> Result<(), Refusal> {
    if on <= today {
        return Err(Refusal::at("review_on", "見直し日は、あすからの日にしてください。"));
    }
    if on > today.plus(MOST_DAYS) {
        return Err(Refusal::at("review_on", "見直し日は、1年以内の日にしてください。"));
    }
    Ok(())
}

/// Who wants to end it.
#[derive(Clone, Copy, Debug)]
pub struct Decider {
    /// 統括支援員, センター長.
    pub may: bool,
    /// Set or continued it last.
    pub set_it: bool,
    /// The office lets one decide alone where nobody else could (町に一人のとき).
    pub alone: bool,
}

/// Whether what stands (set here, not by the register) may be ended: by somebody of another role than whoever set it, and with a reason.
///
/// # Errors
/// A refusal that says who may.
pub fn check_end(stands: bool, reason: &str, by: Decider) -> Result<(), Refusal> {
    if !stands {
        return Err(Refusal::at(
            "on",
            "ここで設定した秘匿はありません。住民記録から届いた支援措置は、住民記録で終わるまで続きます。",
        ));
    }
    if !by.alone && !by.may {
        return Err(Refusal::at(
            "on",
            "秘匿の解除は、統括支援員かセンター長・係長が決めます。理由を伝えて、決定を記録してもらってください。",
        ));
    }
    if !by.alone && by.set_it {
        return Err(Refusal::at(
            "on",
            "設定した人は解除を決められません。ほかの統括支援員かセンター長・係長が決めます。",
        ));
    }
    if reason.trim().is_empty() {
        return Err(Refusal::at("note", "理由を入力してください。理由のない解除はできません。"));
    }
    // Nobody is found again who was found once: what ends the protection stands to its reason.
    if reason.trim().chars().count() < limits::ENDING {
        return Err(Refusal::at(
            "note",
            "解除の理由を、あとで読む人に分かるように書いてください（何が変わったか、だれから聞いたか）。",
        ));
    }
    Ok(())
}

/// A 秘匿 is taken back on the day it was recorded at most, as a slip: later it is ended by a decision ([`check_end`]).
pub(crate) fn check_kept(first: &Event, today: Day) -> Result<(), Refusal> {
    let on = matches!(first.body, Some(Body::Protection { on: true, .. }));
    if on && first.source != REGISTER && civil_day(first.recorded_at) < today {
        return Err(Refusal::new(
            "秘匿の設定は取り下げられません。「秘匿を見直す」から、解除の決定を記録してください。",
        ));
    }
    Ok(())
}

/// The duties to look again.
pub(crate) fn duties(duties: &mut Vec<Duty>, story: &Story<'_>) {
    for (at, entry) in story.entries.iter().enumerate() {
        let Some((true, review)) = read(entry) else { continue };
        let review = review_of(entry.day.hi, review);
        let window = Phase {
            applies_from: Some(entry.day.hi.max(review.plus(-BEFORE_DAYS))),
            legal_from: Some(entry.day.hi.max(review.plus(-BEFORE_DAYS))),
            target: Some(review),
            escalates_on: Some(review.plus(14)),
            ..Phase::default()
        };
        let settled = next(story, at).map(|e| Settled { on: e.day.hi, by: e.root, how: SettledHow::Done });
        let key = format!("{REVIEW}#{}", entry.root);
        duties.push(Duty { settled, ..handover::duty(key, REVIEW, "support", "", entry, window) });
    }
}

/// Why such a line stands.
pub fn because(story: &Story<'_>, key: &str) -> Vec<String> {
    let root = key.rsplit('#').next().and_then(|n| n.parse::<i64>().ok());
    let of = story.entries.iter().find(|e| Some(e.root) == root && read(e).is_some());
    of.map_or_else(Vec::new, |e| {
        let review = read(e).and_then(|(_, review)| review);
        alloc::vec![format!(
            "{}に設定した秘匿を、{}までに見直します。過ぎても秘匿は続きます。",
            wareki::month_day(e.day.hi),
            wareki::month_day(review_of(e.day.hi, review))
        )]
    })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use rules::Span;

    use super::*;
    use crate::{
        Person, derive,
        event::Sensitivity,
        fold::{View, fold},
    };

    fn event(id: i64, day: i32, source: &str, on: bool, review: Option<i32>) -> Event {
        Event {
            id,
            keeper: 1,
            file: 1,
            seq: i32::try_from(id).unwrap_or(0),
            episode: None,
            day: Span::on(Day(day)),
            source: String::from(source),
            batch: None,
            sensitivity: Sensitivity::Ordinary,
            actor: 1,
            recorded_at: id,
            corrects: None,
            body: Some(Body::Protection { on, note: String::new(), review: review.map(Day) }),
        }
    }

    fn owed(events: &[Event]) -> Vec<Duty> {
        let story = fold(events, View::default());
        derive(&story, &Person::read(&story), &[], &rules::Rulebook::default(), Day(20_000)).duties
    }

    #[test]
    fn it_is_looked_at_again_and_again_until_somebody_ends_it() {
        let mut events = vec![event(1, 20_000, "own", true, Some(20_020))];
        let first = owed(&events);
        assert_eq!((first.len(), first[0].window.target, first[0].settled.is_none()), (1, Some(Day(20_020)), true));
        events.push(event(2, 20_010, "own", true, Some(20_200)));
        let then = owed(&events);
        assert_eq!(then.iter().filter(|d| d.settled.is_none()).count(), 1, "continued: one line, later");
        events.push(event(3, 20_015, "own", false, None));
        assert!(owed(&events).iter().all(|d| d.settled.is_some()));
        assert!(standing(&fold(&events, View::default())).is_empty());
    }

    #[test]
    fn what_was_set_before_days_were_asked_for_is_looked_at_after_half_a_year() {
        let duties = owed(&[event(1, 20_000, "own", true, None)]);
        assert_eq!(duties[0].window.target, Some(counting::after_months(Day(20_000), 6)));
    }

    #[test]
    fn the_registers_own_is_neither_reviewed_nor_ended_here() {
        let events = vec![event(1, 20_000, REGISTER, true, None)];
        let story = fold(&events, View::default());
        assert!(owed(&events).is_empty() && standing(&story).is_empty() && by_register(&story));
        let by = Decider { may: true, set_it: false, alone: false };
        assert!(check_end(!standing(&story).is_empty(), "終わった", by).is_err());
        let mut both = events;
        both.push(event(2, 20_001, "own", true, None));
        both.push(event(3, 20_002, "own", false, None));
        assert!(Person::read(&fold(&both, View::default())).protected, "the register's stands");
    }

    #[test]
    fn somebody_else_decides_with_a_reason() {
        let end = |may, set_it, alone, reason: &str| check_end(true, reason, Decider { may, set_it, alone }).is_ok();
        assert!(!end(false, false, false, "離婚し、転居した"), "a nurse");
        assert!(!end(true, true, false, "離婚し、転居した"), "who set it");
        assert!(!end(true, false, false, " "), "without a reason");
        assert!(!end(true, false, false, "済") && !end(true, false, false, "　　　　済　"), "a letter is none");
        assert!(end(true, false, false, "離婚し、転居した"));
        assert!(end(false, true, true, "離婚し、転居した"), "alone in the town, where that is set");
    }

    #[test]
    fn a_review_date_can_be_kept() {
        let ok = |on: i32| check_review(Day(on), Day(100)).is_ok();
        assert_eq!([ok(100), ok(101), ok(466), ok(467)], [false, true, true, false]);
    }
}
