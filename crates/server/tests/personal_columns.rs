//! Every column of the schema is declared to be personal or not in `personal-columns.txt`: masking, export and erasure
//! are checked against that list, so a column nobody thought about must not exist.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use server::platform::{Db, Fault};
use support::site::{BOTH, database};

const DECLARED: &str = include_str!("../personal-columns.txt");

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    t: String,
}

fn columns(db: &mut Db) -> Result<Vec<String>, Fault> {
    let sql = match db {
        Db::Sqlite(_) => {
            "select m.name || '.' || c.name as t from sqlite_master m join pragma_table_info(m.name) c \
             where m.type in ('table', 'view') and m.name not like 'sqlite!_%' escape '!'"
        }
        Db::Pg(_) => {
            "select table_name || '.' || column_name as t from information_schema.columns \
             where table_schema = 'public'"
        }
    };
    let rows: Vec<Row> = sql_query(sql).load(db)?;
    let mut all: Vec<String> = rows.into_iter().map(|row| row.t).collect();
    all.sort();
    Ok(all)
}

/// Column → personal, in the order of the file.
fn declared() -> Vec<(&'static str, bool)> {
    let lines = DECLARED.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
            [column, "personal"] => (column, true),
            [column, "not"] => (column, false),
            _ => panic!("personal-columns.txt: neither `personal` nor `not`: {line}"),
        })
        .collect()
}

#[test]
fn every_column_is_declared_personal_or_not() {
    let declared = declared();
    let once: BTreeMap<&str, bool> = declared.iter().copied().collect();
    assert_eq!(once.len(), declared.len(), "a column is declared twice");
    for engine in BOTH {
        let stored = database(engine).read(columns).unwrap();
        let missing: Vec<_> = stored.iter().filter(|c| !once.contains_key(c.as_str())).collect();
        assert!(missing.is_empty(), "{engine:?}: say in personal-columns.txt whether these are personal: {missing:?}");
        let gone: Vec<_> = once.keys().filter(|c| !stored.iter().any(|s| s == *c)).collect();
        assert!(gone.is_empty(), "{engine:?}: personal-columns.txt names columns that do not exist: {gone:?}");
    }
}

/// A table with something personal in it has a keeper, so that rights, row-level security and shards can cut along it.
#[test]
fn personal_tables_lead_with_their_keeper() {
    // Whose records they are does not follow from an office: staff and their sessions.
    const STAFF: [&str; 4] = ["staff", "session", "draft", "sign_in_attempt"];
    let declared = declared();
    for (column, _) in declared.iter().filter(|(_, personal)| *personal) {
        let (table, _) = column.split_once('.').unwrap();
        let kept = declared.iter().any(|(c, _)| *c == format!("{table}.keeper"));
        assert!(kept || STAFF.contains(&table), "{column}: the table {table} has no keeper");
    }
}
