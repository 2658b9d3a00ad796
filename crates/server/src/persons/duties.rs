//! What is owed to a person, and what is not, each with its reason (promise 4).

use std::collections::BTreeMap;

use casework::{
    Duty, Person, Relative, Story, derive, duties::NEXT_CONTACT, duties::SettledHow, duties::opens, explain,
};
use rules::{Day, Rulebook, wareki};

use super::{
    told::{Words, source_word},
    view::{self, Why},
};
use crate::{
    platform::{
        Door, Fault, rulebook,
        web::{
            view::{Act, State},
            words::short,
        },
    },
    today::{
        lines::{self, Filter, LineRow, LineState},
        words,
    },
};

/// A file read by a role on a day.
pub struct Reading<'a> {
    pub file: i64,
    pub story: &'a Story<'a>,
    pub person: &'a Person<'a>,
    /// Masked for the role as the story is.
    pub relatives: &'a [Relative<'a>],
    pub book: &'a Rulebook,
    /// The day it is looked at: today, or the day asked for.
    pub day: Day,
    /// Links to record something; `false` when looking back.
    pub present: bool,
}

/// The duties of a person as the page shows them.
#[derive(Default)]
pub struct Duties {
    /// Decided one by one (tier 1): what the list shows too.
    pub open: Vec<view::Duty>,
    /// 月次一括 and 記録のみ (tiers 2 and 3): open, but nobody's line today.
    pub batch: Vec<view::Duty>,
    /// Settled, not begun, not owed.
    pub settled: Vec<view::Duty>,
}

/// All duties of a file. `events` the reader may not know of are not in the story, so neither are the duties they made.
///
/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>, reading: &Reading<'_>, words: &Words<'_>) -> Result<Duties, Fault> {
    let derived = derive(reading.story, reading.person, reading.relatives, reading.book, reading.day);
    let known: BTreeMap<&str, ()> = derived.duties.iter().map(|d| (d.key.as_str(), ())).collect();
    let rows = if reading.present {
        let filter = Filter { states: LineState::ALL.to_vec(), tier: 3, file: Some(reading.file), ..Filter::default() };
        lines::list(door, &filter, 500, 0)?.into_iter().filter(|r| known.contains_key(r.key.as_str())).collect()
    } else {
        looking_back(&derived.duties, reading.day)
    };
    let (mut open, mut batch) = (Vec::new(), Vec::new());
    for row in &rows {
        let place = if row.tier > 1 { &mut batch } else { &mut open };
        place.push(open_duty(door, reading, words, (row, derived.duties.iter().find(|d| d.key == row.key))));
    }
    let mut settled: Vec<view::Duty> =
        derived.duties.iter().filter_map(|duty| other_duty(reading, words, duty)).collect();
    let mut seen: Vec<String> = Vec::new();
    for owed_not in explain::why_not(reading.story, reading.person, reading.relatives, reading.book) {
        let rule = &owed_not.rule;
        // What is done says so itself; one line for what is owed to nobody of this file.
        if seen.contains(&rule.title) || derived.duties.iter().any(|d| d.rule == rule.id) {
            continue;
        }
        seen.push(rule.title.clone());
        settled.push(view::Duty {
            id: format!("n-{}", seen.len()),
            code: rule.service.clone(),
            service: rule.title.clone(),
            reason: owed_not.reason.clone(),
            why: Why {
                title: String::from("なぜ出ていないか"),
                rule: rule_text(rule),
                facts: facts(reading, words, &owed_not.read),
                reckoning: vec![owed_not.reason],
                changes: vec![String::from("足りない記録が入るか、もとにした記録を訂正すると、変わることがあります。")],
            },
            ..blank(State::NotYet)
        });
    }
    Ok(Duties { open, batch, settled })
}

/// What the rules will ask for later than the list looks ahead; a story that goes on differently changes it.
pub fn later(reading: &Reading<'_>, words: &Words<'_>) -> Vec<view::Duty> {
    /// A whole childhood.
    const DAYS: i32 = 21 * 366;
    let near = derive(reading.story, reading.person, reading.relatives, reading.book, reading.day).duties;
    let all = derive(reading.story, reading.person, reading.relatives, reading.book, reading.day.plus(DAYS)).duties;
    all.iter().filter(|d| !near.iter().any(|n| n.key == d.key)).filter_map(|d| other_duty(reading, words, d)).collect()
}

fn blank(state: State) -> view::Duty {
    view::Duty {
        id: String::new(),
        code: String::new(),
        state,
        service: String::new(),
        subject: String::new(),
        reason: String::new(),
        evidence: String::new(),
        window: String::new(),
        due: String::new(),
        left: String::new(),
        owner: String::new(),
        acts: Vec::new(),
        why: Why::default(),
    }
}

/// One open duty in words.
pub fn open_duty(
    door: &Door<'_>,
    reading: &Reading<'_>,
    words: &Words<'_>,
    (row, duty): (&LineRow, Option<&Duty>),
) -> view::Duty {
    let service = rulebook::title(reading.book, &row.service);
    let why = explain::why(reading.story, reading.person, reading.relatives, reading.book, &row.key, reading.day);
    view::Duty {
        id: crate::today::page::line_id(row.file, &row.key),
        code: row.service.clone(),
        state: words::state(row.state()),
        service: duty.map_or_else(|| service.clone(), |duty| with_dose(&service, duty)),
        subject: String::new(),
        reason: why.because.first().cloned().unwrap_or_default(),
        evidence: words::evidence(row),
        window: words::window(row, reading.day),
        due: row.deadline.map(|d| short(Day(d), reading.day)).unwrap_or_default(),
        left: words::left(row, reading.day),
        owner: row.owner_name.clone(),
        acts: if reading.present { acts(door, row) } else { Vec::new() },
        why: why_words(reading, words, &why, "なぜ出ているか", changes_open(&why)),
    }
}

/// Done, closed, excused, or not yet begun. `None`: it is open and stands above.
fn other_duty(reading: &Reading<'_>, words: &Words<'_>, duty: &Duty) -> Option<view::Duty> {
    let service = rulebook::title(reading.book, &duty.service);
    let (state, reason, title, changes) = match &duty.settled {
        Some(settled) => {
            let day = wareki::short(settled.on);
            match settled.how {
                SettledHow::Done => (State::Done, format!("{day} に済みました。"), "なぜ済か", UNDONE),
                SettledHow::Excused => (State::Closed, format!("{day} から対象外です。"), "なぜ対象外か", CORRECTED),
                SettledHow::Closed => {
                    (State::Closed, format!("{day} に終結・対象外と判断しました。"), "なぜ終結か", TAKEN_BACK)
                }
            }
        }
        None => {
            let opens = opens(duty).filter(|o| *o > reading.day)?;
            (State::NotYet, format!("{} から対象です。", wareki::short(opens)), "なぜまだ出ていないか", CORRECTED)
        }
    };
    // Later phases of what is settled or open already say nothing new.
    if duty.phase > 0 {
        return None;
    }
    let why = explain::why(reading.story, reading.person, reading.relatives, reading.book, &duty.key, reading.day);
    let settled_by = duty.settled.as_ref().map(|s| s.by);
    let why = explain::Why { read: told_first(settled_by, why.read), ..why };
    let why = why_words(reading, words, &why, title, vec![String::from(changes)]);
    Some(view::Duty {
        id: format!("o-{}", crate::today::page::line_id(reading.file, &duty.key)),
        code: duty.service.clone(),
        service: with_dose(&service, duty),
        reason,
        why,
        ..blank(state)
    })
}

fn with_dose(service: &str, duty: &Duty) -> String {
    match (duty.dose, duty.occurrence) {
        (Some(dose), _) => format!("{service} {dose}回目"),
        (None, n) if n > 0 => format!("{service} {n}回目"),
        _ => service.to_owned(),
    }
}

const UNDONE: &str = "実施の記録を取り消すか訂正すると、また出ることがあります。";
const TAKEN_BACK: &str = "判断の記録を取り消すと、また出ます。";
const CORRECTED: &str = "もとにした記録を訂正すると、日付も変わります。";

/// What would change an open line.
fn changes_open(why: &explain::Why) -> Vec<String> {
    match why.rule {
        Some(_) => vec![String::from("実施を記録すると「済」になります。"), String::from(CORRECTED)],
        None => vec![String::from("つながった連絡・訪問を記録すると消えます。")],
    }
}

/// The event that settled it before those it was reckoned from.
fn told_first(first: Option<i64>, mut read: Vec<i64>) -> Vec<i64> {
    if let Some(first) = first {
        read.retain(|id| *id != first);
        read.insert(0, first);
    }
    read
}

fn why_words(reading: &Reading<'_>, words: &Words<'_>, why: &explain::Why, title: &str, changes: Vec<String>) -> Why {
    Why {
        title: title.to_owned(),
        rule: why.rule.as_ref().map_or_else(|| String::from("この窓口で決めた次の対応"), rule_text),
        facts: facts(reading, words, &why.read),
        reckoning: why.because.clone(),
        changes,
    }
}

fn facts(reading: &Reading<'_>, words: &Words<'_>, read: &[i64]) -> Vec<String> {
    let own = |id: i64| reading.story.entries.iter().find(|e| e.root == id).map(|e| fact(words, e));
    read.iter().filter_map(|id| own(*id).or_else(|| of_relative(reading, words, *id))).collect()
}

/// 「母の記録：EPDS（産後うつの質問票） R8.7.1」: whose it is by role, never by name.
fn of_relative(reading: &Reading<'_>, words: &Words<'_>, id: i64) -> Option<String> {
    let find = |r: &Relative<'_>| r.story.entries.iter().find(|e| e.root == id).map(|e| (r.role, fact(words, e)));
    let (role, fact) = reading.relatives.iter().find_map(find)?;
    Some(format!("{}の記録：{fact}", rules::words::kin_word(role)))
}

/// 「住民記録（出生） R8.8.18（住民記録）」
fn fact(words: &Words<'_>, entry: &casework::fold::Entry<'_>) -> String {
    let source = source_word(entry.source);
    let source = if source.is_empty() { String::new() } else { format!("（{source}）") };
    format!("{} {}{source}", words.title(entry.body), wareki::short(entry.day.hi))
}

fn rule_text(rule: &explain::RuleNote) -> String {
    let law = if rule.law.is_empty() { String::new() } else { format!("／{}", rule.law) };
    format!("{}（{} からの規則）{law}", rule.title, wareki::short(rule.valid_from))
}

fn acts(door: &Door<'_>, row: &LineRow) -> Vec<Act> {
    use crate::platform::web::reply::percent;
    use casework::Permission;
    let role = door.actor.role;
    if let Some(handover) = row.key.strip_prefix("handover#") {
        let url = format!("/supervision/handovers/{handover}#p-{}", row.file);
        return vec![Act { label: "引継書を読む".into(), icon: "book", url, key: "", first: true, open: false }];
    }
    if let Some(own) = crate::subject::own_act(role, row.file, &row.key) {
        return own;
    }
    let visit_first = row.service.starts_with("home_visit");
    let may_be_done = row.service != NEXT_CONTACT && row.rule != "move_out_decision";
    let act = |label: &str, icon: &'static str, what: &str, first: bool| Act {
        label: label.to_owned(),
        icon,
        url: format!("/persons/{}/{what}/new?duty={}", row.file, percent(&row.key, false)),
        key: "",
        first,
        open: false,
    };
    let mut acts = Vec::new();
    if role.may(Permission::RecordContact) {
        acts.push(act("電話を記録", "phone", "contacts", !visit_first));
        acts.push(act("訪問を記録", "home", "visits", visit_first));
    }
    if may_be_done && role.may(Permission::RecordService) {
        acts.push(act("実施を記録", "done", "checkups", false));
    }
    if role.may(Permission::CloseDuty) {
        acts.push(act("終結・対象外", "closed", "closures", false));
    }
    acts
}

/// The open duties of another day as lines, compared with that day. Owners and arrivals are those of today's list only.
fn looking_back(duties: &[Duty], day: Day) -> Vec<LineRow> {
    let mut rows: Vec<LineRow> = duties.iter().filter(|d| d.settled.is_none()).filter_map(|d| row_on(d, day)).collect();
    rows.sort_by_key(|r| (r.deadline.is_none(), r.deadline));
    rows
}

fn row_on(duty: &Duty, day: Day) -> Option<LineRow> {
    let window = &duty.window;
    if opens(duty).is_some_and(|o| o > day) || window.applies_until.is_some_and(|u| u < day) {
        return None;
    }
    let deadline = duty.next_on.or(window.target).or(window.standard_to).or(window.legal_to);
    let state = match (window.legal_to, deadline) {
        (Some(to), _) if to < day && duty.tier == 1 => LineState::Judge,
        (Some(to), _) if to < day => LineState::Planned,
        (_, Some(d)) if d < day => LineState::Overdue,
        (_, Some(d)) if d <= day.plus(7) => LineState::Near,
        _ => LineState::Planned,
    };
    let number = |d: Option<Day>| d.map(|d| d.0);
    Some(LineRow {
        file: 0,
        key: duty.key.clone(),
        episode: duty.episode,
        service: duty.service.clone(),
        rule: duty.rule.clone(),
        tier: i32::from(duty.tier),
        source: String::from("own"),
        programme: duty.programme.clone(),
        window_from: number(window.standard_from.or(window.legal_from).or(window.applies_from)),
        window_to: number(window.legal_to.or(window.standard_to)),
        next_on: number(duty.next_on),
        deadline: number(deadline),
        state: state.code().to_owned(),
        arrived_through: None,
        owner: None,
        owner_name: String::new(),
        name: String::new(),
        kana: String::new(),
        birth: None,
        edd: None,
        district: String::new(),
        protected: 0,
        subjects: String::new(),
    })
}
