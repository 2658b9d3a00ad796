//! Placement: nothing overlaps, nothing is lost, time is linear.
#![allow(clippy::unwrap_used)]

use super::{
    labels::{Rect, width},
    place::{self, Drawing},
    scale::Scale,
    table, *,
};

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn five() -> Scale {
    Scale::years(2023, 5, place::LEFT, place::RIGHT).unwrap()
}

fn mark(kind: MarkKind, on: Day, label: &str) -> Mark {
    Mark { kind, day: on, label: label.into(), told: format!("{label}の記録") }
}

fn bar(kind: BarKind, from: &str, until: &str, label: &str) -> Bar {
    Bar { kind, from: day(from), until: day(until), label: label.into() }
}

fn one(lane: Lane) -> Picture {
    let group = Group { role: "子".into(), name: "架空 湊".into(), lanes: vec![lane], ..Group::default() };
    Picture { groups: vec![group], contacts: Vec::new() }
}

/// A number between 0 and `below` from a seed: the same every time.
fn dice(seed: &mut u64, below: i32) -> i32 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    i32::try_from((*seed >> 33) % u64::try_from(below).unwrap()).unwrap()
}

/// Twenty lanes of anything, dense and sparse.
fn random(seed: u64) -> Picture {
    let mut seed = seed;
    let kinds = [MarkKind::Birth, MarkKind::Absent, MarkKind::Finding, MarkKind::Done, MarkKind::Planned];
    let bars = [BarKind::Nothing, BarKind::Episode, BarKind::Window, BarKind::After, BarKind::Before];
    let names = ["訪問", "3〜4か月児健診", "小児肺炎球菌", "Hib", "", "新生児訪問・全戸訪問"];
    let start = five().from;
    let lanes = (0..20).map(|_| {
        let (many, spread) = (dice(&mut seed, 40), 30 + dice(&mut seed, 2000));
        let marks = (0..many).map(|_| {
            let kind = kinds[usize::try_from(dice(&mut seed, 5)).unwrap()];
            let name = names[usize::try_from(dice(&mut seed, 6)).unwrap()];
            mark(kind, start.plus(dice(&mut seed, spread) - 40), name)
        });
        let marks = marks.collect();
        let bars = (0..many / 4).map(|_| {
            let from = start.plus(dice(&mut seed, spread) - 40);
            let kind = bars[usize::try_from(dice(&mut seed, 5)).unwrap()];
            let name = names[usize::try_from(dice(&mut seed, 6)).unwrap()];
            Bar { kind, from, until: from.plus(dice(&mut seed, 400)), label: name.into() }
        });
        Lane { name: "健診", bars: bars.collect(), marks, ..Lane::default() }
    });
    let lanes: Vec<Lane> = lanes.collect();
    Picture { groups: vec![Group { role: "子".into(), lanes, ..Group::default() }], contacts: Vec::new() }
}

fn meeting(rects: &[Rect]) -> usize {
    let pairs = rects.iter().enumerate().flat_map(|(n, a)| rects[n + 1..].iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| a.meets(b)).count()
}

fn drawn(picture: &Picture) -> Drawing {
    place::place(picture, &five(), day("2026-11-24"))
}

#[test]
fn time_is_linear_from_the_first_of_april_to_the_last_of_march() {
    let scale = five();
    assert_eq!((scale.from, scale.end), (day("2023-04-01"), day("2028-04-01")));
    assert_eq!((scale.x(day("2023-04-01")), scale.x(day("2028-04-01"))), (place::LEFT, place::RIGHT));
    let (a, b, c) = (scale.x(day("2023-10-01")), scale.x(day("2025-10-01")), scale.x(day("2027-10-01")));
    assert!((b - a - (c - b)).abs() <= 1, "the same time is the same way: {a} {b} {c}");
    assert!(!scale.covers(day("2023-03-31")) && scale.covers(day("2028-03-31")) && !scale.covers(scale.end));
    assert_eq!(scale.clip(day("2022-01-01"), day("2023-03-31")), None);
    assert_eq!(scale.clip(day("2022-01-01"), day("2023-04-01")).unwrap().0, place::LEFT);
}

#[test]
fn fiscal_years_lie_side_by_side_with_their_names() {
    let stripes = five().stripes();
    let labels: Vec<&str> = stripes.iter().map(|s| s.label.as_str()).collect();
    assert_eq!(labels, ["令和5年度", "令和6年度", "令和7年度", "令和8年度", "令和9年度"]);
    assert!(stripes.windows(2).all(|w| w[0].x + w[0].w == w[1].x));
    assert_eq!(stripes.last().map(|s| s.x + s.w), Some(place::RIGHT));
    assert_eq!(five().ticks().len(), 20, "each quarter");
    assert_eq!(Scale::years(2026, 1, 0, 1000).unwrap().ticks().len(), 12, "each month of a single year");
}

#[test]
fn nothing_lies_on_anything_else() {
    for seed in 1..60 {
        let drawing = drawn(&random(seed));
        for lane in &drawing.groups[0].lanes {
            let marks: Vec<Rect> = lane.marks.iter().map(|m| m.rect).collect();
            let bars: Vec<Rect> = lane.bars.iter().map(|(_, rect)| *rect).collect();
            let labels: Vec<Rect> = lane.labels.iter().map(|l| l.rect).collect();
            assert_eq!(meeting(&bars), 0, "bars, seed {seed}");
            let all: Vec<Rect> = marks.iter().chain(&labels).copied().collect();
            assert_eq!(meeting(&all), 0, "marks and labels, seed {seed}");
            for rect in &all {
                assert!(rect.y >= lane.y && rect.y + rect.h <= lane.y + lane.h, "inside its lane, seed {seed}");
            }
            for rect in &labels {
                assert!(rect.x >= place::LEFT && rect.x + rect.w <= place::RIGHT, "between the edges, seed {seed}");
            }
        }
    }
}

#[test]
fn whatever_finds_no_room_is_counted_and_stands_in_the_table() {
    let mut some = 0;
    for seed in 1..20 {
        let picture = random(seed);
        let drawing = drawn(&picture);
        some += drawing.dropped;
        let lanes = &drawing.groups[0].lanes;
        let drawn: usize = lanes.iter().flat_map(|l| &l.marks).map(|m| m.many).sum();
        let bars: usize = lanes.iter().map(|l| l.bars.len()).sum();
        let rows = table::rows(&picture, &five());
        assert_eq!(rows.len(), drawn + bars, "every mark and bar of the drawing is a row, seed {seed}");
        let marks = picture.groups[0].lanes.iter().flat_map(|l| &l.marks).filter(|m| five().covers(m.day));
        for mark in marks {
            assert!(rows.iter().any(|r| r.what == mark.told), "{mark:?}");
        }
    }
    assert!(some > 0, "the random lanes are dense enough to drop something");
}

#[test]
fn near_marks_are_one_with_their_number_drawn_as_what_tells_most() {
    let visit = |on: &str| mark(MarkKind::Done, day(on), "訪問");
    let marks = vec![
        visit("2026-05-01"),
        mark(MarkKind::Absent, day("2026-05-08"), "不在"),
        visit("2026-05-20"),
        visit("2026-09-01"),
    ];
    let drawing = drawn(&one(Lane { name: "訪問", marks, ..Lane::default() }));
    let lane = &drawing.groups[0].lanes[0];
    assert_eq!(
        lane.marks.iter().map(|m| (m.kind, m.many)).collect::<Vec<_>>(),
        [(MarkKind::Absent, 3), (MarkKind::Done, 1)]
    );
    let texts: Vec<&str> = lane.labels.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(texts, ["不在 ほか2", "訪問"]);
}

#[test]
fn what_is_planned_is_never_drawn_into_what_was() {
    let marks =
        vec![mark(MarkKind::Done, day("2026-11-23"), "訪問"), mark(MarkKind::Planned, day("2026-11-26"), "電話する")];
    let drawing = drawn(&one(Lane { name: "訪問", marks, ..Lane::default() }));
    let lane = &drawing.groups[0].lanes[0];
    assert_eq!(lane.marks.len(), 2);
    assert!(!lane.marks[0].rect.meets(&lane.marks[1].rect));
}

#[test]
fn silence_gets_its_label_before_what_was_done() {
    let lane = Lane {
        name: "健診",
        bars: vec![bar(BarKind::Nothing, "2026-06-01", "2026-06-20", "3〜4か月児健診 記録なし")],
        marks: (0..6).map(|n| mark(MarkKind::Done, day("2026-03-20").plus(n * 30), "3〜4か月児健診")).collect(),
        ..Lane::default()
    };
    let drawing = drawn(&one(lane));
    let labels = &drawing.groups[0].lanes[0].labels;
    assert_eq!(labels.first().map(|l| l.class), Some("none"));
    assert!(drawing.dropped > 0);
}

#[test]
fn what_cannot_be_known_yet_begins_the_day_after_the_evidence_ends() {
    let lane = Lane {
        through: Some(day("2026-09-30")),
        marks: vec![mark(MarkKind::Done, day("2026-05-01"), "BCG")],
        ..Lane::default()
    };
    let drawing = drawn(&one(lane.clone()));
    let scale = five();
    assert_eq!(drawing.groups[0].lanes[0].unknown, Some((scale.x(day("2026-10-01")), scale.x(day("2026-11-24")))));
    let known = Lane { through: Some(day("2026-11-24")), ..lane };
    assert_eq!(drawn(&one(known)).groups[0].lanes[0].unknown, None);
}

#[test]
fn birthdays_of_a_child_are_dotted_and_named() {
    let mut picture = one(Lane { marks: vec![mark(MarkKind::Done, day("2024-05-01"), "BCG")], ..Lane::default() });
    picture.groups[0].birth = Some(day("2024-02-29"));
    let ages: Vec<String> = drawn(&picture).groups[0].birthdays.iter().map(|l| l.text.clone()).collect();
    assert_eq!(ages, ["誕生", "1歳", "2歳", "3歳", "4歳"]);
    picture.groups[0].birth = Some(day("2024-03-25"));
    let last = drawn(&picture).groups[0].birthdays.last().cloned().unwrap();
    assert_eq!(last.text, "4歳");
    assert!(last.rect.x + last.rect.w <= place::RIGHT, "an age at the right edge stands before its line");
}

#[test]
fn windows_that_overlap_become_one_stretch_and_their_number_is_said() {
    let bars = [
        bar(BarKind::Window, "2026-04-01", "2026-05-31", "BCG"),
        bar(BarKind::Window, "2026-05-01", "2026-07-31", "Hib"),
        bar(BarKind::Window, "2026-09-01", "2026-09-30", "MR"),
        bar(BarKind::Nothing, "2026-04-01", "2026-04-30", "ロタ 記録なし"),
    ];
    let drawn = joined(&bars);
    let told: Vec<(&str, Day)> = drawn.iter().map(|b| (b.label.as_str(), b.until)).collect();
    assert_eq!(
        told,
        [("ロタ 記録なし", day("2026-04-30")), ("対象期間 2件", day("2026-07-31")), ("MR", day("2026-09-30"))]
    );
}

#[test]
fn the_finding_says_what_has_no_record_and_when_somebody_was_met_last() {
    let bars = vec![bar(BarKind::Nothing, "2026-06-01", "2026-08-20", "3歳児健診 記録なし")];
    let mut picture = one(Lane { bars, ..Lane::default() });
    picture.contacts = vec![day("2026-05-01"), day("2026-05-01"), day("2026-10-02"), day("2021-01-01")];
    assert_eq!(
        table::finding(&picture, &five(), day("2026-11-24")),
        "令和5年度から令和9年度まで。記録のない期間 1件：架空 湊の3歳児健診 記録なし（R8.6.1〜R8.8.20）。接点の記録 3件、最後はR8.10.2。"
    );
}

#[test]
fn a_name_with_a_variation_selector_is_as_wide_as_without() {
    assert_eq!(width("渡邉\u{E0110}"), width("渡邉"));
    assert_eq!(width("MR1"), 22);
}
