//! The rows of one residents' file, one at a time.

use std::io::{BufReader, Read, Seek, SeekFrom};

use super::repeats::{Repeat, Repeats};
use super::{ResidentRow, row};
use crate::decode::{Decision, decode_cell, detect};
use crate::mapping::{Columns, Delimiter, Field, Mapping};
use crate::table::{Line, Lines, Record, Records};
use crate::{FileError, RowError};

/// How far a reading has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rows {
    /// Rows of data met, good and broken; the number to give to [`Reader::resume_after`].
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

/// Reads a residents' file. An iterator over `Ok((line, row))` and `Err(everything wrong in that row)`.
pub struct Reader<R> {
    records: Records<BufReader<R>>,
    columns: Columns,
    mapping: Mapping,
    decision: Decision,
    repeats: Repeats,
    rows: Rows,
    /// Cells of every row, as the first row has them: the header's, or more if only empty cells follow (a separator
    /// behind the last cell of each row).
    width: Option<usize>,
    failure: Option<FileError>,
}

impl<R: Read + Seek> Reader<R> {
    /// Looks at all bytes once for the encoding, reads the header and stands before the first row.
    pub fn open(mut source: R, mapping: &Mapping) -> Result<Reader<R>, FileError> {
        source.seek(SeekFrom::Start(0))?;
        let decision = detect(&mut source)?;
        source.seek(SeekFrom::Start(decision.skip))?;
        let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, source));
        for _ in 0..mapping.skip_lines {
            if lines.next_line()?.is_none() {
                return Err(FileError::Empty);
            }
        }
        let first = first_content(&mut lines)?;
        let delimiter = delimiter(&first, mapping, &decision);
        lines.put_back(vec![first]);
        let mut records = Records::new(lines, delimiter);
        let columns = header(&mut records, mapping, &decision)?;
        records.width = Some(columns.read.len());
        Ok(Reader {
            records,
            columns,
            mapping: mapping.clone(),
            decision,
            repeats: Repeats::default(),
            rows: Rows::default(),
            width: None,
            failure: None,
        })
    }

    /// Passes over the first `rows` rows (see [`Rows::met`]) without giving them out. They are read again, so that a
    /// person repeated later in the file is judged the same as in one go.
    pub fn resume_after(&mut self, rows: u64) {
        while self.rows.met < rows && self.next_row().is_some() {}
    }
}

impl<R> Reader<R> {
    /// The encoding and why it was decided.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    pub fn rows(&self) -> Rows {
        self.rows
    }

    /// The source broke off before its end. To be asked after the last row: such a file must not be taken for whole.
    pub fn failure(&self) -> Option<&FileError> {
        self.failure.as_ref()
    }
}

impl<R: Read> Reader<R> {
    fn next_row(&mut self) -> Option<Result<(u64, ResidentRow), Vec<RowError>>> {
        if self.failure.is_some() {
            return None;
        }
        loop {
            let record = match self.records.next_record() {
                Ok(Some(Ok(record))) => record,
                Ok(Some(Err((line, fault)))) => {
                    self.rows.met += 1;
                    self.rows.line = line.number;
                    let read = self.readable(&line);
                    return self.broken(vec![RowError::new(line.number, &fault.column(), &read, fault.expected())]);
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
            if let Some(answer) = self.take(&record) {
                return Some(answer);
            }
        }
    }

    fn take(&mut self, record: &Record) -> Option<Result<(u64, ResidentRow), Vec<RowError>>> {
        self.rows.met += 1;
        self.rows.line = record.line;
        let width = *self.width.get_or_insert_with(|| row::width(record, &self.columns));
        self.records.width = Some(width);
        let row = match row::read(record, width, &self.columns, &self.mapping, self.decision.encoding) {
            Ok(row) => row,
            Err(errors) => return self.broken(errors),
        };
        match self.repeats.judge(record, &row) {
            Repeat::First | Repeat::Later => {
                self.rows.good += 1;
                Some(Ok((record.line, row)))
            }
            Repeat::Same { .. } => {
                self.rows.repeated += 1;
                None
            }
            Repeat::Contradicts { line, why } => {
                let read = format!("{}（{line}行目と同じ番号。{why}）", row.number);
                let expected = "1人1行、または異動日の順に並んだ行";
                let column = self.columns.header(Field::Number).to_owned();
                // The reason must not be cut off: it is put together here and does not come from the file.
                self.broken(vec![RowError { line: record.line, column, read, expected: expected.into() }])
            }
        }
    }

    fn broken(&mut self, errors: Vec<RowError>) -> Option<Result<(u64, ResidentRow), Vec<RowError>>> {
        self.rows.broken += 1;
        Some(Err(errors))
    }

    /// The beginning of a line that could not be cut, as far as it is text.
    fn readable(&self, line: &Line) -> String {
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

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<(u64, ResidentRow), Vec<RowError>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row()
    }
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

fn delimiter(first: &Line, mapping: &Mapping, decision: &Decision) -> u8 {
    let known = |delimiter: u8| {
        let cells = first.bytes.split(|b| *b == delimiter);
        let texts = cells.map(|cell| {
            let text = decode_cell(cell, decision.encoding).map(|t| t.text).unwrap_or_default();
            text.trim_matches('"').to_owned()
        });
        Columns::known(&texts.collect::<Vec<_>>(), mapping)
    };
    match mapping.delimiter {
        Delimiter::Comma => b',',
        Delimiter::Tab => b'\t',
        Delimiter::Auto if known(b'\t') > known(b',') => b'\t',
        Delimiter::Auto => b',',
    }
}

fn header<R: Read>(
    records: &mut Records<BufReader<R>>,
    mapping: &Mapping,
    decision: &Decision,
) -> Result<Columns, FileError> {
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
                let why = format!("{}列目：「{}」と読みました。{}が必要です。", at + 1, bad.read, bad.expected);
                return Err(FileError::HeaderLine { line: record.line, why });
            }
        }
    }
    Columns::find(record.line, read, mapping)
}
