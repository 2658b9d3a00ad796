//! GET /rulebook/changes/{proposal}/persons: whose duties a proposal would change, by name. Only for whoever may see lists
//! of persons; whom it showed stands in the reading log.

use casework::Permission;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    desk::with_proposal,
    effects::Said,
    page::{title, who},
    view::{PersonRow, PersonsPage},
};
use crate::platform::{
    Door, Problem,
    db::CountRow,
    door::Looked,
    people::{self, staff_names},
    rulebook::{self, Book},
    web::{Ask, Reply, words},
};

/// Persons on one page.
const PAGE: i64 = 50;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = Text)]
    said: String,
}

/// GET /rulebook/changes/{proposal}/persons
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    if !ask.actor()?.role.may(Permission::ReadLists) {
        return Err(Problem::NotFound);
    }
    let id = ask.id("proposal")?;
    let from: i64 = ask.query("from").parse().unwrap_or(0).clamp(0, 10_000_000);
    let book = ask.book()?;
    let frame = ask.frame("影響を受ける方", "/rulebook")?;
    let page = ask.read(|door| {
        let title = with_proposal(door, id, |_, found, _| Ok(title(&book, found.proposed.body)))?;
        Ok(PersonsPage { frame, title, ..list(door, &book, id, from)? })
    })?;
    Reply::page(&page)
}

fn list(door: &mut Door<'_>, book: &Book, id: i64, from: i64) -> Result<PersonsPage, Problem> {
    let keeper = door.actor.keeper;
    let all: CountRow = sql_query("select count(*) as n from rule_effect where keeper = $1 and proposal = $2")
        .bind::<BigInt, _>(keeper)
        .bind::<BigInt, _>(id)
        .get_result(door.db)?;
    let rows: Vec<Row> = sql_query(
        "select file, said from rule_effect where keeper = $1 and proposal = $2 order by file limit $3 offset $4",
    )
    .bind::<BigInt, _>(keeper)
    .bind::<BigInt, _>(id)
    .bind::<BigInt, _>(PAGE)
    .bind::<BigInt, _>(from)
    .load(door.db)?;
    let files: Vec<i64> = rows.iter().map(|r| r.file).collect();
    door.log_reading(Looked::List, "rule_change", &files);
    let people = people::many(door, &files)?;
    let said: Vec<Vec<Said>> = rows
        .iter()
        .map(|r| serde_json::from_str(&r.said).map_err(crate::platform::Fault::from))
        .collect::<Result<_, _>>()?;
    let mut owners: Vec<i64> = said.iter().flatten().map(|s| s.owner).filter(|id| *id > 0).collect();
    owners.sort_unstable();
    owners.dedup();
    let names = staff_names(door.db, &owners)?;
    let today = door.today();
    let drawn = rows.iter().zip(&said).map(|(row, said)| {
        let person = people.get(&row.file);
        let about = person.map(|p| words::about(p.birth(), None, today)).unwrap_or_default();
        PersonRow {
            name: person.map(|p| p.name.clone()).filter(|n| !n.is_empty()).unwrap_or_else(|| "（氏名なし）".into()),
            url: format!("/persons/{}", row.file),
            about,
            protected: person.is_some_and(|p| p.protected == 1),
            lines: said.iter().map(|s| line(book, &names, s)).collect(),
        }
    });
    let rows: Vec<PersonRow> = drawn.collect();
    let next = from + i64::try_from(rows.len()).unwrap_or(0);
    Ok(PersonsPage {
        back_url: format!("/rulebook/changes/{id}"),
        shown: if rows.is_empty() {
            format!("{}人", all.n)
        } else {
            format!("{}人のうち {}–{next}人", all.n, from + 1)
        },
        next_url: if next < all.n && !rows.is_empty() {
            format!("/rulebook/changes/{id}/persons?from={next}")
        } else {
            String::new()
        },
        rows,
        ..PersonsPage::default()
    })
}

fn line(book: &Book, names: &std::collections::BTreeMap<i64, String>, said: &Said) -> String {
    let dose = said.dose.map(|n| format!(" {n}回目")).unwrap_or_default();
    let days = if said.days.is_empty() { String::new() } else { format!("：{}", said.days.join("、")) };
    let owner = if said.owner > 0 { who(names, said.owner) } else { String::from("担当なし") };
    format!("{} {}{dose}{days}（{owner}）", said.change, rulebook::title(book, &said.rule))
}
