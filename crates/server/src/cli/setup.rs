//! `tsumugi setup`: the first office of an installation, and the first 管理者 with a password for one time.

use std::io::{BufRead, IsTerminal, Write};

use casework::{
    Act, Body, Command, Role, Sensitivity,
    staff::{Account, Posted, Staff},
};
use clap::Args;
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::{Day, Span};

use super::place::Place;
use crate::platform::{
    Actor, Clock, Database, Db, Door, Doors, Fault,
    db::{CountRow, IdRow},
    rulebook::{self, Books},
    session::password,
    store::{
        Desk, apply,
        write::{NotApplied, found_office, open_office_file},
    },
};

#[derive(Clone, Debug, Args)]
pub struct SetupArgs {
    #[command(flatten)]
    pub place: Place,
    /// 団体コード of the municipality (6 digits)
    #[arg(long, value_name = "CODE")]
    pub code: Option<String>,
    /// Name of the municipality, as 「みなと市」
    #[arg(long, value_name = "NAME")]
    pub municipality: Option<String>,
    /// Name of the centre, as 「みなと市こども家庭センター」
    #[arg(long, value_name = "NAME")]
    pub centre: Option<String>,
    /// 職員番号 the first 管理者 signs in with
    #[arg(long, value_name = "LOGIN")]
    pub login: Option<String>,
    /// Name of the first 管理者
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Reading of that name in hiragana
    #[arg(long, value_name = "KANA")]
    pub kana: Option<String>,
}

/// What an installation begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct First {
    pub code: String,
    pub municipality: String,
    pub centre: String,
    pub account: Account,
}

/// Runs the verb.
///
/// # Errors
/// What the operator must act on.
pub fn run(args: &SetupArgs) -> Result<(), Fault> {
    let clock = Clock::system();
    let database = args.place.open(&clock)?;
    // Before anything is asked.
    empty(&database)?;
    let first = asked(args)?;
    let secret = found(&database, &clock, &first)?;
    println!("「{}」を作りました。", first.centre);
    println!("管理者　{}", first.account.name);
    println!("  職員番号      {}", first.account.login);
    println!("  仮パスワード  {secret}");
    println!("仮パスワードは二度と表示されません。最初のサインインで、自分のパスワードに変えます。");
    println!("次: tsumugi serve を同じ --data / --database で起動し、画面からサインインしてください。");
    Ok(())
}

fn empty(database: &Database) -> Result<(), Fault> {
    database.read_all(|db| if begun(db)? { Err(already()) } else { Ok(()) })
}

/// Offices alone are what a setup left behind that was interrupted.
fn begun(db: &mut Db) -> Result<bool, Fault> {
    let text = "select (select count(*) from staff) + (select count(*) from file) as n";
    Ok(sql_query(text).get_result::<CountRow>(db)?.n > 0)
}

fn forget_offices(db: &mut Db) -> Result<(), Fault> {
    sql_query("delete from office where parent is not null").execute(db)?;
    sql_query("delete from office").execute(db)?;
    Ok(())
}

fn already() -> Fault {
    Fault::new("this database is set up already: accounts are made in the program (職員), signed in as 管理者")
}

/// The options, and what is typed for those that were left out.
fn asked(args: &SetupArgs) -> Result<First, Fault> {
    let terminal = std::io::stdin().is_terminal();
    let ask = |option: &Option<String>, name: &str, label: &str| -> Result<String, Fault> {
        match option {
            Some(value) => Ok(value.trim().to_owned()),
            None if terminal => typed(label),
            None => Err(Fault::new(format!("--{name} is missing; on a terminal setup asks for it"))),
        }
    };
    let code = ask(&args.code, "code", "団体コード（6桁）")?;
    let municipality = ask(&args.municipality, "municipality", "市区町村の名前（例 みなと市）")?;
    let centre = ask(&args.centre, "centre", "センターの名前（例 みなと市こども家庭センター）")?;
    let account = Account {
        login: ask(&args.login, "login", "管理者の職員番号（半角の小文字と数字）")?,
        name: ask(&args.name, "name", "管理者の氏名")?,
        kana: ask(&args.kana, "kana", "管理者のふりがな（ひらがな）")?,
    };
    let first = First { code, municipality, centre, account };
    check(&first)?;
    Ok(first)
}

fn typed(label: &str) -> Result<String, Fault> {
    print!("{label}: ");
    std::io::stdout().flush().map_err(Fault::at("writing to the terminal"))?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Fault::at("reading from the terminal"))?;
    Ok(line.trim().to_owned())
}

fn check(first: &First) -> Result<(), Fault> {
    if !is_code(&first.code) {
        return Err(Fault::new(format!(
            "「{}」 is no 団体コード: six digits whose last one is the check digit (検査数字)",
            first.code
        )));
    }
    if first.municipality.is_empty() || first.centre.is_empty() {
        return Err(Fault::new("municipality and centre need a name"));
    }
    Ok(())
}

/// Six digits, the last of them the check digit (総務省 全国地方公共団体コード).
fn is_code(code: &str) -> bool {
    let digits: Vec<u32> = code.chars().filter_map(|c| c.to_digit(10)).collect();
    let [a, b, c, d, e, check] = digits[..] else { return false };
    code.len() == 6 && (11 - (6 * a + 5 * b + 4 * c + 3 * d + 2 * e) % 11) % 10 == check
}

/// Founds municipality and centre, and gives the first 管理者 an account; the password is told once and kept nowhere.
///
/// # Errors
/// If the database is set up already, or something typed cannot be; nothing is kept then.
pub fn found(database: &Database, clock: &Clock, first: &First) -> Result<String, Fault> {
    check(first)?;
    let secret = password::one_time()?;
    let hash = password::hash(&secret)?;
    let books = Books::open(database)?;
    rulebook::bring_up(database, &books, clock.today(), clock.now())?;
    // Offices come first: their numbers are the keepers of everything after.
    let centre = database.write_all(|db| {
        if begun(db)? {
            return Err(already());
        }
        forget_offices(db)?;
        let town = found_office(db, None, "municipality", &first.code, &first.municipality)?;
        found_office(db, Some(town), "centre", "", &first.centre)
    })?;
    let actor = Actor::program(vec![centre]);
    let hired = Doors::new(database.clone(), *clock).write(&actor, |door| hire(door, &books, centre, first, &hash));
    match hired {
        Ok(()) => Ok(secret),
        Err(why) => {
            // As if nothing had been asked.
            database.write_all(forget_offices)?;
            Err(match why {
                NotApplied::Refused(refusal) => Fault::new(refusal.message),
                NotApplied::Fault(fault) => fault,
                NotApplied::NotFound | NotApplied::Conflict(_) => already(),
            })
        }
    }
}

fn hire(door: &mut Door<'_>, books: &Books, centre: i64, first: &First, hash: &str) -> Result<(), NotApplied> {
    let file = open_office_file(door.db, centre)?;
    let today = door.today();
    record(door, books, file, ("setup-account", today), Staff::Account(first.account.clone()))?;
    let IdRow { id } =
        sql_query("select id from staff where login = $1").bind::<Text, _>(&first.account.login).get_result(door.db)?;
    let posted = Posted { staff: id, role: Role::Admin.code().to_owned(), until: None };
    record(door, books, file, ("setup-post", today), Staff::Posted(posted))?;
    sql_query("update staff set password = $1, must_change = 1 where id = $2")
        .bind::<Text, _>(hash)
        .bind::<BigInt, _>(id)
        .execute(door.db)?;
    Ok(())
}

fn record(
    door: &mut Door<'_>,
    books: &Books,
    file: i64,
    (id, day): (&str, Day),
    said: Staff,
) -> Result<(), NotApplied> {
    let desk = Desk {
        keeper: door.actor.keeper,
        keepers: &door.actor.keepers,
        actor: 0,
        today: day,
        now: door.now(),
        batch: None,
        books,
    };
    let act = Act::Record {
        file,
        episode: None,
        day: Span::on(day),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::Staff(said),
    };
    apply(door.db, &desk, &Command { id: id.to_owned(), act, seen: Vec::new() })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn a_code_with_a_wrong_digit_is_no_code() {
        for code in ["011002", "131016", "471003", "992011"] {
            assert!(is_code(code), "{code}");
        }
        for code in ["011001", "13101", "1310166", "13101x", "１３１０１６", ""] {
            assert!(!is_code(code), "{code}");
        }
    }
}
