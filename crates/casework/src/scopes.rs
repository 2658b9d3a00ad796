//! From a file's story to the facts rules read: one scope per child, pregnancy, time after birth, and resident.

use alloc::vec::Vec;

use rules::{Act, DateFact, Day, Facts, Period, Span};

use crate::{
    body::{Body, Contact, Reached},
    contact::posting,
    fold::{Entry, Story},
    kin::{self, Relative},
    person::{Episode, Gone, Person},
};

/// The facts of one subject within a file.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    pub episode: Option<i32>,
    pub facts: Facts<'a>,
}

/// All scopes of a file, each with what is recorded of related persons. Empty for adults the register merely names.
pub fn scopes<'a>(story: &Story<'a>, person: &Person<'a>, relatives: &[Relative<'a>]) -> Vec<Scope<'a>> {
    let mut scopes = Vec::new();
    if let Some(birth) = person.birth
        && is_register_child(person)
    {
        scopes.push(Scope { episode: None, facts: child(story, person, birth) });
    }
    for episode in &person.episodes {
        scopes.push(Scope { episode: Some(episode.no), facts: pregnancy(story, person, episode) });
        if let Some((day, event)) = episode.delivered {
            let mut facts = common("postpartum", story, person, Some(episode.no));
            facts.dates.push(DateFact { name: "delivery", day, event });
            scopes.push(Scope { episode: Some(episode.no), facts });
        }
    }
    if !scopes.is_empty() && matches!(person.gone, Some((Gone::MovedOut, ..))) {
        scopes.push(Scope { episode: None, facts: common("resident", story, person, None) });
    }
    let kin = kin::facts(relatives);
    scopes.iter_mut().for_each(|scope| scope.facts.kin.clone_from(&kin));
    scopes
}

/// On the register as a child: known to the program before school entry. Decided by facts, not by today's age, so that
/// an undecided duty of a child who grew older never vanishes.
pub fn is_register_child(person: &Person) -> bool {
    match (person.register_end(), person.known_since) {
        (Some(end), Some(instant)) => civil_day(instant) <= end,
        _ => false,
    }
}

/// The civil day in Japan (UTC+9, no summer time) of an instant in microseconds.
pub fn civil_day(instant: i64) -> Day {
    const DAY_US: i64 = 86_400_000_000;
    const JST_US: i64 = 9 * 3_600_000_000;
    Day(i32::try_from((instant + JST_US).div_euclid(DAY_US)).unwrap_or(i32::MAX))
}

fn child<'a>(story: &Story<'a>, person: &Person<'a>, birth: (Span, i64)) -> Facts<'a> {
    let mut facts = common("child", story, person, None);
    facts.dates.push(DateFact { name: "birth", day: birth.0, event: birth.1 });
    let sex = match person.resident.map(|r| r.sex.as_str()) {
        Some("F") => Some("female"),
        Some("M") => Some("male"),
        _ => None,
    };
    facts.periods.extend(sex.map(|name| Period { name, from: birth.0.lo, to: None, event: birth.1 }));
    if let Some((born, event)) = person.born {
        if let Some(home) = born.home_from {
            facts.dates.push(DateFact { name: "home_from", day: Span::on(home), event });
        }
        // 低体重児届: under 2,500 g (母子保健法18条).
        if born.weight.is_some_and(|g| g < 2500) {
            facts.periods.push(Period { name: "low_birth_weight", from: born.birth.lo, to: None, event });
        }
        if born.wish_newborn_visit {
            facts.periods.push(Period { name: "wish_newborn_visit", from: born.birth.lo, to: None, event });
        }
    }
    facts
}

fn pregnancy<'a>(story: &Story<'a>, person: &Person<'a>, episode: &Episode<'a>) -> Facts<'a> {
    let mut facts = common("pregnancy", story, person, Some(episode.no));
    facts.dates.push(DateFact { name: "edd", day: Span::on(episode.notice.edd), event: episode.event });
    facts.dates.push(DateFact { name: "registered", day: episode.notified, event: episode.event });
    if let Some((day, event)) = episode.delivered {
        facts.dates.push(DateFact { name: "delivery", day, event });
    }
    if let Some((day, event)) = episode.ended {
        facts.dates.push(DateFact { name: "loss", day, event });
    }
    if let Some(stay) = &episode.notice.satogaeri {
        facts.periods.push(Period { name: "satogaeri", from: stay.from, to: stay.until, event: episode.event });
    }
    facts
}

/// What every subject of the file shares. Acts of another episode are left out; acts without one count everywhere.
fn common<'a>(subject: &'static str, story: &Story<'a>, person: &Person<'a>, episode: Option<i32>) -> Facts<'a> {
    let mut facts = Facts { subject, ..Facts::default() };
    if let Some((day, event)) = person.moved_in {
        facts.dates.push(DateFact { name: "moved_in", day: Span::on(day), event });
    }
    match person.gone {
        Some((Gone::MovedOut, day, event)) => {
            facts.dates.push(DateFact { name: "moved_out", day: Span::on(day), event });
        }
        Some((Gone::Died, day, event)) => facts.dates.push(DateFact { name: "death", day: Span::on(day), event }),
        None => {}
    }
    for entry in story.entries.iter().filter(|e| e.episode.is_none() || e.episode == episode) {
        // 返戻: nobody read it, so it invites to nothing and answers nothing.
        if matches!(entry.body, Body::Sent(_)) && posting::came_back(story, entry.root) {
            continue;
        }
        read_entry(&mut facts, entry);
    }
    facts
}

pub(crate) fn read_entry<'a>(facts: &mut Facts<'a>, entry: &Entry<'a>) {
    match entry.body {
        Body::Contact(c) => read_contact(facts, entry, c, "contact"),
        Body::Visit(c) => read_contact(facts, entry, c, "visit"),
        Body::Service(s) => {
            let act = Act {
                code: &s.code,
                day: entry.day,
                product: s.product.as_deref(),
                number: s.number,
                result: (!matches!(s.result.as_str(), "" | "done" | "normal")).then_some(s.result.as_str()),
                event: entry.root,
            };
            facts.acts.push(act);
            if kin::was_seen(s.seen.as_ref()) {
                facts.acts.push(Act { code: "seen", product: None, number: None, result: None, ..act });
            }
        }
        // An invitation by post is an invitation: the ladder of rules reads it as if it had been recorded by itself.
        Body::Sent(s) if s.code != "notice" && !s.service.is_empty() => facts.acts.push(Act {
            code: &s.code,
            day: entry.day,
            product: Some(&s.service),
            number: None,
            result: None,
            event: entry.root,
        }),
        Body::Period { name, until, .. } => {
            facts.periods.push(Period { name, from: entry.day.lo, to: *until, event: entry.root });
        }
        _ => {}
    }
}

fn read_contact<'a>(facts: &mut Facts<'a>, entry: &Entry<'a>, contact: &'a Contact, code: &'static str) {
    let result = match contact.result {
        Reached::Reached => None,
        Reached::Refused => Some("refused"),
        Reached::Absent | Reached::CallBack | Reached::DeadNumber => Some("absent"),
    };
    let act = Act { code, day: entry.day, product: None, number: None, result, event: entry.root };
    facts.acts.push(act);
    if let Some(service) = &contact.service {
        facts.acts.push(Act { code: service, ..act });
    }
    if kin::was_seen(contact.seen.as_ref()) {
        facts.acts.push(Act { code: "seen", result: None, ..act });
    }
}
