//! The rows of one residents' file, one at a time.

use std::io::{Read, Seek};

use super::repeats::{Repeat, Repeats};
use super::{ResidentRow, row};
use crate::decode::Decision;
use crate::mapping::{Columns, Field, Mapping};
use crate::sheet::{Rows, Sheet};
use crate::table::Record;
use crate::{FileError, RowError};

/// Reads a residents' file. An iterator over `Ok((line, row))` and `Err(everything wrong in that row)`.
pub struct Reader<R> {
    sheet: Sheet<R, Field>,
    mapping: Mapping,
    repeats: Repeats,
}

impl<R: Read + Seek> Reader<R> {
    /// Looks at all bytes once for the encoding, reads the header and stands before the first row.
    pub fn open(source: R, mapping: &Mapping) -> Result<Reader<R>, FileError> {
        let sheet = Sheet::open(source, &mapping.layout)?;
        Ok(Reader { sheet, mapping: mapping.clone(), repeats: Repeats::default() })
    }

    /// Passes over the first `rows` rows (see [`Rows::met`]) without giving them out. They are read again, so that a
    /// person repeated later in the file is judged the same as in one go.
    pub fn resume_after(&mut self, rows: u64) {
        while self.sheet.rows.met < rows && self.next_row().is_some() {}
    }
}

impl<R> Reader<R> {
    /// The encoding and why it was decided.
    pub fn decision(&self) -> &Decision {
        self.sheet.decision()
    }

    pub fn columns(&self) -> &Columns {
        self.sheet.columns()
    }

    pub fn rows(&self) -> Rows {
        self.sheet.rows
    }

    /// The source broke off before its end. To be asked after the last row: such a file must not be taken for whole.
    pub fn failure(&self) -> Option<&FileError> {
        self.sheet.failure()
    }
}

impl<R: Read> Reader<R> {
    fn next_row(&mut self) -> Option<Result<(u64, ResidentRow), Vec<RowError>>> {
        loop {
            let record = match self.sheet.next_row()? {
                Ok(record) => record,
                Err(errors) => return Some(Err(errors)),
            };
            if let Some(answer) = self.take(&record) {
                return Some(answer);
            }
        }
    }

    fn take(&mut self, record: &Record) -> Option<Result<(u64, ResidentRow), Vec<RowError>>> {
        let row = match row::read(record, self.sheet.columns(), &self.mapping, self.sheet.decision().encoding) {
            Ok(row) => row,
            Err(errors) => return self.broken(errors),
        };
        match self.repeats.judge(record, &row) {
            Repeat::First | Repeat::Later => {
                self.sheet.rows.good += 1;
                Some(Ok((record.line, row)))
            }
            Repeat::Same { .. } => {
                self.sheet.rows.repeated += 1;
                None
            }
            Repeat::Contradicts { line, why } => {
                let read = format!("{}（{line}行目と同じ番号。{why}）", row.number);
                let expected = "1人1行、または異動日の順に並んだ行";
                let column = self.sheet.columns().header(Field::Number).to_owned();
                // The reason must not be cut off: it is put together here and does not come from the file.
                self.broken(vec![RowError { line: record.line, column, read, expected: expected.into() }])
            }
        }
    }

    fn broken(&mut self, errors: Vec<RowError>) -> Option<Result<(u64, ResidentRow), Vec<RowError>>> {
        self.sheet.rows.broken += 1;
        Some(Err(errors))
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<(u64, ResidentRow), Vec<RowError>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row()
    }
}
