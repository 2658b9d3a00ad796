//! Persons as they are compared and as their evidence is shown, masked for the reader before either.

use std::collections::{BTreeMap, BTreeSet};

use casework::{Body, Person, View, body::Resident, fold, matching::Face};
use names::{fold_kana, fold_name, from_romaji, plain_vowels};
use platform::store::events_of_many;
use platform::{Door, Fault, mask, people};
use rules::Day;

/// Somebody as a reader may know them.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub file: i64,
    pub face: Face,
    pub name: String,
    pub kana: String,
    pub number: String,
    pub address: String,
    pub mothers: Vec<String>,
    pub provisional: bool,
    pub gone: &'static str,
    pub protected: bool,
    /// Files somebody said are another person's.
    pub apart: Vec<i64>,
    /// The instant the program first knew the person.
    pub since: i64,
}

/// Several persons within the actor's keepers, each read from its whole file.
///
/// # Errors
/// If the database fails.
pub fn known(door: &mut Door<'_>, files: &[i64]) -> Result<BTreeMap<i64, Known>, Fault> {
    let rows = people::many(door, files)?;
    let files: Vec<i64> = rows.keys().copied().collect();
    let actor = door.actor;
    let mut found = BTreeMap::new();
    for (file, mut events) in events_of_many(door.db, &files)? {
        let protected = mask::for_actor(&mut events, actor);
        let story = fold(&events.events, View { withdrawn: &events.withdrawn, ..View::default() });
        let person = Person::read(&story);
        let apart = story.entries.iter().filter_map(|e| match e.body {
            Body::ToldApart { other, .. } => Some(*other),
            _ => None,
        });
        let mut known = of(&person);
        known.file = file;
        known.apart = apart.collect();
        known.protected = protected;
        known.since = story.entries.iter().map(|e| e.recorded_at).min().unwrap_or(0);
        known.gone = rows.get(&file).map_or("", |row| match row.gone.as_str() {
            "moved_out" => "転出",
            "died" => "死亡",
            _ => "",
        });
        found.insert(file, known);
    }
    mothers(door, &mut found)?;
    Ok(found)
}

/// What the mothers' files add: their names, and where a child without a household of its own lives.
fn mothers(door: &mut Door<'_>, found: &mut BTreeMap<i64, Known>) -> Result<(), Fault> {
    let ids: BTreeSet<i64> = found.values().flat_map(|k| &k.face.mothers).copied().collect();
    let rows = people::many(door, &ids.into_iter().collect::<Vec<_>>())?;
    for known in found.values_mut() {
        for row in known.face.mothers.iter().filter_map(|m| rows.get(m)) {
            known.mothers.push(row.name.clone());
            if !known.protected {
                known.face.mothers_household.clone_from(&row.household);
            }
        }
    }
    Ok(())
}

fn of(person: &Person<'_>) -> Known {
    let resident = person.resident.cloned().unwrap_or_default();
    let mothers = person.relations.iter().filter(|r| r.role == "mother").map(|r| r.to).collect();
    let open = person.episodes.iter().rev().find(|e| e.is_open());
    let face = Face {
        birth: person.birth.map(|(birth, _)| birth),
        mothers,
        edd: open.map(|e| e.notice.edd),
        multiple: person.born.is_some_and(|(born, _)| born.multiple),
        phone: digits(person.phone()),
        ..face(&resident)
    };
    let provisional = resident.number.is_empty();
    let Resident { name, kana, number, address, .. } = resident;
    Known { face, name, kana, number, address, provisional, ..Known::default() }
}

/// What is compared of a view of a person: also of one that was only typed.
pub fn face(resident: &Resident) -> Face {
    let written = || resident.also.iter().chain([&resident.name]);
    let romaji = written().flat_map(|name| [Some(name.clone()), swapped(name)]).flatten();
    let mut also: Vec<Vec<String>> = resident.also.iter().map(|name| parts(name, fold_name)).collect();
    also.retain(|name| !name.is_empty());
    Face {
        name: parts(&resident.name, fold_name),
        kana: parts(&resident.kana, fold_kana),
        also,
        romaji: romaji.filter_map(|name| from_romaji(&name)).map(|key| plain_vowels(&key)).collect(),
        reading: plain_vowels(&fold_kana(&resident.kana)),
        birth: resident.birth,
        sex: resident.sex.clone(),
        household: resident.household.clone(),
        phone: digits(&resident.phone),
        address: address(&resident.address),
        ..Face::default()
    }
}

fn swapped(name: &str) -> Option<String> {
    let (first, last) = name.trim().split_once(char::is_whitespace)?;
    Some(format!("{last} {first}"))
}

fn parts(text: &str, key: fn(&str) -> String) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || c == '・').map(key).filter(|part| !part.is_empty()).collect()
}

fn digits(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().filter(char::is_ascii_digit).collect()
}

/// An address as it is compared: 「1丁目2番3号」 and 「1-2-3」 are one.
fn address(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    const NUMERALS: &str = "一二三四五六七八九";
    let mut out = String::with_capacity(text.len());
    let mut chars = text.nfkc().peekable();
    while let Some(c) = chars.next() {
        match c {
            // 一丁目 is 1丁目; elsewhere 一 is part of a name.
            c if chars.peek() == Some(&'丁') && NUMERALS.contains(c) => {
                let digit = (1u8..).zip(NUMERALS.chars()).find(|(_, n)| *n == c).map_or(0, |(digit, _)| digit);
                out.push(char::from(b'0' + digit));
            }
            ' ' | '　' | '号' => {}
            '丁' | '番' => out.push('-'),
            '目' | '地' if out.ends_with('-') => {}
            '-' | '－' | '−' | '‐' | 'ー' if out.ends_with('-') => {}
            '－' | '−' | '‐' | 'ー' => out.push('-'),
            c => out.push(c),
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// Days from when somebody became known until today.
pub fn waited(known: &Known, today: Day) -> i32 {
    today.since(platform::clock::day_in_japan(known.since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_written_two_ways() {
        assert_eq!(address("みどり町１丁目２番３号"), address("みどり町1-2-3"));
        assert_eq!(address("みどり町一丁目2番3号"), address("みどり町1-2-3"));
        assert_eq!(address("みどり町1丁目2番地3"), address("みどり町１－２－３"));
        assert_ne!(address("みどり町1-2-3"), address("みどり町1-2-31"));
        assert_eq!(digits("０９０-1234-5678"), "09012345678");
    }
}
