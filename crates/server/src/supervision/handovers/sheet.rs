//! `GET /supervision/handovers/{id}`: the 引継書, on screen and on A4, for those who give, take over and supervise.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Permission, office::handover::reading_key};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use rules::{Day, Rulebook, wareki};

use super::super::{
    charges::{self, said},
    desk::Desk,
    view::{ReadForm, SheetPage, SheetPerson},
};
use super::{Batch, Handover, person, read, undo};
use crate::intake::imports::{
    batch::{self, State},
    pages::{moment, names, undone, who},
    run,
    summary::grouped,
    view::Count,
    withdraw,
};
use crate::platform::door::Looked;
use crate::platform::web::view::{Link, Tab};
use crate::platform::web::{Ask, Reply, ask::field_errors};
use crate::platform::{Door, Problem, Refusal, mask, people, rulebook, store::events_of_many};
use crate::settlings::view::ProgressPage;
use crate::today::lines::LineRow;

/// Persons in full on one sheet; what is left out is said.
const IN_FULL: usize = 300;

/// # Errors
/// Not found for whoever has nothing to do with it; or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("id")?;
    let batch = ask.read(|door| batch::find::<Handover>(door, id))?;
    let actor = ask.actor()?;
    let stands_in = || ask.read(|door| Ok(!read::answered(door, id)?.is_empty()));
    let supervises = actor.role.may(Permission::ReadSupervision);
    let concerned = batch.summary.receivers().contains(&actor.staff) || batch.summary.givers().contains(&actor.staff);
    if batch.keeper != actor.keeper || !(supervises || concerned || stands_in()?) {
        return Err(Problem::NotFound);
    }
    if matches!(batch.state, State::Applying | State::Withdrawing) {
        run::ensure::<Handover>(ask.doors(), &ask.app.books, batch.id, batch.keeper);
        return Reply::page(&progress(ask, &batch)?);
    }
    Reply::page(&draw(ask, &batch, &[])?)
}

fn progress(ask: &mut Ask, batch: &Batch) -> Result<ProgressPage, Problem> {
    let total = u64::from(batch.rows_total.unsigned_abs()).max(1);
    let (title, done) = match batch.state {
        State::Withdrawing => ("担当替えを取り消しています", batch.run.undone),
        _ => ("担当替えを進めています", batch.rows_done.unsigned_abs().into()),
    };
    Ok(ProgressPage {
        frame: ask.frame(title, "/supervision")?,
        title: title.to_owned(),
        name: batch.name.clone(),
        done: done.min(total),
        total,
        text: format!("一人ずつ引き継ぐ方 {}人", grouped(done.min(total))),
    })
}

/// The sheet; with `refusals`, why it was not taken back.
///
/// # Errors
/// If the database fails.
pub fn draw(ask: &mut Ask, batch: &Batch, refusals: &[Refusal]) -> Result<SheetPage, Problem> {
    let supervises = ask.actor()?.role.may(Permission::ReadSupervision);
    let receivers = batch.summary.receivers();
    let own = ask.actor()?.staff;
    let asked = ask.query("to").parse().ok().filter(|to| receivers.contains(to));
    let to = asked.or(receivers.contains(&own).then_some(own)).or(receivers.first().copied()).unwrap_or(0);
    let book = ask.book()?;
    let stands = batch.state == State::Applied;
    let form = ask.draw_form("", "")?;
    let mut page = ask.read(|door| sheet(door, &book, batch, to, (&form.csrf, &form.command_id)))?;
    page.frame = ask.frame("引継書", if supervises { "/supervision" } else { "/today" })?;
    page.back = match supervises {
        true => Link { label: String::from("体制へ戻る"), url: String::from("/supervision") },
        false => Link { label: String::from("今日の対応へ戻る"), url: String::from("/today") },
    };
    if stands && undo::may(ask)? {
        let mut form = ask.draw_form(&format!("/supervision/handovers/{}/withdraw", batch.id), "")?;
        form.errors = field_errors(refusals, &[("reason", "理由")]);
        page.undo_form = Some(form);
        page.undo_effects = ask.read(|door| effects(door, batch))?;
    }
    Ok(page)
}

fn effects(door: &mut Door<'_>, batch: &Batch) -> Result<Vec<String>, Problem> {
    let mut said = vec![String::from("担当が、決める前に戻ります。読むための対応も消えます。")];
    let touched = withdraw::touched(door.db, batch)?;
    if touched > 0 {
        said.push(format!("このあとに職員が記録した{}人の記録は、そのまま残ります。", grouped(touched)));
    }
    Ok(said)
}

/// The rows of the table that this decision began.
fn started(door: &mut Door<'_>, batch: &Batch) -> Result<BTreeSet<i64>, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let rows: Vec<Row> =
        sql_query("select id from event where batch = $1 and keeper = $2 and kind = 'assigned' and corrects is null")
            .bind::<BigInt, _>(batch.id)
            .bind::<BigInt, _>(batch.keeper)
            .load(door.db)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

fn sheet(
    door: &mut Door<'_>,
    book: &Rulebook,
    batch: &Batch,
    to: i64,
    (csrf, once): (&str, &str),
) -> Result<SheetPage, Problem> {
    let (desk, today) = (Desk::of(door)?, door.today());
    let staff = names(door, batch)?;
    let (undone, by) = undone(batch, &staff);
    let mut page = SheetPage {
        title: batch.name.clone(),
        head: head(&desk, batch, to, &who(&staff, by)),
        tabs: tabs(door, &desk, batch, to),
        undone,
        ..SheetPage::default()
    };
    if batch.state != State::Applied {
        return Ok(page);
    }
    let own = started(door, batch)?;
    let on = batch.summary.day().max(today);
    let theirs = |charge: &casework::responsibility::Charge| {
        desk.table.row(charge, on).is_some_and(|row| own.contains(&row.event) && row.staff == to)
    };
    let level = mask::level(door.actor);
    let carried = charges::carried(door, level)?;
    let files: Vec<i64> = carried
        .into_iter()
        .filter(|c| theirs(&c.charge))
        .map(|c| c.file)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let reader = door.actor.staff;
    let read = read::whole(door)?.get(&(reading_key(batch.id), to)).copied();
    let instead: BTreeSet<String> = read::answered(door, batch.id)?.iter().map(i64::to_string).collect();
    let form = |file: String, read: String| ReadForm {
        action: format!("/supervision/handovers/{}/read", batch.id),
        csrf: csrf.to_owned(),
        command_id: format!("{once}-{file}"),
        may: reader == to || instead.contains(&file),
        file,
        late: read.is_empty() && batch.summary.by() < today,
        read,
        due: read::due(batch.summary.by(), today),
    };
    let told = |day: Day, by: i64| format!("{} {}が読みました", wareki::short(day), desk.name(by));
    page.reading = Some(form(String::new(), read.map(|day| told(day, to)).unwrap_or_default()));
    fill(&mut Fill { door, book, batch, files, today }, &mut page, |file, read| {
        form(file.to_string(), read.map(|(day, by)| told(day, by)).unwrap_or_default())
    })?;
    Ok(page)
}

struct Fill<'f, 'd> {
    door: &'f mut Door<'d>,
    book: &'f Rulebook,
    batch: &'f Batch,
    files: Vec<i64>,
    today: Day,
}

/// Persons: by name, then those of whom something presses, then the rest as counts.
fn fill(
    of: &mut Fill<'_, '_>,
    page: &mut SheetPage,
    form: impl Fn(i64, Option<(Day, i64)>) -> ReadForm,
) -> Result<(), Problem> {
    let lines = charges::lines_of(of.door, &of.files)?;
    let mut by_file: BTreeMap<i64, Vec<&LineRow>> = BTreeMap::new();
    for line in &lines {
        by_file.entry(line.file).or_default().push(line);
    }
    let nothing: Vec<&LineRow> = Vec::new();
    let lines_of = |file: &i64| by_file.get(file).unwrap_or(&nothing);
    let by_name: BTreeSet<i64> = read::by_name(of.door, of.batch.id)?.into_iter().map(|(file, _)| file).collect();
    let named: Vec<i64> = of.files.iter().copied().filter(|file| by_name.contains(file)).collect();
    let mut pressing: Vec<i64> =
        of.files.iter().copied().filter(|f| !by_name.contains(f) && person::in_full(lines_of(f))).collect();
    pressing.sort_by_key(|file| lines_of(file).iter().filter_map(|l| l.next_on.or(l.deadline)).min());
    let all = named.len() + pressing.len();
    pressing.truncate(IN_FULL.saturating_sub(named.len()));
    let shown: Vec<i64> = named.iter().take(IN_FULL).chain(&pressing).copied().collect();
    let rows = people::many(of.door, &shown)?;
    let mut events = events_of_many(of.door.db, &shown)?;
    for file in events.values_mut() {
        mask::for_actor(file, of.door.actor);
    }
    of.door.log_reading(Looked::List, "handover", &shown);
    let drawn = |file: &i64| -> Option<SheetPerson> {
        let (row, events) = (rows.get(file)?, events.get(file)?);
        let mut person = person::person(row, events, lines_of(file), of.book, of.today);
        if person::handed_over(events, of.batch.id) {
            person.reading = Some(form(*file, person::read_of(events, of.batch.id)));
        }
        Some(person)
    };
    page.named = named.iter().take(IN_FULL).filter_map(drawn).collect();
    page.pressing = pressing.iter().filter_map(drawn).collect();
    let full: BTreeSet<i64> = shown.iter().copied().collect();
    let mut rest: BTreeMap<String, i64> = BTreeMap::new();
    for line in lines.iter().filter(|l| !full.contains(&l.file)) {
        *rest.entry(rulebook::title(of.book, &line.service)).or_default() += 1;
    }
    page.rest = rest.into_iter().collect();
    page.rest.sort_by_key(|(_, n)| -*n);
    let others = of.files.len() - full.len();
    page.rest_said = format!("ほか{}人：期限の迫った対応も、約束した次の連絡もない方です。", grouped(others as u64));
    if all > full.len() {
        page.shown = format!("{}人のうち{}人を載せています。残りは一覧で確かめてください。", all, full.len());
    }
    page.counts = counts(of, page, others);
    if of.files.is_empty() {
        page.note = String::from(
            "いま、この担当替えで動いている方はいません。担当がその後また替わったか、対応が残っていません。",
        );
    }
    Ok(())
}

fn counts(of: &Fill<'_, '_>, page: &SheetPage, others: usize) -> Vec<Count> {
    let count =
        |label: &str, n: usize, note: &str| Count { label: label.into(), number: grouped(n as u64), note: note.into() };
    let read = page.named.iter().filter(|p| p.reading.as_ref().is_some_and(|r| !r.read.is_empty())).count();
    vec![
        count("引き継ぐ方", of.files.len(), ""),
        count("要支援以上", page.named.len(), &format!("うち読みました {read}人")),
        count("期限・約束のある方", page.pressing.len(), ""),
        count("予定だけの方", others, ""),
    ]
}

fn head(desk: &Desk, batch: &Batch, to: i64, who: &str) -> Vec<(String, String)> {
    let summary = &batch.summary;
    let mine = || summary.moves.iter().filter(|m| m.change.to == to);
    let charges: Vec<String> = mine()
        .map(|m| {
            let from = m.from.map_or_else(|| String::from("空き"), |id| desk.name(id));
            format!("{}（{from}から）", said(&m.change.district, &m.change.programme, &m.change.category))
        })
        .collect();
    let pair = |label: &str, text: String| (label.to_owned(), text);
    let mut head = vec![
        pair("新しい担当", desk.name(to)),
        pair("引き継ぐ担当", charges.join("、")),
        pair("いつから", wareki::long(summary.day())),
        pair("読む期限", wareki::long(summary.by())),
        pair("決めた人", format!("{who}　{}", moment(batch.at))),
    ];
    if !summary.reason.is_empty() {
        head.push(pair("申し送り", summary.reason.clone()));
    }
    head
}

fn tabs(door: &Door<'_>, desk: &Desk, batch: &Batch, to: i64) -> Vec<Tab> {
    let receivers = batch.summary.receivers();
    if receivers.len() < 2 || !door.actor.role.may(Permission::ReadSupervision) {
        return Vec::new();
    }
    let tab = |id: i64| Tab {
        label: desk.name(id),
        url: format!("/supervision/handovers/{}?to={id}", batch.id),
        current: id == to,
    };
    receivers.into_iter().map(tab).collect()
}
