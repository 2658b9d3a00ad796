//! `tsumugi explain`: why something is due to a person or not, in the words of the person's page.

use std::io::{Read, Write};

use clap::Args;
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use rules::{Day, Rulebook, wareki};

use super::{
    check, forecast_text,
    place::{self, Place},
};
use crate::{
    persons::{
        explained::{self, Asked},
        page,
    },
    platform::{
        Actor, Clock, Database, Doors, Fault, Problem, clock,
        rulebook::{self, Books},
        store::sync,
    },
};

#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    pub place: Place,
    /// Number of the person's file, as in the address of their page
    #[arg(long, value_name = "ID", required_unless_present = "line", conflicts_with = "line")]
    pub file: Option<i64>,
    /// Code of one service (as bcg, checkup_3_4m) [default: all of the person]
    #[arg(long, value_name = "CODE")]
    pub service: Option<String>,
    /// Only what had happened by this day (YYYY-MM-DD)
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
    /// Only what was recorded by then, by the rules published then: YYYY-MM-DD (its end) or YYYY-MM-DDTHH:MM, in Japan
    #[arg(long, value_name = "INSTANT", value_parser = instant, conflicts_with = "line")]
    pub known_at: Option<i64>,
    /// Explain one line of `forecast` (JSON) from standard input instead; needs no database
    #[arg(long, conflicts_with = "as_of")]
    pub line: bool,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(args: ExplainArgs) -> Result<(), Fault> {
    let text = if args.line { line(&args)? } else { person(&args)? };
    match std::io::stdout().write_all(text.as_bytes()) {
        // Whoever reads only the first screen has had enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(Fault::at("writing the explanation")),
    }
}

fn line(args: &ExplainArgs) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    let most = u64::try_from(paperwork::forecast::LINE_MAX).unwrap_or(u64::MAX);
    std::io::stdin().take(most).read_to_end(&mut bytes).map_err(Fault::at("standard input"))?;
    let book = rulebook::shipped()?;
    let service = args.service.as_deref().map(|code| service_of(&book, code)).transpose()?;
    forecast_text::explained(&book, bytes.trim_ascii(), service.as_deref())
}

fn person(args: &ExplainArgs) -> Result<String, Fault> {
    let file = args.file.unwrap_or_default();
    let (database, today) = check::opened(&args.place, None)?;
    let real = Clock::system();
    let clock = if real.today() == today { real } else { Clock::pinned(today) };
    let books = Books::open(&database)?;
    rulebook::bring_up(&database, &books, today, clock.now())?;
    sync::catch_up_if_due(&database, &books, today)?;
    let keeper = keeper(&database, file)?;
    let own = database.read_all(|db| books.of(db, keeper))?;
    let (known, by) = match args.known_at {
        None => (None, String::from("いまの規則で説明します。")),
        Some(instant) => known_book(&database, (keeper, &own.town), instant)?,
    };
    let book: &Rulebook = known.as_ref().unwrap_or(&own);
    let day = [args.as_of, args.known_at.map(clock::day_in_japan)].into_iter().flatten().min().unwrap_or(today);
    let service = args.service.as_deref().map(|code| service_of(book, code)).transpose()?;
    let asked = Asked { file, service: service.as_deref(), as_of: args.as_of, known_at: args.known_at, day };
    let doors = Doors::new(database, clock);
    let actor = Actor::program(vec![keeper]);
    let told = doors.read(&actor, |door| explained::of(door, book, asked)).map_err(|problem| match problem {
        Problem::Fault(fault) => fault,
        _ => not_found(file),
    })?;
    let mut text = format!("ケース記録 {file}：{}\n{by}\n", moment(args, day));
    for duty in &told {
        text.push('\n');
        text.push_str(&explained::text(duty));
    }
    if told.is_empty() {
        let why = service.as_ref().map_or_else(
            || String::from("規則の対象になる記録（妊娠、出産、台帳の子、約束など）が、このケース記録にありません。"),
            |service| silent(book, service),
        );
        text.push_str(&format!("\n{why}\n"));
    }
    Ok(text)
}

/// The book of a town that was in force at an instant (`None`: none is kept), and a sentence that says which.
fn known_book(
    database: &Database,
    (keeper, town): (i64, &str),
    instant: i64,
) -> Result<(Option<Rulebook>, String), Fault> {
    let Some(kept) = database.read_all(|db| rulebook::kept_at(db, keeper, instant))? else {
        let by = "そのときまでに公開された規則集は保存されていません。いまの規則で説明します。";
        return Ok((None, String::from(by)));
    };
    let published = wareki::long(clock::day_in_japan(kept.published_at));
    let hash = kept.hash.get(..12).unwrap_or_default();
    let book = kept.texts.build(town).map_err(|broken| {
        let reasons: Vec<String> = broken.iter().map(|b| format!("  {b}")).collect();
        Fault::new(format!(
            "{published}に公開された規則集（{hash}）は、このプログラムではもう組み立てられません。\
             いまの規則で代わりに説明することはしません。\n{}",
            reasons.join("\n")
        ))
    })?;
    Ok((Some(book), format!("{published}に公開された規則集（{hash}）で説明します。")))
}

fn moment(args: &ExplainArgs, day: Day) -> String {
    let known = args.known_at.map(|instant| {
        let (hour, minute) = clock::time_in_japan(instant);
        format!("{} {hour}:{minute:02}の時点で記録されていた内容", wareki::long(clock::day_in_japan(instant)))
    });
    match (args.as_of, known) {
        (None, None) => format!("{}現在", wareki::long(day)),
        (Some(until), None) => format!("{}までに起きたこと、いま分かっている範囲", wareki::long(until)),
        (None, Some(known)) => known,
        (Some(until), Some(known)) => format!("{}までに起きたこと、{known}", wareki::long(until)),
    }
}

/// A rule may be named by its service or by itself.
fn service_of(book: &Rulebook, name: &str) -> Result<String, Fault> {
    if name == casework::duties::NEXT_CONTACT || book.rules().any(|r| r.service == name) {
        return Ok(name.to_owned());
    }
    let rule = book.rule(name);
    rule.map(|r| r.service.clone()).ok_or_else(|| Fault::new(format!("「{name}」という規則はありません。")))
}

/// Why nothing at all is said of a service.
fn silent(book: &Rulebook, service: &str) -> String {
    let title = rulebook::title(book, service);
    let mut rules = book.rules().filter(|r| r.service == service).peekable();
    if rules.peek().is_some() && rules.all(|r| !r.duty) {
        return format!(
            "「{title}」は時期だけの規則で、やることにはなりません。時期は explain --line で確かめられます。"
        );
    }
    format!("「{title}」の対象になる記録（妊娠、出産、台帳の子、約束など）が、このケース記録にありません。")
}

fn keeper(database: &Database, file: i64) -> Result<i64, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        keeper: i64,
    }
    let sql = "select keeper from file where id = $1 and subject = 'person'";
    let row: Option<Row> =
        database.read_all(|db| Ok::<_, Fault>(sql_query(sql).bind::<BigInt, _>(file).get_result(db).optional()?))?;
    row.map(|r| r.keeper).ok_or_else(|| not_found(file))
}

fn not_found(file: i64) -> Fault {
    Fault::new(format!("ケース記録 {file} はありません。"))
}

/// An instant on the command line, by the clock of Japan.
pub fn instant(text: &str) -> Result<i64, String> {
    const MINUTE: i64 = 60_000_000;
    let wrong = || format!("「{text}」 is not an instant; write it as 2026-11-24 or 2026-11-24T09:30");
    let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
    let day = Day::parse_iso(day).ok_or_else(wrong)?;
    let Some(time) = time else { return Ok(page::end_of(day)) };
    let (hour, minute) = time.split_once(':').ok_or_else(wrong)?;
    let number = |text: &str, below: i64| {
        let plain = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i64>().ok().filter(|n| plain && *n < below).ok_or_else(wrong)
    };
    // To the end of that minute, as a day is meant to its end.
    Ok(page::end_of(day.plus(-1)) + (number(hour, 24)? * 60 + number(minute, 60)? + 1) * MINUTE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_instant_is_read_by_the_clock_of_japan() {
        let at = instant("2026-11-24T09:30").unwrap();
        assert_eq!(clock::day_in_japan(at), Day::from_ymd(2026, 11, 24).unwrap());
        assert_eq!(clock::time_in_japan(at), (9, 30));
        assert_eq!(clock::time_in_japan(at + 1), (9, 31));
        assert_eq!(clock::time_in_japan(instant("2026-11-24").unwrap()), (23, 59));
        for wrong in ["", "2026-11-31", "2026-11-24T9:30", "2026-11-24T24:00", "2026-11-24T+1:00"] {
            assert!(instant(wrong).is_err(), "{wrong}");
        }
    }
}
