//! The built program itself, serving its demo city: one for all journeys of a test process.

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
};

use super::leaks::LEAKS;

/// Names a demo that is already running (`http://127.0.0.1:7000`), for whoever works on a journey.
const RUNNING: &str = "TSUMUGI_TEST_DEMO";
const RUNNING_DATA: &str = "TSUMUGI_TEST_DEMO_DATA";
/// What is logged: everything of the program's own, and much of what it stands on.
const LEVELS: &str = "debug,server=trace,platform=trace,intake=trace,casework=trace";

/// The program ends when the standard input of this shell does: with the test process, however that ends.
const KEEPER: &str = r#""$0" demo --data "$1" --port 0 --fresh </dev/null & read -r _; kill $!; wait $!"#;

/// The address of the demo, without a slash at its end. The marked family is in it ([`super::leaks`]).
pub fn address() -> &'static str {
    LazyLock::force(&LEAKS);
    &DEMO.address
}

/// The demo before anything was put into it.
pub fn started() -> SocketAddr {
    DEMO.address.trim_start_matches("http://").parse().expect("an address")
}

/// Where the demo keeps its records. (Of a demo that runs elsewhere: in `TSUMUGI_TEST_DEMO_DATA`.)
pub fn folder() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("journeys");
    env::var(RUNNING_DATA).map_or(own, PathBuf::from)
}

/// Everything the program said so far, on both outputs.
pub fn log() -> String {
    let read = |name: &str| fs::read(folder().join(name)).unwrap_or_default();
    let [said, logged] = [SAID, LOGGED].map(read);
    format!("{}\n{}", String::from_utf8_lossy(&said), String::from_utf8_lossy(&logged))
}

const SAID: &str = "said.txt";
const LOGGED: &str = "logged.txt";

struct Demo {
    address: String,
    /// Its open standard input keeps the program running.
    _keeper: Option<Child>,
}

static DEMO: LazyLock<Demo> = LazyLock::new(|| match env::var(RUNNING) {
    Ok(address) => Demo { address, _keeper: None },
    Err(_) => start(),
});

fn start() -> Demo {
    let data = folder();
    fs::create_dir_all(&data).expect("a folder");
    let log = File::create(data.join(LOGGED)).expect("a log");
    let mut said = File::create(data.join(SAID)).expect("a log");
    let mut keeper = Command::new("bash")
        .args(["-c", KEEPER, env!("CARGO_BIN_EXE_tsumugi")])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .env("RUST_LOG", LEVELS)
        .spawn()
        .unwrap_or_else(|e| panic!("bash does not run: {e}"));
    let mut out = BufReader::new(keeper.stdout.take().expect("output"));
    let address = (&mut out).lines().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("http://")?;
        Some(format!("http://{}", rest.split('/').next()?))
    });
    // What else it says is searched at the end; nobody reading, it would stop at a full pipe.
    thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            let _ = writeln!(said, "{line}");
        }
    });
    let address = address.unwrap_or_else(|| panic!("the demo ended without naming its address"));
    Demo { address, _keeper: Some(keeper) }
}
