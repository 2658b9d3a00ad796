//! What two books make of one person, and its sums. Only what is open by one of the two books counts: what was done or
//! decided stays so.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    Duty, difference,
    difference::{Change, Part, changes},
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Added,
    Removed,
    Moved,
}

impl Kind {
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Moved => "moved",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Kind::Added => "増える",
            Kind::Removed => "なくなる",
            Kind::Moved => "変わる",
        }
    }
}

/// One duty (all its phases) that differs.
#[derive(Clone, Debug)]
pub struct Differing {
    pub kind: Kind,
    /// By the new book, or by the old one if it is gone.
    pub duty: Duty,
    /// What moved, of all phases in order; empty unless `Moved`.
    pub changes: Vec<Change>,
}

/// The duties of one file that differ between two derivations.
pub fn differing(old: &[Duty], new: &[Duty]) -> Vec<Differing> {
    let mut found: BTreeMap<String, Differing> = BTreeMap::new();
    let compared = difference(old, new);
    let open = |duty: &Duty| duty.settled.is_none();
    for (before, after) in compared.moved.iter().filter(|(a, b)| open(a) || open(b)) {
        moved(&mut found, after).changes.extend(changes(before, after));
    }
    let other = Change { part: Part::Other, from: None, to: None };
    let sides = [(Kind::Added, &compared.added, old), (Kind::Removed, &compared.removed, new)];
    for (kind, alone, elsewhere) in sides {
        for duty in alone.iter().filter(|d| open(d)) {
            // Another phase of a duty that both have: it is the same duty with other dates.
            if elsewhere.iter().any(|d| d.key == duty.key) {
                moved(&mut found, duty).changes.push(other);
            } else {
                let differing = Differing { kind, duty: duty.clone(), changes: Vec::new() };
                found.entry(duty.key.clone()).or_insert(differing);
            }
        }
    }
    found.into_values().collect()
}

fn moved<'f>(found: &'f mut BTreeMap<String, Differing>, duty: &Duty) -> &'f mut Differing {
    let new = || Differing { kind: Kind::Moved, duty: duty.clone(), changes: Vec::new() };
    found.entry(duty.key.clone()).or_insert_with(new)
}

/// How far one kind of date moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shift {
    pub duties: u64,
    /// Days later, the least and the most; `None` where a day came or went, or it is no day.
    pub days: Option<(i32, i32)>,
}

/// Sums over duties.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Count {
    pub added: u64,
    pub removed: u64,
    pub moved: u64,
    pub shifts: BTreeMap<Part, Shift>,
}

impl Count {
    pub fn add(&mut self, differing: &Differing) {
        match differing.kind {
            Kind::Added => self.added += 1,
            Kind::Removed => self.removed += 1,
            Kind::Moved => self.moved += 1,
        }
        let mut seen = BTreeSet::new();
        for change in &differing.changes {
            let shift = self.shifts.entry(change.part).or_insert(Shift { duties: 0, days: None });
            shift.duties += u64::from(seen.insert(change.part));
            if let (Some(from), Some(to)) = (change.from, change.to) {
                let days = to.since(from);
                shift.days = Some(shift.days.map_or((days, days), |(least, most)| (least.min(days), most.max(days))));
            }
        }
    }
}

/// Code and word of a part of a duty.
pub const fn part(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::AppliesFrom => ("applies_from", "この版で見る始まり"),
        Part::AppliesUntil => ("applies_until", "この版で見る終わり"),
        Part::LegalFrom => ("legal_from", "期間の始まり"),
        Part::LegalTo => ("legal_to", "期間の終わり"),
        Part::StandardFrom => ("standard_from", "標準の始まり"),
        Part::StandardTo => ("standard_to", "標準の終わり"),
        Part::Target => ("target", "対応の期限"),
        Part::Settled => ("settled", "済・対象外の扱い"),
        Part::Tier => ("tier", "区分"),
        Part::Other => ("other", "日付以外（規則の版など）"),
    }
}
