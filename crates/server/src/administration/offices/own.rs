//! GET /offices/own: the centres of the actor's own municipality. Names and dates only, as on 設置状況.

use casework::office::CLOSED;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::{Day, wareki};

use super::view::{CentreRow, OwnPage};
use crate::platform::web::view::{Notice, NoticeTone, Undo};
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Fault, Problem, session::posts};

/// What a centre may be (母子保健法22条, 児童福祉法10条の2).
pub const KINDS: [(&str, &str); 2] =
    [("family_centre", "こども家庭センター"), ("support_centre", "子育て世代包括支援センター")];

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    period: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    from_day: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    event: Option<i64>,
}

#[derive(QueryableByName)]
struct Office {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The municipality the actor's office belongs to.
///
/// # Errors
/// Not found, for an office that is of none; or if the database fails.
pub fn town(door: &mut Door<'_>) -> Result<i64, Problem> {
    let rows: Vec<Office> = sql_query(
        "select t.id from office o join office t on t.id = o.id or t.id = o.parent \
         where o.id = $1 and t.kind = 'municipality'",
    )
    .bind::<BigInt, _>(door.actor.keeper)
    .load(door.db)?;
    rows.first().map(|row| row.id).ok_or(Problem::NotFound)
}

/// GET /offices/own
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let frame = ask.frame("センター", "/offices/own")?;
    let rows = ask.read(|door| {
        let town = town(door)?;
        Ok(centres(door, town)?)
    })?;
    Reply::page(&OwnPage { frame, rows })
}

fn centres(door: &mut Door<'_>, town: i64) -> Result<Vec<CentreRow>, Fault> {
    let held = posts::held_on(door.db, door.actor.staff, door.today())?;
    let rows: Vec<Row> = sql_query(
        "select o.id, o.name, p.name as period, p.from_day, p.event from office o left join office_period p on p.keeper = o.id \
         where o.parent = $1 and o.kind = 'centre' order by o.id, p.from_day, p.event",
    )
    .bind::<BigInt, _>(town)
    .load(door.db)?;
    let mut shown: Vec<(i64, CentreRow)> = Vec::new();
    for row in rows {
        if shown.last().is_none_or(|(id, _)| *id != row.id) {
            let roles = held.iter().filter(|post| post.keeper == row.id).map(|post| post.role.label());
            let centre = CentreRow {
                name: row.name,
                here: row.id == door.actor.keeper,
                roles: roles.collect::<Vec<_>>().join("・"),
                ..CentreRow::default()
            };
            shown.push((row.id, centre));
        }
        if let (Some((_, centre)), Some(CLOSED), Some(from)) = (shown.last_mut(), row.period.as_deref(), row.from_day) {
            centre.closed = format!("{}から閉鎖", wareki::short(Day(from)));
            centre.reopen = row.event.filter(|_| centre.here).map(|event| undo(event, "閉鎖"));
        }
        let word = row.period.and_then(|period| KINDS.iter().find(|(code, _)| *code == period));
        if let (Some((_, centre)), Some((_, word)), Some(from)) = (shown.last_mut(), word, row.from_day) {
            centre.since.push(format!("{word}（{}から）", wareki::short(Day(from))));
        }
    }
    Ok(shown.into_iter().map(|(_, centre)| centre).collect())
}

fn undo(event: i64, what: &str) -> Undo {
    Undo {
        url: format!("/offices/events/{event}/withdraw"),
        command_id: format!("undo-{event}"),
        return_to: String::from("/offices/own"),
        what: what.to_owned(),
    }
}

/// Back to the list, with what was done and perhaps its undo.
pub fn told(said: String, event: Option<i64>) -> Reply {
    let undo = event.map(|event| undo(event, ""));
    Reply::see_told("/offices/own", Notice { tone: NoticeTone::Done, text: said, link: None, undo })
}
