//! What rules may read about one subject: named dates, acts and periods. Nothing that changes with the clock.

use alloc::vec::Vec;

use crate::{Day, Span};

/// The facts of one subject (a child, one pregnancy, an office) as folded from its events.
///
/// Names are the words of the rulebook (`birth`, `edd`, `delivery`, `registered` …); rules refer to them by the same
/// text. Every entry names the event it was read from, so that an explanation can lead back to the record.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts<'a> {
    /// Which population rules apply: `child`, `pregnancy`, `postpartum`, `resident`, `office` …
    pub subject: &'a str,
    pub dates: Vec<DateFact<'a>>,
    /// In order of `(day.lo, event)`.
    pub acts: Vec<Act<'a>>,
    pub periods: Vec<Period<'a>>,
    /// What is recorded of related persons: recorded facts only, never what was derived for them.
    pub kin: Vec<Kin<'a>>,
}

/// What is recorded of one related person; several may have the same role.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Kin<'a> {
    /// What they are to the subject: a name of [`crate::words::KIN`].
    pub role: &'a str,
    pub acts: Vec<Act<'a>>,
    pub periods: Vec<Period<'a>>,
}

/// A named date that holds once: birth, 分娩予定日, day of registration. If a name stands twice the later entry wins.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct DateFact<'a> {
    pub name: &'a str,
    pub day: Span,
    pub event: i64,
}

/// Something that was done: a dose, a check-up, a visit, a contact.
///
/// An imprecise day settles, but opens the next interval only from `day.hi`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Act<'a> {
    pub code: &'a str,
    pub day: Span,
    pub product: Option<&'a str>,
    pub number: Option<f64>,
    /// How it went, where a rule cares (`absent`, `refused`, `referred`); `None` is plainly done.
    pub result: Option<&'a str>,
    pub event: i64,
}

/// A state with a beginning and perhaps an end: 里帰り, 入院, 要支援, a mark such as 低体重 (open end).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Period<'a> {
    pub name: &'a str,
    pub from: Day,
    /// Last day, inclusive; `None` while it lasts.
    pub to: Option<Day>,
    pub event: i64,
}

impl<'a> Facts<'a> {
    /// The latest entry of a named date.
    pub fn date(&self, name: &str) -> Option<DateFact<'a>> {
        self.dates.iter().rev().find(|d| d.name == name).copied()
    }

    pub fn acts_of<'s>(&'s self, code: &'s str) -> impl Iterator<Item = &'s Act<'a>> + 's {
        self.acts.iter().filter(move |a| a.code == code)
    }

    pub fn periods_of<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Period<'a>> + 's {
        self.periods.iter().filter(move |p| p.name == name)
    }
}
