//! The figures of any day and as known at any instant, from the events, page by page over all files in bounded memory.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Duty, View, duties::Standing};
use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Text},
};
use rules::{Day, Rulebook};
use sha2::{Digest, Sha256};

use super::figures::{Figures, Lines, MISSING, PRESSING, STATES, ages};
use super::office::{self, Office, Town};
use crate::platform::{
    Database, Db, Fault, clock,
    rulebook::{self, Book, Books},
    sql,
    store::{
        chain, derived, kin,
        load::{events_of_many_at, id_list},
    },
};
use crate::today::lines::LineState;

/// Files read at a time.
const PAGE: i64 = 400;

/// Which part of what is recorded is looked at, and the day that dates are compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct When {
    pub day: Day,
    pub as_of: Option<Day>,
    pub known_at: Option<i64>,
}

impl When {
    /// On the day on which something is known, what lies ahead of it is known as well (an announced 転出): so the day of
    /// knowing cuts nothing off, and the sheet of today is what is stored. An earlier day is looked back on: only what had
    /// happened by then.
    pub fn new(today: Day, as_of: Option<Day>, known_at: Option<i64>) -> When {
        let knowing = known_at.map_or(today, clock::day_in_japan).min(today);
        let as_of = as_of.filter(|day| *day < knowing);
        When { day: as_of.unwrap_or(knowing), as_of, known_at }
    }

    pub fn is_now(self) -> bool {
        self.as_of.is_none() && self.known_at.is_none()
    }

    pub fn view(self) -> View<'static> {
        View { as_of: self.as_of, known_at: self.known_at, withdrawn: &[] }
    }
}

/// One office whose files are counted, with the rules that were in force for it then.
pub struct Desk {
    pub keeper: i64,
    pub office: Office,
    pub book: Book,
    /// Whether that very book was kept; otherwise today's speaks for it.
    pub kept: bool,
}

/// The offices as of a moment.
///
/// # Errors
/// If the database fails, or a book of then cannot be built any more.
pub fn desks(db: &mut Db, books: &Books, keepers: &[i64], when: When) -> Result<Vec<Desk>, Fault> {
    let shelf = books.now(db)?;
    let mut desks = Vec::new();
    for keeper in keepers {
        let own = shelf.of(*keeper);
        let kept = match when.known_at {
            Some(instant) => rulebook::kept_at(db, *keeper, instant)?,
            None => None,
        };
        let book = match &kept {
            Some(kept) => Book::of_texts(kept.texts.only(&own.town), &own.town).map_err(|broken| {
                let reasons: Vec<String> = broken.iter().map(|b| format!("  {b}")).collect();
                Fault::new(format!("the rulebook {} cannot be built any more:\n{}", kept.hash, reasons.join("\n")))
            })?,
            None => Book::clone(own),
        };
        let kept = kept.is_some() || when.known_at.is_none();
        desks.push(Desk { keeper: *keeper, office: Office::of(db, *keeper, when.view())?, book, kept });
    }
    Ok(desks)
}

/// What was counted, and the digest of the heads of its files.
pub struct Counted {
    pub figures: Figures,
    pub files: u64,
    pub heads: String,
}

/// Counts everybody of these offices. `told` hears how many files are done.
///
/// # Errors
/// If the database fails, or the figures do not add up.
pub fn figures(
    database: &Database,
    desks: &[Desk],
    town: &Town,
    when: When,
    mut told: impl FnMut(u64),
) -> Result<Counted, Fault> {
    let mut counting = Counting { figures: Figures::new(&town.code, when.day), files: 0, heads: Sha256::new(), when };
    for desk in desks {
        let mut after = 0;
        while let Some(last) = database.read_for(&[desk.keeper], |db| counting.page(db, desk, after))? {
            after = last;
            told(counting.files);
        }
    }
    let Counting { mut figures, files, heads, .. } = counting;
    figures.listed.sort_unstable();
    figures.sources =
        office::sources(desks.iter().map(|d| &d.office), desks.iter().map(|d| -> &Rulebook { &d.book }), when.day);
    Ok(Counted { figures: figures.sound()?, files, heads: chain::hex(&heads.finalize()) })
}

struct Counting {
    figures: Figures,
    files: u64,
    heads: Sha256,
    when: When,
}

impl Counting {
    fn page(&mut self, db: &mut Db, desk: &Desk, after: i64) -> Result<Option<i64>, Fault> {
        let text = "select id from file where keeper = $1 and subject = 'person' and id > $2 order by id limit $3";
        let ids: Vec<i64> = sql::typed::<BigInt>(text).with(desk.keeper).with(after).with(PAGE).load(db)?;
        let Some(last) = ids.last().copied() else { return Ok(None) };
        for (file, head) in heads(db, &ids, self.when.known_at)? {
            self.files += 1;
            self.heads.update(format!("{file} {head}\n").as_bytes());
        }
        let events = events_of_many_at(db, &ids, self.when.known_at)?;
        let own: Vec<(i64, i64)> = ids.iter().map(|id| (desk.keeper, *id)).collect();
        let relations = kin::of(db, &own, &desk.book)?;
        let ages = ages(self.when.day);
        for (file, of) in events.iter().filter(|(_, of)| of.led_to.is_none()) {
            let (who, derived) = derived::seen(*file, of, &relations, &desk.book, self.when.view(), self.when.day);
            let Some((gone, subjects, birth, district)) = who.counted() else { continue };
            let face = (gone, subjects, ages.class(birth), district);
            self.figures.person(derived.standing.code(), face, 1);
            if derived.standing == Standing::Listed {
                self.figures.listed.push(*file);
            }
            self.lines(desk, &derived.duties);
        }
        Ok(Some(last))
    }

    /// Counts one person's open lines.
    fn lines(&mut self, desk: &Desk, duties: &[Duty]) {
        let mut seen: BTreeSet<(u8, String, &'static str)> = BTreeSet::new();
        for duty in duties.iter().filter(|duty| duty.tier < 3) {
            let Some(state) = state(duty, &desk.office, self.when.day) else { continue };
            let tier = i32::from(duty.tier);
            let mut add = |kind: u8, key: String, lines: &mut Lines| {
                lines.lines += 1;
                lines.persons += u64::from(seen.insert((kind, key, state.code())));
            };
            let figures = &mut self.figures;
            if STATES.contains(&state) {
                let of = figures.undone.entry(state.code()).or_default().entry(tier).or_default();
                add(0, tier.to_string(), of);
            }
            if MISSING.contains(&state) {
                let of = figures.undone_by_source.entry(duty.source.clone()).or_default();
                add(1, duty.source.clone(), of.entry(state.code()).or_default());
            }
            if PRESSING.contains(&state) && tier == 1 {
                let of = figures.undone_by_service.entry(duty.service.clone()).or_default();
                add(2, duty.service.clone(), of.entry(state.code()).or_default());
            }
        }
    }
}

/// The digest of the heads of all files of these offices as they stand, as [`figures`] makes it.
///
/// # Errors
/// If the database fails.
pub fn heads_of(db: &mut Db, keepers: &[i64]) -> Result<String, Fault> {
    let mut digest = Sha256::new();
    for keeper in keepers {
        let mut after = 0;
        loop {
            let text = "select id, head from file where keeper = $1 and subject = 'person' and id > $2 and version > 0 \
                        order by id limit $3";
            let rows = sql::typed::<(BigInt, Text)>(text).with(*keeper).with(after).with(PAGE);
            let rows: Vec<(i64, String)> = rows.load(db)?;
            let Some((last, _)) = rows.last() else { break };
            after = *last;
            rows.iter().for_each(|(file, head)| digest.update(format!("{file} {head}\n").as_bytes()));
        }
    }
    Ok(chain::hex(&digest.finalize()))
}

/// The last link of each file's chain, as of an instant; files that held nothing then are left out.
fn heads(db: &mut Db, files: &[i64], at: Option<i64>) -> Result<BTreeMap<i64, String>, Fault> {
    let until = at.unwrap_or(i64::MAX);
    let list = id_list(files);
    let text = format!(
        "select e.file, e.link from event e join (select file, max(seq) as seq from event where file in {list} \
         and recorded_at <= $1 group by file) last on last.file = e.file and last.seq = e.seq"
    );
    let rows: Vec<(i64, String)> = sql::typed::<(BigInt, Text)>(&text).once().with(until).load(db)?;
    Ok(rows.into_iter().collect())
}

/// The state table of 今日の対応 ([`crate::today::lines::Lens::open_sql`]) for one derived duty; `None`: it is on no list that
/// day. A test compares the two on random histories.
pub fn state(duty: &Duty, office: &Office, day: Day) -> Option<LineState> {
    let window = &duty.window;
    let open = duty.settled.is_none()
        && window.applies_from.is_none_or(|from| from <= day)
        && window.applies_until.is_none_or(|until| until >= day)
        && (window.legal_from.is_none_or(|from| from <= day) || duty.next_on.is_some());
    if !open {
        return None;
    }
    if let Some(next) = duty.next_on {
        return Some(match next.cmp(&day) {
            std::cmp::Ordering::Less => LineState::Overdue,
            std::cmp::Ordering::Equal => LineState::Near,
            std::cmp::Ordering::Greater => LineState::Planned,
        });
    }
    let before = |date: Day| office.since.is_some_and(|since| date < since);
    if let Some(to) = window.legal_to.filter(|to| *to < day) {
        return Some(match duty.tier {
            _ if before(to) => LineState::Before,
            1 => LineState::Judge,
            2 => LineState::Monthly,
            _ => LineState::Planned,
        });
    }
    if window.legal_to.is_some_and(before) {
        return Some(LineState::Before);
    }
    let Some(deadline) = window.target.or(window.standard_to).or(window.legal_to) else {
        return Some(LineState::Planned);
    };
    let arrived = office.arrived.get(&duty.source).filter(|a| duty.source != "own" && a.through < deadline);
    Some(match arrived {
        _ if before(deadline) => LineState::Before,
        _ if deadline >= day && deadline <= day.plus(office.near) => LineState::Near,
        _ if deadline >= day => LineState::Planned,
        None => LineState::Overdue,
        Some(arrived) if day <= deadline.plus(arrived.lag) => LineState::Waiting,
        Some(_) => LineState::Unconfirmed,
    })
}
