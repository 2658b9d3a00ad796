//! Expected answers, worked out by hand from the law.

use serde_json::json;

use crate::{answer, service};

/// Born on a day, asked on a day: service, status, earliest, recommended from and to, latest (`-` = null).
const CHILDREN: &[(&str, &str, &str)] = &[
    // 公表例：2025-03-04生まれの1か月児健診は4月1日〜4月14日。
    ("2025-03-04", "2025-03-31", "checkup_1m not_yet 2025-04-01 2025-04-01 2025-04-14 -"),
    ("2025-03-04", "2025-04-01", "checkup_1m recommended 2025-04-01 2025-04-01 2025-04-14 -"),
    ("2025-03-04", "2025-04-14", "checkup_1m recommended 2025-04-01 2025-04-01 2025-04-14 -"),
    ("2025-03-04", "2025-04-15", "checkup_1m overdue 2025-04-01 2025-04-01 2025-04-14 -"),
    // 産婦健診：7〜21日、25〜45日。法律上の終わりはない。
    ("2026-06-01", "2026-06-07", "postpartum_checkup_2w not_yet 2026-06-08 2026-06-08 2026-06-22 -"),
    ("2026-06-01", "2026-06-22", "postpartum_checkup_2w recommended 2026-06-08 2026-06-08 2026-06-22 -"),
    ("2026-06-01", "2026-06-23", "postpartum_checkup_2w overdue 2026-06-08 2026-06-08 2026-06-22 -"),
    ("2026-06-01", "2026-06-26", "postpartum_checkup_1m recommended 2026-06-26 2026-06-26 2026-07-16 -"),
    // 産後ケア：出産後1年を経過しない。
    ("2026-06-01", "2027-05-31", "postnatal_care due 2026-06-01 - - 2027-05-31"),
    ("2026-06-01", "2027-06-01", "postnatal_care expired 2026-06-01 - - 2027-05-31"),
    // 3〜4か月、9〜11か月：日は市が定める。市の対応の期限（60日前・30日前）は法律の答えに入らない。
    ("2026-01-31", "2026-07-30", "checkup_3_4m due 2026-05-01 - - 2026-07-30"),
    ("2026-01-31", "2026-07-31", "checkup_3_4m expired 2026-05-01 - - 2026-07-30"),
    ("2025-04-10", "2026-01-09", "checkup_9_11m not_yet 2026-01-10 - - 2026-04-09"),
    ("2025-04-10", "2026-04-09", "checkup_9_11m due 2026-01-10 - - 2026-04-09"),
    // 満1歳6か月を超え満2歳に達しない：1歳6か月の日から、2歳の誕生日の前日まで。
    ("2024-05-10", "2025-11-09", "checkup_18m not_yet 2025-11-10 - - 2026-05-09"),
    ("2024-05-10", "2025-11-10", "checkup_18m due 2025-11-10 - - 2026-05-09"),
    ("2024-05-10", "2026-05-09", "checkup_18m due 2025-11-10 - - 2026-05-09"),
    ("2024-05-10", "2026-05-10", "checkup_18m expired 2025-11-10 - - 2026-05-09"),
    ("2024-08-31", "2026-03-01", "checkup_18m due 2026-03-01 - - 2026-08-30"),
    // 3歳：3歳の誕生日から4歳の前日まで。うるう日生まれは3月1日から。
    ("2024-02-29", "2027-02-28", "checkup_3y not_yet 2027-03-01 - - 2028-02-28"),
    ("2024-02-29", "2028-02-28", "checkup_3y due 2027-03-01 - - 2028-02-28"),
    // 5歳児健診：年度に満5歳。4月1日生まれは前の年度。
    ("2021-04-01", "2026-03-31", "checkup_5y due 2025-04-01 - - 2026-03-31"),
    ("2021-04-01", "2026-04-01", "checkup_5y expired 2025-04-01 - - 2026-03-31"),
    ("2021-04-02", "2026-03-31", "checkup_5y not_yet 2026-04-01 - - 2027-03-31"),
    // 新生児訪問：28日を経過しない＝27日後まで。全戸訪問：生後4月に達する日まで。
    ("2026-06-15", "2026-07-12", "home_visit_newborn due 2026-06-15 - - 2026-07-12"),
    ("2026-06-15", "2026-07-13", "home_visit_newborn expired 2026-06-15 - - 2026-07-12"),
    ("2026-06-15", "2026-10-14", "home_visit_4m due 2026-06-15 - - 2026-10-14"),
    ("2026-06-15", "2026-10-15", "home_visit_4m expired 2026-06-15 - - 2026-10-14"),
    // 小慢：18歳の誕生日の前日まで。認定がなければ、続けるものがない。
    ("2008-11-25", "2026-11-24", "shouman_new due 2008-11-25 - - 2026-11-24"),
    ("2008-11-25", "2026-11-25", "shouman_new expired 2008-11-25 - - 2026-11-24"),
    ("2008-11-25", "2026-11-24", "shouman_continue not_eligible - - - -"),
    // 養育医療：誕生日の前々日まで。MR第1期は誕生日の前日から。
    ("2025-05-10", "2026-05-08", "youiku_iryo due 2025-05-10 - - 2026-05-08"),
    ("2025-05-10", "2026-05-09", "youiku_iryo expired 2025-05-10 - - 2026-05-08"),
    ("2025-05-10", "2026-05-09", "mr1 due 2026-05-09 - - 2027-05-09"),
];

/// Expected on a day, asked on a day.
const PREGNANCIES: &[(&str, &str, &str)] = &[
    // 予定日 2027-03-01：0週0日=2026-05-25、11週6日=2026-08-16、32週0日=2027-01-04。
    ("2027-03-01", "2026-05-24", "pregnancy_notification not_yet 2026-05-25 - 2026-08-16 -"),
    ("2027-03-01", "2026-08-16", "pregnancy_notification recommended 2026-05-25 - 2026-08-16 -"),
    ("2027-03-01", "2026-08-17", "pregnancy_notification overdue 2026-05-25 - 2026-08-16 -"),
    ("2027-03-01", "2026-08-17", "prenatal_checkup due 2026-05-25 - - -"),
    ("2027-03-01", "2027-01-03", "pregnancy_support_2 not_yet 2027-01-04 - - -"),
    ("2027-03-01", "2027-02-20", "pregnancy_support_2 due 2027-01-04 - - -"),
];

fn check(question: &str, expected: &str) {
    let mut words = expected.split(' ');
    let (code, status) = (words.next().unwrap(), words.next().unwrap());
    let said = service(&answer(question), code);
    assert_eq!(said["status"], status, "{question} {said:#}");
    for (field, day) in ["earliest", "recommended_from", "recommended_to", "latest"].into_iter().zip(words) {
        let day = if day == "-" { json!(null) } else { json!(day) };
        assert_eq!(said[field], day, "{code} {field} {question} {said:#}");
    }
}

#[test]
fn children_and_their_mothers() {
    for (birth, on, expected) in CHILDREN {
        let line = format!(r#"{{"id":"a","birth_date":"{birth}","sex":"M","events":[],"as_of":"{on}"}}"#);
        check(&line, expected);
    }
}

#[test]
fn pregnancies() {
    for (edd, on, expected) in PREGNANCIES {
        check(&format!(r#"{{"id":"a","edd":"{edd}","sex":"F","events":[],"as_of":"{on}"}}"#), expected);
    }
}

#[test]
fn events_settle_and_later_ones_do_not_count() {
    let line = |events: &str, on: &str| {
        format!(r#"{{"id":"a","birth_date":"2006-11-25","sex":"F","events":[{events}],"as_of":"{on}"}}"#)
    };
    let certified = |on: &str| format!(r#"{{"code":"shouman_certified","date":"{on}"}}"#);
    // Certified at ten: nothing new to apply for, and goes on to the day before the 20th birthday.
    check(&line(&certified("2017-04-10"), "2026-11-24"), "shouman_new complete - - - -");
    check(&line(&certified("2017-04-10"), "2026-11-24"), "shouman_continue due 2017-04-10 - - 2026-11-24");
    check(&line(&certified("2017-04-10"), "2026-11-25"), "shouman_continue expired 2017-04-10 - - 2026-11-24");
    // The day before the certificate is not yet one with it.
    check(&line(&certified("2017-04-10"), "2017-04-09"), "shouman_new due 2006-11-25 - - 2024-11-24");
    check(&line(&certified("2017-04-10"), "2017-04-09"), "shouman_continue not_eligible - - - -");
    // The last day is the day before the 18th birthday; a certificate of the birthday opens nothing.
    check(&line(&certified("2024-11-24"), "2025-01-01"), "shouman_continue due 2024-11-24 - - 2026-11-24");
    check(&line(&certified("2024-11-25"), "2025-01-01"), "shouman_continue not_eligible - - - -");
    check(&line(&certified("2024-11-25"), "2025-01-01"), "shouman_new expired 2006-11-25 - - 2024-11-24");
    // Renewals after the 18th birthday change nothing.
    let renewed = format!("{},{}", certified("2025-03-01"), certified("2017-04-10"));
    check(&line(&renewed, "2026-01-01"), "shouman_continue due 2017-04-10 - - 2026-11-24");
    let pregnancy = |code: &str| {
        format!(
            r#"{{"id":"a","edd":"2027-03-01","events":[{{"code":"{code}","date":"2027-02-10"}}],"as_of":"2027-02-10"}}"#
        )
    };
    check(&pregnancy("pregnancy_notification"), "pregnancy_notification complete - - - -");
    check(&pregnancy("delivery"), "pregnancy_support_2 not_eligible - - - -");
    check(&pregnancy("delivery"), "prenatal_checkup not_eligible - - - -");
}
