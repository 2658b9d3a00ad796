//! 連絡・訪問 (contact, visit) and decisions about duties (終結・対象外).

pub mod posting;
mod time;

use alloc::{format, string::String};

use rules::{Day, Span, wareki};

pub use self::time::Time;

use crate::{
    act::{Known, Refusal},
    body::{Closure, Contact, Deferred, Next, Reached, Seen},
    disclosure, protection,
};

const MEANS: [&str; 5] = ["phone", "face", "letter", "online", "visit"];
const SEEN_HOW: [&str; 4] = ["seen", "glimpsed", "voice", "told"];

pub(crate) fn check(contact: &Contact, day: Span, of: &Known<'_>, today: Day) -> Result<(), Refusal> {
    if !MEANS.contains(&contact.means.as_str()) {
        return Err(Refusal::at("means", "連絡の方法を選んでください。"));
    }
    if contact.time.is_some_and(|time| !time.is_real()) {
        return Err(Refusal::at("time", "時刻は0:00から23:59までで入力してください。"));
    }
    if let Some(next) = &contact.next {
        check_next(next, day, today)?;
    } else if contact.about.is_some() && contact.result != Reached::Reached {
        // An attempt that reached nobody always has a dated next step: otherwise the thread ends here.
        return Err(Refusal::at("next_on", "つながらなかったときは、次の対応の日を入れてください。"));
    }
    if let Some(seen) = &contact.seen {
        if contact.result != Reached::Reached {
            return Err(Refusal::at(
                "seen",
                "会えなかった・つながらなかった記録に目視は付けられません。「確認していない」を選び、見聞きしたことは内容に書いてください。",
            ));
        }
        if !SEEN_HOW.contains(&seen.how.as_str()) {
            return Err(Refusal::at("seen", "目視の確かさを選んでください。"));
        }
        check_sight(&contact.means, seen)?;
    }
    alive(day, of)
}

/// 目視 closes the question whether a child is safe: what a means cannot show is not recorded as seen. What somebody else
/// saw may be told by any means, and a picture shows less than a room.
fn check_sight(means: &str, seen: &Seen) -> Result<(), Refusal> {
    if !matches!(seen.by.as_str(), "" | "self" | "colleague") {
        return Ok(());
    }
    let said = match (means, seen.how.as_str()) {
        ("phone", "seen" | "glimpsed") => {
            "電話では、自分や同行者が見たことになりません。「声を聞いた」か「聞いただけ」を選ぶか、見た人（園・家族など）を選んでください。"
        }
        ("letter", "seen" | "glimpsed" | "voice") => {
            "手紙では、自分や同行者が見聞きしたことになりません。「聞いただけ」を選ぶか、見た人（園・家族など）を選んでください。"
        }
        ("online", "seen") => {
            "画面ごしに見たときは「ちらりと見た」を選んでください。「直接見た」は、その場で見たときだけです。"
        }
        _ => return Ok(()),
    };
    Err(Refusal::at("seen", said))
}

pub(crate) fn check_next(next: &Next, day: Span, _today: Day) -> Result<(), Refusal> {
    if next.on < day.hi {
        return Err(Refusal::at("next_on", "次の対応の日が、記録の日より前になっています。"));
    }
    if next.on > day.hi.plus(366 * 2) {
        return Err(Refusal::at(
            "next_on",
            format!("次の対応の日「{}」は2年より先です。日付を確かめてください。", wareki::short(next.on)),
        ));
    }
    Ok(())
}

/// Nothing is done for somebody after the day of their death, except what looks back.
pub(crate) fn alive(day: Span, of: &Known<'_>) -> Result<(), Refusal> {
    match of.person.gone {
        Some((crate::person::Gone::Died, died, _)) if day.lo > died => {
            Err(Refusal::at("day", "亡くなった日より後の記録です。日付を確かめてください。"))
        }
        _ => Ok(()),
    }
}

const CLOSURES: [&str; 6] = ["not_applicable", "ended", "already_done", "declined", "decided", "before"];

pub(crate) fn check_closure(closure: &Closure) -> Result<(), Refusal> {
    own_end(&closure.key)?;
    if !CLOSURES.contains(&closure.how.as_str()) {
        return Err(Refusal::at("how", "終結・対象外の種類を選んでください。"));
    }
    check_reason(&closure.reason)
}

/// What ends by a decision of its own is neither closed nor put off as a line.
fn own_end(key: &str) -> Result<(), Refusal> {
    if key.starts_with(disclosure::REPLY) {
        return Err(Refusal::new("開示請求への回答は、決定を記録すると終わります。"));
    }
    if key.starts_with(protection::REVIEW) {
        return Err(Refusal::new("秘匿の見直しは、続けるか解除するかを記録すると終わります。"));
    }
    Ok(())
}

pub(crate) fn check_deferred(deferred: &Deferred, day: Span) -> Result<(), Refusal> {
    own_end(&deferred.key)?;
    if deferred.reason.trim().is_empty() {
        return Err(Refusal::at("reason", "理由を入力してください。理由のない持ち越しはできません。"));
    }
    check_next(&Next { on: deferred.on, what: String::new() }, day, day.hi)
}

pub(crate) fn check_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::at("reason", "理由を入力してください。理由のない終結はできません。"));
    }
    Ok(())
}
