//! The rulebook of this installation: the files under `rulebook/`, built into the program, checked when it starts.

use casework::Body;
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, RuleFile, RuleOverride, Rulebook};
use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{
    Database, Fault,
    store::{chain, sync},
};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../rulebook"]
#[exclude = "*.cases.toml"]
struct Files;

/// Reads and checks the shipped rulebook. A broken one is refused whole, with file, rule and reason.
///
/// # Errors
/// Every fault of every file, one a line.
pub fn shipped() -> Result<Rulebook, Fault> {
    build(national()?, Vec::new())
}

/// The nation's rules with the changes of one municipality, as shipped under `municipalities/<団体コード>/`.
///
/// # Errors
/// If nothing is shipped for that code, or a file of it is broken: file, line and reason.
pub fn for_municipality(code: &str) -> Result<Rulebook, Fault> {
    let mut changes = Vec::new();
    let mut known = false;
    for path in Files::iter() {
        let Some((own, rest)) = path.strip_prefix("municipalities/").and_then(|p| p.split_once('/')) else { continue };
        known |= own == code;
        // The layout of the residents' file lies in the same folder and is no rule.
        if own == code && path.ends_with(".toml") && rest != "residents.toml" {
            changes.push((path.to_string(), parse::<RuleOverride>(&path, &text(&path)?)?));
        }
    }
    if !known {
        return Err(Fault::new(format!("rulebook/municipalities/{code}: nothing is shipped for this municipality")));
    }
    build(national()?, changes)
}

fn national() -> Result<Vec<(String, RuleFile)>, Fault> {
    let paths = Files::iter().filter(|p| p.starts_with("national/") && p.ends_with(".toml"));
    paths.map(|path| Ok((path.to_string(), parse(&path, &text(&path)?)?))).collect()
}

fn build(files: Vec<(String, RuleFile)>, changes: Vec<(String, RuleOverride)>) -> Result<Rulebook, Fault> {
    Rulebook::build(files, changes).map_err(|faults| {
        let lines: Vec<String> =
            faults.iter().map(|f| format!("rulebook/{}: {}: {}", f.file, f.rule, f.reason)).collect();
        Fault::new(lines.join("\n"))
    })
}

/// `rulebook/national/x.toml:12: unknown field …`
fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|e| {
        let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Fault::new(format!("rulebook/{path}:{}: {}", before.matches('\n').count() + 1, e.message()))
    })
}

/// Raise it when the program derives other duties from the same events and rules: then everybody is derived anew.
const DERIVATION: u32 = 1;

/// Keeps the rulebook in the database by its content hash, so that an upgrade never rewrites an old "why"; and if the
/// stored duties are those of another rulebook or program, derives everybody anew.
///
/// # Errors
/// If the database fails.
pub fn bring_up(database: &Database, book: &Rulebook, today: Day, now: i64) -> Result<(), Fault> {
    let hash = publish(database, now)?;
    let stamp = format!("{hash}/{DERIVATION}");
    let kept: Option<Value> = database.read(|db| -> Result<_, Fault> {
        Ok(sql_query("select value from meta where name = 'derived_by'").get_result(db).optional()?)
    })?;
    if kept.is_some_and(|kept| kept.value == stamp) {
        return Ok(());
    }
    sync::rebuild(database, book, today, |done| tracing::info!(done, "deriving by the new rulebook"))?;
    database.write(|db| -> Result<(), Fault> {
        sql_query(
            "insert into meta (name, value) values ('derived_by', $1) \
             on conflict (name) do update set value = excluded.value",
        )
        .bind::<Text, _>(&stamp)
        .execute(db)?;
        Ok(())
    })
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Keeps the shipped rulebook under its content hash and returns the hash.
fn publish(database: &Database, now: i64) -> Result<String, Fault> {
    let mut content = String::new();
    let mut paths: Vec<String> = Files::iter().map(|p| p.to_string()).collect();
    paths.sort();
    for path in paths {
        content.push_str(&format!("# file: {path}\n{}\n", text(&path)?));
    }
    let hash = chain::hex(&Sha256::digest(content.as_bytes()));
    database.write(|db| -> Result<(), Fault> {
        sql_query(
            "insert into rulebook (hash, published_at, content) values ($1, $2, $3) on conflict (hash) do nothing",
        )
        .bind::<Text, _>(&hash)
        .bind::<BigInt, _>(now)
        .bind::<Text, _>(&content)
        .execute(db)?;
        Ok(())
    })?;
    Ok(hash)
}

fn text(path: &str) -> Result<String, Fault> {
    let file = Files::get(path).ok_or_else(|| Fault::new(format!("rulebook/{path} is missing")))?;
    String::from_utf8(file.data.into_owned()).map_err(Fault::at("a rulebook file is not UTF-8"))
}

/// The service's title as people say it.
pub fn title(rulebook: &Rulebook, service: &str) -> String {
    if service == casework::duties::NEXT_CONTACT {
        return String::from("次の連絡");
    }
    match (rulebook.rule(service), casework::explain::act_word(service)) {
        (Some(rule), _) => rule.title.clone(),
        (None, Some(word)) => word.to_owned(),
        (None, None) => service.to_owned(),
    }
}

/// What an event is called in the log: the word of its kind, or the service it records.
pub fn event_title(rulebook: &Rulebook, body: &Body) -> String {
    match body {
        Body::Service(s) => title(rulebook, &s.code),
        _ => casework::explain::title(body),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_town_changes_its_own_settings_and_no_other() {
        let setting = |book: &Rulebook, rule: &str, name: &str| {
            let settings = &book.rule(rule).expect("a rule").settings;
            settings.iter().find(|(n, _)| n == name).expect("a setting").1
        };
        let (nation, town) = (shipped().unwrap(), for_municipality("992011").unwrap());
        assert_eq!((setting(&nation, "checkup_1m", "from_day"), setting(&town, "checkup_1m", "from_day")), (28, 27));
        assert_eq!(setting(&nation, "checkup_18m", "before_limit"), setting(&town, "checkup_18m", "before_limit"));
        for unknown in ["132098", "", "..", "992011/checkup"] {
            assert!(for_municipality(unknown).is_err(), "{unknown}");
        }
    }

    #[test]
    fn a_broken_file_is_named_with_its_line() {
        let fault = parse::<RuleOverride>("municipalities/992011/x.toml", "id = \"x\"\nbecause = \"y\"\ndutty = 1\n");
        let said = fault.unwrap_err().to_string();
        assert!(said.starts_with("rulebook/municipalities/992011/x.toml:3: unknown field `dutty`"), "{said}");
    }
}
