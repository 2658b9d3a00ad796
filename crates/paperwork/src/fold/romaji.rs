//! Japanese names in Latin letters, as on passports and clinics' papers: ヘボン式 and 訓令式 alike.

use super::kana::fold_kana;

/// The reading of a name in romaji as a key of [`fold_kana`]; `None` if it is not spelled like one.
pub fn fold_romaji(text: &str) -> Option<String> {
    let letters: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ā' | 'â' => 'a',
            'ī' | 'î' => 'i',
            'ū' | 'û' => 'u',
            'ē' | 'ê' => 'e',
            'ō' | 'ô' => 'o',
            '’' => '\'',
            c => c,
        })
        .filter(|c| !matches!(c, ' ' | '　' | '-' | '.' | ','))
        .collect();
    if letters.is_empty() || !letters.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'') {
        return None;
    }
    let mut rest = letters.as_str();
    let mut kana = String::new();
    while !rest.is_empty() {
        // It only parts ん from a vowel: JUN'ICHI.
        if let Some(after) = rest.strip_prefix('\'') {
            rest = after;
            continue;
        }
        let (taken, said) = syllable(rest)?;
        kana.push_str(said);
        rest = rest.get(taken..)?;
    }
    Some(plain_vowels(&fold_kana(&kana)))
}

/// A reading key without long vowels: passports leave them out (大野 is ONO, 裕子 is YUKO).
pub fn plain_vowels(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut last = '\0';
    for c in key.chars() {
        let lengthens = matches!(
            (vowel(last), c),
            (Some('お'), 'お' | 'う')
                | (Some('う'), 'う')
                | (Some('い'), 'い')
                | (Some('あ'), 'あ')
                | (Some('え'), 'え')
        );
        if !lengthens {
            out.push(c);
        }
        last = c;
    }
    out
}

fn vowel(c: char) -> Option<char> {
    super::kana::vowel_of(c)
}

/// The first syllable and how many letters it took.
fn syllable(text: &str) -> Option<(usize, &'static str)> {
    let bytes = text.as_bytes();
    let (first, second) = (*bytes.first()?, bytes.get(1).copied());
    // っ: a doubled consonant, or t before ch. ん: n or m (SHIMBA) before another consonant.
    let doubled = second == Some(first) && !b"aiueon".contains(&first) || text.starts_with("tch");
    if doubled {
        return Some((1, "っ"));
    }
    let before = |consonants: &[u8]| second.is_none_or(|c| consonants.contains(&c));
    if first == b'n' && !second.is_some_and(|c| b"aiueoy".contains(&c)) || first == b'm' && before(b"bmp") {
        return Some((1, "ん"));
    }
    // OHNO: h that only lengthens.
    if first == b'h' && second.is_some_and(|c| !b"aiueoy".contains(&c)) {
        return Some((1, "ー"));
    }
    (1..=3).rev().find_map(|n| {
        let spelled = text.get(..n)?;
        SYLLABLES.iter().find(|(letters, _)| *letters == spelled).map(|(_, kana)| (n, *kana))
    })
}

#[rustfmt::skip]
const SYLLABLES: &[(&str, &str)] = &[
    ("a", "あ"), ("i", "い"), ("u", "う"), ("e", "え"), ("o", "お"),
    ("ka", "か"), ("ki", "き"), ("ku", "く"), ("ke", "け"), ("ko", "こ"),
    ("sa", "さ"), ("si", "し"), ("shi", "し"), ("su", "す"), ("se", "せ"), ("so", "そ"),
    ("ta", "た"), ("ti", "ち"), ("chi", "ち"), ("tu", "つ"), ("tsu", "つ"), ("te", "て"), ("to", "と"),
    ("na", "な"), ("ni", "に"), ("nu", "ぬ"), ("ne", "ね"), ("no", "の"),
    ("ha", "は"), ("hi", "ひ"), ("hu", "ふ"), ("fu", "ふ"), ("he", "へ"), ("ho", "ほ"),
    ("ma", "ま"), ("mi", "み"), ("mu", "む"), ("me", "め"), ("mo", "も"),
    ("ya", "や"), ("yu", "ゆ"), ("yo", "よ"),
    ("ra", "ら"), ("ri", "り"), ("ru", "る"), ("re", "れ"), ("ro", "ろ"), ("wa", "わ"), ("wo", "を"),
    ("ga", "が"), ("gi", "ぎ"), ("gu", "ぐ"), ("ge", "げ"), ("go", "ご"),
    ("za", "ざ"), ("zi", "じ"), ("ji", "じ"), ("zu", "ず"), ("ze", "ぜ"), ("zo", "ぞ"),
    ("da", "だ"), ("di", "ぢ"), ("du", "づ"), ("de", "で"), ("do", "ど"),
    ("ba", "ば"), ("bi", "び"), ("bu", "ぶ"), ("be", "べ"), ("bo", "ぼ"),
    ("pa", "ぱ"), ("pi", "ぴ"), ("pu", "ぷ"), ("pe", "ぺ"), ("po", "ぽ"), ("vu", "ゔ"),
    ("kya", "きゃ"), ("kyu", "きゅ"), ("kyo", "きょ"), ("gya", "ぎゃ"), ("gyu", "ぎゅ"), ("gyo", "ぎょ"),
    ("sya", "しゃ"), ("syu", "しゅ"), ("syo", "しょ"), ("sha", "しゃ"), ("shu", "しゅ"), ("sho", "しょ"),
    ("tya", "ちゃ"), ("tyu", "ちゅ"), ("tyo", "ちょ"), ("cha", "ちゃ"), ("chu", "ちゅ"), ("cho", "ちょ"),
    ("zya", "じゃ"), ("zyu", "じゅ"), ("zyo", "じょ"), ("ja", "じゃ"), ("ju", "じゅ"), ("jo", "じょ"),
    ("jya", "じゃ"), ("jyu", "じゅ"), ("jyo", "じょ"),
    ("nya", "にゃ"), ("nyu", "にゅ"), ("nyo", "にょ"), ("hya", "ひゃ"), ("hyu", "ひゅ"), ("hyo", "ひょ"),
    ("bya", "びゃ"), ("byu", "びゅ"), ("byo", "びょ"), ("pya", "ぴゃ"), ("pyu", "ぴゅ"), ("pyo", "ぴょ"),
    ("mya", "みゃ"), ("myu", "みゅ"), ("myo", "みょ"), ("rya", "りゃ"), ("ryu", "りゅ"), ("ryo", "りょ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn romaji_reads_as_the_kana_it_stands_for() {
        for (romaji, kana) in [
            ("YAMADA Hanako", "やまだはなこ"),
            ("Ohno Yuko", "おおのゆうこ"),
            ("ŌNO", "おおの"),
            ("Shimba", "しんば"),
            ("Hattori", "はっとり"),
            ("Matchi", "まっち"),
            ("JUN'ICHI", "じゅんいち"),
            ("Syouta", "しょうた"),
            ("Shōta", "しょうた"),
            ("Tuda", "つだ"),
        ] {
            assert_eq!(fold_romaji(romaji), Some(plain_vowels(&fold_kana(kana))), "{romaji}");
        }
        for other in ["Nguyễn", "Smith", "", "山田", "X"] {
            assert_eq!(fold_romaji(other), None, "{other}");
        }
    }
}
