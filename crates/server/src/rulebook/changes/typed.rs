//! From what was typed to the files of a proposal: settings by name, a whole text, or back to the nation's rule.

use casework::publication::{RuleText, Text};
use rules::{Day, RuleFile, RuleOverride};

use super::super::library::Written;
use crate::platform::{
    Refusal,
    rulebook::{Book, Broken, is_whole},
    web::Ask,
};

/// Longest text of one file, in bytes.
const LONGEST: usize = 64 * 1024;

/// What is wrong beside which field.
pub type Faults = Vec<Refusal>;

/// The files, and the id of the rule they are about.
pub struct Typed {
    pub rule: String,
    pub files: Vec<RuleText>,
}

/// The town's own file that changes a rule: its path and text, where there is one.
pub fn own_file<'b>(book: &'b Book, id: &str) -> Option<(&'b str, &'b str)> {
    let folder = format!("municipalities/{}/", book.town);
    book.texts.of_town(&book.town).filter(|(path, _)| path.starts_with(&folder) && !is_whole(path)).find(|(_, text)| {
        toml::from_str::<RuleOverride>(text).is_ok_and(|change| change.id == id && change.version.is_none())
    })
}

fn path_of(book: &Book, id: &str) -> String {
    own_file(book, id).map_or_else(|| format!("municipalities/{}/{id}.toml", book.town), |(path, _)| path.to_owned())
}

/// Reads the form. `written`: the nation's version the form is about, if it is about one.
///
/// # Errors
/// Every fault, beside its field.
pub fn read(ask: &Ask, book: &Book, written: Option<&Written>) -> Result<Typed, Faults> {
    let mut faults = Vec::new();
    let reason = ask.form("reason").trim();
    if reason.is_empty() {
        faults.push(Refusal::at(
            "reason",
            "変える理由を入力してください。根拠になる要綱や決裁があれば、その名前も書きます。",
        ));
    }
    let typed = match (ask.form("how"), written) {
        ("settings", Some(written)) => settings(ask, book, written, reason),
        ("back", Some(written)) => back(book, &written.file.id),
        ("text", _) => text(ask, book, written, reason),
        _ => Err(vec![Refusal::at("how", "変え方を選んでください。")]),
    };
    match typed {
        Ok(typed) if faults.is_empty() => Ok(typed),
        Ok(_) => Err(faults),
        Err(more) => {
            faults.extend(more);
            Err(faults)
        }
    }
}

fn back(book: &Book, id: &str) -> Result<Typed, Faults> {
    let Some((path, _)) = own_file(book, id) else {
        return Err(vec![Refusal::at("how", "この規則には、市町村の変更がありません。")]);
    };
    let files = vec![RuleText { path: path.to_owned(), text: Text::Gone }];
    Ok(Typed { rule: id.to_owned(), files })
}

/// The nation's numbers and what was typed for each: only what differs stands in the town's file.
fn settings(ask: &Ask, book: &Book, written: &Written, reason: &str) -> Result<Typed, Faults> {
    let id = &written.file.id;
    let before = own_file(book, id).map(|(_, text)| text).unwrap_or_default();
    let mut table: toml::Table = toml::from_str(before).unwrap_or_default();
    let mut own = toml::Table::new();
    for (name, national) in &written.file.settings {
        let field = format!("set_{name}");
        let typed: String = halfwidth(ask.form(&field).trim());
        match typed.parse::<i32>() {
            Ok(value) if value != *national => drop(own.insert(name.clone(), toml::Value::Integer(value.into()))),
            Ok(_) => {}
            Err(_) => {
                let message =
                    format!("「{}」は数として読めません。整数を入力してください（設定 {name}）。", ask.form(&field));
                return Err(vec![Refusal::at("settings", message)]);
            }
        }
    }
    table.insert(String::from("id"), toml::Value::String(id.clone()));
    table.insert(String::from("because"), toml::Value::String(reason.to_owned()));
    if own.is_empty() {
        table.remove("settings");
    } else {
        table.insert(String::from("settings"), toml::Value::Table(own));
    }
    let path = path_of(book, id);
    let text = if table.len() == 2 { Text::Gone } else { Text::Own(written_out(&table)) };
    let same = match &text {
        Text::Own(text) => settings_of(before) == settings_of(text),
        _ => before.is_empty(),
    };
    if same {
        return Err(vec![Refusal::at("settings", "いまの値と同じです。変える数を入力してください。")]);
    }
    Ok(Typed { rule: id.clone(), files: vec![RuleText { path, text }] })
}

/// Full-width figures as half-width ones.
fn halfwidth(text: &str) -> String {
    unicode_normalization::UnicodeNormalization::nfkc(text).collect()
}

fn settings_of(text: &str) -> Option<std::collections::BTreeMap<String, i32>> {
    toml::from_str::<RuleOverride>(text).ok().map(|change| change.settings)
}

fn written_out(table: &toml::Table) -> String {
    toml::to_string(table).unwrap_or_default()
}

/// A whole text: a change of a rule, a new version of one, or a rule of the town's own.
fn text(ask: &Ask, book: &Book, written: Option<&Written>, reason: &str) -> Result<Typed, Faults> {
    let text = ask.form("text").replace("\r\n", "\n");
    let at = |message: String| vec![Refusal::at("text", message)];
    if text.trim().is_empty() {
        return Err(at(String::from("規則の文を入力してください。")));
    }
    if text.len() > LONGEST {
        return Err(at(format!("長すぎます（{}KBまで）。", LONGEST / 1024)));
    }
    let table: toml::Table = toml::from_str(&text).map_err(|error| at(unread(&text, &error)))?;
    if table.contains_key("valid_from") {
        let file: RuleFile = toml::from_str(&text).map_err(|error| at(unread(&text, &error)))?;
        same_rule(written, &file.id).map_err(at)?;
        return Ok(Typed { rule: file.id.clone(), files: version(book, &file, text, reason).map_err(at)? });
    }
    let change: RuleOverride = toml::from_str(&text).map_err(|error| at(unread(&text, &error)))?;
    same_rule(written, &change.id).map_err(at)?;
    let path = match &change.version {
        Some(version) => format!("municipalities/{}/{}-{version}.toml", book.town, plain(&change.id)),
        None => path_of(book, &plain(&change.id)),
    };
    Ok(Typed { rule: change.id, files: vec![RuleText { path, text: Text::Own(text) }] })
}

fn same_rule(written: Option<&Written>, id: &str) -> Result<(), String> {
    match written {
        Some(written) if written.file.id != id => {
            Err(format!("1行目から読むと、規則「{id}」の文です。この画面は「{}」を変える画面です。", written.file.id))
        }
        _ => Ok(()),
    }
}

/// A whole rule from its `valid_from` on; the version before it ends the day before.
fn version(book: &Book, file: &RuleFile, text: String, reason: &str) -> Result<Vec<RuleText>, String> {
    let from = Day::parse_iso(&file.valid_from)
        .ok_or_else(|| format!("valid_from「{}」は日付（2027-04-01 の形）として読めません。", file.valid_from))?;
    let id = plain(&file.id);
    let folder = format!("municipalities/{}", book.town);
    let path = format!("{folder}/rules/{id}-{from}.toml");
    let mut files = vec![RuleText { path, text: Text::Own(text) }];
    let older = book.versions(&file.id).iter().rev().find(|rule| rule.id == file.id && rule.valid_from < from);
    if let Some(older) = older.filter(|older| older.valid_to.is_none_or(|to| to >= from)) {
        let mut end = toml::Table::new();
        let words = [
            ("id", file.id.clone()),
            ("because", reason.to_owned()),
            ("version", older.valid_from.to_string()),
            ("valid_to", from.plus(-1).to_string()),
        ];
        for (name, word) in words {
            end.insert(name.to_owned(), toml::Value::String(word));
        }
        let path = format!("{folder}/{id}-{}-end.toml", older.valid_from);
        files.push(RuleText { path, text: Text::Own(written_out(&end)) });
    }
    Ok(files)
}

/// What may stand in the name of a file.
fn plain(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect()
}

fn unread(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map(|span| span.start);
    let line = start.and_then(|at| text.get(..at)).map(|before| before.matches('\n').count() + 1);
    let place = line.map(|line| format!("{line}行目：")).unwrap_or_default();
    format!("{place}読めません（{}）。", error.message().trim())
}

/// Faults of the whole book beside the field they came from, with the line where it can be found.
pub fn beside(broken: &[Broken], typed: &Typed, how: &str) -> Faults {
    let field = if how == "settings" { "settings" } else { "text" };
    let told = broken.iter().map(|fault| {
        let own = typed.files.iter().find(|file| file.path == fault.file);
        let text = own.and_then(|file| if let Text::Own(text) = &file.text { Some(text.as_str()) } else { None });
        let line = fault.line.or_else(|| line_of(text?, &fault.reason));
        let place = line.map(|line| format!("{line}行目：")).unwrap_or_default();
        Refusal::at(field, format!("{} {place}{}", fault.file, fault.reason))
    });
    told.collect()
}

/// The first line that has a word the reason quotes.
fn line_of(text: &str, reason: &str) -> Option<usize> {
    let quoted = reason.split('「').skip(1).filter_map(|rest| rest.split('」').next()).filter(|word| !word.is_empty());
    quoted.flat_map(|word| text.lines().position(|line| line.contains(word))).min().map(|n| n + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_found_by_the_word_it_quotes() {
        let text = "id = \"checkup_18m\"\nbecause = \"要綱\"\n\n[settings]\nno_such = 1\n";
        assert_eq!(line_of(text, "設定「no_such」は元の規則にありません"), Some(5));
        assert_eq!(line_of(text, "理由だけ"), None);
    }
}
