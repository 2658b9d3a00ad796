//! Numbers as people type them: full width, with hyphens of any kind, with or without leading zeros.

use unicode_normalization::UnicodeNormalization;

/// A domestic number has 10 or 11 digits, an international one up to 15.
const PHONE: std::ops::RangeInclusive<usize> = 9..=15;

/// The key of a 宛名番号 or the like: letters small, nothing but letters and digits, no leading zeros.
pub fn number_key(text: &str) -> String {
    let bare: String = text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(40).collect();
    let short = bare.trim_start_matches('0');
    // A number of zeros only is one all the same.
    if short.is_empty() && !bare.is_empty() { String::from("0") } else { short.to_owned() }
}

/// The keys of the phone numbers in a field: their digits from the last to the first, so that a number's end is the
/// beginning of its key. Several numbers may stand in a field, with words between.
pub fn phone_keys(text: &str) -> Vec<String> {
    let folded: String = text.nfkc().take(200).collect();
    let mut keys: Vec<String> = Vec::new();
    for piece in folded.split(|c: char| is_between(c)) {
        let whole = domestic(piece);
        if PHONE.contains(&whole.len()) {
            keys.push(whole.chars().rev().collect());
            continue;
        }
        // Two numbers with only a space between.
        let parts = piece.split_whitespace().map(domestic).filter(|digits| PHONE.contains(&digits.len()));
        keys.extend(parts.map(|digits| digits.chars().rev().collect::<String>()));
    }
    keys.sort();
    keys.dedup();
    keys
}

/// The beginning of the keys of phone numbers that end on what was typed; `None` if it is no such thing: something else
/// than digits and what stands between them, or fewer than four digits.
pub fn phone_tail(typed: &str) -> Option<String> {
    let folded: String = typed.nfkc().take(60).collect();
    if folded.chars().any(is_between) {
        return None;
    }
    let digits = domestic(&folded);
    (4..=*PHONE.end()).contains(&digits.len()).then(|| digits.chars().rev().collect())
}

/// Ends a number: words, and marks that stand between numbers.
fn is_between(c: char) -> bool {
    c.is_alphabetic() && !matches!(c, 'ー') || matches!(c, '/' | ',' | '、' | '，' | ';' | '\n' | '|')
}

/// Digits as dialled inside the country.
fn domestic(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("81") {
        Some(rest) if text.trim_start().starts_with('+') => format!("0{}", rest.trim_start_matches('0')),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_typed() {
        for typed in ["42", "0042", "００４２", " 0000042 ", "42-"] {
            assert_eq!(number_key(typed), "42", "{typed}");
        }
        assert_eq!(number_key("A-001"), "a001");
        assert_eq!(number_key("000"), "0");
        assert_eq!(number_key("　"), "");
    }

    #[test]
    fn phones_are_digits_from_the_end() {
        for field in [
            "080-5550-0100",
            "080 5550 0100",
            "(080)5550-0100",
            "０８０ー５５５０ー０１００",
            "08055500100",
            "+81 80-5550-0100",
        ] {
            assert_eq!(phone_keys(field), ["00100555080"], "{field}");
        }
        let two = vec!["00100555080".to_owned(), "7654321030".to_owned()];
        for field in ["080-5550-0100、0301234567", "080-5550-0100（母） 030-123-4567（父）", "08055500100 0301234567"]
        {
            assert_eq!(phone_keys(field), two, "{field}");
        }
        for nothing in ["", "なし", "110", "内線 4321"] {
            assert!(phone_keys(nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn the_end_of_a_phone_number_finds_it() {
        for typed in ["0100", "5550-0100", "５５５０－０１００", "080-5550-0100", "08055500100", "+818055500100"]
        {
            let tail = phone_tail(typed).unwrap_or_default();
            assert!(!tail.is_empty() && "00100555080".starts_with(&tail), "{typed}");
        }
        for typed in ["100", "", "高崎0100", "0100/0200"] {
            assert_eq!(phone_tail(typed), None, "{typed}");
        }
    }
}
