//! Random histories of families: late, imprecise, corrected, taken back, erased, moved, lost, recorded twice, settled many
//! at once and put back.

use casework::{
    Act, Body, Command, Sensitivity,
    birth::{Birth, Child},
    body::{Closure, Contact, Held, Next, Pregnancy, Reached, Resident, Returned, Seen, Sent, Service, Stay},
    office::handover::{Escalated, HandedOver, HandoverRead, reading_key},
};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use rules::{Day, Span};
use server::platform::{
    Database, Fault,
    rulebook::Books,
    store::{Applied, Desk, apply, write::NotApplied},
};

#[path = "history_settling.rs"]
pub mod settling;

pub const DAY_US: i64 = 86_400_000_000;

/// A family under one keeper, with the days passing.
pub struct Family {
    pub seed: u64,
    pub keeper: i64,
    pub today: Day,
    pub files: Vec<i64>,
    /// What was applied, by the command's id: for whoever has to find it again.
    pub done: Vec<(String, Applied)>,
    rng: SmallRng,
    commands: u32,
    recorded: Vec<(i64, i64)>,
    /// Letters, of which some come back.
    sent: Vec<(i64, i64)>,
    /// 一括整理 that stand.
    settled: Vec<i64>,
}

/// How often each outcome came, to see that the histories are not one-sided.
#[derive(Default, Debug)]
pub struct Tally {
    pub applied: u32,
    pub refused: u32,
    pub repeated: u32,
    /// Lines closed by 一括整理, and settlings taken back.
    pub settled: u64,
    pub undone: u32,
}

impl Family {
    pub fn new(seed: u64, keeper: i64, from: Day) -> Family {
        Family {
            seed,
            keeper,
            today: from,
            files: Vec::new(),
            done: Vec::new(),
            rng: SmallRng::seed_from_u64(seed),
            commands: 0,
            recorded: Vec::new(),
            sent: Vec::new(),
            settled: Vec::new(),
        }
    }

    fn command(&mut self, act: Act) -> Command {
        self.commands += 1;
        Command { id: format!("h{}-{}", self.seed, self.commands), act, seen: Vec::new() }
    }

    pub fn desk<'a>(&self, books: &'a Books, keepers: &'a [i64]) -> Desk<'a> {
        Desk {
            keeper: self.keeper,
            keepers,
            actor: 1,
            today: self.today,
            now: i64::from(self.today.0) * DAY_US + 3_600_000_000 * 3,
            batch: None,
            books,
        }
    }

    fn apply(&mut self, database: &Database, books: &Books, act: Act, tally: &mut Tally) -> Option<Applied> {
        let command = self.command(act);
        let keepers = [self.keeper];
        let desk = self.desk(books, &keepers);
        let done = database.write_all(|db| apply(db, &desk, &command));
        match done {
            Ok(applied) => {
                tally.applied += 1;
                self.done.push((command.id.clone(), applied.clone()));
                let file = command.act.files().first().copied().or(applied.opened.first().copied());
                self.files.extend(&applied.opened);
                self.recorded.extend(applied.events.iter().filter_map(|e| Some((file?, *e))));
                if matches!(&command.act, Act::Record { body: Body::Sent(_), .. }) {
                    self.sent.extend(applied.events.iter().filter_map(|e| Some((file?, *e))));
                }
                if self.rng.random_ratio(1, 8) {
                    // The same submit again does nothing and finds what the first one did.
                    let again = database.write_all(|db| apply(db, &desk, &command)).unwrap_or_else(|e| panic!("{e:?}"));
                    assert_eq!(again, applied, "seed {}", self.seed);
                    tally.repeated += 1;
                }
                Some(applied)
            }
            Err(NotApplied::Refused(_)) => {
                tally.refused += 1;
                None
            }
            Err(other) => panic!("seed {} command {}: {other:?}", self.seed, command.id),
        }
    }

    /// The mother (or a child from elsewhere) becomes known.
    pub fn found(&mut self, database: &Database, books: &Books, tally: &mut Tally) {
        let child_first = self.rng.random_ratio(1, 3);
        let age_days = if child_first { self.rng.random_range(0..2600) } else { self.rng.random_range(7000..14000) };
        let birth = self.today.plus(-age_days);
        let imprecise = self.rng.random_ratio(1, 10);
        let resident = Resident {
            number: format!("{}", 1000 + self.seed),
            household: format!("{}", 500 + self.seed / 2),
            name: format!("試験 {}", self.seed),
            kana: "しけん".into(),
            sex: if self.rng.random_ratio(1, 2) { "F".into() } else { "M".into() },
            birth: Some(if imprecise { Span { lo: birth.plus(-20), hi: birth } } else { Span::on(birth) }),
            district: format!("{}区", self.seed % 4),
            cause: if self.rng.random_ratio(1, 3) { "moved_in".into() } else { "present".into() },
            ..Resident::default()
        };
        let day = Span::on(self.today.plus(-self.rng.random_range(0..30)));
        let protected = self.rng.random_ratio(1, 9);
        if self.rng.random_ratio(1, 2) {
            // Typed before the register spoke: perhaps the same person.
            let typed = Resident { number: String::new(), cause: "provisional".into(), ..resident.clone() };
            let day = Span::on(self.today.plus(-self.rng.random_range(0..30)));
            let open = Act::Open { day, source: "own".into(), resident: typed, protected: self.rng.random_ratio(1, 9) };
            self.apply(database, books, open, tally);
        }
        self.apply(database, books, Act::Open { day, source: "residents".into(), resident, protected }, tally);
    }

    /// Some days pass, then somebody records something, sensible or not.
    pub fn step(&mut self, database: &Database, books: &Books, tally: &mut Tally) {
        self.today = self.today.plus(self.rng.random_range(0..25));
        if self.rng.random_ratio(1, 15) {
            return settling::step(self, database, books, tally);
        }
        let at = self.rng.random_range(0..self.files.len());
        let file = self.files[at];
        let act = self.act(file);
        self.apply(database, books, act, tally);
    }

    fn act(&mut self, file: i64) -> Act {
        if self.rng.random_ratio(1, 14) {
            return self.join(file);
        }
        match self.rng.random_range(0..28) {
            0..=3 => self.record(file, |f| Body::Contact(f.contact("phone"))),
            4..=5 => self.record(file, |f| Body::Visit(f.contact("visit"))),
            6..=9 => self.record(file, |f| Body::Service(f.service())),
            10 => self.pregnancy(file),
            11 => self.birth(file),
            12 => self
                .record(file, |f| Body::PregnancyEnded { weeks: Some(f.rng.random_range(5..30)), note: String::new() }),
            13 => self.record(file, |f| match f.rng.random_range(0..5) {
                0 => Body::Died,
                1 => Body::MovedOut { destination: "他市".into() },
                2 => Body::Released { reason: "転出".into() },
                3 => Body::Protection { on: f.rng.random(), note: String::new(), review: None },
                _ => Body::Resident(Resident {
                    name: "試験 変更".into(),
                    cause: "moved_in".into(),
                    ..Resident::default()
                }),
            }),
            14 => self.record(file, |f| Body::Period {
                name: ["needs_support", "satogaeri", "vouchers_used_up", "youtaikyo", "youtaikyo", "youtaikyo"]
                    [f.rng.random_range(0..6)]
                .into(),
                until: f.rng.random_ratio(1, 2).then(|| f.today.plus(30)),
                note: String::new(),
            }),
            15 => self.record(file, |f| {
                Body::Closure(Closure { key: f.key(), how: "not_applicable".into(), reason: "対象外".into() })
            }),
            16..=17 => self.mend(),
            23 => self.record(file, |f| {
                let from = f.today.plus(f.rng.random_range(-20..40));
                let (handover, programme) = (f.rng.random_range(1..3), "support".into());
                Body::HandedOver(HandedOver { handover, programme, from, by: from.plus(14) })
            }),
            24 => self.record(file, |f| {
                Body::HandoverRead(HandoverRead { about: reading_key(f.rng.random_range(1..3)), staff: 1 })
            }),
            25 => self.record(file, |f| {
                let by = f.today.plus(7);
                Body::Escalated(Escalated { about: f.key(), by, note: String::new() })
            }),
            26 => self.record(file, |f| {
                let (title, code) =
                    ("案内".into(), ["invited", "invited_again", "notice"][f.rng.random_range(0..3)].into());
                let services = ["checkup_18m", "checkup_3y", "", "checkup_9_11m", "pcv", "yearly_confirmation", "bcg"];
                let service = services[f.rng.random_range(0..services.len())].into();
                Body::Sent(Sent { title, code, service, no: 1, ..Sent::default() })
            }),
            27 => self.record(file, |f| match f.rng.random_range(0..3) {
                0 => Body::Held(Held { title: "案内".into(), found: vec!["died".into()], ..Held::default() }),
                _ => {
                    let next = Next { on: f.today.plus(f.rng.random_range(0..20)), what: "address".into() };
                    let of_file = f.sent.iter().rev().find(|(of, _)| *of == file).map_or(0, |(_, sent)| *sent);
                    let sent = [0, of_file][f.rng.random_range(0..2)];
                    Body::Returned(Returned { sent, next, note: String::new() })
                }
            }),
            18 => match self.recorded.get(self.rng.random_range(0..self.recorded.len().max(1))) {
                Some((file, event)) => Act::Erase { file: *file, event: *event, reason: "別の家庭".into() },
                None => self.record(file, |_| Body::Note { text: "メモ".into() }),
            },
            _ => self.relation(file),
        }
    }

    /// Two files of the family turn out to be one person's (or so somebody says).
    pub fn join(&mut self, file: i64) -> Act {
        let other = self.files[self.rng.random_range(0..self.files.len())];
        Act::Join { files: [file, other], reason: "同じ人".into() }
    }

    /// Somebody of the same family turns out to be related, rarely by adoption.
    fn relation(&mut self, file: i64) -> Act {
        let to = self.files[self.rng.random_range(0..self.files.len())];
        if to == file {
            return self.record(file, |_| Body::Note { text: "メモ".into() });
        }
        self.record(file, |f| Body::Relation {
            to,
            role: ["mother", "father", "sibling", "sibling", "grandmother"][f.rng.random_range(0..5)].into(),
            until: f.rng.random_ratio(1, 4).then(|| f.today.plus(-10)),
            hidden: f.rng.random_ratio(1, 6),
        })
    }

    /// Late and imprecise: the day lies some way back, and is sometimes only a month.
    fn record(&mut self, file: i64, body: impl FnOnce(&mut Family) -> Body) -> Act {
        let back =
            if self.rng.random_ratio(1, 4) { self.rng.random_range(0..120) } else { self.rng.random_range(0..3) };
        let hi = self.today.plus(-back);
        let day = if self.rng.random_ratio(1, 10) { Span { lo: hi.plus(-30), hi } } else { Span::on(hi) };
        let episode = self.rng.random_ratio(1, 3).then_some(1);
        let body = body(self);
        let sensitivity = match self.rng.random_range(0..12) {
            0 => Sensitivity::Guarded,
            1 => Sensitivity::Compartment,
            _ => Sensitivity::Ordinary,
        };
        Act::Record { file, episode, day, source: "own".into(), sensitivity, body }
    }

    fn key(&mut self) -> String {
        let keys = [
            "home_visit_4m",
            "checkup_3_4m",
            "checkup_18m",
            "checkup_3y",
            "pcv#1",
            "hib#1",
            "mr1",
            "prenatal_checkup#1@1",
            "pregnancy_support_2@1",
            "sibling_safety#1",
            "birth_unknown@1",
            "move_out_decision",
            "yearly_confirmation",
        ];
        match self.recorded.last() {
            Some((_, event)) if self.rng.random_ratio(1, 3) => format!("next_contact#{event}"),
            _ => keys[self.rng.random_range(0..keys.len())].into(),
        }
    }

    fn contact(&mut self, means: &str) -> Contact {
        let result = [Reached::Reached, Reached::Reached, Reached::Absent, Reached::CallBack, Reached::Refused]
            [self.rng.random_range(0..5)];
        let next = self
            .rng
            .random_ratio(1, 2)
            .then(|| Next { on: self.today.plus(self.rng.random_range(0..60)), what: "call".into() });
        Contact {
            means: means.into(),
            time: None,
            with: "母".into(),
            result,
            seen: self.rng.random_ratio(1, 3).then(|| Seen {
                by: "self".into(),
                place: String::new(),
                how: "seen".into(),
            }),
            next,
            about: self.rng.random_ratio(1, 2).then(|| self.key()),
            service: self.rng.random_ratio(1, 4).then(|| "home_visit_4m".into()),
            note: String::new(),
        }
    }

    fn service(&mut self) -> Service {
        let codes = [
            "pcv",
            "hib",
            "mr",
            "checkup_3_4m",
            "checkup_18m",
            "checkup_3y",
            "prenatal_checkup",
            "postpartum_checkup_2w",
            "epds",
            "epds",
        ];
        Service {
            code: codes[self.rng.random_range(0..codes.len())].into(),
            result: ["done", "done", "absent", "needs_exam"][self.rng.random_range(0..4)].into(),
            number: self.rng.random_ratio(1, 2).then(|| f64::from(self.rng.random_range(0..20))),
            next: self.rng.random_ratio(1, 6).then(|| Next { on: self.today.plus(20), what: "visit".into() }),
            ..Service::default()
        }
    }

    fn pregnancy(&mut self, file: i64) -> Act {
        let edd = self.today.plus(self.rng.random_range(-30..250));
        let satogaeri = self.rng.random_ratio(1, 4).then(|| Stay {
            from: edd.plus(-40),
            until: Some(edd.plus(40)),
            place: "県外".into(),
        });
        let pregnancy = Pregnancy {
            edd,
            fetuses: self.rng.random_range(1..3),
            birth_order: Some(1),
            satogaeri,
            clinic: String::new(),
            note: String::new(),
            next: None,
        };
        Act::NotifyPregnancy { file, day: self.today, pregnancy }
    }

    fn birth(&mut self, mother: i64) -> Act {
        let children = (0..self.rng.random_range(1..3))
            .map(|_| Child { weight: Some(self.rng.random_range(1800..3800)), ..Child::default() })
            .collect();
        Act::Birth(Birth {
            mother,
            episode: 1,
            day: self.today,
            weeks: Some(39),
            place: String::new(),
            source: "own".into(),
            home_from: None,
            children,
        })
    }

    fn mend(&mut self) -> Act {
        let Some(&(file, event)) = self.recorded.get(self.rng.random_range(0..self.recorded.len().max(1))) else {
            return Act::Withdraw { file: self.files[0], event: 1, reason: "誤り".into() };
        };
        if self.rng.random_ratio(1, 2) {
            return Act::Withdraw { file, event, reason: "誤り".into() };
        }
        let body = if self.rng.random_ratio(1, 2) {
            Body::Service(self.service())
        } else {
            Body::Contact(Contact { about: None, ..self.contact("phone") })
        };
        Act::Correct { file, event, day: Span::on(self.today.plus(-5)), body }
    }
}

/// Two offices under one prefecture, and one person who works at the first.
pub fn offices(database: &Database) -> [i64; 2] {
    use diesel::{RunQueryDsl, sql_query};
    database
        .write_all(|db| -> Result<[i64; 2], Fault> {
            let mut ids = [0; 2];
            for (n, id) in ids.iter_mut().enumerate() {
                let name = format!("試験市{n}");
                let row: server::platform::db::IdRow =
                    sql_query("insert into office (kind, code, name) values ('centre', $1, $2) returning id")
                        .bind::<diesel::sql_types::Text, _>(format!("99201{n}"))
                        .bind::<diesel::sql_types::Text, _>(name)
                        .get_result(db)?;
                *id = row.id;
            }
            sql_query("insert into staff (login, name, kana, password) values ('test', '試験', 'しけん', '')")
                .execute(db)?;
            Ok(ids)
        })
        .unwrap_or_else(|e| panic!("{e}"))
}
