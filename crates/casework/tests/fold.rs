//! The fold keeps its promises whatever the history: order of arrival, corrections, withdrawals, 抹消, batches, as known.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use casework::{
    Body, Event, Person, Sensitivity, View,
    body::{Born, Caution, Contact, Reached, Resident, Service},
    fold,
    fold::Fate,
};
use proptest::prelude::*;
use rules::{Day, Span};

fn event(id: i64, day: i32, body: Body) -> Event {
    Event {
        id,
        keeper: 1,
        file: 1,
        seq: i32::try_from(id).unwrap(),
        episode: None,
        day: Span::on(Day(day)),
        source: "own".into(),
        batch: None,
        sensitivity: Sensitivity::Ordinary,
        actor: 1,
        recorded_at: id * 1000,
        corrects: None,
        body: Some(body),
    }
}

fn note(text: &str) -> Body {
    Body::Note { text: text.into() }
}

fn said(story: &casework::Story<'_>) -> Vec<(i32, String)> {
    story.entries.iter().map(|e| (e.day.lo.0, e.body.write().unwrap())).collect()
}

#[test]
fn a_correction_equals_never_having_erred() {
    let erred = [
        event(1, 10, note("あやまり")),
        event(2, 20, note("別の記録")),
        Event { corrects: Some(1), ..event(3, 12, note("正しい")) },
    ];
    let never = [event(1, 12, note("正しい")), event(2, 20, note("別の記録"))];
    assert_eq!(said(&fold(&erred, View::default())), said(&fold(&never, View::default())));
    let story = fold(&erred, View::default());
    assert_eq!(story.log[0].1, Fate::Corrected(3));
    assert_eq!(story.log[2].1, Fate::Stands);
}

#[test]
fn the_last_correction_counts_and_a_withdrawal_ends_them_all() {
    let mut events = vec![
        event(1, 10, note("一")),
        Event { corrects: Some(1), ..event(2, 10, note("二")) },
        Event { corrects: Some(1), ..event(3, 10, note("三")) },
    ];
    assert_eq!(said(&fold(&events, View::default())).len(), 1);
    assert!(said(&fold(&events, View::default()))[0].1.contains("三"));
    events.push(Event { corrects: Some(1), ..event(4, 11, Body::Withdrawn { reason: "別の方".into() }) });
    let story = fold(&events, View::default());
    assert!(story.entries.is_empty());
    assert_eq!(story.log[0].1, Fate::Withdrawn(4));
}

#[test]
fn what_was_known_at_an_instant_is_told_as_it_was_known() {
    let events = [event(1, 10, note("あやまり")), Event { corrects: Some(1), ..event(2, 10, note("正しい")) }];
    let before = fold(&events, View { known_at: Some(1999), ..View::default() });
    assert!(before.entries[0].body.write().unwrap().contains("あやまり"));
    assert_eq!(before.log.len(), 1);
}

#[test]
fn as_of_a_day_leaves_out_what_happened_later() {
    let events = [event(1, 10, note("一")), event(2, 20, note("二"))];
    assert_eq!(fold(&events, View { as_of: Some(Day(19)), ..View::default() }).entries.len(), 1);
    assert_eq!(fold(&events, View { as_of: Some(Day(20)), ..View::default() }).entries.len(), 2);
}

#[test]
fn an_erased_body_says_nothing_and_its_place_stays() {
    let events = [
        Event { body: None, ..event(1, 10, note("")) },
        event(2, 11, Body::Erased { target: 1, reason: "別の家庭".into() }),
    ];
    let story = fold(&events, View::default());
    assert!(story.entries.is_empty());
    assert_eq!(story.log[0].1, Fate::Erased);
}

#[test]
fn a_withdrawn_batch_is_as_if_never_imported_but_later_entries_stay() {
    let events = [
        Event {
            batch: Some(7),
            ..event(1, 10, Body::Resident(Resident { name: "試験 花子".into(), ..Resident::default() }))
        },
        event(2, 11, note("電話した")),
    ];
    let story = fold(&events, View { withdrawn: &[(7, 5000)], ..View::default() });
    assert_eq!(story.entries.len(), 1);
    assert_eq!(Person::read(&story).name(), "");
    let earlier = fold(&events, View { withdrawn: &[(7, 5000)], known_at: Some(4999), ..View::default() });
    assert_eq!(Person::read(&earlier).name(), "試験 花子");
}

#[test]
fn moving_in_again_ends_the_moving_out() {
    let came = Body::Resident(Resident { cause: "moved_in".into(), name: "試験".into(), ..Resident::default() });
    let gone = [event(1, 10, came.clone()), event(2, 20, Body::MovedOut { destination: String::new() })];
    assert!(Person::read(&fold(&gone, View::default())).gone.is_some());
    let back = [gone[0].clone(), gone[1].clone(), event(3, 30, came)];
    assert!(Person::read(&fold(&back, View::default())).gone.is_none());
}

#[test]
fn a_body_reads_back_as_written() {
    let contact = Contact {
        means: "phone".into(),
        time: None,
        with: "母".into(),
        result: Reached::Absent,
        seen: None,
        next: None,
        about: None,
        service: None,
        note: "留守番電話は不可".into(),
    };
    for body in [
        Body::Contact(contact),
        Body::Died,
        Body::Service(Service { code: "pcv".into(), ..Service::default() }),
        Body::Caution(Caution { voicemail: Some(false), ..Caution::default() }),
        Body::Born(Born {
            birth: Span::on(Day(20000)),
            mother: 3,
            weight: Some(2480),
            weeks: Some(38),
            order: 1,
            multiple: false,
            wish_newborn_visit: true,
            home_from: None,
        }),
    ] {
        assert_eq!(Body::read(1, body.kind(), &body.write().unwrap()).unwrap(), body);
    }
    assert!(Body::read(99, "note", "{}").is_err());
}

proptest! {
    /// Two orders of recording the same facts on different days tell the same story.
    #[test]
    fn the_order_of_recording_does_not_matter(days in proptest::collection::hash_set(0i32..400, 1..20), seed in any::<u64>()) {
        let mut days: Vec<i32> = days.into_iter().collect();
        days.sort_unstable();
        let forward: Vec<Event> = (1i64..).zip(&days).map(|(id, d)| event(id, *d, note(&d.to_string()))).collect();
        let mut shuffled = days.clone();
        let len = shuffled.len();
        for i in 0..len {
            let j = usize::try_from(seed.rotate_left(u32::try_from(i).unwrap()) % u64::try_from(len).unwrap()).unwrap();
            shuffled.swap(i, j);
        }
        let other: Vec<Event> = (1i64..).zip(&shuffled).map(|(id, d)| event(id, *d, note(&d.to_string()))).collect();
        prop_assert_eq!(said(&fold(&forward, View::default())), said(&fold(&other, View::default())));
    }

    /// The log always shows every event once, with a fate.
    #[test]
    fn nothing_recorded_disappears_from_the_log(fates in proptest::collection::vec(0u8..4, 1..30)) {
        let mut events: Vec<Event> = Vec::new();
        for (id, fate) in (1i64..).zip(&fates) {
            let earlier = (id > 1).then_some(1 + (id * 7) % (id - 1).max(1));
            let root = earlier.filter(|r| events.iter().any(|e| e.id == *r && e.corrects.is_none()));
            let fresh = event(id, i32::try_from(id).unwrap(), note("x"));
            events.push(match (fate, root) {
                (1, Some(r)) => Event { corrects: Some(r), ..fresh },
                (2, Some(r)) => Event { corrects: Some(r), body: Some(Body::Withdrawn { reason: String::new() }), ..fresh },
                (3, _) => Event { body: None, ..fresh },
                _ => fresh,
            });
        }
        prop_assert_eq!(fold(&events, View::default()).log.len(), events.len());
    }
}
