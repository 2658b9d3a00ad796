//! Acts: what people ask to be recorded, and the pure decision whether and how it is.
//!
//! A command is decided on the files it names, as they stand when it is applied. It either becomes events or is refused
//! in words the person can act on.

use alloc::{collections::BTreeMap, format, string::String, vec, vec::Vec};
use core::fmt;

use rules::{Day, Span};

use crate::{
    birth,
    body::{Body, YOUTAIKYO, limits},
    certify, contact, correction, disclosure, emergency,
    event::{Event, FileRef, NewEvent, Sensitivity},
    fold::Story,
    inspection, joining, marks,
    office::{
        self,
        handover::{self, Move},
    },
    person::Person,
    pregnancy, publication, resident, service, staff,
};

/// Why something is not recorded, in Japanese a nurse can act on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Name of the form field it concerns, if one does.
    pub field: Option<&'static str>,
    pub message: String,
}

impl Refusal {
    pub fn new(message: impl Into<String>) -> Refusal {
        Refusal { field: None, message: message.into() }
    }

    pub fn at(field: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { field: Some(field), message: message.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// A command: an act, once. Its id makes a second submit do nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    pub id: String,
    pub act: Act,
    /// The versions its author saw. Newer events conflict only if they are of a kind the act reads ([`Act::reads`]).
    pub seen: Vec<(i64, i32)>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Act {
    /// Opens a file for a person the program did not know (仮登録, or a row of the register).
    Open { day: Span, source: String, resident: crate::body::Resident, protected: bool },
    /// Records one thing in one file. Validated by the module of its word.
    Record { file: i64, episode: Option<i32>, day: Span, source: String, sensitivity: Sensitivity, body: Body },
    /// 妊娠届: opens the next episode of the woman's file.
    NotifyPregnancy { file: i64, day: Day, pregnancy: crate::body::Pregnancy },
    /// Birth: ends the pregnancy and opens a file for each child (or uses the one the register already opened).
    Birth(birth::Birth),
    /// まとめる: two files are the same person's.
    Join { files: [i64; 2], reason: String },
    /// Replaces a recorded fact (named by its first event) by another of the same kind.
    Correct { file: i64, event: i64, day: Span, body: Body },
    /// Takes a recorded fact back.
    Withdraw { file: i64, event: i64, reason: String },
    /// 抹消.
    Erase { file: i64, event: i64, reason: String },
    /// 担当替え, in the office's file: these charges go to others from a day on.
    Reassign { file: i64, day: Day, moves: Vec<Move> },
}

impl Act {
    /// The existing files it is decided on; all of them are locked and re-derived.
    pub fn files(&self) -> Vec<i64> {
        match self {
            Act::Open { .. } => Vec::new(),
            Act::Record { file, body, .. } => {
                let mut files = vec![*file];
                if let Body::Relation { to: other, .. } | Body::ToldApart { other, .. } = body {
                    files.push(*other);
                }
                files
            }
            Act::Correct { file, .. }
            | Act::Withdraw { file, .. }
            | Act::Erase { file, .. }
            | Act::Reassign { file, .. }
            | Act::NotifyPregnancy { file, .. } => vec![*file],
            Act::Birth(birth) => birth.files(),
            Act::Join { files, .. } => files.to_vec(),
        }
    }

    /// What its author said, as text: without what the program put beside it at the moment it was sent. A second submit
    /// that says the same does nothing; one that says something else is told so.
    pub fn said(&self) -> String {
        let mut act = self.clone();
        match &mut act {
            // It is taken back once, whoever's button it was.
            Act::Withdraw { reason, .. } => reason.clear(),
            Act::Record { body: Body::Emergency(emergency), .. } => emergency.until = 0,
            Act::Record { body: Body::SheetConfirmed(sheet), .. } => {
                sheet.known_at = 0;
                sheet.heads.clear();
            }
            // Nobody types these.
            Act::Record { body: Body::RulesPublished(_) | Body::RulesCarriedOut(_), file, .. } => {
                return format!("{file}");
            }
            _ => {}
        }
        format!("{act:?}")
    }

    /// Leads every file it names to the one that is read for it: a file that was joined to another is not written to by
    /// itself.
    pub fn lead(&mut self, to: impl Fn(i64) -> i64) {
        match self {
            Act::Open { .. } => {}
            Act::Record { file, body, .. } => {
                *file = to(*file);
                if let Body::Relation { to: other, .. } | Body::ToldApart { other, .. } = body {
                    *other = to(*other);
                }
            }
            Act::Correct { file, .. }
            | Act::Withdraw { file, .. }
            | Act::Erase { file, .. }
            | Act::Reassign { file, .. }
            | Act::NotifyPregnancy { file, .. } => *file = to(*file),
            Act::Birth(birth) => {
                birth.mother = to(birth.mother);
                birth.children.iter_mut().filter_map(|c| c.file.as_mut()).for_each(|file| *file = to(*file));
            }
            Act::Join { files, .. } => *files = files.map(to),
        }
    }

    /// The kinds of event whose arrival since the author looked would change what they meant.
    pub fn reads(&self) -> &'static [&'static str] {
        match self {
            Act::Open { .. } => &[],
            Act::Record { body, .. } => match body {
                Body::Closure(_) | Body::Deferred(_) | Body::Released { .. } => {
                    &["contact", "visit", "service", "closure", "deferred", "released", "withdrawn", "erased"]
                }
                Body::Contact(_) | Body::Visit(_) => &["died", "protection", "caution"],
                Body::Service(_) => &["died", "service"],
                Body::PregnancyEnded { .. } => &["died", "delivered", "pregnancy_ended"],
                Body::Resident(_) | Body::MovedOut { .. } => &["resident", "moved_out", "died"],
                Body::Caution(_) => &["caution"],
                // Who may look in an emergency does not depend on what others recorded.
                Body::Emergency(_) | Body::Inspected(_) => &[],
                Body::EmergencyReviewed(_) => &["emergency_reviewed"],
                Body::Protection { .. } => &["protection"],
                Body::DisclosureExtended(_) | Body::DisclosureAnswered(_) => {
                    &["disclosure_extended", "disclosure_answered", "withdrawn", "erased"]
                }
                _ => &["died"],
            },
            Act::NotifyPregnancy { .. } => &["died", "pregnancy_notified"],
            Act::Birth(_) => &["died", "delivered", "pregnancy_ended"],
            Act::Join { .. } => &["resident", "moved_out", "died", "born", "relation", "told_apart", "withdrawn"],
            Act::Correct { .. } | Act::Withdraw { .. } | Act::Erase { .. } => &["withdrawn", "erased"],
            Act::Reassign { .. } => &["assigned", "withdrawn", "batch_withdrawn"],
        }
    }
}

/// A file as it stands when a command is decided.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    pub events: &'a [Event],
    pub story: Story<'a>,
    pub person: Person<'a>,
}

/// What becomes of a command: files to open, then events in order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Decision {
    /// How many new person files are opened; events name them by [`FileRef::Opened`].
    pub opens: usize,
    pub events: Vec<NewEvent>,
    /// Bodies to be emptied (抹消): event ids.
    pub erases: Vec<i64>,
}

/// Decides a command.
///
/// # Errors
/// A [`Refusal`] in the user's words; nothing is then recorded.
pub fn decide(act: &Act, known: &BTreeMap<i64, Known<'_>>, today: Day) -> Result<Decision, Refusal> {
    match act {
        Act::Open { day, source, resident, protected } => resident::open(*day, source, resident, *protected, today),
        Act::Record { file, episode, day, source, sensitivity, body } => {
            let of = named(known, *file)?;
            not_in_future(*day, today, body)?;
            check(body, *episode, *day, of, today)?;
            if let Body::ToldApart { other, .. } = body {
                joining::check_apart(*file, *other)?;
            }
            let event = NewEvent {
                file: FileRef::Known(*file),
                episode: *episode,
                day: *day,
                source: source.clone(),
                sensitivity: *sensitivity,
                corrects: None,
                body: body.clone(),
            };
            let mut decision = Decision { events: vec![event], ..Decision::default() };
            if let Body::Relation { to, role, until, hidden } = body {
                if to == file {
                    return Err(Refusal::new("この2つは同じ人の台帳です。自分自身とは結べません。"));
                }
                named(known, *to)?;
                let role = resident::reverse_role(role);
                let back = Body::Relation { to: *file, role, until: *until, hidden: *hidden };
                let back = NewEvent::own(FileRef::Known(*to), None, day.lo, back);
                decision.events.push(NewEvent { sensitivity: *sensitivity, ..back });
            }
            Ok(decision)
        }
        Act::NotifyPregnancy { file, day, pregnancy } => {
            pregnancy::notify(*file, *day, pregnancy, named(known, *file)?, today)
        }
        Act::Birth(birth) => birth::decide(birth, known, today),
        Act::Join { files, reason } => {
            limits::check("reason", reason, limits::REASON)?;
            joining::join(*files, reason, [named(known, files[0])?, named(known, files[1])?], today)
        }
        Act::Correct { file, event, day, body } => {
            let of = named(known, *file)?;
            not_in_future(*day, today, body)?;
            correction::correct(*file, *event, *day, body, of, today)
        }
        Act::Withdraw { file, event, reason } => {
            correction::withdraw(*file, *event, reason, named(known, *file)?, today)
        }
        Act::Erase { file, event, reason } => correction::erase(*file, *event, reason, named(known, *file)?, today),
        Act::Reassign { file, day, moves } => handover::reassign(*file, *day, moves, named(known, *file)?, today),
    }
}

/// The rules of each word for what may be recorded. Also asked when a correction replaces a record.
pub(crate) fn check(body: &Body, episode: Option<i32>, day: Span, of: &Known<'_>, today: Day) -> Result<(), Refusal> {
    limits::check_body(body)?;
    marks::check_body(body)?;
    match body {
        Body::Contact(c) | Body::Visit(c) => contact::check(c, day, of, today),
        Body::Service(s) => service::check(s, day, of, today),
        Body::PregnancyEnded { weeks, .. } => pregnancy::check_end(episode, *weeks, day, of),
        Body::PregnancyNotified(p) => pregnancy::check(p, day),
        Body::Closure(c) => contact::check_closure(c),
        Body::Deferred(d) => contact::check_deferred(d, day),
        Body::Sent(_) | Body::Returned(_) => contact::posting::check(body, day, of, today),
        Body::Period { name, until, note } if name == contact::posting::STOP => {
            contact::posting::check_stop(*until, note, day)
        }
        // It is a decision that was made, and its end another one; a stay may be planned.
        Body::Period { name, until: Some(until), .. } if name == YOUTAIKYO && *until > today => {
            Err(Refusal::at("until", "終わった日が今日より後です。決まった日になってから記録してください。"))
        }
        Body::Released { reason } => contact::check_reason(reason),
        Body::Resident(r) => resident::check(r, day),
        Body::MovedOut { .. } | Body::Died => resident::check_gone(body, day, of),
        Body::RulesProposed(_) | Body::RulesDecided(_) | Body::RulesPublished(_) | Body::RulesCarriedOut(_) => {
            publication::check(body, of)
        }
        Body::SheetConfirmed(confirmed) => certify::check(confirmed),
        Body::Assigned(_) | Body::Absent(_) | Body::SourceArrived { .. } | Body::SettingChanged { .. } => {
            office::check(body, day)
        }
        Body::Renamed(renamed) => office::check_name(renamed),
        Body::Period { name, .. } if name == office::CLOSED => office::check_closing(of),
        Body::Staff(said) => {
            office::stands(said, &of.story)?;
            staff::check(said, day)
        }
        Body::HandoverRead(_) | Body::Escalated(_) => handover::check(body, of, today),
        Body::Emergency(_) | Body::EmergencyReviewed(_) => emergency::check(body, of),
        Body::Disclosure(_) | Body::DisclosureExtended(_) | Body::DisclosureAnswered(_) => {
            disclosure::check(body, day, of)
        }
        Body::Inspected(inspected) => inspection::check(inspected),
        Body::Joined(_) | Body::JoinedBy { .. } => {
            Err(Refusal::new("まとめた記録は訂正できません。取り消してから、まとめなおしてください。"))
        }
        Body::Note { text } if text.trim().is_empty() => Err(Refusal::at("note", "内容を入力してください。")),
        _ => Ok(()),
    }
}

pub(crate) fn named<'k, 'a>(known: &'k BTreeMap<i64, Known<'a>>, file: i64) -> Result<&'k Known<'a>, Refusal> {
    known.get(&file).ok_or_else(|| Refusal::new("記録先が見つかりません。画面を開きなおしてください。"))
}

/// What happened cannot lie ahead; states and settings may begin later.
fn not_in_future(day: Span, today: Day, body: &Body) -> Result<(), Refusal> {
    let may_begin_later = matches!(
        body,
        Body::Period { name, .. } if name != YOUTAIKYO
    ) || matches!(
        body,
        Body::MovedOut { .. }
            | Body::Resident(_)
            | Body::Assigned(_)
            | Body::Absent(_)
            | Body::SettingChanged { .. }
            | Body::Staff(_)
            | Body::Relation { .. }
            // Labels are printed for the day they go.
            | Body::Sent(_)
    );
    if day.lo > today && !may_begin_later {
        return Err(Refusal::at("day", "日付が今日より後です。実際に行った日を入力してください。"));
    }
    if day.lo > day.hi {
        return Err(Refusal::at("day", "期間の始まりと終わりが逆です。"));
    }
    Ok(())
}
