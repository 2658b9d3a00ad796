//! Open lines by what their owner follows from: counted, and as files.

use casework::{Sensitivity, responsibility::Charge};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};
use rules::Day;

use crate::platform::{
    Door, Fault, Problem,
    mask::{self, home},
    store::load::id_list,
};
use crate::today::{
    lines::{Lens, LineRow, LineState},
    owner,
};

/// Lines of one charge, service and state.
#[derive(Clone, Debug)]
pub struct Counted {
    pub charge: Charge,
    /// The district as it may be shown: empty for protected persons.
    pub shown: String,
    pub service: String,
    pub tier: i32,
    pub state: LineState,
    pub lines: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    home: String,
    #[diesel(sql_type = Text)]
    shown: String,
    #[diesel(sql_type = Text)]
    programme: String,
    #[diesel(sql_type = Text)]
    category: String,
    #[diesel(sql_type = Integer)]
    narrow: i32,
    #[diesel(sql_type = Text)]
    service: String,
    #[diesel(sql_type = Integer)]
    tier: i32,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    lines: i64,
}

/// The office's lines on a day as whoever asks may know of them.
fn lens(door: &mut Door<'_>, day: Day) -> Result<Lens, Fault> {
    let level = mask::level(door.actor);
    let scope = format!("({})", door.actor.keeper);
    Ok(Lens { scope, today: day, ..Lens::of(door, level)? })
}

/// Every open line of tiers 1 and 2 on a day, counted.
///
/// # Errors
/// If the database fails.
pub fn counted(door: &mut Door<'_>, day: Day) -> Result<Vec<Counted>, Problem> {
    const GROUP: &str =
        "home, district, programme, category, case when level >= 2 then 1 else 0 end, service, tier, state";
    let lens = lens(door, day)?;
    let text = format!(
        "select home, district as shown, programme, category, case when level >= 2 then 1 else 0 end as narrow, service, \
         tier, state, count(*) as lines from ({}) line where tier <= 2 group by {GROUP} order by {GROUP}",
        lens.open_sql(owner::COLUMNS)
    );
    let rows: Vec<Row> = sql_query(text).load(door.db)?;
    Ok(rows
        .into_iter()
        .map(|r| Counted {
            charge: Charge { district: r.home, programme: r.programme, category: r.category, narrow: r.narrow == 1 },
            shown: r.shown,
            service: r.service,
            tier: r.tier,
            state: LineState::from_code(&r.state).unwrap_or(LineState::Planned),
            lines: r.lines,
        })
        .collect())
}

/// A file with one of the charges of its open lines.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Carried {
    pub file: i64,
    pub charge: Charge,
    /// The district as it may be shown.
    pub shown: String,
}

/// Every file with an open duty of tier 1 or 2, whatever its window, once for each charge.
///
/// # Errors
/// If the database fails.
pub fn carried(door: &mut Door<'_>, level: Sensitivity) -> Result<Vec<Carried>, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        file: i64,
        #[diesel(sql_type = Text)]
        home: String,
        #[diesel(sql_type = Integer)]
        protected: i32,
        #[diesel(sql_type = Text)]
        programme: String,
        #[diesel(sql_type = Text)]
        category: String,
        #[diesel(sql_type = Integer)]
        narrow: i32,
    }
    let text = format!(
        "select distinct d.file, p.district as home, case when p.file in ({}) then 1 else 0 end as protected, d.programme, d.category, \
         case when d.sensitivity >= 2 then 1 else 0 end as narrow from duty d \
         join person p on p.keeper = d.keeper and p.file = d.file \
         where d.keeper = {} and {} and d.settled_how is null and d.tier <= 2",
        home::files(&format!("({})", door.actor.keeper)),
        door.actor.keeper,
        crate::platform::store::tables::standing_for(level)
    );
    let rows: Vec<Row> = sql_query(text).load(door.db)?;
    let carried = rows.into_iter().map(|r| Carried {
        file: r.file,
        shown: if r.protected == 1 { String::new() } else { r.home.clone() },
        charge: Charge { district: r.home, programme: r.programme, category: r.category, narrow: r.narrow == 1 },
    });
    Ok(carried.collect())
}

/// Open lines of tiers 1 and 2 of some files today, by person and deadline.
///
/// # Errors
/// If the database fails.
pub fn lines_of(door: &mut Door<'_>, files: &[i64]) -> Result<Vec<LineRow>, Problem> {
    let today = door.today();
    let lens = lens(door, today)?;
    let mut lines = Vec::new();
    for some in files.chunks(500) {
        let text = format!(
            "select held.*, cast(null as bigint) as owner, '' as owner_name from ({}) held \
             where tier <= 2 and state <> 'before' and file in {} order by file, deadline, key",
            lens.open_sql(""),
            id_list(some)
        );
        let rows: Vec<LineRow> = sql_query(text).load(door.db)?;
        lines.extend(rows);
    }
    Ok(lines)
}

/// 「北部1区・妊婦健診・要支援」 as people say a charge or a row of the table; empty means every one.
pub fn said(district: &str, programme: &str, category: &str) -> String {
    let district = if district.is_empty() { "全地区" } else { district };
    let mut said = vec![district.to_owned()];
    said.push(if programme.is_empty() { String::from("全事業") } else { programme_word(programme).to_owned() });
    if !category.is_empty() {
        said.push(category_word(category).to_owned());
    }
    said.join("・")
}

pub fn category_word(code: &str) -> &str {
    match code {
        "needs_support" => "要支援",
        casework::office::handover::SUPERVISION => "上位者の対応",
        other => other,
    }
}

/// 事業 as responsibility tells it apart.
pub fn programme_word(code: &str) -> &str {
    PROGRAMMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, word)| word)
}

/// Every 事業 of the rulebook.
pub const PROGRAMMES: [(&str, &str); 8] = [
    ("prenatal", "妊産婦"),
    ("postpartum", "産後"),
    ("infant_visit", "乳児訪問"),
    ("checkup", "乳幼児健診"),
    ("immunisation", "予防接種"),
    ("support", "相談・支援"),
    ("protection", "虐待対応"),
    ("register", "台帳"),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_programme_of_the_rulebook_has_its_word() {
        let book = crate::platform::rulebook::shipped().unwrap();
        for rule in book.rules().filter(|rule| rule.duty) {
            assert_ne!(programme_word(&rule.programme), rule.programme, "{}", rule.id);
        }
    }
}
