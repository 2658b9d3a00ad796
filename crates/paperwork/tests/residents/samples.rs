//! The sample file that the README and the journey use: exactly three broken rows, named as the README says.

use std::io::Cursor;

use paperwork::decode::Encoding;
use paperwork::mapping::Mapping;
use paperwork::residents::{Change, Reader, preview};

use crate::shipped;

const SAMPLE: &[u8] = include_bytes!("../../../../demo/residents-sample-cp932.csv");
const MINATO: &str = include_str!("../../../../rulebook/municipalities/992011/residents.toml");

#[test]
fn the_sample_has_nine_residents_and_three_broken_rows() {
    for mapping in [shipped(), &Mapping::for_municipality(MINATO).unwrap()] {
        let summary = preview(&mut Reader::open(Cursor::new(SAMPLE), mapping).unwrap(), 100);
        assert_eq!(summary.decision.encoding, Encoding::Cp932);
        assert_eq!((summary.rows.met, summary.rows.good, summary.rows.broken), (12, 9, 3));
        let errors: Vec<String> = summary.errors.iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), 3, "{errors:?}");
        assert_eq!(errors[0], "7行目 生年月日：「令和8年2月31日」と読みました。実在する日付（例 R8.2.28）が必要です");
        assert!(errors[1].starts_with("10行目 支援措置：「要確認」と読みました。「1」「有」"), "{}", errors[1]);
        assert_eq!(errors[2], "12行目 行全体：「22列」と読みました。見出しと同じ23列が必要です");
        let count = |change| summary.changes.get(&change).copied().unwrap_or(0);
        assert_eq!((count(Change::Birth), count(Change::MoveIn), count(Change::MoveOut)), (1, 5, 1));
        assert_eq!((summary.protected, summary.outside), (1, 1));
    }
}
