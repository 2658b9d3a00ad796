//! What speaks against a letter, and what an invitation by post means for the ladder.
#![allow(clippy::unwrap_used)]

use alloc::{string::String, vec, vec::Vec};

use rules::{Day, Span};

use super::*;
use crate::{
    body::{Caution, Resident},
    event::{Event, Sensitivity},
    fold::{View, fold},
};

const TODAY: Day = Day(20_781);

fn event(id: i64, day: Day, body: Body) -> Event {
    Event {
        id,
        keeper: 1,
        file: 1,
        seq: i32::try_from(id).unwrap(),
        episode: None,
        day: Span::on(day),
        source: String::from("own"),
        batch: None,
        sensitivity: Sensitivity::Ordinary,
        actor: 1,
        recorded_at: id,
        corrects: None,
        body: Some(body),
    }
}

fn lives(id: i64, day: Day, address: &str) -> Event {
    let birth = Some(Span::on(TODAY.plus(-600)));
    let (address, household) = (String::from(address), String::from("h1"));
    let resident = Resident { birth, address, household, cause: "present".into(), ..Resident::default() };
    event(id, day, Body::Resident(resident))
}

fn sent(id: i64, day: Day, title: &str) -> Event {
    let (title, code) = (String::from(title), String::from("invited"));
    event(id, day, Body::Sent(Sent { title, code, service: "mr1".into(), no: 1, ..Sent::default() }))
}

fn of(events: &[Event], kin: &[Kin<'_>], own: &[i64]) -> Vec<Finding> {
    let story = fold(events, View::default());
    let person = Person::read(&story);
    let letter = Letter { title: "案内", service: "mr1", again_days: 30, moved_days: 30, loss_days: 365 };
    findings(
        (&story, &person),
        if person.protected { Home::Protected } else { Home::Told },
        kin,
        &letter,
        (own, None, TODAY),
    )
}

fn whats(events: &[Event], kin: &[Kin<'_>]) -> Vec<What> {
    of(events, kin, &[]).into_iter().map(|f| f.what).collect()
}

#[test]
fn somebody_who_simply_lives_here_is_sent_it() {
    let events = [lives(1, TODAY.plus(-400), "北町1")];
    assert_eq!(of(&events, &[], &[]), vec![]);
    assert_eq!(group(&[]), Group::Send);
}

#[test]
fn a_stop_holds_from_its_first_to_its_last_day() {
    let stop = |from: Day, until: Option<Day>| {
        let body = Body::Period { name: String::from(STOP), until, note: String::from("希望") };
        whats(&[lives(1, TODAY.plus(-400), "北町1"), event(2, from, body)], &[])
    };
    assert_eq!(stop(TODAY.plus(1), None), vec![]);
    assert_eq!(stop(TODAY, None), vec![What::Stopped]);
    assert_eq!(stop(TODAY.plus(-9), Some(TODAY)), vec![What::Stopped]);
    assert_eq!(stop(TODAY.plus(-9), Some(TODAY.plus(-1))), vec![]);
}

#[test]
fn a_move_counts_for_so_many_days_and_a_view_that_changes_nothing_does_not() {
    let moved = |day: Day| whats(&[lives(1, TODAY.plus(-400), "北町1"), lives(2, day, "南町2")], &[]);
    assert_eq!(moved(TODAY.plus(-30)), vec![What::Moved]);
    assert_eq!(moved(TODAY.plus(-31)), vec![]);
    assert_eq!(whats(&[lives(1, TODAY.plus(-400), "北町1"), lives(2, TODAY, "北町1")], &[]), vec![]);
}

#[test]
fn the_same_letter_waits_its_days_but_not_for_itself() {
    let again = |day: Day| whats(&[lives(1, TODAY.plus(-400), "北町1"), sent(2, day, "ほかの件名")], &[]);
    assert_eq!(again(TODAY.plus(-30)), vec![What::InThePost]);
    assert_eq!(again(TODAY.plus(-31)), vec![]);
    assert_eq!(of(&[lives(1, TODAY.plus(-400), "北町1"), sent(2, TODAY, "案内")], &[], &[2]), vec![]);
}

#[test]
fn a_returned_letter_stops_the_next_until_the_address_is_another_or_somebody_was_reached() {
    let next = Next { on: TODAY.plus(7), what: String::from(FIND_ADDRESS) };
    let back = event(3, TODAY.plus(-3), Body::Returned(Returned { sent: 2, next, note: String::new() }));
    let mut events = vec![lives(1, TODAY.plus(-400), "北町1"), sent(2, TODAY.plus(-90), "案内"), back];
    assert_eq!(whats(&events, &[]), vec![What::Returned]);
    events.push(lives(4, TODAY.plus(-2), "北町1"));
    assert_eq!(whats(&events, &[]), vec![What::Returned], "the same address again says nothing new");
    events.push(lives(5, TODAY.plus(-1), "南町2"));
    assert_eq!(whats(&events, &[]), vec![What::Moved]);
}

#[test]
fn what_happened_in_the_family_is_judged_by_a_person() {
    let home = [lives(1, TODAY.plus(-400), "北町1")];
    let kin = Kin { parent: true, household: "h1", ..Kin::default() };
    assert_eq!(whats(&home, &[kin]), vec![]);
    assert_eq!(whats(&home, &[Kin { household: "h2", ..kin }]), vec![What::TwoHomes]);
    assert_eq!(whats(&home, &[Kin { household: "h2", parent: false, ..kin }]), vec![]);
    assert_eq!(whats(&home, &[Kin { lost: Some(TODAY.plus(-365)), ..kin }]), vec![What::Loss]);
    assert_eq!(whats(&home, &[Kin { lost: Some(TODAY.plus(-366)), ..kin }]), vec![]);
    let found = of(&home, &[Kin { protected: true, ..kin }], &[]);
    assert_eq!(group(&found), Group::Judge);
    assert!(found.iter().any(|f| f.what.alone()), "only in an envelope of its own");
}

#[test]
fn a_stop_wins_over_what_is_to_be_judged_and_every_finding_is_read_back() {
    let caution = event(2, TODAY, Body::Caution(Caution { mail: Some(false), ..Caution::default() }));
    let found = of(&[lives(1, TODAY.plus(-400), ""), caution, event(3, TODAY, Body::Died)], &[], &[]);
    assert_eq!(found.iter().map(|f| f.what).collect::<Vec<_>>(), [What::Died, What::NoAddress, What::NoMail]);
    assert_eq!(group(&found), Group::Stop);
    for finding in found {
        assert_eq!(Finding::from_mark(&finding.mark()), Some(finding));
    }
    assert_eq!(Finding::from_mark("nothing"), None);
}

#[test]
fn an_invitation_by_post_is_an_invitation_to_the_rules_and_a_notice_is_none() {
    let mut letter = sent(2, TODAY, "案内");
    let acts = |letter: &Event| {
        let events = [lives(1, TODAY.plus(-400), "北町1"), letter.clone()];
        let story = fold(&events, View::default());
        let person = Person::read(&story);
        let scopes = crate::scopes::scopes(&story, &person, &[]);
        scopes.iter().flat_map(|s| s.facts.acts.iter().map(|a| (String::from(a.code), a.day.lo))).collect::<Vec<_>>()
    };
    let invited = acts(&letter);
    // Known only today, the person is a register child all the same.
    assert_eq!(invited, [(String::from("invited"), TODAY)]);
    let next = Next { on: TODAY.plus(7), what: String::from(FIND_ADDRESS) };
    let back = Body::Returned(Returned { sent: 2, next, note: String::new() });
    let events = [lives(1, TODAY.plus(-400), "北町1"), letter.clone(), event(3, TODAY, back)];
    let story = fold(&events, View::default());
    let scopes = crate::scopes::scopes(&story, &Person::read(&story), &[]);
    assert!(scopes.iter().all(|s| s.facts.acts.is_empty()), "nobody read what came back");
    if let Some(Body::Sent(sent)) = &mut letter.body {
        sent.code = String::from("notice");
    }
    assert_eq!(acts(&letter), []);
}
