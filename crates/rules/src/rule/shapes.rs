//! The three shapes of a rule as written in its file: done once, a series of injections, a rhythm.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use super::{BornFile, Bounds, KinFile};

/// Done once, within a window.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnceFile {
    pub window: Vec<WindowFile>,
    /// Acts before the first day of the window are shown as not counted.
    #[serde(default)]
    pub flag_early: bool,
    /// Acts after the last day are shown as not counted (where no other service has the same act).
    #[serde(default)]
    pub flag_late: bool,
    /// Acts count only inside the window (vaccination); otherwise whenever they were done (visits).
    #[serde(default)]
    pub only_within: bool,
    /// Only after another rule of the same subject; asks for `only_within`.
    #[serde(default)]
    pub after: Option<AfterFile>,
}

/// Waits until another rule (named by its id, done once) is done, then not before its day + `days`. What was done before
/// that does not count. While it waits, the window stands as written and the status is not_yet, or expired after its end.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterFile {
    pub rule: String,
    /// 28 = the same weekday four weeks later; 0 = the same day is allowed.
    pub days: u16,
}

/// A window; several follow each other in time, each until `until`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowFile {
    #[serde(default)]
    pub kind: String,
    /// Only if one of these periods was recorded; the windows without a condition then do not count.
    #[serde(default)]
    pub when_period: Vec<String>,
    /// Only for these births; the windows without births then do not count.
    #[serde(default)]
    pub born: Option<BornFile>,
    /// Acts count here from the next one after so many (前回 then means the last of those not counted here).
    #[serde(default)]
    pub after_acts: u8,
    /// First day: the latest of these.
    pub from: Bounds,
    /// Last day: the earliest of these; missing = the law names none.
    #[serde(default)]
    pub to: Option<Bounds>,
    /// Later last day, where an exception is allowed.
    #[serde(default)]
    pub extended_to: Option<String>,
    #[serde(default)]
    pub standard_from: Option<String>,
    #[serde(default)]
    pub standard_to: Option<String>,
    /// Working deadline: the first of these whose condition holds.
    #[serde(default)]
    pub target: Vec<TargetFile>,
    #[serde(default)]
    pub escalates: Option<String>,
    /// Last day of this window where another follows.
    #[serde(default)]
    pub until: Option<String>,
}

/// A working deadline and when it applies.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// The earliest of these days.
    pub at: Bounds,
    /// But not before this day, if it is known.
    #[serde(default)]
    pub no_earlier_than: Option<String>,
    /// Only if one of these periods was recorded.
    #[serde(default)]
    pub when_period: Vec<String>,
    /// Only if this date is recorded (記録日 then means it).
    #[serde(default)]
    pub when_date: Option<String>,
    /// Only if this act was recorded for the rule's service (its `product` names the service; 記録日 then means it).
    #[serde(default)]
    pub when_act: Option<String>,
    /// Only if one of these is recorded of a related person (記録日 then means its day). Such a deadline never comes later
    /// than the one that holds without it.
    #[serde(default)]
    pub when_kin: Vec<KinFile>,
    /// Why then, in plain Japanese.
    #[serde(default)]
    pub because: Option<String>,
}

/// Several injections whose number depends on the age at the first.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesFile {
    pub from: String,
    /// Missing = there is no last day (任意接種).
    #[serde(default)]
    pub to: Option<String>,
    /// Acts after the last day, or after the series is complete, belong to another service and are passed over.
    #[serde(default)]
    pub ignore_after_end: bool,
    /// Schedules depend on the product of the first injection, so that the number is unknown before it.
    #[serde(default)]
    pub total_after_first: bool,
    /// Standard period of the first injection.
    #[serde(default)]
    pub standard_from: Option<String>,
    #[serde(default)]
    pub standard_to: Option<String>,
    /// Schedules in order of age at the first injection.
    pub start: Vec<StartFile>,
}

/// The schedule of those whose first injection was on or before `first_until` (and after the one before).
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartFile {
    #[serde(default)]
    pub first_until: Option<String>,
    /// Only for these births.
    #[serde(default)]
    pub born: BornFile,
    /// Only if the first injection was one of these products.
    #[serde(default)]
    pub products: Vec<String>,
    /// Earlier last day of all its injections.
    #[serde(default)]
    pub to: Option<String>,
    pub label: String,
    pub dose: Vec<DoseFile>,
}

/// One injection of a schedule.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoseFile {
    /// `primary` or `booster`.
    pub kind: String,
    /// First day: the latest of these (missing for the first injection).
    #[serde(default)]
    pub from: Vec<String>,
    /// As `from`, if an injection before this one was dropped.
    #[serde(default)]
    pub from_after_drop: Vec<String>,
    /// Earlier first day that the physician may choose; never proposed, but counted.
    #[serde(default)]
    pub physician_from: Vec<String>,
    #[serde(default)]
    pub standard_from: Option<String>,
    #[serde(default)]
    pub standard_to: Option<String>,
    /// As `physician_from`, if an injection before this one was dropped.
    #[serde(default)]
    pub physician_after_drop: Vec<String>,
    /// No standard period if an injection before this one was dropped.
    #[serde(default)]
    pub no_standard_after_drop: bool,
    /// After this day the injection is no longer given and the next one takes its place.
    #[serde(default)]
    pub dropped_after: Option<String>,
    /// Not given if an earlier injection of the schedule came late.
    #[serde(default)]
    pub dropped_if: Option<DropFile>,
    /// Only given if an earlier injection of the schedule came too soon.
    #[serde(default)]
    pub needed_if: Option<NeedFile>,
}

/// Injection number `dose` (1 = first of the schedule) was given before `before`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedFile {
    pub dose: u8,
    pub before: String,
}

/// Injection number `dose` (1 = first of the schedule) was given after `later_than`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DropFile {
    pub dose: u8,
    pub later_than: String,
}

/// Again and again, counted from the last act.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RhythmFile {
    /// Counted from here while nothing was done: the latest of these.
    pub starts: Bounds,
    /// The first whose `until` is not passed by the last act.
    pub every: Vec<EveryFile>,
    /// How many intervals must pass before a line appears.
    #[serde(default = "one")]
    pub missed: u8,
    /// Days added for the evidence to arrive.
    #[serde(default)]
    pub lag: Option<String>,
    /// While nothing was done at all, not before this day.
    #[serde(default)]
    pub first_not_before: Option<String>,
    /// No later than this day; a step that would come later is put on it, and it is the last day.
    #[serde(default)]
    pub at_latest: Option<String>,
    /// No further step would begin after this day.
    #[serde(default)]
    pub ends: Option<String>,
    /// Days from the line's appearance to the working deadline (a number or a setting).
    #[serde(default)]
    pub target_after: Option<String>,
    /// States in which it rests; counting begins anew when they end.
    #[serde(default)]
    pub pauses: Vec<PauseFile>,
    /// Whether each act is a finished step of its own.
    #[serde(default)]
    pub lists_done: bool,
}

fn one() -> u8 {
    1
}

/// An interval, valid for acts on or before `until`.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EveryFile {
    #[serde(default)]
    pub until: Option<String>,
    #[serde(default)]
    pub days: Option<String>,
    #[serde(default)]
    pub months: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseFile {
    pub period: String,
    pub because: String,
}
