//! A reading typed in Latin letters.

use unicode_normalization::UnicodeNormalization;
use wana_kana::ConvertJapanese;

use super::kana::{fold_kana, vowel_of};

/// The key of a reading typed in romaji (takasaki, Ōno, Ohno, HOMMA); `None` if it is no romaji. Long vowels that romaji
/// leaves out (Yuko for ゆうこ) are not guessed.
pub fn from_romaji(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase).nfc() {
        match c {
            'ā' | 'â' => plain.push_str("aa"),
            'ī' | 'î' => plain.push_str("ii"),
            'ū' | 'û' => plain.push_str("uu"),
            'ē' | 'ê' => plain.push_str("ei"),
            'ō' | 'ô' => plain.push_str("ou"),
            'a'..='z' | '\'' => plain.push(c),
            ' ' | '-' | '.' | ',' => {}
            _ => return None,
        }
    }
    let plain = long_o(&plain).replace("mb", "nb").replace("mp", "np").replace("mm", "nm").replace("tch", "cch");
    let kana = plain.to_hiragana();
    let read = !kana.is_empty() && kana.chars().all(|c| ('ぁ'..='ゖ').contains(&c));
    read.then(|| fold_kana(&kana))
}

/// Passports write おお and おう as OH before a consonant or at the end.
fn long_o(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut last = '\0';
    while let Some(c) = rest.next() {
        let vowel_follows = rest.peek().is_some_and(|next| "aiueoy".contains(*next));
        out.push(if c == 'h' && last == 'o' && !vowel_follows { 'o' } else { c });
        last = c;
    }
    out
}

/// The key of a reading without long vowels: passports leave them out (大野 is ONO, 裕子 is YUKO).
pub fn plain_vowels(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut last = '\0';
    for c in key.chars() {
        let lengthens = matches!(
            (vowel_of(last), c),
            (Some('お'), 'お' | 'う')
                | (Some('う'), 'う')
                | (Some('い'), 'い')
                | (Some('あ'), 'あ')
                | (Some('え'), 'え' | 'い')
        );
        if !lengthens {
            out.push(c);
        }
        last = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn romaji_is_read_as_kana() {
        for (romaji, kana) in [
            ("takasaki", "たかさき"),
            ("TAKASAKI", "たかさき"),
            ("Ｔａｋａｓａｋｉ", "たかさき"),
            ("Ōno", "おおの"),
            ("ohno", "おおの"),
            ("oono", "おおの"),
            ("Satou", "さとう"),
            ("satoh", "さとう"),
            ("homma", "ほんま"),
            ("namba", "なんば"),
            ("shin'ichi", "しんいち"),
            ("junichi", "じゅにち"),
            ("chiyo", "ちよ"),
            ("kyouko", "きょうこ"),
            ("syouta", "しょうた"),
            ("hattori", "はっとり"),
            ("itchi", "いっち"),
            ("tuti", "つち"),
            ("ohara", "おはら"),
        ] {
            assert_eq!(from_romaji(romaji).as_deref(), Some(&*fold_kana(kana)), "{romaji}");
        }
        for other in ["高崎", "mcdonald", "", "x-1"] {
            assert_eq!(from_romaji(other), None, "{other}");
        }
    }
    #[test]
    fn what_a_passport_leaves_out_is_left_out() {
        for (romaji, kana) in [("ONO YUKO", "おおのゆうこ"), ("ohno yuuko", "おおのゆうこ"), ("KEITA", "けいた")]
        {
            assert_eq!(from_romaji(romaji).map(|k| plain_vowels(&k)), Some(plain_vowels(&fold_kana(kana))), "{romaji}");
        }
    }
}
