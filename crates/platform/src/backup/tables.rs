//! The tables of a database as it is, and the order in which rows may be put into them.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use crate::{Db, Fault};

/// Not in a backup: whoever was signed in is not so again after a restore, and what was half typed is a day's matter.
const LEFT_OUT: [&str; 4] = ["session", "sign_in_attempt", "draft", "schema_step"];
/// Named by others, so their rows come first. Within one table rows come in the order in which they were written.
const FIRST: [&str; 6] = ["office", "staff", "file", "batch", "rulebook", "post"];

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    t: String,
}

/// The names of all tables.
pub fn every(db: &mut Db) -> Result<Vec<String>, Fault> {
    let text = match db {
        Db::Sqlite(_) => {
            "select name as t from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
        }
        Db::Pg(_) => {
            "select cast(table_name as text) as t from information_schema.tables where table_schema = current_schema() \
             and table_type = 'BASE TABLE' order by table_name"
        }
    };
    let names: Vec<Word> = sql_query(text).load(db)?;
    Ok(names.into_iter().map(|name| name.t).collect())
}

/// Every table that is in a backup with its columns, those first that others name.
pub fn all(db: &mut Db) -> Result<Vec<(String, Vec<String>)>, Fault> {
    let mut found = Vec::new();
    for t in every(db)? {
        if !LEFT_OUT.contains(&t.as_str()) {
            let columns = columns(db, &t)?;
            found.push((t, columns));
        }
    }
    found.sort_by_key(|(name, _)| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
    Ok(found)
}

fn columns(db: &mut Db, table: &str) -> Result<Vec<String>, Fault> {
    let text = match db {
        Db::Sqlite(_) => "select name as t from pragma_table_info($1) order by cid",
        Db::Pg(_) => {
            "select cast(column_name as text) as t from information_schema.columns \
             where table_schema = current_schema() and table_name = $1 order by ordinal_position"
        }
    };
    let rows: Vec<Word> = sql_query(text).bind::<Text, _>(table).load(db)?;
    Ok(rows.into_iter().map(|row| row.t).collect())
}
