//! SQL that is prepared once per connection, and rows written many at a time.
//!
//! Diesel prepares every [`diesel::sql_query`] anew; for what the write path does thousands of times a second that is most
//! of the cost. A [`Sql`] is kept prepared under its text, so its text must be one of few: values belong into binds, never
//! lists of ids.

use std::marker::PhantomData;

use diesel::{
    QueryResult, RunQueryDsl,
    connection::Connection,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Double, Integer, Nullable, Text, Untyped},
};

use crate::{db::Db, fault::Fault};

type Backend = <Db as Connection>::Backend;

/// A value of a statement. `None` is NULL.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'v> {
    Int(Option<i32>),
    Big(Option<i64>),
    Double(Option<f64>),
    Text(Option<&'v str>),
}

/// Text of the program's own tables as a literal, where a list of them must stand in the SQL. Never for what somebody typed.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

impl From<i32> for Value<'_> {
    fn from(n: i32) -> Self {
        Value::Int(Some(n))
    }
}

impl From<Option<i32>> for Value<'_> {
    fn from(n: Option<i32>) -> Self {
        Value::Int(n)
    }
}

impl From<i64> for Value<'_> {
    fn from(n: i64) -> Self {
        Value::Big(Some(n))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(n: Option<i64>) -> Self {
        Value::Big(n)
    }
}

impl From<Option<f64>> for Value<'_> {
    fn from(n: Option<f64>) -> Self {
        Value::Double(n)
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Value::Text(Some(text))
    }
}

impl<'v> From<&'v String> for Value<'v> {
    fn from(text: &'v String) -> Self {
        Value::Text(Some(text))
    }
}

impl<'v> From<Option<&'v str>> for Value<'v> {
    fn from(text: Option<&'v str>) -> Self {
        Value::Text(text)
    }
}

impl Value<'_> {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        match self {
            Value::Int(n) => out.push_bind_param::<Nullable<Integer>, _>(n),
            Value::Big(n) => out.push_bind_param::<Nullable<BigInt>, _>(n),
            Value::Double(n) => out.push_bind_param::<Nullable<Double>, _>(n),
            Value::Text(text) => out.push_bind_param::<Nullable<Text>, _>(text),
        }
    }
}

/// A statement with `$1`, `$2` … for its values. `Row` says how its answer is read: by name (the default), or a tuple of
/// SQL types, read by position, which is several times faster.
pub struct Sql<'s, Row = Untyped> {
    text: &'s str,
    values: Vec<Value<'s>>,
    /// Kept prepared under its text.
    kept: bool,
    row: PhantomData<Row>,
}

/// A statement whose answer, if any, is read by the names of its columns.
pub fn sql(text: &str) -> Sql<'_> {
    typed(text)
}

/// A statement whose answer is read by position.
pub fn typed<Row>(text: &str) -> Sql<'_, Row> {
    Sql { text, values: Vec::new(), kept: true, row: PhantomData }
}

impl<'s, Row> Sql<'s, Row> {
    /// Its text is one of many (a list of ids stands in it): not to be kept prepared.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.kept = false;
        self
    }

    /// The next value.
    #[must_use]
    pub fn with(mut self, value: impl Into<Value<'s>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The text in pieces, each with the position of the value that follows it.
    fn pieces(&self) -> impl Iterator<Item = (&'s str, Option<usize>)> {
        let mut rest = Some(self.text);
        std::iter::from_fn(move || {
            let text = rest?;
            let Some((before, after)) = text.split_once('$') else {
                rest = None;
                return Some((text, None));
            };
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (number, tail) = after.split_at(digits);
            rest = Some(tail);
            Some((before, number.parse().ok()))
        })
    }
}

impl<Row> QueryFragment<Backend> for Sql<'_, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        if !self.kept {
            out.unsafe_to_cache_prepared();
        }
        for (piece, value) in self.pieces() {
            out.push_sql(piece);
            if let Some(number) = value {
                let missing = || diesel::result::Error::QueryBuilderError("a value of the statement is missing".into());
                self.values.get(number.wrapping_sub(1)).ok_or_else(missing)?.bind(&mut out)?;
            }
        }
        Ok(())
    }
}

impl<Row> QueryId for Sql<'_, Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Sql<'_, Row> {
    type SqlType = Row;
}

impl<Row> RunQueryDsl<Db> for Sql<'_, Row> {}

/// A table that rows are put into.
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// The columns that name a row; put again, the others are replaced. Empty: a row is never there yet.
    pub key: &'static [&'static str],
}

impl Table {
    /// Puts rows (their values one after another, in the order of the columns).
    ///
    /// # Errors
    /// If the database fails.
    pub fn put(&self, db: &mut Db, values: &[Value<'_>]) -> Result<(), Fault> {
        let (head, tail) = (self.head(), self.conflict());
        for values in self.blocks(values) {
            Insert { head: &head, tail: &tail, width: self.columns.len(), values, row: PhantomData::<Untyped> }
                .execute(db)?;
        }
        Ok(())
    }

    /// Changes rows that are there (values as for [`put`](Self::put)).
    ///
    /// # Errors
    /// If the database fails.
    pub fn change(&self, db: &mut Db, values: &[Value<'_>]) -> Result<(), Fault> {
        let head = format!("with changed ({}) as (values (", self.columns.join(", "));
        let pairs = |columns: &mut dyn Iterator<Item = &&str>, own: &str, between: &str| {
            columns.map(|c| format!("{own}{c} = changed.{c}")).collect::<Vec<_>>().join(between)
        };
        let sets = pairs(&mut self.columns.iter().filter(|c| !self.key.contains(c)), "", ", ");
        let rows = pairs(&mut self.key.iter(), &format!("{}.", self.name), " and ");
        let tail = format!(") update {} set {sets} from changed where {rows}", self.name);
        for values in self.blocks(values) {
            Insert { head: &head, tail: &tail, width: self.columns.len(), values, row: PhantomData::<Untyped> }
                .execute(db)?;
        }
        Ok(())
    }

    /// Inserts rows of files and says `(file, seq, id)` of each: the order of an answer is not promised.
    ///
    /// # Errors
    /// If the database fails.
    pub fn insert_into_files(&self, db: &mut Db, values: &[Value<'_>]) -> Result<Vec<(i64, i32, i64)>, Fault> {
        let (head, tail) = (self.head(), " returning file, seq, id");
        let (mut ids, width) = (Vec::new(), self.columns.len());
        for values in self.blocks(values) {
            let insert = Insert { head: &head, tail, width, values, row: PhantomData::<(BigInt, Integer, BigInt)> };
            ids.extend(insert.load::<(i64, i32, i64)>(db)?);
        }
        Ok(ids)
    }

    /// The values of each statement. The numbers of rows are powers of two, so that few texts are kept prepared.
    fn blocks<'v, 's>(&self, values: &'v [Value<'s>]) -> impl Iterator<Item = &'v [Value<'s>]> {
        const MOST: usize = 64;
        let width = self.columns.len().max(1);
        let mut rest = values;
        std::iter::from_fn(move || {
            let rows = (rest.len() / width).min(MOST);
            let (some, later) = rest.split_at(width << rows.checked_ilog2()?);
            rest = later;
            Some(some)
        })
    }

    fn head(&self) -> String {
        format!("insert into {} ({}) values (", self.name, self.columns.join(", "))
    }

    fn conflict(&self) -> String {
        if self.key.is_empty() {
            return String::new();
        }
        if self.key.len() == self.columns.len() {
            return String::from(" on conflict do nothing");
        }
        let others = self.columns.iter().filter(|c| !self.key.contains(c));
        let others: Vec<String> = others.map(|c| format!("{c} = excluded.{c}")).collect();
        format!(" on conflict ({}) do update set {}", self.key.join(", "), others.join(", "))
    }
}

/// Rows as values of one statement, kept prepared for their number.
struct Insert<'s, Row> {
    head: &'s str,
    tail: &'s str,
    width: usize,
    values: &'s [Value<'s>],
    row: PhantomData<Row>,
}

impl<Row> QueryFragment<Backend> for Insert<'_, Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(self.head);
        for (row, values) in self.values.chunks_exact(self.width).enumerate() {
            out.push_sql(if row == 0 { "" } else { "), (" });
            for (column, value) in values.iter().enumerate() {
                if column > 0 {
                    out.push_sql(", ");
                }
                value.bind(&mut out)?;
            }
        }
        out.push_sql(")");
        out.push_sql(self.tail);
        Ok(())
    }
}

impl<Row> QueryId for Insert<'_, Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> Query for Insert<'_, Row> {
    type SqlType = Row;
}

impl<Row> RunQueryDsl<Db> for Insert<'_, Row> {}
