//! Reads the workload's files. Persons and events stand in the same order, so both are read side by side.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
};

use rules::{
    Day,
    bulk::{Code, Plan, Subjects},
};

use super::{
    Group, Persons, Workload,
    translate::{self, Kind},
};

/// Reads `persons.csv`, `events.csv` and `rules.json` of a folder.
///
/// # Errors
/// What cannot be read, with file and line.
pub fn read(folder: &Path) -> Result<Workload, String> {
    let text = fs::read_to_string(folder.join("rules.json")).map_err(|e| format!("rules.json: {e}"))?;
    let config: translate::Config = serde_json::from_str(&text).map_err(|e| format!("rules.json: {e}"))?;
    let as_of = Day::parse_iso(&config.as_of).ok_or("rules.json: as_of is no date")?;
    let book = translate::rulebook(&config)?;
    let mut groups = Vec::new();
    for kind in Kind::ALL {
        let (subject, anchor) = kind.words();
        let plan = Plan::of(&book, subject, anchor);
        if let Some(left) = plan.left().first() {
            return Err(format!("rules.json: {} is not answered in bulk: {:?}", left.rule, left.reason));
        }
        groups.push(Group { kind, plan, subjects: Subjects::default() });
    }
    let mut persons = Persons::default();
    let mut lines = Lines::open(folder, "persons.csv")?;
    let mut events = Lines::open(folder, "events.csv")?;
    let mut acts: Vec<(Day, Code)> = Vec::new();
    let mut more = events.next()?;
    while lines.next()? {
        let (name, kind, anchor) = lines.fields()?;
        let kind = Kind::named(kind).ok_or_else(|| lines.fault("no such kind"))?;
        let anchor = Day::parse_iso(anchor).ok_or_else(|| lines.fault("no such date"))?;
        let at = groups.iter().position(|g| g.kind == kind).unwrap_or_default();
        let Some(group) = groups.get_mut(at) else { continue };
        acts.clear();
        while more {
            let (of, day, code) = events.fields()?;
            if of != name {
                break;
            }
            if let Some(code) = group.plan.code(code) {
                acts.push((Day::parse_iso(day).ok_or_else(|| events.fault("no such date"))?, code));
            }
            more = events.next()?;
        }
        let place = group.subjects.push(anchor, acts.iter().copied());
        persons.names.push_str(name);
        persons.ends.push(persons.names.len());
        let at = u8::try_from(at).map_err(|e| e.to_string())?;
        persons.places.push((at, u32::try_from(place).map_err(|e| e.to_string())?));
    }
    if more {
        return Err(events.fault("this person is not in persons.csv, or not in the same order"));
    }
    Ok(Workload { as_of, rules: config.rules.len(), groups, persons })
}

/// A file of comma-separated lines under a heading.
struct Lines {
    file: &'static str,
    from: BufReader<File>,
    line: String,
    number: usize,
}

impl Lines {
    fn open(folder: &Path, file: &'static str) -> Result<Lines, String> {
        let from = File::open(folder.join(file)).map_err(|e| format!("{file}: {e}"))?;
        let mut lines = Lines { file, from: BufReader::new(from), line: String::new(), number: 0 };
        lines.next()?;
        Ok(lines)
    }

    /// Goes on to the next line; false at the end.
    fn next(&mut self) -> Result<bool, String> {
        self.line.clear();
        self.number += 1;
        let read = self.from.read_line(&mut self.line).map_err(|e| self.fault(&e.to_string()))?;
        Ok(read > 0)
    }

    fn fields(&self) -> Result<(&str, &str, &str), String> {
        let mut fields = self.line.trim_end().splitn(3, ',');
        match (fields.next(), fields.next(), fields.next()) {
            (Some(a), Some(b), Some(c)) => Ok((a, b, c)),
            _ => Err(self.fault("three fields are expected")),
        }
    }

    fn fault(&self, reason: &str) -> String {
        format!("{} line {}: {reason}", self.file, self.number)
    }
}
