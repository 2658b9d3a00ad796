//! From the files of a family to the picture: which lane an act or a duty belongs to, and what is said of it.
//!
//! The areas are the rulebook's; results are said neutrally, and categories, scores and 要対協 never stand here.

use casework::{
    Body, Sensitivity,
    body::{Contact, Reached, Service},
    duties::NEXT_CONTACT,
    explain,
    fold::Entry,
};
use rules::{Day, Rulebook, counting};

use super::{
    chart::{Bar, BarKind, Group, Lane, Mark, MarkKind, Picture},
    read::{Against, One},
};
use crate::{
    platform::{
        rulebook,
        web::words::{about, result_word},
    },
    today::lines::{LineRow, LineState},
};

const NAMES: [&str; 5] = ["妊娠・産後", "健診", "予防接種", "訪問・連絡", "支援・そのほか"];
const PREGNANCY: usize = 0;
const CHECKUP: usize = 1;
const VACCINE: usize = 2;
const CONTACT: usize = 3;
const SUPPORT: usize = 4;

/// The lane of a rulebook's area. 要対協 has none: a drawing is looked at over shoulders.
fn of_area(area: &str) -> Option<usize> {
    match area {
        "妊娠" | "産後" => Some(PREGNANCY),
        "乳幼児健診" | "新生児" => Some(CHECKUP),
        "予防接種" => Some(VACCINE),
        "乳児訪問" => Some(CONTACT),
        "要対協" => None,
        _ => Some(SUPPORT),
    }
}

/// The lane of a service; acts that are no rule's own service by the words of their codes.
fn of_service(book: &Rulebook, code: &str) -> Option<usize> {
    if let Some(rule) = book.rules().find(|r| r.service == code) {
        return of_area(&rule.area);
    }
    let begins = |with: &[&str]| with.iter().any(|w| code.starts_with(w));
    match code {
        // Letters sent, and single answers of a questionnaire, are in the log.
        _ if begins(&["invited", "epds_item"]) => None,
        _ if begins(&["prenatal", "postpartum", "postnatal", "pregnancy", "maternity", "epds", "rsv_maternal"]) => {
            Some(PREGNANCY)
        }
        _ if begins(&["checkup", "hearing", "mass_"]) => Some(CHECKUP),
        _ if begins(&["home_visit"]) => Some(CONTACT),
        _ if begins(&["mr", "je", "dt", "hpv", "mumps", "varicella", "bcg", "hib", "pcv", "rota", "hepb"]) => {
            Some(VACCINE)
        }
        _ => Some(SUPPORT),
    }
}

/// The whole picture of a family.
pub fn picture(all: &[One<'_>], against: &Against<'_>) -> Picture {
    let groups = all.iter().map(|one| group(one, against)).filter(|g| !g.lanes.is_empty());
    let contacts = all.iter().flat_map(|one| shown(one).filter(|e| is_contact(e.body)).map(|e| e.day.hi));
    Picture { contacts: contacts.filter(|d| *d <= against.today).collect(), groups: groups.collect() }
}

fn shown<'o>(one: &'o One<'_>) -> impl Iterator<Item = &'o Entry<'o>> {
    one.story.entries.iter().filter(|e| e.sensitivity < Sensitivity::Compartment)
}

/// Somebody was reached or seen.
fn is_contact(body: &Body) -> bool {
    match body {
        Body::Contact(c) | Body::Visit(c) => c.result == Reached::Reached,
        Body::Service(s) => !matches!(s.result.as_str(), "absent" | "refused") && !s.code.starts_with("invited"),
        _ => false,
    }
}

fn group(one: &One<'_>, against: &Against<'_>) -> Group {
    let mut lanes: Vec<Lane> =
        NAMES.iter().map(|name| Lane { name, together: *name == NAMES[VACCINE], ..Lane::default() }).collect();
    for entry in shown(one) {
        recorded(&mut lanes, entry, against.book);
    }
    pregnancies(&mut lanes[PREGNANCY], one, against.today);
    for line in &one.lines {
        open(&mut lanes, line, against);
    }
    ahead(&mut lanes, one, against);
    for (n, lane) in lanes.iter_mut().enumerate() {
        lane.through = through(n, against);
    }
    lanes.retain(|lane| !lane.is_empty());
    let birth = one.person.birth.map(|(b, _)| b.hi);
    let edd = one.person.episodes.iter().rev().find(|e| e.is_open()).map(|e| e.notice.edd);
    let child = one.is_child(against.today);
    Group {
        role: one.role().to_owned(),
        name: one.name(),
        about: about(birth, edd, against.today),
        birth: birth.filter(|_| child),
        lanes,
    }
}

/// The earliest day to which all sources of a lane have arrived.
fn through(lane: usize, against: &Against<'_>) -> Option<Day> {
    let of_lane = against.book.rules().filter(|r| r.duty && of_area(&r.area) == Some(lane));
    of_lane.filter_map(|r| against.arrived.get(&r.evidence)).copied().min()
}

fn put(lanes: &mut [Lane], lane: usize, kind: MarkKind, day: Day, label: String, told: String) {
    if let Some(lane) = lanes.get_mut(lane) {
        lane.marks.push(Mark { kind, day, label, told });
    }
}

/// What was recorded, as marks.
fn recorded(lanes: &mut [Lane], entry: &Entry<'_>, book: &Rulebook) {
    let day = entry.day.hi;
    match entry.body {
        Body::Contact(c) => contact(lanes, c, day, entry.body, book, false),
        Body::Visit(c) => contact(lanes, c, day, entry.body, book, true),
        Body::Service(s) => service(lanes, s, day, book),
        Body::PregnancyNotified(_) => {
            put(lanes, PREGNANCY, MarkKind::Done, day, String::from("妊娠届"), String::from("妊娠届"));
        }
        Body::Delivered { .. } => {
            put(lanes, PREGNANCY, MarkKind::Birth, day, String::from("出産"), String::from("出産"));
        }
        Body::PregnancyEnded { .. } => {
            put(lanes, PREGNANCY, MarkKind::Done, day, String::from("妊娠終了"), String::from("妊娠終了"));
        }
        // Only what is no category: 要支援 and 要対協 stand in no drawing.
        Body::Period { name, until, .. } if matches!(name.as_str(), "hospital" | "satogaeri") => {
            let label = explain::period_word(name).to_owned();
            let until = until.unwrap_or(day);
            lanes[SUPPORT].bars.push(Bar { kind: BarKind::Episode, from: entry.day.lo, until, label });
        }
        _ => {}
    }
}

fn contact(lanes: &mut [Lane], contact: &Contact, day: Day, body: &Body, book: &Rulebook, visit: bool) {
    let reached = contact.result == Reached::Reached;
    let kind = if reached { MarkKind::Done } else { MarkKind::Absent };
    let title = explain::title(body);
    match contact.service.as_deref().filter(|_| reached) {
        Some(code) => {
            let service = rulebook::title(book, code);
            if let Some(lane) = of_service(book, code) {
                put(lanes, lane, kind, day, service.clone(), format!("{service}（{title}）"));
            }
        }
        None => {
            let label = match (reached, visit) {
                (true, true) => "訪問",
                (true, false) => "",
                (false, _) => "不在",
            };
            let label = if contact.result == Reached::Absent || reached { label.to_owned() } else { title.clone() };
            put(lanes, CONTACT, kind, day, label, title);
        }
    }
}

fn service(lanes: &mut [Lane], service: &Service, day: Day, book: &Rulebook) {
    let Some(lane) = of_service(book, &service.code) else { return };
    let title = rulebook::title(book, &service.code);
    let (kind, word) = match service.result.as_str() {
        "absent" => (MarkKind::Absent, "未受診"),
        "refused" => (MarkKind::Absent, "受けない意向"),
        "" | "done" | "normal" => (MarkKind::Done, ""),
        other => (MarkKind::Finding, result_word(other)),
    };
    let label = if word.is_empty() { title.clone() } else { format!("{title} {word}") };
    let result = result_word(&service.result);
    let told = if result.is_empty() { title } else { format!("{title}（{result}）") };
    put(lanes, lane, kind, day, label, told);
}

/// Pregnancies as bars: solid to today, dashed to the expected day, and the year after a birth.
fn pregnancies(lane: &mut Lane, one: &One<'_>, today: Day) {
    let mut bar = |kind, from: Day, until: Day, label: &str| {
        if from <= until {
            lane.bars.push(Bar { kind, from, until, label: label.to_owned() });
        }
    };
    for episode in &one.person.episodes {
        let from = episode.notified.lo;
        match (episode.delivered, episode.ended) {
            (Some((day, _)), _) => {
                bar(BarKind::Episode, from, day.hi, "妊娠");
                bar(BarKind::After, day.hi.plus(1), counting::after_months(day.hi, 12).plus(-1), "産後1年");
            }
            (None, Some((day, _))) => bar(BarKind::Episode, from, day.hi, "妊娠"),
            (None, None) => {
                bar(BarKind::Episode, from, today, "妊娠");
                bar(BarKind::Ahead, today.plus(1), episode.notice.edd, "");
            }
        }
        if episode.is_open() {
            let (edd, told) = (episode.notice.edd, String::from("分娩予定日"));
            lane.marks.push(Mark { kind: MarkKind::Planned, day: edd, label: String::from("予定日"), told });
        }
    }
}

/// Where an open duty stands, as a stretch: its window, what passed without a record, or 移行前.
fn open(lanes: &mut [Lane], line: &LineRow, against: &Against<'_>) {
    let title = rulebook::title(against.book, &line.service);
    let next = line.next_on.map(Day).or(line.deadline.map(Day).filter(|_| line.service == NEXT_CONTACT));
    if let Some(next) = next {
        let label = if line.service == NEXT_CONTACT { String::from("次の連絡") } else { title.clone() };
        put(lanes, CONTACT, MarkKind::Planned, next, label, format!("{title}（約束した日）"));
    }
    let lane = of_service(against.book, &line.service).and_then(|n| lanes.get_mut(n));
    let (Some(lane), true) = (lane, line.service != NEXT_CONTACT && line.tier < 3) else { return };
    let (from, to) = (line.window_from.map(Day), line.window_to.map(Day));
    let mut bar = |kind, from: Day, until: Day, label: String| {
        if from <= until {
            lane.bars.push(Bar { kind, from, until, label });
        }
    };
    let closed = to.filter(|t| *t < against.today);
    match (line.state(), from, to) {
        (LineState::Before, Some(from), _) => {
            let until = closed.or(line.deadline.map(Day)).unwrap_or(from);
            bar(BarKind::Before, from, until, format!("{title} 移行前"));
        }
        (LineState::Overdue | LineState::Judge | LineState::Unconfirmed | LineState::Monthly, ..) => {
            if let Some((from, until)) = silent(line, closed, against.today) {
                bar(BarKind::Nothing, from, until, format!("{title} 記録なし"));
            }
            if let (None, Some(from), Some(to)) = (closed, from, to) {
                let rest = line.deadline.map_or(against.today, |d| Day(d).max(from)).min(against.today.plus(-1));
                // Before the deadline and from today on the window is only a window.
                bar(BarKind::Window, from, rest.max(from).min(to), String::new());
                bar(BarKind::Window, against.today, to, String::new());
            }
        }
        (LineState::Near | LineState::Waiting | LineState::Planned, Some(from), Some(to)) if closed.is_none() => {
            bar(BarKind::Window, from, to, title);
        }
        _ => {}
    }
}

/// The days that passed without a record: the closed window, or since the deadline; no further than the evidence reaches.
fn silent(line: &LineRow, closed: Option<Day>, today: Day) -> Option<(Day, Day)> {
    let known = match line.arrived_through {
        Some(through) if line.source != "own" => Day(through).min(today.plus(-1)),
        _ => today.plus(-1),
    };
    let (from, until) = match closed {
        Some(to) => (line.window_from.map(Day)?, to),
        None => (line.deadline.map(Day)?.plus(1), today.plus(-1)),
    };
    let until = until.min(known);
    (from <= until).then_some((from, until))
}

/// Windows that open later, as the rules see them today.
fn ahead(lanes: &mut [Lane], one: &One<'_>, against: &Against<'_>) {
    for duty in one.duties.iter().filter(|d| d.settled.is_none() && d.tier < 3 && d.service != NEXT_CONTACT) {
        let window = &duty.window;
        let from = window.standard_from.or(window.legal_from).or(window.applies_from);
        let to = window.standard_to.or(window.legal_to);
        let (Some(from), Some(to)) = (from.filter(|f| *f > against.today), to) else { continue };
        // A later form of what is open already says nothing new.
        if duty.phase > 0 || from > to || one.lines.iter().any(|l| l.key == duty.key) {
            continue;
        }
        if let Some(lane) = of_service(against.book, &duty.service).and_then(|n| lanes.get_mut(n)) {
            let label = rulebook::title(against.book, &duty.service);
            lane.bars.push(Bar { kind: BarKind::Window, from, until: to, label });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(source: &str, state: LineState) -> LineRow {
        LineRow {
            file: 1,
            key: String::from("checkup_3_4m"),
            episode: None,
            service: String::from("checkup_3_4m"),
            rule: String::from("checkup_3_4m"),
            tier: 1,
            source: source.into(),
            programme: String::new(),
            window_from: Some(100),
            window_to: Some(200),
            next_on: None,
            deadline: Some(150),
            state: state.code().into(),
            arrived_through: Some(160),
            owner: None,
            owner_name: String::new(),
            name: String::new(),
            kana: String::new(),
            birth: None,
            edd: None,
            district: String::new(),
            protected: 0,
            subjects: String::new(),
        }
    }

    #[test]
    fn silence_reaches_no_further_than_the_evidence() {
        let checkup = line("checkup", LineState::Unconfirmed);
        assert_eq!(silent(&checkup, None, Day(180)), Some((Day(151), Day(160))));
        assert_eq!(silent(&line("own", LineState::Overdue), None, Day(180)), Some((Day(151), Day(179))));
        assert_eq!(silent(&checkup, Some(Day(200)), Day(300)), Some((Day(100), Day(160))));
        let nothing_arrived = LineRow { arrived_through: Some(90), ..checkup };
        assert_eq!(silent(&nothing_arrived, None, Day(180)), None, "nothing can be said yet");
    }

    #[test]
    fn no_silence_on_the_last_day_and_one_day_of_it_after() {
        let own = line("own", LineState::Overdue);
        assert_eq!(silent(&own, None, Day(151)), None, "the day after the deadline is not over yet");
        assert_eq!(silent(&own, None, Day(152)), Some((Day(151), Day(151))));
    }

    #[test]
    fn areas_of_the_rulebook_have_their_lane_and_the_compartment_has_none() {
        let lanes: Vec<Option<usize>> =
            ["産後", "新生児", "予防接種", "乳児訪問", "継続", "要対協"].map(of_area).to_vec();
        assert_eq!(lanes, [Some(PREGNANCY), Some(CHECKUP), Some(VACCINE), Some(CONTACT), Some(SUPPORT), None]);
    }
}
