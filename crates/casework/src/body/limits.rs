//! How long what people write may be. A field that takes everything is filled by a slip of the clipboard, and what is a
//! page long is read by nobody; a limit that is met is said with the count, and nothing of it is lost.

use alloc::format;

use super::Body;
use crate::{act::Refusal, marks};

/// 理由, ひとこと: read in a table, beside many others.
pub const REASON: usize = 400;
/// 申し送り: half a page of a 引継書.
pub const HANDED: usize = 2_000;
/// 内容: what a long talk needs. Two pages of print.
pub const NOTE: usize = 4_000;
/// One line: whom one spoke with, when to call.
pub const LINE: usize = 200;

/// 秘匿を解除する理由 says something: a slip of a key, 「。」 or 「済」 does not. Five letters are a rule of thumb: 「本人希望」 says
/// what was wished and not why, 「転居で終了」 is about the shortest that says it.
pub const ENDING: usize = 5;

/// # Errors
/// In words, with the count, for the field.
pub fn check(field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    let n = text.chars().count();
    if n <= most {
        return Ok(());
    }
    Err(Refusal::at(field, format!("この欄は{most}字までです。いま{n}字あるので、{}字減らしてください。", n - most)))
}

pub(crate) fn check_body(body: &Body) -> Result<(), Refusal> {
    match body {
        Body::RulesProposed(proposed) => check("reason", &proposed.reason, REASON)?,
        Body::RulesDecided(decided) => check("note", &decided.note, REASON)?,
        _ => {}
    }
    marks::texts(body).into_iter().try_for_each(|(field, text)| {
        let most = match (field, body) {
            // A 秘匿 is a reason, wherever it stands.
            ("note", Body::Protection { .. }) | ("reason", _) => REASON,
            ("note", _) => NOTE,
            _ => LINE,
        };
        check(field, text, most)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use alloc::string::String;

    use super::*;

    #[test]
    fn a_field_takes_what_it_says_and_tells_how_much_is_too_much() {
        let note = |n: usize| Body::Note { text: "あ".repeat(n) };
        assert_eq!(check_body(&note(NOTE)), Ok(()));
        let refused = check_body(&note(10_000)).unwrap_err();
        assert_eq!(refused.field, Some("note"));
        assert_eq!(refused.message, "この欄は4000字までです。いま10000字あるので、6000字減らしてください。");
        let reason = Body::Released { reason: "あ".repeat(REASON + 1) };
        assert_eq!(check_body(&reason).unwrap_err().field, Some("reason"));
        let hidden = Body::Protection { on: true, note: "あ".repeat(REASON + 1), review: None };
        assert_eq!(check_body(&hidden).unwrap_err().field, Some("note"));
        assert_eq!(check_body(&Body::Note { text: String::new() }), Ok(()));
    }
}
