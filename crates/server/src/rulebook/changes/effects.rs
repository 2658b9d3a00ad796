//! What two books make of one chunk of files: counted, and kept by person for the list by name.

use casework::{Sensitivity, publication::Moves};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::Day;
use serde::{Deserialize, Serialize};

use super::work::{Counts, Work};
use crate::{
    cli::rulebook::{
        population::{Asked, FileRow, compared, owner},
        tally::{Differing, Kind, part},
    },
    platform::{Door, Fault, responsibility, rulebook::Book, web::words::short},
};

/// One duty of one person that differs, as the list by name shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Said {
    pub rule: String,
    /// 増える, なくなる, 変わる
    pub change: String,
    pub dose: Option<u8>,
    /// 「対応の期限 11/24→12/1」
    pub days: Vec<String>,
    /// 0 if nobody answers for it.
    pub owner: i64,
}

fn add(moves: &mut Moves, kind: Kind) {
    match kind {
        Kind::Added => moves.added += 1,
        Kind::Removed => moves.removed += 1,
        Kind::Moved => moves.moved += 1,
    }
}

/// Compares a chunk and adds it to the counts; with `keep`, whose duties differ is kept for the list by name.
///
/// # Errors
/// If the database fails.
pub fn count(
    door: &mut Door<'_>,
    work: &mut Work,
    files: Vec<FileRow>,
    (old, new): (&Book, &Book),
    keep: bool,
) -> Result<(), Fault> {
    // Page, receipt and names are for readers outside the compartment too: what it alone causes must not show here.
    let asked = Asked { old, new, day: work.day, level: Sensitivity::Ordinary };
    let keepers = door.keepers().to_vec();
    let tables = responsibility::tables(door.db, &keepers)?;
    for (file, differing) in compared(door.db, files, asked)? {
        let Counts { effects, by_owner, .. } = &mut work.counts;
        effects.files += 1;
        if differing.is_empty() {
            continue;
        }
        effects.persons += 1;
        let mut said = Vec::new();
        for one in &differing {
            let owner = owner(&tables, &file, one, work.day).unwrap_or(0);
            add(&mut effects.all, one.kind);
            add(effects.by_rule.entry(one.duty.rule.clone()).or_default(), one.kind);
            add(by_owner.entry(owner).or_default(), one.kind);
            said.push(told(one, owner, work.day));
        }
        if keep {
            sql_query("insert into rule_effect (keeper, proposal, file, said) values ($1, $2, $3, $4)")
                .bind::<BigInt, _>(work.keeper)
                .bind::<BigInt, _>(work.proposal)
                .bind::<BigInt, _>(file.id)
                .bind::<Text, _>(serde_json::to_string(&said)?)
                .execute(door.db)?;
        }
    }
    Ok(())
}

fn told(one: &Differing, owner: i64, today: Day) -> Said {
    let on = |d: Option<Day>| d.map_or_else(|| String::from("なし"), |d| short(d, today));
    let days = one.changes.iter().map(|change| match (change.from, change.to) {
        (None, None) => String::from(part(change.part).1),
        (from, to) => format!("{} {}→{}", part(change.part).1, on(from), on(to)),
    });
    let mut days: Vec<String> = days.collect();
    days.dedup();
    Said { rule: one.duty.rule.clone(), change: one.kind.word().to_owned(), dose: one.duty.dose, days, owner }
}
