//! What must hold for every history, not only for those somebody thought of.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use common::{day, national, national_files};
use proptest::prelude::*;
use rules::{Act, DateFact, Day, Facts, Outcome, Period, RuleFile, Rulebook, Span, Standing, Status, status};

static BOOK: LazyLock<Rulebook> = LazyLock::new(national);

/// Acts with the products they may carry; unknown products and none occur too.
const CODES: [(&str, &[&str]); 24] = [
    ("pcv", &["pcv13", "pcv15", "pcv20"]),
    ("hib", &[]),
    ("mr", &[]),
    ("checkup_18m", &["checkup_18m"]),
    ("checkup_3y", &[]),
    ("contact", &["checkup_18m"]),
    ("home_visit_4m", &[]),
    ("prenatal_checkup", &[]),
    ("postpartum_checkup", &[]),
    ("pregnancy_support_2", &[]),
    ("invited_again", &["checkup_18m"]),
    ("closure", &[]),
    ("bcg", &[]),
    ("hepb", &[]),
    ("rota", &["rotarix", "rotateq"]),
    ("dpt_ipv_hib", &[]),
    ("dpt_ipv", &[]),
    ("varicella", &[]),
    ("je", &[]),
    ("dt", &[]),
    ("hpv", &["hpv2", "hpv4", "hpv9"]),
    ("mumps", &[]),
    ("rsv_maternal", &["abrysvo"]),
    ("varicella_disease", &[]),
];

const STATES: [&str; 6] =
    ["satogaeri", "female", "male", "special_circumstance", "mr_shortage_fy2024", "needs_support"];

/// A history: anchor day, acts (code, days after the anchor, width, product or result), states (name, from, length).
#[derive(Clone, Debug)]
struct History {
    subject: &'static str,
    anchor: Day,
    acts: Vec<(usize, i32, i32, usize)>,
    states: Vec<(usize, i32, Option<i32>)>,
    extra: Vec<(usize, i32)>,
}

fn history() -> impl Strategy<Value = History> {
    let after = prop_oneof![4 => -300..900_i32, 2 => 900..2800_i32, 1 => 2800..7400_i32];
    let width = prop_oneof![9 => Just(0), 1 => 0..40_i32];
    let acts = prop::collection::vec((0..CODES.len(), after, width, 0..6_usize), 0..14);
    let states = prop::collection::vec((0..STATES.len(), -200..900_i32, prop::option::of(0..700_i32)), 0..4);
    let extra = prop::collection::vec((0..4_usize, -20..400_i32), 0..3);
    let subject =
        prop_oneof![5 => Just("child"), 2 => Just("pregnancy"), 1 => Just("postpartum"), 1 => Just("resident")];
    // Births from 1995 on: the transitional cohorts of 日本脳炎 and HPV are among them.
    let anchor = prop_oneof![3 => 17_000..21_000_i32, 1 => 9_200..17_000_i32];
    (subject, anchor, acts, states, extra).prop_map(|(subject, anchor, acts, states, extra)| History {
        subject,
        anchor: Day(anchor),
        acts,
        states,
        extra,
    })
}

impl History {
    fn facts(&self) -> Facts<'static> {
        let anchor = match self.subject {
            "child" => "birth",
            "pregnancy" => "edd",
            "postpartum" => "delivery",
            _ => "moved_out",
        };
        let mut dates = vec![DateFact { name: anchor, day: Span::on(self.anchor), event: 1 }];
        for (event, (name, after)) in (2..).zip(&self.extra) {
            let name = ["home_from", "moved_in", "registered", "death"][*name];
            dates.push(DateFact { name, day: Span::on(self.anchor.plus(*after)), event });
        }
        let act = |(event, (code, after, width, how)): (i64, &(usize, i32, i32, usize))| {
            let lo = self.anchor.plus(*after);
            let (code, products) = CODES[*code];
            Act {
                code,
                day: Span { lo, hi: lo.plus(*width) },
                product: products.get(*how).copied(),
                number: None,
                result: (*how == 5).then_some("absent"),
                event,
            }
        };
        let state = |(event, (name, from, long)): (i64, &(usize, i32, Option<i32>))| Period {
            name: STATES[*name],
            from: self.anchor.plus(*from),
            to: long.map(|l| self.anchor.plus(*from + l)),
            event,
        };
        Facts {
            subject: self.subject,
            dates,
            acts: (100..).zip(&self.acts).map(act).collect(),
            periods: (200..).zip(&self.states).map(state).collect(),
            ..Facts::default()
        }
    }
}

/// For each rule the codes of acts that its files name anywhere.
static NAMED: LazyLock<BTreeMap<String, BTreeSet<String>>> = LazyLock::new(|| {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, file) in national_files() {
        out.entry(file.id.clone()).or_default().extend(named(&file));
    }
    out
});

fn named(file: &RuleFile) -> Vec<String> {
    let excuses = file.excuses.iter().chain(&file.population.excluded_by);
    let mut out: Vec<String> = file.settles.iter().map(|s| s.act.clone()).collect();
    out.extend(excuses.flat_map(|e| [e.act.clone(), e.unless_act.clone()]).flatten());
    out.extend(file.population.cohort.iter().filter_map(|c| c.unless_act.clone()));
    out.extend(file.spacing.iter().flat_map(|s| s.after.clone()));
    let windows = file.once.iter().flat_map(|o| &o.window);
    out.extend(windows.flat_map(|w| &w.target).filter_map(|t| t.when_act.clone()));
    out
}

fn outcomes(facts: &Facts<'_>) -> Vec<(String, Outcome)> {
    BOOK.rules_for(facts.subject).map(|r| (r.id.clone(), BOOK.evaluate(r, facts, true))).collect()
}

/// Where a status stands in time, within one phase: it only ever moves up.
fn progress(status: Status) -> u8 {
    match status {
        Status::NotYet => 0,
        Status::Due => 1,
        Status::Recommended => 2,
        Status::Overdue => 3,
        Status::Expired => 4,
        Status::Complete | Status::NotEligible => 5,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_acts_is_irrelevant(history in history(), rotate in 0..9_usize) {
        let facts = history.facts();
        let mut turned = facts.clone();
        turned.acts.reverse();
        let by = rotate.min(turned.acts.len());
        turned.acts.rotate_left(by);
        prop_assert_eq!(outcomes(&facts), outcomes(&turned));
    }

    /// Sentences are built only when somebody asks; they never move a date.
    #[test]
    fn explaining_changes_no_date(history in history()) {
        let facts = history.facts();
        for rule in BOOK.rules_for(facts.subject) {
            let mut told = BOOK.evaluate(rule, &facts, true);
            told.why_not = None;
            for step in &mut told.steps {
                if let Standing::Open(phases) = &mut step.standing {
                    phases.iter_mut().for_each(|p| p.because.clear());
                }
            }
            prop_assert_eq!(BOOK.evaluate(rule, &facts, false), told, "{}", rule.id);
        }
    }

    #[test]
    fn all_rules_at_once_say_what_each_says(history in history()) {
        let facts = history.facts();
        let each: Vec<(&str, Outcome)> =
            BOOK.rules_for(facts.subject).map(|r| (r.id.as_str(), BOOK.evaluate(r, &facts, false))).collect();
        let all: Vec<(&str, Outcome)> = BOOK.outcomes(&facts, |_| true).map(|(r, o)| (r.id.as_str(), o)).collect();
        prop_assert_eq!(all, each);
    }

    #[test]
    fn an_act_that_no_rule_names_changes_nothing(history in history(), after in 0..2000_i32) {
        let facts = history.facts();
        let mut more = facts.clone();
        let day = Span::on(history.anchor.plus(after));
        for code in ["delivery", "invited", "something_else"] {
            more.acts.push(Act { code, day, product: None, number: None, result: None, event: 999 });
        }
        more.periods.push(Period { name: "something_else", from: history.anchor, to: None, event: 998 });
        prop_assert_eq!(outcomes(&facts), outcomes(&more));
    }

    #[test]
    fn an_act_that_a_rule_does_not_name_does_not_change_it(history in history(), code in 0..CODES.len(), after in 0..7000_i32) {
        let facts = history.facts();
        let mut more = facts.clone();
        let (code, products) = CODES[code];
        let day = Span::on(history.anchor.plus(after));
        more.acts.push(Act { code, day, product: products.first().copied(), number: None, result: None, event: 999 });
        for rule in BOOK.rules_for(facts.subject).filter(|r| !NAMED[&r.id].contains(code)) {
            prop_assert_eq!(BOOK.evaluate(rule, &facts, true), BOOK.evaluate(rule, &more, true), "{} {}", rule.id, code);
        }
    }

    /// 注射生ワクチンどうし: from 2020-10-01 on, whatever was counted lies 27 clear days apart, or on the same day.
    #[test]
    fn counted_injections_of_live_vaccines_keep_their_distance(history in history()) {
        let facts = history.facts();
        let act = |event: i64| facts.acts.iter().find(|a| a.event == event).unwrap();
        let mut counted = Vec::new();
        for id in ["bcg", "mr1", "mr2", "varicella", "mumps"] {
            for step in BOOK.evaluate(id, &facts, false).steps {
                if let Standing::Done { event, .. } = step.standing {
                    counted.push(act(event));
                }
            }
        }
        let relaxed = day("2020-10-01");
        for a in &counted {
            for b in counted.iter().filter(|b| b.code != a.code && b.day.is_exact() && a.day.is_exact()) {
                let apart = b.day.lo.since(a.day.lo);
                prop_assert!(b.day.lo < relaxed || apart <= 0 || apart > 27, "{a:?} {b:?}");
            }
        }
    }

    /// Without a product that is allowed nothing can be done, so an open phase that names products names one. (Only for
    /// births after the last change of products: before it, a random product may be older or younger than its programme.)
    #[test]
    fn an_open_phase_has_a_product(history in history().prop_filter("recent", |h| h.anchor >= day("2024-10-01"))) {
        let rules = ["pcv", "rota", "hpv", "rsv_maternal"];
        for (id, outcome) in outcomes(&history.facts()).into_iter().filter(|(id, _)| rules.contains(&id.as_str())) {
            let Some(Standing::Open(phases)) = outcome.steps.last().map(|s| &s.standing) else { continue };
            for phase in phases {
                let start = phase.applies_from.max(phase.legal_from);
                let possible = start <= phase.legal_to;
                prop_assert!(!possible || !phase.allowed_products.is_empty(), "{} {:?}", id, phase);
            }
        }
    }

    #[test]
    fn phases_are_ordered_without_hole_or_overlap_and_open_at_both_ends(history in history()) {
        for (id, outcome) in outcomes(&history.facts()) {
            let mut open = 0;
            for (i, step) in outcome.steps.iter().enumerate() {
                let Standing::Open(phases) = &step.standing else { continue };
                open += 1;
                prop_assert_eq!(i, outcome.steps.len() - 1, "{} open step is last", id);
                prop_assert!(!phases.is_empty());
                prop_assert_eq!(phases[0].applies_from, None);
                prop_assert_eq!(phases[phases.len() - 1].applies_until, None);
                for pair in phases.windows(2) {
                    prop_assert!(pair[0].applies_until.is_some(), "{}", id);
                    prop_assert_eq!(pair[1].applies_from, pair[0].applies_until.map(|d| d.plus(1)), "{}", id);
                    prop_assert!(pair[1].applies_until.is_none_or(|u| Some(u) >= pair[1].applies_from), "{}", id);
                }
                for phase in phases {
                    if let (Some(a), Some(b)) = (phase.standard_from, phase.standard_to) {
                        prop_assert!(a <= b, "{} {:?}", id, phase);
                    }
                    prop_assert!(phase.standard_from.is_none_or(|s| Some(s) >= phase.legal_from), "{}", id);
                }
            }
            prop_assert!(open <= 1, "{}", id);
            prop_assert!(open == 1 || outcome.why_not.is_some(), "{} says why nothing is owed", id);
        }
    }

    #[test]
    fn time_only_moves_a_status_forward_within_a_phase(history in history(), start in -400..7400_i32) {
        for (id, outcome) in outcomes(&history.facts()) {
            let Some(Standing::Open(phases)) = outcome.steps.last().map(|s| &s.standing) else { continue };
            if outcome.not_eligible {
                continue;
            }
            let mut before: Option<(usize, u8)> = None;
            for on in (0..200).map(|n| history.anchor.plus(start + n)) {
                let at = phases.iter().position(|p| p.applies_until.is_none_or(|u| on <= u)).unwrap();
                let now = progress(status(&outcome, on));
                if let Some((phase, was)) = before && phase == at {
                    prop_assert!(was <= now, "{} on {}", id, on);
                }
                before = Some((at, now));
            }
        }
    }

    #[test]
    fn every_dose_counted_is_kept_and_numbered_in_order(history in history()) {
        for id in ["pcv", "hib", "hepb", "rota", "varicella", "mumps"] {
            let facts = history.facts();
            let outcome = BOOK.evaluate(id, &facts, false);
            let given = facts.acts_of(id).filter(|a| a.result != Some("absent")).count();
            let done: Vec<_> = outcome.steps.iter().filter_map(|s| match s.standing {
                Standing::Done { on, .. } => Some((s.dose, on)),
                _ => None,
            }).collect();
            if history.subject == "child" {
                prop_assert_eq!(done.len() + outcome.violations.len(), given);
            }
            for (i, (dose, _)) in done.iter().enumerate() {
                prop_assert_eq!(*dose, u8::try_from(i + 1).ok());
            }
        }
    }
}

#[test]
fn the_sample_history_is_not_trivial() {
    let history = History {
        subject: "child",
        anchor: day("2025-04-10"),
        acts: vec![(0, 60, 0, 0), (0, 88, 0, 0), (2, 365, 0, 0)],
        states: vec![(1, 0, None)],
        extra: vec![],
    };
    let steps: usize = outcomes(&history.facts()).iter().map(|(_, o)| o.steps.len()).sum();
    assert!(steps > 20, "{steps}");
}
