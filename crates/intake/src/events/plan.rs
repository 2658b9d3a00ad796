//! What the rows about one person come to, given what is on file: pure, so that preview and applying never disagree.

use casework::act::Act;
use casework::body::{Body, Reached};
use casework::person::Gone;
use casework::{Person, Story};
use paperwork::events::Shape;
use rules::{Day, Span, wareki};

use super::acts;
use super::row::{Row, is_missed};

/// Two pregnancies of one woman lie further apart: an expected day nearer than this is the same pregnancy.
const SAME_PREGNANCY: i32 = 220;

/// Once in a life, or once after a birth: the same on another day contradicts what is on file.
const ONCE: [&str; 12] = [
    "bcg",
    "dt",
    "hearing_screening",
    "checkup_1m",
    "checkup_3_4m",
    "checkup_9_11m",
    "checkup_18m",
    "checkup_3y",
    "checkup_5y",
    "postpartum_checkup_2w",
    "postpartum_checkup_1m",
    "rsv_maternal",
];
/// Given in a series; every other act may happen on any number of days.
const SERIES: [&str; 11] =
    ["hepb", "rota", "dpt_ipv_hib", "dpt_ipv", "hib", "pcv", "mr", "varicella", "je", "hpv", "mumps"];

/// What one row comes to.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    New(Box<Act>),
    /// 登録ずみ: the same stands on file, whoever recorded it.
    Known,
    /// The same row twice in the file.
    Repeated,
    /// A person has to decide.
    Wait(Wait),
}

/// Why a row waits.
#[derive(Clone, PartialEq, Debug)]
pub enum Wait {
    /// 食い違い with this event on file (none: with another row of the file), in words.
    Contradicts { event: Option<i64>, why: String },
    /// No pregnancy on file that the row could belong to.
    NoPregnancy,
    /// The records refuse it, in words.
    Refused(String),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Planned {
    pub line: i32,
    pub outcome: Outcome,
    /// The source counts otherwise than the days do.
    pub notice: Option<String>,
}

/// What the whole file is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub shape: Shape,
    pub source: &'a str,
}

/// An act that stands: on file, or planned from an earlier row.
#[derive(Clone, Debug)]
struct Stands {
    event: Option<i64>,
    day: Span,
    result: String,
    product: Option<String>,
    episode: Option<i32>,
    /// A row of the file says the same.
    paired: bool,
}

/// Plans the rows of one person, in the order of their days.
pub fn plan(about: About<'_>, file: i64, story: &Story<'_>, person: &Person<'_>, rows: &[(i32, Row)]) -> Vec<Planned> {
    let mut planned = Vec::with_capacity(rows.len());
    let (rows, outside): (Vec<&(i32, Row)>, Vec<_>) =
        rows.iter().partition(|(_, row)| outside_life(row, person).is_none());
    for (line, row) in outside {
        let why = outside_life(row, person).unwrap_or_default();
        planned.push(Planned { line: *line, outcome: Outcome::Wait(Wait::Refused(why.to_owned())), notice: None });
    }
    if about.shape == Shape::Pregnancy {
        pregnancies(about, file, person, rows, &mut planned);
    } else {
        let mut codes: Vec<&str> = rows.iter().map(|(_, row)| row.service.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let of: Vec<&(i32, Row)> = rows.iter().filter(|(_, row)| row.service == code).copied().collect();
            Series::read(about, code, story).plan(file, person, of, &mut planned);
        }
    }
    planned.sort_by_key(|p| p.line);
    planned
}

/// A day before the birth or after the death: the records refuse it, so the plan says so first.
fn outside_life(row: &Row, person: &Person<'_>) -> Option<&'static str> {
    if person.birth.is_some_and(|(birth, _)| row.day.hi < birth.lo) {
        return Some("生まれる前の日付です。日付か、別の方でないかを確かめてください。");
    }
    match person.gone {
        Some((Gone::Died, died, _)) if row.day.lo > died => {
            Some("亡くなった日より後の記録です。日付か、別の方でないかを確かめてください。")
        }
        _ => None,
    }
}

/// The acts of one code.
struct Series<'a> {
    about: About<'a>,
    code: &'a str,
    stands: Vec<Stands>,
}

impl<'a> Series<'a> {
    fn read(about: About<'a>, code: &'a str, story: &Story<'_>) -> Series<'a> {
        let visits = about.shape == Shape::Visit;
        let stands = story.entries.iter().filter_map(|entry| {
            let (result, product) = match entry.body {
                Body::Service(s) if s.code == code => (s.result.clone(), s.product.clone()),
                // One visit is one visit, whichever of the services it was counted for.
                Body::Visit(c) if visits || c.service.as_deref() == Some(code) => (reached(c.result), None),
                Body::Contact(c) if c.service.as_deref() == Some(code) => (reached(c.result), None),
                _ => return None,
            };
            let (day, episode) = (entry.day, entry.episode);
            Some(Stands { event: Some(entry.root), day, result, product, episode, paired: false })
        });
        Series { about, code, stands: stands.collect() }
    }

    fn plan(mut self, file: i64, person: &Person<'_>, mut rows: Vec<&(i32, Row)>, planned: &mut Vec<Planned>) {
        rows.sort_by_key(|(line, row)| (row.day.lo, row.day.hi, *line));
        // First what says the same as something on file, so that the rest is compared with what is left.
        let mut open = Vec::new();
        for (line, row) in rows {
            let Ok(episode) = acts::episode(self.about.shape, row, person) else {
                planned.push(Planned { line: *line, outcome: Outcome::Wait(Wait::NoPregnancy), notice: None });
                continue;
            };
            match self.same_day(row, episode) {
                Some(outcome) => planned.push(Planned { line: *line, outcome, notice: None }),
                None => open.push((*line, row, episode)),
            }
        }
        let given: Vec<(i32, Day, bool)> = open.iter().map(|(l, r, _)| (*l, r.day.lo, r.is_missed())).collect();
        for (line, row, episode) in open {
            // An earlier row may have said the same.
            if let Some(outcome) = self.same_day(row, episode) {
                let outcome = if outcome == Outcome::Known { Outcome::Repeated } else { outcome };
                planned.push(Planned { line, outcome, notice: None });
                continue;
            }
            let (outcome, notice) = match self.contradicted(row, episode, line, &given) {
                Some(wait) => (Outcome::Wait(wait), None),
                None => {
                    let notice = self.counted_otherwise(row, line, &given);
                    let act = acts::act(self.about.shape, self.about.source, file, episode, row);
                    (Outcome::New(Box::new(act)), notice)
                }
            };
            if matches!(outcome, Outcome::New(_)) {
                self.stands.push(Stands {
                    event: None,
                    day: row.day,
                    result: row.result.clone(),
                    product: row.product.clone(),
                    episode,
                    paired: true,
                });
            }
            planned.push(Planned { line, outcome, notice });
        }
    }

    /// The same act on the same day (or in the month, where only that is known).
    fn same_day(&mut self, row: &Row, episode: Option<i32>) -> Option<Outcome> {
        let meets = |s: &Stands| {
            s.day.lo <= row.day.hi
                && row.day.lo <= s.day.hi
                && s.episode == episode
                && !(s.paired && s.event.is_some() && s.day != row.day)
                && (s.event.is_some() || s.day == row.day)
        };
        let found = self
            .stands
            .iter()
            .enumerate()
            .filter(|(_, s)| meets(s))
            .min_by_key(|(_, s)| (s.day != row.day, is_missed(&s.result) != row.is_missed()))
            .map(|(n, _)| n)?;
        let stands = self.stands.get_mut(found)?;
        // Not there in the morning and there in the afternoon are two facts, unless both name the very day.
        if is_missed(&stands.result) != row.is_missed() && stands.day != row.day {
            return None;
        }
        stands.paired = true;
        let said = |result: &str| if is_missed(result) { "未受診・未実施" } else { "実施" };
        if is_missed(&stands.result) != row.is_missed() {
            let why = format!(
                "同じ日の記録が、{}では「{}」、ファイルでは「{}」です。",
                place(stands.event),
                said(&stands.result),
                said(&row.result)
            );
            return Some(Outcome::Wait(Wait::Contradicts { event: stands.event, why }));
        }
        if let (Some(ours), Some(theirs)) = (&stands.product, &row.product)
            && ours != theirs
        {
            let why = format!(
                "同じ日の記録とワクチンの種類が違います（{}：{ours}、ファイル：{theirs}）。",
                place(stands.event)
            );
            return Some(Outcome::Wait(Wait::Contradicts { event: stands.event, why }));
        }
        let judged = |result: &str| !matches!(result, "" | "done");
        if judged(&stands.result) && judged(&row.result) && stands.result != row.result {
            let why = format!("同じ日の記録と結果が違います（{}では別の判定です）。", place(stands.event));
            return Some(Outcome::Wait(Wait::Contradicts { event: stands.event, why }));
        }
        Some(Outcome::Known)
    }

    /// The same service and dose on another day.
    fn contradicted(&self, row: &Row, episode: Option<i32>, line: i32, given: &[(i32, Day, bool)]) -> Option<Wait> {
        if row.is_missed() {
            return None;
        }
        let once = ONCE.contains(&self.code);
        let left =
            |s: &&Stands| !is_missed(&s.result) && s.episode == episode && (once || !s.paired && s.event.is_some());
        let near = self.stands.iter().filter(left).min_by_key(|s| s.day.lo.since(row.day.lo).abs())?;
        let apart = near.day.lo.since(row.day.lo).abs();
        let too_near = SERIES.contains(&self.code) && apart < least_days(self.code);
        let other_dose = SERIES.contains(&self.code)
            && self.code != "je"
            && row.dose.is_some_and(|dose| self.position(row, line, given) != usize::from(dose));
        (once || too_near || other_dose).then(|| {
            let why = format!(
                "{}では {} に記録があります。日付を確かめてください。",
                place(near.event),
                wareki::span(near.day)
            );
            Wait::Contradicts { event: near.event, why }
        })
    }

    /// Which dose it is, counted by days over what is on file and in the file.
    fn position(&self, row: &Row, line: i32, given: &[(i32, Day, bool)]) -> usize {
        let on_file = self.stands.iter().filter(|s| s.event.is_some() && !is_missed(&s.result));
        let before = on_file.filter(|s| s.day.lo < row.day.lo).count();
        let mut days: Vec<Day> = given
            .iter()
            .filter(|(l, d, missed)| !missed && *l != line && *d < row.day.lo)
            .map(|(_, d, _)| *d)
            .collect();
        days.dedup();
        before + days.len() + 1
    }

    fn counted_otherwise(&self, row: &Row, line: i32, given: &[(i32, Day, bool)]) -> Option<String> {
        let dose = row.dose.filter(|_| SERIES.contains(&self.code) && self.code != "je" && !row.is_missed())?;
        let counted = self.position(row, line, given);
        (counted != usize::from(dose))
            .then(|| format!("元の記録では{dose}回目、日付の順に数えると{counted}回目です。数えた回数で扱います。"))
    }
}

/// Two doses of a series never lie nearer (実施規則の最小間隔 in clear days, plus one).
fn least_days(code: &str) -> i32 {
    match code {
        "je" => 7,
        "dpt_ipv_hib" | "dpt_ipv" | "hib" => 21,
        _ => 28,
    }
}

fn place(event: Option<i64>) -> &'static str {
    if event.is_some() { "台帳" } else { "ファイルの別の行" }
}

fn reached(result: Reached) -> String {
    String::from(match result {
        Reached::Reached => "done",
        Reached::Refused => "refused",
        Reached::Absent | Reached::CallBack | Reached::DeadNumber => "absent",
    })
}

/// 妊娠届: the same pregnancy twice is one; another expected day of the same pregnancy is for a person to decide.
fn pregnancies(
    about: About<'_>,
    file: i64,
    person: &Person<'_>,
    mut rows: Vec<&(i32, Row)>,
    planned: &mut Vec<Planned>,
) {
    let mut stands: Vec<(Option<i64>, Day)> = person.episodes.iter().map(|e| (Some(e.event), e.notice.edd)).collect();
    rows.sort_by_key(|(line, row)| (row.day.lo, *line));
    for (line, row) in rows {
        let Some(edd) = row.edd else { continue };
        let near = stands.iter().filter(|(_, known)| known.since(edd).abs() < SAME_PREGNANCY);
        let outcome = match near.min_by_key(|(_, known)| known.since(edd).abs()).copied() {
            Some((event, known)) if known == edd => {
                if event.is_some() {
                    Outcome::Known
                } else {
                    Outcome::Repeated
                }
            }
            Some((event, known)) => {
                let why = format!(
                    "{}では分娩予定日 {} の妊娠届があります（ファイル：{}）。",
                    place(event),
                    wareki::short(known),
                    wareki::short(edd)
                );
                Outcome::Wait(Wait::Contradicts { event, why })
            }
            _ => {
                stands.push((None, edd));
                Outcome::New(Box::new(acts::act(about.shape, about.source, file, None, row)))
            }
        };
        planned.push(Planned { line: *line, outcome, notice: None });
    }
}
