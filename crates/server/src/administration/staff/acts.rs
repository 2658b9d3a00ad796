//! Several records of one submit in one transaction: all of them, or none.

use casework::{Act, Body, Command, Role, Sensitivity};
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use rules::{Day, Span};

use crate::platform::{
    Actor, Door, Fault, Problem, Refusal,
    db::CountRow,
    record::Submitted,
    rulebook::Books,
    store::{
        Desk, apply,
        write::{NotApplied, open_office_file},
    },
    web::Ask,
};

/// What became of a submit.
pub enum Done<T> {
    Now(T),
    /// It was answered before: nothing was done again.
    Before,
}

/// The open transaction of one submit.
pub struct Acts<'a, 'c> {
    pub door: &'a mut Door<'c>,
    books: &'a Books,
    command: &'a str,
    count: usize,
}

/// Does the work of a submitted form once, and sees to it that somebody stays who may do the next.
///
/// # Errors
/// Not found, or if the database fails.
pub fn within<T>(
    ask: &Ask,
    work: impl FnOnce(&mut Acts<'_, '_>) -> Result<T, NotApplied>,
) -> Result<Result<Done<T>, Submitted>, Problem> {
    within_as(ask, ask.actor()?, work)
}

/// The same through the door of another office: one that this submit founds.
///
/// # Errors
/// As [`within`].
pub fn within_as<T>(
    ask: &Ask,
    actor: &Actor,
    work: impl FnOnce(&mut Acts<'_, '_>) -> Result<T, NotApplied>,
) -> Result<Result<Done<T>, Submitted>, Problem> {
    let command = ask.form("command_id");
    if command.is_empty() || command.len() > 64 {
        let old = Refusal::new("画面が古くなっています。開きなおしてください。");
        return Ok(Err(Submitted::Refused(vec![old])));
    }
    let done = ask.doors().write(actor, |door| {
        if answered(door, command)? {
            return Ok(Done::Before);
        }
        let before = admins(door)?;
        let value = work(&mut Acts { door, books: &ask.app.books, command, count: 0 })?;
        if before > 0 && admins(door)? == 0 {
            return Err(Refusal::new("管理者がいなくなります。先に、ほかの方に管理者の役割を加えてください。").into());
        }
        Ok(Done::Now(value))
    });
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(NotApplied::Refused(why)) => Ok(Err(Submitted::Refused(vec![why]))),
        Err(NotApplied::NotFound) => Err(Problem::NotFound),
        Err(NotApplied::Conflict(_)) => {
            let changed = Refusal::new("ほかの人が先に変更しました。画面を開きなおしてください。");
            Ok(Err(Submitted::Refused(vec![changed])))
        }
        Err(NotApplied::Fault(fault)) => Err(fault.into()),
    }
}

fn answered(door: &mut Door<'_>, command: &str) -> Result<bool, Fault> {
    let text = "select count(*) as n from command where id = $1 and result <> ''";
    Ok(sql_query(text).bind::<Text, _>(command).get_result::<CountRow>(door.db)?.n > 0)
}

/// People who are 管理者 here without an end in sight.
fn admins(door: &mut Door<'_>) -> Result<i64, Fault> {
    let text = format!(
        "select count(*) as n from post p join staff s on s.id = p.staff where p.keeper in {} and p.role = $1 \
         and p.until_day is null and s.closed_on is null and p.from_day <= {}",
        door.scope(),
        door.today().0
    );
    Ok(sql_query(text).bind::<Text, _>(Role::Admin.code()).get_result::<CountRow>(door.db)?.n)
}

impl Acts<'_, '_> {
    /// Records something in an office's own file; the event.
    ///
    /// # Errors
    /// The refusal, or if the database fails.
    pub fn put(&mut self, office: i64, day: Day, body: Body) -> Result<i64, NotApplied> {
        let file = self.file(office)?;
        let (source, sensitivity) = (String::from("own"), Sensitivity::Ordinary);
        self.apply(Act::Record { file, episode: None, day: Span::on(day), source, sensitivity, body })
    }

    /// Replaces what such a record says.
    ///
    /// # Errors
    /// As [`Acts::put`].
    pub fn correct(&mut self, office: i64, event: i64, day: Day, body: Body) -> Result<i64, NotApplied> {
        let file = self.file(office)?;
        self.apply(Act::Correct { file, event, day: Span::on(day), body })
    }

    /// Takes such a record back.
    ///
    /// # Errors
    /// As [`Acts::put`].
    pub fn withdraw(&mut self, office: i64, event: i64) -> Result<i64, NotApplied> {
        let file = self.file(office)?;
        self.apply(Act::Withdraw { file, event, reason: String::from("記録した直後に取り消し") })
    }

    fn apply(&mut self, act: Act) -> Result<i64, NotApplied> {
        // The first one claims the form's own id.
        let id = if self.count == 0 { self.command.to_owned() } else { format!("{}-{}", self.command, self.count) };
        self.count += 1;
        let desk = Desk {
            keeper: self.door.actor.keeper,
            keepers: &self.door.actor.keepers,
            actor: self.door.actor.staff,
            today: self.door.today(),
            now: self.door.now(),
            batch: None,
            books: self.books,
        };
        let applied = apply(self.door.db, &desk, &Command { id, act, seen: Vec::new() })?;
        applied.events.first().copied().ok_or(NotApplied::NotFound)
    }

    fn file(&mut self, office: i64) -> Result<i64, NotApplied> {
        #[derive(QueryableByName)]
        struct Office {
            #[diesel(sql_type = Nullable<BigInt>)]
            file: Option<i64>,
        }
        if !self.door.keepers().contains(&office) {
            return Err(NotApplied::NotFound);
        }
        let text = "select file from office where id = $1";
        let found: Option<Office> = sql_query(text).bind::<BigInt, _>(office).get_result(self.door.db).optional()?;
        match found.ok_or(NotApplied::NotFound)?.file {
            Some(file) => Ok(file),
            None => Ok(open_office_file(self.door.db, office)?),
        }
    }
}
