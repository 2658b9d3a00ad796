//! The form of an answer: fields, order, one line for one line, bounded memory.

use std::io::{self, BufReader, Read};

use paperwork::forecast::{Forecast, LINE_MAX, SERVICES, Summary};
use rules::Rulebook;
use serde_json::{Value, json};

use crate::{BOOK, answer, book, run, service};

const CHILD: &str = r#"{"id":"c","birth_date":"2025-05-10","sex":"M","events":[],"as_of":"2026-05-08"}"#;
const PREGNANCY: &str = r#"{"id":"p","edd":"2027-03-01","sex":"F","events":[],"as_of":"2026-11-24"}"#;

#[test]
fn an_answer_has_exactly_these_fields_in_this_order() {
    let book = book("youiku_iryo");
    let answer = Forecast::new(&book).line(1, CHILD.as_bytes()).unwrap();
    let expected = concat!(
        r#"{"id":"c","as_of":"2026-05-08","services":[{"service":"youiku_iryo","dose_no":null,"status":"due","#,
        r#""earliest":"2025-05-10","recommended_from":null,"recommended_to":null,"latest":"2026-05-08","#,
        r#""legal_class":"法定の給付","rule":"youiku_iryo@1966-01-01","basis":"母子保健法第20条（養育医療）","#,
        r#""because":["出生日（令和7年5月10日）から1歳に至る日の前日（令和8年5月8日）まで（法定の給付）。","#,
        r#""入院中に保護者が申請します。医師の意見書で市が決めます。","根拠：母子保健法第20条（養育医療）。"]}]}"#,
    );
    assert_eq!(answer, expected);
}

fn listed(answer: &Value) -> Vec<String> {
    answer["services"].as_array().unwrap().iter().map(|s| s["service"].as_str().unwrap().to_string()).collect()
}

/// Only codes of the exchange, in its order, each once; what the office asks for by itself is not law.
#[test]
fn services_are_those_of_the_exchange_that_know_the_subject() {
    let child = listed(&answer(CHILD));
    let pregnancy = listed(&answer(PREGNANCY));
    for list in [&child, &pregnancy] {
        let in_order: Vec<&str> = SERVICES.into_iter().filter(|s| list.iter().any(|l| l == s)).collect();
        assert_eq!(*list, in_order);
    }
    let not_vaccines = |list: &[String]| {
        let from = SERVICES.iter().position(|s| *s == "pregnancy_notification").unwrap();
        list.iter().filter(|l| SERVICES[from..].contains(&l.as_str())).cloned().collect::<Vec<_>>()
    };
    let of_children = [
        "postpartum_checkup_2w",
        "postpartum_checkup_1m",
        "postnatal_care",
        "checkup_1m",
        "checkup_3_4m",
        "checkup_9_11m",
        "checkup_18m",
        "checkup_3y",
        "checkup_5y",
        "home_visit_newborn",
        "home_visit_4m",
        "shouman_new",
        "shouman_continue",
        "youiku_iryo",
    ];
    assert_eq!(not_vaccines(&child), of_children);
    assert_eq!(not_vaccines(&pregnancy), ["pregnancy_notification", "prenatal_checkup", "pregnancy_support_2"]);
    assert!(["hib", "pcv", "mr1", "mr2"].iter().all(|v| child.iter().any(|c| c == v)), "{child:?}");
    assert!(!pregnancy.iter().any(|s| s == "mr1"));
}

#[test]
fn with_both_dates_it_is_about_the_child() {
    let line = CHILD.replace(r#""sex""#, r#""edd":"2025-05-20","sex""#);
    assert_eq!(answer(&line), answer(CHILD));
}

#[test]
fn gestational_age_stands_beside_a_pregnancy_while_it_lasts() {
    // 2026-11-24 − 2026-05-25 = 183日 = 26週1日。
    assert_eq!(service(&answer(PREGNANCY), "prenatal_checkup")["ga"], "26w1d");
    let on = |day: &str| service(&answer(&PREGNANCY.replace("2026-11-24", day)), "prenatal_checkup")["ga"].clone();
    assert_eq!(on("2026-05-25"), "0w0d");
    assert_eq!(on("2026-05-24"), json!(null));
    assert_eq!(on("2026-12-07"), "28w0d");
    assert_eq!(on("2027-03-01"), "40w0d");
    let born = PREGNANCY.replace("[]", r#"[{"code":"delivery","date":"2026-11-20"}]"#);
    assert_eq!(service(&answer(&born), "prenatal_checkup").get("ga"), None);
    assert_eq!(service(&answer(CHILD), "checkup_1m").get("ga"), None);
}

#[test]
fn series_say_dose_kind_and_number() {
    // Hib from the age of 3 months: second of four, 27 clear days after 2025-08-12 is 2025-09-09.
    let line = CHILD.replace("[]", r#"[{"code":"hib","date":"2025-08-12"}]"#).replace("2026-05-08", "2025-09-08");
    let hib = service(&answer(&line), "hib");
    assert_eq!(hib["dose_no"], 2);
    assert_eq!(hib["status"], "not_yet");
    assert_eq!(hib["earliest"], "2025-09-09");
    assert_eq!(hib["dose_kind"], "primary");
    assert_eq!(hib["total_doses"], 4);
    assert_eq!(hib["interval_days"], 27);
    // MR a day too early (1歳に至る日 = 2026-05-09): told, not counted.
    let early = r#"[{"code":"mr","date":"2026-05-08"}],"as_of":"2026-05-09"}"#;
    let early = CHILD.replace(r#"[],"as_of":"2026-05-08"}"#, early);
    let mr = service(&answer(&early), "mr1");
    assert_eq!(mr["status"], "due", "{mr:#}");
    assert_eq!(mr["violations"].as_array().unwrap().len(), 1, "{mr:#}");
}

/// The office's working deadline and whom it tells are no law; every reason ends as a sentence and names the law.
#[test]
fn reasons_speak_of_law_only() {
    for line in [CHILD, PREGNANCY, &CHILD.replace("2026-05-08", "2025-06-01")] {
        for said in answer(line)["services"].as_array().unwrap() {
            let because: Vec<&str> = said["because"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
            assert!(!because.is_empty(), "{said:#}");
            for sentence in because {
                assert!(sentence.ends_with('。'), "{sentence}");
                assert!(!sentence.contains("対応の期限") && !sentence.contains("上司"), "{sentence}");
            }
            assert!(said["rule"].as_str().unwrap().contains('@'), "{said:#}");
            assert!(!said["basis"].as_str().unwrap().is_empty(), "{said:#}");
        }
    }
}

#[test]
fn the_version_in_force_is_named() {
    let rule = |version: &str, to: &str| {
        let text = std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../rulebook/national/newborn/youiku_iryo.toml"
        ))
        .unwrap();
        let text = text.replace("valid_from = \"1966-01-01\"", &format!("valid_from = \"{version}\"\n{to}"));
        (version.to_string(), toml::from_str(&text).unwrap())
    };
    let files = vec![rule("2000-04-01", "valid_to = \"2026-03-31\""), rule("2026-04-01", "")];
    let book = Rulebook::build(files, Vec::new()).unwrap();
    let on = |day: &str| {
        let line = Forecast::new(&book).line(1, CHILD.replace("2026-05-08", day).as_bytes()).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["services"][0]["rule"].clone()
    };
    assert_eq!(on("2026-03-31"), "youiku_iryo@2000-04-01");
    assert_eq!(on("2026-04-01"), "youiku_iryo@2026-04-01");
}

#[test]
fn one_answer_a_line_in_the_same_order() {
    let mut input = String::from("\u{feff}");
    for n in 0..200 {
        let line = if n % 3 == 0 { PREGNANCY } else { CHILD };
        let line = line.replacen("\"c\"", &n.to_string(), 1).replacen("\"p\"", &format!("\"{n}\""), 1);
        input.push_str(if n == 150 { "{broken" } else { &line });
        // Windows' line ends, and blank lines are no lines.
        input.push_str(if n % 2 == 0 { "\r\n" } else { "\n\n" });
    }
    let (out, summary) = run(input.trim_end());
    assert_eq!(summary, Summary { lines: 200, errors: 1 });
    let lines: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 200);
    for (n, line) in lines.iter().enumerate() {
        let expected = match n {
            150 => Value::Null,
            _ if n % 3 == 0 => json!(n.to_string()),
            _ => json!(n),
        };
        assert_eq!(line.get("id").cloned().unwrap_or_default(), expected);
    }
    // Line 226 of the file: 150 lines before it, 75 of them with a blank line after.
    assert_eq!(lines[150]["line"], 226);
    assert_eq!(run("").1, Summary::default());
}

/// A line of two gigabytes, never held: what passes is counted, and the next line is answered.
#[test]
fn a_line_without_end_is_refused_in_bounded_memory() {
    let huge = io::repeat(b'x').take(2 << 30);
    let input = BufReader::with_capacity(1 << 20, huge.chain(io::Cursor::new(format!("\n{CHILD}\n"))));
    let mut out = Vec::new();
    let summary = Forecast::new(&BOOK).run(input, &mut out).unwrap();
    assert_eq!(summary, Summary { lines: 2, errors: 1 });
    let out = String::from_utf8(out).unwrap();
    assert!(out.starts_with(r#"{"line":1,"error":"1行が長すぎます"#), "{out}");
    assert!(out.lines().next().unwrap().len() < 200);
    assert!(out.lines().nth(1).unwrap().starts_with(r#"{"id":"c""#));
    // Exactly at the limit it is read.
    let padded = format!("{}{CHILD}", " ".repeat(LINE_MAX - CHILD.len()));
    assert_eq!(run(&padded).1, Summary { lines: 1, errors: 0 });
    assert_eq!(run(format!(" {padded}")).1, Summary { lines: 1, errors: 1 });
}
