//! Tables out: CSV in UTF-8 with a byte order mark (Excel opens it as it is) or in CP932.
//!
//! **Formula guard.** A cell that begins with `=`, `+`, `-`, `@` (also full-width) or with a tab or CR would be run by a
//! spreadsheet. Such a cell is written with an apostrophe before it, unless it is a plain number (`-12`, `+3.5`): a
//! spreadsheet shows it as text, and who reads the file by program removes one leading apostrophe.
//!
//! **What CP932 lacks** is never replaced by `?`: the row is refused with its characters, or, where the caller decided
//! so, each is written as 〓 and counted, so that the page can say which names were hurt.

use std::fmt;
use std::io::{self, Write};

use crate::decode::{encode_cp932, nearest_in_cp932};

/// Encoding of a written file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    Cp932(Lacking),
}

/// What to do with a character that CP932 lacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lacking {
    Refuse,
    /// Write 〓 and count.
    Geta,
}

#[derive(Debug)]
pub enum OutError {
    /// Row (from 1, the header counted) and column (from 1) of a cell that CP932 cannot hold, with the characters.
    Lacking {
        row: u64,
        column: usize,
        chars: Vec<char>,
    },
    Io(io::Error),
}

impl fmt::Display for OutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutError::Lacking { row, column, chars } => {
                let chars: Vec<String> = chars.iter().map(|c| format!("「{c}」（U+{:04X}）", u32::from(*c))).collect();
                write!(
                    f,
                    "{row}行目{column}列目の{}はシフトJIS（CP932）で表せません。UTF-8で書き出すか、〓に置き換えてください。",
                    chars.join("、")
                )
            }
            OutError::Io(error) => write!(f, "書き出しに失敗しました（{error}）。"),
        }
    }
}

impl std::error::Error for OutError {}

impl From<io::Error> for OutError {
    fn from(error: io::Error) -> OutError {
        OutError::Io(error)
    }
}

/// Writes rows of cells, CRLF at the end of each.
pub struct CsvWriter<W: Write> {
    out: W,
    target: Target,
    rows: u64,
    replaced: u64,
}

impl<W: Write> CsvWriter<W> {
    pub fn new(mut out: W, target: Target) -> Result<CsvWriter<W>, OutError> {
        if target == Target::Utf8Bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        Ok(CsvWriter { out, target, rows: 0, replaced: 0 })
    }

    /// Writes one row, or nothing of it.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) -> Result<(), OutError> {
        let mut line = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                line.push(b',');
            }
            let text = quoted(&guarded(cell.as_ref()));
            line.extend(self.encoded(&text, at + 1)?);
        }
        // A single empty cell would be a blank line, which readers pass over.
        if line.is_empty() {
            line.extend(b"\"\"");
        }
        line.extend(b"\r\n");
        self.out.write_all(&line)?;
        self.rows += 1;
        Ok(())
    }

    fn encoded(&mut self, text: &str, column: usize) -> Result<Vec<u8>, OutError> {
        let lacking = match self.target {
            Target::Utf8Bom => return Ok(text.as_bytes().to_vec()),
            Target::Cp932(lacking) => lacking,
        };
        let chars = match encode_cp932(text) {
            Ok(bytes) => return Ok(bytes),
            Err(chars) => chars,
        };
        let refused = |chars| OutError::Lacking { row: self.rows + 1, column, chars };
        if lacking == Lacking::Refuse {
            return Err(refused(chars));
        }
        let hurt = |c: &char| chars.contains(&nearest_in_cp932(*c));
        let replaced = text.chars().filter(hurt).count() as u64;
        let geta: String = text.chars().map(|c| if hurt(&c) { '〓' } else { c }).collect();
        let bytes = encode_cp932(&geta).map_err(refused)?;
        self.replaced += replaced;
        Ok(bytes)
    }

    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Characters written as 〓.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Flushes and gives the sink back.
    pub fn finish(mut self) -> Result<W, OutError> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The cell with the formula guard.
fn guarded(cell: &str) -> String {
    let dangerous = cell.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']);
    if dangerous && !is_plain_number(cell) { format!("'{cell}") } else { cell.to_owned() }
}

fn is_plain_number(cell: &str) -> bool {
    let bare = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |t: &str| !t.is_empty() && t.len() <= 15 && t.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction)
}

fn quoted(cell: &str) -> String {
    let outer_space = cell.starts_with(char::is_whitespace) || cell.ends_with(char::is_whitespace);
    if outer_space || cell.contains(['"', ',', '\n', '\r', '\t']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::decode::decode_cp932;

    fn written(cells: &[&str], target: Target) -> Result<Vec<u8>, OutError> {
        let mut writer = CsvWriter::new(Vec::new(), target)?;
        writer.row(cells)?;
        writer.finish()
    }

    #[test]
    fn formulas_are_text_and_numbers_stay_numbers() {
        let out = written(
            &["=1+1", "+81-90", "-12", "+3.5", "-", "@x", "＝SUM(A1)", "\t=1", "-1+cmd|x", "a=b"],
            Target::Utf8Bom,
        );
        assert_eq!(
            String::from_utf8(out.unwrap()).unwrap(),
            "\u{feff}'=1+1,'+81-90,-12,+3.5,'-,'@x,'＝SUM(A1),\"'\t=1\",'-1+cmd|x,a=b\r\n"
        );
    }

    #[test]
    fn quotes_separators_and_line_ends_are_kept() {
        let out = written(&["a,b", "c\"d", "e\r\nf", " g", ""], Target::Utf8Bom).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\u{feff}\"a,b\",\"c\"\"d\",\"e\r\nf\",\" g\",\r\n");
        assert_eq!(written(&[""], Target::Cp932(Lacking::Refuse)).unwrap(), b"\"\"\r\n");
    }

    #[test]
    fn what_cp932_lacks_is_refused_or_counted() {
        let refused = written(&["髙﨑", "𠮷田"], Target::Cp932(Lacking::Refuse)).unwrap_err().to_string();
        assert!(refused.starts_with("1行目2列目の「𠮷」（U+20BB7）はシフトJIS"), "{refused}");
        let mut writer = CsvWriter::new(Vec::new(), Target::Cp932(Lacking::Geta)).unwrap();
        writer.row(&["𠮷田〜𠮷", "髙﨑"]).unwrap();
        assert_eq!((writer.replaced(), writer.rows()), (2, 1));
        assert_eq!(decode_cp932(&writer.finish().unwrap()).unwrap(), "〓田～〓,髙﨑\r\n");
    }

    #[test]
    fn a_refused_row_leaves_nothing_behind() {
        let mut writer = CsvWriter::new(Vec::new(), Target::Cp932(Lacking::Refuse)).unwrap();
        assert!(writer.row(&["a", "𠮷"]).is_err());
        writer.row(&["b"]).unwrap();
        assert_eq!(writer.finish().unwrap(), b"b\r\n");
    }
}
