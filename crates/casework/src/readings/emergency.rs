//! 緊急閲覧: opening, in an emergency, what one's role does not open (practice.md §5).
//!
//! One rung only, and inside the same 実施機関: whoever may open nobody's file opens one person's ordinary records; whoever
//! may not see guarded records (心理・精神・DV) sees those of one person. Never the 要対協 compartment, never what 支援措置・
//! 秘匿 masks, never a link that 特別養子縁組 hides. It ends by itself, by comparison with the clock, and somebody who
//! answers for the office says afterwards whether it was right.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    act::{Known, Refusal},
    body::Body,
    event::{Event, Sensitivity},
    fold::Story,
    permissions::{Permission, Role},
};

/// Somebody opened what their role does not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Emergency {
    /// In words: what had to be known, and why at once.
    pub reason: String,
    /// The instant (as `recorded_at`) after which it opens nothing any more.
    pub until: i64,
}

/// What is said of it afterwards, of a 緊急閲覧 and of a reading that was sampled alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 妥当
    Fit,
    /// 要確認
    Question,
}

impl Verdict {
    pub const ALL: [Verdict; 2] = [Verdict::Fit, Verdict::Question];

    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Verdict::Fit => ("fit", "妥当"),
            Verdict::Question => ("question", "要確認"),
        }
    }

    pub fn from_code(code: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|v| v.names().0 == code)
    }
}

/// A 緊急閲覧 was reviewed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reviewed {
    /// The event it speaks of.
    pub of: i64,
    pub verdict: Verdict,
    pub note: String,
}

/// Fewer letters do not say why.
const WORDS: usize = 10;

/// The narrowest records that a role sees in an emergency; `None`: it may not.
pub fn opens(role: Role) -> Option<Sensitivity> {
    match (role.may(Permission::BreakGlass), role.may(Permission::ReadPerson)) {
        (false, _) => None,
        (true, false) => Some(Sensitivity::Ordinary),
        (true, true) => Some(Sensitivity::Guarded),
    }
}

/// The 緊急閲覧 of somebody that still opens the file: its event and when it ends.
pub fn running(events: &[Event], actor: i64, now: i64) -> Option<(i64, &Emergency)> {
    let own = |e: &'_ &Event| e.actor == actor && e.recorded_at <= now;
    events.iter().rev().filter(own).find_map(|e| match &e.body {
        Some(Body::Emergency(emergency)) if emergency.until > now => Some((e.id, emergency)),
        _ => None,
    })
}

/// Every 緊急閲覧 of a file with what was said of it last.
pub fn all<'s, 'a>(
    story: &'s Story<'a>,
) -> impl Iterator<Item = (&'a Event, &'a Emergency, Option<(&'a Event, &'a Reviewed)>)> + 's {
    story.log.iter().filter_map(move |(event, _)| {
        let Some(Body::Emergency(emergency)) = &event.body else { return None };
        let said = story.log.iter().rev().find_map(|(e, _)| match &e.body {
            Some(Body::EmergencyReviewed(reviewed)) if reviewed.of == event.id => Some((*e, reviewed)),
            _ => None,
        });
        Some((*event, emergency, said))
    })
}

/// Asked before anybody is looked for, so that a guess without a reason learns nothing.
///
/// # Errors
/// A refusal, if it does not say why.
pub fn check_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().chars().count() < WORDS {
        return Err(Refusal::at(
            "reason",
            "理由を文で入力してください（10文字以上）。何が起きていて、何を確かめるのかを書きます。",
        ));
    }
    Ok(())
}

pub(crate) fn check(body: &Body, of: &Known<'_>) -> Result<(), Refusal> {
    match body {
        Body::Emergency(e) => check_reason(&e.reason),
        Body::EmergencyReviewed(r) => {
            if !all(&of.story).any(|(event, ..)| event.id == r.of) {
                return Err(Refusal::new("確かめる緊急閲覧が見つかりません。画面を開きなおしてください。"));
            }
            check_verdict(r.verdict, &r.note)
        }
        _ => Ok(()),
    }
}

/// 要確認 says what is to be asked.
pub(crate) fn check_verdict(verdict: Verdict, note: &str) -> Result<(), Refusal> {
    if verdict == Verdict::Question && note.trim().is_empty() {
        return Err(Refusal::at("note", "「要確認」にするときは、確かめることを入力してください。"));
    }
    Ok(())
}

/// What was looked at stays known: neither a 緊急閲覧 nor its review is changed or taken back, and it is erased only after
/// somebody reviewed it.
pub(crate) fn check_kept(first: &Event, of: &Known<'_>, erasing: bool) -> Result<(), Refusal> {
    match &first.body {
        Some(Body::Emergency(_)) if erasing => {
            let reviewed = all(&of.story).any(|(event, _, said)| event.id == first.id && said.is_some());
            if reviewed {
                Ok(())
            } else {
                Err(Refusal::new("確認がすんでいない緊急閲覧は抹消できません。"))
            }
        }
        Some(Body::Emergency(_) | Body::EmergencyReviewed(_)) if !erasing => {
            Err(Refusal::new("緊急閲覧とその確認の記録は、訂正も取り消しもできません。"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use rules::{Day, Span};

    use super::*;
    use crate::fold::{View, fold};

    fn event(id: i64, actor: i64, at: i64, body: Body) -> Event {
        Event {
            id,
            keeper: 1,
            file: 1,
            seq: i32::try_from(id).unwrap_or(0),
            episode: None,
            day: Span::on(Day(20_000)),
            source: String::from("own"),
            batch: None,
            sensitivity: Sensitivity::Guarded,
            actor,
            recorded_at: at,
            corrects: None,
            body: Some(body),
        }
    }

    fn opened(reason: &str, until: i64) -> Body {
        Body::Emergency(Emergency { reason: String::from(reason), until })
    }

    #[test]
    fn it_is_one_rung_and_never_the_compartment() {
        for role in Role::ALL {
            assert_ne!(opens(role), Some(Sensitivity::Compartment), "{role:?}");
            if role.may(Permission::BreakGlass) {
                assert!(!matches!(role, Role::Prefecture | Role::Admin), "{role:?}");
            }
        }
        assert_eq!(opens(Role::Clerk), Some(Sensitivity::Guarded));
        assert_eq!(opens(Role::Contracted), Some(Sensitivity::Ordinary));
        assert_eq!(opens(Role::Phn), None, "what it could open is open to her");
    }

    #[test]
    fn it_ends_by_itself_and_is_nobody_elses() {
        let events = vec![event(1, 7, 100, opened("母から自殺をほのめかす電話", 160))];
        assert!(running(&events, 7, 99).is_none(), "not before it was recorded");
        assert!(running(&events, 7, 100).is_some() && running(&events, 7, 159).is_some());
        assert!(running(&events, 7, 160).is_none());
        assert!(running(&events, 8, 120).is_none());
    }

    #[test]
    fn it_is_reviewed_once_somebody_says_so_and_stays() {
        let reviewed = Reviewed { of: 1, verdict: Verdict::Fit, note: String::new() };
        let mut events = vec![event(1, 7, 100, opened("母から自殺をほのめかす電話", 160))];
        let story = fold(&events, View::default());
        assert!(all(&story).all(|(.., said)| said.is_none()));
        let known = Known { events: &events, person: crate::Person::read(&story), story: story.clone() };
        assert!(check_kept(&events[0], &known, false).is_err() && check_kept(&events[0], &known, true).is_err());
        assert!(check(&Body::EmergencyReviewed(Reviewed { of: 9, ..reviewed.clone() }), &known).is_err());
        let question = Reviewed { verdict: Verdict::Question, ..reviewed.clone() };
        assert!(check(&Body::EmergencyReviewed(question), &known).is_err(), "what is to be asked?");
        assert!(check(&opened("急ぎ", 1), &known).is_err());
        events.push(event(2, 4, 300, Body::EmergencyReviewed(reviewed)));
        let story = fold(&events, View::default());
        assert!(all(&story).all(|(.., said)| said.is_some()));
        let known = Known { events: &events, person: crate::Person::read(&story), story: story.clone() };
        assert!(check_kept(&events[0], &known, false).is_err() && check_kept(&events[0], &known, true).is_ok());
    }
}
