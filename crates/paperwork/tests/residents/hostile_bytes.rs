//! The file as a whole is wrong: encoding, line ends, size, header, a disk that breaks off.

use std::io::{Cursor, Read, Seek, SeekFrom};

use paperwork::residents::{Reader, preview};
use paperwork::table::MAX_LINE_BYTES;

use crate::{GOOD, HEADER, cp932, file, read, shipped, told};

fn other(n: u32) -> String {
    GOOD.replace("0000000012", &format!("{n:010}"))
}

fn refused(bytes: impl AsRef<[u8]>) -> String {
    match read(bytes) {
        Err(error) => error.to_string(),
        Ok(rows) => panic!("read {} rows", rows.len()),
    }
}

#[test]
fn files_that_are_no_residents_file_are_refused_in_words() {
    let text = file(&[GOOD]);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let euc = encoding_rs::EUC_JP.encode(&text).0.into_owned();
    let jis = encoding_rs::ISO_2022_JP.encode(&text).0.into_owned();
    let long_header = format!("{HEADER},{}\n", "x".repeat(MAX_LINE_BYTES));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "空です"),
        (b"\xef\xbb\xbf".to_vec(), "空です"),
        (b"\r\n\r\n".to_vec(), "空です"),
        (b" , ,\n".to_vec(), "空です"),
        (b"\x1a".to_vec(), "空です"),
        (utf16.clone(), "UTF-16"),
        (utf16be.clone(), "UTF-16"),
        ([b"\xff\xfe".to_vec(), utf16].concat(), "UTF-16"),
        ([b"\xfe\xff".to_vec(), utf16be].concat(), "UTF-16"),
        (euc, "EUC-JP"),
        (jis, "ISO-2022-JP"),
        (b"PK\x03\x04\x14\0".to_vec(), "Excelブック"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "古い形式のExcel"),
        (b"%PDF-1.7\n".to_vec(), "PDF"),
        (b"<html><body></body></html>".to_vec(), "足りない見出し：宛名番号"),
        (GOOD.as_bytes().to_vec(), "足りない見出し：宛名番号"),
        (HEADER.replace(',', ";").into_bytes(), "足りない見出し"),
        (format!("{HEADER},氏名\n{GOOD},x\n").into_bytes(), "重なっている見出し：氏名（氏名、氏名）"),
        (format!("{HEADER},現住所\n").into_bytes(), "重なっている見出し：住所（住所、現住所）"),
        (HEADER.replace("支援措置,", "").into_bytes(), "足りない見出し：支援措置"),
        (HEADER.replacen("氏名", "\"氏名", 1).into_bytes(), "見出し行（1行目）を読めません。3列目"),
        (HEADER.replacen("氏名", "氏\0名", 1).into_bytes(), "NUL"),
        (long_header.into_bytes(), "65536バイト以内"),
        (vec![0; 4096], "NUL"),
    ];
    for (bytes, part) in cases {
        let message = refused(&bytes);
        assert!(message.contains(part), "want {part}\nsaid {message}");
    }
}

#[test]
fn every_line_end_and_separator_gives_the_same_rows() {
    let text = file(&[&other(1), &other(2)]);
    let want = ["2 ok 0000000001", "3 ok 0000000002"];
    for ends in ["\r\n", "\n", "\r"] {
        let text = text.replace("\r\n", ends);
        for bytes in [text.as_bytes().to_vec(), cp932(&text), format!("\u{feff}{text}").into_bytes()] {
            assert_eq!(told(read(&bytes)), want);
            let tabs: Vec<u8> = bytes.iter().map(|b| if *b == b',' { b'\t' } else { *b }).collect();
            assert_eq!(told(read(tabs)), want);
            let unended = bytes[..bytes.len() - ends.len()].to_vec();
            assert_eq!(told(read(unended)), want);
            assert_eq!(told(read([bytes, b"\x1a".to_vec()].concat())), want);
        }
    }
    let quoted: String =
        text.lines().map(|l| l.split(',').map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(",") + "\r\n").collect();
    assert_eq!(told(read(cp932(&quoted))), want);
    let blank_between = text.replace("\r\n", "\r\n\r\n,,,,\r\n");
    assert_eq!(told(read(blank_between)), ["4 ok 0000000001", "7 ok 0000000002"]);
    let trailing: String = text.lines().map(|l| format!("{l},\r\n")).collect();
    assert_eq!(told(read(trailing)), want);
}

#[test]
fn half_a_file_says_that_it_breaks_off() {
    let text = file(&[&other(1), &other(2)]);
    for (bytes, encoding) in [(text.clone().into_bytes(), "UTF-8"), (cp932(&text), "CP932")] {
        let second = bytes.windows(10).position(|w| w == b"0000000002").unwrap();
        for cut in second + 1..bytes.len() - 2 {
            let told = told(read(&bytes[..cut]));
            assert_eq!(told[0], "2 ok 0000000001", "{encoding} {cut}");
            assert_eq!(told.len(), 2);
            let whole = told[1] == "3 ok 0000000002";
            assert!(whole || told[1].contains("途中で切れています") || told[1].contains("読める文字"), "{}", told[1]);
        }
    }
}

#[test]
fn broken_characters_spoil_their_row_only() {
    let text = file(&[&other(1), GOOD, &other(3)]);
    let mut utf8 = text.clone().into_bytes();
    let at = utf8.windows(6).enumerate().filter(|(_, w)| *w == "山田".as_bytes()).nth(1).unwrap().0;
    utf8[at + 1] = b'x';
    let told_utf8 = told(read(&utf8));
    assert!(told_utf8[1].contains("3行目 氏名：「�」") && told_utf8[1].contains("1文字目のバイト E5"), "{told_utf8:?}");
    assert!(told_utf8[0].contains("ok") && told_utf8[2].contains("ok"));

    let sjis = cp932(&text);
    let name = cp932("山田　花子");
    let at = sjis.windows(10).enumerate().filter(|(_, w)| *w == name).nth(1).unwrap().0;
    let mut lead_lost = sjis.clone();
    lead_lost[at] = 0xff;
    let told_sjis = told(read(&lead_lost));
    assert!(told_sjis[1].contains("3行目 氏名：") && told_sjis[1].contains("バイト FF"), "{told_sjis:?}");
    assert!(told_sjis[0].contains("ok") && told_sjis[2].contains("ok"));

    let mut pasted = sjis.clone();
    pasted.splice(at..at + 10, "山田　花子".bytes());
    let told_pasted = told(read(&pasted));
    assert!(
        told_pasted[1].contains("3行目 氏名：「山田　花子」") && told_pasted[1].contains("この欄だけUTF-8"),
        "{told_pasted:?}"
    );
}

#[test]
fn a_giant_line_is_refused_and_not_held() {
    let mut text = file(&[&other(1)]);
    text.push_str(&GOOD.replace("山田", &"山".repeat(300_000)));
    text.push_str("\r\n");
    text.push_str(&other(2));
    let told = told(read(&text));
    assert_eq!(told[0], "2 ok 0000000001");
    assert!(
        told[1].starts_with("3行目 行全体：") && told[1].contains("1行65536バイト以内の行が必要です"),
        "{}",
        told[1]
    );
    assert_eq!(told[2], "4 ok 0000000002");
}

/// A file that is `head`, then `length` bytes of one letter: never in memory as a whole.
struct Endless {
    head: Vec<u8>,
    length: u64,
    at: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let head = &self.head[usize::try_from(self.at).unwrap().min(self.head.len())..];
        let n = if head.is_empty() {
            let n = buffer.len().min(usize::try_from(self.length - self.at).unwrap());
            buffer[..n].fill(b'"');
            n
        } else {
            let n = buffer.len().min(head.len());
            buffer[..n].copy_from_slice(&head[..n]);
            n
        };
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let SeekFrom::Start(at) = to else { return Err(std::io::Error::other("only from the start")) };
        self.at = at;
        Ok(at)
    }
}

#[test]
fn a_line_far_larger_than_the_limit_is_one_error() {
    let head = file(&[GOOD]).into_bytes();
    let source = Endless { length: 40_000_000, head, at: 0 };
    let rows: Vec<_> = Reader::open(source, shipped()).unwrap().collect();
    assert_eq!(rows.len(), 2);
    assert!(rows[1].as_ref().unwrap_err()[0].to_string().contains("バイト以内の行"));
}

/// Fails after `good` bytes of the second pass.
struct Breaking {
    inner: Cursor<Vec<u8>>,
    seeks: u32,
    good: u64,
}

impl Read for Breaking {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.seeks >= 2 && self.inner.position() >= self.good {
            return Err(std::io::Error::other("disk"));
        }
        let n = buffer.len().min(64);
        self.inner.read(&mut buffer[..n])
    }
}

impl Seek for Breaking {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.seeks += 1;
        self.inner.seek(to)
    }
}

#[test]
fn a_source_that_breaks_off_is_never_taken_for_whole() {
    let bytes = file(&[&other(1), &other(2), &other(3)]).into_bytes();
    let good = bytes.len() as u64 / 2;
    let source = Breaking { inner: Cursor::new(bytes), seeks: 0, good };
    let mut reader = Reader::open(source, shipped()).unwrap();
    let summary = preview(&mut reader, 10);
    assert!(summary.failure.is_some());
    assert!(summary.errors.last().unwrap().to_string().contains("最後まで読めるファイル"));
    assert!(reader.next().is_none());
}
