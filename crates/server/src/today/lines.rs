//! The lines of 今日の対応: open duties compared with today and with how far the evidence of their source reaches.
//!
//! Dates are stored, statuses are not: the state of a line is a comparison made here, in one SQL text for both
//! databases. Numbers that stand in the text are days and keepers, never anything a person typed.

use casework::Sensitivity;
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use super::owner::{self, Owners};
use crate::platform::{
    Door, Fault,
    mask::{
        self,
        home::{self, HIDDEN},
    },
    store::tables::{PRESSES, standing_for},
};

/// What the list says about a line (house.md, the state table).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LineState {
    /// 期限超過
    Overdue,
    /// 判断待ち: the law's window closed undone; tier 1.
    Judge,
    /// 未確認: it should have arrived and nothing is known.
    Unconfirmed,
    /// 期限間近
    Near,
    /// 未着: past its date, but the source's usual delay has not passed.
    Waiting,
    /// 予定
    Planned,
    /// 月次一括: closed undone; tier 2.
    Monthly,
    /// 移行前: closed before the office began to work with this system.
    Before,
}

impl LineState {
    pub const ALL: [LineState; 8] = [
        LineState::Overdue,
        LineState::Judge,
        LineState::Unconfirmed,
        LineState::Near,
        LineState::Waiting,
        LineState::Planned,
        LineState::Monthly,
        LineState::Before,
    ];
    /// What stands on the list unless somebody asks for more.
    pub const PRESSING: [LineState; 4] =
        [LineState::Overdue, LineState::Judge, LineState::Unconfirmed, LineState::Near];

    pub const fn code(self) -> &'static str {
        match self {
            LineState::Overdue => "overdue",
            LineState::Judge => "judge",
            LineState::Unconfirmed => "unconfirmed",
            LineState::Near => "near",
            LineState::Waiting => "waiting",
            LineState::Planned => "planned",
            LineState::Monthly => "monthly",
            LineState::Before => "before",
        }
    }

    pub fn from_code(code: &str) -> Option<LineState> {
        LineState::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// One open duty with the person it is about; masked for protected persons.
#[derive(QueryableByName, Clone, Debug)]
pub struct LineRow {
    #[diesel(sql_type = BigInt)]
    pub file: i64,
    #[diesel(sql_type = Text)]
    pub key: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub episode: Option<i32>,
    #[diesel(sql_type = Text)]
    pub service: String,
    #[diesel(sql_type = Text)]
    pub rule: String,
    #[diesel(sql_type = Integer)]
    pub tier: i32,
    #[diesel(sql_type = Text)]
    pub source: String,
    #[diesel(sql_type = Text)]
    pub programme: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub window_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub window_to: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub next_on: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub deadline: Option<i32>,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub arrived_through: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub owner: Option<i64>,
    #[diesel(sql_type = Text)]
    pub owner_name: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub kana: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub birth: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub edd: Option<i32>,
    #[diesel(sql_type = Text)]
    pub district: String,
    #[diesel(sql_type = Integer)]
    pub protected: i32,
    #[diesel(sql_type = Text)]
    pub subjects: String,
}

impl LineRow {
    pub fn state(&self) -> LineState {
        LineState::from_code(&self.state).unwrap_or(LineState::Planned)
    }
}

/// What to show. The default is everything pressing in the whole office.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Only lines this person answers for.
    pub owner: Option<i64>,
    pub district: Option<String>,
    pub service: Option<String>,
    /// 事業 and 区分 by code; `-` is none.
    pub programme: Option<String>,
    pub category: Option<String>,
    pub states: Vec<LineState>,
    pub tier: i32,
    pub file: Option<i64>,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter {
            owner: None,
            district: None,
            service: None,
            programme: None,
            category: None,
            states: LineState::PRESSING.to_vec(),
            tier: 1,
            file: None,
        }
    }
}

/// How many lines of each state there are for everybody, in a district, or for one person.
#[derive(QueryableByName, Clone, Debug)]
pub struct StateCount {
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = BigInt)]
    pub lines: i64,
    #[diesel(sql_type = BigInt)]
    pub persons: i64,
}

/// Lines in order of urgency: state first, then deadline, then person.
pub fn list(door: &mut Door<'_>, filter: &Filter, limit: i64, offset: i64) -> Result<Vec<LineRow>, Fault> {
    let owners = Owners::of(door)?;
    let lens = Lens::of(door, mask::level(door.actor))?;
    // What only presses is found by its day, without a look at everything that is planned.
    let late = [LineState::Planned, LineState::Before].iter().any(|state| filter.states.contains(state));
    let by = if filter.file.is_some() || late { String::new() } else { lens.pressing() };
    let found =
        format!("where {} order by {ORDER}, deadline, file, key limit $3 offset $4", conditions(filter, &owners));
    let sql = if filter.district.is_some() {
        format!("select *, {NOBODY} from ({}) line {found}", lens.open_of(owner::COLUMNS, &by))
    } else {
        // Who they are is asked for those alone that are shown.
        let held = format!("select * from ({}) line {found}", lens.held_sql(owner::COLUMNS, &by));
        format!(
            "select line.*, {NOBODY}, {} from ({held}) line {JOIN} order by {ORDER}, deadline, file, key",
            person(HIDDEN)
        )
    };
    let found = sql_query(sql)
        .bind::<Text, _>(filter.district.as_deref().unwrap_or(""))
        .bind::<Text, _>(filter.service.as_deref().unwrap_or(""))
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .load(door.db)?;
    if door.actor.counter {
        // In 窓口モード nobody's place is told. Who answers follows from it, so that is named first.
        let mut rows = owners.named(door, found)?;
        for row in &mut rows {
            row.district.clear();
            row.protected = 1;
        }
        return Ok(rows);
    }
    owners.named(door, found)
}

/// Counts by state over the same filter, its `states` left out.
pub fn count(door: &mut Door<'_>, filter: &Filter) -> Result<Vec<StateCount>, Fault> {
    let all = Filter { states: LineState::ALL.to_vec(), ..filter.clone() };
    let sql = format!(
        "select state, count(*) as lines, count(distinct file) as persons from ({}) line where {} \
         group by state order by state",
        lines_sql(door, filter.district.is_some())?,
        conditions(&all, &Owners::of(door)?)
    );
    Ok(sql_query(sql)
        .bind::<Text, _>(filter.district.as_deref().unwrap_or(""))
        .bind::<Text, _>(filter.service.as_deref().unwrap_or(""))
        .load(door.db)?)
}

const ORDER: &str = "case state when 'overdue' then 0 when 'judge' then 1 when 'unconfirmed' then 2 when 'near' then 3 \
                     when 'waiting' then 4 when 'planned' then 5 when 'monthly' then 6 else 7 end";

/// The district asked for: `-` is where none is on file, or none is shown (秘匿).
pub(super) const DISTRICT: &str = "case when $1 = '-' then '' else $1 end";

/// Columns filled in beside the rows that were found: who answers.
const NOBODY: &str = "cast(null as bigint) as owner, '' as owner_name";

/// The person of a line, masked where `hidden` holds of it.
fn person(hidden: &str) -> String {
    format!(
        "p.name, p.kana, p.birth_hi as birth, p.edd, p.subjects, case when {hidden} then 1 else 0 end as protected, \
         case when {hidden} then '' else p.district end as district"
    )
}

const JOIN: &str = "join person p on p.keeper = line.keeper and p.file = line.file";

/// The text parameters are bound as $1 (district) and $2 (service); empty means any. Over lines without their persons when
/// no district is asked for.
fn conditions(filter: &Filter, owners: &Owners) -> String {
    let states: Vec<String> = filter.states.iter().map(|s| format!("'{}'", s.code())).collect();
    // One person's duties are found by their key: the index of everybody's open ones, in order of tier, is far longer.
    let tier = if filter.file.is_some() { format!("tier + 0 <= {}", filter.tier) } else { up_to(filter.tier) };
    let mut sql = format!(
        "{} and ($2 = '' or service = $2) and state in ({}) and {tier}",
        in_district(filter.district.is_some()),
        if states.is_empty() { String::from("''") } else { states.join(",") }
    );
    if let Some(owner) = filter.owner {
        sql.push_str(" and ");
        sql.push_str(&owners.condition(owner));
    }
    for (column, code) in [("programme", &filter.programme), ("category", &filter.category)] {
        if let Some(code) = code {
            let code = if code == "-" { "" } else { code.as_str() };
            sql.push_str(&format!(" and {column} = {}", crate::platform::sql::literal(code)));
        }
    }
    if let Some(file) = filter.file {
        sql.push_str(&format!(" and file = {file}"));
    }
    sql
}

/// Tiers one by one: a range would end what an index is good for.
pub(super) fn up_to(tier: i32) -> String {
    format!("tier in ({})", (1..=tier.max(1)).map(|t| t.to_string()).collect::<Vec<_>>().join(", "))
}

/// In the district bound as $1. Where people live is in a line's person, which is only asked for then.
pub(super) fn in_district(asked: bool) -> String {
    // Lines lie by where people live as on file; whom it may be told of is decided after.
    let at_home = "($1 = '' or $1 = '-' or home = $1)";
    if asked { format!("({at_home} and ($1 = '' or district = {DISTRICT}))") } else { String::from("$1 = ''") }
}

/// Every open duty in the phase that holds today, with its state and what its owner follows from; with its masked person if
/// a district is asked for.
pub(super) fn lines_sql(door: &mut Door<'_>, persons: bool) -> Result<String, Fault> {
    let lens = Lens::of(door, mask::level(door.actor))?;
    Ok(if persons { lens.open_sql(owner::COLUMNS) } else { lens.held_sql(owner::COLUMNS, "") })
}

/// What open duties are compared with: today, how far off 近い is, since when the office works with this system, and what
/// the reader may know of.
#[derive(Clone, Debug)]
pub struct Lens {
    pub scope: String,
    pub level: Sensitivity,
    pub today: Day,
    pub near: i32,
    /// 稼働基準日
    pub since: Option<Day>,
    /// 初期整理: how long before that a window of tier 1 must have closed to go with its group.
    pub start_named_days: i32,
}

impl Lens {
    /// # Errors
    /// If the database fails.
    pub fn of(door: &mut Door<'_>, level: Sensitivity) -> Result<Lens, Fault> {
        Ok(Lens {
            scope: door.scope(),
            level,
            today: door.today(),
            near: setting(door, "near_days")?.and_then(|v| v.parse().ok()).unwrap_or(7),
            start_named_days: setting(door, "start_named_days")?.and_then(|v| v.parse().ok()).unwrap_or(180),
            since: setting(door, "operating_since")?.and_then(|v| Day::parse_iso(&v)),
        })
    }

    /// The last day that is 近い.
    pub fn near_day(&self) -> Day {
        self.today.plus(self.near)
    }

    /// The state table: every open duty in the phase that holds today, with its state and masked person. `more` names
    /// further columns of `d` (duty), each with a comma in front.
    pub fn open_sql(&self, more: &str) -> String {
        self.open_of(more, "")
    }

    /// Whose place may not be told, of many: asked once for all of them.
    pub fn hidden(&self) -> String {
        format!("p.file in ({})", home::files(&self.scope))
    }

    /// Only what a further condition over `d` leaves, as [`pressing`](Self::pressing).
    pub fn open_of(&self, more: &str, only: &str) -> String {
        format!("select line.*, {} from ({}) line {JOIN}", person(&self.hidden()), self.held_sql(more, only))
    }

    /// What may press today, 移行前 left out, and a little more: whoever asks with it finds its lines by their days.
    pub fn pressing(&self) -> String {
        let near = self.near_day().0;
        let since = self.since.map_or(String::new(), |day| {
            format!(" and (d.next_on is not null or coalesce(d.legal_to, {since}) >= {since})", since = day.0)
        });
        format!("and {PRESSES} <= {near}{since}")
    }

    /// What may be 移行前, and a little more; `None` without 稼働基準日.
    pub fn before(&self) -> Option<String> {
        self.since.map(|day| format!("and {PRESSES} < {}", day.0))
    }

    /// The same without the persons.
    pub fn held_sql(&self, more: &str, only: &str) -> String {
        let today = self.today.0;
        let near = self.near_day().0;
        let since = self.since.map_or(i32::MIN + 1, |day| day.0);
        let held = self.holds();
        format!(
            "select open.*, case \
               when next_on is not null then case when next_on < {today} then 'overdue' \
                 when next_on = {today} then 'near' else 'planned' end \
               when legal_to is not null and legal_to < {since} then 'before' \
               when legal_to is not null and legal_to < {today} \
                 then case when tier = 1 then 'judge' when tier = 2 then 'monthly' else 'planned' end \
               when deadline is null then 'planned' \
               when deadline < {since} then 'before' \
               when deadline < {today} then case \
                 when source = 'own' or arrived_through is null or arrived_through >= deadline \
                   then 'overdue' \
                 when {today} <= deadline + lag_days then 'waiting' else 'unconfirmed' end \
               when deadline <= {near} then 'near' else 'planned' end as state \
             from (select d.keeper, d.file, d.key, d.episode, d.service, d.rule, d.tier, d.source, d.programme, d.legal_to, \
               coalesce(d.standard_from, d.legal_from, d.applies_from) as window_from, \
               coalesce(d.legal_to, d.standard_to) as window_to, d.next_on, \
               coalesce(d.next_on, d.target, d.standard_to, d.legal_to) as deadline, \
               a.through as arrived_through, coalesce(a.lag_days, 0) as lag_days{more} \
             from duty d left join arrival a on a.keeper = d.keeper and a.source = d.source \
             where d.keeper in {} and {held} {only}) open",
            self.scope
        )
    }

    /// What is open and holds today, and what the reader may know of: a condition over `d`.
    pub fn holds(&self) -> String {
        let (today, standing) = (self.today.0, standing_for(self.level));
        format!(
            "{standing} and d.settled_how is null and (d.applies_from is null or d.applies_from <= {today}) \
             and (d.applies_until is null or d.applies_until >= {today}) \
             and (d.legal_from is null or d.legal_from <= {today} or d.next_on is not null)"
        )
    }
}

/// A setting of the actor's own office; `None` if it was never set.
pub fn setting(door: &mut Door<'_>, name: &str) -> Result<Option<String>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        value: String,
    }
    let rows: Vec<Row> = sql_query("select value from setting where keeper = $1 and name = $2")
        .bind::<BigInt, _>(door.actor.keeper)
        .bind::<Text, _>(name)
        .load(door.db)?;
    Ok(rows.into_iter().next().map(|r| r.value).filter(|v| !v.is_empty()))
}
