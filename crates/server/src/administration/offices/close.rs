//! 閉鎖: a centre is closed from a day on, once nothing is left in it. Records stay with their keeper, so nothing is moved:
//! whoever is on the register, open or in charge goes first, and by whose hand is said.

use casework::{
    Body, Permission,
    office::{CLOSED, closed},
};
use diesel::{RunQueryDsl, sql_query};
use rules::wareki;

use super::super::staff::acts::{Done, within};
use super::own::{told, town};
use super::view::{ClosePage, Left};
use crate::platform::web::{Ask, Reply, ask::field_errors, view::Link};
use crate::platform::{
    Door, Fault, Problem, Refusal, db::CountRow, record::Submitted, session::posts, store::write::NotApplied, typed,
};
use crate::rulebook::changes::desk::OfficeFile;
use crate::subject::preset;

/// What still stands in the way. No number is told: a count could speak of what not everybody may know of.
///
/// # Errors
/// If the database fails.
fn left(door: &mut Door<'_>) -> Result<Vec<Left>, Fault> {
    let today = door.today();
    let held = posts::held_on(door.db, door.actor.staff, today)?;
    let may = |permission| held.iter().any(|post| post.keeper == door.actor.keeper && post.role.may(permission));
    let (may_reassign, keeper, own) = (may(Permission::Reassign), door.actor.keeper, door.actor.staff);
    let mut any = |rows: &str| {
        let text = format!("select count(*) as n from {rows}");
        Ok::<_, Fault>(sql_query(text).get_result::<CountRow>(door.db)?.n > 0)
    };
    let link = |label: &str, url: &str| Some(Link { label: label.to_owned(), url: url.to_owned() });
    // Whoever may not do it reads how it is done, and by whom.
    let handover = || match may_reassign {
        true => link("担当替え", "/supervision/handovers/new"),
        false => link("手引き：担当を見る、替える", "/manual/supervisor-week#supervision"),
    };
    let mut all = Vec::new();
    let persons = format!(
        "file f where f.keeper = {keeper} and (f.standing in ('covered', 'listed') or exists (select 1 from duty d \
         where d.keeper = f.keeper and d.file = f.id and d.tier < 3 and d.settled_how is null))"
    );
    if any(&persons)? {
        all.push(Left {
            text: String::from(
                "台帳に残っている方か、開いている対応があります。引き継ぐ先を決めて、一人ずつ終結にします。\
                 記録はこのセンターに残り、移りません。担当を動かすのは「担当替え」です（統括支援員かセンター長・係長）。",
            ),
            link: handover(),
        });
    }
    let today = today.0;
    let charges = format!("assignment where keeper = {keeper} and (until_day is null or until_day >= {today})");
    if any(&charges)? {
        all.push(Left {
            text: String::from(
                "担当の表に、終わりのない担当があります。「担当替え」で終わらせます（統括支援員かセンター長・係長）。",
            ),
            link: handover(),
        });
    }
    let posts = format!(
        "post p join staff s on s.id = p.staff where p.keeper = {keeper} and p.staff <> {own} and s.closed_on is null \
         and (p.until_day is null or p.until_day >= {today})"
    );
    if any(&posts)? {
        all.push(Left {
            text: String::from("ほかの職員に、このセンターの役割があります。役割を終わらせます。"),
            link: link("職員", "/staff"),
        });
    }
    Ok(all)
}

fn draw(ask: &mut Ask, refusals: &[Refusal]) -> Result<ClosePage, Problem> {
    let frame = ask.frame("センターの閉鎖", "/offices/own")?;
    let (name, since, left) = ask.read(|door| {
        town(door)?;
        let office = OfficeFile::of(door.db, door.actor.keeper)?;
        let since = office.as_ref().and_then(|office| closed(&office.story()));
        Ok::<_, Problem>((super::name::of(door)?, since, left(door)?))
    })?;
    let mut form = ask.draw_form("/offices/close", "/offices/own")?;
    form.errors = field_errors(refusals, &[("day", "閉鎖する日"), ("reason", "理由")]);
    preset(&mut form, "day", "きょう");
    let closed = since.map(|day| format!("「{name}」は{}から閉鎖されています。", wareki::short(day)));
    Ok(ClosePage { frame, name, closed: closed.unwrap_or_default(), left, form })
}

/// GET /offices/close
///
/// # Errors
/// Not found outside a municipality, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, &[])?)
}

/// POST /offices/close
///
/// # Errors
/// Not found outside a municipality, or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let mut wrong = Vec::new();
    let day = typed::span(ask, "day").map_err(|refusal| wrong.push(refusal)).ok().map(|span| span.lo);
    if day.is_some_and(|day| day > ask.today()) {
        wrong.push(Refusal::at("day", "閉鎖する日は、今日までの日にしてください。"));
    }
    let reason = ask.form("reason").trim().to_owned();
    if reason.is_empty() {
        wrong.push(Refusal::at("reason", "理由を入力してください。"));
    }
    let (Some(day), true) = (day, wrong.is_empty()) else { return Reply::refused(&draw(ask, &wrong)?) };
    ask.read(town)?;
    let keeper = ask.actor()?.keeper;
    let done = within(ask, |acts| {
        if !left(acts.door)?.is_empty() {
            let why = "まだ閉鎖できません。下のことを先に済ませてください。";
            return Err(NotApplied::Refused(Refusal::new(why)));
        }
        acts.put(keeper, day, Body::Period { name: String::from(CLOSED), until: None, note: reason.clone() })
    })?;
    match done {
        Ok(Done::Now(event)) => Ok(told(format!("{}から閉鎖しました。", wareki::short(day)), Some(event))),
        Ok(Done::Before) => Ok(told(String::from("閉鎖しました。"), None)),
        Err(Submitted::Refused(why)) => Reply::refused(&draw(ask, &why)?),
        Err(_) => Err(Problem::NotFound),
    }
}
