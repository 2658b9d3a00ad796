//! Where an act lies with respect to the windows of its rule.

use super::{last_day, longer, turn::Turn, windows};
use alloc::vec::Vec;

use crate::{
    Act, Day, Facts,
    bound::{self, Origin},
    compiled::{Once, Rule},
    evaluate::settles,
    parts::extension,
};

/// Where an act lies with respect to the windows.
pub(super) enum Place {
    Inside,
    /// The rule before it is not done, and to be shown.
    BeforeTurn,
    /// Before the first day, which is named, and to be shown.
    Early(Day),
    /// After the last day, which is named, and to be shown.
    Late(Day),
    /// After the last day, or between windows: another service's act (MR 第2期), or none of the programme.
    Outside,
}

/// Where an act lies. An imprecise day counts as inside if any day of its span could have been.
pub(super) fn place(rule: &Rule, once: &Once, act: &Act<'_>, facts: &Facts<'_>, turn: Turn) -> Place {
    if !once.only_within {
        return Place::Inside;
    }
    if turn == Turn::Waits {
        return if once.flag_early { Place::BeforeTurn } else { Place::Outside };
    }
    let mut origin = Origin::of(facts);
    let (mut first, mut end, mut flags) = (None, None, once.flag_early);
    for window in windows(once, facts) {
        if window.after_acts > 0 {
            let (count, last) = before(rule, facts, Some(act));
            origin.previous = last.map(|day| (day, count));
            if count < window.after_acts {
                continue;
            }
            flags = true;
        }
        let Some(from) = bound::latest(&window.from, &origin).map(|from| turn.not_before(from)) else {
            continue;
        };
        let to = last_day(window, &origin);
        if from <= act.day.hi && to.is_none_or(|to| act.day.lo <= to) {
            return Place::Inside;
        }
        first = Some(first.map_or(from, |f: Day| f.min(from)));
        end = end.max(to);
    }
    let begins = |l: &extension::Longer<'_>| l.from.map(|from| turn.not_before(from)).or(first);
    let within = |l: &extension::Longer<'_>| begins(l).is_none_or(|f| f <= act.day.hi) && act.day.lo <= l.to;
    match first {
        Some(from) if act.day.hi < from && flags => Place::Early(from),
        Some(from) if act.day.hi < from => Place::Outside,
        Some(_) if longer(rule, once, facts).iter().any(within) => Place::Inside,
        Some(_) if once.flag_late && end < Some(act.day.lo) => end.map_or(Place::Outside, Place::Late),
        _ => Place::Outside,
    }
}

/// How many acts of the rule lie before one (or in all), and the last of them. One day is one act, however often recorded.
pub(super) fn before(rule: &Rule, facts: &Facts<'_>, act: Option<&Act<'_>>) -> (u8, Option<Day>) {
    let origin = Origin::of(facts);
    let earlier = |a: &&Act<'_>| act.is_none_or(|act| (a.day.lo, a.event) < (act.day.lo, act.event));
    let of_rule = facts.acts.iter().filter(|a| settles(rule, a, &origin)).filter(earlier);
    let mut days: Vec<Day> = of_rule.map(|a| a.day.hi).collect();
    days.sort_unstable();
    days.dedup();
    (u8::try_from(days.len()).unwrap_or(u8::MAX), days.last().copied())
}
