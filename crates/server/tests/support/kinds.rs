//! Something of each kind that routes name besides persons: an import of residents and one with a row nobody claimed, a
//! settlement, proposed rules and published ones, a draft, an absence, a setting, a 引継書, a post. All with a real id.

use std::io::Cursor;

use casework::{
    Act, Body, Command, Role, Sensitivity,
    body::Absence,
    publication::{Decided, Proposed, RuleText, Text},
};
use rules::Span;
use server::contacts::postings::{check, decide};
use server::intake::{events, imports::apply as imports, residents};
use server::platform::{
    Actor, Problem, people,
    session::drafts,
    store::{Applied, Desk, apply},
};
use server::rulebook::changes::{preview, publish, run, work::Kind};
use server::settlings::{
    Settling,
    group::{Group, Part},
    stage::{Asked, order},
};
use server::supervision::handovers::Handover;

use super::{
    city,
    site::{CENTRE, Site, today},
};

pub struct Kinds {
    pub residents: i64,
    /// A residents' file that is looked at and not brought in yet.
    pub staged: i64,
    pub events: i64,
    pub settling: i64,
    pub posting: i64,
    pub proposal: i64,
    pub published: i64,
    pub draft: i64,
    pub absence: i64,
    pub setting: i64,
    pub handover: i64,
}

/// Applies past the forms, as the first of the staff.
pub fn run_as(site: &Site, keeper: i64, id: &str, act: Act) -> Applied {
    let actor = Actor { staff: 1, post: 1, role: Role::Phn, ..Actor::program(vec![keeper]) };
    let done = site.doors.write(&actor, |door| {
        let (today, now, keepers) = (door.today(), door.now(), &[keeper]);
        let desk = Desk { keeper, keepers, actor: 1, today, now, batch: None, books: &site.books };
        apply(door.db, &desk, &Command { id: id.into(), act, seen: Vec::new() }).map_err(Problem::from)
    });
    done.unwrap_or_else(|e| panic!("{id}: {e:?}"))
}

pub fn record(site: &Site, (keeper, file): (i64, i64), id: &str, sensitivity: Sensitivity, body: Body) -> i64 {
    let (day, source) = (Span::on(today()), String::from("own"));
    run_as(site, keeper, id, Act::Record { file, episode: None, day, source, sensitivity, body }).events[0]
}

impl Kinds {
    /// `mother` goes to the midwife; `rows` are those of the residents' file that is not brought in yet.
    pub fn make(site: &Site, mother: i64, rows: &str) -> Kinds {
        let actor = Actor { staff: 4, role: Role::Coordinator, ..Actor::program(vec![CENTRE]) };
        let work = imports::Work { doors: &site.doors, actor: &actor, books: &site.books };
        let residents = stage(site, &actor, "9,9,試験 花,しけん,2024-05-06,女,子,,,,,,,,,\r\n");
        imports::order::<residents::Residents>(&site.doors, &actor, residents).unwrap();
        imports::run::<residents::Residents>(work, residents, |_| {}).unwrap();
        let staged = stage(site, &actor, rows);
        let events = unclaimed(site, &actor);
        let asked = Asked {
            group: Group::default(),
            part: Part::Closed,
            how: "declined".into(),
            reason: "紙台帳で確かめた".into(),
            seen: 1_000,
            lines: Vec::new(),
            next_on: None,
            once: "once".into(),
            name: "月次一括".into(),
        };
        let settling = order(&site.doors, &actor, &site.books, &asked).unwrap();
        imports::run::<Settling>(work, settling, |_| {}).unwrap();
        let posting = posted(site, &actor);
        let office = site.count(&format!("select file as n from office where id = {CENTRE}"));
        let published = proposal(site, office, 100);
        in_force(site, office, published);
        let proposal = proposal(site, office, 90);
        let wall = site.doors.clock().wall();
        let draft = site.database.write(|db| drafts::keep(db, 1, "/persons/new", &[], wall)).unwrap();
        let ordinary = Sensitivity::Ordinary;
        let changed = Body::SettingChanged { name: "near_days".into(), value: "8".into() };
        let setting = record(site, (CENTRE, office), "near", ordinary, changed);
        let away = Body::Absent(Absence { staff: 2, until: Some(today().plus(3)), substitute: None });
        let absence = record(site, (CENTRE, office), "away", ordinary, away);
        let handover = hand_over(site, mother);
        Kinds { residents, staged, events, settling, posting, proposal, published, draft, absence, setting, handover }
    }

    /// An address of the table with everything named that is no person.
    pub fn address(&self, path: &str) -> String {
        let id = match path {
            _ if path.starts_with("/persons/{id}") => String::from("{id}"),
            _ if path.starts_with("/residents/{id}") => self.residents.to_string(),
            _ if path.starts_with("/events/{id}") => self.events.to_string(),
            _ if path.starts_with("/postings/{id}") => self.posting.to_string(),
            _ if path.starts_with("/settlings/{id}") => self.settling.to_string(),
            _ if path.starts_with("/session/drafts/{id}") => self.draft.to_string(),
            _ if path.starts_with("/rulebook/{id}") => String::from("pcv"),
            _ if path.starts_with("/staff/{id}") => String::from("1"),
            _ if path.starts_with("/supervision/handovers/{id}") => self.handover.to_string(),
            _ => String::new(),
        };
        let (event, name) = match path {
            _ if path.starts_with("/persons/{id}") => (String::from("{event}"), ""),
            _ if path.starts_with("/supervision/absences") => (self.absence.to_string(), ""),
            _ if path.starts_with("/settings/events") => (self.setting.to_string(), ""),
            "/manual/pictures/{name}" => (String::from("0"), "today.webp"),
            _ => (String::from("0"), "near_days"),
        };
        let proposal = if path.ends_with("/receipt") { self.published } else { self.proposal };
        let path = path.replace("{id}", &id).replace("{line}", "2").replace("{proposal}", &proposal.to_string());
        let path = path.replace("{event}", &event).replace("{name}", name);
        let path = path.replace("{page}", "nurse-day").replace("{post}", "1");
        if path == "/readings/month" { format!("{path}?month=2026-11") } else { path }
    }
}

/// A letter to the first person of the centre whom nothing stops, with whatever speaks against it decided.
fn posted(site: &Site, actor: &Actor) -> i64 {
    let done = site.doors.write(actor, |door| {
        let question = check::Question { title: "案内", service: "", posting: None };
        let files: Vec<i64> = people::everybody(door, 100, 0)?.into_iter().map(|row| row.file).collect();
        let checked = check::people(door, &files, &question)?;
        let first = checked.iter().find(|c| c.group() != casework::contact::posting::Group::Stop).expect("somebody");
        let (file, marks) = (first.file, first.found.iter().map(|f| f.mark()).collect());
        let asked = decide::Asked {
            title: "案内".into(),
            kind: "notice".into(),
            day: Some(today()),
            seen: [(file, marks)].into(),
            send: [(file, "電話で決めた".into())].into(),
            once: "posted".into(),
            ..decide::Asked::default()
        };
        decide::confirm(door, &site.books, &asked)
    });
    done.unwrap_or_else(|e| panic!("{e:?}"))
}

fn stage(site: &Site, actor: &Actor, rows: &str) -> i64 {
    let text = format!("{}\r\n{rows}", city::HEADER);
    let mapping = paperwork::mapping::Mapping::shipped().unwrap();
    let source =
        residents::stage::Source { name: "住民.csv", digest: &format!("{:x}", text.len()), on: None, whole: false };
    let bytes = Cursor::new(text.into_bytes());
    residents::stage::stage(&site.doors, actor, &mapping, source, bytes, |_| {}).unwrap().id
}

/// An import with a row of nobody on file: somebody has to decide whose it is.
fn unclaimed(site: &Site, actor: &Actor) -> i64 {
    let mapping = paperwork::events::Mapping::shipped().unwrap();
    let source = events::stage::Source { name: "記録.csv", digest: "e", through: None };
    let text = "宛名番号,予防接種種別,回数,接種日\r\n77777,BCG,1,2026-05-05\r\n";
    let bytes = Cursor::new(text.as_bytes().to_vec());
    let kind = mapping.kind("vaccination").unwrap();
    let waiting = events::stage::stage(&site.doors, actor, kind, source, bytes, |_| {}).unwrap().id;
    imports::order::<events::Events>(&site.doors, actor, waiting).unwrap();
    let work = imports::Work { doors: &site.doors, actor, books: &site.books };
    imports::run::<events::Events>(work, waiting, |_| {}).unwrap();
    waiting
}

/// 1歳6か月児健診 with another limit, as proposed; computed over everybody.
fn proposal(site: &Site, office: i64, days: u32) -> i64 {
    let actor = Actor::program(vec![CENTRE]);
    let own = site.doors.read(&actor, |door| Ok::<_, Problem>(site.books.of(door.db, CENTRE)?)).unwrap();
    let change = format!("id = \"checkup_18m\"\nbecause = \"試験要領\"\nsettings = {{ before_limit = {days} }}\n");
    let path = format!("municipalities/{}/checkup_18m.toml", own.town);
    let proposed = Proposed {
        rule: "checkup_18m".into(),
        files: vec![RuleText { path, text: Text::Own(change) }],
        reason: "試験要領".into(),
        base: own.hash.clone(),
        undoes: None,
    };
    let id = format!("proposed-{days}");
    let proposal = record(site, (CENTRE, office), &id, Sensitivity::Ordinary, Body::RulesProposed(proposed));
    site.doors.write(&actor, |door| preview::order(door, &site.books, proposal)).unwrap();
    run::drive(&site.doors, &site.books, CENTRE, proposal, Kind::Preview).unwrap();
    proposal
}

fn in_force(site: &Site, office: i64, proposal: i64) {
    let approved = Decided { proposal, how: "approved".into(), by: 2, alone: true, note: String::new() };
    record(site, (CENTRE, office), "approved", Sensitivity::Ordinary, Body::RulesDecided(approved));
    let actor = Actor::program(vec![CENTRE]);
    site.doors.write(&actor, |door| publish::order(door, &site.books, proposal, "published")).unwrap();
    run::drive(&site.doors, &site.books, CENTRE, proposal, Kind::Publish).unwrap();
}

fn hand_over(site: &Site, mother: i64) -> i64 {
    let support = Body::Period { name: "needs_support".into(), until: None, note: String::new() };
    record(site, (CENTRE, mother), "support", Sensitivity::Ordinary, support);
    let hand = [("command_id", "hand"), ("extra_to", "2"), ("from_day", "2026-11-24"), ("reason", "")];
    let answer = site.as_role(Role::Coordinator).post("/supervision/handovers", &hand);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let handover = site.count("select max(id) as n from batch where kind = 'handover'");
    let actor = Actor::program(vec![CENTRE]);
    let work = imports::Work { doors: &site.doors, actor: &actor, books: &site.books };
    imports::run::<Handover>(work, handover, |_| {}).unwrap();
    handover
}
