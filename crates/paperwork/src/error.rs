//! What is said when a file or one of its rows cannot be read, in the words of the person who imports it.

use std::fmt;

/// How many characters of a cell a message repeats.
const SHOWN_CHARS: usize = 40;

/// One thing wrong in one row. The other rows are read all the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowError {
    /// Line of the file on which the row begins (the header is line 1 in most files).
    pub line: u64,
    /// The header as the file writes it, or `3列目` where the row cannot be cut into columns.
    pub column: String,
    /// What was read, shortened and with control characters made visible; empty for an empty cell.
    pub read: String,
    /// What was expected, as words that stand before 「が必要です」.
    pub expected: String,
}

impl RowError {
    pub fn new(line: u64, column: &str, read: &str, expected: impl Into<String>) -> RowError {
        RowError { line, column: shown(column), read: shown(read), expected: expected.into() }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}行目 {}：", self.line, self.column)?;
        if self.read.is_empty() {
            f.write_str("空欄です。")?;
        } else {
            write!(f, "「{}」と読みました。", self.read)?;
        }
        write!(f, "{}が必要です", self.expected)
    }
}

impl std::error::Error for RowError {}

/// Something in a row that a person should look at once; the row is read all the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    pub line: u64,
    pub column: String,
    pub text: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}行目 {}：{}", self.line, self.column, self.text)
    }
}

/// At most [`SHOWN_CHARS`] characters, control characters as their pictures (NUL as ␀), so that a message stays one line.
pub fn shown(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(SHOWN_CHARS)
        .map(|c| match c {
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('␀'),
            '\u{7f}' => '␡',
            '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            _ => c,
        })
        .collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        out.push('…');
    }
    out
}

/// Why a file cannot be read at all. Nothing of it was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileError {
    Empty,
    /// Not a CSV file: a workbook, a PDF, an archive.
    NotCsv {
        what: &'static str,
    },
    /// Text, but in an encoding that is not read here.
    Encoding {
        what: String,
    },
    /// Neither UTF-8 nor CP932 holds for enough of the bytes.
    Undecidable {
        utf8_line: u64,
        cp932_line: u64,
    },
    /// The header line cannot be cut into cells or decoded.
    HeaderLine {
        line: u64,
        why: String,
    },
    Headers(Box<HeaderProblem>),
    /// The last row stops in its middle.
    CutOff {
        line: u64,
    },
    /// The disk or the network stopped giving bytes.
    Io(String),
}

/// The header was read but does not fit the mapping: everything needed to see why at one glance.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HeaderProblem {
    pub line: u64,
    /// Required fields without a column, each with the headers that would have been accepted.
    pub missing: Vec<(String, Vec<String>)>,
    /// Fields that more than one column claims, with the headers as read.
    pub doubled: Vec<(String, Vec<String>)>,
    /// What stands in the line, if the mapping knows any of it; otherwise it is no header but somebody's row, and is repeated
    /// nowhere.
    pub read: Vec<String>,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileError::Empty => f.write_str("ファイルが空です。見出し行のあるCSVファイルを選んでください。"),
            FileError::NotCsv { what } => {
                write!(f, "{what}のようです。CSV形式（UTF-8 または シフトJIS）で書き出したファイルを選んでください。")
            }
            FileError::Encoding { what } => {
                write!(f, "文字コードが{what}のため読めません。UTF-8 または シフトJIS（CP932）で保存し直してください。")
            }
            FileError::Undecidable { utf8_line, cp932_line } => write!(
                f,
                "文字コードを判定できません。UTF-8としては{utf8_line}行目、シフトJIS（CP932）としては{cp932_line}行目が最初に読めません。\
                 UTF-8 または シフトJIS（CP932）で保存し直してください。"
            ),
            FileError::HeaderLine { line, why } => {
                write!(f, "見出し行（{line}行目）を読めません。{why}")
            }
            FileError::Headers(problem) => problem.fmt(f),
            FileError::CutOff { line } => {
                write!(f, "ファイルが{line}行目の途中で切れています。もう一度書き出したファイルを選んでください。")
            }
            FileError::Io(why) => {
                write!(f, "ファイルの読み取りが途中で止まりました（{why}）。もう一度お試しください。")
            }
        }
    }
}

impl std::error::Error for FileError {}

impl From<std::io::Error> for FileError {
    fn from(error: std::io::Error) -> FileError {
        FileError::Io(error.to_string())
    }
}

impl fmt::Display for HeaderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "見出し行（{}行目）が対応表と合いません。", self.line)?;
        for (field, accepted) in &self.missing {
            write!(f, "\n足りない見出し：{field}（次のどれか：{}）", accepted.join("、"))?;
        }
        for (field, headers) in &self.doubled {
            write!(f, "\n重なっている見出し：{field}（{}）。どの列を読むか決められません。", headers.join("、"))?;
        }
        if self.read.is_empty() {
            return f.write_str("\n知っている見出しが1つもありません。見出し行のあるファイルを選んでください。");
        }
        let read: Vec<&str> = self.read.iter().map(|h| if h.is_empty() { "（空欄）" } else { h.as_str() }).collect();
        write!(f, "\n読み取った見出し（{}列）：{}", read.len(), read.join("、"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_error_reads_as_one_sentence() {
        let error = RowError::new(12, "生年月日", "令和8年2月31日", "実在する日付（例 R8.2.28）");
        assert_eq!(
            error.to_string(),
            "12行目 生年月日：「令和8年2月31日」と読みました。実在する日付（例 R8.2.28）が必要です"
        );
        assert_eq!(RowError::new(3, "氏名", "", "氏名").to_string(), "3行目 氏名：空欄です。氏名が必要です");
    }

    #[test]
    fn long_and_invisible_text_is_shown_short_and_visible() {
        assert_eq!(shown("a\0b\tc"), "a␀b␉c");
        assert_eq!(shown(&"あ".repeat(41)), format!("{}…", "あ".repeat(40)));
    }
}
