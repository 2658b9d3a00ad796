//! What can go wrong: a [`Fault`] needs the operator, a [`Refusal`] can be acted on by whoever filled in the form.

use std::fmt;

pub use casework::Refusal;

use super::store::write::NotApplied;

/// The program or its surroundings failed. The text is for the operator's log, in English; users see a plain page
/// without it. Never put personal data into it.
#[derive(Debug)]
pub struct Fault {
    text: String,
}

impl Fault {
    pub fn new(text: impl Into<String>) -> Fault {
        Fault { text: text.into() }
    }

    /// For `map_err`: what was being done, and what the layer below said.
    pub fn at<E: fmt::Display>(doing: &'static str) -> impl FnOnce(E) -> Fault {
        move |error| Fault { text: format!("{doing}: {error}") }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Fault {}

/// A failed statement names what the database said. Constraint names and SQL are fine in the operator's log; values
/// are not, so the detail line of PostgreSQL is left out.
impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Fault {
        use diesel::result::Error;
        match error {
            Error::DatabaseError(kind, information) => {
                Fault::new(format!("database: {kind:?}: {}", information.message()))
            }
            other => Fault::new(format!("database: {other}")),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Fault {
        // The position is enough to find it; the text around it may be somebody's record.
        Fault::new(format!("stored JSON cannot be read at line {} column {}", error.line(), error.column()))
    }
}

/// How a request or command may end other than well.
#[derive(Debug)]
pub enum Problem {
    /// Not there, or not theirs: the two are never told apart.
    NotFound,
    /// Can be put right by the user; each refusal stands beside its field.
    Refused(Vec<Refusal>),
    /// Somebody else changed what this was decided on: the kinds of what they recorded.
    Conflict(Vec<String>),
    Fault(Fault),
}

impl Problem {
    /// For the operator's log: what kind it is. A refusal's words may repeat what somebody typed or what a row said.
    pub fn told(&self) -> String {
        match self {
            Problem::NotFound => String::from("not found"),
            Problem::Refused(refusals) => format!("refused for {} reasons", refusals.len()),
            Problem::Conflict(kinds) => format!("in conflict with {}", kinds.join(", ")),
            Problem::Fault(fault) => fault.to_string(),
        }
    }

    pub fn refused(field: &'static str, message: impl Into<String>) -> Problem {
        Problem::Refused(vec![Refusal::at(field, message)])
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        Problem::Fault(fault)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        Problem::Refused(vec![refusal])
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Problem {
        Problem::Fault(error.into())
    }
}

impl From<NotApplied> for Problem {
    fn from(why: NotApplied) -> Problem {
        match why {
            NotApplied::Refused(refusal) => Problem::Refused(vec![refusal]),
            NotApplied::Conflict(kinds) => Problem::Conflict(kinds),
            NotApplied::NotFound => Problem::NotFound,
            NotApplied::Fault(fault) => Problem::Fault(fault),
        }
    }
}
