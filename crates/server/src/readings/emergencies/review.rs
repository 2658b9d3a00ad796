//! GET /emergencies and POST /persons/{id}/emergency/review: 緊急閲覧の確認. What waits is compared with today; the review is
//! an event in the person's file, for ever beside what it speaks of.

use std::collections::BTreeMap;

use casework::{
    Act, Body, Permission, Sensitivity, View,
    emergency::{self, Emergency, Reviewed, Verdict},
    fold,
};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use rules::{Day, Span, wareki};

use super::view::{Done, ReviewPage, Waiting};
use crate::{
    persons::{log::stamp, page::end_of, sheet::put},
    platform::{
        Door, Fault, Problem, Refusal,
        clock::day_in_japan,
        db::CountRow,
        door::Looked,
        mask, people, record,
        record::Submitted,
        store::{events_of_many, joined::Ways, load::id_list},
        web::{
            Ask, Reply,
            form::Form,
            view::{Frame, Name},
            words::name,
        },
    },
    rulebook::changes::desk::nobody_else,
    subject::Opened,
    today::lines::setting,
};

/// Reviewed ones are shown for so long.
const SHOWN_DAYS: i32 = 400;

/// One that nobody has reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreviewed {
    pub event: i64,
    pub due: Day,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = BigInt)]
    recorded_at: i64,
}

/// Those of the office that nobody has reviewed, oldest first.
///
/// # Errors
/// If the database fails.
pub fn waiting(door: &mut Door<'_>) -> Result<Vec<Unreviewed>, Fault> {
    let days = review_days(door)?;
    let rows = rows(door, "not exists", "")?;
    Ok(rows.iter().map(|r| Unreviewed { event: r.id, due: day_in_japan(r.recorded_at).plus(days) }).collect())
}

fn review_days(door: &mut Door<'_>) -> Result<i32, Fault> {
    let set = setting(door, "emergency_review_days")?.and_then(|v| v.parse().ok());
    Ok(set.filter(|n| (1..=90).contains(n)).unwrap_or(7))
}

fn rows(door: &mut Door<'_>, exists: &str, more: &str) -> Result<Vec<Row>, Fault> {
    Ok(sql_query(format!(
        "select e.id, e.file, e.recorded_at from event e where e.keeper in {} and e.kind = 'emergency' {more} \
         and {exists} (select 1 from event r where r.keeper = e.keeper and r.kind = 'emergency_reviewed' \
         and r.number = e.id) order by e.recorded_at",
        door.scope()
    ))
    .load(door.db)?)
}

/// GET
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, 0, None)
}

/// `refused`: the form of this one is given back with what was typed.
fn draw(ask: &mut Ask, refused: i64, why: Option<Submitted>) -> Result<Reply, Problem> {
    let frame = ask.frame("緊急閲覧の確認", "/readings")?;
    let mut typed = ask.draw_form("", "/emergencies")?;
    let status = put(&mut typed, why, &[("note", "メモ"), ("verdict", "結果")], None);
    let plain = Form {
        csrf: typed.csrf.clone(),
        command_id: crate::platform::secret::token()?,
        return_to: String::from("/emergencies"),
        ..Form::default()
    };
    let page = ask.read(|door| {
        let since = end_of(door.today().plus(-SHOWN_DAYS));
        let rows = [rows(door, "not exists", "")?, rows(door, "exists", &format!("and e.recorded_at > {since}"))?];
        let days = review_days(door)?;
        let known = Known::of(door, rows.iter().flatten().map(|row| row.file).collect())?;
        let alone = nobody_else(door, door.actor.staff, Permission::InspectReadings)?;
        let [waiting, done] = rows;
        let mut page = ReviewPage { frame: Frame::default(), ..ReviewPage::default() };
        for row in &waiting {
            let Some((file, found)) = known.emergency(row) else { continue };
            let (emergency, actor) = (&found.emergency, found.actor);
            let form = if row.id == refused { typed.clone() } else { plain.clone() };
            let due = day_in_japan(row.recorded_at).plus(days);
            let late = due < door.today();
            page.waiting.push(Waiting {
                id: row.id,
                form: Form {
                    action: format!("/persons/{file}/emergency/review"),
                    command_id: format!("{}-{}", row.id, form.command_id),
                    ..form
                },
                when: format!("{} 〜 {}", stamp(row.recorded_at), clock(emergency.until)),
                who: known.staff(actor),
                name: known.name(file),
                url: format!("/persons/{file}"),
                reason: emergency.reason.clone(),
                due: match late {
                    true => format!("期限超過 {}", wareki::month_day(due)),
                    false => format!("{}まで", wareki::month_day(due)),
                },
                late,
                looks: looks(door, actor, &known.own(file), (row.recorded_at, emergency.until))?,
                own: actor == door.actor.staff && !alone,
            });
        }
        page.done = done.iter().rev().filter_map(|row| known.done(row)).collect();
        let waits = page.waiting.iter().any(|one| one.id == refused);
        page.again = (refused != 0 && !waits).then(|| typed.clone());
        page.missed = missed(door)?;
        page.said = format!("確認を待っている緊急閲覧は{}件です。", page.waiting.len());
        door.log_reading(Looked::List, "inspection", &known.files);
        Ok(page)
    })?;
    Ok(Reply::page(&ReviewPage { frame, ..page })?.status(status))
}

/// Attempts that named nobody, by whoever made them.
fn missed(door: &mut Door<'_>) -> Result<Vec<String>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        staff: i64,
        #[diesel(sql_type = BigInt)]
        n: i64,
        #[diesel(sql_type = BigInt)]
        last: i64,
    }
    let rows: Vec<Row> = sql_query(format!(
        "select staff, count(*) as n, max(at) as last from reading where keeper in {} and at > $1 \
         and what = 'emergency' and purpose = 'missed' group by staff order by staff",
        door.scope()
    ))
    .bind::<BigInt, _>(end_of(door.today().plus(-30)))
    .load(door.db)?;
    let names = people::staff_names(door.db, &rows.iter().map(|r| r.staff).collect::<Vec<_>>())?;
    let line = |r: &Row| {
        let name = names.get(&r.staff).map(String::as_str).unwrap_or_default();
        format!("{name}：{}回（最後は {}）", r.n, stamp(r.last))
    };
    Ok(rows.iter().map(line).collect())
}

fn clock(at: i64) -> String {
    let (hour, minute) = crate::platform::clock::time_in_japan(at);
    format!("{hour}:{minute:02}")
}

/// How often this person was looked at while it ran: others may have been opened in the same hour.
fn looks(door: &mut Door<'_>, staff: i64, files: &[i64], (from, until): (i64, i64)) -> Result<String, Fault> {
    let scope = door.scope();
    let row: CountRow = sql_query(format!(
        "select count(*) as n from reading k where k.keeper in {scope} and k.at >= $1 and k.at <= $2 and k.staff = $3 \
         and k.what = 'emergency' and k.purpose = 'emergency' and exists (select 1 from reading_file f \
         where f.reading = k.id and f.keeper in {scope} and f.file in {})",
        id_list(files)
    ))
    .bind::<BigInt, _>(from)
    .bind::<BigInt, _>(until)
    .bind::<BigInt, _>(staff)
    .get_result(door.db)?;
    Ok(format!("画面を{}回表示", row.n))
}

/// A 緊急閲覧, who made it, and what was said of it last: by whom and when.
struct Found {
    emergency: Emergency,
    actor: i64,
    said: Option<(Reviewed, i64, i64)>,
}

/// What the rows need beside themselves.
struct Known {
    files: Vec<i64>,
    ways: Ways,
    /// By event.
    found: BTreeMap<i64, Found>,
    people: BTreeMap<i64, people::PersonRow>,
    staff: BTreeMap<i64, String>,
}

impl Known {
    fn of(door: &mut Door<'_>, files: Vec<i64>) -> Result<Known, Fault> {
        let ways = Ways::of(door.db, &files)?;
        let mut files: Vec<i64> = files.into_iter().map(|file| ways.lead(file)).collect();
        files.sort_unstable();
        files.dedup();
        let mut found = BTreeMap::new();
        for (_, mut of) in events_of_many(door.db, &files)? {
            mask::for_actor(&mut of, door.actor);
            let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
            for (event, emergency, said) in emergency::all(&story) {
                let said = said.map(|(by, reviewed)| (reviewed.clone(), by.actor, by.recorded_at));
                found.insert(event.id, Found { emergency: emergency.clone(), actor: event.actor, said });
            }
        }
        let said = |f: &Found| f.said.as_ref().map(|(_, by, _)| *by);
        let ids: Vec<i64> = found.values().flat_map(|f| [Some(f.actor), said(f)]).flatten().collect();
        let (people, staff) = (people::many(door, &files)?, people::staff_names(door.db, &ids)?);
        Ok(Known { files, ways, found, people, staff })
    }

    /// Every file that is read as this one.
    fn own(&self, file: i64) -> Vec<i64> {
        self.ways.members(file).chain([file]).collect()
    }

    fn emergency(&self, row: &Row) -> Option<(i64, &Found)> {
        Some((self.ways.lead(row.file), self.found.get(&row.id)?))
    }

    fn staff(&self, id: i64) -> String {
        self.staff.get(&id).cloned().unwrap_or_default()
    }

    fn name(&self, file: i64) -> Name {
        self.people.get(&file).map(|p| name(&p.name, &p.kana)).unwrap_or_default()
    }

    fn done(&self, row: &Row) -> Option<Done> {
        let (file, Found { emergency, actor, said }) = self.emergency(row)?;
        let (reviewed, by, at) = said.as_ref()?;
        Some(Done {
            when: stamp(row.recorded_at),
            who: self.staff(*actor),
            name: self.name(file),
            url: format!("/persons/{file}"),
            reason: emergency.reason.clone(),
            verdict: format!("{}（{} {}）", reviewed.verdict.names().1, stamp(*at), self.staff(*by)),
            note: reviewed.note.clone(),
            question: reviewed.verdict == Verdict::Question,
        })
    }
}

/// POST
///
/// # Errors
/// Not found, or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let of: i64 = ask.form("of").parse().unwrap_or(0);
    let own = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        let event = opened.events.events.iter().find(|e| e.id == of);
        let own = event.is_some_and(|e| e.actor == door.actor.staff);
        Ok(own && !nobody_else(door, door.actor.staff, Permission::InspectReadings)?)
    })?;
    let refused = |text: &str| Submitted::Refused(vec![Refusal::new(text)]);
    if own {
        return draw(ask, of, Some(refused("ご自身の緊急閲覧です。ほかの方が確かめます。")));
    }
    let Some(verdict) = Verdict::from_code(ask.form("verdict")) else {
        return draw(ask, of, Some(refused("「妥当」か「要確認」を選んでください。")));
    };
    let act = Act::Record {
        file,
        episode: None,
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Guarded,
        body: Body::EmergencyReviewed(Reviewed { of, verdict, note: ask.form("note").trim().to_owned() }),
    };
    match record::submit(ask, act)? {
        Submitted::Applied(_) => {
            let told = format!("緊急閲覧を「{}」と記録しました。", verdict.names().1);
            Ok(Reply::see_told("/emergencies", record::told(told, None, "")))
        }
        other => draw(ask, of, Some(other)),
    }
}
