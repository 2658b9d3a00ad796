//! まとめる: two files of one keeper that are about the same person are read as one, and 別の人: two that are not.
//!
//! Nothing moves. `joined` stands in the file that is read with another (the absorbed one), `joined_by` in the one it is read with;
//! taking the join back takes both back, and each file says again what it said before.

use alloc::{format, string::String, vec, vec::Vec};

use rules::Day;
use serde::{Deserialize, Serialize};

use crate::{
    act::{Decision, Known, Refusal},
    body::Body,
    event::{Event, FileRef, NewEvent},
    person::{Episode, Gone, Person},
    pregnancy::TERM_DAYS,
};

/// Two notices of pregnancy are one pregnancy if their expected days lie nearer than this.
const SAME_PREGNANCY_DAYS: i32 = TERM_DAYS - 60;

/// One file is read with another.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Joined {
    /// The file it is read with.
    pub other: i64,
    /// Under which number each of its episodes is read there, for numbers may clash.
    pub episodes: Vec<(i32, i32)>,
    /// Its 宛名番号 until then, for rows of the register that still carry it; empty for 仮登録.
    pub number: String,
    pub reason: String,
}

/// Joins two files. Which of them the other is read with follows from what they say, not from who was named first.
///
/// # Errors
/// A refusal, if they cannot be the same person or are one already.
pub fn join(files: [i64; 2], reason: &str, of: [&Known<'_>; 2], today: Day) -> Result<Decision, Refusal> {
    check(files, of)?;
    let first = survives(&of[0].person, &of[1].person, files[0] < files[1]);
    let (keep, add) = if first { (0, 1) } else { (1, 0) };
    let episodes = renumbered(of[add], of[keep]);
    let number = of[add].person.resident.map(|r| r.number.clone()).unwrap_or_default();
    let joined = Joined { other: files[keep], episodes, number, reason: String::from(reason.trim()) };
    let by = Body::JoinedBy { other: files[add], reason: joined.reason.clone() };
    let events = vec![
        NewEvent::own(FileRef::Known(files[add]), None, today, Body::Joined(joined)),
        NewEvent::own(FileRef::Known(files[keep]), None, today, by),
    ];
    Ok(Decision { events, ..Decision::default() })
}

fn check(files: [i64; 2], of: [&Known<'_>; 2]) -> Result<(), Refusal> {
    if files[0] == files[1] {
        return Err(Refusal::new("この2つは同じ台帳です。すでにまとめられています。"));
    }
    if of.iter().any(|k| k.story.entries.is_empty()) {
        return Err(Refusal::new("記録の残っていない台帳はまとめられません。"));
    }
    let keeper = |k: &Known<'_>| k.events.first().map(|e| e.keeper);
    if keeper(of[0]) != keeper(of[1]) {
        return Err(Refusal::new("実施機関の違う台帳はまとめられません。情報提供として伝えてください。"));
    }
    let on_register = |k: &Known<'_>| {
        k.person.gone.is_none() && k.person.resident.is_some_and(|r| !r.number.is_empty() && !r.outside_register)
    };
    if of.iter().all(|k| on_register(k)) {
        return Err(Refusal::new(
            "どちらも住民記録に、別の宛名番号で載っている方です。住民記録の担当に確かめてください。",
        ));
    }
    if let [Some(mother), _] | [_, Some(mother)] = [0, 1].map(|n| parent_of(of[n], files[1 - n])) {
        return Err(Refusal::new(format!("この2つの台帳は{mother}として結ばれています。同じ人ではありません。")));
    }
    Ok(())
}

/// A mother is not her child.
fn parent_of(of: &Known<'_>, other: i64) -> Option<&'static str> {
    let related = of.person.relations.iter().find(|r| r.to == other)?;
    matches!(related.role, "mother" | "father" | "parent" | "child").then_some("親子")
}

/// The file of somebody on the register keeps the other; of two alike, the elder.
fn survives(one: &Person<'_>, other: &Person<'_>, elder: bool) -> bool {
    let rank = |p: &Person<'_>| {
        let numbered = p.resident.is_some_and(|r| !r.number.is_empty());
        (numbered && !matches!(p.gone, Some((Gone::MovedOut, ..))), numbered)
    };
    match rank(one).cmp(&rank(other)) {
        core::cmp::Ordering::Equal => elder,
        order => order.is_gt(),
    }
}

/// Which number each episode of the absorbed file has beside those of the other: the same one for the same pregnancy, else a new one.
fn renumbered(add: &Known<'_>, keep: &Known<'_>) -> Vec<(i32, i32)> {
    let mut own: Vec<i32> = add.events.iter().filter_map(|e| e.episode).collect();
    own.sort_unstable();
    own.dedup();
    let mut next = keep.events.iter().filter_map(|e| e.episode).max().unwrap_or(0);
    let mut taken: Vec<i32> = Vec::new();
    own.into_iter()
        .map(|no| {
            let episode = add.person.episodes.iter().find(|e| e.no == no);
            let same = |other: &&Episode<'_>| episode.is_some_and(|e| same_pregnancy(e, other));
            let there = keep.person.episodes.iter().filter(|e| !taken.contains(&e.no)).find(same);
            let to = there.map_or_else(
                || {
                    next += 1;
                    next
                },
                |e| e.no,
            );
            taken.push(to);
            (no, to)
        })
        .collect()
}

fn same_pregnancy(one: &Episode<'_>, other: &Episode<'_>) -> bool {
    one.notice.edd.since(other.notice.edd).abs() < SAME_PREGNANCY_DAYS
}

/// Takes back both halves of a join.
pub(crate) fn parted<'k>(first: &'k Event, of: &'k Known<'_>) -> Option<&'k Event> {
    let (other, absorbed) = match &first.body {
        Some(Body::Joined(joined)) => (joined.other, true),
        Some(Body::JoinedBy { other, .. }) => (*other, false),
        _ => return None,
    };
    let stands = |e: &&Event| of.story.entries.iter().any(|entry| entry.root == e.id);
    let half = |e: &&Event| match &e.body {
        Some(Body::Joined(joined)) => !absorbed && joined.other == first.file && e.file == other,
        Some(Body::JoinedBy { other: back, .. }) => absorbed && *back == first.file && e.file == other,
        _ => false,
    };
    of.events.iter().filter(half).find(stands)
}

/// 「別の人」: remembered, so that the two are not proposed again.
pub(crate) fn check_apart(file: i64, other: i64) -> Result<(), Refusal> {
    if file == other {
        return Err(Refusal::new("同じ台帳を別の人とすることはできません。"));
    }
    Ok(())
}
