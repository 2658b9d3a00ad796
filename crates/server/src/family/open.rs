//! What is open for the family now: everybody's duties on one list, and who of the office is involved.

use std::collections::BTreeMap;

use casework::fold::Fate;
use rules::{Day, wareki};

use super::{
    read::{Against, One},
    view::Involved,
};
use crate::{
    persons::{
        duties::{self, Reading},
        log,
        told::Words,
        view::Duty,
    },
    platform::{Door, clock::day_in_japan, rulebook, web::reply::percent},
    today::lines::LineState,
};

/// Records this many days back tell who is involved.
const LATELY: i32 = 180;

/// Open duties of everybody: those decided one by one, and those worked off in a batch or kept on record. What closes one
/// leads back to `here`.
pub fn duties(
    door: &Door<'_>,
    all: &[One<'_>],
    against: &Against<'_>,
    words: &Words<'_>,
    here: &str,
) -> (Vec<Duty>, Vec<Duty>) {
    let (mut single, mut batch) = (Vec::new(), Vec::new());
    for one in all {
        let reading = Reading {
            file: one.opened.file,
            story: &one.story,
            person: &one.person,
            relatives: &one.relatives,
            book: against.book,
            day: against.today,
            present: true,
        };
        for line in &one.lines {
            let duty = one.duties.iter().find(|d| d.key == line.key);
            let mut shown = duties::open_duty(door, &reading, words, (line, duty));
            shown.subject = format!("{} {}", one.role(), one.name());
            for act in &mut shown.acts {
                act.url.push_str(&format!("&return_to={}", percent(here, false)));
            }
            let rank = LineState::ALL.iter().position(|s| *s == line.state()).unwrap_or(LineState::ALL.len());
            let part = if line.tier == 1 { &mut single } else { &mut batch };
            part.push(((rank, line.deadline.is_none(), line.deadline), shown));
        }
    }
    let [single, batch] = [single, batch].map(|mut part| {
        part.sort_by_key(|(order, _)| *order);
        part.into_iter().map(|(_, duty)| duty).collect()
    });
    (single, batch)
}

/// Owners of what is open, and who recorded something lately.
pub fn involved(all: &[One<'_>], against: &Against<'_>, words: &Words<'_>) -> Vec<Involved> {
    let mut owners: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in all.iter().flat_map(|one| &one.lines).filter(|l| l.tier == 1 && !l.owner_name.is_empty()) {
        owners.entry(&line.owner_name).or_default().push(rulebook::title(against.book, &line.service));
    }
    let mut recorded: BTreeMap<&str, (Day, String)> = BTreeMap::new();
    for (event, fate) in all.iter().flat_map(|one| log::told(&one.story)) {
        let day = day_in_japan(event.recorded_at);
        let (Some(name), Some(body)) = (words.staff.get(&event.actor), &event.body) else { continue };
        if fate != Fate::Stands || event.batch.is_some() || day < against.today.plus(-LATELY) {
            continue;
        }
        let newest = recorded.entry(name).or_insert_with(|| (day, String::new()));
        if day >= newest.0 {
            *newest = (day, words.title(body));
        }
    }
    let mut names: Vec<&str> = owners.keys().chain(recorded.keys()).copied().collect();
    // Whoever answers for most comes first.
    names.sort_by_key(|n| (std::cmp::Reverse(owners.get(n).map_or(0, Vec::len)), *n));
    names.dedup();
    let told = |name: &str| {
        let open = owners.get(name).map(|services| match services.as_slice() {
            [one] => format!("担当：{one}"),
            [first, rest @ ..] => format!("担当：{first} ほか{}件", rest.len()),
            [] => String::new(),
        });
        let last = recorded.get(name).map(|(day, what)| format!("最後の記録：{} {what}", wareki::short(*day)));
        Involved { name: name.to_owned(), what: open.into_iter().chain(last).collect() }
    };
    names.into_iter().map(told).collect()
}
