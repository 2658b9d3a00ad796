//! `GET /certify`: the sheet of today from the read tables, or of a past day from the events.

use casework::{Permission, View, certify::Subject};
use rules::{Day, Rulebook, wareki};

use super::evaluate::{self, Desk, When};
use super::figures::{Figures, LIMITS, Lines, MISSING, PRESSING, STATES};
use super::names;
use super::office::{self, Office, Signed, Town};
use super::stored;
use super::view::{Cells, CertifyPage, Past, SourceRow, Split, Sum, Table, Undone};
use crate::intake::imports::{pages::moment, summary::grouped};
use crate::platform::{
    Door, Problem, Refusal,
    db::CountRow,
    people, rulebook,
    store::sync,
    web::{Ask, Reply, ask::field_errors, reply::percent, view::Link, words},
};
use crate::today::{lines::LineState, words as states};

/// The sheet of a past day is counted anew from all events: in a page, for so many files at most.
const MOST_FILES: i64 = 20_000;
/// Confirmations shown.
const HISTORY: usize = 12;

/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let typed = ask.query("as_of").trim().to_owned();
    let day = match wareki::parse(&typed, ask.today()) {
        _ if typed.is_empty() => Ok(None),
        Ok(span) if span.hi > ask.today() => Err(Refusal::at("as_of", "今日より先の日の点検表はありません。")),
        Ok(span) => Ok(Some(span.hi)),
        Err(why) => Err(Refusal::at("as_of", why.to_string())),
    };
    match day {
        Ok(day) => Reply::page(&draw(ask, day, Vec::new())?),
        Err(why) => {
            let mut page = draw(ask, None, Vec::new())?;
            page.ask_day.values = vec![(String::from("as_of"), typed)];
            page.ask_day.errors = field_errors(&[why], &[("as_of", "この日の点検表")]);
            Reply::refused(&page)
        }
    }
}

/// The sheet; with `faults`, why it was not confirmed.
///
/// # Errors
/// If the database fails.
pub fn draw(ask: &mut Ask, as_of: Option<Day>, faults: Vec<Refusal>) -> Result<CertifyPage, Problem> {
    sync::catch_up_if_due(ask.doors().database(), &ask.app.books, ask.today())?;
    let when = When::new(ask.today(), as_of, None);
    let frame = ask.frame("未把握・未対応点検表", "/certify")?;
    let mut confirm = ask.draw_form("/certify", "/certify")?;
    confirm.errors = field_errors(&faults, &[("note", "ひとこと")]);
    let from = ask.query("page").parse::<usize>().unwrap_or(1).clamp(1, 10_000) - 1;
    let role = ask.actor()?.role;
    let book = ask.book()?;
    let app = ask.app.clone();
    let database = ask.doors().database().clone();
    let page = ask.read(|door| {
        let keepers = door.keepers().to_vec();
        let town = office::town(door.db, door.actor.keeper, &keepers)?;
        let desks = evaluate::desks(door.db, &app.books, &keepers, when)?;
        let figures = if when.is_now() {
            stored::figures(door, &app.books, &town)?
        } else if files(door)? > MOST_FILES {
            return Ok(CertifyPage {
                note: too_many(&town, when.day),
                today_url: "/certify".into(),
                ..CertifyPage::default()
            });
        } else {
            evaluate::figures(&database, &desks, &town, when, |_| {})?.figures
        };
        let mut page = drawn(door, &figures, &book, when)?;
        page.named = role.may(Permission::ReadLists);
        if page.named {
            let some: Vec<i64> = figures.listed.iter().skip(from * names::PAGE).take(names::PAGE).copied().collect();
            page.names = names::of(door, &desks, when, &some)?;
            (page.shown, page.pages) = shown(figures.listed.len(), from, when);
        }
        signed(door, &mut page, &figures, when)?;
        Ok(page)
    })?;
    let may = when.is_now() && role.may(Permission::ConfirmCheckSheet);
    Ok(CertifyPage {
        office: ask.actor()?.office_name.clone(),
        day: wareki::long(when.day),
        confirm: may.then_some(confirm),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        book: book.hash.get(..12).unwrap_or(&book.hash).to_owned(),
        limits: LIMITS.to_vec(),
        frame,
        ..page
    })
}

fn files(door: &mut Door<'_>) -> Result<i64, Problem> {
    use diesel::{RunQueryDsl, sql_query};
    let text = format!("select count(*) as n from file where keeper in {} and subject = 'person'", door.scope());
    Ok(sql_query(text).get_result::<CountRow>(door.db)?.n)
}

fn too_many(town: &Town, day: Day) -> String {
    format!(
        "過去の日の点検表は、全員の記録から数えなおします。台帳が{}人を超えるこの市町村では時間がかかるため、画面では開けません。\
         管理者に「tsumugi certify --municipality {} --as-of {day}」を頼んでください。",
        grouped(MOST_FILES.unsigned_abs()),
        town.code
    )
}

fn drawn(door: &mut Door<'_>, figures: &Figures, book: &Rulebook, when: When) -> Result<CertifyPage, Problem> {
    let all = &figures.register;
    let sum = |label, n, hint, tone| Sum { label, n: grouped(n), hint, tone };
    let subjects =
        Subject::ALL.into_iter().filter_map(|s| Some((s.word().to_owned(), figures.by_subject.get(s.code())?)));
    let districts = figures.by_district.iter().map(|(name, counts)| {
        (if name.is_empty() { String::from("地区なし・表示しない") } else { name.clone() }, counts)
    });
    let split = |(label, c): (String, &super::figures::Counts)| Split {
        label,
        register: grouped(c.register),
        covered: grouped(c.covered),
        released: grouped(c.released),
        listed: grouped(c.listed),
        any: c.listed > 0,
    };
    let outside = &figures.outside;
    let link = when.is_now() && door.actor.role.may(Permission::ReadLists);
    Ok(CertifyPage {
        basis: match when.as_of {
            None => String::from("いま記録されている内容を数えました。"),
            Some(day) => format!("{}までに起きたことを、いま分かっている範囲で数えなおしました。", wareki::date(day)),
        },
        today_url: if when.is_now() { String::new() } else { String::from("/certify") },
        register: grouped(all.register),
        sums: vec![
            sum("次の対応あり", all.covered, "12か月以内に次の対応が始まる", "done"),
            sum("終結・対象外", all.released, "理由と名前を付けて終結", "quiet"),
            sum("未把握", all.listed, "どちらもない。一人ずつ確かめる", if all.listed > 0 { "decide" } else { "done" }),
        ],
        tables: vec![
            Table {
                id: "subjects",
                title: "対象",
                rows: subjects.filter(|(_, c)| c.register > 0).map(split).collect(),
            },
            Table { id: "districts", title: "地区", rows: districts.map(split).collect() },
        ],
        outside: format!(
            "台帳の対象でない方：転出 {}人、死亡 {}人、対象の時期を過ぎた方 {}人、そのほか（おとな、妊娠の終わった方など） {}人。",
            grouped(outside.moved_out),
            grouped(outside.died),
            grouped(outside.past),
            grouped(outside.other)
        ),
        undone: STATES.into_iter().map(|state| undone(figures, state, link)).collect(),
        services: cells(&figures.undone_by_service, &PRESSING, |code| {
            let url =
                if link { format!("/today?scope=office&service={}", percent(code, false)) } else { String::new() };
            (rulebook::title(book, code), url)
        }),
        missing: cells(&figures.undone_by_source, &MISSING, |code| (words::source(code).to_owned(), String::new())),
        sources: figures.sources.iter().map(|(code, source)| source_row(code, source)).collect(),
        sha256: figures.sha256()?,
        ..CertifyPage::default()
    })
}

fn count(lines: Lines) -> String {
    if lines.lines == 0 {
        String::from("0件")
    } else {
        format!("{}件・{}人", grouped(lines.lines), grouped(lines.persons))
    }
}

fn undone(figures: &Figures, state: LineState, link: bool) -> Undone {
    let hint = match state {
        LineState::Overdue => "期限を過ぎ、行われていないと分かっている",
        LineState::Judge => "法の期間が、未実施・未判断のまま終わった",
        LineState::Unconfirmed => "届くはずの資料に記録がない",
        LineState::Waiting => "資料がまだ届く時期でない",
        LineState::Monthly => "法の期間が終わり、一括整理を待つ",
        _ => "稼働基準日より前に終わった",
    };
    let url = match state {
        _ if !link => String::new(),
        LineState::Monthly => String::from("/settlings?mode=month"),
        LineState::Before => String::from("/settlings?mode=start"),
        state => format!("/today?scope=office&state={}", state.code()),
    };
    Undone {
        label: states::state(state).word(),
        hint,
        url,
        one: count(figures.state(state, 1)),
        two: count(figures.state(state, 2)),
    }
}

type ByState = std::collections::BTreeMap<String, std::collections::BTreeMap<&'static str, Lines>>;

fn cells(of: &ByState, states: &[LineState], label: impl Fn(&str) -> (String, String)) -> Vec<Cells> {
    let row = |(code, lines): (&String, &std::collections::BTreeMap<&'static str, Lines>)| {
        let (label, url) = label(code);
        let cells = states.iter().map(|s| count(lines.get(s.code()).copied().unwrap_or_default())).collect();
        Cells { label, url, cells }
    };
    of.iter().map(row).collect()
}

fn source_row(code: &str, source: &super::figures::Source) -> SourceRow {
    let until = |day: Option<String>| day.map(|d| format!("{d}まで"));
    SourceRow {
        title: words::source(code).to_owned(),
        through: until(names::short(source.through.as_ref())).unwrap_or_else(|| String::from("まだ届いていない")),
        expected: until(names::short(source.expected.as_ref())).unwrap_or_else(|| String::from("—")),
        last: names::short(source.last_recorded.as_ref()).unwrap_or_else(|| String::from("—")),
        late: source.late,
        never: source.through.is_none(),
    }
}

fn shown(all: usize, from: usize, when: When) -> (String, Vec<Link>) {
    if all == 0 {
        return (String::new(), Vec::new());
    }
    let first = (from * names::PAGE + 1).min(all);
    let last = ((from + 1) * names::PAGE).min(all);
    let at = |page: usize| {
        let day = when.as_of.map(|day| format!("as_of={day}&")).unwrap_or_default();
        format!("/certify?{day}page={page}#names-t")
    };
    let mut pages = Vec::new();
    if from > 0 {
        pages.push(Link { label: format!("前の{}人", names::PAGE), url: at(from) });
    }
    if last < all {
        pages.push(Link { label: format!("次の{}人", names::PAGE.min(all - last)), url: at(from + 2) });
    }
    (format!("{first}〜{last}人目／全{all}人"), pages)
}

fn signed(door: &mut Door<'_>, page: &mut CertifyPage, figures: &Figures, when: When) -> Result<(), Problem> {
    let mut all: Vec<Signed> = Vec::new();
    for keeper in door.keepers().to_vec() {
        all.extend(Office::of(door.db, keeper, View::default())?.signed);
    }
    all.sort_by_key(|s| (s.day, s.at));
    let names = people::staff_names(door.db, &all.iter().map(|s| s.by).collect::<Vec<_>>())?;
    let who = |s: &Signed| names.get(&s.by).cloned().unwrap_or_default();
    if let Some(last) = all.iter().rfind(|s| s.day == when.day) {
        page.signed = format!("{}　{} が確認しました", moment(last.at), who(last));
        page.signed_note.clone_from(&last.confirmed.note);
        page.moved = when.is_now() && last.confirmed.sha256 != figures.sha256()?;
    }
    page.history = all.iter().rev().take(HISTORY).map(|s| past(s, &who(s))).collect();
    Ok(())
}

fn past(signed: &Signed, who: &str) -> Past {
    let c = &signed.confirmed;
    Past {
        day: wareki::short(signed.day),
        url: format!("/certify?as_of={}", signed.day),
        register: grouped(c.register),
        covered: grouped(c.covered),
        released: grouped(c.released),
        listed: grouped(c.listed),
        undecided: grouped(c.undecided),
        overdue: grouped(c.overdue),
        who: format!("{}　{who}", moment(signed.at)),
    }
}

/// The desks of the actor, for whoever confirms.
///
/// # Errors
/// If the database fails.
pub fn own_desks(door: &mut Door<'_>, ask_books: &crate::platform::rulebook::Books) -> Result<Vec<Desk>, Problem> {
    let keepers = door.keepers().to_vec();
    let when = When::new(door.today(), None, None);
    Ok(evaluate::desks(door.db, ask_books, &keepers, when)?)
}
