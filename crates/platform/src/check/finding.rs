//! What `check` finds, under the promise it breaks.

use std::fmt;

/// The promises of `ARCHITECTURE.md`, by their numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Promise {
    NextStep = 1,
    NothingClosesSilently,
    OneWritePath,
    EveryLineCanSayWhy,
    ThePastByItsRules,
    ScoreIsNotDecision,
    TwoDataPlanes,
    ProtectedEverywhere,
    CivilDates,
    LimitsAreNamed,
    WhatMustGoCanGo,
}

impl Promise {
    pub const ALL: [Promise; 11] = [
        Promise::NextStep,
        Promise::NothingClosesSilently,
        Promise::OneWritePath,
        Promise::EveryLineCanSayWhy,
        Promise::ThePastByItsRules,
        Promise::ScoreIsNotDecision,
        Promise::TwoDataPlanes,
        Promise::ProtectedEverywhere,
        Promise::CivilDates,
        Promise::LimitsAreNamed,
        Promise::WhatMustGoCanGo,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Promise::NextStep => "Next step",
            Promise::NothingClosesSilently => "Nothing closes silently",
            Promise::OneWritePath => "One write path",
            Promise::EveryLineCanSayWhy => "Every line can say why, and why not",
            Promise::ThePastByItsRules => "The past is judged by the rules of its day",
            Promise::ScoreIsNotDecision => "Score is not decision",
            Promise::TwoDataPlanes => "Two data planes",
            Promise::ProtectedEverywhere => "Protected is protected everywhere",
            Promise::CivilDates => "Civil dates",
            Promise::LimitsAreNamed => "Limits are named and shown",
            Promise::WhatMustGoCanGo => "What must go can go",
        }
    }
}

/// Something that should not be. Names files and events by number only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub promise: Promise,
    /// 0: no single file.
    pub file: i64,
    pub what: String,
}

impl Finding {
    pub fn new(promise: Promise, file: i64, what: impl Into<String>) -> Finding {
        Finding { promise, file, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "promise {} ({}): ", self.promise as u8, self.promise.name())?;
        if self.file != 0 {
            write!(f, "file {}: ", self.file)?;
        }
        f.write_str(&self.what)
    }
}
