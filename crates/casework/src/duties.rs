//! Duties (やること): what is owed to whom by when, derived from a file's story. Dates only; statuses are comparisons
//! with today, made by whoever asks.
//!
//! `today` enters in one way only: what opens later than the horizon is not stored yet, and [`Derived::rederive_on`]
//! says when looking again would give another answer. A catch-up on that day and a derivation from scratch agree.

use alloc::{format, string::String, vec::Vec};

use rules::{Day, Outcome, Phase, Rule, Rulebook, Standing as StepStanding, counting};

use crate::{
    body::{Body, Closure, Contact, Next, Reached, Service},
    disclosure,
    fold::{Entry, Story},
    kin::Relative,
    office::handover,
    person::{Gone, Person},
    protection,
    scopes::{Scope, is_register_child, scopes},
};

/// Duties that open later than this many days from today are left for a later derivation.
pub const HORIZON_DAYS: i32 = 400;
/// Somebody is covered if a step opens within this many days (house.md, promise 1). Shorter than the horizon.
pub const COVER_DAYS: i32 = 366;
/// A promised contact counts as kept when somebody was reached this many days before it or later.
const PROMISE_EARLY_DAYS: i32 = 7;
/// The service of duties that come from a promise, not from a rule.
pub const NEXT_CONTACT: &str = "next_contact";

/// One duty in one phase. Several phases share a key; their ranges of days do not overlap.
#[derive(Clone, PartialEq, Debug)]
pub struct Duty {
    /// `service`, `service#dose`, `@episode`: stable, so that notes, decisions and addresses can name it.
    pub key: String,
    /// 0-based position among the key's phases.
    pub phase: i32,
    pub episode: Option<i32>,
    pub service: String,
    pub dose: Option<u8>,
    pub occurrence: u16,
    /// Rule id, or `promise`.
    pub rule: String,
    pub rule_from: Option<Day>,
    pub tier: u8,
    /// Whose evidence settles it.
    pub source: String,
    /// 事業, for responsibility.
    pub programme: String,
    /// 支援区分, for responsibility.
    pub category: String,
    /// The window; its `because` is empty in stored duties.
    pub window: Phase,
    /// The next dated step that was agreed about it.
    pub next_on: Option<Day>,
    pub settled: Option<Settled>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Settled {
    pub on: Day,
    pub by: i64,
    pub how: SettledHow,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettledHow {
    Done,
    Excused,
    /// A person's decision: 終結・対象外・判断済.
    Closed,
}

impl SettledHow {
    pub const fn code(self) -> &'static str {
        match self {
            SettledHow::Done => "done",
            SettledHow::Excused => "excused",
            SettledHow::Closed => "closed",
        }
    }
}

/// Where a person stands with respect to promise 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Not on the register by age and episode.
    Outside,
    Covered,
    Released,
    /// On the register, neither covered nor released: on the 未把握・未対応点検表.
    Listed,
}

impl Standing {
    pub const fn code(self) -> &'static str {
        match self {
            Standing::Outside => "outside",
            Standing::Covered => "covered",
            Standing::Released => "released",
            Standing::Listed => "listed",
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Derived {
    /// In order of `(key, phase)`.
    pub duties: Vec<Duty>,
    pub standing: Standing,
    pub covered_by: Option<Day>,
    pub rederive_on: Option<Day>,
}

/// Derives a file's duties for `today`. Of the relatives only what is recorded is read, and only by rules that say so.
pub fn derive<'a>(
    story: &Story<'a>,
    person: &Person<'a>,
    relatives: &[Relative<'a>],
    rulebook: &Rulebook,
    today: Day,
) -> Derived {
    let category = if person.needs_support_since.is_some() { "needs_support" } else { "" };
    let mut duties = Vec::new();
    for scope in scopes(story, person, relatives) {
        for (rule, outcome) in rulebook.outcomes(&scope.facts, |rule| rule.duty) {
            from_rule(&mut duties, rule, outcome, &scope, person);
        }
    }
    if person.known_since.is_some() && !matches!(person.gone, Some((Gone::Died, ..))) {
        promises(&mut duties, story);
    }
    for duty in &mut duties {
        duty.category = String::from(category);
    }
    close(&mut duties, story, person);
    let known = duties.len();
    if !matches!(person.gone, Some((Gone::Died, ..))) {
        protection::duties(&mut duties, story);
    }
    disclosure::duties(&mut duties, story);
    handover::duties(&mut duties, story);
    for duty in duties.iter_mut().skip(known).filter(|d| d.category.is_empty()) {
        duty.category = String::from(category);
    }
    close(duties.get_mut(known..).unwrap_or_default(), story, person);
    steps(&mut duties, story);
    let beyond = |d: &Duty| d.settled.is_none() && opens(d).is_some_and(|o| o > today.plus(HORIZON_DAYS));
    let later = duties.iter().filter(|d| beyond(d)).filter_map(opens).min().map(|d| d.plus(-HORIZON_DAYS));
    duties.retain(|d| !beyond(d));
    duties.sort_by(|a, b| (&a.key, a.phase).cmp(&(&b.key, b.phase)));
    let (standing, covered_by, change) = standing(&duties, person, today);
    Derived { duties, standing, covered_by, rederive_on: [later, change].into_iter().flatten().min() }
}

/// The key of a duty: service, dose or occurrence, episode.
pub fn key(service: &str, dose: Option<u8>, occurrence: u16, episode: Option<i32>) -> String {
    let mut key = String::from(service);
    if let Some(dose) = dose {
        key.push_str(&format!("#{dose}"));
    } else if occurrence > 0 {
        key.push_str(&format!("#{occurrence}"));
    }
    if let Some(episode) = episode {
        key.push_str(&format!("@{episode}"));
    }
    key
}

fn from_rule(duties: &mut Vec<Duty>, rule: &Rule, outcome: Outcome, scope: &Scope<'_>, person: &Person<'_>) {
    for step in outcome.steps {
        let base = Duty {
            key: key(&rule.service, step.dose, step.occurrence, scope.episode),
            phase: 0,
            episode: scope.episode,
            service: rule.service.clone(),
            dose: step.dose,
            occurrence: step.occurrence,
            rule: rule.id.clone(),
            rule_from: Some(rule.valid_from),
            tier: rule.tier,
            source: rule.evidence.clone(),
            programme: rule.programme.clone(),
            category: String::new(),
            window: Phase::default(),
            next_on: None,
            settled: None,
        };
        match step.standing {
            StepStanding::Done { on, event } => {
                duties.push(Duty { settled: Some(Settled { on, by: event, how: SettledHow::Done }), ..base });
            }
            StepStanding::Excused { from, event, .. } => {
                duties.push(Duty { settled: Some(Settled { on: from, by: event, how: SettledHow::Excused }), ..base });
            }
            // What must be done first stands on the list itself; this follows when that is recorded.
            StepStanding::Open(_) if outcome.waits_for.is_some() => {}
            StepStanding::Open(phases) => {
                // A window that closed before the family came here was the former town's (照会, not a duty of ours).
                let last = phases.last().and_then(|p| p.legal_to);
                let before_us = match (last, person.moved_in) {
                    (Some(last), Some((day, event))) if last < day => {
                        Some(Settled { on: day, by: event, how: SettledHow::Excused })
                    }
                    _ => None,
                };
                let (mut phases, mut phase) = (phases.into_iter(), 0);
                let Some(mut window) = phases.next() else { continue };
                for next in phases {
                    duties.push(Duty { phase, window, settled: before_us.clone(), ..base.clone() });
                    (window, phase) = (next, phase + 1);
                }
                duties.push(Duty { phase, window, settled: before_us, ..base });
            }
        }
    }
}

/// The part of a recorded act that promises a next step.
fn promise_of(body: &Body) -> Option<(&Next, Option<&str>)> {
    match body {
        Body::Contact(Contact { next: Some(next), about, .. })
        | Body::Visit(Contact { next: Some(next), about, .. })
        | Body::Service(Service { next: Some(next), about, .. }) => Some((next, about.as_deref())),
        Body::PregnancyNotified(p) => p.next.as_ref().map(|n| (n, None)),
        Body::Returned(r) => Some((&r.next, None)),
        _ => None,
    }
}

/// (key the act was made for, whether somebody was reached).
fn touch(body: &Body) -> Option<(Option<&str>, bool)> {
    match body {
        Body::Contact(c) | Body::Visit(c) => {
            Some((c.about.as_deref(), matches!(c.result, Reached::Reached | Reached::Refused)))
        }
        Body::Service(s) => Some((s.about.as_deref(), s.result != "absent")),
        _ => None,
    }
}

/// Promised next contacts that stand on their own (made about no rule's duty).
fn promises(duties: &mut Vec<Duty>, story: &Story<'_>) {
    for (at, entry) in story.entries.iter().enumerate() {
        let Some((next, about)) = promise_of(entry.body) else { continue };
        let reached = touch(entry.body).is_none_or(|(_, reached)| reached);
        // About another duty, or an attempt for an older promise that reached nobody: that duty's next step instead.
        let carries_on = about.is_some_and(|key| !key.starts_with(NEXT_CONTACT) || !reached);
        if carries_on && about.is_some_and(|key| exists(duties, story, key)) {
            continue;
        }
        let key = format!("{NEXT_CONTACT}#{}", entry.root);
        let kept = story.entries[at + 1..].iter().find(|later| keeps(later, next, &key));
        duties.push(Duty {
            key,
            phase: 0,
            episode: entry.episode,
            service: String::from(NEXT_CONTACT),
            dose: None,
            occurrence: 0,
            rule: String::from("promise"),
            rule_from: None,
            tier: 1,
            source: String::from("own"),
            programme: String::from("support"),
            category: String::new(),
            window: Phase {
                applies_from: Some(entry.day.hi),
                legal_from: Some(entry.day.hi),
                target: Some(next.on),
                ..Phase::default()
            },
            next_on: None,
            settled: kept.map(|e| Settled { on: e.day.hi, by: e.root, how: SettledHow::Done }),
        });
    }
}

/// Whether a duty of that key is owed: a rule's, or a promise recorded in the file.
fn exists(duties: &[Duty], story: &Story<'_>, key: &str) -> bool {
    let promised = || {
        let root = key.strip_prefix(NEXT_CONTACT).and_then(|k| k.strip_prefix('#')).and_then(|k| k.parse::<i64>().ok());
        root.is_some_and(|root| story.entries.iter().any(|e| e.root == root && promise_of(e.body).is_some()))
    };
    duties.iter().any(|d| d.key == key) || promised()
}

/// A later act keeps a promise if it was made for it and reached somebody, if somebody was reached about the promised
/// day or later, or if it agreed on a new next contact in its place.
fn keeps(later: &Entry<'_>, next: &Next, key: &str) -> bool {
    let Some((about, reached)) = touch(later.body) else { return false };
    let renewed = promise_of(later.body).is_some_and(|(_, about)| about.is_none_or(|a| a.starts_with(NEXT_CONTACT)));
    reached && (about == Some(key) || later.day.hi >= next.on.plus(-PROMISE_EARLY_DAYS) || renewed)
}

/// Decisions of persons about duties, release from the register, and death.
fn close(duties: &mut [Duty], story: &Story<'_>, person: &Person<'_>) {
    for duty in duties.iter_mut().filter(|d| d.settled.is_none() && d.service != disclosure::REPLY) {
        let decided = story
            .entries
            .iter()
            .rev()
            .find(|e| matches!(e.body, Body::Closure(Closure { key, .. }) if *key == duty.key));
        let by = decided.map(|e| (e.day.hi, e.root)).or(person.released);
        duty.settled = by.map(|(on, by)| Settled { on, by, how: SettledHow::Closed });
    }
}

/// The next dated step agreed about each duty: the latest act made for it decides, or the latest 持ち越し.
fn steps(duties: &mut [Duty], story: &Story<'_>) {
    let decides = |body: &Body, key: &str| match body {
        Body::Deferred(d) => d.key == key,
        _ => touch(body).is_some_and(|(about, _)| about == Some(key)),
    };
    for duty in duties.iter_mut().filter(|d| d.settled.is_none()) {
        let last = story.entries.iter().rev().find(|e| decides(e.body, &duty.key));
        duty.next_on = last.and_then(|e| match e.body {
            Body::Deferred(d) => Some(d.on),
            other => promise_of(other).map(|(next, _)| next.on),
        });
    }
}

/// The first day on which the duty is open; `None` = it always was.
pub fn opens(duty: &Duty) -> Option<Day> {
    let window = [duty.window.applies_from, duty.window.legal_from].into_iter().flatten().max();
    // An agreed next step is a step of its own, whatever the window.
    match (duty.next_on, window) {
        (Some(next), Some(window)) => Some(next.min(window)),
        (_, window) => window,
    }
}

/// The last day on which an open duty covers its person; `None` = until somebody decides.
pub(crate) fn covers_until(duty: &Duty) -> Option<Day> {
    if duty.tier == 1 { None } else { [duty.window.applies_until, duty.window.legal_to].into_iter().flatten().min() }
}

/// (standing, the day by which a step opens, the next day on which this may change by time alone)
fn standing(duties: &[Duty], person: &Person<'_>, today: Day) -> (Standing, Option<Day>, Option<Day>) {
    const NO_END: Day = Day(i32::MAX);
    let child_until = person.register_end().filter(|_| is_register_child(person));
    let mother_until = person.episodes.iter().filter_map(|e| match (e.delivered, e.ended) {
        (Some((day, _)), _) => Some(counting::after_months(day.hi, 12).plus(-1)),
        (None, Some(_)) => None,
        (None, None) => Some(NO_END),
    });
    let gone = matches!(person.gone, Some((Gone::Died, ..)));
    let until = child_until.into_iter().chain(mother_until).max();
    let Some(until) = until.filter(|u| *u >= today && !gone) else { return (Standing::Outside, None, None) };
    let ends = (until != NO_END).then(|| until.plus(1));
    if person.released.is_some() {
        return (Standing::Released, None, ends);
    }
    let open: Vec<&Duty> = duties
        .iter()
        .filter(|d| !handover::is_of_the_office(d))
        .filter(|d| d.settled.is_none() && d.tier < 3 && covers_until(d).is_none_or(|u| u >= today))
        .collect();
    let lapses = open.iter().filter_map(|d| covers_until(d)).map(|d| d.plus(1));
    let change = lapses.chain(ends).min();
    // `None` sorts first: a duty that was always open.
    let Some(by) = open.iter().map(|d| opens(d)).min() else { return (Standing::Listed, None, change) };
    match by {
        Some(day) if day > today.plus(COVER_DAYS) => {
            (Standing::Listed, None, change.into_iter().chain([day.plus(-COVER_DAYS)]).min())
        }
        by => (Standing::Covered, by, change),
    }
}
