//! What a file's read tables should say: derived once for each level of the records it and its relatives hold.

use std::borrow::Cow;

use casework::{Derived, Event, Person, Sensitivity, View, derive, duties::Standing, fold, layers::layered};
use rules::{Day, Rulebook};

use super::{
    FileEvents,
    kin::Relations,
    rows::{DutyRow, Who},
    sheet::Sheet,
};

/// What is owed to the person of a file, as the tables should have it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owed {
    /// In order of `(key, phase, sensitivity)`.
    pub duties: Vec<DutyRow>,
    /// What everybody may know: somebody covered only by what the compartment knows is listed, so that the list does not
    /// tell of it.
    pub standing: Standing,
    pub covered_by: Option<Day>,
    /// The first day on which any level would read differently.
    pub rederive_on: Option<Day>,
}

impl Owed {
    /// With where the person lives beside each duty.
    #[must_use]
    pub fn at_home(mut self, who: &Who) -> Owed {
        for duty in &mut self.duties {
            who.home().clone_into(&mut duty.home);
        }
        self
    }
}

/// Everything that a person's file says today: who it is about and what is owed.
pub fn sheet(file: i64, events: &FileEvents, relations: &Relations, rulebook: &Rulebook, today: Day) -> Sheet {
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    let person = Person::read(&story);
    let who = Who::told(&story, &person);
    let levels = levels(file, events, relations);
    let owed = if levels == [Sensitivity::Ordinary] {
        // Nearly every file: everybody reads the whole story.
        let derived = derive(&story, &person, &relations.of(file, View::default()), rulebook, today);
        joined(vec![(Sensitivity::Ordinary, derived)])
    } else {
        at_levels(levels, file, events, relations, rulebook, today)
    };
    Sheet::new(who, owed)
}

/// What is owed to the person of a file today.
pub fn of(file: i64, events: &FileEvents, relations: &Relations, rulebook: &Rulebook, today: Day) -> Owed {
    at_levels(levels(file, events, relations), file, events, relations, rulebook, today)
}

fn at_levels(
    levels: Vec<Sensitivity>,
    file: i64,
    events: &FileEvents,
    relations: &Relations,
    rulebook: &Rulebook,
    today: Day,
) -> Owed {
    joined(levels.into_iter().map(|level| (level, at(level, file, events, relations, rulebook, today))).collect())
}

/// The levels of what is recorded in a file and of its relatives, the widest first; the ordinary one always.
fn levels(file: i64, events: &FileEvents, relations: &Relations) -> Vec<Sensitivity> {
    let mut levels = relations.levels(file);
    levels.push(Sensitivity::Ordinary);
    levels.extend(events.events.iter().map(|e| e.sensitivity).filter(|level| *level != Sensitivity::Ordinary));
    levels.sort_unstable();
    levels.dedup();
    levels
}

/// One list from that of each level.
fn joined(derived: Vec<(Sensitivity, Derived)>) -> Owed {
    let rederive_on = derived.iter().filter_map(|(_, d)| d.rederive_on).min();
    let (standing, covered_by) = derived.first().map_or((Standing::Outside, None), |(_, d)| (d.standing, d.covered_by));
    let duties = layered(derived.into_iter().map(|(level, d)| (level, d.duties)).collect());
    Owed { duties: duties.into_iter().map(DutyRow::from).collect(), standing, covered_by, rederive_on }
}

/// Who a file is about and what is owed, as everybody may know of it, looked at through a view: on another day, or as known
/// at another instant. Without one it is what is stored.
pub fn seen(
    file: i64,
    events: &FileEvents,
    relations: &Relations,
    rulebook: &Rulebook,
    view: View<'_>,
    day: Day,
) -> (Who, Derived) {
    let view = View { withdrawn: &events.withdrawn, ..view };
    let story = fold(&events.events, view);
    let person = Person::read(&story);
    let who = Who::told(&story, &person);
    if levels(file, events, relations) == [Sensitivity::Ordinary] {
        return (who, derive(&story, &person, &relations.of(file, view), rulebook, day));
    }
    let known = up_to(Sensitivity::Ordinary, &events.events);
    let story = fold(&known, view);
    let relations = relations.up_to(file, Sensitivity::Ordinary);
    (who, derive(&story, &Person::read(&story), &relations.of(file, view), rulebook, day))
}

/// As it follows from the records that whoever may see this level may know of.
pub fn at(
    level: Sensitivity,
    file: i64,
    events: &FileEvents,
    relations: &Relations,
    rulebook: &Rulebook,
    today: Day,
) -> Derived {
    let known = up_to(level, &events.events);
    let view = View { withdrawn: &events.withdrawn, ..View::default() };
    let story = fold(&known, view);
    let person = Person::read(&story);
    let relations = relations.up_to(file, level);
    derive(&story, &person, &relations.of(file, View::default()), rulebook, today)
}

/// The events of a level and below; borrowed where that is all of them.
pub(super) fn up_to(level: Sensitivity, events: &[Event]) -> Cow<'_, [Event]> {
    if events.iter().all(|e| e.sensitivity <= level) {
        Cow::Borrowed(events)
    } else {
        Cow::Owned(events.iter().filter(|e| e.sensitivity <= level).cloned().collect())
    }
}
