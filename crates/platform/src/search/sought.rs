//! What somebody typed to find a person: a number, a day of birth, words of a name, or several of them.

use names::{Word, fold_kana, number_key, phone_tail};
use rules::{Day, Span, wareki};

/// A search, read. Empty: everybody.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sought {
    /// Words of the name; all of them are needed.
    pub words: Vec<Word>,
    /// The words run together, as they stand and turned round: 氏名 without a space, 名氏.
    pub joined: Vec<Word>,
    pub digits: Option<Digits>,
    pub birth: Option<Span>,
    /// Something was typed, but nothing is left of it that anybody could be found by.
    pub nothing: bool,
    /// More was typed than is read: [`LONGEST`].
    pub cut: bool,
}

/// Digits that may be a 宛名番号 or (the end of) a phone number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Digits {
    pub number: String,
    pub phone: Option<String>,
}

/// Characters of a search that are read.
pub const LONGEST: usize = 100;
/// Words of a search that are read.
const WORDS: usize = 8;

impl Sought {
    pub fn read(typed: &str, today: Day) -> Sought {
        let bare = |c: char| if c.is_control() || c == '\u{3000}' { ' ' } else { c };
        let text: String = typed.trim().chars().take(LONGEST).map(bare).collect();
        let mut sought = Sought { cut: typed.trim().chars().count() > LONGEST, ..Sought::default() };
        if text.trim().is_empty() {
            sought.nothing = !typed.trim().is_empty();
            return sought;
        }
        if let Some(digits) = Digits::of(&text) {
            sought.birth = birth(&text, today);
            sought.digits = Some(digits);
            return sought;
        }
        if let Some(day) = birth(&text, today) {
            sought.birth = Some(day);
            return sought;
        }
        let mut names = Vec::new();
        for word in text.split_whitespace() {
            if names.len() == WORDS {
                sought.cut = true;
                break;
            }
            match (birth(word, today), Digits::of(word)) {
                (Some(day), _) if sought.birth.is_none() => sought.birth = Some(day),
                (_, Some(digits)) if sought.digits.is_none() => sought.digits = Some(digits),
                _ => names.push(word),
            }
        }
        sought.words = names.iter().filter_map(|word| Word::of(word)).collect();
        if names.len() > 1 {
            let turned: Vec<&str> = names.iter().rev().copied().collect();
            sought.joined = [names.concat(), turned.concat()].iter().filter_map(|text| Word::of(text)).collect();
        }
        sought.nothing = sought.words.is_empty() && sought.birth.is_none() && sought.digits.is_none();
        sought
    }

    /// Nothing was typed.
    pub fn is_everybody(&self) -> bool {
        !self.nothing && self.words.is_empty() && self.birth.is_none() && self.digits.is_none()
    }
}

impl Digits {
    /// `None` if it is no number: letters of a name in it, a sign of an era, no digit.
    fn of(text: &str) -> Option<Digits> {
        let number = number_key(text);
        let latin = text.chars().any(|c| c.is_alphabetic() && !matches!(c, 'ー' | 'ｰ'));
        let plain = number.chars().all(|c| c.is_ascii_digit() || c == 'ー');
        let mixed = number.is_ascii() && number.chars().any(|c| c.is_ascii_digit());
        let read = !number.is_empty() && if latin { mixed && !looks_like_a_date(text) } else { plain };
        read.then(|| Digits { number: number.replace('ー', ""), phone: phone_tail(text) })
    }
}

/// R5.9.12 is a date before it is a number.
fn looks_like_a_date(text: &str) -> bool {
    let folded = fold_kana(text);
    let mut chars = folded.chars();
    matches!(chars.next(), Some('r' | 'h' | 's' | 't' | 'm')) && chars.next().is_some_and(|c| c.is_ascii_digit())
}

/// A day (or month, or year) of birth. A month and day without a year, 「きょう」 and the like are none.
fn birth(text: &str, today: Day) -> Option<Span> {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let bare = text.chars().all(|c| c.is_numeric() || !c.is_alphanumeric());
    if digits == 0 || bare && digits < 6 || text.trim_start().starts_with(['+', '-', '＋', '−', '－']) {
        return None;
    }
    // Read on two days: what depends on the day names no birth.
    let (one, other) = (wareki::parse(text, today).ok()?, wareki::parse(text, today.plus(-200)).ok()?);
    (one == other).then_some(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Sought {
        Sought::read(text, Day(20_781))
    }

    #[test]
    fn dates_numbers_and_names_are_told_apart() {
        for (typed, words, birth, digits) in [
            ("高崎", 1, false, false),
            ("高崎　湊", 2, false, false),
            ("高崎 R5.9.12", 1, true, false),
            ("ﾀｶｻｷ 令和5年9月12日", 1, true, false),
            ("R5.9.12", 0, true, false),
            ("令和5年 9月 12日", 0, true, false),
            ("Ｒ５．９．１２", 0, true, false),
            ("2023-09-12", 0, true, true),
            ("20230912", 0, true, true),
            ("080-5550-0100", 0, false, true),
            ("０８０－５５５０－０１００", 0, false, true),
            ("０８０ー５５５０ー０１００", 0, false, true),
            ("080 5550 0100", 0, false, true),
            ("0042", 0, false, true),
            ("A001", 0, false, true),
            ("高崎 0042", 1, false, true),
            ("11/24", 0, false, true),
            ("NGUYEN THI LAN", 3, false, false),
            ("きょう", 1, false, false),
            ("火", 1, false, false),
        ] {
            let sought = read(typed);
            let told = (sought.words.len(), sought.birth.is_some(), sought.digits.is_some());
            assert_eq!(told, (words, birth, digits), "{typed}");
            assert!(!sought.nothing, "{typed}");
        }
    }

    #[test]
    fn hostile_terms_are_nothing_or_names() {
        assert!(read("").is_everybody() && read(" 　\n").is_everybody());
        for typed in ["\u{0}", "・・", "--", "()", "\u{fe0f}", "゛"] {
            assert!(read(typed).nothing && !read(typed).is_everybody(), "{typed:?}");
        }
        for typed in ["%", "_", "%%", "'; drop table person; --", "\"", "\\", "高\u{0}崎"] {
            assert!(!read(typed).is_everybody(), "{typed:?}");
        }
        assert!(read(&"た".repeat(10_000)).cut);
    }
}
