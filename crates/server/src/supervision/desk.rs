//! The table of responsibility of the actor's own office, with the people it names.

use std::collections::BTreeMap;

use casework::{
    Permission, Role,
    responsibility::{Owner, Table},
};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use crate::platform::{Door, Fault, people::staff_names, responsibility, web::words};

/// Somebody who holds or held a post here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Worker {
    pub id: i64,
    pub name: String,
    pub roles: Vec<Role>,
    /// First and last day of their posts here; `None`: no end is known.
    pub from: i32,
    pub until: Option<i32>,
}

impl Worker {
    /// In the office on a day.
    pub fn serves(&self, day: Day) -> bool {
        self.from <= day.0 && self.until.is_none_or(|until| until >= day.0)
    }

    /// May hold a charge: whoever records contacts.
    pub fn may_answer(&self) -> bool {
        self.roles.iter().any(|role| role.may(Permission::RecordContact))
    }

    pub fn roles_said(&self) -> String {
        self.roles.iter().map(|role| role.label()).collect::<Vec<_>>().join("・")
    }
}

/// Who answers for what in one office.
#[derive(Clone, Debug)]
pub struct Desk {
    pub keeper: i64,
    pub today: Day,
    pub table: Table,
    pub workers: Vec<Worker>,
    names: BTreeMap<i64, String>,
}

impl Desk {
    /// # Errors
    /// If the database fails.
    pub fn of(door: &mut Door<'_>) -> Result<Desk, Fault> {
        let (keeper, today) = (door.actor.keeper, door.today());
        let table = responsibility::tables(door.db, &[keeper])?.remove(&keeper).unwrap_or_default();
        let workers = workers(door, keeper)?;
        let substitutes = table.absences.iter().flat_map(|a| [Some(a.staff), a.substitute]).flatten();
        let mut named: Vec<i64> = table.rows.iter().map(|row| row.staff).chain(substitutes).collect();
        named.extend(workers.iter().map(|w| w.id));
        named.sort_unstable();
        named.dedup();
        let names = staff_names(door.db, &named)?;
        let names = names.into_iter().map(|(id, name)| (id, words::name(&name, "").text)).collect();
        Ok(Desk { keeper, today, table, workers, names })
    }

    pub fn name(&self, staff: i64) -> String {
        self.names.get(&staff).cloned().unwrap_or_else(|| String::from("（名前なし）"))
    }

    /// 「佐藤 恵子」, or that there is nobody.
    pub fn owner_said(&self, owner: Owner) -> String {
        owner.staff.map_or_else(|| String::from("だれもいません"), |id| self.name(id))
    }

    pub fn worker(&self, staff: i64) -> Option<&Worker> {
        self.workers.iter().find(|w| w.id == staff)
    }

    /// Whoever may hold a charge on a day.
    pub fn able(&self, day: Day) -> impl Iterator<Item = &Worker> {
        self.workers.iter().filter(move |w| w.may_answer() && w.serves(day))
    }

    /// Named by the table, and not in the office on that day any more.
    pub fn left(&self, staff: i64, day: Day) -> bool {
        self.worker(staff).is_none_or(|w| !w.serves(day))
    }

    /// Nobody beside one person could answer here: a town of one nurse.
    pub fn alone(&self) -> bool {
        self.able(self.today).count() < 2
    }
}

fn workers(door: &mut Door<'_>, keeper: i64) -> Result<Vec<Worker>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        id: i64,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        role: String,
        #[diesel(sql_type = Integer)]
        from_day: i32,
        #[diesel(sql_type = Nullable<Integer>)]
        until_day: Option<i32>,
        #[diesel(sql_type = Nullable<Integer>)]
        closed_on: Option<i32>,
    }
    let rows: Vec<Row> = sql_query(
        "select s.id, s.name, p.role, p.from_day, p.until_day, s.closed_on from post p join staff s on s.id = p.staff \
         where p.keeper = $1 order by s.id, p.id",
    )
    .bind::<BigInt, _>(keeper)
    .load(door.db)?;
    let mut workers: Vec<Worker> = Vec::new();
    for row in rows {
        let Some(role) = Role::from_code(&row.role) else { continue };
        // Somebody who may not sign in from a day on is gone from that day, whatever the post says.
        let closed = row.closed_on.map(|day| day - 1);
        let until = [row.until_day, closed].into_iter().flatten().min();
        match workers.iter_mut().find(|w| w.id == row.id) {
            Some(worker) => {
                worker.until = worker.until.zip(until).map(|(a, b)| a.max(b));
                worker.from = worker.from.min(row.from_day);
                if !worker.roles.contains(&role) {
                    worker.roles.push(role);
                }
            }
            None => {
                let name = words::name(&row.name, "").text;
                workers.push(Worker { id: row.id, name, roles: vec![role], from: row.from_day, until });
            }
        }
    }
    Ok(workers)
}
