//! What a reader may see of a file: the mask between the store and every page, list, print and export.
//!
//! Applied to the events right after they are loaded, before anything is folded for a reader, so that no page can show
//! what it was never given. Protected (支援措置・秘匿): no address, phone, district, household, place, clinic, 里帰り先
//! (practice.md §5), of whoever lives with them neither ([`home`]). Which events a role may know of at all is decided by their sensitivity.

pub mod home;
mod open;
pub mod words;

use casework::{Body, Person, Role, Sensitivity, Story, View, body::Seen, fold};

pub use self::open::{NOT_AT_COUNTER, in_the_open};
use super::{Actor, store::FileEvents};

/// Masks a file's events for whoever reads it. Returns whether the person's place is hidden: decided on everything recorded,
/// also on what the reader may not see, and on who lives with them. In 窓口モード everybody is.
pub fn for_actor(of: &mut FileEvents, actor: &Actor) -> bool {
    for_level(of, actor, level(actor))
}

/// The same with the narrowest records a running 緊急閲覧 opens. A visitor sees the screen of 窓口モード: nothing narrow then,
/// emergency or not.
pub fn for_level(of: &mut FileEvents, actor: &Actor, narrowest: Sensitivity) -> bool {
    let narrowest = if actor.counter { Sensitivity::Ordinary } else { narrowest };
    let protected = to_level(of, narrowest);
    if actor.counter {
        in_the_open(of);
    }
    protected || actor.counter
}

fn to_level(of: &mut FileEvents, level: Sensitivity) -> bool {
    let (protected, hidden) = {
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
        (Person::read(&story).protected || of.sheltered, hidden(&story))
    };
    // Read before anything is left out: a place only the narrow may read of is not told in words either.
    let values = protected.then(|| words::Values::of(of));
    unlink(of, &hidden);
    of.events.retain(|e| e.sensitivity <= level);
    of.last = of.events.last().map_or(0, |e| e.id);
    if let Some(values) = values {
        for body in of.events.iter_mut().filter_map(|e| e.body.as_mut()) {
            values.scrub_body(body);
            blank(body);
        }
    }
    protected
}

/// Files to which the link is hidden (特別養子縁組).
fn hidden(story: &Story<'_>) -> Vec<i64> {
    let to = |body: &Body| match body {
        Body::Relation { to, hidden: true, .. } => Some(*to),
        _ => None,
    };
    story.entries.iter().filter_map(|e| to(e.body)).collect()
}

/// Nobody is shown a hidden link, whatever their role: every record loses it.
fn unlink(of: &mut FileEvents, hidden: &[i64]) {
    if hidden.is_empty() {
        return;
    }
    of.events.retain(|e| !matches!(&e.body, Some(Body::Relation { to, .. }) if hidden.contains(to)));
    for body in of.events.iter_mut().filter_map(|e| e.body.as_mut()) {
        match body {
            Body::Born(born) if hidden.contains(&born.mother) => born.mother = 0,
            Body::Delivered { children, .. } => children.retain(|child| !hidden.contains(child)),
            _ => {}
        }
    }
}

/// Who may know that an event exists.
pub fn may_see(role: Role, sensitivity: Sensitivity) -> bool {
    match sensitivity {
        Sensitivity::Ordinary => true,
        Sensitivity::Guarded => !matches!(role, Role::Clerk | Role::Contracted),
        Sensitivity::Compartment => matches!(role, Role::ProtectionWorker | Role::Coordinator | Role::Head),
    }
}

/// The narrowest records somebody may know of.
pub fn level(actor: &Actor) -> Sensitivity {
    if actor.counter {
        return Sensitivity::Ordinary;
    }
    let role = actor.role;
    let levels = [Sensitivity::Compartment, Sensitivity::Guarded];
    levels.into_iter().find(|level| may_see(role, *level)).unwrap_or_default()
}

/// Empties what tells where a protected person is; in free text it is masked word by word ([`words`]).
fn blank(body: &mut Body) {
    match body {
        Body::Resident(r) => {
            for text in [&mut r.household, &mut r.postcode, &mut r.address, &mut r.district, &mut r.phone] {
                text.clear();
            }
            r.from_place.clear();
        }
        Body::MovedOut { destination } => destination.clear(),
        Body::Contact(c) | Body::Visit(c) => unplace(&mut c.seen),
        Body::Service(s) => {
            s.place.clear();
            unplace(&mut s.seen);
        }
        Body::PregnancyNotified(p) => {
            p.clinic.clear();
            if let Some(stay) = &mut p.satogaeri {
                stay.place.clear();
            }
        }
        Body::Delivered { place, .. } => place.clear(),
        _ => {}
    }
}

fn unplace(seen: &mut Option<Seen>) {
    if let Some(seen) = seen {
        seen.place.clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use casework::{
        Event,
        body::{Pregnancy, Resident, Stay},
    };
    use rules::{Day, Span};

    use super::*;

    fn for_role(of: &mut FileEvents, role: Role) -> bool {
        for_actor(of, &Actor { role, ..Actor::program(vec![1]) })
    }

    fn event(id: i64, sensitivity: Sensitivity, body: Body) -> Event {
        Event {
            id,
            keeper: 1,
            file: 1,
            seq: i32::try_from(id).unwrap(),
            episode: Some(1),
            day: Span::on(Day(20_000)),
            source: String::from("own"),
            batch: None,
            sensitivity,
            actor: 1,
            recorded_at: id,
            corrects: None,
            body: Some(body),
        }
    }

    fn file(protected: Sensitivity) -> FileEvents {
        let resident = Resident { address: "北町1-2".into(), phone: "080-5550-0100".into(), ..Resident::default() };
        let stay = Stay { from: Day(20_010), until: None, place: "東浜市".into() };
        let pregnancy = Pregnancy {
            edd: Day(20_100),
            fetuses: 1,
            birth_order: None,
            satogaeri: Some(stay),
            clinic: "みなと産院".into(),
            note: String::new(),
            next: None,
        };
        FileEvents {
            events: vec![
                event(1, Sensitivity::Ordinary, Body::Resident(resident)),
                event(2, Sensitivity::Ordinary, Body::PregnancyNotified(pregnancy)),
                event(3, protected, Body::Protection { on: true, note: String::new(), review: None }),
            ],
            ..FileEvents::default()
        }
    }

    #[test]
    fn nothing_that_tells_where_a_protected_person_is_gets_past_the_store() {
        let mut of = file(Sensitivity::Ordinary);
        assert!(for_role(&mut of, Role::Phn));
        let said = format!("{:?}", of.events);
        for place in ["北町", "5550", "東浜", "みなと産院"] {
            assert!(!said.contains(place), "{place}");
        }
    }

    #[test]
    fn a_protection_the_reader_may_not_know_of_still_masks() {
        let mut of = file(Sensitivity::Compartment);
        assert!(for_role(&mut of, Role::Phn));
        assert_eq!(of.events.len(), 2);
        assert!(!format!("{:?}", of.events).contains("北町"));
    }

    #[test]
    fn a_hidden_link_is_shown_to_nobody_also_where_only_the_narrow_may_know_why() {
        let relation = Body::Relation { to: 7, role: "mother".into(), until: None, hidden: true };
        for role in [Role::Phn, Role::Head] {
            let mut of = file(Sensitivity::Ordinary);
            let plain = Body::Relation { to: 7, role: "mother".into(), until: None, hidden: false };
            of.events.push(event(4, Sensitivity::Ordinary, plain));
            of.events.push(event(5, Sensitivity::Compartment, relation.clone()));
            for_role(&mut of, role);
            assert_eq!(of.events.len(), 3, "{role:?}");
        }
    }

    #[test]
    fn narrow_events_exist_for_narrow_roles_only() {
        let seen = |sensitivity| Role::ALL.into_iter().filter(|r| may_see(*r, sensitivity)).collect::<Vec<_>>();
        assert_eq!(seen(Sensitivity::Compartment), [Role::Coordinator, Role::Head, Role::ProtectionWorker]);
        assert!(!may_see(Role::Clerk, Sensitivity::Guarded));
        assert!(!may_see(Role::Contracted, Sensitivity::Guarded));
        assert!(may_see(Role::Phn, Sensitivity::Guarded));
    }
}
