//! A word of a search as it may stand in a key.

use super::{
    kana::{fold_kana, is_kana},
    key::{Key, Place},
    romaji::from_romaji,
    written::fold_name,
};

/// Which of a person's keys is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Script {
    /// The name as written.
    Name,
    /// Its reading.
    Kana,
}

/// Something typed to find a name by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    name: String,
    kana: Option<String>,
}

impl Word {
    /// `None` if nothing of it is left when it is folded.
    pub fn of(typed: &str) -> Option<Word> {
        // What it repeats was not typed: the rest is looked for.
        let typed = typed.trim_start_matches(['々', '〻', '仝', 'ゝ', 'ゞ', 'ヽ', 'ヾ', ' ', '\u{3000}']);
        let name: String = fold_name(typed).chars().take(60).collect();
        let kana =
            if !typed.is_empty() && name.chars().all(is_kana) { Some(fold_kana(typed)) } else { from_romaji(typed) };
        let kana = kana.map(|kana| kana.chars().take(60).collect());
        (!name.is_empty()).then_some(Word { name, kana })
    }

    /// One kana finds whoever's 氏 or 名 begins with it; everything else also finds what contains it.
    pub fn begins_only(&self) -> bool {
        let mut chars = self.name.chars();
        matches!((chars.next(), chars.next()), (Some(c), None) if is_kana(c) || c.is_ascii_alphabetic())
    }

    /// What a key has to begin with at that place to be meant.
    pub fn beginnings(&self, script: Script, place: Place) -> Vec<String> {
        match script {
            Script::Name => vec![self.name.clone()],
            Script::Kana => self.kana.iter().flat_map(|kana| spellings(kana, place)).collect(),
        }
    }

    /// Whether one of a person's keys has it.
    pub fn is_in(&self, name: &Key, kana: &Key) -> bool {
        self.is_in_one(Script::Name, name) || self.is_in_one(Script::Kana, kana)
    }

    fn is_in_one(&self, script: Script, key: &Key) -> bool {
        let begins = |place: Place, text: &str| self.beginnings(script, place).iter().any(|b| text.starts_with(&**b));
        if begins(Place::Start, &key.whole()) || key.words().iter().any(|word| begins(Place::Later, word)) {
            return true;
        }
        let whole = key.whole();
        !self.begins_only() && self.beginnings(script, Place::Inside).iter().any(|b| whole.contains(&**b))
    }
}

/// How a reading may be spelled where it stands: behind another kana う and え may be the end of a long vowel, and ヴ
/// waits for its vowel.
fn spellings(kana: &str, place: Place) -> Vec<String> {
    let mut all = vec![kana.to_owned()];
    if place == Place::Inside {
        let other = match kana.chars().next() {
            Some('う') => Some('お'),
            Some('え') => Some('い'),
            _ => None,
        };
        if let Some(other) = other {
            all.push(format!("{other}{}", kana.chars().skip(1).collect::<String>()));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(typed: &str, name: &str, kana: &str) -> bool {
        Word::of(typed).is_some_and(|word| word.is_in(&Key::of_name(name), &Key::of_kana(kana)))
    }

    #[test]
    fn a_word_is_found_in_name_and_reading() {
        for typed in
            ["高崎", "髙﨑", "美穂", "崎美", "たか", "ﾀｶｻｷ", "みほ", "さきみ", "takasaki", "MIHO", "た", "み", "穂"]
        {
            assert!(finds(typed, "髙﨑 美穂", "たかさき みほ"), "{typed}");
        }
        for typed in ["さ", "高橋", "だか", "ほ", "takahashi"] {
            assert!(!finds(typed, "髙﨑 美穂", "たかさき みほ"), "{typed}");
        }
        assert!(Word::of("・ー \u{0}").is_none());
    }

    #[test]
    fn the_end_of_a_long_vowel_is_found_where_it_stands() {
        for typed in ["うた", "おた", "こうた", "コータ"] {
            assert!(finds(typed, "", "やまだ こうた"), "{typed}");
        }
    }
}
