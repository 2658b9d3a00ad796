//! What cannot have been is refused beside its field, in words, and nothing typed is lost.

use casework::{Body, Role, Sensitivity, body::YOUTAIKYO};

use super::desk::{event, fill, filled, mother, pregnant, record, send, site};
use crate::support::site::Visitor;

const CALL: [(&str, &str); 4] = [("means", "phone"), ("result", "reached"), ("day", "きょう"), ("note", "夜に泣き声")];

/// Fills in the form of a contact or a visit; what is typed later stands over what is usual.
fn typed<'a>(usual: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = usual.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more).copied().collect()
}

fn made(visitor: &mut Visitor, file: i64, what: &str, fields: &[(&str, &str)]) -> crate::support::site::Answer {
    let fields = filled(visitor, &format!("/persons/{file}/{what}/new"), fields);
    send(visitor, &format!("/persons/{file}/{what}"), &fields)
}

#[test]
fn the_time_of_a_contact_stands_in_the_log_and_one_no_clock_shows_is_asked_back() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    for (n, time) in ["14:05", "1406", "１４：０７", "午後2時8分"].iter().enumerate() {
        let (what, usual) = if n == 0 { ("visits", &CALL[1..]) } else { ("contacts", &CALL[..]) };
        let answer = made(&mut nurse, file, what, &typed(usual, &[("time", time)]));
        assert_eq!(answer.status, 303, "{time}: {}", answer.body);
    }
    let page = nurse.get(&format!("/persons/{file}")).body;
    for time in ["14:05", "14:06", "14:07", "14:08"] {
        assert!(page.contains(time), "{time}: {page}");
    }
    for (what, usual) in [("contacts", &CALL[..]), ("visits", &CALL[1..])] {
        let answer = made(&mut nurse, file, what, &typed(usual, &[("time", "25:99")]));
        assert_eq!(answer.status, 422);
        assert!(
            answer.body.contains("「25:99」は時刻として読めません") && answer.body.contains("夜に泣き声"),
            "{}",
            answer.body
        );
        assert!(answer.body.contains("id=\"e-time\""), "beside its field: {}", answer.body);
    }
    let call = event(&site, file, "contact");
    let path = format!("/persons/{file}/events/{call}/correct");
    let fields = typed(&CALL, &[("time", "9時半"), ("seen", "none")]);
    assert_eq!(fill(&mut nurse, &path, &fields).status, 303);
    assert!(nurse.get(&format!("/persons/{file}")).body.contains("9:30"));
}

#[test]
fn nobody_sees_a_child_over_the_telephone() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let refused = [
        (
            &[("seen", "direct"), ("seen_by", "self"), ("seen_place", "home")][..],
            "電話では、自分や同行者が見たことになりません",
        ),
        (&[("seen", "direct")], "電話では、自分や同行者が見たことになりません"),
        (&[("means", "letter"), ("seen", "voice"), ("seen_by", "colleague")], "手紙では"),
        (&[("means", "online"), ("seen", "direct")], "画面ごしに見たとき"),
        (
            &[("result", "absent"), ("seen", "direct"), ("seen_by", "self")],
            "会えなかった・つながらなかった記録に目視は",
        ),
        (&[("seen", "none"), ("seen_place", "home")], "目視の確かさも選んでください"),
    ];
    for (chosen, said) in refused {
        let answer = made(&mut nurse, file, "contacts", &typed(&CALL, chosen));
        assert_eq!(answer.status, 422, "{chosen:?}");
        assert!(answer.body.contains(said) && answer.body.contains("id=\"e-seen\""), "{chosen:?}: {}", answer.body);
        assert!(answer.body.contains("夜に泣き声"), "nothing typed is lost");
        for (name, value) in chosen.iter().filter(|(name, _)| *name == "seen") {
            let kept = format!("name=\"{name}\" value=\"{value}\" checked");
            assert!(answer.body.contains(&kept), "{kept}: {}", answer.body);
        }
    }
    let absent = made(&mut nurse, file, "visits", &typed(&CALL[1..], &[("result", "absent"), ("seen", "glimpsed")]));
    assert!(absent.status == 422 && absent.body.contains("見聞きしたことは内容に書いてください"), "{}", absent.body);
    assert_eq!(site.count("select count(*) as n from event where kind in ('contact', 'visit')"), 0);
    let taken = [
        ("contacts", &[("seen", "voice")][..]),
        ("contacts", &[("seen", "direct"), ("seen_by", "nursery"), ("seen_place", "nursery")]),
        ("contacts", &[("means", "face"), ("seen", "direct")]),
        ("visits", &[("seen", "direct"), ("seen_by", "self"), ("seen_place", "home")]),
    ];
    for (what, chosen) in taken {
        let answer = made(&mut nurse, file, what, &typed(&CALL, chosen));
        assert_eq!(answer.status, 303, "{chosen:?}: {}", answer.body);
    }
    // What was recorded wrongly is mended where it stands.
    let visit = event(&site, file, "visit");
    let path = format!("/persons/{file}/events/{visit}/correct");
    assert_eq!(fill(&mut nurse, &path, &typed(&CALL[1..], &[("seen", "glimpsed")])).status, 303);
    let page = nurse.get(&format!("/persons/{file}")).body;
    assert!(page.contains("目視：ちらりと見た（自分・自宅）"), "{page}");
}

#[test]
fn what_was_done_was_not_done_tomorrow() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let mut keeper = site.as_role(Role::Coordinator);
    let file = pregnant(&mut nurse, "R8.12.20");
    let at = |what: &str| format!("/persons/{file}/{what}");
    fill(&mut nurse, &at("notes/new"), &[("day", "R8.11.20"), ("note", "窓口に来た")]);
    let noted = event(&site, file, "note");
    let period =
        Body::Period { name: YOUTAIKYO.into(), until: None, note: "特定妊婦（調整機関の決定）".into() };
    record(&site, "p-1", file, Sensitivity::Compartment, period);
    let kept = event(&site, file, "period").to_string();
    let other = mother(&mut nurse);
    let events = site.count("select count(*) as n from event");
    let tomorrow = "R8.11.25";
    let end = [("what", "end"), ("event", kept.as_str())];
    // (who, form, where to, the field of the day, the rest)
    let visit = &CALL[1..];
    type Case<'a> = (bool, String, String, &'a str, &'a [(&'a str, &'a str)]);
    let cases: Vec<Case<'_>> = vec![
        (false, at("contacts/new"), at("contacts"), "day", &CALL),
        (false, at("visits/new"), at("visits"), "day", visit),
        (false, at("checkups/new"), at("checkups"), "day", &[("service", "bcg"), ("attended", "done")]),
        (false, at("notes/new"), at("notes/new"), "day", &[("note", "来た")]),
        (false, at("died"), at("died"), "day", &[]),
        (false, at("pregnancies/end"), at("pregnancies/end"), "day", &[("weeks", "9")]),
        (
            false,
            at("births/new"),
            at("births/new"),
            "birth_day",
            &[("weeks", "38"), ("children", "1"), ("source", "own"), ("child_1_sex", "F")],
        ),
        (
            false,
            format!("/persons/{other}/pregnancies/new"),
            format!("/persons/{other}/pregnancies/new"),
            "notified_day",
            &[("due_day", "R9.5.1"), ("fetuses", "1"), ("away", "no")],
        ),
        (
            false,
            at(&format!("events/{noted}/correct")),
            at(&format!("events/{noted}/correct")),
            "day",
            &[("note", "来た")],
        ),
        (false, "/persons/new".into(), "/persons/new".into(), "birth", &[("name", "架空 未来"), ("sex", "F")]),
        (true, at("compartment"), at("compartment"), "day", &[("what", "period"), ("kind", "特定妊婦")]),
        (true, at("compartment"), at("compartment"), "end_day", &end),
        (
            true,
            at("compartment"),
            at("compartment"),
            "report_day",
            &[("what", "report"), ("report_who", "匿名"), ("report_text", "夜に大きな声")],
        ),
    ];
    for (inside, form, to, field, rest) in cases {
        let who = if inside { &mut keeper } else { &mut nurse };
        let fields = filled(who, &form, &typed(rest, &[(field, tomorrow)]));
        let answer = send(who, &to, &fields);
        assert_eq!(answer.status, 422, "{to} {field}: {}", answer.body);
        assert!(answer.body.contains("今日より後"), "{to} {field}: {}", answer.body);
        assert_eq!(site.count("select count(*) as n from event"), events, "{to} {field}");
    }
    // The time of a 通告 is kept with it.
    let report = [
        ("what", "report"),
        ("report_day", "きょう"),
        ("report_time", "午後2時5分"),
        ("report_who", "匿名"),
        ("report_text", "夜に大きな声"),
    ];
    let fields = filled(&mut keeper, &at("compartment"), &report);
    assert_eq!(send(&mut keeper, &at("compartment"), &fields).status, 303);
    assert!(keeper.get(&at("compartment")).body.contains("14:05 だれから：匿名"));
}

#[test]
fn what_is_far_too_long_is_refused_with_its_count_and_one_letter_ends_no_protection() {
    let site = site();
    let [mut nurse, mut head] = [Role::Phn, Role::Head].map(|role| site.as_role(role));
    let file = mother(&mut nurse);
    let at = |what: &str| format!("/persons/{file}/{what}");
    let long = "長".repeat(10_000);
    type Long<'a> = (String, &'a str, &'a [(&'a str, &'a str)]);
    let cases: [Long<'_>; 3] = [
        (at("notes/new"), "note", &[("day", "きょう")]),
        (at("release"), "reason", &[]),
        (at("protection"), "note", &[("on", "1"), ("review_on", "")]),
    ];
    for (path, field, rest) in cases {
        let answer = fill(&mut nurse, &path, &typed(rest, &[(field, &long)]));
        assert_eq!(answer.status, 422, "{path}");
        assert!(answer.body.contains("字までです。いま10000字あるので") && answer.body.contains(&long), "{path}");
        assert!(answer.body.contains(&format!("id=\"e-{field}\"")), "{path}: beside its field");
    }
    let answer = made(&mut nurse, file, "contacts", &typed(&CALL, &[("spoke_with", &long)]));
    assert!(answer.status == 422 && answer.body.contains("id=\"e-spoke_with\""), "{}", answer.status);
    let handed =
        [("command_id", "long"), ("from", "0"), ("extra_to", "2"), ("extra_district", "北部"), ("reason", &long)];
    let answer = head.post("/supervision/handovers", &handed);
    assert!(answer.status == 422 && answer.body.contains("この欄は2000字までです"), "{}", answer.body);
    let lot = [("command_id", "lot"), ("mode", "month"), ("part", "closed"), ("reason", &long)];
    let answer = head.post("/settlings", &lot);
    assert!(answer.status == 422, "{}", answer.body);
    assert_eq!(
        fill(&mut nurse, &at("protection"), &[("on", "1"), ("note", "夫から逃げている"), ("review_on", "")]).status,
        303
    );
    assert!(!nurse.get(&at("protection")).body.contains("解除する"), "offered only to whoever may decide it");
    for (reason, status) in [("済", 422), ("本人希望", 422), ("夫と離婚し、転居した", 303)] {
        let answer = fill(&mut head, &at("protection"), &[("on", "0"), ("note", reason)]);
        assert_eq!(answer.status, status, "{reason}: {}", answer.body);
    }
}

#[test]
fn a_service_that_nobody_knows_has_no_page() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    for path in ["/settlings/new?mode=month&service=nope", "/settlings/new?service=nope", "/postings/new?service=zzz"] {
        assert_eq!(nurse.get(path).status, 404, "{path}");
    }
    for path in ["/settlings/new?mode=month&service=checkup_18m", "/postings/new?service=checkup_18m"] {
        assert_eq!(nurse.get(path).status, 200, "{path}");
    }
}
