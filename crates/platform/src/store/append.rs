//! Appending events to a locked file.

use casework::{Body, Event, NewEvent};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Double, Integer, Nullable, Text},
};

use super::chain;
use crate::{db::Db, fault::Fault};

/// A file under lock: its version and the head of its chain move with every event appended.
#[derive(Clone, Debug)]
pub struct Locked {
    pub id: i64,
    pub keeper: i64,
    pub subject: String,
    pub version: i32,
    pub head: String,
    /// Instant of its last event: the next one is later.
    pub last_at: i64,
}

#[derive(QueryableByName)]
pub(super) struct Id {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
}

/// Opens an empty file.
pub fn open_file(db: &mut Db, keeper: i64, subject: &str, now: i64) -> Result<Locked, Fault> {
    let Id { id } = sql_query("insert into file (keeper, subject, version, head) values ($1, $2, 0, '') returning id")
        .bind::<BigInt, _>(keeper)
        .bind::<Text, _>(subject)
        .get_result(db)?;
    if subject == "person" {
        sql_query("insert into person_link (keeper, file, person, since) values ($1, $2, $3, $4)")
            .bind::<BigInt, _>(keeper)
            .bind::<BigInt, _>(id)
            .bind::<BigInt, _>(id)
            .bind::<BigInt, _>(now)
            .execute(db)?;
    }
    Ok(Locked { id, keeper, subject: subject.into(), version: 0, head: String::new(), last_at: 0 })
}

/// Appends one event to a locked file and returns it as stored.
pub fn append(
    db: &mut Db,
    file: &mut Locked,
    new: NewEvent,
    actor: i64,
    now: i64,
    batch: Option<i64>,
) -> Result<Event, Fault> {
    let json = new.body.write().map_err(Fault::new)?;
    let recorded_at = now.max(file.last_at + 1);
    let seq = file.version + 1;
    let salt = chain::salt();
    let columns = new.columns();
    let content = chain::Content { day_lo: new.day.lo.0, day_hi: new.day.hi.0, columns, body: &json };
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
    let Id { id } = sql_query(
        "insert into event (keeper, file, seq, episode, kind, version, day_lo, day_hi, day2, code, product, number, \
         source, batch, sensitivity, actor, recorded_at, corrects, salt, digest, link, body) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) \
         returning id",
    )
    .bind::<BigInt, _>(file.keeper)
    .bind::<BigInt, _>(file.id)
    .bind::<Integer, _>(seq)
    .bind::<Nullable<Integer>, _>(new.episode)
    .bind::<Text, _>(header.kind)
    .bind::<Integer, _>(header.version)
    .bind::<Integer, _>(new.day.lo.0)
    .bind::<Integer, _>(new.day.hi.0)
    .bind::<Nullable<Integer>, _>(columns.day2.map(|d| d.0))
    .bind::<Nullable<Text>, _>(columns.code)
    .bind::<Nullable<Text>, _>(columns.product)
    .bind::<Nullable<Double>, _>(columns.number)
    .bind::<Text, _>(&new.source)
    .bind::<Nullable<BigInt>, _>(batch)
    .bind::<Integer, _>(header.sensitivity)
    .bind::<BigInt, _>(actor)
    .bind::<BigInt, _>(recorded_at)
    .bind::<Nullable<BigInt>, _>(new.corrects)
    .bind::<Text, _>(&salt)
    .bind::<Text, _>(&digest)
    .bind::<Text, _>(&link)
    .bind::<Text, _>(&json)
    .get_result(db)?;
    file.version = seq;
    file.head = link;
    file.last_at = recorded_at;
    Ok(Event {
        id,
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
    })
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
