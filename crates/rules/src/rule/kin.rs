//! A record of a related person that a rule looks at.

use alloc::string::String;

use serde::Deserialize;

/// `{ of = "mother", act = "epds", at_least = "{epds}", from = "出生日" }`: an act or a state recorded of a related person.
/// Recorded facts only, never their duties; depth one; never across a relation that is hidden.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KinFile {
    /// What they are to the subject ([`crate::words::KIN`]).
    pub of: String,
    #[serde(default)]
    pub act: Option<String>,
    #[serde(default)]
    pub period: Option<String>,
    /// Only acts whose number (a score) is at least this: a number or a setting.
    #[serde(default)]
    pub at_least: Option<String>,
    /// Only what happened, or still held, between these days of the subject.
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub to: Option<String>,
}
