//! What must hold for every history, not only for those somebody thought of.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::LazyLock;

use common::{day, national};
use proptest::prelude::*;
use rules::{Act, DateFact, Day, Facts, Outcome, Period, Rulebook, Span, Standing, Status, status};

static BOOK: LazyLock<Rulebook> = LazyLock::new(national);

const CODES: [&str; 12] = [
    "pcv",
    "hib",
    "mr",
    "checkup_18m",
    "checkup_3y",
    "contact",
    "home_visit_4m",
    "prenatal_checkup",
    "postpartum_checkup",
    "pregnancy_support_2",
    "invited_again",
    "closure",
];

/// A history: anchor day, acts (code, days after the anchor, width, result), pauses.
#[derive(Clone, Debug)]
struct History {
    subject: &'static str,
    anchor: Day,
    acts: Vec<(usize, i32, i32, u8)>,
    pauses: Vec<(i32, Option<i32>)>,
    extra: Vec<(usize, i32)>,
}

fn history() -> impl Strategy<Value = History> {
    let acts = prop::collection::vec(
        (0..CODES.len(), -300..2400_i32, prop_oneof![9 => Just(0), 1 => 0..40_i32], 0..4_u8),
        0..9,
    );
    let pauses = prop::collection::vec((-200..60_i32, prop::option::of(0..90_i32)), 0..3);
    let extra = prop::collection::vec((0..4_usize, -20..400_i32), 0..4);
    let subject =
        prop_oneof![4 => Just("child"), 2 => Just("pregnancy"), 1 => Just("postpartum"), 1 => Just("resident")];
    (subject, 17_000..21_000_i32, acts, pauses, extra).prop_map(|(subject, anchor, acts, pauses, extra)| History {
        subject,
        anchor: Day(anchor),
        acts,
        pauses,
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
        let act = |(event, (code, after, width, result)): (i64, &(usize, i32, i32, u8))| {
            let lo = self.anchor.plus(*after);
            Act {
                code: CODES[*code],
                day: Span { lo, hi: lo.plus(*width) },
                product: (*result == 1).then_some("checkup_18m"),
                number: None,
                result: (*result == 2).then_some("absent"),
                event,
            }
        };
        let pause = |(event, (from, long)): (i64, &(i32, Option<i32>))| Period {
            name: "satogaeri",
            from: self.anchor.plus(*from),
            to: long.map(|l| self.anchor.plus(*from + l)),
            event,
        };
        Facts {
            subject: self.subject,
            dates,
            acts: (100..).zip(&self.acts).map(act).collect(),
            periods: (200..).zip(&self.pauses).map(pause).collect(),
        }
    }
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
    fn time_only_moves_a_status_forward_within_a_phase(history in history(), start in -400..2600_i32) {
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
        for id in ["pcv", "hib"] {
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
        pauses: vec![],
        extra: vec![],
    };
    let steps: usize = outcomes(&history.facts()).iter().map(|(_, o)| o.steps.len()).sum();
    assert!(steps > 8, "{steps}");
}
