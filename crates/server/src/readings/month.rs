//! GET and POST /readings/month: 閲覧の点検 of one month, one by one, each 妥当 or 要確認.

use casework::{
    Act, Body, Permission, Sensitivity,
    emergency::Verdict,
    inspection::{Inspected, Mark},
};
use rules::{Span, wareki};

use super::{
    looks::{self, Chosen, Group, Month, Said},
    view::{Item, MonthPage},
    words,
};
use crate::{
    persons::{log::stamp, sheet::put},
    platform::{
        Door, Problem, Refusal,
        door::Looked,
        people, record,
        record::Submitted,
        web::{
            Ask, Reply,
            view::{Frame, Link},
            words::{about, name},
        },
    },
    rulebook::changes::desk::{nobody_else, office_file},
};

/// Items on one page: what is marked leaves it, and the rest comes up.
const PAGE: usize = 50;

fn month(ask: &Ask) -> Result<Month, Problem> {
    let text = if ask.form("month").is_empty() { ask.query("month") } else { ask.form("month") };
    Month::parse(text).filter(|m| m.first <= ask.today()).ok_or(Problem::NotFound)
}

/// GET
///
/// # Errors
/// Not found, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, None)
}

fn draw(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let month = month(ask)?;
    let all = ask.query("all") == "1" || ask.form("all") == "1";
    let frame = ask.frame("閲覧の点検", "/readings")?;
    let mut form = ask.draw_form("/readings/month", "")?;
    let status = put(&mut form, why, &[], None);
    let page = ask.read(|door| {
        let chosen = looks::chosen(door, &month)?;
        let mut page = shown(door, &month, &chosen, all)?;
        let files: Vec<i64> = chosen
            .groups
            .iter()
            .filter(|g| page.items.iter().any(|item| item.id == g.id))
            .filter_map(|g| g.looks.first().map(|l| l.file))
            .collect();
        door.log_reading(Looked::List, "inspection", &files);
        if form.values.is_empty() {
            form.values = values(&chosen.groups);
        }
        page.form = form;
        page.frame = frame;
        Ok(page)
    })?;
    Ok(Reply::page(&page)?.status(status))
}

/// What was said before, as the form holds it.
fn values(groups: &[Group]) -> Vec<(String, String)> {
    let of = |g: &Group| {
        let said = g.said.clone()?;
        Some([(format!("mark-{}", g.id), said.verdict.names().0.to_owned()), (format!("note-{}", g.id), said.note)])
    };
    groups.iter().filter_map(of).flatten().collect()
}

fn shown(door: &mut Door<'_>, month: &Month, chosen: &Chosen, all: bool) -> Result<MonthPage, Problem> {
    let alone = nobody_else(door, door.actor.staff, Permission::InspectReadings)?;
    let actor = door.actor.staff;
    let by: Vec<i64> = chosen.groups.iter().filter_map(|g| g.said.as_ref().map(|s| s.by)).collect();
    let reviewers = people::staff_names(door.db, &by)?;
    let left = chosen.groups.iter().filter(|g| g.said.is_none()).count();
    let today = door.today();
    let item = |group: &Group| {
        let first = group.looks.first()?;
        let person = chosen.people.get(&first.file);
        let mut purposes: Vec<String> = group.looks.iter().map(|l| words::purpose(&l.purpose)).collect();
        purposes.dedup();
        Some(Item {
            id: group.id,
            when: stamp(first.at),
            who: chosen.staff.get(&first.staff).cloned().unwrap_or_default(),
            name: person.map(|p| name(&p.name, &p.kana)).unwrap_or_default(),
            url: format!("/persons/{}/readings", first.file),
            about: person.map(|p| about(p.birth(), p.edd(), today)).unwrap_or_default(),
            purpose: purposes.join("、"),
            kinds: format!("{}回", group.looks.len()),
            why: group.why.clone(),
            verdict: group.said.as_ref().map(|s| verdict(s, &reviewers)).unwrap_or_default(),
            note: group.said.as_ref().map(|s| s.note.clone()).unwrap_or_default(),
            own: first.staff == actor && !alone,
        })
    };
    let wanted = chosen.groups.iter().filter(|g| all || g.said.is_none());
    let items: Vec<Item> = wanted.filter_map(item).take(if all { usize::MAX } else { PAGE }).collect();
    let mut said = format!("点検する{}件のうち、残り{left}件。", chosen.groups.len());
    if !all && left > items.len() {
        said.push_str(&format!("{}件ずつ表示します。", items.len()));
    }
    let (label, suffix) = if all { ("残りだけ表示", "") } else { ("すんだものも表示", "&all=1") };
    Ok(MonthPage {
        frame: Frame::default(),
        title: format!("閲覧の点検　{}", month.word()),
        about: explained(month, chosen, today, alone),
        said,
        items,
        all,
        toggle: Link { label: label.to_owned(), url: format!("/readings/month?month={}{suffix}", month.text) },
        month: month.text.clone(),
        ..MonthPage::default()
    })
}

fn explained(month: &Month, chosen: &Chosen, today: rules::Day, alone: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if month.is_over(today) {
        lines.push(format!(
            "この月に開かれた{}件（同じ職員・同じ方・同じ日は1件）から、機械的に選んだ見本{}件と、ふだんと違うものすべてです。",
            chosen.of, chosen.sampled
        ));
        if let Some(due) = month.due() {
            lines.push(format!("{}までに点検します。", wareki::long(due)));
        }
    } else {
        lines.push(String::from(
            "この月はまだ終わっていません。見本は月が終わってから選びます。いまは、ふだんと違うものだけを先に確かめられます。",
        ));
    }
    lines.push(String::from(
        "「ふだんと違う」は、不適切という意味ではありません。職員の住所や家族は登録していないため、同じ住所・家族かどうかは調べていません。",
    ));
    if alone {
        lines
            .push(String::from("ほかに点検する人がいないため、ご自身の閲覧も点検できます（自己点検として残ります）。"));
    }
    lines
}

fn verdict(said: &Said, reviewers: &std::collections::BTreeMap<i64, String>) -> String {
    let who = reviewers.get(&said.by).map(String::as_str).unwrap_or_default();
    format!("{}（{} {who}）", said.verdict.names().1, stamp(said.at))
}

/// POST
///
/// # Errors
/// Not found, or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let month = month(ask)?;
    let typed = ask.read(|door| {
        let chosen = looks::chosen(door, &month)?;
        let alone = nobody_else(door, door.actor.staff, Permission::InspectReadings)?;
        let own = |g: &Group| g.looks.first().is_some_and(|l| l.staff == door.actor.staff) && !alone;
        Ok(read(ask, &month, chosen.groups.iter().filter(|g| !own(g)), &chosen.groups))
    })?;
    let inspected = match typed {
        Ok(inspected) => inspected,
        Err(wrong) => return draw(ask, Some(Submitted::Refused(wrong))),
    };
    let count = inspected.marks.len();
    let act = Act::Record {
        file: ask.write(|door| Ok(office_file(door)?))?,
        episode: None,
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::Inspected(inspected),
    };
    match record::submit(ask, act)? {
        Submitted::Applied(_) => {
            let told = record::told(format!("{count}件の点検を記録しました。"), None, "");
            Ok(Reply::see_told(&format!("/readings/month?month={}", month.text), told))
        }
        other => draw(ask, Some(other)),
    }
}

fn read<'g>(
    ask: &Ask,
    month: &Month,
    may: impl Iterator<Item = &'g Group>,
    all: &[Group],
) -> Result<Inspected, Vec<Refusal>> {
    let (mut marks, mut wrong) = (Vec::new(), Vec::new());
    for group in may {
        let Some(verdict) = Verdict::from_code(ask.form(&format!("mark-{}", group.id))) else { continue };
        let note = ask.form(&format!("note-{}", group.id)).trim().to_owned();
        if group.said.as_ref().is_some_and(|s| s.verdict == verdict && s.note == note) {
            continue;
        }
        if verdict == Verdict::Question && note.is_empty() {
            let when = group.looks.first().map(|l| stamp(l.at)).unwrap_or_default();
            wrong.push(Refusal::new(format!("{when} の行：「要確認」にするときは、確かめることを入力してください。")));
        }
        marks.push(Mark { reading: group.id, verdict, note });
    }
    if marks.is_empty() {
        wrong.push(Refusal::new("「妥当」か「要確認」を、1件以上選んでください。"));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let unsaid = |g: &&Group| g.said.is_none() && !marks.iter().any(|m| m.reading == g.id);
    let left = all.iter().filter(unsaid).count();
    // What the month still brings is not chosen yet.
    let left = if month.is_over(ask.today()) { left } else { left.max(1) };
    Ok(Inspected { month: month.text.clone(), marks, left: u32::try_from(left).unwrap_or(u32::MAX) })
}
