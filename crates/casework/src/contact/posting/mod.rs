//! 発送: one letter to many, and what is looked at before it goes (発送前の確認, practice.md §5): loss, move, protection, and
//! what is already in the post.
//!
//! Pure: whoever asks gives the story as far as they may know of it. Whether a letter goes is said by [`findings`] alone, so
//! the page that lists everybody, the transaction that records the posting and the sheet that is printed cannot differ.

use alloc::{format, string::String, vec::Vec};

use rules::{Day, Span};
use serde::{Deserialize, Serialize};

use super::{alive, check_next};
use crate::{
    act::{Known, Refusal},
    body::{Body, Contact, Next, Reached},
    fold::{Entry, Story},
    person::{Gone, Person},
};

/// 発送停止: the state in which no letters go to somebody.
pub const STOP: &str = "letters_stopped";
/// What a posting is: a first invitation, another one, or something that invites to nothing.
pub const KINDS: [&str; 3] = ["invited", "invited_again", "notice"];
/// What is to be done about a returned letter.
pub const FIND_ADDRESS: &str = "address";
/// Whoever is younger gets no letter themselves: it goes to 保護者.
pub const OF_AGE: i32 = 18;

/// A letter that was put in the post on the event's day.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sent {
    /// 「MR第2期 勧奨はがき」
    pub title: String,
    /// What it is about; empty: nothing the rulebook knows.
    pub service: String,
    /// One of [`KINDS`].
    pub code: String,
    /// Its number in its posting.
    pub no: i32,
    /// In an envelope of its own, on no common sheet.
    pub alone: bool,
    /// What was found and decided about before it went ([`Finding::mark`]).
    pub decided: Vec<String>,
    /// Why it went all the same.
    pub reason: String,
}

/// A letter that was not sent, with what was found.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Held {
    pub title: String,
    pub service: String,
    /// [`Finding::mark`] each.
    pub found: Vec<String>,
    /// In the words of whoever decided; empty where nothing was to be decided.
    pub reason: String,
}

/// 返戻: a letter came back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Returned {
    /// The event that sent it; 0: one that is not on file.
    pub sent: i64,
    pub next: Next,
    pub note: String,
}

/// What may keep a letter from going.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    Died,
    Ended,
    MovedOut,
    Released,
    Stopped,
    Done,
    NoAddress,
    Returned,
    InThePost,
    Protected,
    FamilyProtected,
    NoMail,
    Loss,
    Moved,
    TwoHomes,
    Away,
}

impl What {
    pub const ALL: [What; 16] = [
        What::Died,
        What::Ended,
        What::MovedOut,
        What::Released,
        What::Stopped,
        What::Done,
        What::NoAddress,
        What::Returned,
        What::InThePost,
        What::Protected,
        What::FamilyProtected,
        What::NoMail,
        What::Loss,
        What::Moved,
        What::TwoHomes,
        What::Away,
    ];

    /// The code as kept, and what is said.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            What::Died => ("died", "亡くなっています"),
            What::Ended => ("ended", "妊娠終了"),
            What::MovedOut => ("moved_out", "転出しています"),
            What::Released => ("released", "台帳から終結しています"),
            What::Stopped => ("stopped", "発送停止になっています"),
            What::Done => ("done", "もう済んでいるか、対象でなくなっています"),
            What::NoAddress => ("no_address", "住所の記録がありません"),
            What::Returned => ("returned", "返戻のあと、宛先を確かめていません"),
            What::InThePost => ("in_the_post", "同じものを発送ずみです"),
            What::Protected => ("protected", "支援措置・秘匿（送るなら封筒で一通ずつ）"),
            What::FamilyProtected => ("family_protected", "家族に支援措置・秘匿の人がいます（送るなら封筒で一通ずつ）"),
            What::NoMail => ("no_mail", "連絡上の注意で、郵便は「しない」となっています"),
            What::Loss => ("loss", "家族に最近の死亡か妊娠終了の記録があります"),
            What::Moved => ("moved", "最近、住所が変わりました"),
            What::TwoHomes => ("two_homes", "親と世帯が別です"),
            What::Away => ("away", "里帰り中です"),
        }
    }

    pub const fn group(self) -> Group {
        match self {
            What::Died
            | What::Ended
            | What::MovedOut
            | What::Released
            | What::Stopped
            | What::Done
            | What::NoAddress
            | What::Returned
            | What::InThePost => Group::Stop,
            _ => Group::Judge,
        }
    }

    /// Never on a sheet or in a file together with others: only one envelope.
    pub const fn alone(self) -> bool {
        matches!(self, What::Protected | What::FamilyProtected)
    }
}

/// Where somebody stands on the page before the posting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    /// 送らない
    Stop,
    /// 判断が要る
    Judge,
    /// 送る
    Send,
}

/// One thing that was found, with the day it rests on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    pub what: What,
    pub day: Option<Day>,
}

impl Finding {
    /// `moved:20404`: how a finding is told apart from a later one of the same kind.
    pub fn mark(&self) -> String {
        let code = self.what.names().0;
        self.day.map_or_else(|| String::from(code), |day| format!("{code}:{}", day.0))
    }

    pub fn from_mark(mark: &str) -> Option<Finding> {
        let (code, day) = mark.split_once(':').map_or((mark, None), |(code, day)| (code, Some(day)));
        let what = What::ALL.into_iter().find(|what| what.names().0 == code)?;
        Some(Finding { what, day: day.and_then(|day| day.parse().ok()).map(Day) })
    }
}

/// The group of whoever these were found of.
pub fn group(found: &[Finding]) -> Group {
    found.iter().map(|f| f.what.group()).min().unwrap_or(Group::Send)
}

/// What is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    pub title: &'a str,
    pub service: &'a str,
    /// Days within which the same letter is not sent again, an address counts as new, a loss as recent.
    pub again_days: i32,
    pub moved_days: i32,
    pub loss_days: i32,
}

/// A relative as far as the reader may know of them.
#[derive(Clone, Copy, Default, Debug)]
pub struct Kin<'a> {
    pub parent: bool,
    pub protected: bool,
    pub household: &'a str,
    /// Day of death, or of the end of a pregnancy, whichever came last.
    pub lost: Option<Day>,
    pub moved_out: bool,
    /// 里帰り since.
    pub away: Option<Day>,
}

impl<'a> Kin<'a> {
    pub fn read(person: &Person<'a>, story: &Story<'a>, parent: bool, protected: bool, today: Day) -> Kin<'a> {
        let died = person.gone.and_then(|(gone, day, _)| (gone == Gone::Died).then_some(day));
        Kin {
            parent,
            protected,
            household: person.resident.map_or("", |r| r.household.as_str()),
            lost: died.into_iter().chain(person.episodes.iter().filter_map(|e| e.ended).map(|(day, _)| day.hi)).max(),
            moved_out: matches!(person.gone, Some((Gone::MovedOut, ..))),
            away: away(person, story, today),
        }
    }
}

/// Whether a person's place may be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Home {
    Told,
    /// 支援措置・秘匿 of their own.
    Protected,
    /// Of somebody they live with.
    WithProtected,
}

/// Everything that speaks against sending this letter to a person, in order of [`What`]. `own` are letters that do not count
/// as sent before: those of the posting that is looked at. `done` is the day its service was settled, if nothing of it is open.
pub fn findings(
    (story, person): (&Story<'_>, &Person<'_>),
    home: Home,
    family: &[Kin<'_>],
    letter: &Letter<'_>,
    (own, done, today): (&[i64], Option<Day>, Day),
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut put = |what: What, day: Option<Day>| found.push(Finding { what, day });
    match person.gone {
        Some((Gone::Died, day, _)) => put(What::Died, Some(day)),
        Some((Gone::MovedOut, day, _)) if day <= today => put(What::MovedOut, Some(day)),
        _ => {}
    }
    let recent = |day: Day, days: i32| day.plus(days) >= today;
    let last = person.episodes.last().filter(|e| e.delivered.is_none());
    if let Some((day, _)) = last.and_then(|e| e.ended).filter(|(day, _)| recent(day.hi, letter.loss_days)) {
        put(What::Ended, Some(day.hi));
    }
    if let Some((day, _)) = person.released {
        put(What::Released, Some(day));
    }
    if let Some(stop) = stopped(story, today) {
        put(What::Stopped, Some(stop.day.lo));
    }
    if let Some(day) = done {
        put(What::Done, Some(day));
    }
    if home == Home::Told && person.resident.is_none_or(|r| r.address.trim().is_empty()) {
        put(What::NoAddress, None);
    }
    if let Some(day) = returned(story) {
        put(What::Returned, Some(day));
    }
    if let Some(day) = in_the_post(story, letter, own, today) {
        put(What::InThePost, Some(day));
    }
    if home == Home::Protected {
        put(What::Protected, None);
    } else if home == Home::WithProtected || family.iter().any(|k| k.protected) {
        put(What::FamilyProtected, None);
    }
    if person.caution.is_some_and(|c| c.mail == Some(false)) {
        put(What::NoMail, None);
    }
    if let Some(day) = family.iter().filter_map(|k| k.lost).filter(|day| recent(*day, letter.loss_days)).max() {
        put(What::Loss, Some(day));
    }
    if let Some(day) = moved(story).filter(|day| recent(*day, letter.moved_days)) {
        put(What::Moved, Some(day));
    }
    let own_home = person.resident.map_or("", |r| r.household.as_str());
    let child = person.birth.is_some_and(|(birth, _)| rules::counting::age(birth.hi, today).0 < OF_AGE);
    let elsewhere =
        |k: &Kin<'_>| k.moved_out || (!k.household.is_empty() && !own_home.is_empty() && k.household != own_home);
    if child && family.iter().any(|k| k.parent && elsewhere(k)) {
        put(What::TwoHomes, None);
    }
    let parents = family.iter().filter(|k| child && k.parent).filter_map(|k| k.away);
    if let Some(day) = away(person, story, today).into_iter().chain(parents).max() {
        put(What::Away, Some(day));
    }
    found
}

/// 発送停止 that holds on a day.
pub fn stopped<'s, 'a>(story: &'s Story<'a>, day: Day) -> Option<&'s Entry<'a>> {
    story.entries.iter().rev().find(|e| match e.body {
        Body::Period { name, until, .. } => name == STOP && e.day.lo <= day && until.is_none_or(|until| until >= day),
        _ => false,
    })
}

/// The letters that went out about a person.
pub fn letters<'s, 'a>(story: &'s Story<'a>) -> impl DoubleEndedIterator<Item = (&'s Entry<'a>, &'a Sent)> {
    story.entries.iter().filter_map(|e| match e.body {
        Body::Sent(sent) => Some((e, sent)),
        _ => None,
    })
}

/// Whether a letter came back: then it invited nobody.
pub fn came_back(story: &Story<'_>, sent: i64) -> bool {
    story.entries.iter().any(|e| matches!(e.body, Body::Returned(r) if r.sent == sent))
}

fn in_the_post(story: &Story<'_>, letter: &Letter<'_>, own: &[i64], today: Day) -> Option<Day> {
    let same = |sent: &Sent| sent.title == letter.title || (!sent.service.is_empty() && sent.service == letter.service);
    let before = letters(story).filter(|(e, sent)| !own.contains(&e.root) && same(sent));
    before.map(|(e, _)| e.day.hi).filter(|day| day.plus(letter.again_days) >= today).max()
}

/// The day a letter came back after which nobody was reached and no other address became known.
fn returned(story: &Story<'_>) -> Option<Day> {
    let back = story.entries.iter().filter(|e| matches!(e.body, Body::Returned(_))).max_by_key(|e| e.recorded_at)?;
    let address = |e: &&Entry<'_>| match e.body {
        Body::Resident(r) => Some(r.address.clone()),
        _ => None,
    };
    let known =
        story.entries.iter().filter(|e| e.recorded_at <= back.recorded_at).filter_map(|e| address(&e)).next_back();
    let mends = |e: &Entry<'_>| match e.body {
        Body::Resident(r) => known.as_ref() != Some(&r.address),
        Body::Contact(Contact { result: Reached::Reached, .. })
        | Body::Visit(Contact { result: Reached::Reached, .. }) => true,
        _ => false,
    };
    let mended = story.entries.iter().any(|e| e.recorded_at > back.recorded_at && mends(e));
    (!mended).then_some(back.day.hi)
}

/// The last day on which the register named another address than before, or the person moved in.
fn moved(story: &Story<'_>) -> Option<Day> {
    let (mut before, mut last) = ("", None);
    for entry in &story.entries {
        let Body::Resident(r) = entry.body else { continue };
        if r.cause == "moved_in" || (!before.is_empty() && !r.address.is_empty() && r.address != before) {
            last = Some(entry.day.hi);
        }
        if !r.address.is_empty() {
            before = &r.address;
        }
    }
    last
}

fn away(person: &Person<'_>, story: &Story<'_>, today: Day) -> Option<Day> {
    let holds = |from: Day, until: Option<Day>| (from <= today && until.is_none_or(|u| u >= today)).then_some(from);
    let notice = person.episodes.iter().rev().find(|e| e.is_open()).and_then(|e| e.notice.satogaeri.as_ref());
    let period = story.entries.iter().filter_map(|e| match e.body {
        Body::Period { name, until, .. } if name == "satogaeri" => holds(e.day.lo, *until),
        _ => None,
    });
    notice.and_then(|stay| holds(stay.from, stay.until)).into_iter().chain(period).max()
}

/// Posting days lie close by: labels are printed for them.
const AHEAD_DAYS: i32 = 14;
const BACK_DAYS: i32 = 7;

/// What a posting is called, and when it goes.
///
/// # Errors
/// In words, for the field.
pub fn check_letter(title: &str, kind: &str, day: Day, today: Day) -> Result<(), Refusal> {
    if title.trim().is_empty() || title.chars().count() > 60 {
        return Err(Refusal::at("title", "何を送るかを、60字までで入力してください（例 MR第2期 勧奨はがき）。"));
    }
    if !KINDS.contains(&kind) {
        return Err(Refusal::at("kind", "種類を選んでください。"));
    }
    if day > today.plus(AHEAD_DAYS) || day < today.plus(-BACK_DAYS) {
        return Err(Refusal::at("day", "発送日は、7日前から14日先までの一日を入れてください。"));
    }
    Ok(())
}

pub(crate) fn check(body: &Body, day: Span, of: &Known<'_>, today: Day) -> Result<(), Refusal> {
    match body {
        Body::Sent(sent) => {
            check_letter(&sent.title, &sent.code, day.hi, today)?;
            alive(day, of)
        }
        Body::Returned(returned) => {
            let named = returned.sent == 0 || letters(&of.story).any(|(e, _)| e.root == returned.sent);
            if !named {
                return Err(Refusal::new("その郵便の記録がありません。画面を開きなおしてください。"));
            }
            let twice = of.story.entries.iter().any(|e| match e.body {
                Body::Returned(before) => before.sent > 0 && before.sent == returned.sent,
                _ => false,
            });
            if twice {
                return Err(Refusal::new("その郵便の返戻は、もう記録されています。"));
            }
            check_next(&returned.next, day, today)
        }
        _ => Ok(()),
    }
}

/// 発送停止 says why and ends after it began.
pub(crate) fn check_stop(until: Option<Day>, note: &str, day: Span) -> Result<(), Refusal> {
    if note.trim().is_empty() {
        return Err(Refusal::at("note", "理由を入力してください。"));
    }
    if until.is_some_and(|until| until < day.lo) {
        return Err(Refusal::at("until", "終わりの日が、始まりより前になっています。"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
