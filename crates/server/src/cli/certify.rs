//! `tsumugi certify`: 未把握・未対応点検表 of a municipality as JSON, always counted from the events.
//!
//! `figures` is what is hashed (`sha256`), shown on the page and confirmed; a confirmation is checked by asking again with
//! its `known_at`. Ids of files, never names, unless `--names`.

use std::{collections::BTreeMap, io::IsTerminal};

use clap::Args;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;
use serde_json::{Value, json};

use super::{
    check, explain,
    place::{self, Place},
};
use crate::certify::{
    evaluate::{self, Counted, Desk, When},
    figures::{Figures, LIMITS},
    names,
    office::{self, Town},
    stored,
};
use crate::platform::{
    Actor, Clock, Database, Doors, Fault, Problem, clock,
    door::Looked,
    rulebook::{self, Books},
    session::posts,
    sql::typed,
    store::{load::id_list, sync},
};
use crate::rulebook::changes::run as publishing;

#[derive(Clone, Debug, Args)]
pub struct CertifyArgs {
    #[command(flatten)]
    pub place: Place,
    /// 団体コード of the municipality
    #[arg(long, value_name = "CODE")]
    pub municipality: String,
    /// Only what had happened by this day (YYYY-MM-DD)
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
    /// Only what was recorded by then, by the rules published then: YYYY-MM-DD (its end) or YYYY-MM-DDTHH:MM, in Japan;
    /// or the microseconds a confirmation keeps
    #[arg(long, value_name = "INSTANT", value_parser = known)]
    pub known_at: Option<i64>,
    /// Add the names of those listed (取扱注意)
    #[arg(long)]
    pub names: bool,
}

fn known(text: &str) -> Result<i64, String> {
    match text.parse::<i64>() {
        Ok(instant) if text.len() > 12 => Ok(instant),
        _ => explain::instant(text),
    }
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on; also if what is stored is not what the events say.
pub fn run(args: &CertifyArgs) -> Result<(), Fault> {
    let (database, today) = check::opened(&args.place, None)?;
    let real = Clock::system();
    let clock = if real.today() == today { real } else { Clock::pinned(today) };
    let books = Books::open(&database)?;
    rulebook::bring_up(&database, &books, today, clock.now())?;
    sync::catch_up_if_due(&database, &books, today)?;
    let doors = Doors::new(database, clock);
    publishing::finish(&doors, &books)?;
    let sheet = sheet(&doors, &books, args)?;
    println!("{}", serde_json::to_string_pretty(&sheet)?);
    Ok(())
}

/// The sheet as it is printed.
///
/// # Errors
/// As [`run`].
pub fn sheet(doors: &Doors, books: &Books, args: &CertifyArgs) -> Result<Value, Fault> {
    let when = When::new(doors.clock().today(), args.as_of, args.known_at);
    let (municipality, keepers) = reach(doors.database(), &args.municipality)?;
    within(doors, &keepers, args)?;
    let (town, desks) = doors.database().read_all(|db| -> Result<_, Fault> {
        Ok((office::town(db, municipality, &keepers)?, evaluate::desks(db, books, &keepers, when)?))
    })?;
    let loud = std::io::stderr().is_terminal();
    let counted = evaluate::figures(doors.database(), &desks, &town, when, |files| {
        if loud {
            eprint!("\r{files}件のケース記録を数えました");
        }
    })?;
    if loud {
        eprintln!();
    }
    let actor = Actor::program(keepers);
    let listed = counted.figures.listed.clone();
    let found: Result<_, Problem> = doors.read(&actor, |door| {
        door.log_reading(Looked::Export, "certify", &listed);
        let stored = if when.is_now() { Some(stored::figures(door, books, &town)?) } else { None };
        let names = if args.names { names::plain(door, &listed)? } else { BTreeMap::new() };
        Ok((stored, names))
    });
    let (stored, names) = found.map_err(|problem| match problem {
        Problem::Fault(fault) => fault,
        _ => Fault::new("the read tables cannot be read"),
    })?;
    if stored.as_ref().is_some_and(|stored| *stored != counted.figures) {
        return Err(Fault::new("what is stored is not what the events say (promise 1): run tsumugi check"));
    }
    json(args, when, &town, &desks, &counted, &names)
}

fn json(
    args: &CertifyArgs,
    when: When,
    town: &Town,
    desks: &[Desk],
    counted: &Counted,
    names: &BTreeMap<i64, String>,
) -> Result<Value, Fault> {
    let Counted { figures, files, heads } = counted;
    let books: Vec<Value> = desks
        .iter()
        .map(|desk| json!({ "office": desk.keeper, "sha256": desk.book.hash, "kept": desk.kept }))
        .collect();
    let signed: Vec<Value> = desks.iter().flat_map(|desk| &desk.office.signed).map(|s| signed(s, figures)).collect();
    let mut sheet = json!({
        "kind": "tsumugi.certify",
        "shape": 1,
        "municipality": { "code": town.code, "name": town.name },
        "offices": town.offices.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect::<Vec<_>>(),
        "day": when.day.to_string(),
        "as_of": args.as_of.map(|day| day.to_string()),
        "known_at": args.known_at.map(moment),
        "figures": figures.json()?,
        "sha256": figures.sha256()?,
        "heads": { "files": files, "sha256": heads },
        "rulebooks": books,
        "program": env!("CARGO_PKG_VERSION"),
        "confirmed": signed,
        "limits": LIMITS,
    });
    if args.names {
        let names: serde_json::Map<String, Value> =
            names.iter().map(|(file, name)| (file.to_string(), Value::from(name.as_str()))).collect();
        sheet["names"] = Value::from(names);
    }
    Ok(sheet)
}

fn signed(signed: &office::Signed, figures: &Figures) -> Value {
    json!({
        "day": signed.day.to_string(),
        "staff": signed.by,
        "at": moment(signed.at),
        "known_at": signed.confirmed.known_at,
        "sha256": signed.confirmed.sha256,
        "heads": signed.confirmed.heads,
        "same_figures": figures.sha256().is_ok_and(|hash| hash == signed.confirmed.sha256),
    })
}

/// 2026-11-24T17:00+09:00
fn moment(instant: i64) -> String {
    let (hour, minute) = clock::time_in_japan(instant);
    format!("{}T{hour:02}:{minute:02}+09:00", clock::day_in_japan(instant))
}

/// Refuses what cannot be known yet, and days of which nothing is known: zeros would read as all well.
fn within(doors: &Doors, keepers: &[i64], args: &CertifyArgs) -> Result<(), Fault> {
    type Ends = (Option<i64>, Option<i64>, Option<i32>);
    let list = id_list(keepers);
    let text = format!(
        "select min(recorded_at), max(recorded_at), (select min(day_lo) from event where keeper in {list} \
         and kind in ('resident', 'pregnancy_notified')) from event where keeper in {list}"
    );
    let (first, last, day): Ends = doors.database().read_all(|db| -> Result<Ends, Fault> {
        Ok(typed::<(Nullable<BigInt>, Nullable<BigInt>, Nullable<Integer>)>(&text).once().get_result(db)?)
    })?;
    let (now, today) = (doors.clock().now(), doors.clock().today());
    if let Some(known_at) = args.known_at {
        // The demo's clock begins anew with every start: its records may lie ahead of it.
        let known = last.map_or(now, |last| last.max(now));
        if known_at > known {
            return Err(Fault::new(format!(
                "--known-at {} はまだ来ていません（いま {}）。終わった日か、過ぎた時刻を指定してください。",
                moment(known_at),
                moment(now)
            )));
        }
        if first.is_none_or(|first| known_at < first) {
            let begun =
                first.map_or_else(|| String::from("まだ記録がありません"), |at| format!("最初の記録は {}", moment(at)));
            return Err(Fault::new(format!(
                "--known-at {} には、まだ何も記録されていません（{begun}）。",
                moment(known_at)
            )));
        }
    }
    match args.as_of {
        Some(asked) if asked > today => {
            Err(Fault::new(format!("--as-of {asked} はまだ来ていません（きょうは {today}）。")))
        }
        Some(asked) if day.is_none_or(|day| asked.0 < day) => {
            let begun = day.map_or_else(
                || String::from("台帳にまだだれもいません"),
                |day| format!("いちばん古い記録は {}", Day(day)),
            );
            Err(Fault::new(format!("--as-of {asked} のことは、何も記録されていません（{begun}）。")))
        }
        _ => Ok(()),
    }
}

fn reach(database: &Database, code: &str) -> Result<(i64, Vec<i64>), Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    database.read_all(|db| {
        let text = "select id from office where code = $1 and kind = 'municipality' order by id limit 1";
        let rows: Vec<Row> = sql_query(text).bind::<Text, _>(code).load(db)?;
        let Some(town) = rows.first() else {
            return Err(Fault::new(format!("団体コード {code} の市町村は、このデータベースにありません。")));
        };
        Ok((town.id, posts::reach(db, town.id)?))
    })
}
