//! An event (記録): one dated fact in a file. Append-only; corrected by a later event that names it.

use alloc::string::String;

use rules::{Day, Span};

use crate::body::{Body, Columns};

/// Who may see an event, beside the right to the file. Stored as a number; higher is narrower.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Sensitivity {
    #[default]
    Ordinary,
    /// 心理・精神・DV: regular staff of the centre only, not helpers or contracted midwives.
    Guarded,
    /// 通告・要対協: only roles of the child-protection compartment know that it exists.
    Compartment,
}

impl Sensitivity {
    pub fn number(self) -> i32 {
        self as i32
    }

    /// Unknown numbers are read as the narrowest.
    pub fn from_number(number: i32) -> Sensitivity {
        match number {
            0 => Sensitivity::Ordinary,
            1 => Sensitivity::Guarded,
            _ => Sensitivity::Compartment,
        }
    }
}

/// An event as stored.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    pub id: i64,
    pub keeper: i64,
    pub file: i64,
    /// Position in the file, from 1, without holes: the file's version is the last one.
    pub seq: i32,
    /// The pregnancy (or later: certificate, plan) within the file, from 1.
    pub episode: Option<i32>,
    pub day: Span,
    /// The id of the office's source the fact came from (`own`, `residents`, `vouchers` …).
    pub source: String,
    /// The import it came in with.
    pub batch: Option<i64>,
    pub sensitivity: Sensitivity,
    /// Staff id; 0 is the program itself.
    pub actor: i64,
    /// Microseconds since 1970-01-01T00:00Z, strictly growing within a file.
    pub recorded_at: i64,
    /// The first version of the event this one replaces ([`Body`] of the same kind) or takes back ([`Body::Withdrawn`]).
    pub corrects: Option<i64>,
    /// `None` after 抹消.
    pub body: Option<Body>,
}

/// An event as decided, before it has an id. What the rules read of it is derived from the body: [`Body::columns`].
#[derive(Clone, PartialEq, Debug)]
pub struct NewEvent {
    /// Which file: an existing one, or the n-th that the command opens.
    pub file: FileRef,
    pub episode: Option<i32>,
    pub day: Span,
    pub source: String,
    pub sensitivity: Sensitivity,
    pub corrects: Option<i64>,
    pub body: Body,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileRef {
    Known(i64),
    /// Opened by this command; 0-based. References to it inside bodies use the negative number −(n+1) until stored.
    Opened(usize),
}

impl NewEvent {
    /// An ordinary event of the office's own on an exact day.
    pub fn own(file: FileRef, episode: Option<i32>, day: Day, body: Body) -> NewEvent {
        NewEvent {
            file,
            episode,
            day: Span::on(day),
            source: String::from("own"),
            sensitivity: Sensitivity::Ordinary,
            corrects: None,
            body,
        }
    }

    pub fn columns(&self) -> Columns<'_> {
        self.body.columns()
    }
}
