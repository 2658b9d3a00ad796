//! `POST /api/forecast`: the same lines as the verb `tsumugi forecast`, for whoever is signed in. Nobody's record is read
//! and nothing of what is sent is kept or logged.

use paperwork::forecast::Forecast;

use crate::platform::web::{Ask, Reply};
use crate::platform::{Fault, Problem, rulebook};

/// Lines of one request: an answer is a hundred times as long as its question.
const LINES_MAX: usize = 1_000;

/// JSON lines (`application/x-ndjson`) in, one answer for each out, in order. `?municipality=CODE` uses that town's rules.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let lines = std::mem::take(&mut ask.sent.lines);
    if lines.trim_ascii().is_empty() {
        let message = "1行に1つのJSONを、application/x-ndjson として送ってください。";
        return Err(Problem::refused("body", message));
    }
    if lines.trim_ascii_end().iter().filter(|b| **b == b'\n').count() >= LINES_MAX {
        let message =
            format!("一度に送れるのは{LINES_MAX}行までです。それより多いときは tsumugi forecast を使ってください。");
        return Err(Problem::refused("body", message));
    }
    let own = match ask.query("municipality") {
        "" => None,
        code => Some(rulebook::of_town(code).map_err(|_| Problem::NotFound)?),
    };
    let nation = ask.read(|door| Ok(ask.app.books.now(door.db)?))?;
    let book = own.as_ref().unwrap_or(nation.nation());
    let mut answers = Vec::new();
    Forecast::new(book).run(lines.as_slice(), &mut answers).map_err(Fault::at("a forecast"))?;
    Ok(Reply::lines(answers))
}
