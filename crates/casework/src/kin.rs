//! Related persons whose recorded facts rules may read (depth one, same keeper).
//!
//! Followed are 母, 父, 子 and きょうだい: those recorded as such, and the other children of the same mother or father. A
//! relation that is hidden (特別養子縁組) is nobody's relation: see [`Person::read`](crate::Person::read).

use alloc::{vec, vec::Vec};

use rules::{Day, Facts, Kin};

use crate::{
    body::{Body, Contact, Seen},
    fold::Story,
    scopes,
};

/// A related person's file, as far as the reader may know of it.
#[derive(Clone, Debug)]
pub struct Relative<'a> {
    /// What they are to the person: a name of [`rules::words::KIN`].
    pub role: &'static str,
    /// The relation ended on this day: what was recorded of later days is not read.
    pub until: Option<Day>,
    pub story: Story<'a>,
}

/// The role under which rules may name somebody related so; `None` if they may not.
pub fn role_of(relation: &str) -> Option<&'static str> {
    rules::words::KIN.iter().map(|(_, name)| *name).find(|name| *name == relation)
}

/// Whether somebody related so is a parent: their other children are siblings. `parent` is the way back from a child
/// recorded without saying which parent.
pub fn is_parent(relation: &str) -> bool {
    matches!(relation, "mother" | "father" | "parent")
}

/// Their facts for the rules: acts and periods as recorded, nothing derived.
pub(crate) fn facts<'a>(relatives: &[Relative<'a>]) -> Vec<Kin<'a>> {
    let of = |relative: &Relative<'a>| {
        let mut facts = Facts::default();
        let holds = |day: Day| relative.until.is_none_or(|until| day <= until);
        for entry in relative.story.entries.iter().filter(|e| holds(e.day.lo)) {
            scopes::read_entry(&mut facts, entry);
        }
        Kin { role: relative.role, acts: facts.acts, periods: facts.periods }
    };
    relatives.iter().map(of).collect()
}

/// Whether somebody surely saw the child: oneself or a partner, not from hearsay, a voice or a glimpse.
pub(crate) fn was_seen(seen: Option<&Seen>) -> bool {
    seen.is_some_and(|s| s.how == "seen" && s.by != "family")
}

/// Names of the acts and periods that rules read of such a record.
pub fn names(body: &Body) -> Vec<&str> {
    let contact = |c: &'_ Contact, code: &'static str| {
        let mut names = vec![code];
        if was_seen(c.seen.as_ref()) {
            names.push("seen");
        }
        names
    };
    match body {
        Body::Contact(c) => contact(c, "contact").into_iter().chain(c.service.as_deref()).collect(),
        Body::Visit(c) => contact(c, "visit").into_iter().chain(c.service.as_deref()).collect(),
        Body::Service(s) => {
            let mut names = vec![s.code.as_str()];
            if was_seen(s.seen.as_ref()) {
                names.push("seen");
            }
            names
        }
        Body::Period { name, .. } => vec![name],
        _ => Vec::new(),
    }
}

/// Whether such a record says who is related to whom.
pub fn relates(body: &Body) -> bool {
    matches!(body, Body::Relation { .. } | Body::Born(_) | Body::Delivered { .. })
}
