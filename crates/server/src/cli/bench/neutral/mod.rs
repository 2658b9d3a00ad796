//! The neutral care-pathway workload: persons, events and rules as plain files that any engine can answer, so that
//! answers can be compared byte for byte.
//!
//! Its rules become rules of the rulebook's format ([`translate`]), its events the acts they name, and the engine's plan
//! ([`rules::bulk`]) answers. A status of the workload is a name of one of ours:
//!
//! | workload | here |
//! |---|---|
//! | done | complete |
//! | expired | expired |
//! | blocked | not_yet, waiting for another rule |
//! | upcoming | not_yet |
//! | due | due, recommended |
//! | overdue | overdue |

mod read;
#[cfg(test)]
mod tests;
mod translate;
mod write;

use std::thread;

use rules::{
    Day,
    bulk::{Columns, Plan, Subjects, Table},
};

use crate::platform::meter;

pub use read::read;
pub use write::write;

/// The workload in memory.
pub struct Workload {
    pub as_of: Day,
    pub rules: usize,
    pub groups: Vec<Group>,
    pub persons: Persons,
}

/// The persons of one kind, and the plan of the rules for them.
pub struct Group {
    kind: translate::Kind,
    plan: Plan,
    subjects: Subjects,
}

/// Ids in order of the file, and where each stands: (group, place).
#[derive(Default)]
pub struct Persons {
    names: String,
    ends: Vec<usize>,
    places: Vec<(u8, u32)>,
}

impl Persons {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn name(&self, index: usize) -> &str {
        let start = index.checked_sub(1).and_then(|i| self.ends.get(i)).copied().unwrap_or_default();
        self.ends.get(index).and_then(|end| self.names.get(start..*end)).unwrap_or_default()
    }
}

/// All answers, group by group, and the CPU time of all threads in nanoseconds.
pub struct Answers {
    groups: Vec<(Table, Vec<Columns>)>,
    pub cpu: Option<u64>,
}

/// Tabulates the windows and evaluates everybody, on so many threads. Nothing is kept from one call to the next.
pub fn evaluate(work: &Workload, threads: usize) -> Answers {
    let started = meter::cpu();
    let tables: Vec<Table> = work.groups.iter().map(|g| g.plan.tabulate(g.subjects.anchors())).collect();
    let threads = threads.max(1);
    let share = |part: usize| -> Vec<Columns> {
        let groups = work.groups.iter().zip(&tables);
        groups
            .map(|(group, table)| {
                let all = group.subjects.len();
                let places = all * part / threads..all * (part + 1) / threads;
                group.plan.evaluate(table, &group.subjects, places, work.as_of)
            })
            .collect()
    };
    let metered = |part: usize| {
        let before = meter::cpu();
        let columns = share(part);
        (columns, meter::cpu().zip(before).map(|(after, before)| after - before))
    };
    let (mut parts, mut cpu) = (Vec::with_capacity(threads), Some(0));
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|part| scope.spawn(move || metered(part))).collect();
        parts.push(share(0));
        for other in others {
            // A panic over there becomes one here: half an answer is none.
            let (columns, used) = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            parts.push(columns);
            cpu = cpu.zip(used).map(|(a, b)| a + b);
        }
    });
    let own = meter::cpu().zip(started).map(|(after, before)| after - before);
    let mut groups: Vec<(Table, Vec<Columns>)> = tables.into_iter().map(|t| (t, Vec::new())).collect();
    for part in parts {
        for ((_, all), columns) in groups.iter_mut().zip(part) {
            all.push(columns);
        }
    }
    Answers { groups, cpu: cpu.zip(own).map(|(a, b)| a + b) }
}
