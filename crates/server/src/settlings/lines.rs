//! The lines of a group: the list's own comparison ([`Lens::open_sql`]), cut to what one decision may close.
//!
//! What rests on narrow records (要対協) is never here: it is decided one by one by those who may know of it.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};

use super::cohort;
use super::group::{Group, Mode, Part};
use crate::platform::{Db, Door, Fault, Problem, mask, store::load::id_list};
use crate::today::lines::{Lens, LineRow};

/// The office's lines as whoever asks may know of them.
///
/// # Errors
/// If the database fails.
pub fn lens(door: &mut Door<'_>) -> Result<Lens, Fault> {
    let level = mask::level(door.actor);
    let scope = format!("({})", door.actor.keeper);
    Ok(Lens { scope, ..Lens::of(door, level)? })
}

/// A pregnancy of whose line the deadline is this long over is over, whatever is on file: a talk in its eighth month cannot be
/// held any more. Such lines of 初期整理 go in one decision; a younger one may still be somebody's.
const LONG_OVER_DAYS: i32 = 366;

/// Every line of a group. `$1` to `$4` are service, cohort, district and source ([`bound`]). `cut` says how a line may be
/// decided: 0 with its group, 1 by name, 2 by name or with a next date for all.
pub fn sql(lens: &Lens, group: &Group, part: Option<Part>, reach: Reach) -> String {
    let today = lens.today.0;
    let tier = reach.tier();
    let room = match group.mode {
        Mode::Start => format!("state = 'before' and {tier} <= 2"),
        Mode::Month => format!("state in ('monthly', 'overdue', 'unconfirmed') and {tier} = 2"),
    };
    let long_over = match (group.mode, lens.since) {
        (Mode::Start, Some(since)) => format!(
            "when episode is not null and deadline < {} and (legal_to is null or legal_to < {today}) then 0 \
             when tier = 1 and category = '' and protected = 0 and legal_to < {} then 0",
            today - LONG_OVER_DAYS,
            since.0.min(today) - lens.start_named_days
        ),
        _ => String::new(),
    };
    let part = match part {
        None => "",
        Some(Part::Closed) => " and cut = 0",
        Some(Part::Carried) => " and cut = 2",
        Some(Part::Named) => " and cut > 0",
    };
    format!(
        "select * from (select held.*, {} as cohort, \
           case when tier = 2 and legal_to is not null and legal_to < {today} then 0 {long_over} \
             when tier = 2 then 2 else 1 end as cut, \
           cast(null as bigint) as owner, '' as owner_name from ({}) held where level = 0 and {room}) cut \
         where ($1 = '' or service = $1) and ($2 = '' or cohort = $2) \
         and ($3 = '' or district = case when $3 = '-' then '' else $3 end) and ($4 = '' or source = $4){part}",
        cohort::sql(lens.today),
        lens.open_sql(", d.sensitivity as level, d.category"),
    )
}

/// How much of the office a query walks: all open duties lie together in order of tier, one person's in order of files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    Everybody,
    Files,
}

impl Reach {
    fn tier(self) -> &'static str {
        match self {
            Reach::Everybody => "tier",
            Reach::Files => "tier + 0",
        }
    }
}

macro_rules! bound {
    ($sql:expr, $group:expr) => {
        sql_query($sql)
            .bind::<Text, _>(&$group.service)
            .bind::<Text, _>(&$group.cohort)
            .bind::<Text, _>(&$group.district)
            .bind::<Text, _>(&$group.source)
    };
}
pub(super) use bound;

/// The first lines of a part (or of all), by person.
///
/// # Errors
/// If the database fails.
pub fn first(door: &mut Door<'_>, group: &Group, part: Option<Part>, limit: i64) -> Result<Vec<LineRow>, Problem> {
    let lens = lens(door)?;
    let text = format!(
        "select * from ({}) line order by birth, file, key limit $5",
        sql(&lens, group, part, Reach::Everybody)
    );
    Ok(bound!(text, group).bind::<BigInt, _>(limit).load(door.db)?)
}

/// A line by its name.
#[derive(QueryableByName, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Named {
    #[diesel(sql_type = BigInt)]
    pub file: i64,
    #[diesel(sql_type = Text)]
    pub key: String,
}

/// The next lines of a part after one, in the order of files.
///
/// # Errors
/// If the database fails.
pub fn after(
    db: &mut Db,
    lens: &Lens,
    (group, part): (&Group, Part),
    last: &Named,
    limit: i64,
) -> Result<Vec<Named>, Fault> {
    let text = format!(
        "select file, key from ({}) line where file > $5 or (file = $5 and key > $6) order by file, key limit $7",
        sql(lens, group, Some(part), Reach::Files)
    );
    let query = bound!(text, group).bind::<BigInt, _>(last.file).bind::<Text, _>(&last.key);
    Ok(query.bind::<BigInt, _>(limit).load(db)?)
}

/// A line that may be decided now, and what its next date follows from.
#[derive(QueryableByName, Clone, PartialEq, Eq, Debug)]
pub struct Open {
    #[diesel(embed)]
    pub line: Named,
    #[diesel(sql_type = Nullable<Integer>)]
    pub birth: Option<i32>,
    /// The last day the law allows.
    #[diesel(sql_type = Nullable<Integer>)]
    pub legal_to: Option<i32>,
}

/// Those lines of the group that are there for these files now.
///
/// # Errors
/// If the database fails.
pub fn of_files(db: &mut Db, lens: &Lens, (group, part): (&Group, Part), files: &[i64]) -> Result<Vec<Open>, Fault> {
    let text = format!(
        "select file, key, birth, legal_to from ({}) line where file in {}",
        sql(lens, group, Some(part), Reach::Files),
        id_list(files)
    );
    Ok(bound!(text, group).load(db)?)
}
