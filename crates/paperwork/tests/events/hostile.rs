//! Files that are wrong: each is refused in words that name the place, and none of the wrong rows is given out.

use paperwork::decode::encode_cp932;
use paperwork::table::MAX_LINE_BYTES;

use crate::read;

const HEADER: &str = "宛名番号,予防接種種別,回数,接種日,ワクチン名,医療機関,備考";
const GOOD: &str = "0001,BCG,1,R8.4.1,,みなと小児科,";

fn file(lines: &[&str]) -> String {
    let mut text = format!("{HEADER}\r\n");
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text
}

/// A file of one row, wrong in one cell, and what is said about it.
fn cell(from: &str, to: &str, said: &'static str) -> (Vec<u8>, &'static str) {
    assert!(GOOD.contains(from));
    (file(&[&GOOD.replacen(from, to, 1)]).into_bytes(), said)
}

fn whole_files() -> Vec<(Vec<u8>, &'static str)> {
    let text = file(&[GOOD]);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let euc = encoding_rs::EUC_JP.encode(&text).0.into_owned();
    let jis = encoding_rs::ISO_2022_JP.encode(&text).0.into_owned();
    let half = encode_cp932(&text).unwrap();
    let mixed = [text.as_bytes(), &half[half.len() - 30..], text.as_bytes(), &half[40..]].concat();
    vec![
        (Vec::new(), "空です"),
        (b"\xef\xbb\xbf".to_vec(), "空です"),
        (b"\xef\xbb\xbf\xef\xbb\xbf\r\n".to_vec(), "足りない見出し"),
        (b"\r\n\n\r".to_vec(), "空です"),
        (b",,,\n".to_vec(), "空です"),
        (b"\x1a".to_vec(), "空です"),
        (utf16.clone(), "UTF-16"),
        (utf16be.clone(), "UTF-16"),
        ([b"\xff\xfe".to_vec(), utf16].concat(), "UTF-16"),
        ([b"\xfe\xff".to_vec(), utf16be].concat(), "UTF-16"),
        (euc, "EUC-JP"),
        (jis, "ISO-2022-JP"),
        (mixed, ""),
        (b"PK\x03\x04\x14\0\x06\0".to_vec(), "Excelブック"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "古い形式のExcel"),
        (b"%PDF-1.7\n%".to_vec(), "PDF"),
        (b"\x1f\x8b\x08\0\0\0".to_vec(), ""),
        (b"<html><body>404</body></html>".to_vec(), "足りない見出し"),
        (b"{\"rows\":[]}".to_vec(), "見出し行（1行目）を読めません"),
        (GOOD.as_bytes().to_vec(), "足りない見出し：宛名番号"),
        (text.replace(',', ";").into_bytes(), "足りない見出し"),
        (text.replace(',', "|").into_bytes(), "足りない見出し"),
        (text.replacen("接種日", "接種の日", 1).into_bytes(), "足りない見出し：実施日"),
        (text.replacen("備考", "接種年月日", 1).into_bytes(), "重なっている見出し：実施日"),
        (text.replacen("備考", "宛名番号", 1).into_bytes(), "重なっている見出し：宛名番号"),
        (text.replacen("宛名番号", "\"宛名番号", 1).into_bytes(), "見出し行（1行目）を読めません"),
        (text.replacen("宛名番号", "宛名\0番号", 1).into_bytes(), "NUL"),
        (format!("{HEADER},{}\r\n{GOOD},\r\n", "x".repeat(MAX_LINE_BYTES)).into_bytes(), "65536バイト以内"),
        (format!("{}{}", ",".repeat(600), HEADER).into_bytes(), "500列以内"),
        (vec![0; 4096], "NUL"),
        (vec![0xff; 300], ""),
        (text.as_bytes()[..text.len() - 12].to_vec(), "途中で切れています"),
        (text.replace("みなと小児科,\r\n", "\"みなと小").into_bytes(), "途中で切れています"),
        (format!("{HEADER}\r\n{HEADER}\r\n{GOOD}\r\n").into_bytes(), "2行目 宛名番号"),
        (format!("健診,,,,,,\r\n{text}").into_bytes(), "足りない見出し"),
    ]
}

fn rows() -> Vec<(Vec<u8>, &'static str)> {
    let long = "x".repeat(MAX_LINE_BYTES);
    vec![
        cell("R8.4.1", "", "接種日：空欄です"),
        cell("R8.4.1", "R8.2.31", "実在する日付"),
        cell("R8.4.1", "2026-02-29", "実在する日付"),
        cell("R8.4.1", "令和0年4月1日", "元年"),
        cell("R8.4.1", "平成39年4月1日", "令和"),
        cell("R8.4.1", "令和元年4月1日", "令和は2019年5月1日から"),
        cell("R8.4.1", "昭和64年1月8日", "平成元年"),
        cell("R8.4.1", "R8.13.1", "日付"),
        cell("R8.4.1", "46113", "Excelの通し番号"),
        cell("R8.4.1", "8/4/1", "西暦4桁または元号"),
        cell("R8.4.1", "4月1日", "日付"),
        cell("R8.4.1", "R8.12.1", "今日"),
        cell("R8.4.1", "20990401", "今日"),
        cell("R8.4.1", "19260401", "年前より後"),
        cell("R8.4.1", "99999999", "空欄です"),
        cell("R8.4.1", "=TODAY()", "日付"),
        cell("R8.4.1", "R8.4.1〜R8.4.3", "日付"),
        cell("BCG", "", "予防接種種別：空欄です"),
        cell("BCG", "インフルエンザ", "のどれか"),
        cell("BCG", "=1+1", "のどれか"),
        cell("BCG", "BC\"G", "引用符"),
        cell("BCG", "\"BCG", "引用符"),
        cell("BCG", "\"BCG\"x", "引用符"),
        cell("BCG", "B\0CG", "NUL"),
        cell("0001", "", "宛名番号：空欄です"),
        cell("0001", "1.23E+10", "指数表示"),
        cell("0001", "=\"0001\"", "引用符"),
        cell("0001", "=0001", "英数字の番号"),
        cell("0001", "'0001", "英数字の番号"),
        cell("0001", "０００１号", "英数字の番号"),
        cell("0001", "123456789012345678901", "20文字以内"),
        cell("0001", "1 or 1=1", "英数字の番号"),
        cell("みなと小児科", "=HYPERLINK(A1)", "計算式"),
        cell("みなと小児科", "=cmd|' /C calc'!A0", "計算式"),
        cell("みなと小児科,", "みなと,小児科,x", "見出しと同じ7列"),
        (file(&[&GOOD.replacen("みなと小児科", &"あ".repeat(101), 1)]).into_bytes(), "100文字以内"),
        (file(&[&GOOD.replacen("みなと小児科", &long, 1)]).into_bytes(), "65536バイト以内"),
        (file(&["0001,BCG,1"]).into_bytes(), "見出しと同じ7列"),
        (file(&[GOOD, &format!("{GOOD},,,")]).into_bytes(), "列"),
        (file(&[GOOD, &GOOD.replace(',', "\t")]).into_bytes(), "列"),
        (file(&[GOOD, "合計,1件,,,,,"]).into_bytes(), "3行目 宛名番号"),
        (file(&[GOOD, "-----"]).into_bytes(), "見出しと同じ7列"),
    ]
}

#[test]
fn every_hostile_file_ends_in_words() {
    let mut cases = whole_files();
    cases.extend(rows());
    assert!(cases.len() >= 60, "{} files", cases.len());
    for (number, (bytes, part)) in cases.iter().enumerate() {
        let shown: String = String::from_utf8_lossy(bytes).chars().take(120).collect();
        match read("vaccination", bytes) {
            Ok(rows) => panic!("{number}: {shown} gave {} rows", rows.len()),
            Err(said) => {
                assert!(said.contains(part), "{number}: want {part}, said {said}\n{shown}");
                assert!(said.chars().any(|c| matches!(c, 'ぁ'..='ん')), "{number}: in words: {said}");
            }
        }
    }
}

#[test]
fn other_kinds_have_their_own_words() {
    for (kind, text, part) in [
        ("checkup_18m", "宛名番号,受診日,判定\n1,R8.4.1,C\n", "のどれか"),
        ("checkup_18m", "宛名番号,受診日,体重\n1,R8.4.1,十キロ\n", "グラム"),
        ("checkup_18m", "宛名番号,受診日,体重\n1,R8.4.1,10.2\n", "グラム"),
        ("checkup_18m", "宛名番号,受診日,健診種別\n1,R8.4.1,3歳児健診\n", "1歳6か月児健診結果"),
        ("checkup_18m", "宛名番号,受診日,生年月日\n1,R8.4.1,R8.5.1\n", "以後の日付"),
        ("pregnancy", "宛名番号,届出日,出産予定日\n1,R8.4.1,\n", "分娩予定日"),
        ("pregnancy", "宛名番号,届出日,出産予定日\n1,R8.4.1,R9.4.1\n", "280日後"),
        ("pregnancy", "宛名番号,届出日,出産予定日\n1,R8.4.1,R8.12\n", "日までわかる日付"),
        ("pregnancy", "宛名番号,届出日,出産予定日,胎児数\n1,R8.4.1,R8.12.1,いっぱい\n", "1から6まで"),
        ("visit", "宛名番号,訪問日,訪問種別\n1,R8.4.1,散歩\n", "のどれか"),
        ("postpartum_checkup", "宛名番号,受診日,時期\n1,R8.4.1,3年後\n", "のどれか"),
        ("checkup", "宛名番号,受診日\n1,R8.4.1\n", "足りない見出し：種別"),
    ] {
        let said = read(kind, text).unwrap_err();
        assert!(said.contains(part), "{kind}: want {part}, said {said}");
    }
}

#[test]
fn what_is_merely_untidy_is_read() {
    let two = file(&[GOOD, &GOOD.replacen("0001", "0002", 1)]);
    let lines: Vec<&str> = two.split("\r\n").collect();
    for text in [
        two.replace("\r\n", "\n"),
        two.replace("\r\n", "\r"),
        format!("{}\r\n{}\n{}\r", lines[0], lines[1], lines[2]),
        two.replace("\r\n", "\r\n\r\n,,,,,,\r\n"),
        two.replace("\r\n", ",\r\n"),
        two.replace(',', "\t"),
        two.trim_end().to_owned(),
        format!("{two}\x1a"),
        format!("\u{feff}{two}"),
        format!("\u{feff}\u{feff}{two}"),
        two.replace("R8.4.1", "\"R8.4.1\""),
        two.replace("宛名番号", " 宛名 番号 "),
    ] {
        let rows = read("vaccination", &text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(rows.len(), 2, "{text}");
        assert_eq!(rows[1].1.number, "0002");
    }
    assert_eq!(read("vaccination", format!("{HEADER}\r\n")).unwrap().len(), 0, "a header alone is a file without rows");
}
