//! `tsumugi forecast`: what the law says of histories, without a database.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use paperwork::forecast::Forecast;

use crate::platform::{Fault, rulebook};

/// Some lines could not be read; each is answered by an error in its place.
const UNREADABLE: u8 = 2;

/// One JSON object a line in:
///
///   {"id":"1","birth_date":"2026-06-15","sex":"F","events":[{"code":"hib","date":"2026-08-20"}],"as_of":"2026-11-24"}
///
/// `edd` instead of `birth_date` for a pregnancy; `flags`, `multiple_birth`, `birth_order`, `gestational_age_at_birth`
/// and an event's `product` may be given. One JSON object a line out, in the same order: for every service its status
/// (not_eligible, complete, expired, not_yet, overdue, recommended, due), its days (null = no such bound), rule, law and
/// reasons. Law and standard periods only. Events after `as_of` do not count. A line that cannot be read is answered by
/// {"line":…,"error":…}, the rest goes on, and the exit code is 2.
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ForecastArgs {
    /// JSON lines to answer [default: standard input]
    pub file: Option<PathBuf>,
    /// Write the answers here [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// 団体コード of a municipality whose changes apply [default: the nation's rules]
    #[arg(long, value_name = "CODE")]
    pub municipality: Option<String>,
}

/// Runs the verb.
///
/// # Errors
/// If a file cannot be read or written, or the municipality's rules are broken.
pub fn run(args: &ForecastArgs) -> Result<ExitCode, Fault> {
    let book = match &args.municipality {
        Some(code) => rulebook::of_town(code)?,
        None => rulebook::shipped()?,
    };
    let input: Box<dyn BufRead> = match &args.file {
        Some(path) => Box::new(BufReader::new(File::open(path).map_err(at("read", path))?)),
        None => Box::new(io::stdin().lock()),
    };
    if let (Some(file), Some(out)) = (&args.file, &args.out)
        && same(file, out)
    {
        return Err(Fault::new("the answers would be written over the questions; choose another --out"));
    }
    let out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(File::create(path).map_err(at("written", path))?),
        None => Box::new(io::stdout().lock()),
    };
    match Forecast::new(&book).run(input, BufWriter::new(out)) {
        Ok(summary) if summary.errors > 0 => {
            eprintln!("{}行のうち{}行は読めませんでした。", summary.lines, summary.errors);
            Ok(ExitCode::from(UNREADABLE))
        }
        Ok(_) => Ok(ExitCode::SUCCESS),
        // Whoever reads has read enough (`| head`).
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(e) => Err(Fault::new(format!("a forecast: {e}"))),
    }
}

fn at(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Fault {
    let path = path.display().to_string();
    move |e| Fault::new(format!("{path} cannot be {what}: {e}"))
}

fn same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
