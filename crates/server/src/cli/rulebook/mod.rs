//! `tsumugi rulebook`: checks the files of a rulebook, and says what another one would change before it is put to work.

pub mod fields;
pub mod population;
mod say;
pub mod tally;

use std::{
    collections::BTreeSet,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use casework::Sensitivity;
use clap::{Args, Subcommand};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt, sql_types::Text};
use rules::Day;

use super::{
    demo::meta,
    place::{self, Sealing},
};
use crate::platform::{
    Actor, Clock, Database, Doors, Fault, audit,
    rulebook::{self, Broken, Texts},
};

#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Refuse a broken rulebook with file, line and reason
    Check(CheckArgs),
    /// What changes between two rulebooks: their rules and, with a database, everybody's duties. Reads only
    Diff(DiffArgs),
}

#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// A folder with `national/` and, if there are, `prefectures/` and `municipalities/`
    pub folder: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub struct DiffArgs {
    /// A folder, `shipped`, or the beginning of the hash of a rulebook kept in the database
    pub old: String,
    /// The same
    pub new: String,
    /// 団体コード of the municipality whose changes of the rules hold
    #[arg(long, value_name = "CODE")]
    pub municipality: String,
    /// The day the duties are derived for (YYYY-MM-DD) [default: today, or the demo's day]
    #[arg(long, value_name = "DAY", value_parser = place::day)]
    pub as_of: Option<Day>,
    /// SQLite file or postgres:// URL; without it only the rules themselves are compared
    #[arg(long, value_name = "PATH_OR_URL")]
    pub database: Option<String>,
    /// Name the persons too; who was named is kept in the reading log
    #[arg(long, requires = "database")]
    pub names: bool,
    /// JSON Lines: the counts in one line, then one line a person
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub sealing: Sealing,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(verb: Verb) -> Result<(), Fault> {
    match verb {
        Verb::Check(args) => check(&args.folder),
        Verb::Diff(args) => diff(&args),
    }
}

fn check(folder: &Path) -> Result<(), Fault> {
    let texts = Texts::in_folder(folder)?;
    let towns = texts.municipalities();
    let prefectures: BTreeSet<&str> = texts.prefectures();
    let mut broken: Vec<Broken> = Vec::new();
    let mut rules = 0;
    for code in [""].into_iter().chain(prefectures).chain(towns.iter().copied()) {
        match texts.build(code) {
            Ok(book) => rules = book.rules().count(),
            Err(faults) => faults.into_iter().for_each(|fault| {
                if !broken.contains(&fault) {
                    broken.push(fault);
                }
            }),
        }
    }
    if broken.is_empty() {
        println!("規則 {rules}件、変更のある市町村 {}か所を確かめました。異常はありません。", towns.len());
        return Ok(());
    }
    let lines: Vec<String> = broken.iter().map(|b| format!("{}/{b}", folder.display())).collect();
    Err(Fault::new(format!("規則集に誤りがあります（{}件）。\n{}", broken.len(), lines.join("\n"))))
}

/// One of the two books.
struct Side {
    /// As it was named, a stored one with its hash.
    name: String,
    texts: Texts,
    book: rules::Rulebook,
}

fn side(named: &str, code: &str, database: Option<&Database>) -> Result<Side, Fault> {
    let hash = named.len() >= 4 && named.bytes().all(|b| b.is_ascii_hexdigit());
    let (name, texts) = if named == "shipped" {
        (String::from(named), Texts::shipped()?)
    } else if Path::new(named).is_dir() {
        (String::from(named), Texts::in_folder(Path::new(named))?)
    } else if let (true, Some(database)) = (hash, database) {
        let kept = database.read_all(|db| rulebook::kept(db, named))?;
        (kept.hash.get(..12).unwrap_or_default().to_owned(), kept.texts)
    } else if hash {
        return Err(Fault::new(format!("「{named}」という保存された規則集を読むには --database が必要です。")));
    } else {
        return Err(Fault::new(format!("「{named}」というフォルダーも、保存された規則集もありません。")));
    };
    let book = texts.build(code).map_err(|broken| {
        let lines: Vec<String> = broken.iter().map(|b| format!("  {b}")).collect();
        Fault::new(format!("規則集「{name}」は組み立てられません。\n{}", lines.join("\n")))
    })?;
    Ok(Side { name, texts, book })
}

fn diff(args: &DiffArgs) -> Result<(), Fault> {
    let database = args.database.as_deref().map(|target| existing(target, &args.sealing)).transpose()?;
    let old = side(&args.old, &args.municipality, database.as_ref())?;
    let new = side(&args.new, &args.municipality, database.as_ref())?;
    let fields = fields::changes(&old.texts, &new.texts, &args.municipality)?;
    let mut out = std::io::stdout().lock();
    let said = match database {
        None => say::rules_only(&mut out, args, [&old, &new], &fields).map_err(Said::Out),
        Some(database) => persons(&mut out, args, [&old, &new], &fields, database),
    };
    match said {
        // Whoever reads only the first screen has had enough.
        Err(Said::Out(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(Said::Out(error)) => Err(Fault::new(format!("writing the difference: {error}"))),
        Err(Said::Fault(fault)) => Err(fault),
        Ok(()) => Ok(()),
    }
}

/// Why nothing more was said.
pub enum Said {
    Out(std::io::Error),
    Fault(Fault),
}

impl From<Fault> for Said {
    fn from(fault: Fault) -> Said {
        Said::Fault(fault)
    }
}

impl From<std::io::Error> for Said {
    fn from(error: std::io::Error) -> Said {
        Said::Out(error)
    }
}

fn persons(
    out: &mut impl Write,
    args: &DiffArgs,
    sides: [&Side; 2],
    fields: &[fields::Change],
    database: Database,
) -> Result<(), Said> {
    let real = Clock::system();
    let kept = meta(&database, "demo_as_of")?.and_then(|text| Day::parse_iso(&text));
    let day = args.as_of.or(kept).unwrap_or_else(|| real.today());
    let clock = kept.map_or(real, Clock::pinned);
    let keepers = keepers(&database, &args.municipality)?;
    let doors = Doors::new(database, clock);
    let actor = Actor::program(keepers);
    let asked = population::Asked { old: &sides[0].book, new: &sides[1].book, day, level: Sensitivity::Compartment };
    let counted = population::count(&doors, &actor, asked, args.names)?;
    say::counts(out, args, sides, fields, &counted, day)?;
    if args.names {
        // Everybody named here is in the reading log already.
        population::name(&doors, &actor, asked, &counted, |person| say::person(out, args.json, sides, person, day))?;
    }
    Ok(())
}

/// A database that is there: a reader makes none, and brings no schema up.
fn existing(target: &str, sealing: &Sealing) -> Result<Database, Fault> {
    if !target.starts_with("postgres") && !Path::new(target.trim_start_matches("sqlite://")).is_file() {
        return Err(Fault::new(format!("データベース {target} がありません。")));
    }
    let folder = Path::new(target).parent().filter(|_| !target.starts_with("postgres")).unwrap_or(Path::new("."));
    let key = sealing.audit_key.clone().unwrap_or_else(|| audit::open::Files::within(folder).key);
    // Who is named is kept in the reading log, which is sealed.
    audit::open::attach(Database::open(target)?, &key)
}

/// The municipality itself and the offices under it.
fn keepers(database: &Database, code: &str) -> Result<Vec<i64>, Fault> {
    #[derive(QueryableByName)]
    struct Office {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let found: Vec<Office> = database.read_all(|db| {
        Ok::<_, Fault>(
            sql_query(
                "select o.id from office o left join office above on above.id = o.parent \
                 where (o.code = $1 or (o.code = '' and above.code = $1)) \
                 and o.kind not in ('prefecture', 'health_centre') order by o.id",
            )
            .bind::<Text, _>(code)
            .load(db)?,
        )
    })?;
    if found.is_empty() {
        return Err(Fault::new(format!("団体コード {code} のセンターは登録されていません。")));
    }
    Ok(found.into_iter().map(|o| o.id).collect())
}
