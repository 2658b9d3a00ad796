//! Parts of a rule file that any shape may carry: cohorts, distances to other acts, longer windows, products, cautions.

use alloc::{string::String, vec::Vec};

use serde::Deserialize;

use super::Bounds;

/// Births between two days (`YYYY-MM-DD`, both included, either may be missing).
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BornFile {
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
}

/// The births a rule is for; others are outside the population for good.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CohortFile {
    pub born: BornFile,
    /// Whoever has this act belongs to it whatever the day of birth (began with the older vaccine).
    #[serde(default)]
    pub unless_act: Option<String>,
    pub because: String,
}

/// Days that must lie between other acts and this one (注射生ワクチンどうしは27日以上).
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpacingFile {
    /// The other acts, as far as they were really done; whether they were counted does not matter.
    pub after: Vec<String>,
    /// Clear days between.
    pub clear_days: i32,
    /// First and last day (`YYYY-MM-DD`) on which the distance is asked for.
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    /// Why, so that 「…ため、」 can follow.
    pub because: String,
}

/// A later window for some: a transitional rule, a shortage, a long illness. It has no standard period that counts from
/// a date of the person (the normal age is over); those that count from an earlier injection stay.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionFile {
    #[serde(default)]
    pub born: BornFile,
    /// Only if one of these periods was recorded.
    #[serde(default)]
    pub when_period: Vec<String>,
    /// The period must have ended (事情がなくなった日 then means its last day) and must touch the normal window.
    #[serde(default)]
    pub when_ended: bool,
    /// Only with a counted act between these days.
    #[serde(default)]
    pub when_done_from: Option<String>,
    #[serde(default)]
    pub when_done_to: Option<String>,
    /// First day: the latest of these; missing = as in the normal window.
    #[serde(default)]
    pub from: Option<Bounds>,
    /// Last day: the earliest of these.
    pub to: Bounds,
    pub because: String,
}

/// A product that may be used, and when.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductFile {
    pub code: String,
    /// First and last day of its use (a date, or an age).
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
    /// After the first injection: only if the last one was one of these (missing = any).
    #[serde(default)]
    pub after: Vec<String>,
}

/// What to weigh from a day on, although the law still allows it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CautionFile {
    /// Only for this injection (1 = the first).
    #[serde(default)]
    pub dose: Option<u8>,
    pub from: String,
    pub text: String,
}

/// An invitation for the rule's service answers its open line until a day: nothing is closed, the line comes back then.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationFile {
    /// Acts that invite; their `product` names the service.
    pub acts: Vec<String>,
    /// The day of the next step, counted from the letter (記録日).
    pub check: String,
    /// What is done then: 「接種の確認」.
    pub what: String,
}
