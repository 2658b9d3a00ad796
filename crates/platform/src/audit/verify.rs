//! Verifying the audit chain: every seal with the key, every row under exactly one seal, every head of the anchor.

use std::collections::BTreeMap;

use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Integer, Text},
};

use super::{
    Key, anchor,
    seal::{self, Reading, Rows, Seal},
};
use crate::{
    Database, Db, Fault,
    sql::{self, typed},
    store::load::id_list,
};

/// What was looked at, and what should not be. Names rows by number only.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Audit {
    pub seals: u64,
    pub rows: u64,
    /// Heads of the anchor that were compared.
    pub anchored: u64,
    pub findings: Vec<String>,
}

/// A row of the reading log.
#[derive(QueryableByName, Debug)]
pub(super) struct ReadingRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = BigInt)]
    pub keeper: i64,
    #[diesel(sql_type = BigInt)]
    pub staff: i64,
    #[diesel(sql_type = BigInt)]
    pub post: i64,
    #[diesel(sql_type = BigInt)]
    pub at: i64,
    #[diesel(sql_type = Text)]
    pub what: String,
    #[diesel(sql_type = Text)]
    pub purpose: String,
    #[diesel(sql_type = Text)]
    pub files: String,
}

/// The columns of [`ReadingRow`].
pub(super) const READING: &str = "id, keeper, staff, post, at, what, purpose, files";

impl ReadingRow {
    pub(super) fn row(&self) -> Reading<'_> {
        Reading {
            keeper: self.keeper,
            staff: self.staff,
            post: self.post,
            at: self.at,
            what: &self.what,
            purpose: &self.purpose,
            files: &self.files,
        }
    }
}

/// Seals read at a time, and rows looked up at a time.
const PAGE: i64 = 200;
const ROWS: usize = 1_000;
/// Findings of one kind that are named; the rest is counted.
const NAMED: usize = 20;

/// Verifies everything in one moment of the database. That an event says what its link says is for `check` to find.
///
/// # Errors
/// If the database or the anchor cannot be read, or the database has no key.
pub fn verify(database: &Database, anchor: &std::path::Path) -> Result<Audit, Fault> {
    verify_as_of(database, anchor, i64::MAX)
}

/// The same for a database that shows an earlier moment, as a restored backup does.
///
/// # Errors
/// As [`verify`].
pub fn verify_as_of(database: &Database, anchor: &std::path::Path, instant: i64) -> Result<Audit, Fault> {
    let key = database.key().ok_or_else(|| Fault::new("the audit chain cannot be verified without its key"))?;
    // Before the database: what is anchored meanwhile is in no older moment of it.
    let anchored = anchor::read_until(anchor, &key.fingerprint(), instant)?;
    database.read_all(|db| {
        let mut walk = Walk { key, known: anchored, audit: Audit::default() };
        walk.audit.anchored = u64::try_from(walk.known.len()).unwrap_or(0);
        let keepers: Vec<i64> = typed::<BigInt>(
            "select keeper from seal union select keeper from seal_head union select keeper from event \
             union select keeper from reading order by 1",
        )
        .load(db)?;
        for keeper in keepers {
            walk.keeper(db, keeper)?;
        }
        let gone: Vec<_> = walk.known.keys().copied().collect();
        for (keeper, lane, no) in gone.iter().take(NAMED) {
            walk.audit.findings.push(format!(
                "keeper {keeper}, lane {lane}: the anchor knows seal {no}, and it is gone: the newest records were removed"
            ));
        }
        if gone.len() > NAMED {
            walk.audit.findings.push(format!("{} more seals that the anchor knows are gone", gone.len() - NAMED));
        }
        Ok(walk.audit)
    })
}

/// Ids of the events and of the readings under a seal.
type Covered = (Vec<i64>, Vec<i64>);

struct Walk<'k> {
    key: &'k Key,
    /// Heads of the anchor that were not met yet.
    known: BTreeMap<anchor::Place, String>,
    audit: Audit,
}

/// What is known of a keeper's seals so far.
#[derive(Default)]
struct Met {
    /// Lane, number and MAC of the last seal.
    last: (i32, i32, String),
    events: Vec<i64>,
    readings: Vec<i64>,
    heads: BTreeMap<i32, (i32, String)>,
}

impl Walk<'_> {
    fn keeper(&mut self, db: &mut Db, keeper: i64) -> Result<(), Fault> {
        let mut met = Met::default();
        loop {
            let seals = page(db, keeper, (met.last.0, met.last.1))?;
            let Some(last) = seals.last() else { break };
            let after = (last.0.lane, last.0.no);
            let covered: Vec<Option<Covered>> =
                seals.iter().map(|(s, _)| Some((seal::ids(&s.events)?, seal::ids(&s.readings)?))).collect();
            let all = |pick: fn(&Covered) -> &Vec<i64>| -> Vec<i64> {
                covered.iter().flatten().flat_map(pick).copied().collect()
            };
            let (events, readings) = (all(|c| &c.0), all(|c| &c.1));
            let there = Rows { events: links(db, keeper, &events)?, readings: digests(db, keeper, &readings)? };
            met.events.extend(&events);
            met.readings.extend(&readings);
            for ((seal, mac), covered) in seals.into_iter().zip(covered) {
                self.seal(&mut met, seal, mac, covered.unwrap_or_default(), &there);
            }
            met.last = (after.0, after.1, std::mem::take(&mut met.last.2));
        }
        self.heads(db, keeper, &met)?;
        self.strangers(db, keeper, "event", met.events)?;
        self.strangers(db, keeper, "reading", met.readings)
    }

    fn seal(&mut self, met: &mut Met, seal: Seal, mac: String, covered: Covered, there: &Rows) {
        let (keeper, lane, no) = (seal.keeper, seal.lane, seal.no);
        self.audit.seals += 1;
        self.audit.rows += u64::try_from(covered.0.len() + covered.1.len()).unwrap_or(0);
        let (last_lane, last_no, before) = std::mem::take(&mut met.last);
        let (due, before) = if last_lane == lane { (last_no + 1, before) } else { (1, String::new()) };
        let place = format!("keeper {keeper}, lane {lane}, seal {no}");
        let mut whole = true;
        if no != due {
            self.find(format!("{place}: seals are missing before it ({due} was due)"));
            whole = false;
        }
        let pick = |ids: &[i64], from: &BTreeMap<i64, String>| -> BTreeMap<i64, String> {
            ids.iter().filter_map(|id| Some((*id, from.get(id)?.clone()))).collect()
        };
        let rows = Rows { events: pick(&covered.0, &there.events), readings: pick(&covered.1, &there.readings) };
        for (what, ids, found) in [("event", &covered.0, &rows.events), ("reading", &covered.1, &rows.readings)] {
            for id in ids.iter().filter(|id| !found.contains_key(id)) {
                self.find(format!("{what} {id} is gone ({place})"));
                whole = false;
            }
        }
        if whole && seal.mac(self.key, &before, &rows) != mac {
            self.find(format!(
                "{place} does not fit: it, or a row under it, was altered (events: {}; readings: {})",
                shown(&seal.events),
                shown(&seal.readings)
            ));
        }
        if let Some(anchored) = self.known.remove(&(keeper, lane, no))
            && anchored != mac
        {
            self.find(format!("{place} is another one than the anchor knows"));
        }
        met.heads.insert(lane, (no, mac.clone()));
        met.last = (lane, no, mac);
    }

    fn heads(&mut self, db: &mut Db, keeper: i64, met: &Met) -> Result<(), Fault> {
        let text = "select lane, no, mac from seal_head where keeper = $1 and no > 0 order by lane";
        let heads: Vec<(i32, i32, String)> = typed::<(Integer, Integer, Text)>(text).with(keeper).load(db)?;
        let heads: BTreeMap<i32, (i32, String)> = heads.into_iter().map(|(l, n, m)| (l, (n, m))).collect();
        for lane in heads.keys().chain(met.heads.keys()).collect::<std::collections::BTreeSet<_>>() {
            if heads.get(lane) != met.heads.get(lane) {
                self.find(format!("keeper {keeper}, lane {lane}: its head is not its last seal"));
            }
        }
        Ok(())
    }

    /// Rows under no seal: somebody wrote them past the program. And rows under two.
    fn strangers(&mut self, db: &mut Db, keeper: i64, table: &str, mut sealed: Vec<i64>) -> Result<(), Fault> {
        sealed.sort_unstable();
        for pair in sealed.windows(2) {
            if let [a, b] = pair
                && a == b
            {
                self.find(format!("{table} {a} is under two seals"));
            }
        }
        let text = format!("select count(*) from {table} where keeper = $1");
        let there: i64 = typed::<BigInt>(&text).with(keeper).get_result(db)?;
        if usize::try_from(there).is_ok_and(|there| there == sealed.len()) {
            return Ok(());
        }
        let mut after = i64::MIN;
        loop {
            let text = format!("select id from {table} where keeper = $1 and id > $2 order by id limit 10000");
            let ids: Vec<i64> = typed::<BigInt>(&text).with(keeper).with(after).load(db)?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = *last;
            for id in ids.iter().filter(|id| sealed.binary_search(id).is_err()) {
                self.find(format!("{table} {id} is under no seal of keeper {keeper}: it was put in past the program"));
            }
        }
    }

    fn find(&mut self, what: String) {
        self.audit.findings.push(what);
    }
}

/// The beginning of a long list.
fn shown(ranges: &str) -> &str {
    match ranges {
        "" => "none",
        short => short.char_indices().nth(80).map_or(short, |(at, _)| short.get(..at).unwrap_or(short)),
    }
}

fn page(db: &mut Db, keeper: i64, after: (i32, i32)) -> Result<Vec<(Seal, String)>, Fault> {
    type Columns = (Integer, Integer, BigInt, Text, Text, Text);
    let text = "select lane, no, at, events, readings, mac from seal where keeper = $1 and (lane, no) > ($2, $3) \
                order by lane, no limit $4";
    let rows: Vec<(i32, i32, i64, String, String, String)> =
        typed::<Columns>(text).with(keeper).with(after.0).with(after.1).with(PAGE).load(db)?;
    let seal = |(lane, no, at, events, readings, mac)| (Seal { keeper, lane, no, at, events, readings }, mac);
    Ok(rows.into_iter().map(seal).collect())
}

fn links(db: &mut Db, keeper: i64, ids: &[i64]) -> Result<BTreeMap<i64, String>, Fault> {
    let mut found = BTreeMap::new();
    for some in ids.chunks(ROWS) {
        let text = format!("select id, link from event where keeper = $1 and id in {}", id_list(some));
        found.extend(typed::<(BigInt, Text)>(&text).once().with(keeper).load::<(i64, String)>(db)?);
    }
    Ok(found)
}

fn digests(db: &mut Db, keeper: i64, ids: &[i64]) -> Result<BTreeMap<i64, String>, Fault> {
    let mut found = BTreeMap::new();
    for some in ids.chunks(ROWS) {
        let text = format!("select {READING} from reading where keeper = $1 and id in {}", id_list(some));
        let rows: Vec<ReadingRow> = sql::sql(&text).once().with(keeper).load(db)?;
        found.extend(rows.iter().map(|row| (row.id, row.row().digest(row.id))));
    }
    Ok(found)
}
