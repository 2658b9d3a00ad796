//! Which rules can be answered in bulk, and how they hang together.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use super::{LANES, LONGEST};
use crate::{
    Act, Facts, Rule, Rulebook,
    bound::Bound,
    compiled::{Condition, Once, Shape, What, Window},
    evaluate::counts,
};

/// A rule of the population that the plan does not answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Left {
    pub rule: String,
    pub reason: Reason,
}

/// Why a rule is left to ordinary evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// A series or a rhythm.
    Shape,
    /// Several versions, or one that ends.
    Versions,
    /// It, or one of its windows, is for some births only.
    Births,
    /// Not exactly one window without a condition, or one that counts from acts or from the end of a period.
    Windows,
    /// An act settles it on some days only.
    Settles,
    /// Nothing can be said without a date other than the anchor, or without a period (sex).
    Needs,
    /// The anchor itself ends it.
    Ends,
    /// An act that settles a rule of the population excuses it (a later check-up); too many would not fit.
    Excuses,
    /// Looks at records of related persons.
    Kin,
    /// Other acts keep days closed.
    Spacing,
    /// A later window for some.
    Extensions,
    /// Which product was given, or may be, decides.
    Products,
    /// A sentence parts the window in time.
    Cautions,
    /// Comes after another rule, with dates that do not simply move along or by too many days.
    Moves,
    /// Comes after a rule that is left.
    Prior,
    /// The plan is full.
    Full,
}

/// The number of an act in a plan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Code(pub(super) u16);

/// The rules of one population that hang on one anchor date.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) subject: String,
    pub(super) anchor: String,
    /// A rule that comes after another stands behind it.
    pub(super) lanes: Vec<Lane>,
    /// Lanes padded to a power of two, at least one more than there are rules: the length of a row.
    pub(super) width: usize,
    /// For each code the lanes that it settles, as bits.
    pub(super) masks: Vec<u64>,
    codes: BTreeMap<String, Code>,
    /// What changes an answer besides the anchor and the acts that settle: who has one of these does not fit.
    dates: Vec<String>,
    periods: Vec<String>,
    acts: Vec<String>,
    left: Vec<Left>,
}

/// One rule of a plan.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub rule: Rule,
    /// The lane that must be done before, and the days from there.
    pub after: Option<(usize, i16)>,
    /// The end of the standard period moves with the first day.
    pub moves: bool,
    /// The window lies as far from every anchor: it counts no months, years or fiscal years.
    pub fixed: bool,
}

impl Lane {
    /// The rule's shape and its one window without a condition.
    pub fn window(&self) -> Option<(&Once, &Window)> {
        let Shape::Once(once) = &self.rule.shape else { return None };
        once.windows.iter().find(|w| plain(w)).map(|w| (once, w))
    }
}

impl Plan {
    /// Plans the rules for `subject` whose windows are counted from the date `anchor`.
    pub fn of(book: &Rulebook, subject: &str, anchor: &str) -> Plan {
        let mut plan = Plan {
            subject: subject.to_string(),
            anchor: anchor.to_string(),
            lanes: Vec::new(),
            width: 16,
            masks: Vec::new(),
            codes: BTreeMap::new(),
            dates: Vec::new(),
            periods: Vec::new(),
            acts: Vec::new(),
            left: Vec::new(),
        };
        let mut waiting: Vec<&Rule> = book.rules_for(subject).collect();
        loop {
            let before = waiting.len();
            waiting.retain(|rule| match plan.admit(book, rule) {
                Ok(()) => false,
                Err(Reason::Prior) => true,
                Err(reason) => {
                    plan.left.push(Left { rule: rule.id.clone(), reason });
                    false
                }
            });
            if waiting.len() == before {
                break;
            }
        }
        plan.left.extend(waiting.iter().map(|r| Left { rule: r.id.clone(), reason: Reason::Prior }));
        plan.width = (plan.lanes.len() + 1).next_power_of_two().max(16);
        plan
    }

    /// The rules that it answers, in order of their lanes.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.lanes.iter().map(|l| &l.rule)
    }

    /// The rules of the population that it does not answer.
    pub fn left(&self) -> &[Left] {
        &self.left
    }

    /// The number of an act; `None` if it settles none of these rules and need not be passed on.
    pub fn code(&self, act: &str) -> Option<Code> {
        self.codes.get(act).copied()
    }

    /// As [`Plan::code`]; `None` also for an act that was not really done (absent, refused).
    pub fn code_of(&self, act: &Act<'_>) -> Option<Code> {
        self.code(act.code).filter(|_| counts(act))
    }

    /// Whether the plan answers for this subject as ordinary evaluation would: the anchor is recorded (the last of its days
    /// counts, if they are several), none of the dates, periods and acts that change a window or excuse, and the acts that
    /// settle are known to the day.
    pub fn fits(&self, facts: &Facts<'_>) -> bool {
        facts.subject == self.subject
            && facts.date(&self.anchor).is_some()
            && !facts.dates.iter().any(|d| self.dates.iter().any(|name| name == d.name))
            && !facts.periods.iter().any(|p| self.periods.iter().any(|name| name == p.name))
            && !facts.acts.iter().any(|a| self.acts.iter().any(|code| code == a.code))
            && facts.acts.iter().all(|a| a.day.is_exact() || self.code_of(a).is_none())
    }

    /// Gives a rule its lane, or says why not.
    fn admit(&mut self, book: &Rulebook, rule: &Rule) -> Result<(), Reason> {
        let lane = self.lane(book, rule)?;
        let index = self.lanes.len();
        if index == LANES {
            return Err(Reason::Full);
        }
        for settling in &rule.settles {
            let next = Code(u16::try_from(self.masks.len()).map_err(|_| Reason::Full)?);
            let Code(code) = *self.codes.entry(settling.act.clone()).or_insert(next);
            if Code(code) == next {
                self.masks.push(0);
            }
            if let Some(mask) = self.masks.get_mut(usize::from(code)) {
                *mask |= 1 << index;
            }
        }
        self.reads(rule);
        self.lanes.push(lane);
        Ok(())
    }

    fn lane(&self, book: &Rulebook, rule: &Rule) -> Result<Lane, Reason> {
        let Shape::Once(once) = &rule.shape else { return Err(Reason::Shape) };
        if book.versions(&rule.id).len() != 1 || rule.valid_to.is_some() {
            return Err(Reason::Versions);
        }
        if rule.cohort.is_some() || once.windows.iter().any(|w| w.born.is_some()) {
            return Err(Reason::Births);
        }
        let mut free = once.windows.iter().filter(|w| plain(w));
        let (Some(window), None) = (free.next(), free.next()) else { return Err(Reason::Windows) };
        if once.windows.iter().any(|w| w.after_acts > 0) || bounds(window).any(Bound::is_from_history) {
            return Err(Reason::Windows);
        }
        self.person(book, rule)?;
        parts(rule)?;
        let fixed = bounds(window).all(Bound::moves_along);
        let mut lane = Lane { rule: rule.clone(), after: None, moves: false, fixed };
        let Some(after) = &once.after else { return Ok(lane) };
        lane.moves = movable(window)?;
        let days = i16::try_from(after.days).ok().filter(|_| after.days <= LONGEST).ok_or(Reason::Moves)?;
        let prior = self.lanes.iter().position(|l| l.rule.id == after.rule).ok_or(Reason::Prior)?;
        lane.after = Some((prior, days));
        Ok(lane)
    }

    /// Whether the anchor and the acts alone tell for whom the rule is and what settles it.
    fn person(&self, book: &Rulebook, rule: &Rule) -> Result<(), Reason> {
        if rule.kin_tests().next().is_some() {
            return Err(Reason::Kin);
        }
        if !rule.needs_one_of.is_empty() || rule.needs.iter().any(|name| *name != self.anchor) {
            return Err(Reason::Needs);
        }
        if rule.ended_by.iter().any(|end| end.date == self.anchor) {
            return Err(Reason::Ends);
        }
        if rule.settles.iter().any(|s| s.from.is_some() || s.to.is_some()) {
            return Err(Reason::Settles);
        }
        let settling = |code: &String| book.rules_for(&self.subject).any(|r| r.settles.iter().any(|s| s.act == *code));
        let by_act = |c: &Condition| matches!(&c.what, What::Act(code) if settling(code));
        if rule.excuses.iter().chain(&rule.excluded_by).any(by_act) {
            return Err(Reason::Excuses);
        }
        Ok(())
    }

    /// Notes what the rule reads besides the anchor and the acts that settle it.
    fn reads(&mut self, rule: &Rule) {
        let Shape::Once(once) = &rule.shape else { return };
        let targets = || once.windows.iter().flat_map(|w| &w.targets);
        let mut dates: Vec<&str> = once.windows.iter().flat_map(bounds).filter_map(Bound::date_name).collect();
        dates.extend(targets().filter_map(|t| t.when_date.as_deref()));
        dates.extend(rule.ended_by.iter().map(|e| e.date.as_str()));
        for name in dates.into_iter().filter(|name| *name != self.anchor) {
            note(&mut self.dates, name);
        }
        for name in once.windows.iter().flat_map(|w| &w.when_period).chain(targets().flat_map(|t| &t.when_period)) {
            note(&mut self.periods, name);
        }
        let letters = rule.invitation.iter().flat_map(|i| &i.acts).map(String::as_str);
        for code in targets().filter_map(|t| t.when_act.as_deref()).chain(letters) {
            note(&mut self.acts, code);
        }
        for condition in rule.excuses.iter().chain(&rule.excluded_by) {
            match &condition.what {
                What::Period(name) => note(&mut self.periods, name),
                What::Act(code) => note(&mut self.acts, code),
                // A rule that looks at related persons has no lane.
                What::Kin(_) => {}
            }
        }
    }
}

/// Whether a window is everybody's.
fn plain(window: &Window) -> bool {
    window.when_period.is_empty() && window.born.is_none()
}

/// The parts that any shape may carry depend on the acts of other rules, on products and on how periods ended.
fn parts(rule: &Rule) -> Result<(), Reason> {
    let carried = [
        (rule.spacing.is_empty(), Reason::Spacing),
        (rule.extensions.is_empty(), Reason::Extensions),
        (rule.products.is_empty() && !rule.only_products, Reason::Products),
        (rule.cautions.is_empty(), Reason::Cautions),
    ];
    carried.into_iter().find(|(without, _)| !without).map_or(Ok(()), |(_, reason)| Err(reason))
}

fn note(list: &mut Vec<String>, name: &str) {
    if !list.iter().any(|n| n == name) {
        list.push(name.to_string());
    }
}

/// All dates of a window.
fn bounds(window: &Window) -> impl Iterator<Item = &Bound> {
    let single = [&window.extended_to, &window.standard_from, &window.standard_to, &window.escalates, &window.until];
    let targets = window.targets.iter().flat_map(|t| t.at.iter().chain(&t.no_earlier_than));
    window.from.iter().chain(&window.to).chain(single.into_iter().flatten()).chain(targets)
}

/// Whether the end of the standard period moves with the first day; an error if other dates would move too, or not by as
/// many days.
fn movable(window: &Window) -> Result<bool, Reason> {
    let opening = |b: &Option<Bound>| b.as_ref().is_some_and(Bound::is_from_opening);
    let stands = !opening(&window.standard_from) && !opening(&window.escalates) && window.targets.is_empty();
    let moves = opening(&window.standard_to);
    if stands && (!moves || window.standard_to.as_ref().is_some_and(Bound::moves_along)) {
        Ok(moves)
    } else {
        Err(Reason::Moves)
    }
}
