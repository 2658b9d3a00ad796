//! The sentences of what is done once: why its window is open, until when, what would change it, and why an act was not
//! counted.

use alloc::{format, string::String, vec::Vec};

use super::{Deadline, turn::Prior};
use crate::{
    Act, Day, Phase,
    bound::{self, Origin},
    compiled::{Once, Rule, Window},
    evaluate::closing,
    wareki,
};

/// The reason, most telling first: the window with its arithmetic, the standard period, the working deadline and why it
/// is that day, who is told when; then what settles it and the law.
pub(super) fn because(
    rule: &Rule,
    window: &Window,
    origin: &Origin<'_>,
    phase: &Phase,
    target: Option<&Deadline<'_>>,
) -> Vec<String> {
    let mut out = Vec::new();
    let named = bound::deciding(&window.from, origin).filter(|b| b.day(origin) == phase.legal_from);
    let from = named.and_then(|b| b.explain(origin)).or(phase.legal_from.map(wareki::date)).unwrap_or_default();
    let to = match (phase.legal_to, window.to.iter().min_by_key(|b| b.day(origin).map_or(i32::MAX, |d| d.0))) {
        (Some(last), Some(b)) if b.day(origin) == Some(last) => b.explain(origin),
        (Some(last), _) => Some(wareki::date(last)),
        _ => None,
    };
    match to {
        Some(to) => out.push(format!("{from}から{to}まで（{}）。", rule.basis)),
        None => out.push(format!("{from}から（{}、終わりの定めはありません）。", rule.basis)),
    }
    match (phase.standard_from, phase.standard_to) {
        (Some(a), Some(b)) => out.push(format!("標準的な時期は{}から{}まで。", wareki::date(a), wareki::date(b))),
        (None, Some(b)) => out.push(format!("標準的な時期は{}まで。", wareki::date(b))),
        (Some(a), None) => out.push(format!("標準的な時期は{}から。", wareki::date(a))),
        (None, None) => {}
    }
    if let Some(day) = phase.target {
        let why = target.and_then(|t| t.target.because.as_deref()).map(|w| format!("（{w}）")).unwrap_or_default();
        out.push(format!("対応の期限は{}{why}。", wareki::date(day)));
        out.extend(target.and_then(|t| t.kin).map(|(test, day, _)| test.sentence(day)));
    }
    if let Some(day) = phase.escalates_on {
        out.push(format!("{}までに済まなければ上司に知らせます。", wareki::date(day.plus(-1))));
    }
    closing(rule, &mut out);
    out
}

/// Why the later window is open, and until when.
pub(super) fn longer_sentence(rule: &Rule, because: &str, phase: &Phase) -> String {
    let day = |d: Option<Day>| d.map(wareki::date).unwrap_or_default();
    format!("{because}のため、{}から{}まで（{}）。", day(phase.legal_from), day(phase.legal_to), rule.basis)
}

/// Why the window begins when it does, where it comes after another rule.
pub(super) fn turn_reason(once: &Once, prior: Prior<'_>) -> String {
    let (title, days) = (&prior.rule.title, once.after.as_ref().map_or(0, |a| a.days));
    match prior.done {
        Some(on) => {
            format!("「{title}」が済んだ{}から{days}日後の{}以降。", wareki::date(on), wareki::date(on.plus(days)))
        }
        None => format!("「{title}」が済んでから{days}日後以降。まだ済んでいないため始まりません。"),
    }
}

/// 予防接種 given too early: flagged, never silently counted, and not judged by the program.
pub(super) fn early_sentence(rule: &Rule, act: &Act<'_>, from: Day) -> String {
    format!(
        "{}の「{}」は、対象となる{}より前のため数えていません。扱いは医師・市町村が判断します。",
        wareki::span(act.day),
        rule.title,
        wareki::date(from)
    )
}

/// After the last day: the family paid for it themselves.
pub(super) fn late_sentence(rule: &Rule, act: &Act<'_>, to: Day) -> String {
    format!(
        "{}の「{}」は、{}の最後の日（{}）を過ぎているため数えていません。",
        wareki::span(act.day),
        rule.title,
        rule.basis,
        wareki::date(to)
    )
}

/// Done before its turn: flagged, never silently counted.
pub(super) fn turn_sentence(rule: &Rule, act: &Act<'_>, prior: Option<Prior<'_>>) -> String {
    let title = prior.map_or("", |p| p.rule.title.as_str());
    format!(
        "{}の「{}」は、先の「{title}」が済んでいないため数えていません。扱いは医師・市町村が判断します。",
        wareki::span(act.day),
        rule.title,
    )
}
