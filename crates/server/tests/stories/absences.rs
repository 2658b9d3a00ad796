//! 休みと代行: whoever is away answers for nothing.

use casework::{Role, Sensitivity};
use server::platform::{
    check,
    store::sync::{Trust, rebuild},
};

use super::supervision::{COORDINATOR, MIDWIFE, NURSE, assigned, handed_over, mine, period, promised, sound};
use crate::support::site::{BOTH, Site, today};

#[test]
fn while_the_nurse_is_away_her_lines_are_the_substitutes_or_the_coordinators() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut midwife, mut head] =
            [Role::Phn, Role::Midwife, Role::Coordinator].map(|role| site.as_role(role));
        promised(&site, &mut nurse, "架空 花", "2026-11-20");
        let fields = |substitute: &'static str, id: &'static str| {
            [
                ("command_id", id),
                ("staff", NURSE),
                ("day", "R8.11.24"),
                ("until", "R8.11.30"),
                ("substitute", substitute),
            ]
        };
        assert_eq!(head.post("/supervision/absences", &fields(MIDWIFE, "a")).status, 303);
        assert!(mine(&mut midwife).contains("架空 花") && !mine(&mut nurse).contains("架空 花"));
        let room = head.get("/supervision").body;
        assert!(room.contains("休み（代行 職員 2）") && room.contains("職員 1の代行"), "{room}");
        let event = site.count("select max(event) as n from absence");
        let undo = head.post(&format!("/supervision/absences/{event}/withdraw"), &[("command_id", "w")]);
        assert_eq!(undo.status, 303);
        assert!(mine(&mut nurse).contains("架空 花"));

        assert_eq!(head.post("/supervision/absences", &fields("", "b")).status, 303);
        assert!(mine(&mut head).contains("架空 花"), "without 代行 it falls to 統括支援員");
        assert!(head.get("/supervision").body.contains("職員 1が休み、または不在"));
        let wrong = head.post("/supervision/absences", &fields(NURSE, "c"));
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("代行は、休む人と別の人に"), "{}", wrong.body);
        assert_eq!(midwife.get("/supervision").status, 404);
        sound(&site);
        // What was altered by hand is found, and made again from the events.
        site.sql("update absence set substitute = 2");
        let report = check::check(&site.database, &site.books, today(), |_| {}).unwrap();
        assert_eq!(report.findings.len(), 1, "{:#?}", report.findings);
        rebuild(&site.database, &site.books, today(), Trust::Nothing, |_| {}).unwrap();
        sound(&site);
    }
}

#[test]
fn two_who_stand_in_for_each_other_do_not_swap_their_lists() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut midwife, mut coordinator, mut head] =
            [Role::Phn, Role::Midwife, Role::Coordinator, Role::Head].map(|role| site.as_role(role));
        promised(&site, &mut nurse, "架空 花", "2026-11-20");
        let away = |who: &mut crate::support::site::Visitor, id: &str, staff: &str, substitute: &str| {
            let fields = [
                ("command_id", id),
                ("staff", staff),
                ("day", "R8.11.24"),
                ("until", "R8.11.30"),
                ("substitute", substitute),
            ];
            let sent = who.post("/supervision/absences", &fields);
            assert_eq!(sent.status, 303, "{}", sent.body);
            who.get("/supervision/absences").body
        };
        let told = away(&mut head, "a", NURSE, MIDWIFE);
        assert!(told.contains("その間は職員 2が代わります"), "{told}");
        let told = away(&mut head, "b", MIDWIFE, NURSE);
        assert!(told.contains("その間は職員 4（統括支援員）が受けます"), "{engine:?}: {told}");
        assert!(mine(&mut coordinator).contains("架空 花"), "{engine:?}");
        assert!(!mine(&mut midwife).contains("架空 花") && !mine(&mut nurse).contains("架空 花"), "{engine:?}");
        let told = away(&mut head, "c", COORDINATOR, "");
        assert!(told.contains("その間は職員 5（センター長）が受けます"), "{engine:?}: {told}");
        assert!(mine(&mut head).contains("架空 花") && !mine(&mut coordinator).contains("架空 花"), "{engine:?}");
        let told = away(&mut head, "d", "5", "");
        assert!(told.contains("受ける人がいません。空いている担当に出ます"), "{engine:?}: {told}");
        assert!(!mine(&mut head).contains("架空 花"), "{engine:?}");
        let room = head.get("/supervision").body;
        // Of the two heads the other one is there until the evening.
        assert!(room.contains("職員 1が休み、または不在") && room.contains("<td>職員 100</td>"), "{engine:?}: {room}");
        sound(&site);
    }
}

#[test]
fn the_substitute_of_whoever_takes_over_reads_in_their_place() {
    for engine in BOTH {
        let site = Site::start(engine);
        assigned(&site);
        let [mut nurse, mut head, mut instead] =
            [Role::Phn, Role::Coordinator, Role::SocialWorker].map(|role| site.as_role(role));
        let file = promised(&site, &mut nurse, "架空 澪", "2026-12-01");
        period(&site, file, "needs_support", Sensitivity::Ordinary);
        let (_, place) = handed_over(&site, &mut head, &[("from", NURSE), ("to", MIDWIFE), ("from_day", "2026-11-24")]);
        assert_eq!(instead.get(&place).status, 404);
        let away = [("command_id", "a"), ("staff", MIDWIFE), ("day", "R8.11.24"), ("substitute", "3")];
        assert_eq!(head.post("/supervision/absences", &away).status, 303);
        let list = mine(&mut instead);
        assert!(list.contains(&format!("{place}#p-{file}")), "her line leads to the sheet: {list}");
        assert!(instead.get(&place).body.contains("読みました</button>"));
        let file = file.to_string();
        let tick = [("command_id", "t"), ("file", file.as_str())];
        assert_eq!(instead.post(&format!("{place}/read"), &tick).status, 303);
        assert!(!mine(&mut instead).contains("引継書を読む"));
        assert_eq!(
            instead.post(&format!("{place}/read"), &[("command_id", "u")]).status,
            404,
            "the whole is the receiver's"
        );
        sound(&site);
    }
}
