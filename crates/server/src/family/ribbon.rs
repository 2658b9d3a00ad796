//! 節目: where a child stands on the way to eighteen, a child expected on the way to birth. The stations are the
//! rulebook's visits and check-ups; what each says is read from duties and records, never set by hand.

use casework::{Body, Duty, duties::SettledHow, duties::opens, person::Episode};
use rules::{DateFact, Day, Facts, Rule, Span, counting, outcome::Standing, wareki};

use super::{
    read::{Against, One},
    view::{Ribbon, Stand, Station},
};
use crate::{
    platform::web::{view::State, words},
    today::lines::{LineRow, LineState},
};

/// The areas whose rules are stations of a child's way.
const AREAS: [&str; 2] = ["乳児訪問", "乳幼児健診"];
/// The station of a pregnancy between notice and birth.
const EIGHTH_MONTH: &str = "pregnancy_support_2";

/// Ribbons of all children, born ones by age, then those expected.
pub fn ribbons(all: &[One<'_>], against: &Against<'_>) -> Vec<Ribbon> {
    let born = all.iter().filter(|one| one.is_child(against.today) && !died(one)).map(|one| {
        let mother = all.iter().find(|m| one.person.born.is_some_and(|(b, _)| b.mother == m.opened.file));
        child(one, mother, against)
    });
    let expected = all.iter().flat_map(|one| one.person.episodes.iter().filter(|e| e.is_open()).map(move |e| (one, e)));
    born.chain(expected.map(|(one, episode)| unborn(one, episode, against))).collect()
}

fn died(one: &One<'_>) -> bool {
    matches!(one.person.gone, Some((casework::person::Gone::Died, ..)))
}

fn child(one: &One<'_>, mother: Option<&One<'_>>, against: &Against<'_>) -> Ribbon {
    let Some((birth, _)) = one.person.birth else { return Ribbon::default() };
    let birth = birth.hi;
    let mut stations = mother.map(|m| pregnancy_of(m, one.opened.file, birth, against)).unwrap_or_default();
    stations.push(station("出生", Stand::Is(State::Done), short(birth)));
    stations.extend(services(one, birth, against));
    let school = counting::school_entry(birth);
    let later =
        [("就学", school), ("中学", counting::months_later(school, 72)), ("18歳", counting::reach_age(birth, 18))];
    stations.extend(later.map(|(title, day)| {
        let stand = if day <= against.today { Stand::Passed } else { Stand::Is(State::NotYet) };
        station(title, stand, month(day))
    }));
    let about = format!("{}生　{}", short(birth), words::about(Some(birth), None, against.today));
    Ribbon { role: one.role().to_owned(), name: one.name(), about, stations }
}

/// No way to eighteen for a child who is not born yet (practice.md §5).
fn unborn(one: &One<'_>, episode: &Episode<'_>, against: &Against<'_>) -> Ribbon {
    let edd = episode.notice.edd;
    let mut stations = vec![station("妊娠届", Stand::Is(State::Done), short(episode.notified.hi))];
    stations.extend(eighth_month(one, episode, against));
    let unknown = one.lines.iter().find(|l| l.service == "birth_unknown" && l.episode == Some(episode.no));
    stations.push(match unknown.map(LineRow::state) {
        Some(state @ (LineState::Overdue | LineState::Unconfirmed | LineState::Near | LineState::Judge)) => {
            station("出生", Stand::Is(crate::today::words::state(state)), format!("予定日 {}", short(edd)))
        }
        _ => station("出生", Stand::Is(State::NotYet), format!("予定日 {}", short(edd))),
    });
    let children = if episode.notice.fetuses > 1 {
        format!("おなかの子（{}人）", episode.notice.fetuses)
    } else {
        String::from("おなかの子")
    };
    let weeks = words::about(None, Some(edd), against.today);
    Ribbon { role: children, name: String::new(), about: format!("予定日 {}　{weeks}", short(edd)), stations }
}

/// The pregnancy a child was born of, as far as the mother's file tells.
fn pregnancy_of(mother: &One<'_>, child: i64, birth: Day, against: &Against<'_>) -> Vec<Station> {
    let delivered = mother.story.entries.iter().find_map(|e| match e.body {
        Body::Delivered { children, .. } if children.contains(&child) => e.episode,
        _ => None,
    });
    let episode = mother.person.episodes.iter().find(|e| Some(e.no) == delivered);
    let Some(episode) = episode else {
        return vec![station("妊娠届", without(birth, against), String::new())];
    };
    let mut stations = vec![station("妊娠届", Stand::Is(State::Done), short(episode.notified.hi))];
    stations.extend(
        eighth_month(mother, episode, against)
            .or_else(|| Some(station("8か月面談", without(birth, against), String::new()))),
    );
    stations
}

fn eighth_month(mother: &One<'_>, episode: &Episode<'_>, against: &Against<'_>) -> Option<Station> {
    let ours = |d: &&Duty| d.service == EIGHTH_MONTH && d.episode == Some(episode.no);
    let line = mother.lines.iter().find(|l| l.service == EIGHTH_MONTH && l.episode == Some(episode.no));
    let duty = mother.duties.iter().find(ours)?;
    let title = crate::platform::rulebook::title(against.book, EIGHTH_MONTH);
    Some(stand(&title, &[duty], line, None, against))
}

/// 移行前 or 記録なし: nothing is on file, and the time is over.
fn without(until: Day, against: &Against<'_>) -> Stand {
    if against.since.is_some_and(|since| until < since) { Stand::Is(State::Before) } else { Stand::NoRecord }
}

/// One station for each visit and check-up the rulebook asks for, in the order of their windows.
fn services(one: &One<'_>, birth: Day, against: &Against<'_>) -> Vec<Station> {
    let mut seen: Vec<&str> = Vec::new();
    let mut found: Vec<(Day, Station)> = Vec::new();
    for rule in against.book.rules().filter(|r| r.duty && AREAS.contains(&r.area.as_str())) {
        if seen.contains(&rule.service.as_str()) {
            continue;
        }
        seen.push(&rule.service);
        let duties: Vec<&Duty> = one.duties.iter().filter(|d| d.service == rule.service).collect();
        let line = one.lines.iter().find(|l| l.service == rule.service);
        let window = usual(rule, birth, against);
        let own = duties.iter().find_map(|d| d.window.standard_from.or(d.window.legal_from));
        let settled = duties.iter().find_map(|d| d.settled.as_ref()).map(|s| s.on);
        // Where nothing tells a day, the town does not ask for it of this child.
        let Some(at) = window.map(|w| w.0).or(own).or(settled) else { continue };
        found.push((at, stand(&short_title(&rule.title), &duties, line, window, against)));
    }
    found.sort_by_key(|(day, _)| *day);
    found.into_iter().map(|(_, station)| station).collect()
}

/// 「新生児訪問・全戸訪問」 → 「全戸訪問」; 「1歳6か月児健診」 → 「1歳6か月」
fn short_title(title: &str) -> String {
    let last = title.rsplit('・').next().unwrap_or(title);
    last.strip_suffix("児健診").unwrap_or(last).to_owned()
}

/// When a child born on that day is asked for it, as the rule stands today.
fn usual(rule: &Rule, birth: Day, against: &Against<'_>) -> Option<(Day, Day)> {
    let dates = vec![DateFact { name: "birth", day: Span::on(birth), event: 0 }];
    let facts = Facts { subject: "child", dates, ..Facts::default() };
    let outcome = against.book.evaluate(rule, &facts, false);
    let phases = outcome.steps.into_iter().find_map(|step| match step.standing {
        Standing::Open(phases) => Some(phases),
        _ => None,
    })?;
    let from = phases.iter().find_map(|p| p.standard_from.or(p.legal_from).or(p.applies_from))?;
    let to = phases.iter().rev().find_map(|p| p.legal_to.or(p.standard_to).or(p.target))?;
    Some((from, to))
}

/// What a station says: done, closed, as the list says it, still to come; otherwise there is no record.
fn stand(
    title: &str,
    duties: &[&Duty],
    line: Option<&LineRow>,
    usual: Option<(Day, Day)>,
    against: &Against<'_>,
) -> Station {
    let settled = |how: SettledHow| duties.iter().filter_map(|d| d.settled.as_ref()).find(|s| s.how == how);
    if let Some(done) = settled(SettledHow::Done) {
        return station(title, Stand::Is(State::Done), short(done.on));
    }
    if let Some(line) = line {
        let closed = line.window_to.is_some_and(|to| Day(to) < against.today);
        let until = line.deadline.map(|d| format!("〜{}", short(Day(d)))).unwrap_or_default();
        return match line.state() {
            LineState::Planned | LineState::Monthly if closed => station(title, Stand::NoRecord, until),
            LineState::Monthly => station(title, Stand::NoRecord, until),
            state => station(title, Stand::Is(crate::today::words::state(state)), until),
        };
    }
    if let Some(closed) = settled(SettledHow::Closed).or_else(|| settled(SettledHow::Excused)) {
        return station(title, Stand::Is(State::Closed), short(closed.on));
    }
    let begins = duties.iter().filter_map(|d| opens(d)).min().or(usual.map(|u| u.0)).filter(|d| *d > against.today);
    match (begins, usual) {
        (Some(day), _) => station(title, Stand::Is(State::NotYet), format!("{}〜", month(day))),
        (None, Some((_, to))) if to >= against.today => {
            station(title, Stand::Is(State::NotYet), format!("〜{}", short(to)))
        }
        (None, Some((_, to))) => station(title, without(to, against), String::new()),
        (None, None) => station(title, Stand::NoRecord, String::new()),
    }
}

fn station(title: &str, stand: Stand, when: String) -> Station {
    Station { title: title.to_owned(), stand, when }
}

fn short(day: Day) -> String {
    wareki::short(day)
}

/// 「R9.3」
fn month(day: Day) -> String {
    let short = wareki::short(day);
    short.rsplit_once('.').map_or_else(|| short.clone(), |(month, _)| month.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stations_have_short_names() {
        let short: Vec<String> =
            ["新生児訪問・全戸訪問", "1歳6か月児健診", "3〜4か月児健診", "市の相談"].map(short_title).to_vec();
        assert_eq!(short, ["全戸訪問", "1歳6か月", "3〜4か月", "市の相談"]);
    }

    #[test]
    fn a_month_is_written_without_its_day() {
        assert_eq!(Day::from_ymd(2027, 3, 18).map(month), Some(String::from("R9.3")));
    }
}
