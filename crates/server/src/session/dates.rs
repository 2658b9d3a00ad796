//! What the program understands of a typed date, shown while it is typed.

use rules::wareki;

use crate::platform::Problem;
use crate::platform::web::{Ask, Reply};

/// `GET /dates/echo?text=`: 「令和8年11月24日（火）」, or what could not be read.
pub fn echo(ask: &mut Ask) -> Result<Reply, Problem> {
    let text = ask.query("text").trim();
    if text.is_empty() {
        return Ok(Reply::text(""));
    }
    Ok(Reply::text(match wareki::parse(text, ask.today()) {
        Ok(span) if span.is_exact() => wareki::long(span.lo),
        Ok(span) => wareki::span(span),
        Err(unread) => unread.to_string(),
    }))
}
