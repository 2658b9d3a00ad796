//! The rule file format: what `rulebook/**/*.toml` may contain. Read by serde; the caller parses the TOML text.
//!
//! A file holds one version of one rule. Its sentences and titles are Japanese, its dates are written in the words of
//! [`crate::bound`]; an official can check it against the law without knowing the program. Every unknown field is an
//! error, so nothing is silently ignored. Municipal files ([`RuleOverride`]) name only what they change.

mod kin;
mod parts;
mod shapes;

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::Deserialize;

pub use kin::KinFile;
pub use parts::{BornFile, CautionFile, CohortFile, ExtensionFile, InvitationFile, ProductFile, SpacingFile};
pub use shapes::{
    AfterFile, DoseFile, DropFile, EveryFile, NeedFile, OnceFile, PauseFile, RhythmFile, SeriesFile, StartFile,
    TargetFile, WindowFile,
};

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
    /// `false`: a window of law for `forecast` and the list of rules, and nobody's やること. Another rule already asks for
    /// the same thing (one visit, one duty), or nothing is asked of the office (養育医療 is the family's to apply for).
    #[serde(default = "yes")]
    pub duty: bool,
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
    /// Distances to other acts.
    #[serde(default)]
    pub spacing: Vec<SpacingFile>,
    /// Later windows for some, in order of their last days.
    #[serde(default)]
    pub extension: Vec<ExtensionFile>,
    /// Products that may be used; none = the rule does not tell products apart.
    #[serde(default)]
    pub product: Vec<ProductFile>,
    /// An act with a product that may no longer be used, or not after the one before, is shown and not counted.
    #[serde(default)]
    pub only_products: bool,
    #[serde(default)]
    pub caution: Vec<CautionFile>,
    /// What a letter does to an open step of 月次一括: it waits for the family until a day, and says so.
    #[serde(default)]
    pub invitation: Option<InvitationFile>,
    /// The shape: exactly one of the three.
    #[serde(default)]
    pub once: Option<OnceFile>,
    #[serde(default)]
    pub series: Option<SeriesFile>,
    #[serde(default)]
    pub rhythm: Option<RhythmFile>,
}

/// A rule asks for something unless it says otherwise.
fn yes() -> bool {
    true
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
    /// Periods of which one must be recorded, else nothing can be said (sex).
    #[serde(default)]
    pub needs_one_of: Vec<String>,
    /// The births it is for.
    #[serde(default)]
    pub cohort: Option<CohortFile>,
    /// Records of related persons of which one is needed. Each day of such a record asks once (関係者の記録日).
    #[serde(default)]
    pub kin: Vec<KinFile>,
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
    /// Of a related person ([`crate::words::KIN`]) instead of the subject's own.
    #[serde(default)]
    pub of: Option<String>,
    /// Not for those who have this act too.
    #[serde(default)]
    pub unless_act: Option<String>,
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
    pub duty: Option<bool>,
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
