//! The rows of one file of past records, one at a time.

use std::io::{Read, Seek};

use rules::Day;

use super::{EventRow, Field, Kind, row};
use crate::decode::Decision;
use crate::mapping::Columns;
use crate::sheet::{Rows, Sheet};
use crate::{FileError, RowError};

/// Reads a file of one kind. An iterator over `Ok((line, row))` and `Err(everything wrong in that row)`.
pub struct Reader<R> {
    sheet: Sheet<R, Field>,
    kind: Kind,
    today: Day,
    cut_off: Option<u64>,
}

impl<R: Read + Seek> Reader<R> {
    /// Looks at all bytes once for the encoding, reads the header and stands before the first row. Nothing may have
    /// happened after `today`.
    pub fn open(source: R, kind: &Kind, today: Day) -> Result<Reader<R>, FileError> {
        let sheet = Sheet::open(source, &kind.layout)?;
        Ok(Reader { sheet, kind: kind.clone(), today, cut_off: None })
    }
}

impl<R> Reader<R> {
    /// The encoding and why it was decided.
    pub fn decision(&self) -> &Decision {
        self.sheet.decision()
    }

    pub fn columns(&self) -> &Columns<Field> {
        self.sheet.columns()
    }

    pub fn rows(&self) -> Rows {
        self.sheet.rows
    }

    /// The source broke off, or the file ends in the middle of a row. To be asked after the last row: what such a file
    /// lacks must not be taken for what did not happen.
    pub fn failure(&self) -> Option<FileError> {
        self.sheet.failure().cloned().or(self.cut_off.map(|line| FileError::CutOff { line }))
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<(u64, EventRow), Vec<RowError>>;

    fn next(&mut self) -> Option<Self::Item> {
        let answer = match self.sheet.next_row()? {
            Ok(record) => {
                let encoding = self.sheet.decision().encoding;
                match row::read(&record, self.sheet.columns(), &self.kind, encoding, self.today) {
                    Ok(row) => {
                        self.sheet.rows.good += 1;
                        return Some(Ok((record.line, row)));
                    }
                    Err(errors) => {
                        self.sheet.rows.broken += 1;
                        errors
                    }
                }
            }
            Err(errors) => {
                self.cut_off = self.sheet.cut_off();
                errors
            }
        };
        Some(Err(answer))
    }
}
