//! A rule ready to be evaluated: the file with its dates parsed and its names checked.

use alloc::{string::String, vec::Vec};

use crate::{
    Day,
    bound::Bound,
    rule::{Counting, Ended},
};

/// Where a rule or a change of it comes from; later layers win.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Layer {
    National,
    Prefecture,
    Municipality,
}

/// One version of one rule.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    pub id: String,
    pub service: String,
    pub title: String,
    pub area: String,
    pub law: String,
    pub source: String,
    pub subject: String,
    pub programme: String,
    /// 1 = 個別判断, 2 = 月次一括, 3 = 記録のみ.
    pub tier: u8,
    pub evidence: String,
    pub counting: Counting,
    pub basis: String,
    pub notes: Vec<String>,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    /// The file it was read from.
    pub path: String,
    /// The deepest layer that shaped it, and the reasons of the changes.
    pub layer: Layer,
    pub changed_because: Vec<String>,
    pub settings: Vec<(String, i32)>,
    pub(crate) needs: Vec<String>,
    pub(crate) ended_by: Vec<Ended>,
    pub(crate) excluded_by: Vec<Condition>,
    pub(crate) settles: Vec<Settling>,
    pub(crate) excuses: Vec<Condition>,
    pub(crate) shape: Shape,
}

impl Rule {
    /// Whether this version is in force on a day.
    pub fn in_force(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// A rule can be named by itself.
impl AsRef<str> for Rule {
    fn as_ref(&self) -> &str {
        &self.id
    }
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Condition {
    pub what: What,
    pub from: Option<Bound>,
    pub because: String,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum What {
    Act(String),
    Period(String),
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Settling {
    pub act: String,
    pub from: Option<Bound>,
    pub to: Option<Bound>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Shape {
    Once(Once),
    Series(Series),
    Rhythm(Rhythm),
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Once {
    pub windows: Vec<Window>,
    pub flag_early: bool,
    pub only_within: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Window {
    pub kind: String,
    pub when_period: Vec<String>,
    pub from: Vec<Bound>,
    pub to: Vec<Bound>,
    pub extended_to: Option<Bound>,
    pub standard_from: Option<Bound>,
    pub standard_to: Option<Bound>,
    pub targets: Vec<Target>,
    pub escalates: Option<Bound>,
    pub until: Option<Bound>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Target {
    pub at: Vec<Bound>,
    pub no_earlier_than: Option<Bound>,
    pub when_period: Vec<String>,
    pub when_date: Option<String>,
    pub when_act: Option<String>,
    pub because: Option<String>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Series {
    pub from: Bound,
    pub to: Bound,
    pub standard_from: Option<Bound>,
    pub standard_to: Option<Bound>,
    pub starts: Vec<Start>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Start {
    pub first_until: Option<Bound>,
    pub label: String,
    pub doses: Vec<Dose>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Dose {
    pub kind: String,
    pub from: Vec<Bound>,
    pub from_after_drop: Vec<Bound>,
    pub physician_from: Vec<Bound>,
    pub physician_after_drop: Vec<Bound>,
    pub standard_from: Option<Bound>,
    pub standard_to: Option<Bound>,
    pub no_standard_after_drop: bool,
    pub dropped_after: Option<Bound>,
    /// (index of the earlier injection in the schedule, limit).
    pub dropped_if: Option<(usize, Bound)>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Rhythm {
    pub starts: Vec<Bound>,
    pub every: Vec<Every>,
    pub missed: u8,
    pub lag: i32,
    pub first_not_before: Option<Bound>,
    pub at_latest: Option<Bound>,
    pub ends: Option<Bound>,
    pub target_after: Option<i32>,
    pub pauses: Vec<(String, String)>,
    pub lists_done: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Every {
    pub until: Option<Bound>,
    pub interval: Interval,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Interval {
    Days(i32),
    Months(i32),
}
