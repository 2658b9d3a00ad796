//! Kana: one script (hiragana), then one spelling per sound.

use unicode_normalization::UnicodeNormalization;

/// Half-width and full-width katakana as hiragana, spaces as one ideographic space. Spelling stays (ゃ, っ, ー, づ), so
/// this may stand as ふりがな.
pub fn to_hiragana(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in long_marks(text.trim()).nfkc() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) {
            out.push('\u{3000}');
        }
        out.push(hiragana(c));
    }
    out
}

/// The key of a reading: hiragana without spaces, marks and small forms, long vowels in one spelling
/// (ユーコ, ゆうこ and ゆうｺ are one; おおの, オーノ and おうの are one).
pub fn fold_kana(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut last, mut raw) = ('\0', '\0');
    for c in settled(text) {
        let as_hiragana = hiragana(c);
        let c = match as_hiragana {
            // A voicing mark that found no kana to join.
            '\u{3099}' | '\u{309a}' => continue,
            'ー' => match vowel_of(last) {
                Some('え') => 'い',
                Some(vowel) => vowel,
                None => continue,
            },
            'ゝ' | 'ゞ' if last != '\0' => last,
            c => match (raw, c) {
                ('ゔ', 'ぁ' | 'ぃ' | 'ぇ' | 'ぉ') => {
                    out.pop();
                    bilabial(c)
                }
                _ => sound(c),
            },
        };
        raw = as_hiragana;
        let c = match (c, vowel_of(last)) {
            ('う', Some('お')) => 'お',
            ('え', Some('え')) => 'い',
            (c, _) => c,
        };
        out.push(c);
        last = c;
    }
    out
}

/// Compatibility forms, letter case and everything between or inside letters that is not one, out of the way.
pub(super) fn settled(text: &str) -> impl Iterator<Item = char> {
    let joining = |c| match c {
        '゛' => '\u{3099}',
        '゜' => '\u{309a}',
        c => c,
    };
    let bare = |c: &char| !is_separator(*c) && !is_invisible(*c);
    long_marks(text).map(joining).nfkc().filter(bare).flat_map(char::to_lowercase).nfkc()
}

/// Dashes that stand for a long vowel: any but the plain one behind kana, also the plain one behind half-width kana,
/// where old systems have no other (ｵ-ﾉ).
fn long_marks(text: &str) -> impl Iterator<Item = char> {
    let mut last = '\0';
    text.chars().map(move |c| {
        let long = match c {
            '－' | '−' | '―' | '─' | '–' | '—' => is_kana(last),
            '-' => is_half_width(last),
            _ => false,
        };
        last = if long && is_half_width(last) {
            'ｰ'
        } else if long {
            'ー'
        } else {
            c
        };
        if long { 'ー' } else { c }
    })
}

fn is_half_width(c: char) -> bool {
    matches!(c, '\u{ff66}'..='\u{ff9f}')
}

/// Kana of any width, with what belongs to it.
pub fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{3099}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}')
        || is_half_width(c)
}

fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        'ヷ' => 'わ',
        'ヸ' => 'い',
        'ヹ' => 'え',
        'ヺ' => 'お',
        'ヽ' => 'ゝ',
        'ヾ' => 'ゞ',
        c => c,
    }
}

/// Between the parts of a name, or in place of them.
pub(super) fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '・' | '･' | '·' | '-' | '－' | '‐' | '‑' | '–' | '—' | '―' | '─' | '−' | '=' | '＝' | '゠')
        || matches!(c, ',' | '，' | '、' | '.' | '\'' | '’' | '(' | ')' | '（' | '）' | '「' | '」')
}

/// Variation selectors, joiners and marks that nobody types.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180d}'
        | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Small kana as large ones, and kana of one sound as one.
fn sound(c: char) -> char {
    match c {
        'ぁ' => 'あ',
        'ぃ' | 'ゐ' => 'い',
        'ぅ' => 'う',
        'ぇ' | 'ゑ' => 'え',
        'ぉ' | 'を' => 'お',
        'ゕ' => 'か',
        'ゖ' => 'け',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ぢ' => 'じ',
        'づ' => 'ず',
        'ゔ' => 'ぶ',
        c => c,
    }
}

/// ヴァ is written バ as often.
fn bilabial(small: char) -> char {
    match small {
        'ぁ' => 'ば',
        'ぃ' => 'び',
        'ぇ' => 'べ',
        _ => 'ぼ',
    }
}

/// The vowel a hiragana ends on.
pub(crate) fn vowel_of(c: char) -> Option<char> {
    const ROWS: [(char, &str); 5] = [
        ('あ', "あかさたなはまやらわがざだばぱ"),
        ('い', "いきしちにひみりぎじぢびぴ"),
        ('う', "うくすつぬふむゆるぐずづぶぷ"),
        ('え', "えけせてねへめれげぜでべぺ"),
        ('お', "おこそとのほもよろごぞどぼぽ"),
    ];
    ROWS.iter().find(|(_, row)| row.contains(c)).map(|(vowel, _)| *vowel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_shown_in_hiragana_with_its_spelling() {
        assert_eq!(to_hiragana("ﾔﾏﾀﾞ ﾊﾅｺ"), "やまだ\u{3000}はなこ");
        assert_eq!(to_hiragana(" ヴィクトリア　ジェーン "), "ゔぃくとりあ\u{3000}じぇーん");
        assert_eq!(to_hiragana("きょうこ"), "きょうこ");
    }

    #[test]
    fn one_sound_is_one_key() {
        for group in [
            &["ユーコ", "ゆうこ", "ﾕｳｺ", "ゆ う こ"][..],
            &["おおの", "オーノ", "おうの"],
            &["きょうこ", "キヨウコ", "きょーこ", "キョオコ"],
            &["けいた", "ケータ", "けえた"],
            &["みづき", "ミズキ"],
            &["かおる", "カヲル"],
            &["ヴァレリー", "ばれりい", "バレリイ"],
            &["さーら", "サアラ"],
            &["ジョン・スミス", "じよんすみす", "ｼﾞｮﾝ ｽﾐｽ"],
        ] {
            for name in group {
                assert_eq!(fold_kana(name), fold_kana(group[0]), "{name} and {}", group[0]);
            }
        }
        assert_ne!(fold_kana("はなこ"), fold_kana("ばなこ"));
        assert_ne!(fold_kana("ゆき"), fold_kana("ゆうき"));
    }
}
