//! 上位者への連絡: what is so late that somebody above is told. Off, a weekly list for the meeting, or a list from which a
//! superior takes lines up as duties of their own.

use std::collections::BTreeSet;

use casework::{Act, Body, Permission, Sensitivity, office::handover::Escalated, responsibility::Charge};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::{Day, Rulebook, Span, wareki};

use super::{
    desk::Desk,
    view::{EscalatedLine, EscalationsPage},
};
use crate::platform::{
    Door, Fault, Problem, Refusal,
    db::CountRow,
    door::Looked,
    mask,
    record::{Submitted, submit, told},
    rulebook,
    store::{load::id_list, sync},
    web::{
        Ask, Reply,
        ask::field_errors,
        form::Choice,
        view::{Link, Notice, NoticeTone, Tab, Undo},
        words::{about, name, short},
    },
};
use crate::rulebook::changes::desk::office_file;
use crate::today::{
    lines::{self, Lens, LineRow},
    owner, words,
};

const PAGE: i64 = 100;
/// A meeting's worth.
const WEEK: i32 = 7;

/// How this office does it.
///
/// # Errors
/// If the database fails.
pub fn setting(door: &mut Door<'_>) -> Result<String, Fault> {
    Ok(lines::setting(door, "escalation")?.unwrap_or_else(|| String::from("weekly")))
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(embed)]
    line: LineRow,
    #[diesel(sql_type = Text)]
    category: String,
    #[diesel(sql_type = Integer)]
    level: i32,
    #[diesel(sql_type = Text)]
    home: String,
    #[diesel(sql_type = Integer)]
    told_on: i32,
}

/// Late lines of tier 1 whose day to tell a superior has come, since a day.
fn sql(door: &mut Door<'_>, since: Option<Day>) -> Result<String, Fault> {
    let level = mask::level(door.actor);
    let scope = format!("({})", door.actor.keeper);
    let lens = Lens { scope, ..Lens::of(door, level)? };
    let today = lens.today.0;
    let since = since.map_or(String::new(), |day| format!("and told_on > {}", day.0));
    Ok(format!(
        "select held.*, cast(null as bigint) as owner, '' as owner_name from ({}) held where tier = 1 \
         and told_on <= {today} {since} and state in ('overdue', 'judge', 'unconfirmed')",
        lens.open_sql(&format!("{}, d.escalates_on as told_on", owner::COLUMNS))
    ))
}

/// # Errors
/// If the database fails.
pub fn count(door: &mut Door<'_>) -> Result<i64, Fault> {
    let text = format!("select count(*) as n from ({}) line", sql(door, None)?);
    Ok(sql_query(text).get_result::<CountRow>(door.db)?.n)
}

/// `GET /supervision/escalations`: everything that stands, so that nothing leaves the list before it is settled;
/// `?week=1` of it what came to it in the last week.
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, &[])?)
}

fn draw(ask: &mut Ask, refusals: &[Refusal]) -> Result<EscalationsPage, Problem> {
    sync::catch_up_if_due(ask.doors().database(), &ask.app.books, ask.today())?;
    let frame = ask.frame("上位者への連絡", "/supervision")?;
    let book = ask.book()?;
    let all = ask.query("week") != "1";
    let at: i64 = ask.query("page").parse().unwrap_or(1).clamp(1, 1_000);
    let may = ask.actor()?.role.may(Permission::Reassign);
    let mut form = ask.draw_form("/supervision/escalations", "")?;
    form.errors = field_errors(refusals, &[("escalation", "知らせ方")]);
    let mut page = ask.read(|door| list(door, &book, all, at))?;
    if !form.values.iter().any(|(name, _)| name == "escalation") {
        form.values.push((String::from("escalation"), page.setting.clone()));
    }
    page.form = may.then_some(form);
    page.frame = frame;
    page.ways = [
        ("off", "使わない", "一覧も作りません。"),
        ("weekly", "週の一覧にする", "会議で見る一覧です。新しく日を過ぎたものから並び、済むまで残ります。"),
        (
            "duty",
            "自分の対応にもできる",
            "一覧から、統括支援員・係長が自分の対応にします。した日から、その人の今日の対応に出ます。",
        ),
    ]
    .map(|(value, label, hint)| Choice { hint: hint.to_owned(), ..Choice::new(value, label) })
    .into();
    Ok(page)
}

fn list(door: &mut Door<'_>, book: &Rulebook, all: bool, at: i64) -> Result<EscalationsPage, Problem> {
    let (desk, today) = (Desk::of(door)?, door.today());
    let way = setting(door)?;
    let week = today.plus(-WEEK);
    let mut page = EscalationsPage { setting: way.clone(), ..EscalationsPage::default() };
    if way == "off" {
        return Ok(page);
    }
    let text = sql(door, (!all).then_some(week))?;
    let total = sql_query(format!("select count(*) as n from ({text}) line")).get_result::<CountRow>(door.db)?.n;
    let found: Vec<Found> = sql_query(format!(
        "select * from ({text}) line order by told_on desc, deadline, file, key limit {PAGE} offset {}",
        (at - 1) * PAGE
    ))
    .load(door.db)?;
    let files: Vec<i64> = found.iter().map(|f| f.line.file).collect();
    door.log_reading(Looked::List, "escalation", &files);
    let taken = taken(door, &files)?;
    let may = door.actor.role.may(Permission::Reassign) && way == "duty";
    let shown = i64::try_from(found.len()).unwrap_or(0);
    page.lines = found.iter().map(|f| line(&desk, book, f, &taken, may, today)).collect();
    page.shown = match total {
        0 => String::from("0件"),
        _ => format!("{total}件のうち {}–{}件を表示", (at - 1) * PAGE + 1, (at - 1) * PAGE + shown),
    };
    let address = |all: bool| if all { "/supervision/escalations" } else { "/supervision/escalations?week=1" };
    page.since = format!(
        "上位者に伝える日を過ぎている対応のうち、{}から{}までに加わったものです。",
        wareki::month_day(week.plus(1)),
        wareki::month_day(today)
    );
    if all {
        page.since = String::from("上位者に伝える日を過ぎている、すべての対応です。済むまでここに残ります。");
    }
    page.tabs = [("すべて", true), ("この1週間に加わったもの", false)]
        .map(|(label, of)| Tab { label: label.to_owned(), url: address(of).to_owned(), current: of == all })
        .into();
    let left = total - (at - 1) * PAGE - shown;
    let joint = if all { '?' } else { '&' };
    page.more = (left > 0)
        .then(|| Link { label: format!("続きの{left}件"), url: format!("{}{joint}page={}", address(all), at + 1) });
    Ok(page)
}

fn line(
    desk: &Desk,
    book: &Rulebook,
    found: &Found,
    taken: &BTreeSet<(i64, String)>,
    may: bool,
    today: Day,
) -> EscalatedLine {
    let row = &found.line;
    let charge = Charge {
        district: found.home.clone(),
        programme: row.programme.clone(),
        category: found.category.clone(),
        narrow: found.level >= 2,
    };
    let is_taken = taken.contains(&(row.file, row.key.clone()));
    EscalatedLine {
        id: crate::today::page::line_id(row.file, &row.key),
        name: name(&row.name, &row.kana),
        url: format!("/persons/{}", row.file),
        about: about(row.birth.map(Day), row.edd.map(Day), today),
        protected: row.protected == 1,
        district: row.district.clone(),
        state: Some(words::state(row.state())),
        service: rulebook::title(book, &row.service),
        due: row.deadline.map(|d| short(Day(d), today)).unwrap_or_default(),
        left: words::left(row, today),
        since: short(Day(found.told_on), today),
        owner: desk.owner_said(desk.table.owner(&charge, today)),
        taken: is_taken,
        take: (may && !is_taken).then(|| Undo {
            url: String::from("/supervision/escalations/take"),
            command_id: format!("take-{}-{}-{}", row.file, row.key, today.0),
            return_to: String::from("/supervision/escalations"),
            what: format!("{}:{}", row.file, row.key),
        }),
    }
}

/// Lines that a superior has taken up already.
fn taken(door: &mut Door<'_>, files: &[i64]) -> Result<BTreeSet<(i64, String)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
        #[diesel(sql_type = Text)]
        code: String,
    }
    let rows: Vec<Row> = sql_query(format!(
        "select e.file, e.code from event e where e.file in {} and e.kind = 'escalated' and e.code is not null \
         and not exists (select 1 from event w where w.file = e.file and w.corrects = e.id and w.kind = 'withdrawn')",
        id_list(files)
    ))
    .load(door.db)?;
    Ok(rows.into_iter().map(|r| (r.file, r.code)).collect())
}

/// `POST /supervision/escalations`: how this office does it.
///
/// # Errors
/// If the database fails.
pub fn set(ask: &mut Ask) -> Result<Reply, Problem> {
    let act = Act::Record {
        file: ask.write(|door| Ok(office_file(door)?))?,
        episode: None,
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::SettingChanged { name: String::from("escalation"), value: ask.form("escalation").to_owned() },
    };
    match submit(ask, act)? {
        Submitted::Applied(_) => {
            let text = String::from("上位者への連絡のしかたを変えました。");
            let notice = Notice { tone: NoticeTone::Done, text, link: None, undo: None };
            Ok(Reply::see_told("/supervision/escalations", notice))
        }
        Submitted::Refused(why) => Reply::refused(&draw(ask, &why)?),
        Submitted::Conflict(_) => Reply::conflict(&draw(ask, &[])?),
    }
}

/// `POST /supervision/escalations/take`: `line` is `file:key`.
///
/// # Errors
/// Not found, for a line that is not on the list; or if the database fails.
pub fn take(ask: &mut Ask) -> Result<Reply, Problem> {
    let typed = ask.form("line").to_owned();
    let (file, key) = typed.split_once(':').ok_or(Problem::NotFound)?;
    let file: i64 = file.parse().map_err(|_| Problem::NotFound)?;
    let listed = ask.read(|door| {
        if setting(door)? != "duty" {
            return Ok(false);
        }
        let text = format!("select count(*) as n from ({}) line where file = {file} and key = $1", sql(door, None)?);
        Ok(sql_query(text).bind::<Text, _>(key).get_result::<CountRow>(door.db)?.n > 0)
    })?;
    if !listed {
        return Err(Problem::NotFound);
    }
    let by = ask.today().plus(WEEK);
    let body = Body::Escalated(Escalated { about: key.to_owned(), by, note: String::new() });
    let act = Act::Record {
        file,
        episode: crate::subject::Opened::episode_of(key),
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body,
    };
    let back = ask.return_to("/supervision/escalations");
    Ok(match submit(ask, act)? {
        Submitted::Applied(applied) => {
            let text = format!(
                "統括支援員の対応にしました。{}までの対応として、統括支援員の「今日の対応」に出ます。",
                wareki::month_day(by)
            );
            Reply::see_told(&back, told(text, applied.events.first().map(|event| (file, *event)), &back))
        }
        Submitted::Refused(why) => {
            let text = why.first().map(|r| r.message.clone()).unwrap_or_default();
            Reply::see_told(&back, Notice { tone: NoticeTone::Told, text, link: None, undo: None })
        }
        Submitted::Conflict(_) => Reply::see(&back),
    })
}
