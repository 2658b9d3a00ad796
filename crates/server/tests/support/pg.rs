//! PostgreSQL for tests: one private cluster, one empty database per test.
//!
//! `./test` starts the cluster and names it in `TSUMUGI_TEST_PG` and `TSUMUGI_TEST_PG_APP`; under plain `cargo test`
//! each test process starts its own with the same script. Nothing here ever touches a PostgreSQL of the machine.

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};

const OWNER: &str = "TSUMUGI_TEST_PG";
const APP: &str = "TSUMUGI_TEST_PG_APP";

/// An empty database of its own: the address for migrations (owner) and the one for the program (owns nothing).
///
/// Whoever makes the tables grants the program what it needs, as in an installation.
pub fn fresh() -> (String, String) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let cluster = CLUSTER.as_ref().unwrap_or_else(|reason| panic!("PostgreSQL could not be started: {reason}"));
    let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    run(&cluster.owner, &format!("CREATE DATABASE {name} TEMPLATE template0"));
    let (owner, app) = (with_database(&cluster.owner, &name), with_database(&cluster.app, &name));
    (owner, app)
}

struct Cluster {
    owner: String,
    app: String,
    /// Its open standard input keeps the cluster alive; the operating system closes it when this process ends.
    _keeper: Option<Child>,
}

static CLUSTER: LazyLock<Result<Cluster, String>> = LazyLock::new(|| match (env::var(OWNER), env::var(APP)) {
    (Ok(owner), Ok(app)) => Ok(Cluster { owner, app, _keeper: None }),
    _ => start(),
});

fn start() -> Result<Cluster, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/postgres.sh");
    let mut keeper = Command::new("bash")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("bash does not run: {e}"))?;
    let lines = BufReader::new(keeper.stdout.take().ok_or("no output")?).lines();
    let urls: Vec<String> = lines.take(2).filter_map(|line| Some(line.ok()?.split_once('=')?.1.to_owned())).collect();
    match <[String; 2]>::try_from(urls) {
        Ok([owner, app]) => Ok(Cluster { owner, app, _keeper: Some(keeper) }),
        Err(_) => Err("tests/support/postgres.sh said why on standard error".to_owned()),
    }
}

/// The owner's address of a database made here.
pub fn owner(app: &str) -> String {
    let cluster = CLUSTER.as_ref().unwrap_or_else(|reason| panic!("PostgreSQL could not be started: {reason}"));
    with_database(&cluster.owner, app.rsplit('/').next().unwrap_or_default())
}

/// The same address with another database: the last part of `postgres://user@host:port/name`.
fn with_database(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').unwrap_or_else(|| panic!("no database in the address {url}"));
    format!("{server}/{name}")
}

fn run(url: &str, sql: &str) {
    let done = PgConnection::establish(url)
        .map_err(|e| e.to_string())
        .and_then(|mut connection| connection.batch_execute(sql).map_err(|e| e.to_string()));
    done.unwrap_or_else(|e| panic!("{sql}\n  on {url}: {e}"));
}
