//! Lines that cannot be used: what was read and what was expected, in the line's place.

use paperwork::forecast::Summary;
use serde_json::{Value, json};

use crate::{answer, run};

/// (what is replaced in a good line, by what, parts of the sentence)
const WRONG: &[(&str, &str, &[&str])] = &[
    (r#""as_of":"2026-05-08""#, r#""as_of":"2026-02-30""#, &["as_of", "「2026-02-30」", "実在する日"]),
    (r#""as_of":"2026-05-08""#, r#""as_of":"2026/05/08""#, &["as_of", "「2026/05/08」", "YYYY-MM-DD"]),
    (r#""as_of":"2026-05-08""#, r#""as_of":20260508"#, &["as_of", "「20260508」"]),
    (r#","as_of":"2026-05-08""#, "", &["as_of がありません", "YYYY-MM-DD"]),
    (r#""as_of":"2026-05-08""#, r#""as_of":null"#, &["as_of がありません"]),
    (r#""2025-05-10""#, r#""令和7年5月10日""#, &["birth_date", "「令和7年5月10日」"]),
    (r#""2025-05-10""#, r#""0205-05-10""#, &["birth_date", "「0205-05-10」", "1900年から2200年"]),
    (r#""birth_date":"2025-05-10","#, "", &["birth_date も edd もありません"]),
    (r#""birth_date""#, r#""edd":"2025-13-01","birth_date""#, &["edd", "「2025-13-01」"]),
    (r#""sex":"M","#, "", &["sex がありません", "F か M"]),
    (r#""M""#, r#""男""#, &["sex", "「男」", "F か M"]),
    (r#""events":[],"#, "", &["events がありません", "[]"]),
    ("[]", r#"{"code":"mr"}"#, &["events", "配列"]),
    ("[]", r#"["mr"]"#, &["events[0]", "「mr」"]),
    ("[]", r#"[{"date":"2026-05-08"}]"#, &["events[0]", "code がありません"]),
    ("[]", r#"[{"code":"mr"}]"#, &["events[0]", "date がありません"]),
    ("[]", r#"[{"code":"mmr","date":"2026-05-08"}]"#, &["events[0]", "code", "「mmr」"]),
    ("[]", r#"[{"code":"mr","date":"2026-05-08"},{"code":"mr1","date":"2026-05-08"}]"#, &["events[1]", "「mr1」"]),
    ("[]", r#"[{"code":"contact","date":"2026-05-08"}]"#, &["「contact」"]),
    ("[]", r#"[{"code":"mr","date":"2026-5-8"}]"#, &["events[0]", "date", "「2026-5-8」"]),
    ("[]", r#"[{"code":"pcv","date":"2026-05-08","product":"pcv7"}]"#, &["product", "「pcv7」", "pcv20"]),
    (r#""as_of""#, r#""flags":["mr_shortage"],"as_of""#, &["flags", "「mr_shortage」", "mr_shortage_fy2024"]),
    (r#""as_of""#, r#""flags":"mr_shortage_fy2024","as_of""#, &["flags", "配列"]),
    (r#""as_of""#, r#""multiple_birth":"yes","as_of""#, &["multiple_birth", "「yes」", "true か false"]),
    (r#""as_of""#, r#""birth_order":0,"as_of""#, &["birth_order", "「0」"]),
    (r#""as_of""#, r#""gestational_age_at_birth":"38週","as_of""#, &["gestational_age_at_birth", "「38週」", "38w2d"]),
];

const GOOD: &str = r#"{"id":"c","birth_date":"2025-05-10","sex":"M","events":[],"as_of":"2026-05-08"}"#;

#[test]
fn every_kind_of_fault_names_the_field_and_what_was_read() {
    for (part, by, expected) in WRONG {
        assert!(GOOD.contains(part), "{part}");
        let line = GOOD.replacen(part, by, 1);
        let (out, summary) = run(format!("{GOOD}\n{line}\n{GOOD}\n"));
        assert_eq!(summary, Summary { lines: 3, errors: 1 }, "{line}");
        let lines: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lines[0], lines[2], "the rest goes on");
        let error = lines[1].as_object().unwrap();
        assert_eq!((&error["line"], &error["id"], error.len()), (&json!(2), &json!("c"), 3), "{line}");
        let said = error["error"].as_str().unwrap();
        for part in *expected {
            assert!(said.contains(part), "「{said}」 does not say {part}");
        }
    }
}

#[test]
fn what_is_no_object_of_json_is_told_with_its_line() {
    let broken: [&[u8]; 6] = [
        b"{\"id\":\"c\",",
        b"[]",
        b"\"c\"",
        b"id,birth_date",
        b"\xff\xfe{\"id\":\"c\"}",
        b"{\"id\":\"c\"} {\"id\":\"d\"}",
    ];
    for bytes in broken {
        let (out, summary) = run([GOOD.as_bytes(), b"\n\n", bytes].concat());
        assert_eq!(summary, Summary { lines: 2, errors: 1 }, "{out}");
        let error: Value = serde_json::from_str(out.lines().nth(1).unwrap()).unwrap();
        assert_eq!(error["line"], 3, "{error}");
        assert_eq!(error.get("id"), None);
        assert!(error["error"].as_str().unwrap().contains("JSONオブジェクトが必要です"), "{error}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(run(deep).1, Summary { lines: 1, errors: 1 });
}

#[test]
fn an_id_is_needed_and_may_be_a_number() {
    for (id, told) in [("null", "id がありません"), ("[1]", "id を「[1]」と読みました"), ("true", "「true」")]
    {
        let error = answer(&GOOD.replace("\"c\"", id));
        assert!(error["error"].as_str().unwrap().contains(told), "{error}");
        assert_eq!(error.get("id"), None);
    }
    assert_eq!(answer(&GOOD.replace("\"c\"", "17"))["id"], 17);
}

/// A misspelt field would change an answer in silence.
#[test]
fn fields_that_mean_nothing_are_told_in_the_answer() {
    let line = GOOD.replace("[]", r#"[{"code":"mr","date":"2026-05-08","lot":"A1"}],"flag":["x"]"#);
    assert_eq!(answer(&line)["ignored_fields"], json!(["flag", "events.lot"]));
    assert_eq!(answer(GOOD).get("ignored_fields"), None);
}

#[test]
fn optional_fields_may_be_there_or_null() {
    let line = GOOD.replace(
        r#""as_of""#,
        r#""flags":["mr_shortage_fy2024"],"multiple_birth":true,"birth_order":2,"gestational_age_at_birth":"38w2d","as_of""#,
    );
    assert!(answer(&line).get("services").is_some());
    let nulls = GOOD.replace(
        r#""as_of""#,
        r#""edd":null,"flags":null,"multiple_birth":null,"birth_order":null,"gestational_age_at_birth":null,"as_of""#,
    );
    assert_eq!(answer(&nulls), answer(GOOD));
    for age in ["39", "38.5", "\"39\"", "\"39w\"", "270"] {
        let line = GOOD.replace(r#""as_of""#, &format!(r#""gestational_age_at_birth":{age},"as_of""#));
        assert!(answer(&line).get("services").is_some(), "{age}");
    }
}
