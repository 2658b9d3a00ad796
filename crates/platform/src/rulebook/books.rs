//! One rulebook per municipality: which book derives the records of which keeper.
//!
//! Books live in the process, but what decides them lives in the database: every use asks for the mark of what is in
//! force there, and a mark that moved is loaded anew. So whatever another process changed holds here from the next
//! transaction on.

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    ops::Deref,
    sync::{Arc, PoisonError, RwLock},
};

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use rules::Rulebook;
use sha2::{Digest, Sha256};

use super::Texts;
use crate::{Database, Db, Fault, store::chain};

/// The rules of one municipality, or the nation's.
#[derive(Debug)]
pub struct Book {
    rules: Rulebook,
    /// 団体コード; empty for the nation's own.
    pub town: String,
    /// Names the very rules, with whatever the town changed in them: equal for equal rules.
    pub stamp: String,
}

impl Book {
    fn new(rules: Rulebook, town: &str) -> Book {
        Book { stamp: stamp(&rules), rules, town: town.to_owned() }
    }
}

impl Deref for Book {
    type Target = Rulebook;

    fn deref(&self) -> &Rulebook {
        &self.rules
    }
}

/// The books of every keeper as they were at one moment of the database.
#[derive(Debug)]
pub struct Shelf {
    mark: String,
    nation: Arc<Book>,
    keepers: BTreeMap<i64, Arc<Book>>,
}

impl Shelf {
    /// The book of a keeper; the nation's for who has no municipality.
    pub fn of(&self, keeper: i64) -> &Arc<Book> {
        self.keepers.get(&keeper).unwrap_or(&self.nation)
    }

    /// The rules without what any town changes.
    pub fn nation(&self) -> &Arc<Book> {
        &self.nation
    }
}

/// The books of this installation. Cheap to clone; clones share what is loaded.
#[derive(Clone, Debug)]
pub struct Books(Arc<Held>);

#[derive(Debug)]
struct Held {
    /// `None`: one book for everybody, whatever the database says.
    shipped: Option<Texts>,
    shelf: RwLock<Arc<Shelf>>,
}

impl Books {
    /// The books of the keepers in a database.
    ///
    /// # Errors
    /// If the database fails or a book is broken.
    pub fn open(database: &Database) -> Result<Books, Fault> {
        let shipped = Texts::shipped()?;
        let shelf = database.read(|db| load(db, &shipped, None))?;
        Ok(Books(Arc::new(Held { shipped: Some(shipped), shelf: RwLock::new(Arc::new(shelf)) })))
    }

    /// One book for every keeper: for a bench or a test, where no town is meant.
    pub fn one(rules: Rulebook) -> Books {
        let nation = Arc::new(Book::new(rules, ""));
        let shelf = Shelf { mark: String::new(), nation, keepers: BTreeMap::new() };
        Books(Arc::new(Held { shipped: None, shelf: RwLock::new(Arc::new(shelf)) }))
    }

    /// What is in force in the caller's transaction.
    ///
    /// Who derives asks after locking the files: a file locked before a publication is derived again by the publication,
    /// a file locked after it must already see the new book.
    ///
    /// # Errors
    /// If the database fails or a book is broken.
    pub fn now(&self, db: &mut Db) -> Result<Arc<Shelf>, Fault> {
        let held = Arc::clone(&self.0.shelf.read().unwrap_or_else(PoisonError::into_inner));
        let Some(shipped) = &self.0.shipped else { return Ok(held) };
        if mark(db)? == held.mark {
            return Ok(held);
        }
        let shelf = Arc::new(load(db, shipped, Some(&held))?);
        *self.0.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&shelf);
        Ok(shelf)
    }

    /// The book of one keeper in the caller's transaction.
    ///
    /// # Errors
    /// As [`Books::now`].
    pub fn of(&self, db: &mut Db, keeper: i64) -> Result<Arc<Book>, Fault> {
        Ok(Arc::clone(self.now(db)?.of(keeper)))
    }
}

/// Moves whenever a keeper may have another book.
fn mark(db: &mut Db) -> Result<String, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let row: Row = sql_query("select cast(coalesce(max(id), 0) as text) as value from office").get_result(db)?;
    Ok(row.value)
}

#[derive(QueryableByName)]
struct Office {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    parent: Option<i64>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    code: String,
}

/// 団体コード of the municipality an office belongs to; a prefecture's offices belong to none.
fn town_of(offices: &BTreeMap<i64, Office>, id: i64) -> &str {
    let mut at = offices.get(&id);
    // No deeper than there are offices: a circle of parents belongs to nobody.
    for _ in 0..offices.len() {
        match at {
            Some(office) if ["prefecture", "health_centre"].contains(&office.kind.as_str()) => return "",
            Some(office) if !office.code.is_empty() => return &office.code,
            Some(office) => at = office.parent.and_then(|parent| offices.get(&parent)),
            None => return "",
        }
    }
    ""
}

/// Builds what is not on the shelf before.
fn load(db: &mut Db, shipped: &Texts, before: Option<&Shelf>) -> Result<Shelf, Fault> {
    let mark = mark(db)?;
    let offices: Vec<Office> = sql_query("select id, parent, kind, code from office").load(db)?;
    let offices: BTreeMap<i64, Office> = offices.into_iter().map(|office| (office.id, office)).collect();
    let nation = match before {
        Some(shelf) => Arc::clone(&shelf.nation),
        None => Arc::new(Book::new(super::built(shipped, "")?, "")),
    };
    let mut towns: BTreeMap<String, Arc<Book>> = BTreeMap::new();
    for book in before.into_iter().flat_map(|shelf| shelf.keepers.values()) {
        towns.insert(book.town.clone(), Arc::clone(book));
    }
    let mut keepers = BTreeMap::new();
    for id in offices.keys() {
        let code = town_of(&offices, *id);
        if code.is_empty() {
            continue;
        }
        let book = match towns.get(code) {
            Some(book) => Arc::clone(book),
            None => Arc::new(Book::new(super::built(shipped, code)?, code)),
        };
        towns.insert(code.to_owned(), Arc::clone(&book));
        keepers.insert(*id, book);
    }
    Ok(Shelf { mark, nation, keepers })
}

/// Names the very rules of a book.
fn stamp(rules: &Rulebook) -> String {
    struct Hashing(Sha256);
    impl Write for Hashing {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.update(text.as_bytes());
            Ok(())
        }
    }
    let mut hashing = Hashing(Sha256::new());
    // Writing into a hash cannot fail.
    let _ = write!(hashing, "{rules:?}");
    chain::hex(&hashing.0.finalize())
}
