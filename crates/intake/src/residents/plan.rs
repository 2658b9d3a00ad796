//! What one row of the register comes to, given what is on file: pure, so that preview and applying never disagree.

use casework::act::Act;
use casework::body::{Body, Resident};
use casework::person::Gone;
use casework::{Person, Sensitivity, Story};
use rules::{Day, Span, wareki};
use serde::{Deserialize, Serialize};

use super::row::{Row, Says, Step, same};

/// The source of everything an import records.
pub const SOURCE: &str = "residents";
/// How far back a child that appears without 出生 may still be the end of a pregnancy on file.
const NEWBORN_DAYS: i32 = 300;

/// What happens to the person of a row. The code is what counts are kept under.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A file is opened.
    New,
    /// 仮登録 becomes registered.
    Matched,
    MovedIn,
    Changed,
    MovedOut,
    MoveOutCancelled,
    Died,
    Unchanged,
    /// Newer facts are on file already.
    Older,
    /// Gone from the register and never on file here.
    Passed,
    /// A person has to look; nothing is recorded.
    Left,
}

/// What a second pass over the households, or the eye of whoever imports, needs to find again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    Born,
    Child,
    MovedOut,
    Died,
    ProtectedOn,
    ProtectedOff,
}

impl Mark {
    pub const fn code(self) -> &'static str {
        match self {
            Mark::Born => "birth",
            Mark::Child => "child",
            Mark::MovedOut => "moved_out",
            Mark::Died => "died",
            Mark::ProtectedOn => "protected_on",
            Mark::ProtectedOff => "protected_off",
        }
    }
}

/// What holds for the whole file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extract {
    /// いつ現在の記録か.
    pub on: Day,
    pub says: Says,
}

/// A person on file, as far as a row may change them.
#[derive(Clone, PartialEq, Debug)]
pub struct OnFile {
    pub file: i64,
    /// The register's view with its day and first event.
    pub resident: Option<(Resident, Day, i64)>,
    pub birth: Option<Span>,
    /// (what, day, event, recorded by an import)
    pub gone: Option<(Gone, Day, i64, bool)>,
    pub moved_in: Option<Day>,
    /// Protected or not by the latest import that said so, and since when (a nurse's own protection is hers to lift).
    pub shield: Option<(bool, Day)>,
    /// Recorded as one of twins or more.
    pub multiple: bool,
}

impl OnFile {
    pub fn read(file: i64, story: &Story<'_>, person: &Person<'_>) -> OnFile {
        let entries = &story.entries;
        // The view that stands: what was typed before the register spoke is none any more.
        let resident = person.resident.zip(person.viewed).map(|(r, (day, root))| (r.clone(), day, root));
        let imported = |root: i64| entries.iter().any(|e| e.root == root && e.source == SOURCE);
        let shield = entries.iter().rev().find(|e| e.source == SOURCE && matches!(e.body, Body::Protection { .. }));
        OnFile {
            file,
            resident,
            birth: person.birth.map(|(birth, _)| birth),
            gone: person.gone.map(|(gone, day, root)| (gone, day, root, imported(root))),
            moved_in: person.moved_in.map(|(day, _)| day),
            shield: shield.map(|e| (matches!(e.body, Body::Protection { on: true, .. }), e.day.lo)),
            multiple: person.born.is_some_and(|(born, _)| born.multiple),
        }
    }

    fn is_provisional(&self) -> bool {
        self.resident.as_ref().is_none_or(|(r, ..)| r.number.is_empty())
    }
}

/// Whom a row is about.
#[derive(Clone, PartialEq, Debug)]
pub enum Known {
    Nobody,
    One(Box<OnFile>),
    /// It cannot be told: why, for whoever imports.
    Unclear(String),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    pub effect: Effect,
    /// The acts with the end of their command's id.
    pub acts: Vec<(&'static str, Act)>,
    pub mark: Option<Mark>,
    /// 支援措置 begins or ends with it.
    pub shield: Option<bool>,
    /// Why a person has to look.
    pub left: Option<String>,
}

impl Plan {
    fn quiet(effect: Effect) -> Plan {
        Plan { effect, acts: Vec::new(), mark: None, shield: None, left: None }
    }

    fn left(why: impl Into<String>) -> Plan {
        Plan { left: Some(why.into()), ..Plan::quiet(Effect::Left) }
    }

    fn act(effect: Effect, act: Act) -> Plan {
        Plan { acts: vec![("", act)], ..Plan::quiet(effect) }
    }
}

/// What the row comes to.
pub fn plan(row: &Row, known: &Known, extract: Extract, today: Day) -> Plan {
    if row.resident.birth.is_some_and(|b| b.lo > today) {
        return Plan::left("生年月日が今日より後です。");
    }
    match known {
        Known::Unclear(why) => Plan::left(why),
        Known::Nobody => open(row, extract),
        Known::One(on_file) => {
            if let Some(why) = somebody_else(row, on_file) {
                return Plan::left(why);
            }
            let mut plan = standing(row, on_file, extract, today);
            if plan.effect != Effect::Left {
                shield(&mut plan, row, on_file, extract);
            }
            plan
        }
    }
}

fn open(row: &Row, extract: Extract) -> Plan {
    if row.gone || matches!(row.step, Step::MovedOut | Step::Died | Step::Removed) {
        return Plan::quiet(Effect::Passed);
    }
    let protected = row.protected == Some(true);
    let act = Act::Open {
        day: row.on.unwrap_or(Span::on(extract.on)),
        source: SOURCE.into(),
        resident: row.resident.clone(),
        protected,
    };
    let mark = family_mark(row, extract).or(protected.then_some(Mark::ProtectedOn));
    Plan { mark, shield: protected.then_some(true), ..Plan::act(Effect::New, act) }
}

/// Whether the second pass should look for the mother, or for parents.
fn family_mark(row: &Row, extract: Extract) -> Option<Mark> {
    let birth = row.resident.birth?;
    let appears = matches!(row.step, Step::Born | Step::Present | Step::Entered | Step::Changed);
    if birth.is_exact() && (row.step == Step::Born || appears && birth.lo >= extract.on.plus(-NEWBORN_DAYS)) {
        return Some(Mark::Born);
    }
    // Relations are recorded for those the centre follows: before school.
    (rules::counting::school_entry(birth.hi) > extract.on).then_some(Mark::Child)
}

/// A number is no key: cities give numbers again. Another name and another birth are another person.
fn somebody_else(row: &Row, on_file: &OnFile) -> Option<String> {
    let (known, ..) = on_file.resident.as_ref()?;
    let (ours, theirs) = (on_file.birth?, row.resident.birth?);
    let apart = ours.hi < theirs.lo || theirs.hi < ours.lo;
    (apart && squeezed(&known.name) != squeezed(&row.resident.name)).then(|| {
        String::from(
            "この宛名番号は、氏名も生年月日も違う別の方の台帳にあります。番号の付け替えがないか確かめてください。",
        )
    })
}

/// A name without its spaces.
pub fn squeezed(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}

fn standing(row: &Row, on_file: &OnFile, extract: Extract, today: Day) -> Plan {
    match (row.step, on_file.gone) {
        (Step::Died, Some((Gone::Died, ..))) => Plan::quiet(Effect::Unchanged),
        (Step::Died, _) => {
            let day = row.on.unwrap_or(Span::on(extract.on));
            if day.lo > today {
                return Plan::left("死亡の日が今日より後です。");
            }
            Plan { mark: Some(Mark::Died), ..Plan::act(Effect::Died, record(on_file.file, day, Body::Died)) }
        }
        (step, Some((Gone::Died, died, ..))) => {
            let after = row.on.is_some_and(|on| on.lo > died) && !row.gone && step != Step::Present;
            if after {
                return Plan::left(format!("{}に死亡として記録されている方です。", wareki::short(died)));
            }
            Plan::quiet(Effect::Unchanged)
        }
        (Step::MovedOut | Step::Removed, _) => moved_out(row, on_file, extract),
        _ if row.gone => moved_out(row, on_file, extract),
        _ => present(row, on_file, extract),
    }
}

fn moved_out(row: &Row, on_file: &OnFile, extract: Extract) -> Plan {
    let dated = row.on.filter(|_| matches!(row.step, Step::MovedOut | Step::Removed));
    let day = dated.unwrap_or(Span::on(extract.on));
    let destination = match row.step {
        Step::MovedOut => row.place.clone(),
        Step::Removed => String::from("（職権消除）"),
        _ => String::from("（除票）"),
    };
    let body = Body::MovedOut { destination };
    let plan = |act| Plan { mark: Some(Mark::MovedOut), ..Plan::act(Effect::MovedOut, act) };
    match on_file.gone {
        // 転出予定 became 転出 on another day: the import corrects itself.
        Some((_, known, event, true)) if dated.is_some_and(|d| d.hi != known) => {
            plan(Act::Correct { file: on_file.file, event, day, body })
        }
        Some(_) => Plan::quiet(Effect::Unchanged),
        None if on_file.moved_in.is_some_and(|moved_in| moved_in >= day.hi) => Plan::quiet(Effect::Older),
        None => plan(record(on_file.file, day, body)),
    }
}

/// The person is on the register.
fn present(row: &Row, on_file: &OnFile, extract: Extract) -> Plan {
    let file = on_file.file;
    let (mut plan, returned) = match on_file.gone {
        Some((Gone::MovedOut, _, event, _)) if row.step == Step::MoveOutCancelled => {
            let reason = String::from("転出取消（住民記録）");
            (Plan::act(Effect::MoveOutCancelled, Act::Withdraw { file, event, reason }), false)
        }
        Some((Gone::MovedOut, day, ..)) if day <= extract.on => {
            if !(row.step == Step::MovedIn && row.on.is_some_and(|on| on.hi > day)) {
                let day = wareki::short(day);
                return Plan::left(format!("{day}に転出として記録されていますが、住民として載っています。"));
            }
            (Plan::quiet(Effect::Unchanged), true)
        }
        _ => (Plan::quiet(Effect::Unchanged), false),
    };
    let nothing = Resident::default();
    let (known, since) = match &on_file.resident {
        Some((known, day, _)) => (known, *day),
        None => (&nothing, on_file.birth.map_or(extract.on, |b| b.lo)),
    };
    let merged = extract.says.lay_over(known, &row.resident);
    let newer = row.on.is_some_and(|on| on.lo > since);
    let arrived = row.step == Step::MovedIn
        && row.on.is_some_and(|on| newer && on_file.moved_in.is_none_or(|known| known < on.hi));
    let resident =
        |cause: &str| Resident { cause: cause.into(), from_place: row.resident.from_place.clone(), ..merged.clone() };
    if on_file.is_provisional() {
        plan.effect = Effect::Matched;
        plan.acts.push(("", registered(row, on_file, since, resident(&row.resident.cause))));
        plan.mark = family_mark(row, extract);
        return plan;
    }
    let mut differs = !same(known, &merged);
    if let (true, Some(on)) = (returned || arrived, row.on) {
        plan.effect = Effect::MovedIn;
        plan.acts.push(("", record(file, on, Body::Resident(resident("moved_in")))));
        // On the day of the move, the latest view on file is a later one: what it lacks is recorded as of the file's day.
        differs &= !newer;
    }
    if differs {
        let day = if newer && row.step != Step::Present { row.on } else { None };
        let Some(day) = day.or((extract.on >= since).then_some(Span::on(extract.on))) else {
            return if plan.acts.is_empty() { Plan::quiet(Effect::Older) } else { plan };
        };
        if plan.acts.is_empty() {
            plan.effect = Effect::Changed;
        }
        plan.acts.push((":view", record(file, day, Body::Resident(resident("changed")))));
    }
    plan
}

/// 仮登録 becomes registered. A 転入 keeps its own day: the provisional view is replaced, not followed.
fn registered(row: &Row, on_file: &OnFile, since: Day, resident: Resident) -> Act {
    let day = row.on.unwrap_or(Span::on(since));
    match on_file.resident.as_ref().map(|(_, _, event)| *event) {
        Some(event) if day.lo < since => {
            Act::Correct { file: on_file.file, event, day, body: Body::Resident(resident) }
        }
        _ => record(on_file.file, day, Body::Resident(resident)),
    }
}

fn shield(plan: &mut Plan, row: &Row, on_file: &OnFile, extract: Extract) {
    let (shielded, since) = on_file.shield.unwrap_or((false, extract.on));
    let Some(on) = row.protected.filter(|on| *on != shielded && since <= extract.on) else { return };
    let body = Body::Protection { on, note: String::new(), review: None };
    // First, so that no new address is ever recorded unmasked.
    plan.shield = Some(on);
    plan.acts.insert(0, (":protection", record(on_file.file, Span::on(extract.on), body)));
    plan.mark = plan.mark.or(Some(if on { Mark::ProtectedOn } else { Mark::ProtectedOff }));
}

fn record(file: i64, day: Span, body: Body) -> Act {
    Act::Record { file, episode: None, day, source: SOURCE.into(), sensitivity: Sensitivity::Ordinary, body }
}
