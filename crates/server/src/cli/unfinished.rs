//! Work in chunks that a stop may leave half done: imports, 一括整理, postings and 担当替え, and the work of a rule change.
//!
//! The one list of it. What is being taken back counts no more from its first moment, while its read tables follow file
//! by file: until it has ended, a line stands closed that nobody has closed. So whoever starts the program goes on with
//! it, and whoever compares everything finishes it first.

use crate::{
    contacts::postings::Posting,
    intake::{
        events::Events,
        imports::{Import, run},
        residents::Residents,
    },
    platform::{Doors, Fault, rulebook::Books},
    rulebook::changes,
    settlings::Settling,
    supervision::handovers::Handover,
};

struct Kind {
    resume: fn(&Doors, &Books),
    finish: fn(&Doors, &Books) -> Result<(), Fault>,
}

const fn import<I: Import>() -> Kind {
    Kind { resume: run::resume::<I>, finish: run::finish_undone::<I> }
}

const KINDS: [Kind; 6] = [
    import::<Residents>(),
    import::<Events>(),
    import::<Settling>(),
    import::<Posting>(),
    import::<Handover>(),
    Kind { resume: changes::run::resume, finish: changes::run::finish },
];

/// When the program starts: all of it goes on beside the requests.
pub fn resume(doors: &Doors, books: &Books) {
    for kind in &KINDS {
        (kind.resume)(doors, books);
    }
}

/// Ends what would look like a fault to whoever compares the read tables with the events.
///
/// # Errors
/// If the database fails.
pub fn finish(doors: &Doors, books: &Books) -> Result<(), Fault> {
    KINDS.iter().try_for_each(|kind| (kind.finish)(doors, books))
}
