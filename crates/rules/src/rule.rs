//! The rule file format: what `rulebook/**/*.toml` may contain. Read by serde; the caller parses the TOML text.
//!
//! A file holds one version of one rule. Its sentences and titles are Japanese, its dates are written in the words of
//! [`crate::bound`]; an official can check it against the law without knowing the program. Every unknown field is an
//! error, so nothing is silently ignored. Municipal files ([`RuleOverride`]) name only what they change.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::Deserialize;

/// One rule as written.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Unique together with `valid_from`.
    pub id: String,
    /// The service code used in exchange (schedule codes), part of a duty's key.
    pub service: String,
    pub title: String,
    /// Area of work, as on screen: 予防接種, 乳幼児健診 …
    pub area: String,
    /// Law or programme, with article.
    pub law: String,
    /// Where the text was taken from, and what is uncertain about it.
    pub source: String,
    pub subject: String,
    /// 事業 for the table of responsibility ([`crate::words::PROGRAMMES`]).
    pub programme: String,
    /// 1 = 個別判断, 2 = 月次一括, 3 = 記録のみ.
    pub tier: u8,
    /// Where news of the act comes from ([`crate::words::SOURCES`]).
    pub evidence: String,
    /// How ages and dates are counted, named for the reader: see [`Counting`].
    pub counting: Counting,
    /// What kind of entitlement it is, for explanations: 「定期接種」「法定の健診」「市の事業」.
    pub basis: String,
    /// First and last day on which this version is in force (`YYYY-MM-DD`).
    pub valid_from: String,
    #[serde(default)]
    pub valid_to: Option<String>,
    #[serde(default)]
    pub population: Population,
    /// Acts that settle it.
    #[serde(default)]
    pub settles: Vec<Settles>,
    /// Facts that excuse it: shown as 対象外 with their reason.
    #[serde(default)]
    pub excuses: Vec<Excuse>,
    /// Numbers an office may change; used in the dates as `{name}`.
    #[serde(default)]
    pub settings: BTreeMap<String, i32>,
    /// Further sentences for the explanation (what to do, what would change it).
    #[serde(default)]
    pub notes: Vec<String>,
    /// The shape: exactly one of the three.
    #[serde(default)]
    pub once: Option<OnceFile>,
    #[serde(default)]
    pub series: Option<SeriesFile>,
    #[serde(default)]
    pub rhythm: Option<RhythmFile>,
}

/// How dates are counted, for the reader of the rule and of its explanation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// 定期接種の数え方: an age is reached on the day before, that day included on both sides.
    Vaccination,
    /// 母子保健法: 満n歳 begins with the birthday or the monthly date.
    Checkup,
    /// Weeks of gestation from the expected date.
    Gestation,
    /// Days and months after an event.
    Calendar,
    /// 年度 and 就学.
    SchoolYear,
}

/// Who the rule is for, beyond `subject`.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Named dates without which nothing can be said.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Dates that end it: death, delivery, loss.
    #[serde(default)]
    pub ended_by: Vec<Ended>,
    /// Acts or states that put somebody outside the population for good.
    #[serde(default)]
    pub excluded_by: Vec<Excuse>,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    pub date: String,
    pub because: String,
    /// Only if that date lies after this other date (転入 after 転出).
    #[serde(default)]
    pub after: Option<String>,
}

/// An act (from a certain day on, if `from` is given), or a period that holds, with the reason in plain Japanese.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excuse {
    #[serde(default)]
    pub act: Option<String>,
    /// Only acts on or after this day.
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub period: Option<String>,
    pub because: String,
}

/// An act that settles, if it lies between `from` and `to` (either may be missing). Results in
/// [`crate::words::NOT_DONE`] never settle.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settles {
    pub act: String,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
}

/// One or several ends of a range.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(untagged)]
pub enum Bounds {
    One(String),
    Many(Vec<String>),
}

/// Done once, within a window.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnceFile {
    pub window: Vec<WindowFile>,
    /// Acts before the first day of the window are shown as not counted.
    #[serde(default)]
    pub flag_early: bool,
    /// Acts count only inside the window (vaccination); otherwise whenever they were done (visits).
    #[serde(default)]
    pub only_within: bool,
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
    /// Why then, in plain Japanese.
    #[serde(default)]
    pub because: Option<String>,
}

/// Several injections whose number depends on the age at the first.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesFile {
    pub from: String,
    pub to: String,
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

/// What a prefecture or municipality changes in a rule of the same id.
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleOverride {
    pub id: String,
    /// Why, or which decision of the office: shown with the rule.
    pub because: String,
    /// Only the version that begins on this day; all versions if missing.
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub source: Option<String>,
    #[serde(default)]
    pub programme: Option<String>,
    #[serde(default)]
    pub tier: Option<u8>,
    #[serde(default)]
    pub evidence: Option<String>,
    #[serde(default)]
    pub valid_to: Option<String>,
    #[serde(default)]
    pub notes: Option<Vec<String>>,
    #[serde(default)]
    pub settings: BTreeMap<String, i32>,
    #[serde(default)]
    pub once: Option<OnceFile>,
    #[serde(default)]
    pub series: Option<SeriesFile>,
    #[serde(default)]
    pub rhythm: Option<RhythmFile>,
}
