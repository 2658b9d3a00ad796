//! The decision on the encoding: one pass over all bytes, in a fixed buffer.

use std::io::{ErrorKind, Read};

use super::{Decision, Encoding};
use crate::FileError;

const CHUNK: usize = 64 * 1024;

/// Files that people pick by mistake, by their first bytes.
const NOT_CSV: [(&[u8], &str); 5] = [
    (b"PK\x03\x04", "Excelブック（xlsx）またはZIPファイル"),
    (b"\xd0\xcf\x11\xe0", "古い形式のExcelブック（xls）"),
    (b"%PDF-", "PDFファイル"),
    (b"\x1f\x8b", "圧縮ファイル（gzip）"),
    (b"{\\rtf", "文書ファイル（RTF）"),
];

/// Reads `source` to its end and decides. The caller rewinds it.
pub fn detect(source: &mut impl Read) -> Result<Decision, FileError> {
    let mut buffer = vec![0; CHUNK];
    let mut utf8 = Utf8Scan::default();
    let mut cp932 = Cp932Scan::default();
    let (mut bytes, mut high, mut bom) = (0u64, 0u64, false);
    loop {
        let filled = fill(source, &mut buffer)?;
        let chunk = &buffer[..filled];
        if bytes == 0 {
            refuse_by_head(chunk)?;
            bom = chunk.starts_with(b"\xef\xbb\xbf");
        }
        if filled == 0 {
            break;
        }
        bytes += filled as u64;
        high += high_bytes(chunk);
        utf8.take(chunk);
        cp932.take(chunk);
    }
    utf8.end();
    cp932.end();
    let decided = |encoding, reason: String| {
        let skip = if bom { 3 } else { 0 };
        Ok(Decision { encoding, reason, skip, bytes })
    };
    if bom {
        return decided(Encoding::Utf8Bom, "先頭にUTF-8の印（BOM）があります".into());
    }
    if high == 0 {
        return decided(Encoding::Utf8, "半角英数字だけのファイルです".into());
    }
    if utf8.errors == 0 {
        return decided(Encoding::Utf8, format!("全{bytes}バイトがUTF-8として正しく読めます"));
    }
    // Well-formed three-byte sequences hardly ever arise by chance in CP932, so a file with more of them than of
    // errors is UTF-8 with some broken cells; those are named row by row.
    if utf8.wide > utf8.errors {
        let reason = format!("ほとんどがUTF-8として読めます（読めない箇所{}）", utf8.errors);
        return decided(Encoding::Utf8, reason);
    }
    if cp932.errors == 0 {
        let reason = format!("UTF-8ではなく、全{bytes}バイトがシフトJIS（CP932）として読めます");
        return decided(Encoding::Cp932, reason);
    }
    if cp932.errors.saturating_mul(20) <= high {
        let reason = format!("ほとんどがシフトJIS（CP932）として読めます（読めない箇所{}）", cp932.errors);
        return decided(Encoding::Cp932, reason);
    }
    Err(FileError::Undecidable { utf8_line: utf8.first_line, cp932_line: cp932.first_line })
}

// Not inside `detect`: generic code is compiled where it is used, in the dev profile without optimisation.
fn high_bytes(chunk: &[u8]) -> u64 {
    chunk.iter().filter(|b| **b >= 0x80).count() as u64
}

/// Fills `buffer` as far as the source allows; 0 at its end.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> Result<usize, FileError> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
    }
    Ok(filled)
}

fn refuse_by_head(head: &[u8]) -> Result<(), FileError> {
    if head.is_empty() || head == b"\xef\xbb\xbf" {
        return Err(FileError::Empty);
    }
    if let Some((_, what)) = NOT_CSV.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(FileError::NotCsv { what });
    }
    let foreign = |what: &str| Err(FileError::Encoding { what: what.into() });
    if head.starts_with(b"\xff\xfe\0\0") || head.starts_with(b"\0\0\xfe\xff") {
        return foreign("UTF-32");
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || looks_like_utf16(head) {
        return foreign("UTF-16（Excelの「Unicodeテキスト」など）");
    }
    if head.windows(3).any(|w| matches!(w, b"\x1b$B" | b"\x1b$@" | b"\x1b(J")) {
        return foreign("JIS（ISO-2022-JP）");
    }
    if looks_like_euc(head) {
        return foreign("EUC-JP");
    }
    Ok(())
}

/// UTF-16 without a mark: every separator has a NUL on one fixed side.
fn looks_like_utf16(head: &[u8]) -> bool {
    let separator = |b: u8| matches!(b, b',' | b'\t' | b'\n' | b'"');
    let all = head.iter().filter(|b| separator(**b)).count();
    let after = head.windows(2).filter(|w| separator(w[0]) && w[1] == 0).count();
    let before = head.windows(2).filter(|w| w[0] == 0 && separator(w[1])).count();
    all >= 2 && (after * 10 >= all * 9 || before * 10 >= all * 9)
}

/// EUC-JP has no byte 80–A0 (but 8E and 8F), CP932 kanji have one in almost every character; so text that is whole in
/// EUC-JP, holds kana rows A4/A5 or kanji, and is not UTF-8 is not CP932 either.
fn looks_like_euc(head: &[u8]) -> bool {
    let whole = match head.iter().rposition(|b| matches!(b, b'\n' | b'\r')) {
        Some(end) => &head[..end],
        None => head,
    };
    let high = whole.iter().filter(|b| **b >= 0x80).count();
    if high < 8 || std::str::from_utf8(whole).is_ok() {
        return false;
    }
    match encoding_rs::EUC_JP.decode_without_bom_handling_and_without_replacement(whole) {
        Some(text) => text.chars().filter(|c| ('\u{3040}'..='\u{9fff}').contains(c)).count() * 3 >= high / 2,
        None => false,
    }
}

/// Counts what is not UTF-8, and the three- and four-byte sequences that are.
#[derive(Default)]
struct Utf8Scan {
    errors: u64,
    wide: u64,
    line: u64,
    first_line: u64,
    carry: Vec<u8>,
}

impl Utf8Scan {
    fn take(&mut self, chunk: &[u8]) {
        let joined;
        let mut rest = chunk;
        if !self.carry.is_empty() {
            joined = [std::mem::take(&mut self.carry), chunk.to_vec()].concat();
            rest = &joined;
        }
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.valid(text.as_bytes()),
                Err(e) => {
                    self.valid(&rest[..e.valid_up_to()]);
                    let after = &rest[e.valid_up_to()..];
                    match e.error_len() {
                        Some(n) => {
                            self.wrong();
                            rest = &after[n..];
                        }
                        None => {
                            self.carry = after.to_vec();
                            return;
                        }
                    }
                }
            }
        }
    }

    fn valid(&mut self, bytes: &[u8]) {
        self.wide += bytes.iter().filter(|b| **b >= 0xe0).count() as u64;
        if self.errors == 0 {
            self.line += bytes.iter().filter(|b| **b == b'\n').count() as u64;
        }
    }

    fn wrong(&mut self) {
        if self.errors == 0 {
            self.first_line = self.line + 1;
        }
        self.errors += 1;
    }

    fn end(&mut self) {
        if !self.carry.is_empty() {
            self.wrong();
        }
    }
}

/// Counts bytes that fit no CP932 sequence; whether a well-formed pair is assigned is seen cell by cell.
#[derive(Default)]
struct Cp932Scan {
    errors: u64,
    line: u64,
    first_line: u64,
    lead: bool,
}

impl Cp932Scan {
    fn take(&mut self, chunk: &[u8]) {
        for &b in chunk {
            if self.lead {
                self.lead = false;
                if matches!(b, 0x40..=0x7e | 0x80..=0xfc) {
                    continue;
                }
                self.wrong();
            }
            match b {
                // Rows 85, 86, EB, EC and EF of windows-31j are empty.
                0x85 | 0x86 | 0xeb | 0xec | 0xef => {
                    self.wrong();
                    self.lead = true;
                }
                0x81..=0x9f | 0xe0..=0xfc => self.lead = true,
                0x80 | 0xa0 | 0xfd..=0xff => self.wrong(),
                b'\n' => self.line += 1,
                _ => {}
            }
        }
    }

    fn wrong(&mut self) {
        if self.errors == 0 {
            self.first_line = self.line + 1;
        }
        self.errors += 1;
    }

    fn end(&mut self) {
        if self.lead {
            self.wrong();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::decode::encode_cp932;

    fn decide(bytes: &[u8]) -> Result<Encoding, FileError> {
        detect(&mut &bytes[..]).map(|d| d.encoding)
    }

    #[test]
    fn the_two_encodings_are_told_apart() {
        let text = "宛名番号,氏名\r\n1,髙﨑 ①㈱\r\n";
        assert_eq!(decide(text.as_bytes()), Ok(Encoding::Utf8));
        assert_eq!(decide(&[b"\xef\xbb\xbf", text.as_bytes()].concat()), Ok(Encoding::Utf8Bom));
        assert_eq!(decide(&encode_cp932(text).unwrap()), Ok(Encoding::Cp932));
        assert_eq!(decide(b"id,name\n"), Ok(Encoding::Utf8));
    }

    #[test]
    fn japanese_far_behind_plain_digits_still_decides() {
        let mut bytes = b"1,2,3\n".repeat(50_000);
        bytes.extend(encode_cp932("山田").unwrap());
        assert_eq!(decide(&bytes), Ok(Encoding::Cp932));
    }

    #[test]
    fn a_character_across_two_chunks_is_whole() {
        for shift in 0..4 {
            let text = format!("{}{}", "a".repeat(CHUNK - shift), "宛名番号𠮷");
            assert_eq!(decide(text.as_bytes()), Ok(Encoding::Utf8));
            assert_eq!(decide(&encode_cp932(&text.replace('𠮷', "吉")).unwrap()), Ok(Encoding::Cp932));
        }
    }

    #[test]
    fn other_encodings_and_files_are_refused_in_words() {
        let utf16: Vec<u8> = "宛名番号,氏名,性別\n1,2,3\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (euc, _, _) = encoding_rs::EUC_JP.encode("宛名番号,氏名,生年月日\n1,やまだ花子,2\n");
        let (jis, _, _) = encoding_rs::ISO_2022_JP.encode("宛名番号,氏名\n");
        for (bytes, word) in [
            (utf16.clone(), "UTF-16"),
            ([b"\xff\xfe".to_vec(), utf16].concat(), "UTF-16"),
            (b"\xff\xfe\0\0a\0\0\0".to_vec(), "UTF-32"),
            (euc.into_owned(), "EUC-JP"),
            (jis.into_owned(), "ISO-2022-JP"),
            (b"PK\x03\x04rest".to_vec(), "Excel"),
            (b"%PDF-1.7".to_vec(), "PDF"),
            (b"".to_vec(), "空"),
            (b"\xef\xbb\xbf".to_vec(), "空"),
        ] {
            let message = decide(&bytes).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn noise_is_refused_with_the_lines_that_break() {
        let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect();
        assert!(matches!(decide(&noise), Err(FileError::Undecidable { utf8_line: 1, cp932_line: 1 })));
    }

    #[test]
    fn one_broken_cell_does_not_change_the_decision() {
        let mut utf8 = "宛名番号,氏名\n1,山田花子\n".as_bytes().to_vec();
        utf8.extend(b"2,\xe3\x81\n");
        assert_eq!(decide(&utf8), Ok(Encoding::Utf8));
        let mut cp932 = encode_cp932(&"宛名番号,氏名\n1,山田花子\n".repeat(3)).unwrap();
        cp932.extend(b"2,\x8e\n");
        assert_eq!(decide(&cp932), Ok(Encoding::Cp932));
    }
}
