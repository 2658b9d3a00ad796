//! Whatever the bytes, reading ends, in an answer and not in a panic; and agrees with the common CSV reader where that
//! one is right.

use std::io::Cursor;

use paperwork::decode::{decode_cp932, encode_cp932};
use paperwork::fold::{fold_kana, fold_name, to_hiragana};
use paperwork::residents::{Reader, preview};
use paperwork::table::{Lines, Records};
use proptest::prelude::*;

use crate::{GOOD, cp932, file, shipped};

fn survives(bytes: Vec<u8>) {
    match Reader::open(Cursor::new(bytes), shipped()) {
        Ok(mut reader) => {
            let summary = preview(&mut reader, 5);
            let rows = summary.rows;
            assert_eq!(rows.met, rows.good + rows.broken + rows.repeated);
            assert!(rows.broken <= summary.errors_total);
            summary.errors.iter().for_each(|e| assert!(e.to_string().chars().count() < 400, "{e}"));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        survives(bytes);
    }

    #[test]
    fn a_good_file_with_random_damage_never_panics(
        sjis in any::<bool>(),
        damage in prop::collection::vec((0usize..1200, any::<u8>(), 0u8..3), 1..12),
    ) {
        let text = file(&[GOOD, &GOOD.replace("0000000012", "0000000013"), GOOD]);
        let mut bytes = if sjis { cp932(&text) } else { text.into_bytes() };
        for (at, byte, kind) in damage {
            let at = at % bytes.len();
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        survives(bytes);
    }

    #[test]
    fn random_cells_in_a_row_never_panic(cells in prop::collection::vec("[0-9.年月日令平R=+ \"\\-/元不詳]{0,12}|\\PC{0,8}", 23)) {
        survives(file(&[&cells.join(",")]).into_bytes());
    }

    #[test]
    fn well_formed_tables_read_as_the_common_reader_reads_them(
        rows in prop::collection::vec(prop::collection::vec("[a-z山,\"\n\r ]{0,6}", 3), 1..8),
        crlf in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .quote_style(csv::QuoteStyle::Always)
            .from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut records = Records::new(Lines::new(&bytes[..]), b',');
        records.width = Some(3);
        for row in &rows {
            let read = records.next_record().unwrap().unwrap().unwrap();
            let cells: Vec<String> = read.cells.into_iter().map(|c| String::from_utf8(c).unwrap()).collect();
            prop_assert_eq!(&cells, row);
        }
        prop_assert!(records.next_record().unwrap().is_none());
    }

    #[test]
    fn what_cp932_can_write_it_reads_back(text in "[ -~ぁ-んァ-ヶ一-龠、。Ａ-Ｚα-ωа-я①-⑳ｱ-ﾝ\u{e000}-\u{e757}]{0,40}") {
        if let Ok(bytes) = encode_cp932(&text) {
            prop_assert_eq!(decode_cp932(&bytes), Some(text));
        }
    }

    #[test]
    fn keys_are_settled_after_one_folding(text in "\\PC{0,20}|[ぁ-ゖァ-ヺー々゛゜ゝヽｱ-ﾟ]{0,20}") {
        prop_assert_eq!(fold_kana(&fold_kana(&text)), fold_kana(&text));
        prop_assert_eq!(fold_name(&fold_name(&text)), fold_name(&text));
        prop_assert_eq!(fold_kana(&to_hiragana(&text)), fold_kana(&text));
    }
}
