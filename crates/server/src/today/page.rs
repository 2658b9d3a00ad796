//! GET /today: 今日の対応.

use std::collections::BTreeMap;

use casework::{
    Body, Permission, Person, View,
    body::{Contact, Reached},
    explain, fold,
};
use rules::{Day, Rulebook};

use super::{
    asked::{Asked, LINES},
    lines::{self, Filter, LineRow, LineState, StateCount},
    panel, side,
    tally::{self, Tallies},
    view::{Counter, Group, LifeLine, Line, Panel, Scope, TodayPage},
    words,
};
use crate::platform::{
    Door, Problem,
    clock::time_in_japan,
    door::Looked,
    mask, people, rulebook,
    store::{FileEvents, events_of_many, kin, sync},
    web::{
        Ask, Reply,
        view::{Act, Frame, Link},
        words::{about, name, short},
    },
};
use crate::readings::remind;

pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let asked = Asked::read(&ask.sent.query);
    let page = draw(ask, &asked, None)?;
    Reply::page(&page)
}

/// Draws the list; with `refused`, the open line shows that panel (what was typed, and why it was not taken).
pub fn draw(ask: &mut Ask, asked: &Asked, refused: Option<Panel>) -> Result<TodayPage, Problem> {
    let frame = ask.frame("今日の対応", "/today")?;
    let panel = match (refused, &asked.open) {
        (Some(panel), _) => Some(panel),
        (None, Some((file, key))) => panel::of(ask, *file, key, &asked.act, &asked.address())?,
        (None, None) => None,
    };
    let book = ask.book()?;
    sync::catch_up_if_due(ask.doors().database(), &ask.app.books, ask.today())?;
    ask.read(|door| {
        let mut page = list(door, &book, asked, panel)?;
        page.frame = frame;
        Ok(page)
    })
}

pub fn filter_of(door: &Door<'_>, asked: &Asked, any_mine: bool) -> Filter {
    let whole_office = asked.scope == "office" || (asked.scope.is_empty() && !any_mine);
    let of_one = Some(asked.owner).filter(|id| *id > 0 && door.actor.role.may(Permission::ReadSupervision));
    let text = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    Filter {
        owner: of_one.or((!whole_office).then_some(door.actor.staff)),
        programme: text(&asked.programme),
        category: text(&asked.category),
        district: Some(asked.district.clone()).filter(|d| !d.is_empty()),
        service: Some(asked.service.clone()).filter(|s| !s.is_empty()),
        states: asked.states(),
        tier: asked.tier,
        file: None,
    }
}

fn list(door: &mut Door<'_>, book: &Rulebook, asked: &Asked, panel: Option<Panel>) -> Result<TodayPage, Problem> {
    let today = door.today();
    let tallies = tally::of(door, asked.question())?;
    let filter = filter_of(door, asked, tallies.any_mine());
    let told = filter.programme.is_none()
        && filter.category.is_none()
        && filter.owner.is_none_or(|o| o == door.actor.staff)
        && !filter.states.contains(&LineState::Before);
    let (found, services) = tallies.found(door, filter.owner == Some(door.actor.staff))?;
    let counts = if told { found } else { lines::count(door, &filter)? };
    let total: i64 = counts.iter().filter(|c| filter.states.iter().any(|s| s.code() == c.state)).map(|c| c.lines).sum();
    let mut rows = lines::list(door, &filter, LINES, (asked.page - 1) * LINES)?;
    if let Some((file, key)) = &asked.open
        && panel.is_some()
        && !rows.iter().any(|r| r.file == *file && r.key == *key)
    {
        // The open line stays even if the filter would no longer show it.
        let only = Filter { file: Some(*file), states: LineState::ALL.to_vec(), tier: 3, ..Filter::default() };
        rows.splice(0..0, lines::list(door, &only, 100, 0)?.into_iter().filter(|r| r.key == *key));
    }
    let files: Vec<i64> = unique(rows.iter().map(|r| r.file));
    let mut events = events_of_many(door.db, &files)?;
    for of in events.values_mut() {
        mask::for_actor(of, door.actor);
    }
    let kept = kin::kept(door.db, &files)?;
    let relations = kin::of(door.db, &kept, book)?.for_actor(door.actor);
    let noted = people::noted(door, &files)?;
    let shown = i64::try_from(rows.len()).unwrap_or(0);
    let first = (asked.page - 1) * LINES;
    let mut groups = groups(door, book, asked, rows, (&events, &relations), panel, today);
    for (file, group) in &mut groups {
        group.noted = noted.contains(file);
    }
    let groups = groups.into_iter().map(|(_, group)| group).collect();
    door.log_reading(Looked::List, "duty", &files);
    let next = Asked { page: asked.page + 1, open: None, ..asked.clone() };
    Ok(TodayPage {
        frame: Frame::default(),
        lead: lead(&counts),
        as_of: format!("{:02}:{:02} 時点", time_in_japan(door.now()).0, time_in_japan(door.now()).1),
        counters: counters(&counts, asked),
        filter: side::filter(door, book, asked, &filter, scopes(asked, &filter, &tallies), &services)?,
        groups,
        flat: asked.flat,
        shown: if total == 0 {
            String::from("0件")
        } else {
            format!("{total}件のうち {}–{}件を表示", first + 1, first + shown)
        },
        more: (first + shown < total)
            .then(|| Link { label: format!("続きの{}件", total - first - shown), url: next.address() }),
        arrivals: side::arrivals(door)?,
        recent: side::recent(door, book, &asked.address())?,
        handovers: crate::supervision::handovers::read::waiting(door)?,
        reviews: remind::links(door)?,
        settlings: side::settlings(door, asked, filter.owner.is_some())?,
        first_table: side::first_table(door)?,
    })
}

fn unique(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut seen = Vec::new();
    for id in ids {
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen
}

fn count_of(counts: &[StateCount], state: LineState) -> (i64, i64) {
    counts.iter().find(|c| c.state == state.code()).map_or((0, 0), |c| (c.lines, c.persons))
}

fn lead(counts: &[StateCount]) -> String {
    let (overdue, persons) = count_of(counts, LineState::Overdue);
    let (near, near_persons) = count_of(counts, LineState::Near);
    match (overdue, near) {
        (0, 0) => String::from("期限を過ぎた対応も、期限の近い対応もありません。"),
        (0, near) => format!("期限を過ぎた対応はありません。期限の近い対応が {near_persons}人 {near}件あります。"),
        (overdue, 0) => format!("期限を過ぎた対応が {persons}人 {overdue}件あります。"),
        (overdue, near) => {
            format!("期限を過ぎた対応が {persons}人 {overdue}件、期限の近い対応が {near_persons}人 {near}件あります。")
        }
    }
}

fn counters(counts: &[StateCount], asked: &Asked) -> Vec<Counter> {
    let shown = [LineState::Overdue, LineState::Judge, LineState::Unconfirmed, LineState::Near, LineState::Planned];
    shown
        .into_iter()
        .map(|state| {
            let (lines, persons) = count_of(counts, state);
            let current = asked.states == [state.code()];
            let states = if current { Vec::new() } else { vec![state.code().to_owned()] };
            Counter {
                state: words::state(state),
                count: u32::try_from(lines).unwrap_or(u32::MAX),
                // Nobody counts whom everything planned is about.
                detail: if state == LineState::Planned { String::new() } else { format!("{persons}人") },
                url: Asked { states, open: None, page: 1, ..asked.clone() }.address(),
                current,
            }
        })
        .collect()
}

fn scopes(asked: &Asked, filter: &Filter, tallies: &Tallies) -> Vec<Scope> {
    let scope = |code: &str, label: &str, own, current| Scope {
        label: label.into(),
        count: u32::try_from(tallies.pressing(own)).unwrap_or(u32::MAX),
        url: Asked { scope: code.into(), owner: 0, open: None, page: 1, ..asked.clone() }.address(),
        current,
    };
    vec![
        scope("mine", "自分の担当", true, filter.owner.is_some() && asked.scope != "office"),
        scope("office", "センター全体", false, filter.owner.is_none()),
    ]
}

fn groups(
    door: &Door<'_>,
    book: &Rulebook,
    asked: &Asked,
    rows: Vec<LineRow>,
    (events, relations): (&BTreeMap<i64, FileEvents>, &kin::Relations),
    mut panel: Option<Panel>,
    today: Day,
) -> Vec<(i64, Group)> {
    let mut groups: Vec<(i64, Group)> = Vec::new();
    for row in rows {
        let of = events.get(&row.file).map(|of| (of, relations));
        let line = line(door, book, asked, &row, of, today, &mut panel);
        match groups.iter_mut().find(|(file, _)| *file == row.file && !asked.flat) {
            Some((_, group)) => group.lines.push(line),
            None => groups.push((row.file, group(&row, groups.len(), line, asked, today))),
        }
    }
    groups
}

fn group(row: &LineRow, position: usize, line: Line, asked: &Asked, today: Day) -> Group {
    let from = crate::persons::came::query(&asked.address());
    Group {
        id: format!("p-{}-{position}", row.file),
        name: name(&row.name, &row.kana),
        url: format!("/persons/{}?{from}", row.file),
        family_url: format!("/persons/{}/family?{from}", row.file),
        about: about(row.birth.map(Day), row.edd.map(Day), today),
        kin: String::new(),
        marks: Vec::new(),
        noted: false,
        protected: row.protected == 1,
        district: row.district.clone(),
        lines: vec![line],
    }
}

fn line(
    door: &Door<'_>,
    book: &Rulebook,
    asked: &Asked,
    row: &LineRow,
    events: Option<(&FileEvents, &kin::Relations)>,
    today: Day,
    panel: &mut Option<Panel>,
) -> Line {
    let is_open = asked.open.as_ref().is_some_and(|(file, key)| *file == row.file && *key == row.key);
    let (reason, life) = events.map(|of| told(door, book, row, of, today)).unwrap_or_default();
    let state = row.state();
    Line {
        id: line_id(row.file, &row.key),
        state: words::state(state),
        service: rulebook::open_title(book, &row.service),
        reason,
        evidence: words::evidence(row),
        window: words::window(row, today),
        due: row.deadline.map(|d| short(Day(d), today)).unwrap_or_default(),
        left: words::left(row, today),
        owner: row.owner_name.clone(),
        mine: row.owner == Some(door.actor.staff),
        life,
        acts: acts(door, asked, row, is_open),
        panel: if is_open { panel.take() } else { None },
    }
}

/// An anchor from a file and a duty's key.
pub fn line_id(file: i64, key: &str) -> String {
    let plain: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("d-{file}-{plain}")
}

fn acts(door: &Door<'_>, asked: &Asked, row: &LineRow, is_open: bool) -> Vec<Act> {
    let role = door.actor.role;
    let visit_first = row.service.starts_with("home_visit");
    let done = row.service != casework::duties::NEXT_CONTACT && row.rule != "move_out_decision";
    let act = |label: &str, icon: &'static str, code: &str, key: &'static str, first: bool| Act {
        label: label.into(),
        icon,
        url: asked.opened(row.file, &row.key, code),
        key,
        first,
        open: is_open && asked.act == code,
    };
    let mut acts = Vec::new();
    if let Some(handover) = row.key.strip_prefix("handover#") {
        let url = format!("/supervision/handovers/{handover}#p-{}", row.file);
        return vec![Act { label: "引継書を読む".into(), icon: "book", url, key: "", first: true, open: false }];
    }
    if let Some(own) = crate::subject::own_act(role, row.file, &row.key) {
        return own;
    }
    if role.may(Permission::RecordContact) {
        acts.push(act("電話を記録", "phone", "call", "c", !visit_first));
        acts.push(act("訪問を記録", "home", "visit", "v", visit_first));
    }
    if done && role.may(Permission::RecordService) {
        acts.push(act("実施を記録", "check", "done", "", false));
    }
    if role.may(Permission::CloseDuty) {
        acts.push(act("終結・対象外", "closed", "close", "", false));
    }
    acts
}

/// The reason in one or two sentences, and the strip of the last months.
fn told(
    door: &Door<'_>,
    book: &Rulebook,
    row: &LineRow,
    (events, relations): (&FileEvents, &kin::Relations),
    today: Day,
) -> (String, Option<LifeLine>) {
    let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
    let person = Person::read(&story);
    let relatives = relations.of(row.file, View::default());
    let why = explain::why(&story, &person, &relatives, book, &row.key, today).because.into_iter().next();
    let contacts: Vec<(i32, bool, String)> = story
        .entries
        .iter()
        .filter_map(|e| match e.body {
            Body::Contact(Contact { result, .. }) | Body::Visit(Contact { result, .. }) => {
                Some((today.since(e.day.hi), *result == Reached::Reached, explain::title(e.body)))
            }
            Body::Service(s) if !s.code.starts_with("epds") => {
                Some((today.since(e.day.hi), s.result != "absent", rulebook::open_title(book, &s.code)))
            }
            _ => None,
        })
        .collect();
    let mut reason = why.unwrap_or_default();
    if !reason.is_empty() && in_the_open(book, row, (events, relations), today).is_some_and(|open| open != reason) {
        reason = format!("{}。", rulebook::OPEN_TO_SEE);
    }
    if let Some((ago, _, what)) = contacts.last() {
        reason.push_str(&format!(" 最後の記録：{} {what}。", short(today.plus(-ago), today)));
    }
    let marks: Vec<(i32, bool)> = contacts.iter().map(|(ago, reached, _)| (*ago, *reached)).collect();
    let label = match marks.iter().filter(|(_, reached)| *reached).map(|(ago, _)| *ago).min() {
        Some(0) => String::from("今日、接点の記録があります"),
        Some(days) => format!("最後の接点の記録から{days}日"),
        None => String::from("接点の記録はまだありません"),
    };
    if door.actor.counter {
        // Whoever stands at the counter reads no reasons of other people.
        reason.clear();
    }
    (reason, Some(LifeLine::new(&label, &marks, row.deadline.map(|d| Day(d).since(today)))))
}

/// The reason as it would read from what may stand in the open; `None` if nothing is left out.
fn in_the_open(
    book: &Rulebook,
    row: &LineRow,
    (events, relations): (&FileEvents, &kin::Relations),
    today: Day,
) -> Option<String> {
    let mut own = events.clone();
    let less = mask::in_the_open(&mut own);
    let kin = relations.in_the_open();
    if !less && kin.is_none() {
        return None;
    }
    let story = fold(&own.events, View { withdrawn: &own.withdrawn, ..View::default() });
    let relatives = kin.as_ref().unwrap_or(relations).of(row.file, View::default());
    let why = explain::why(&story, &Person::read(&story), &relatives, book, &row.key, today);
    Some(why.because.into_iter().next().unwrap_or_default())
}
