//! The difference in words, or as JSON Lines.

use std::io::{Result, Write};

use casework::difference::Change as Moved;
use rules::{Day, wareki};
use serde_json::{Value, json};

use super::{
    DiffArgs, Side,
    fields::Change,
    population::{Counted, Named},
    tally::{Count, Differing, Shift, part},
};
use crate::platform::rulebook;

/// Without a database: the rules themselves.
pub fn rules_only(out: &mut impl Write, args: &DiffArgs, sides: [&Side; 2], fields: &[Change]) -> Result<()> {
    if args.json {
        return writeln!(out, "{}", head(args, sides, fields, None));
    }
    title(out, args, sides, None)?;
    rules(out, fields)
}

/// The rules and the sums.
pub fn counts(
    out: &mut impl Write,
    args: &DiffArgs,
    sides: [&Side; 2],
    fields: &[Change],
    counted: &Counted,
    day: Day,
) -> Result<()> {
    let by_rule = rows(counted.by_rule.iter().map(|(id, count)| (rule(sides, id), count)));
    let by_office = rows(counted.by_office.iter().map(|(id, count)| (named(counted.offices.get(id)), count)));
    let staff = |id: Option<i64>| named(id.and_then(|id| counted.staff.get(&id)));
    let by_owner = rows(counted.by_owner.iter().map(|(id, count)| (staff(*id), count)));
    if args.json {
        let mut line = head(args, sides, fields, Some(day));
        if let Value::Object(line) = &mut line {
            line.insert(String::from("files"), json!(counted.files));
            line.insert(String::from("persons"), json!(counted.persons));
            for (name, rows) in [("by_rule", &by_rule), ("by_office", &by_office), ("by_owner", &by_owner)] {
                line.insert(String::from(name), rows.iter().map(|(label, count)| sums(label, count)).collect());
            }
        }
        return writeln!(out, "{line}");
    }
    title(out, args, sides, Some(day))?;
    rules(out, fields)?;
    writeln!(out, "\n■ やることの変化：{}人のうち {}人", counted.files, counted.persons)?;
    table(out, "規則ごと", &by_rule, true)?;
    table(out, "センターごと", &by_office, false)?;
    table(out, "担当者ごと", &by_owner, false)?;
    if args.names && counted.persons > 0 {
        writeln!(out, "\n■ 対象の方")?;
    }
    Ok(())
}

/// One person by name.
pub fn person(out: &mut impl Write, json: bool, sides: [&Side; 2], person: &Named, day: Day) -> Result<()> {
    if json {
        let duties: Value = person.duties.iter().map(duty).collect();
        return writeln!(out, "{}", json!({ "file": person.file, "name": person.name, "duties": duties }));
    }
    writeln!(out, "  {}（ケース記録 {}）", person.name, person.file)?;
    for differing in &person.duties {
        let mut moved: Vec<String> = differing.changes.iter().map(|change| days(change, day)).collect();
        moved.dedup();
        let moved = if moved.is_empty() { String::new() } else { format!("：{}", moved.join("、")) };
        let dose = differing.duty.dose.map(|n| format!(" {n}回目")).unwrap_or_default();
        writeln!(out, "    {} {}{dose}{moved}", differing.kind.word(), rule(sides, &differing.duty.rule))?;
    }
    Ok(())
}

fn title(out: &mut impl Write, args: &DiffArgs, sides: [&Side; 2], day: Option<Day>) -> Result<()> {
    let [old, new] = sides;
    let day = day.map(|d| format!("、{}現在", wareki::long(d))).unwrap_or_default();
    writeln!(out, "規則集「{}」→「{}」（団体コード {}{day}）", old.name, new.name, args.municipality)
}

fn rules(out: &mut impl Write, fields: &[Change]) -> Result<()> {
    writeln!(out, "\n■ 規則の変化：{}か所", fields.len())?;
    let missing = || String::from("（なし）");
    let mut last = "";
    for change in fields {
        if change.file != last {
            writeln!(out, "  {}（{}）", change.rule, change.file)?;
            last = &change.file;
        }
        match (&change.old, &change.new) {
            (Some(text), None) if change.field.is_empty() => writeln!(out, "    ファイルがなくなる：{text}")?,
            (None, Some(text)) if change.field.is_empty() => writeln!(out, "    ファイルが増える：{text}")?,
            (old, new) => {
                let side = |text: &Option<String>| text.clone().unwrap_or_else(missing);
                writeln!(out, "    {}：{} → {}", change.field, side(old), side(new))?;
            }
        }
    }
    Ok(())
}

type Rows<'c> = Vec<(String, &'c Count)>;

/// Most changes first.
fn rows<'c>(counts: impl Iterator<Item = (String, &'c Count)>) -> Rows<'c> {
    let mut rows: Rows<'c> = counts.collect();
    let all = |count: &Count| count.added + count.removed + count.moved;
    rows.sort_by(|(a, x), (b, y)| all(y).cmp(&all(x)).then_with(|| a.cmp(b)));
    rows
}

fn table(out: &mut impl Write, title: &str, rows: &Rows<'_>, shifts: bool) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {title}")?;
    for (label, count) in rows {
        let Count { added, removed, moved, .. } = count;
        writeln!(out, "    {label}：増える {added}件、なくなる {removed}件、変わる {moved}件")?;
        for (what, shift) in count.shifts.iter().filter(|_| shifts) {
            writeln!(out, "      {} {}件{}", part(*what).1, shift.duties, range(*shift))?;
        }
    }
    Ok(())
}

/// 「（3日早い〜10日遅い）」
fn range(shift: Shift) -> String {
    let word = |days: i32| match days {
        0 => String::from("同じ"),
        days if days < 0 => format!("{}日早い", -days),
        days => format!("{days}日遅い"),
    };
    match shift.days {
        None => String::new(),
        Some((least, most)) if least == most => format!("（{}）", word(least)),
        Some((least, most)) => format!("（{}〜{}）", word(least), word(most)),
    }
}

/// 「対応の期限 11/24→12/1」
fn days(change: &Moved, day: Day) -> String {
    let word = part(change.part).1;
    let on = |d: Option<Day>| d.map_or_else(|| String::from("なし"), |d| crate::platform::web::words::short(d, day));
    match (change.from, change.to) {
        (None, None) => String::from(word),
        (from, to) => format!("{word} {}→{}", on(from), on(to)),
    }
}

/// The title of a rule, by the new book or else by the old one.
fn rule(sides: [&Side; 2], id: &str) -> String {
    let [old, new] = sides;
    let rule = new.book.rule(id).or(old.book.rule(id));
    rule.map_or_else(|| rulebook::title(&new.book, id), |r| format!("{}（{}）", r.title, r.id))
}

fn named(name: Option<&String>) -> String {
    name.cloned().unwrap_or_else(|| String::from("（担当なし）"))
}

fn head(args: &DiffArgs, sides: [&Side; 2], fields: &[Change], day: Option<Day>) -> Value {
    let rules: Value = fields
        .iter()
        .map(|c| json!({ "rule": c.rule, "file": c.file, "field": c.field, "old": c.old, "new": c.new }))
        .collect();
    let [old, new] = sides;
    json!({
        "old": old.name,
        "new": new.name,
        "municipality": args.municipality,
        "as_of": day.map(|d| d.to_string()),
        "rules": rules,
    })
}

fn sums(label: &str, count: &Count) -> Value {
    let shift = |(what, shift): (&casework::difference::Part, &Shift)| {
        let days = shift.days.map(|(least, most)| [least, most]);
        (part(*what).0.to_owned(), json!({ "duties": shift.duties, "days": days }))
    };
    let dates: serde_json::Map<String, Value> = count.shifts.iter().map(shift).collect();
    json!({ "name": label, "added": count.added, "removed": count.removed, "moved": count.moved, "dates": dates })
}

fn duty(differing: &Differing) -> Value {
    let day = |d: Option<Day>| d.map(|d| d.to_string());
    let changes: Value = differing
        .changes
        .iter()
        .map(|c| json!({ "part": part(c.part).0, "from": day(c.from), "to": day(c.to) }))
        .collect();
    json!({
        "key": differing.duty.key,
        "rule": differing.duty.rule,
        "change": differing.kind.code(),
        "dates": changes,
    })
}
