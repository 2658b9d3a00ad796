//! What must stay outside: clocks outside the one door, and SQL that two databases read differently.

use crate::{files, none, source::Source};

/// The one place that may ask what time it is.
const CLOCK: &str = "crates/platform/src/clock.rs";
const CLOCKS: [&str; 7] =
    ["SystemTime", "Instant::now", "time::Instant", "Zoned::now", "Timestamp::now", "Utc::now", "Local::now"];
const CLOCKS_IN_SQL: [&str; 6] =
    ["current_timestamp", "current_date", "current_time", "now()", "datetime('now", "date('now"];

#[test]
fn only_one_file_knows_the_time() {
    let mut found = Vec::new();
    let ruled = [
        "crates/rules/src/",
        "crates/casework/src/",
        "crates/names/src/",
        "crates/paperwork/src/",
        "crates/platform/src/",
        "crates/intake/src/",
        "crates/server/src/",
    ];
    for file in files::ending(&[".rs"]).filter(|f| f.path != CLOCK && ruled.iter().any(|r| f.path.starts_with(r))) {
        let source = Source::read(file.text());
        for (i, line) in source.code.iter().enumerate() {
            let clocks = CLOCKS.iter().filter(|clock| line.contains(**clock));
            found.extend(clocks.map(|clock| format!("{}:{} {clock}", file.path, i + 1)));
        }
        for (line, literal) in &source.literals {
            found.extend(sql_clocks(literal).map(|clock| format!("{}:{line} {clock}", file.path)));
        }
    }
    for file in files::ending(&[".sql"]) {
        for (i, line) in file.lines() {
            found.extend(sql_clocks(line).map(|clock| format!("{}:{i} {clock}", file.path)));
        }
    }
    none(found, "take `today` or `now` as an argument; it comes from crates/platform/src/clock.rs (promise 9):");
}

fn sql_clocks(text: &str) -> impl Iterator<Item = &'static str> {
    let text = text.to_lowercase();
    CLOCKS_IN_SQL.into_iter().filter(move |clock| text.contains(clock))
}

#[test]
fn sql_placeholders_ascend() {
    let mut found = Vec::new();
    for file in files::under("crates/").filter(|f| f.path.contains("/src/") && f.path.ends_with(".rs")) {
        for (line, literal) in &Source::read(file.text()).literals {
            if let Some(wrong) = out_of_order(literal) {
                found.push(format!("{}:{line} {wrong}", file.path));
            }
        }
    }
    none(
        found,
        "number placeholders in the order they first appear, from $1 in a whole statement: \
         SQLite counts appearances, PostgreSQL reads the number, and values would be swapped in silence:",
    );
}

/// The first placeholder that breaks the order, if there is one. A fragment of a statement may begin at any number, and
/// what `format!` puts into a hole may hold the numbers that are not seen here.
fn out_of_order(sql: &str) -> Option<String> {
    let verb = sql.split_whitespace().next().unwrap_or_default().to_uppercase();
    let whole = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"].contains(&verb.as_str());
    let mut next: Option<u32> = whole.then_some(1);
    for (before, part) in sql.split('$').zip(sql.split('$').skip(1)) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let Ok(number) = digits.parse::<u32>() else { continue };
        let expected = if before.contains('{') { None } else { next };
        match expected {
            Some(expected) if number > expected => return Some(format!("${number} appears before ${expected}")),
            Some(expected) => next = Some(expected.max(number + 1)),
            None => next = Some(number + 1),
        }
    }
    None
}

#[test]
fn the_order_of_placeholders_is_seen() {
    for right in [
        "SELECT $1, $2, $1, $3",
        "and b = $4 or c = $5",
        "SELECT {} $3 $4",
        "with x as (select $1) select $2",
        "costs $ 3",
    ] {
        assert_eq!(out_of_order(right), None, "{right}");
    }
    for wrong in [
        "SELECT $2, $1",
        "update t set a = $2",
        "and b = $4 or c = $6",
        "SELECT {} $3 $5",
        "INSERT INTO t VALUES ($1, $3, $2)",
    ] {
        assert!(out_of_order(wrong).is_some(), "{wrong}");
    }
}
