//! What is seen in the tables as a whole, one query a question.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::{Finding, Promise};
use crate::{Db, Fault, rulebook::Texts, sql::typed, store::staff};

/// (promise, what is wrong, the query: file and number of the row).
const QUESTIONS: &[(Promise, &str, &str)] = &[
    (
        Promise::OneWritePath,
        "import is withdrawn without a record of it, or the other way round",
        "select cast(0 as bigint) as file, b.id from batch b where (b.withdrawn_at is not null) <> exists \
         (select 1 from event e where e.keeper = b.keeper and e.kind = 'batch_withdrawn' and e.body like \
         '%\"batch\":' || cast(b.id as text) || ',%')",
    ),
    (
        Promise::OneWritePath,
        "keeper has a command that is claimed and without a result",
        "select cast(0 as bigint) as file, keeper as id from command where result = ''",
    ),
    (
        Promise::ScoreIsNotDecision,
        "decision without the name of who took it",
        "select file, id from event where kind in ('closure', 'released') and actor <= 0",
    ),
    (
        Promise::TwoDataPlanes,
        "event is under another keeper than its file",
        "select e.file, e.id from event e left join file f on f.id = e.file where f.id is null or f.keeper <> e.keeper",
    ),
    (
        Promise::TwoDataPlanes,
        "row of the people index is under another keeper than its file",
        "select p.file, p.file as id from person p left join file f on f.id = p.file \
         where f.id is null or f.keeper <> p.keeper",
    ),
    (
        Promise::TwoDataPlanes,
        "duty is under another keeper than its file",
        "select distinct d.file, d.file as id from duty d left join file f on f.id = d.file \
         where f.id is null or f.keeper <> d.keeper",
    ),
    (
        Promise::TwoDataPlanes,
        "relation leads to another keeper's file",
        "select r.file, r.other as id from relation r left join file f on f.id = r.file left join file o on o.id = r.other \
         where f.id is null or o.id is null or f.keeper <> r.keeper or o.keeper <> r.keeper",
    ),
    (
        Promise::CivilDates,
        "event ends before it begins, or has half a day",
        "select file, id from event where erased_by is null and (day_lo is null or day_hi is null or day_lo > day_hi)",
    ),
    (
        Promise::WhatMustGoCanGo,
        "erased event still says something",
        "select file, id from event where erased_by is not null and (body is not null or salt is not null \
         or day_lo is not null or day_hi is not null or day2 is not null or code is not null or product is not null \
         or number is not null)",
    ),
    (
        Promise::WhatMustGoCanGo,
        "event is empty and no record says who erased it",
        "select e.file, e.id from event e where e.erased_by is not null and not exists (select 1 from event x \
         where x.id = e.erased_by and x.kind = 'erased' and x.keeper = e.keeper)",
    ),
];

/// Findings of one question that are told.
const TOLD: usize = 20;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = BigInt)]
    id: i64,
}

pub fn check(db: &mut Db) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    for (promise, what, query) in QUESTIONS {
        let rows: Vec<Found> = sql_query(format!("{query} order by 1, 2")).load(db)?;
        let told = rows.iter().take(TOLD).map(|row| Finding::new(*promise, row.file, format!("{}: {what}", row.id)));
        findings.extend(told);
        if rows.len() > TOLD {
            findings.push(Finding::new(*promise, 0, format!("{} more: {what}", rows.len() - TOLD)));
        }
    }
    let by_hand = staff::unrecorded(db)?;
    findings.extend(by_hand.into_iter().map(|what| Finding::new(Promise::OneWritePath, 0, what)));
    rulebooks(db, &mut findings)?;
    imports(db, &mut findings)?;
    Ok(findings)
}

/// A kept rulebook says what its hash says, and whatever was in force is kept.
fn rulebooks(db: &mut Db, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    let hashes: Vec<String> = typed::<Text>("select hash from rulebook order by hash").load(db)?;
    for hash in hashes {
        let content: String =
            typed::<Text>("select content from rulebook where hash = $1").with(&hash).get_result(db)?;
        if Texts::of_content(&content).hash() != hash {
            let short: String = hash.chars().take(12).collect();
            let what = format!("the kept rulebook {short} is not what it was");
            findings.push(Finding::new(Promise::ThePastByItsRules, 0, what));
        }
    }
    let lost = "select f.hash from book_in_force f left join rulebook r on r.hash = f.hash where r.hash is null";
    for hash in typed::<Text>(lost).load::<String>(db)? {
        let what = format!("rulebook {hash} was in force and is not kept");
        findings.push(Finding::new(Promise::ThePastByItsRules, 0, what));
    }
    Ok(())
}

/// An import counted every record it made, in the transaction that made it: it left none out in silence.
fn imports(db: &mut Db, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    let text = "select b.id, b.progress, (select count(*) from event e where e.batch = b.id) from batch b \
                where b.progress <> '' order by b.id";
    let rows: Vec<(i64, String, i64)> = typed::<(BigInt, Text, BigInt)>(text).load(db)?;
    for (id, progress, there) in rows {
        let progress: serde_json::Value = serde_json::from_str(&progress)?;
        if let Some(counted) = progress.get("events").and_then(serde_json::Value::as_i64)
            && counted != there
        {
            let what = format!("import {id} counted {counted} records, and {there} are there");
            findings.push(Finding::new(Promise::LimitsAreNamed, 0, what));
        }
    }
    Ok(())
}
