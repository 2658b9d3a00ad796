//! Replays a plan through the one write path: every step becomes a command, at the desk of the day it was recorded on.

use std::collections::BTreeMap;

use casework::{Act, Body, Command, Sensitivity, birth::Birth};
use rules::{Day, Span};

use super::{
    calendar, ledger,
    office::Founded,
    plan::{Deed, PROMISED, Plan, Step, Who},
};
use crate::platform::{
    Actor, Doors, Fault,
    rulebook::Books,
    store::{self, Applied, Desk, sync, write::NotApplied},
};

/// Commands per transaction: few enough to keep the journal small, enough to wait for the disk seldom.
const CHUNK: usize = 400;
const CATCH_UP: i64 = 200;

pub struct Replay<'a> {
    pub doors: &'a Doors,
    pub books: &'a Books,
    pub founded: &'a Founded,
    /// Files by person of the plan.
    files: BTreeMap<Who, i64>,
    marks: BTreeMap<(Who, &'static str), i64>,
}

impl<'a> Replay<'a> {
    pub fn new(doors: &'a Doors, books: &'a Books, founded: &'a Founded) -> Replay<'a> {
        Replay { doors, books, founded, files: BTreeMap::new(), marks: BTreeMap::new() }
    }

    /// Applies all steps in order of the day they were recorded, brings the old ledger in, then lets the date turn to the
    /// as-of day.
    pub fn run(mut self, steps: Vec<Step>, plan: &Plan, progress: &mut dyn FnMut(u64)) -> Result<u64, Fault> {
        let as_of = plan.as_of;
        let timed = timed(steps, as_of);
        let people = u64::try_from(plan.people.len()).unwrap_or(0);
        let steps = u64::try_from(timed.len()).unwrap_or(0);
        let actor = Actor::program(vec![self.founded.keeper]);
        let doors = self.doors;
        let mut done = 0;
        for chunk in timed.chunks(CHUNK) {
            doors.write(&actor, |door| {
                for (number, (now, step)) in chunk.iter().enumerate() {
                    let number = done + u64::try_from(number).unwrap_or(0);
                    self.apply(door.db, number, *now, step)?;
                }
                Ok::<_, Fault>(())
            })?;
            done += u64::try_from(chunk.len()).unwrap_or(0);
            progress(done);
        }
        ledger::bring_in(doors.database(), self.books, self.founded.keeper, plan)?;
        let mut caught = 0;
        loop {
            let some = doors.write(&actor, |door| sync::catch_up(door.db, self.books, as_of, CATCH_UP))?;
            caught += u64::try_from(some).unwrap_or(0);
            progress((steps + caught).min(steps + people));
            if some == 0 {
                break;
            }
        }
        progress(steps + people);
        Ok(steps)
    }

    fn apply(&mut self, db: &mut crate::platform::Db, number: u64, now: i64, step: &Step) -> Result<(), Fault> {
        let desk = Desk {
            keeper: self.founded.keeper,
            keepers: &[self.founded.keeper],
            actor: self.founded.staff.get(step.by).copied().unwrap_or(0),
            today: step.on,
            now,
            batch: None,
            books: self.books,
        };
        let act = self.act(&step.deed)?;
        let command = Command { id: format!("{}-{number:06}", self.founded.mark), act, seen: Vec::new() };
        let applied = store::apply(db, &desk, &command).map_err(|why| refused(step, &why))?;
        self.note(step, &applied);
        Ok(())
    }

    fn act(&self, deed: &Deed) -> Result<Act, Fault> {
        let own = || String::from("own");
        Ok(match deed {
            Deed::Open { day, resident, protected, .. } => Act::Open {
                day: *day,
                source: if resident.cause == "provisional" { "own" } else { "residents" }.into(),
                resident: (**resident).clone(),
                protected: *protected,
            },
            Deed::Record { who, pregnancy, day, source, body } => Act::Record {
                file: self.file(*who)?,
                episode: *pregnancy,
                day: *day,
                source: (*source).into(),
                sensitivity: Sensitivity::Ordinary,
                body: self.resolved(*who, body),
            },
            Deed::Relate { who, to, role, day, until } => Act::Record {
                file: self.file(*who)?,
                episode: None,
                day: Span::on(*day),
                source: own(),
                sensitivity: Sensitivity::Ordinary,
                body: Body::Relation { to: self.file(*to)?, role: (*role).into(), until: *until, hidden: false },
            },
            Deed::Notify { who, day, pregnancy } => {
                Act::NotifyPregnancy { file: self.file(*who)?, day: *day, pregnancy: (**pregnancy).clone() }
            }
            Deed::Birth { mother, pregnancy, day, weeks, place, home_from, children } => Act::Birth(Birth {
                mother: self.file(*mother)?,
                episode: *pregnancy,
                day: *day,
                weeks: Some(*weeks),
                place: place.clone(),
                source: own(),
                home_from: *home_from,
                children: children.iter().map(|(_, child)| child.clone()).collect(),
            }),
            Deed::Office { day, body } => Act::Record {
                file: self.founded.file,
                episode: None,
                day: Span::on(*day),
                source: own(),
                sensitivity: Sensitivity::Ordinary,
                body: (**body).clone(),
            },
            Deed::Correct { who, mark, day, body } => Act::Correct {
                file: self.file(*who)?,
                event: self.marked(*who, mark)?,
                day: *day,
                body: (**body).clone(),
            },
            Deed::Withdraw { who, mark, reason } => {
                Act::Withdraw { file: self.file(*who)?, event: self.marked(*who, mark)?, reason: (*reason).into() }
            }
        })
    }

    /// Remembers what later steps name: files opened, marked events.
    fn note(&mut self, step: &Step, applied: &Applied) {
        match &step.deed {
            Deed::Open { who, .. } => self.files.extend(applied.opened.first().map(|id| (*who, *id))),
            Deed::Birth { children, .. } => {
                let born = children.iter().filter(|(_, c)| c.file.is_none()).map(|(who, _)| *who);
                self.files.extend(born.zip(applied.opened.iter().copied()));
            }
            Deed::Record { who, .. } | Deed::Notify { who, .. } => {
                if let (Some(mark), Some(event)) = (step.mark, applied.events.first()) {
                    self.marks.insert((*who, mark), *event);
                }
            }
            _ => {}
        }
    }

    fn file(&self, who: Who) -> Result<i64, Fault> {
        self.files.get(&who).copied().ok_or_else(|| Fault::new(format!("demo: person {who} has no file yet")))
    }

    fn marked(&self, who: Who, mark: &'static str) -> Result<i64, Fault> {
        let found = self.marks.get(&(who, mark)).copied();
        found.ok_or_else(|| Fault::new(format!("demo: nothing is marked {mark} for person {who}")))
    }

    /// Puts the event's number in the place of a mark in `about`.
    fn resolved(&self, who: Who, body: &Body) -> Body {
        let mut body = body.clone();
        let about = match &mut body {
            Body::Contact(c) | Body::Visit(c) => &mut c.about,
            Body::Service(s) => &mut s.about,
            _ => return body,
        };
        if let Some(mark) = about.as_deref().and_then(|a| a.strip_prefix(PROMISED)) {
            let root = self.marks.iter().find(|((w, m), _)| *w == who && *m == mark).map(|(_, event)| *event);
            *about = root.map(|root| format!("{}#{root}", casework::duties::NEXT_CONTACT));
        }
        body
    }
}

/// In order of the day of recording; each with its instant within that day.
fn timed(mut steps: Vec<Step>, as_of: Day) -> Vec<(i64, Step)> {
    steps.sort_by_key(|s| s.on);
    let mut on_day: BTreeMap<Day, usize> = BTreeMap::new();
    for step in &steps {
        *on_day.entry(step.on).or_default() += 1;
    }
    let mut seen: BTreeMap<Day, usize> = BTreeMap::new();
    let mut timed = Vec::with_capacity(steps.len());
    for step in steps {
        let nth = seen.entry(step.on).or_default();
        let now = calendar::instant(step.on, *nth, on_day.get(&step.on).copied().unwrap_or(1), step.on == as_of);
        *nth += 1;
        timed.push((now, step));
    }
    timed
}

fn refused(step: &Step, why: &NotApplied) -> Fault {
    let said = match why {
        NotApplied::Refused(refusal) => refusal.message.clone(),
        NotApplied::Conflict(kinds) => format!("conflict with {}", kinds.join(", ")),
        NotApplied::NotFound => String::from("no such file"),
        NotApplied::Fault(fault) => fault.to_string(),
    };
    Fault::new(format!("demo step of {}: {said} ({:?})", step.on, step.deed))
}
