//! Row rights of PostgreSQL, tried by going around the program: as its role and without a door, on every table there is.

use std::collections::BTreeMap;

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};
use server::platform::{
    Actor, Clock, Database, Doors, Fault, backup,
    db::{CountRow, Target},
    rights::{self, Lock, OPEN, READ_BY_ALL},
    store::tables::PRESSES,
};

use crate::support::{
    city::{Hall, halls, today},
    lived::lived,
    pg, site,
};

/// Every error names a right or the policy: what is refused for another reason proves nothing.
fn refused(connection: &mut PgConnection, sql: &str) {
    let error = connection.batch_execute(sql).expect_err(sql).to_string();
    let right = ["row-level security", "permission denied", "must be owner", "admin option", "must be superuser"]
        .iter()
        .any(|word| error.contains(word));
    assert!(right, "{sql}: {error}");
    let _ = connection.batch_execute("rollback");
}

fn count(connection: &mut PgConnection, sql: &str) -> i64 {
    sql_query(sql).get_result::<CountRow>(connection).unwrap_or_else(|e| panic!("{sql}: {e}")).n
}

/// Rows a statement reached; nothing of it is kept.
fn reached(connection: &mut PgConnection, bound: &str, sql: &str) -> usize {
    connection.batch_execute(&format!("begin; {bound}")).unwrap();
    let done = sql_query(sql).execute(connection).unwrap_or_else(|e| panic!("{bound} {sql}: {e}"));
    connection.batch_execute("rollback").unwrap();
    done
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    t: String,
}

fn texts(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Row> = sql_query(sql).load(connection).unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.into_iter().map(|row| row.t).collect()
}

fn tables(connection: &mut PgConnection) -> Vec<String> {
    texts(
        connection,
        "select cast(relname as text) as t from pg_class where relnamespace = 'public'::regnamespace \
                       and relkind in ('r', 'p') order by relname",
    )
}

fn names(list: &[(&str, &str)]) -> Vec<String> {
    list.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// The tables with keepers, and for each a statement that writes a row of keeper `@`.
fn inserts(owner: &mut PgConnection) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for table in tables(owner).into_iter().filter(|t| !names(OPEN).contains(t)) {
        // What must be filled, by kind of column: for a number the keeper's own, so that no two rows collide.
        let columns = texts(
            owner,
            &format!(
                "select column_name || ' ' || data_type as t from information_schema.columns where table_name = '{table}' \
             and is_nullable = 'NO' and is_identity = 'NO' and column_default is null"
            ),
        );
        let (mut named, mut values) = (Vec::new(), Vec::new());
        for column in &columns {
            let (name, kind) = column.split_once(' ').unwrap();
            named.push(name.to_owned());
            values.push(if kind == "text" { "'of @'" } else { "@" });
        }
        let text = format!("insert into \"{table}\" ({}) values ({})", named.join(", "), values.join(", "));
        found.insert(table, text);
    }
    found
}

/// A database in which every table with keepers holds one row of keeper 1 and one of keeper 2.
fn two_towns() -> (String, String) {
    let (owner_url, app_url) = pg::fresh();
    Database::open(&owner_url).unwrap().migrate(&Clock::pinned(today())).unwrap();
    let mut owner = PgConnection::establish(&owner_url).unwrap();
    // Rows out of nothing have no parents.
    let keys = "select format('alter table %s drop constraint %I;', conrelid::regclass, conname) as t \
                from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace";
    let keys = texts(&mut owner, keys).concat();
    owner.batch_execute(&keys).unwrap();
    let towns = "insert into office (kind, code, name) values ('centre', '1', 'one'), ('centre', '2', 'two')";
    owner.batch_execute(towns).unwrap();
    for insert in inserts(&mut owner).values() {
        for keeper in ["1", "2"] {
            let sql = insert.replace('@', keeper);
            owner.batch_execute(&sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
    }
    (owner_url, app_url)
}

/// Every table is either under row rights with a policy, or on the list with its reason.
fn rights_are_in_place(owner: &mut PgConnection) {
    let locked = texts(
        owner,
        "select cast(c.relname as text) as t from pg_class c where c.relrowsecurity and exists \
                               (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'keepers') order by 1",
    );
    let mut all = locked.clone();
    all.extend(names(OPEN));
    all.sort();
    assert_eq!(all, tables(owner), "a table without a policy belongs on the list of rights.rs, with the reason");
    assert!(names(READ_BY_ALL).iter().all(|table| locked.contains(table)));
    let open = texts(
        owner,
        "select cast(c.relname as text) as t from pg_policy p join pg_class c on c.oid = p.polrelid \
                             where p.polname <> 'keepers' order by 1",
    );
    let mut wanted = names(READ_BY_ALL);
    wanted.extend(["reading"; 3].map(String::from));
    wanted.sort();
    assert_eq!(open, wanted, "no other policy shows more");
}

#[test]
fn every_table_has_a_policy_or_a_reason() {
    let (owner, _) = pg::fresh();
    let database = Database::open(&owner).unwrap();
    database.migrate(&Clock::pinned(today())).unwrap();
    let mut owner = PgConnection::establish(&owner).unwrap();
    rights_are_in_place(&mut owner);
    assert!(OPEN.iter().chain(READ_BY_ALL).all(|(_, reason)| reason.len() > 10));
    // Whoever adds a table and forgets: it is shut, and the list above differs.
    owner.batch_execute("create table forgotten (file bigint); delete from meta where name = 'row_rights'").unwrap();
    database.migrate(&Clock::pinned(today())).unwrap();
    assert_eq!(
        count(&mut owner, "select count(*) as n from pg_class where relname = 'forgotten' and relrowsecurity"),
        1
    );
}

#[test]
fn without_keepers_nothing_is_seen_or_written() {
    let (owner, app) = two_towns();
    let (mut owner, mut app) = (PgConnection::establish(&owner).unwrap(), PgConnection::establish(&app).unwrap());
    for (table, insert) in inserts(&mut owner) {
        for bound in ["", "set local app.keepers = ''", "set local app.keepers = '3'", "set local app.keepers = '-1,0'"]
        {
            let seen = reached(&mut app, bound, &format!("select 1 from \"{table}\""));
            assert_eq!(seen, if names(READ_BY_ALL).contains(&table) { 2 } else { 0 }, "{table} {bound}");
            assert_eq!(
                reached(&mut app, bound, &format!("update \"{table}\" set keeper = keeper")),
                0,
                "{table} {bound}"
            );
            assert_eq!(reached(&mut app, bound, &format!("delete from \"{table}\"")), 0, "{table} {bound}");
            refused(&mut app, &format!("begin; {bound}; {}", insert.replace('@', "1")));
        }
    }
}

#[test]
fn one_town_sees_and_changes_nothing_of_another() {
    let (owner, app) = two_towns();
    let (mut owner, mut app) = (PgConnection::establish(&owner).unwrap(), PgConnection::establish(&app).unwrap());
    let bound = "set local app.keepers = '1'";
    for (table, insert) in inserts(&mut owner) {
        let named = |what: &str| what.replace('@', &format!("\"{table}\""));
        let foreign = reached(&mut app, bound, &named("select 1 from @ where keeper = 2"));
        assert_eq!(foreign, usize::from(names(READ_BY_ALL).contains(&table)), "{table}");
        assert_eq!(reached(&mut app, bound, &named("select 1 from @ where keeper = 1")), 1, "{table}");
        for of_another in ["update @ set keeper = 2 where keeper = 2", "delete from @ where keeper = 2"] {
            assert_eq!(reached(&mut app, bound, &named(of_another)), 0, "{table}");
        }
        // A statement that forgot its scope changes one's own row only; also one that counts what it does not show.
        assert_eq!(reached(&mut app, bound, &named("update @ set keeper = keeper")), 1, "{table}");
        assert_eq!(reached(&mut app, bound, &named("delete from @")), 1, "{table}");
        refused(&mut app, &format!("begin; {bound}; {}", named("update @ set keeper = 2")));
        refused(&mut app, &format!("begin; {bound}; {}", insert.replace('@', "2")));
        for all in ["1,2", "*"] {
            let bound = format!("set local app.keepers = '{all}'");
            assert_eq!(reached(&mut app, &bound, &named("select 1 from @")), 2, "{table}");
        }
        for against in [
            "alter table @ disable row level security",
            "alter table @ no force row level security",
            "alter policy keepers on @ using (true)",
            "drop policy keepers on @",
            "create policy mine on @ using (true)",
            "alter table @ owner to tsumugi_app",
            "drop table @",
            "truncate @",
            "create trigger t before insert on @ for each row execute function suppress_redundant_updates_trigger()",
        ] {
            refused(&mut app, &named(against));
        }
        let off = named("begin; set local app.keepers = '1'; set local row_security = off; select 1 from @");
        refused(&mut app, &off);
    }
    assert_eq!(count(&mut owner, "select count(*) as n from event"), 2, "nothing of all this was kept");
}

#[test]
fn the_role_of_the_program_cannot_become_another() {
    let (_, app) = two_towns();
    let mut app = PgConnection::establish(&app).unwrap();
    for other in ["tsumugi_owner", "postgres"] {
        refused(&mut app, &format!("set role {other}"));
        refused(&mut app, &format!("set session authorization {other}"));
        refused(&mut app, &format!("grant {other} to tsumugi_app"));
    }
    for more in [
        "alter role tsumugi_app bypassrls",
        "alter role tsumugi_app superuser",
        "create role another",
        "create function public.f() returns bigint language sql security definer as 'select 1::bigint'",
        "insert into schema_step (name, applied_at) values ('x', 1)",
    ] {
        refused(&mut app, more);
    }
    app.batch_execute("reset role; reset session authorization; reset all").unwrap();
    assert_eq!(count(&mut app, "select count(*) as n from event"), 0, "there is nobody to go back to");
}

/// What a door shows of a query that forgot its scope: the keepers of the rows, and as whom it asked.
fn through_a_door(doors: &Doors, keepers: Vec<i64>) -> (Vec<i64>, String) {
    #[derive(QueryableByName)]
    struct Of {
        #[diesel(sql_type = BigInt)]
        keeper: i64,
    }
    let seen = doors.read(&Actor::program(keepers), |door| -> Result<_, Fault> {
        let rows: Vec<Of> = sql_query("select distinct keeper from event order by keeper").load(door.db)?;
        let who: Row = sql_query("select cast(current_user as text) as t").get_result(door.db)?;
        Ok((rows.into_iter().map(|row| row.keeper).collect(), who.t))
    });
    seen.unwrap()
}

#[test]
fn a_door_shows_its_own_rows_whatever_the_query_forgot() {
    let (owner, app) = two_towns();
    // Whoever gives `serve` the owner's address is locked all the same: its doors drop to the role without rights.
    for (url, lock) in [(&app, Lock::Held), (&owner, Lock::Drops)] {
        let database = Database::open(url).unwrap();
        assert_eq!(database.lock().unwrap(), lock);
        let doors = Doors::new(database.clone(), Clock::pinned(today()));
        assert_eq!(through_a_door(&doors, vec![1]), (vec![1], "tsumugi_app".into()), "{lock:?}");
        assert_eq!(through_a_door(&doors, vec![2]), (vec![2], "tsumugi_app".into()), "{lock:?}");
        assert_eq!(through_a_door(&doors, vec![1, 2]).0, [1, 2], "{lock:?}");
        assert_eq!(through_a_door(&doors, Vec::new()).0, [] as [i64; 0], "{lock:?}");
        let done: Result<usize, Fault> = doors.write(&Actor::program(vec![1]), |door| {
            let own = sql_query("update person set name = 'changed'").execute(door.db)?;
            let stolen = sql_query("update person set keeper = 1 where keeper = 2").execute(door.db)?;
            Ok(own + 10 * stolen)
        });
        assert_eq!(done.unwrap(), 1, "{lock:?}: one's own row, and none of the other town's");
        let foreign: Result<usize, Fault> = doors.write(&Actor::program(vec![1]), |door| {
            Ok(sql_query("insert into setting (keeper, name, value) values (2, 'a', 'b')").execute(door.db)?)
        });
        assert!(foreign.unwrap_err().to_string().contains("row-level security"), "{lock:?}");
        let all = |count: Result<CountRow, Fault>| count.unwrap().n;
        let text = "select count(*) as n from event";
        assert_eq!(all(database.read(|db| Ok(sql_query(text).get_result(db)?))), 0, "{lock:?}: nobody's records");
        assert_eq!(
            all(database.read_all(|db| Ok(sql_query(text).get_result(db)?))),
            2,
            "{lock:?}: said in so many words"
        );
    }
}

#[test]
fn an_index_is_used_under_the_policy_as_without_it() {
    let (_, app) = two_towns();
    let mut app = PgConnection::establish(&app).unwrap();
    app.batch_execute("set app.keepers = '1'; set enable_seqscan = off; set enable_bitmapscan = off").unwrap();
    // What compares must be known not to tell what it saw, or PostgreSQL looks at every row of the keeper first.
    let pressing =
        format!("select key from duty where keeper = 1 and tier = 1 and {PRESSES} <= 20000 and settled_how is null");
    for (sql, by) in [
        (pressing.as_str(), "<= 20000)"),
        ("select file from search_key where keeper = 1 and kind = 1 and key >= 'a' and key < 'b'", "(key < 'b'::text)"),
        (
            "select key from duty where keeper = 1 and tier = 1 and target < 20000 and settled_how is null",
            "(target < 20000)",
        ),
        ("select id from reading where keeper = 1 and at >= 5", "(at >= 5)"),
        ("select id from event where file in (1, 2)", "(file = ANY"),
    ] {
        #[derive(QueryableByName)]
        struct Plan {
            #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
            line: String,
        }
        let plan: Vec<Plan> = sql_query(format!("explain (costs off) {sql}")).load(&mut app).unwrap();
        let plan: Vec<String> = plan.into_iter().map(|plan| plan.line).collect();
        let used = plan.iter().any(|line| line.contains("Index Cond") && line.contains(by));
        assert!(used, "{sql}:\n{}", plan.join("\n"));
    }
}

#[test]
fn a_reading_is_found_by_whoever_answers_for_the_file() {
    let (owner, app) = two_towns();
    let mut owner = PgConnection::establish(&owner).unwrap();
    // Somebody of town 2 looked at a file of town 1.
    owner.batch_execute("insert into reading_file (keeper, file, reading) values (1, 9, 2)").unwrap();
    let mut app = PgConnection::establish(&app).unwrap();
    let seen = |app: &mut PgConnection, bound: &str, sql: &str| {
        reached(app, &format!("set local app.keepers = '{bound}'"), sql)
    };
    assert_eq!(seen(&mut app, "1", "select 1 from reading"), 2);
    assert_eq!(seen(&mut app, "2", "select 1 from reading"), 1);
    assert_eq!(seen(&mut app, "1", "select 1 from reading_file"), 2);
    for change in ["update reading set files = '' where keeper = 2", "delete from reading where keeper = 2"] {
        assert_eq!(seen(&mut app, "1", change), 0, "seen, and not changed");
    }
}

#[test]
fn a_database_of_before_is_locked_by_its_owner_and_not_opened_unlocked() {
    let (owner_url, app_url) = pg::fresh();
    let clock = Clock::pinned(today());
    Database::open(&owner_url).unwrap().migrate(&clock).unwrap();
    let mut owner = PgConnection::establish(&owner_url).unwrap();
    let undo = "select format('alter table %I disable row level security;', relname) as t from pg_class \
                where relrowsecurity union all select format('drop policy %I on %s;', polname, polrelid::regclass) \
                from pg_policy";
    let undo = texts(&mut owner, undo).concat();
    owner.batch_execute(&undo).unwrap();
    let before = include_str!("../../../platform/migrations/0015_row_rights/down.sql");
    owner
        .batch_execute(&format!(
            "{before}; delete from schema_step where name = '0015_row_rights'; \
                                 delete from meta where name = 'row_rights'"
        ))
        .unwrap();
    let refusal = Database::open(&app_url).unwrap().migrate(&clock).unwrap_err().to_string();
    assert!(refusal.contains("owner"), "{refusal}");
    assert_eq!(Database::open(&owner_url).unwrap().migrate(&clock).unwrap(), ["0015_row_rights"]);
    rights_are_in_place(&mut owner);
    // The same for what was taken away, or added, by hand.
    for by_hand in [
        "alter table event disable row level security",
        "drop policy keepers on person",
        "create policy more on event using (true)",
    ] {
        owner.batch_execute(by_hand).unwrap();
        let refusal = Database::open(&app_url).unwrap().migrate(&clock).unwrap_err().to_string();
        assert!(refusal.contains("owner"), "{by_hand}: {refusal}");
        Database::open(&owner_url).unwrap().migrate(&clock).unwrap();
        rights_are_in_place(&mut owner);
        assert!(Database::open(&app_url).unwrap().migrate(&clock).unwrap().is_empty(), "{by_hand}");
    }
}

#[test]
fn what_needs_everything_refuses_a_role_that_does_not_see_it() {
    let hall = halls().into_iter().find(|hall: &Hall| hall.name == "PostgreSQL").unwrap();
    lived(&hall);
    let folder = crate::support::sqlite::fresh().parent().unwrap().to_owned();
    let app = hall.doors.database();
    let refusal = backup::write(app, &folder, 1).unwrap_err().to_string();
    assert!(refusal.contains("owner"), "{refusal}");
    assert_eq!(
        backup::write::there(&folder).unwrap(),
        [] as [std::path::PathBuf; 0],
        "and leaves no backup that looks whole"
    );
    let refusal = app.read_all(rights::sees_all).unwrap_err().to_string();
    assert!(refusal.contains("owner of the tables"), "{refusal}");
    let owner = site::owner(app);
    owner.read_all(rights::sees_all).unwrap();
    let written = backup::write(&owner, &folder, 1).unwrap();
    let (place, _) = pg::fresh();
    backup::restore(&written.path, &Target::Postgres(place.clone()), false, 1).unwrap();
    rights_are_in_place(&mut PgConnection::establish(&place).unwrap());
}
