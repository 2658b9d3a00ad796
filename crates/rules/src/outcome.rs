//! What a rule says about one subject: steps, each open in phases, done, excused, or not owed at all.

use alloc::{string::String, vec::Vec};

use crate::Day;

/// 9999-12-31: the first day of a phase that does not open while things stand as recorded (a pause without an end).
pub const NEVER: Day = Day(2_932_896);

/// The answer of one rule for one subject.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outcome {
    /// Done steps first, in order; then at most one that is open (its phases in order of time). Only a rule of related
    /// persons may have several open: one for each day on which something was recorded.
    pub steps: Vec<Step>,
    /// Acts that were recorded but not counted (an early dose), each as a plain Japanese sentence with the event.
    pub violations: Vec<(i64, String)>,
    /// Why nothing is owed, when `steps` has nothing open: a plain Japanese sentence.
    pub why_not: Option<String>,
    /// The subject is outside the population for good (`not_eligible`).
    pub not_eligible: bool,
    /// The rule that must be done before this one (`once.after`). While it is set the open step cannot be done: its phases
    /// show the window as written, and nothing is owed yet.
    pub waits_for: Option<String>,
}

/// One thing to be done: service × dose or occurrence. (`dose` and `occurrence` are the stable part of a duty's key.)
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Injections already counted + 1; `None` for one-off services.
    pub dose: Option<u8>,
    /// For rhythms: how often it was done before + 1. For rules of related persons: which day of such a record asks, the
    /// first being 1. Else 0.
    pub occurrence: u16,
    pub standing: Standing,
    /// Records of related persons that it rests on (events of their files).
    pub kin: Vec<i64>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Standing {
    /// Date ranges, in order, not overlapping, the last one without an end: as time passes the law moves the window.
    Open(Vec<Phase>),
    /// Done by an act (its event) on a day (`hi` of its span).
    Done { on: Day, event: i64 },
    /// Excused by a fact of the record (its event), with the reason in plain Japanese.
    Excused { from: Day, event: i64, reason: String },
}

/// A range of days in which a duty holds in this form. All bounds inclusive; `None` = no such bound.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Phase {
    pub applies_from: Option<Day>,
    pub applies_until: Option<Day>,
    /// First and last day the law (or the programme) allows.
    pub legal_from: Option<Day>,
    pub legal_to: Option<Day>,
    /// Standard (recommended) period.
    pub standard_from: Option<Day>,
    pub standard_to: Option<Day>,
    /// The office's working deadline: from the day after, the line is 期限超過.
    pub target: Option<Day>,
    /// From this day somebody above is told.
    pub escalates_on: Option<Day>,
    /// Records of related persons that set the working deadline.
    pub kin: Vec<i64>,
    /// The letter whose answer is waited for (its event): while the rule's days for it last, or said once they are over.
    pub letter: Option<i64>,
    /// `primary`, `booster`, or empty.
    pub kind: String,
    /// Doses in the whole series under this phase.
    pub total: Option<u8>,
    /// Shortest allowed distance in clear days, where the step has one.
    pub interval_days: Option<i32>,
    /// Products that may be used (codes), in the order of the rule; empty where the rule names none.
    pub allowed_products: Vec<String>,
    /// What to weigh before doing it although the law allows it: a plain Japanese sentence.
    pub caution: Option<String>,
    /// The reason as sentences in plain Japanese, with the arithmetic and its dates: why due, until when, what would change it.
    pub because: Vec<String>,
}
