//! Writes the answers as the workload asks for them: `person_id,service,status,start,end`, lines in order of their bytes.

use std::io::{self, Write};

use rules::{Status, bulk::Answer};

use super::{Answers, Group, Workload};

/// Writes one line per person and service.
///
/// # Errors
/// If a line cannot be written, or if somebody was left to ordinary evaluation: the workload has no such person.
pub fn write(work: &Workload, answers: &Answers, out: &mut impl Write) -> io::Result<()> {
    let orders: Vec<Vec<(usize, &str)>> = work.groups.iter().map(lanes).collect();
    let key = |i: &usize| work.persons.name(*i).bytes().chain(*b",");
    let mut people: Vec<usize> = (0..work.persons.len()).collect();
    if !people.is_sorted_by(|a, b| key(a).le(key(b))) {
        people.sort_by(|a, b| key(a).cmp(key(b)));
    }
    for i in people {
        let name = work.persons.name(i);
        let Some((group, place)) = work.persons.places.get(i) else { continue };
        let (group, place) = (usize::from(*group), *place as usize);
        let (Some(order), Some(of), Some((table, parts))) =
            (orders.get(group), work.groups.get(group), answers.groups.get(group))
        else {
            continue;
        };
        // Parts follow each other without a gap, so the first that answers is the one.
        for (lane, service) in order {
            let answer = parts.iter().find_map(|part| part.answer(&of.plan, table, place, *lane));
            let line = answer.as_ref().and_then(|a| Some((word(a), a.window.legal_from?, a.window.legal_to?)));
            let Some((status, from, to)) = line else {
                return Err(io::Error::other(format!("{name}, {service}: days too far apart to be answered in bulk")));
            };
            writeln!(out, "{name},{service},{status},{from},{to}")?;
        }
    }
    out.flush()
}

/// Lanes in order of their services' bytes.
fn lanes(group: &Group) -> Vec<(usize, &str)> {
    let mut order: Vec<(usize, &str)> = group.plan.rules().map(|r| r.service.as_str()).enumerate().collect();
    order.sort_by(|(_, a), (_, b)| a.bytes().chain(*b",").cmp(b.bytes().chain(*b",")));
    order
}

/// The workload's word for a status.
fn word(answer: &Answer) -> &'static str {
    match answer.status {
        Status::Complete => "done",
        Status::Expired | Status::NotEligible => "expired",
        Status::NotYet if answer.waits => "blocked",
        Status::NotYet => "upcoming",
        Status::Due | Status::Recommended => "due",
        Status::Overdue => "overdue",
    }
}
