//! `tsumugi check`: verifies the promises on the stored data; finds and reports. The only thing it changes is to catch
//! up with the date first, as the first page of the day would.

use clap::Args;
use rules::{Day, wareki};

use super::{
    demo::meta,
    place::{self, Place},
    unfinished,
};
use crate::platform::{
    Database, Doors, Fault, audit, check, rights,
    rulebook::{self, Books},
    store::sync,
};

/// Findings printed one by one; the rest is counted.
const SHOWN: usize = 20;

#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub place: Place,
    /// The day to derive for (YYYY-MM-DD) [default: today, or the demo's day]
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
    /// Verify the audit chain too: every event and every row of the reading log under its seal, every head the anchor knows
    #[arg(long)]
    pub audit: bool,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on; also if anything was found.
pub fn run(args: CheckArgs) -> Result<(), Fault> {
    let (database, today) = opened_whole(&args.place, args.as_of)?;
    let mut findings = match verified(&database, today) {
        Ok((report, findings)) => {
            println!(
                "{}：ケース記録 {}件、記録 {}件、やること {}件を確かめました。",
                wareki::long(today),
                report.files,
                report.events,
                report.duties
            );
            println!("台帳に載っていて、次の対応も終結もない方：{}人", report.listed);
            findings
        }
        // The audit chain is another matter, and asked for.
        Err(fault) if args.audit => vec![format!("the promises cannot be checked: {fault}")],
        Err(fault) => return Err(fault),
    };
    if args.audit {
        findings.extend(audited(&database, &args.place)?);
    }
    told(&findings)
}

/// Catches up with the date and with what an earlier stop left half done, and checks.
///
/// # Errors
/// If the database fails.
pub fn verified(database: &Database, today: Day) -> Result<(check::Report, Vec<String>), Fault> {
    let books = Books::open(database)?;
    let caught_up = rulebook::bring_up(database, &books, today, place::clock(Some(today)).now())
        .and_then(|()| sync::catch_up_if_due(database, &books, today))
        .and_then(|_| unfinished::finish(&Doors::new(database.clone(), place::clock(Some(today))), &books));
    let report = check::check(database, &books, today, |_| {})?;
    let mut findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    match caught_up {
        Ok(_) => {}
        // What stood in its way is named.
        Err(fault) if !findings.is_empty() => findings.push(format!("not caught up with the date: {fault}")),
        Err(fault) => return Err(fault),
    }
    Ok((report, findings))
}

/// Verifies the audit chain; then the anchor is told how it stands.
fn audited(database: &Database, place: &Place) -> Result<Vec<String>, Fault> {
    let anchor = place.sealing().anchor;
    let audit = audit::verify(database, &anchor)?;
    println!(
        "監査の鎖：封印 {}件、その下の記録・閲覧 {}件、外の控え（{}）{}件を確かめました。",
        audit.seals,
        audit.rows,
        anchor.display(),
        audit.anchored
    );
    if audit.findings.is_empty() {
        audit::anchor::write(database, &anchor)?;
    }
    Ok(audit.findings)
}

/// Prints what was found.
///
/// # Errors
/// If anything was.
pub fn told(findings: &[String]) -> Result<(), Fault> {
    if findings.is_empty() {
        println!("異常はありません。");
        return Ok(());
    }
    for finding in findings.iter().take(SHOWN) {
        println!("  {finding}");
    }
    if findings.len() > SHOWN {
        println!("  … ほか {}件", findings.len() - SHOWN);
    }
    Err(Fault::new(format!("check found {} things that should not be", findings.len())))
}

/// The database, and the day: as told, the demo's own, or today's.
///
/// # Errors
/// If the database cannot be opened.
pub fn opened(place: &Place, as_of: Option<Day>) -> Result<(Database, Day), Fault> {
    let clock = place::clock(as_of);
    let database = place.there(&clock)?;
    let kept = meta(&database, "demo_as_of")?.and_then(|text| Day::parse_iso(&text));
    Ok((database, as_of.or(kept).unwrap_or_else(|| clock.today())))
}

/// As [`opened`], for what counts, keeps or makes anew everything: by a role from which row rights hide nothing.
///
/// # Errors
/// As [`opened`], and if row rights would leave something out.
pub fn opened_whole(place: &Place, as_of: Option<Day>) -> Result<(Database, Day), Fault> {
    let opened = opened(place, as_of)?;
    opened.0.read_all(rights::sees_all)?;
    Ok(opened)
}
