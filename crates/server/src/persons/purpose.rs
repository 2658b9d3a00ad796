//! Why somebody opens a person's file: derived, and asked only where nothing tells it (practice.md §5).

use casework::Role;
use diesel::{RunQueryDsl, sql_query, sql_types::BigInt};

use crate::{
    platform::{Door, Fault, db::CountRow, readings, store::load::id_list},
    today::lines::{self, Filter, LineState},
};

/// What was looked at within this time still tells why: a working day.
const RECENT_US: i64 = 12 * 3_600_000_000;

/// The reasons somebody may give; the code is what the reading log keeps.
pub const ASKED: &[(&str, &str)] = &[
    ("asked_call", "本人・家族からの電話や来所"),
    ("asked_partner", "関係機関からの連絡・照会"),
    ("asked_meeting", "会議・引継ぎの準備"),
    ("asked_substitute", "担当者の不在時の対応"),
    ("asked_other", "そのほかの業務"),
];

/// The purpose of opening a file as far as it can be derived; `None`: ask.
///
/// # Errors
/// If the database fails.
pub fn derived(door: &mut Door<'_>, file: i64) -> Result<Option<String>, Fault> {
    if answers_for(door, file)? {
        return Ok(Some(String::from("duty")));
    }
    // The whole office is theirs to look after.
    if matches!(door.actor.role, Role::Coordinator | Role::Head) {
        return Ok(Some(String::from("office")));
    }
    if let Some(purpose) = looked_before(door, file)? {
        return Ok(Some(purpose));
    }
    if recorded_before(door, file)? {
        return Ok(Some(String::from("own_record")));
    }
    Ok(None)
}

/// Whether the actor answers for a duty of this person, or for their district.
///
/// # Errors
/// If the database fails.
pub fn answers_for(door: &mut Door<'_>, file: i64) -> Result<bool, Fault> {
    let own = Filter {
        owner: Some(door.actor.staff),
        states: LineState::ALL.to_vec(),
        tier: 3,
        file: Some(file),
        ..Filter::default()
    };
    if !lines::list(door, &own, 1, 0)?.is_empty() {
        return Ok(true);
    }
    let today = door.today().0;
    let row: CountRow = sql_query(format!(
        "select count(*) as n from assignment a join person p on p.keeper = a.keeper \
         where p.file = $1 and p.keeper in {} and a.staff = $2 and (a.district = '' or a.district = p.district) \
         and a.from_day <= {today} and (a.until_day is null or a.until_day >= {today})",
        door.scope()
    ))
    .bind::<BigInt, _>(file)
    .bind::<BigInt, _>(door.actor.staff)
    .get_result(door.db)?;
    Ok(row.n > 0)
}

/// The person stood on a list, search or page the actor was shown, or is family of somebody they opened.
fn looked_before(door: &mut Door<'_>, file: i64) -> Result<Option<String>, Fault> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        what: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        purpose: String,
    }
    let since = door.now() - RECENT_US;
    let (scope, whole) = (door.scope(), id_list(&readings::of_person(door, file)?));
    let rows: Vec<Row> = sql_query(format!(
        "select k.what, k.purpose from reading_file f join reading k on k.id = f.reading \
         where f.keeper in {scope} and f.file in {whole} and k.at >= $1 and k.staff = $2 order by k.id desc limit 1"
    ))
    .bind::<BigInt, _>(since)
    .bind::<BigInt, _>(door.actor.staff)
    .load(door.db)?;
    if let Some(row) = rows.into_iter().next() {
        let plain_list = row.what == "list" && row.purpose != "search" && !row.purpose.starts_with("asked_");
        return Ok(Some(if plain_list { String::from("list") } else { row.purpose }));
    }
    let family: CountRow = sql_query(format!(
        "select count(*) as n from relation r join reading_file f on f.keeper = r.keeper and f.file = r.file \
         join reading k on k.id = f.reading \
         where r.keeper in {scope} and r.other in {whole} and k.at >= $1 and k.staff = $2 and k.what = 'person'"
    ))
    .bind::<BigInt, _>(since)
    .bind::<BigInt, _>(door.actor.staff)
    .get_result(door.db)?;
    Ok((family.n > 0).then(|| String::from("family")))
}

/// The actor recorded something in this file lately.
fn recorded_before(door: &mut Door<'_>, file: i64) -> Result<bool, Fault> {
    let whole = id_list(&readings::of_person(door, file)?);
    let row: CountRow = sql_query(format!(
        "select count(*) as n from event where file in {whole} and keeper in {} and actor = $1 and recorded_at >= $2",
        door.scope()
    ))
    .bind::<BigInt, _>(door.actor.staff)
    .bind::<BigInt, _>(door.now() - RECENT_US)
    .get_result(door.db)?;
    Ok(row.n > 0)
}

/// Whether a posted reason is one of those offered.
pub fn is_asked(code: &str) -> bool {
    ASKED.iter().any(|(known, _)| *known == code)
}
