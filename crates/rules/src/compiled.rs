//! A rule ready to be evaluated: the file with its dates parsed and its names checked.

use alloc::{string::String, vec::Vec};

use crate::{
    Day, Facts,
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
    /// Whether it becomes やること; otherwise a window of law that is only looked up.
    pub duty: bool,
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
    pub(crate) needs_one_of: Vec<String>,
    pub(crate) kin: Vec<KinTest>,
    pub(crate) cohort: Option<Cohort>,
    pub(crate) spacing: Vec<Spacing>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) products: Vec<Product>,
    pub(crate) only_products: bool,
    pub(crate) cautions: Vec<Caution>,
    pub(crate) invitation: Option<Invitation>,
    pub(crate) shape: Shape,
}

impl Rule {
    /// Whether it asks only where something was recorded of a related person (`population.kin`).
    pub fn hangs_on_kin(&self) -> bool {
        !self.kin.is_empty()
    }

    /// Every record of related persons that it looks at.
    pub(crate) fn kin_tests(&self) -> impl Iterator<Item = &KinTest> {
        let windows = match &self.shape {
            Shape::Once(once) => once.windows.as_slice(),
            _ => &[],
        };
        let targets = windows.iter().flat_map(|w| &w.targets).flat_map(|t| &t.when_kin);
        let conditions = self.excuses.iter().chain(&self.excluded_by).filter_map(|c| match &c.what {
            What::Kin(test) => Some(test),
            _ => None,
        });
        self.kin.iter().chain(targets).chain(conditions)
    }

    /// What it waits for, if it does.
    pub(crate) fn after(&self) -> Option<&After> {
        match &self.shape {
            Shape::Once(once) => once.after.as_ref(),
            _ => None,
        }
    }

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

/// A recorded fact that excuses or excludes, with the reason that is shown.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Condition {
    pub what: What,
    /// Only acts on or after this day (a later 産婦健診 makes the earlier one moot; an earlier one does not).
    pub from: Option<Bound>,
    /// Not for those who have this act too.
    pub unless_act: Option<String>,
    pub because: String,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum What {
    Act(String),
    Period(String),
    Kin(KinTest),
}

/// A record of a related person: see [`crate::rule::KinFile`].
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct KinTest {
    pub of: String,
    pub fact: KinFact,
    pub at_least: Option<i32>,
    pub from: Option<Bound>,
    pub to: Option<Bound>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum KinFact {
    Act(String),
    Period(String),
}

/// An act that settles; the days tell acts of one code apart (産婦健診 of two weeks and of one month).
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

/// Births between two days; a missing end is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Born {
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Born {
    /// Whether somebody is of this cohort; an imprecise birth is, if any of its days could be.
    pub fn holds(&self, facts: &Facts<'_>) -> bool {
        if self.from.is_none() && self.to.is_none() {
            return true;
        }
        let Some(birth) = facts.date("birth") else { return false };
        self.from.is_none_or(|from| from <= birth.day.hi) && self.to.is_none_or(|to| birth.day.lo <= to)
    }
}

/// The births a rule is for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Cohort {
    pub born: Born,
    pub unless_act: Option<String>,
    pub because: String,
}

/// Clear days after other acts, asked for between two days.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Spacing {
    pub after: Vec<String>,
    pub clear_days: i32,
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub because: String,
}

/// A later window for some.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Extension {
    pub born: Born,
    pub when_period: Vec<String>,
    pub when_ended: bool,
    /// A counted act between these days.
    pub when_done: Option<(Day, Day)>,
    pub from: Vec<Bound>,
    pub to: Vec<Bound>,
    pub because: String,
}

/// A product and when it may be used.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Product {
    pub code: String,
    pub from: Option<Bound>,
    pub to: Option<Bound>,
    pub after: Vec<String>,
}

/// A sentence shown with a dose from a day on.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Caution {
    pub dose: Option<u8>,
    pub from: Bound,
    pub text: String,
}

/// What a letter does to an open step: see [`crate::rule::InvitationFile`].
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Invitation {
    pub acts: Vec<String>,
    pub check: Bound,
    pub what: String,
}

/// Done once.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Once {
    pub windows: Vec<Window>,
    /// One day early is not 定期接種; what follows from it is for physician and municipality, so it is shown.
    pub flag_early: bool,
    pub flag_late: bool,
    /// A visit after four months is still a visit; an injection outside its window is not 定期接種.
    pub only_within: bool,
    pub after: Option<After>,
}

/// Not before another rule was done, and then `days` after its day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct After {
    pub rule: String,
    pub days: i32,
}

/// A range of days: law or programme, standard period, working deadline.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Window {
    pub kind: String,
    /// Only with one of these periods; it then replaces the windows without a condition.
    pub when_period: Vec<String>,
    /// Only for these births; it then replaces the windows without births.
    pub born: Option<Born>,
    /// Acts count from the next one after so many.
    pub after_acts: u8,
    /// The latest of these is the first day.
    pub from: Vec<Bound>,
    /// The earliest of these is the last day; empty where the law names none.
    pub to: Vec<Bound>,
    /// A later last day that an exception allows (a long stay in hospital).
    pub extended_to: Option<Bound>,
    pub standard_from: Option<Bound>,
    pub standard_to: Option<Bound>,
    /// The first whose condition holds decides.
    pub targets: Vec<Target>,
    /// The day on which somebody above is told.
    pub escalates: Option<Bound>,
    pub until: Option<Bound>,
}

/// The office's working deadline under a condition. It never leaves the window.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Target {
    pub at: Vec<Bound>,
    pub no_earlier_than: Option<Bound>,
    pub when_period: Vec<String>,
    pub when_date: Option<String>,
    pub when_act: Option<String>,
    pub when_kin: Vec<KinTest>,
    pub because: Option<String>,
}

/// Injections of one vaccine. `from` and `to` bound all of them (施行令3条).
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Series {
    pub from: Bound,
    /// None where no law names a last day (任意接種).
    pub to: Option<Bound>,
    /// Acts after the end are another service's (日本脳炎 第2期).
    pub ignore_after_end: bool,
    pub total_after_first: bool,
    pub standard_from: Option<Bound>,
    pub standard_to: Option<Bound>,
    pub starts: Vec<Start>,
}

/// The schedule of one age at the first injection. The limit belongs to the younger group: 「生後7月に至るまで」 includes the
/// day on which seven months are reached.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Start {
    pub first_until: Option<Bound>,
    pub born: Born,
    /// Only if the first injection was one of these; empty = any other.
    pub products: Vec<String>,
    /// The product's own last day (ロタ 1価).
    pub to: Option<Bound>,
    pub label: String,
    pub doses: Vec<Dose>,
}

/// One injection of a schedule.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Dose {
    pub kind: String,
    pub from: Vec<Bound>,
    /// Hib: 7 months to the booster, but 27 days where a primary was dropped.
    pub from_after_drop: Vec<Bound>,
    /// 「医師が必要と認めるときは20日以上」: counted when it was done, never proposed.
    pub physician_from: Vec<Bound>,
    pub physician_after_drop: Vec<Bound>,
    pub standard_from: Option<Bound>,
    pub standard_to: Option<Bound>,
    pub no_standard_after_drop: bool,
    /// 「生後24月に至るまでに行うこととし、それを超えた場合は行わない」.
    pub dropped_after: Option<Bound>,
    /// 肺炎球菌: no third primary if the second came after 12 months. (index of the earlier injection in the schedule, limit).
    pub dropped_if: Option<(usize, Bound)>,
    /// HPV 9価: a third one only if the second came before this day. (index of the earlier injection, day).
    pub needed_if: Option<(usize, Bound)>,
}

/// Something expected again and again.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Rhythm {
    /// Counting never begins before the latest of these, even if older acts are known.
    pub starts: Vec<Bound>,
    pub every: Vec<Every>,
    /// 「おおむね」 is no deadline: how many intervals may pass before a line appears.
    pub missed: u8,
    pub lag: i32,
    pub first_not_before: Option<Bound>,
    pub at_latest: Option<Bound>,
    pub ends: Option<Bound>,
    pub target_after: Option<i32>,
    /// (period, reason).
    pub pauses: Vec<(String, String)>,
    /// Whether each act is shown as a finished step; a yearly look at a child would list every phone call.
    pub lists_done: bool,
}

/// The interval after acts up to a day; the last one has no end.
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
