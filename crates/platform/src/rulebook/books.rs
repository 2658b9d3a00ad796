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

use casework::publication::Text as RuleText;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use rules::Rulebook;
use sha2::{Digest, Sha256};

use super::{Broken, Texts};
use crate::{Database, Db, Fault, store::chain};

/// The rules of one municipality, or the nation's, as one office changes them.
#[derive(Clone, Debug)]
pub struct Book {
    rules: Arc<Rulebook>,
    /// 団体コード; empty for the nation's own.
    pub town: String,
    /// Names the very rules, with whatever the town changed in them: equal for equal rules.
    pub stamp: String,
    /// The files it was built from, and their name by content.
    pub texts: Arc<Texts>,
    pub hash: String,
    /// What the office published of its own.
    pub local: BTreeMap<String, RuleText>,
    /// Why the files of today could not be used; this is then the last book that could.
    pub unfit: Option<Unfit>,
}

/// What an office published does not go together with the rules of this program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unfit {
    pub broken: Vec<Broken>,
}

impl Book {
    /// A book from its files.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn of_texts(texts: Texts, town: &str) -> Result<Book, Vec<Broken>> {
        Ok(Book::new(texts.build(town)?, texts, town))
    }

    fn new(rules: Rulebook, texts: Texts, town: &str) -> Book {
        Book {
            stamp: stamp(&rules),
            rules: Arc::new(rules),
            town: town.to_owned(),
            hash: texts.hash(),
            texts: Arc::new(texts),
            local: BTreeMap::new(),
            unfit: None,
        }
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

    /// Every keeper that belongs to a municipality, with its book.
    pub fn keepers(&self) -> impl Iterator<Item = (i64, &Arc<Book>)> {
        self.keepers.iter().map(|(keeper, book)| (*keeper, book))
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
        let shelf = database.read_all(|db| load(db, &shipped, None))?;
        Ok(Books(Arc::new(Held { shipped: Some(shipped), shelf: RwLock::new(Arc::new(shelf)) })))
    }

    /// One book for every keeper: for a bench or a test, where no town is meant.
    pub fn one(rules: Rulebook) -> Books {
        let nation = Arc::new(Book::new(rules, Texts::default(), ""));
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

    /// What the book of a keeper would be with some of its own files changed.
    ///
    /// # Errors
    /// If the database fails; the inner one is everything that would be wrong with the book.
    pub fn with(
        &self,
        db: &mut Db,
        keeper: i64,
        files: &[casework::publication::RuleText],
    ) -> Result<Result<Book, Vec<Broken>>, Fault> {
        let now = self.of(db, keeper)?;
        let shipped = match &self.0.shipped {
            Some(shipped) => shipped.only(&now.town),
            None => Texts::clone(&now.texts),
        };
        let mut local = now.local.clone();
        local.extend(files.iter().map(|file| (file.path.clone(), file.text.clone())));
        let book = Book::of_texts(shipped.with(local.clone()), &now.town);
        Ok(book.map(|book| Book { local, ..book }))
    }

    /// The book of one keeper in the caller's transaction.
    ///
    /// # Errors
    /// As [`Books::now`].
    pub fn of(&self, db: &mut Db, keeper: i64) -> Result<Arc<Book>, Fault> {
        Ok(Arc::clone(self.now(db)?.of(keeper)))
    }
}

/// Moves whenever a keeper may have another book: an office came, or something was published.
fn mark(db: &mut Db) -> Result<String, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let row: Row = sql_query(
        "select cast((select coalesce(max(id), 0) from office) as text) || '/' || \
         cast((select coalesce(max(event), 0) from local_rule) as text) as value",
    )
    .get_result(db)?;
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

/// Builds what is not on the shelf before. Books of the same files share them.
fn load(db: &mut Db, shipped: &Texts, before: Option<&Shelf>) -> Result<Shelf, Fault> {
    let mark = mark(db)?;
    let offices: Vec<Office> = sql_query("select id, parent, kind, code from office").load(db)?;
    let offices: BTreeMap<i64, Office> = offices.into_iter().map(|office| (office.id, office)).collect();
    let mut local = local(db)?;
    let nation = match before {
        Some(shelf) => Arc::clone(&shelf.nation),
        None => Arc::new(Book::new(super::built(shipped, "")?, shipped.only(""), "")),
    };
    let mut made: BTreeMap<String, Arc<Book>> = BTreeMap::from([(nation.hash.clone(), Arc::clone(&nation))]);
    for book in before.into_iter().flat_map(|shelf| shelf.keepers.values()) {
        made.insert(book.hash.clone(), Arc::clone(book));
    }
    let mut keepers = BTreeMap::new();
    for id in offices.keys() {
        let town = town_of(&offices, *id);
        if town.is_empty() {
            continue;
        }
        let own = local.remove(id).unwrap_or_default();
        let texts = shipped.only(town).with(own.clone());
        let book = match (book(&mut made, texts, town), own.is_empty()) {
            (Ok(book), _) => book,
            (Err(broken), true) => return Err(refused(&broken)),
            (Err(broken), false) => last_good(db, &mut made, (*id, town), shipped, broken)?,
        };
        keepers.insert(*id, Arc::new(Book { town: town.to_owned(), local: own, ..book }));
    }
    Ok(Shelf { mark, nation, keepers })
}

fn book(made: &mut BTreeMap<String, Arc<Book>>, texts: Texts, town: &str) -> Result<Book, Vec<Broken>> {
    let hash = texts.hash();
    if let Some(book) = made.get(&hash) {
        return Ok(Book { unfit: None, ..Book::clone(book) });
    }
    let book = Book::new(texts.build(town)?, texts, town);
    made.insert(hash, Arc::new(book.clone()));
    Ok(book)
}

/// The program came with rules that the office's own files do not go together with. Its people must not lose their
/// duties over that: the last book that could be built holds on, and the administrator reads why.
fn last_good(
    db: &mut Db,
    made: &mut BTreeMap<String, Arc<Book>>,
    (keeper, town): (i64, &str),
    shipped: &Texts,
    broken: Vec<Broken>,
) -> Result<Book, Fault> {
    for fault in &broken {
        tracing::warn!(keeper, %fault, "an office's own rules do not fit this program's; its last book holds on");
    }
    let last = super::kept_at(db, keeper, i64::MAX)?.map(|kept| kept.texts.only(town));
    let held = last.and_then(|texts| book(made, texts, town).ok());
    let book = match held {
        Some(held) => held,
        None => book(made, shipped.only(town), town).map_err(|broken| refused(&broken))?,
    };
    Ok(Book { unfit: Some(Unfit { broken }), ..book })
}

pub(super) fn refused(broken: &[Broken]) -> Fault {
    Fault::new(broken.iter().map(|b| format!("rulebook/{b}")).collect::<Vec<_>>().join("\n"))
}

/// What offices published of their own: keeper → path → text.
fn local(db: &mut Db) -> Result<BTreeMap<i64, BTreeMap<String, RuleText>>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        keeper: i64,
        #[diesel(sql_type = Text)]
        path: String,
        #[diesel(sql_type = Text)]
        state: String,
        #[diesel(sql_type = Text)]
        content: String,
    }
    let rows: Vec<Row> =
        sql_query("select keeper, path, state, content from local_rule order by keeper, path").load(db)?;
    let mut local: BTreeMap<i64, BTreeMap<String, RuleText>> = BTreeMap::new();
    for row in rows {
        let text = match row.state.as_str() {
            "own" => RuleText::Own(row.content),
            "gone" => RuleText::Gone,
            _ => RuleText::Shipped,
        };
        local.entry(row.keeper).or_default().insert(row.path, text);
    }
    Ok(local)
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
