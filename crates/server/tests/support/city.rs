//! A fictional city hall: residents' files as text, and what importing them leaves in the tables.

use std::fmt::Write as _;
use std::io::Cursor;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use paperwork::mapping::Mapping;
use rules::Day;
use server::intake::imports::withdraw;
use server::intake::residents::{
    Batch, Residents,
    apply::{self, Work},
    stage::{NotStaged, Source, stage},
};
use server::platform::{
    Actor, Clock, Database, Doors, Problem,
    rulebook::{self, Books},
};

use super::history::offices;

pub const HEADER: &str = "宛名番号,世帯番号,氏名,氏名ふりがな,生年月日,性別,続柄,郵便番号,住所,地区,電話番号,異動事由,異動日,転出先住所,支援措置,住民区分";

/// One person in the file; what is not said stays as in [`Line::default`].
#[derive(Clone, Copy)]
pub struct Line<'a> {
    pub number: &'a str,
    pub household: &'a str,
    pub name: &'a str,
    pub birth: &'a str,
    pub sex: &'a str,
    pub relation: &'a str,
    pub address: &'a str,
    pub change: &'a str,
    pub on: &'a str,
    pub to: &'a str,
    pub protected: &'a str,
    pub standing: &'a str,
}

impl Default for Line<'_> {
    fn default() -> Self {
        Line {
            number: "1",
            household: "11",
            name: "試験 花",
            birth: "1994-05-06",
            sex: "女",
            relation: "世帯主",
            address: "みなと市一丁目1",
            change: "",
            on: "",
            to: "",
            protected: "",
            standing: "",
        }
    }
}

pub fn file(lines: &[Line<'_>]) -> String {
    let mut text = format!("{HEADER}\r\n");
    for l in lines {
        let _ = write!(
            text,
            "{},{},{},しけん,{},{},{},100-0001,{},東,,{},{},{},{},{}\r\n",
            l.number,
            l.household,
            l.name,
            l.birth,
            l.sex,
            l.relation,
            l.address,
            l.change,
            l.on,
            l.to,
            l.protected,
            l.standing
        );
    }
    text
}

/// An office with its desk.
pub struct Hall {
    pub name: &'static str,
    pub doors: Doors,
    pub books: Books,
    pub keepers: Vec<i64>,
    pub actor: Actor,
}

pub fn today() -> Day {
    Day::from_ymd(2026, 6, 15).unwrap()
}

impl Hall {
    pub fn new(name: &'static str, database: Database) -> Hall {
        let keepers = offices(&database).to_vec();
        for keeper in &keepers {
            database.write_all(|db| server::platform::store::write::open_office_file(db, *keeper)).unwrap();
        }
        let doors = Doors::new(database, Clock::pinned(today()));
        let actor = Actor::program(vec![keepers[0]]);
        Hall { name, doors, books: Books::one(rulebook::shipped().unwrap()), keepers, actor }
    }

    pub fn work(&self) -> Work<'_> {
        Work { doors: &self.doors, actor: &self.actor, books: &self.books }
    }

    pub fn stage(&self, text: &str) -> Result<Batch, NotStaged> {
        let mapping = Mapping::shipped().unwrap();
        let digest = format!("{:x}", text.len());
        let source = Source { name: "住民.csv", digest: &digest, on: None, whole: false };
        stage(&self.doors, &self.actor, &mapping, source, Cursor::new(text.as_bytes().to_vec()), |_| {})
    }

    /// Stages and applies a file.
    pub fn import(&self, text: &str) -> Batch {
        let batch = self.stage(text).unwrap_or_else(|e| panic!("{}: {e:?}", self.name));
        apply::order::<Residents>(&self.doors, &self.actor, batch.id).unwrap();
        apply::run(self.work(), batch.id, |_| {}).unwrap()
    }

    pub fn withdraw(&self, id: i64) -> Batch {
        withdraw::order::<Residents>(self.work(), id, "試験").unwrap();
        withdraw::run::<Residents>(self.work(), id, |_| {}).unwrap()
    }

    pub fn write<T>(&self, work: impl FnOnce(&mut server::platform::Door<'_>) -> Result<T, Problem>) -> T {
        self.doors.write(&self.actor, work).unwrap()
    }

    /// One text per row of a query with the single column `t`.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            t: String,
        }
        let rows: Vec<Row> =
            self.doors.database().read_all(|db| Ok::<_, server::platform::Fault>(sql_query(sql).load(db)?)).unwrap();
        rows.into_iter().map(|r| r.t).collect()
    }

    pub fn one(&self, sql: &str) -> String {
        self.texts(sql).join(" ")
    }

    /// What the read tables say: people, duties, relations, arrivals.
    pub fn tables(&self) -> Vec<String> {
        let mut all = Vec::new();
        for sql in [
            "select cast(keeper as text) || ' ' || cast(file as text) || ' ' || name || ' ' || number || ' ' || address \
             || ' ' || household || ' ' || gone || ' ' || subjects || ' ' || cast(protected as text) as t from person \
             order by keeper, file",
            "select cast(file as text) || ' ' || key || ' ' || cast(phase as text) || ' ' || coalesce(settled_how, '') \
             || ' ' || coalesce(cast(legal_from as text), '') || ' ' || coalesce(cast(target as text), '') as t \
             from duty order by keeper, file, key, phase",
            "select cast(file as text) || ' ' || cast(other as text) || ' ' || role as t from relation \
             order by keeper, file, other, role",
            "select source || ' ' || cast(through as text) as t from arrival order by keeper, source",
        ] {
            all.extend(self.texts(sql));
        }
        all
    }
}

/// A hall on each database engine, sealed as every installation is.
pub fn halls() -> Vec<Hall> {
    databases().map(|(name, database)| Hall::new(name, super::site::sealed(database))).into()
}

/// The same as a version without an audit chain wrote them.
pub fn unsealed() -> Vec<Hall> {
    databases().map(|(name, database)| Hall::new(name, database)).into()
}

fn databases() -> [(&'static str, Database); 2] {
    let sqlite = Database::open(super::sqlite::fresh().to_str().unwrap()).unwrap();
    sqlite.migrate(&Clock::system()).unwrap();
    let (owner, app) = super::pg::fresh();
    Database::open(&owner).unwrap().migrate(&Clock::system()).unwrap();
    [("SQLite", sqlite), ("PostgreSQL", Database::open(&app).unwrap())]
}
