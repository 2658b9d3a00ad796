//! Lines into rows of cells (RFC 4180), and back on the rails after a quote that was left open.

use std::io::{BufRead, Result};

use super::lines::{Ending, Line, Lines, MAX_LINE_BYTES};

/// Most cells in a row.
pub const MAX_CELLS: usize = 500;
/// Most lines one row may spread over (line breaks inside quotes).
pub const MAX_JOINED_LINES: usize = 20;

/// One row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Line on which it begins.
    pub line: u64,
    pub cells: Vec<Vec<u8>>,
    /// The file went on after this row, or ended with a line end.
    pub ended: bool,
}

impl Record {
    /// No cell holds anything but spaces.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.iter().all(|b| matches!(b, b' ' | b'\t')))
    }
}

/// Why a line cannot be cut into cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    Overlong,
    TooManyCells,
    /// Opened in this column (from 1) and never closed, or only lines later.
    Unclosed {
        column: usize,
    },
    /// Something other than a separator follows a closing quote.
    AfterQuote {
        column: usize,
    },
    /// A quote inside a cell that does not begin with one.
    Stray {
        column: usize,
    },
}

impl Fault {
    /// `3列目`, or the whole row.
    pub fn column(self) -> String {
        match self {
            Fault::Overlong | Fault::TooManyCells => "行全体".into(),
            Fault::Unclosed { column } | Fault::AfterQuote { column } | Fault::Stray { column } => {
                format!("{column}列目")
            }
        }
    }

    /// What was expected instead.
    pub fn expected(self) -> String {
        match self {
            Fault::Overlong => format!("1行{MAX_LINE_BYTES}バイト以内の行"),
            Fault::TooManyCells => format!("{MAX_CELLS}列以内の行"),
            Fault::Unclosed { .. } => "閉じる引用符（\"）".into(),
            Fault::AfterQuote { .. } => "閉じる引用符（\"）の直後に区切り文字（引用符自体は \"\" と重ねて書く）".into(),
            Fault::Stray { .. } => "引用符（\"）で始まり引用符で終わる欄".into(),
        }
    }
}

/// The rows of a source.
pub struct Records<R> {
    lines: Lines<R>,
    delimiter: u8,
    /// Cells of the header. A row over several lines that has another number of cells is taken for a quote left open.
    pub width: Option<usize>,
}

impl<R: BufRead> Records<R> {
    pub fn new(lines: Lines<R>, delimiter: u8) -> Records<R> {
        Records { lines, delimiter, width: None }
    }

    /// The next row, or the line that is none with its raw beginning; `None` at the end.
    pub fn next_record(&mut self) -> Result<Option<std::result::Result<Record, (Line, Fault)>>> {
        let Some(first) = self.lines.next_line()? else {
            return Ok(None);
        };
        let mut cutter = Cutter::new(self.delimiter);
        let mut fault = cutter.line(&first);
        let mut joined: Vec<Line> = Vec::new();
        let mut size = first.bytes.len();
        while fault.is_none() && cutter.inside_quotes() {
            let last = joined.last().unwrap_or(&first);
            if joined.len() + 1 >= MAX_JOINED_LINES || last.ending == Ending::None {
                break;
            }
            let ending = last.ending;
            let Some(next) = self.lines.next_line()? else {
                break;
            };
            size += next.bytes.len();
            fault = if size > MAX_LINE_BYTES { Some(cutter.unclosed()) } else { cutter.continue_with(ending, &next) };
            joined.push(next);
        }
        if fault.is_none() && cutter.inside_quotes() {
            fault = Some(cutter.unclosed());
        }
        let ended = joined.last().unwrap_or(&first).ending != Ending::None;
        let opened = cutter.opened;
        let cells = cutter.finish();
        if fault.is_none() && !joined.is_empty() && self.width.is_some_and(|width| width != cells.len()) {
            fault = Some(Fault::Unclosed { column: opened });
        }
        match fault {
            None => Ok(Some(Ok(Record { line: first.number, cells, ended }))),
            Some(fault) => {
                // A quote left open spoils its own line only.
                let fault = if joined.is_empty() { fault } else { Fault::Unclosed { column: opened } };
                self.lines.put_back(joined);
                Ok(Some(Err((first, fault))))
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    Closed,
}

/// Cuts one row.
struct Cutter {
    delimiter: u8,
    state: State,
    cells: Vec<Vec<u8>>,
    cell: Vec<u8>,
    /// Column (from 1) of the last quote that carried over a line end, else of the last opened one.
    opened: usize,
}

impl Cutter {
    fn new(delimiter: u8) -> Cutter {
        Cutter { delimiter, state: State::Start, cells: Vec::new(), cell: Vec::new(), opened: 1 }
    }

    fn inside_quotes(&self) -> bool {
        self.state == State::Quoted
    }

    fn unclosed(&self) -> Fault {
        Fault::Unclosed { column: self.opened }
    }

    fn line(&mut self, line: &Line) -> Option<Fault> {
        if line.overlong {
            return Some(Fault::Overlong);
        }
        line.bytes.iter().find_map(|b| self.byte(*b))
    }

    fn continue_with(&mut self, ending: Ending, line: &Line) -> Option<Fault> {
        self.cell.extend_from_slice(ending.bytes());
        self.line(line)
    }

    fn byte(&mut self, b: u8) -> Option<Fault> {
        let column = self.cells.len() + 1;
        match self.state {
            State::Quoted if b == b'"' => self.state = State::Closed,
            State::Quoted => self.cell.push(b),
            _ if b == self.delimiter => {
                self.cells.push(std::mem::take(&mut self.cell));
                self.state = State::Start;
                if self.cells.len() >= MAX_CELLS {
                    return Some(Fault::TooManyCells);
                }
            }
            State::Start if b == b'"' => {
                self.state = State::Quoted;
                self.opened = column;
            }
            State::Closed if b == b'"' => {
                self.cell.push(b);
                self.state = State::Quoted;
            }
            State::Closed if b == b' ' => {}
            State::Closed => return Some(Fault::AfterQuote { column }),
            State::Plain if b == b'"' => return Some(Fault::Stray { column }),
            State::Start | State::Plain => {
                self.cell.push(b);
                self.state = State::Plain;
            }
        }
        None
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        self.cells.push(self.cell);
        self.cells
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Line and cells, or line and fault.
    type Cut = std::result::Result<(u64, Vec<String>), (u64, Fault)>;

    fn read(text: &str, width: Option<usize>) -> Vec<Cut> {
        let mut records = Records::new(Lines::new(text.as_bytes()), b',');
        records.width = width;
        let mut out = Vec::new();
        while let Some(next) = records.next_record().unwrap() {
            out.push(match next {
                Ok(r) => Ok((r.line, r.cells.into_iter().map(|c| String::from_utf8(c).unwrap()).collect())),
                Err((line, fault)) => Err((line.number, fault)),
            });
        }
        out
    }

    fn row(line: u64, cells: &[&str]) -> Cut {
        Ok((line, cells.iter().map(|c| (*c).to_owned()).collect()))
    }

    #[test]
    fn quotes_hold_separators_quotes_and_line_ends() {
        assert_eq!(
            read("a,\"b,\"\"c\"\"\",\"d\r\ne\"\nf,,\"\"\n", Some(3)),
            [row(1, &["a", "b,\"c\"", "d\r\ne"]), row(3, &["f", "", ""])]
        );
    }

    #[test]
    fn an_open_quote_spoils_its_own_line_only() {
        let rest = [row(2, &["c", "d"]), row(3, &["e", "f"])];
        for (first, fault) in [
            ("\"a,b", Fault::Unclosed { column: 1 }),
            ("a,\"b", Fault::Unclosed { column: 2 }),
            ("a,\"b\"x", Fault::AfterQuote { column: 2 }),
            ("a,b\"x", Fault::Stray { column: 2 }),
        ] {
            for (plain, quoted) in [("c,d\ne,f", false), ("\"c\",\"d\"\n\"e\",\"f\"\n", true)] {
                let out = read(&format!("{first}\n{plain}"), Some(2));
                assert_eq!(out[0], Err((1, fault)), "{first} {quoted}");
                assert_eq!(out[1..], rest, "{first} {quoted}");
            }
        }
    }

    #[test]
    fn limits_are_faults_not_memory() {
        let wide = ",".repeat(MAX_CELLS + 5);
        assert_eq!(read(&format!("{wide}\na"), None), [Err((1, Fault::TooManyCells)), row(2, &["a"])]);
        let long = "x".repeat(MAX_LINE_BYTES + 1);
        assert_eq!(read(&format!("{long}\na"), None), [Err((1, Fault::Overlong)), row(2, &["a"])]);
        let open = format!("\"{}", "x\n".repeat(MAX_JOINED_LINES * 3));
        let out = read(&open, None);
        assert_eq!(out[0], Err((1, Fault::Unclosed { column: 1 })));
        assert_eq!(out.len(), MAX_JOINED_LINES * 3);
    }
}
