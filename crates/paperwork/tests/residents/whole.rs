//! Whole files: the same rows in every encoding, resuming, the preview, what is written is read back.

use std::io::Cursor;

use paperwork::csv_out::{CsvWriter, Lacking, Target};
use paperwork::decode::Encoding;
use paperwork::residents::{Change, Reader, preview};

use crate::{GOOD, HEADER, cp932, file, read, shipped};

fn town(people: u32) -> String {
    let lines: Vec<String> = (0..people)
        .map(|n| {
            let person = GOOD
                .replace("0000000012", &format!("{n:010}"))
                .replace("0000000100", &format!("{:010}", n / 3))
                .replace("山田　花子", ["髙﨑　①子", "佐々木　蓮", "ｸﾞｴﾝ"][n as usize % 3]);
            match n % 10 {
                3 => person.replace("転入", "出生").replace("平成2年5月3日", "R8.4.1"),
                5 => person.replace(",0,", ",1,"),
                7 => person.replace("平成2年5月3日", "令和8年2月31日"),
                _ => person,
            }
        })
        .collect();
    file(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn the_same_rows_in_every_encoding() {
    let text = town(50);
    let plain = read(&text).unwrap();
    assert_eq!(plain.len(), 50);
    assert_eq!(read(cp932(&text)).unwrap(), plain);
    assert_eq!(read(format!("\u{feff}{text}")).unwrap(), plain);
}

#[test]
fn resumed_anywhere_it_gives_the_same_rest() {
    // Repeated persons too: a resumed reading must judge them as the first one did.
    let mut text = town(20);
    text.push_str(&format!("{}\r\n\r\n", GOOD.replace("0000000012", "0000000004")));
    text.push_str(&format!("{}\r\n", GOOD.replace("山田", "山本").replace("0000000012", "0000000006")));
    let mapping = shipped();
    let open = || Reader::open(Cursor::new(text.as_bytes()), mapping).unwrap();
    let mut whole = open();
    let mut met = vec![(0, Vec::new())];
    while let Some(item) = whole.next() {
        met.push((whole.rows().met, vec![item]));
    }
    for (at, (rows, _)) in met.iter().enumerate() {
        let mut resumed = open();
        resumed.resume_after(*rows);
        let rest: Vec<_> = resumed.collect();
        let want: Vec<_> = met[at + 1..].iter().flat_map(|(_, item)| item.clone()).collect();
        assert_eq!(rest, want, "after {rows}");
    }
}

#[test]
fn the_preview_counts_everything_and_says_what_it_cut() {
    let mut text = town(100);
    text.push_str(&format!("{}\r\n", GOOD.replace("0000000012", "0000000004").replace("花子", "\u{e000}子")));
    text = text.replace("住民区分", "備考");
    let mapping = shipped();
    let mut reader = Reader::open(Cursor::new(cp932(&text)), mapping).unwrap();
    let summary = preview(&mut reader, 4);
    assert_eq!(summary.decision.encoding, Encoding::Cp932);
    assert_eq!((summary.rows.met, summary.rows.good, summary.rows.broken), (101, 90, 11));
    assert_eq!(summary.changes[&Change::Birth], 10);
    assert_eq!(summary.changes[&Change::MoveIn], 80);
    assert_eq!((summary.protected, summary.says_protection, summary.outside), (10, true, 0));
    assert_eq!(summary.households, 34);
    assert_eq!((summary.errors.len(), summary.errors_total), (4, 11));
    assert_eq!(summary.cut_note().unwrap(), "エラー11件のうち先頭4件を表示しています");
    assert_eq!(summary.unread_columns, ["備考"]);
    assert_eq!(summary.errors[0].line, 9);
    assert!(summary.failure.is_none());
}

#[test]
fn what_is_written_is_read_back() {
    let cells: Vec<String> = GOOD.split(',').map(|c| c.replace("汐見荘101号", "荘,\"い\"\n号室")).collect();
    let header: Vec<&str> = HEADER.split(',').collect();
    for target in [Target::Utf8Bom, Target::Cp932(Lacking::Refuse)] {
        let mut writer = CsvWriter::new(Vec::new(), target).unwrap();
        writer.row(&header).unwrap();
        writer.row(&cells).unwrap();
        let row = crate::one(read(writer.finish().unwrap())).unwrap();
        assert_eq!(row.building.as_deref(), Some("荘,\"い\"\n号室"));
        assert_eq!(row.name, "山田　花子");
    }
}
