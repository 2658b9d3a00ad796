//! The built program itself, serving its demo city: one for all journeys of a test process.

use std::{
    env,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
};

/// Names a demo that is already running (`http://127.0.0.1:7000`), for whoever works on a journey.
const RUNNING: &str = "TSUMUGI_TEST_DEMO";

/// The program ends when the standard input of this shell does: with the test process, however that ends.
const KEEPER: &str = r#""$0" demo --data "$1" --port 0 --fresh </dev/null & read -r _; kill $!; wait $!"#;

/// The address of the demo, without a slash at its end.
pub fn address() -> &'static str {
    &DEMO.address
}

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
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journeys");
    let mut keeper = Command::new("bash")
        .args(["-c", KEEPER, env!("CARGO_BIN_EXE_tsumugi")])
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("bash does not run: {e}"));
    let mut out = BufReader::new(keeper.stdout.take().expect("output"));
    let address = (&mut out).lines().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("http://")?;
        Some(format!("http://{}", rest.split('/').next()?))
    });
    // What else it says is read and forgotten, or it would stop at a full pipe.
    thread::spawn(move || out.read_to_end(&mut Vec::new()));
    let address = address.unwrap_or_else(|| panic!("the demo ended without naming its address"));
    Demo { address, _keeper: Some(keeper) }
}
