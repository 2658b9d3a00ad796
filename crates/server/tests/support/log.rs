//! Everything the program logs in a test process, however chatty, searched when a site of it ends: whoever is on file there
//! must be in no line of it.

use std::io::Write;
use std::sync::{Mutex, Once};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use server::platform::{Database, Fault, web::reply::percent};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Tail;

impl Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().expect("whole").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins, once a process. Returns where the log stands.
pub fn begin() -> usize {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let levels = server::cli::serve::log_filter("debug,server=trace,platform=trace,intake=trace,casework=trace");
        let started =
            tracing_subscriber::fmt().with_ansi(false).with_env_filter(levels).with_writer(|| Tail).try_init();
        started.expect("nobody else listens");
    });
    LOG.lock().expect("whole").len()
}

/// What was logged since then.
pub fn since(at: usize) -> String {
    String::from_utf8_lossy(LOG.lock().expect("whole").get(at..).unwrap_or_default()).into_owned()
}

/// Names, readings, addresses, phones, 宛名番号 and days of birth of everybody on file.
pub fn personal(database: &Database) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        t: String,
    }
    let of = |column: &str| -> Vec<String> {
        let text = format!("select distinct cast({column} as text) as t from person where {column} is not null");
        let rows: Result<Vec<Row>, Fault> = database.read_all(|db| Ok(sql_query(text).load(db)?));
        rows.unwrap_or_default().into_iter().map(|row| row.t).collect()
    };
    let words = ["name", "kana", "address", "district", "phone", "number", "household"].iter().flat_map(|c| of(c));
    // A number of three digits is in every line; a name of one letter is no name.
    let words = words.filter(|word| if word.is_ascii() { word.len() > 4 } else { word.chars().count() > 1 });
    let births = of("birth_hi").into_iter().filter_map(|day| day.parse().ok()).map(|day| rules::Day(day).to_string());
    words.chain(births).collect()
}

/// The first line that tells one of the words.
pub fn told<'l>(log: &'l str, words: &[String]) -> Option<&'l str> {
    let percented: Vec<String> = words.iter().filter(|w| !w.is_ascii()).map(|word| percent(word, false)).collect();
    let all: Vec<&String> = words.iter().chain(&percented).collect();
    log.lines().find(|line| all.iter().any(|word| stands_in(line, word)))
}

/// A number is told only where it stands by itself: digits are in every moment and every digest.
fn stands_in(line: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
    line.match_indices(word).any(|(at, _)| {
        !word.is_ascii()
            || word.contains('%')
            || !part(line[..at].chars().next_back()) && !part(line[at + word.len()..].chars().next())
    })
}
