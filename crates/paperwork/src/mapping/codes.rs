//! Code tables: what a cell may hold and what it means.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// A table from the values of a cell to their meaning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Codes<T> {
    by_key: BTreeMap<String, T>,
    /// The values as the mapping writes them, for messages.
    words: Vec<String>,
}

impl<T> Default for Codes<T> {
    fn default() -> Codes<T> {
        Codes { by_key: BTreeMap::new(), words: Vec::new() }
    }
}

impl<T: Clone + PartialEq> Codes<T> {
    /// Adds a value. `Err` with the value if it already means something else.
    pub fn add(&mut self, value: &str, meaning: T) -> Result<(), String> {
        match self.by_key.insert(code_key(value), meaning.clone()) {
            Some(before) if before != meaning => Err(value.to_owned()),
            Some(_) => Ok(()),
            None => {
                self.words.push(value.to_owned());
                Ok(())
            }
        }
    }

    pub fn get(&self, cell: &str) -> Option<&T> {
        self.by_key.get(&code_key(cell))
    }

    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// `「1」「男」…` for a message: at most twelve of the accepted values and how many more there are.
    pub fn accepted(&self) -> String {
        let quoted = |w: &String| {
            if w.is_empty() { "空欄".to_owned() } else { format!("「{w}」") }
        };
        let shown: String = self.words.iter().take(12).map(quoted).collect();
        match self.words.len().saturating_sub(12) {
            0 => format!("{shown}のどれか"),
            more => format!("{shown}など（ほか{more}種）のどれか"),
        }
    }
}

/// Values are compared without regard to width, spaces, letter case and leading zeros (`01`, `１`, `1` are one code: a
/// spreadsheet drops zeros).
pub fn code_key(value: &str) -> String {
    let key: String = value.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    if key.len() > 1 && key.bytes().all(|b| b.is_ascii_digit()) {
        let bare = key.trim_start_matches('0');
        return if bare.is_empty() { "0".into() } else { bare.into() };
    }
    key
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_code_in_its_spellings() {
        for (a, b) in [("01", "1"), ("１", "1"), ("00", "0"), (" 男 ", "男"), ("m", "M")] {
            assert_eq!(code_key(a), code_key(b));
        }
        assert_ne!(code_key("10"), code_key("1"));
        assert_eq!(code_key(""), "");
    }

    #[test]
    fn a_value_has_one_meaning() {
        let mut codes = Codes::default();
        codes.add("1", true).unwrap();
        codes.add("01", true).unwrap();
        assert_eq!(codes.add("１", false), Err("１".into()));
        assert_eq!(codes.accepted(), "「1」のどれか");
    }
}
