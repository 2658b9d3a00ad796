//! A person as the file tells it: the register's view, what became of them, pregnancies, relations, cautions.

use alloc::vec::Vec;

use rules::{Day, Span, counting};

use crate::{
    body::{Body, Born, Caution, Pregnancy, Resident},
    event::Sensitivity,
    fold::{Entry, Story},
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gone {
    MovedOut,
    Died,
}

/// One pregnancy: the unit of work in pregnancy is the episode, not the woman.
#[derive(Clone, Debug)]
pub struct Episode<'a> {
    pub no: i32,
    pub notice: &'a Pregnancy,
    pub notified: Span,
    pub event: i64,
    /// (day, event)
    pub delivered: Option<(Span, i64)>,
    /// (day, event) of a loss.
    pub ended: Option<(Span, i64)>,
}

impl Episode<'_> {
    pub fn is_open(&self) -> bool {
        self.delivered.is_none() && self.ended.is_none()
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Related<'a> {
    pub to: i64,
    pub role: &'a str,
    pub from: Day,
    pub until: Option<Day>,
    pub event: i64,
    /// Who may know of it.
    pub sensitivity: Sensitivity,
}

/// The person of a file. Text fields borrow what was recorded, as received.
#[derive(Clone, Debug, Default)]
pub struct Person<'a> {
    /// The latest register view; `None` for a child known only from its birth record.
    pub resident: Option<&'a Resident>,
    /// The day of that view, and its first event.
    pub viewed: Option<(Day, i64)>,
    /// What was typed before the register named them (仮登録).
    pub provisional: Option<&'a Resident>,
    pub born: Option<(&'a Born, i64)>,
    pub birth: Option<(Span, i64)>,
    /// The instant the program first knew the person.
    pub known_since: Option<i64>,
    /// Day of the latest 転入, with its event.
    pub moved_in: Option<(Day, i64)>,
    /// (what, day, event) if it still stands (a later 転入 ends a 転出).
    pub gone: Option<(Gone, Day, i64)>,
    pub protected: bool,
    pub caution: Option<&'a Caution>,
    /// Release from the register that still stands: (day, event).
    pub released: Option<(Day, i64)>,
    pub episodes: Vec<Episode<'a>>,
    /// Without those that are hidden (特別養子縁組).
    pub relations: Vec<Related<'a>>,
    /// 要支援 and other dated states.
    pub needs_support_since: Option<Day>,
}

impl<'a> Person<'a> {
    pub fn read(story: &Story<'a>) -> Person<'a> {
        let mut person = Person { known_since: story.entries.iter().map(|e| e.recorded_at).min(), ..Person::default() };
        let mut protected_by: Vec<(i64, &str, bool)> = Vec::new();
        let joined = story.entries.iter().filter(|e| matches!(e.body, Body::Joined(_))).map(|e| e.recorded_at).max();
        let mut hidden: Vec<i64> = Vec::new();
        for entry in &story.entries {
            match entry.body {
                // What was typed before the register spoke never replaces what the register says.
                Body::Resident(r) if is_provisional(r) && person.resident.is_some_and(|r| !is_provisional(r)) => {
                    person.provisional = Some(r);
                }
                Body::Resident(r) => {
                    if is_provisional(r) {
                        person.provisional = Some(r);
                    }
                    // On the register again, under another number.
                    let before = person.resident.map_or("", |r| r.number.as_str());
                    if ![before, ""].contains(&r.number.as_str())
                        && before != ""
                        && matches!(person.gone, Some((Gone::MovedOut, ..)))
                    {
                        person.gone = None;
                    }
                    person.resident = Some(r);
                    person.viewed = Some((entry.day.lo, entry.root));
                    if let Some(birth) = r.birth {
                        person.birth = Some((birth, entry.root));
                    }
                    if r.cause == "moved_in" {
                        person.moved_in = Some((entry.day.hi, entry.root));
                        person.released = None;
                        if matches!(person.gone, Some((Gone::MovedOut, ..))) {
                            person.gone = None;
                        }
                    }
                }
                Body::MovedOut { .. } if !matches!(person.gone, Some((Gone::Died, ..))) => {
                    person.gone = Some((Gone::MovedOut, entry.day.hi, entry.root));
                }
                Body::Died => person.gone = Some((Gone::Died, entry.day.hi, entry.root)),
                Body::Born(born) => {
                    person.born = Some((born, entry.root));
                    if person.resident.is_none_or(|r| r.birth.is_none()) {
                        person.birth = Some((born.birth, entry.root));
                    }
                }
                Body::Protection { on, .. } => {
                    // Before two files were joined, what one said did not speak of the other: either mark protects.
                    let of_both = joined.is_some_and(|at| entry.recorded_at > at);
                    protected_by
                        .retain(|(file, source, _)| *source != entry.source || (*file != entry.file && !of_both));
                    protected_by.push((entry.file, entry.source, *on));
                }
                Body::Caution(caution) => person.caution = Some(caution),
                Body::Released { .. } => person.released = Some((entry.day.hi, entry.root)),
                Body::Period { name, until, .. } if name == "needs_support" => {
                    person.needs_support_since = until.is_none().then_some(entry.day.lo);
                }
                Body::Relation { to, hidden: true, .. } => hidden.push(*to),
                Body::Relation { to, role, until, .. } => person.relations.push(Related {
                    to: *to,
                    role,
                    from: entry.day.lo,
                    until: *until,
                    event: entry.root,
                    sensitivity: entry.sensitivity,
                }),
                _ => person.read_pregnancy(entry),
            }
        }
        person.protected = protected_by.iter().any(|(.., on)| *on);
        person.relate_to_mother(story);
        person.relations.retain(|r| r.to > 0 && !hidden.contains(&r.to));
        person
    }

    fn read_pregnancy(&mut self, entry: &Entry<'a>) {
        let Some(no) = entry.episode else { return };
        let (day, event) = (entry.day, entry.root);
        match entry.body {
            Body::PregnancyNotified(notice) => {
                self.released = None;
                // One pregnancy, notified in two files that were joined.
                if let Some(e) = self.episodes.iter_mut().find(|e| e.no == no) {
                    e.notice = notice;
                    return;
                }
                self.episodes.push(Episode { no, notice, notified: day, event, delivered: None, ended: None });
            }
            Body::Delivered { children, .. } => {
                self.relations.extend(children.iter().map(|to| Related {
                    to: *to,
                    role: "child",
                    from: day.lo,
                    until: None,
                    event,
                    sensitivity: entry.sensitivity,
                }));
                if let Some(e) = self.episodes.iter_mut().find(|e| e.no == no) {
                    e.delivered = Some((day, event));
                }
            }
            Body::PregnancyEnded { .. } => {
                if let Some(e) = self.episodes.iter_mut().find(|e| e.no == no) {
                    e.ended = Some((day, event));
                }
            }
            _ => {}
        }
    }

    fn relate_to_mother(&mut self, story: &Story<'a>) {
        if let Some((born, event)) = self.born
            && born.mother > 0
            && !self.relations.iter().any(|r| r.to == born.mother)
        {
            let sensitivity =
                story.entries.iter().find(|e| e.root == event).map_or_else(Default::default, |e| e.sensitivity);
            let (to, from) = (born.mother, born.birth.lo);
            self.relations.push(Related { to, role: "mother", from, until: None, event, sensitivity });
        }
    }

    /// The name as received, or what to show of a child who has none yet.
    pub fn name(&self) -> &'a str {
        self.resident.map_or("", |r| r.name.as_str())
    }

    /// The register's phone, or the one that was typed before it spoke.
    pub fn phone(&self) -> &'a str {
        let views = [self.resident, self.provisional];
        views.into_iter().flatten().map(|r| r.phone.as_str()).find(|phone| !phone.is_empty()).unwrap_or_default()
    }

    /// The last day on the register as a child: the day before school entry.
    pub fn register_end(&self) -> Option<Day> {
        self.birth.map(|(birth, _)| counting::school_entry(birth.hi).plus(-1))
    }

    /// 移行・転入: windows that closed before this day were somebody else's.
    pub fn ours_since(&self) -> Option<Day> {
        self.moved_in.map(|(day, _)| day)
    }
}

/// Typed here, before the register named the person.
fn is_provisional(resident: &Resident) -> bool {
    resident.number.is_empty() && resident.cause == "provisional"
}
