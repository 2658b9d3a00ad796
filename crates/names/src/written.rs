//! Written names: 異体字 and ways of typing that mean the same name.

use unicode_normalization::UnicodeNormalization;

use super::kana::{fold_kana, settled};
use super::variants::base_form;

/// The key of a written name: compatibility forms and variation selectors dropped, 異体字 as their common form,
/// 々 written out, kana by sound, Latin letters small and without accents, no spaces or dots.
pub fn fold_name(text: &str) -> String {
    let mut kanji = String::with_capacity(text.len());
    let mut last = '\0';
    for c in settled(text).nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc() {
        let c = match c {
            '々' | '〻' | '仝' if last != '\0' => last,
            'ß' => {
                kanji.push('s');
                's'
            }
            'ø' => 'o',
            'đ' | 'ð' => 'd',
            'ł' => 'l',
            'ı' => 'i',
            c => base_form(c),
        };
        kanji.push(c);
        last = c;
    }
    fold_kana(&kanji)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_written_many_ways() {
        for group in [
            &["高崎", "髙﨑", "髙崎", "高 﨑", "高　嵜"][..],
            &["吉田", "𠮷田"],
            &["渡辺", "渡邉", "渡邊", "渡邉\u{e0101}"],
            &["斉藤", "斎藤", "齋藤", "齊藤"],
            &["沢田", "澤田"],
            &["浜口", "濱口", "濵口"],
            &["徳永", "德永"],
            &["葛飾", "葛\u{e0100}飾"],
            &["佐々木", "佐佐木"],
            &["神谷", "\u{fa19}谷"],
            &["国広", "國廣"],
            &["真理子", "眞理子"],
            &["Müller Ana", "MULLER  ANA", "ｍｕｌｌｅｒ　ａｎａ", "Muller-Ana"],
            &["Nguyễn Thị Đào", "NGUYEN THI DAO"],
            &["ユリ", "ゆり", "ﾕﾘ"],
        ] {
            for name in group {
                assert_eq!(fold_name(name), fold_name(group[0]), "{name}");
            }
        }
    }

    #[test]
    fn different_names_stay_apart_and_gaiji_stay() {
        assert_ne!(fold_name("太田"), fold_name("大田"));
        assert_ne!(fold_name("がく"), fold_name("かく"));
        assert_eq!(fold_name("\u{e001}田"), "\u{e001}田");
        assert_eq!(fold_name(""), "");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for name in ["髙﨑　ゆーこ", "Nguyễn", "佐々木", "ヴィ", "齋藤ヱイ"] {
            assert_eq!(fold_name(&fold_name(name)), fold_name(name));
        }
    }
}
