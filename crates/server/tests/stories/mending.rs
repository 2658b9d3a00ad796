//! Mending a record without losing what was known: 訂正, 取消, 抹消.

use casework::Role;

use super::desk::{event, fill, filled, hidden, mother, pregnant, send, site};

#[test]
fn a_corrected_expected_day_moves_every_date_and_the_log_shows_both() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    let notified = event(&site, file, "pregnancy_notified");
    let path = format!("/persons/{file}/events/{notified}/correct");
    let typed = [("day", "R8.6.1"), ("edd", "R8.12.27"), ("fetuses", "1")];
    let answer = fill(&mut nurse, &path, &typed);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(page.body.contains("<s>") && page.body.contains("職員 1 が訂正"), "{}", page.body);
    assert!(page.body.contains("令和8年12月20日") && page.body.contains("令和8年12月27日"));
    assert!(page.body.contains("妊娠35週"), "reckoned from the corrected day");
    assert_eq!(
        site.count(&format!("select edd as n from person where file = {file}")),
        i64::from(super::desk::day("2026-12-27").0)
    );
}

#[test]
fn of_two_who_correct_the_same_record_the_second_is_told_and_keeps_what_they_typed() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    fill(&mut nurse, &format!("/persons/{file}/notes/new"), &[("day", "R8.11.20"), ("note", "窓口に来た")]);
    let noted = event(&site, file, "note");
    let path = format!("/persons/{file}/events/{noted}/withdraw");
    let mut midwife = site.as_role(Role::Midwife);
    let mine = filled(&mut nurse, &path, &[("reason", "double"), ("reason_note", "同じ日に2回")]);
    let theirs = filled(&mut midwife, &path, &[("reason", "mistake")]);
    assert_eq!(send(&mut nurse, &path, &mine).status, 303);
    let late = send(&mut midwife, &path, &theirs);
    assert!([409, 422].contains(&late.status), "{}", late.status);
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(page.body.contains("職員 1 が取り消し（二重に記録した：同じ日に2回）"), "{}", page.body);
    assert!(page.body.contains("<s>窓口に来た</s>"));
}

#[test]
fn nobody_else_may_be_overtaken_silently() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let path = format!("/persons/{file}/caution");
    let mut midwife = site.as_role(Role::Midwife);
    let late = filled(&mut midwife, &path, &[("speak_to", "本人と母"), ("times", "朝のみ")]);
    assert_eq!(fill(&mut nurse, &path, &[("speak_to", "本人のみ")]).status, 303);
    let answer = send(&mut midwife, &path, &late);
    assert_eq!(answer.status, 409);
    assert!(
        answer.body.contains("朝のみ") && answer.body.contains("「連絡上の注意」を記録しました"),
        "{}",
        answer.body
    );
    // Having read it, the midwife sends the same form again and is heard.
    let version = super::desk::hidden(&answer.body, "version");
    let mut again = late.clone();
    again[1].1 = version;
    assert_eq!(send(&mut midwife, &path, &again).status, 303);
}

#[test]
fn everybody_may_undo_what_they_recorded_a_moment_ago_and_nothing_else() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let mut psychologist = site.as_role(Role::Psychologist);
    let path = format!("/persons/{file}/notes/new");
    let told = fill(&mut psychologist, &path, &[("day", "きょう"), ("note", "廊下で会った")]);
    assert_eq!(told.status, 303, "{}", told.body);
    let own = event(&site, file, "note");
    let provisional = event(&site, file, "resident");
    let undo = |event: i64| vec![(String::from("command_id"), format!("undo-{event}"))];
    let there = |event: i64| format!("/persons/{file}/events/{event}/withdraw");
    assert_eq!(send(&mut psychologist, &there(provisional), &undo(provisional)).status, 404, "somebody else's");
    for _ in 0..2 {
        assert_eq!(send(&mut psychologist, &there(own), &undo(own)).status, 303);
    }
    assert_eq!(site.count("select count(*) as n from event where kind = 'withdrawn'"), 1);
    assert!(nurse.get(&format!("/persons/{file}")).body.contains("が取り消し（記録した直後に取り消し）"));
}

#[test]
fn what_belongs_to_another_family_is_erased_by_those_who_may() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    fill(&mut nurse, &format!("/persons/{file}/notes/new"), &[("note", "隣の家の話")]);
    let noted = event(&site, file, "note");
    let path = format!("/persons/{file}/events/{noted}/erase");
    assert_eq!(nurse.get(&path).status, 404, "not the nurse's to do");
    let mut head = site.as_role(Role::Head);
    assert_eq!(fill(&mut head, &path, &[("reason", " ")]).status, 422);
    assert_eq!(fill(&mut head, &path, &[("reason", "別の家庭の記録だった")]).status, 303);
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(!page.body.contains("隣の家の話"));
    assert!(
        page.body.contains("抹消された記録") && page.body.contains("抹消（別の家庭の記録だった）"),
        "{}",
        page.body
    );
    assert_eq!(site.count("select count(*) as n from event where body like '%隣の家%'"), 0);
}

#[test]
fn a_move_by_hand_closes_nothing_until_somebody_decides() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    fill(&mut nurse, &format!("/persons/{file}/moved-out"), &[("day", "R8.11.22"), ("destination", "東浜市")]);
    let open = format!("select count(*) as n from duty where file = {file} and settled_how is null");
    assert!(site.count(&format!("{open} and service = 'move_out_decision'")) > 0);
    let path = format!("/persons/{file}/release");
    assert_eq!(fill(&mut nurse, &path, &[("reason", "")]).status, 422);
    assert_eq!(fill(&mut nurse, &path, &[("reason", "東浜市が受理")]).status, 303);
    assert_eq!(site.count(&open), 0);
    assert!(nurse.get(&format!("/persons/{file}")).body.contains("台帳から終結"));
}

#[test]
fn each_new_caution_is_shown_before_a_call_counts_as_made_by_it() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let mut midwife = site.as_role(Role::Midwife);
    let caution = format!("/persons/{file}/caution");
    let calls = format!("/persons/{file}/contacts");
    let typed = [("means", "phone"), ("result", "reached"), ("day", "きょう"), ("note", "元気とのこと")];
    let mut call = filled(&mut nurse, &format!("{calls}/new"), &typed);
    for who in ["本人のみ", "本人と母"] {
        assert_eq!(fill(&mut midwife, &caution, &[("speak_to", who)]).status, 303);
        let answer = send(&mut nurse, &calls, &call);
        assert_eq!(answer.status, 409, "{}", answer.body);
        assert!(answer.body.contains(who) && answer.body.contains("元気とのこと"), "{}", answer.body);
        let form = answer.body.split("<form class=\"card form\"").nth(1).unwrap();
        call[0].1 = hidden(form, "command_id");
        call[1].1 = hidden(form, "version");
    }
    assert_eq!(send(&mut nurse, &calls, &call).status, 303);
}
