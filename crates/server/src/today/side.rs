//! Beside the list: filters, how far the papers have arrived, and what was recorded a moment ago.

use std::collections::BTreeSet;

use casework::{Body, Permission};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::{Day, Rulebook};

use super::{
    asked::Asked,
    lines::{self, Lens, LineState},
    view::{ActiveFilter, Filter, Recent, Scope},
    words,
};
use crate::platform::{
    Door, Fault, Problem,
    clock::time_in_japan,
    db::CountRow,
    mask, people, record, rulebook, sql,
    store::{events_of_many, joined::Ways},
    web::{
        form::{Choice, Form},
        view::Link,
        words::{arrival, name},
    },
};
use crate::supervision::{charges, desk::Desk, table};

/// How long ago a record still counts as さきほど.
const RECENT_US: i64 = 12 * 3_600_000_000;

pub fn filter(
    door: &mut Door<'_>,
    book: &Rulebook,
    asked: &Asked,
    filter: &lines::Filter,
    scopes: Vec<Scope>,
    services: &BTreeSet<String>,
) -> Result<Filter, Problem> {
    let mut active = Vec::new();
    for state in &asked.states {
        let without = asked.states.iter().filter(|s| *s != state).cloned().collect();
        active.push(ActiveFilter {
            label: LineState::from_code(state).map(|s| words::state(s).word().to_owned()).unwrap_or_default(),
            remove_url: Asked { states: without, open: None, ..asked.clone() }.address(),
        });
    }
    if !asked.service.is_empty() {
        active.push(ActiveFilter {
            label: rulebook::open_title(book, &asked.service),
            remove_url: Asked { service: String::new(), open: None, ..asked.clone() }.address(),
        });
    }
    if !asked.district.is_empty() {
        active.push(ActiveFilter {
            label: if asked.district == "-" {
                String::from("地区なし・表示しない")
            } else {
                asked.district.clone()
            },
            remove_url: Asked { district: String::new(), open: None, ..asked.clone() }.address(),
        });
    }
    if let Some(owner) = filter.owner.filter(|_| asked.owner > 0) {
        let names = people::staff_names(door.db, &[owner])?;
        active.push(ActiveFilter {
            label: names.get(&owner).map(|n| format!("担当 {}", name(n, "").text)).unwrap_or_default(),
            remove_url: Asked { owner: 0, open: None, ..asked.clone() }.address(),
        });
    }
    if !asked.programme.is_empty() {
        active.push(ActiveFilter {
            label: charges::programme_word(&asked.programme).to_owned(),
            remove_url: Asked { programme: String::new(), open: None, ..asked.clone() }.address(),
        });
    }
    if !asked.category.is_empty() {
        let none = asked.category == "-";
        active.push(ActiveFilter {
            label: if none { "区分なし" } else { charges::category_word(&asked.category) }.to_owned(),
            remove_url: Asked { category: String::new(), open: None, ..asked.clone() }.address(),
        });
    }
    if asked.tier > 1 {
        active.push(ActiveFilter {
            label: String::from("月次一括もふくむ"),
            remove_url: Asked { tier: 1, open: None, ..asked.clone() }.address(),
        });
    }
    let mut values: Vec<(String, String)> = filter.states.iter().map(|s| ("state".into(), s.code().into())).collect();
    values.push(("service".into(), asked.service.clone()));
    values.push(("district".into(), asked.district.clone()));
    values.push(("owner".into(), filter.owner.filter(|_| asked.owner > 0).map(|o| o.to_string()).unwrap_or_default()));
    values.push(("programme".into(), asked.programme.clone()));
    values.push(("category".into(), asked.category.clone()));
    values.push(("order".into(), if asked.tier > 1 { "2".into() } else { String::new() }));
    values.push(("flat".into(), if asked.flat { "1".into() } else { String::new() }));
    Ok(Filter {
        scopes,
        unfolded: !active.is_empty(),
        clear_url: Asked { scope: asked.scope.clone(), tier: 1, page: 1, ..Asked::default() }.address(),
        active,
        form: Form { action: String::from("/today"), values, ..Form::default() },
        states: LineState::ALL.into_iter().map(|s| Choice::new(s.code(), words::state(s).word())).collect(),
        services: services.iter().map(|s| Choice::new(s, &rulebook::open_title(book, s))).collect(),
        districts: districts(door)?,
        orders: Vec::new(),
    })
}

/// Every district somebody lives in whose place may be told: from each the next one, not everybody's.
fn districts(door: &mut Door<'_>) -> Result<Vec<Choice>, Fault> {
    let any = std::iter::once(Choice::new("", "すべての地区"));
    // Where people live is not told at the counter, not even as a choice.
    if door.actor.counter {
        return Ok(any.collect());
    }
    let next = |after: &str| {
        format!(
            "(select min(p.district) from person p where p.keeper = o.keeper and p.protected = 0 and p.district > {after})"
        )
    };
    let text = format!(
        "with recursive told (keeper, district) as (select o.keeper, {} from (select id as keeper from office where id in {}) o \
         union all select o.keeper, {} from told o where o.district is not null) \
         select distinct district from told where district is not null",
        next("''"),
        door.scope(),
        next("o.district")
    );
    let mut rows: Vec<String> = sql::typed::<Text>(&text).once().load(door.db)?;
    // Sorted here: databases collate text differently.
    rows.sort_unstable();
    Ok(any.chain(rows.into_iter().map(|district| Choice::new(&district, &district))).collect())
}

/// 「妊婦健診受診票 9月分まで到着」
pub fn arrivals(door: &mut Door<'_>) -> Result<Vec<String>, Fault> {
    Ok(arrived(door)?.into_iter().map(|(source, through)| arrival(&source, through)).collect())
}

/// How far each source that ever arrived reaches.
///
/// # Errors
/// If the database fails.
pub fn arrived(door: &mut Door<'_>) -> Result<Vec<(String, Day)>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        source: String,
        #[diesel(sql_type = Integer)]
        through: i32,
    }
    let rows: Vec<Row> =
        sql_query(format!("select source, through from arrival where keeper in {} order by source", door.scope()))
            .load(door.db)?;
    Ok(rows.into_iter().map(|r| (r.source, Day(r.through))).collect())
}

/// Ways to 一括整理 and to 発送. What was open before 稼働基準日 stands there and on no list.
///
/// # Errors
/// If the database fails.
pub fn settlings(door: &mut Door<'_>, asked: &Asked, mine: bool) -> Result<Vec<Link>, Fault> {
    if !door.actor.role.may(Permission::SettleLines) {
        return Ok(Vec::new());
    }
    let link = |label: &str, mode: &str| Link { label: label.into(), url: format!("/settlings?mode={mode}") };
    let mut links = Vec::new();
    if any_before(door)? {
        links.push(link("初期整理（移行前の対応が残っています）", "start"));
    }
    links.push(link("月次一括", "month"));
    if !asked.service.is_empty() {
        let scope = String::from(if mine { "mine" } else { "office" });
        let list = Asked { scope, open: None, page: 1, ..asked.clone() }.address();
        let url = format!("/postings/new?from=today&{}", list.split_once('?').map_or("", |(_, query)| query));
        links.push(Link { label: String::from("この一覧の人に発送する"), url });
    }
    links.push(Link { label: String::from("これまでの発送"), url: String::from("/postings") });
    Ok(links)
}

/// Whether a line of tier 1 is 移行前; how many there are stands in 初期整理.
fn any_before(door: &mut Door<'_>) -> Result<bool, Fault> {
    let lens = Lens::of(door, mask::level(door.actor))?;
    let Some(only) = lens.before() else { return Ok(false) };
    let text = format!(
        "select count(*) as n from (select 1 as one from ({}) line where tier = 1 and state = 'before' limit 1) found",
        lens.held_sql("", &only)
    );
    Ok(sql_query(text).get_result::<CountRow>(door.db)?.n > 0)
}

/// That the office has no 担当表 yet, for whoever may make it; empty otherwise.
///
/// # Errors
/// If the database fails.
pub fn first_table(door: &mut Door<'_>) -> Result<String, Fault> {
    if !door.actor.role.may(Permission::Reassign) {
        return Ok(String::new());
    }
    let rows: CountRow = sql_query("select count(*) as n from assignment where keeper = $1")
        .bind::<BigInt, _>(door.actor.keeper)
        .get_result(door.db)?;
    if rows.n > 0 { Ok(String::new()) } else { Ok(table::hint(&Desk::of(door)?)) }
}

/// さきほどの記録: one's own records of the last hours that still stand, each with its undo.
pub fn recent(door: &mut Door<'_>, book: &Rulebook, return_to: &str) -> Result<Vec<Recent>, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = BigInt)]
        file: i64,
        #[diesel(sql_type = BigInt)]
        recorded_at: i64,
    }
    let rows: Vec<Row> = sql_query(format!(
        "select e.id, e.file, e.recorded_at from event e join file f on f.id = e.file and f.subject = 'person' \
         where e.keeper in {} and e.actor = $1 and e.recorded_at >= $2 and e.corrects is null and e.body is not null \
         and e.batch is null \
         and e.kind in ('contact', 'visit', 'service', 'closure', 'note') \
         and not exists (select 1 from event w where w.file = e.file and w.corrects = e.id and w.kind = 'withdrawn') \
         order by e.recorded_at desc limit 8",
        door.scope()
    ))
    .bind::<BigInt, _>(door.actor.staff)
    .bind::<BigInt, _>(door.now() - RECENT_US)
    .load(door.db)?;
    // A record of a file that was joined since is read, and undone, with the one that stands for the person.
    let files: Vec<i64> = rows.iter().map(|r| r.file).collect();
    let ways = Ways::of(door.db, &files)?;
    let files: Vec<i64> = files.iter().map(|file| ways.lead(*file)).collect();
    let mut events = events_of_many(door.db, &files)?;
    for of in events.values_mut() {
        mask::for_actor(of, door.actor);
        mask::in_the_open(of);
    }
    let people = people::many(door, &files)?;
    let recent = |(row, file): (&Row, &i64)| {
        let body =
            events.get(file).and_then(|of| of.events.iter().find(|e| e.id == row.id)).and_then(|e| e.body.as_ref());
        let what = match body {
            Some(Body::Service(s)) => rulebook::open_title(book, &s.code),
            Some(body) => rulebook::event_title(book, body),
            None => String::from("記録"),
        };
        let (hour, minute) = time_in_japan(row.recorded_at);
        let time = format!("{hour}:{minute:02}");
        Some(Recent {
            undo: Some(record::undo_of(*file, row.id, return_to, &format!("{time} {what}"))),
            time,
            who: name(&people.get(file)?.name, "").text,
            what,
            url: format!("/persons/{file}"),
        })
    };
    Ok(rows.iter().zip(&files).filter_map(recent).collect())
}
