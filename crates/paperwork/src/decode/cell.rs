//! One cell as text, or the exact place where it breaks.

use encoding_rs::{DecoderResult, SHIFT_JIS};

use super::Encoding;

/// A decoded cell. Nothing was folded or trimmed: variation sequences, characters beyond the BMP and gaiji are as received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    pub text: String,
    /// Private-use characters (外字) in it: kept, and said in a note, because only this city's font can draw them.
    pub gaiji: Vec<char>,
}

/// Where and how a cell is not text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadText {
    /// The part that could be read, with a sign where it broke.
    pub read: String,
    pub expected: String,
}

/// Decodes one cell.
pub fn decode_cell(bytes: &[u8], encoding: Encoding) -> Result<Text, BadText> {
    let text = match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => utf8(bytes)?,
        Encoding::Cp932 => cp932(bytes)?,
    };
    for (at, c) in text.chars().enumerate() {
        if let Some(what) = forbidden(c) {
            let expected = format!("{what}のない文字（{}文字目にあります）", at + 1);
            return Err(BadText { read: text, expected });
        }
    }
    let mut gaiji: Vec<char> = Vec::new();
    for c in text.chars().filter(|c| is_private_use(*c)) {
        if !gaiji.contains(&c) {
            gaiji.push(c);
        }
    }
    Ok(Text { text, gaiji })
}

fn is_private_use(c: char) -> bool {
    matches!(u32::from(c), 0xe000..=0xf8ff | 0xf_0000..=0xf_fffd | 0x10_0000..=0x10_fffd)
}

/// Characters that no register holds and that would lie on a screen. Line breaks and tabs are judged per field.
fn forbidden(c: char) -> Option<&'static str> {
    match c {
        '\0' => Some("NUL（0x00）"),
        '\n' | '\r' | '\t' => None,
        '\u{fffd}' => Some("文字化けの印（�、元の文字は失われています）"),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some("文字の並びを逆にする制御文字"),
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => Some("制御文字"),
        _ => None,
    }
}

fn utf8(bytes: &[u8]) -> Result<String, BadText> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(e) => {
            let good = String::from_utf8_lossy(&bytes[..e.valid_up_to()]).into_owned();
            let until = e.error_len().map_or(bytes.len(), |n| e.valid_up_to() + n);
            Err(broken(good, &bytes[e.valid_up_to()..until], "UTF-8"))
        }
    }
}

fn cp932(bytes: &[u8]) -> Result<String, BadText> {
    if bytes.is_ascii() {
        return Ok(bytes.iter().map(|b| char::from(*b)).collect());
    }
    // Rows pasted from another export: read as CP932 they become 縺ゅ→ and would be stored as somebody's name.
    if let Ok(text) = std::str::from_utf8(bytes)
        && text.chars().filter(|c| ('\u{3000}'..='\u{9fff}').contains(c)).count() >= 2
    {
        let expected = "シフトJIS（CP932）の文字（この欄だけUTF-8で書かれています）".into();
        return Err(BadText { read: text.to_owned(), expected });
    }
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
    let mut out = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut out, true) {
        (DecoderResult::InputEmpty | DecoderResult::OutputFull, _) => Ok(out),
        (DecoderResult::Malformed(length, extra), read) => {
            let end = read.saturating_sub(usize::from(extra));
            let start = end.saturating_sub(usize::from(length));
            Err(broken(out, &bytes[start..end], "シフトJIS（CP932）"))
        }
    }
}

fn broken(good: String, bytes: &[u8], encoding: &str) -> BadText {
    let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02X}")).collect();
    let place = good.chars().count() + 1;
    let expected = format!("{encoding}として読める文字（{place}文字目のバイト {} が読めません）", hex.join(" "));
    // Only the end of what could be read: the break must stay visible when the message is shortened.
    let tail: String = good.chars().skip(place.saturating_sub(20)).collect();
    BadText { read: format!("{tail}�"), expected }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::decode::encode_cp932;

    #[test]
    fn text_stays_as_received() {
        for text in ["𠮷田", "葛\u{e0100}飾", "Müller Ana", "が", ""] {
            assert_eq!(decode_cell(text.as_bytes(), Encoding::Utf8).unwrap().text, text);
        }
        let bytes = encode_cp932("髙\u{e001}橋\u{e001}").unwrap();
        let text = decode_cell(&bytes, Encoding::Cp932).unwrap();
        assert_eq!((text.text.as_str(), text.gaiji), ("髙\u{e001}橋\u{e001}", vec!['\u{e001}']));
    }

    #[test]
    fn breaks_are_named_with_place_and_bytes() {
        let bad = decode_cell(b"\x8eR\x93", Encoding::Cp932).unwrap_err();
        assert!(bad.expected.contains("2文字目のバイト 93"), "{bad:?}");
        assert_eq!(bad.read, "山�");
        let bad = decode_cell(b"\xe5\xb1\xb1\xe7\x94", Encoding::Utf8).unwrap_err();
        assert!(bad.expected.contains("2文字目のバイト E7 94"), "{bad:?}");
        let bad = decode_cell("山\0田".as_bytes(), Encoding::Utf8).unwrap_err();
        assert!(bad.expected.contains("NUL") && bad.expected.contains("2文字目"));
        assert!(decode_cell("�".as_bytes(), Encoding::Utf8).is_err());
        assert!(decode_cell("a\u{202e}b".as_bytes(), Encoding::Utf8).is_err());
    }

    #[test]
    fn a_utf8_cell_in_a_cp932_file_is_not_taken_for_a_name() {
        let bad = decode_cell("山田花子".as_bytes(), Encoding::Cp932).unwrap_err();
        assert_eq!(bad.read, "山田花子");
        assert_eq!(decode_cell("ﾃｱ".as_bytes(), Encoding::Utf8).unwrap().text, "ﾃｱ");
        assert_eq!(decode_cell(&[0xc3, 0xb1], Encoding::Cp932).unwrap().text, "ﾃｱ");
    }
}
