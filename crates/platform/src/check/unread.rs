//! Records this program cannot read: somebody wrote into them past it, or a newer version did. Each is named, and what can
//! be examined without it still is.

use super::{Finding, Promise};
use crate::{Database, Db, Fault, store::load};

/// Records read at a time.
const PAGE: i64 = 5_000;

/// What cannot be read; looked for only once something failed.
#[derive(Default)]
pub struct Unread {
    found: Vec<Finding>,
}

impl Unread {
    /// Takes note that something could not be examined.
    ///
    /// # Errors
    /// The fault itself, if every record can be read: it is of another kind then.
    pub fn excuse(&mut self, database: &Database, fault: Fault) -> Result<(), Fault> {
        if self.found.is_empty() {
            self.found = all(database)?;
        }
        if self.found.is_empty() { Err(fault) } else { Ok(()) }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// What is told of a file that is read together with such a record.
    pub fn beside(&self, file: i64) -> Option<Finding> {
        let itself = self.found.iter().any(|finding| finding.file == file);
        let what = "not examined: it is read together with a record that cannot be read";
        (!itself).then(|| Finding::new(Promise::OneWritePath, file, what))
    }

    pub fn told(self) -> Vec<Finding> {
        self.found
    }
}

fn all(database: &Database) -> Result<Vec<Finding>, Fault> {
    let (mut found, mut after) = (Vec::new(), Some(0));
    while let Some(last) = after {
        after = database.read_all(|db: &mut Db| {
            let (unread, last) = load::unread(db, last, PAGE)?;
            found.extend(unread.into_iter().map(|(file, event, why)| {
                Finding::new(Promise::OneWritePath, file, format!("event {event}: it cannot be read ({why})"))
            }));
            Ok::<_, Fault>(last)
        })?;
    }
    Ok(found)
}
