//! CP932 (windows-31j) both ways, with the traps of the characters that look alike.

use encoding_rs::SHIFT_JIS;

/// The user-defined rows F040–F9FC are U+E000–U+E757 on every windows-31j machine.
const GAIJI_LAST: u32 = 0xe757;
const GAIJI_PER_ROW: u32 = 188;

/// All of `bytes` as text; `None` if a sequence is broken or unassigned.
pub fn decode_cp932(bytes: &[u8]) -> Option<String> {
    SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
}

/// The character CP932 has for one that it lacks but that every Japanese keyboard types: wave dash, double bar, dashes,
/// minus, currency signs. (JIS X 0208 as Unicode maps it differs here from windows-31j as Unicode maps it.)
pub fn nearest_in_cp932(c: char) -> char {
    match c {
        '〜' => '～',
        '‖' => '∥',
        '—' => '―',
        '−' => '－',
        '¢' => '￠',
        '£' => '￡',
        '¬' => '￢',
        '¦' => '￤',
        '¥' => '￥',
        '‾' => '￣',
        c => c,
    }
}

/// `text` in CP932; what cannot be written is returned, each character once, in order of appearance. Nothing is ever
/// replaced by `?` or an HTML reference. Variation selectors cannot be written either and are named too.
pub fn encode_cp932(text: &str) -> Result<Vec<u8>, Vec<char>> {
    let mut out = Vec::with_capacity(text.len());
    let mut missing = Vec::new();
    for c in text.chars() {
        let c = nearest_in_cp932(c);
        if !encode_char(c, &mut out) && !missing.contains(&c) {
            missing.push(c);
        }
    }
    if missing.is_empty() { Ok(out) } else { Err(missing) }
}

/// Appends one character; `false` if CP932 has none.
pub(crate) fn encode_char(c: char, out: &mut Vec<u8>) -> bool {
    match u32::from(c) {
        code @ 0..=0x7f => out.push(code as u8),
        code @ 0xe000..=GAIJI_LAST => {
            let (row, cell) = ((code - 0xe000) / GAIJI_PER_ROW, (code - 0xe000) % GAIJI_PER_ROW);
            let trail = if cell < 63 { 0x40 + cell } else { 0x41 + cell };
            out.extend([(0xf0 + row) as u8, trail as u8]);
        }
        0x80..=0xa0 => return false,
        _ => {
            let mut utf8 = [0; 4];
            let (bytes, _, failed) = SHIFT_JIS.encode(c.encode_utf8(&mut utf8));
            if failed {
                return false;
            }
            out.extend_from_slice(&bytes);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn extensions_of_nec_and_ibm_go_both_ways() {
        for text in ["髙﨑①㈱№℡", "纊褜鍈銈蓜俉", "ﾔﾏﾀﾞ", "ソ表十能予", "～∥－￥", "\u{e000}\u{e0bb}\u{e757}"]
        {
            assert_eq!(decode_cp932(&encode_cp932(text).unwrap()).unwrap(), text);
        }
    }

    #[test]
    fn every_gaiji_keeps_its_code() {
        for code in 0xe000..=GAIJI_LAST {
            let c = char::from_u32(code).unwrap();
            let bytes = encode_cp932(&c.to_string()).unwrap();
            assert!((0xf0..=0xf9).contains(&bytes[0]));
            assert_eq!(decode_cp932(&bytes).unwrap(), c.to_string());
        }
        assert_eq!(encode_cp932("\u{e000}").unwrap(), [0xf0, 0x40]);
        assert_eq!(encode_cp932("\u{e757}").unwrap(), [0xf9, 0xfc]);
    }

    #[test]
    fn look_alikes_are_written_as_windows_has_them() {
        assert_eq!(decode_cp932(&encode_cp932("〜‖—−¥").unwrap()).unwrap(), "～∥―－￥");
    }

    #[test]
    fn what_is_lacking_is_named_and_never_replaced() {
        assert_eq!(encode_cp932("𠮷田𠮷é葛\u{e0100}"), Err(vec!['𠮷', 'é', '\u{e0100}']));
        assert_eq!(encode_cp932("\u{80}"), Err(vec!['\u{80}']));
    }
}
