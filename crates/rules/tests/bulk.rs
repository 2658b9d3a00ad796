//! The plan answers as ordinary evaluation does, or says that it does not answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::LazyLock;

use common::{day, national};
use proptest::prelude::*;
use rules::{
    Act, DateFact, Day, Facts, Period, RuleFile, Rulebook, Span, Standing, Status,
    bulk::{Answer, Plan, Reason, Subjects},
    status,
};

static BOOK: LazyLock<Rulebook> = LazyLock::new(national);

const ACTS: [&str; 6] = ["rota", "hepb", "mr", "bcg", "visit", "contact"];

/// A rule done once, as a random test writes it.
#[derive(Clone, Debug)]
struct Drawn {
    from: (i32, bool),
    long: (i32, bool),
    standard: Option<i32>,
    target: Option<i32>,
    acts: Vec<usize>,
    after: Option<(usize, u16)>,
    only_within: bool,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let start = prop_oneof![(0..400_i32).prop_map(|n| (n, false)), (0..20_i32).prop_map(|n| (n, true))];
    let long = prop_oneof![(0..400_i32).prop_map(|n| (n, false)), (1..40_i32).prop_map(|n| (n, true))];
    let after = prop::option::of((0..12_usize, prop_oneof![Just(0_u16), Just(1), 2..200_u16]));
    let acts = prop::collection::vec(0..ACTS.len(), 1..3);
    (start, long, prop::option::of(0..120_i32), prop::option::of(0..120_i32), acts, after, any::<bool>()).prop_map(
        |(from, long, standard, target, acts, after, only_within)| Drawn {
            from,
            long,
            standard,
            target,
            acts,
            after,
            only_within,
        },
    )
}

/// The end is counted so that it never comes before the beginning (months have at least 28 days, at most 31).
fn file(index: usize, d: &Drawn) -> (String, RuleFile) {
    let words = |(n, months): (i32, bool)| {
        if months { format!("出生日から{n}月後") } else { format!("生後{n}日") }
    };
    let ((from, months), (long, _)) = (d.from, d.long);
    let to = match (months, d.long.1) {
        (true, true) => (from + long, true),
        (false, false) => (from + long, false),
        (true, false) => (from * 31 + 31 + long, false),
        (false, true) => (from / 28 + 1 + long, true),
    };
    let mut once = format!("window = [{{ from = \"{}\", to = \"{}\"", words(d.from), words(to));
    if let Some(days) = d.standard {
        once += &format!(", standard_to = \"開始日から{days}日後\"");
    }
    let after = d.after.filter(|(prior, _)| *prior < index && (d.only_within || d.target.is_none()));
    if let (Some(days), None) = (d.target, after) {
        once += &format!(", target = [{{ at = \"開始日から{days}日後\" }}], escalates = \"満了日の{days}日前\"");
    }
    once += " }]\n";
    if let Some((prior, days)) = after {
        once += &format!("after = {{ rule = \"r{prior:02}\", days = {days} }}\n");
    }
    let within = d.only_within || after.is_some();
    let acts: Vec<String> = d.acts.iter().map(|a| format!("{{ act = \"{}\" }}", ACTS[*a])).collect();
    let text = format!(
        r#"
id = "r{index:02}"
service = "r{index:02}"
title = "試し"
area = "予防接種"
law = "法"
source = "出典"
subject = "child"
programme = "immunisation"
tier = 1
evidence = "own"
counting = "calendar"
basis = "試し"
valid_from = "2000-01-01"
population = {{ needs = ["birth"], ended_by = [{{ date = "death", because = "死亡" }}] }}
settles = [{}]
[once]
only_within = {within}
{once}
"#,
        acts.join(", ")
    );
    (format!("r{index:02}.toml"), toml::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}")))
}

type Acts = Vec<(usize, i32)>;

fn people() -> impl Strategy<Value = Vec<(i32, Acts)>> {
    let acts = prop::collection::vec((0..ACTS.len(), -40..1300_i32), 0..14);
    prop::collection::vec((18_000..20_500_i32, acts), 1..12)
}

fn act(code: &str, on: Day, event: i64) -> Act<'_> {
    Act { code, day: Span::on(on), product: None, number: None, result: None, event }
}

/// What ordinary evaluation says, in the shape of an answer; the window is compared only where it says one.
fn same(book: &Rulebook, id: &str, facts: &Facts<'_>, as_of: Day, answer: &Answer) -> Result<(), TestCaseError> {
    let mut known = facts.clone();
    known.acts.retain(|a| a.day.lo <= as_of);
    let outcome = book.evaluate(id, &known, false);
    prop_assert_eq!(status(&outcome, as_of), answer.status, "{} {:?}", id, facts);
    let waits = outcome.waits_for.is_some();
    prop_assert_eq!(waits, answer.waits || (waits && answer.status == Status::Expired), "{} {:?}", id, facts);
    prop_assert_eq!(outcome.steps.len(), 1);
    match &outcome.steps[0].standing {
        Standing::Done { on, .. } => prop_assert_eq!(Some(*on), answer.done),
        Standing::Open(phases) => {
            prop_assert_eq!(answer.done, None);
            prop_assert_eq!(phases.as_slice(), std::slice::from_ref(&answer.window), "{} {:?}", id, facts);
        }
        Standing::Excused { .. } => prop_assert!(false, "excused subjects do not fit"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_rules_are_answered_as_ordinarily(
        rules in prop::collection::vec(drawn(), 1..40),
        people in people(),
        as_of in 18_000..21_500_i32,
        cut in 0..12_usize,
    ) {
        let files = rules.iter().enumerate().map(|(i, d)| file(i, d)).collect();
        let book = Rulebook::build(files, vec![]).unwrap_or_else(|f| panic!("{f:?}"));
        let plan = Plan::of(&book, "child", "birth");
        prop_assert_eq!(plan.left(), &[][..]);
        let mut subjects = Subjects::default();
        for (birth, acts) in &people {
            let acts = acts.iter().filter_map(|(a, after)| Some((Day(birth + after), plan.code(ACTS[*a])?)));
            subjects.push(Day(*birth), acts);
        }
        let table = plan.tabulate(subjects.anchors());
        // Two ranges answer as one does.
        let cut = cut.min(people.len());
        let parts = [0..cut, cut..people.len()].map(|range| plan.evaluate(&table, &subjects, range, Day(as_of)));
        for (place, (birth, acts)) in people.iter().enumerate() {
            let acts = (2..).zip(acts).map(|(event, (a, after))| act(ACTS[*a], Day(birth + after), event)).collect();
            let dates = vec![DateFact { name: "birth", day: Span::on(Day(*birth)), event: 1 }];
            let facts = Facts { subject: "child", dates, acts, ..Facts::default() };
            prop_assert!(plan.fits(&facts));
            let part = &parts[usize::from(place >= cut)];
            for (lane, rule) in plan.rules().enumerate() {
                let answer = part.answer(&plan, &table, place, lane).expect("answered");
                same(&book, &rule.id, &facts, Day(as_of), &answer)?;
            }
        }
    }

    #[test]
    fn the_nations_rules_are_answered_as_ordinarily_or_left(
        anchor in 9_000..21_000_i32,
        acts in prop::collection::vec((0..7_usize, -300..2400_i32, any::<bool>()), 0..9),
        extra in prop::option::of(0..4_usize),
        pause in prop::option::of(0..3_usize),
        ago in -400..2600_i32,
    ) {
        const CODES: [&str; 7] = ["mr", "checkup_18m", "checkup_3y", "checkup_3_4m", "home_visit_4m", "contact", "pregnancy_support_2"];
        for (subject, name) in [("child", "birth"), ("pregnancy", "edd"), ("postpartum", "delivery")] {
            let plan = Plan::of(&BOOK, subject, name);
            let anchor = Day(anchor);
            let mut facts = Facts { subject, ..Facts::default() };
            facts.dates.push(DateFact { name, day: Span::on(anchor), event: 1 });
            if let Some(extra) = extra {
                let name = ["death", "home_from", "moved_out", "loss"][extra];
                facts.dates.push(DateFact { name, day: Span::on(anchor.plus(30)), event: 2 });
            }
            if let Some(pause) = pause {
                let name = ["satogaeri", "long_illness", "needs_support"][pause];
                facts.periods.push(Period { name, from: anchor.plus(10), to: None, event: 3 });
            }
            for (event, (code, after, absent)) in (10..).zip(&acts) {
                let mut act = act(CODES[*code], anchor.plus(*after), event);
                act.result = absent.then_some("absent");
                facts.acts.push(act);
            }
            if !plan.fits(&facts) {
                continue;
            }
            let mut subjects = Subjects::default();
            subjects.push(anchor, facts.acts.iter().filter_map(|a| Some((a.day.lo, plan.code_of(a)?))));
            let table = plan.tabulate(subjects.anchors());
            let as_of = anchor.plus(ago);
            let columns = plan.evaluate(&table, &subjects, 0..1, as_of);
            for (lane, rule) in plan.rules().enumerate() {
                if let Some(answer) = columns.answer(&plan, &table, 0, lane) {
                    same(&BOOK, &rule.id, &facts, as_of, &answer)?;
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_tabulated_is_left_with_its_reason() {
    let plan = Plan::of(&BOOK, "child", "birth");
    let planned: Vec<&str> = plan.rules().map(|r| r.id.as_str()).collect();
    assert!(planned.contains(&"checkup_18m") && planned.contains(&"checkup_3y"), "{planned:?}");
    let reason = |id: &str| plan.left().iter().find(|l| l.rule == id).map(|l| l.reason);
    assert_eq!(reason("pcv"), Some(Reason::Shape));
    assert_eq!(reason("hib"), Some(Reason::Shape));
    let everything = plan.rules().count() + plan.left().len();
    assert_eq!(everything, BOOK.rules_for("child").count());
}

fn child<'a>(birth: Day, acts: Vec<Act<'a>>) -> Facts<'a> {
    Facts {
        subject: "child",
        dates: vec![DateFact { name: "birth", day: Span::on(birth), event: 1 }],
        acts,
        ..Facts::default()
    }
}

#[test]
fn who_has_what_the_plan_does_not_read_does_not_fit() {
    let plan = Plan::of(&BOOK, "child", "birth");
    let birth = day("2025-04-10");
    let plain = child(birth, vec![act("checkup_18m", day("2026-11-01"), 2)]);
    assert!(plan.fits(&plain));
    let mut dead = plain.clone();
    dead.dates.push(DateFact { name: "death", day: Span::on(day("2026-01-01")), event: 3 });
    assert!(!plan.fits(&dead));
    let mut some_month = plain.clone();
    some_month.acts[0].day = Span { lo: day("2026-11-01"), hi: day("2026-11-30") };
    assert!(!plan.fits(&some_month));
    let unborn = Facts { subject: "child", ..Facts::default() };
    assert!(!plan.fits(&unborn));
}

/// Born before the rule began, or with an act that lies a lifetime away: the plan does not guess.
#[test]
fn what_lies_outside_the_table_is_left() {
    let d = Drawn {
        from: (10, false),
        long: (100, false),
        standard: None,
        target: None,
        acts: vec![0],
        after: None,
        only_within: true,
    };
    let next = Drawn { after: Some((0, 28)), acts: vec![1], ..d.clone() };
    let book = Rulebook::build(vec![file(0, &d), file(1, &next)], vec![]).unwrap();
    let plan = Plan::of(&book, "child", "birth");
    let code = plan.code("rota").unwrap();
    let mut subjects = Subjects::default();
    let old = subjects.push(day("1999-12-01"), []);
    let far = subjects.push(day("2020-01-01"), [(day("2060-01-01"), code)]);
    let near = subjects.push(day("2020-01-01"), [(day("2020-02-01"), code)]);
    let table = plan.tabulate(subjects.anchors());
    let columns = plan.evaluate(&table, &subjects, 0..3, day("2020-03-01"));
    for lane in 0..2 {
        assert_eq!(columns.answer(&plan, &table, old, lane), None);
        assert_eq!(columns.answer(&plan, &table, far, lane), None);
    }
    // Lane 1 opens 28 days after 1 February 2020, which is 29 February.
    let answer = columns.answer(&plan, &table, near, 1).unwrap();
    assert_eq!((answer.status, answer.window.legal_from), (Status::Due, Some(day("2020-02-29"))));
    let other = plan.tabulate(&[day("2021-01-01")]);
    let columns = plan.evaluate(&other, &subjects, near..near + 1, day("2020-03-01"));
    assert_eq!(columns.answer(&plan, &other, near, 0), None);
}
