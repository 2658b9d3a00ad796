//! A name as the words it is made of, and the places where somebody may begin to search for it.

use super::{
    kana::{fold_kana, is_separator},
    written::fold_name,
};

/// A name or a reading, each of its words folded. Kept as one text with a space between words.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Key {
    words: Vec<String>,
}

/// Where in a name something begins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// The whole first word, the 氏.
    First,
    /// The name from its beginning, without spaces.
    Start,
    /// A later word: 名, a middle name.
    Later,
    /// Inside a word.
    Inside,
}

/// Characters of a name that are kept: an index holds no longer keys, and no name is as long.
const MOST: usize = 120;
/// Characters of a name inside which something may begin.
const INSIDE: usize = 60;

impl Key {
    /// The key of a name as written.
    pub fn of_name(text: &str) -> Key {
        Key::of(text, fold_name)
    }

    /// The key of a reading.
    pub fn of_kana(text: &str) -> Key {
        Key::of(text, fold_kana)
    }

    fn of(text: &str, fold: fn(&str) -> String) -> Key {
        let mut left = MOST;
        let words = text.split(is_separator).map(fold).filter(|word| !word.is_empty()).map_while(|word| {
            let word: String = word.chars().take(left).collect();
            left -= word.chars().count();
            (!word.is_empty()).then_some(word)
        });
        Key { words: words.collect() }
    }

    /// As [`Key::text`] gave it.
    pub fn from_text(text: &str) -> Key {
        Key { words: text.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect() }
    }

    pub fn text(&self) -> String {
        self.words.join(" ")
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Without spaces, and folded as one: a long vowel may lie where words meet (さとう うみ is typed さとううみ).
    pub fn whole(&self) -> String {
        fold_kana(&self.words.concat())
    }

    /// The same words in another order.
    pub fn same_words(&self, other: &Key) -> bool {
        let sorted = |key: &Key| {
            let mut words = key.words.clone();
            words.sort();
            words
        };
        sorted(self) == sorted(other)
    }

    /// Everything of the name that a search may begin with, from there to the name's end. A name of one word has no
    /// first word of its own.
    pub fn pieces(&self) -> Vec<(Place, String)> {
        let whole = self.whole();
        let mut pieces = Vec::with_capacity(whole.chars().count() + 2);
        if let [first, _, ..] = &*self.words {
            pieces.push((Place::First, first.clone()));
        }
        for at in 1..self.words.len() {
            pieces.push((Place::Later, fold_kana(&self.words[at..].concat())));
        }
        let later = pieces.len();
        for (at, _) in whole.char_indices().take(INSIDE).skip(1) {
            let rest = &whole[at..];
            if !pieces[..later].iter().any(|(place, piece)| *place == Place::Later && piece == rest) {
                pieces.push((Place::Inside, rest.to_owned()));
            }
        }
        if !whole.is_empty() {
            pieces.push((Place::Start, whole));
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_from_each_of_its_characters() {
        let pieces = Key::of_name("髙﨑　美穂").pieces();
        let of =
            |wanted: Place| pieces.iter().filter(|(p, _)| *p == wanted).map(|(_, t)| t.as_str()).collect::<Vec<_>>();
        assert_eq!(of(Place::First), ["高崎"]);
        assert_eq!(of(Place::Start), ["高崎美穂"]);
        assert_eq!(of(Place::Later), ["美穂"]);
        assert_eq!(of(Place::Inside), ["崎美穂", "穂"]);
    }

    #[test]
    fn a_long_vowel_where_words_meet_hides_nobody() {
        let key = Key::of_kana("さとう うみ");
        assert_eq!(key.words(), ["さとお", "うみ"]);
        assert_eq!(key.whole(), fold_kana("さとううみ"));
        assert!(key.pieces().contains(&(Place::Later, String::from("うみ"))));
    }

    #[test]
    fn words_are_kept_as_text() {
        let key = Key::of_name("グエン・ティ・ラン");
        assert_eq!(key.words(), ["ぐえん", "てい", "らん"]);
        assert_eq!(Key::from_text(&key.text()), key);
        assert!(Key::of_name("ラン グエン ティ").same_words(&key));
        assert_eq!(Key::of_name("　・ \u{0}").words(), [""; 0]);
        assert_eq!(Key::of_name(&"あ".repeat(500)).whole().chars().count(), MOST);
    }
}
