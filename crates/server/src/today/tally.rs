//! All counts of the list: one's own and the office's, with the filter and without. What presses is looked at line by line,
//! what is planned, most of everything, is counted where it lies (the indexes `duty_open` and `duty_planned`).

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Text},
};

use super::{
    lines::{Lens, LineState, StateCount, in_district, up_to},
    owner::{self, Owners},
};
use crate::platform::{
    Door, Fault,
    mask::{self, home},
    store::tables::PRESSES,
};

/// A line that may press.
#[derive(QueryableByName, Clone, Debug)]
struct Line {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    service: String,
    #[diesel(sql_type = BigInt)]
    file: i64,
    /// The actor answers for it.
    #[diesel(sql_type = Integer)]
    mine: i32,
    /// In the district asked for.
    #[diesel(sql_type = Integer)]
    here: i32,
}

/// Lines planned for later, of one service.
#[derive(QueryableByName, Clone, Debug)]
struct Ahead {
    #[diesel(sql_type = Text)]
    service: String,
    /// In the district asked for.
    #[diesel(sql_type = BigInt)]
    here: i64,
}

/// What is asked: district and service as on the page, empty for any; how far down the tiers.
#[derive(Clone, Debug)]
pub struct Question {
    pub district: String,
    pub service: String,
    pub tier: i32,
}

/// Everything that presses, counted by whose it is, whether it fits the question, state and service.
pub struct Tallies {
    question: Question,
    lens: Lens,
    lines: Vec<Line>,
    mine_ahead: Vec<Ahead>,
}

/// Looks at what the actor may know of.
///
/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>, question: Question) -> Result<Tallies, Fault> {
    let lens = Lens::of(door, mask::level(door.actor))?;
    let condition = Owners::of(door)?.condition(door.actor.staff);
    let asked = !question.district.is_empty();
    let told = if asked {
        lens.open_of(owner::COLUMNS, &lens.pressing())
    } else {
        lens.held_sql(owner::COLUMNS, &lens.pressing())
    };
    let text = format!(
        "select state, service, file, case when {condition} then 1 else 0 end as mine, \
         case when {} then 1 else 0 end as here from ({told}) line where {}",
        in_district(asked),
        up_to(question.tier)
    );
    let lines = sql_query(text).bind::<Text, _>(&question.district).load(door.db)?;
    let mine_ahead = ahead(door, &lens, &condition, &question)?;
    Ok(Tallies { question, lens, lines, mine_ahead })
}

/// What is planned for later where a condition over the columns of a charge holds: nothing of it is 近い, so its state is
/// known. Each part reads one stretch of the index, in its order.
fn ahead(door: &mut Door<'_>, lens: &Lens, condition: &str, question: &Question) -> Result<Vec<Ahead>, Fault> {
    let holds = lens.holds();
    // Not `PRESSES > near`: whoever reads that reaches for the other index.
    let later = format!("coalesce({PRESSES}, {}) > {}", i32::MAX, lens.near_day().0);
    let part = |keeper: &i64, tier: i32| {
        let hidden = home::files(&format!("({keeper})"));
        let here = match question.district.as_str() {
            "" => String::from("$1 = ''"),
            "-" => format!("$1 = '-' and (d.home = '' or d.file in ({hidden}))"),
            _ => format!("d.home = $1 and d.file not in ({hidden})"),
        };
        format!(
            "select home, service, sum(here) as here from (select d.keeper, d.home, d.service, \
               d.programme, d.category, d.sensitivity as level, case when {here} then 1 else 0 end as here \
             from duty d where d.keeper = {keeper} and d.tier = {tier} and {holds} and {later}) held \
             where {condition} group by home, service"
        )
    };
    let tiers = question.tier.max(1);
    let parts: Vec<String> =
        door.keepers().iter().flat_map(|keeper| (1..=tiers).map(move |tier| part(keeper, tier))).collect();
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "select service, cast(sum(here) as bigint) as here from ({}) part \
         group by service",
        parts.join(" union all ")
    );
    Ok(sql_query(text).bind::<Text, _>(&question.district).load(door.db)?)
}

impl Tallies {
    /// How many press, of the actor's own or of the whole office, whatever the district and the service.
    pub fn pressing(&self, own: bool) -> i64 {
        let presses = |line: &&Line| LineState::PRESSING.iter().any(|state| state.code() == line.state);
        let all = self.lines.iter().filter(|line| !own || line.mine == 1).filter(presses).count();
        i64::try_from(all).unwrap_or(i64::MAX)
    }

    /// Whether the actor answers for anything at all.
    pub fn any_mine(&self) -> bool {
        !self.mine_ahead.is_empty() || self.lines.iter().any(|line| line.mine == 1)
    }

    /// What the question leaves, of the actor's own lines or of the office's, by state; and the services that have lines at
    /// all, in order of their codes. The persons of what is planned are not counted: 0.
    ///
    /// # Errors
    /// If the database fails.
    pub fn found(&self, door: &mut Door<'_>, own: bool) -> Result<(Vec<StateCount>, BTreeSet<String>), Fault> {
        let office = if own { Vec::new() } else { ahead(door, &self.lens, "1 = 1", &self.question)? };
        let planned = if own { &self.mine_ahead } else { &office };
        let wanted = &self.question.service;
        let fits = |service: &str| wanted.is_empty() || service == wanted;
        let mut counts: BTreeMap<&str, (i64, BTreeSet<i64>)> = BTreeMap::new();
        for line in self.lines.iter().filter(|l| l.here == 1 && (!own || l.mine == 1) && fits(&l.service)) {
            let (lines, persons) = counts.entry(&line.state).or_default();
            *lines += 1;
            persons.insert(line.file);
        }
        let later: i64 = planned.iter().filter(|a| fits(&a.service)).map(|a| a.here).sum();
        counts.entry(LineState::Planned.code()).or_default().0 += later;
        let counted = |(state, (lines, persons)): (&str, (i64, BTreeSet<i64>))| StateCount {
            persons: if state == LineState::Planned.code() { 0 } else { i64::try_from(persons.len()).unwrap_or(0) },
            state: state.to_owned(),
            lines,
        };
        let services = self.lines.iter().map(|l| &l.service).chain(planned.iter().map(|a| &a.service));
        Ok((counts.into_iter().map(counted).filter(|c| c.lines > 0).collect(), services.cloned().collect()))
    }
}
