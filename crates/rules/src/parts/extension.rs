//! Later windows for some: transitional rules, a shortage, the exception for long illness (予防接種法施行令3条2項).

use alloc::{format, string::String, vec::Vec};

use crate::{
    Day, Facts,
    bound::{self, Origin},
    compiled::{Extension, Rule},
    wareki,
};

/// A later window that holds for one subject.
pub(crate) struct Longer<'r> {
    /// First day; `None` = as in the normal window.
    pub from: Option<Day>,
    pub to: Day,
    pub because: &'r str,
}

impl Longer<'_> {
    /// Tells, in the normal window, that it goes on; nothing where nothing is told.
    pub fn tell(&self, because: &mut Vec<String>) {
        let at = 1.min(because.len());
        if at > 0 {
            because.insert(at, format!("{}のため、{}まで受けられます。", self.because, wareki::date(self.to)));
        }
    }
}

/// The later windows of a subject, in the order of the file; `done` tells whether an act was counted between two days.
pub(crate) fn of<'r>(
    rule: &'r Rule,
    facts: &Facts<'_>,
    normal: (Option<Day>, Option<Day>),
    done: impl Fn(Day, Day) -> bool,
) -> Vec<Longer<'r>> {
    let holds = |e: &&Extension| e.born.holds(facts) && e.when_done.is_none_or(|(from, to)| done(from, to));
    let resolve = |e: &'r Extension| {
        let mut origin = Origin::of(facts);
        if !e.when_period.is_empty() {
            origin.ended = ended(e, facts, normal)?;
        }
        let from = bound::latest(&e.from, &origin);
        Some(Longer { from, to: bound::earliest(&e.to, &origin)?, because: &e.because })
    };
    rule.extensions.iter().filter(holds).filter_map(resolve).collect()
}

/// Whether a period of the extension holds, with its end where that is asked for. A circumstance that has not ended opens
/// nothing yet; one that was over before the normal age began, or began after it, did not hinder anything.
fn ended(extension: &Extension, facts: &Facts<'_>, normal: (Option<Day>, Option<Day>)) -> Option<Option<Day>> {
    let named = facts.periods.iter().filter(|p| extension.when_period.iter().any(|name| name == p.name));
    if !extension.when_ended {
        return named.map(|_| None).next();
    }
    let touches =
        |from: Day, to: Day| normal.1.is_none_or(|last| from <= last) && normal.0.is_none_or(|first| first <= to);
    named.filter_map(|p| p.to.filter(|to| touches(p.from, *to))).max().map(Some)
}
