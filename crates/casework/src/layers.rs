//! Who may know of a duty: each reader's list is what follows from the records that reader may know of.
//!
//! A duty may rest on a record of the 要対協 compartment (or move because of one). Outside it nobody may be able to tell. So
//! a file with narrow records is derived once for each of their levels, and a duty is kept with the levels at which it
//! stands: somebody outside sees exactly what would stand if the narrow records were not there.

use alloc::vec::Vec;

use crate::{duties::Duty, event::Sensitivity};

/// A duty and the readers for whom it stands: whoever may see `from`, and not yet `hidden_from`.
#[derive(Clone, PartialEq, Debug)]
pub struct Layered {
    pub duty: Duty,
    pub from: Sensitivity,
    /// From this level on another form of it stands instead, or none.
    pub hidden_from: Option<Sensitivity>,
}

/// Joins the duties of each level (in order, the widest first) into one list in order of `(key, phase, from)`.
pub fn layered(levels: Vec<(Sensitivity, Vec<Duty>)>) -> Vec<Layered> {
    if let [(level, _)] = levels.as_slice() {
        // Nearly every file: sorted as derived.
        let from = *level;
        let duties = levels.into_iter().flat_map(|(_, duties)| duties);
        return duties.map(|duty| Layered { duty, from, hidden_from: None }).collect();
    }
    let mut out: Vec<Layered> = Vec::new();
    for (level, duties) in levels {
        for standing in out.iter_mut().filter(|l| l.hidden_from.is_none() && !duties.contains(&l.duty)) {
            standing.hidden_from = Some(level);
        }
        for duty in duties {
            if !out.iter().any(|l| l.hidden_from.is_none() && l.duty == duty) {
                out.push(Layered { duty, from: level, hidden_from: None });
            }
        }
    }
    out.sort_by(|a, b| (&a.duty.key, a.duty.phase, a.from).cmp(&(&b.duty.key, b.duty.phase, b.from)));
    out
}

#[cfg(test)]
mod tests {
    use alloc::{string::String, vec};

    use rules::{Day, Phase};

    use super::*;

    fn duty(key: &str, target: i32) -> Duty {
        Duty {
            key: String::from(key),
            phase: 0,
            episode: None,
            service: String::from(key),
            dose: None,
            occurrence: 0,
            rule: String::from(key),
            rule_from: None,
            tier: 1,
            source: String::from("own"),
            programme: String::new(),
            category: String::new(),
            window: Phase { target: Some(Day(target)), ..Phase::default() },
            next_on: None,
            settled: None,
        }
    }

    #[test]
    fn each_level_reads_back_what_was_derived_for_it() {
        use Sensitivity::{Compartment, Guarded, Ordinary};
        let levels = vec![
            (Ordinary, vec![duty("a", 9), duty("b", 1)]),
            (Guarded, vec![duty("a", 5), duty("b", 1)]),
            (Compartment, vec![duty("a", 5), duty("b", 1), duty("c", 3)]),
        ];
        let joined = layered(levels.clone());
        assert_eq!(joined.len(), 4);
        for (level, duties) in levels {
            let stands = |l: &&Layered| l.from <= level && l.hidden_from.is_none_or(|h| level < h);
            let seen: Vec<Duty> = joined.iter().filter(stands).map(|l| l.duty.clone()).collect();
            assert_eq!(seen, duties);
        }
    }

    #[test]
    fn a_form_that_comes_back_at_a_narrower_level_is_kept_twice() {
        use Sensitivity::{Compartment, Guarded, Ordinary};
        let levels =
            vec![(Ordinary, vec![duty("a", 9)]), (Guarded, vec![duty("a", 5)]), (Compartment, vec![duty("a", 9)])];
        let froms: Vec<_> = layered(levels).into_iter().map(|l| (l.from, l.hidden_from)).collect();
        assert_eq!(froms, [(Ordinary, Some(Guarded)), (Guarded, Some(Compartment)), (Compartment, None)]);
    }
}
