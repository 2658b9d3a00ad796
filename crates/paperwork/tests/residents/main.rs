//! Residents' files as they arrive, good and hostile, through the public interface only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod hostile_bytes;
mod hostile_cells;
mod mapped;
mod random;
mod samples;
mod whole;

use std::io::Cursor;
use std::sync::OnceLock;

use paperwork::decode::encode_cp932;
use paperwork::mapping::Mapping;
use paperwork::residents::{Reader, ResidentRow};
use paperwork::{FileError, RowError};

/// All columns in one order.
pub const HEADER: &str = "宛名番号,世帯番号,氏名,氏名ふりがな,旧氏,通称,ローマ字,生年月日,性別,続柄,郵便番号,住所,方書,地区,電話番号,国籍,\
                          異動事由,異動日,届出日,転出先住所,転入前住所,支援措置,住民区分";

/// One good row; tests replace one part of it.
pub const GOOD: &str = "0000000012,0000000100,山田　花子,やまだ　はなこ,,,,平成2年5月3日,2,妻,123-4567,汐見県みなと市港町1-2-3,汐見荘101号,\
                        港地区,090-0000-0000,,転入,令和8年4月1日,令和8年4月3日,,汐見県山手市丘1,0,";

pub fn shipped() -> &'static Mapping {
    static SHIPPED: OnceLock<Mapping> = OnceLock::new();
    SHIPPED.get_or_init(|| Mapping::shipped().unwrap())
}

pub type Read = Result<Vec<Result<(u64, ResidentRow), Vec<RowError>>>, FileError>;

pub fn read_with(bytes: &[u8], mapping: &Mapping) -> Read {
    Reader::open(Cursor::new(bytes), mapping).map(Iterator::collect)
}

pub fn read(bytes: impl AsRef<[u8]>) -> Read {
    read_with(bytes.as_ref(), shipped())
}

/// The header and these lines, CRLF.
pub fn file(lines: &[&str]) -> String {
    let mut text = format!("{HEADER}\r\n");
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text
}

pub fn cp932(text: &str) -> Vec<u8> {
    encode_cp932(text).unwrap()
}

/// The only row of a file with [`GOOD`] changed, in UTF-8 and in CP932 (which must agree where CP932 can hold it).
pub fn row_with(from: &str, to: &str) -> Result<ResidentRow, String> {
    assert!(GOOD.contains(from), "{from}");
    let text = file(&[&GOOD.replacen(from, to, 1)]);
    let answer = one(read(&text));
    if let Ok(bytes) = encode_cp932(&text)
        && !to.chars().any(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '〜' | '−'))
    {
        assert_eq!(one(read(bytes)), answer, "{to}");
    }
    answer
}

/// The only row, or its messages (one a line), or the message of the file.
pub fn one(read: Read) -> Result<ResidentRow, String> {
    let mut rows = read.map_err(|e| e.to_string())?;
    assert_eq!(rows.len(), 1, "{rows:?}");
    match rows.remove(0) {
        Ok((_, row)) => Ok(row),
        Err(errors) => Err(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

/// What became of each row: its 宛名番号, or its messages.
pub fn told(read: Read) -> Vec<String> {
    let words = |item: Result<(u64, ResidentRow), Vec<RowError>>| match item {
        Ok((line, row)) => format!("{line} ok {}", row.number),
        Err(errors) => errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    };
    match read {
        Ok(rows) => rows.into_iter().map(words).collect(),
        Err(error) => vec![error.to_string()],
    }
}
