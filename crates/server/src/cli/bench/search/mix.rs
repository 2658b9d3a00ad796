//! The fixed mix of searches: what people type at a counter, each time about somebody else.

use rules::{Day, wareki};

use super::people::{Someone, someone};
use crate::{
    demo::{dice::Dice, names::Names},
    platform::Fault,
};

/// Searches of one kind.
pub struct Kind {
    pub name: &'static str,
    pub one_kana: bool,
    pub terms: Vec<String>,
}

type Make = fn(&Someone) -> String;

/// Family and given name, or their readings.
fn words(text: &str) -> (&str, &str) {
    text.split_once('\u{3000}').unwrap_or((text, ""))
}

fn first(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

const KINDS: &[(&str, Make)] = &[
    ("氏, two characters", |s| first(words(&s.name).0, 2)),
    ("名, as written", |s| words(&s.name).1.to_owned()),
    ("three kana", |s| first(words(&s.kana).0, 3)),
    ("two kana inside a name", |s| s.kana.chars().filter(|c| *c != '\u{3000}').skip(1).take(2).collect()),
    ("one kana", |s| first(&s.kana, 1)),
    ("one kanji inside a name", |s| words(&s.name).1.chars().last().map(String::from).unwrap_or_default()),
    ("full name", |s| s.name.clone()),
    ("full reading, no space", |s| s.kana.replace('\u{3000}', "")),
    ("名 氏 turned round", |s| format!("{} {}", words(&s.name).1, words(&s.name).0)),
    ("氏 in kanji, 名 in kana", |s| format!("{} {}", words(&s.name).0, words(&s.kana).1)),
    ("phone", |s| s.phone.clone()),
    ("the last four digits of a phone", |s| s.phone.chars().skip(9).collect()),
    ("宛名番号 of a child, with relatives", |s| (s.file + 2).to_string()),
    ("day of birth", |s| wareki::short(Day(s.birth))),
    ("氏 and day of birth", |s| format!("{} {}", words(&s.name).0, wareki::short(Day(s.birth)))),
    ("the commonest name", |_| String::from("佐藤")),
    ("the commonest name with a common one", |s| format!("さとう {}", first(words(&s.kana).1, 1))),
    ("nothing found", |s| format!("{}龘", first(words(&s.name).0, 1))),
    ("nothing found, two common words", |s| format!("{} {}", words(&s.name).0, "ささきさとう")),
];

/// Every kind with so many searches about mothers of the population.
pub fn kinds(persons: usize, runs: usize) -> Result<Vec<Kind>, Fault> {
    let names = Names::read()?;
    let homes = i32::try_from(persons / 4).unwrap_or(i32::MAX).max(1);
    let mut kinds = Vec::with_capacity(KINDS.len());
    for (at, (name, make)) in KINDS.iter().enumerate() {
        let mut dice = Dice::new(2, "search", at);
        let term = |_| {
            let home = usize::try_from(dice.between(0, homes - 1)).unwrap_or(0);
            make(&someone(&names, home * 4))
        };
        kinds.push(Kind { name, one_kana: *name == "one kana", terms: (0..runs).map(term).collect() });
    }
    Ok(kinds)
}
