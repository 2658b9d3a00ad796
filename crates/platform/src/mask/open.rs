//! What may stand in the open: in lists, which are looked at over shoulders, and on every screen in 窓口モード.
//!
//! Categories (要支援, 要対協), scores, narrow records, cautions and whatever was written in words are not in what comes out
//! here, so no page can put them into its source (practice.md §5).

use casework::{
    Body, Sensitivity,
    body::{Caution, Contact, Next, Service},
};

use super::blank;
use crate::store::FileEvents;

/// Stands where a caution stands: that there is one must not be overlooked.
pub const NOT_AT_COUNTER: &str = "窓口モードでは表示しません";

/// What a next step is called by choice; anything else was typed.
const NEXT: [&str; 5] = ["call", "visit", "interview", "letter", "address"];
/// States that are no category.
const NEUTRAL: [&str; 4] = ["satogaeri", "wish_newborn_visit", "vouchers_used_up", "low_birth_weight"];

/// Takes out of a file what may not stand in the open. Returns whether there was such a record at all.
pub fn in_the_open(of: &mut FileEvents) -> bool {
    let all = of.events.len();
    of.events.retain(|e| e.sensitivity == Sensitivity::Ordinary && e.body.as_ref().is_none_or(may_stand));
    for body in of.events.iter_mut().filter_map(|e| e.body.as_mut()) {
        blank(body);
        quiet(body);
    }
    of.events.len() < all
}

/// A record that does not say by being there what it is about.
fn may_stand(body: &Body) -> bool {
    match body {
        Body::Period { name, .. } => NEUTRAL.contains(&name.as_str()),
        Body::Service(s) => !s.code.starts_with("epds"),
        Body::Protection { .. } => false,
        // That somebody asked, and who.
        Body::Disclosure(_) | Body::DisclosureExtended(_) | Body::DisclosureAnswered(_) => false,
        // Why a letter did not go tells of loss and protection.
        Body::Held(_) => false,
        _ => true,
    }
}

/// Empties what was written in words, and findings and scores.
fn quiet(body: &mut Body) {
    match body {
        Body::Contact(c) | Body::Visit(c) => contact(c),
        Body::Service(s) => service(s),
        Body::PregnancyNotified(p) => {
            p.note.clear();
            next(&mut p.next);
        }
        Body::PregnancyEnded { weeks, note } => {
            *weeks = None;
            note.clear();
        }
        Body::Period { note, .. } => note.clear(),
        Body::Sent(s) => {
            s.reason.clear();
            s.decided.clear();
            s.alone = false;
        }
        Body::Returned(r) => r.note.clear(),
        Body::Caution(c) if *c != Caution::default() => {
            *c = Caution { note: String::from(NOT_AT_COUNTER), ..Caution::default() };
        }
        Body::Resident(r) => r.nationality.clear(),
        Body::Closure(c) => c.reason.clear(),
        Body::Released { reason }
        | Body::Withdrawn { reason }
        | Body::Erased { reason, .. }
        | Body::JoinedBy { reason, .. }
        | Body::ToldApart { reason, .. } => reason.clear(),
        Body::Joined(joined) => joined.reason.clear(),
        Body::Note { text } => *text = String::from(NOT_AT_COUNTER),
        _ => {}
    }
}

fn contact(contact: &mut Contact) {
    contact.with.clear();
    contact.note.clear();
    next(&mut contact.next);
}

fn service(service: &mut Service) {
    service.note.clear();
    service.number = None;
    if ["needs_exam", "needs_treatment", "in_treatment", "watch"].contains(&service.result.as_str()) {
        service.result = String::from("done");
    }
    next(&mut service.next);
}

fn next(next: &mut Option<Next>) {
    if let Some(next) = next
        && !NEXT.contains(&next.what.as_str())
    {
        next.what.clear();
    }
}
