//! `tsumugi demo`: a fictional city, created through the write path and served.

use std::io::IsTerminal;

use clap::Args;
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use indicatif::{ProgressBar, ProgressStyle};
use rules::{Day, wareki};

use super::{
    place::{self, Place},
    serve::{self, Listen},
};
use crate::{
    demo,
    platform::{
        Clock, Database, Doors, Fault,
        rulebook::{self, Books},
        store::sync,
        web::App,
    },
    session::view::Sample,
};

/// The day the demo stands on unless told otherwise: 令和8年11月24日（火）.
const AS_OF: &str = "2026-11-24";
const NOTE: &str = "架空のデータです";

#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub listen: Listen,
    /// The day the demo stands on (YYYY-MM-DD); kept with its data
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
    /// Throw the demo's data away and create it anew
    #[arg(long)]
    pub fresh: bool,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(args: DemoArgs) -> Result<(), Fault> {
    if args.fresh {
        throw_away(&args.place)?;
    }
    let (as_of, samples) = ready(&args)?;
    let clock = Clock::pinned(as_of);
    let database = args.place.open(&clock)?;
    let books = Books::open(&database)?;
    rulebook::bring_up(&database, &books, as_of, clock.now())?;
    let mut settings = args.listen.settings(&args.place);
    settings.demo_note = String::from(NOTE);
    settings.samples.clone_from(&samples);
    let app = App::new(Doors::new(database, clock), books, settings, crate::routes::MENU)?;
    serve::serve(app, &args.listen, args.place.sealing().anchor, |address| {
        println!("\nつむぎ デモ  http://{address}/   {}（架空のデータ）", wareki::long(as_of));
        println!("ログイン（役割ごとに1つ）:");
        for sample in &samples {
            println!("  {:<12} {:<28} {}", sample.login, sample.password, sample.role);
        }
        println!("止めるには Ctrl+C");
    })
}

/// The demo's day and its sign-ins; builds the data if they are not there, and catches up if the day is another one.
fn ready(args: &DemoArgs) -> Result<(Day, Vec<Sample>), Fault> {
    let asked = args.as_of;
    let first = asked.or_else(|| Day::parse_iso(AS_OF)).unwrap_or(Day(0));
    let database = args.place.open(&Clock::pinned(first))?;
    let books = Books::open(&database)?;
    if let Some(kept) = meta(&database, "demo_as_of")? {
        let kept = Day::parse_iso(&kept).ok_or_else(|| Fault::new("the demo's day cannot be read; use --fresh"))?;
        if asked.is_some_and(|day| day < kept) {
            return Err(Fault::new(format!("the demo's data stand on {kept}; an earlier day needs --fresh")));
        }
        let day = asked.unwrap_or(kept);
        while database.write_all(|db| sync::catch_up(db, &books, day, 200))? > 0 {}
        keep(&database, "demo_as_of", &day.to_string())?;
        let samples = meta(&database, "demo_samples")?.unwrap_or_default();
        return Ok((day, serde_json::from_str(&samples)?));
    }
    if count(&database, "select count(*) as n from office")? > 0 {
        return Err(Fault::new("this database holds other data than the demo's; choose another --data"));
    }
    let bar = progress_bar();
    let built = demo::build(&database, &books, first, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let samples: Vec<Sample> = built
        .logins
        .into_iter()
        .map(|l| Sample { role: format!("{} {}", l.name, l.role_label), login: l.login, password: l.password })
        .collect();
    while database.write_all(|db| sync::catch_up(db, &books, first, 200))? > 0 {}
    keep(&database, "demo_samples", &serde_json::to_string(&samples)?)?;
    // Last: a demo that was interrupted has no day, and is built anew with --fresh.
    keep(&database, "demo_as_of", &first.to_string())?;
    println!("デモを作りました（{}件の記録を再生）", built.commands);
    Ok((first, samples))
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(1);
    if !std::io::stderr().is_terminal() {
        println!("デモを作っています…");
    }
    if let Ok(style) = ProgressStyle::with_template("デモを作っています {wide_bar} {percent:>3}% 残り {eta}")
    {
        bar.set_style(style);
    }
    bar
}

/// Removes the demo's own SQLite file and what the anchor knows of it; a PostgreSQL database is not ours to drop.
fn throw_away(place: &Place) -> Result<(), Fault> {
    if place.target().starts_with("postgres") {
        return Err(Fault::new("--fresh cannot empty a PostgreSQL database: create an empty one and name it"));
    }
    let anchor = place.sealing().anchor.to_string_lossy().into_owned();
    for file in ["", "-wal", "-shm"].map(|suffix| format!("{}{suffix}", place.target())).into_iter().chain([anchor]) {
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Fault::new(format!("the demo's file cannot be removed: {error}")));
            }
            _ => {}
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

/// A value the demo keeps beside its data.
///
/// # Errors
/// If the database fails.
pub fn meta(database: &Database, name: &str) -> Result<Option<String>, Fault> {
    database.read_all(|db| {
        let row: Option<Value> =
            sql_query("select value from meta where name = $1").bind::<Text, _>(name).get_result(db).optional()?;
        Ok(row.map(|r| r.value))
    })
}

fn keep(database: &Database, name: &str, value: &str) -> Result<(), Fault> {
    database.write_all(|db| {
        sql_query(
            "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        )
        .bind::<Text, _>(name)
        .bind::<Text, _>(value)
        .execute(db)?;
        Ok(())
    })
}

fn count(database: &Database, sql: &str) -> Result<i64, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    database.read_all(|db| Ok(sql_query(sql).get_result::<Row>(db)?.n))
}
