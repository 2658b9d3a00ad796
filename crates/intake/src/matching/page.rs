//! GET /matching: everybody the register has not named yet, oldest first, with who they may be.

use casework::matching::{Evidence, Likeness, Speaks, What};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use platform::clock::day_in_japan;
use platform::db::CountRow;
use platform::door::Looked;
use platform::web::view::Link;
use platform::web::words::{about, name};
use platform::web::{Ask, Reply};
use platform::{Door, Fault, Problem, record, sql};
use rules::{Day, wareki};

use super::candidates::{self, SHOWN};
use super::faces::{self, Known};
use super::view::{MatchingPage, Proposal, Row, Waiting};

/// Persons on one page: for each a handful of others is compared.
const PAGE: i64 = 15;
/// 出生届 within 14 days (戸籍法49条), then the register's own way here. The office may set it: `matching_newborn_days`.
const NEWBORN_DAYS: i32 = 30;

/// Those who wait: typed before the register named them, and still here. For a query that calls the table `p`.
const WAIT: &str = "p.provisional = 1 and p.number = '' and p.gone = ''";

/// `GET /matching`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, Vec::new())?)
}

/// The page, with what was refused just now.
///
/// # Errors
/// If the database fails.
pub fn draw(ask: &mut Ask, wrong: Vec<String>) -> Result<MatchingPage, Problem> {
    let from: i64 = ask.query("from").parse().unwrap_or(0).clamp(0, 1_000_000);
    let frame = ask.frame("仮登録の照合", "/matching")?;
    let blank = ask.draw_form("/matching", "/matching")?;
    let (mut waiting, all) = ask.read(|door| {
        let (all, files) = waiting(door, from)?;
        let days = newborn_days(door)?;
        let mut shown = Vec::new();
        let mut looked = files.clone();
        let known = faces::known(door, &files)?;
        for person in files.iter().filter_map(|file| known.get(file)) {
            let one = of(door, person, days)?;
            looked.extend(one.proposals.iter().map(|p| p.other));
            shown.push(one);
        }
        door.log_reading(Looked::List, "matching", &looked);
        Ok((shown, all))
    })?;
    for proposal in waiting.iter_mut().flat_map(|w| &mut w.proposals) {
        let seen = std::mem::take(&mut proposal.form.version);
        proposal.form = platform::web::form::Form {
            command_id: platform::secret::token()?,
            version: seen,
            values: Vec::new(),
            ..blank.clone()
        };
    }
    let next = from + i64::try_from(waiting.len()).unwrap_or(0);
    let shown =
        if waiting.is_empty() { format!("{all}人") } else { format!("{all}人のうち {}–{next}人", from + 1) };
    let more = (next < all && !waiting.is_empty())
        .then(|| Link {
            label: format!("続きの{}人", (all - next).min(PAGE)), url: format!("/matching?from={next}")
        });
    Ok(MatchingPage { frame, wrong, shown, waiting, more })
}

/// How many wait.
///
/// # Errors
/// If the database fails.
pub fn waiting_now(door: &mut Door<'_>) -> Result<i64, Fault> {
    let scope = door.scope();
    let all: CountRow = sql_query(format!("select count(*) as n from person p where p.keeper in {scope} and {WAIT}"))
        .get_result(door.db)?;
    Ok(all.n)
}

fn waiting(door: &mut Door<'_>, from: i64) -> Result<(i64, Vec<i64>), Fault> {
    let all = waiting_now(door)?;
    let scope = door.scope();
    let text = format!(
        "select p.file from person p join event e on e.file = p.file and e.seq = 1 where p.keeper in {scope} and {WAIT} \
         order by e.recorded_at, p.file limit {PAGE} offset {from}"
    );
    Ok((all, sql::typed::<BigInt>(&text).once().load(door.db)?))
}

fn newborn_days(door: &mut Door<'_>) -> Result<i32, Fault> {
    let text = "select value from setting where keeper = $1 and name = 'matching_newborn_days'";
    let values: Vec<String> = sql::typed::<Text>(text).with(door.actor.keeper).load(door.db)?;
    Ok(values.first().and_then(|v| v.parse().ok()).unwrap_or(NEWBORN_DAYS))
}

fn of(door: &mut Door<'_>, person: &Known, days: i32) -> Result<Waiting, Fault> {
    let today = door.today();
    let mut but = person.apart.clone();
    but.push(person.file);
    let (found, all) = candidates::proposals(door, &person.face, (&person.name, &person.kana), &but)?;
    // Said from the other side.
    let found: Vec<_> = found.into_iter().filter(|p| !p.known.apart.contains(&person.file)).collect();
    let mut proposals = Vec::with_capacity(found.len());
    for p in &found {
        proposals.push(Proposal { one: person.file, ..proposal(door, person, p)? });
    }
    let birth = person.face.birth.map(|b| b.hi);
    let late = birth.filter(|b| today.since(*b) <= 366 && today.since(*b) > days);
    Ok(Waiting {
        name: name(&person.name, &person.kana),
        url: format!("/persons/{}", person.file),
        about: about(birth, person.face.edd, today),
        since: since(person, today),
        late: late.map(|b| format!("出生から{}日、住民記録に載っていません", today.since(b))).unwrap_or_default(),
        others: if all > SHOWN {
            format!("似た方はほかに{}人います。名簿で確かめてください。", all - SHOWN)
        } else {
            String::new()
        },
        proposals,
    })
}

fn since(person: &Known, today: Day) -> String {
    let day = day_in_japan(person.since);
    match faces::waited(person, today) {
        0 => String::from("今日から"),
        days => format!("{}から{days}日", wareki::short(day)),
    }
}

/// A proposal as it is shown; its form carries the versions it was drawn from.
///
/// # Errors
/// If the database fails.
pub fn proposal(door: &mut Door<'_>, person: &Known, p: &candidates::Proposal) -> Result<Proposal, Fault> {
    let scope = door.scope();
    let mut seen = Vec::new();
    for file in [person.file, p.known.file] {
        if platform::store::load::version_of(door.db, file, &scope, platform::mask::level(door.actor))?.is_some() {
            let mut of = platform::store::events_of(door.db, file)?;
            platform::mask::for_actor(&mut of, door.actor);
            seen.push((file, of.last));
        }
    }
    let form = platform::web::form::Form { version: record::versions(&seen), ..platform::web::form::Form::default() };
    let class = match p.likely.likeness {
        Likeness::Same => "done",
        Likeness::Probably => "decide",
        Likeness::NameOnly => "quiet",
    };
    Ok(Proposal {
        id: format!("p-{}-{}", person.file, p.known.file),
        name: name(&p.known.name, &p.known.kana),
        url: format!("/persons/{}", p.known.file),
        number: p.known.number.clone(),
        marks: marks(&p.known),
        protected: person.protected || p.known.protected,
        likeness: p.likely.likeness.word(),
        class,
        rows: p.likely.evidence.iter().map(|e| row(e, person, &p.known)).collect(),
        form,
        one: person.file,
        other: p.known.file,
    })
}

/// What stands behind a name: 仮登録, 転出.
pub fn marks(known: &Known) -> Vec<String> {
    let provisional = if known.provisional { "仮登録" } else { "" };
    [provisional, known.gone].into_iter().filter(|mark| !mark.is_empty()).map(String::from).collect()
}

/// One line of evidence; also what the record of a join says of it.
fn row(evidence: &Evidence, here: &Known, there: &Known) -> Row {
    let (mark, class) = match evidence.speaks {
        Speaks::For => ("合う", "done"),
        Speaks::Nearly => ("近い", "decide"),
        Speaks::Against => ("違う", "overdue"),
        Speaks::Silent => ("—", "quiet"),
    };
    let hidden = here.protected || there.protected;
    let place = matches!(evidence.what, What::Household | What::Phone | What::Address);
    let says = if hidden && place { "秘匿のため表示しません" } else { evidence.says };
    Row {
        what: evidence.what.word(),
        here: value(evidence.what, here),
        there: value(evidence.what, there),
        says: String::from(says),
        mark,
        class,
    }
}

/// What one side says. Phones stand in no list: only whether one is known.
fn value(what: What, known: &Known) -> String {
    let face = &known.face;
    let text = match what {
        What::Birth => face.birth.map(wareki::span).unwrap_or_default(),
        What::Name => known.name.clone(),
        What::Kana => known.kana.clone(),
        What::Sex => String::from(match face.sex.as_str() {
            "F" => "女",
            "M" => "男",
            _ => "",
        }),
        What::Mother => known.mothers.join("、"),
        What::Household => {
            [&face.household, &face.mothers_household].into_iter().find(|h| !h.is_empty()).cloned().unwrap_or_default()
        }
        What::Phone => String::from(if face.phone.is_empty() { "" } else { "記録あり" }),
        What::Address => known.address.clone(),
        What::Edd => face.edd.map(wareki::short).unwrap_or_default(),
    };
    if text.is_empty() { String::from("—") } else { text }
}
