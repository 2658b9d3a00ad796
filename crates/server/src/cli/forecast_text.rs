//! One answer of `forecast` as sentences: what the law says of each service, and why.

use casework::explain::act_word;
use paperwork::forecast::Forecast;
use rules::{Day, Rulebook, wareki};
use serde_json::Value;

use crate::platform::{Fault, rulebook};

/// Explains one input line, for one service or for all.
///
/// # Errors
/// In the words of the answer, if the line cannot be read.
pub fn explained(book: &Rulebook, line: &[u8], service: Option<&str>) -> Result<String, Fault> {
    if line.contains(&b'\n') {
        return Err(Fault::new("1行だけ読みます。複数の行があります。"));
    }
    let answer = Forecast::new(book).line(1, line).map_err(|error| refused(&error))?;
    let (asked, answer): (Value, Value) = (read(line)?, read(answer.as_bytes())?);
    let as_of = text(&answer, "as_of").and_then(Day::parse_iso);
    let mut out = format!(
        "対象 {}：{}現在の、国の規則による説明です。\n",
        answer.get("id").map(plain).unwrap_or_default(),
        as_of.map(wareki::long).unwrap_or_default()
    );
    let facts = facts(book, &asked, as_of);
    let services = answer.get("services").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let wanted = |s: &&Value| service.is_none_or(|code| text(s, "service") == Some(code));
    let mut any = false;
    for service in services.iter().filter(wanted) {
        any = true;
        out.push('\n');
        one(&mut out, book, service, &facts);
    }
    if let (false, Some(code)) = (any, service) {
        out.push_str(&format!("\n「{}」は、この対象についての答えにありません。\n", rulebook::title(book, code)));
    }
    let ignored: Vec<String> = strings(&answer, "ignored_fields");
    if !ignored.is_empty() {
        out.push_str(&format!("\n読まなかった項目：{}\n", ignored.join("、")));
    }
    Ok(out)
}

fn one(out: &mut String, book: &Rulebook, service: &Value, facts: &[String]) {
    let code = text(service, "service").unwrap_or_default();
    let dose = service.get("dose_no").and_then(Value::as_u64).map(|n| format!(" {n}回目")).unwrap_or_default();
    let status = word(text(service, "status").unwrap_or_default());
    out.push_str(&format!("■ {}{dose}（{status}）\n", rulebook::title(book, code)));
    let mut put = |label: &str, lines: &[String]| {
        if !lines.is_empty() {
            out.push_str(&format!("  {label}\n"));
        }
        lines.iter().for_each(|line| out.push_str(&format!("    ・{line}\n")));
    };
    let days = [
        ("いちばん早い日", "earliest"),
        ("標準の始まり", "recommended_from"),
        ("標準の終わり", "recommended_to"),
        ("最後の日", "latest"),
    ];
    let day = |name| text(service, name).and_then(Day::parse_iso);
    let dates: Vec<String> = days
        .into_iter()
        .filter_map(|(label, name)| day(name).map(|d| format!("{label}：{}", wareki::long(d))))
        .collect();
    put("日付", &dates);
    put("きまり", &[version(service)]);
    put("もとにした記録", facts);
    put("日付の計算", &strings(service, "because"));
    put("規則に合わない記録", &strings(service, "violations"));
    put("注意", &text(service, "caution").map(String::from).into_iter().collect::<Vec<_>>());
    put("変わるとき", &[String::from("実施を書き足すか、もとにした日付を直すと、答えも変わります。")]);
}

/// 「pcv（R2.10.1 からの規則・定期接種）／予防接種法…」
fn version(service: &Value) -> String {
    let rule = text(service, "rule").unwrap_or_default();
    let (id, from) = rule.split_once('@').unwrap_or((rule, ""));
    let from = Day::parse_iso(from).map(wareki::short).unwrap_or_default();
    let class = text(service, "legal_class").unwrap_or_default();
    format!("{id}（{from} からの規則・{class}）／{}", text(service, "basis").unwrap_or_default())
}

/// Everything in the line that rules read, with its day; what happened after the day of the answer is not read.
fn facts(book: &Rulebook, asked: &Value, as_of: Option<Day>) -> Vec<String> {
    let day = |value: &Value, name| text(value, name).and_then(Day::parse_iso);
    let head = [("生年月日", "birth_date"), ("分娩予定日", "edd")];
    let mut facts: Vec<String> = head
        .into_iter()
        .filter_map(|(label, name)| day(asked, name).map(|d| format!("{label} {}", wareki::short(d))))
        .collect();
    let events = asked.get("events").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for event in events {
        let (Some(code), Some(on)) = (text(event, "code"), day(event, "date")) else { continue };
        if as_of.is_none_or(|as_of| on <= as_of) {
            let title = act_word(code).map_or_else(|| rulebook::title(book, code), String::from);
            facts.push(format!("{title} {}", wareki::short(on)));
        }
    }
    facts
}

fn word(status: &str) -> &str {
    match status {
        "not_eligible" => "対象ではない",
        "complete" => "済",
        "expired" => "期間が終わった",
        "not_yet" => "まだ早い",
        "overdue" => "標準の時期を過ぎた",
        "recommended" => "いまが標準の時期",
        "due" => "受けられる",
        other => other,
    }
}

fn read(bytes: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(Fault::from)
}

fn refused(error: &str) -> Fault {
    let told = serde_json::from_str::<Value>(error).ok();
    Fault::new(told.as_ref().and_then(|t| text(t, "error")).unwrap_or(error))
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

fn strings(value: &Value, name: &str) -> Vec<String> {
    let list = value.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_str).map(String::from).collect()
}

/// A text without its quotes, a number as it is.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}
