//! Appending events to a locked file.

use std::collections::BTreeMap;

use casework::{Body, Event, NewEvent};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};

use super::{chain, sheet::NOTHING};
use crate::{
    audit::seal,
    db::Db,
    fault::Fault,
    sql::{self, Table, Value},
};

/// A file under lock: its version and the head of its chain move with every event appended.
#[derive(Clone, Debug)]
pub struct Locked {
    pub id: i64,
    pub keeper: i64,
    pub subject: String,
    pub version: i32,
    pub head: String,
    /// Digests of what is stored: [`super::sheet::Marks`].
    pub marks: String,
    /// Instant of its last event: the next one is later.
    pub last_at: i64,
}

#[derive(QueryableByName)]
pub(super) struct Id {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
}

/// Opens an empty file.
pub fn open_file(db: &mut Db, keeper: i64, subject: &str) -> Result<Locked, Fault> {
    let opened =
        sql::sql("insert into file (keeper, subject, version, head, marks) values ($1, $2, 0, '', $3) returning id");
    let Id { id } = opened.with(keeper).with(subject).with(NOTHING).get_result(db)?;
    let marks = String::from(NOTHING);
    Ok(Locked { id, keeper, subject: subject.into(), version: 0, head: String::new(), marks, last_at: 0 })
}

/// Events that are going to be written together.
#[derive(Default)]
pub struct Appended {
    sealed: Vec<Sealed>,
}

/// An event with its seals and without an id.
struct Sealed {
    event: Event,
    json: String,
    salt: String,
    digest: String,
    link: String,
}

const EVENT: Table = Table {
    name: "event",
    columns: &[
        "keeper",
        "file",
        "seq",
        "episode",
        "kind",
        "version",
        "day_lo",
        "day_hi",
        "day2",
        "code",
        "product",
        "number",
        "source",
        "batch",
        "sensitivity",
        "actor",
        "recorded_at",
        "corrects",
        "salt",
        "digest",
        "link",
        "body",
    ],
    key: &[],
};

impl Appended {
    /// Appends one event to a locked file: its place in the file and in the chain is fixed from here on.
    ///
    /// # Errors
    /// If the body cannot be written down.
    pub fn append(
        &mut self,
        file: &mut Locked,
        new: NewEvent,
        actor: i64,
        now: i64,
        batch: Option<i64>,
    ) -> Result<(), Fault> {
        let json = new.body.write().map_err(Fault::new)?;
        let recorded_at = now.max(file.last_at + 1);
        let seq = file.version + 1;
        let salt = chain::salt();
        let content =
            chain::Content { day_lo: new.day.lo.0, day_hi: new.day.hi.0, columns: new.columns(), body: &json };
        let digest = chain::digest(&salt, &content);
        let header = chain::Header {
            file: file.id,
            seq,
            episode: new.episode,
            kind: new.body.kind(),
            version: i32::from(Body::VERSION),
            source: &new.source,
            batch,
            sensitivity: new.sensitivity.number(),
            actor,
            recorded_at,
            corrects: new.corrects,
        };
        let link = chain::link(&file.head, &header, &digest);
        file.version = seq;
        file.head.clone_from(&link);
        file.last_at = recorded_at;
        let event = Event {
            id: 0,
            keeper: file.keeper,
            file: file.id,
            seq,
            episode: new.episode,
            day: new.day,
            source: new.source,
            batch,
            sensitivity: new.sensitivity,
            actor,
            recorded_at,
            corrects: new.corrects,
            body: Some(new.body),
        };
        self.sealed.push(Sealed { event, json, salt, digest, link });
        Ok(())
    }

    /// Writes them, and gives them back as stored, in the order in which they were appended.
    ///
    /// # Errors
    /// If the database fails.
    pub fn write(self, db: &mut Db) -> Result<Vec<Event>, Fault> {
        let mut values = Vec::with_capacity(self.sealed.len() * EVENT.columns.len());
        for sealed in &self.sealed {
            sealed.values(&mut values);
        }
        let ids = EVENT.insert_into_files(db, &values)?;
        drop(values);
        let ids: BTreeMap<(i64, i32), i64> = ids.into_iter().map(|(file, seq, id)| ((file, seq), id)).collect();
        self.sealed
            .into_iter()
            .map(|sealed| {
                let id = ids.get(&(sealed.event.file, sealed.event.seq)).copied();
                let id = id.ok_or_else(|| Fault::new("an event was written and has no id"))?;
                seal::event(sealed.event.keeper, id, &sealed.link);
                Ok(Event { id, ..sealed.event })
            })
            .collect()
    }
}

impl Sealed {
    fn values<'v>(&'v self, out: &mut Vec<Value<'v>>) {
        let event = &self.event;
        let columns = event.body.as_ref().map(Body::columns).unwrap_or_default();
        out.extend([
            event.keeper.into(),
            event.file.into(),
            event.seq.into(),
            event.episode.into(),
            event.body.as_ref().map_or("", Body::kind).into(),
            i32::from(Body::VERSION).into(),
            event.day.lo.0.into(),
            event.day.hi.0.into(),
            columns.day2.map(|d| d.0).into(),
            columns.code.into(),
            columns.product.into(),
            columns.number.into(),
            Value::from(&event.source),
            event.batch.into(),
            event.sensitivity.number().into(),
            event.actor.into(),
            event.recorded_at.into(),
            event.corrects.into(),
            Value::from(&self.salt),
            Value::from(&self.digest),
            Value::from(&self.link),
            Value::from(&self.json),
        ]);
    }
}

/// 抹消: empties what an event said. Header, digest and link stay.
pub fn erase(db: &mut Db, file: &Locked, event: i64, by: i64) -> Result<(), Fault> {
    sql_query(
        "update event set body = null, salt = null, day_lo = null, day_hi = null, day2 = null, code = null, \
         product = null, number = null, erased_by = $1 where id = $2 and file = $3 and keeper = $4",
    )
    .bind::<BigInt, _>(by)
    .bind::<BigInt, _>(event)
    .bind::<BigInt, _>(file.id)
    .bind::<BigInt, _>(file.keeper)
    .execute(db)?;
    // What was derived from it for the preview of a rule change goes too.
    sql_query("delete from rule_effect where keeper = $1 and file = $2")
        .bind::<BigInt, _>(file.keeper)
        .bind::<BigInt, _>(file.id)
        .execute(db)?;
    Ok(())
}
