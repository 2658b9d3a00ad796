//! The second lock: PostgreSQL itself shows and takes only rows of the keepers a transaction is bound to (decision 0019).
//!
//! The first lock is the scope in every query of a door. This one holds where a query forgot it. SQLite has no second one.

use std::fmt::Write;

use diesel::{
    QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{Bool, Text},
};
use sha2::{Digest, Sha256};

use super::Db;
use crate::{Fault, store::chain::hex};

/// The role without rights of its own in which doors work.
pub const APP: &str = "tsumugi_app";
/// The setting of a transaction that says whose records it reaches: `1,2`, nothing, or [`ALL`].
pub const KEEPERS: &str = "app.keepers";
/// Bound by what the program itself does over all keepers.
pub const ALL: &str = "*";

/// Tables that anybody in the program may read and change whatever is bound, and why.
pub const OPEN: &[(&str, &str)] = &[
    ("draft", "its author's, not a keeper's: found by the author's number only, gone after a day"),
    ("meta", "about the installation: schema, rules, backup"),
    ("office", "the tree keepers are cut from: read before any is known"),
    ("rulebook", "published rules by content"),
    ("schema_step", "about the schema"),
    ("session", "read before keepers are known; holds digests of cookies"),
    ("sign_in_attempt", "written before anybody is known"),
    ("staff", "accounts: read before keepers are known; one person may work for several"),
];

/// Tables whose rows everybody may read and only their keeper may change, and why.
pub const READ_BY_ALL: &[(&str, &str)] = &[
    ("book_in_force", "rules are no secret; those as shipped are nobody's (keeper 0)"),
    ("local_rule", "rules are no secret, and every process holds all books"),
    ("office_period", "stands in public reports: every office of a prefecture may read it"),
    ("post", "keepers follow from it: read before they are known"),
];

/// Whether a row is bound. The setting is asked once a query and not once a row, and the keepers are compared as an index has
/// them. All: of every office, and what is nobody's (0).
const BOUND: &str = "keeper = any ((select case when current_setting('app.keepers', true) = '*' \
                     then (select array_agg(o.id) || 0::bigint from office o) \
                     else string_to_array(current_setting('app.keepers', true), ',')::bigint[] end)::bigint[])";

/// Whoever answers for a file finds every reading of it, from whichever post it was made. `offset` keeps PostgreSQL from
/// walking through all readings at once where most rows are bound anyway.
const NAMED: &str = "exists (select 1 from reading_file f where f.reading = reading.id offset 0)";

/// What PostgreSQL makes of the role of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    /// There is none to set: SQLite.
    None,
    /// The role owns nothing and goes round nothing.
    Held,
    /// The role owns the tables or goes round row rights, so doors drop to [`APP`].
    Drops,
    /// The role goes round row rights, and there is no other to drop to.
    Void,
}

impl Lock {
    /// What an operator must read of it.
    pub fn warning(self) -> Option<&'static str> {
        (self == Lock::Void).then_some(
            "the role of the database address goes round PostgreSQL's row rights: the second lock is open. Work as a role \
             that owns nothing, or create role tsumugi_app (README, PostgreSQL)",
        )
    }

    /// The same for the administrator's page.
    pub fn told(self) -> Option<&'static str> {
        (self == Lock::Void).then_some(
            "PostgreSQLの行単位の権限が働いていません（接続に使う役割が表の所有者か特権をもっています）。導入担当者にお知らせください。",
        )
    }
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

fn asked(db: &mut Db, text: &str) -> Result<bool, Fault> {
    Ok(sql_query(text).get_result::<Yes>(db)?.yes)
}

/// What PostgreSQL makes of our role; `None` before there are tables.
pub(crate) fn lock(db: &mut Db) -> Result<Option<Lock>, Fault> {
    if matches!(db, Db::Sqlite(_)) {
        return Ok(Some(Lock::None));
    }
    if !asked(db, "select to_regclass('event') is not null as yes")? {
        return Ok(None);
    }
    if asked(db, "select row_security_active('event') as yes")? {
        return Ok(Some(Lock::Held));
    }
    let granted = "select coalesce((select pg_has_role(r.oid, 'member') and has_table_privilege(r.oid, 'event', 'insert') \
                   from pg_roles r where r.rolname = $1 and not r.rolsuper and not r.rolbypassrls), false) as yes";
    let drops = sql_query(granted).bind::<Text, _>(APP).get_result::<Yes>(db)?.yes;
    Ok(Some(if drops { Lock::Drops } else { Lock::Void }))
}

/// Refuses a role from which row rights would hide something: what counts, keeps or makes anew everything must never do
/// less in silence.
///
/// # Errors
/// In words for the operator.
pub fn sees_all(db: &mut Db) -> Result<(), Fault> {
    let hidden = "select exists (select 1 from pg_class where relnamespace = current_schema()::regnamespace \
                  and relrowsecurity and row_security_active(oid)) as yes";
    if matches!(db, Db::Pg(_)) && asked(db, hidden)? {
        return Err(Fault::new(
            "this has to see everything, and PostgreSQL's row rights bind the role of the database address: run it as the \
             owner of the tables (README, PostgreSQL). Nothing was done",
        ));
    }
    Ok(())
}

/// `meta`: a digest of the rights that were laid.
const LAID: &str = "row_rights";

/// Whether the rights of this program are in place: the same statements, and nothing taken away or added by hand since.
pub(crate) fn are_laid(db: &mut Db) -> Result<bool, Fault> {
    if matches!(db, Db::Sqlite(_)) {
        return Ok(true);
    }
    let wanted = statements(db)?;
    let (policies, tables) = (wanted.matches("create policy").count(), wanted.matches("alter table").count());
    let text = format!(
        "select exists (select 1 from meta where name = $1 and value = $2) \
         and {policies} = (select count(*) from pg_policy p join pg_class c on c.oid = p.polrelid and {HERE}) \
         and {tables} = (select count(*) from pg_class c where c.relrowsecurity and {HERE}) \
         and not exists (select 1 from pg_roles r, pg_class c where r.rolname = $3 and {HERE} \
         and not has_table_privilege(r.oid, c.oid, 'select')) as yes"
    );
    let laid = sql_query(text).bind::<Text, _>(LAID).bind::<Text, _>(stamp(&wanted)).bind::<Text, _>(APP);
    Ok(laid.get_result::<Yes>(db)?.yes)
}

/// Tables of the installation, as `c`.
const HERE: &str = "c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')";

/// Tells a role that cannot bring the schema and its rights up who has to.
pub(crate) fn may_lay(db: &mut Db) -> Result<(), Fault> {
    if asked(db, "select has_schema_privilege(current_schema(), 'create') as yes")? {
        return Ok(());
    }
    Err(Fault::new(format!("the schema or its row rights are not those of this program: {ONCE}")))
}

const ONCE: &str = "run any verb once as the owner of the tables (README, PostgreSQL)";

/// Lays the rights on every table there is, as the owner of the tables; and gives [`APP`], if there is such a role, what
/// doors need.
pub(crate) fn lay(db: &mut Db) -> Result<(), Fault> {
    if matches!(db, Db::Sqlite(_)) {
        return Ok(());
    }
    let statements = statements(db)?;
    let text = format!(
        "select coalesce(string_agg(format('drop policy %I on %I;', p.polname, c.relname), ''), '') as text \
         from pg_policy p join pg_class c on c.oid = p.polrelid and {HERE}"
    );
    let old: Old = sql_query(text).get_result(db)?;
    let laid = db.batch_execute(&format!("{}{statements}", old.text));
    laid.map_err(|e| Fault::new(format!("PostgreSQL's row rights: {e}; {ONCE}")))?;
    if asked(db, &format!("select exists (select 1 from pg_roles where rolname = '{APP}') as yes"))? {
        db.batch_execute(&format!(
            "do $$ begin execute format('grant usage on schema %I to {APP}', current_schema());
             execute format('grant select, insert, update, delete on all tables in schema %I to {APP}', current_schema());
             execute format('grant usage, select on all sequences in schema %I to {APP}', current_schema()); end $$;
             revoke insert, update, delete on schema_step from {APP};"
        ))?;
    }
    let text = "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    sql_query(text).bind::<Text, _>(LAID).bind::<Text, _>(stamp(&statements)).execute(db)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    kept: bool,
}

#[derive(QueryableByName)]
struct Old {
    #[diesel(sql_type = Text)]
    text: String,
}

fn stamp(statements: &str) -> String {
    hex(&Sha256::digest(statements.as_bytes()))
}

/// A table that is on no list and has no keeper gets rights without a policy: nobody but the owner sees a row of it.
fn statements(db: &mut Db) -> Result<String, Fault> {
    let listed = |list: &[(&str, &str)], table: &str| list.iter().any(|(name, _)| *name == table);
    let mut text = String::new();
    let all = format!(
        "select cast(c.relname as text) as name, exists (select 1 from pg_attribute a where a.attrelid = c.oid \
         and a.attname = 'keeper') as kept from pg_class c where {HERE} order by c.relname"
    );
    let tables: Vec<Table> = sql_query(all).load(db)?;
    for Table { name: table, kept } in tables.iter().filter(|table| !listed(OPEN, &table.name)) {
        let mut policy = |name: &str, what: &str| {
            let _ = writeln!(text, "create policy {name} on \"{table}\" {what};");
        };
        if table == "reading" {
            policy("keepers", &format!("for select using ({BOUND} or {NAMED})"));
            policy("added", &format!("for insert with check ({BOUND})"));
            policy("changed", &format!("for update using ({BOUND})"));
            policy("removed", &format!("for delete using ({BOUND})"));
        } else if *kept {
            policy("keepers", &format!("using ({BOUND})"));
        }
        if listed(READ_BY_ALL, table) {
            policy("read_by_all", "for select using (true)");
        }
        let _ = writeln!(text, "alter table \"{table}\" enable row level security;");
    }
    Ok(text)
}
