//! 妊娠届 and the end of a pregnancy. The unit of work is the episode: one pregnancy, not the woman.

use alloc::{format, vec};

use rules::{Day, Span, wareki};

use crate::{
    act::{Decision, Known, Refusal},
    body::{Body, Pregnancy},
    contact,
    event::{FileRef, NewEvent},
};

/// 0w0d = EDD − 280 days (schedule-facts §4.1).
pub const TERM_DAYS: i32 = 280;

pub(crate) fn check(pregnancy: &Pregnancy, day: Span) -> Result<(), Refusal> {
    let (edd, notified) = (pregnancy.edd, day.hi);
    // 分娩後の届出 exists: EDD may lie somewhat behind, and a pregnancy is not known before its first weeks.
    if edd < notified.plus(-60) || edd > notified.plus(TERM_DAYS) {
        return Err(Refusal::at(
            "edd",
            format!("分娩予定日「{}」は、届出の日から見てありえない日付です。", wareki::short(edd)),
        ));
    }
    if pregnancy.fetuses == 0 || pregnancy.fetuses > 6 {
        return Err(Refusal::at("fetuses", "胎児の数は1から6までで入力してください。"));
    }
    if let Some(stay) = &pregnancy.satogaeri
        && stay.until.is_some_and(|u| u < stay.from)
    {
        return Err(Refusal::at("satogaeri_until", "里帰りの終わりが始まりより前になっています。"));
    }
    if let Some(next) = &pregnancy.next {
        contact::check_next(next, day, day.hi)?;
    }
    Ok(())
}

pub(crate) fn notify(
    file: i64,
    day: Day,
    pregnancy: &Pregnancy,
    of: &Known<'_>,
    today: Day,
) -> Result<Decision, Refusal> {
    if day > today {
        return Err(Refusal::at("day", "届出の日が今日より後です。"));
    }
    check(pregnancy, Span::on(day))?;
    if let Some(open) = of.person.episodes.iter().find(|e| e.is_open()) {
        // The same pregnancy twice is the commonest double entry: a correction is what is meant.
        let near = open.notice.edd.since(pregnancy.edd).abs() < TERM_DAYS - 60;
        if near {
            return Err(Refusal::at(
                "edd",
                format!(
                    "この方には分娩予定日{}の妊娠届があります。予定日が変わったときは、その記録を訂正してください。",
                    wareki::short(open.notice.edd)
                ),
            ));
        }
    }
    contact::alive(Span::on(day), of)?;
    // Counted over all that was ever recorded, so that a number is never used twice.
    let episode = of.events.iter().filter_map(|e| e.episode).max().unwrap_or(0) + 1;
    let body = Body::PregnancyNotified(pregnancy.clone());
    Ok(Decision { events: vec![NewEvent::own(FileRef::Known(file), Some(episode), day, body)], ..Decision::default() })
}

/// A loss: weeks if known. From 12 weeks it is a 死産, reported by 死産届.
pub(crate) fn check_end(episode: Option<i32>, weeks: Option<u8>, day: Span, of: &Known<'_>) -> Result<(), Refusal> {
    let Some(found) = of.person.episodes.iter().find(|e| Some(e.no) == episode) else {
        return Err(Refusal::new("どの妊娠の記録か分かりません。妊娠届のある方の画面から記録してください。"));
    };
    if !found.is_open() {
        return Err(Refusal::new("この妊娠は、すでに出産または妊娠終了として記録されています。"));
    }
    if weeks.is_some_and(|w| w > 43) {
        return Err(Refusal::at("weeks", "週数を確かめてください。"));
    }
    if day.lo > found.notice.edd.plus(60) {
        return Err(Refusal::at("day", "分娩予定日から大きく離れています。日付を確かめてください。"));
    }
    Ok(())
}
