//! The centres of one prefecture with their areas and the days since when they are what they are.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use crate::platform::{Door, Fault};

/// A municipality with its centre.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Town {
    pub code: String,
    pub name: String,
    /// The health centre whose area it lies in; empty where the prefecture has none for it.
    pub area: String,
    /// The centre's name; empty while there is none.
    pub centre: String,
    /// 子育て世代包括支援センター: first and last day.
    pub support: Option<(Day, Option<Day>)>,
    /// こども家庭センター since.
    pub family: Option<Day>,
    /// 閉鎖 of the last of its centres: from this day on there is none.
    pub closed: Option<Day>,
}

impl Town {
    /// A centre of either kind on a day.
    pub fn has_centre(&self, on: Day) -> bool {
        self.supports(on) || self.is_family(on)
    }

    fn stands(&self, on: Day) -> bool {
        self.closed.is_none_or(|closed| on < closed)
    }

    fn supports(&self, on: Day) -> bool {
        self.stands(on) && self.support.is_some_and(|(from, until)| from <= on && until.is_none_or(|until| until >= on))
    }

    pub fn is_family(&self, on: Day) -> bool {
        self.stands(on) && self.family.is_some_and(|from| from <= on)
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    town: String,
    #[diesel(sql_type = Nullable<Text>)]
    area: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    centre: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    period: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    from_day: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    closed: Option<i32>,
}

/// Every municipality of the asker's own prefecture, by area and 団体コード. Offices and their dates only: these stand in
/// public reports of the prefecture, so they may be read across keepers where no person's record may (promise 7).
///
/// # Errors
/// If the database fails.
pub fn towns(door: &mut Door<'_>) -> Result<Vec<Town>, Fault> {
    let rows: Vec<Row> = sql_query(
        "with recursive above (id, parent) as (
           select id, parent from office where id = $1
           union
           select o.id, o.parent from office o join above a on o.id = a.parent
         ), inside (id) as (
           select id from above where parent is null
           union
           select o.id from office o join inside i on o.parent = i.id
         )
         select t.code, t.name as town, h.name as area, c.name as centre, p.name as period, p.from_day, p.until_day,
           z.from_day as closed
         from inside i join office t on t.id = i.id and t.kind = 'municipality'
         left join office h on h.id = t.parent and h.kind = 'health_centre'
         left join office c on c.parent = t.id and c.kind = 'centre'
         left join office_period p on p.keeper = c.id and p.name <> 'closed'
         left join office_period z on z.keeper = c.id and z.name = 'closed'
         order by h.id, t.code, case when z.from_day is null then 0 else 1 end, c.id, p.from_day, p.event",
    )
    .bind::<BigInt, _>(door.actor.keeper)
    .load(door.db)?;
    let mut towns: Vec<Town> = Vec::new();
    for row in rows {
        if towns.last().is_none_or(|town| town.code != row.code || town.name != row.town) {
            towns.push(Town {
                code: row.code,
                name: row.town,
                area: row.area.unwrap_or_default(),
                centre: row.centre.unwrap_or_default(),
                closed: row.closed.map(Day),
                ..Town::default()
            });
        }
        // Open centres come first: where the first is closed, all are, and the last to close counts.
        if let Some(town) = towns.last_mut() {
            town.closed = town.closed.and_then(|day| Some(day.max(row.closed.map(Day)?)));
        }
        let (Some(town), Some(from)) = (towns.last_mut(), row.from_day.map(Day)) else { continue };
        match row.period.as_deref() {
            // Several centres, or a period recorded twice: the earliest says since when there is one.
            Some("support_centre") if town.support.is_none_or(|(first, _)| from < first) => {
                town.support = Some((from, row.until_day.map(Day)));
            }
            Some("family_centre") if town.family.is_none_or(|first| from < first) => town.family = Some(from),
            _ => {}
        }
    }
    Ok(towns)
}
