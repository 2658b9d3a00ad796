//! 休みと代行: who is away from when until when, and who answers meanwhile. Events of the office's file.

use casework::{
    Act, Body, Permission, Sensitivity,
    body::Absence,
    responsibility::{self, Charge, How, Owner, Table},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable},
};
use rules::{Day, Span, wareki};

use super::{
    desk::Desk,
    view::{AbsenceRow, AbsencesPage},
};
use crate::platform::record::{Submitted, submit};
use crate::platform::web::form::Choice;
use crate::platform::web::view::{Notice, NoticeTone, Undo};
use crate::platform::web::{Ask, Reply, ask::field_errors};
use crate::platform::{Door, Fault, Problem, Refusal, typed};
use crate::rulebook::changes::desk::office_file;

/// What is told of absences that are over.
const PAST_DAYS: i32 = 30;

/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, &[])?)
}

fn draw(ask: &mut Ask, refusals: &[Refusal]) -> Result<AbsencesPage, Problem> {
    let frame = ask.frame("休みと代行", "/supervision")?;
    let mut form = ask.draw_form("/supervision/absences", "/supervision")?;
    let labels = [("staff", "休む人"), ("day", "いつから"), ("until", "いつまで"), ("substitute", "代行")];
    form.errors = field_errors(refusals, &labels);
    let today = ask.today();
    for field in ["day", "until"] {
        if let Ok(span) = wareki::parse(form.value(field).trim(), today) {
            form.echoes.push((field.to_owned(), wareki::long(span.hi)));
        }
    }
    let mut page = ask.read(|door| {
        let desk = Desk::of(door)?;
        let choices: Vec<Choice> = desk.able(today).map(|w| Choice::new(&w.id.to_string(), &desk.name(w.id))).collect();
        Ok(AbsencesPage {
            alone: desk.alone(),
            rows: rows(door, &desk, "/supervision/absences")?,
            substitutes: [Choice::new("", "置かない（統括支援員が、いなければセンター長が受けます）")]
                .into_iter()
                .chain(choices.clone())
                .collect(),
            workers: [Choice::new("", "選んでください")].into_iter().chain(choices).collect(),
            ..AbsencesPage::default()
        })
    })?;
    page.frame = frame;
    page.form = form;
    Ok(page)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    event: i64,
    #[diesel(sql_type = BigInt)]
    staff: i64,
    #[diesel(sql_type = Integer)]
    from_day: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    substitute: Option<i64>,
}

/// The most of one absence that is told of day by day.
const LOOKED_DAYS: i32 = 400;

/// The substitute, and who really answers where that is somebody else: the substitute may be away too.
fn by(desk: &Desk, table: &Table, r: &Row) -> String {
    let from = Day(r.from_day).max(desk.today);
    let until = Day(r.until_day.unwrap_or(from.0)).min(from.plus(LOOKED_DAYS));
    let told = r.substitute.map(|id| desk.name(id));
    if until < from {
        return told.unwrap_or_else(|| String::from("なし"));
    }
    let taken = takers(table, r.staff, from, until);
    match (told, &taken[..]) {
        (Some(name), [(_, only)]) if only.staff == r.substitute => name,
        (Some(name), _) => format!("{name}（{}）", words(desk, &taken)),
        (None, _) => format!("なし（{}）", words(desk, &taken)),
    }
}

/// Who answers for somebody's charges from which day on.
fn takers(table: &Table, staff: i64, from: Day, until: Day) -> Vec<(Day, Owner)> {
    let mut found: Vec<(Day, Owner)> = Vec::new();
    for day in (from.0..=until.0).map(Day) {
        let owner = table.instead(staff, &Charge::default(), day);
        if found.last().is_none_or(|(_, before)| *before != owner) {
            found.push((day, owner));
        }
    }
    found
}

/// 「黒田 玲子（統括支援員）が受けます」; where it changes, from when on.
fn words(desk: &Desk, taken: &[(Day, Owner)]) -> String {
    let one = |(at, (from, owner)): (usize, &(Day, Owner))| {
        let since = if at == 0 { String::new() } else { format!("{}から", wareki::month_day(*from)) };
        let who = owner.staff.map(|id| desk.name(id)).unwrap_or_default();
        match owner.how {
            How::Nobody => format!("{since}受ける人がいません。空いている担当に出ます"),
            How::Vacant => format!("{since}{who}（統括支援員）が受けます"),
            How::Head => format!("{since}{who}（センター長）が受けます"),
            How::Substitute => format!("{since}{who}が代わります"),
            How::Assigned => format!("{since}{who}が戻ります"),
        }
    };
    taken.iter().enumerate().map(one).collect::<Vec<_>>().join("、")
}

/// What recording an absence will do, day by day.
fn foreseen(desk: &Desk, day: Day, absence: &Absence) -> String {
    let mut table = desk.table.clone();
    let until = absence.until.unwrap_or(day.plus(LOOKED_DAYS));
    let Absence { staff, substitute, .. } = *absence;
    table.absences.push(responsibility::Absence { staff, substitute, from: day, until });
    let taken = takers(&table, staff, day, until.min(day.plus(LOOKED_DAYS)));
    format!("{}の休みを記録しました。その間は{}。", desk.name(staff), words(desk, &taken))
}

/// Absences that stand, soon, or were over a moment ago.
///
/// # Errors
/// If the database fails.
pub fn rows(door: &mut Door<'_>, desk: &Desk, return_to: &str) -> Result<Vec<AbsenceRow>, Fault> {
    let today = door.today();
    let found: Vec<Row> = sql_query(
        "select event, staff, from_day, until_day, substitute from absence \
         where keeper = $1 and (until_day is null or until_day >= $2) order by from_day, event",
    )
    .bind::<BigInt, _>(desk.keeper)
    .bind::<Integer, _>(today.0 - PAST_DAYS)
    .load(door.db)?;
    let may = door.actor.role.may(Permission::Reassign);
    let row = |r: Row| {
        let who = desk.name(r.staff);
        let end = r.until_day.map_or_else(|| String::from("未定"), |d| wareki::short(Day(d)));
        let when = format!("{}〜{end}", wareki::short(Day(r.from_day)));
        AbsenceRow {
            by: by(desk, &desk.table, &r),
            now: r.from_day <= today.0 && r.until_day.is_none_or(|until| until >= today.0),
            undo: may.then(|| Undo {
                url: format!("/supervision/absences/{}/withdraw", r.event),
                command_id: format!("undo-{}", r.event),
                return_to: return_to.to_owned(),
                what: format!("{who} {when}"),
            }),
            who,
            when,
        }
    };
    Ok(found.into_iter().map(row).collect())
}

/// `POST /supervision/absences`
///
/// # Errors
/// If the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let desk = ask.read(|door| Ok(Desk::of(door)?))?;
    let (day, absence) = match read(ask, &desk) {
        Ok(read) => read,
        Err(wrong) => return Reply::refused(&draw(ask, &wrong)?),
    };
    let told = foreseen(&desk, day, &absence);
    let act = Act::Record {
        file: ask.write(|door| Ok(office_file(door)?))?,
        episode: None,
        day: Span::on(day),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::Absent(absence),
    };
    match submit(ask, act)? {
        Submitted::Applied(_) => Ok(Reply::see_told("/supervision/absences", done(told))),
        Submitted::Refused(why) => Reply::refused(&draw(ask, &why)?),
        Submitted::Conflict(_) => Reply::conflict(&draw(ask, &[])?),
    }
}

fn done(text: String) -> Notice {
    Notice { tone: NoticeTone::Done, text, link: None, undo: None }
}

fn read(ask: &Ask, desk: &Desk) -> Result<(Day, Absence), Vec<Refusal>> {
    let mut wrong = Vec::new();
    let today = ask.today();
    let here = |id: i64| desk.able(today).any(|w| w.id == id);
    let staff = ask.form("staff").parse().ok().filter(|id| here(*id));
    if staff.is_none() {
        wrong.push(Refusal::at("staff", "休む人を選んでください。"));
    }
    let substitute: Option<i64> = ask.form("substitute").parse().ok();
    if substitute.is_some_and(|id| !here(id)) {
        wrong.push(Refusal::at("substitute", "代行を選びなおしてください。"));
    }
    let mut keep = |read: Result<Option<Day>, Refusal>| {
        read.unwrap_or_else(|why| {
            wrong.push(why);
            None
        })
    };
    let day = keep(typed::span(ask, "day").map(|span| Some(span.lo)));
    let until = keep(typed::day(ask, "until"));
    if let (Some(from), Some(until)) = (day, until)
        && until < from
    {
        wrong.push(Refusal::at("until", "休みの終わりが始まりより前になっています。"));
    }
    match (staff, day) {
        (Some(staff), Some(day)) if wrong.is_empty() => Ok((day, Absence { staff, until, substitute })),
        _ => Err(wrong),
    }
}

/// `POST /supervision/absences/{event}/withdraw`
///
/// # Errors
/// Not found, if the office has no such absence.
pub fn withdraw(ask: &mut Ask) -> Result<Reply, Problem> {
    let event = ask.id("event")?;
    let file = ask.write(|door| Ok(office_file(door)?))?;
    let own = ask.read(|door| {
        let text = format!("select event from absence where keeper = {} and event = {event}", door.actor.keeper);
        let found: Vec<i64> = crate::platform::sql::typed::<BigInt>(&text).once().load(door.db)?;
        Ok(!found.is_empty())
    })?;
    if !own {
        return Err(Problem::NotFound);
    }
    let back = ask.return_to("/supervision/absences");
    let act = Act::Withdraw { file, event, reason: String::from("休みの取消") };
    let notice = match submit(ask, act)? {
        Submitted::Applied(_) => done(String::from("休みを取り消しました。")),
        Submitted::Refused(why) => Notice {
            tone: NoticeTone::Told,
            text: why.first().map(|r| r.message.clone()).unwrap_or_default(),
            link: None,
            undo: None,
        },
        Submitted::Conflict(_) => done(String::from("すでに取り消されています。")),
    };
    Ok(Reply::see_told(&back, notice))
}
