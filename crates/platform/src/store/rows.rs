//! The rows of one file's read tables, as derived from its events, and their digests.

use std::hash::{BuildHasher, Hash};

use casework::{
    Person, Sensitivity, Story, View, fold,
    layers::Layered,
    person::{Gone, Related},
};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer, Nullable, Text},
};
use rules::Day;

use super::{keys::PersonKey, load::FileEvents};
use crate::sql::{Table, Value};

/// A duty as stored, flat.
#[derive(QueryableByName, Clone, PartialEq, Eq, Hash, Debug)]
pub struct DutyRow {
    #[diesel(sql_type = Text)]
    pub key: String,
    #[diesel(sql_type = Integer)]
    pub phase: i32,
    /// Level of the records it stands on, and the level from which another form stands instead: [`Layered`].
    #[diesel(sql_type = Integer)]
    pub sensitivity: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    pub hidden_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub episode: Option<i32>,
    #[diesel(sql_type = Text)]
    pub service: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub dose: Option<i32>,
    #[diesel(sql_type = Integer)]
    pub occurrence: i32,
    #[diesel(sql_type = Text)]
    pub rule: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub rule_from: Option<i32>,
    #[diesel(sql_type = Integer)]
    pub tier: i32,
    #[diesel(sql_type = Text)]
    pub source: String,
    #[diesel(sql_type = Text)]
    pub programme: String,
    #[diesel(sql_type = Text)]
    pub category: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub applies_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub applies_until: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub legal_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub legal_to: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub standard_from: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub standard_to: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub target: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub escalates_on: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub next_on: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    pub settled_on: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub settled_by: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    pub settled_how: Option<String>,
    /// 地区 of the person as on file; it decides who answers and is shown nowhere.
    #[diesel(sql_type = Text)]
    pub home: String,
}

/// The columns of [`DutyRow`] in its order, behind keeper and file.
pub const DUTY: Table = Table {
    name: "duty",
    columns: &[
        "keeper",
        "file",
        "key",
        "phase",
        "sensitivity",
        "hidden_from",
        "episode",
        "service",
        "dose",
        "occurrence",
        "rule",
        "rule_from",
        "tier",
        "source",
        "programme",
        "category",
        "kind",
        "applies_from",
        "applies_until",
        "legal_from",
        "legal_to",
        "standard_from",
        "standard_to",
        "target",
        "escalates_on",
        "next_on",
        "settled_on",
        "settled_by",
        "settled_how",
        "home",
    ],
    key: &["keeper", "file", "key", "phase", "sensitivity"],
};

impl From<Layered> for DutyRow {
    fn from(Layered { duty: d, from, hidden_from }: Layered) -> DutyRow {
        let day = |d: Option<Day>| d.map(|d| d.0);
        DutyRow {
            key: d.key,
            phase: d.phase,
            sensitivity: from.number(),
            hidden_from: hidden_from.map(Sensitivity::number),
            episode: d.episode,
            service: d.service,
            dose: d.dose.map(i32::from),
            occurrence: i32::from(d.occurrence),
            rule: d.rule,
            rule_from: day(d.rule_from),
            tier: i32::from(d.tier),
            source: d.source,
            programme: d.programme,
            category: d.category,
            kind: d.window.kind,
            applies_from: day(d.window.applies_from),
            applies_until: day(d.window.applies_until),
            legal_from: day(d.window.legal_from),
            legal_to: day(d.window.legal_to),
            standard_from: day(d.window.standard_from),
            standard_to: day(d.window.standard_to),
            target: day(d.window.target),
            escalates_on: day(d.window.escalates_on),
            next_on: day(d.next_on),
            settled_on: d.settled.as_ref().map(|s| s.on.0),
            settled_by: d.settled.as_ref().map(|s| s.by),
            settled_how: d.settled.as_ref().map(|s| s.how.code().to_owned()),
            home: String::new(),
        }
    }
}

impl DutyRow {
    pub(super) fn values<'v>(&'v self, keeper: i64, file: i64, out: &mut Vec<Value<'v>>) {
        out.extend([
            keeper.into(),
            file.into(),
            Value::from(&self.key),
            self.phase.into(),
            self.sensitivity.into(),
            self.hidden_from.into(),
            self.episode.into(),
            Value::from(&self.service),
            self.dose.into(),
            self.occurrence.into(),
            Value::from(&self.rule),
            self.rule_from.into(),
            self.tier.into(),
            Value::from(&self.source),
            Value::from(&self.programme),
            Value::from(&self.category),
            Value::from(&self.kind),
            self.applies_from.into(),
            self.applies_until.into(),
            self.legal_from.into(),
            self.legal_to.into(),
            self.standard_from.into(),
            self.standard_to.into(),
            self.target.into(),
            self.escalates_on.into(),
            self.next_on.into(),
            self.settled_on.into(),
            self.settled_by.into(),
            self.settled_how.as_deref().into(),
            Value::from(&self.home),
        ]);
    }
}

/// A person in the index. Unmasked; every reader outside this layer goes through `platform::mask`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PersonRow {
    name: String,
    kana: String,
    birth_lo: Option<i32>,
    birth_hi: Option<i32>,
    sex: String,
    number: String,
    household: String,
    district: String,
    address: String,
    phone: String,
    protected: i32,
    gone: &'static str,
    gone_on: Option<i32>,
    provisional: i32,
    category: &'static str,
    subjects: String,
    edd: Option<i32>,
}

/// The columns of [`PersonRow`] in its order, behind keeper and file.
pub const PERSON: Table = Table {
    name: "person",
    columns: &[
        "keeper",
        "file",
        "name",
        "kana",
        "birth_lo",
        "birth_hi",
        "sex",
        "number",
        "household",
        "district",
        "address",
        "phone",
        "protected",
        "gone",
        "gone_on",
        "provisional",
        "category",
        "subjects",
        "edd",
    ],
    key: &["keeper", "file"],
};

impl PersonRow {
    fn of(person: &Person<'_>) -> PersonRow {
        let resident = person.resident.cloned().unwrap_or_default();
        let (gone, gone_on) = match person.gone {
            Some((Gone::MovedOut, day, _)) => ("moved_out", Some(day.0)),
            Some((Gone::Died, day, _)) => ("died", Some(day.0)),
            None => ("", None),
        };
        let open = person.episodes.iter().rev().find(|e| e.is_open());
        let mut subjects = Vec::new();
        if casework::scopes::is_register_child(person) {
            subjects.push("child");
        }
        if open.is_some() {
            subjects.push("pregnancy");
        } else if person.episodes.iter().any(|e| e.delivered.is_some()) {
            subjects.push("postpartum");
        }
        PersonRow {
            provisional: i32::from(resident.number.is_empty()),
            name: resident.name,
            kana: resident.kana,
            birth_lo: person.birth.map(|(b, _)| b.lo.0),
            birth_hi: person.birth.map(|(b, _)| b.hi.0),
            sex: resident.sex,
            number: resident.number,
            household: resident.household,
            district: resident.district,
            address: resident.address,
            phone: person.phone().to_owned(),
            protected: i32::from(person.protected),
            gone,
            gone_on,
            category: if person.needs_support_since.is_some() { "needs_support" } else { "" },
            subjects: subjects.join(" "),
            edd: open.map(|e| e.notice.edd.0),
        }
    }

    /// What it is found by. A phone that is masked finds nobody.
    pub(super) fn key(&self) -> PersonKey {
        PersonKey::of(&self.name, &self.kana, &self.number, if self.protected == 1 { "" } else { &self.phone })
    }

    pub(super) fn values<'v>(&'v self, keeper: i64, file: i64, out: &mut Vec<Value<'v>>) {
        out.extend([
            keeper.into(),
            file.into(),
            Value::from(&self.name),
            Value::from(&self.kana),
            self.birth_lo.into(),
            self.birth_hi.into(),
            Value::from(&self.sex),
            Value::from(&self.number),
            Value::from(&self.household),
            Value::from(&self.district),
            Value::from(&self.address),
            Value::from(&self.phone),
            self.protected.into(),
            self.gone.into(),
            self.gone_on.into(),
            self.provisional.into(),
            self.category.into(),
            Value::from(&self.subjects),
            self.edd.into(),
        ]);
    }
}

/// A row of the people index as it is stored, for who compares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonText {
    pub texts: [String; 11],
    pub numbers: [Option<i32>; 4],
    pub protected: i32,
    pub provisional: i32,
}

impl PersonText {
    pub fn of(p: &PersonRow) -> PersonText {
        let texts = [
            &p.name,
            &p.kana,
            &p.sex,
            &p.number,
            &p.household,
            &p.district,
            &p.address,
            &p.phone,
            p.gone,
            p.category,
            &p.subjects,
        ];
        PersonText {
            texts: texts.map(str::to_owned),
            numbers: [p.birth_lo, p.birth_hi, p.gone_on, p.edd],
            protected: p.protected,
            provisional: p.provisional,
        }
    }
}

/// A dated relation to another file.
#[derive(QueryableByName, Clone, PartialEq, Eq, Hash, Debug)]
pub struct RelationRow {
    #[diesel(sql_type = BigInt)]
    other: i64,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Integer)]
    from_day: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    until_day: Option<i32>,
    #[diesel(sql_type = BigInt)]
    event: i64,
    #[diesel(sql_type = Integer)]
    sensitivity: i32,
}

/// The columns of [`RelationRow`] in its order, behind keeper and file.
pub const RELATION: Table = Table {
    name: "relation",
    columns: &["keeper", "file", "other", "role", "from_day", "until_day", "event", "sensitivity"],
    key: &["keeper", "file", "other", "role", "event"],
};

impl RelationRow {
    fn of(related: &Related<'_>) -> RelationRow {
        RelationRow {
            other: related.to,
            role: related.role.to_owned(),
            from_day: related.from.0,
            until_day: related.until.map(|d| d.0),
            event: related.event,
            sensitivity: related.sensitivity.number(),
        }
    }

    pub(super) fn values<'v>(&'v self, keeper: i64, file: i64, out: &mut Vec<Value<'v>>) {
        out.extend([
            keeper.into(),
            file.into(),
            self.other.into(),
            Value::from(&self.role),
            self.from_day.into(),
            self.until_day.into(),
            self.event.into(),
            self.sensitivity.into(),
        ]);
    }
}

/// Who a file is about, and how they are related to others.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Who {
    /// `None`: nothing of the file stands any more.
    pub person: Option<PersonRow>,
    pub relations: Vec<RelationRow>,
    /// Of the person and of the relations, as in [`Marks`](super::sheet::Marks). The keys of a person follow from the person's row and from
    /// how names are folded.
    pub(super) digests: [u64; 2],
}

impl Who {
    /// As a person's file tells it.
    pub fn of(events: &FileEvents) -> Who {
        let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
        Who::told(&story, &Person::read(&story))
    }

    /// Where the person is counted, as the index says it: `gone`, `subjects`, birth, district (empty if it is masked).
    pub fn counted(&self) -> Option<(&'static str, &str, Option<Day>, &str)> {
        let person = self.person.as_ref()?;
        let district = if person.protected == 1 { "" } else { person.district.as_str() };
        Some((person.gone, &person.subjects, person.birth_hi.map(Day), district))
    }

    /// 地区 as on file, of protected persons too; empty if none is.
    pub(super) fn home(&self) -> &str {
        self.person.as_ref().map_or("", |person| person.district.as_str())
    }

    /// The same from what was read of the file already.
    pub(super) fn told(story: &Story<'_>, person: &Person<'_>) -> Who {
        // The index is what everybody may know: who stands in narrow records only is in no list and found by no search.
        let stands = story.entries.iter().any(|entry| entry.sensitivity == Sensitivity::Ordinary);
        let mut relations: Vec<RelationRow> = person.relations.iter().map(RelationRow::of).collect();
        relations.sort_by_key(|r| (r.event, r.other));
        let person = stands.then(|| PersonRow::of(person));
        let digests = [digest(&(names::VERSION, &person)), digest(&relations)];
        Who { person, relations, digests }
    }
}

/// Seeded the same in every process: what it says is stored.
pub(super) fn digest(of: &impl Hash) -> u64 {
    foldhash::quality::FixedState::default().hash_one(of)
}
