//! From a line to the facts that rules read: one scope for a child and one for its mother's time after birth, or one
//! for a pregnancy.

use rules::{Act, DateFact, Day, Facts, Period, Rulebook, Span, Standing, counting};

use super::ask::{Ask, Event, Kind};

/// The scopes of a line. Acts, periods and dates all name event 0 or the place of the event in the line.
pub(super) fn scopes<'a>(ask: &'a Ask, book: &Rulebook) -> Vec<Facts<'a>> {
    match ask.kind {
        Kind::Child { birth } => {
            let mut child = facts(ask, "child", birth);
            child.dates.push(date("birth", birth));
            if let Some(day) = certified_in_time(book, &child) {
                child.dates.push(date("shouman_certified", day));
            }
            let mut mother = facts(ask, "postpartum", birth);
            mother.dates.push(date("delivery", birth));
            vec![child, mother]
        }
        Kind::Pregnancy { edd } => {
            let mut pregnancy = facts(ask, "pregnancy", counting::gestation_day(edd, 0, 0));
            pregnancy.dates.push(date("edd", edd));
            if let Some(delivery) = delivery(ask) {
                pregnancy.dates.push(date("delivery", delivery.day));
            }
            vec![pregnancy]
        }
    }
}

/// The delivery of a pregnancy, if it is among the events.
pub(super) fn delivery(ask: &Ask) -> Option<&Event> {
    ask.events.iter().find(|e| e.code == "delivery")
}

fn date(name: &'static str, day: Day) -> DateFact<'static> {
    DateFact { name, day: Span::on(day), event: 0 }
}

/// The day of the certificate that settles the first application. One after the 18th birthday does not, and so opens no
/// continuation: the rule `shouman_new` knows, not this file.
fn certified_in_time(book: &Rulebook, child: &Facts<'_>) -> Option<Day> {
    let outcome = book.evaluate("shouman_new", child, false);
    outcome.steps.iter().find_map(|step| match step.standing {
        Standing::Done { on, .. } => Some(on),
        _ => None,
    })
}

/// What every scope of the line shares; states of the person hold from `since`.
fn facts<'a>(ask: &'a Ask, subject: &'static str, since: Day) -> Facts<'a> {
    let numbered = || (1_i64..).zip(&ask.events);
    let acts = numbered().map(|(event, e)| Act {
        code: e.code,
        day: Span::on(e.day),
        product: e.product,
        number: None,
        result: None,
        event,
    });
    let state = |name| Period { name, from: since, to: None, event: 0 };
    let mut periods: Vec<Period<'_>> = ask.sex.into_iter().chain(ask.flags.iter().copied()).map(state).collect();
    if ask.multiple {
        periods.push(state("multiple_birth"));
    }
    circumstances(ask, since, &mut periods);
    Facts { subject, acts: acts.collect(), periods, ..Facts::default() }
}

/// 長期療養特例: each beginning with the next end. An end whose beginning was not told began at the latest `since`; a
/// beginning without an end lasts.
fn circumstances(ask: &Ask, since: Day, periods: &mut Vec<Period<'_>>) {
    let mut open: Option<(Day, i64)> = None;
    for (event, e) in (1_i64..).zip(&ask.events) {
        match e.code {
            "special_circumstance_start" => open = open.or(Some((e.day, event))),
            "special_circumstance_end" => {
                let (from, event) = open.take().unwrap_or((since.min(e.day), event));
                periods.push(Period { name: "special_circumstance", from, to: Some(e.day), event });
            }
            _ => {}
        }
    }
    if let Some((from, event)) = open {
        periods.push(Period { name: "special_circumstance", from, to: None, event });
    }
}
