//! `forecast`: one history a line in, what the law says about each service a line out (JSON Lines).
//!
//! [`ask`] reads a line, [`subject`] makes the facts that rules read, [`answer`] puts an outcome into words and dates.
//! Law and standard periods only: the office's working deadlines are left out. A line that cannot be read is answered by
//! an error in its place; the rest goes on. Nothing is kept from one line to the next, so a file may be of any length.

pub mod answer;
pub mod ask;
mod subject;

use std::io::{self, BufRead, Write};

use rules::{Rule, Rulebook};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::shown;
use ask::Kind;

/// The longest line, in bytes. A history of a whole childhood has some 5,000.
pub const LINE_MAX: usize = 1 << 20;

/// Services of the exchange, in the order in which they are answered.
pub const SERVICES: [&str; 33] = [
    "bcg",
    "hepb",
    "rota",
    "dpt_ipv_hib",
    "dpt_ipv",
    "hib",
    "pcv",
    "mr1",
    "mr2",
    "varicella",
    "je1",
    "je2",
    "dt2",
    "hpv",
    "rsv_maternal",
    "mumps",
    "pregnancy_notification",
    "prenatal_checkup",
    "pregnancy_support_2",
    "postpartum_checkup_2w",
    "postpartum_checkup_1m",
    "postnatal_care",
    "checkup_1m",
    "checkup_3_4m",
    "checkup_9_11m",
    "checkup_18m",
    "checkup_3y",
    "checkup_5y",
    "home_visit_newborn",
    "home_visit_4m",
    "shouman_new",
    "shouman_continue",
    "youiku_iryo",
];

/// A rulebook, ready to answer.
pub struct Forecast<'b> {
    book: &'b Rulebook,
    child: Vec<&'b Rule>,
    pregnancy: Vec<&'b Rule>,
}

/// What a run has seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Lines answered; blank lines are no lines.
    pub lines: u64,
    /// Of these, answered by an error.
    pub errors: u64,
}

impl<'b> Forecast<'b> {
    pub fn new(book: &'b Rulebook) -> Forecast<'b> {
        let list = |subjects: &[&str]| SERVICES.iter().filter_map(|code| rule_of(book, code, subjects)).collect();
        Forecast { book, child: list(&["child", "postpartum"]), pregnancy: list(&["pregnancy"]) }
    }

    /// Answers every line of `input` in order. A blank line is passed over.
    ///
    /// # Errors
    /// If reading or writing fails; never for what a line says.
    pub fn run(&self, mut input: impl BufRead, mut out: impl Write) -> io::Result<Summary> {
        let mut summary = Summary::default();
        let mut line = Vec::new();
        for number in 1_u64.. {
            let answer = match read_line(&mut input, &mut line)? {
                Length::End => break,
                Length::Whole if line.trim_ascii().is_empty() => continue,
                Length::Whole => self.line(number, &line),
                Length::TooLong => {
                    let why = format!("1行が長すぎます。1行は{}MBまでにしてください", LINE_MAX >> 20);
                    Err(error(number, None, &why))
                }
            };
            summary.lines += 1;
            summary.errors += u64::from(answer.is_err());
            out.write_all(answer.unwrap_or_else(|error| error).as_bytes())?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        Ok(summary)
    }

    /// Answers one line, numbered from 1. Either way the text is one JSON object without a line break.
    ///
    /// # Errors
    /// `{"line":…,"id":…,"error":…}` with what was read and what was expected.
    pub fn line(&self, number: u64, bytes: &[u8]) -> Result<String, String> {
        let bytes = if number == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        let read: Value = serde_json::from_slice(bytes).map_err(|e| error(number, None, &unreadable(bytes, &e)))?;
        let Value::Object(fields) = read else {
            let why = format!("「{}」と読みました。1行に1つのJSONオブジェクトが必要です", shown(&read.to_string()));
            return Err(error(number, None, &why));
        };
        let ask = ask::read(&fields).map_err(|why| error(number, id_of(&fields), &why))?;
        let scopes = subject::scopes(&ask, self.book);
        let rules = match ask.kind {
            Kind::Child { .. } => &self.child,
            Kind::Pregnancy { .. } => &self.pregnancy,
        };
        let services = rules.iter().filter_map(|rule| {
            let facts = scopes.iter().find(|f| f.subject == rule.subject)?;
            Some(answer::service(self.book, rule, facts, &ask))
        });
        let answer = answer::Answer {
            id: &ask.id,
            as_of: ask.as_of.to_string(),
            services: services.collect(),
            ignored_fields: &ask.ignored,
        };
        serde_json::to_string(&answer).map_err(|_| error(number, id_of(&fields), "答えを書き出せません"))
    }
}

/// The rule that says what the law says of a service. A window of law (`duty = false`) comes before an office's own way
/// of asking for the same thing (妊婦健診: the law's time, not two missed vouchers).
fn rule_of<'b>(book: &'b Rulebook, service: &str, subjects: &[&str]) -> Option<&'b Rule> {
    let rules = || book.rules().filter(|r| r.service == service && subjects.contains(&r.subject.as_str()));
    let named = || rules().find(|r| r.id == service);
    rules().find(|r| !r.duty).or_else(named).or_else(|| rules().next())
}

/// The `id` of a line whose other fields cannot be used.
fn id_of(fields: &Map<String, Value>) -> Option<&Value> {
    fields.get("id").filter(|id| id.is_string() || id.is_number())
}

/// What stands in the place of an answer.
#[derive(Serialize)]
struct Unanswered<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    error: &'a str,
}

fn error(line: u64, id: Option<&Value>, error: &str) -> String {
    serde_json::to_string(&Unanswered { line, id, error }).unwrap_or_default()
}

/// Where a line stops being JSON. The text before that place is repeated, shortened.
fn unreadable(bytes: &[u8], error: &serde_json::Error) -> String {
    let text = String::from_utf8_lossy(bytes);
    format!(
        "JSONとして読めません（{}バイト目の近く）。「{}」と読みました。1行に1つのJSONオブジェクトが必要です",
        error.column(),
        shown(text.trim())
    )
}

enum Length {
    End,
    Whole,
    TooLong,
}

/// Reads one line without its line feed into `line`, never more than [`LINE_MAX`] bytes of it; what is beyond is passed
/// over.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Length> {
    line.clear();
    let (mut any, mut long) = (false, false);
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if chunk.is_empty() {
            break;
        }
        any = true;
        let end = chunk.iter().position(|b| *b == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or(chunk);
        long = long || line.len() + part.len() > LINE_MAX;
        if !long {
            line.extend_from_slice(part);
        }
        let used = end.map_or(chunk.len(), |e| e + 1);
        input.consume(used);
        if end.is_some() {
            break;
        }
    }
    Ok(match (any, long) {
        (false, _) => Length::End,
        (true, true) => Length::TooLong,
        (true, false) => Length::Whole,
    })
}
