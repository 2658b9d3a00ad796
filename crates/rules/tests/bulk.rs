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
const STATES: [&str; 4] = ["female", "male", "special_circumstance", "needs_support"];

/// What a rule may carry that the plan does not answer: top of the file, tables, a further window, and the reason.
const PARTS: [(&str, &str, &str, Reason); 9] = [
    ("", "[[spacing]]\nafter = [\"bcg\"]\nclear_days = 27\nbecause = \"試す\"", "", Reason::Spacing),
    (
        "",
        "[[extension]]\nwhen_period = [\"special_circumstance\"]\nwhen_ended = true\nto = \"事情がなくなった日から24月に至る日\"\nbecause = \"試し\"",
        "",
        Reason::Extensions,
    ),
    (
        "",
        "[[extension]]\nborn = { to = \"2024-03-31\" }\nto = \"2030-03-31\"\nbecause = \"試し\"",
        "",
        Reason::Extensions,
    ),
    ("only_products = true", "[[product]]\ncode = \"rotarix\"", "", Reason::Products),
    ("", "[[caution]]\nfrom = \"生後100日\"\ntext = \"試し\"", "", Reason::Cautions),
    ("", "", ", { born = { from = \"2022-04-01\" }, from = \"生後1日\", to = \"生後900日\" }", Reason::Births),
    (
        "",
        "",
        ", { when_period = [\"female\"], after_acts = 1, from = [\"生後1日\", \"前回から27日以上\"], to = \"生後900日\" }",
        Reason::Windows,
    ),
    ("excuses = [{ act = \"OWN\", because = \"試し\" }]", "", "", Reason::Excuses),
    ("", "[[settles]]\nact = \"mr\"\nfrom = \"生後100日\"", "", Reason::Settles),
];

/// A rule done once, as a random test writes it.
#[derive(Clone, Debug)]
struct Drawn {
    from: (i32, bool),
    long: (i32, bool),
    /// Closed for everybody on 2026-06-30.
    limited: bool,
    /// The standard period: days to its end, whether that moves with the first day, days to its beginning.
    standard: Option<(i32, bool, Option<i32>)>,
    target: Option<i32>,
    acts: Vec<usize>,
    after: Option<(usize, u16)>,
    only_within: bool,
    part: Option<usize>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let start = prop_oneof![(0..400_i32).prop_map(|n| (n, false)), (0..20_i32).prop_map(|n| (n, true))];
    let long = prop_oneof![(0..400_i32).prop_map(|n| (n, false)), (1..40_i32).prop_map(|n| (n, true))];
    let after = prop::option::of((0..12_usize, prop_oneof![Just(0_u16), Just(1), 2..200_u16]));
    let acts = prop::collection::vec(0..ACTS.len(), 1..3);
    let standard = prop::option::of((0..120_i32, any::<bool>(), prop::option::of(0..120_i32)));
    let part = prop_oneof![5 => Just(None), 1 => (0..PARTS.len()).prop_map(Some)];
    let more = (any::<bool>(), any::<bool>(), part);
    (start, long, standard, prop::option::of(0..120_i32), acts, after, more).prop_map(
        |(from, long, standard, target, acts, after, (only_within, limited, part))| Drawn {
            from,
            long,
            limited,
            standard,
            target,
            acts,
            after,
            only_within,
            part,
        },
    )
}

impl Drawn {
    /// The rule it waits for, as rule `index`.
    fn prior(&self, index: usize) -> Option<(usize, u16)> {
        self.after.filter(|(prior, _)| *prior < index && (self.only_within || self.target.is_none()))
    }
}

/// Why each rule is left, if it is: for what it carries, or because it waits for one that is left.
fn expected_left(rules: &[Drawn]) -> Vec<Option<Reason>> {
    let mut left: Vec<Option<Reason>> = Vec::new();
    for (index, d) in rules.iter().enumerate() {
        let own = d.part.map(|part| PARTS[part].3);
        let waits = d.prior(index).and_then(|(prior, _)| left[prior]).map(|_| Reason::Prior);
        left.push(own.or(waits));
    }
    left
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
    let limit = if d.limited { ", \"2026-06-30\"" } else { "" };
    let mut once = format!("window = [{{ from = \"{}\", to = [\"{}\"{limit}]", words(d.from), words(to));
    if let Some((days, moves, begins)) = d.standard {
        let stands = !moves && !months;
        once += &match stands {
            true => format!(", standard_to = \"生後{}日\"", from + days),
            false => format!(", standard_to = \"開始日から{days}日後\""),
        };
        if let Some(begins) = begins.filter(|_| !months) {
            once += &format!(", standard_from = \"生後{}日\"", from + begins.min(days));
        }
    }
    let (top, tables, window, _) = d.part.map_or(("", "", "", Reason::Full), |part| PARTS[part]);
    let top = top.replace("OWN", ACTS[d.acts[0]]);
    let after = d.prior(index);
    if let (Some(days), None) = (d.target, after) {
        once += &format!(", target = [{{ at = \"開始日から{days}日後\" }}], escalates = \"満了日の{days}日前\"");
    }
    once += &format!(" }}{window}]\n");
    if let Some((prior, days)) = after {
        once += &format!("after = {{ rule = \"r{prior:02}\", days = {days} }}\n");
    }
    let within = d.only_within || after.is_some();
    let acts: Vec<String> = d.acts.iter().map(|a| format!("{{ act = \"{}\" }}", ACTS[*a])).collect();
    let settles =
        if tables.starts_with("[[settles]]") { String::new() } else { format!("settles = [{}]", acts.join(", ")) };
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
{top}
{settles}
{tables}
[once]
only_within = {within}
{once}
"#
    );
    (format!("r{index:02}.toml"), toml::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}")))
}

type Acts = Vec<(usize, i32)>;

fn people() -> impl Strategy<Value = Vec<(i32, Acts)>> {
    let acts = prop::collection::vec((0..ACTS.len(), -40..1300_i32), 0..14);
    prop::collection::vec((18_000..20_500_i32, acts), 1..12)
}

fn period(name: &str, anchor: Day, after: i32, long: Option<i32>) -> Period<'_> {
    let from = anchor.plus(after);
    Period { name, from, to: long.map(|days| from.plus(days)), event: 900 }
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
        states in prop::collection::vec((0..STATES.len(), -100..700_i32, prop::option::of(0..300_i32)), 0..3),
    ) {
        let files = rules.iter().enumerate().map(|(i, d)| file(i, d)).collect();
        let book = Rulebook::build(files, vec![]).unwrap_or_else(|f| panic!("{f:?}"));
        let plan = Plan::of(&book, "child", "birth");
        let left = |id: &str| plan.left().iter().find(|l| l.rule == id).map(|l| l.reason);
        for (index, expected) in expected_left(&rules).into_iter().enumerate() {
            prop_assert_eq!(left(&format!("r{index:02}")), expected, "r{:02} {:?}", index, rules[index]);
        }
        prop_assert_eq!(plan.rules().count() + plan.left().len(), rules.len());
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
            let mut facts = Facts { subject: "child", dates, acts, ..Facts::default() };
            facts.periods.extend(states.iter().map(|(state, after, long)| period(STATES[*state], Day(*birth), *after, *long)));
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
        acts in prop::collection::vec((0..NATION.len(), -300..2400_i32, 0..6_usize), 0..12),
        extra in prop_oneof![3 => Just(None), 1 => (0..4_usize).prop_map(Some)],
        states in prop::collection::vec((0..7_usize, -100..2000_i32, prop::option::of(0..700_i32)), 0..4),
        width in prop_oneof![5 => Just(0), 1 => 1..40_i32],
        ago in -400..2600_i32,
    ) {
        let names = ["female", "male", "special_circumstance", "mr_shortage_fy2024", "satogaeri", "long_illness", "needs_support"];
        for (subject, name) in ANCHORS {
            let plan = Plan::of(&BOOK, subject, name);
            let anchor = Day(anchor);
            let mut facts = Facts { subject, ..Facts::default() };
            facts.dates.push(DateFact { name, day: Span { lo: anchor.plus(-width), hi: anchor }, event: 1 });
            if let Some(extra) = extra {
                let name = ["death", "home_from", "moved_out", "loss"][extra];
                facts.dates.push(DateFact { name, day: Span::on(anchor.plus(30)), event: 2 });
            }
            facts.periods.extend(states.iter().map(|(state, after, long)| period(names[*state], anchor, *after, *long)));
            for (event, (code, after, how)) in (10..).zip(&acts) {
                let (code, products) = NATION[*code];
                let mut act = act(code, anchor.plus(*after), event);
                act.product = products.get(*how).copied();
                act.result = (*how == 5).then_some("absent");
                facts.acts.push(act);
            }
            compare(&plan, &facts, anchor, anchor.plus(ago))?;
        }
    }
}

const ANCHORS: [(&str, &str); 3] = [("child", "birth"), ("pregnancy", "edd"), ("postpartum", "delivery")];

/// Acts of the nation's rules, with products that some of them tell apart.
const NATION: [(&str, &[&str]); 26] = [
    ("mr", &[]),
    ("bcg", &[]),
    ("hepb", &[]),
    ("rota", &["rotarix", "rotateq"]),
    ("pcv", &["pcv13", "pcv15", "pcv20"]),
    ("varicella", &[]),
    ("varicella_disease", &[]),
    ("je", &[]),
    ("dt", &[]),
    ("hpv", &["hpv2", "hpv4", "hpv9"]),
    ("mumps", &[]),
    ("rsv_maternal", &["abrysvo"]),
    ("checkup_1m", &[]),
    ("checkup_18m", &[]),
    ("checkup_3y", &[]),
    ("checkup_3_4m", &[]),
    ("checkup_9_11m", &[]),
    ("checkup_5y", &[]),
    ("home_visit_4m", &[]),
    ("home_visit_newborn", &[]),
    ("hearing_screening", &[]),
    ("contact", &["checkup_18m"]),
    ("pregnancy_support_2", &[]),
    ("pregnancy_support_3", &[]),
    ("postpartum_checkup_1m", &[]),
    ("shouman_certified", &[]),
];

/// Compares the plan with ordinary evaluation for one subject; says how many rules were compared.
fn compare(plan: &Plan, facts: &Facts<'_>, anchor: Day, as_of: Day) -> Result<usize, TestCaseError> {
    if !plan.fits(facts) {
        return Ok(0);
    }
    let mut subjects = Subjects::default();
    subjects.push(anchor, facts.acts.iter().filter_map(|a| Some((a.day.lo, plan.code_of(a)?))));
    let table = plan.tabulate(subjects.anchors());
    let columns = plan.evaluate(&table, &subjects, 0..1, as_of);
    let mut compared = 0;
    for (lane, rule) in plan.rules().enumerate() {
        if let Some(answer) = columns.answer(plan, &table, 0, lane) {
            same(&BOOK, &rule.id, facts, as_of, &answer)?;
            compared += 1;
        }
    }
    Ok(compared)
}

/// A girl with the long-illness exception behind her and injections of several vaccines fits, and is really compared.
#[test]
fn vaccines_and_their_exceptions_do_not_disturb_what_is_planned() {
    let plan = Plan::of(&BOOK, "child", "birth");
    let birth = day("2024-04-02");
    let mut facts = child(birth, vec![]);
    for (event, (code, after)) in
        (10..).zip([("bcg", 150), ("mr", 365), ("varicella", 370), ("hepb", 60), ("checkup_18m", 560), ("hpv", 4400)])
    {
        facts.acts.push(act(code, birth.plus(after), event));
    }
    for name in ["female", "special_circumstance", "mr_shortage_fy2024"] {
        facts.periods.push(period(name, birth, 100, Some(400)));
    }
    for after in [0, 30, 400, 547, 560, 1200, 4000] {
        let compared = compare(&plan, &facts, birth, birth.plus(after)).unwrap();
        assert_eq!(compared, plan.rules().count(), "{after}");
        assert!(compared >= 3, "{compared}");
    }
}

/// Every vaccine looks at other acts, products, births or the end of an illness: none is planned.
#[test]
fn no_vaccine_is_planned() {
    for (subject, name) in ANCHORS {
        let plan = Plan::of(&BOOK, subject, name);
        let planned: Vec<&str> =
            plan.rules().filter(|r| r.programme == "immunisation").map(|r| r.id.as_str()).collect();
        assert_eq!(planned, [""; 0]);
    }
    let plan = Plan::of(&BOOK, "child", "birth");
    let reason = |id: &str| plan.left().iter().find(|l| l.rule == id).map(|l| l.reason);
    // 注射生ワクチンどうし27日, and a later check-up that makes the first one moot.
    assert_eq!(reason("bcg"), Some(Reason::Spacing));
    assert_eq!(reason("checkup_1m"), Some(Reason::Excuses));
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
        limited: false,
        part: None,
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
