//! The sentences of a series: why the next injection is due, until when, what would change it, and why one was not counted.
//!
//! Plain words for a nurse on the phone with a mother: numbers of injections as in the 母子健康手帳, dates in the era.

use alloc::{format, string::String, vec::Vec};

use crate::{
    Act, Day, Phase,
    bound::{self, Bound, Origin},
    compiled::{Dose, Rule, Series, Start},
    evaluate::closing,
    wareki, words,
};

/// Why an injection of the schedule is not given any more.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drop<'d> {
    /// Already before the last one given.
    Earlier,
    /// An earlier injection came after this limit.
    Late(&'d Bound),
    /// Not given by its last day.
    Missed(&'d Bound),
    /// Given from now on, this one would drop a later one.
    WillBeLate(&'d Bound),
}

/// 「初回接種」「追加接種」.
fn kind(kind: &str) -> &str {
    words::KINDS.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, japanese)| japanese)
}

/// The standard period is a recommendation (実施要領), not a limit: past it, the injection is still 定期接種.
fn standard(phase: &Phase, out: &mut Vec<String>) {
    match (phase.standard_from, phase.standard_to) {
        (Some(a), Some(b)) => out.push(format!("標準的な時期は{}から{}まで。", wareki::date(a), wareki::date(b))),
        (None, Some(b)) => {
            out.push(format!("標準的な時期は{}までで、すでに過ぎた時期からの接種になります。", wareki::date(b)))
        }
        (Some(a), None) => out.push(format!("標準的な時期は{}から。", wareki::date(a))),
        (None, None) => {}
    }
}

/// 「全4回」, as far as the phase knows it.
fn total(phase: &Phase) -> String {
    phase.total.map(|n| format!("全{n}回")).unwrap_or_default()
}

/// 「全4回（初回3回・追加1回）」 of a whole schedule; without the bracket where there is no booster.
fn whole(start: &Start) -> String {
    let boosters = start.doses.iter().filter(|d| d.kind == "booster").count();
    let all = start.doses.iter().filter(|d| d.needed_if.is_none()).count();
    if boosters == 0 {
        format!("全{all}回")
    } else {
        format!("全{all}回（初回{}回・追加{boosters}回）", all - boosters)
    }
}

/// Nothing given yet: how many injections a start now would mean, and when that changes.
pub(crate) fn first(rule: &Rule, series: &Series, start: &Start, phase: &Phase, origin: &Origin<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let from = series.from.explain(origin).unwrap_or_default();
    match series.to.as_ref().and_then(|b| b.explain(origin)) {
        Some(to) => out.push(format!("{from}から{to}まで（{}）。", rule.basis)),
        None => out.push(format!("{from}から（{}、終わりの定めはありません）。", rule.basis)),
    }
    standard(phase, &mut out);
    if !series.total_after_first {
        out.push(format!("{}は{}です。", start.label, whole(start)));
    }
    if let Some(until) = start.first_until.as_ref().and_then(|b| b.explain(origin)) {
        out.push(format!("1回目が{until}を過ぎると、回数が変わります。"));
    }
    closing(rule, &mut out);
    out
}

/// The next injection after those given.
pub(crate) fn next(
    rule: &Rule,
    (dose, intervals): (&Dose, &[Bound]),
    phase: &Phase,
    origin: &Origin<'_>,
    number: usize,
    drop: Option<Drop<'_>>,
) -> Vec<String> {
    let mut out = Vec::new();
    let from = bound::deciding(intervals, origin).and_then(|b| b.explain(origin)).unwrap_or_default();
    out.push(format!("次は{from}から（{number}回目・{}、{}）。", kind(&dose.kind), total(phase)));
    if let Some(to) = phase.legal_to {
        out.push(format!("{}まで（{}）。", wareki::date(to), rule.basis));
    }
    match drop {
        Some(Drop::Late(limit)) => {
            let limit = limit.explain(origin).unwrap_or_default();
            out.push(format!("前の接種が{limit}を過ぎていたため、残りの初回接種は行いません。"));
        }
        Some(Drop::Missed(limit)) => {
            let limit = limit.explain(origin).unwrap_or_default();
            out.push(format!("{limit}までに済まない初回接種は行わず、{}に進みます。", kind(&dose.kind)));
        }
        Some(Drop::WillBeLate(limit)) => {
            let limit = limit.explain(origin).unwrap_or_default();
            out.push(format!("{limit}を過ぎて行うため、その次の初回接種は行いません。"));
        }
        Some(Drop::Earlier) | None => {}
    }
    standard(phase, &mut out);
    if let Some(end) = dose.dropped_after.as_ref().and_then(|b| b.explain(origin)) {
        out.push(format!("{end}を過ぎると、この回は行わず次の段階に進みます。"));
    }
    closing(rule, &mut out);
    out
}

/// Why a later window is open, and until when.
pub(crate) fn longer(rule: &Rule, because: &str, phase: &Phase) -> String {
    let day = |d: Option<Day>| d.map(wareki::date).unwrap_or_default();
    format!("{because}のため、{}から{}まで（{}）。", day(phase.legal_from), day(phase.legal_to), rule.basis)
}

/// Too early: not counted, not judged.
pub(crate) fn early(rule: &Rule, act: &Act<'_>, number: usize, from: Day) -> String {
    format!(
        "{}の「{}」は、{number}回目として数えられる{}より前のため数えていません。扱いは医師・市町村が判断します。",
        wareki::span(act.day),
        rule.title,
        wareki::date(from)
    )
}

/// After the last day: the family paid for it themselves.
pub(crate) fn late(rule: &Rule, act: &Act<'_>, to: Day) -> String {
    format!(
        "{}の「{}」は、{}の最後の日（{}）を過ぎているため数えていません。",
        wareki::span(act.day),
        rule.title,
        rule.basis,
        wareki::date(to)
    )
}

/// More than the schedule asks for.
pub(crate) fn surplus(rule: &Rule, act: &Act<'_>) -> String {
    format!("{}の「{}」は、必要な回数を終えたあとの接種です。", wareki::span(act.day), rule.title)
}
