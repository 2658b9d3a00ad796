//! An opened file of rows, whatever they are about: the encoding decided, the header found, rows cut and measured.
//!
//! What is wrong with a row as a row (an open quote, another width, NUL) is said here; what its cells mean is said by
//! the reader of its kind.

mod cells;

pub(crate) use cells::{Cells, MAX_ADDRESS, MAX_TEXT};

use std::io::{BufReader, Read, Seek, SeekFrom};

use crate::decode::{Decision, decode_cell, detect};
use crate::mapping::{Columns, Delimiter, Layout, Named};
use crate::table::{Ending, Fault, Line, Lines, Record, Records};
use crate::{FileError, RowError};

/// How far a reading has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rows {
    /// Rows of data met, good and broken; the number to give to a reader that goes on.
    pub met: u64,
    pub good: u64,
    pub broken: u64,
    /// Rows that repeat an earlier one without anything new; they are not given out.
    pub repeated: u64,
    /// Lines without any content; not rows.
    pub blank: u64,
    /// Last line a row began on.
    pub line: u64,
}

/// The rows of one file, one at a time.
pub struct Sheet<R, F> {
    records: Records<BufReader<R>>,
    columns: Columns<F>,
    decision: Decision,
    /// Counts; whoever reads the cells counts good and broken ones.
    pub rows: Rows,
    /// Cells of every row, as the first row has them: the header's, or more if only empty cells follow (a separator
    /// behind the last cell of each row).
    width: Option<usize>,
    failure: Option<FileError>,
    /// Line of a row in whose middle the file ends.
    cut_off: Option<u64>,
}

impl<R: Read + Seek, F: Named> Sheet<R, F> {
    /// Looks at all bytes once for the encoding, reads the header and stands before the first row.
    pub fn open(mut source: R, layout: &Layout<F>) -> Result<Sheet<R, F>, FileError> {
        source.seek(SeekFrom::Start(0))?;
        let decision = detect(&mut source)?;
        source.seek(SeekFrom::Start(decision.skip))?;
        let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, source));
        for _ in 0..layout.skip_lines {
            if lines.next_line()?.is_none() {
                return Err(FileError::Empty);
            }
        }
        let first = first_content(&mut lines)?;
        let delimiter = delimiter(&first, layout, &decision);
        lines.put_back(vec![first]);
        let mut records = Records::new(lines, delimiter);
        let columns = header(&mut records, layout, &decision)?;
        records.width = Some(columns.read.len());
        Ok(Sheet { records, columns, decision, rows: Rows::default(), width: None, failure: None, cut_off: None })
    }
}

impl<R, F> Sheet<R, F> {
    /// The encoding and why it was decided.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    pub fn columns(&self) -> &Columns<F> {
        &self.columns
    }

    /// The source broke off before its end. To be asked after the last row: such a file must not be taken for whole.
    pub fn failure(&self) -> Option<&FileError> {
        self.failure.as_ref()
    }

    /// The line of the last row, if the file ends in its middle.
    pub fn cut_off(&self) -> Option<u64> {
        self.cut_off
    }
}

impl<R: Read, F: Named> Sheet<R, F> {
    /// The next row, or what is wrong with it as a row (counted as broken); `None` at the end.
    pub fn next_row(&mut self) -> Option<Result<Record, Vec<RowError>>> {
        if self.failure.is_some() {
            return None;
        }
        loop {
            let record = match self.records.next_record() {
                Ok(Some(Ok(record))) => record,
                Ok(Some(Err((line, fault)))) => {
                    self.rows.met += 1;
                    self.rows.line = line.number;
                    self.rows.broken += 1;
                    let open = matches!(fault, Fault::Unclosed { .. }) && line.ending == Ending::None;
                    self.cut_off = open.then_some(line.number);
                    let read = self.readable(&line);
                    return Some(Err(vec![RowError::new(line.number, &fault.column(), &read, fault.expected())]));
                }
                Ok(None) => return None,
                Err(error) => {
                    let failure = FileError::from(error);
                    let line = self.rows.line + 1;
                    let told = RowError::new(line, "ファイル", &failure.to_string(), "最後まで読めるファイル");
                    self.failure = Some(failure);
                    return Some(Err(vec![told]));
                }
            };
            // A lone Ctrl-Z closes text files of old hosts.
            if record.is_blank() || (record.cells.len() == 1 && record.cells[0] == b"\x1a") {
                self.rows.blank += 1;
                continue;
            }
            return Some(self.measured(record));
        }
    }

    fn measured(&mut self, record: Record) -> Result<Record, Vec<RowError>> {
        self.rows.met += 1;
        self.rows.line = record.line;
        let width = *self.width.get_or_insert_with(|| width(&record, &self.columns));
        self.records.width = Some(width);
        match fitting(&record, width, &self.columns) {
            Ok(()) => Ok(record),
            Err(errors) => {
                self.rows.broken += 1;
                self.cut_off = (!record.ended && record.cells.len() < width).then_some(record.line);
                Err(errors)
            }
        }
    }

    /// The beginning of a line that could not be cut, as far as it is text.
    fn readable(&self, line: &Line) -> String {
        if self.columns.tell_a_place() {
            return String::from(cells::UNTOLD);
        }
        let cut = line.bytes.len().min(400);
        // The cut may fall into a character.
        let whole = (cut.saturating_sub(3)..=cut).rev().find_map(|end| {
            let head = line.bytes.get(..end)?;
            decode_cell(head, self.decision.encoding).ok()
        });
        match whole {
            Some(text) => text.text,
            None => decode_cell(&line.bytes[..cut], self.decision.encoding).map_or_else(|bad| bad.read, |t| t.text),
        }
    }
}

/// How many cells every row must have, seen from the first one: empty cells behind the last column are a habit of the
/// exporting system. In a single later row they are the sign of a shifted row.
fn width<F>(first: &Record, columns: &Columns<F>) -> usize {
    let header = columns.read.len();
    let mut surplus = first.cells.iter().skip(header);
    if surplus.all(|cell| cell.iter().all(|b| *b == b' ')) { header.max(first.cells.len()) } else { header }
}

/// A row of another width may be shifted: nothing in it can be trusted.
fn fitting<F>(record: &Record, width: usize, columns: &Columns<F>) -> Result<(), Vec<RowError>> {
    let one = |column: &str, read: &str, expected| Err(vec![RowError::new(record.line, column, read, expected)]);
    if let Some(at) = record.cells.iter().position(|cell| cell.contains(&0)) {
        let column = columns.read.get(at).cloned().unwrap_or_default();
        return one(&column, "NUL（0x00）を含む文字", "NULのない文字".to_owned());
    }
    let found = record.cells.len();
    if found == width {
        return Ok(());
    }
    let expected = match (found < width, record.ended) {
        (true, false) => format!("{width}列（ファイルが行の途中で切れています。書き出し直したファイル）"),
        _ if width == columns.read.len() => format!("見出しと同じ{width}列"),
        _ => format!("最初の行と同じ{width}列"),
    };
    one("行全体", &format!("{found}列"), expected)
}

/// The first line that is not blank.
fn first_content<R: Read>(lines: &mut Lines<BufReader<R>>) -> Result<Line, FileError> {
    loop {
        let line = lines.next_line()?.ok_or(FileError::Empty)?;
        if line.overlong || line.bytes.iter().any(|b| !matches!(b, b' ' | b'\t' | b',' | b'\x1a')) {
            return Ok(line);
        }
    }
}

fn delimiter<F: Named>(first: &Line, layout: &Layout<F>, decision: &Decision) -> u8 {
    let known = |delimiter: u8| {
        let cells = first.bytes.split(|b| *b == delimiter);
        let texts = cells.map(|cell| {
            let text = decode_cell(cell, decision.encoding).map(|t| t.text).unwrap_or_default();
            text.trim_matches('"').to_owned()
        });
        Columns::known(&texts.collect::<Vec<_>>(), layout)
    };
    match layout.delimiter {
        Delimiter::Comma => b',',
        Delimiter::Tab => b'\t',
        Delimiter::Auto if known(b'\t') > known(b',') => b'\t',
        Delimiter::Auto => b',',
    }
}

fn header<R: Read, F: Named>(
    records: &mut Records<BufReader<R>>,
    layout: &Layout<F>,
    decision: &Decision,
) -> Result<Columns<F>, FileError> {
    let record = match records.next_record()? {
        Some(Ok(record)) => record,
        Some(Err((line, fault))) => {
            let why = format!("{}：{}が必要です。", fault.column(), fault.expected());
            return Err(FileError::HeaderLine { line: line.number, why });
        }
        None => return Err(FileError::Empty),
    };
    let mut read = Vec::with_capacity(record.cells.len());
    for (at, cell) in record.cells.iter().enumerate() {
        match decode_cell(cell, decision.encoding) {
            Ok(text) => read.push(text.text.trim().to_owned()),
            Err(bad) => {
                // Without a header it is somebody's row: what stands in it is not repeated.
                let why = format!("{}列目が読めません。{}が必要です。", at + 1, bad.expected);
                return Err(FileError::HeaderLine { line: record.line, why });
            }
        }
    }
    Columns::find(record.line, read, layout)
}
